"""For any ModelServing, the annotations for the admission policy select the pods that its plugins
select.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelserving_lws.functions.expand.policy import policy
from modelserving_lws.pipeline import run
from tests.manifests import LIST_HEAD, MSV, function_config, items_of
from tests.model.servings import ROLE_NAMES, servings
from tests.property.styles import Style

if TYPE_CHECKING:
    from random import Random

CONFIG = function_config("ExpandLWSPlugin", "{via: AdmissionPolicy, maxGroups: 1}").encode()
POLICIES = list(yaml.safe_load_all(policy()))
PODS = list(itertools.product(ROLE_NAMES, ("Entry", "Worker")))
randoms = st.randoms(use_true_random=True)


def covers(roles: list[str], target: str, pod: tuple[str, str]) -> bool:
    return (not roles or pod[0] in roles) and target in ("All", pod[1])


def covered_by_plugins(serving: Any) -> list[bool]:
    """Which of PODS an `lws` entry covers."""
    scopes = [entry.get("scope") or {} for entry in serving["spec"]["plugins"] if is_lws(entry)]
    return [
        any(covers(scope.get("roles", []), scope.get("target", "All"), pod) for scope in scopes)
        for pod in PODS
    ]


def covered_by_policy(annotations: dict[str, str]) -> list[bool]:
    """Which of PODS the policy takes, as its `matchConditions` read these annotations."""
    roles = annotations.get(f"{MSV}/lws-scope-roles", "")
    target = annotations.get(f"{MSV}/lws-scope-target", "All")
    return [covers(roles.split(",") if roles else [], target, pod) for pod in PODS]


def is_lws(entry: Any) -> bool:
    return bool(entry["name"] == "lws")


@given(servings(), randoms, st.booleans())
def test_any_modelserving(serving: Any, random: Random, shares: bool) -> None:
    text = LIST_HEAD + "".join(Style(random, shares).items([serving]))
    outcome = run(text.encode(), config=CONFIG)
    assert run(outcome.output, config=CONFIG).output == outcome.output
    result, *added = items_of(outcome.output)
    if outcome.failed:
        assert [str(each).count("must have the scope of") for each in outcome.results] == [1]
        assert (result, added) == (serving, [])
        return
    assert added == POLICIES
    assert result["metadata"].pop("labels") == {f"{MSV}/lws": "enabled"}
    annotations = result["metadata"].pop("annotations")
    keys = annotations[f"{MSV}/lws-group-keys"].split(",")
    assert len(keys) == max(1, serving["spec"].get("replicas", 1))
    assert covered_by_policy(annotations) == covered_by_plugins(serving)
    plugins = [entry for entry in serving["spec"].pop("plugins") if not is_lws(entry)]
    assert result["spec"].pop("plugins", []) == plugins
    assert result == serving
