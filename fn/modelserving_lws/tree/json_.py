"""A tree as JSON, for other programs."""

from __future__ import annotations

import json

from ..yamltext.data import text_at
from . import words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .model import Group, Pod, Replica, Service, Serving, Tree

# A field that is added is no new version.
VERSION = "1"


def json_lines(tree: Tree) -> Iterator[str]:
    """The lines of one JSON object. A variable is null where only the cluster knows its value."""
    data = {
        "version": VERSION,
        "modelServings": [_serving(it) for it in tree.servings],
        "pods": [_pod(it) for it in tree.others],
        "services": [_service(it) for it in tree.services],
    }
    yield json.dumps(data, indent=1)


def _named(it: Serving | Pod | Service) -> dict[str, Any]:
    return {"namespace": it.namespace, "name": it.name} if it.namespace else {"name": it.name}


def _serving(serving: Serving) -> dict[str, Any]:
    groups = [_group(it) for it in serving.groups.values()]
    return {**_named(serving), "summary": words.totals(serving), "groups": groups}


def _group(group: Group) -> dict[str, Any]:
    return {"name": group.name, "replicas": [_replica(it) for it in group.replicas.values()]}


def _replica(replica: Replica) -> dict[str, Any]:
    pods = [_pod(it) for it in replica.pods]
    return {"id": replica.id, "address": replica.address, "pods": pods}


def _pod(pod: Pod) -> dict[str, Any]:
    containers = [
        {
            "name": name,
            "image": text_at(container.node, "image") or "",
            "init": container.field == "initContainers",
            "env": env,
        }
        for container, (name, env) in zip(pod.containers, pod.environments(), strict=True)
    ]
    return {
        **_named(pod),
        "index": pod.index,
        "entry": pod.is_entry,
        "resources": pod.resources,
        "containers": containers,
    }


def _service(service: Service) -> dict[str, Any]:
    endpoints = [service.endpoint(it) for it in service.pods]
    summary = "  ".join(filter(None, (words.ports(service), words.selection(service))))
    return {**_named(service), "summary": summary, "endpoints": endpoints}
