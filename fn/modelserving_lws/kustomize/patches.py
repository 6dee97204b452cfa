"""Patches of a kustomization: `patches`, `patchesJson6902` and `patchesStrategicMerge`."""

from __future__ import annotations

from ..kthena.names import API_VERSION as SERVING_VERSION
from ..kthena.names import KIND as MODEL_SERVING
from ..results.errors import InputError, ItemError
from ..results.result import ERROR, Result, quoted
from ..yamltext.data import get, string, text_at
from ..yamltext.edit import Document
from ..yamltext.inner import put_back, put_back_in, put_back_shared, set_text
from ..yamltext.nodes import DETACHED, Alias, Mapping, Scalar, Sequence, resolve
from ..yamltext.read import read
from .findings import about, finding
from .operations import Operations
from .scope import follow_selector, has_leader
from .sources import resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..yamltext.nodes import Node
    from .scope import Scope
    from .sources import Source, Sources
    from .trees import TreeSet

# A patch with nothing else is the same for a ModelServing.
_SAME = frozenset(("apiVersion", "kind", "metadata"))
# The value of `$patch` in a strategic merge patch that deletes an object.
DELETE = "delete"
_TEMPLATES = "/spec/leaderWorkerTemplate/workerTemplate"


class Patches:
    """The patches of one kustomization."""

    def __init__(
        self,
        sources: Sources,
        kustomization: Source,
        scope: Scope,
        done: dict[str, TreeSet],
        *,
        is_dry: bool,
        accepted: frozenset[str],
        document: Document | None = None,
    ) -> None:
        """`accepted` is as that of Operations. With `is_dry`, patch files are not edited. `done`
        has the patch files that have followed, and a set that each is for; several kustomizations
        may name one. The patches are in `document`, which is the kustomization's own unless one is
        given.
        """
        self._sources = sources
        self._path = kustomization.path
        self._document = document or kustomization.document
        self._scope = scope
        self._done = done
        self._is_dry = is_dry
        self._accepted = accepted
        # Patches with an anchor: what becomes of them and of each alias, and the entry that has it.
        self._shared: dict[Scalar, dict[Alias | Scalar, tuple[Mapping, Document]]] = {}

    def follow(self, entry: Mapping, where: str) -> list[Result]:
        """Makes an entry of `patches` or `patchesJson6902` follow the sets that it is for. Raises
        ItemError where it can't.
        """
        target = get(entry, "target")
        text, path = text_at(entry, "patch"), text_at(entry, "path")
        if target is None:
            if text is not None:
                self._put_back(entry, self._merge_text(text, f"{where}.patch".removeprefix(".")))
            elif path is not None:
                self._merge_file(path)
            return []
        sets = self._scope.selected(target, f"{where}.target".removeprefix("."))
        if not sets:
            return []
        if text_at(target, "kind") or text_at(target, "group") or text_at(target, "version"):
            follow_selector(self._document, entry, "target", where)
        results: list[Result] = []
        if text is not None:
            results = self._text(entry, text, f"{where}.patch".removeprefix("."), sets)
        elif path is not None:
            results = self._file(path, f"{where}.path".removeprefix("."), sets)
        return results

    def follow_merge_patch(self, parent: Sequence, i: int, where: str) -> list[Result]:
        """The same for an entry of `patchesStrategicMerge`: the path of a file, or a patch."""
        node = resolve(parent.entry(i))
        if isinstance(node, Scalar):
            if resolved(node.value, self._path) in self._sources:
                self._merge_file(node.value)
            else:
                inner = self._merge_text(node.value, where)
                if inner is not None and not put_back_in(self._document, parent, node, inner):
                    raise ItemError(finding("entry-shared", where))
        return []

    def finish(self) -> None:
        """Edits the patches that have an anchor, and those that are an alias of one."""
        for scalar, changes in self._shared.items():
            inners = {node: inner for node, (_, inner) in changes.items()}
            if not put_back_shared(self._document, scalar, inners):
                for entry, inner in changes.values():
                    self._document.set(entry, "patch", string(inner.output.decode()))
        self._shared = {}

    # Strategic merge patches

    def _merge_text(self, text: str, where: str) -> Document | None:
        """The edits of a patch that deletes a set; None for any other one."""
        inner = Document(text)
        for root in roots_of(text):
            self._delete(inner, root, where)
        return inner if inner.edits() else None

    def _merge_file(self, path: str) -> None:
        source = self._sources.get(resolved(path, self._path))
        if source is None:
            return
        document, errors = source.document, []
        document.mark()
        for root in source.roots:
            try:
                with about(source.reference_to(root)):
                    self._delete(document, root, "")
            except ItemError as error:
                errors += error.results
        if errors or self._is_dry:
            document.rollback()
        if errors:
            raise ItemError(*errors)

    def _delete(self, document: Document, root: Node, where: str) -> None:
        """Makes a patch that deletes a converted set delete its ModelServing. Any other patch of
        one is an error.
        """
        sets = self._scope.named(root, where)
        if sets and isinstance(root, Mapping):
            if text_at(root, "$patch") != DELETE:
                raise _merge_error(where, sets[0].name)
            for name, value in (("apiVersion", SERVING_VERSION), ("kind", MODEL_SERVING)):
                set_text(document, root, name, value)

    # Operations

    def _text(self, entry: Mapping, text: str, where: str, sets: list[TreeSet]) -> list[Result]:
        roots = roots_of(text)
        operations = roots[0] if len(roots) == 1 else None
        if not isinstance(operations, Sequence):
            _check_merge(roots, where, sets)
            return []
        inner = Document(text)
        results = self._operations(inner, operations, where, sets)
        self._put_back(entry, inner if inner.edits() else None)
        return results

    def _put_back(self, entry: Mapping, inner: Document | None) -> None:
        """Puts the edits of a patch into an entry."""
        node = entry.value("patch")
        if inner is None:
            return
        scalar = None if node is None else resolve(node)
        if (
            isinstance(scalar, Scalar)
            and scalar.anchor is not None
            and entry.start != DETACHED
            and isinstance(node, Alias | Scalar)
        ):
            self._shared.setdefault(scalar, {})[node] = entry, inner
        else:
            put_back(self._document, entry, "patch", inner)

    def _file(self, path: str, where: str, sets: list[TreeSet]) -> list[Result]:
        full = resolved(path, self._path)
        source = self._sources.get(full)
        if source is None:
            if full in self._sources.errors:
                return []  # the file has an error of its own
            raise ItemError(finding("kustomize-file", where, path, found=quoted(path)))
        operations = source.sequence
        if operations is None:
            for root in source.roots:
                with about(source.reference_to(root)):
                    _check_merge([root], "", sets)
            return []
        if full in self._done:
            if _is_in_template(operations):
                has_leader([self._done[full], *sets], where)
            return []
        document = source.document
        document.mark()
        reference = source.reference
        try:
            with about(reference):
                results = self._operations(document, operations, "", sets)
        except ItemError:
            document.rollback()
            raise
        if self._is_dry:
            document.rollback()
        self._done[full] = sets[0]
        return [result.on(reference) for result in results]

    def _operations(
        self, document: Document, operations: Sequence, where: str, sets: list[TreeSet]
    ) -> list[Result]:
        with_leader = sets[0].has_leader
        if _is_in_template(operations):
            with_leader = has_leader(sets, where)
        run = Operations(
            document, operations, where, has_leader=with_leader, accepted=self._accepted
        )
        run.follow()
        if any(result.severity == ERROR for result in run.results):
            raise ItemError(*run.results)
        return run.results


def roots_of(text: str) -> list[Node]:
    """The documents of a patch; none where it is no YAML, which kustomize says."""
    try:
        return read(text)
    except InputError:
        return []


def _is_in_template(operations: Sequence) -> bool:
    """Whether an operation is on the workers' template."""
    paths = (text_at(resolve(entry), "path") or "" for entry in operations.entries)
    return any(path.startswith(_TEMPLATES) for path in paths)


def _check_merge(roots: list[Node], where: str, sets: list[TreeSet]) -> None:
    """Refuses a strategic merge patch with a target, if it has fields of a set."""
    for root in roots:
        if isinstance(root, Mapping) and not root.fields().keys() <= _SAME:
            raise _merge_error(where, sets[0].name)


def _merge_error(where: str, name: str) -> ItemError:
    return ItemError(finding("kustomize-merge", where, name=quoted(name)))
