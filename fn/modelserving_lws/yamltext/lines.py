"""The lines that a text is made of."""

from __future__ import annotations

import re

BYTE_ORDER_MARK = "\ufeff"
LINE_BREAKS = "\n\r\x85\u2028\u2029"
_BLOCK = 65536
_LINE_BREAK = "\r\n|[\n\r\x85\u2028\u2029]"  # compiled where it is needed, which few runs do


def line_start(text: str, position: int) -> int:
    """Where the line of this position begins, at a cost that grows with the line alone."""
    width = 128
    while True:
        floor = max(0, position - width)
        found = max(text.rfind(line_break, floor, position) for line_break in LINE_BREAKS)
        if found < 0 and not floor:
            return int(text.startswith(BYTE_ORDER_MARK))
        if found >= 0:
            return found + 1
        width *= 8


def line_end(text: str, position: int) -> tuple[int, str]:
    """Where the line of this position ends, and the line break there; empty at the text's end."""
    match = re.compile(_LINE_BREAK).search(text, position)
    return (len(text), "") if match is None else (match.start(), match.group())


class Lines:
    """Finds lines and columns in a text, at a cost that does not grow with the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        # For each block of the text, the line feeds before it, and the place of the last of them.
        self._before = [(0, -1)]
        for start in range(0, len(text) - _BLOCK, _BLOCK):
            count, last = self._before[-1]
            count += text.count("\n", start, start + _BLOCK)
            self._before.append((count, max(last, text.rfind("\n", start, start + _BLOCK))))

    def place(self, position: int) -> str:
        """A position, for messages."""
        start = position // _BLOCK * _BLOCK
        count, last = self._before[start // _BLOCK]
        count += self._text.count("\n", start, position)
        last = max(last, self._text.rfind("\n", start, position))
        return f"line {count + 1}, column {position - last}"


def column(text: str, position: int) -> int:
    """How many characters of its line stand before this position."""
    return position - line_start(text, position)


def line_break(text: str, position: int) -> str:
    """The line break that is in use around a position."""
    found = line_end(text, position)[1]
    if not found:
        start = line_start(text, position)
        found = "\r\n" if text[max(0, start - 2) : start] == "\r\n" else text[start - 1 : start]
    return found if found in ("\r\n", "\r") else "\n"
