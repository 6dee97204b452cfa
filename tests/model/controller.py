"""What kthena's stock controller (1.0) makes of a ModelServing, on plain data. It adds what only a
cluster knows to the pods of RenderModelServing. `tests/golden` verifies both; placeholders there
stand for what only a cluster knows.
"""

from __future__ import annotations

import json
from typing import Any

from modelserving_lws.pipeline import run
from tests.manifests import MSV

UID = "00000000-0000-0000-0000-000000000001"
LABELS = {f"{MSV}/revision": "rev1", f"{MSV}/role-template-hash": "hash1"}


class RefusedError(Exception):
    """The reason why the controller makes no pods."""


def pods(serving: Any) -> list[Any]:
    """The pods in the order in which they are made, by ServingGroup, role, replica and index."""
    return [_admitted(item) for item in rendered(serving) if item["kind"] == "Pod"]


def rendered(serving: Any) -> list[Any]:
    """All items that RenderModelServing makes; raises RefusedError where it refuses to."""
    items = {"apiVersion": "v1", "kind": "List", "items": [serving]}
    outcome = run(json.dumps(items).encode(), "RenderModelServing")
    if outcome.failed:
        raise RefusedError(*map(str, outcome.results))
    made: list[Any] = json.loads(outcome.output)["items"][1:]
    return made


def _admitted(pod: Any) -> Any:
    """A pod as the cluster has it."""
    pod["metadata"].setdefault("namespace", "default")
    pod["metadata"]["labels"] |= LABELS
    pod["metadata"]["ownerReferences"][0]["uid"] = UID
    return pod
