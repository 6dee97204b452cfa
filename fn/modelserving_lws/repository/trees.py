"""The kustomization trees among the files of a call: which files they reach, and how what they
build is expanded.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import cast

from ..kthena.modelserving import LWS_PLUGIN, ModelServing
from ..kthena.names import KIND as MODEL_SERVING
from ..kustomize.sources import Sources
from ..kustomize.transformer import add_transformer, has_transformer, transformer
from ..kustomize.trees import Trees
from ..results.errors import EditError, InputError, ItemError
from ..results.report import BLOCKED
from ..results.result import ERROR, Reference, Result
from .hosts import builds_of
from .join import Repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..results.report import SetRow
    from ..wire.resource_list import Files
    from ..yamltext.edit import Document
    from .join import Source


class Builds:
    """`reached` are the outermost kustomizations that reach each file, by paths; `named` are the
    files that any kustomization names, patches among them; `errors` are the kustomizations that
    can't be read, and why.
    """

    def __init__(self, sources: list[Source]) -> None:
        self.reached: dict[str, list[str]] = {}
        self.named: set[str] = set()
        self.errors: dict[str, InputError] = {}
        if any(source.file.is_kustomization for source in sources):
            trees = _trees(sources)
            self.reached = trees.reached()
            self.named = trees.patches.union(*(it.files for it in trees.all.values()))
            paths = {source.file.path for source in sources if source.file.is_kustomization}
            errors = trees.sources.errors
            self.errors = {path: errors[path] for path in sorted(paths & errors.keys())}
        # Files that kustomizations name that the call does not give, by the paths of these.
        self.around: dict[str, list[str]] = {}
        self._unread = {os.path.dirname(path) for path in self.errors}

    def add_around(self, around: dict[str, list[str]]) -> None:
        """Adds kustomizations that the call does not give: their paths, and the files' paths."""
        self.around = around
        self.named = self.named.union(*around.values())

    def in_place(self, sources: list[Source], *, expands: bool) -> list[Result]:
        """Says of each kustomization that names files which change what does not follow: what it
        says of sets, since the call does not give it; or, where they are expanded, its build.
        """
        changed = {source.file.path for source in sources if source.is_changed}
        above = dict(self.around)
        if expands:
            for path in sorted(changed):
                for one in self.reached.get(path, ()):
                    above.setdefault(one, []).append(path)
        trees = _trees(sources) if expands and changed & self.reached.keys() else None
        results = []
        for path, files in above.items():
            there = [file for file in files if file in changed]
            if not there or (trees is not None and _expands(trees, path)):
                continue
            more = f" and {len(there) - 1} more" if there[1:] else ""
            values = {"folder": os.path.dirname(path) or ".", "files": f"{there[0]}{more}"}
            name = "expanded-in-place" if expands else "kustomization-not-given"
            reference = Reference(kind="Kustomization", path=path)
            results.append(Result(name, reference=reference, **values))
        return results

    def has(self, source: Source) -> bool:
        """Whether a kustomization works on a file, or may do so since it can't be read: then its
        build is expanded, and not the file.
        """
        path = source.file.path
        return path in self.named or os.path.dirname(path) in self._unread

    def above(self, path: str) -> set[str]:
        """The outermost kustomizations that reach a file, and one beside it that can't be read."""
        beside = (it for it in self.errors if os.path.dirname(it) == os.path.dirname(path))
        return {*self.reached.get(path, ()), *beside}

    def hinder(self, rows: list[SetRow], results: list[Result]) -> None:
        """Counts the errors of the kustomizations above a set as its own, unless the set is blocked
        already.
        """
        errors: dict[str, list[Result]] = {}
        for result in results:
            if result.severity == ERROR and result.reference is not None:
                errors.setdefault(result.reference.path, []).append(result)
        for row in rows:
            above = self.above(row.reference.path) if row.verdict != BLOCKED else set()
            for path in above & errors.keys():
                for error in errors[path]:
                    row.hinder(error)

    def finish(
        self, sources: list[Source], with_transformer: bool, settings: dict[str, Any]
    ) -> list[Result]:
        """Says of each outermost kustomization that builds ModelServings with the plugin `lws` how
        they are expanded with these settings, or adds a transformer that does it; and what is wrong
        with those that can't be read.
        """
        by_path = {source.file.path: source for source in sources}
        results = []
        for path, error in self.errors.items():
            reference = Reference(kind="Kustomization", path=path)
            with suppress(InputError):  # it is no text
                reference.item = _Spot(by_path[path].open(), error)
            results.append(Result(error.id, reference=reference, **error.values))
        paths = {
            path: None
            for source in sources
            if self.has(source) and _has_plugin(source)
            for path in self.reached.get(source.file.path, ())
        }
        if not paths:
            return results
        trees = _trees(sources)
        folders: list[str] = []
        for path in sorted(paths.keys() & trees.all.keys()):
            kustomization = trees.all[path]
            reference = kustomization.source.reference
            if has_transformer(kustomization, trees.sources):
                continue
            folder = os.path.dirname(path) or "."
            folders.append(folder)
            if not with_transformer:
                given = "".join(f" --set {name}={_shown(it)}" for name, it in settings.items())
                values = {"folder": folder, "settings": given}
                results.append(Result("build-expands", reference=reference, **values))
                continue
            try:
                add_transformer(kustomization, trees.sources, transformer(settings))
            except EditError as error:
                results.append(Result(error.id, reference=reference, **error.values))
            else:
                results.append(Result("transformer-added", reference=reference))
        return results + builds_of(Repository(sources), folders)


class _Spot:
    """Where a text can't be read."""

    def __init__(self, document: Document, error: InputError) -> None:
        self.document = document
        self._place = error.line, error.column

    def position_of(self, path: str) -> int:  # noqa: ARG002 (as that of Item)
        """The place, whatever the path."""
        line, column = self._place
        lines = self.document.text.split("\n")
        return sum(len(text) + 1 for text in lines[: line - 1]) + column - 1


def _expands(trees: Trees, path: str) -> bool:
    """Whether the kustomization at a path has a transformer that expands what it builds."""
    return path in trees.all and has_transformer(trees.all[path], trees.sources)


def _trees(sources: list[Source]) -> Trees:
    return Trees(Sources(cast("Files", Repository(sources).files)))


def _shown(value: object) -> str:
    """A scalar setting as `--set` takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _has_plugin(source: Source) -> bool:
    """Whether a file has a ModelServing with the plugin `lws`."""
    for item in Repository([source]).items(frozenset((MODEL_SERVING,))):
        try:
            if ModelServing.is_kind_of(item) and ModelServing(item).plugins((LWS_PLUGIN,)):
                return True
        except ItemError:
            continue
    return False
