"""An item of a text, and what names it."""

from __future__ import annotations

from ..results.errors import ItemError, UnsureError
from ..results.result import Reference, Result
from ..yamltext.access import get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ..yamltext.edit import Document
    from ..yamltext.nodes import Mapping, Node
    from .list_edits import Entry

    T = TypeVar("T")

# In characters. etcd takes 1.5 MiB of JSON by default, so that no cluster has a larger object.
MAX_LENGTH = 1_500_000
# What names the file of an item: these, with `path` and `index`.
FILE_ANNOTATIONS = ("internal.config.kubernetes.io/", "config.kubernetes.io/")
# kpt's own, for the package that the path starts from.
PACKAGE_PATH = "internal.config.kubernetes.io/package-path"


class Item:
    """One manifest. `kind` is empty where it is no text; `error` says why it can't be read."""

    __slots__ = ("error", "kind")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.error: Result | None = None

    @property
    def node(self) -> Mapping:
        """Its mapping, as YAML means it."""
        raise NotImplementedError

    @property
    def is_exact(self) -> bool:
        """Whether all of it has been read, or just what was asked for."""
        return True

    @property
    def place(self) -> str:
        """What names it where it has no name."""
        raise NotImplementedError

    def editable(self, document: Document) -> Mapping:
        """The item's mapping, safe to edit."""
        raise NotImplementedError

    def entry(self, document: Document) -> Entry | None:
        """Where it stands in a list; None for a document. Raises EditError where that list stands
        elsewhere in the text.
        """
        raise NotImplementedError

    def forget(self) -> None:
        """Drops what has been read of the item; it is read again when something asks for it."""

    def settle(self) -> None:
        """Makes sure of the item's end, and that nothing in it is used elsewhere."""

    def read(self, reading: Callable[[], T]) -> T:
        """What a reading of the item gives; where the quick reader is not sure of what it was asked
        for, PyYAML reads the item. Raises the item's error, if it has one.
        """
        if self.error is not None:
            raise ItemError(self.error)
        return self._try(reading)

    def _try(self, reading: Callable[[], T]) -> T:
        return reading()

    @property
    def api_version(self) -> str:
        """Empty where it is no text, or where it or the kind stands there twice."""
        try:
            return self._try(self._read_api_version)
        except ItemError:  # the whole text tells what the item itself can't
            raise UnsureError from None

    def _read_api_version(self) -> str:
        node = self.node
        version = text_at(node, "apiVersion")
        return version or "" if node.repeated.isdisjoint(("apiVersion", "kind")) else ""

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]

    @property
    def reference(self) -> Reference:
        """What names it in results."""
        try:
            return self._try(lambda: reference_to(self.node, self.place))
        except ItemError:
            raise UnsureError from None


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


def too_long(length: int) -> Result | None:
    """What is wrong with an item of this length, if anything is."""
    if length > MAX_LENGTH:
        return Result("too-long-item", limit=MAX_LENGTH, found=length)
    return None


def kind_at(node: Mapping) -> str:
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
