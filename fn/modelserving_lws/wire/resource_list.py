"""The wire: what stands on stdin, as a list of items, and the results that go back with it.

ResourceList: https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md.
Also a stream of manifests, and `v1` Lists, whose items are items like any other.
"""

from __future__ import annotations

import re

from ..results.errors import InputError, ShapeError
from ..results.result import Result, quoted
from ..yamltext.data import get, text_at
from ..yamltext.edit import Document
from ..yamltext.lines import BYTE_ORDER_MARK
from ..yamltext.nodes import Mapping, Node, Scalar, Sequence, is_merge, resolve
from .items import ITEMS
from .readers import PartItems, WholeItems
from .split import RESOURCE_LIST, find_parts, has_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
    from typing import Protocol

    from ..results.result import Data
    from .items import Item, Ways
    from .list_edits import Place
    from .origin import Origin

    class Files(Protocol):
        """The files of a call, of which some are no manifests."""

        @property
        def paths(self) -> Iterable[str]:
            """The paths of all files: relative to one root, with `/` between their steps."""

        def open(self, path: str) -> Document | None:
            """The document of a file, in which edits are kept; its line ends are line feeds. None
            for one that is not there. Raises InputError where it can't be read.
            """


API_VERSIONS = (
    "config.kubernetes.io/v1",
    "config.kubernetes.io/v1beta1",
    "config.kubernetes.io/v1alpha1",
)


class ResourceList:
    """The items of a text. `root` is the ResourceList's mapping; None for a stream, that has no
    place for results.
    """

    # The files that the items are from, where they are in files: none.
    files: Files | None = None

    def __init__(self, text: str, by_lines: bool = True, origin: Origin | None = None) -> None:
        """Raises InputError where the text is no ResourceList and no stream of manifests. Without
        `by_lines`, PyYAML or the JSON reader reads the whole text.
        """
        self.origin = origin
        self.document = Document(text)
        # What looks like a slip in the text itself.
        self.warnings: list[Result] = []
        # The kinds of the items that have been asked for.
        self.found: set[str] = set()
        self.root: Mapping | None = None
        parts = find_parts(self.document.text) if by_lines else None
        self._items: PartItems | WholeItems
        if parts is None:
            self._read_whole()
        else:
            parts.end = len(text)
            self._items = PartItems(self.document, parts, origin)
            if parts.root is not None:
                self._read_root(parts.root)
            elif len(parts.spans) == 1 and self._items.items(frozenset()) is None:
                self._read_whole()  # it may be a list
        self._is_settled = False

    def _read_whole(self) -> None:
        from ..yamltext.read import read_exactly

        roots, text = [], self.document.source
        if text.find(BYTE_ORDER_MARK, 1) > 0:
            mark = re.compile(f"(?m)(?:^|(?<=^{BYTE_ORDER_MARK})){BYTE_ORDER_MARK}").search(text, 1)
            if mark is not None:  # readers differ in the columns of such a line
                raise InputError("byte-order-mark", text, mark.start())
        documents = [
            root for root in read_exactly(text) if not (isinstance(root, Scalar) and root.is_null)
        ]
        for root in documents:
            if not isinstance(root, Mapping):
                raise InputError("no-manifest", text, root.start)
            roots.append(root)
            glued = [name for name in root.own() if name.startswith("---")]
            self.warnings += [Result("glued-separator", name, key=quoted(name)) for name in glued]
            if text_at(root, "kind") == RESOURCE_LIST and len(documents) > 1:
                raise InputError("resource-list-not-alone", text, root.start)
            self._read_root(root)
        self._items = WholeItems(self.document, roots, self.origin)

    def items(self, kinds: frozenset[str]) -> list[Item]:
        """The items of these kinds, in order. Raises InputError where one is no YAML."""
        self._is_settled = True
        items = self._items.items(kinds)
        if items is None:
            self._read_whole()
            items = self._items.items(kinds) or []
        self.found.update([item.kind for item in items])
        return items

    @property
    def kinds(self) -> set[str]:
        """The kinds of all items, once some have been asked for."""
        return self._items.kinds

    def texts(self, kinds: Container[str]) -> list[str]:
        """The texts of the items that may be of these kinds, once some have been asked for."""
        return self._items.texts(kinds)

    def holding(self, test: Callable[[str], bool]) -> list[Item]:
        """The items whose text passes a test, in order, for those who only read them: an item that
        is no YAML, or beyond the bounds, is left out.
        """
        return self._items.holding(test)

    def replace(self, item: Item, manifest: str) -> None:
        """Puts a manifest, as `item_edits` has them, in the place of an item. Raises EditError
        where that can't be done.
        """
        from .list_edits import replace

        replace(item.document, item, manifest)

    def insert_after(self, item: Item, manifests: list[str]) -> None:
        """Puts manifests behind an item, as `replace` does."""
        place = self.place(item)
        place.put(list(map(place.written, manifests)))

    def place(self, item: Item) -> Place:
        """Where new items go that follow an item or take its place."""
        from .list_edits import Place

        return Place(item.document, item.entry(), item.node)

    def remove(self, items: list[Item]) -> None:
        """Takes items away, as `replace` replaces one."""
        from .list_edits import remove

        remove(self.document, items)

    def append(self, manifests: list[str], beside: Item | None = None) -> None:  # noqa: ARG002
        """Puts manifests at the end, as `replace` does: of the items of a ResourceList or a List;
        else as documents of their own. Of several texts, `beside` says which.
        """
        from .list_edits import append, append_documents

        self._settle()
        root, last = self._items.root, self._items.last()
        if root is not None:
            append(self.document, root, last, manifests)
        else:
            document = last if isinstance(last, Mapping) else None
            append_documents(self.document, document, manifests)

    def _settle(self) -> None:
        """Sees to it that the last item's end is known."""
        if not self._is_settled:
            self.items(frozenset())

    @property
    def ways(self) -> Ways:
        """How many items have been read so far, and by which way."""
        return self._items.ways

    @property
    def function_config(self) -> Node | None:
        return get(self.root, "functionConfig")

    def _read_root(self, root: Mapping) -> None:
        source = self.document.source
        if has_items(root):
            self._check_root(root)
        if text_at(root, "kind") != RESOURCE_LIST:
            return
        api_version = text_at(root, "apiVersion")
        if api_version not in API_VERSIONS:
            raise InputError(
                "resource-list-version",
                source,
                (get(root, "apiVersion") or root).start,
                allowed=", ".join(API_VERSIONS),
                found=api_version or "none",
            )
        self.root = root
        results = get(root, "results")
        if isinstance(results, Mapping):  # as kyaml before v0.11 wrote them
            results = get(results, "items")
        if results is not None and not isinstance(results, Sequence):
            raise InputError("field-not-a-list", source, results.start, name="results")

    def _check_root(self, root: Mapping) -> None:
        """Raises InputError where a field that is read stands there twice, or may be anywhere."""
        text = self.document.source
        places: dict[str, int] = {}
        for key, value in root.pairs:
            if is_merge(key):
                try:
                    root.merged()
                except ShapeError as error:
                    raise InputError(error.id, text, value.start, **error.values) from error
            if isinstance(key, Scalar) and key.value in (ITEMS, "functionConfig"):
                if key.value in places:
                    first = self.document.place(places[key.value])
                    raise InputError("twice", text, key.start, name=key.value, first=first)
                places[key.value] = key.start

    def append_results(self, results: list[Result]) -> None:
        """Adds results to the ResourceList; one that equals a result already there is left out.
        A stream has no place for them. Raises EditError where they can't be written.
        """
        if self.root is None or not results:
            return
        self._settle()
        document, parent, name = self.document, self.root, "results"
        if isinstance(get(parent, name), Mapping):
            parent, name = document.own_mapping(parent, name), "items"
        there = get(parent, name)
        new = [result.data() for result in results]
        if isinstance(there, Sequence):
            new = _unknown(new, there)
        if not new:
            return
        document.indent_as(self.root, "items")
        if isinstance(there, Sequence) and there.count:
            document.rewrite(parent, name, [*range(there.count), *new])
        else:
            document.update(parent, {name: [*new]})


def _unknown(new: list[dict[str, Data]], old: Sequence) -> list[dict[str, Data]]:
    """The results that are not among those that are there."""
    from ..yamltext.data import content, frozen

    messages = {_placeless(str(data["message"])) for data in new}
    known = {
        content(entry, _placeless)
        for entry in old.each()
        if _placeless(text_at(resolve(entry), "message") or "") in messages
    }
    return [data for data in new if frozen(data, _placeless) not in known]


def _placeless(message: str) -> str:
    """A message without its lines and columns, which move when something is written above them."""
    return re.sub("line [0-9]+, column [0-9]+", "", message) if "line " in message else message
