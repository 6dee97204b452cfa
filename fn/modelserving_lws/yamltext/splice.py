"""One edit of a text: what stands in place of a part of it."""

from __future__ import annotations

from .write import block, block_value, flow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from .nodes import Node

    Form = Literal["inline", "block", "lines", "value"]


class Splice:
    """A node, written in place of the text from `start` to `end`, between `before` and `after`.

    It has one of four forms: `inline`, on one line; `block`, block style from mid-line on;
    `lines`, lines of their own at the column; `value`, the lines below a key at the column.
    """

    __slots__ = (
        "after",
        "bare",
        "before",
        "column",
        "end",
        "form",
        "json",
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
            return self.before + (text[1:-1] if self.bare else text) + self.after
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
