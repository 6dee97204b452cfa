"""The values of scalars that are not what they look like: with escapes, of several lines, or with
the lines of a block scalar.
"""

from __future__ import annotations

import re

from .nodes import LONG, Scalar
from .patterns import compiled

_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0",
    "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_FOLD = r" *\n((?: *\n)*) *"
_ESCAPED = rf"{_FOLD}|\\(?:\n((?: *\n)*) *|x(..)|u(....)|U(........)|(.))"


def folded(text: str) -> str:
    """A plain scalar's value: a line break is a space; blank lines are line breaks."""
    return re.sub(_FOLD, lambda match: "\n" * match[1].count("\n") or " ", text)


def unquoted(text: str, style: str) -> str:
    """The value of a scalar that stands there in single or double quotes; a plain one as it is."""
    if not style:
        return text
    value = text[1:-1]
    if style == "'":
        value = value.replace("''", "'")
        return folded(value) if "\n" in value else value
    if "\\" in value:
        return re.sub(_ESCAPED, _unescaped, value)
    return folded(value) if "\n" in value else value


def _unescaped(match: re.Match[str]) -> str:
    fold, joined, *codes, character = match.groups()
    if fold is not None:
        return "\n" * fold.count("\n") or " "
    if joined is not None:
        return "\n" * joined.count("\n")
    if character is not None:
        return _ESCAPES[character]
    return chr(int("".join(filter(None, codes)), 16))


class _BlockScalar(Scalar):
    """A block scalar from its `|` or `>` to the end of its blank lines; it is read when something
    asks for its value.
    """

    __slots__ = ("_text", "size")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.style = text[start]
        self.size = max((end - start) // LONG, 1)
        self._text = text

    @property
    def value(self) -> str:  # type: ignore[override]
        head, *lines = self._text[self.start : self.end].split("\n")
        return _block_value(head, lines[:-1])


def block_scalar(text: str, start: int, limit: int, column: int) -> Scalar:
    """The block scalar whose `|` or `>` is here, behind a key or dash at the column; it ends before
    the limit.
    """
    head = text.index("\n", start)
    first = compiled("\n *+(?=[^ \n])").search(text, head, limit)
    if first is None:
        return _BlockScalar(text, start, limit)
    indent = first.end() - first.start() - 1
    if indent <= column:  # a comment
        return _BlockScalar(text, start, first.start() + 1)
    below = re.compile(f"\n {{0,{indent - 1}}}+[^ \n]").search(text, head, limit)
    return _BlockScalar(text, start, limit if below is None else below.start() + 1)


def _block_value(head: str, lines: list[str]) -> str:
    """The value, by what stands behind the key or dash and by the lines, with their indentation."""
    first = next((line for line in lines if line.strip(" ")), "")
    indent = len(first) - len(first.lstrip(" "))
    lines = [line[indent:] for line in lines]
    count = len(lines)
    while count and not lines[count - 1]:
        count -= 1
    value = "\n".join(lines[:count]) if head[0] == "|" else _folded_lines(lines[:count])
    if head[1:2] == "-":
        return value
    return value + "\n" * (len(lines) - count if head[1:2] == "+" else 0) + "\n" * (count > 0)


def _folded_lines(lines: list[str]) -> str:
    """Lines that are no longer than what they say are put into one; those that start with white
    space stay.
    """
    written: list[str] = []
    blank, is_indented = 0, True
    for line in lines:
        if not line:
            blank += 1
            continue
        starts_indented = line[0] in " \t"
        if not written:
            written.append("\n" * blank)
        elif is_indented or starts_indented:
            written.append("\n" * (blank + 1))
        else:
            written.append("\n" * blank or " ")
        written.append(line)
        blank, is_indented = 0, starts_indented
    return "".join(written)
