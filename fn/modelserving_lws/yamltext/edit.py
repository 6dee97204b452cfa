"""Edits of a YAML text that change what they name and nothing else.

Nothing is dumped: an edit becomes a splice, and every other byte stays. A node that the text holds
once and YAML means several times (an anchor with aliases, a merged mapping) is edited for one of
them alone: the aliases of the others are written out, so that they mean what they did.
"""

from __future__ import annotations

from operator import attrgetter, itemgetter

from ..results.errors import EditError
from .data import copied, detached, equals
from .nodes import (
    DETACHED,
    MAX_NODES,
    Alias,
    Mapping,
    Node,
    Scalar,
    Sequence,
    resolve,
)
from .splices import Splices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from ..results.result import Data

_PART = 1 << 15


class Document:
    """A text and the edits to it.

    The methods that edit take the collections that the `own_` methods gave, step by step from the
    root on: these are safe to edit. They raise EditError where an edit can't be written; `rollback`
    takes back all since `mark`.
    """

    def __init__(self, source: str) -> None:
        self._splices = Splices(source)
        # What stands in place of an alias; None for a copy of what it stands for.
        self._written_out: dict[Alias, Node | None] = {}
        self._brought: dict[tuple[Mapping, str], Node] = {}
        self._journal: list[Callable[[], object]] = []
        self._gone: list[Alias] = []
        self._written_nodes = 0
        self.mark()

    # The whole

    @property
    def source(self) -> str:
        """The text without the edits."""
        return self._splices.source

    @property
    def text(self) -> str:
        """The same, ended with a line break."""
        return self._splices.text

    def place(self, position: int) -> str:
        """A position, for messages."""
        return self._splices.lines.place(position)

    def line_and_column(self, position: int) -> tuple[int, int]:
        """The same as numbers, which count from 1."""
        return self._splices.lines.line_and_column(position)

    @property
    def output(self) -> bytes:
        """The text with all edits, in UTF-8."""
        return b"".join(self.parts())

    def parts(self) -> Iterator[bytes]:
        """The same, in parts that a processor's cache holds."""
        text = self.source
        waiting: list[str] = []
        position = done = 0
        for start, end, replacement in [*self.edits(), (len(text), len(text), "")]:
            while start - done > 2 * _PART:
                done = max(position, done + _PART)
                waiting.append(text[position:done])
                yield "".join(waiting).encode()
                waiting, position = [], done
            waiting += text[position:start], replacement
            position = end
        yield "".join(waiting).encode()

    def diff(self, before: str, after: str, line_break: str) -> str:
        """A unified diff of the edits, with these names, line feeds as this line break; empty where
        there are no edits.
        """
        from .diff import unified

        return unified(self.source, self.edits(), before, after, line_break)

    def mark(self) -> None:
        """Where `rollback` goes back to."""
        self._splices.finish()
        self._marked = (
            len(self._splices.list),
            len(self._journal),
            len(self._gone),
            self._written_nodes,
        )

    def rollback(self) -> None:
        """Takes back all edits since `mark`."""
        splices, journal, gone, self._written_nodes = self._marked
        self._splices.cut(splices)
        del self._gone[gone:]
        while len(self._journal) > journal:
            self._journal.pop()()

    def edits(self) -> list[tuple[int, int, str]]:
        """The edits of the source, in its order: start, end, and what stands there instead."""
        splices = list(self._splices.list)
        gone = set(self._gone)
        for alias, node in self._written_out.items():
            if alias not in gone:
                value = copied(alias, self.offset) if node is None else node
                splices += self._splices.in_place(alias, alias.parent, value)
        splices.sort(key=attrgetter("order"))
        text = self._splices.text
        edits: list[tuple[int, int, str]] = []
        position = 0
        for splice in splices:
            if splice.start < position:
                # Blank lines go that a block scalar would take, unless something is put above them.
                start, end, written = edits[-1]
                if written or splice.end > splice.start or text[splice.start : end].strip():
                    raise AssertionError("edits must not overlap")
                edits[-1] = start, splice.start, ""
            position = splice.end
            written = splice.finish(text) if splice.written is None else splice.written
            edits.append((splice.start, position, written))
        if position > len(self.source):
            edits.append(self._last(edits, splices[-1].has_end))
        return edits

    def _last(self, edits: list[tuple[int, int, str]], has_end: bool) -> tuple[int, int, str]:
        """Takes the edits out that reach into the line break which the source lacks; returns what
        they come to in the source.
        """
        from bisect import bisect_right

        text, end, added = self._splices.text, len(self.source), self._splices.added_break
        first = bisect_right(edits, end, key=itemgetter(1))
        start = position = min(edits[first][0], end)
        written = ""
        for edit_start, edit_end, replacement in edits[first:]:
            written += text[position:edit_start] + replacement
            position = edit_end
        written += text[position:]
        while not (written or has_end) and first and edits[first - 1][1] == start:
            first -= 1
            start, _, written = edits[first]
        del edits[first:]
        if not (written or has_end) and text.endswith(added, 0, start):
            start -= len(added)
        return start, end, written if has_end else written.removesuffix(added)

    def _write_out(self, alias: Alias, node: Node | None) -> None:
        if alias in self._written_out:
            old = self._written_out[alias]
            self._journal.append(lambda: self._written_out.__setitem__(alias, old))
        else:
            self._journal.append(lambda: self._written_out.pop(alias))
        self._written_out[alias] = node

    # What may be edited

    def own_mapping(self, parent: Mapping, name: str) -> Mapping:
        """The mapping at a key, for editing. Where it stands elsewhere in the text (behind an
        alias, or brought by a merge key), a copy of it is put into the parent.
        """
        return _mapping(self._own_value(parent, name))

    def own_sequence(self, parent: Mapping, name: str) -> Sequence:
        """The sequence at a key, as `own_mapping` gives a mapping."""
        node = self._own_value(parent, name)
        if not isinstance(node, Sequence):
            raise AssertionError(f"`{name}` must be a list")
        return node

    def own_entry(self, sequence: Sequence, index: int) -> Mapping:
        """The mapping that is an entry, as `own_mapping` gives it."""
        return _mapping(self._own(sequence.entry(index)))

    def _own_value(self, parent: Mapping, name: str) -> Node | None:
        value = parent.value(name)
        if value is not None:
            return self._own(value)
        brought = parent.get(name)
        if brought is None:
            return None
        if (parent, name) not in self._brought:
            copy = self.copy(brought)
            self.set(parent, name, copy)
            self._brought[parent, name] = copy
            self._journal.append(lambda: self._brought.pop((parent, name)))
        return self._brought[parent, name]

    def _own(self, node: Node) -> Node:
        if isinstance(node, Alias):
            copy = self._written_out.get(node)
            if copy is None:
                copy = self.copy(node)
                self._write_out(node, copy)
            return copy
        if node.aliases:
            self._unshare(node)
        return node

    def _unshare(self, node: Node) -> None:
        """Writes out the aliases of a node that is about to change."""
        for alias in node.aliases or ():
            if alias not in self._written_out:
                self._count(alias)
                self._write_out(alias, None)

    def release(self, node: Node) -> None:
        """Prepares for a node to go: writes out the aliases of it and of what is in it."""
        waiting = [node]
        while waiting:
            node = waiting.pop()
            if not node.may_be_shared:
                continue
            self._unshare(node)
            if isinstance(node, Alias):
                self._gone.append(node)
            elif isinstance(node, Mapping):
                waiting += [child for pair in node.pairs for child in pair]
            elif isinstance(node, Sequence):
                waiting += node.entries

    def copy(self, node: Node) -> Node:
        """A detached copy: aliases written out, merge keys resolved, no anchors. Scalars are
        themselves, since no edit changes them.
        """
        self._count(node)
        return copied(node, self.offset)

    def _count(self, node: Node) -> None:
        self._written_nodes += node.size
        if self._written_nodes > MAX_NODES:
            anchor = resolve(node)
            raise EditError(
                "shared-too-large",
                anchor=anchor.anchor,
                place=self._splices.lines.place(anchor.start),
                other=self._splices.lines.place(node.start),
                limit=MAX_NODES,
            )

    # Edits

    def put(self, start: int, end: int, lines: str) -> None:
        """Puts text in place of that from start to end; the caller has it right."""
        if lines or start < end:
            self._splices.put(start, end, lines)

    def insertions(self) -> set[int]:
        """Where text has been inserted so far."""
        return {splice.start for splice in self._splices.list if splice.start == splice.end}

    def insert_flow(self, sequence: Sequence, behind: Node, entries: list[str]) -> None:
        """Inserts entries into a sequence in flow style, behind one that it has."""
        self._splices.insert_flow(sequence, behind, entries)

    def comma(self, sequence: Sequence) -> str:
        """What stands between new entries of a sequence in flow style that is not empty."""
        return self._splices.comma(sequence)

    def below(self, node: Node) -> int:
        """Where the line below a node starts. Raises EditError where no line can stand there."""
        return self._splices.below(node)

    def update(self, mapping: Mapping, data: dict[str, Data]) -> None:
        """Sets keys to strings, and below mappings their keys in the same way; what holds the
        value already and what is not named stays.
        """
        added: dict[str, Data] = {}
        texts = mapping.texts() if str in map(type, data.values()) else None
        if texts is not None and texts.keys().isdisjoint(data):
            self._splices.add_data(mapping, data)
            return
        for name, value in data.items():
            there = mapping.get(name)
            if isinstance(value, dict) and isinstance(there, Mapping) and not there.is_empty:
                self.update(self.own_mapping(mapping, name), value)
            elif there is None and mapping.start != DETACHED:
                added[name] = value
            elif not equals(there, value):
                self.set(mapping, name, detached(value, self._splices.offset))
        if added:
            self._splices.add_data(mapping, added)

    def set(self, mapping: Mapping, name: str, value: Node) -> None:
        """Gives a key another value, in its place; adds a key that is not there at the end."""
        if mapping.start == DETACHED:
            mapping.set(name, value)
            return
        pair = mapping.pair(name)
        if pair is None:
            added = Mapping(DETACHED, DETACHED, mapping.flow)
            added.set(name, value)
            self._splices.add(mapping, added)
        elif isinstance(pair[1], Alias):
            self._write_out(pair[1], value)
        else:
            self.release(pair[1])
            self._splices.replace(mapping, pair[1], value)

    def add_first(self, parent: Mapping, name: str, data: dict[str, Data]) -> None:
        """Adds keys at the start of the mapping at a key; at the end of one that is a copy."""
        mapping = self.own_mapping(parent, name)
        pair = parent.pair(name)
        if mapping.start != DETACHED and pair is not None:
            self._splices.add_first(mapping, pair[0], data)
            return
        for key, value in data.items():
            mapping.set(key, detached(value, self.offset))

    def remove(self, mapping: Mapping, names: Container[str]) -> None:
        """Removes the pairs of these keys, where they stand in the mapping. All of its pairs may go
        only if it is in block style and others come.
        """
        if mapping.start == DETACHED:
            mapping.drop(names)
            return
        gone = []
        for i, (key, value) in enumerate(mapping.pairs):
            if isinstance(key, Scalar) and key.value in names:
                self.release(key)
                self.release(value)
                gone.append(i)
        if gone:
            self._splices.remove_pairs(mapping, gone)

    def rewrite(
        self, parent: Mapping, name: str, order: Iterable[int | dict[str, Data] | Node]
    ) -> None:
        """Makes the sequence at a key hold its entries of these indexes, that ascend, as they
        stand, and new ones before, between and behind them; its other entries go.
        """
        sequence = self.own_sequence(parent, name)
        entries: list[Node] = []
        for entry in order:
            if isinstance(entry, int):
                entries.append(sequence.entries[entry])
            elif isinstance(entry, dict):
                entries.append(detached(entry, self.offset))
            else:
                entries.append(entry)
        if sequence.start == DETACHED:
            sequence.entries = entries
            return
        stays = {id(entry) for entry in entries}
        for entry in sequence.entries:
            if id(entry) not in stays:
                self.release(entry)
        pair = parent.pair(name)
        if pair is not None:
            self._splices.rewrite(sequence, pair[0], entries)

    def insert_first(self, parent: Mapping, name: str, entries: list[Data]) -> None:
        """Inserts entries at the front of the sequence at a key."""
        sequence, pair = self.own_sequence(parent, name), parent.pair(name)
        has_text = DETACHED not in (parent.start, sequence.start)
        if not (has_text and pair and self._splices.insert_first(sequence, pair[0], entries)):
            new = [entry for entry in entries if isinstance(entry, dict)]
            self.rewrite(parent, name, [*new, *range(sequence.count)])

    @property
    def offset(self) -> int:
        return self._splices.offset

    def indent_as(self, parent: Mapping, name: str) -> None:
        """Gives new block sequences the place right of their key that the one at this key has."""
        sequence = parent.get(name)
        if isinstance(sequence, Sequence) and DETACHED not in (sequence.start, parent.start):
            self._splices.indent_as(parent, sequence)


def _mapping(node: Node | None) -> Mapping:
    if not isinstance(node, Mapping):
        raise AssertionError("there must be a mapping")
    return node
