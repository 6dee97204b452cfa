"""The lines that a text is made of."""

from __future__ import annotations

import re

from .patterns import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"
LINE_BREAKS = "\n\r\x85\u2028\u2029"
BLANKS = f" \t{LINE_BREAKS}"
# Patterns of quoted scalars on one line.
ESCAPE = (
    r'\\(?:[0abtnvfre "/\\N_LP]|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}'
    r"|U000(?!0[dD][89a-fA-F])[0-9a-fA-F]{5})"
)
DOUBLE = rf'"[^"\\\n\t]*+(?:{ESCAPE}[^"\\\n\t]*+)*+"'
SINGLE = r"'[^'\n\t]*+(?:''[^'\n\t]*+)*+'"
# A plain scalar in a flow collection, of characters that all YAML readers take for its own.
FLOW_PLAIN = (
    r"(?:[A-Za-z0-9_./$(=+<]|-(?=[A-Za-z0-9_./-]))"
    r"""(?:[^] \n\t,[{}#:"'?&]++|:(?![] \n\t,[{}"'])| ++(?=[^] \n\t,[{}#:"'?&]))*+"""
)
_BLOCK = 65536
_LINE_BREAK = "\r\n|[\n\r\x85\u2028\u2029]"  # compiled where it is needed, which few runs do


# In characters. To look at each line and node of a shorter text takes less than to compile patterns
# that find what they have at once.
LONG_TEXT = 10_000


def is_long(text: str) -> bool:
    """Whether patterns are compiled for what stands in this text."""
    return len(text) >= LONG_TEXT


class AtColumn(dict[int, re.Pattern[str]]):
    """A pattern for each column, made when it is asked for."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __missing__(self, column: int) -> re.Pattern[str]:
        pattern = self[column] = compiled(self._pattern.replace("COLUMN", str(column)))
        return pattern

    def lines(self, text: str, start: int, limit: int, column: int) -> Iterable[re.Match[str]]:
        """The matches of a pattern that starts with a line of {0,COLUMN} spaces."""
        if is_long(text):
            return self[column].finditer(text, start, limit)
        deeper = " " * (column + 1)
        found = self[_MOST_COLUMNS].finditer(text, start, limit)
        return (match for match in found if not text.startswith(deeper, match.start() + 1))


_MOST_COLUMNS = LONG_TEXT
# The start of a line that is not indented more than a column, with its first character. Lines that
# are indented more are passed over at the least cost if a pattern takes the character at once, and
# looks back at it.
OUTDENTED = AtColumn(r"\n {0,COLUMN}+[^ ](?<![\n#])")
_NO_CONTENT = compiled(r"(?: *+(?:#[^\n]*)?(?:\n|\Z(?<!\n)))*+ *+")


def start_of_content(text: str, start: int, end: int) -> int:
    """Where the first character is that is neither white space nor in a comment."""
    match = _NO_CONTENT.match(text, start, end)
    return start if match is None else match.end()


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
    match = compiled(_LINE_BREAK).search(text, position)
    return (len(text), "") if match is None else (match.start(), match.group())


def before_breaks(text: str, end: int) -> int:
    """Where the last line of a node ends: a block scalar ends behind its line breaks."""
    while text[end - 1] in LINE_BREAKS:
        end -= 1
    return end


def break_above(text: str, start: int) -> int:
    """Where the line ends that is above one that starts here."""
    return start - 1 - (text[start - 2 : start] == "\r\n")


def next_indicator(text: str, indicator: str, position: int) -> int:
    """Where an indicator stands that comes next but for white space and comments."""
    while text[position] != indicator:
        if text[position] == "#":
            position = line_end(text, position)[0]
        position += 1
    return position


def next_line(text: str, end: int) -> int:
    """Where the line below a node that ends here starts. A block scalar ends behind its line breaks
    and its blank lines, so that nothing is put between these; what starts with a tab may follow a
    plain scalar alone.
    """
    if end and text[end - 1] in LINE_BREAKS:
        return end
    place, break_ = line_end(text, end)
    return _past_tabs(text, place + len(break_))


def _past_tabs(text: str, place: int) -> int:
    """Where the line starts that is behind blank lines and comments that start with a tab."""
    below = place
    while below < len(text):
        end, break_ = line_end(text, below)
        words = text[below:end].lstrip(" ")
        below = end + len(break_)
        if words[:1] == "\t" and words.lstrip()[:1] in ("", "#"):
            place = below
        elif words:
            break
    return place


def past_blank_lines(text: str, place: int) -> int:
    """Where the next line starts that is not blank."""
    while place < len(text):
        end, break_ = line_end(text, place)
        if text[place:end].strip(" \t"):
            break
        place = end + len(break_)
    return place


def comments_from(text: str, place: int) -> tuple[list[tuple[int, int]], int]:
    """The comments that have the next lines: the column of each, and where its line ends; then the
    column of what follows, 0 at the end.
    """
    comments: list[tuple[int, int]] = []
    while place < len(text):
        stop, line_break = line_end(text, place)
        line = text[place:stop]
        words = line.lstrip(" \t")
        place = stop + len(line_break)
        if words.startswith("#"):
            comments.append((len(line) - len(words), place))
        elif words:
            return comments, len(line) - len(words)
    return comments, 0


def has_line_feeds_only(text: str) -> bool:
    """Whether line feeds alone end the lines of the text, and no byte order mark starts it."""
    return "\r" not in text and (
        text.isascii() or not any(character in text for character in "\x85\u2028\u2029\ufeff")
    )


class Lines:
    """Finds lines and columns in a text that ends with a line break, at a cost that does not grow
    with the text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        # Where line feeds alone end the lines, they are found at once.
        self.has_line_feeds_only = has_line_feeds_only(text)
        self.has_tabs = "\t" in text
        # For each block of the text, the line feeds before it, and the place of the last of them.
        self._before: list[tuple[int, int]] = []

    def start(self, position: int) -> int:
        if self.has_line_feeds_only:
            return self.text.rfind("\n", 0, position) + 1
        return line_start(self.text, position)

    def end(self, position: int) -> int:
        if self.has_line_feeds_only:
            return self.text.index("\n", position)
        return line_end(self.text, position)[0]

    def next(self, position: int) -> int:
        """Where the line behind that of this position starts."""
        end, break_ = line_end(self.text, position)
        return end + len(break_)

    def column(self, position: int) -> int:
        return position - self.start(position)

    def starts(self, position: int) -> bool:
        """Whether a line starts here, but for its indentation."""
        return not self.text[self.start(position) : position].strip(" ")

    def below(self, end: int) -> int:
        """What `next_line` gives."""
        if self.has_line_feeds_only:
            if self.text[end - 1] == "\n":
                return end
            place = self.text.index("\n", end) + 1
            return _past_tabs(self.text, place) if self.has_tabs else place
        return next_line(self.text, end)

    def past_comments(self, position: int, indent: int) -> int:
        """The end of the blank lines and the comments right of the indent that start here: if what
        is above them goes, a block scalar before that would take them for its own.
        """
        while position < len(self.text):
            end = self.end(position)
            words = self.text[position:end].lstrip(" ")
            if words and not (words[0] == "#" and end - position - len(words) > indent):
                break
            position = self.next(position)
        return position

    def line_break(self, position: int) -> str:
        """The line break that is in use around a position."""
        return "\n" if self.has_line_feeds_only else line_break(self.text, position)

    def place(self, position: int) -> str:
        """A position, for messages."""
        line, column = self.line_and_column(position)
        return f"line {line}, column {column}"

    def line_and_column(self, position: int) -> tuple[int, int]:
        """The same as numbers, which count from 1."""
        text, before = self.text, self._before
        if not before:
            before.append((0, -1))
            for start in range(0, len(text) - _BLOCK, _BLOCK):
                count, last = before[-1]
                count += text.count("\n", start, start + _BLOCK)
                before.append((count, max(last, text.rfind("\n", start, start + _BLOCK))))
        start = position // _BLOCK * _BLOCK
        count, last = before[start // _BLOCK]
        count += text.count("\n", start, position)
        last = max(last, text.rfind("\n", start, position))
        return count + 1, position - last


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
