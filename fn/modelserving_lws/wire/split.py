"""Where the items of a text stand, found without reading what is in them: the entries of a list in
block style or in JSON, or the documents of a stream.
"""

from __future__ import annotations

import re

from ..results.errors import BoundsError, InputError, UnsureError
from ..yamltext.access import get, text_at
from ..yamltext.block import (
    BlockSequence,
    UnreadNode,
    block_document,
    is_simple,
    kinds_of,
    kinds_of_documents,
    read_block,
)
from ..yamltext.nodes import Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .list_edits import Entry

RESOURCE_LIST = "ResourceList"
MAX_ITEMS = 200_000
# A line that separates documents and has nothing of them.
_MARKER = re.compile(r"---(?: *| +#[^\n]*)(?:\n|\Z)")
_NO_CONTENT = re.compile(r"(?: *+(?:#[^\n]*)?(?:\n|\Z(?<!\n)))*+")


class Parts:
    """The items of a text, by number. `root` is the mapping that has them; None for a stream.
    `starts` are where the lines of each start, and last where those of the last end; empty where no
    lines are theirs alone.
    """

    # Of items that hold items of their own.
    holders: frozenset[str] = frozenset(("List",))

    def __init__(self, text: str, root: Mapping | None, starts: list[int]) -> None:
        self.text = text
        self.root = root
        self.starts = starts

    @property
    def count(self) -> int:
        return max(len(self.starts) - 1, 0)

    def kinds(self) -> list[str | None]:
        """For each item its `kind`, where it is at once seen to be a plain word; else None."""
        raise NotImplementedError

    def node(self, i: int) -> Node:
        """An item, or what leaves it to be read exactly."""
        raise NotImplementedError

    def exact(self, i: int) -> Node:
        """An item, all of it read. Raises UnsureError where that needs what is around it,
        BoundsError where it is beyond the bounds.
        """
        raise NotImplementedError

    def length(self, i: int) -> int:
        """How many characters an item has, at most."""
        return self.starts[i + 1] - self.starts[i]

    def place(self, i: int) -> str:
        """What names an item that has no name."""
        return f"items[{i}]"

    def entry(self, i: int, node: Node) -> Entry | None:
        """Where an item stands in a list; None for a document. Raises EditError where that list
        stands elsewhere in the text.
        """
        raise NotImplementedError

    def _entry(self, listed: Sequence, i: int, node: Node) -> Entry:
        from .list_edits import Entry

        if self.root is None:
            raise AssertionError("a stream has no entries")
        return Entry(self.root, listed, node, i, self.count)


def find_parts(text: str) -> Parts:
    """Raises UnsureError where only reading the whole text tells, InputError for too many items."""
    if text.lstrip()[:1] == "{":
        return _JSONList(text)
    if not is_simple(text):
        raise UnsureError
    found = documents(text)
    if len(found) == 1:
        _, start, end = found[0]
        root = read_block(text, start, end)
        if has_items(root):
            return _BlockList(text, root)
    return _Stream(text, found)


def has_items(root: Mapping) -> bool:
    """Whether a document is a list of items."""
    return text_at(root, "kind") == RESOURCE_LIST or is_list(root)


def too_many_items(text: str, position: int) -> InputError:
    return InputError("too-many-items", text, position, limit=MAX_ITEMS)


def is_list(node: Mapping) -> bool:
    """Whether it is a `v1` List."""
    return (
        text_at(node, "kind") == "List"
        and text_at(node, "apiVersion") == "v1"
        and node.repeated.isdisjoint(("apiVersion", "kind"))
    )


class _BlockList(Parts):
    def __init__(self, text: str, root: Mapping) -> None:
        items = get(root, "items")
        self._items = items if isinstance(items, BlockSequence) else None
        if self._items is None and items is not None:
            is_empty = isinstance(items, Sequence) and not items.count
            if not is_empty:
                raise UnsureError
        super().__init__(text, root, [len(text)] if self._items is None else self._items.lines)
        if self.count > MAX_ITEMS:
            raise too_many_items(text, self.starts[MAX_ITEMS])

    @property
    def _sequence(self) -> BlockSequence:
        if self._items is None:
            raise AssertionError("there must be items")
        return self._items

    def kinds(self) -> list[str | None]:
        return [] if self._items is None else kinds_of(self._items)

    def node(self, i: int) -> Node:
        return self._sequence.node(i)

    def exact(self, i: int) -> Node:
        node = self._sequence.node(i)
        if isinstance(node, UnreadNode) and self.text.startswith('{"', node.start):
            from ..yamltext.json_ import read_json

            item = read_json(self.text, node.start, self.starts[i + 1])
            if item is not None:
                return item
        from ..yamltext.events import read_part

        sequence = read_part(self.text, self.starts[i], self.starts[i + 1])
        if not isinstance(sequence, Sequence) or len(sequence.entries) != 1:
            raise UnsureError
        return sequence.entries[0]

    def entry(self, i: int, node: Node) -> Entry:
        return self._entry(self._sequence, i, node)


class _JSONList(Parts):
    """Its items are always read exactly."""

    def __init__(self, text: str) -> None:
        from ..results.errors import NotJSONError
        from ..yamltext.json_ import read_json_list

        try:
            root, kinds = read_json_list(text)
        except (NotJSONError, BoundsError):
            raise UnsureError from None
        if not has_items(root):
            raise UnsureError
        super().__init__(text, root, [])
        self._kinds = kinds
        items = get(root, "items")
        if items is not None and (
            not isinstance(items, Sequence) or items.count != len(kinds) or "items" in root.repeated
        ):
            raise UnsureError
        self._items = items
        if self.count > MAX_ITEMS:
            raise too_many_items(text, self._sequence.entries[MAX_ITEMS].start)

    @property
    def _sequence(self) -> Sequence:
        if not isinstance(self._items, Sequence):
            raise AssertionError("there must be items")
        return self._items

    @property
    def count(self) -> int:
        return len(self._kinds)

    def kinds(self) -> list[str | None]:
        return [*self._kinds]

    def length(self, i: int) -> int:
        entry = self._sequence.entries[i]
        return entry.end - entry.start

    def node(self, i: int) -> Node:
        return UnreadNode(self._sequence.entries[i].start)

    def exact(self, i: int) -> Node:
        from ..results.errors import NotJSONError
        from ..yamltext.json_ import read_value

        entry = self._sequence.entries[i]
        try:
            return read_value(self.text, entry.start, entry.end)
        except NotJSONError:
            raise UnsureError from None

    def entry(self, i: int, node: Node) -> Entry:
        return self._entry(self._sequence, i, node)


class _Stream(Parts):
    holders = frozenset(("List", RESOURCE_LIST))

    def __init__(self, text: str, documents: list[tuple[int, int, int]]) -> None:
        """`documents` are where each starts, where its text starts, and where it ends."""
        super().__init__(text, None, [start for start, _, _ in documents] + [len(text)])
        self._bounds = [(start, end) for _, start, end in documents]

    def kinds(self) -> list[str | None]:
        return kinds_of_documents(self.text, [start for start, _ in self._bounds])

    def node(self, i: int) -> Node:
        return block_document(self.text, *self._bounds[i])

    def exact(self, i: int) -> Node:
        from ..yamltext.events import read_part

        node = read_part(self.text, *self._bounds[i], shares=False)
        if not isinstance(node, Mapping) and not (isinstance(node, Scalar) and node.is_null):
            raise UnsureError
        return node

    def place(self, i: int) -> str:  # noqa: ARG002 (as lists have it)
        return ""

    def entry(self, i: int, node: Node) -> None:  # noqa: ARG002 (as lists have it)
        return None


def documents(text: str) -> list[tuple[int, int, int]]:
    """For each document that has more than comments: where it starts, where the line of its first
    key starts, and where it ends. Raises UnsureError where that takes more than finding `---`: at
    the start of a line it stands for nothing else (https://yaml.org/spec/1.1/, 9.1.2).
    """
    if "\n..." in text or "\n%" in text or text[:1] in ("%", "."):
        raise UnsureError
    found: list[tuple[int, int, int]] = []
    start = 0
    while True:
        end = _next_marker(text, start)
        content = _start_of_content(text, start, end)
        if content < end:
            if len(found) == MAX_ITEMS:
                raise too_many_items(text, content)
            found.append((start if found else 0, content, end))
        if end == len(text):
            return found
        match = _MARKER.match(text, end)
        if match is None:
            raise UnsureError
        start = match.end()


def _next_marker(text: str, start: int) -> int:
    """The line with the next `---`, from the line that starts here on; the end where none has."""
    if text.startswith("---", start):
        return start
    place = text.find("\n---", start)
    return len(text) if place < 0 else place + 1


def _start_of_content(text: str, start: int, end: int) -> int:
    """Where the first line starts that is neither blank nor a comment."""
    match = _NO_CONTENT.match(text, start, end)
    return start if match is None else match.end()
