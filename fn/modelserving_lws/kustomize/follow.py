"""What kustomizations say of LeaderWorkerSets, made to say it of the ModelServings that these
became: `target`s and patches, field paths of `labels`, `replacements` and `vars`, and the
`configurations`. What reaches no set that was converted stays as it is.
"""

from __future__ import annotations

from functools import partial

from ..lws.leaderworkerset import KIND
from ..results.errors import EditError, ItemError, ShapeError
from ..results.result import INFO, quoted
from ..yamltext.data import entries_of, get, text_at
from ..yamltext.edit import Document
from ..yamltext.inner import put_back_in
from ..yamltext.nodes import Mapping, Scalar, resolve
from .findings import finding
from .patches import Done as PatchFiles
from .patches import Patches
from .scope import Scope
from .sources import resolved, roots_of
from .specs import follow_configuration, follow_replacement, follow_specs, follow_variable
from .transformers import follow_transformer
from .trees import is_inline, texts_of

# Of the definition of a kind in a file of `crds`, and of what says that a field is a reference.
_DEFINITION, _EXTENSION = f".{KIND}", "x-kubernetes-"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypedDict

    from ..results.result import Result
    from ..yamltext.nodes import Sequence
    from .sources import Source
    from .trees import Kustomization, Reach, Trees, TreeSet

    # Changes an entry of a list: the list, the index, and the path of the entry.
    Change = Callable[[Sequence, int, str], list[Result] | None]

    class Settings(TypedDict):
        """As those of Patches."""

        is_dry: bool
        accepted: frozenset[str]


class Followed:
    """What following came to: its results, and the errors and warnings among them by set."""

    def __init__(self) -> None:
        self.results: list[Result] = []
        self.of: dict[TreeSet, list[Result]] = {}
        self._told: set[tuple[str, int, str, str]] = set()

    def add(self, result: Result, sets: Iterable[TreeSet]) -> None:
        """Adds a result on the sets, once of a file that several kustomizations name."""
        item = None if result.reference is None else result.reference.item
        # A file may have several objects of one name.
        start = -1 if item is None else item.position_of("")
        key = f"{result.reference}{result.file}", start, result.field, result.message
        if key not in self._told:
            self._told.add(key)
            self.results.append(result)
            if result.severity != INFO:
                for it in sets:
                    self.of.setdefault(it, []).append(result)


def follow(
    trees: Trees,
    reaches: dict[str, Reach],
    *,
    is_dry: bool = False,
    accepted: frozenset[str] = frozenset(),
) -> Followed:
    """Edits the documents of the trees; `reaches` is what each kustomization reaches. A part of a
    kustomization that can't follow stays as it is, and is an error among the results. With
    `is_dry`, nothing is edited. `accepted` are the ids of losses that are warnings in patches.
    """
    run = _Run(trees, is_dry, accepted)
    for path in sorted(trees.all):
        if any(it.is_converted for it in reaches[path].names):
            run.follow(trees.all[path], reaches[path])
        run.find_unseen(trees.all[path], reaches[path])
    for it, where, text in trees.cycles():
        if any(one.is_converted for one in reaches[it.path].names):
            result = finding("kustomize-cycle", where, text, found=quoted(text))
            run.done.add(result.on(it.source.reference), ())
    return run.done


class _Run:
    """One run, and what it has come to."""

    def __init__(self, trees: Trees, is_dry: bool, accepted: frozenset[str]) -> None:
        self._settings: Settings = {"is_dry": is_dry, "accepted": accepted}
        self._is_dry = is_dry
        self.done = Followed()
        self._trees = trees
        self._sources = trees.sources
        self._patches = PatchFiles()
        # Files of `configurations` and `replacements` that have followed.
        self._done: set[str] = set()

    def follow(self, kustomization: Kustomization, reach: Reach) -> None:
        source, node = kustomization.source, kustomization.node
        scope = Scope(reach)
        patches = Patches(self._sources, source, scope, self._patches, **self._settings)
        for name in ("patches", "patchesJson6902"):
            self._each(source, scope, node, name, _of_mappings(source.document, patches.follow))
        self._attempt(source, scope, "patches", patches.finish)
        self._each(source, scope, node, "patchesStrategicMerge", patches.follow_merge_patch)
        self._each(source, scope, node, "labels", self._labels(source, scope))
        self._each(source, scope, node, "replacements", self._replacements(source, scope))
        self._each(source, scope, node, "vars", self._variables(source, scope))
        for text in texts_of(get(node, "configurations")):
            self._configuration(source, text, scope)
        self._each(source, scope, node, "transformers", self._transformers(source, scope))
        for i, text in enumerate(texts_of(get(node, "crds"))):
            self._find_crd(source, text, f"crds[{i}]", scope)

    def find_unseen(self, kustomization: Kustomization, reach: Reach) -> None:
        """Tells of patches for LeaderWorkerSets that are not among the files, where something that
        is not there either may have them.
        """
        source, scope = kustomization.source, Scope(reach)
        if not self._sources.are_files or KIND not in source.document.text:
            return
        unseen = self._trees.unseen(kustomization.path)
        for where, is_meant in _meant(kustomization.node, scope) if unseen else ():
            if not is_meant:
                result = finding("kustomize-unseen", where, found=quoted(unseen[0]))
                self.done.add(result.on(source.reference), ())

    def _attempt(
        self, source: Source, scope: Scope, where: str, change: Callable[[], list[Result] | None]
    ) -> None:
        """Makes a change, whose edits go where it raises an error. `where` is what it changes."""
        source.document.mark()
        try:
            results = change() or []
            if self._is_dry:
                source.document.rollback()
        except ItemError as error:
            results = error.results
            source.document.rollback()
        except (EditError, ShapeError) as error:
            results = [finding(error.id, where, **error.values)]
            source.document.rollback()
        for result in results:
            if result.reference is None:
                result.on(source.reference)
            self.done.add(result, scope.asked)
        scope.asked.clear()

    def _each(
        self, source: Source, scope: Scope, parent: Mapping, name: str, change: Change
    ) -> None:
        """Attempts a change of each entry of the list at a key."""
        document = source.document
        for i in range(len(entries_of(get(parent, name)))):

            def attempt(i: int = i) -> list[Result] | None:
                sequence = document.own_sequence(parent, name)
                return change(sequence, i, f"{name}[{i}]")

            self._attempt(source, scope, f"{name}[{i}]", attempt)

    def _labels(self, source: Source, scope: Scope) -> Change:
        document = source.document
        return _of_mappings(
            document, lambda entry, at: follow_specs(document, entry, "fields", at, scope)
        )

    def _variables(self, source: Source, scope: Scope) -> Change:
        document = source.document
        return _of_mappings(document, lambda entry, at: follow_variable(document, entry, at, scope))

    def _replacements(self, source: Source, scope: Scope) -> Change:
        def change(entry: Mapping, where: str) -> None:
            path = text_at(entry, "path")
            if path is not None:
                self._replacement_file(source, path, f"{where}.path", scope)
            else:
                follow_replacement(source.document, entry, where, scope)

        return _of_mappings(source.document, change)

    def _replacement_file(self, source: Source, path: str, where: str, scope: Scope) -> None:
        full = resolved(path, source.path)
        file = self._sources.get(full)
        if file is None:
            if full not in self._sources.errors:
                raise ItemError(finding("kustomize-file", where, path, found=quoted(path)))
            return
        if full in self._done:
            return
        self._done.add(full)
        document = file.document
        entries = [(file.mapping, "")]
        if file.sequence is not None:
            count = file.sequence.count
            entries = [(document.own_entry(file.sequence, i), f"[{i}]") for i in range(count)]
        for entry, at in entries:
            if entry is not None:
                self._attempt(
                    file, scope, at, partial(follow_replacement, document, entry, at, scope)
                )

    def _transformers(self, source: Source, scope: Scope) -> Change:
        def follow_it(document: Document, root: Mapping, where: str = "") -> list[Result]:
            return follow_transformer(
                document, root, where, scope, self._sources, source, self._patches, **self._settings
            )

        def change(sequence: Sequence, i: int, where: str) -> list[Result]:
            node = resolve(sequence.entry(i))
            if not isinstance(node, Scalar):
                return []
            files = self._trees.files_of(resolved(node.value, source.path))
            for file in map(self._sources.get, files):
                if file is not None and file.path not in self._done:
                    self._done.add(file.path)
                    for root in file.roots:
                        if isinstance(root, Mapping):
                            self._attempt(file, scope, "", partial(follow_it, file.document, root))
            if files:
                return []
            inner, results = Document(node.value), []
            for root in roots_of(node.value):
                if isinstance(root, Mapping):
                    results += follow_it(inner, root, where)
            if inner.edits() and not put_back_in(source.document, sequence, node, inner):
                raise ItemError(finding("entry-shared", where))
            return results

        return change

    def _find_crd(self, source: Source, path: str, where: str, scope: Scope) -> None:
        """Tells of a file that says which fields of LeaderWorkerSets kustomize changes."""
        file = self._sources.get(resolved(path, source.path))
        text = "" if file is None else file.document.text
        if _DEFINITION in text and _EXTENSION in text:
            sets = scope.all(where)
            self.done.add(finding("kustomize-crds", where, path).on(source.reference), sets)

    def _configuration(self, source: Source, path: str, scope: Scope) -> None:
        file = self._sources.get(resolved(path, source.path))
        if file is None or file.mapping is None or file.path in self._done:
            return
        self._done.add(file.path)
        self._attempt(
            file, scope, "", partial(follow_configuration, file.document, file.mapping, scope)
        )


def _meant(node: Mapping, scope: Scope) -> Iterator[tuple[str, bool]]:
    """The path of each patch of LeaderWorkerSets, and whether these are among the files."""
    for name in ("patches", "patchesJson6902"):
        for i, entry in enumerate(entries_of(get(node, name))):
            target, text = get(entry, "target"), text_at(entry, "patch")
            if target is not None and text_at(target, "kind") == KIND:
                yield f"{name}[{i}].target", bool(scope.meant(target))
            elif target is None and text is not None:
                for root in roots_of(text):
                    if text_at(root, "kind") == KIND:
                        yield f"{name}[{i}].patch", bool(scope.patched(root))
    for i, text in enumerate(texts_of(get(node, "patchesStrategicMerge"))):
        for root in roots_of(text) if is_inline(text) else ():
            if text_at(root, "kind") == KIND:
                yield f"patchesStrategicMerge[{i}]", bool(scope.patched(root))


def _of_mappings(
    document: Document, change: Callable[[Mapping, str], list[Result] | None]
) -> Change:
    """The change of entries that are mappings; others are left to kustomize."""

    def change_entry(sequence: Sequence, i: int, where: str) -> list[Result] | None:
        if isinstance(resolve(sequence.entry(i)), Mapping):
            return change(document.own_entry(sequence, i), where)
        return None

    return change_entry
