"""Entries of a list, repeated with other scalars in them or removed, as text: comments, quotes and
style stay.
"""

from __future__ import annotations

from ..results.errors import EditError
from .inner import respelled
from .lines import line_start
from .nodes import DETACHED, Alias, Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .edit import Document


def repeat(document: Document, sequence: Sequence, i: int, copies: list[dict[Scalar, str]]) -> None:
    """Puts copies of an entry behind it; each has other values for some of the entry's scalars.
    Raises EditError where an entry has an anchor or alias, or starts in mid-line.
    """
    entry = sequence.entry(i)
    _check(sequence, entry)
    if sequence.flow:
        written = [_text(document, entry.start, entry.end, values) for values in copies]
        document.insert_flow(sequence, entry, written)
        return
    start, end = _lines(document, sequence, i)
    written = [_text(document, start, end, values) for values in copies]
    document.put(end, end, "".join(written))


def remove(document: Document, sequence: Sequence, i: int) -> None:
    """Removes an entry of a list that keeps another one. Raises EditError as `repeat` does."""
    entry = sequence.entry(i)
    _check(sequence, entry)
    if not sequence.flow:
        document.put(*_lines(document, sequence, i), "")
    elif i + 1 < sequence.count:
        document.put(entry.start, sequence.entry(i + 1).start, "")
    else:
        document.put(sequence.entry(i - 1).end, entry.end, "")


def _check(sequence: Sequence, entry: Node) -> None:
    if sequence.start == DETACHED or _is_shared(entry):
        raise EditError("entry-shared")


def _lines(document: Document, sequence: Sequence, i: int) -> tuple[int, int]:
    """Where the lines of an entry in block style start and end."""
    text = document.text
    dash = sequence.dash(i, text)
    start = line_start(text, dash)
    if text[start:dash].strip(" "):
        raise EditError("entry-shared")
    return start, document.below(sequence.entry(i))


def _text(document: Document, start: int, end: int, values: dict[Scalar, str]) -> str:
    text, pieces, position = document.text, [], start
    for at, to, written in sorted(respelled(text, *it) for it in values.items()):
        pieces += [text[position:at], written]
        position = to
    return "".join([*pieces, text[position:end]])


def _is_shared(entry: Node) -> bool:
    """Whether an anchor or alias is in an entry, so that its text has its meaning at its own place
    alone.
    """
    waiting = [entry]
    while waiting:
        node = waiting.pop()
        if not node.may_be_shared:
            continue
        if node.anchor is not None or isinstance(node, Alias):
            return True
        if isinstance(node, Mapping):
            waiting += [child for pair in node.pairs for child in pair]
        elif isinstance(node, Sequence):
            waiting += node.entries
    return False
