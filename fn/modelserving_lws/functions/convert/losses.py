"""What a LeaderWorkerSet loses as a ModelServing, by the table in `lws/fields`."""

from __future__ import annotations

from ...k8s.fields import wrong
from ...kthena.names import CONTROLLER_ENV
from ...lws import leaderworkerset
from ...lws.fields import FIELDS
from ...lws.fields import TEMPLATE as ANY_TEMPLATE
from ...lws.leaderworkerset import ROLLING, TEMPLATE, TPU_RESOURCE
from ...results.errors import ItemError
from ...results.messages import ERROR, WARNING
from ...results.result import Result, meant, quoted
from ...yamltext.data import entries_of, get, text_at
from ...yamltext.nodes import Mapping, Scalar, Sequence, resolve
from ...yamltext.write import flow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...lws.leaderworkerset import LeaderWorkerSet
    from ...yamltext.nodes import Node

_DEFAULT_SCHEDULER = "default-scheduler"


def find(lws: LeaderWorkerSet, text: str, allow_lossy: bool) -> tuple[list[Result], bool]:
    """What is lost, and whether all can be read that a ModelServing is made of. What would change
    the pods' work is an error, unless `allow_lossy`; what can't be read always is one. `text` is
    the text of the set.
    """
    report = _Report(text, allow_lossy)
    _by_the_table(report, lws.node, "", "")
    unreadable = list(_unreadable(lws))
    if not unreadable:
        _max_unavailable(report, lws)
        _schedulers(report, lws)
        _variables(report, lws)
        _tpus(report, lws)
    return report.list + unreadable, not unreadable


class _Report:
    def __init__(self, text: str, allow_lossy: bool) -> None:
        self.list: list[Result] = []
        self._text = text
        self._allow_lossy = allow_lossy

    def lose(
        self,
        path: str,
        message: str,
        current: str | None,
        proposed: str | None = None,
        severity: str | None = None,
        **values: Any,
    ) -> None:
        """Adds a loss: what happens now, then what to do."""
        severity = WARNING if self._allow_lossy else severity
        result = Result(
            message, path, current=current, proposed=proposed, severity=severity, **values
        )
        self.list.append(result.advised())

    def shown(self, node: Node) -> str:
        """The node on one line, 80 characters at most."""
        text = flow(node, self._text)
        return text if len(text) <= 80 else text[:77] + "..."


def _by_the_table(report: _Report, node: Mapping, path: str, above: str) -> None:
    """Reports the fields below a path, for which the table has `above`."""
    fields = node.fields()
    for name in node.repeated:
        report.list.append(Result("repeated", _below(path, name)))
    for name, (_, there) in fields.items():
        value = resolve(there)
        below, known = _below(path, name), _below(above, name)
        if path == TEMPLATE and name in (
            leaderworkerset.LEADER_TEMPLATE,
            leaderworkerset.WORKER_TEMPLATE,
        ):
            known = ANY_TEMPLATE
        field = FIELDS.get(known)
        if _is_unset(value):
            continue
        current = value.value if isinstance(value, Scalar) else None
        if field is not None and not field.when and (field.message or field.messages):
            if message := field.message_of(current):
                report.lose(below, message, current or report.shown(value))
        elif known in _ABOVE:
            if isinstance(value, Mapping):
                _by_the_table(report, value, below, known)
            elif field is None:
                report.list.append(wrong(below, value, "a mapping"))
        elif field is None and above not in FIELDS:
            report.lose(below, "unknown-lws-field", current, meant=meant(name, _names(above)))


def _below(path: str, name: str) -> str:
    if path.endswith((".labels", ".annotations")):
        return f"{path}['{name}']"
    return f"{path}.{name}" if path else name


def _is_unset(value: Node) -> bool:
    if isinstance(value, Scalar):
        return value.is_null
    if isinstance(value, Mapping):
        return value.is_empty
    return isinstance(value, Sequence) and not value.count


def _above(path: str) -> Iterator[str]:
    steps = path.partition("['")
    fields = steps[0].split(".")
    yield from (".".join(fields[:i]) for i in range(1, len(fields)))
    if steps[1]:
        yield steps[0]


# The paths that have fields of the table below them.
_ABOVE = frozenset(above for path in FIELDS for above in _above(path))


def _names(above: str) -> set[str]:
    """The names of the fields right below a path of the table."""
    start = f"{above}." if above else ""
    names = {
        it[len(start) :].partition(".")[0].partition("[")[0]
        for it in FIELDS
        if it.startswith(start)
    }
    if start == f"{TEMPLATE}.":
        names |= {leaderworkerset.LEADER_TEMPLATE, leaderworkerset.WORKER_TEMPLATE}
    return {name for name in names if not name.startswith("*")}


def _unreadable(lws: LeaderWorkerSet) -> Iterator[Result]:
    """What is wrong with the fields that a ModelServing is made of."""
    for name, member in vars(type(lws)).items():
        if isinstance(member, property):
            try:
                getattr(lws, name)
            except ItemError as error:
                yield from error.results


def _max_unavailable(report: _Report, lws: LeaderWorkerSet) -> None:
    if lws.max_unavailable == 0:
        path, current = f"{ROLLING}.maxUnavailable", text_at(lws.rolling, "maxUnavailable")
        replicas = str(lws.replicas)
        report.lose(path, "none-unavailable", current, "1", replicas=replicas)


def _schedulers(report: _Report, lws: LeaderWorkerSet) -> None:
    scheduler = lws.scheduler
    if scheduler is None:
        return
    for template, path in lws.templates:
        found = text_at(get(template, "spec"), "schedulerName") or _DEFAULT_SCHEDULER
        if found != scheduler:
            path = f"{path}.spec.schedulerName"
            report.lose(path, "schedulers", found, scheduler, name=quoted(scheduler))


def _variables(report: _Report, lws: LeaderWorkerSet) -> None:
    for container, path in _containers(lws):
        for i, entry in enumerate(entries_of(get(container, "env"))):
            name = text_at(entry, "name") or ""
            if name in CONTROLLER_ENV:
                report.lose(f"{path}.env[{i}]", "controller-env", None, name=name)


def _tpus(report: _Report, lws: LeaderWorkerSet) -> None:
    for container, path in _containers(lws):
        names = {text_at(entry, "name") for entry in entries_of(get(container, "env"))}
        for kind in ("limits", "requests"):
            count = text_at(get(get(container, "resources"), kind), TPU_RESOURCE)
            if count not in (None, "0") and names.isdisjoint(leaderworkerset.TPU_VARIABLES):
                severity = WARNING if lws.size == 1 else ERROR
                path = f"{path}.resources.{kind}['{TPU_RESOURCE}']"
                report.lose(path, "tpu", count, severity=severity)
                break


def _containers(lws: LeaderWorkerSet) -> Iterator[tuple[Node, str]]:
    """The containers and init containers of the templates, and their paths."""
    for template, path in lws.templates:
        for kind in ("containers", "initContainers"):
            for i, container in enumerate(entries_of(get(get(template, "spec"), kind))):
                yield container, f"{path}.spec.{kind}[{i}]"
