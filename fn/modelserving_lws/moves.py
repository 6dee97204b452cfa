"""The env of several workers that share a template: what only the controller can give a value.

Such a pod's index is in its `WORKER_INDEX` alone, which the controller writes behind the template's
own env. So `LWS_WORKER_INDEX`, and all that refers to it, moves behind that, into the env of
kthena's plugin `demo-pod-tweaks` (`pkg/model-serving-controller/plugins/demo_plugin.go`), which
goes into each container of the pod.
"""

from __future__ import annotations

from .contract import CONTRACT, ENV
from .modelserving import ENTRY_ADDRESS, GROUP_SIZE, WORKER_INDEX
from .nodes import Mapping, Scalar, Sequence, resolve
from .result import ItemError, say
from .variables import escape, references
from .view import get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .containers import Container, EnvEntry

LWS_WORKER_INDEX = "LWS_WORKER_INDEX"
CONTRACT_ENV = frozenset(key for where, key, _ in CONTRACT if where == ENV)
_INDEX = "metadata.labels['leaderworkerset.sigs.k8s.io/worker-index']"
CONTROLLER = frozenset((GROUP_SIZE, ENTRY_ADDRESS, WORKER_INDEX))


class Tweak:
    """An env var that a `demo-pod-tweaks` entry of `spec.plugins` sets; `path` is its path."""

    def __init__(self, name: str, value: str, path: str) -> None:
        self.name = name
        self.value = value
        self.path = path


class Moves:
    """What moves out of the containers of a template: `env` are the entries, as names and values,
    in their order; `errors` say why one can't.
    """

    def __init__(
        self, containers: list[Container], helpers: Iterable[str], tweaks: list[Tweak]
    ) -> None:
        """`helpers` are the names that the templates get, and `tweaks` is the env that comes from
        plugins of the ModelServing's own.
        """
        self.env: dict[str, str] = {LWS_WORKER_INDEX: f"$({WORKER_INDEX})"}
        self.errors: list[ItemError] = []
        self._paths: dict[str, str] = {}
        self._moved: dict[int, set[int]] = {}
        names = {entry.name for container in containers for entry in container.entries}
        self._tweaks = tweaks
        self._later = {name for name in names if name is not None} | CONTROLLER
        self._later |= {*helpers, *(tweak.name for tweak in tweaks)}
        self._check_tweaks()
        for number, container in enumerate(containers):
            self._moved[number] = self._move(container)
        for number, container in enumerate(containers):
            self._check(container, self._moved[number])

    def moved(self, number: int) -> set[int]:
        """The indexes of the entries that leave the env of this container."""
        return self._moved[number]

    def _move(self, container: Container) -> set[int]:
        moved: set[int] = set()
        moving = {LWS_WORKER_INDEX}
        known = set(CONTRACT_ENV)
        for i, entry in enumerate(container.entries):
            name = entry.name
            if name is None or name in CONTRACT_ENV or name in CONTROLLER:
                continue
            value = value_of(entry)
            if is_index(entry):
                value = f"$({LWS_WORKER_INDEX})"
            if value is not None and not moving.isdisjoint(references(value)):
                moved.add(i)
                moving.add(name)
                # What was unknown at the entry's old place must be so at its new one.
                self._add(name, escape(value, self._later - known), entry)
            known.add(name)
        return moved

    def _add(self, name: str, value: str, entry: EnvEntry) -> None:
        if name not in self.env:
            self.env[name] = value
            self._paths[name] = entry.path
        elif self.env[name] != value:
            self._differ(name, entry)

    def _differ(self, name: str, entry: EnvEntry) -> None:
        message = say("index-differs", name=name, path=self._paths[name])
        self.errors.append(ItemError(entry.path, message))

    def _check(self, container: Container, moved: set[int]) -> None:
        """Whether what moves from other containers changes nothing in this one."""
        names = {entry.name for entry in container.entries}
        for i, entry in enumerate(container.entries):
            if i not in moved and entry.name in self._paths:
                self._differ(entry.name or "", entry)
        for name in self._paths.keys() - names:
            for path, value in texts_of(container) + self._texts_of_tweaks():
                if name in references(value):
                    message = say("index-leaks", name=name, path=self._paths[name])
                    self.errors.append(ItemError(path, message))

    def _check_tweaks(self) -> None:
        """Whether no tweak builds on what a worker before left in the containers that they share:
        kthena writes the plugins' env once more with each (`CreatePodsByRole` in
        `pkg/model-serving-controller/controller/model_serving_controller.go`).
        """
        to_come = [tweak.name for tweak in self._tweaks]
        for tweak in self._tweaks:
            for name in sorted(references(tweak.value) & set(to_come)):
                self.errors.append(ItemError(tweak.path, say("plugin-grows", name=name)))
            to_come.remove(tweak.name)

    def _texts_of_tweaks(self) -> list[tuple[str, str]]:
        return [(tweak.path, tweak.value) for tweak in self._tweaks]


def value_of(entry: EnvEntry) -> str | None:
    """The `value` of an entry, references and all; None where it has none."""
    return entry.value if entry.value is not None else text_at(entry.mapping, "value")


def is_index(entry: EnvEntry) -> bool:
    """Whether an entry reads the label `worker-index`, as manifests for LWS 0.5 do."""
    return (
        field_path(entry.mapping) == "metadata.labels['leaderworkerset.sigs.k8s.io/worker-index']"
    )


def field_path(mapping: Mapping) -> str | None:
    """The field of the pod that an entry of `env` reads."""
    return text_at(get(get(mapping, "valueFrom"), "fieldRef"), "fieldPath")


def texts_of(container: Container) -> list[tuple[str, str]]:
    """The texts of a container in which references are resolved, with their paths."""
    found = [(f"{entry.path}.value", value_of(entry) or "") for entry in container.entries]
    for field in ("command", "args"):
        there = get(container.node, field)
        for i, node in enumerate(there.entries if isinstance(there, Sequence) else ()):
            text = resolve(node)
            if isinstance(text, Scalar):
                found.append((f"{container.path}.{field}[{i}]", text.value))
    return found
