"""The items of a text that is read item by item, each when something asks for what is in it."""

from __future__ import annotations

from bisect import bisect_right

from ..results.errors import BoundsError, ItemError, UnsureError
from ..results.result import Result
from ..yamltext.block import (
    BlockMapping,
    Suspects,
    UnreadNode,
    harmless_end,
    has_few_brackets,
    is_shallow,
    kind_of,
)
from ..yamltext.nodes import MAX_READ, Mapping, Node
from .bounds import Bounds
from .items import Item, Ways, kind_at, too_long

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ..yamltext.edit import Document
    from .list_edits import Entry
    from .split import Parts

    T = TypeVar("T")

# An item with more suspects than this is read by PyYAML: to judge each costs more.
_MAX_ASKED = 20
# To read as many items exactly that are so short takes longer than to read the whole text.
_MANY, _SHORT = 10_000, 200


class _PartItem(Item):
    """The item of this number. `_node` is None until it is read exactly, and where it is to be read
    again; `_is_asked` is whether more was asked for than what it is called, so that it must be
    within the bounds.
    """

    __slots__ = ("_index", "_is_asked", "_is_checked", "_is_exact", "_node", "_source")

    def __init__(
        self,
        kind: str,
        node: Mapping | None,
        source: PartItems,
        index: int,
        error: Result | None,
    ) -> None:
        super().__init__(kind)
        self.error = error
        self._node = node
        self._source = source
        self._index = index
        self._is_exact = not isinstance(node, BlockMapping)
        self._is_asked = self._is_checked = False

    @property
    def node(self) -> Mapping:
        if not self._is_exact and self._node is not None:
            return self._node
        if self._node is None:
            self._node = self._source.exact_mapping(self._index)
        if not self._is_checked:
            self._is_checked = True
            self.error = self.error or self._source.error_of(self._node)
            if self._is_asked and self.error is not None:
                raise ItemError(self.error)
        return self._node

    @property
    def is_exact(self) -> bool:
        return self._is_exact

    @property
    def place(self) -> str:
        return self._source.parts.place(self._index)

    def editable(self, document: Document) -> Mapping:  # noqa: ARG002 (as others have it)
        return self.node

    def entry(self, document: Document) -> Entry | None:  # noqa: ARG002 (as others have it)
        return self._source.parts.entry(self._index, self.node)

    def forget(self) -> None:
        if isinstance(self._node, BlockMapping):
            self._node.forget()
        else:
            self._node = None
            self._source.drop(self._index)

    def settle(self) -> None:
        self._try(self._check_end)

    def _check_end(self) -> None:
        node = self.node
        if isinstance(node, BlockMapping) and "&" in node.text[node.start : node.limit]:
            raise UnsureError
        _ = node.end

    def read(self, reading: Callable[[], T]) -> T:
        self._is_asked = True
        return super().read(reading)

    def _try(self, reading: Callable[[], T]) -> T:
        try:
            return reading()
        except UnsureError:
            if self._is_exact or self.error is not None:
                raise
        self.read_exactly()
        if self.error is not None:
            raise ItemError(self.error)
        return reading()

    def read_exactly(self) -> None:
        """Reads all of it, if that can be done."""
        try:
            self._node = self._source.exact_mapping(self._index)
            self._is_exact = True
        except ItemError as error:
            (self.error,) = error.results


class PartItems:
    """The items that are parts of a text. Those whose lines may be other than they look are read
    exactly at once: that there is an item, and its end, is what makes sure of the lines behind.
    """

    def __init__(self, parts: Parts) -> None:
        """Raises UnsureError where the parts may be others."""
        self.parts = parts
        self._bounds = Bounds(parts.text)
        # Those that have been read exactly, and how many nodes may be kept of them.
        self._exact: set[int] = set()
        self._kept: dict[int, Node] = {}
        self._left = MAX_READ
        self._handed_out: set[int] = set()
        self._short = 0
        if parts.starts:
            self._check_suspects()

    def _check_suspects(self) -> None:
        starts, parts = self.parts.starts, self.parts
        harmless = 0
        last: Node | None = None
        asked: dict[int, int] = {}
        suspects = Suspects(parts.text)
        while (suspect := suspects.first_from(harmless)) is not None:
            i = bisect_right(starts, suspect) - 1
            if not 0 <= i < parts.count:
                raise UnsureError
            node = parts.node(i)
            if node is not last and isinstance(last, BlockMapping):
                last.forget()
            last = node
            asked[i] = asked.get(i, 0) + 1
            if asked[i] <= _MAX_ASKED:
                harmless = harmless_end(parts.text, node, suspect)
            if harmless <= suspect:
                self._surely_exact(i)
                harmless = starts[i + 1]
        if isinstance(last, BlockMapping):
            last.forget()

    def items(self, kinds: frozenset[str]) -> list[Item]:
        """The items of these kinds, in order. Raises UnsureError where only the whole text has
        them.
        """
        items: list[Item] = []
        holders = self.parts.holders
        known = kinds | holders
        for i, kind in enumerate(self.parts.kinds()):
            if kind is not None and kind not in known and i not in self._exact:
                continue
            item = self._item(i, kind, kinds)
            if item is not None:
                if item.kind in holders:
                    raise UnsureError
                if item.kind in kinds:
                    items.append(item)
        return items

    def _item(self, i: int, kind: str | None, kinds: frozenset[str]) -> _PartItem | None:
        """An item that may be of these kinds, or may hold others; None where there is none."""
        node = None if i in self._exact else self.parts.node(i)
        error = too_long(self.parts.length(i))
        if isinstance(node, BlockMapping):
            kind = kind or kind_of(node)
            if kind is not None:
                item = _PartItem(kind, node, self, i, error)
                if kind in kinds:
                    self._handed_out.add(i)
                    if error is None and not self._is_bounded(node):
                        item.read_exactly()
                return item
        elif isinstance(node, UnreadNode) and kind is not None:
            return _PartItem(kind, None, self, i, error)
        if node is None or isinstance(node, UnreadNode | BlockMapping):
            node = self._kept.get(i) or self._surely_exact(i)
        if not isinstance(node, Mapping):
            return None
        return _PartItem(kind or kind_at(node), node if i in self._kept else None, self, i, error)

    @property
    def root(self) -> Mapping | None:
        return self.parts.root

    def last(self) -> Node | None:
        """What stands last in the list; else the last document."""
        for i in reversed(range(self.parts.count)):
            node = self._kept.get(i) or self.parts.node(i)
            if not _has_end(node):
                node = self._surely_exact(i)
            if self.root is not None or isinstance(node, Mapping):
                return node
        return None

    @property
    def ways(self) -> Ways:
        exact = len(self._exact)
        quick = len(self._handed_out - self._exact)
        return Ways(self.parts.count - quick - exact, quick, exact)

    def _is_bounded(self, item: BlockMapping) -> bool:
        """Whether an item is surely within the bounds of levels."""
        text = self.parts.text
        return is_shallow(text, item.start, item.limit) and has_few_brackets(
            text, item.start, item.limit
        )

    def exact_mapping(self, i: int) -> Mapping:
        """An item that is one, read exactly. Raises ItemError where it is too much to be read."""
        node = self._kept.get(i) or self._read(i)
        if not isinstance(node, Mapping):
            raise UnsureError
        return node

    def error_of(self, node: Mapping) -> Result | None:
        """Whether an item that has been read is beyond the bounds."""
        try:
            self._bounds.check(node)
        except ItemError as error:
            (found,) = error.results
            return found
        return None

    def drop(self, i: int) -> None:
        """Drops what has been read of an item."""
        node = self._kept.pop(i, None)
        if node is not None:
            self._left += node.size

    def _surely_exact(self, i: int) -> Node:
        """An item, read exactly and kept if there is room; UnsureError where it is beyond the
        bounds.
        """
        try:
            node = self._read(i)
        except ItemError:
            raise UnsureError from None
        if node.size <= self._left:
            self._left -= node.size
            self._kept[i] = node
        return node

    def _read(self, i: int) -> Node:
        if i not in self._exact and self.parts.length(i) < _SHORT:
            self._short += 1
            if self._short > _MANY:
                raise UnsureError
        try:
            node = self.parts.exact(i)
        except BoundsError as error:
            raise ItemError(Result(error.id, **error.values)) from None
        self._exact.add(i)
        return node


def _has_end(node: Node) -> bool:
    if isinstance(node, UnreadNode):
        return False
    try:
        return node.end >= 0
    except UnsureError:
        return False
