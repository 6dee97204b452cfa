"""Functions that run one after the other on all files of a call, each on what the one before
gives.
"""

from __future__ import annotations

from typing import cast

from ..config.function_config import CONVERT_LEADER_WORKER_SET, EXPAND_LWS_PLUGIN
from ..functions.slips import LEADER_WORKER_SET, nothing_found, slips
from ..pipeline import convert, transform
from ..results.ignored import without
from ..results.pending import pend
from ..results.report import Finding, Report
from ..results.result import ERROR, Result
from ..wire.places import located
from .join import Repository, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..results.report import SetRow
    from ..results.result import Reference
    from ..wire.resource_list import ResourceList
    from ..yamltext.edit import Document
    from .join import Blocked

_MOST_ROUNDS = 10


class Step:
    """A function by its kind, its settings, and the files that it works on: all, unless `takes`
    says so of each.
    """

    def __init__(
        self, kind: str, spec: dict[str, Any], takes: Callable[[Source], bool] | None = None
    ) -> None:
        self.kind = kind
        self.spec = spec
        self.takes = takes


class Run:
    """What the functions came to: their `results`, the files' `sources` with all edits, the
    `errors` of files that can't be read, and `nothing`: that no item is one that they work on.
    """

    def __init__(
        self,
        sources: list[Source],
        results: list[Result],
        nothing: list[Result],
        chain: _Chain,
    ) -> None:
        errors = [source.error for source in sources if source.error is not None]
        self.sources = sources
        self.errors = [error for error in errors if error.id != "no-manifest"]
        self.results = results
        self.nothing = nothing
        self.changed = [source for source in sources if source.is_changed]
        self.sets = chain.sets
        # How many results are not told, by their ids.
        self.ignored = without(chain.ignored, results, chain.sets) if chain.ignored else {}
        # Whether the functions only report, so that no file is to change.
        self.is_report = chain.is_report
        self._texts = chain.texts

    def undo(self) -> None:
        """Lets the results say of what has not been done that it would be."""
        for result in self.results:
            pend(result)

    def report(self, done: str, *, with_unread: bool = False) -> Report:
        """The report of the run; `done` says what became of the files, empty where nothing is to
        become of them. `with_unread`: it has why files could not be read, too.
        """
        findings = [self._located(result) for result in self.results]
        for error in self.errors if with_unread else ():
            result = Result(error.id, **error.values)
            findings.append(Finding(result, error.path, error.line, error.column))
        changed = self.changed if done else []
        paths = [source.file.path for source in changed if source.file.path]
        report = Report(findings, paths, self.sets, self.ignored, done)
        report.is_idle = bool(done) and not (changed or self.failed)
        return report

    def _located(self, result: Result) -> Finding:
        item = None if result.reference is None else result.reference.item
        source = None if item is None else self._texts.get(item.document)
        if source is None:
            return located(result)
        return located(result, source.file.path, source.place_of)

    @property
    def failed(self) -> bool:
        """Whether a result is an error, or a file can't be read."""
        return bool(self.errors) or any(it.severity == ERROR for it in self.results)


def run_all(
    sources: list[Source],
    steps: list[Step],
    tell: Callable[[list[Source]], list[Result]] | None = None,
) -> Run:
    """Runs each function on what the one before gives. Where one that is not the last has an error,
    those behind it do not run, and the items are as they were before it. `tell` has results of its
    own on what the files have become.
    """
    chain = _Chain(steps, sources)
    for i in range(len(steps)):
        before, sources = sources, [source.after() for source in sources] if i else sources
        found = chain.run(i, sources)
        if i < len(steps) - 1 and any(result.severity == ERROR for result in found):
            for result in found:
                pend(result)
            return chain.ended([Source(it.file, it.origin) for it in before] if i == 0 else before)
    if tell is not None:
        chain.results += tell(sources)
    return chain.ended(sources)


def run_by_set(
    make: Callable[[], list[Source]],
    steps: list[Step],
    finish: Callable[[list[Source]], list[Result]] | None = None,
    *,
    is_whole: bool = True,
) -> Run:
    """The same for functions of which the first converts LeaderWorkerSets: a set on which one of
    them has an error stays as it was, the others are done. `make` gives the files unread; `finish`
    is the last to edit them, and has results of its own. `is_whole` is that of a migration.
    """
    blocked: Blocked = {}
    texts: dict[Document, Source] = {}
    for _ in range(_MOST_ROUNDS):
        sources = make()
        chain = _Chain(steps, sources, blocked, is_whole=is_whole)
        chain.texts |= texts
        sets = _sets(sources)
        for i in range(len(steps)):
            sources = [source.after() for source in sources] if i else sources
            chain.run(i, sources)
        errors: Blocked = {}
        for result in chain.later:
            key = chain.key(result.reference)
            if result.severity == ERROR and key in sets and key not in blocked:
                errors.setdefault(key, []).append(result)
        told: set[int] = set()
        for result in chain.results:
            key = chain.key(result.reference)
            if result.causes and key in sets and key not in blocked:
                causes = [cause for cause in result.causes if id(cause) not in told]
                told.update(map(id, causes))
                errors.setdefault(key, [result]).extend(causes)
        if not errors:
            break
        blocked |= errors
        for found in errors.values():
            documents = {
                it.reference.item.document
                for it in found
                if it.reference is not None and it.reference.item is not None
            }
            texts |= {it: chain.texts[it] for it in documents & chain.texts.keys()}
    if finish is not None:
        sources = [source.after() for source in sources]
        chain.results += finish(sources)
        chain.texts |= {it.document: it for it in sources if it.document is not None}
    return chain.ended(sources)


class _Chain:
    """One run of all functions. `sets` are the rows of a report; `texts`, the files by the
    documents that the functions work on; `ignored`, the ids that are not told.
    """

    def __init__(
        self,
        steps: list[Step],
        sources: list[Source],
        blocked: Blocked | None = None,
        *,
        is_whole: bool = False,
    ) -> None:
        """`is_whole`: it is a migration, whose conversion says what is behind it."""
        self.sets: list[SetRow] = []
        self.texts: dict[Document, Source] = {}
        self.ignored = {name for step in steps for name in step.spec.get("ignore", ())}
        self.is_report = any(step.spec.get("reportOnly", False) for step in steps)
        self._is_whole = is_whole
        # The sets of which the conversion has said what is behind it.
        self._done: set[tuple[str, int]] = set()
        self.results: list[Result] = []
        self._steps = steps
        self._first = sources
        self._blocked = blocked or {}
        self._found: set[str] = set()
        # The results of the functions behind the first one.
        self.later: list[Result] = []

    def run(self, i: int, sources: list[Source]) -> list[Result]:
        """Runs a function, and returns its results."""
        step = self._steps[i]
        taken = sources if step.takes is None else list(filter(step.takes, sources))
        repository = Repository(taken, {} if i else self._blocked)
        items = cast("ResourceList", repository)
        if step.kind == CONVERT_LEADER_WORKER_SET:
            results = self._convert(items, step, self._steps[i + 1 :])
        else:
            results = [
                result
                for result in transform(step.kind)(items, step.spec)
                if result.severity == ERROR or self.key(result.reference) not in self._done
            ]
        results = [*repository.warnings, *results]
        self.texts |= {it.document: it for it in taken if it.document is not None}
        if i:
            self.later += results
        else:
            # One error of a kustomization may stand for several sets.
            others = {id(it): it for found in self._blocked.values() for it in found[1:]}
            results += others.values()
        self._found |= repository.found
        self.results += results
        return results

    def _convert(self, items: ResourceList, step: Step, behind: list[Step]) -> list[Result]:
        expansions = [it.spec for it in behind if it.kind == EXPAND_LWS_PLUGIN]
        rows: list[SetRow] = []
        results = convert(items, step.spec, rows, *expansions[:1], is_whole=self._is_whole)
        self.sets += rows
        if expansions and self._is_whole:
            self._done |= {self.key(row.reference) for row in rows}
        return results

    def key(self, reference: Reference | None) -> tuple[str, int]:
        """What tells the item that a result is about from all others."""
        if reference is None or reference.number is None:
            return "", -1
        is_only = len(self._first) == 1
        return self._first[0].file.path if is_only else reference.path, reference.number

    def ended(self, sources: list[Source]) -> Run:
        """What the run came to, with these files."""
        functions = tuple(step.kind for step in self._steps)
        items = cast("ResourceList", Repository(self._first))
        for source in sources:
            if source.file.is_named:
                source.check()
        total = self._first[0].total if len(self._first) == 1 else None
        if total is None:
            nothing = nothing_found(self._found, functions, len(sources), "file")
        else:
            nothing = nothing_found(self._found, functions, total)
        run = Run(sources, [*self.results, *slips(items, functions)], nothing, self)
        if sources and len(run.errors) == len(sources):
            run.nothing = []
        return run


def _sets(sources: list[Source]) -> set[tuple[str, int]]:
    """The LeaderWorkerSets, by their files and numbers."""
    found = set()
    for source in sources:
        one = Repository([source]).items(frozenset((LEADER_WORKER_SET,)))
        found |= {(source.file.path, item.number) for item in one}
    return found
