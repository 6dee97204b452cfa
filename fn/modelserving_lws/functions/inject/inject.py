"""InjectLWS: writes the LWS contract into the pods of ModelServings that have the `lws` plugin."""

from __future__ import annotations

from ...config.settings import ERROR, KEEP, Settings
from ...k8s.containers import read_containers
from ...k8s.fields import mapping_at, scalar_at
from ...kthena.lws_plugin import EnvPlan, new_entries
from ...kthena.modelserving import KIND as MODEL_SERVING
from ...kthena.pod import Pod
from ...kthena.values import find_values
from ...lws.contract import ANNOTATION, KEYS, LABEL, conflict
from ...results.errors import ItemError
from ...results.quoting import quoted
from ...results.result import Reference, Result, count
from ...yamltext.access import get
from ...yamltext.data import equals
from ...yamltext.nodes import Mapping, Sequence
from ..common import attempt
from .provenance import Provenance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...results.result import Data
    from ...wire.items import Item
    from ...wire.resource_list import ResourceList
    from ...yamltext.edit import Document
    from .provenance import Source


# The kinds of items that the function reads.
KINDS = frozenset(("Pod", "PodTemplate", MODEL_SERVING))


def inject(resource_list: ResourceList, spec: dict[str, Any]) -> list[Result]:
    """Edits the pods of a list. An item with an error stays as it is; the results name all that
    went wrong, and count what was done.
    """
    items, document = resource_list.items(KINDS), resource_list.document
    settings = Settings(spec)
    provenance = Provenance(items, settings.plugin_names, settings.model_servings)
    run = _Run(document, settings, provenance)
    results = list(provenance.errors)
    for item in items:
        if Pod.is_kind_of(item):
            attempt(item, document, run.inject, results)
        item.forget()
    results += run.entries.warnings()
    results += provenance.without_pods()
    results += run.written.results()
    return results


class _Run:
    """One run's settings and tallies."""

    def __init__(self, document: Document, settings: Settings, provenance: Provenance) -> None:
        self._document = document
        self._settings = settings
        self._provenance = provenance
        self.entries = _Entries()
        self.written = _Written()

    def inject(self, item: Item) -> None:
        """Writes the contract into a Pod or PodTemplate, if `lws` is enabled for it."""
        pod = Pod(item)
        source = self._provenance.source(pod)
        if source is None:
            return
        containers = read_containers(pod.base, pod.prefix)
        values, group = find_values(pod, source, containers, self._settings.on_missing)
        labels = self._wanted(pod, "labels", LABEL, values)
        annotations = self._wanted(pod, "annotations", ANNOTATION, values)
        new = new_entries(values)
        plans = [
            EnvPlan(container, values, new, self._settings.on_conflict, self._document)
            for container in containers
        ]
        plans = [plan for plan in plans if plan.written]
        if labels or annotations or plans:
            self._edit(pod, labels, annotations, plans)
            self.written.add(source.name, labels, annotations, plans)
        if pod.is_entry:
            self.entries.add(source, pod.namespace, group)

    def _wanted(self, pod: Pod, field: str, where: str, values: dict[str, str]) -> dict[str, Data]:
        """The labels or annotations of the contract that are to be written."""
        path = f"{pod.prefix}metadata"
        metadata = mapping_at(pod.base, "metadata", path)
        there = None if metadata is None else mapping_at(metadata, field, f"{path}.{field}")
        wanted: dict[str, Data] = {}
        texts = None if there is None else there.texts()
        for key, source in KEYS[where]:
            value = values[source]
            if there is None or (texts is not None and key not in texts):
                wanted[key] = value
                continue
            key_path = f"{path}.{field}['{key}']"
            old = scalar_at(there, key, key_path)
            if equals(old, value):
                continue
            if old is not None and self._settings.on_conflict == ERROR:
                raise ItemError(conflict(key_path, old.value, value))
            if old is None or self._settings.on_conflict != KEEP:
                wanted[key] = value
        return wanted

    def _edit(
        self,
        pod: Pod,
        labels: dict[str, Data],
        annotations: dict[str, Data],
        plans: list[EnvPlan],
    ) -> None:
        document = self._document
        base = pod.item.editable(document)
        if pod.prefix:
            base = document.own_mapping(base, "template")
        spec = get(base, "spec")
        if isinstance(spec, Mapping):
            document.indent_as(spec, "containers")
        metadata: dict[str, Data] = {}
        if labels:
            metadata["labels"] = labels
        if annotations:
            metadata["annotations"] = annotations
        if metadata:
            document.update(base, {"metadata": metadata})
        if plans:
            spec = document.own_mapping(base, "spec")
            for plan in plans:
                containers = document.own_sequence(spec, plan.container.field)
                _edit_env(document, document.own_entry(containers, plan.container.index), plan)


def _edit_env(document: Document, container: Mapping, plan: EnvPlan) -> None:
    env = get(container, "env")
    if not isinstance(env, Sequence) or not env.count:
        new = [entry for entry in plan.entries if isinstance(entry, dict)]
        document.update(container, {"env": [*plan.first, *new]})
    elif plan.first:
        document.insert_first(container, "env", plan.first)
    else:
        for i, value in plan.values:
            entry = document.own_entry(document.own_sequence(container, "env"), i)
            document.update(entry, {"value": value})
        if plan.entries != list(range(env.count)):
            document.rewrite(container, "env", plan.entries)


class _Entries:
    """The injected entry pods, by ModelServing and ServingGroup."""

    def __init__(self) -> None:
        self._references: dict[tuple[str, str], Reference] = {}
        self._counts: dict[tuple[str, str], dict[str, int]] = {}

    def add(self, source: Source, namespace: str, group: str) -> None:
        key = source.name, namespace
        counts = self._counts.get(key)
        if counts is None:
            counts = self._counts[key] = {}
            item = source.item
            self._references[key] = (
                Reference("", MODEL_SERVING, source.name, namespace)
                if item is None
                else item.item.reference
            )
        counts[group] = counts.get(group, 0) + 1

    def warnings(self) -> list[Result]:
        """One for each ModelServing that has a ServingGroup with several entry pods."""
        results = []
        for key, counts in self._counts.items():
            groups = [quoted(group) for group, count in counts.items() if count > 1]
            if groups:
                more = f" and {len(groups) - 3} more" if len(groups) > 3 else ""
                listed = ", ".join(groups[:3]) + more
                result = Result("entries-not-unique", groups=listed)
                results.append(result.on(self._references[key]))
        return results


class _Written:
    """What a run has written."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._pods = self._labels = self._annotations = self._variables = 0

    def add(
        self,
        name: str,
        labels: dict[str, Data],
        annotations: dict[str, Data],
        plans: list[EnvPlan],
    ) -> None:
        self._names.add(name)
        self._pods += 1
        self._labels += len(labels)
        self._annotations += len(annotations)
        for plan in plans:
            self._variables += plan.written

    def results(self) -> list[Result]:
        """The count, where there is something to count."""
        if not self._pods:
            return []
        result = Result(
            "injected",
            pods=count(self._pods, "pod"),
            servings=count(len(self._names), MODEL_SERVING),
            labels=count(self._labels, "label"),
            annotations=count(self._annotations, "annotation"),
            variables=count(self._variables, "env var"),
        )
        return [result]
