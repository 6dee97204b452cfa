"""The items of a text that has been read as a whole."""

from __future__ import annotations

from ..results.errors import InputError, ItemError
from ..yamltext.access import get
from ..yamltext.nodes import Mapping, Node, Sequence, resolve
from .bounds import Bounds
from .items import Item, Ways, kind_at, too_long
from .split import MAX_ITEMS, has_items, is_list, too_many_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..yamltext.edit import Document
    from .list_edits import Entry

    # The keys of lists and the indexes in them that lead from a document's root to an item.
    Steps = tuple[tuple[str, int], ...]

# A List in a List is rare, and one in that is not made by anything.
_MAX_LISTS = 100


class _WholeItem(Item):
    __slots__ = ("_node", "_root", "_steps")

    def __init__(self, node: Mapping, root: Mapping, steps: Steps) -> None:
        super().__init__(kind_at(node))
        self._node = node
        self._root = root
        self._steps = steps

    @property
    def node(self) -> Mapping:
        return self._node

    @property
    def place(self) -> str:
        return ".".join(f"{name}[{i}]" for name, i in self._steps)

    def editable(self, document: Document) -> Mapping:
        node = self._root
        for name, index in self._steps:
            node = document.own_entry(document.own_sequence(node, name), index)
        return node

    def entry(self, document: Document) -> Entry | None:
        from .list_edits import Entry

        if not self._steps:
            return None
        node = self._root
        for name, index in self._steps[:-1]:
            node = document.own_entry(document.own_sequence(node, name), index)
        name, index = self._steps[-1]
        listed = document.own_sequence(node, name)
        return Entry(node, listed, listed.entries[index], index, len(listed.entries))


class WholeItems:
    """The items of documents that have been read."""

    def __init__(self, roots: list[Mapping], text: str) -> None:
        """Raises InputError for too many of them, and for what is no list of items."""
        self._all = _all_items(roots, text)
        self._roots = roots
        self._bounds = Bounds(text)
        self.ways = Ways(0, 0, len(self._all))

    def items(self, kinds: frozenset[str]) -> list[Item]:
        """The items of these kinds, in order."""
        items: list[Item] = []
        for item in self._all:
            if item.kind in kinds:
                item.error = too_long(item.node.end - item.node.start)
                try:
                    self._bounds.check(item.node)
                except ItemError as error:
                    (item.error,) = error.results
                items.append(item)
        return items

    @property
    def root(self) -> Mapping | None:
        """The mapping that has all items in a list; None where some are documents."""
        root = self._roots[0] if len(self._roots) == 1 else None
        return root if root is not None and has_items(root) else None

    def last(self) -> Node | None:
        """What stands last in the list; else the last document."""
        if self.root is None:
            return self._roots[-1] if self._roots else None
        listed = get(self.root, "items")
        return listed.last if isinstance(listed, Sequence) and listed.count else None


def _all_items(roots: list[Mapping], text: str) -> list[_WholeItem]:
    items: list[_WholeItem] = []
    left = MAX_ITEMS + len(text)  # of the entries that may be looked at, aliases expanded
    for root in roots:
        if not has_items(root):
            items.append(_WholeItem(root, root, ()))
            continue
        listed = get(root, "items")
        if listed is None:
            continue
        if not isinstance(listed, Sequence):
            raise InputError("field-not-a-list", text, listed.start, name="items")
        waiting = _entries(listed, ())
        while waiting:
            node, steps = waiting.pop()
            left -= 1
            if not isinstance(node, Mapping):
                continue
            inner = get(node, "items") if is_list(node) else None
            if len(items) == MAX_ITEMS or left < 0:
                raise too_many_items(text, node.start)
            if len(steps) > _MAX_LISTS:
                raise InputError("too-deep", text, node.start, levels=_MAX_LISTS)
            if isinstance(inner, Sequence):
                waiting += _entries(inner, steps)
            else:
                items.append(_WholeItem(node, root, steps))
    return items


def _entries(items: Sequence, steps: Steps) -> list[tuple[Node, Steps]]:
    """The entries with the steps to them, the first one last."""
    return [
        (resolve(items.entries[i]), (*steps, ("items", i)))
        for i in reversed(range(len(items.entries)))
    ]
