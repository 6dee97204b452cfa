"""Text to nodes, by PyYAML's event stream.

Events carry marks (where each node starts and ends) and resolve no tags, so that nothing of the
input is constructed or executed. https://yaml.org/spec/1.1/ is what PyYAML reads.
"""

from __future__ import annotations

import re

import yaml

from ..results.errors import InputError
from .anchors import may_use
from .lines import BYTE_ORDER_MARK
from .nodes import (
    LONG,
    MAX_READ,
    Alias,
    Collection,
    LongScalar,
    Mapping,
    MarkedMapping,
    MarkedScalar,
    MarkedSequence,
    Node,
    Scalar,
    Sequence,
    too_deep,
    too_large,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DIRECTIVE = re.compile("(?:^|[\n\r\x85\u2028\u2029])(%TAG)")
_MAX_DIRECTIVES = 100
_Events = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str, start: int = 0, end: int | None = None) -> list[Node]:
    """The root node of each document of the text, or of the part of it from `start` to `end`;
    positions are those in the whole text. Raises InputError where that is no YAML, BoundsError
    where it has more than MAX_READ nodes or MAX_DEPTH levels.
    """
    if not start and text.startswith(BYTE_ORDER_MARK):
        start = len(BYTE_ORDER_MARK)
    part = text[start:end] if start or end is not None else text
    _check_directives(text)
    try:
        return _compose(text, start, part)[0]
    except yaml.reader.ReaderError as error:
        raise _unacceptable(text, error.reason) from error
    except yaml.MarkedYAMLError as error:
        if _is_too_deep(error):
            mark = error.problem_mark or error.context_mark
            raise too_deep(start if mark is None else mark.index + start) from error
        from .problems import problem_of

        raise problem_of(text, start, error, _Events) from error


def _check_directives(text: str) -> None:
    """Raises InputError for so many `%TAG` that libyaml, that compares each with all, is slow."""
    if text.count("%TAG") > _MAX_DIRECTIVES:
        for i, match in enumerate(_DIRECTIVE.finditer(text)):
            if i == _MAX_DIRECTIVES:
                position = match.start(1)
                raise InputError("too-many-directives", text, position, limit=_MAX_DIRECTIVES)


def read_events(text: str, start: int, end: int, behind: int) -> Node | None:
    """The root node of a part of a text that is one document by itself; None where it is none, or
    where what starts at `behind` may use its anchors. Raises BoundsError as `read_yaml` does.
    """
    try:
        roots, anchors = _compose(text, start, text[start:end])
    except (InputError, yaml.YAMLError) as error:
        if _is_too_deep(error):
            raise too_deep(start) from None
        return None
    return None if len(roots) != 1 or (anchors and may_use(text, behind, anchors)) else roots[0]


def _compose(text: str, start: int, part: str) -> tuple[list[Node], set[str]]:
    parser = _Events(part)
    try:
        composer = _Composer(text, start)
        return composer.compose(parser), set(composer.anchors)
    finally:
        parser.dispose()


def _is_too_deep(error: Exception) -> bool:
    """Whether the reader gave up on the levels of nesting, as libyaml does since 0.2.6."""
    return "maximum nesting depth" in str(getattr(error, "problem", ""))


def _unacceptable(text: str, reason: str) -> InputError:
    match = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if match is None:
        return InputError("not-yaml", text, 0, problem=reason)
    problem = f"the character {match[0]!r} is not allowed"
    return InputError("not-yaml", text, match.start(), problem=problem)


class _Composer:
    """Makes the events of a part of the text, that begins at `start`, into nodes."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._start = start
        self.anchors: dict[str, Node] = {}
        # The collections that are open, and the children that each has so far.
        self._above: list[tuple[Collection, list[Node]]] = []
        self._children: list[Node] = []

    def compose(self, parser: Any) -> list[Node]:
        start = self._start
        roots: list[Node] = []
        children = roots
        above = self._above
        next_event = parser.get_event
        scalar, alias = yaml.ScalarEvent, yaml.AliasEvent
        starts = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
        ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
        left = MAX_READ
        while (event := next_event()) is not None:
            kind = type(event)
            if kind not in ends:
                left -= 1
                if not left:
                    raise too_large(event.start_mark.index + start)
            if kind is scalar:
                begin, end = event.start_mark.index + start, event.end_mark.index + start
                if begin == end and above:
                    begin = end = self._place_of_nothing(begin)
                if event.anchor is None and event.tag is None:
                    made = Scalar if end - begin <= LONG else LongScalar
                    children.append(made(begin, end, event.value, event.style or ""))
                else:
                    node = MarkedScalar(begin, end, event.value, event.style or "")
                    children.append(self._marked(node, event))
            elif kind in starts:
                collection = self._open(event, kind is starts[0])
                above.append((collection, children))
                children = []
                self._children = children
            elif kind in ends:
                collection, siblings = above.pop()
                self._close(collection, children, event.end_mark.index + start)
                siblings.append(collection)
                children = siblings
                self._children = children
            elif kind is alias:
                children.append(self._alias(event))
            elif kind is yaml.DocumentStartEvent:
                self.anchors.clear()
        return roots

    def _marked(self, node: Any, event: Any) -> Node:
        node.anchor, node.tag, node.aliases = event.anchor, event.tag, []
        if node.anchor is not None:
            self.anchors[node.anchor] = node
        marked: Node = node
        return marked

    def _open(self, event: Any, is_mapping: bool) -> Collection:
        start = self._start
        flow = bool(event.flow_style)
        opens = event.end_mark.index + start
        if flow:
            opens -= 1
        elif not is_mapping and self._text[opens : opens + 1] != "-":
            opens -= 1  # an indentless sequence: its mark is behind the dash
        begin = event.start_mark.index + start
        if event.anchor is None and event.tag is None:
            return Mapping(begin, opens, flow) if is_mapping else Sequence(begin, opens, flow)
        made = MarkedMapping if is_mapping else MarkedSequence
        collection = made(begin, opens, flow)
        self._marked(collection, event)
        return collection

    def _close(self, collection: Collection, children: list[Node], end: int) -> None:
        # The mark of what has no closing bracket is at the next token, behind blank lines and
        # comments.
        if children and not (collection.flow and self._text[end - 1 : end] in ("]", "}")):
            end = children[-1].end
        collection.fill(children, end)

    def _alias(self, event: Any) -> Alias:
        begin, end = event.start_mark.index + self._start, event.end_mark.index + self._start
        target = self.anchors.get(event.anchor)
        if target is None:
            raise InputError(
                "not-yaml", self._text, begin, problem=f"the alias `*{event.anchor}` has no anchor"
            )
        return Alias(begin, end, target, self._above[-1][0])

    def _place_of_nothing(self, position: int) -> int:
        """Where an empty node is: right behind its colon or dash, or behind a key without colon.
        For the latter, the parser's mark may be as far as the next token.
        """
        if isinstance(self._above[-1][0], Mapping) and len(self._children) % 2:
            key = self._children[-1]
            between = self._text[key.end : position].rstrip()
            has_colon = between.rpartition("\n")[2].strip() == ":"
            return key.end + len(between) * has_colon
        return position
