"""The LWS contract on plain data: what InjectLWS makes of items, without text and positions.

It covers valid pods only; the strategies generate no pod that InjectLWS refuses.
"""

from __future__ import annotations

import copy
import re
from hashlib import sha1
from typing import Any

from tests.manifests import LWS, MSV
from tests.model import containers

SOURCES = {
    "LWS_LEADER_ADDRESS": "ENTRY_ADDRESS",
    "LWS_GROUP_SIZE": "GROUP_SIZE",
    "LWS_WORKER_INDEX": "WORKER_INDEX",
}


def inject(items: list[Any], on_conflict: str = "Overwrite") -> list[Any]:
    """The items that the output must have."""
    servings = {
        item["metadata"]["name"]: item
        for item in items
        if isinstance(item, dict) and item.get("kind") == "ModelServing"
    }
    return [
        _pod(copy.deepcopy(item), servings, on_conflict)
        if isinstance(item, dict) and item.get("kind") == "Pod"
        else item
        for item in items
    ]


def _pod(pod: Any, servings: dict[str, Any], on_conflict: str) -> Any:
    labels: dict[str, str] = pod["metadata"].get("labels") or {}
    serving = servings.get(labels.get(f"{MSV}/name", ""))
    if serving is None or not is_enabled(serving, labels):
        return pod
    group = labels[f"{MSV}/group-name"]
    values = {
        "ENTRY_ADDRESS": f"{group}-{labels[f'{MSV}/role-id']}-0.{pod['metadata']['namespace']}",
        "GROUP_SIZE": str(_role(serving, labels[f"{MSV}/role"]).get("workerReplicas", 0) + 1),
        "WORKER_INDEX": re.findall("[0-9]+", pod["metadata"]["name"])[-1],
    }
    for name in values:
        known = [_known(container, name) for container in containers(pod)]
        values[name] = next((value for value in known if value is not None), values[name])
    written = {
        "labels": {
            "name": serving["metadata"]["name"],
            "worker-index": values["WORKER_INDEX"],
            "group-index": group.rpartition("-")[2],
            "group-key": sha1(group.encode(), usedforsecurity=False).hexdigest(),
        },
        "annotations": {
            "size": values["GROUP_SIZE"],
            "replicas": str(serving["spec"].get("replicas", 1)),
        },
    }
    for field, strings in written.items():
        there = pod["metadata"].get(field) or {}
        for key, value in strings.items():
            if on_conflict == "Overwrite" or there.get(f"{LWS}/{key}") is None:
                there[f"{LWS}/{key}"] = value
        pod["metadata"][field] = there
    for container in containers(pod):
        container["env"] = _env(container.get("env") or [], values, on_conflict)
    return pod


def is_enabled(serving: Any, labels: dict[str, str]) -> bool:
    for plugin in serving["spec"].get("plugins", []):
        scope = plugin.get("scope") or {}
        pod = "Entry" if labels.get(f"{MSV}/entry") == "true" else "Worker"
        if (
            plugin["name"] == "lws"
            and (not scope.get("roles") or labels[f"{MSV}/role"] in scope["roles"])
            and scope.get("target", "All") in ("All", pod)
        ):
            return True
    return False


def _role(serving: Any, name: str) -> Any:
    return next(role for role in serving["spec"]["template"]["roles"] if role["name"] == name)


def _known(container: Any, name: str) -> str | None:
    entry = _last(container.get("env") or [], name)
    return None if entry is None or _is_opaque(entry) else entry["value"]


def _last(env: list[Any], name: str) -> Any:
    return next((entry for entry in reversed(env) if entry["name"] == name), None)


def _is_opaque(entry: Any) -> bool:
    return entry.get("valueFrom") is not None or "$(" in (entry.get("value") or "")


def _env(env: list[Any], values: dict[str, str], on_conflict: str) -> list[Any]:
    wanted = {}
    for name, source_name in SOURCES.items():
        source = _last(env, source_name)
        if source is not None and _is_opaque(source):
            entry = {key: value for key, value in source.items() if value is not None}
            wanted[name] = (source, {**entry, "name": name})
        else:
            wanted[name] = (None, {"name": name, "value": values[source_name]})
    if on_conflict == "Keep":
        for name in list(wanted):
            there = [entry for entry in env if entry["name"] == name]
            if any(entry != wanted[name][1] for entry in there):
                del wanted[name]
    result = [entry for source, entry in wanted.values() if source is None]
    for old in env:
        if old["name"] not in wanted:
            result.append(old)
        result += [entry for source, entry in wanted.values() if source is old]
    return result
