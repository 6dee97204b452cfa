"""Whole items put into a list or a stream, as text. A manifest is lines in block style at column 0,
each ended by a line feed.

Comments between items stay where they are; an item's own comments, right of its dash, go with it. A
list in flow style takes manifests in flow style, on one line and without comments; so does what
follows or replaces a document in flow style, JSON say.
"""

from __future__ import annotations

from ..results.errors import EditError, InputError
from ..yamltext.data import without_text
from ..yamltext.edit import Document
from ..yamltext.excerpt import KEEPS, colon_end, end_of, indented
from ..yamltext.json_layout import around, layout_of, spread
from ..yamltext.lines import (
    LINE_BREAKS,
    break_above,
    column,
    comments_from,
    line_break,
    line_start,
    next_line,
    past_blank_lines,
)
from ..yamltext.nodes import DETACHED, Alias, Mapping, Node, Sequence
from ..yamltext.read import read
from ..yamltext.write import flow
from .items import Entry, Item

ITEMS = "items"
_MARKER = "---\n"


class Place:
    """Where new items go: behind an item or instead of it. They go there as `written` gives
    them.
    """

    def __init__(self, document: Document, entry: Entry | None, item: Mapping) -> None:
        """`entry` is where the item stands in a list; None for a document."""
        self._document = document
        self._entry = entry
        self._node = item if entry is None else entry.node
        text = document.text
        self._is_flow = item.flow if entry is None else entry.sequence.flow
        self.is_json = self._is_flow and _is_json(text, item if entry is None else entry.parent)
        self.line_break = line_break(text, self._node.end)
        # Where a list in block style has its dashes.
        self._dash = 0
        if entry is not None and not self._is_flow:
            self._dash = column(text, entry.sequence.open)

    def written(self, manifest: str) -> str:
        """A manifest as an entry of the list, or as a document of the stream."""
        if self._is_flow:
            manifest = _flow(self._document, self._node, manifest, self.is_json)
            if self._entry is not None:
                return manifest
            manifest += "\n"
        if self._entry is None:
            return indented(_MARKER + manifest, 0, self.line_break)
        indent = " " * self._dash + "- "
        return indent + indented(manifest, len(indent), self.line_break)[len(indent) :]

    def put(self, items: list[str]) -> None:
        """Puts items behind the one that is there."""
        document, entry, node, text = self._document, self._entry, self._node, self._document.text
        if entry is not None and self._is_flow:
            document.insert_flow(entry.sequence, node, items)
            return
        place = document.below(node)
        if entry is None:
            for _, end in comments_from(text, place)[0]:
                place = end
        elif entry.index < entry.count - 1 or entry.parent.last is not entry.sequence:
            # Else, what is to follow the list stands right below its last line.
            place = end_of(text, node, self._dash + 1)
        if items and KEEPS.search(items[-1]):
            place = past_blank_lines(text, place)
        for item in items:
            document.put(place, place, item)

    def put_instead(self, items: list[str]) -> None:
        """Puts one item or more in the place of the one that is there, and of its comments."""
        document, entry, node, text = self._document, self._entry, self._node, self._document.text
        document.release(node)
        start, end = node.start, next_line(text, node.end)
        if entry is not None and self._is_flow:
            document.put(start, node.end, document.comma(entry.sequence).join(items))
        elif entry is not None:
            start = line_start(text, entry.dash(document))
            document.put(start, end, "".join(items))
            _drop_below(document, end, end_of(text, node, self._dash + 1), items[-1])
        else:
            marker = len(_MARKER) - 1 + len(self.line_break)
            lines = "".join(items)[marker:]
            if isinstance(node, Mapping) and not node.flow:
                document.put(line_start(text, node.open), end, lines)
                _drop_below(document, end, end, items[-1])
            else:
                document.put(start, node.end, lines.removesuffix(self.line_break))


def replace(document: Document, item: Item, manifest: str) -> None:
    """Puts a manifest in the place of an item, and of its comments but those before it."""
    entry = item.entry()
    node = item.node if entry is None else entry.node
    document.release(node)
    text, start = document.text, item.node.open if entry is None else node.start
    if item.node.flow if entry is None else entry.sequence.flow:
        is_json = _is_json(text, item.node if entry is None else entry.parent)
        document.put(start, node.end, _flow(document, node, manifest, is_json))
        return
    indent, end = column(text, start), next_line(text, node.end)
    if isinstance(node, Alias) or item.node.flow:
        comment = text[node.end : end].strip()
        manifest = f"{comment}\n{manifest}" if comment else manifest
    document.put(start, end, indented(manifest, indent, line_break(text, start))[indent:])
    _drop_below(document, end, end_of(text, node, indent), manifest)


def _drop_below(document: Document, start: int, end: int, written: str) -> None:
    """Takes away the comments of an item that something else was written in place of."""
    if KEEPS.search(written):
        end = past_blank_lines(document.text, end)
    document.put(start, end, "")


def append(document: Document, parent: Mapping, last: Node | None, manifests: list[str]) -> None:
    """Puts manifests at the end of the `items` of a mapping; `last` is the last one there."""
    if last is None:
        _fill(document, parent, manifests)
        return
    entry = Entry(parent, document.own_sequence(parent, ITEMS), last, 0, 1)
    place = Place(document, entry, parent)
    place.put(list(map(place.written, manifests)))


def append_documents(document: Document, last: Mapping | None, manifests: list[str]) -> None:
    """Puts manifests at the end of a stream; `last` is the last one there. Raises EditError where
    that one is JSON, which ends with its one document.
    """
    if last is None:
        end = len(document.text)
        lines = indented(_MARKER.join(manifests), 0, line_break(document.text, end))
        document.put(end, end, lines)
        return
    if last.flow and _is_json(document.text, last):
        raise EditError("json-ends")
    place = Place(document, None, last)
    place.put(list(map(place.written, manifests)))


def remove(document: Document, items: list[Item]) -> None:
    """Takes items away, and their comments."""
    entries: dict[int, list[Entry]] = {}
    for item in items:
        entry = item.entry()
        if entry is None:
            document.release(item.node)
            start = _marker_of(document.text, item.node)
            document.put(start, end_of(document.text, item.node, 1), "")
        else:
            entries.setdefault(id(entry.sequence), []).append(entry)
    for found in entries.values():
        sequence, gone = found[0].sequence, {entry.index for entry in found}
        if sequence.flow:
            stay = [i for i in range(sequence.count) if i not in gone]
            document.rewrite(found[0].parent, ITEMS, stay)
        else:
            _remove_entries(document, found, gone)


def _remove_entries(document: Document, entries: list[Entry], gone: set[int]) -> None:
    text, sequence, parent = document.text, entries[0].sequence, entries[0].parent
    dash = column(text, sequence.open)
    # Whether the last one that stays ends in a block scalar, and where what is above starts.
    in_scalar, above, placed = False, 0, document.insertions()
    for entry in sorted(entries, key=lambda entry: entry.index):
        document.release(entry.node)
        start = line_start(text, entry.dash(document))
        is_end = entry.index == entry.count - 1 and parent.last is sequence
        # Behind the last one, items were put above the comments that are there.
        end = next_line(text, entry.node.end) if is_end else end_of(text, entry.node, dash + 1)
        if entry.index and entry.index - 1 not in gone:
            above = sequence.entry(entry.index - 1).end
            in_scalar = text[above - 1] in LINE_BREAKS and start not in placed
        in_scalar = in_scalar and not text[above:start].strip()
        if in_scalar:
            end = past_blank_lines(text, end)
        document.put(start, end, "")
        above = end
    pair = parent.pair(ITEMS)
    if len(gone) == entries[0].count and pair is not None:
        colon = colon_end(text, pair[0])
        if colon is not None and sequence.start == sequence.open:
            document.put(colon, colon, " []")


def _marker_of(text: str, root: Mapping) -> int:
    """Where the line with a document's `---` starts; the document's own start where it has none, or
    one with a directive before it.
    """
    start = line_start(text, root.open)
    while start and not text.startswith(_MARKER.rstrip(), start):
        above = line_start(text, break_above(text, start))
        line = text[above:start].strip()
        if line and line[0] != "#" and not line.startswith(_MARKER.rstrip()):
            return root.start
        start = above
    is_marker = text.startswith(_MARKER.rstrip(), start)
    before = text[line_start(text, max(start - 2, 0)) : start]
    return start if is_marker and not before.startswith("%") else root.start


def _fill(document: Document, parent: Mapping, manifests: list[str]) -> None:
    pair, text = parent.pair(ITEMS), document.text
    if parent.flow:
        listed = Sequence(DETACHED, DETACHED, True)
        listed.entries = list(map(_read, manifests))
        document.set(parent, ITEMS, listed)
        return
    indent, break_ = column(text, parent.open), line_break(text, parent.open)
    dash = " " * indent + "- "
    width = len(dash)
    lines = "".join([dash + indented(manifest, width, break_)[width:] for manifest in manifests])
    if pair is None:
        place = document.below(parent.last)
        document.put(place, place, f"{' ' * indent}{ITEMS}:{break_}{lines}")
        return
    value = pair[1]
    start, end = value.start, value.end
    if isinstance(value, Alias) or (start == end and text[start - 1] != ":"):
        raise EditError("list-elsewhere")
    document.release(value)
    while text[start - 1] == " ":
        start -= 1
    document.put(start, end, "")
    place = next_line(text, end)
    document.put(place, place, lines)


def _flow(document: Document, like: Node, manifest: str, is_json: bool) -> str:
    """A manifest in flow style; JSON is laid out like the item that stands there."""
    written = flow(_read(manifest), "", is_json)
    layout = layout_of(document.text, like) if is_json and isinstance(like, Mapping) else None
    return written if layout is None else spread(written, around(layout))


def _is_json(text: str, mapping: Mapping) -> bool:
    return bool(mapping.pairs) and text[mapping.pairs[0][0].start] == '"'


def _read(manifest: str) -> Node:
    """A manifest as a node that fits into any text."""
    try:
        (root,) = read(manifest)
    except InputError as error:
        raise EditError(error.id, **error.values) from error
    return without_text(Document(manifest).copy(root))
