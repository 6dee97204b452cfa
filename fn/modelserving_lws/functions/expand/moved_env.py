"""The env that moves out of a template of several workers, into kthena's `demo-pod-tweaks`.

Only the controller knows the index of each worker. It writes `WORKER_INDEX` behind the template's
own env, so that `LWS_WORKER_INDEX` and all that refers to it must stand behind that, where the
plugin writes. Before, and after:

    workerTemplate:                              plugins:
      spec:                                      - name: demo-pod-tweaks
        containers:                                config:
        - name: engine                               env:
          env:                                       - name: LWS_WORKER_INDEX
          - name: A                                    value: $(WORKER_INDEX)
            value: a                                 - name: RANK
          - name: RANK                                 value: rank-$(LWS_WORKER_INDEX)
            value: rank-$(LWS_WORKER_INDEX)

What was unset at the entry's old place, `B` in `$(B)$(RANK)` say, is escaped: `$$(B)$(RANK)`. The
plugin writes into every container of the pod, which is an error where that changes another one.
"""

from __future__ import annotations

from ...k8s.containers import field_path
from ...k8s.references import escape, references, texts_of, value_of
from ...kthena.names import CONTROLLER_ENV
from ...kthena.plugins import OWN_INDEX
from ...lws.contract import ENV_NAMES, WORKER_INDEX_ENV, WORKER_INDEX_LABEL, label_field
from ...results.result import Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from ...k8s.containers import Container, EnvEntry
    from ...kthena.plugins import Tweak

_INDEX_FIELD = label_field(WORKER_INDEX_LABEL)
_INDEX_KEY = WORKER_INDEX_LABEL.rpartition("/")[2]


class MovedEnv:
    """What moves out of the containers of a template. `env` has the entries in order, names and
    values; it is empty where a plugin that is there already does the same. `errors` say why an
    entry can't move. `moved` has the indexes of the entries that leave, by the container's number.
    """

    def __init__(
        self, containers: list[Container], tweaks: list[Tweak], earlier: dict[str, str]
    ) -> None:
        """`tweaks` is the env that plugins of the user's write, `earlier` what moved in earlier
        runs.
        """
        self.env: dict[str, str] = {WORKER_INDEX_ENV: OWN_INDEX, **earlier}
        self.errors: list[Result] = []
        self._paths: dict[str, str] = {}
        self.moved: dict[int, set[int]] = {}
        self._tweaks = tweaks
        # What the controller and plugins write behind the template's env.
        self._later = {*CONTROLLER_ENV, *(tweak.name for tweak in tweaks)}
        for number, container in enumerate(containers):
            self.moved[number] = self._move(container)
        self._check(containers)
        self._check_tweaks()
        if tweaks and tweaks[0].is_worker_index and len(self.env) == 1:
            self.env = {}

    def _move(self, container: Container) -> set[int]:
        moved: set[int] = set()
        moving = {WORKER_INDEX_ENV}
        known = set(ENV_NAMES)
        names = {entry.name for entry in container.entries}
        may_read = container.node.may_have(_INDEX_KEY)
        for i, entry in enumerate(container.entries):
            name = entry.name
            if name is None or name in ENV_NAMES or name in CONTROLLER_ENV:
                continue
            value = value_of(entry)
            if may_read and reads_index(entry):
                value = f"$({WORKER_INDEX_ENV})"
            found = references(value or "")
            if value is not None and not moving.isdisjoint(found):
                moved.add(i)
                moving.add(name)
                # A name that is set only later must stay unset for the entry.
                later = {it for it in found if it in names or it in self._later}
                self._add(name, escape(value, later - known), entry)
            known.add(name)
        return moved

    def _add(self, name: str, value: str, entry: EnvEntry) -> None:
        if name not in self._paths:
            self.env[name] = value
            self._paths[name] = entry.path
        elif self.env[name] != value:
            self._differ(name, entry)

    def _differ(self, name: str, entry: EnvEntry) -> None:
        self.errors.append(Result("index-differs", entry.path, name=name, path=self._paths[name]))

    def _check(self, containers: list[Container]) -> None:
        """Checks that what moves changes nothing in containers that it does not come from."""
        has = dict.fromkeys(self._paths, 0)
        for number, container in enumerate(containers):
            names = {entry.name for entry in container.entries if entry.name in has}
            for i, entry in enumerate(container.entries):
                if i not in self.moved[number] and entry.name in has:
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
        """Checks that no tweak reads what an earlier worker left in the containers that they share
        (see `kthena/plugins`): its `LWS_WORKER_INDEX`, and what refers to that.
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


def reads_index(entry: EnvEntry) -> bool:
    """Whether an entry reads the label `worker-index`, as manifests for LWS 0.5 do."""
    return entry.value is None and field_path(entry.mapping) == _INDEX_FIELD
