"""ExpandLWSPlugin, `via: AdmissionPolicy`: marks ModelServings for the admission policy in
`policy.yaml`, by which the API server writes the LWS contract into their pods, and adds the policy.
"""

from __future__ import annotations

from ...config.function_config import MAX_GROUPS
from ...k8s.fields import noted
from ...kthena import names
from ...kthena.modelserving import LWS_PLUGIN, ModelServing
from ...kthena.names import GROUPS, KIND
from ...kthena.subjects import BOTH
from ...lws.contract import group_key
from ...results.errors import EditError, ItemError, raise_errors
from ...results.result import ERROR, Reference, Result, count
from ...wire.items import attempt
from ...yamltext.data import get
from .plugins_field import problems, replace_plugins
from .policy import NAME, policies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...kthena.modelserving import Plugin
    from ...results.result import Data
    from ...wire.items import Item
    from ...wire.resource_list import ResourceList

_DEFAULT_GROUPS = 64
_VERSION = "admissionregistration.k8s.io/v1"


def enable(resource_list: ResourceList, spec: dict[str, Any]) -> list[Result]:
    """Edits the ModelServings of a list that have the plugin `lws`, as `expand` does."""
    results: list[Result] = []
    missing = policies() if spec.get("emitPolicy", True) else {}
    enabled_items: list[Item] = []
    for item in resource_list.items(frozenset((KIND, *missing))):
        if item.kind in missing:
            if item.group == _VERSION.partition("/")[0] and item.reference.name == NAME:
                del missing[item.kind]
        elif ModelServing.is_kind_of(item):
            warnings = attempt(item, lambda it: _enable(it, spec), results)
            if warnings is not None:
                results += warnings
                enabled_items.append(item)
    if not enabled_items:
        return results
    enabled = count(len(enabled_items), KIND)
    if missing:
        result = _add(resource_list, missing, enabled_items)
        results.append(result)
        if result.severity == ERROR:
            return results
        kinds = " and ".join(missing)
        done = Result("policy-enabled-and-added", name=NAME, servings=enabled, kinds=kinds)
    else:
        done = Result("policy-enabled", name=NAME, servings=enabled)
    return [*results, done]


def _add(items: ResourceList, missing: dict[str, str], enabled: list[Item]) -> Result:
    """Adds manifests of the policy to the text of the last one of these ModelServings that can take
    them: JSON can't, unless it is a list.
    """
    added = Reference(_VERSION, next(iter(missing)), NAME)
    failed: EditError | None = None
    for item in reversed(enabled):
        item.document.mark()
        try:
            items.append(list(missing.values()), item)
        except EditError as error:
            item.document.rollback()
            if failed is None:
                failed, added.path = error, _file(item)
        else:
            added.path = _file(item)
            return Result("policy-added", reference=added)
    if failed is None:
        raise AssertionError("there must be a ModelServing")
    return Result(failed.id, reference=added, **failed.values)


def _file(item: Item) -> str:
    """The file that an item's text is; empty for stdin."""
    return "" if item.origin is None else item.origin.path


def _enable(item: Item, spec: dict[str, Any]) -> list[Result] | None:
    """Warnings; None where the ModelServing has no such plugin, and stays as it is."""
    serving = ModelServing(item)
    plugins = serving.plugins((LWS_PLUGIN,))
    if not plugins:
        return None
    warnings = _check(serving, plugins, spec.get("kthena", BOTH))
    wanted = max(serving.replicas(), spec.get("maxGroups", _DEFAULT_GROUPS))
    groups = min(wanted, MAX_GROUPS)
    keys = [group_key(names.group_name(serving.name, ordinal)) for ordinal in range(groups)]
    annotations: dict[str, Data] = {names.GROUP_KEYS: ",".join(keys)}
    roles, target = _scope(plugins)
    there = get(get(item.node, "metadata"), "annotations")
    # What an earlier scope left must not stay.
    if roles or get(there, names.SCOPE_ROLES) is not None:
        annotations[names.SCOPE_ROLES] = roles
    if target != "All" or get(there, names.SCOPE_TARGET) is not None:
        annotations[names.SCOPE_TARGET] = target
    root, document = item.editable(), item.document
    replace_plugins(document, document.own_mapping(root, "spec"), plugins, [])
    metadata: dict[str, Data] = {"labels": {names.ENABLED: "enabled"}, "annotations": annotations}
    document.update(root, {"metadata": metadata})
    if wanted > groups:
        path = "spec.replicas"
        warnings.append(Result("groups-without-key", path, current=str(wanted), limit=MAX_GROUPS))
    if item.group != GROUPS[0]:
        version = item.api_version
        warnings.append(Result("policy-blind", "apiVersion", current=version, group=GROUPS[0]))
    return [warning.on(item.reference) for warning in warnings]


def _check(serving: ModelServing, plugins: list[Plugin], version: str) -> list[Result]:
    """Warnings. Raises ItemError with all that is wrong."""
    errors: list[Result] = []
    noted(errors, _scope, plugins)
    refused, warnings = problems(serving, plugins, version)
    return raise_errors(errors + refused) + warnings


def _scope(plugins: list[Plugin]) -> tuple[str, str]:
    """The roles, comma-separated, and the target of the `lws` entries."""
    # A name with a comma, which no role can have, would stand for several.
    scopes = {(",".join(it for it in p.roles if "," not in it), p.target) for p in plugins}
    if ("", "All") in scopes:
        return "", "All"
    if len(scopes) > 1:
        raise ItemError(Result("several-scopes", plugins[1].path, path=plugins[0].path))
    return scopes.pop()
