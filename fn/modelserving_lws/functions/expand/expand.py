"""ExpandLWSPlugin: writes the LWS contract into the templates of ModelServings, for a kthena that
has no plugin `lws`.

kthena's pods have their template's labels, annotations and env, and behind that env the
controller's own (`pkg/model-serving-controller/utils/utils.go`).
"""

from __future__ import annotations

from ...k8s.fields import noted
from ...kthena.modelserving import (
    ENTRY_TEMPLATE,
    LWS_PLUGIN,
    WORKER_TEMPLATE,
    ModelServing,
    plugin_entries,
)
from ...kthena.names import KIND
from ...kthena.plugins import DEMO_POD_TWEAKS, DemoPodTweaks
from ...kthena.validation import MAX_ROLES
from ...lws import contract
from ...lws.contract import KEYS
from ...results.result import Result, count
from ...yamltext.access import entries_of, get, text_at
from ..common import attempt, raise_errors
from .plugins_field import problems, replace_plugins
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...kthena.modelserving import Plugin, Role
    from ...wire.items import Item
    from ...wire.resource_list import ResourceList
    from ...yamltext.edit import Document

KINDS = frozenset((KIND,))
_ADMISSION_POLICY = "AdmissionPolicy"


def expand(resource_list: ResourceList, spec: dict[str, Any]) -> list[Result]:
    """Edits the ModelServings of a list that have the plugin `lws`. One with an error stays as it
    is; the results name all errors and all that is not carried, and count what was written.
    """
    if spec.get("via") == _ADMISSION_POLICY:
        from .admission_policy import enable

        return enable(resource_list, spec)
    results: list[Result] = []
    document = resource_list.document
    # Of each ModelServing, how many templates, plugins, labels, annotations and env vars.
    expanded: list[tuple[int, ...]] = []
    for item in resource_list.items(KINDS):
        if not ModelServing.is_kind_of(item):
            continue
        expansion = attempt(item, document, lambda it: _expand(it, document), results)
        if expansion is not None:
            results += expansion.warnings
            expanded.append(expansion.counts)
    return results + _summary(expanded)


def _expand(item: Item, document: Document) -> _Expansion | None:
    serving = ModelServing(item)
    plugins = serving.plugins((LWS_PLUGIN,))
    if not plugins:
        return None
    expansion = _Expansion(serving, plugins)
    expansion.edit(document)
    return expansion


class _Expansion:
    """What one ModelServing needs. `warnings` name what is not carried."""

    def __init__(self, serving: ModelServing, plugins: list[Plugin]) -> None:
        """Raises ItemError with all that is wrong."""
        self.item = serving.item
        self.templates: list[Template] = []
        self._plugins = plugins
        self._errors, warnings = problems(serving, plugins)
        self._tweaks: list[DemoPodTweaks] = []
        for i, node in plugin_entries(serving.item.node):
            if text_at(node, "name") == DEMO_POD_TWEAKS:
                tweaks = noted(self._errors, DemoPodTweaks, node, i)
                self._tweaks += [tweaks] if tweaks is not None else []
        noted(self._errors, self._add_templates, serving)
        raise_errors(self._errors)
        entries = [template.tweaks() for template in self.templates]
        self.new_plugins = [entry for entry in entries if entry is not None]
        self.warnings = [*warnings, *self._not_carried()]

    def _add_templates(self, serving: ModelServing) -> None:
        values = {contract.SET_NAME: serving.name, contract.REPLICAS: str(serving.replicas())}
        for role in list(serving.roles())[:MAX_ROLES]:
            for field in (ENTRY_TEMPLATE, WORKER_TEMPLATE):
                noted(self._errors, self._add_template, role, field, values)

    def _add_template(self, role: Role, field: str, values: dict[str, str]) -> None:
        node = role.template(field)
        is_covered = any(it.covers(role.name, field == ENTRY_TEMPLATE) for it in self._plugins)
        has_any = node is not None and entries_of(get(get(node, "spec"), "containers"))
        if node is not None and is_covered and (has_any or role.makes_pods(field)):
            template = Template(role, field, node, values, self._tweaks, self._errors)
            self.templates.append(template)

    def _not_carried(self) -> list[Result]:
        if not self.templates:
            return []
        reference = self.item.reference
        keys = [
            f"`{key}`"
            for key, value in KEYS[contract.LABEL]
            if value in (contract.GROUP_INDEX, contract.GROUP_KEY)
        ]
        several = [template for template in self.templates if template.moved is not None]
        paths = ", ".join(f"`{template.path}`" for template in several)
        if paths:
            keys.append(f"and, of several workers, `{contract.WORKER_INDEX_LABEL}` ({paths})")
        warnings = [
            Result("not-carried", "spec.template", reference=reference, keys=", ".join(keys))
        ]
        unreadable = {pair: "" for template in self.templates for pair in template.unreadable()}
        for path, key in unreadable:
            result = Result("reads-not-carried", path, reference=reference, key=f"`{key}`")
            warnings.append(result)
        return warnings

    @property
    def counts(self) -> tuple[int, ...]:
        of_keys = (sum(it.counts[where] for it in self.templates) for where in KEYS)
        return len(self.templates), len(self.new_plugins), *of_keys

    def edit(self, document: Document) -> None:
        root = self.item.editable()
        spec = document.own_mapping(root, "spec")
        document.indent_as(spec, "plugins")
        # First, so that what other plugins write may refer to it.
        replace_plugins(document, spec, self._plugins, self.new_plugins)
        if not self.templates:
            return
        roles = document.own_sequence(document.own_mapping(spec, "template"), "roles")
        for template in self.templates:
            role = document.own_entry(roles, template.role.index)
            template.edit(document, role)


def _summary(expanded: list[tuple[int, ...]]) -> list[Result]:
    """The count; none where nothing was expanded."""
    if not expanded:
        return []
    templates, plugins, *counts = map(sum, zip(*expanded, strict=True))
    result = Result(
        "expanded",
        servings=count(len(expanded), KIND),
        templates=count(templates, "template"),
        labels=count(counts[0], "label"),
        annotations=count(counts[1], "annotation"),
        variables=count(counts[2], "env var"),
        plugins=count(plugins, "plugin"),
    )
    return [result]
