"""ExpandLWSPlugin: writes the LWS contract into the templates of ModelServings, for a kthena that
has no plugin `lws`.

kthena's pods have their template's labels, annotations and env, and behind that env the
controller's own (`pkg/model-serving-controller/utils/utils.go`).
"""

from __future__ import annotations

from ...k8s.fields import noted
from ...kthena.modelserving import ENTRY_TEMPLATE, WORKER_TEMPLATE, ModelServing
from ...kthena.names import KIND, LWS_EXPANDED
from ...kthena.rules import MAX_ROLES
from ...kthena.subjects import BOTH
from ...lws import contract
from ...lws.contract import KEYS
from ...results.errors import raise_errors
from ...results.result import Result, count
from ...wire.items import attempt
from ...yamltext.data import entries_of, get, text_at
from .earlier import Earlier, is_expanded, replicas_entries
from .plugins_field import problems, replace_plugins
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...kthena.modelserving import Role
    from ...results.result import Data
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
    version = spec.get("kthena", BOTH)
    # Of each ModelServing, how many templates, plugins, labels, annotations and env vars.
    expanded: list[tuple[int, ...]] = []
    for item in resource_list.items(KINDS):
        if not ModelServing.is_kind_of(item):
            continue
        expansion = attempt(item, lambda it: _expand(it, version), results)
        if expansion is not None:
            results += [result.on(item.reference) for result in expansion.results]
            if expansion.is_changed:
                expanded.append(expansion.counts)
    return results + _summary(expanded)


def _expand(item: Item, version: str) -> _Expansion | None:
    """None where there is nothing to expand."""
    serving = ModelServing(item)
    earlier = Earlier(serving)
    if not earlier.plugins:
        return None
    expansion = _Expansion(serving, earlier, version)
    expansion.edit(item.document)
    if not expansion.is_changed:
        item.document.rollback()
    return expansion


class _Expansion:
    """What one ModelServing needs. `results` name what is not carried, and what else to know."""

    def __init__(self, serving: ModelServing, earlier: Earlier, version: str) -> None:
        """Raises ItemError with all that is wrong."""
        self.item = serving.item
        self.templates: list[Template] = []
        self._earlier = earlier
        own = [plugin.index for plugin in earlier.own]
        self._errors, self._warnings = problems(serving, earlier.plugins, version, own)
        self._errors += earlier.errors
        self.new_plugins: list[dict[str, Data]] = []
        noted(self._errors, self._add_templates, serving)
        self.results = raise_errors(self._errors)
        self.is_changed = False
        entries = [template.tweaks() for template in self.templates]
        self.new_plugins += [entry for entry in entries if entry is not None]

    def _add_templates(self, serving: ModelServing) -> None:
        values = {contract.SET_NAME: serving.name}
        self.new_plugins += replicas_entries(self._earlier.plugins, str(serving.replicas()))
        for role in list(serving.roles())[:MAX_ROLES]:
            for field in (ENTRY_TEMPLATE, WORKER_TEMPLATE):
                noted(self._errors, self._add_template, role, field, values)

    def _add_template(self, role: Role, field: str, values: dict[str, str]) -> None:
        node = role.template(field)
        is_covered = any(
            it.covers(role.name, field == ENTRY_TEMPLATE) for it in self._earlier.plugins
        )
        has_any = node is not None and entries_of(get(get(node, "spec"), "containers"))
        if node is None or not (has_any or role.makes_pods(field)):
            return
        if is_covered or (self._earlier.is_expanded and is_expanded(node)):
            known = values if is_covered else None
            template = Template(role, field, node, known, self._earlier, self._errors)
            self.templates.append(template)

    def _not_carried(self) -> list[Result]:
        templates = [template for template in self.templates if template.values]
        if not templates:
            return []
        keys = [
            f"`{key}`"
            for key, value in KEYS[contract.LABEL]
            if value in (contract.GROUP_INDEX, contract.GROUP_KEY)
        ]
        several = [template for template in templates if template.moved is not None]
        paths = ", ".join(f"`{template.path}`" for template in several)
        if paths:
            keys.append(f"and, of several workers, `{contract.WORKER_INDEX_LABEL}` ({paths})")
        warnings = [Result("not-carried", "spec.template", keys=", ".join(keys))]
        unreadable = {pair: "" for template in templates for pair in template.unreadable()}
        for path, key in unreadable:
            warnings.append(Result("reads-not-carried", path, key=f"`{key}`"))
        return warnings

    @property
    def counts(self) -> tuple[int, ...]:
        of_keys = (sum(it.counts[where] for it in self.templates) for where in KEYS)
        return len(self.templates), len(self.new_plugins), *of_keys

    def edit(self, document: Document) -> None:
        """Writes it. `results` then has what a change brings with it, as well."""
        earlier, root = self._earlier, self.item.editable()
        annotations = get(get(root, "metadata"), "annotations")
        if text_at(annotations, LWS_EXPANDED) != earlier.annotation:
            self.is_changed = True
            document.update(root, {"metadata": {"annotations": {LWS_EXPANDED: earlier.annotation}}})
        spec = document.own_mapping(root, "spec")
        document.indent_as(spec, "plugins")
        # First, so that what other plugins write may refer to it.
        self.is_changed |= replace_plugins(document, spec, earlier.removable, self.new_plugins)
        infos: list[Result] = []
        if self.templates:
            roles = document.own_sequence(document.own_mapping(spec, "template"), "roles")
            for template in self.templates:
                role = document.own_entry(roles, template.role.index)
                infos += template.edit(document, role)
        self.is_changed |= any(template.is_changed for template in self.templates)
        if self.is_changed:
            self.results += [*self._warnings, *self._not_carried(), *infos]


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
