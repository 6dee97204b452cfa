"""The models agree with the pods that kthena made and with its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given

from tests.manifests import data_of
from tests.model import containers, contract, controller
from tests.model.admission import problems
from tests.model.kubelet import expanded, resolved
from tests.model.servings import servings
from tests.running import GOLDEN

if TYPE_CHECKING:
    from pathlib import Path

CASES = sorted(GOLDEN.iterdir())
SERVING = """\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing
metadata: {name: chat}
spec:
  template:
    roles:
    - name: main
      entryTemplate: {spec: {containers: [{name: engine}]}}
      workerReplicas: 2
      workerTemplate: {spec: {containers: [{name: engine}], initContainers: [{name: fetch}]}}
"""
TOO_LONG = "a-name-that-is-of-no-use-since-it-is-longer-than-a-label"


def serving_with(path: str, value: str) -> Any:
    """SERVING with another value, as YAML, at a path of keys and indices."""
    serving = data_of(SERVING)
    *parents, last = (int(key) if key.isdigit() else key for key in path.split("."))
    node = serving
    for key in parents:
        node = node[key]
    node[last] = data_of(value)
    return serving


def with_plugins(*plugins: str) -> Any:
    return serving_with("spec.plugins", f"[{', '.join(plugins)}]")


def tweaks(config: str, scope: str = "{}") -> str:
    return f"{{name: demo-pod-tweaks, config: {config}, scope: {scope}}}"


def env_of(pod: Any, container: int = 0) -> list[str]:
    """The container's env, an entry as `NAME=value`."""
    return [
        f"{entry['name']}={entry['value']}" for entry in containers(pod)[container].get("env", [])
    ]


def own_env(index: int, size: int = 3) -> list[str]:
    return [
        f"GROUP_SIZE={size}",
        "ENTRY_ADDRESS=chat-0-main-0-0.default",
        f"WORKER_INDEX={index}",
    ]


# The controller.


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_golden_pods(case: Path) -> None:
    serving, pods, injected = (
        list(yaml.load_all((case / f"{name}.yaml").read_text(), yaml.CSafeLoader))
        for name in ("modelserving", "pods", "pods-injected")
    )
    assert contract.inject(serving + pods) == serving + injected
    assert controller.pods(serving[0]) == injected
    del serving[0]["spec"]["plugins"]
    assert controller.pods(serving[0]) == pods


def test_the_golden_cases_are_there() -> None:
    assert len(CASES) >= 7


def test_the_controllers_env_comes_last_and_replaces_the_templates() -> None:
    env = "[{name: WORKER_INDEX, value: a}, {name: A, value: b}, {name: GROUP_SIZE}]"
    serving = serving_with("spec.template.roles.0.entryTemplate.spec.containers.0.env", env)
    assert env_of(controller.pods(serving)[0]) == ["A=b", *own_env(0)]


def test_the_templates_labels_and_the_servings_scheduler_win() -> None:
    template = (
        "{metadata: {labels: {modelserving.volcano.sh/role: x}, annotations: null},"
        " spec: {schedulerName: own, containers: [{name: engine}]}}"
    )
    pod = controller.pods(serving_with("spec.template.roles.0.entryTemplate", template))[0]
    assert pod["metadata"]["labels"]["modelserving.volcano.sh/role"] == "x"
    assert pod["spec"]["schedulerName"] == "volcano"
    assert "annotations" not in pod["metadata"]


def test_tweaks_overwrite_annotations_and_append_env_to_all_containers() -> None:
    serving = with_plugins(
        tweaks("{annotations: {a: b, c: null}, env: [{name: A, value: a}, {name: WORKER_INDEX}]}"),
        tweaks("{Annotations: {a: d}, env: [{name: A, value: '$(A)'}], runtimeClassName: n, x: y}"),
    )
    worker = controller.pods(serving)[1]
    assert worker["metadata"]["annotations"] == {"a": "d", "c": ""}
    assert worker["spec"]["runtimeClassName"] == "n"
    for container in worker["spec"]["containers"] + worker["spec"]["initContainers"]:
        *own, first, second, third = container["env"]
        assert len(own) == 3
        assert (first, second) == ({"name": "A", "value": "a"}, {"name": "WORKER_INDEX"})
        assert third == {"name": "A", "value": "$(A)"}


def test_each_worker_gets_the_tweaks_env_of_those_before_it_too() -> None:
    serving = with_plugins(tweaks("{env: [{name: A, value: a}]}"))
    serving["spec"]["replicas"] = 2
    pods = controller.pods(serving)
    assert env_of(pods[0]) == [*own_env(0), "A=a"]
    assert env_of(pods[1]) == [*own_env(1), "A=a"]
    assert env_of(pods[2]) == ["A=a", *own_env(2), "A=a"]
    assert len(env_of(pods[4])) == 4, "the next ServingGroup starts afresh"


@pytest.mark.parametrize(
    ("scope", "indices"),
    [
        ("null", [0, 1, 2]),
        ("{roles: [], target: ''}", [0, 1, 2]),
        ("{roles: [other, main], target: All}", [0, 1, 2]),
        ("{roles: [other]}", []),
        ("{target: Entry}", [0]),
        ("{roles: [main], target: Worker}", [1, 2]),
    ],
)
def test_a_scope(scope: str, indices: list[int]) -> None:
    pods = controller.pods(with_plugins(tweaks("{annotations: {a: b}}", scope)))
    assert [i for i, pod in enumerate(pods) if "annotations" in pod["metadata"]] == indices


def test_standard_labels_are_for_those_that_a_leader_worker_set_owns() -> None:
    serving = with_plugins("{name: lws-standard-labels}")
    before = controller.pods(serving)[2]["metadata"]["labels"]
    serving["metadata"]["ownerReferences"] = [{"kind": "LeaderWorkerSet", "name": "chat"}]
    assert controller.pods(serving)[2]["metadata"]["labels"] == before | {
        "leaderworkerset.sigs.k8s.io/name": "chat",
        "leaderworkerset.sigs.k8s.io/group-index": "0",
        "leaderworkerset.sigs.k8s.io/worker-index": "2",
        "leaderworkerset.sigs.k8s.io/group-key": "a6ff90df31db349503155b8fbc322ea9399e24a9",
    }


# Admission.


def test_a_plain_serving_is_accepted() -> None:
    assert problems(data_of(SERVING)) == []


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (
            "metadata.name",
            TOO_LONG,
            f"metadata.name: '{TOO_LONG}-1-main-1-2' would be no DNS label",
        ),
        ("metadata.name", "1a", "metadata.name: '1a-1-main-1-2' would be no DNS label"),
        ("spec.replicas", "-1", "spec.replicas: -1 is below 0"),
        ("spec.recoveryPolicy", "All", "spec.recoveryPolicy: 'All' is none of"),
        ("spec.plugins", "[{name: a, type: b}]", "spec.plugins[0].type: 'b' is none of BuiltIn"),
        ("spec.template.roles", "[]", "spec.template.roles: 0 of them, allowed are 1 to 4"),
        ("spec.template.roles.0.name", "m_n", "roles[0].name: 'm_n' is too long, or has"),
        ("spec.template.roles.0.name", "abcdefghijklm", "is too long, or has other characters"),
        ("spec.template.roles.0.name", "9a", "roles[0].name: '9a' is no DNS label"),
        ("spec.template.roles.0.replicas", "-1", "roles[0].replicas: -1 is below 0"),
        ("spec.template.roles.0.workerReplicas", "-1", "roles[0].workerReplicas: -1 is below 0"),
        ("spec.template.roles.0.workerReplicas", "null", "roles[0].workerReplicas: required"),
        ("spec.template.roles.0.workerTemplate", "null", "roles[0].workerTemplate: required, as"),
        ("spec.template.roles.0.entryTemplate", "null", "roles[0].entryTemplate: required"),
        (
            "spec.template.roles.0.entryTemplate.spec.containers",
            "[{name: a}, {name: a}]",
            "entryTemplate.spec.containers: 'a' is there more than once",
        ),
        (
            "spec.template.roles.0.workerTemplate.spec.initContainers.0.env",
            "[{name: A}, {name: B}, {name: A}]",
            "workerTemplate.spec.initContainers[0].env: 'A' is there more than once",
        ),
        (
            "spec.template.roles.0.workerTemplate.spec.containers.0.env",
            "[{name: A, value: 1}]",
            "workerTemplate.spec.containers[0].env[0].value: 1 is no string",
        ),
        (
            "spec.template.roles.0.workerTemplate.metadata",
            "{annotations: {a: 1}}",
            "workerTemplate.metadata.annotations[a]: 1 is no string",
        ),
        (
            "spec.template.roles.0.entryTemplate.spec.containers.0.image",
            "a b",
            "entryTemplate.spec.containers[0].image: has a space in it",
        ),
        (
            "spec.rolloutStrategy",
            "{rollingUpdateConfiguration: {maxUnavailable: 99%}}",
            "rollingUpdateConfiguration.maxUnavailable: '99%' comes to 0",
        ),
        (
            "spec.rolloutStrategy",
            "{rollingUpdateConfiguration: {partition: 101%}}",
            "rollingUpdateConfiguration.partition: '101%' is no number or percentage",
        ),
        (
            "spec.template.roles.0.maxUnavailable",
            "1",
            "roles[0].maxUnavailable: only with rolloutStrategy.type RoleRollingUpdate",
        ),
        (
            "spec.template.gangPolicy",
            "{minRoleReplicas: {main: 2}}",
            "gangPolicy.minRoleReplicas[main]: 2 is below 0, or above the role's replicas",
        ),
    ],
)
def test_a_serving_that_is_refused(path: str, value: str, problem: str) -> None:
    (found,) = problems(serving_with(path, value))
    assert problem in found


def test_updates_by_role() -> None:
    serving = serving_with("spec.rolloutStrategy", "{type: RoleRollingUpdate}")
    role = serving["spec"]["template"]["roles"][0]
    role["maxUnavailable"] = "100%"
    assert problems(serving) == []
    role["maxUnavailable"] = 2
    serving["spec"]["recoveryPolicy"] = "ServingGroupRecreate"
    serving["spec"]["rolloutStrategy"]["rollingUpdateConfiguration"] = {}
    assert [problem.split(": ")[0] for problem in problems(serving)] == [
        "spec.template.roles[0].maxUnavailable",
        "spec.rolloutStrategy.rollingUpdateConfiguration",
        "spec.rolloutStrategy.type",
    ]


# The kubelet.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$(A):$(B)", "a:b"),
        ("$(UNKNOWN)$()", "$(UNKNOWN)$()"),
        ("$$(A) $$$(A) $$$$(A)", "$(A) $a $$(A)"),
        ("$A ${A} $(A $", "$A ${A} $(A $"),
        ("$($(A))", "$($(A))"),
        ("$(DOLLARS)", "$$(A)"),
        ("$é$\n$(A)", "$é$\na"),
    ],
)
def test_expansion(text: str, value: str) -> None:
    assert expanded(text, {"A": "a", "B": "b", "DOLLARS": "$$(A)"}) == value


def pod_with(container: str) -> Any:
    return data_of(
        "metadata:\n"
        "  name: p\n"
        "  namespace: n\n"
        "  labels: {a.b/c: label}\n"
        f"spec: {{containers: [{{name: engine, {container}}}]}}\n"
    )


@pytest.mark.parametrize(
    ("env", "values"),
    [
        ("[]", {}),
        ("null", {}),
        ("[{name: A, value: $(B)}, {name: B, value: b}]", {"A": "$(B)", "B": "b"}),
        ("[{name: B, value: b}, {name: A, value: $(B)}]", {"A": "b", "B": "b"}),
        ("[{name: A, value: x}, {name: A, value: $(A)y}]", {"A": "xy"}),
        (
            "[{name: A, value: x}, {name: B, value: $(A)}, {name: A, value: z}]",
            {"A": "z", "B": "x"},
        ),
        ("[{name: A, value: x}, {name: A}]", {"A": ""}),
    ],
)
def test_env_is_read_in_order(env: str, values: dict[str, str]) -> None:
    assert resolved(pod_with(f"env: {env}"))["engine"]["env"] == values


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.name", "p"),
        ("metadata.namespace", "n"),
        ("metadata.labels['a.b/c']", "label"),
        ("metadata.labels['c']", ""),
        ("metadata.annotations['a.b/c']", ""),
        ("status.podIP", '{"fieldRef": {"fieldPath": "status.podIP"}}'),
    ],
)
def test_a_field_ref(path: str, value: str) -> None:
    pod = pod_with("env: [{name: A, valueFrom: {fieldRef: {}}}]")
    pod["spec"]["containers"][0]["env"][0]["valueFrom"]["fieldRef"]["fieldPath"] = path
    assert resolved(pod)["engine"]["env"] == {"A": value}


def test_command_and_args_see_the_whole_env() -> None:
    pod = pod_with("command: [$(A)], args: [$(A)$(C), $$(A)], env: [{name: A, value: a}]")
    pod["spec"]["initContainers"] = [{"name": "fetch", "command": ["$(A)"]}]
    assert resolved(pod) == {
        "engine": {"env": {"A": "a"}, "command": ["a"], "args": ["a$(C)", "$(A)"]},
        "fetch": {"env": {}, "command": ["$(A)"], "args": []},
    }


# The strategies.


@given(servings())
def test_generated_servings_are_accepted(serving: Any) -> None:
    assert problems(serving) == []
    assert any(plugin["name"] == "lws" for plugin in serving["spec"]["plugins"])
