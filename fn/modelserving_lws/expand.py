"""ExpandLWSPlugin: writes the LWS contract into the templates of ModelServings, for a kthena that
has no plugin `lws`.

What kthena makes of a template is in its `pkg/model-serving-controller/utils/utils.go`: the pods
have the template's labels, annotations and env, and behind that env the controller's own.
"""

from __future__ import annotations

from .contract import ANNOTATION, CONTRACT, ENV, GROUP_INDEX, GROUP_KEY, LABEL
from .contract import MODEL_SERVING as NAME
from .contract import REPLICAS as SPEC_REPLICAS
from .modelserving import (
    KIND,
    ROLES,
    WORKER_INDEX,
    ModelServing,
)
from .moves import CONTRACT_ENV, Tweak
from .result import INFO, WARNING, ItemError, Result, say
from .settings import PLUGIN_NAME
from .templates import LABELS, TWEAKS, Template
from .transform import SeveralErrors, attempt, count
from .view import entries_of, get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .document import Document
    from .modelserving import Plugin, Role
    from .nodes import Data, Mapping
    from .resource_list import Item, ResourceList

KINDS = frozenset((KIND,))
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
        self.replicas = serving.replicas()
        self._plugins = plugins
        own = serving.plugins((TWEAKS,))
        errors = [error for plugin in own for error in _contract_in(plugin)]
        self.templates: list[Template] = []
        values = {NAME: serving.name, SPEC_REPLICAS: str(self.replicas)}
        roles = list(serving.roles())
        if not roles:
            raise ItemError(ROLES, say("no-roles"))
        for role in roles:
            covering = [plugin for plugin in own if plugin.covers(role.name, is_entry=False)]
            tweaks = [tweak for plugin in covering for tweak in _env_of(plugin)]
            try:
                self.templates += _templates(role, plugins, values, tweaks, errors)
            except ItemError as error:
                errors.append(error)
        for template in self.templates:
            errors += template.errors
        if errors:
            raise SeveralErrors(errors)
        self.moves = [template for template in self.templates if template.moves is not None]
        self.warnings = self._warnings()

    def _warnings(self) -> list[Result]:
        reference = self.item.reference
        keys = [f"`{key}`" for key, source in LABELS if source in (GROUP_INDEX, GROUP_KEY)]
        paths = ", ".join(f"`{template.path}`" for template in self.moves)
        if paths:
            (label,) = (key for key, source in LABELS if source == WORKER_INDEX)
            keys.append(f"and, of several workers, `{label}` ({paths})")
        if not self.templates:
            return []
        message = say("not-carried", keys=", ".join(keys))
        warnings = [Result(WARNING, message, reference, "spec.template")]
        for template in self.templates:
            for path, key in template.unreadable():
                message = say("reads-not-carried", key=f"`{key}`")
                warnings.append(Result(WARNING, message, reference, path))
        return warnings

    def edit(self, document: Document) -> None:
        root = self.item.editable(document)
        spec = document.own_mapping(root, "spec")
        document.indent_as(spec, "plugins")
        # First, so that what other plugins write may refer to it.
        tweaks = [template.tweaks() for template in self.moves]
        replace_plugins(document, spec, self._plugins, tweaks)
        if not self.templates:
            return
        roles = document.own_sequence(document.own_mapping(spec, "template"), "roles")
        for template in self.templates:
            role = document.own_entry(roles, template.role.index)
            template.edit(document, document.own_mapping(role, template.field))


def replace_plugins(
    document: Document, spec: Mapping, plugins: list[Plugin], new: list[dict[str, Data]]
) -> None:
    """Removes entries of `spec.plugins`, and puts new ones in front of the others; without any, the
    field goes.
    """
    gone = {plugin.index for plugin in plugins}
    there = document.own_sequence(spec, "plugins")
    stays = [i for i in range(there.count) if i not in gone]
    if new or stays:
        document.rewrite(spec, "plugins", [*new, *stays])
    else:
        document.remove(spec, ("plugins",))


def _templates(
    role: Role,
    plugins: list[Plugin],
    values: dict[str, str],
    tweaks: list[Tweak],
    errors: list[ItemError],
) -> list[Template]:
    """The templates of a role that are in the plugins' scope."""
    found = []
    for field, is_entry in (("entryTemplate", True), ("workerTemplate", False)):
        node = role.template(field)
        if node is None and (is_entry or role.workers):
            what = say("missing-field")
            if not is_entry:
                what = say("no-worker-template", workers=role.workers)
            errors.append(ItemError(f"{role.path}.{field}", what))
        elif node is not None and any(plugin.covers(role.name, is_entry) for plugin in plugins):
            found.append(Template(role, field, node, values, tweaks))
    return found


def _env_of(plugin: Plugin) -> Iterator[Tweak]:
    """The env vars that a `demo-pod-tweaks` entry sets."""
    for i, entry in enumerate(entries_of(get(get(plugin.node, "config"), "env"))):
        path = f"{plugin.path}.config.env[{i}]"
        yield Tweak(text_at(entry, "name") or "", text_at(entry, "value") or "", path)


def _contract_in(plugin: Plugin) -> Iterator[ItemError]:
    """What a `demo-pod-tweaks` entry sets that is the contract's: it would win over templates."""
    for tweak in _env_of(plugin):
        if tweak.name in CONTRACT_ENV:
            yield ItemError(tweak.path, say("plugin-sets-contract", name=tweak.name))
    annotations = get(get(plugin.node, "config"), "annotations")
    for where, key, _ in CONTRACT:
        if where == ANNOTATION and get(annotations, key) is not None:
            path = f"{plugin.path}.config.annotations['{key}']"
            yield ItemError(path, say("plugin-sets-contract", name=key))


class _Written:
    """What a run has written."""

    def __init__(self) -> None:
        self._servings = self._templates = 0
        self._counts = {LABEL: 0, ANNOTATION: 0, ENV: 0}
        self._moved = 0

    def add(self, expansion: _Expansion) -> None:
        self._servings += 1
        self._templates += len(expansion.templates)
        self._moved += len(expansion.moves)
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
            "static: when something scales the ModelServing later, run this function again"
        )
        return [Result(INFO, message)]
