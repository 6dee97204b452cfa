"""The wire: what stands on stdin, as a list of items, and the results that go back with it.

ResourceList: https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md.
Also a stream of manifests, and `v1` Lists, whose items are items like any other.
"""

from __future__ import annotations

from bisect import bisect_right

from .block_reader import (
    BlockMapping,
    BlockSequence,
    Suspects,
    UnreadNode,
    UnsureError,
    harmless_end,
    has_few_brackets,
    is_shallow,
    is_simple,
    kind_of,
    kinds_of,
    read_block,
)
from .bounds import Bounds
from .document import Document
from .nodes import MAX_NODES, Mapping, Node, Scalar, Sequence, content, frozen, resolve
from .result import InputError, ItemError, Reference, say
from .view import get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .item_edits import Entry, Place
    from .result import Result

    T = TypeVar("T")
    # The keys of lists and the indexes in them that lead from a document's root to an item.
    Steps = tuple[tuple[str, int], ...]

API_VERSIONS = (
    "config.kubernetes.io/v1",
    "config.kubernetes.io/v1beta1",
    "config.kubernetes.io/v1alpha1",
)
KIND = "ResourceList"
# An item with more suspects than this is read by PyYAML: to judge each costs more.
_MAX_ASKED = 20
# A List in a List is rare, and one in that is not made by anything.
_MAX_LISTS = 100
# What names the file of an item: these, with `path` and `index`.
FILE_ANNOTATIONS = ("internal.config.kubernetes.io/", "config.kubernetes.io/")
# kpt's own, for the package that the path starts from.
PACKAGE_PATH = "internal.config.kubernetes.io/package-path"


class Item:
    """One manifest. `node` is its mapping as YAML means it; `is_exact` tells whether all of it has
    been read, or just what was asked for. `error` says why it can't be read.
    """

    __slots__ = (
        "_listed",
        "_read_exactly",
        "_root",
        "_steps",
        "error",
        "kind",
        "node",
        "place",
    )

    def __init__(
        self,
        node: Mapping,
        root: Mapping,
        steps: Steps,
        place: str,
        kind: str,
        read_exactly: Callable[[], Mapping] | None = None,
        listed: tuple[Mapping, Sequence, int, int] | None = None,
    ) -> None:
        self.node = node
        self.place = place
        self.kind = kind
        self.error: ItemError | None = None
        self._root = root
        self._steps = steps
        self._read_exactly = read_exactly
        self._listed = listed

    @property
    def api_version(self) -> str:
        """Empty where it is no text, or where it or the kind stands there twice."""
        try:
            return self._try(self._read_api_version)
        except ItemError:
            raise UnsureError from None

    def _read_api_version(self) -> str:
        version = text_at(self.node, "apiVersion")
        repeated = self.node.repeated
        return version or "" if repeated.isdisjoint(("apiVersion", "kind")) else ""

    @property
    def is_exact(self) -> bool:
        return self._read_exactly is None

    def read(self, reading: Callable[[], T]) -> T:
        """What a reading of the item gives; where the quick reader is not sure of what it was asked
        for, PyYAML reads the item. Raises the item's error, if it has one.
        """
        if self.error is not None:
            raise self.error.with_traceback(None)
        return self._try(reading)

    def _try(self, reading: Callable[[], T]) -> T:
        try:
            return reading()
        except UnsureError:
            if self._read_exactly is None or self.error is not None:
                raise
            try:
                self.node = self._root = self._read_exactly()
            except ItemError as error:
                self.error = error
                raise
            self._read_exactly = None
            return reading()

    def check(self, bounds: Bounds) -> None:
        """Sets the error of an item that has been read and is beyond the bounds."""
        try:
            bounds.check(self.node)
        except ItemError as error:
            self.error = error

    def forget(self) -> None:
        """Drops what has been read of the item; it is read again when something asks for it."""
        if isinstance(self.node, BlockMapping):
            self.node.forget()

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]

    @property
    def reference(self) -> Reference:
        return self._try(lambda: reference_to(self.node, self.place))

    def editable(self, document: Document) -> Mapping:
        """The item's mapping, safe to edit."""
        node = self._root
        for name, index in self._steps:
            node = document.own_entry(document.own_sequence(node, name), index)
        return node

    def entry(self, document: Document) -> Entry | None:
        """Where it stands in a list; None for a document. Raises EditError where that list stands
        elsewhere in the text.
        """
        from .item_edits import Entry

        if self._listed is not None:
            parent, block, index, count = self._listed
            return Entry(parent, block, self.node, index, count)
        if not self._steps:
            return None
        node = self._root
        for name, index in self._steps[:-1]:
            node = document.own_entry(document.own_sequence(node, name), index)
        name, index = self._steps[-1]
        listed = document.own_sequence(node, name)
        return Entry(node, listed, listed.entries[index], index, len(listed.entries))


class ResourceList:
    """The items of a text. `root` is the ResourceList's mapping; None for a stream, that has no
    place for results.
    """

    def __init__(self, text: str, quick: bool) -> None:
        """Raises InputError where the text is no ResourceList and no stream of manifests. If
        `quick`, UnsureError where only PyYAML can tell; other methods raise that as well, then.
        """
        self.document = Document(text)
        self.root: Mapping | None = None
        self._items: _BlockItems | _ExactItems
        self._roots: list[Mapping] = []
        if quick:
            self._roots.append(self._read_root(_block_root(text)))
            self._items = _BlockItems(text, self._roots[0])
            return
        from .reader import read

        roots = [root for root in read(text) if not (isinstance(root, Scalar) and root.is_null)]
        for root in roots:
            if not isinstance(root, Mapping):
                raise InputError(say("no-manifest"), text, root.start)
            self._roots.append(root)
            if text_at(root, "kind") == KIND:
                if len(roots) > 1:
                    raise InputError(say("resource-list-not-alone"), text, root.start)
                self._read_root(root)
        self._items = _ExactItems(_all_items(self._roots, text), self._roots, Bounds(text))

    def items(self, kinds: frozenset[str]) -> list[Item]:
        """The items of these kinds, in order."""
        return self._items.items(kinds)

    def replace(self, item: Item, manifest: str) -> None:
        """Puts a manifest, as `item_edits` has them, in the place of an item. Raises EditError
        where that can't be done.
        """
        from .item_edits import replace

        item.read(lambda: replace(self.document, item, manifest))

    def insert_after(self, item: Item, manifests: list[str]) -> None:
        """Puts manifests behind an item, as `replace` does."""
        place = item.read(lambda: self.place(item))
        place.put(list(map(place.written, manifests)))

    def place(self, item: Item) -> Place:
        """Where new items go that follow an item or take its place."""
        from .item_edits import Place

        return Place(self.document, item.entry(self.document), item.node)

    def remove(self, items: list[Item]) -> None:
        """Takes items away, as `replace` replaces one."""
        from .item_edits import remove

        remove(self.document, items)

    def append(self, manifests: list[str]) -> None:
        """Puts manifests at the end, as `replace` does: of the items of a ResourceList or a List;
        else as documents of their own.
        """
        from .item_edits import append, append_documents

        last = self._roots[-1] if self._roots else None
        if last is not None and len(self._roots) == 1 and (self.root is last or _is_list(last)):
            append(self.document, last, self._items.last(), manifests)
        else:
            append_documents(self.document, last, manifests)

    @property
    def ways(self) -> Ways:
        """How many items have been read so far, and by which way."""
        return self._items.ways

    @property
    def function_config(self) -> Node | None:
        return get(self.root, "functionConfig")

    def exact_function_config(self) -> Node | None:
        """The same, read by PyYAML."""
        root = self.root
        if not isinstance(root, BlockMapping):
            return self.function_config
        return _exact_value(root, "functionConfig")

    def _read_root(self, root: Mapping) -> Mapping:
        source = self.document.source
        if text_at(root, "kind") != KIND:
            return root
        api_version = text_at(root, "apiVersion")
        if api_version not in API_VERSIONS:
            raise InputError(
                say(
                    "resource-list-version",
                    allowed=", ".join(API_VERSIONS),
                    found=api_version or "none",
                ),
                source,
                (get(root, "apiVersion") or root).start,
            )
        self.root = root
        results = get(root, "results")
        if isinstance(results, Mapping):  # as kyaml before v0.11 wrote them
            results = get(results, "items")
        if results is not None and not isinstance(results, Sequence):
            raise InputError(say("field-not-a-list", name="results"), source, results.start)
        return root

    def append_results(self, results: list[Result]) -> None:
        """Adds results to the ResourceList; one that equals a result already there is left out.
        A stream has no place for them. Raises EditError where they can't be written.
        """
        if self.root is None or not results:
            return
        document, parent, name = self.document, self.root, "results"
        if isinstance(get(parent, name), Mapping):
            parent, name = document.own_mapping(parent, name), "items"
        there = get(parent, name)
        old = there.entries if isinstance(there, Sequence) else []
        new = [result.data() for result in results]
        messages = {result.message for result in results}
        alike = (entry for entry in old if text_at(resolve(entry), "message") in messages)
        known = {content(entry) for entry in alike}
        new = [data for data in new if frozen(data) not in known]
        if not new:
            return
        document.indent_as(self.root, "items")
        if old:
            document.rewrite(parent, name, [*range(len(old)), *new])
        else:
            document.update(parent, {name: [*new]})


class Ways:
    """How many items were `skipped`, since their `kind` said that nobody asks for them; `quick`:
    read by their lines; `exact`: read by PyYAML or as JSON.
    """

    __slots__ = ("exact", "quick", "skipped")

    def __init__(self, skipped: int, quick: int, exact: int) -> None:
        self.skipped = skipped
        self.quick = quick
        self.exact = exact

    def __str__(self) -> str:
        return f"items: {self.skipped} skipped, {self.quick} quick, {self.exact} exact"


# All items, read by PyYAML.


class _ExactItems:
    def __init__(self, items: list[Item], roots: list[Mapping], bounds: Bounds) -> None:
        self._all = items
        self._roots = roots
        self._bounds = bounds
        self.ways = Ways(0, 0, len(items))

    def items(self, kinds: frozenset[str]) -> list[Item]:
        items = [item for item in self._all if item.kind in kinds]
        for item in items:
            item.check(self._bounds)
        return items

    def last(self) -> Node | None:
        """What stands last in the list that is the only document."""
        listed = get(self._roots[0], "items")
        return listed.last if isinstance(listed, Sequence) and listed.count else None


def _all_items(roots: list[Mapping], text: str) -> list[Item]:
    items: list[Item] = []
    left = MAX_NODES + len(text)  # of the entries that may be looked at, aliases expanded
    for root in roots:
        if text_at(root, "kind") != KIND and not _is_list(root):
            items.append(Item(root, root, (), "", _kind(root)))
            continue
        listed = get(root, "items")
        if listed is None:
            continue
        if not isinstance(listed, Sequence):
            raise InputError(say("field-not-a-list", name="items"), text, listed.start)
        waiting = _entries(listed, ())
        while waiting:
            node, steps = waiting.pop()
            left -= 1
            if not isinstance(node, Mapping):
                continue
            inner = get(node, "items") if _is_list(node) else None
            if len(items) == MAX_NODES or left < 0:
                raise InputError(say("too-many-items", limit=MAX_NODES), text, node.start)
            if len(steps) > _MAX_LISTS:
                raise InputError(say("too-deep", levels=_MAX_LISTS), text, node.start)
            if isinstance(inner, Sequence):
                waiting += _entries(inner, steps)
            else:
                place = ".".join(f"{name}[{i}]" for name, i in steps)
                items.append(Item(node, root, steps, place, _kind(node)))
    return items


def _is_list(node: Mapping) -> bool:
    return (
        text_at(node, "kind") == "List"
        and text_at(node, "apiVersion") == "v1"
        and node.repeated.isdisjoint(("apiVersion", "kind"))
    )


def _entries(items: Sequence, steps: Steps) -> list[tuple[Node, Steps]]:
    """The entries with the steps to them, the first one last."""
    return [
        (resolve(items.entries[i]), (*steps, ("items", i)))
        for i in reversed(range(len(items.entries)))
    ]


# Items in block style: found by their lines, read when something asks for them.


def _block_root(text: str) -> Mapping:
    if not is_simple(text):
        raise UnsureError
    root = read_block(text)
    if text_at(root, "kind") != KIND and not _is_list(root):
        raise UnsureError
    return root


class _BlockItems:
    """The items of a list in block style. Those whose lines may be other than they look are read
    by PyYAML at once: that it finds an item there, and the item's end, is what makes sure of the
    lines behind.
    """

    def __init__(self, text: str, root: Mapping) -> None:
        self._text = text
        self._root = root
        self._bounds = Bounds(text)
        self._lines: list[int] = [len(text)]
        self._exactly_read: dict[int, Node] = {}
        self._handed_out: set[int] = set()
        items = get(root, "items")
        self._items = items if isinstance(items, BlockSequence) else None
        if self._items is not None:
            self._lines = self._items.lines
        elif items is not None and not (isinstance(items, Sequence) and not items.count):
            raise UnsureError
        harmless = 0
        last: Node | None = None
        asked: dict[int, int] = {}
        suspects = Suspects(text)
        while (suspect := suspects.first_from(harmless)) is not None:
            i = bisect_right(self._lines, suspect) - 1
            if self._items is None or not 0 <= i < len(self._lines) - 1:
                raise UnsureError
            node = self._items.node(i)
            if node is not last and isinstance(last, BlockMapping):
                last.forget()
            last = node
            asked[i] = asked.get(i, 0) + 1
            if asked[i] <= _MAX_ASKED:
                harmless = harmless_end(node, suspect)
            if harmless <= suspect:
                self._exact(i)
                harmless = self._lines[i + 1]
        if isinstance(last, BlockMapping):
            last.forget()

    def items(self, kinds: frozenset[str]) -> list[Item]:
        items: list[Item] = []
        if self._items is None:
            return items
        known = kinds | {"List"}
        for i, kind in enumerate(kinds_of(self._items)):
            node = self._exactly_read.get(i)
            if kind is not None and kind not in known and node is None:
                continue
            node = node or self._items.node(i)
            read_exactly = error = None
            if isinstance(node, BlockMapping):
                kind = kind or kind_of(node)
                if kind == "List":
                    raise UnsureError
                if kind is not None and kind not in kinds:
                    continue
                self._handed_out.add(i)
                read_exactly = self._reader(i)
                if kind is None:
                    node, read_exactly = self._exact(i), None
                elif not self._is_bounded(node):
                    try:
                        node, read_exactly = self._read(i), None
                    except ItemError as too_deep:
                        error = too_deep
            elif isinstance(node, UnreadNode):
                node = self._exact(i)
            if isinstance(node, Mapping):
                kind = kind or _kind(node)
                listed = self._root, self._items, i, len(self._lines) - 1
                item = Item(node, node, (), f"items[{i}]", kind, read_exactly, listed)
                item.error = error
                if item.kind == "List":
                    raise UnsureError
                if item.kind in kinds:
                    if item.is_exact and error is None:
                        item.check(self._bounds)
                    items.append(item)
        return items

    def last(self) -> Node | None:
        """What stands last in the list."""
        if self._items is None:
            return None
        i = len(self._lines) - 2
        node = self._exactly_read.get(i) or self._items.node(i)
        try:
            _ = node.end
        except UnsureError:
            return self._exact(i)
        return node

    @property
    def ways(self) -> Ways:
        exact = len(self._exactly_read)
        quick = len(self._handed_out - self._exactly_read.keys())
        return Ways(len(self._lines) - 1 - quick - exact, quick, exact)

    def _is_bounded(self, item: BlockMapping) -> bool:
        """Whether an item is surely within the bounds of levels."""
        return is_shallow(self._text, item.start, item.limit) and has_few_brackets(
            self._text, item.start, item.limit
        )

    def _reader(self, i: int) -> Callable[[], Mapping]:
        def read_exactly() -> Mapping:
            node = self._read(i)
            if not isinstance(node, Mapping):
                raise UnsureError
            self._bounds.check(node)
            return node

        return read_exactly

    def _exact(self, i: int) -> Node:
        try:
            return self._read(i)
        except ItemError:
            raise UnsureError from None

    def _read(self, i: int) -> Node:
        """An item, read by PyYAML. Raises ItemError where it is nested too deep."""
        from .yaml_reader import read_part

        sequence = read_part(self._text, self._lines[i], self._lines[i + 1])
        if not isinstance(sequence, Sequence) or len(sequence.entries) != 1:
            raise UnsureError
        self._exactly_read[i] = sequence.entries[0]
        return sequence.entries[0]


def _exact_value(root: BlockMapping, name: str) -> Node | None:
    from .yaml_reader import read_part

    starts = [key.start for key, _ in root.pairs] + [root.limit]
    for i, (key, _) in enumerate(root.pairs):
        if isinstance(key, Scalar) and key.value == name:
            return get(read_part(root.text, starts[i], starts[i + 1]), name)
    return None


def _kind(node: Mapping) -> str:
    """An item's kind; empty where it is no text."""
    return text_at(node, "kind") or ""


def reference_to(node: Node, place: str = "") -> Reference:
    """What names an object in results, as far as it is there."""
    metadata = get(node, "metadata")
    annotations = get(metadata, "annotations")
    path = index = ""
    for prefix in reversed(FILE_ANNOTATIONS):
        path = text_at(annotations, prefix + "path") or path
        index = text_at(annotations, prefix + "index") or index
    return Reference(
        text_at(node, "apiVersion") or "",
        text_at(node, "kind") or "",
        text_at(metadata, "name") or "",
        text_at(metadata, "namespace") or "",
        path,
        int(index) if index.isascii() and index.isdigit() and len(index) < 10 else None,
        place,
    )
