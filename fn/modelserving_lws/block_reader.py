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

from .nodes import Field, Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = re.compile(r"""(?:([A-Za-z0-9_][A-Za-z0-9_./-]*)|"([^"\\\n]*)"|'([^'\n]*)'):(?=[ \n]|$)""")
_CONTENT = re.compile(r"\n( *)(?=[^ \n#])")
# A quoted scalar or a flow collection that may not end on its line.
_SUSPECT = re.compile(
    r'"(?<=[ \t\n]")(?:[^"\\\n]|\\[^\n])*\\?(?:\n|\Z)'
    r"|'(?<=[ \t\n]')(?:[^'\n]|'')*(?:\n|\Z)"
    r"|\[(?<=[ \t\n]\[)(?!" + (_FLAT := r"""(?:[^\[\]{}"'\n]|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*')*""") + r"\])"
    r"|\{(?<=[ \t\n]\{)(?!" + _FLAT + r"\})"
)  # fmt: skip
_NO_PLAIN = frozenset("[]{}#&*!|>'\"%@`,?:\t")


class UnsureError(Exception):
    """Text that this reader does not understand for certain."""


def is_simple(text: str) -> bool:
    """Whether line feeds alone end the lines of the text, and no byte order mark starts it."""
    return "\r" not in text and (
        text.isascii() or not any(character in text for character in "\x85\u2028\u2029\ufeff")
    )


def suspects(text: str) -> Iterator[int]:
    """Where a quoted scalar or a flow collection may start that goes on in the next line. Some of
    these are not: they are in a block scalar, a comment, or the midst of a plain scalar.
    """
    position = 0
    while (match := _SUSPECT.search(text, position)) is not None:
        yield match.start()
        position = match.start() + 1


def read_root(text: str) -> Mapping:
    """The mapping that is the only document of a text."""
    match = _CONTENT.match("\n" + text[:1]) or _CONTENT.search(text)
    if match is None:
        raise UnsureError
    start = 0 if match.string is not text else match.end()
    if start and text[start - 1] != "\n":
        raise UnsureError
    return BlockMapping(text, start, len(text), 0)


class UnreadNode(Node):
    """A value that this reader leaves to PyYAML; to ask for more of it raises UnsureError."""

    __slots__ = ()

    def __init__(self, start: int) -> None:
        self.start = start

    @property
    def end(self) -> int:  # type: ignore[override]
        raise UnsureError


class BlockMapping(Mapping):
    """The block mapping whose first key is at `start`, at the column; it ends before `limit`, the
    start of a line.
    """

    __slots__ = ("_column", "_limit", "_loaded", "_text")

    def __init__(self, text: str, start: int, limit: int, column: int) -> None:
        self.start = self.open = start
        self.flow = False
        self._text = text
        self._limit = limit
        self._column = column
        self._loaded: list[tuple[Node, Node]] | None = None
        self._own = None

    @property
    def limit(self) -> int:
        return self._limit

    @property
    def column(self) -> int:
        return self._column

    def forget(self) -> None:
        """Drops what has been read; it is read again when something asks for it."""
        self._loaded = self._own = None

    @property
    def pairs(self) -> list[tuple[Node, Node]]:  # type: ignore[override]
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    @property
    def end(self) -> int:  # type: ignore[override]
        return self.pairs[-1][1].end

    @property
    def size(self) -> int:  # type: ignore[override]
        return 1 + sum(key.size + value.size for key, value in self.pairs)

    @property
    def depth(self) -> int:  # type: ignore[override]
        return 1 + max(value.depth for _, value in self.pairs)

    def field(self, name: str) -> Field | None:
        field = self.own().get(name)
        if field is not None and type(field.value) is UnreadNode:
            raise UnsureError
        return field

    def _load(self) -> list[tuple[Node, Node]]:
        text, limit, column = self._text, self._limit, self._column
        outdented = _outdented(column)
        pairs: list[tuple[Node, Node]] = []
        position = self.start
        while True:
            match = _KEY.match(text, position, limit)
            if match is None:
                raise UnsureError
            group = match.lastindex or 1
            colon = match.end()
            key = Scalar(position, colon - 1, match[group], ("", '"', "'")[group - 1])
            end_of_line = text.find("\n", colon, limit)
            if end_of_line < 0:
                end_of_line = limit
            below = _CONTENT.search(text, end_of_line, limit)
            following = below
            value: Node | None = None
            if below is not None:
                position = below.end()
                indent = position - below.start() - 1
                if indent > column or (indent == column and _is_dash(text, position)):
                    following = outdented.search(text, end_of_line, limit)
                    while following is not None and _is_dash(text, following.end()):
                        following = outdented.search(text, following.end(), limit)
                    value = _nested(text, colon, end_of_line, below, limit if following is None else following.start() + 1)
            pairs.append((key, value or _inline(text, colon, end_of_line)))
            if following is None:
                return pairs
            position = following.end()
            if position - following.start() - 1 != column:
                raise UnsureError
