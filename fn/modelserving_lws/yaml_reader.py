"""Text to nodes, by PyYAML's event stream.

Events carry marks (where each node starts and ends) and resolve no tags, so that nothing of the
input is constructed or executed. https://yaml.org/spec/1.1/ is what PyYAML reads.
"""

from __future__ import annotations

import yaml

from .nodes import Alias, Collection, Mapping, Node, Scalar, Sequence
from .result import InputError
from .text import BYTE_ORDER_MARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_Events = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> list[Node]:
    """The root node of each document of the text, positions in characters of the text.

    Raises InputError where the text is no YAML.
    """
    skipped = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    try:
        return _read(text, skipped)
    except yaml.reader.ReaderError as error:
        raise InputError(*_unacceptable(text, error.reason)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(filter(None, (error.context, error.problem)))
        position = skipped if mark is None else mark.index + skipped
        raise InputError(f"not YAML: {problem}", text, position) from error


def _unacceptable(text: str, reason: str) -> tuple[str, str, int]:
    for position, character in enumerate(text):
        if not (character.isprintable() or character in "\t\n\r\x85\u2028\u2029"):
            try:
                yaml.reader.Reader(character + "x")
            except yaml.reader.ReaderError:
                return f"not YAML: the character {character!r} is not allowed", text, position
    return f"not YAML: {reason}", text, 0


def _read(text: str, skipped: int) -> list[Node]:
    parser = _Events(text[skipped:] if skipped else text)
    try:
        return _compose(parser, text, skipped)
    finally:
        parser.dispose()


def _compose(parser: Any, text: str, skipped: int) -> list[Node]:
    roots: list[Node] = []
    anchors: dict[str, Node] = {}
    above: list[_Open] = []
    node: Node
    while parser.check_event():
        event = parser.get_event()
        kind = type(event)
        if kind is yaml.ScalarEvent:
            node = Scalar(
                event.start_mark.index + skipped,
                event.end_mark.index + skipped,
                event.value,
                event.style or "",
                event.anchor,
                event.tag,
            )
            if not node.style and node.start == node.end and above:
                node.start = node.end = above[-1].place_of_nothing(text, node.start)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            flow = bool(event.flow_style)
            opens = event.end_mark.index + skipped
            if flow:
                opens -= 1
            elif kind is yaml.SequenceStartEvent and text[opens : opens + 1] != "-":
                opens -= 1  # an indentless sequence: its mark is behind the dash
            made = Mapping if kind is yaml.MappingStartEvent else Sequence
            collection: Collection = made(
                event.start_mark.index + skipped, opens, flow, event.anchor, event.tag
            )
            if event.anchor is not None:
                anchors[event.anchor] = collection
            above.append(_Open(collection))
            continue
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            node = above.pop().close(text, event.end_mark.index + skipped)
        elif kind is yaml.AliasEvent:
            start, end = event.start_mark.index + skipped, event.end_mark.index + skipped
            if event.anchor not in anchors:
                raise InputError(
                    f"not YAML: the alias `*{event.anchor}` has no anchor", text, start
                )
            node = Alias(start, end, anchors[event.anchor], above[-1].collection)
        else:
            if kind is yaml.DocumentStartEvent:
                anchors.clear()
            continue
        if kind is yaml.ScalarEvent and node.anchor is not None:
            anchors[node.anchor] = node
        if above:
            above[-1].add(node)
        else:
            roots.append(node)
    return roots


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("children", "collection")

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.children: list[Node] = []

    def add(self, node: Node) -> None:
        self.children.append(node)

    def place_of_nothing(self, text: str, position: int) -> int:
        """Where an empty node is: right behind its colon or dash, or behind a key without colon.
        For the latter, the parser's mark may be as far as the next token.
        """
        if isinstance(self.collection, Mapping) and len(self.children) % 2:
            key = self.children[-1]
            between = text[key.end : position].rstrip()
            has_colon = between.rpartition("\n")[2].strip() == ":"
            return key.end + len(between) * has_colon
        return position

    def close(self, text: str, end: int) -> Collection:
        collection = self.collection
        children = self.children
        if isinstance(collection, Mapping):
            collection.pairs = list(zip(children[::2], children[1::2], strict=True))
        elif isinstance(collection, Sequence):
            collection.entries = children
        # The mark of what has no closing bracket is at the next token, behind blank lines and
        # comments.
        if children and not (collection.flow and text[end - 1 : end] in ("]", "}")):
            end = children[-1].end
        collection.close(end, children)
        return collection
