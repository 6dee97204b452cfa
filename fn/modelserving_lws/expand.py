"""ExpandLWSPlugin: writes the LWS contract into the templates of ModelServings, for a kthena that
has no plugin `lws`.

What kthena makes of a template is in its `pkg/model-serving-controller/utils/utils.go`: the pods
have the template's labels, annotations and env, and behind that env the controller's own.
"""

from __future__ import annotations

from .contract import ANNOTATION, ENV, GROUP_INDEX, GROUP_KEY, KEYS, LABEL
from .contract import MODEL_SERVING as NAME
from .contract import REPLICAS as SPEC_REPLICAS
from .modelserving import KIND, ROLES, WORKER_INDEX, ModelServing
from .result import INFO, WARNING, ItemError, Result, say
from .settings import PLUGIN_NAME
from .templates import Template
from .transform import SeveralErrors, attempt, count
from .tweaks import DEMO_POD_TWEAKS
from .view import entries_of, get

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .document import Document
    from .items import Item
    from .modelserving import Plugin, Role
    from .nodes import Data, Mapping
    from .resource_list import ResourceList

KINDS = frozenset((KIND,))
_MAX_ROLES = 100  # kthena 1.0 has 4 at most
TEMPLATES, ADMISSION_POLICY = "Templates", "AdmissionPolicy"


def expand(resource_list: ResourceList, spec: dict[str, Any]) -> list[Result]:
    """Edits the ModelServings of a list that have the plugin `lws`. One with an error stays as it
    is; the results name all that is wrong or can't be carried, and count what was done.
    """
    if spec.get("via") == ADMISSION_POLICY:
        from .admission import enable

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
        """Raises SeveralErrors or ItemError where it can't be had."""
        self.item = serving.item
        self._plugins = plugins
        own = serving.plugins((DEMO_POD_TWEAKS,))
        values = {NAME: serving.name, SPEC_REPLICAS: str(serving.replicas())}
        errors = [] if serving.name else [ItemError("metadata.name", say("missing-field"))]
        roles = list(serving.roles())
        if not roles:
            raise ItemError(ROLES, say("no-roles"))
        if len(roles) > _MAX_ROLES:
            raise ItemError(ROLES, say("too-many-roles", limit=_MAX_ROLES))
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
                    errors.append(error)
        if errors:
            # Roles may share a plugin.
            raise SeveralErrors(list({(it.field, it.message): it for it in errors}.values()))
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
        message = say("not-carried", keys=", ".join(keys))
        warnings = [Result(WARNING, message, reference, "spec.template")]
        unreadable = {pair: "" for template in self.templates for pair in template.unreadable()}
        for path, key in unreadable:
            message = say("reads-not-carried", key=f"`{key}`")
            warnings.append(Result(WARNING, message, reference, path))
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
        raise ItemError(f"{role.path}.{field}", say("missing-field"))
    if role.workers:
        what = say("no-worker-template", workers=role.workers)
        raise ItemError(f"{role.path}.{field}", what)
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
        message = (
            f"expanded the plugin `lws` of {count(self._servings, 'ModelServing')} into "
            f"{count(self._templates, 'template')}: {count(counts[LABEL], 'label')}, "
            f"{count(counts[ANNOTATION], 'annotation')}, {count(counts[ENV], 'env var')}, "
            f"{count(self._moved, 'plugin')} for worker indexes; the annotation `replicas` is "
            "static: when `spec.replicas` changes, run this function again on the manifest that "
            "has the plugin"
        )
        return [Result(INFO, message)]
