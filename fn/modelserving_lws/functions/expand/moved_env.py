"""The env of several workers that share a template: what only the controller can give a value.

Such a pod's index is in its `WORKER_INDEX` alone, which the controller writes behind the template's
own env. So `LWS_WORKER_INDEX`, and all that refers to it, moves behind that, into the env of
kthena's plugin `demo-pod-tweaks`, which goes into each container of the pod.
"""

from __future__ import annotations

from ...k8s.references import escape, references, texts_of, value_of
from ...kthena.tweaks import CONTRACT_ENV, CONTROLLER_ENV, LWS_WORKER_INDEX, OWN_INDEX, field_path
from ...results.result import Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from ...k8s.containers import Container, EnvEntry
    from ...kthena.tweaks import Tweak

_INDEX = "metadata.labels['leaderworkerset.sigs.k8s.io/worker-index']"


class Moves:
    """What moves out of the containers of a template: `env` are the entries, as names and values,
    in their order; it is empty where a plugin of the ModelServing's own does it already. `errors`
    say why one can't move.
    """

    def __init__(self, containers: list[Container], tweaks: list[Tweak]) -> None:
        """`tweaks` is the env that comes from plugins of the ModelServing's own."""
        self.env: dict[str, str] = {LWS_WORKER_INDEX: OWN_INDEX}
        self.errors: list[Result] = []
        self._paths: dict[str, str] = {}
        self._moved: dict[int, set[int]] = {}
        self._tweaks = tweaks
        # What every container has behind the template's own env.
        self._later = {*CONTROLLER_ENV, *(tweak.name for tweak in tweaks)}
        for number, container in enumerate(containers):
            self._moved[number] = self._move(container)
        self._check(containers)
        self._check_tweaks()
        if tweaks and tweaks[0].is_index and len(self.env) == 1:
            self.env = {}

    def moved(self, number: int) -> set[int]:
        """The indexes of the entries that leave the env of this container."""
        return self._moved[number]

    def _move(self, container: Container) -> set[int]:
        moved: set[int] = set()
        moving = {LWS_WORKER_INDEX}
        known = set(CONTRACT_ENV)
        names = {entry.name for entry in container.entries}
        may_read = container.node.may_have("worker-index")
        for i, entry in enumerate(container.entries):
            name = entry.name
            if name is None or name in CONTRACT_ENV or name in CONTROLLER_ENV:
                continue
            value = value_of(entry)
            if may_read and is_index(entry):
                value = f"$({LWS_WORKER_INDEX})"
            found = references(value or "")
            if value is not None and not moving.isdisjoint(found):
                moved.add(i)
                moving.add(name)
                # What was unknown at the entry's old place must be so at its new one.
                later = {it for it in found if it in names or it in self._later}
                self._add(name, escape(value, later - known), entry)
            known.add(name)
        return moved

    def _add(self, name: str, value: str, entry: EnvEntry) -> None:
        if name not in self.env:
            self.env[name] = value
            self._paths[name] = entry.path
        elif self.env[name] != value:
            self._differ(name, entry)

    def _differ(self, name: str, entry: EnvEntry) -> None:
        self.errors.append(Result("index-differs", entry.path, name=name, path=self._paths[name]))

    def _check(self, containers: list[Container]) -> None:
        """Whether what moves changes nothing in containers that it doesn't come from."""
        has = dict.fromkeys(self._paths, 0)
        for number, container in enumerate(containers):
            names = {entry.name for entry in container.entries if entry.name in has}
            for i, entry in enumerate(container.entries):
                if i not in self._moved[number] and entry.name in has:
                    self._differ(entry.name or "", entry)
            for name in filter(None, names):
                has[name] += 1
            if len(names) < len(has):
                self._check_references(texts_of(container), has.keys(), names)
        everywhere = {name for name, number in has.items() if number == len(containers)}
        texts = [(tweak.path, tweak.value) for tweak in self._tweaks]
        self._check_references(texts, has.keys(), everywhere)

    def _check_references(
        self, texts: list[tuple[str, str]], names: Collection[str], known: Collection[str | None]
    ) -> None:
        for path, value in texts:
            for name in sorted(references(value)):
                if name in names and name not in known:
                    result = Result("index-leaks", path, name=name, path=self._paths[name])
                    self.errors.append(result)

    def _check_tweaks(self) -> None:
        """Whether no tweak builds on what a worker before left in the containers that they share:
        kthena writes the plugins' env once more with each (`CreatePodsByRole` in
        `pkg/model-serving-controller/controller/model_serving_controller.go`), and there
        `LWS_WORKER_INDEX` and what refers to it is another worker's.
        """
        to_come: dict[str, int] = {}
        users: dict[str, list[str]] = {}
        for tweak in self._tweaks:
            to_come[tweak.name] = to_come.get(tweak.name, 0) + 1
            for name in references(tweak.value):
                users.setdefault(name, []).append(tweak.name)
        waiting = list(self.env)
        moving = set(waiting)
        while waiting:
            new = [name for name in users.get(waiting.pop(), ()) if name not in moving]
            moving.update(new)
            waiting += new
        for tweak in self._tweaks:
            for name in sorted(references(tweak.value)):
                if name in moving and to_come.get(name):
                    self.errors.append(Result("plugin-grows", tweak.path, name=name))
            to_come[tweak.name] -= 1


def is_index(entry: EnvEntry) -> bool:
    """Whether an entry reads the label `worker-index`, as manifests for LWS 0.5 do."""
    return entry.value is None and field_path(entry.mapping) == _INDEX
