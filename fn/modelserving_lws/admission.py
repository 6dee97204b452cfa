"""ExpandLWSPlugin, `via: AdmissionPolicy`: marks ModelServings, so that the API server writes the
LWS contract into their pods, and adds the policy by which it does that; see `policy.yaml`.
"""

from __future__ import annotations

from .expand import replace_plugins
from .function_config import MAX_GROUPS
from .modelserving import KIND, ModelServing
from .policy import NAME, policies
from .result import ERROR, INFO, ItemError, Result, say
from .settings import PLUGIN_NAME
from .splices import EditError
from .transform import attempt, count
from .values import group_key
from .view import get

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .document import Document
    from .modelserving import Plugin
    from .nodes import Data
    from .resource_list import Item, ResourceList

ENABLED = "modelserving.volcano.sh/lws"
GROUP_KEYS = "modelserving.volcano.sh/lws-group-keys"
SCOPE_ROLES = "modelserving.volcano.sh/lws-scope-roles"
SCOPE_TARGET = "modelserving.volcano.sh/lws-scope-target"
_DEFAULT_GROUPS = 64
_GROUP = "admissionregistration.k8s.io"


def enable(resource_list: ResourceList, spec: dict[str, Any]) -> list[Result]:
    """Edits the ModelServings of a list that have the plugin `lws`, as `expand` does."""
    results: list[Result] = []
    groups = spec.get("maxGroups", _DEFAULT_GROUPS)
    document = resource_list.document
    documents = policies() if spec.get("emitPolicy", True) else {}
    servings = 0
    for item in resource_list.items(frozenset((KIND, *documents))):
        if item.kind in documents:
            if item.group == _GROUP and item.reference.name == NAME:
                del documents[item.kind]
        elif ModelServing.is_kind_of(item):
            done = attempt(item, document, lambda item: _enable(item, document, groups), results)
            servings += done is True
            item.forget()
    if servings:
        document.mark()
        try:
            resource_list.append(list(documents.values()))
        except EditError as error:
            document.rollback()
            return [*results, Result(ERROR, str(error))]
        message = f"enabled the admission policy `{NAME}` for {count(servings, 'ModelServing')}"
        if documents:
            message += (
                f", and added its {' and '.join(documents)}; pods that are made before the API "
                "server knows these go without the contract"
            )
        results.append(Result(INFO, message))
    return results


def _enable(item: Item, document: Document, max_groups: int) -> bool:
    """Whether the ModelServing has the plugin, and so was changed."""
    serving = ModelServing(item)
    plugins = serving.plugins((PLUGIN_NAME,))
    if not plugins:
        return False
    roles, target = _scope(plugins)
    groups = min(max(serving.replicas(), max_groups), MAX_GROUPS)
    keys = [group_key(f"{serving.name}-{ordinal}") for ordinal in range(groups)]
    annotations: dict[str, Data] = {GROUP_KEYS: ",".join(keys)}
    there = get(get(item.node, "metadata"), "annotations")
    # What is left over from another scope must not stay.
    if roles or get(there, SCOPE_ROLES) is not None:
        annotations[SCOPE_ROLES] = roles
    if target != "All" or get(there, SCOPE_TARGET) is not None:
        annotations[SCOPE_TARGET] = target
    root = item.editable(document)
    replace_plugins(document, document.own_mapping(root, "spec"), plugins, [])
    metadata: dict[str, Data] = {"labels": {ENABLED: "enabled"}, "annotations": annotations}
    document.update(root, {"metadata": metadata})
    return True


def _scope(plugins: list[Plugin]) -> tuple[str, str]:
    """The roles, comma-separated, and the target of the `lws` entries."""
    scopes = {(",".join(plugin.roles), plugin.target) for plugin in plugins}
    if ("", "All") in scopes:
        return "", "All"
    if len(scopes) > 1:
        raise ItemError(plugins[1].path, say("several-scopes", path=plugins[0].path))
    return scopes.pop()
