"""The plugins that kthena 1.0 has (`pkg/model-serving-controller/plugins`), on plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha1
from typing import Any, NamedTuple

from tests.model import LWS, containers


class RefusedError(Exception):
    """What the controller says in place of making pods."""


class HookRequest(NamedTuple):
    """What a plugin is called with; it changes the pod in place."""

    serving: Any
    serving_group: str
    role_name: str
    is_entry: bool
    pod: Any


Hook = Callable[[HookRequest], None]
Plugin = Callable[[Any], Hook]
"""Takes the `config` of an entry of `spec.plugins`, None where it has none."""


def demo_pod_tweaks(config: Any) -> Hook:
    """`demo_plugin.go`: annotations are overwritten, env is appended whatever is there."""
    fields = _decoded(config, runtimeClassName=str, annotations=dict, env=list)
    annotations = {
        key: "" if value is None else _checked(value, str)
        for key, value in fields.get("annotations", {}).items()
    }
    env = [
        {"name": "", **_decoded(entry, name=str, value=str, valueFrom=dict)}
        for entry in fields.get("env", [])
    ]

    def on_pod_create(request: HookRequest) -> None:
        metadata, spec = request.pod["metadata"], request.pod["spec"]
        if fields.get("runtimeClassName"):
            spec["runtimeClassName"] = fields["runtimeClassName"]
        if annotations:
            metadata["annotations"] = {**metadata.get("annotations", {}), **annotations}
        for container in containers(request.pod):
            container["env"] = [*container["env"], *env]

    return on_pod_create


def lws_standard_labels(_config: Any) -> Hook:
    """`lws_labels_plugin.go`: labels for a ModelServing that a LeaderWorkerSet owns."""

    def on_pod_create(request: HookRequest) -> None:
        owners = request.serving["metadata"].get("ownerReferences") or []
        name = next((owner["name"] for owner in owners if owner["kind"] == "LeaderWorkerSet"), None)
        if name is None:
            return
        ordinal = request.serving_group.rpartition("-")[2]
        index = request.pod["metadata"]["name"].rpartition("-")[2]
        request.pod["metadata"]["labels"] |= {
            f"{LWS}/name": name,
            f"{LWS}/group-index": ordinal,
            f"{LWS}/worker-index": "0" if request.is_entry else index,
            f"{LWS}/group-key": sha1(
                f"{name}-{ordinal}".encode(), usedforsecurity=False
            ).hexdigest(),
        }

    return on_pod_create


STOCK: Mapping[str, Plugin] = {
    "demo-pod-tweaks": demo_pod_tweaks,
    "lws-standard-labels": lws_standard_labels,
}


def _decoded(data: Any, **types: type) -> dict[str, Any]:
    """The fields of a JSON object as Go's encoding/json takes them: names in any case, null as if
    it were not there, unknown ones passed over.
    """
    names = {name.lower(): name for name in types}
    fields = {}
    for key, value in sorted(_checked({} if data is None else data, dict).items()):
        name = names.get(key.lower())
        if name is not None and value is not None:
            fields[name] = _checked(value, types[name])
    return fields


def _checked(value: Any, wanted: type) -> Any:
    if not isinstance(value, wanted):
        raise RefusedError(f"cannot unmarshal {value!r} into {wanted.__name__}")
    return value
