"""What an earlier run of ExpandLWSPlugin wrote into a ModelServing, so that a run can bring it up
to date.

The annotation `lws-expanded` has the `lws` entries that left `spec.plugins`:

    modelserving.volcano.sh/lws-expanded: '[{"name":"lws","type":"BuiltIn"}]'

Earlier versions did not write it. Their work is known by the label `name` of the contract and a
`LWS_LEADER_ADDRESS` that is composed of the helper variables, together.
"""

from __future__ import annotations

import json

from ...config.function_config import to_data
from ...k8s.fields import noted
from ...kthena.modelserving import (
    BUILT_IN,
    ENTRY_TEMPLATE,
    LWS_PLUGIN,
    WORKER_TEMPLATE,
    Plugin,
    plugin_entries,
)
from ...kthena.names import LWS_EXPANDED
from ...kthena.plugins import DEMO_POD_TWEAKS, DemoPodTweaks
from ...lws.contract import LEADER_ADDRESS_ENV, NAME_LABEL, REPLICAS_ANNOTATION
from ...results.errors import InputError, ItemError
from ...results.result import Result, quoted
from ...yamltext.data import detached_mapping, entries_of, get, text_at
from ...yamltext.nodes import Mapping
from ...yamltext.read import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...kthena.modelserving import ModelServing
    from ...results.result import Data
    from ...yamltext.nodes import Node

_PATH = f"metadata.annotations['{LWS_EXPANDED}']"
HELPERS = "MODELSERVING_"


class Earlier:
    """`plugins` are the `lws` entries of a ModelServing, those in `spec.plugins` or those that an
    earlier run took away; `is_expanded` is whether such a run was. `tweaks` are the user's entries
    of `demo-pod-tweaks`, `own` those that the earlier run wrote, `removable` all that are to go,
    `errors` says which can't be read.
    """

    def __init__(self, serving: ModelServing) -> None:
        """Raises ItemError for a malformed entry."""
        node = serving.item.node
        annotation = text_at(get(get(node, "metadata"), "annotations"), LWS_EXPANDED)
        self.plugins = serving.plugins((LWS_PLUGIN,))
        self.removable: list[Plugin] = list(self.plugins)
        earlier = _annotated(annotation) if annotation is not None else _recognised(serving)
        self.is_expanded = bool(earlier)
        self.plugins = self.plugins or earlier
        self.tweaks: list[DemoPodTweaks] = []
        self.own: list[DemoPodTweaks] = []
        self.errors: list[Result] = []
        for i, entry in plugin_entries(node) if self.plugins else ():
            if text_at(entry, "name") == DEMO_POD_TWEAKS:
                plugin = noted(self.errors, DemoPodTweaks, entry, i)
                if plugin is not None:
                    is_own = self.is_expanded and _is_own(plugin, _roles(node))
                    (self.own if is_own else self.tweaks).append(plugin)
        self.removable += self.own

    @property
    def annotation(self) -> str:
        """The value of the annotation for the next run."""
        return json.dumps([to_data(it.node) for it in self.plugins], separators=(",", ":"))

    def moved_env(self, role: str) -> dict[str, str]:
        """The variables that moved out of a role's worker template in earlier runs."""
        found: dict[str, str] = {}
        for plugin in self.own:
            if plugin.roles == [role]:
                found |= {tweak.name: tweak.value for tweak in plugin.env[1:]}
        return found


def _annotated(text: str) -> list[Plugin]:
    """The entries in the annotation."""
    try:
        (root,) = read(text)
        nodes = entries_of(root)
        if not nodes or not all(text_at(node, "name") == LWS_PLUGIN for node in nodes):
            raise ValueError
        plugins = [Plugin(node, i) for i, node in enumerate(nodes) if isinstance(node, Mapping)]
    except (InputError, ItemError, ValueError):
        allowed, found = "entries of the plugin `lws`, as a list in JSON", quoted(text)
        result = Result("wrong-value", _PATH, current=text, allowed=allowed, found=found)
        raise ItemError(result) from None
    for i, plugin in enumerate(plugins):
        plugin.path = f"{_PATH}[{i}]"
    return plugins


def _recognised(serving: ModelServing) -> list[Plugin]:
    """Entries that cover just the templates that have the contract's label and the helpers."""
    roles = _roles(serving.item.node)
    scopes: dict[str, list[str]] = {}
    for role in roles:
        if not isinstance(role, Mapping):
            return []
        done = [is_expanded(get(role, field)) for field in (ENTRY_TEMPLATE, WORKER_TEMPLATE)]
        if any(done):
            both = done[0] and (done[1] or not _containers(get(role, WORKER_TEMPLATE)))
            target = "All" if both else "Entry" if done[0] else "Worker"
            scopes.setdefault(target, []).append(text_at(role, "name") or "")
    made = []
    for i, (target, names) in enumerate(scopes.items()):
        data: dict[str, Data] = {"name": LWS_PLUGIN, "type": BUILT_IN}
        scope: dict[str, Data] = {}
        if len(names) < len(roles):
            scope["roles"] = [*names]
        if target != "All":
            scope["target"] = target
        if scope:
            data["scope"] = scope
        made.append(Plugin(detached_mapping(data), i))
    return made


def is_expanded(template: Node | None) -> bool:
    """Whether a template has what an earlier run wrote."""
    if get(get(get(template, "metadata"), "labels"), NAME_LABEL) is None:
        return False
    return any(
        text_at(entry, "name") == LEADER_ADDRESS_ENV
        and (text_at(entry, "value") or "").startswith(f"$({HELPERS}")
        for container in _containers(template)
        for entry in entries_of(get(container, "env"))
    )


def _roles(node: Mapping) -> list[Node]:
    return entries_of(get(get(get(node, "spec"), "template"), "roles"))


def _containers(template: Node | None) -> list[Node]:
    return entries_of(get(get(template, "spec"), "containers"))


def _is_own(plugin: DemoPodTweaks, roles: list[Node]) -> bool:
    """Whether an entry has the form of those that this function writes. One whose role is not there
    any more is the user's, since it may hold variables that moved.
    """
    if plugin.runtime_class:
        return False
    if not plugin.env:
        return plugin.annotations.keys() == {REPLICAS_ANNOTATION}
    return (
        not plugin.annotations
        and plugin.env[0].is_worker_index
        and len(plugin.roles) == 1
        and plugin.target == "Worker"
        and not any(tweak.field for tweak in plugin.env)
        and (len(plugin.env) == 1 or plugin.roles[0] in [text_at(it, "name") for it in roles])
    )


def replicas_entries(plugins: list[Plugin], replicas: str) -> list[dict[str, Data]]:
    """The entries of `spec.plugins` that write the annotation `replicas`, where the `lws` entries
    do: in a template, each change of it would restart all pods.
    """
    made: dict[str, dict[str, Data]] = {}
    for plugin in plugins:
        entry: dict[str, Data] = {"name": DEMO_POD_TWEAKS, "type": BUILT_IN}
        scope = get(plugin.node, "scope")
        if isinstance(scope, Mapping):
            given: dict[str, Data] = {"roles": [*plugin.roles], "target": plugin.target}
            fields = [name for name in scope.fields() if get(scope, name) is not None]
            entry["scope"] = {name: given[name] for name in fields if name in given}
        entry["config"] = {"annotations": {REPLICAS_ANNOTATION: replicas}}
        made.setdefault(json.dumps(entry, sort_keys=True), entry)
    return [*made.values()]
