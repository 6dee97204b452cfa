"""The rules of a cluster, held against what the API server and kthena's webhook of two versions
said of each input; `tests/cluster/test_kthena.py` asks them again.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from modelserving_lws.kthena.controller import parsed
from modelserving_lws.kthena.subjects import BOTH, VERSIONS
from modelserving_lws.kthena.validation import refusals
from modelserving_lws.pipeline import run
from modelserving_lws.results.result import ERROR, WARNING
from tests.manifests import function_config
from tests.running import ROOT

CASES = json.loads((ROOT / "tests" / "cluster" / "refusals.json").read_text())
# What a cluster takes: it makes no pods of the first three, and reads the last one as 1.
STRICTER = {
    "entry containers []",
    "entry spec absent",
    "plugin scope target entry (lower case)",
    "workerReplicas 1.0",
}
# In a pod's `spec`, what the rules do not cover.
NOT_COVERED = {"unknown field in the pod spec", "resources cpu: {}"}
cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])


def is_refused(case: Any, version: str) -> bool:
    if case["name"] in STRICTER:
        return True
    return case[version] == "refused" and case["name"] not in NOT_COVERED


@cases
@pytest.mark.parametrize("version", VERSIONS)
def test_the_rules_refuse_what_a_cluster_refuses(case: Any, version: str) -> None:
    found = refusals(parsed(json.dumps(case["modelServing"]))[1], version)
    assert bool(found) == is_refused(case, version), found
    assert {result.severity for result in found} <= {ERROR}


@cases
def test_what_one_version_refuses_is_a_warning_that_names_it(case: Any) -> None:
    found = refusals(parsed(json.dumps(case["modelServing"]))[1], BOTH)
    by = [version for version in VERSIONS if is_refused(case, version)]
    if len(by) == 1:
        (other,) = set(VERSIONS) - set(by)
        (result,) = found
        assert result.severity == WARNING
        assert result.message.endswith(f"; kthena {by[0]} refuses it, kthena {other} takes it")
    else:
        assert {result.severity for result in found} == ({ERROR} if by else set())


@cases
@pytest.mark.parametrize("kind", ["ExpandLWSPlugin", "RenderModelServing"])
@pytest.mark.parametrize("version", VERSIONS)
def test_the_functions_say_the_same(case: Any, kind: str, version: str) -> None:
    item = copy.deepcopy(case["modelServing"])
    plugins = (item.get("spec") or {}).get("plugins") or []
    if not isinstance(plugins, list) or "spec" not in item:
        return  # no plugin `lws` can be there
    item["spec"]["plugins"] = [*plugins, {"name": "lws"}]
    config = function_config(kind, f"{{kthena: {version}}}")
    outcome = run(json.dumps(item).encode(), config=config.encode())
    said = {(it.field, it.message) for it in outcome.results if it.severity == ERROR}
    found = refusals(parsed(json.dumps(item))[1], version)
    assert said >= {(it.field, it.message) for it in found}
    if not found and not plugins:
        assert not outcome.failed
