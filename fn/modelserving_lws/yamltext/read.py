"""Text to nodes: the one place that knows by which reader."""

from __future__ import annotations

from ..results.errors import BoundsError, InputError
from .block import read_block
from .grammar import matches
from .lines import has_line_feeds_only
from .patterns import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .nodes import Node

_NO_CONTENT = compiled(r"(?: *+(?:#[^\n]*)?(?:\n|\Z(?<!\n)))*+ *+")


def read(text: str) -> list[Node]:
    """The root node of each document of the text, positions in characters of the text.

    Raises InputError where the text is no YAML, or is beyond the bounds.
    """
    if has_line_feeds_only(text) and text.endswith("\n") and matches(text, 0, len(text)):
        start = start_of_content(text, 0, len(text))
        return [read_block(text, start, len(text))] if start < len(text) else []
    return read_exactly(text)


def read_exactly(text: str) -> list[Node]:
    """The same, by the JSON reader or by PyYAML."""
    try:
        if text.lstrip()[:1] == "{":
            from .json_ import read_json

            root = read_json(text)
            if root is not None:
                return [root]
        from .events import read_yaml

        return read_yaml(text)
    except BoundsError as error:
        raise InputError(error.id, text, error.position, **error.values) from None


def read_part(text: str, start: int, end: int) -> Node | None:
    """The root node of a part of a text that is one document by itself; None where it is none,
    where it uses what is outside of it, or where what is behind may use its anchors. Raises
    BoundsError.
    """
    if matches(text, start, end):
        return read_block(text, start_of_content(text, start, end), end)
    return read_part_exactly(text, start, end)


def read_part_exactly(text: str, start: int, end: int, *, is_document: bool = False) -> Node | None:
    """The same, by the JSON reader, by its lines but for anchors and aliases, or by PyYAML. What is
    behind a document may not use its anchors.
    """
    if text.startswith("{", start):
        from .json_ import read_json

        root = read_json(text, start, end)
        if root is not None:
            return root
    behind = len(text) if is_document else end
    if text.find("&", start, end) >= 0:
        from .anchors import read_anchored

        root = read_anchored(text, start, start_of_content(text, start, end), end, behind)
        if root is not None:
            return root
    from .events import read_events

    return read_events(text, start, end, behind)


def start_of_content(text: str, start: int, end: int) -> int:
    """Where the first character is that is neither white space nor in a comment."""
    match = _NO_CONTENT.match(text, start, end)
    return start if match is None else match.end()
