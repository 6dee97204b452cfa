"""The wire: what stands on stdin, as a list of items, and the results that go back with it.

ResourceList: https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md.
Also a stream of manifests, and `v1` Lists, whose items are items like any other.
"""

from __future__ import annotations

from .document import Document
from .nodes import MAX_NODES, Mapping, Node, Scalar, Sequence, detached, equals, resolve
from .reader import read
from .result import InputError, Reference
from .view import get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .result import Result

    # The keys of lists and the indexes in them that lead from a document's root to an item.
    Steps = tuple[tuple[str, int], ...]

API_VERSIONS = (
    "config.kubernetes.io/v1",
    "config.kubernetes.io/v1beta1",
    "config.kubernetes.io/v1alpha1",
)
KIND = "ResourceList"
_ANNOTATIONS = ("internal.config.kubernetes.io/", "config.kubernetes.io/")


class Item:
    """One manifest. `node` is its mapping as YAML means it; `steps` lead to it from `root`."""

    __slots__ = ("api_version", "kind", "node", "root", "steps")

    def __init__(self, node: Mapping, root: Mapping, steps: Steps) -> None:
        self.node = node
        self.root = root
        self.steps = steps
        self.api_version = text_at(node, "apiVersion") or ""
        self.kind = text_at(node, "kind") or ""

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]

    @property
    def reference(self) -> Reference:
        return reference_to(self.node, ".".join(f"{name}[{i}]" for name, i in self.steps))

    def editable(self, document: Document) -> Mapping:
        """The item's mapping, safe to edit."""
        node = self.root
        for name, index in self.steps:
            node = document.own_entry(document.own_sequence(node, name), index)
        return node


class ResourceList:
    """The items of a text, in order. `root` is the ResourceList's mapping; None for a stream, that
    has no place for results.
    """

    def __init__(self, text: str) -> None:
        """Raises InputError where the text is no ResourceList and no stream of manifests."""
        self.document = Document(text)
        self.root: Mapping | None = None
        self.function_config: Node | None = None
        self.items: list[Item] = []
        roots = [root for root in read(text) if not (isinstance(root, Scalar) and root.is_null)]
        for root in roots:
            if not isinstance(root, Mapping):
                raise InputError("must be a ResourceList or a manifest", text, root.start)
            if text_at(root, "kind") != KIND:
                self._add_stream_item(root)
                continue
            if len(roots) > 1:
                raise InputError("a ResourceList must be the only document", text, root.start)
            self._read(root)

    def _read(self, root: Mapping) -> None:
        api_version = text_at(root, "apiVersion")
        if api_version not in API_VERSIONS:
            raise InputError(
                f"the ResourceList's `apiVersion` must be one of {', '.join(API_VERSIONS)}; "
                f"found {api_version or 'none'}",
                self.document.source,
                (get(root, "apiVersion") or root).start,
            )
        self.root = root
        self.function_config = get(root, "functionConfig")
        results = get(root, "results")
        if isinstance(results, Mapping):  # as kyaml before v0.11 wrote them
            results = get(results, "items")
        if results is not None and not isinstance(results, Sequence):
            raise InputError("`results` must be a list", self.document.source, results.start)
        self._add_items(root, root)

    def _add_stream_item(self, root: Mapping) -> None:
        if _is_list(root):
            self._add_items(root, root)
        else:
            self.items.append(Item(root, root, ()))

    def _add_items(self, root: Mapping, of: Mapping) -> None:
        items = get(of, "items")
        if items is None:
            return
        if not isinstance(items, Sequence):
            raise InputError("`items` must be a list", self.document.source, items.start)
        waiting = _entries(items, ())
        while waiting:
            node, steps = waiting.pop()
            if not isinstance(node, Mapping):
                continue
            inner = get(node, "items") if _is_list(node) else None
            if isinstance(inner, Sequence) and node.size <= MAX_NODES:
                waiting += _entries(inner, steps)
            elif len(self.items) < MAX_NODES:
                self.items.append(Item(node, root, steps))
            else:
                raise InputError(
                    f"must not have more than {MAX_NODES} items", self.document.source, node.start
                )

    def append_results(self, results: list[Result]) -> None:
        """Adds results to the ResourceList; one that equals a result already there is left out.
        A stream has no place for them. Raises EditError where they can't be written.
        """
        if self.root is None:
            return
        document, parent, name = self.document, self.root, "results"
        if isinstance(get(parent, name), Mapping):
            parent, name = document.own_mapping(parent, name), "items"
        there = get(parent, name)
        old = there.entries if isinstance(there, Sequence) else []
        known: dict[str | None, list[Node]] = {}
        for entry in old:
            known.setdefault(text_at(resolve(entry), "message"), []).append(entry)
        new = []
        for data in (result.data() for result in results):
            alike = known.get(str(data["message"]), ())
            if not any(equals(entry, data) for entry in alike):
                new.append(data)
        if not new:
            return
        document.indent_as(self.root, "items")
        if old:
            added = [detached(data, document.offset) for data in new]
            document.rewrite(parent, name, [*range(len(old)), *added])
        else:
            document.set(parent, name, detached([*new], document.offset))


def _is_list(node: Mapping) -> bool:
    return text_at(node, "kind") == "List" and text_at(node, "apiVersion") == "v1"


def _entries(items: Sequence, steps: Steps) -> list[tuple[Node, Steps]]:
    """The entries with the steps to them, the first one last."""
    return [
        (resolve(items.entries[i]), (*steps, ("items", i)))
        for i in reversed(range(len(items.entries)))
    ]


def reference_to(node: Node, place: str = "") -> Reference:
    """What names an object in results, as far as it is there."""
    metadata = get(node, "metadata")
    annotations = get(metadata, "annotations")
    path = index = ""
    for prefix in reversed(_ANNOTATIONS):
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
