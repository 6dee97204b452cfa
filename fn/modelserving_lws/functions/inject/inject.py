"""InjectLWS: writes the LWS contract into the pods of ModelServings that have the `lws` plugin."""

from __future__ import annotations

from ...k8s.containers import read_containers
from ...kthena.lws_plugin import OVERWRITE, PodPlan
from ...kthena.modelserving import LWS_PLUGIN
from ...kthena.names import KIND
from ...kthena.pod import Pod
from ...kthena.values import DERIVE, find_values
from ...results.quoting import quoted
from ...results.result import Reference, Result, count
from ..common import attempt
from .provenance import Provenance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...kthena.values import Source
    from ...wire.items import Item
    from ...wire.resource_list import ResourceList

# The kinds of items that the function reads.
KINDS = frozenset(("Pod", "PodTemplate", KIND))


def inject(resource_list: ResourceList, spec: dict[str, Any]) -> list[Result]:
    """Edits the pods of a list. An item with an error stays as it is; the results name all errors
    and count what was written.
    """
    items, document = resource_list.items(KINDS), resource_list.document
    plugin_names = tuple(spec.get("pluginNames", (LWS_PLUGIN,)))
    provenance = Provenance(items, plugin_names, spec.get("modelServings", []))
    on_conflict: str = spec.get("onConflict", OVERWRITE)
    on_missing: str = spec.get("onMissing", DERIVE)
    entries, written = _EntryPods(), _Written()

    def inject_pod(item: Item) -> None:
        pod = Pod(item.node, item.kind)
        source = provenance.source(pod)
        if source is None:
            return
        containers = read_containers(pod.base, pod.prefix)
        values, group = find_values(pod, source, containers, on_missing)
        plan = PodPlan(pod, containers, values, on_conflict, document)
        if plan:
            plan.edit(document, item.editable())
            written.add(source.name, plan)
        if pod.is_entry:
            entries.add(source, pod.namespace, group.name)

    results = list(provenance.errors)
    for item in items:
        if Pod.is_kind_of(item):
            attempt(item, document, inject_pod, results)
    return [*results, *entries.warnings(), *provenance.without_pods(), *written.results()]


class _EntryPods:
    """The injected entry pods, by ModelServing and ServingGroup."""

    def __init__(self) -> None:
        self._references: dict[tuple[str, str], Reference] = {}
        self._counts: dict[tuple[str, str], dict[str, int]] = {}

    def add(self, source: Source, namespace: str, group: str) -> None:
        key = source.name, namespace
        counts = self._counts.get(key)
        if counts is None:
            counts = self._counts[key] = {}
            serving = source.serving
            self._references[key] = (
                Reference("", KIND, source.name, namespace)
                if serving is None
                else serving.item.reference
            )
        counts[group] = counts.get(group, 0) + 1

    def warnings(self) -> list[Result]:
        """One for each ModelServing with several entry pods in a ServingGroup."""
        results = []
        for key, counts in self._counts.items():
            groups = [quoted(group) for group, number in counts.items() if number > 1]
            if groups:
                more = f" and {len(groups) - 3} more" if len(groups) > 3 else ""
                listed = ", ".join(groups[:3]) + more
                result = Result("entries-not-unique", groups=listed)
                results.append(result.on(self._references[key]))
        return results


class _Written:
    """Counts what a run has written."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._pods = self._labels = self._annotations = self._variables = 0

    def add(self, name: str, plan: PodPlan) -> None:
        self._names.add(name)
        self._pods += 1
        self._labels += len(plan.labels)
        self._annotations += len(plan.annotations)
        self._variables += sum(env.written for env in plan.envs)

    def results(self) -> list[Result]:
        """The count; none where nothing was written."""
        if not self._pods:
            return []
        result = Result(
            "injected",
            pods=count(self._pods, "pod"),
            servings=count(len(self._names), KIND),
            labels=count(self._labels, "label"),
            annotations=count(self._annotations, "annotation"),
            variables=count(self._variables, "env var"),
        )
        return [result]
