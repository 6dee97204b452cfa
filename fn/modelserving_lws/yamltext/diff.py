"""A unified diff, made of the edits themselves: its cost grows with the text and the edits, however
alike the lines are. Lines that an edit writes as they were are no change.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTEXT = 3
_MAX_ROUNDS = 8
_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
}
_NO_BREAK = "\\ No newline at end of file\n"


class Change:
    """Lines `start` to `end` (from 0, without the last) that become `lines`."""

    __slots__ = ("end", "lines", "start")

    def __init__(self, start: int, end: int, lines: list[str]) -> None:
        self.start = start
        self.end = end
        self.lines = lines


def unified(
    text: str,
    splices: list[tuple[int, int, str]],
    before: str = "before",
    after: str = "after",
    line_break: str = "\n",
) -> str:
    """The diff between the text and the text with the splices, that ascend and don't overlap.
    `before` and `after` name the two texts, whose line feeds stand there as the line break.
    """
    old = _lines(text)
    changes = list(_changes(text, old, splices))
    if not changes:
        return ""
    hunks = "".join(_hunks(old, changes))
    if line_break != "\n":
        hunks = re.sub(r"^([ +-].*)\n(?!\\)", rf"\1{line_break}", hunks, flags=re.MULTILINE)
    return f"--- {before}\n+++ {after}\n{hunks}"


def file_name(path: str) -> str:
    r"""A path as git writes it before the lines of its patch: `"a/x\ty"` has a tab, and a tab
    behind `a/x y` says where that ends.
    """
    quoted = "".join(_escaped(character) for character in path)
    if quoted != path:
        return f'"{quoted}"'
    return f"{path}\t" if " " in path else path


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\{ord(character):03o}" if character < " " or character == "\x7f" else character


def _lines(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + [last] * bool(last)


def _changes(text: str, old: list[str], splices: list[tuple[int, int, str]]) -> Iterator[Change]:
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))

    def line_at(position: int) -> int:
        return min(bisect_right(starts, position), len(old)) - 1

    i = 0
    while i < len(splices):
        first, last = line_at(splices[i][0]), line_at(splices[i][1])
        j = i + 1
        while j < len(splices) and line_at(splices[j][0]) <= last:
            last = line_at(splices[j][1])
            j += 1
        pieces: list[str] = []
        position = starts[first]
        for start, end, replacement in splices[i:j]:
            pieces += (text[position:start], replacement)
            position = end
        pieces.append(text[position : starts[last + 1]])
        yield from _refined(old, first, last + 1, _lines("".join(pieces)), _MAX_ROUNDS)
        i = j


def _refined(old: list[str], start: int, end: int, new: list[str], rounds: int) -> Iterator[Change]:
    """The change without the lines that both have: those at its ends, then, round by round, those
    that each has once, in the longest order that both have them in (patience diff).
    """
    for change in _trimmed(old, start, end, new):
        common = _common(old, change.start, change.end, change.lines) if rounds else []
        if not common:
            yield change
            continue
        start, first = change.start, 0
        for i, j in [*common, (change.end, len(change.lines))]:
            yield from _refined(old, start, i, change.lines[first:j], rounds - 1)
            start, first = i + 1, j + 1


def _common(old: list[str], start: int, end: int, new: list[str]) -> list[tuple[int, int]]:
    """Where the lines are that both have once, in the old and in the new lines; both ascend."""
    olds, news = _once(old, start, end), _once(new, 0, len(new))
    pairs = [(i, news[line]) for line, i in olds.items() if line in news]
    # The longest ascending part: the last pair of each length, and the pair before each pair.
    ends: list[int] = []
    chains: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j)
        before.append(chains[at - 1] if at else -1)
        ends[at : at + 1] = [j]
        chains[at : at + 1] = [number]
    found: list[tuple[int, int]] = []
    number = chains[-1] if chains else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _once(lines: list[str], start: int, end: int) -> dict[str, int]:
    """The lines that are there once, and where."""
    found: dict[str, int] = {}
    for i in range(start, end):
        line = lines[i]
        found[line] = -1 if line in found else i
    return {line: i for line, i in found.items() if i >= 0}


def _trimmed(old: list[str], start: int, end: int, new: list[str]) -> Iterator[Change]:
    first, last = 0, len(new)
    while start < end and first < last and old[start] == new[first]:
        start += 1
        first += 1
    while start < end and first < last and old[end - 1] == new[last - 1]:
        end -= 1
        last -= 1
    if start < end or first < last:
        yield Change(start, end, new[first:last])


def _marked(mark: str, lines: list[str]) -> Iterator[str]:
    return (f"{mark}{it}" if it[-1] == "\n" else f"{mark}{it}\n{_NO_BREAK}" for it in lines)


def _hunks(old: list[str], changes: list[Change]) -> Iterator[str]:
    shift = 0
    i = 0
    while i < len(changes):
        j = i + 1
        while j < len(changes) and changes[j].start - changes[j - 1].end <= 2 * _CONTEXT:
            j += 1
        hunk = changes[i:j]
        start = max(0, hunk[0].start - _CONTEXT)
        end = min(len(old), hunk[-1].end + _CONTEXT)
        body: list[str] = []
        position = start
        for change in hunk:
            body += _marked(" ", old[position : change.start])
            body += _marked("-", old[change.start : change.end])
            body += _marked("+", change.lines)
            position = change.end
        body += _marked(" ", old[position:end])
        grown = sum(len(change.lines) - (change.end - change.start) for change in hunk)
        yield f"@@ -{_range(start, end)} +{_range(start + shift, end + shift + grown)} @@\n"
        yield from body
        shift += grown
        i = j


def _range(start: int, end: int) -> str:
    first = str(start + (end > start))
    return first if end - start == 1 else f"{first},{end - start}"
