"""Patches of a kustomization: `patches`, `patchesJson6902` and `patchesStrategicMerge`."""

from __future__ import annotations

from ..kthena.names import API_VERSION as SERVING_VERSION
from ..kthena.names import KIND as MODEL_SERVING
from ..results.errors import ItemError
from ..results.result import ERROR, Result, quoted
from ..yamltext.data import get, string, text_at
from ..yamltext.edit import Document
from ..yamltext.inner import put_back, put_back_in, put_back_shared, set_text
from ..yamltext.nodes import DETACHED, Alias, Mapping, Scalar, Sequence, resolve
from .findings import about, finding
from .operations import Operations
from .scalers import follow_scalers
from .scope import follow_selector, has_leader
from .sources import resolved, roots_of

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


class Done:
    """The patch files that have followed: several kustomizations may name one. `operations` has a
    set that each JSON 6902 patch is for.
    """

    def __init__(self) -> None:
        self.operations: dict[str, TreeSet] = {}
        self.merged: set[str] = set()


class Patches:
    """The patches of one kustomization."""

    def __init__(
        self,
        sources: Sources,
        kustomization: Source,
        scope: Scope,
        done: Done,
        *,
        is_dry: bool,
        accepted: frozenset[str],
        document: Document | None = None,
        field: str = "patch",
    ) -> None:
        """`accepted` is as that of Operations. With `is_dry`, patch files are not edited. The
        patches are in `document`, which is the kustomization's own unless one is given;
        the text of a patch is at the key `field` of its entry.
        """
        self._sources = sources
        self._path = kustomization.path
        self._document = document or kustomization.document
        self._scope = scope
        self._done = done
        self._is_dry = is_dry
        self._field = field
        self._accepted = accepted
        # Patches with an anchor: what becomes of them and of each alias, and the entry that has it.
        self._shared: dict[Scalar, dict[Alias | Scalar, tuple[Mapping, Document]]] = {}

    def follow(self, entry: Mapping, where: str) -> list[Result]:
        """Makes an entry of `patches` or `patchesJson6902` follow the sets that it is for. Raises
        ItemError where it can't.
        """
        target = get(entry, "target")
        text, path = text_at(entry, self._field), text_at(entry, "path")
        if target is None:
            return self._merge(entry, text, path, where)
        sets = self._scope.selected(target, f"{where}.target".removeprefix("."))
        if not sets:
            # It is for other objects: those that scale sets, say.
            return self._merge(entry, text, path, where, is_for_sets=False)
        if text_at(target, "kind") or text_at(target, "group") or text_at(target, "version"):
            follow_selector(self._document, entry, "target", where)
        results: list[Result] = []
        if text is not None:
            place = f"{where}.{self._field}".removeprefix(".")
            results = self._text(entry, text, place, sets)
        elif path is not None:
            results = self._file(path, f"{where}.path".removeprefix("."), sets)
        return results

    def follow_merge_patch(self, parent: Sequence, i: int, where: str) -> list[Result]:
        """The same for an entry of `patchesStrategicMerge`: the path of a file, or a patch."""
        node = resolve(parent.entry(i))
        if isinstance(node, Scalar):
            if resolved(node.value, self._path) in self._sources:
                return self.follow_file(node.value)
            inner, results = self._merge_text(node.value, where)
            if inner.edits() and not put_back_in(self._document, parent, node, inner):
                raise ItemError(finding("entry-shared", where))
            return results
        return []

    def finish(self) -> None:
        """Edits the patches that have an anchor, and those that are an alias of one."""
        for scalar, changes in self._shared.items():
            inners = {node: inner for node, (_, inner) in changes.items()}
            if not put_back_shared(self._document, scalar, inners):
                for entry, inner in changes.values():
                    self._document.set(entry, self._field, string(inner.output.decode()))
        self._shared = {}

    # Strategic merge patches of sets, and all patches of other objects

    def _merge(
        self,
        entry: Mapping,
        text: str | None,
        path: str | None,
        where: str,
        *,
        is_for_sets: bool = True,
    ) -> list[Result]:
        """Follows in the text or file of an entry."""
        if text is not None:
            place = f"{where}.{self._field}".removeprefix(".")
            inner, results = self._merge_text(text, place, is_for_sets=is_for_sets)
            self._put_back(entry, inner if inner.edits() else None)
            return results
        return [] if path is None else self.follow_file(path, is_for_sets=is_for_sets)

    def _merge_text(
        self, text: str, where: str, *, is_for_sets: bool = True
    ) -> tuple[Document, list[Result]]:
        """The edits of a patch, and results."""
        inner, results = Document(text), []
        for root in roots_of(text):
            if is_for_sets:
                self._delete(inner, root, where)
            results += follow_scalers(inner, root, where, self._scope)
        return inner, results

    def follow_file(self, path: str, *, is_for_sets: bool = True) -> list[Result]:
        """The same for a file of patches without a target."""
        full = resolved(path, self._path)
        source = self._sources.get(full)
        if source is None or full in self._done.merged:
            return []
        document, results = source.document, []
        document.mark()
        for root in source.roots:
            reference = source.reference_to(root)
            try:
                with about(reference):
                    if is_for_sets:
                        self._delete(document, root, "")
                    found = follow_scalers(document, root, "", self._scope)
                    results += [result.on(reference) for result in found]
            except ItemError as error:
                results += error.results
        has_errors = any(result.severity == ERROR for result in results)
        if document.edits() and not has_errors:
            self._done.merged.add(full)
        if has_errors or self._is_dry:
            document.rollback()
        if has_errors:
            raise ItemError(*results)
        return results

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
        node = entry.value(self._field)
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
            put_back(self._document, entry, self._field, inner)

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
        if full in self._done.operations:
            if _is_in_template(operations):
                has_leader([self._done.operations[full], *sets], where)
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
        self._done.operations[full] = sets[0]
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
