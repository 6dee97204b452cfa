"""The one writer: nodes and plain data as text, in block style, in flow style or as JSON.

PyYAML, sigs.k8s.io/yaml (YAML 1.1, go-yaml v2) and kyaml (go-yaml v3) read what is written as the
same data. They disagree on plain scalars: `y`, `1_000`, `1:30`, `0o7` and `2001-1-1` are a string
to one and a boolean, a number or a date to another, and `a?b` is no scalar in flow style to Go. So
a string is plain only where all of them read it as a string, and quoted else. A plain scalar of the
source keeps its text wherever that text means the same.

Aliases are written out and anchors left away, so that the text means the same at any place. Scalars
keep their quotes where they stand on one line. Nesting is bounded by memory, not by recursion.
"""

from __future__ import annotations

import re

from ..results.result import quote
from .lines import BYTE_ORDER_MARK, LINE_BREAKS
from .nodes import (
    DETACHED,
    WORDS,
    Collection,
    Mapping,
    Node,
    Scalar,
    Sequence,
    is_plain_string,
    resolve,
)

_STANDARD_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_STEP = 2
_JSON = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null"
_BREAKS = frozenset(LINE_BREAKS + BYTE_ORDER_MARK)
# Readers take them for punctuation in flow style; `?` is one to Go alone, `#` only behind a blank.
_PUNCTUATION = frozenset(",[]{}?#")
# A number, a date, a null, `=` and `<<` start with one of these; a word of WORDS is none.
_NO_STRING = "0123456789+-.~=<"
_MARKERS = ("---", "...")  # at the start of a line, they start or end a document
_LONGEST_KEY = 1000  # YAML's limit for a key without `?` is 1024 characters, the colon included
_SHORT = 100
_MOST = 1024

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ..results.result import Data
    from .json_layout import Layout

    # Text, or a node that is still to be written: in block style at a column, else in flow style.
    Part = str | tuple[Node, int | None]
    Form = Literal["inline", "block", "lines", "value"]


class _Written(dict[str, str]):
    """How strings are written. What is kept must stay small where a process runs many times, so
    long texts are not.
    """

    def __missing__(self, text: str) -> str:
        written = text if is_plain_string(text) else quote(text)
        if len(text) <= _SHORT:
            if len(self) == _MOST:
                self.clear()
            self[text] = written
        return written


# The string as a person would write it: plain where every reader takes it for a string, in block
# and in flow style; else quoted.
write = _Written().__getitem__


def flow(node: Node, source: str, json: bool = False) -> str:
    """The node on one line; with `json`, as JSON has it. `source` is the text that its scalars
    stand in.
    """
    return _write((node, None), source, json)


def block(node: Node, column: int, source: str) -> str:
    """The node in block style, its first line without indentation, the others for a collection
    that starts at this column. Line breaks are line feeds.
    """
    return _write((node, column), source, False)


def block_value(node: Node, column: int, source: str) -> str:
    """What stands behind the colon of a key at this column, from the space or line break on."""
    return "".join(
        part if isinstance(part, str) else _write(part, source, False)
        for part in _value(node, column)
    )


def block_data(data: Data, column: int, offset: int) -> str:
    """Plain data in block style, as `block` writes a node; `offset` as sequences have it."""
    if isinstance(data, str):
        return write(data)
    if isinstance(data, int) or not data:
        return flow_data(data, False)
    indent = "\n" + " " * column
    if isinstance(data, list):
        below = column + _STEP
        return indent.join(["- " + block_data(entry, below, offset) for entry in data])
    return indent.join(
        [
            f"{write(key)}: {write(value)}"
            if isinstance(value, str)
            else _pair(key, value, column, offset)
            for key, value in data.items()
        ]
    )


def flow_data(data: Data, json: bool) -> str:
    """Plain data on one line, as `flow` writes a node."""
    if isinstance(data, str):
        return quote(data) if json else write(data)
    if isinstance(data, int):
        return str(data)
    if isinstance(data, list):
        return "[" + ", ".join([flow_data(entry, json) for entry in data]) + "]"
    return (
        "{" + ", ".join([f"{flow_data(k, json)}: {flow_data(data[k], json)}" for k in data]) + "}"
    )


def _pair(key: str, value: Data, column: int, offset: int) -> str:
    if isinstance(value, int) or not value:
        return f"{write(key)}: {flow_data(value, False)}"
    below = column + (_STEP if isinstance(value, dict) else offset)
    return f"{write(key)}:\n{' ' * below}{block_data(value, below, offset)}"


def is_flow(node: Node) -> bool:
    """Whether the node is written on one line also in block style."""
    node = resolve(node)
    if isinstance(node, Mapping):
        return node.flow or not node.pairs or bool(_tag(node))
    if isinstance(node, Sequence):
        return node.flow or not node.entries or bool(_tag(node))
    return True


def _write(part: Part, source: str, json: bool) -> str:
    written: list[str] = []
    waiting: list[Part] = [part]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            written.append(part)
            continue
        node, column = resolve(part[0]), part[1]
        if isinstance(node, Scalar):
            written.append(_scalar(node, column is None, source, json))
        elif isinstance(node, Collection):
            if column is None or is_flow(node):
                waiting += reversed(_flow_parts(node, json))
            else:
                waiting += reversed(_block_parts(node, column))
    return "".join(written)


def _flow_parts(node: Collection, json: bool) -> list[Part]:
    parts: list[Part] = [_tag(node)]
    if isinstance(node, Mapping):
        parts.append("{")
        for i, (key, value) in enumerate(node.pairs):
            question = "? " if not json and _needs_question_mark(key) else ""
            parts += (", " * (i > 0) + question, (key, None), " : " if question else ": ")
            parts.append((value, None))
        parts.append("}")
    elif isinstance(node, Sequence):
        parts.append("[")
        for i, entry in enumerate(node.entries):
            parts += (", " * (i > 0), (entry, None))
        parts.append("]")
    return parts


def _block_parts(node: Collection, column: int) -> list[Part]:
    parts: list[Part] = []
    indent = "\n" + " " * column
    if isinstance(node, Mapping):
        for i, (key, value) in enumerate(node.pairs):
            if _needs_question_mark(key):
                parts += (indent * (i > 0) + "? ", (key, None), indent + ":")
            else:
                parts += (indent * (i > 0), (key, column), ":")
            parts += _value(value, column)
    elif isinstance(node, Sequence):
        for i, entry in enumerate(node.entries):
            parts += (indent * (i > 0) + "- ", (entry, column + _STEP))
    return parts


def _needs_question_mark(key: Node) -> bool:
    """Whether a key is a collection, or may be too long to stand before its colon alone."""
    key = resolve(key)
    return not isinstance(key, Scalar) or (
        len(key.value) > _LONGEST_KEY // 6 and len(quote(key.value)) > _LONGEST_KEY
    )


def _value(node: Node, column: int) -> list[Part]:
    node = resolve(node)
    if is_flow(node):
        return [" ", (node, column)]
    below = column + (node.offset if isinstance(node, Sequence) else _STEP)
    return ["\n" + " " * below, (node, below)]


def _scalar(node: Scalar, in_flow: bool, source: str, json: bool) -> str:
    value = node.value
    if node.tag is not None:
        return _tag(node) + quote(value)
    if not node.style:
        return _plain(value, in_flow, json)
    if json and node.style != '"':
        return quote(value)
    if node.start == DETACHED:
        return quote(value) if json else write(value)
    text = source[node.start : node.end]
    is_quoted = node.style in "'\"" and node.anchor is None and not _has_line_break(text)
    return text if is_quoted else quote(value)


def _plain(value: str, in_flow: bool, json: bool) -> str:
    """A plain scalar of the source. What can't be plain here is a string to every reader, so that
    it may be quoted; anything else keeps its text, since the readers may not agree what it is.
    """
    if not value:
        return "null"
    if is_plain_string(value):
        return quote(value) if json else value
    is_marker = value[:3] in _MARKERS and not value[3:4].strip(" \t")
    if is_marker or _has_line_break(value):
        return quote(value)
    if in_flow and (
        not _PUNCTUATION.isdisjoint(value) or ": " in value or value[-1] == ":" or value[0] == ":"
    ):
        return quote(value)
    if not json or re.fullmatch(_JSON, value):
        return value
    if value in ("~", "Null", "NULL"):
        return "null"
    if value in ("True", "TRUE", "False", "FALSE"):
        return value.lower()
    return value if value[0] in _NO_STRING or value.lower() in WORDS else quote(value)


def _has_line_break(text: str) -> bool:
    return not (text.isprintable() or _BREAKS.isdisjoint(text))


def _tag(node: Node) -> str:
    """The tag and a space; nothing for a tag that goes without saying."""
    if node.tag is None or node.tag in _STANDARD_TAGS:
        return ""
    return f"{node.tag} " if node.tag.startswith("!") else f"!<{node.tag}> "


class Splice:
    """A node, written in place of the text from `start` to `end`, between `before` and `after`.

    It has one of four forms: `inline`, on one line, or as the layout has it; `block`, block style
    from mid-line on; `lines`, lines of their own at the column; `value`, the lines below a key at
    the column.
    """

    __slots__ = (
        "after",
        "bare",
        "before",
        "column",
        "end",
        "form",
        "json",
        "layout",
        "line_break",
        "node",
        "start",
        "written",
    )

    has_end = False

    def __init__(
        self,
        start: int,
        end: int,
        node: Node | None = None,
        form: Form = "inline",
        column: int = 0,
        before: str = "",
        after: str = "",
        line_break: str = "\n",
        json: bool = False,
        bare: bool = False,
        layout: Layout | None = None,
    ) -> None:
        self.start = start
        self.end = end
        self.node = node
        self.form = form
        self.column = column
        self.before = before
        self.after = after
        self.line_break = line_break
        self.json = json
        self.bare = bare
        self.layout = layout
        self.written: str | None = None

    def finish(self, source: str) -> str:
        """Writes the text that stands there instead; scalars are taken from the source."""
        self.written = self._write(source)
        self.node = None
        return self.written

    @property
    def order(self) -> tuple[int, bool, int]:
        """Where insertions meet, what belongs to the innermost collection stands first."""
        return self.start, self.end > self.start, -self.column - (self.form == "value")

    def _write(self, source: str) -> str:
        if self.node is None:
            return ""
        if self.form == "inline":
            text = flow(self.node, source, self.json)
            text = text[1:-1] if self.bare else text
            return self.before + laid_out(text, self.layout) + self.after
        if self.form == "value":
            text = block_value(self.node, self.column, source).removeprefix("\n") + "\n"
        else:
            text = block(self.node, self.column, source)
            if self.form == "lines":
                text = " " * self.column + text + "\n"
        return text.replace("\n", self.line_break) + self.after


class Text:
    """A splice that is written; `column` is that of the lines, for their order. `has_end` is
    whether they need their last line break, as a block scalar does.
    """

    __slots__ = ("column", "end", "has_end", "start", "written")

    def __init__(
        self, start: int, end: int, column: int, written: str, has_end: bool = False
    ) -> None:
        self.start = start
        self.end = end
        self.column = column
        self.written = written
        self.has_end = has_end

    @property
    def order(self) -> tuple[int, bool, int]:
        return self.start, self.end > self.start, -self.column


def layout(text: str, collection: Collection, is_json: bool) -> Layout | None:
    """The layout of a collection in JSON that has a line for each entry."""
    if not is_json:
        return None
    from .json_layout import layout_of

    return layout_of(text, collection)


def laid_out(written: str, in_layout: Layout | None) -> str:
    """What is written on one line, in the layout of the collection that it goes to."""
    if in_layout is None:
        return written
    from .json_layout import spread

    return spread(written, in_layout)
