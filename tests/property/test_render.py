"""RenderModelServing makes the golden pods; it makes the same pods of a ModelServing in any style;
the plugin `lws` does what InjectLWS does; and what the model of admission refuses, it refuses.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from modelserving_lws.pipeline import run
from tests.manifests import MSV, function_config, items_of
from tests.model import admission, contract, controller
from tests.model.servings import servings
from tests.property.styles import Style
from tests.running import GOLDEN

if TYPE_CHECKING:
    from random import Random

    from modelserving_lws.pipeline import Outcome

CASES = sorted(GOLDEN.iterdir())
# What only a cluster knows.
LABELS = (f"{MSV}/revision", f"{MSV}/role-template-hash")
randoms = st.randoms(use_true_random=True)


def render(text: str, version: str = "Both") -> Outcome:
    config = function_config("RenderModelServing", f"{{kthena: {version}}}")
    return run(text.encode(), config=config.encode())


def known(pod: Any) -> Any:
    """A pod without what only a cluster knows, in the namespace that it has or gets."""
    pod = copy.deepcopy(pod)
    for label in LABELS:
        pod["metadata"]["labels"].pop(label, None)
    del pod["metadata"]["ownerReferences"][0]["uid"]
    return pod


def split(items: list[Any]) -> tuple[list[Any], list[Any]]:
    """The pods and the Services, with the namespace that the cluster gives them."""
    for item in items:
        item["metadata"].setdefault("namespace", "default")
    return (
        [item for item in items if item["kind"] == "Pod"],
        [item for item in items if item["kind"] == "Service"],
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("has_plugin", [True, False], ids=["with lws", "without"])
def test_the_golden_pods(case: Any, has_plugin: bool) -> None:
    """With the plugin and without; and InjectLWS finds nothing to do, or does the rest."""
    text = (case / "modelserving.yaml").read_text()
    injected = list(map(known, items_of((case / "pods-injected.yaml").read_text())))
    if has_plugin:
        outcome = render(text)
        serving, *items = items_of(outcome.output)
        assert [serving] == items_of(text)
        assert split(items)[0] == injected
        assert run(outcome.output).output == outcome.output
    (serving,) = items_of(text)
    plugins = serving["spec"].pop("plugins")
    _, *items = items_of(render(yaml.safe_dump(serving)).output)
    pods, _ = split(items)
    assert pods == list(map(known, items_of((case / "pods.yaml").read_text())))
    serving["spec"]["plugins"] = plugins
    both = run(yaml.safe_dump_all([serving, *pods]).encode())
    assert items_of(both.output)[1:] == injected


@given(servings(), randoms, st.sampled_from(("stream", "list", "json")))
def test_any_modelserving(serving: Any, random: Random, form: str) -> None:
    """In any style, a ModelServing gives the same items, each with a name of its own."""
    text = Style(random, shares=True).items([serving])[0]
    if form == "stream":
        text = text[2:].replace("\n  ", "\n")
        if items_of(text) != [serving]:
            return  # a block scalar, say, that the shift to the left changes
    elif form == "list":
        text = "apiVersion: v1\nkind: List\nitems:\n" + text
    else:
        text = yaml.safe_dump(serving)
    outcome = render(text)
    assert not outcome.failed, list(map(str, outcome.results))
    before, *items = items_of(outcome.output)
    assert before == serving
    assert items == controller.rendered(serving)
    pods, services = split(items)
    assert len({pod["metadata"]["name"] for pod in pods}) == len(pods) == number_of_pods(serving)
    has_workers = {
        role["name"]: role.get("workerTemplate") is not None
        for role in serving["spec"]["template"]["roles"]
    }
    assert [service["metadata"]["name"] for service in services] == [
        pod["metadata"]["name"]
        for pod in pods
        if pod["metadata"]["labels"].get(f"{MSV}/entry")
        and has_workers[pod["metadata"]["labels"][f"{MSV}/role"]]
    ]
    assert render(outcome.output.decode()).output == outcome.output
    if all(plugin["name"] == "lws" for plugin in serving["spec"]["plugins"]):
        assert run(outcome.output).output == outcome.output, "InjectLWS finds nothing to do"


def number_of_pods(serving: Any) -> int:
    spec = serving["spec"]
    in_group: int = sum(
        role.get("replicas", 1) * (role["workerReplicas"] + 1) for role in spec["template"]["roles"]
    )
    groups: int = spec.get("replicas", 1)
    return groups * in_group


@given(servings())
def test_any_plugin_lws(serving: Any) -> None:
    """It does what InjectLWS does with the pods that a controller without it makes."""
    plugins = serving["spec"]["plugins"]
    serving["spec"]["plugins"] = [plugin for plugin in plugins if plugin["name"] == "lws"]
    stock = copy.deepcopy(serving)
    stock["spec"]["plugins"] = []
    injected = contract.inject([serving, *controller.pods(stock)])[1:]
    assert controller.pods(serving) == injected


# Fields of a ModelServing and values, some of which a cluster refuses.
FIELDS: dict[str, tuple[Any, ...]] = {
    "metadata.name": ("1a", "a-b", "A", f"a{'b' * 50}"),
    "spec.replicas": (-1, 0, 3, 10**8),
    "spec.recoveryPolicy": ("All", "ServingGroupRecreate", "None"),
    "spec.rolloutStrategy": (
        {"type": "RoleRollingUpdate"},
        {"type": "RoleRollingUpdate", "rollingUpdateConfiguration": {}},
        {"type": "Other"},
        {"type": "ServingGroupRollingUpdate", "rollingUpdateConfiguration": {"partition": "x"}},
        *(
            {
                "type": "ServingGroupRollingUpdate",
                "rollingUpdateConfiguration": {"maxUnavailable": amount},
            }
            for amount in (0, 1, -1, "0%", "50%", "101%", "1", None)
        ),
    ),
    "spec.template.gangPolicy": (
        {"minRoleReplicas": {"decode": 1}},
        {"minRoleReplicas": {"prefill": -1}},
        {"minRoleReplicas": {"r-0": 5}},
        None,
    ),
    "spec.template.roles": ([],),
    "spec.template.roles.0.name": ("m_n", "abcdefghijklm", "9a", "a-", "decode"),
    "spec.template.roles.0.replicas": (-1, 0, 10**9),
    "spec.template.roles.0.workerReplicas": (-1, None, 0, 7),
    "spec.template.roles.0.workerTemplate": (None,),
    "spec.template.roles.0.maxUnavailable": (0, 1, 9, "100%", "x"),
    "spec.template.roles.0.partition": (0, 1, "50%", -1, "x"),
    "spec.template.roles.0.entryTemplate": (None,),
    "spec.template.roles.0.entryTemplate.metadata": (
        {"labels": {"a": 1}},
        {"annotations": {"a": True, "b": "c"}},
        {"labels": {"a": None}},
    ),
    "spec.template.roles.0.entryTemplate.spec.containers": (
        [{"name": "a"}, {"name": "a"}],
        [{"name": "a", "image": "b c"}],
        [{"name": "a", "env": [{"name": "A", "value": 1.5}]}],
        [{"name": "a", "env": [{"name": "A", "value": "1"}, {"name": "A"}]}],
    ),
}
changes = st.lists(
    st.sampled_from([(path, value) for path, values in FIELDS.items() for value in values]),
    max_size=3,
)


def put(serving: Any, path: str, value: Any) -> None:
    """Gives a field another value, if its parent is there."""
    *parents, last = path.split(".")
    node = serving
    for key in parents:
        if isinstance(node, list):
            node = node[int(key)] if node else None
        elif node is not None:
            node = node.get(key)
    if node is not None:
        node[last] = value


ONE_ROLE = {
    "apiVersion": "workload.serving.volcano.sh/v1alpha1",
    "kind": "ModelServing",
    "metadata": {"name": "chat"},
    "spec": {
        "template": {
            "roles": [
                {
                    "name": "decode",
                    "replicas": -1,
                    "partition": 0,
                    "workerReplicas": 0,
                    "entryTemplate": {"spec": {"containers": [{"name": "engine"}]}},
                }
            ]
        }
    },
}


@given(servings(), changes, st.sampled_from(admission.VERSIONS))
@example(ONE_ROLE, [], "main")
@example(
    ONE_ROLE,
    [
        ("spec.rolloutStrategy", {"type": "RoleRollingUpdate"}),
        ("spec.template.roles.0.replicas", 0),
        ("spec.template.roles.0.partition", -1),
    ],
    "main",
)
def test_any_refusal(serving: Any, changes: list[tuple[str, Any]], version: str) -> None:
    """What a cluster refuses renders nothing, and the errors name all of its reasons."""
    serving = copy.deepcopy(serving)
    for path, value in changes:
        put(serving, path, copy.deepcopy(value))
    serving["spec"]["plugins"] = []
    text = yaml.safe_dump(serving)
    problems = admission.problems(serving, version)
    outcome = render(text, version)
    found = [result.field.replace("'", "") for result in outcome.results if result.field]
    if not problems:
        assert not found
        return
    assert outcome.failed
    assert outcome.output.decode() == text
    for problem in problems:
        path = problem.partition(": ")[0]
        is_compared = "gangPolicy" in path or path.endswith("roles[0].maxUnavailable")
        if is_compared and "spec.template.roles[0].replicas" in found:
            continue  # with a number that is refused itself
        if path.endswith("rollingUpdateConfiguration.maxUnavailable") and "spec.replicas" in found:
            continue
        assert any(field.startswith(path) for field in found), (problem, found)
