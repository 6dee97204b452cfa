"""--print-webhook-guard; tests/cluster runs the patch on an API server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelserving_lws.kthena.names import NAME
from modelserving_lws.lws.contract import PREFIX

if TYPE_CHECKING:
    from tests.running import Program

EXPRESSION = (
    f"!(has(object.metadata.labels) && '{NAME}' in object.metadata.labels"
    f" && has(object.metadata.annotations) && '{PREFIX}size' in object.metadata.annotations)"
)


def test_a_json_patch_is_printed(program: Program) -> None:
    finished = program("", "--print-webhook-guard")
    assert (finished.stderr, finished.code) == ("", 0)
    condition = {"name": "not-of-a-modelserving", "expression": EXPRESSION}
    assert json.loads(finished.stdout) == [
        {"op": "test", "path": "/webhooks/1/name", "value": "mpod.kb.io"},
        {"op": "add", "path": "/webhooks/1/matchConditions", "value": [condition]},
    ]


def test_only_one_thing_is_printed(program: Program) -> None:
    for option in ("--print-policy", "--check", "--diff"):
        finished = program("", "--print-webhook-guard", option)
        assert (finished.stdout, finished.code) == ("", 2)
