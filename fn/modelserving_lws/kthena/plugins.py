"""The plugins of a ModelServing, as kthena's controller 1.0 runs them when it makes a pod, and the
plugin `lws` as InjectLWS does its work.

Sources, in github.com/volcano-sh/kthena `pkg/model-serving-controller/plugins`: `manager.go` (the
chain), `demo_plugin.go`, `lws_labels_plugin.go`.
"""

from __future__ import annotations

from ..functions.inject.inject import inject
from ..k8s.containers import read_containers
from ..k8s.fields import string_at, wrong, wrong_choice
from ..lws.contract import GROUP_INDEX, GROUP_KEY, KEYS, LABEL, MODEL_SERVING
from ..results.errors import ItemError
from ..results.result import ERROR, Result
from ..wire.resource_list import ResourceList
from ..yamltext.access import entries_of, get, text_at
from ..yamltext.data import string, without_text
from ..yamltext.nodes import DETACHED, Mapping, Node, Scalar, Sequence
from .controller import parsed
from .modelserving import BUILT_IN, PLUGIN_NAME, WORKER_INDEX, Plugin
from .tweaks import CONTRACT_ENV, CONTROLLER_ENV, DEMO_POD_TWEAKS
from .validation import check_string
from .values import group_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..results.result import Data
    from ..yamltext.edit import Document
    from .controller import Names
    from .modelserving import ModelServing

STANDARD_LABELS = "lws-standard-labels"
# So many env vars may be written into the containers of one pod.
MAX_ENV = 100_000
PLUGINS = (PLUGIN_NAME, DEMO_POD_TWEAKS, STANDARD_LABELS)


class Chain:
    """The plugins, in order."""

    def __init__(self, serving: ModelServing, document: Document) -> None:
        """Raises ItemError for what the controller would not run."""
        self._serving = serving
        self._plugins: list[Plugin | _Tweaks] = []
        errors: list[Result] = []
        for i, node in enumerate(serving.plugin_entries()):
            try:
                self._plugins.append(_plugin(node, f"spec.plugins[{i}]", i, document))
            except ItemError as error:
                errors += error.results
        if errors:
            raise ItemError(*errors)

    def applied(self, manifest: str, names: Names) -> str:
        """A pod after its plugins. Raises ItemError where one of them fails.

        The last `lws` writes all that those before it do, and what the others write is no matter
        to it but for the env that comes before: so each of the kinds is applied twice at most,
        however many plugins there are.
        """
        covering = self._covering(names)
        last = max((i for i, it in enumerate(covering) if it.name == PLUGIN_NAME), default=-1)
        manifest = _tweaked(manifest, covering[: max(last, 0)])
        if last >= 0:
            manifest = self._with_contract(manifest, covering[last])
        manifest = _tweaked(manifest, covering[last + 1 :])
        owner = self.owner
        if owner is not None and any(it.name == STANDARD_LABELS for it in covering[last + 1 :]):
            manifest = _with_labels(manifest, owner, names)
        return manifest

    def left_behind(self, names: Names) -> list[Mapping]:
        """The env that a worker's plugins leave to the next worker of its role: kthena 1.0 shares
        the template among the workers that it makes in one go, and what is the controller's own or
        `lws`'s is replaced with each.
        """
        covering = self._covering(names)
        replaced = set(CONTROLLER_ENV)
        if any(plugin.name == PLUGIN_NAME for plugin in covering):
            replaced |= CONTRACT_ENV
        return [
            entry
            for plugin in covering
            if isinstance(plugin, _Tweaks)
            for entry in plugin.env()
            if text_at(entry, "name") not in replaced
        ]

    @property
    def owner(self) -> str | None:
        """The LeaderWorkerSet that owns the ModelServing."""
        metadata = get(self._serving.item.node, "metadata")
        for owner in entries_of(get(metadata, "ownerReferences")):
            if text_at(owner, "kind") == "LeaderWorkerSet" and (name := text_at(owner, "name")):
                return name
        return None

    def _covering(self, names: Names) -> list[Plugin | _Tweaks]:
        role, is_entry = names.role.name, names.is_entry
        return [plugin for plugin in self._plugins if plugin.covers(role, is_entry)]

    def _with_contract(self, manifest: str, plugin: Plugin) -> str:
        serving = self._serving
        resource_list = ResourceList(manifest, quick=False)
        enabled = {"name": serving.name, "replicas": serving.replicas()}
        for result in inject(resource_list, {"modelServings": [enabled]}):
            if result.severity == ERROR:
                result.field = plugin.path
                raise ItemError(result)
        return resource_list.document.output.decode()


def _plugin(node: Mapping, path: str, index: int, document: Document) -> Plugin | _Tweaks:
    type_ = string_at(node, "type", f"{path}.type")
    if type_ not in (None, BUILT_IN):
        raise ItemError(wrong_choice(f"{path}.type", type_ or "", (BUILT_IN,)))
    name = string_at(node, "name", f"{path}.name") or ""
    if name not in PLUGINS:
        raise ItemError(wrong_choice(f"{path}.name", name, PLUGINS))
    if name == DEMO_POD_TWEAKS:
        return _Tweaks(node, path, index, document)
    return Plugin(node, path, index)


class _Tweaks(Plugin):
    """The plugin `demo-pod-tweaks`: it overwrites annotations, and appends env whatever is
    there.
    """

    def __init__(self, node: Mapping, path: str, index: int, document: Document) -> None:
        super().__init__(node, path, index)
        self._document = document
        config = _decoded(get(node, "config"), f"{path}.config")
        found = config.get("runtimeclassname")
        self.runtime_class = "" if found is None else _text(*found)
        self.annotations: dict[str, Data] = {}
        self.fields: list[dict[str, tuple[Node, str]]] = []
        annotations, at = config.get("annotations", (None, ""))
        if annotations is not None:
            if not isinstance(annotations, Mapping):
                raise ItemError(wrong(at, annotations, "a mapping"))
            for key in annotations.fields():
                value = get(annotations, key)
                self.annotations[key] = "" if value is None else _text(value, f"{at}['{key}']")
        env, at = config.get("env", (None, ""))
        if env is not None:
            if not isinstance(env, Sequence):
                raise ItemError(wrong(at, env, "a list"))
            for i, entry in enumerate(entries_of(env)):
                fields = _decoded(entry, f"{at}[{i}]")
                for name in ("name", "value"):
                    if name in fields:
                        _text(*fields[name])
                source = fields.get("valuefrom")
                if source is not None and not isinstance(source[0], Mapping):
                    raise ItemError(wrong(source[1], source[0], "a mapping"))
                self.fields.append(fields)

    def env(self) -> list[Mapping]:
        """The entries, made anew."""
        made = []
        for fields in self.fields:
            entry = Mapping(DETACHED, DETACHED, False)
            entry.set("name", string(""))
            for name in ("name", "value", "valueFrom"):
                if name.lower() in fields:
                    value = fields[name.lower()][0]
                    entry.set(name, without_text(self._document.copy(value)))
            made.append(entry)
        return made


def _tweaked(manifest: str, plugins: list[Plugin | _Tweaks]) -> str:
    """A pod after those of the plugins that are `demo-pod-tweaks`."""
    tweaks = [plugin for plugin in plugins if isinstance(plugin, _Tweaks)]
    if not tweaks:
        return manifest
    document, root = parsed(manifest)
    annotations = {key: value for it in tweaks for key, value in it.annotations.items()}
    if annotations:
        document.update(root, {"metadata": {"annotations": annotations}})
    for runtime_class in [it.runtime_class for it in tweaks if it.runtime_class][-1:]:
        document.update(root, {"spec": {"runtimeClassName": runtime_class}})
    containers = read_containers(root, "")
    number = len(containers) * sum(len(it.fields) for it in tweaks)
    if number > MAX_ENV:
        raise ItemError(Result("too-much-env", "spec.plugins", limit=MAX_ENV, found=number))
    spec = document.own_mapping(root, "spec")
    for container in containers if number else ():
        listed = document.own_sequence(spec, container.field)
        mapping = document.own_entry(listed, container.index)
        new = [entry for it in tweaks for entry in it.env()]
        document.rewrite(mapping, "env", [*range(len(container.entries)), *new])
    return document.output.decode()


def _with_labels(manifest: str, owner: str, names: Names) -> str:
    ordinal = names.group.rpartition("-")[2]
    values = {
        MODEL_SERVING: owner,
        GROUP_INDEX: ordinal,
        GROUP_KEY: group_key(f"{owner}-{ordinal}"),
        WORKER_INDEX: names.index,
    }
    labels: dict[str, Data] = {key: values[source] for key, source in KEYS[LABEL]}
    document, root = parsed(manifest)
    document.update(root, {"metadata": {"labels": labels}})
    return document.output.decode()


def _decoded(node: Node | None, path: str) -> dict[str, tuple[Node, str]]:
    """The fields that are there, with their paths, by their names in lower case: Go takes names of
    JSON in any case.
    """
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        raise ItemError(wrong(path, node, "a mapping"))
    fields = {}
    for name in sorted(node.fields()):
        value = get(node, name)
        if value is not None:
            fields[name.lower()] = value, f"{path}.{name}"
    return fields


def _text(node: Node, path: str) -> str:
    check_string(node, path)
    return node.value if isinstance(node, Scalar) else ""
