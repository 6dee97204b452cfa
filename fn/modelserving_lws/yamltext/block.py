"""Text to nodes, for block style as people, kpt and kustomize write it, without a YAML library.

A collection is read when something asks for what is in it, so that only what matters is looked at.
What this reader does not understand for certain raises UnsureError, and PyYAML reads it: a scalar
over several lines, a flow collection, an anchor, an alias, a tag, an escape, odd indentation.

It relies on what `is_simple` and `Suspects` say: that only line feeds end lines, and that no quoted
scalar and no flow collection goes on in a next line. Then a line that is indented less than a
collection ends it (https://yaml.org/spec/1.1/, 4.2.1): in block style nothing else can stand there.
"""

from __future__ import annotations

import re
from bisect import bisect
from itertools import islice

from ..results.errors import UnsureError
from .nodes import MAX_DEPTH, MAX_READ, NO_KEYS, Collection, Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False


class _AtColumn(dict[int, re.Pattern[str]]):
    """A pattern for each column, made when it is asked for."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __missing__(self, column: int) -> re.Pattern[str]:
        pattern = self[column] = re.compile(self._pattern.replace("COLUMN", str(column)))
        return pattern


_KEY = re.compile(r"""(?:([A-Za-z0-9_][A-Za-z0-9_./-]*)|"([^"\\\n]*)"|'([^'\n]*)'):(?=[ \n]|$)""")
_DASH_AND_KEY = re.compile("-( +)" + _KEY.pattern)
_NAME = r"([A-Za-z0-9_][A-Za-z0-9_./-]*):"
_PLAIN = r"[A-Za-z0-9_./$(][A-Za-z0-9_./$()@,=+-]*+(?::[A-Za-z0-9_./$()@,=+-]++)*+"
# What stands behind a key, if that is surely a scalar or none; the indentation of the next line,
# and its dash or key, if it starts a block collection.
_LINE = re.compile(rf':(?: ("[^"\\\n]*"|{_PLAIN}))?\n(?:( *+)(?:(-)[ \n]|{_NAME}[ \n]))?')
_NO_NULL = r"(?!(?:null|Null|NULL)(?:\n|\Z))"
# All that is left, of which one character says that there is something.
_REST = r"|(?s:(.).*)"
# The same, in a mapping at a column, to its end; then the rest, if there is one.
_TEXTS = _AtColumn(
    _NAME
    + rf' (?:"([^"\\\n]*)"|{_NO_NULL}({_PLAIN}))(?:\n(?: {{COLUMN}}(?=[^ \n#-])|\Z)|\Z)'
    + _REST
)
# An entry of a sequence at a column that has a name and a value on a line each.
_A_NAME_AND_VALUE = (
    rf"- name: {_NO_NULL}([A-Za-z0-9_][A-Za-z0-9_.-]*)\n {{COLUMN}}  value: "
    rf'(?:"([^"\\\n]*)"|{_NO_NULL}({_PLAIN}))(?:\n {{COLUMN}}(?=- )|\n?\Z)'
)
_ENTRY = _AtColumn(_A_NAME_AND_VALUE)
# All of them; then the rest, if there is one.
_ENTRIES = _AtColumn(_A_NAME_AND_VALUE + _REST)
# The first lines of an item in a sequence at a column, or of one that is a document.
_ITEM = _AtColumn(
    r"- (?:(?:apiVersion: [^\n]*\n {COLUMN}  )?kind: ([A-Za-z0-9]+)\n"
    r"""|\{(?:["']?apiVersion["']?: ["']?[A-Za-z0-9./-]+["']?, ?)?"""
    r"""["']?kind["']?: ["']?([A-Za-z0-9]+)["']?[,}])"""
)
_DOCUMENT = r"(?:apiVersion: [^\n]*\n)?kind: ([A-Za-z0-9]+)\n"
# A line that heads a block scalar, up to its key.
_HEAD = r"( *(?:- +)*)[A-Za-z0-9_][A-Za-z0-9_./-]*: +[|>][-+]?"
# The start of a line that is not indented more than a column, with its first character; with all
# but that of the key, if it is a plain one at the column. Lines that are indented more are passed
# over at the least cost if a pattern takes the character at once, and looks back at it.
_OUTDENTED = _AtColumn(r"\n {0,COLUMN}+[^ ](?<![\n#])")
_KEYS = _AtColumn(
    r"\n {0,COLUMN}+[^ ](?:(?<=\n {COLUMN}[A-Za-z0-9_])([A-Za-z0-9_./-]*+):(?=[ \n])"
    r"|(?<![\n#])(?!(?<=\n {COLUMN}-)[ \n]))"
)
_QUOTES = "\"'"
_CONTENT = re.compile(r"\n *+(?=[^ \n#])")
_QUOTED = r"""[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"""
_FLAT = rf"""[^][{{}}"'\\\n]*+(?:(?:"{_QUOTED}"|'[^'\n]*+')[^][{{}}"'\\\n]*+)*+"""
# A quoted scalar or a flow collection that may not end on its line. A pattern that begins with one
# character is searched for much faster than one that begins with any of several.
_SUSPECTS = {
    '"': rf'"(?<=[ \t\n]"){_QUOTED}\\?(?:\n|\Z)',
    "'": r"'(?<=[ \t\n]')[^'\n]*+(?:''[^'\n]*+)*+(?:\n|\Z)",
    "[": rf"\[(?<=[ \t\n]\[)(?!{_FLAT}\])",
    "{": rf"\{{(?<=[ \t\n]\{{)(?!{_FLAT}\}})",
}
# What a flow collection is made of; a quote or `#` by itself is not sure to be what it seems.
_FLOW = (
    rf"""(?<=[][{{}},: ])(?:"{_QUOTED}"|'[^'\n]*+')(?=[][{{}},: ])|[][{{}}"'#!]|[^][{{}}"'#!\n]++"""
)
_NOT_PLAIN = frozenset("[]{}#&*!|>'\"%@`,?:")
# To go down further would take time that grows faster than the text.
MAX_LEVELS = 100
# A level of nesting indents a line, or stands on it.
_NESTING = (" " * 100, "- " * 16, "? " * 16)


def is_simple(text: str) -> bool:
    """Whether line feeds alone end the lines of the text, and no byte order mark starts it."""
    return "\r" not in text and (
        text.isascii() or not any(character in text for character in "\x85\u2028\u2029\ufeff")
    )


class Suspects:
    """Where quoted scalars and flow collections may start that go on in a next line. Not all of
    these places are: some stand in a block scalar, in a comment, or in the midst of a plain scalar.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        patterns = [pattern for first, pattern in _SUSPECTS.items() if first in text]
        self._next = dict.fromkeys(map(re.compile, patterns), -1)

    def first_from(self, position: int) -> int | None:
        """The first one from this position on; positions must ascend."""
        end = nearest = len(self._text)
        for pattern, place in self._next.items():
            if place < position:
                match = pattern.search(self._text, position)
                place = self._next[pattern] = end if match is None else match.start()
            nearest = min(nearest, place)
        return nearest if nearest < end else None


def read_block(text: str, start: int, limit: int) -> BlockMapping:
    """The mapping that is a document: its first key starts here, and it ends before the limit."""
    root = BlockMapping(text, start, limit, 0, "")
    root.read_with_dashes()
    return root


def block_document(text: str, start: int, limit: int) -> Node:
    """The same, or what leaves it to PyYAML."""
    match = _KEY.match(text, start, limit)
    if match is None:
        return UnreadNode(start)
    return BlockMapping(text, start, limit, 0, _name(match))


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
    """A block mapping: its first key, of this name, is at `start`, its keys are at the column, and
    it ends before `limit`, the start of a line.
    """

    __slots__ = (
        "_first",
        "_index",
        "_names",
        "_starts",
        "_texts",
        "_values",
        "column",
        "limit",
        "text",
    )

    def __init__(self, text: str, start: int, limit: int, column: int, first: str) -> None:
        self.start = self.open = start
        self.flow = False
        self.text = text
        self.limit = limit
        self.column = column
        self.repeated = NO_KEYS
        self._first = first
        self._index: dict[str, int] | None = None
        self._starts: list[int]
        self._names: list[str]
        self._values: list[Node | None]
        self._texts: dict[str, str] | None = None

    def forget(self) -> None:
        """Drops what has been read; it is read again when something asks for it."""
        self._texts = None
        if self._index is not None:
            self._index = None
            del self._starts, self._names, self._values

    def _keys(self) -> dict[str, int]:
        """The number of each key's pair; of repeated ones, the last."""
        if self._index is None:
            text, limit, column = self.text, self.limit, self.column
            starts, names = [self.start], [self._first]
            found = islice(_KEYS[column].finditer(text, self.start, limit), MAX_READ)
            for match in found:
                start, end = match.span(1)
                start -= 1
                if start >= 0:
                    names.append(text[start:end])
                else:
                    line, end = match.span()
                    start = end - 1
                    if start - line <= column:
                        raise UnsureError
                    names.append(_key(text, start, limit))
                starts.append(start)
            if len(starts) > MAX_READ:
                raise UnsureError
            return self._take(starts, names)
        return self._index

    def _take(self, starts: list[int], names: list[str]) -> dict[str, int]:
        index = self._index = {name: i for i, name in enumerate(names)}
        if len(index) < len(names):
            self.repeated = {name for i, name in enumerate(names) if index[name] != i}
        self._starts = starts
        self._names = names
        self._values = [None] * len(starts)
        return index

    def read_with_dashes(self) -> None:
        """Reads the keys, and the dashes of sequences at the same column, in one pass."""
        text, limit, column = self.text, self.limit, self.column
        found = islice(_OUTDENTED[column].finditer(text, self.start, limit), MAX_READ)
        lines = [match.end() - 1 for match in found]
        if len(lines) == MAX_READ:
            raise UnsureError
        starts = [line for line in lines if text[line] != "-" or not _is_dash(text, line)]
        starts.insert(0, self.start)
        self._take(starts, [_key(text, start, limit) for start in starts])
        for _, value in self.pairs:
            if isinstance(value, BlockSequence) and value.column == column:
                value.take(lines[bisect(lines, value.start) - 1 : bisect(lines, value.limit - 1)])

    def _value(self, i: int) -> Node:
        value = self._values[i]
        if value is None:
            starts = self._starts
            end = starts[i + 1] - self.column if i + 1 < len(starts) else self.limit
            colon = starts[i] + len(self._names[i]) + 2 * (self.text[starts[i]] in _QUOTES)
            value = self._values[i] = _value(self.text, colon, end, self.column)
        return value

    def _pair(self, i: int) -> tuple[Node, Node]:
        start, name = self._starts[i], self._names[i]
        quote = self.text[start]
        if quote in _QUOTES:
            return Scalar(start, start + len(name) + 2, name, quote), self._value(i)
        return Scalar(start, start + len(name), name, ""), self._value(i)

    def pair_at(self, position: int) -> tuple[Node, Node]:
        """The last pair that starts here or before. Raises UnsureError where there is none."""
        self._keys()
        i = bisect(self._starts, position) - 1
        if i < 0:
            raise UnsureError
        return self._pair(i)

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
        return self._value(len(self._starts) - 1)

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
        if self._texts:  # all lines are pairs
            return limit
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

    def value(self, name: str) -> Node | None:
        i = (self._index or self._keys()).get(name)
        return None if i is None else self._values[i] or self._value(i)

    def get(self, name: str) -> Node | None:
        i = (self._index or self._keys()).get(name)
        if i is None:
            return None
        value = self._values[i] or self._value(i)
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
            texts = _TEXTS[self.column].findall(self.text, self.start, self.limit)
            self._texts = {key: quoted or plain for key, quoted, plain, _ in texts}
            if texts[-1][3] or len(self._texts) < len(texts):
                self._texts = {}
        return self._texts or None


def _key(text: str, start: int, limit: int) -> str:
    match = _KEY.match(text, start, limit)
    if match is None:
        raise UnsureError
    return _name(match)


def _name(match: re.Match[str]) -> str:
    """The key that was matched, without its quotes."""
    return match[match.lastindex or 0]


def _value(text: str, colon: int, limit: int, column: int) -> Node:
    """The value of a key that ends at a colon and is at the column; it ends before the limit, the
    start of a line.
    """
    # Most lines are like this one; what it does not match is read step by step.
    match = _LINE.match(text, colon, limit)
    behind = colon + 1
    if match is not None:
        value, spaces, dash, first = match.groups()
        line_end = behind if value is None else behind + 1 + len(value)
        if spaces is None:
            if match.end() == limit:
                if value is None:
                    return Scalar(behind, behind, "", "")
                if value[0] == '"':
                    return Scalar(behind + 1, line_end, value[1:-1], '"')
                return Scalar(behind + 1, line_end, value, "")
        elif value is None:
            indent = len(spaces)
            start = behind + 1 + indent
            if dash is not None and indent >= column:
                return BlockSequence(text, behind, start, limit, indent)
            if first is not None and indent > column:
                return BlockMapping(text, start, limit, indent, first)
    else:
        line_end = text.find("\n", colon, limit)
        if line_end < 0:
            return _inline(text, behind, limit)
    below = _CONTENT.search(text, line_end, limit)
    if below is None:
        return _inline(text, behind, line_end)
    line, start = below.span()
    return _nested(text, behind, line_end, start, start - line - 1, column, limit)


class BlockSequence(Sequence):
    """A block sequence, as BlockMapping is a mapping; its dashes are at the column. `behind` is
    where the line of its own key or dash goes on.
    """

    __slots__ = (
        "_dashes",
        "_has_unread",
        "_nodes",
        "_read",
        "_texts",
        "behind",
        "column",
        "limit",
        "text",
    )

    def __init__(self, text: str, behind: int, start: int, limit: int, column: int) -> None:
        self.behind = behind
        self.start = self.open = start
        self.flow = False
        self.text = text
        self.limit = limit
        self.column = column
        self.offset = 0
        self._dashes: list[int] | None = None
        self._nodes: list[Node | None] = []
        self._read: list[Node] | None = None
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

    def is_longer(self, limit: int) -> bool:
        return len(self.dashes) > limit

    def texts(self) -> list[tuple[str, str] | None]:
        if not self._texts:
            texts = _ENTRIES[self.column].findall(self.text, self.start, self.limit)
            if texts[-1][3]:
                self._texts = self._texts_of_each()
            else:
                self._texts = [(name, quoted or plain) for name, quoted, plain, _ in texts]
        return self._texts

    def _texts_of_each(self) -> list[tuple[str, str] | None]:
        found: list[tuple[str, str] | None] = []
        text, limit, column = self.text, self.limit, self.column
        pattern = _ENTRY[column]
        position = self.start
        while position < limit:
            match = pattern.match(text, position, limit)
            if match is None:
                found.append(None)
                position = _outdented(text, position, limit, column)
                continue
            name, quoted, plain = match.groups("")
            found.append((name, quoted or plain))
            position = match.end()
        return found

    @property
    def dashes(self) -> list[int]:
        """Where the entries have their dashes."""
        if self._dashes is None:
            text, column = self.text, self.column
            dashes = [self.start]
            found = islice(_OUTDENTED[column].finditer(text, self.start, self.limit), MAX_READ)
            for match in found:
                line, end = match.span()
                dash = end - 1
                if dash - line <= column or not _is_dash(text, dash):
                    raise UnsureError
                dashes.append(dash)
            if len(dashes) > MAX_READ:
                raise UnsureError
            return self.take(dashes)
        return self._dashes

    def take(self, dashes: list[int]) -> list[int]:
        """Where the dashes are, for a sequence that was not asked for them yet."""
        self._dashes = dashes
        self._nodes = [None] * len(dashes)
        return dashes

    def node(self, i: int) -> Node:
        """An entry; it may be one that is left to PyYAML."""
        dashes = self.dashes
        node = self._nodes[i]
        if node is None:
            end = dashes[i + 1] - self.column if i + 1 < len(dashes) else self.limit
            node = self._nodes[i] = _entry(self.text, dashes[i], end, self.column)
        return node

    def entry_at(self, position: int) -> Node:
        """The last entry that starts here or before, as `pair_at` has it."""
        i = bisect(self.dashes, position) - 1
        if i >= 0 and self.node(i).start > position:
            i -= 1
        if i < 0:
            raise UnsureError
        return self.node(i)

    @property
    def nodes(self) -> list[Node]:
        """The entries, those that are left to PyYAML among them."""
        if self._read is None:
            self._read = list(map(self.node, range(len(self.dashes))))
            self._has_unread = UnreadNode in map(type, self._read)
        return self._read

    @property
    def end(self) -> int:  # type: ignore[override]
        return _last(self).end

    @property
    def size(self) -> int:  # type: ignore[override]
        return 1 + sum(entry.size for entry in self.entries)

    @property
    def depth(self) -> int:  # type: ignore[override]
        return 1 + max(entry.depth for entry in self.entries)

    @property
    def last(self) -> Node:
        return self.node(len(self.dashes) - 1)

    def dash(self, index: int) -> int:
        """Where an entry has its dash."""
        return self.dashes[index]

    @property
    def lines(self) -> list[int]:
        """Where the first line of each entry starts, and last the limit."""
        return [dash - self.column for dash in self.dashes] + [self.limit]


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
    for nesting in _NESTING:
        if text.find(nesting[0], start, limit) >= 0 <= text.find(nesting, start, limit):
            return False
    return True


def has_few_brackets(text: str, start: int, limit: int) -> bool:
    """Whether flow collections in this part of a text add no levels that must be counted."""
    if text.find("[", start, limit) < 0 > text.find("{", start, limit):
        return True
    return text.count("[", start, limit) + text.count("{", start, limit) < MAX_DEPTH // 2


def harmless_end(text: str, node: Node, suspect: int) -> int:
    """Where the text ends that a suspect in an item stands in, if that is all on its line, or is a
    block scalar or a comment: there, nothing is an item. The suspect itself, if it is none of
    these, or if that is not certain. What stands before it in the item must be harmless.
    """
    line = text.rfind("\n", 0, suspect) + 1
    if text[line:suspect].lstrip(" ").startswith("#"):
        return _line_end(text, suspect) if isinstance(node, BlockMapping) else suspect
    if isinstance(node, UnreadNode):
        return max(suspect, _end_of_flow(text, node.start, _line_end(text, suspect)))
    if not isinstance(node, BlockMapping):
        return suspect
    column = _column_of_block_scalar(node, line, suspect)
    if column is not None:
        return _outdented(text, suspect, node.limit, column)
    found: Node = node
    try:
        while isinstance(found, BlockMapping | BlockSequence):
            if isinstance(found, BlockSequence):
                found = found.entry_at(suspect)
                continue
            key, found = found.pair_at(suspect)
            if key.end < line and isinstance(found, UnreadNode):
                value = text[key.end + 1 : line].lstrip(" ")
                return suspect + (value[:1] in ("|", ">"))
    except UnsureError:
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
        if words[-1] in "|>-+" and (head := re.fullmatch(_HEAD, line)) is not None:
            return head.end(1) if head.end(1) < indent else None
        indent = above
    return None


def _end_of_flow(text: str, start: int, line_end: int) -> int:
    """The end of the flow collection that starts there and surely is all on its line; 0 where there
    is none.
    """
    depth = 0
    for match in re.compile(_FLOW).finditer(text, start, line_end):
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
    return word if word.isalnum() else None


def kinds_of(items: BlockSequence) -> list[str | None]:
    """For each item its `kind`, where it is at once seen to be a plain word; else None."""
    return _kinds(items.text, _ITEM[items.column], items.dashes)


def kinds_of_documents(text: str, starts: list[int]) -> list[str | None]:
    """The same for documents that start at these places."""
    return _kinds(text, re.compile(_DOCUMENT), starts)


def _kinds(text: str, pattern: re.Pattern[str], starts: list[int]) -> list[str | None]:
    heads = [pattern.match(text, start) for start in starts]
    return [None if head is None else head[head.lastindex or 0] for head in heads]


def _entry(text: str, dash: int, limit: int, column: int) -> Node:
    match = _DASH_AND_KEY.match(text, dash, limit)
    if match is not None:
        start = match.end(1)
        return BlockMapping(text, start, limit, column + start - dash, _name(match))
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
            return BlockSequence(text, behind, start, limit, indent)
        match = _KEY.match(text, start, limit) if indent > column else None
        if match is not None:
            return BlockMapping(text, start, limit, indent, _name(match))
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
    match = _OUTDENTED[column].search(text, position, limit)
    return limit if match is None else match.end() - 1
