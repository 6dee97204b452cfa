"""ModelServings as ExpandLWSPlugin with `via: AdmissionPolicy` is to write them."""

from __future__ import annotations

import copy
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cluster.api import Object

MSV = "modelserving.volcano.sh"
MAX_GROUPS = 64


def expanded(serving: Object) -> Object:
    """The ModelServing without its plugin `lws`, with what the admission policy reads."""
    serving = copy.deepcopy(serving)
    metadata, spec = serving["metadata"], serving["spec"]
    (plugin,) = (plugin for plugin in spec["plugins"] if plugin["name"] == "lws")
    spec["plugins"].remove(plugin)
    count = max(spec.get("replicas", 1), MAX_GROUPS)
    groups = (f"{metadata['name']}-{ordinal}".encode() for ordinal in range(count))
    keys = [hashlib.sha1(group, usedforsecurity=False).hexdigest() for group in groups]
    metadata.setdefault("labels", {})[f"{MSV}/lws"] = "enabled"
    annotations = metadata.setdefault("annotations", {})
    annotations[f"{MSV}/lws-group-keys"] = ",".join(keys)
    scope = plugin.get("scope", {})
    if scope.get("roles"):
        annotations[f"{MSV}/lws-scope-roles"] = ",".join(scope["roles"])
    if "target" in scope:
        annotations[f"{MSV}/lws-scope-target"] = scope["target"]
    return serving
