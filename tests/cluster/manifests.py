"""The ModelServings of the examples and of the golden cases, as a stock controller runs them; and
what two versions of kthena said of other ModelServings.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from modelserving_lws.pipeline import run
from tests.running import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.api import Object

REFUSALS = json.loads(Path(__file__).with_name("refusals.json").read_text())
KINDS = ("ModelServing", "LeaderWorkerSet")
TEMPLATES = ("template", "leaderWorkerTemplate")


def manifests() -> Iterator[tuple[str, Object]]:
    """The ModelServings and LeaderWorkerSets of the examples and of the golden cases."""
    files = [*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("tests/golden/*/modelserving.yaml")]
    for path in sorted(files):
        relative = path.relative_to(ROOT)
        if {".expected", "templates"} & {*relative.parts}:
            continue
        for item in yaml.safe_load_all(path.read_text()):
            spec = item.get("spec", {}) if isinstance(item, dict) else {}
            if item.get("kind") in KINDS and not spec.keys().isdisjoint(TEMPLATES):
                yield f"{relative}-{item['metadata']['name']}", item


SERVINGS = list(manifests())
IDS = [name for name, _ in SERVINGS]


def written(item: Object, function: str) -> Object:
    """The item after a function that has no error on it."""
    outcome = run(
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [item]}).encode(), function
    )
    assert not outcome.failed, outcome.results
    found: Object = json.loads(outcome.output)["items"][0]
    return found


def ready_for_kthena(item: Object, namespace: str) -> Object:
    """A ModelServing that a stock controller runs, in a namespace."""
    item = copy.deepcopy(item)
    item["metadata"]["namespace"] = namespace
    if item["kind"] == "LeaderWorkerSet":
        item = written(item, "ConvertLeaderWorkerSet")
    return written(item, "ExpandLWSPlugin")
