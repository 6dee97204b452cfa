"""An item of a text, and what names it."""

from __future__ import annotations

from ..results.errors import EditError, ItemError, ShapeError
from ..results.result import Reference, Result
from ..yamltext.data import get, text_at
from ..yamltext.lines import line_start
from ..yamltext.nodes import DETACHED, Mapping, Node, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ..yamltext.edit import Document
    from .origin import Origin

    T = TypeVar("T")

ITEMS = "items"
# In characters. etcd takes 1.5 MiB of JSON by default, so that no cluster has a larger object.
MAX_LENGTH = 1_500_000
# What names the file of an item: these, with `path` and `index`.
FILE_ANNOTATIONS = ("internal.config.kubernetes.io/", "config.kubernetes.io/")
# kpt's own, for the package that the path starts from.
PACKAGE_PATH = "internal.config.kubernetes.io/package-path"


class Entry:
    """What an item is an entry of: the mapping that has the list as its `items`, and the list;
    `node` is what stands there, the item or an alias of it.
    """

    __slots__ = ("count", "index", "node", "parent", "sequence")

    def __init__(
        self, parent: Mapping, sequence: Sequence, node: Node, index: int, count: int
    ) -> None:
        """`count` is that of the list. Raises EditError where the list is elsewhere in the text."""
        if DETACHED in (parent.start, sequence.start):
            raise EditError("list-elsewhere")
        self.parent = parent
        self.sequence = sequence
        self.node = node
        self.index = index
        self.count = count

    def dash(self, document: Document) -> int:
        """Where its dash is, in block style. Raises EditError where that does not start a line."""
        text = document.text
        dash = self.sequence.dash(self.index, text)
        if text[line_start(text, dash) : dash].strip(" "):
            raise EditError("list-elsewhere")
        return dash


class Item:
    """One manifest of a document. `kind` is empty where it is no text; `error` says why it can't be
    taken for one. `node` is its mapping, as YAML means it.
    """

    __slots__ = (
        "_index",
        "_listed",
        "_steps",
        "document",
        "errors",
        "kind",
        "number",
        "origin",
        "place",
        "root",
    )

    def __init__(
        self,
        document: Document,
        root: Mapping | None,
        steps: tuple[int, ...],
        listed: Sequence,
        index: int,
        kind: str,
        errors: dict[int, Result] | None = None,
        origin: Origin | None = None,
        number: int | None = None,
    ) -> None:
        """It is the entry of this index in a list, that the `items` of the steps before lead to
        from the root; for a document, that is None. Of the text's items, it is the one of this
        `number`, which may be another than the index in its list.
        """
        self.document = document
        self.root = root
        self.kind = kind
        self.errors = {} if errors is None else errors
        self.place = ".".join(f"{ITEMS}[{i}]" for i in (*steps, index)) if root else ""
        self._steps = steps
        self._listed = listed
        self._index = index
        self.origin = origin
        self.number = index if number is None else number

    @property
    def node(self) -> Mapping:
        node = resolve(self._listed.entry(self._index))
        if not isinstance(node, Mapping):
            raise AssertionError("an item must be a mapping")
        return node

    @property
    def error(self) -> Result | None:
        """Why it can't be taken for an item, once it has been read."""
        return self.errors.get(self._index)

    @error.setter
    def error(self, error: Result | None) -> None:
        if error is not None:
            self.errors[self._index] = error

    def editable(self) -> Mapping:
        """The item's mapping, safe to edit."""
        if self.root is None:
            return self.node
        return self.document.own_entry(self._list()[1], self._index)

    def entry(self) -> Entry | None:
        """Where it stands in a list; None for a document. Raises EditError where that list stands
        elsewhere in the text.
        """
        if self.root is None:
            return None
        parent, listed = self._list()
        return Entry(parent, listed, listed.entry(self._index), self._index, listed.count)

    def _list(self) -> tuple[Mapping, Sequence]:
        """The mapping with the list that it is in, and the list, safe to edit."""
        parent = self.root
        if parent is None:
            raise AssertionError("a document is in no list")
        for index in self._steps:
            parent = self.document.own_entry(self.document.own_sequence(parent, ITEMS), index)
        return parent, self.document.own_sequence(parent, ITEMS)

    def read(self, reading: Callable[[], T]) -> T:
        """What a reading of the item gives. Raises the item's error, if it has one, and ItemError
        where a field of it is there twice.
        """
        node = self.node
        if self.error is not None:
            raise ItemError(self.error)
        if node.repeated:
            raise ItemError(*[Result("repeated", name) for name in sorted(node.repeated)])
        return reading()

    @property
    def api_version(self) -> str:
        """Empty where it is no text, or where it or the kind stands there twice."""
        node = self.node
        version = text_at(node, "apiVersion")
        return version or "" if node.repeated.isdisjoint(("apiVersion", "kind")) else ""

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]

    @property
    def reference(self) -> Reference:
        """What names it in results."""
        reference = reference_to(self.node, self.place)
        reference.number = self.number
        reference.item = self
        if self.origin is not None:
            reference.path, reference.index = self.origin.path, self.number
        return reference

    def position_of(self, path: str) -> int:
        """Where in the text a field is, or what is there of its path; for an empty path, the item
        itself.
        """
        from ..yamltext.inner import position_of

        return position_of(self.node, self.document.text, path)


class Ways:
    """How many items were `skipped`, since their `kind` said that nobody asks for them; `quick`:
    read by their lines; `exact`: read by PyYAML or as JSON.
    """

    __slots__ = ("exact", "quick", "skipped")

    def __init__(self, skipped: int, quick: int, exact: int) -> None:
        self.skipped = skipped
        self.quick = quick
        self.exact = exact

    @property
    def total(self) -> int:
        """How many there are."""
        return self.skipped + self.quick + self.exact

    def __str__(self) -> str:
        return f"items: {self.skipped} skipped, {self.quick} quick, {self.exact} exact"


def too_long(length: int) -> Result | None:
    """What is wrong with an item of this length, if anything is."""
    if length > MAX_LENGTH:
        return Result("too-long-item", limit=MAX_LENGTH, found=length)
    return None


def kind_at(node: Node) -> str:
    """An item's kind; empty where it is no text, or no item."""
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


def attempt(item: Item, change: Callable[[Item], T], results: list[Result]) -> T | None:
    """What the change gives; None where it raises an error, which goes to `results`, and its edits
    of the item's document are taken back.
    """
    document = item.document
    document.mark()
    try:
        return item.read(lambda: change(item))
    except ItemError as error:
        found = error.results
    except (EditError, ShapeError) as error:
        found = [Result(error.id, **error.values)]
    document.rollback()
    results += [result.on(item.reference) for result in found]
    return None
