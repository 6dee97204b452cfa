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
    from collections.abc import Iterator
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
