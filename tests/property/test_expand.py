"""For any ModelServing: a stock controller makes of it, once expanded, the pods that InjectLWS
makes. The models of the controller, of the contract and of the kubelet say what these pods are.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from modelserving_lws.pipeline import run
from tests.manifests import LWS, MSV, apart, chunks, data_of, function_config
from tests.model import admission, contract, controller, kubelet
from tests.model.servings import servings
from tests.property import items as generated
from tests.property.kept import assert_kept
from tests.property.styles import Style
from tests.property.test_bytes import randoms
from tests.running import EXAMPLES, GOLDEN

if TYPE_CHECKING:
    from random import Random

    from modelserving_lws.pipeline import Outcome

CONFIG = function_config("ExpandLWSPlugin")
HELPERS = {"MODELSERVING_GROUP_NAME", "MODELSERVING_ROLE_ID", "MODELSERVING_NAMESPACE"}
NOT_CARRIED = {f"{LWS}/group-index", f"{LWS}/group-key"}
INDEX = f"{LWS}/worker-index"
# What may be wrong with the ModelServings that are drawn.
REFUSALS = (
    "must have the same value in all",
    "lacks and would get",
    "another worker's",
    "contract's or what",
    "that is not set before",
)


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
        other["metadata"].get("annotations", {}).pop(f"{MSV}/lws-moved-env", None)
        for kind in ("labels", "annotations"):
            assert (other["metadata"].get(kind) or {}) == (one["metadata"].get(kind) or {})


def reads_what_plugins_cannot(serving: Any) -> bool:
    """Whether an env var of a plugin reads a label that several workers lack; a warning says so."""
    return any(
        INDEX in str(entry)
        for plugin in serving["spec"]["plugins"]
        for entry in (plugin.get("config") or {}).get("env") or []
    )


@given(servings(), st.lists(generated.anything | generated.pods(), max_size=2), randoms, st.data())
def test_any_modelserving(serving: Any, others: list[Any], random: Random, draw: Any) -> None:
    index = random.randint(0, len(others))
    items = [*others[:index], serving, *others[index:]]
    texts = Style(random, shares=draw.draw(st.booleans())).items(items)
    before = apart(texts, CONFIG)
    has_aliases = "*" in before  # what they stand for may have to be written out
    if random.random() < 0.2:
        before = before.replace("\n", "\r\n")
        items = data_of(before)["items"]
    outcome = expand(before)
    after = outcome.output.decode()
    if "\r" in before:
        assert "\n" not in after.replace("\r\n", "")
        before, after = before.replace("\r\n", "\n"), after.replace("\r\n", "\n")
    if outcome.failed:
        messages = [str(result) for result in outcome.results if result.severity == "error"]
        assert all(any(part in message for part in REFUSALS) for message in messages), messages
        assert after.startswith(before)
        return
    result = data_of(after)["items"][index]
    assert data_of(after)["items"] == [*items[:index], result, *items[index + 1 :]]
    assert admission.problems(result) == []
    assert all(plugin["name"] != "lws" for plugin in result["spec"].get("plugins", []))
    assert expand(outcome.output.decode()).output == outcome.output
    if not reads_what_plugins_cannot(serving):
        assert_equal_pods(serving, result)
    if not has_aliases:
        assert_kept(before, after, index)
        old, new = chunks(before), chunks(after)
        assert old[: index + 1] + old[index + 2 : -1] == new[: index + 1] + new[index + 2 : -1]


@settings(max_examples=50)
@given(servings(), st.data())
def test_the_plugin_put_back(serving: Any, draw: Any) -> None:
    """With other replicas, a second expansion gives what a first one gives."""
    outcome = expand(json.dumps(serving))
    if outcome.failed:
        return
    again = json.loads(outcome.output)
    for role, now in zip(
        serving["spec"]["template"]["roles"], again["spec"]["template"]["roles"], strict=True
    ):
        if "workerTemplate" in role:
            most = 3 if role["workerReplicas"] > 1 else 1
            role["workerReplicas"] = now["workerReplicas"] = draw.draw(st.integers(0, most))
    plugins = [plugin for plugin in serving["spec"]["plugins"] if plugin["name"] == "lws"]
    again["spec"]["plugins"] = [*plugins, *again["spec"].get("plugins", [])]
    outcome = expand(json.dumps(again))
    assert not outcome.failed, [str(result) for result in outcome.results]
    if not reads_what_plugins_cannot(serving):
        assert_equal_pods(serving, json.loads(outcome.output))


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.iterdir()))
def test_the_golden_modelservings(case: str) -> None:
    before = (GOLDEN / case / "modelserving.yaml").read_text()
    outcome = expand(before)
    assert not outcome.failed
    assert_equal_pods(data_of(before), data_of(outcome.output.decode()))
    injected = list(
        yaml.load_all((GOLDEN / case / "pods-injected.yaml").read_text(), yaml.CSafeLoader)
    )
    for pod, golden in zip(
        controller.pods(data_of(outcome.output.decode())), injected, strict=True
    ):
        resolved = kubelet.resolved(golden)
        for name, container in kubelet.resolved(pod).items():
            assert {
                variable: value
                for variable, value in container["env"].items()
                if variable in resolved[name]["env"]
            } == resolved[name]["env"]


@pytest.mark.parametrize(
    ("manifest", "variable", "value"),
    [
        ("expand-lws-plugin-kpt/modelserving.yaml", "RAY_NODE", "--node-name=worker-2"),
        (
            "expand-lws-plugin-kustomize/base/modelserving.yaml",
            "NODES",
            "--pipeline-parallel-size=3 --nnodes=3 --node-rank=2 "
            "--master-addr=deepseek-v3-0-engine-0-0.default",
        ),
    ],
)
def test_the_examples(manifest: str, variable: str, value: str) -> None:
    before = (EXAMPLES / manifest).read_text()
    after = data_of(expand(before).output.decode())
    assert_equal_pods(data_of(before), after)
    worker = kubelet.resolved(controller.pods(after)[2])["engine"]
    assert worker["env"][variable] == value
    assert value in worker["args"][0]


def test_env_with_an_anchor_that_ends_in_a_block_scalar_is_replaced() -> None:
    before = (GOLDEN / "single-pod" / "modelserving.yaml").read_text()
    before = before[: before.index("            image:")]
    before = before.replace("      entryTemplate:", "      workerReplicas: 0\n      entryTemplate:")
    before += "            env: &e\n            - name: |-\n                LWS_GROUP_SIZE\n"
    after = data_of(expand(before).output.decode())
    (container,) = after["spec"]["template"]["roles"][0]["entryTemplate"]["spec"]["containers"]
    assert [entry["name"] for entry in container["env"]][-3:] == [
        "LWS_LEADER_ADDRESS",
        "LWS_GROUP_SIZE",
        "LWS_WORKER_INDEX",
    ]
