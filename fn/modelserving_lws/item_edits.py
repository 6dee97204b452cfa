"""Whole items put into a list or a stream, as text. A manifest is lines in block style at column 0,
each ended by a line feed.

Comments between items stay where they are; an item's own comments, right of its dash, go with it. A
list in flow style takes manifests in flow style, on one line and without comments; so does what
follows or replaces a document in flow style, JSON say.
"""

from __future__ import annotations

from .document import Document
from .excerpt import comments_from, end_of, indented, next_line
from .nodes import DETACHED, Alias, Mapping, Node, Sequence, without_text
from .reader import read
from .render import flow
from .result import InputError, say
from .splices import EditError
from .text import column, line_break

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .resource_list import Item

ITEMS = "items"
_MARKER = "---\n"


class Entry:
    """What an item is an entry of: the mapping that has the list as its `items`, and the list;
    `node` is what stands there, the item or an alias of it.
    """

    __slots__ = ("is_last", "node", "parent", "sequence")

    def __init__(self, parent: Mapping, sequence: Sequence, node: Node, is_last: bool) -> None:
        """Raises EditError where the list is elsewhere in the text."""
        if DETACHED in (parent.start, sequence.start):
            raise EditError(say("list-elsewhere"))
        self.parent = parent
        self.sequence = sequence
        self.node = node
        self.is_last = is_last and parent.last is sequence


def replace(document: Document, item: Item, manifest: str) -> None:
    """Puts a manifest in the place of an item."""
    entry = item.entry(document)
    node = item.node if entry is None else entry.node
    document.release(node)
    text, start = document.text, node.start
    if item.node.flow if entry is None else entry.sequence.flow:
        is_json = _is_json(text, item.node if entry is None else entry.parent)
        document.put(start, node.end, flow(_read(manifest), "", is_json))
        return
    indent, end = column(text, start), next_line(text, node.end)
    if isinstance(node, Alias) or item.node.flow:
        comment = text[node.end : end].strip()
        manifest = f"{comment}\n{manifest}" if comment else manifest
    document.put(start, end, indented(manifest, indent, line_break(text, start))[indent:])
    document.put(end, end_of(text, node, indent), "")


def insert_after(document: Document, item: Item, manifests: list[str]) -> None:
    """Puts manifests behind an item."""
    entry = item.entry(document)
    if entry is None:
        _insert_documents(document, item.node, manifests)
    else:
        _insert_entries(document, entry, manifests)


def append(document: Document, parent: Mapping, last: Node | None, manifests: list[str]) -> None:
    """Puts manifests at the end of the `items` of a mapping; `last` is the last one there."""
    if last is None:
        _fill(document, parent, manifests)
    else:
        sequence = document.own_sequence(parent, ITEMS)
        _insert_entries(document, Entry(parent, sequence, last, True), manifests)


def append_documents(document: Document, last: Mapping | None, manifests: list[str]) -> None:
    """Puts manifests at the end of a stream; `last` is the last one there."""
    if last is not None:
        _insert_documents(document, last, manifests)
        return
    end = len(document.text)
    lines = _MARKER.join(
        indented(manifest, 0, line_break(document.text, end)) for manifest in manifests
    )
    document.put(end, end, lines)


def _fill(document: Document, parent: Mapping, manifests: list[str]) -> None:
    pair, text = parent.pair(ITEMS), document.text
    if parent.flow:
        listed = Sequence(DETACHED, DETACHED, True)
        listed.entries = list(map(_read, manifests))
        document.set(parent, ITEMS, listed)
        return
    indent, break_ = column(text, parent.open), line_break(text, parent.open)
    lines = _entries(manifests, indent, break_)
    if pair is None:
        place = document.below(parent.last)
        document.put(place, place, f"{' ' * indent}{ITEMS}:{break_}{lines}")
        return
    value = pair[1]
    start, end = value.start, value.end
    if isinstance(value, Alias) or (start == end and text[start - 1] != ":"):
        raise EditError(say("list-elsewhere"))
    document.release(value)
    while text[start - 1] == " ":
        start -= 1
    document.put(start, end, "")
    place = next_line(text, end)
    document.put(place, place, lines)


def _insert_entries(document: Document, entry: Entry, manifests: list[str]) -> None:
    sequence, node, text = entry.sequence, entry.node, document.text
    if sequence.flow:
        nodes = list(map(_read, manifests))
        document.insert_flow(sequence, node, nodes, _is_json(text, entry.parent))
        return
    dash = column(text, sequence.open)
    place = document.below(node)
    if not entry.is_last:  # what follows the list stands below its last line
        place = end_of(text, node, dash + 1)
    document.put(place, place, _entries(manifests, dash, line_break(text, node.end)))


def _insert_documents(document: Document, node: Mapping, manifests: list[str]) -> None:
    text = document.text
    place = document.below(node)
    for _, end in comments_from(text, place)[0]:
        place = end
    if node.flow:
        is_json = _is_json(text, node)
        manifests = [flow(_read(manifest), "", is_json) + "\n" for manifest in manifests]
    lines = "".join([_MARKER + manifest for manifest in manifests])
    document.put(place, place, indented(lines, 0, line_break(text, node.end)))


def _entries(manifests: list[str], dash: int, break_: str) -> str:
    indent = " " * dash + "- "
    width = len(indent)
    return "".join([indent + indented(manifest, width, break_)[width:] for manifest in manifests])


def _is_json(text: str, mapping: Mapping) -> bool:
    return bool(mapping.pairs) and text[mapping.pairs[0][0].start] == '"'


def _read(manifest: str) -> Node:
    """A manifest as a node that fits into any text."""
    try:
        (root,) = read(manifest)
    except InputError as error:
        raise EditError(str(error)) from error
    return without_text(Document(manifest).copy(root))
