"""Edits of a text, and edits of the text that they give, as edits of the first text.

| text | first edit | second edit | both |
|---|---|---|---|
| `a b c` | `b` to `x y` | `y` to `z` | `b` to `x z` |
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    # Start, end, and what stands there instead; they ascend and do not overlap.
    Edits = list[tuple[int, int, str]]
    # New text, or None for the text from start to end.
    _Piece = tuple[str | None, int, int]


def compose(length: int, first: Edits, second: Edits) -> Edits:
    """The edits of a text of this length that come to the first ones, and then the second ones."""
    if not (first and second):
        return first or second
    pieces = _applied(_applied([(None, 0, length)], first), second)
    edits: Edits = []
    position, waiting = 0, ""
    for text, start, end in [*pieces, (None, length, length)]:
        if text is not None:
            waiting += text[start:end]
            continue
        if start > position or waiting:
            edits.append((position, start, waiting))
        position, waiting = end, ""
    return edits


def _applied(pieces: list[_Piece], edits: Edits) -> list[_Piece]:
    """The pieces of a text with these edits of it."""
    result: list[_Piece] = []
    position = i = used = 0  # in the text; the piece, and how much of it has been passed
    for start, end, new in edits:
        for limit, stays in ((start, True), (end, False)):
            while position < limit:
                text, first, last = pieces[i]
                step = min(limit - position, last - first - used)
                if stays:
                    result.append((text, first + used, first + used + step))
                position += step
                used += step
                if first + used == last:
                    i, used = i + 1, 0
        if new:
            result.append((new, 0, len(new)))
    if i < len(pieces):
        text, first, last = pieces[i]
        result.append((text, first + used, last))
        result += pieces[i + 1 :]
    return [piece for piece in result if piece[1] < piece[2]]
