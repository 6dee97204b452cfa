"""Text to nodes, for block style that `grammar.py` matches: its lines mean what they look like.

A collection is read when something asks for what is in it. In block style a line that is indented
less ends it (https://yaml.org/spec/1.1/, 4.2.1), so that keys and dashes are found by their column.
"""

from __future__ import annotations

from .grammar import KEY
from .lines import OUTDENTED, AtColumn, is_long
from .nodes import LONG, NO_KEYS, Alias, LongScalar, Mapping, Node, Scalar, Sequence
from .patterns import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


_NAME = r"([A-Za-z0-9_][A-Za-z0-9_./-]*):"
# A plain scalar on one line, where the line has no comment.
_PLAIN = r"(?:[A-Za-z0-9_./$(<=+]|-(?=[^ \n]))[^\n#]*+(?<! )"
# What stands behind a key, if that is a scalar on one line or none; the indentation of the next
# line, and its dash or key, if it starts a block collection.
_LINE = compiled(rf':(?: ("[^"\\\n]*"|{_PLAIN}))?\n(?:( *+)(?:(-)[ \n]|{_NAME}[ \n]))?')
_NO_NULL = r"(?!(?:null|Null|NULL)(?:\n|\Z))"
_TEXT = rf"""(?:"([^"\\\n]*)"|'([^'\n]*)'(?!')|{_NO_NULL}({_PLAIN}))"""
# All that is left, of which one character says that there is something.
_LEFT = r"|(?s:(.).*)"
# Keys and values in a mapping at a column, to its end; else what is left.
_TEXTS = AtColumn(_NAME + rf" {_TEXT}(?:\n(?: {{COLUMN}}(?=[^ \n#-])|\Z)|\Z)" + _LEFT)
# Entries of a sequence at a column that have a name and a value, on a line each or in flow style,
# with the comments behind them.
_NAMED = rf"{_NO_NULL}([A-Za-z0-9_][A-Za-z0-9_.-]*)"
_FLOW_TEXT = _TEXT.replace(_PLAIN, "[A-Za-z0-9_./$(][A-Za-z0-9_./$()@=+-]*+").replace(
    r"(?:\n|\Z)", "[ }]"
)
_BEHIND = r"\n(?: *+(?:#[^\n]*+)?\n)*+(?: {COLUMN}(?=- )|\Z)"
_BLOCK_ENTRY = rf"- name: {_NAMED}\n {{COLUMN}}  value: {_TEXT}{_BEHIND}"
_ENTRIES = AtColumn(_BLOCK_ENTRY + _LEFT)
_ENTRY = AtColumn(rf"{_BLOCK_ENTRY}|- {{ *+name: {_NAMED}, *+value: {_FLOW_TEXT} *+}}{_BEHIND}")
# Of lines that are not indented more than a column and have no dash: all but the first character
# of the key, if it is plain.
_KEYS = AtColumn(
    r"\n {0,COLUMN}+[^ ](?:(?<=[A-Za-z0-9_])([A-Za-z0-9_./-]*+):(?=[ \n])|(?<![\n#-]))"
)
_QUOTES = "\"'"
_CONTENT = compiled(r"\n *+(?=[^ \n#])")
_DASH_AND_KEY = compiled(f"- {_NAME}(?=[ \n])")
_PLAIN_LINES = r"(?:[^ \n#]++|(?<! )#| ++(?=[^ \n#])|\n(?: *+\n)*+ *+(?=[^ \n#]))++"
_QUOTED = {'"': r'"[^"\\]*+(?:\\(?s:.)[^"\\]*+)*+"', "'": "'[^']*+(?:''[^']*+)*+'"}


def _has_marks(node: BlockMapping | BlockSequence) -> bool:
    """Whether it may have an anchor, or an anchor or an alias below."""
    return any(node.text.find(mark, node.start, node.limit) >= 0 for mark in "&*")


def read_block(text: str, start: int, limit: int) -> Node:
    """The mapping or sequence whose first key or dash is here, and that ends before the limit."""
    column = start - text.rfind("\n", 0, start) - 1
    if _is_dash(text, start):
        return BlockSequence(text, start, limit, column)
    return BlockMapping(text, start, limit, column, _key(text, start))


class BlockMapping(Mapping):
    """A block mapping: its first key, of this name, is at `start`, its keys are at the column, and
    it ends before `limit`, the start of a line.
    """

    __slots__ = ("_index", "_texts", "column", "first", "limit", "names", "starts", "text",
                 "values")  # fmt: skip

    may_be_shared = property(_has_marks)

    def __init__(self, text: str, start: int, limit: int, column: int, first: str) -> None:
        self.start = self.open = start
        self.flow = False
        self.repeated = NO_KEYS
        self.text = text
        self.limit = limit
        self.column = column
        self.first = first
        self._index: dict[str, int] | None = None
        self.starts: list[int]
        self.names: list[str]
        self.values: list[Node | None]
        self._texts: dict[str, str] | None = None

    def keys(self) -> dict[str, int]:
        """The number of each key's pair; of repeated ones, the last."""
        if self._index is None:
            text, limit = self.text, self.limit
            starts, names = [self.open], [self.first]
            for match in _KEYS.lines(text, self.open, limit, self.column):
                start, end = match.span(1)
                if start > 0:
                    starts.append(start - 1)
                    names.append(text[start - 1 : end])
                else:
                    starts.append(match.end() - 1)
                    names.append(_key(text, starts[-1]))
            index = self._index = {name: i for i, name in enumerate(names)}
            if len(index) < len(names):
                self.repeated = {name for i, name in enumerate(names) if index[name] != i}
            self.starts = starts
            self.names = names
            self.values = [None] * len(starts)
        return self._index

    def value_at(self, i: int) -> Node:
        value = self.values[i]
        if value is None:
            starts = self.starts
            end = starts[i + 1] - self.column if i + 1 < len(starts) else self.limit
            colon = starts[i] + len(self.names[i]) + 2 * (self.text[starts[i]] in _QUOTES)
            value = self.values[i] = _value(self.text, colon, end, self.column)
        return value

    def _pair(self, i: int) -> tuple[Node, Node]:
        start, name = self.starts[i], self.names[i]
        quote = self.text[start] if self.text[start] in _QUOTES else ""
        return Scalar(start, start + len(name) + 2 * len(quote), name, quote), self.value_at(i)

    @property
    def pairs(self) -> list[tuple[Node, Node]]:  # type: ignore[override]
        self.keys()
        return list(map(self._pair, range(len(self.starts))))

    @property
    def end(self) -> int:  # type: ignore[override]
        return self.limit - 1 if self._texts else _end(self)  # then, all lines are pairs

    @property
    def size(self) -> int:  # type: ignore[override]
        return 1 + sum(key.size + value.size for key, value in self.pairs)

    @property
    def depth(self) -> int:  # type: ignore[override]
        return 1 + max(value.depth for _, value in self.pairs)

    def own(self) -> dict[str, tuple[Node, Node]]:
        return {name: self._pair(i) for name, i in self.keys().items()}

    def pair(self, name: str) -> tuple[Node, Node] | None:
        i = (self._index or self.keys()).get(name)
        return None if i is None else self._pair(i)

    @property
    def last(self) -> Node:
        self.keys()
        return self.value_at(len(self.starts) - 1)

    @property
    def is_empty(self) -> bool:
        return False

    def value(self, name: str) -> Node | None:
        i = (self._index or self.keys()).get(name)
        return None if i is None else self.values[i] or self.value_at(i)

    def get(self, name: str) -> Node | None:
        i = (self._index or self.keys()).get(name)
        value = None if i is None else self.values[i] or self.value_at(i)
        return value.target if type(value) is Alias else value

    def merged(self) -> list[Mapping]:
        return []

    fields = own

    def may_have(self, word: str) -> bool:
        # An escape may write any of its characters, and an alias may stand for a node that has it.
        return any(self.text.find(it, self.open, self.limit) >= 0 for it in (word, "\\", "*"))

    def texts(self) -> dict[str, str] | None:
        if not is_long(self.text):
            return None
        if self._texts is None:
            texts = _TEXTS[self.column].findall(self.text, self.open, self.limit)
            self._texts = {
                key: double or single or plain for key, double, single, plain, _ in texts
            }
            if texts[-1][4] or len(self._texts) < len(texts):
                self._texts = {}
        return self._texts or None


class BlockSequence(Sequence):
    """A block sequence, as BlockMapping is a mapping; its dashes are at the column."""

    __slots__ = ("_dashes", "_read", "_texts", "column", "limit", "nodes", "text")

    may_be_shared = property(_has_marks)

    def __init__(self, text: str, start: int, limit: int, column: int) -> None:
        self.start = self.open = start
        self.flow = False
        self.offset = 0
        self.text = text
        self.limit = limit
        self.column = column
        self._dashes: list[int] | None = None
        self.nodes: list[Node | None] = []
        self._read: list[Node] | None = None
        self._texts: list[tuple[str, str] | None] = []

    @property
    def entries(self) -> list[Node]:  # type: ignore[override]
        if self._read is None:
            self._read = list(map(self.entry, range(len(self.dashes))))
        return self._read

    def entry(self, i: int) -> Node:
        dashes = self.dashes
        node = self.nodes[i]
        if node is None:
            node = self.nodes[i] = self._new(i, dashes)
        return node

    def _new(self, i: int, dashes: list[int]) -> Node:
        end = dashes[i + 1] - self.column if i + 1 < len(dashes) else self.limit
        return _entry(self.text, dashes[i], end, self.column)

    def each(self) -> Iterator[Node]:
        dashes = self.dashes
        return (self.nodes[i] or self._new(i, dashes) for i in range(len(dashes)))

    @property
    def count(self) -> int:
        return len(self.dashes)

    def texts(self) -> list[tuple[str, str] | None]:
        if not (self._texts or is_long(self.text)):
            self._texts = [None] * self.count
        if not self._texts:
            texts = _ENTRIES[self.column].findall(self.text, self.open, self.limit)
            if texts[-1][4]:
                self._texts = self._texts_of_each()
            else:
                self._texts = [
                    (name, double or single or plain) for name, double, single, plain, _ in texts
                ]
        return self._texts

    def _texts_of_each(self) -> list[tuple[str, str] | None]:
        found: list[tuple[str, str] | None] = []
        text, limit, column = self.text, self.limit, self.column
        pattern = _ENTRY[column]
        position = self.open
        while position < limit:
            match = pattern.match(text, position, limit)
            if match is None:
                found.append(None)
                below = next(iter(OUTDENTED.lines(text, position, limit, column)), None)
                position = limit if below is None else below.end() - 1
                continue
            name, value = (it for it in match.groups() if it is not None)
            found.append((name, value))
            position = match.end()
        return found

    @property
    def dashes(self) -> list[int]:
        """Where the entries have their dashes."""
        if self._dashes is None:
            found = OUTDENTED.lines(self.text, self.open, self.limit, self.column)
            self._dashes = [self.open, *[match.end() - 1 for match in found]]
            self.nodes = [None] * len(self._dashes)
        return self._dashes

    def dash(self, i: int, text: str) -> int:  # noqa: ARG002 (as Sequence has it)
        return self.dashes[i]

    @property
    def end(self) -> int:  # type: ignore[override]
        return _end(self)

    @property
    def size(self) -> int:  # type: ignore[override]
        return 1 + sum(entry.size for entry in self.entries)

    @property
    def depth(self) -> int:  # type: ignore[override]
        return 1 + max(entry.depth for entry in self.entries)

    @property
    def last(self) -> Node:
        return self.entry(len(self.dashes) - 1)


def _end(node: Node) -> int:
    while isinstance(node, BlockMapping | BlockSequence):
        node = node.last
    return node.end


def _key(text: str, start: int) -> str:
    """The key that starts here, without its quotes."""
    if text[start] in _QUOTES:
        return text[start + 1 : text.index(text[start], start + 1)]
    return text[start : text.index(":", start)]


def _value(text: str, colon: int, limit: int, column: int) -> Node:
    """The value of a key that ends at a colon and is at the column; it ends before the limit."""
    # Most lines are like this one; what it does not match is read step by step.
    match = _LINE.match(text, colon, limit)
    behind = colon + 1
    if match is not None:
        value, spaces, dash, first = match.groups()
        if value is None:
            if spaces is not None:
                indent = len(spaces)
                start = behind + 1 + indent
                if dash is not None:
                    return BlockSequence(text, start, limit, indent)
                return BlockMapping(text, start, limit, indent, first)
            if match.end() == limit:
                return Scalar(behind, behind, "", "")
        elif spaces is None and match.end() == limit and len(value) <= LONG:
            line_end = behind + 1 + len(value)
            if value[0] == '"':
                return Scalar(behind + 1, line_end, value[1:-1], '"')
            return Scalar(behind + 1, line_end, value, "")
    return read_node(text, behind, limit, column)


def _entry(text: str, dash: int, limit: int, column: int) -> Node:
    match = _DASH_AND_KEY.match(text, dash, limit)
    if match is not None:
        return BlockMapping(text, dash + 2, limit, column + 2, match[1])
    if (
        not text.startswith(("[", "{"), dash + 2)
        and text.find(":", dash, text.index("\n", dash)) >= 0
    ):
        match = compiled(f"- {KEY}(?=[ \n])").match(text, dash, limit)
        if match is not None:
            return BlockMapping(text, dash + 2, limit, column + 2, _key(text, dash + 2))
    return read_node(text, dash + 1, limit, column)


def read_node(text: str, behind: int, limit: int, column: int) -> Node:
    """The node behind a colon or a dash, on its line or below; its key or dash is at the column."""
    start = behind
    while text[start] == " ":
        start += 1
    first = text[start]
    if first in "\n#":
        below = _CONTENT.search(text, text.index("\n", start), limit)
        return (
            Scalar(behind, behind, "", "")
            if below is None
            else read_block(text, below.end(), limit)
        )
    if first in "[{":
        return _flow(text, start, limit, column)
    if first in "|>":
        from .folded import block_scalar

        return block_scalar(text, start, limit, column)
    pattern, style = _QUOTED.get(first, _PLAIN_LINES), first if first in _QUOTES else ""
    if not style:
        end = text.index("\n", start)
        value = text[start:end]
        if "#" not in value and value[-1] != " " and _CONTENT.search(text, end, limit) is None:
            return (Scalar if end - start <= LONG else LongScalar)(start, end, value, "")
    match = compiled(pattern).match(text, start, limit)
    if match is None:
        raise AssertionError("the grammar matches no line without a value here")
    value, end = match[0], match.end()
    if style or "\n" in value:
        value = _unquoted(value, style)
    return (Scalar if end - start <= LONG else LongScalar)(start, end, value, style)


def _unquoted(text: str, style: str) -> str:
    value = text[1:-1]
    if style and "\n" not in value and "\\" not in value and "'" not in value:
        return value
    from .folded import folded, unquoted

    return unquoted(text, style) if style else folded(text)


def _flow(text: str, start: int, limit: int, column: int) -> Node:
    if text[start + 1] in "]}":
        empty = (Mapping if text[start] == "{" else Sequence)(start, start, True)
        empty.fill([], start + 2)
        return empty
    from .flow import read_flow

    node = read_flow(text, start, limit, column)
    if node is None:
        raise AssertionError("the grammar matches no other flow collections")
    return node


def _is_dash(text: str, position: int) -> bool:
    return text[position] == "-" and text[position + 1] in " \n"
