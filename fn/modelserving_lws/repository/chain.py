"""Functions that run one after the other on all files of a call, each on what the one before
gives.
"""

from __future__ import annotations

from typing import cast

from ..config.function_config import CONVERT_LEADER_WORKER_SET, EXPAND_LWS_PLUGIN
from ..lws.leaderworkerset import KIND as LEADER_WORKER_SET
from ..pipeline import transform
from ..results.result import ERROR, Reference, Result
from .join import Repository, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from ..results.errors import InputError
    from ..wire.resource_list import ResourceList
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
    """What the functions came to: their `results`, the files' `sources` with all edits, and the
    `errors` of files that can't be read.
    """

    def __init__(self, sources: list[Source], results: list[Result]) -> None:
        self.sources = sources
        self.errors = [source.error for source in sources if source.error is not None]
        self.errors = [error for error in self.errors if error.id != "no-manifest"]
        self.results = results

    @property
    def changed(self) -> list[Source]:
        return [source for source in self.sources if source.is_changed]

    @property
    def failed(self) -> bool:
        """Whether a result is an error, or a file can't be read."""
        return bool(self.errors) or any(it.severity == ERROR for it in self.results)


def run_all(sources: list[Source], steps: list[Step]) -> Run:
    """Runs each function on what the one before gives. Where one that is not the last has an error,
    those behind it do not run, and the items are as they were before it.
    """
    results: list[Result] = []
    for i in range(len(steps)):
        before, sources = sources, [source.after() for source in sources] if i else sources
        found = _run(steps, i, sources, {})
        results += found
        if i < len(steps) - 1 and any(result.severity == ERROR for result in found):
            return Run(_untouched(before) if i == 0 else before, results)
    return Run(sources, results)


def run_by_set(make: Callable[[], list[Source]], steps: list[Step]) -> Run:
    """The same for functions of which the first converts LeaderWorkerSets: a set on which one of
    them has an error stays as it was, the others are done. `make` gives the files unread.
    """
    blocked: Blocked = {}
    for _ in range(_MOST_ROUNDS):
        sources = make()
        sets = _numbers(sources)
        found = [_run(steps, 0, sources, blocked)]
        for i in range(1, len(steps)):
            sources = [source.after() for source in sources]
            found.append(_run(steps, i, sources, {}))
        errors: Blocked = {}
        for result in (it for results in found[1:] for it in results if it.severity == ERROR):
            key = _key(result.reference)
            if key in sets and key not in blocked:
                errors.setdefault(key, []).append(result)
        if not errors:
            break
        blocked |= errors
    others = [result for results in blocked.values() for result in results[1:]]
    return Run(sources, [*found[0], *others, *(it for results in found[1:] for it in results)])


def _run(steps: list[Step], i: int, sources: list[Source], blocked: Blocked) -> list[Result]:
    step = steps[i]
    taken = sources if step.takes is None else list(filter(step.takes, sources))
    repository = Repository(taken, blocked)
    items = cast("ResourceList", repository)
    if step.kind == CONVERT_LEADER_WORKER_SET:
        from ..functions.convert.convert import convert

        results = convert(items, step.spec, with_policy=any(map(_is_by_policy, steps[i:])))
    else:
        results = transform(step.kind)(items, step.spec)
    return [*repository.warnings, *results]


def _is_by_policy(step: Step) -> bool:
    """Whether it leaves the contract to the admission policy."""
    return step.kind == EXPAND_LWS_PLUGIN and step.spec.get("via") == "AdmissionPolicy"


def _untouched(sources: Iterable[Source]) -> list[Source]:
    return [Source(source.file, source.origin) for source in sources]


def _numbers(sources: list[Source]) -> set[tuple[str, int]]:
    items = Repository(sources).items(frozenset((LEADER_WORKER_SET,)))
    return {(item.origin.path, item.number) for item in items if item.origin is not None}


def _key(reference: Reference | None) -> tuple[str, int]:
    if reference is None or reference.index is None:
        return "", -1
    return reference.path, reference.index


def said(error: InputError) -> str:
    """An error of a file, as one line."""
    return " ".join(str(error).splitlines())
