"""kthena's plugin `demo-pod-tweaks`: what its entries in `spec.plugins` do to pods.

It writes its annotations over the template's, and its env behind the controller's own, into each
container (`pkg/model-serving-controller/plugins/demo_plugin.go`).
"""

from __future__ import annotations

from ..lws.contract import ANNOTATION, ENV, KEYS
from ..results.result import Result
from ..yamltext.access import entries_of, get, text_at
from .modelserving import ENTRY_ADDRESS, GROUP_SIZE, WORKER_INDEX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..yamltext.nodes import Node
    from .modelserving import Plugin

DEMO_POD_TWEAKS = "demo-pod-tweaks"
LWS_LEADER_ADDRESS = "LWS_LEADER_ADDRESS"
LWS_WORKER_INDEX = "LWS_WORKER_INDEX"
OWN_INDEX = f"$({WORKER_INDEX})"
CONTRACT_ENV = frozenset(key for key, _ in KEYS[ENV])
CONTROLLER_ENV = frozenset((GROUP_SIZE, ENTRY_ADDRESS, WORKER_INDEX))


class Tweak:
    """An env var that an entry sets: its name, its `value`, the `field` of the pod that it reads,
    both empty where it has none, and its path.
    """

    __slots__ = ("field", "name", "path", "value")

    def __init__(self, name: str, value: str, field: str, path: str) -> None:
        self.name = name
        self.value = value
        self.field = field
        self.path = path

    @property
    def is_index(self) -> bool:
        """Whether it gives `LWS_WORKER_INDEX` the value that this function does."""
        return (self.name, self.value) == (LWS_WORKER_INDEX, OWN_INDEX)


def tweaks_of(plugin: Plugin) -> list[Tweak]:
    """The env vars that an entry of `spec.plugins` sets."""
    tweaks = []
    for i, entry in enumerate(entries_of(get(get(plugin.node, "config"), "env"))):
        name, value = text_at(entry, "name") or "", text_at(entry, "value") or ""
        path = f"{plugin.path}.config.env[{i}]"
        tweaks.append(Tweak(name, value, field_path(entry) or "", path))
    return tweaks


def conflicts(plugin: Plugin) -> list[Result]:
    """What an entry of `spec.plugins` sets that is the contract's, or the controller's that the
    contract comes from.
    """
    found = [
        (tweak.path, tweak.name)
        for tweak in tweaks_of(plugin)
        if tweak.name in CONTRACT_ENV | CONTROLLER_ENV and not tweak.is_index
    ]
    annotations = get(get(plugin.node, "config"), "annotations")
    found += [
        (f"{plugin.path}.config.annotations['{key}']", key)
        for key, _ in KEYS[ANNOTATION]
        if get(annotations, key) is not None
    ]
    return [Result("plugin-sets-contract", path, name=name) for path, name in found]


def field_path(entry: Node) -> str | None:
    """The field of the pod that an entry of an env reads."""
    return text_at(get(get(entry, "valueFrom"), "fieldRef"), "fieldPath")
