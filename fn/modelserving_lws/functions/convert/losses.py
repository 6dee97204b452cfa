"""What a LeaderWorkerSet loses as a ModelServing, and why it can't be one: the migration report.

The table of fields says what becomes of each; here a set is held against it.
"""

from __future__ import annotations

import re

from ...k8s.fields import wrong
from ...kthena.modelserving import ENTRY_ADDRESS, GROUP_SIZE, WORKER_INDEX
from ...lws.fields import FIELDS
from ...lws.fields import TEMPLATE as ANY_TEMPLATE
from ...lws.leaderworkerset import LEADER_TEMPLATE, ROLLING, TEMPLATE, WORKER_TEMPLATE
from ...results.errors import ItemError
from ...results.messages import ERROR, MESSAGES, WARNING
from ...results.quoting import quoted
from ...results.result import Result
from ...yamltext.access import entries_of, get, text_at
from ...yamltext.nodes import Mapping, Scalar, Sequence, resolve
from ...yamltext.write import flow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...lws.leaderworkerset import LeaderWorkerSet
    from ...yamltext.nodes import Node

# What a ModelServing is made of, as LeaderWorkerSet has it.
_VALUES = (
    "name",
    "replicas",
    "size",
    "leader_template",
    "worker_template",
    "recovery_policy",
    "partition",
    "max_unavailable",
)
_TPU = "google.com/tpu"
# LWS writes none of its own into a container with one of these: `pkg/utils/accelerators/tpu.go`.
_TPU_VARIABLES = frozenset(("TPU_WORKER_HOSTNAMES", "TPU_WORKER_ID"))
_CONTROLLER_ENV = (GROUP_SIZE, ENTRY_ADDRESS, WORKER_INDEX)
_DEFAULT_SCHEDULER = "default-scheduler"
_LABEL = re.compile("[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?")


def find(lws: LeaderWorkerSet, text: str, role: str, allow_lossy: bool) -> list[Result]:
    """What is lost, as warnings, and all for which the set must stay as it is, as errors. With
    `allow_lossy`, a loss is never an error. `text` is what the set stands in, `role` the name of
    the ModelServing's role.
    """
    findings = _Findings(text, allow_lossy)
    _by_the_table(findings, lws.node, "", "")
    if _has_values(findings, lws):
        _max_unavailable(findings, lws)
        _schedulers(findings, lws)
        _variables(findings, lws)
        _tpus(findings, lws)
        _refused(findings, lws, role)
    return findings.list


class _Findings:
    def __init__(self, text: str, allow_lossy: bool) -> None:
        self.list: list[Result] = []
        self._refused: set[tuple[str, str]] = set()
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
        result.message += f". {MESSAGES[message][2]}"
        self.list.append(result)

    def shown(self, node: Node) -> str:
        """The node on one line, 80 characters at most."""
        text = flow(node, self._text)
        return text if len(text) <= 80 else text[:77] + "..."

    def refuse(self, error: Result) -> None:
        """Adds what allows no ModelServing at all, once."""
        key = error.field, error.message
        if key not in self._refused:
            self._refused.add(key)
            self.list.append(error)


def _by_the_table(findings: _Findings, node: Mapping, path: str, entry: str) -> None:
    """Reports the fields below a path, that the table has as `entry`."""
    fields = node.fields()
    for name in node.repeated:
        findings.refuse(Result("repeated", _below(path, name)))
    for name, (_, there) in fields.items():
        value = resolve(there)
        below, known = _below(path, name), _below(entry, name)
        if path == TEMPLATE and name in (LEADER_TEMPLATE, WORKER_TEMPLATE):
            known = ANY_TEMPLATE
        field = FIELDS.get(known)
        if _is_unset(value):
            continue
        current = value.value if isinstance(value, Scalar) else None
        if field is not None and field.message and not field.when:
            if current not in field.defaults:
                findings.lose(below, field.message, current or findings.shown(value))
        elif known in _ABOVE:
            if isinstance(value, Mapping):
                _by_the_table(findings, value, below, known)
            elif field is None:
                findings.refuse(wrong(below, value, "a mapping"))
        elif field is None and entry not in FIELDS:
            findings.lose(below, "unknown-lws-field", current)


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


def _has_values(findings: _Findings, lws: LeaderWorkerSet) -> bool:
    """Whether all can be read that a ModelServing is made of."""
    has_all = True
    for name in _VALUES:
        try:
            getattr(lws, name)
        except ItemError as error:
            for result in error.results:
                findings.refuse(result)
            has_all = False
    return has_all


def _max_unavailable(findings: _Findings, lws: LeaderWorkerSet) -> None:
    if lws.max_unavailable == 0:
        path, current = f"{ROLLING}.maxUnavailable", text_at(lws.rolling, "maxUnavailable")
        replicas = str(lws.replicas)
        findings.lose(path, "none-unavailable", current, "1", replicas=replicas)


def _schedulers(findings: _Findings, lws: LeaderWorkerSet) -> None:
    scheduler = lws.scheduler
    if scheduler is None:
        return
    for template, path in lws.templates:
        found = text_at(get(template, "spec"), "schedulerName") or _DEFAULT_SCHEDULER
        if found != scheduler:
            path = f"{path}.spec.schedulerName"
            findings.lose(path, "schedulers", found, scheduler, name=quoted(scheduler))


def _variables(findings: _Findings, lws: LeaderWorkerSet) -> None:
    for container, path in _containers(lws, "containers", "initContainers"):
        for i, entry in enumerate(entries_of(get(container, "env"))):
            name = text_at(entry, "name") or ""
            if name in _CONTROLLER_ENV:
                findings.lose(f"{path}.env[{i}]", "controller-env", None, name=name)


def _tpus(findings: _Findings, lws: LeaderWorkerSet) -> None:
    for container, path in _containers(lws, "containers", "initContainers"):
        names = {text_at(entry, "name") for entry in entries_of(get(container, "env"))}
        for kind in ("limits", "requests"):
            count = text_at(get(get(container, "resources"), kind), _TPU)
            if count not in (None, "0") and not names & _TPU_VARIABLES:
                severity = WARNING if lws.size == 1 else ERROR
                path = f"{path}.resources.{kind}['{_TPU}']"
                findings.lose(path, "tpu", count, severity=severity)
                break


def _refused(findings: _Findings, lws: LeaderWorkerSet, role: str) -> None:
    """By kthena's `pkg/model-serving-controller/webhook/validator.go`, whose other rules a set
    can't break.
    """
    longest = f"{lws.name}-{lws.replicas}-{role}-1-{lws.size - 1}"
    if not _LABEL.fullmatch(longest):
        path, current = "metadata.name", lws.name
        findings.refuse(Result("refused-name", path, current=current, name=quoted(longest)))
    for container, path in _containers(lws, "containers"):
        image = text_at(container, "image") or ""
        if " " in image or (image and not image.strip()):
            path = f"{path}.image"
            findings.refuse(Result("refused-image", path, current=image, found=quoted(image)))


def _containers(lws: LeaderWorkerSet, *kinds: str) -> Iterator[tuple[Node, str]]:
    """The containers of the templates, and their paths."""
    for template, path in lws.templates:
        for kind in kinds:
            for i, container in enumerate(entries_of(get(get(template, "spec"), kind))):
                yield container, f"{path}.spec.{kind}[{i}]"
