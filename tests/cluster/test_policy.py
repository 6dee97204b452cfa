"""The admission policy in a cluster: what is stored of the pods that kthena's controller makes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.cluster import control_plane
from tests.cluster.api import APIError
from tests.cluster.expand import all_expanded, expanded
from tests.cluster.namespace import container, pod, serving, wait_until
from tests.hosts.test_golden import CASES
from tests.manifests import LWS, MSV, stream
from tests.running import GOLDEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cluster.api import API, Object
    from tests.cluster.namespace import Namespace
    from tests.running import Program

pytestmark = pytest.mark.cluster


def documents(text: str) -> list[Object]:
    return list(yaml.safe_load_all(text))


def injected(program: Program, servings: list[Object], pods: list[Object]) -> list[Object]:
    """The pods as InjectLWS gives them."""
    finished = program(stream(*map(yaml.safe_dump, servings + pods)))
    assert finished.code == 0, finished
    return documents(finished.stdout)[len(servings) :]


def scoped(**scope: Any) -> Object:
    found = serving()
    found["spec"]["plugins"][0]["scope"] = scope
    roles = found["spec"]["template"]["roles"]
    roles.append({**roles[0], "name": "other"})
    return found


def test_there_are_golden_cases() -> None:
    assert CASES


@pytest.mark.parametrize("case", CASES)
def test_the_golden_pods(case: str, namespace: Namespace, plain: Namespace) -> None:
    before, after, servings = (
        documents((GOLDEN / case / f"{name}.yaml").read_text())
        for name in ("pods", "pods-injected", "modelserving")
    )
    namespace.add(*all_expanded(servings))
    assert [namespace.store(pod) for pod in before] == [plain.store(pod) for pod in after]


ROLES = [pod("chat-0", index, role) for role in ("main", "other") for index in (0, 1)]
AGAIN = pod()
AGAIN["metadata"]["labels"][f"{LWS}/group-key"] = "old"
AGAIN["metadata"]["annotations"] = {f"{LWS}/size": "9", "other": "kept"}
AGAIN["spec"]["containers"][0]["env"] = [
    {"name": "FIRST", "value": "$(LWS_WORKER_INDEX)"},
    {"name": "LWS_WORKER_INDEX", "value": "7"},
    {"name": "LWS_LEADER_ADDRESS", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    *container("engine")["env"],
    {"name": "LWS_WORKER_INDEX", "value": "8"},
    {"name": "LWS_GROUP_SIZE", "value": "2"},
]
MANY = pod()
MANY["spec"]["containers"] = [container(f"c{number}") for number in range(12)]
MANY["spec"]["initContainers"] = [container(f"i{number}") for number in range(3)]
BARE = pod()
BARE["spec"]["containers"].insert(0, {"name": "bare", "image": "example.com/engine:1"})
BARE["spec"]["initContainers"] = [{"name": "init", "image": "example.com/engine:1"}]
LAST = pod()
LAST["spec"]["containers"][0]["env"].insert(0, {"name": "WORKER_INDEX", "value": "$(OTHER)"})


@pytest.mark.parametrize(
    ("serving", "pods"),
    [
        pytest.param(serving(), ROLES, id="entry and worker pods of two roles"),
        pytest.param(scoped(roles=["main"]), ROLES, id="a scope with a role"),
        pytest.param(scoped(roles=["absent", "other"]), ROLES, id="a scope with two roles"),
        pytest.param(scoped(target="All"), ROLES, id="a scope with the target All"),
        pytest.param(scoped(target="Entry"), ROLES, id="a scope with the target Entry"),
        pytest.param(scoped(roles=["other"], target="Worker"), ROLES, id="a role and a target"),
        pytest.param(serving(), [AGAIN], id="parts of the contract are there"),
        pytest.param(serving(), [MANY], id="12 containers and 3 init containers"),
        pytest.param(serving(), [BARE], id="containers without env"),
        pytest.param(serving(), [LAST], id="the last entry of a name counts"),
    ],
)
def test_the_pods_are_those_of_inject_lws(
    program: Program, namespace: Namespace, plain: Namespace, serving: Object, pods: list[Object]
) -> None:
    after = injected(program, [serving], pods)
    assert after != pods
    namespace.add(expanded(serving))
    assert [namespace.store(pod) for pod in pods] == [plain.store(pod) for pod in after]


def test_replicas_that_are_left_out_are_1(namespace: Namespace) -> None:
    single = serving()
    del single["spec"]["replicas"]
    (stored,) = namespace.add(expanded(single))
    assert "replicas" not in stored["spec"]
    assert namespace.store(pod())["metadata"]["annotations"][f"{LWS}/replicas"] == "1"


def test_100_groups(program: Program, namespace: Namespace, plain: Namespace) -> None:
    large = serving()
    large["spec"]["replicas"] = 100
    pods = [pod(f"chat-{ordinal}") for ordinal in range(100)]
    after = injected(program, [large], pods)
    namespace.add(expanded(large))
    stored = [namespace.store(pod) for pod in pods]
    assert stored == [plain.store(pod) for pod in after]
    assert len({each["metadata"]["labels"][f"{LWS}/group-key"] for each in stored}) == 100


def test_as_many_keys_as_annotations_have_room_for(
    program: Program, namespace: Namespace, plain: Namespace
) -> None:
    pods = [pod("chat-0"), pod("chat-5999")]
    after = injected(program, [serving()], pods)
    namespace.add(expanded(serving(), max_groups=6000))
    assert [namespace.store(pod) for pod in pods] == [plain.store(pod) for pod in after]


def test_new_pods_follow_the_replicas(namespace: Namespace, api: API) -> None:
    (stored,) = namespace.add(expanded(serving()))
    assert namespace.store(pod("chat-1"))["metadata"]["annotations"][f"{LWS}/replicas"] == "2"
    stored["spec"]["replicas"] = 66
    api.replace(stored)
    namespace.settle()
    for ordinal in (63, 64, 65):
        metadata = namespace.store(pod(f"chat-{ordinal}"))["metadata"]
        assert metadata["annotations"][f"{LWS}/replicas"] == "66"
        assert metadata["labels"][f"{LWS}/group-index"] == str(ordinal)
        # There are keys for 64 groups.
        is_name = metadata["labels"][f"{LWS}/group-key"] == f"chat-{ordinal}"
        assert is_name == (ordinal >= 64)


@pytest.mark.parametrize("keys", ["", "x y,not a key", f"{'0' * 40},{'0' * 40}0"])
def test_what_is_no_key_is_not_taken_for_one(namespace: Namespace, keys: str) -> None:
    broken = expanded(serving())
    broken["metadata"]["annotations"][f"{MSV}/lws-group-keys"] = keys
    namespace.add(broken)
    assert namespace.store(pod("chat-1"))["metadata"]["labels"][f"{LWS}/group-key"] == "chat-1"


def test_two_model_servings_in_a_namespace(
    program: Program, namespace: Namespace, plain: Namespace
) -> None:
    talk = serving("talk")
    talk["spec"]["replicas"] = 5
    talk["spec"]["plugins"][0]["scope"] = {"target": "Worker"}
    pods = [pod(group, index) for group in ("chat-0", "talk-0") for index in (0, 1)]
    after = injected(program, [serving(), talk], pods)
    namespace.add(*all_expanded([serving(), talk]))
    assert [namespace.store(pod) for pod in pods] == [plain.store(pod) for pod in after]


def test_a_model_serving_of_another_namespace_is_another(
    new_namespace: Callable[[], Namespace], namespace: Namespace, plain: Namespace
) -> None:
    new_namespace().add(expanded(serving()))
    namespace.settle()
    assert namespace.store(pod()) == plain.store(pod())


def test_a_model_serving_without_the_label(namespace: Namespace, plain: Namespace) -> None:
    unlabelled = expanded(serving())
    del unlabelled["metadata"]["labels"]
    namespace.add(unlabelled)
    assert namespace.store(pod()) == plain.store(pod())


def test_a_pod_of_somebody_else(namespace: Namespace, plain: Namespace) -> None:
    namespace.add(expanded(serving()))
    other = pod()
    other["metadata"]["labels"] = {"app": "chat"}
    assert namespace.store(other) == plain.store(other)


def with_env(*entries: Object, init: Object | None = None) -> Object:
    """A pod that has other entries than the controller's of the same names."""
    found = pod()
    env = found["spec"]["containers"][0]["env"]
    names = {entry["name"] for entry in entries}
    env[:] = [entry for entry in env if entry["name"] not in names]
    env += [entry for entry in entries if len(entry) > 1]
    if init is not None:
        found["spec"]["initContainers"] = [init]
    return found


def with_label(key: str, value: str) -> Object:
    found = pod()
    found["metadata"]["labels"][f"{MSV}/{key}"] = value
    return found


IP = {"fieldRef": {"fieldPath": "status.podIP"}}


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(with_env({"name": "WORKER_INDEX"}), id="no WORKER_INDEX"),
        pytest.param(with_env({"name": "GROUP_SIZE"}), id="no GROUP_SIZE"),
        pytest.param(with_env({"name": "ENTRY_ADDRESS"}), id="no ENTRY_ADDRESS"),
        pytest.param(with_env({"name": "WORKER_INDEX", "value": ""}), id="an empty WORKER_INDEX"),
        pytest.param(with_env({"name": "ENTRY_ADDRESS", "value": ""}), id="an empty ENTRY_ADDRESS"),
        pytest.param(with_env({"name": "WORKER_INDEX", "value": "a b"}), id="no index"),
        pytest.param(with_env({"name": "GROUP_SIZE", "value": "02"}), id="no size"),
        pytest.param(with_env({"name": "WORKER_INDEX", "value": "$(I)"}), id="a reference"),
        pytest.param(with_env({"name": "ENTRY_ADDRESS", "value": "x.$(D)"}), id="an address of it"),
        pytest.param(with_env({"name": "ENTRY_ADDRESS", "valueFrom": IP}), id="valueFrom"),
        pytest.param(with_env(init=container("init", "another")), id="containers disagree"),
        pytest.param(with_label("group-name", "chat"), id="a group without an ordinal"),
        pytest.param(with_label("group-name", "chat-01"), id="a group that has no ordinal"),
    ],
)
def test_a_pod_that_is_not_the_controllers_is_stored_as_it_is(
    namespace: Namespace, plain: Namespace, odd: Object
) -> None:
    namespace.add(expanded(serving()))
    assert namespace.store(odd) == plain.store(odd)


def test_a_pod_without_env_is_stored_as_it_is(namespace: Namespace, plain: Namespace) -> None:
    namespace.add(expanded(serving()))
    bare = pod()
    del bare["spec"]["containers"][0]["env"]
    assert namespace.store(bare) == plain.store(bare)


def test_a_pod_that_costs_cel_too_much_is_not_refused(
    namespace: Namespace, plain: Namespace
) -> None:
    namespace.add(expanded(serving()))
    large = with_env({"name": "WORKER_INDEX", "value": "1" * 2_500_000})
    assert namespace.store(large, dry_run=True) == plain.store(large, dry_run=True)


def test_pods_are_not_refused_where_there_is_no_kind_model_serving(
    api_server: Path, policy: list[Object], tmp_path: Path
) -> None:
    twins = copy.deepcopy(policy)
    twins[0]["spec"]["failurePolicy"] = "Fail"  # which shows that the policies are active
    selector = twins[0]["spec"]["matchConstraints"]["objectSelector"]
    selector["matchLabels"] = {"failure": "shown"}
    twins[1]["spec"]["policyName"] = "twin"
    for twin in twins:
        twin["metadata"]["name"] = "twin"
    mine = pod()
    mine["metadata"]["namespace"] = "default"
    shown = copy.deepcopy(mine)
    shown["metadata"]["labels"]["failure"] = "shown"

    with control_plane.running(api_server, tmp_path) as api:

        def is_refused() -> bool:
            try:
                api.create(shown, dry_run=True)
            except APIError as error:
                return "twin" in str(error)
            return False

        for item in policy + twins:
            api.create(item)
        wait_until(is_refused, "a policy that fails refuses a pod")
        assert api.create(mine)["metadata"]["labels"] == mine["metadata"]["labels"]
