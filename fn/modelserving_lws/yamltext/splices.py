"""Where edits go in a text: insertions, replacements and removals at the places that nodes name.

All of it is collected and applied once, in the order of the text. Nothing here knows of aliases;
`edit.py` sees to them. Where a node's text ends, its blank lines included, `Splices.below` says.
"""

from __future__ import annotations

from itertools import pairwise

from ..results.errors import EditError
from .data import detached_mapping
from .lines import BLANKS, LINE_BREAKS, Lines, line_break, next_indicator
from .nodes import DETACHED, Collection, Mapping, Node, Scalar, Sequence, resolve
from .write import Splice, Text, block_data, flow_data, is_flow, laid_out, layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..results.result import Data


class Splices:
    """The splices of one text, that is ended with a line break where it had none, so that no edit
    has to think of that.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        ends = not source or source[-1] in LINE_BREAKS
        self.added_break = "" if ends else line_break(source, len(source))
        self.text = source + self.added_break
        self.lines = Lines(self.text)
        self.list: list[Splice | Text] = []
        # The keys of mappings in which aliases were written out.
        self._keys: dict[Mapping, set[Node]] = {}
        self.offset = 0
        # What all containers of a pod get is written once: data, column, offset, lines.
        self._last_data: tuple[object, int, int, str] | None = None
        self._finished = 0

    def finish(self) -> None:
        """Writes out what the splices are to insert, so that their nodes may go."""
        for splice in self.list[self._finished :]:
            if splice.written is None:
                splice.finish(self.text)
        self._finished = len(self.list)

    def cut(self, count: int) -> None:
        """Takes back the splices from this one on."""
        del self.list[count:]

    # Text

    def put(self, start: int, end: int, lines: str) -> None:
        """Puts text in place of that from start to end."""
        self.list.append(Text(start, end, self.lines.column(start), lines, True))

    def below(self, node: Node) -> int:
        """Where the line below a node starts, behind the blank lines of its last block scalar: all
        that is inserted, removed or copied ends or begins there. Raises EditError where no line can
        stand there.
        """
        if self._is_cut_off(node):
            raise EditError("cut-off-block-scalar", place=self.lines.place(node.end))
        return self.lines.below(node.end)

    def _is_cut_off(self, node: Node) -> bool:
        """Whether the text ends within this block scalar, so that a line below would change it."""
        if node.end < len(self.source) or not self.added_break:
            return False
        while isinstance(node, Mapping | Sequence) and not node.flow:
            node = node.last
        if not isinstance(node, Scalar) or node.style not in ("|", ">"):
            return False
        header = next_indicator(self.text, node.style, self._behind_properties(node))
        return "-" not in self.text[header : header + 3]  # that has no line break at its end anyway

    def insert_flow(self, sequence: Sequence, behind: Node, entries: list[str]) -> None:
        """Inserts entries into a sequence in flow style, behind one that it has."""
        comma = self.comma(sequence)
        written = self._comma(behind) + comma[1:] + comma.join(entries)
        self.list.append(Text(behind.end, behind.end, 0, written))

    def comma(self, sequence: Sequence) -> str:
        """What stands between new entries of a sequence in flow style that is not empty."""
        return "," + self._space(sequence.open + 1, sequence.entries[0].start)

    # Mappings

    def add_data(self, mapping: Mapping, data: dict[str, Data]) -> None:
        """Adds pairs at the end of a mapping."""
        if mapping.flow:
            end, before, first = self._end_of_pairs(mapping)
            json = self._is_json(first)
            pairs = laid_out(flow_data(data, json)[1:-1], layout(self.text, mapping, json))
            self.list.append(Text(end, end, 0, before + pairs))
        elif self.lines.has_line_feeds_only and not self._is_cut_off(mapping):
            self._insert_data(self.below(mapping), data, self.lines.column(mapping.open))
        else:
            self.add(mapping, detached_mapping(data, self.offset))

    def _end_of_pairs(self, mapping: Mapping) -> tuple[int, str, Node | None]:
        """Where new pairs go in flow style, what stands before them, and the first key there is."""
        if self.text[mapping.open] != "{":
            raise EditError("flow-pair", place=self.lines.place(mapping.start))
        if mapping.is_empty:
            return mapping.open + 1, "", None
        last, first = mapping.last, mapping.pairs[0][0]
        return last.end, self._comma(last) + self._space(mapping.open + 1, first.start), first

    def add(self, mapping: Mapping, pair: Mapping) -> None:
        """Adds a pair at the end of a mapping."""
        if mapping.flow:
            end, before, first = self._end_of_pairs(mapping)
            self._put_inline(Splice(end, end, pair, before=before, bare=True), mapping, first)
        elif self._is_cut_off(last := mapping.last):
            self._insert_before(mapping.open, pair)
        else:
            self._insert_lines(last, self.below(last), pair, self.lines.column(mapping.open))

    def add_first(self, mapping: Mapping, key: Node, data: dict[str, Data]) -> None:
        """Adds pairs at the start of a mapping, the value of `key`; in block style, above the
        comments that it starts with.
        """
        pairs = detached_mapping(data, self.offset)
        if mapping.flow:
            first = mapping.pairs[0][0]
            after = "," + self._space(mapping.open + 1, first.start)
            splice = Splice(first.start, first.start, pairs, after=after, bare=True)
            self._put_inline(splice, mapping, first)
        elif self.lines.starts(mapping.open):
            place = self._below_head(key, mapping)
            self._insert_lines(key, place, pairs, self.lines.column(mapping.open))
        else:
            self._insert_before(mapping.open, pairs)

    def remove_pairs(self, mapping: Mapping, gone: list[int]) -> None:
        """Removes pairs of these indexes, that ascend, with the lines that they have for
        themselves. All may go only of a mapping in block style to which others are added.
        """
        pairs = mapping.pairs
        if mapping.flow:
            self._remove_children(mapping, [(key.start, value.end) for key, value in pairs], gone)
            return
        column = self.lines.column(mapping.open)
        if gone[0] == 0 and not self.lines.starts(mapping.open):
            stays = min(set(range(len(pairs))).difference(gone), default=len(pairs))
            end = mapping.open + len(self.text[mapping.open : mapping.end].rstrip(BLANKS))
            if stays < len(pairs):
                end = self.lines.start(pairs[stays][0].start) + column
            self._remove(mapping.open, end)
            gone = [i for i in gone if i > stays]
        for i in gone:
            end = self.lines.below(pairs[i][1].end)
            if i and self.text[pairs[i - 1][1].end - 1] in LINE_BREAKS:  # of a block scalar
                end = self.lines.past_comments(end, column)
            self._remove(self.lines.start(pairs[i][0].start), end)

    def replace(self, mapping: Mapping, old: Node, value: Node) -> None:
        """Gives a pair of a mapping another value; the old one is a scalar or empty, or the new
        one fits on its line.
        """
        before, below = "", self.lines.below(old.end)
        if self.lines.has_tabs and (start := self.lines.next(old.end)) < below:
            # Tabs may start the lines below a plain scalar alone, which goes.
            self.list.append(Text(start, below, 0, self.text[start:below].replace("\t", " ")))
        if old.start == old.end:
            before = " "
            if self.text[old.start - 1] != ":":
                before = ": "
                if not mapping.flow:
                    raise EditError("key-without-colon", place=self.lines.place(old.start))
        if mapping.flow or is_flow(value):
            end = old.start + len(self.text[old.start : old.end].rstrip(BLANKS))
            if (start := self.lines.next(end)) < old.end == len(self.text):
                self._remove(start, old.end)  # blank lines that nothing follows
            splice = Splice(old.start, end, value, before=before)
            self._put_inline(splice, mapping, mapping.pairs[0][0])
        else:
            self.list += self.block_value(mapping, old, value)

    def block_value(self, mapping: Mapping, old: Node, value: Node) -> list[Splice]:
        """Puts a block collection below its key, in place of a null, an empty collection or an
        alias; a comment on that line stays there.
        """
        text, start, below = self.text, old.start, self.lines.below(old.end)
        while text[start - 1] == " ":
            start -= 1
        splices = []
        if text[start - 1] in LINE_BREAKS:
            splices.append(Splice(start, below))
        elif start < old.end:
            end = old.start + len(text[old.start : old.end].rstrip(LINE_BREAKS))
            splices.append(Splice(start, end))
        indent = self.lines.column(mapping.open)
        break_ = self.lines.line_break(old.end)
        return [*splices, Splice(below, below, value, "value", indent, line_break=break_)]

    def in_place(self, old: Node, parent: Collection, value: Node) -> list[Splice]:
        """Replaces an alias by what it stands for."""
        if parent.flow or is_flow(value):
            return [Splice(old.start, old.end, value)]
        if isinstance(parent, Mapping):
            if parent not in self._keys:
                self._keys[parent] = {key for key, _ in parent.pairs}
            if old in self._keys[parent]:
                return [Splice(old.start, old.end, value)]
            return self.block_value(parent, old, value)
        indent, break_ = self.lines.column(old.start), self.lines.line_break(old.end)
        return [Splice(old.start, old.end, value, "block", indent, line_break=break_)]

    # Sequences

    def insert_first(self, sequence: Sequence, key: Node, entries: list[Data]) -> bool:
        """Inserts entries of plain data at the front of a sequence, the value of a key; False where
        `rewrite` must do that.
        """
        if sequence.flow and sequence.count:
            start, json = sequence.entries[0].start, self._is_json(key)
            after = self.comma(sequence)
            same = layout(self.text, sequence, json)
            written = "".join([laid_out(flow_data(it, json), same) + after for it in entries])
            self.list.append(Text(start, start, 0, written))
            return True
        lines = self.lines
        if sequence.flow or not lines.has_line_feeds_only or not lines.starts(sequence.open):
            return False
        first = resolve(sequence.entry(0))
        if isinstance(first, Mapping) and first.flow:
            return False
        place = self._below_head(key, sequence)
        self._insert_data(place, entries, self.lines.column(sequence.open))
        return True

    def _insert_data(self, place: int, data: dict[str, Data] | list[Data], indent: int) -> None:
        """Inserts lines of plain data where line feeds end the lines."""
        last = self._last_data
        if last is None or last[0] is not data or last[1:3] != (indent, self.offset):
            lines = " " * indent + block_data(data, indent, self.offset) + "\n"
            last = self._last_data = data, indent, self.offset, lines
        self.list.append(Text(place, place, indent, last[3]))

    def rewrite(self, sequence: Sequence, key: Node, entries: list[Node]) -> None:
        """Makes a sequence, the value of `key`, hold these entries: its own ones, in their order,
        as they stand, and detached ones; its other entries are removed.
        """
        stays = {id(entry) for entry in entries}
        if sequence.flow:
            self._rewrite_flow(sequence, key, entries, stays)
        else:
            self._rewrite_block(sequence, key, entries, stays)

    def _rewrite_flow(
        self, sequence: Sequence, key: Node, entries: list[Node], stays: set[int]
    ) -> None:
        old = sequence.entries
        space = self._space(sequence.open + 1, old[0].start) if old else " "
        gone = [i for i, entry in enumerate(old) if id(entry) not in stays]
        end = self.text[old[-1].end : sequence.end - 1] if len(gone) == len(old) > 0 else ""
        self._remove_children(sequence, [(entry.start, entry.end) for entry in old], gone)
        last: Node | None = None
        for i, entry in enumerate(entries):
            if entry.start != DETACHED:
                last = entry
            elif last is not None:
                before = self._comma(last) + space
                splice = Splice(last.end, last.end, entry, before=before)
                self._put_inline(splice, sequence, key)
            else:
                place = old[0].start if old else sequence.open + 1
                after = "," + space if i + 1 < len(entries) else end * end.isspace()
                self._put_inline(Splice(place, place, entry, after=after), sequence, key)

    def _rewrite_block(
        self, sequence: Sequence, key: Node, entries: list[Node], stays: set[int]
    ) -> None:
        old = sequence.entries
        if any(id(entry) not in stays for entry in old):
            dashes = [sequence.dash(i, self.text) for i in range(len(old))]
            followed = {id(it) for it, new in pairwise(entries) if new.start == DETACHED}
            before: Node | None = None
            gone = 0
            for i, entry in enumerate(old):
                if id(entry) in stays:
                    before = None if id(entry) in followed else entry
                elif not self.lines.starts(dashes[i]):
                    # The next entry that stays takes its place; what goes with it ends there.
                    j = next((j for j in range(i, len(old)) if id(old[j]) in stays), len(old))
                    gone = dashes[j] if j < len(old) else old[-1].end
                    self._remove(dashes[i], gone)
                elif dashes[i] >= gone:
                    end = self.lines.below(entry.end)
                    if before is not None and self.text[before.end - 1] in LINE_BREAKS:
                        end = self.lines.past_comments(end, self.lines.column(sequence.open))
                    self._remove(self.lines.start(dashes[i]), end)
        first = resolve(old[0])
        in_flow = isinstance(first, Mapping) and first.flow
        last: Node | None = None
        new: list[Node] = []
        for entry in entries:
            if entry.start == DETACHED:
                if isinstance(entry, Mapping):
                    entry.flow = in_flow
                new.append(entry)
                continue
            self._insert_entries(sequence, key, last, new)
            last, new = entry, []
        self._insert_entries(sequence, key, last, new)

    def _insert_entries(
        self, sequence: Sequence, key: Node, behind: Node | None, entries: list[Node]
    ) -> None:
        if not entries:
            return
        lines = Sequence(DETACHED, DETACHED, False)
        lines.entries = entries
        if behind is None and not self.lines.starts(sequence.open):
            self._insert_before(sequence.open, lines)
        else:
            place = self._below_head(key, sequence) if behind is None else self.below(behind)
            self._insert_lines(behind or key, place, lines, self.lines.column(sequence.open))

    def indent_as(self, parent: Mapping, sequence: Sequence) -> None:
        """Gives new block sequences the place right of their key that this one has."""
        self.offset = 0
        if not parent.flow and not sequence.flow:
            self.offset = max(self.lines.column(sequence.open) - self.lines.column(parent.open), 0)

    def _below_head(self, key: Node, node: Node) -> int:
        """Where the line below a collection's key, colon, anchor and tag starts."""
        if node.anchor is None and node.tag is None:
            return self.lines.below(next_indicator(self.text, ":", key.end) + 1)
        return self.lines.below(self._behind_properties(node))

    def _behind_properties(self, node: Node) -> int:
        """Where the text goes on behind a node's anchor and tag."""
        position = node.start
        for _ in range((node.anchor is not None) + (node.tag is not None)):
            while self.text[position] not in "&!":
                position += 1
            while not self.text[position].isspace():
                position += 1
        return position

    # Text

    def _remove_children(
        self, collection: Collection, places: list[tuple[int, int]], gone: list[int]
    ) -> None:
        """Removes children of a collection in flow style, each with the comma before it; with that
        behind it where there is none before, or one with a comment.
        """
        last, is_behind = max(set(range(len(places))).difference(gone), default=len(places)), False
        for k, i in enumerate(gone):
            start, end = places[i]
            if not k or gone[k - 1] < i - 1:
                above = self.text[places[i - 1][1] : start] if i else "#"
                is_behind = i < last and "#" in above
            if not is_behind:
                start = places[i - 1][1]
            else:
                end = places[i + 1][0] if i + 1 < len(places) else collection.end - 1
            self._remove(start, end)

    def _is_json(self, key: Node | None) -> bool:
        """By a key of a collection; an empty one takes JSON, as any flow style does."""
        return key is None or self.text[key.start] == '"'

    def _put_inline(self, splice: Splice, collection: Collection, key: Node | None) -> None:
        """Puts text into a collection in flow style; `key` tells whether it is JSON."""
        splice.json = self._is_json(key)
        splice.layout = layout(self.text, collection, splice.json)
        self.list.append(splice)

    def _comma(self, node: Node) -> str:
        """The comma behind a node in flow style; `a:,` would be no empty value."""
        return " ," if self.text[node.end - 1] == ":" else ","

    def _space(self, start: int, end: int) -> str:
        """The white space before the first child of a flow collection; new ones get the same, so
        that what stands on lines of its own stays so.
        """
        space = self.text[start:end]
        return space if space.isspace() and any(c in LINE_BREAKS for c in space) else " "

    def _remove(self, start: int, end: int) -> None:
        self.list.append(Splice(start, end))

    def _insert_lines(self, behind: Node, place: int, node: Node, indent: int) -> None:
        """Inserts lines at the start of a line, below a node."""
        break_ = self.lines.line_break(behind.end)
        self.list.append(Splice(place, place, node, "lines", indent, line_break=break_))

    def _insert_before(self, place: int, node: Node) -> None:
        """Inserts lines before a collection's first line, that may start in mid-line."""
        indent, break_ = self.lines.column(place), self.lines.line_break(place)
        after = break_ + " " * indent
        self.list.append(
            Splice(place, place, node, "block", indent, after=after, line_break=break_)
        )
