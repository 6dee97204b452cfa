"""ExpandLWSPlugin: writes the LWS contract into the templates of ModelServings, for a kthena that
has no plugin `lws`.

What kthena makes of a template is in its `pkg/model-serving-controller/utils/utils.go`: the pods
have the template's labels, annotations and env, and behind that env the controller's own.
"""

from __future__ import annotations

from ...kthena.modelserving import KIND, PLUGIN_NAME, ROLES, WORKER_INDEX, ModelServing
from ...kthena.tweaks import DEMO_POD_TWEAKS
from ...lws.contract import ANNOTATION, ENV, GROUP_INDEX, GROUP_KEY, KEYS, LABEL
from ...lws.contract import MODEL_SERVING as NAME
from ...lws.contract import REPLICAS as SPEC_REPLICAS
from ...results.errors import ItemError
from ...results.result import Result, count
from ...yamltext.access import entries_of, get
from ..common import attempt
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...kthena.modelserving import Plugin, Role
    from ...results.result import Data
    from ...wire.items import Item
    from ...wire.resource_list import ResourceList
    from ...yamltext.edit import Document
    from ...yamltext.nodes import Mapping

KINDS = frozenset((KIND,))
_MAX_ROLES = 100  # kthena 1.0 has 4 at most
TEMPLATES, ADMISSION_POLICY = "Templates", "AdmissionPolicy"


def expand(resource_list: ResourceList, spec: dict[str, Any]) -> list[Result]:
    """Edits the ModelServings of a list that have the plugin `lws`. One with an error stays as it
    is; the results name all that is wrong or can't be carried, and count what was done.
    """
    if spec.get("via") == ADMISSION_POLICY:
        from .admission_policy import enable

        return enable(resource_list, spec)
    results: list[Result] = []
    written = _Written()
    for item in resource_list.items(KINDS):
        if not ModelServing.is_kind_of(item):
            continue
        expansion = attempt(
            item, resource_list.document, lambda item: _expand(item, resource_list), results
        )
        if expansion is not None:
            results += expansion.warnings
            written.add(expansion)
        item.forget()
    return results + written.results()


def _expand(item: Item, resource_list: ResourceList) -> _Expansion | None:
    serving = ModelServing(item)
    plugins = serving.plugins((PLUGIN_NAME,))
    if not plugins:
        return None
    expansion = _Expansion(serving, plugins)
    expansion.edit(resource_list.document)
    return expansion


class _Expansion:
    """What one ModelServing needs. `warnings` name what is not carried."""

    def __init__(self, serving: ModelServing, plugins: list[Plugin]) -> None:
        """Raises ItemError where it can't be had."""
        self.item = serving.item
        self._plugins = plugins
        own = serving.plugins((DEMO_POD_TWEAKS,))
        values = {NAME: serving.name, SPEC_REPLICAS: str(serving.replicas())}
        errors = [] if serving.name else [Result("missing-field", "metadata.name")]
        roles = list(serving.roles())
        if not roles:
            raise ItemError(Result("no-roles", ROLES))
        if len(roles) > _MAX_ROLES:
            raise ItemError(Result("too-many-roles", ROLES, limit=_MAX_ROLES))
        self.templates: list[Template] = []
        for role in roles:
            for field, is_entry in (("entryTemplate", True), ("workerTemplate", False)):
                try:
                    node = _template(role, field, is_entry)
                    covered = any(plugin.covers(role.name, is_entry) for plugin in plugins)
                    if node is not None and covered:
                        template = Template(role, field, node, values, own, errors)
                        self.templates.append(template)
                except ItemError as error:
                    errors += error.results
        if errors:
            # Roles may share a plugin.
            raise ItemError(*{(it.field, it.message): it for it in errors}.values())
        tweaks = [template.tweaks() for template in self.templates]
        self.tweaks = [tweak for tweak in tweaks if tweak is not None]
        self.warnings = self._warnings()

    def _warnings(self) -> list[Result]:
        reference = self.item.reference
        keys = [f"`{key}`" for key, source in KEYS[LABEL] if source in (GROUP_INDEX, GROUP_KEY)]
        several = [template for template in self.templates if template.moves is not None]
        paths = ", ".join(f"`{template.path}`" for template in several)
        if paths:
            (label,) = (key for key, source in KEYS[LABEL] if source == WORKER_INDEX)
            keys.append(f"and, of several workers, `{label}` ({paths})")
        if not self.templates:
            return []
        warnings = [
            Result("not-carried", "spec.template", reference=reference, keys=", ".join(keys))
        ]
        unreadable = {pair: "" for template in self.templates for pair in template.unreadable()}
        for path, key in unreadable:
            result = Result("reads-not-carried", path, reference=reference, key=f"`{key}`")
            warnings.append(result)
        return warnings

    def edit(self, document: Document) -> None:
        root = self.item.editable(document)
        spec = document.own_mapping(root, "spec")
        document.indent_as(spec, "plugins")
        # First, so that what other plugins write may refer to it.
        replace_plugins(document, spec, self._plugins, self.tweaks)
        if not self.templates:
            return
        roles = document.own_sequence(document.own_mapping(spec, "template"), "roles")
        for template in self.templates:
            role = document.own_entry(roles, template.role.index)
            template.edit(document, role)


def replace_plugins(
    document: Document, spec: Mapping, plugins: list[Plugin], new: list[dict[str, Data]]
) -> None:
    """Removes entries of `spec.plugins`, and puts new ones in front of the others; without any, the
    field goes, or is empty where a merge key would bring it.
    """
    gone = {plugin.index for plugin in plugins}
    there = document.own_sequence(spec, "plugins")
    stays = [i for i in range(there.count) if i not in gone]
    is_merged = any("plugins" in source.own() for source in spec.merged())
    if new or stays or is_merged:
        document.rewrite(spec, "plugins", [*new, *stays])
    else:
        document.remove(spec, ("plugins",))


def _template(role: Role, field: str, is_entry: bool) -> Mapping | None:
    """A template of a role; None where there is none, or one without pods and containers, as people
    write it for `workerReplicas: 0`.
    """
    node = role.template(field)
    if node is not None:
        needs = is_entry or role.workers or entries_of(get(get(node, "spec"), "containers"))
        return node if needs else None
    if is_entry:
        raise ItemError(Result("missing-field", f"{role.path}.{field}"))
    if role.workers:
        path = f"{role.path}.{field}"
        raise ItemError(Result("no-worker-template", path, workers=role.workers))
    return None


class _Written:
    """What a run has written."""

    def __init__(self) -> None:
        self._servings = self._templates = 0
        self._counts = {LABEL: 0, ANNOTATION: 0, ENV: 0}
        self._moved = 0

    def add(self, expansion: _Expansion) -> None:
        self._servings += 1
        self._templates += len(expansion.templates)
        self._moved += len(expansion.tweaks)
        for template in expansion.templates:
            for where, number in template.counts.items():
                self._counts[where] += number

    def results(self) -> list[Result]:
        """The count, where there is something to count."""
        if not self._servings:
            return []
        counts = self._counts
        result = Result(
            "expanded",
            servings=count(self._servings, KIND),
            templates=count(self._templates, "template"),
            labels=count(counts[LABEL], "label"),
            annotations=count(counts[ANNOTATION], "annotation"),
            variables=count(counts[ENV], "env var"),
            plugins=count(self._moved, "plugin"),
        )
        return [result]
