"""Text to nodes, for block style as people, kpt and kustomize write it, without a YAML library.

A collection is read when something asks for what is in it, so that only what matters is looked at.
What this reader does not understand for certain raises UnsureError, and PyYAML reads it: a scalar
over several lines, a flow collection, an anchor, an alias, a tag, an escape, odd indentation.

It relies on what `is_simple` and `suspects` say: that only line feeds end lines, and that no quoted
scalar and no flow collection goes on in a next line. Then a line that is indented less than a
collection ends it (https://yaml.org/spec/1.1/, 4.2.1): in block style nothing else can stand there.
"""

from __future__ import annotations

import re

from .nodes import MAX_DEPTH, NO_KEYS, Collection, Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = re.compile(r"""(?:([A-Za-z0-9_][A-Za-z0-9_./-]*)|"([^"\\\n]*)"|'([^'\n]*)'):(?=[ \n]|$)""")
_NAME = r"([A-Za-z0-9_][A-Za-z0-9_./-]*):"
_PLAIN = r"[A-Za-z0-9_./$(][A-Za-z0-9_./$()@,=+-]*+(?::[A-Za-z0-9_./$()@,=+-]++)*+"
# A key and a value that is surely a scalar or none; the place and the dash of what starts in the
# next line, if it is a block collection.
_LINE = re.compile(_NAME + rf'(?: ("[^"\\\n]*"|{_PLAIN}))?\n(?:( *+)(?:(-)[ \n]|{_NAME}[ \n]))?')
# The same, in a mapping at a column, to its end; then the rest, if there is one.
_TEXTS = _NAME + rf' (?:"([^"\\\n]*)"|({_PLAIN}))(?:\n(?: {{COLUMN}}(?=[^ \n#-])|\Z)|\Z)|([\s\S]+)'
# An entry of a sequence at a column that has a name and a value on a line each.
_ENTRY = (
    r"- name: ([A-Za-z0-9_][A-Za-z0-9_.-]*)\n {COLUMN}  value: "
    rf'(?:"([^"\\\n]*)"|({_PLAIN}))(?:\n {{COLUMN}}(?=- )|\n?\Z)'
)
# All of them; then the rest, if there is one.
_ENTRIES = _ENTRY + r"|([\s\S]+)"
# A line that heads a block scalar, up to its key.
_HEAD = re.compile(r"( *(?:- +)*)[A-Za-z0-9_][A-Za-z0-9_./-]*: +[|>][-+]?")
_OUTDENTED = r"\n {0,COLUMN}+(?=[^ \n#])"
# A line like that, but for one that has a dash at the column; the key, if it is a plain one.
_KEYS = _OUTDENTED + rf"(?:(?<=\n {{COLUMN}})(?:{_NAME}(?=[ \n])|(?!-[ \n]))|(?<!\n {{COLUMN}}))"
_NULLS = {"null", "Null", "NULL"}
_STYLES = ("", "", '"', "'")
_CONTENT = re.compile(r"\n *+(?=[^ \n#])")
_QUOTED = r"""[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"""
_FLAT = rf"""[^][{{}}"'\\\n]*+(?:(?:"{_QUOTED}"|'[^'\n]*+')[^][{{}}"'\\\n]*+)*+"""
# A quoted scalar or a flow collection that may not end on its line. A pattern that begins with one
# character is searched for much faster than one that begins with any of several.
_SUSPECTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf'"(?<=[ \t\n]"){_QUOTED}\\?(?:\n|\Z)',
        r"'(?<=[ \t\n]')[^'\n]*+(?:''[^'\n]*+)*+(?:\n|\Z)",
        rf"\[(?<=[ \t\n]\[)(?!{_FLAT}\])",
        rf"\{{(?<=[ \t\n]\{{)(?!{_FLAT}\}})",
    )
)
# What a flow collection is made of; a quote or `#` by itself is not sure to be what it seems.
_FLOW = re.compile(
    rf"""(?<=[][{{}},: ])(?:"{_QUOTED}"|'[^'\n]*+')(?=[][{{}},: ])|[][{{}}"'#!]|[^][{{}}"'#!\n]++"""
)
_NOT_PLAIN = frozenset("[]{}#&*!|>'\"%@`,?:")
# To go down further would take time that grows faster than the text.
MAX_LEVELS = 100
# A level of nesting indents a line, or stands on it.
_NESTING = (" " * 100, "- - - ", "? ? ? ")
_PATTERNS: dict[tuple[str, int], re.Pattern[str]] = {}


class UnsureError(Exception):
    """Text that this reader does not understand for certain."""


def is_simple(text: str) -> bool:
    """Whether line feeds alone end the lines of the text, and no byte order mark starts it."""
    return "\r" not in text and (
        text.isascii() or not any(character in text for character in "\x85\u2028\u2029\ufeff")
    )


def suspects(text: str) -> Iterator[int]:
    """Where a quoted scalar or a flow collection may start that goes on in a next line. Not all of
    these are: some stand in a block scalar, in a comment, or in the midst of a plain scalar.
    """
    nearest = [match for pattern in _SUSPECTS if (match := pattern.search(text))]
    while nearest:
        match = min(nearest, key=_position)
        yield match.start()
        nearest.remove(match)
        following = match.re.search(text, match.start() + 1)
        if following is not None:
            nearest.append(following)


def _position(match: re.Match[str]) -> int:
    return match.start()


def read_block(text: str) -> Mapping:
    """The mapping that is the only document of a text."""
    start = 0
    if text[:1] in ("", "\n", "#"):
        match = _CONTENT.search(text)
        start = -1 if match is None else match.end()
    if start < 0 or text[start - 1 : start] == " " or text[start] == " ":
        raise UnsureError
    return BlockMapping(text, start, len(text), 0)


class UnreadNode(Node):
    """A value that this reader leaves to PyYAML; to ask for more of it raises UnsureError."""

    __slots__ = ("_end",)

    def __init__(self, start: int, end: int | None = None) -> None:
        self.start = start
        self._end = end

    @property
    def end(self) -> int:  # type: ignore[override]
        """A place on the line where it ends, if that is known."""
        if self._end is None:
            raise UnsureError
        return self._end

    @property
    def size(self) -> int:  # type: ignore[override]
        raise UnsureError

    @property
    def depth(self) -> int:  # type: ignore[override]
        raise UnsureError


class BlockMapping(Mapping):
    """A block mapping: its first key is at `start`, its keys are at the column, and it ends before
    `limit`, the start of a line.
    """

    __slots__ = ("_found", "_index", "_starts", "_texts", "column", "limit", "text")

    def __init__(self, text: str, start: int, limit: int, column: int) -> None:
        self.start = self.open = start
        self.flow = False
        self.text = text
        self.limit = limit
        self.column = column
        self.repeated = NO_KEYS
        self._index: dict[str, int] | None = None
        self._starts: list[int]
        self._found: list[tuple[Node, Node] | None]
        self._texts: dict[str, str] | None = None

    def forget(self) -> None:
        """Drops what has been read; it is read again when something asks for it."""
        self._index = self._texts = None
        self._starts = []
        self._found = []

    def _keys(self) -> dict[str, int]:
        """The number of each key's pair; of repeated ones, the last."""
        if self._index is None:
            text, limit = self.text, self.limit
            pattern = _pattern(_KEYS, self.column)
            matches = list(pattern.finditer(text, self.start, limit))
            starts = [self.start] + [match.start(1) for match in matches]
            names = [_key(text, self.start, limit)] + [match[1] for match in matches]
            if None in names:
                for i, match in enumerate(matches, 1):
                    if starts[i] < 0:
                        starts[i] = match.end()
                        if match.end() - match.start() <= self.column:
                            raise UnsureError
                        names[i] = _key(text, starts[i], limit)
            index = {name: i for i, name in enumerate(names)}
            if len(index) < len(names):
                self.repeated = {name for i, name in enumerate(names) if index[name] != i}
            self._index = index
            self._starts = starts
            self._found = [None] * len(starts)
        return self._index

    def _pair(self, i: int) -> tuple[Node, Node]:
        pair = self._found[i]
        if pair is None:
            starts = self._starts
            end = starts[i + 1] - self.column if i + 1 < len(starts) else self.limit
            pair = self._found[i] = _pair(self.text, starts[i], end, self.column)
        return pair

    @property
    def pairs(self) -> list[tuple[Node, Node]]:  # type: ignore[override]
        self._keys()
        return list(map(self._pair, range(len(self._starts))))

    @property
    def end(self) -> int:  # type: ignore[override]
        return _last(self).end

    @property
    def size(self) -> int:  # type: ignore[override]
        return 1 + sum(key.size + value.size for key, value in self.pairs)

    @property
    def depth(self) -> int:  # type: ignore[override]
        return 1 + max(value.depth for _, value in self.pairs)

    def own(self) -> dict[str, tuple[Node, Node]]:
        return {name: self._pair(i) for name, i in self._keys().items()}

    def pair(self, name: str) -> tuple[Node, Node] | None:
        i = (self._index or self._keys()).get(name)
        return None if i is None else self._pair(i)

    @property
    def last(self) -> Node:
        self._keys()
        return self._pair(-1 % len(self._starts))[1]

    @property
    def is_empty(self) -> bool:
        return False

    @property
    def below(self) -> int | None:
        """Where the line below it starts, blank lines at its end aside, if its last line is surely
        its own: no comment, and no block scalar's where there are blank lines.
        """
        text, limit = self.text, self.limit
        if text[limit - 1] != "\n":
            return None
        line = end = limit
        words = "\n"
        while words == "\n" and line > self.start:
            end = line
            line = text.rfind("\n", 0, end - 1) + 1
            words = text[line:end].lstrip(" ")
        if words[0] in "#\n\t" or (end < limit and self._may_hold_blank_lines(line, end - 1)):
            return None
        return end

    def _may_hold_blank_lines(self, line: int, end: int) -> bool:
        """Whether a line may be the head of a block scalar, or in one."""
        return (
            self.text[end - 1] in "|>-+0123456789"
            or "#" in self.text[line:end]
            or _column_of_block_scalar(self, line, end) is not None
        )

    def get(self, name: str) -> Node | None:
        i = (self._index or self._keys()).get(name)
        if i is None:
            return None
        value = (self._found[i] or self._pair(i))[1]
        if type(value) is UnreadNode:
            raise UnsureError
        return value

    def merged(self) -> list[Mapping]:
        self._keys()  # has no merge key
        return []

    def fields(self) -> dict[str, tuple[Node, Node]]:
        own = self.own()
        if any(type(value) is UnreadNode for _, value in own.values()):
            raise UnsureError
        return own

    def may_have(self, word: str) -> bool:
        # An escape may write any of its characters, and an alias stand for any text.
        return any(self.text.find(it, self.start, self.limit) >= 0 for it in (word, "\\", "*"))

    def texts(self) -> dict[str, str] | None:
        if self._texts is None:
            texts = _pattern(_TEXTS, self.column).findall(self.text, self.start, self.limit)
            self._texts = {key: quoted or plain for key, quoted, plain, _ in texts}
            if texts[-1][3] or len(self._texts) < len(texts) or _NULLS & set(self._texts.values()):
                self._texts = {}
        return self._texts or None


def _key(text: str, start: int, limit: int) -> str:
    match = _KEY.match(text, start, limit)
    if match is None:
        raise UnsureError
    return match[match.lastindex or 0]


def _pair(text: str, start: int, limit: int, column: int) -> tuple[Node, Node]:
    """The pair whose key is at a start and which ends before the limit, the start of a line."""
    # Most lines are like this one; what it does not match is read step by step.
    match = _LINE.match(text, start, limit)
    if match is not None:
        key = Scalar(start, match.end(1), match[1], "")
        colon = key.end + 1
        value, line_end = match.span(2)
        line, start = match.span(3)
        if line < 0 and match.end() == limit:
            if value < 0:
                return key, Scalar(colon, colon, "", "")
            if text[value] == '"':
                return key, Scalar(value, line_end, text[value + 1 : line_end - 1], '"')
            return key, Scalar(value, line_end, text[value:line_end], "")
        if value < 0:
            line_end = colon
            indent = start - line
            if match[4] and indent >= column:
                return key, BlockSequence(text, start, limit, indent)
            if line >= 0 and indent > column:
                return key, BlockMapping(text, start, limit, indent)
    else:
        match = _KEY.match(text, start, limit)
        if match is None:
            raise UnsureError
        group = match.lastindex or 0
        colon = match.end()
        key = Scalar(start, colon - 1, match[group], _STYLES[group])
        line_end = text.find("\n", colon, limit)
        if line_end < 0:
            return key, _inline(text, colon, limit)
    below = _CONTENT.search(text, line_end, limit)
    if below is None:
        return key, _inline(text, colon, line_end)
    line, start = below.span()
    return key, _nested(text, colon, line_end, start, start - line - 1, column, limit)


class BlockSequence(Sequence):
    """A block sequence, as BlockMapping is a mapping; its dashes are at the column."""

    __slots__ = ("_dashes", "_entries", "_has_unread", "_texts", "column", "limit", "text")

    def __init__(self, text: str, start: int, limit: int, column: int) -> None:
        self.start = self.open = start
        self.flow = False
        self.text = text
        self.limit = limit
        self.column = column
        self.offset = 0
        self._entries: list[Node] | None = None
        self._dashes: list[int] = []
        self._has_unread = False
        self._texts: list[tuple[str, str] | None] = []

    @property
    def entries(self) -> list[Node]:  # type: ignore[override]
        entries = self.nodes
        if self._has_unread:
            raise UnsureError
        return entries

    @property
    def count(self) -> int:
        return len(self.texts())

    def texts(self) -> list[tuple[str, str] | None]:
        if not self._texts:
            texts = _pattern(_ENTRIES, self.column).findall(self.text, self.start, self.limit)
            if texts[-1][3]:
                self._texts = self._texts_of_each()
            else:
                self._texts = [
                    None if plain in _NULLS or name in _NULLS else (name, quoted or plain)
                    for name, quoted, plain, _ in texts
                ]
        return self._texts

    def _texts_of_each(self) -> list[tuple[str, str] | None]:
        found: list[tuple[str, str] | None] = []
        text, limit, column = self.text, self.limit, self.column
        pattern = _pattern(_ENTRY, column)
        position = self.start
        while position < limit:
            match = pattern.match(text, position, limit)
            if match is None:
                found.append(None)
                position = _outdented(text, position, limit, column)
                continue
            name, quoted, plain = match.groups("")
            found.append(None if plain in _NULLS or name in _NULLS else (name, quoted or plain))
            position = match.end()
        return found

    @property
    def nodes(self) -> list[Node]:
        """The entries, those that are left to PyYAML among them."""
        if self._entries is None:
            self._entries = self._read()
        return self._entries

    @property
    def end(self) -> int:  # type: ignore[override]
        return _last(self).end

    @property
    def size(self) -> int:  # type: ignore[override]
        return 1 + sum(entry.size for entry in self.entries)

    @property
    def depth(self) -> int:  # type: ignore[override]
        return 1 + max(entry.depth for entry in self.entries)

    def _read(self) -> list[Node]:
        text, limit, column = self.text, self.limit, self.column
        dashes = [self.start]
        for match in _pattern(_OUTDENTED, column).finditer(text, self.start, limit):
            line, dash = match.span()
            if dash - line <= column or not _is_dash(text, dash):
                raise UnsureError
            dashes.append(dash)
        entries: list[Node] = []
        for i, dash in enumerate(dashes):
            end = dashes[i + 1] - column if i + 1 < len(dashes) else limit
            entry = _entry(text, dash, end, column)
            self._has_unread |= type(entry) is UnreadNode
            entries.append(entry)
        self._dashes = dashes
        return entries

    @property
    def last(self) -> Node:
        return self.nodes[-1]

    def dash(self, index: int) -> int:
        """Where an entry has its dash."""
        return self._dashes[index] if self.nodes else self.start

    @property
    def lines(self) -> list[int]:
        """Where the first line of each entry starts, and last the limit."""
        return [dash - self.column for dash in self._dashes[: len(self.nodes)]] + [self.limit]


def _last(node: Node) -> Node:
    levels = 0
    while isinstance(node, (BlockMapping, BlockSequence)):
        node = node.last
        levels += 1
        if levels > MAX_LEVELS:
            raise UnsureError
    return node


def is_shallow(text: str, start: int, limit: int) -> bool:
    """Whether nothing in this part of a text is nested so deep that levels must be counted."""
    return not any(
        text.find(nesting[0], start, limit) >= 0 <= text.find(nesting, start, limit)
        for nesting in _NESTING
    )


def has_few_brackets(text: str, start: int, limit: int) -> bool:
    """Whether flow collections in this part of a text add no levels that must be counted."""
    return text.count("[", start, limit) + text.count("{", start, limit) < MAX_DEPTH // 2


def harmless_end(node: Node, suspect: int) -> int:
    """Where the text ends that a suspect in an item stands in, if that is all on its line, or is a
    block scalar or a comment: there, nothing is an item. The suspect itself, if it is none of
    these, or if that is not certain. What stands before it in the item must be harmless.
    """
    if not isinstance(node, BlockMapping):
        return suspect
    text = node.text
    line = text.rfind("\n", 0, suspect) + 1
    if text[line:suspect].lstrip(" ").startswith("#"):
        return _line_end(text, suspect)
    column = _column_of_block_scalar(node, line, suspect)
    if column is not None:
        return _outdented(text, suspect, node.limit, column)
    found: Node = node
    try:
        while isinstance(found, BlockMapping | BlockSequence):
            if isinstance(found, BlockSequence):
                found = max((entry for entry in found.nodes if entry.start <= suspect), key=_start)
                continue
            pairs = (pair for pair in found.pairs if pair[0].start <= suspect)
            key, found = max(pairs, key=_start)
            if key.end < line and isinstance(found, UnreadNode):
                value = text[key.end + 1 : line].lstrip(" ")
                return suspect + (value[:1] in ("|", ">"))
    except (UnsureError, ValueError):
        return suspect
    if isinstance(found, UnreadNode):
        return max(suspect, _end_of_flow(text, found.start, _line_end(text, suspect)))
    return max(found.end, suspect + 1) if isinstance(found, Scalar) else suspect


def _column_of_block_scalar(item: BlockMapping, start: int, suspect: int) -> int | None:
    """The column of the key of the block scalar that a suspect, in the line that starts there,
    stands in: one of the lines that the suspect's is indented below heads it. A line of a comment
    heads nothing; a line of a block scalar that looks like a head is in it, as well.
    """
    text = item.text
    line = text[start:suspect]
    indent = len(line) - len(line.lstrip(" "))
    while start > item.start:
        end = start - 1
        start = text.rfind("\n", 0, end) + 1
        line = text[start:end]
        words = line.lstrip(" ")
        above = len(line) - len(words)
        if not words or words[0] == "#" or above >= indent:
            continue
        if words[-1] in "|>-+" and (head := _HEAD.fullmatch(line)) is not None:
            return head.end(1) if head.end(1) < indent else None
        indent = above
    return None


def _end_of_flow(text: str, start: int, line_end: int) -> int:
    """The end of the flow collection that starts there and surely is all on its line; 0 where there
    is none.
    """
    depth = 0
    for match in _FLOW.finditer(text, start, line_end):
        part = match[0]
        if part in "[{":
            depth += 1
        elif part in "]}":
            depth -= 1
            if depth <= 0:
                return match.end() if _ends(text, match.end(), line_end) else 0
        elif part in "\"'#!" or not depth:
            return 0
    return 0


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _start(child: Node | tuple[Node, Node]) -> int:
    return child[0].start if isinstance(child, tuple) else child.start


def kind_of(item: BlockMapping) -> str | None:
    """The item's `kind`, where it is a plain word, empty where there surely is none; None where it
    must be read to be known.
    """
    text, position = item.text, item.start
    if not text.startswith("kind: ", position):
        line = "\n" + " " * item.column
        position = text.find(line + "kind: ", position, item.limit) + len(line)
        if position < item.start:
            part = text[item.start : item.limit]
            # Else only an alias or an escape can make one.
            return None if "kind" in part or "*" in part or "\\" in part else ""
    end = text.find("\n", position, item.limit)
    word = text[position + 6 : end if end >= 0 else item.limit].strip(" ")
    if not word.isalnum() or text.find("\n" + " " * item.column + "kind", end, item.limit) >= 0:
        return None
    return word


def _entry(text: str, dash: int, limit: int, column: int) -> Node:
    start = dash + 1
    while text[start : start + 1] == " ":
        start += 1
    if _KEY.match(text, start, limit):
        return BlockMapping(text, start, limit, column + start - dash)
    line_end = text.find("\n", dash, limit)
    if line_end < 0:
        line_end = limit
    below = _CONTENT.search(text, line_end, limit)
    if below is None:
        return _inline(text, dash + 1, line_end)
    indent = below.end() - below.start() - 1
    return _nested(text, dash + 1, line_end, below.end(), indent, column, limit)


def _nested(
    text: str, behind: int, line_end: int, start: int, indent: int, column: int, limit: int
) -> Node:
    """A value that stands in the lines below its key or dash, which is at the column; `behind` that
    is where the line goes on, and `start` is the first thing below.
    """
    rest = behind < line_end and text[behind:line_end].lstrip(" ")
    if not rest or (rest[0] == "#" and text[behind] == " "):
        if _is_dash(text, start):
            return BlockSequence(text, start, limit, indent)
        if indent > column and _KEY.match(text, start, limit):
            return BlockMapping(text, start, limit, indent)
    return UnreadNode(behind)


def _inline(text: str, behind: int, line_end: int) -> Node:
    """A value that stands on the line of its key or dash; nothing stands there for a null."""
    start = behind
    while start < line_end and text[start] == " ":
        start += 1
    if start == line_end:
        return Scalar(behind, behind, "", "")
    first = text[start]
    if start == behind:
        return UnreadNode(start)
    if first not in _NOT_PLAIN:
        value = text[start:line_end]
        if " #" in value:
            value = value[: value.index(" #")]
        value = value.rstrip(" ")
        if ": " in value or value[-1] == ":" or "\t" in value or _is_dash(text, start):
            return UnreadNode(start)
        return Scalar(start, start + len(value), value, "")
    if first == "#":
        return Scalar(behind, behind, "", "")
    if first in "'\"":
        end = text.find(first, start + 1, line_end) + 1
        value = text[start + 1 : end - 1]
        if end and "\\" not in value and _ends(text, end, line_end):
            return Scalar(start, end, value, first)
    elif text[start : start + 2] in ("{}", "[]") and _ends(text, start + 2, line_end):
        empty: Collection = (Mapping if first == "{" else Sequence)(start, start, True)
        empty.close(start + 2, [])
        return empty
    return UnreadNode(start, None if first in "|>!&" else line_end)


def _ends(text: str, position: int, line_end: int) -> bool:
    """Whether the line ends here, but for a comment."""
    rest = text[position:line_end]
    return not rest.strip(" ") or (rest[0] == " " and rest.lstrip(" ")[0] == "#")


def _is_dash(text: str, position: int) -> bool:
    return text[position : position + 1] == "-" and text[position + 1 : position + 2] in (
        " ",
        "\n",
        "",
    )


def _outdented(text: str, position: int, limit: int, column: int) -> int:
    """Where the next line has its first character that is not indented more than the column; the
    limit where there is none.
    """
    match = _pattern(_OUTDENTED, column).search(text, position, limit)
    return limit if match is None else match.end()


def _pattern(pattern: str, column: int) -> re.Pattern[str]:
    """The pattern for a column."""
    compiled = _PATTERNS.get((pattern, column))
    if compiled is None:
        compiled = re.compile(pattern.replace("COLUMN", str(column)))
        _PATTERNS[pattern, column] = compiled
    return compiled
