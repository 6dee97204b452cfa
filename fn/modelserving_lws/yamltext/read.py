"""Text to nodes: which reader reads a text, a part of it, or an item."""

from __future__ import annotations

from ..results.errors import BoundsError, InputError
from .block import read_block
from .grammar import matches
from .lines import has_line_feeds_only, start_of_content
from .nodes import MAX_DEPTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from .anchors import AnchorReader, Shape
    from .nodes import Node

    Reader: TypeAlias = "LineReader | AnchorReader"

_LETTERS_AND_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_ALIKE = bytes.maketrans(_LETTERS_AND_DIGITS, b"a" * len(_LETTERS_AND_DIGITS))
# Longer items are seldom alike, and shapes take memory.
_LONGEST_SHAPE, _MAX_SHAPES = 20_000, 64
_SHAPES: dict[bytes, LineReader | Shape | None] = {}


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
    return read_part_exactly(text, start, end, end)


def read_part_exactly(text: str, start: int, end: int, behind: int) -> Node | None:
    """The same, by the JSON reader or by PyYAML. What may use its anchors starts at `behind`."""
    if text.startswith("{", start):
        from .json_ import read_json

        root = read_json(text, start, end)
        if root is not None:
            return root
    from .events import read_events

    return read_events(text, start, end, behind)


class LineReader:
    """How an item is read whose lines mean what they look like. `is_small` is true of one that
    surely has no more nodes than characters, and no more than MAX_DEPTH levels.
    """

    __slots__ = ("is_small",)

    def __init__(self, is_small: bool) -> None:
        self.is_small = is_small

    def read(self, text: str, content: int, limit: int) -> Node:
        """The block mapping or sequence whose first character is at `content`."""
        return read_block(text, content, limit)


def line_reader(text: str, start: int, content: int, end: int, behind: int) -> Reader | None:
    """How an item is read by its lines that is the part of a text from `start` to `end`, and whose
    first character is at `content`. None where it can't be, as where it uses what is outside of it,
    and where what starts at `behind` may use its anchors.
    """
    part = text[start:end]
    if "\\" in part or len(part) > _LONGEST_SHAPE:
        shape = _shape(text, start, end)
    else:
        # Items that differ in letters and digits alone, as the pods of one ModelServing do, are
        # asked about once: to the grammar all of these are the same, but in escapes.
        key = part.encode(errors="surrogatepass").translate(_ALIKE)
        if key not in _SHAPES:
            if len(_SHAPES) == _MAX_SHAPES:
                _SHAPES.clear()
            _SHAPES[key] = _shape(text, start, end)
        shape = _SHAPES[key]
    if shape is None or isinstance(shape, LineReader):
        return shape
    return shape.reader(text, content, behind)


def _shape(text: str, start: int, end: int) -> LineReader | Shape | None:
    is_small = not may_be_deep(text, start, end)
    if matches(text, start, end):
        return LineReader(is_small)
    if text.find("&", start, end) < 0:
        return None
    from .anchors import read_shape

    return read_shape(text, start, end, is_small)


def may_be_deep(text: str, start: int, end: int) -> bool:
    """Whether flow collections may add so many levels that they must be counted."""
    return text.count("[", start, end) + text.count("{", start, end) > MAX_DEPTH // 2
