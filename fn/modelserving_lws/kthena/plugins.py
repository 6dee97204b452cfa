"""kthena's built-in plugins, one class each, and the chain in which the controller runs them.

A class reads the config in `__init__`, `apply` runs it on a pod, and `leftover` is the env that
stays for the next worker: kthena 1.0 shares the template's containers among the workers that it
makes in one go. With `demo-pod-tweaks` and the config
`{env: [{name: A, value: a}]}`, the env of the first worker and of the second:

    - {name: GROUP_SIZE, ...}            - {name: A, value: a}
    - {name: ENTRY_ADDRESS, ...}         - {name: GROUP_SIZE, ...}
    - {name: WORKER_INDEX, ...}          - {name: ENTRY_ADDRESS, ...}
    - {name: A, value: a}                - {name: WORKER_INDEX, ...}
                                         - {name: A, value: a}

To add a plugin: its class here, and its name in BUILT_INS. What only `apply` needs is imported
there, since ExpandLWSPlugin reads plugins and applies none.

Sources, in github.com/volcano-sh/kthena `pkg/model-serving-controller`: `plugins/manager.go` (the
chain), `plugins/demo_plugin.go`, `plugins/lws_labels_plugin.go`, and `CreatePodsByRole` in
`controller/model_serving_controller.go` (the shared containers).
"""

from __future__ import annotations

from ..k8s.containers import read_containers
from ..k8s.fields import check_string, fields_of, noted, wrong, wrong_choice
from ..lws import contract
from ..lws.contract import ENV_NAMES, KEYS, WORKER_INDEX, WORKER_INDEX_ENV
from ..results.errors import ItemError
from ..results.result import Result
from ..yamltext.data import entries_of, get, string, text_at, without_text
from ..yamltext.nodes import DETACHED, Mapping, Node, Sequence
from .modelserving import LWS_PLUGIN, Plugin, plugin_entries
from .names import CONTROLLER_ENV, VARIABLE_OF, group_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

    from ..results.result import Data
    from ..yamltext.edit import Document
    from .controller import PodContext
    from .modelserving import ModelServing

DEMO_POD_TWEAKS = "demo-pod-tweaks"
STANDARD_LABELS = "lws-standard-labels"
# The env vars that plugins may write into the containers of one pod.
MAX_ENV = 100_000
# The value that gives each worker its LWS_WORKER_INDEX, behind the controller's env.
OWN_INDEX = f"$({VARIABLE_OF[WORKER_INDEX]})"
_TEXTS = {"name", "value"}


class BuiltIn(Plugin):
    """A plugin that the controller knows."""

    # Whether it writes the same each time, so that the last entry does what those before it do.
    is_repeatable = True
    # The env vars of which it leaves one in a container, whatever was there.
    replaces: frozenset[str] = frozenset()

    @classmethod
    def apply(cls, entries: list[Self], manifest: str, context: PodContext, /) -> str:
        """A pod after entries that follow each other. Raises ItemError where one fails."""
        raise NotImplementedError

    def leftover(self, _context: PodContext, /) -> list[Mapping]:
        """Detached env entries that stay in the containers for the next worker."""
        return []


class LWSPlugin(BuiltIn):
    """The proposal's `lws`, which writes the contract."""

    replaces = ENV_NAMES

    @classmethod
    def apply(cls, entries: list[Self], manifest: str, context: PodContext, /) -> str:
        from .controller import parsed
        from .lws_plugin import OVERWRITE, PodPlan
        from .pod import Pod
        from .values import DERIVE, Source, find_values

        document, root = parsed(manifest)
        pod, containers = Pod(root), read_containers(root, "")
        try:
            source = Source(context.serving.name, context.serving, None)
            values, _ = find_values(pod, source, containers, DERIVE)
            PodPlan(pod, containers, values, OVERWRITE, document).edit(document, root)
        except ItemError as error:
            for result in error.results:
                result.field = entries[-1].path
            raise
        return document.output.decode()


class StandardLabels(BuiltIn):
    """`lws-standard-labels`, which writes LWS's labels for a ModelServing that a set owns."""

    @classmethod
    def apply(cls, _entries: list[Self], manifest: str, context: PodContext, /) -> str:
        from .controller import updated

        owner = owning_set(context.serving)
        if owner is None:
            return manifest
        values = {
            contract.SET_NAME: owner,
            contract.GROUP_INDEX: context.ordinal,
            contract.GROUP_KEY: contract.group_key(group_name(owner, context.ordinal)),
            WORKER_INDEX: context.index,
        }
        labels: dict[str, Data] = {key: values[value] for key, value in KEYS[contract.LABEL]}
        return updated(manifest, {"metadata": {"labels": labels}})


def owning_set(serving: ModelServing) -> str | None:
    """The LeaderWorkerSet that owns a ModelServing."""
    from ..lws.leaderworkerset import KIND

    metadata = get(serving.item.node, "metadata")
    for owner in entries_of(get(metadata, "ownerReferences")):
        if text_at(owner, "kind") == KIND and (name := text_at(owner, "name")):
            return name
    return None


class Tweak:
    """An env var that `demo-pod-tweaks` sets: its name; its `value` and the `field` of the pod that
    it reads, empty where it has none; its path.
    """

    __slots__ = ("_nodes", "field", "name", "path", "value")

    def __init__(self, node: Node, path: str) -> None:
        """Raises ItemError for what Go does not decode as an EnvVar."""
        fields = _decoded(node, path, secret=True)
        self._nodes = {key: found[-1][0] for key, found in fields.items()}
        texts = {key: check_string(*fields[key][-1], secret=True) for key in _TEXTS & fields.keys()}
        self.name, self.value = texts.get("name", ""), texts.get("value", "")
        found: list[tuple[Node, str]] = [(node, path)]
        for key in ("valuefrom", "fieldref", "fieldpath"):
            found = [it for above in found for it in _decoded(*above, True).get(key, ())[-1:]]
        self.field = check_string(*found[0], secret=True) if found else ""
        self.path = path

    @property
    def is_worker_index(self) -> bool:
        """Whether it gives each worker its index, as ExpandLWSPlugin writes it."""
        return (self.name, self.value) == (WORKER_INDEX_ENV, OWN_INDEX)

    def entry(self, document: Document) -> Mapping:
        """A detached env entry of its own."""
        entry = Mapping(DETACHED, DETACHED, False)
        entry.set("name", string(""))
        for name in ("name", "value", "valueFrom"):
            if (node := self._nodes.get(name.lower())) is not None:
                entry.set(name, without_text(document.copy(node)))
        return entry


class DemoPodTweaks(BuiltIn):
    """`demo-pod-tweaks`, which overwrites annotations and appends env to each container."""

    is_repeatable = False

    def __init__(self, node: Mapping, index: int) -> None:
        """Raises ItemError for a config that Go does not decode."""
        super().__init__(node, index)
        config = _decoded(get(node, "config"), f"{self.path}.config")
        self.runtime_class = ""
        for found in config.get("runtimeclassname", ())[-1:]:
            self.runtime_class = check_string(*found)
        # By key: the value and its path. Go decodes two spellings of `annotations` into one map.
        self.annotations: dict[str, tuple[str, str]] = {}
        for strings, path in config.get("annotations", ()):
            if not isinstance(strings, Mapping):
                raise ItemError(wrong(path, strings, "a mapping"))
            for key in fields_of(strings, path):
                value, at = get(strings, key), f"{path}['{key}']"
                self.annotations[key] = "" if value is None else check_string(value, at), at
        self.env: list[Tweak] = []
        for env, path in config.get("env", ())[-1:]:
            if not isinstance(env, Sequence):
                raise ItemError(wrong(path, env, "a list", secret=True))
            self.env = [Tweak(it, f"{path}[{i}]") for i, it in enumerate(entries_of(env))]

    @classmethod
    def apply(cls, entries: list[Self], manifest: str, context: PodContext, /) -> str:
        from .controller import parsed

        made, root = parsed(manifest)
        annotations: dict[str, Data] = {
            key: value for it in entries for key, (value, _) in it.annotations.items()
        }
        if annotations:
            made.update(root, {"metadata": {"annotations": annotations}})
        for runtime_class in [it.runtime_class for it in entries if it.runtime_class][-1:]:
            made.update(root, {"spec": {"runtimeClassName": runtime_class}})
        containers = read_containers(root, "")
        number = len(containers) * sum(len(it.env) for it in entries)
        if number > MAX_ENV:
            raise ItemError(Result("too-much-env", "spec.plugins", limit=MAX_ENV, found=number))
        spec = made.own_mapping(root, "spec")
        for container in containers if number else ():
            listed = made.own_sequence(spec, container.field)
            mapping = made.own_entry(listed, container.index)
            new = [entry for it in entries for entry in it.leftover(context)]
            made.rewrite(mapping, "env", [*range(len(container.entries)), *new])
        return made.output.decode()

    def leftover(self, context: PodContext, /) -> list[Mapping]:
        return [tweak.entry(context.document) for tweak in self.env]

    def conflicts(self) -> list[Result]:
        """What it sets that is the contract's, or the controller's that the contract comes from."""
        names = ENV_NAMES | CONTROLLER_ENV.keys()
        own = [it for it in self.env if it.name in names and not it.is_worker_index]
        found = [(it.path, it.name) for it in own]
        keys = [key for key, _ in KEYS[contract.ANNOTATION] if key in self.annotations]
        found += [(self.annotations[key][1], key) for key in keys]
        return [Result("plugin-sets-contract", path, name=name) for path, name in found]


BUILT_INS: dict[str, type[BuiltIn]] = {
    LWS_PLUGIN: LWSPlugin,
    DEMO_POD_TWEAKS: DemoPodTweaks,
    STANDARD_LABELS: StandardLabels,
}


class Chain:
    """The plugins of a ModelServing, in order; `errors` say what the controller would not run."""

    def __init__(self, serving: ModelServing) -> None:
        self._plugins: list[BuiltIn] = []
        self.errors: list[Result] = []
        noted(self.errors, self._read, serving)

    def _read(self, serving: ModelServing) -> None:
        for i, node in plugin_entries(serving.item.node):
            name = text_at(node, "name") or ""
            plugin = noted(self.errors, BUILT_INS.get(name, Plugin), node, i)
            if isinstance(plugin, BuiltIn):
                self._plugins.append(plugin)
            elif name not in BUILT_INS:
                path = f"spec.plugins[{i}].name"
                self.errors.append(wrong_choice(path, name, tuple(BUILT_INS)))

    def applied(self, manifest: str, context: PodContext) -> str:
        """A pod after its plugins. Raises ItemError where one of them fails.

        The time does not grow with the number of plugins: of repeatable ones the last alone runs,
        and others that follow each other run together.
        """
        runs: list[list[BuiltIn]] = []
        done: set[type[BuiltIn]] = set()
        for plugin in reversed(self._covering(context)):
            kind = type(plugin)
            if plugin.is_repeatable and kind in done:
                continue
            done.add(kind)
            if not runs or type(runs[-1][0]) is not kind:
                runs.append([])
            runs[-1].append(plugin)
        for run in reversed(runs):
            manifest = type(run[0]).apply(run[::-1], manifest, context)
        return manifest

    def leftover(self, context: PodContext) -> list[Mapping]:
        """The env that a worker leaves to the next worker of its replica."""
        covering = self._covering(context)
        replaced = frozenset(CONTROLLER_ENV).union(*(plugin.replaces for plugin in covering))
        entries = [entry for plugin in covering for entry in plugin.leftover(context)]
        return [entry for entry in entries if text_at(entry, "name") not in replaced]

    def _covering(self, context: PodContext) -> list[BuiltIn]:
        role, is_entry = context.role.name, context.is_entry
        return [plugin for plugin in self._plugins if plugin.covers(role, is_entry)]


def _decoded(
    node: Node | None, path: str, secret: bool = False
) -> dict[str, list[tuple[Node, str]]]:
    """The fields that are not null, with their paths, by their names in lower case: Go's
    `encoding/json` takes names in any case, and the API server sorts them.
    """
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        raise ItemError(wrong(path, node, "a mapping", secret))
    fields: dict[str, list[tuple[Node, str]]] = {}
    for name in sorted(fields_of(node, path)):
        value = get(node, name)
        if value is not None:
            fields.setdefault(name.lower(), []).append((value, f"{path}.{name}"))
    return fields
