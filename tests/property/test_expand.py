"""A stock controller makes of an expanded ModelServing what InjectLWS makes of the pods: the model
of the controller, of the contract and of the kubelet are what ExpandLWSPlugin is held against.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelserving_lws.library import run
from tests.conftest import ROOT
from tests.model import LWS, MSV, admission, contract, controller, kubelet
from tests.model.servings import servings
from tests.property.styles import Style

if TYPE_CHECKING:
    from random import Random

    from modelserving_lws.library import Outcome

GOLDEN = ROOT / "tests" / "golden"
HELPERS = {"MODELSERVING_GROUP_NAME", "MODELSERVING_ROLE_ID", "MODELSERVING_NAMESPACE"}
NOT_CARRIED = {f"{LWS}/group-index", f"{LWS}/group-key"}
INDEX = f"{LWS}/worker-index"
# What may be wrong with the ModelServings that are drawn.
REFUSALS = (
    "must have the same value in all",
    "lacks and would get",
    "another worker's",
    "contract's",
)
randoms = st.randoms(use_true_random=True)


def data(text: str) -> Any:
    return yaml.load(text, yaml.CSafeLoader)


def expand(text: str) -> Outcome:
    return run(text.encode(), "ExpandLWSPlugin")


def stock(serving: Any) -> Any:
    """The ModelServing without the plugin that the controller doesn't know."""
    serving = copy.deepcopy(serving)
    serving["spec"]["plugins"] = [
        plugin for plugin in serving["spec"]["plugins"] if plugin["name"] != "lws"
    ]
    return serving


def wanted_pods(serving: Any) -> list[Any]:
    pods = contract.inject([serving, *controller.pods(stock(serving))])[1:]
    for pod in pods:
        for key in NOT_CARRIED:
            pod["metadata"]["labels"].pop(key, None)
    return pods


def is_one_of_several(pod: Any, serving: Any) -> bool:
    """Whether the pod has the contract, and its worker index is not that of all pods of its
    template.
    """
    labels = pod["metadata"]["labels"]
    role = next(
        role
        for role in serving["spec"]["template"]["roles"]
        if role["name"] == labels[f"{MSV}/role"]
    )
    is_worker = labels.get(f"{MSV}/entry") != "true"
    return is_worker and role["workerReplicas"] > 1 and contract.is_enabled(serving, labels)


def assert_equal_pods(before: Any, after: Any) -> None:
    wanted, got = wanted_pods(before), controller.pods(after)
    assert len(wanted) == len(got)
    for one, other in zip(wanted, got, strict=True):
        environment = kubelet.resolved(one)
        for name, container in kubelet.resolved(other).items():
            more = container["env"].keys() - environment[name]["env"].keys()
            for variable in more:
                del container["env"][variable]
            assert container == environment[name], (one["metadata"]["name"], name)
        if INDEX in one["metadata"]["labels"] and is_one_of_several(one, before):
            del one["metadata"]["labels"][INDEX]
        for kind in ("labels", "annotations"):
            assert (other["metadata"].get(kind) or {}) == (one["metadata"].get(kind) or {})


def reads_what_plugins_cannot(serving: Any) -> bool:
    """Whether an env var of a plugin reads a label that several workers lack; a warning says so."""
    return any(
        INDEX in str(entry)
        for plugin in serving["spec"]["plugins"]
        for entry in (plugin.get("config") or {}).get("env") or []
    )


@given(servings(), randoms, st.booleans())
def test_any_modelserving(serving: Any, random: Random, shares: bool) -> None:
    text = "items:\n" + "".join(Style(random, shares).items([serving]))
    text = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n" + text
    outcome = expand(text)
    after = outcome.output.decode()
    if outcome.failed:
        messages = [str(result) for result in outcome.results if result.severity == "error"]
        assert all(any(part in message for part in REFUSALS) for message in messages), messages
        assert data(after)["items"] == [serving]
        return
    (result,) = data(after)["items"]
    assert admission.problems(result) == []
    assert all(plugin["name"] != "lws" for plugin in result["spec"].get("plugins", []))
    assert expand(after).output == outcome.output
    if not reads_what_plugins_cannot(serving):
        assert_equal_pods(serving, result)


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.iterdir()))
def test_the_golden_modelservings(case: str) -> None:
    before = (GOLDEN / case / "modelserving.yaml").read_text()
    outcome = expand(before)
    assert not outcome.failed
    assert_equal_pods(data(before), data(outcome.output.decode()))
    injected = list(
        yaml.load_all((GOLDEN / case / "pods-injected.yaml").read_text(), yaml.CSafeLoader)
    )
    for pod, golden in zip(controller.pods(data(outcome.output.decode())), injected, strict=True):
        resolved = kubelet.resolved(golden)
        for name, container in kubelet.resolved(pod).items():
            assert {
                variable: value
                for variable, value in container["env"].items()
                if variable in resolved[name]["env"]
            } == resolved[name]["env"]


def test_env_with_an_anchor_that_ends_in_a_block_scalar_is_replaced() -> None:
    before = (GOLDEN / "single-pod" / "modelserving.yaml").read_text()
    before = before[: before.index("            image:")]
    before += "            env: &e\n            - name: |-\n                LWS_GROUP_SIZE\n"
    after = data(expand(before).output.decode())
    (container,) = after["spec"]["template"]["roles"][0]["entryTemplate"]["spec"]["containers"]
    assert [entry["name"] for entry in container["env"]][-3:] == [
        "LWS_LEADER_ADDRESS",
        "LWS_GROUP_SIZE",
        "LWS_WORKER_INDEX",
    ]
