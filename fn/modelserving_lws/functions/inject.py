"""InjectLWS: writes the LWS contract into the pods of ModelServings that have the `lws` plugin.

A pod is injected if any of these holds:

- its ModelServing is among the items, and has the plugin with a scope that covers the pod;
- its annotation `modelserving.volcano.sh/plugins` names the plugin;
- the setting `modelServings` names its ModelServing.
"""

from __future__ import annotations

from ..k8s.containers import read_containers
from ..k8s.objects import near, places
from ..kthena.lws_plugin import OVERWRITE, PodPlan
from ..kthena.modelserving import LWS_PLUGIN, ModelServing
from ..kthena.names import KIND
from ..kthena.pod import Pod
from ..kthena.values import DERIVE, Source, find_values
from ..results.errors import ItemError
from ..results.result import Reference, Result, count, quoted
from ..wire.items import attempt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..k8s.objects import ObjectKey
    from ..kthena.modelserving import Plugin
    from ..wire.items import Item
    from ..wire.origin import Origin
    from ..wire.resource_list import ResourceList

# The kinds of items that the function reads.
KINDS = frozenset(("Pod", "PodTemplate", KIND))


def inject(resource_list: ResourceList, spec: dict[str, Any]) -> list[Result]:
    """Edits the pods of a list. An item with an error stays as it is; the results name all errors
    and count what was written.
    """
    items = resource_list.items(KINDS)
    plugin_names = tuple(spec.get("pluginNames", (LWS_PLUGIN,)))
    provenance = Provenance(items, plugin_names, spec.get("modelServings", []))
    on_conflict: str = spec.get("onConflict", OVERWRITE)
    on_missing: str = spec.get("onMissing", DERIVE)
    entry_pods = _EntryPods()
    # Of each pod, its ModelServing, and how many labels, annotations and env vars it got.
    written: list[tuple[str, int, int, int]] = []

    def inject_pod(item: Item) -> None:
        pod = Pod(item.node, item.kind)
        source = provenance.source(pod, item.origin)
        if source is None:
            return
        containers = read_containers(pod.base, pod.prefix)
        values, group = find_values(pod, source, containers, on_missing)
        plan = PodPlan(pod, containers, values, on_conflict, item.document)
        if plan:
            plan.edit(item.document, item.editable())
            variables = sum(env.written for env in plan.envs)
            written.append((source.name, len(plan.labels), len(plan.annotations), variables))
        if pod.is_entry:
            entry_pods.add(source, pod.namespace, group.name)

    results = list(provenance.errors)
    for item in items:
        if Pod.is_kind_of(item):
            attempt(item, inject_pod, results)
    return [*results, *entry_pods.warnings(), *provenance.without_pods(), *_summary(written)]


def _summary(written: list[tuple[str, int, int, int]]) -> list[Result]:
    """The count; none where nothing was written."""
    if not written:
        return []
    servings, labels, annotations, variables = zip(*written, strict=True)
    result = Result(
        "injected",
        pods=count(len(written), "pod"),
        servings=count(len(set(servings)), KIND),
        labels=count(sum(labels), "label"),
        annotations=count(sum(annotations), "annotation"),
        variables=count(sum(variables), "env var"),
    )
    return [result]


class _EntryPods:
    """The injected entry pods, by ModelServing and ServingGroup."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[Source, dict[str, int]]] = {}

    def add(self, source: Source, namespace: str, group: str) -> None:
        _, counts = self._found.setdefault((source.name, namespace), (source, {}))
        counts[group] = counts.get(group, 0) + 1

    def warnings(self) -> Iterator[Result]:
        """One for each ModelServing with several entry pods in a ServingGroup."""
        for (name, namespace), (source, counts) in self._found.items():
            groups = [quoted(group) for group, number in counts.items() if number > 1]
            if groups:
                more = f" and {len(groups) - 3} more" if len(groups) > 3 else ""
                result = Result("entries-not-unique", groups=", ".join(groups[:3]) + more)
                serving, reference = source.serving, Reference("", KIND, name, namespace)
                yield result.on(reference if serving is None else serving.item.reference)


class Provenance:
    """The ModelServings of a run; `errors` are those whose plugins can't be read."""

    def __init__(
        self, items: list[Item], plugin_names: tuple[str, ...], configured: list[dict[str, Any]]
    ) -> None:
        self._plugin_names = frozenset(plugin_names)
        self._configured: dict[ObjectKey, tuple[int, dict[str, Any]]] = {}
        for i, entry in enumerate(configured):
            for key in places(entry["name"], entry.get("namespace", "")):
                self._configured.setdefault(key, (i, entry))
        self._servings: dict[ObjectKey, _Servings] = {}
        # The ModelServings that have the plugin, and its name there.
        self._enabled: list[tuple[ModelServing, str]] = []
        self.errors: list[Result] = []
        for number, item in enumerate(filter(ModelServing.is_kind_of, items)):
            serving = ModelServing(item)
            plugins: list[Plugin] = []
            try:
                plugins = serving.plugins(self._plugin_names)
            except ItemError as error:
                self.errors += [result.on(item.reference) for result in error.results]
            if plugins:
                self._enabled.append((serving, plugins[0].name))
            for key in places(serving.name, serving.namespace, item.origin):
                self._servings.setdefault(key, _Servings()).add(number, serving, plugins)

    def source(self, pod: Pod, origin: Origin | None = None) -> Source | None:
        """The ModelServing of a pod of this origin; None where `lws` is not enabled for it. Raises
        ItemError where it is, and the ModelServing is none or several.
        """
        name = pod.model_serving
        found = near(self._servings, name or "", pod.namespace, origin)
        for servings in found:
            servings.have_pods = True
        configured = near(self._configured, name or "", pod.namespace)
        if not (
            configured
            or not self._plugin_names.isdisjoint(pod.plugins)
            or any(servings.cover(pod) for servings in found)
        ):
            return None
        if name is None:
            raise ItemError(Result("no-modelserving", f"{pod.prefix}metadata"))
        first = [serving for _, serving in sorted(it for each in found for it in each.first)]
        if len(first) > 1:
            both = " and ".join(str(serving.item.reference) for serving in first[:2])
            raise ItemError(Result("several-modelservings", found=both))
        replicas = min(configured)[1].get("replicas") if configured else None
        return Source(name, first[0] if first else None, replicas)

    def without_pods(self) -> list[Result]:
        """A warning for each ModelServing with the plugin of which the list has no pod."""
        return [
            Result("no-pods", "spec.plugins", plugin=quoted(plugin)).on(serving.item.reference)
            for serving, plugin in self._enabled
            if not any(
                self._servings[key].have_pods
                for key in places(serving.name, serving.namespace, serving.item.origin)
            )
        ]


class _Servings:
    """The ModelServings of one key: the first two, with their numbers in the list, the roles that
    the plugins of all cover, and whether the list has a pod of one.
    """

    __slots__ = ("_entries", "_workers", "first", "have_pods")

    def __init__(self) -> None:
        self.first: tuple[tuple[int, ModelServing], ...] = ()
        self.have_pods = False
        # The roles whose entry pods and whose workers are covered. The role None is any role.
        self._entries: set[str | None] | None = None
        self._workers: set[str | None] | None = None

    def add(self, number: int, serving: ModelServing, plugins: list[Plugin]) -> None:
        if len(self.first) < 2:
            self.first += ((number, serving),)
        for plugin in plugins:
            roles = plugin.roles or (None,)
            if plugin.targets(True):
                self._entries = self._entries or set()
                self._entries.update(roles)
            if plugin.targets(False):
                self._workers = self._workers or set()
                self._workers.update(roles)

    def cover(self, pod: Pod) -> bool:
        roles = self._entries if pod.is_entry else self._workers
        return roles is not None and (None in roles or pod.role in roles)
