"""What a kubelet makes of a container's env; held against the tests' own model of a kubelet."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelserving_lws.k8s.containers import read_containers
from modelserving_lws.k8s.environment import MAX_VALUE, environment
from modelserving_lws.k8s.resources import extended_resources
from modelserving_lws.yamltext.nodes import Mapping
from modelserving_lws.yamltext.read import read
from tests.model import kubelet


def pod(*containers: Any, **spec: Any) -> Mapping:
    metadata = {"name": "a-0", "labels": {"role": "x"}, "annotations": {"size": "2"}}
    data = {"metadata": metadata, "spec": {"containers": [*containers], **spec}}
    (root,) = read(json.dumps(data))
    assert isinstance(root, Mapping)
    return root


def environment_of(env: list[Any]) -> dict[str, str | None]:
    root = pod({"name": "c", "env": env})
    (container,) = read_containers(root, "")
    return environment(container, root)


def plain(*pairs: tuple[str, str]) -> list[Any]:
    return [{"name": name, "value": value} for name, value in pairs]


def field(name: str, path: str) -> Any:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


SECRET = {"name": "S", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        (plain(("A", "1"), ("B", "$(A)$(C)"), ("C", "2")), {"A": "1", "B": "1$(C)", "C": "2"}),
        (plain(("A", "1"), ("A", "$(A)2"), ("B", "$(A)")), {"A": "12", "B": "12"}),
        (plain(("A", "$$(A) $$$ $(A $")), {"A": "$(A) $$ $(A $"}),
        ([{"name": "A"}, *plain(("B", "x$(A)"))], {"A": "", "B": "x"}),
        ([SECRET, *plain(("A", "-$(S)"), ("B", "$$(S)"))], {"S": None, "A": None, "B": "$(S)"}),
        (
            [
                field("L", "metadata.labels['role']"),
                field("N", "metadata.name"),
                field("NS", "metadata.namespace"),
                field("NO", "metadata.labels['no']"),
                field("IP", "status.podIP"),
                *plain(("A", "$(N).$(NS)")),
            ],
            {"L": "x", "N": "a-0", "NS": "default", "NO": "", "IP": None, "A": "a-0.default"},
        ),
    ],
)
def test_an_entry_sees_those_before_it(env: list[Any], expected: dict[str, str | None]) -> None:
    assert environment_of(env) == expected


TEXTS = st.lists(st.sampled_from(["$", "(", ")", "$(A)", "$(B)", "$$", "a", "$(C"])).map("".join)


@given(st.lists(st.tuples(st.sampled_from("ABC"), TEXTS), max_size=6))
def test_it_is_what_the_model_of_a_kubelet_gives(pairs: list[tuple[str, str]]) -> None:
    env = plain(*pairs)
    assert environment_of(env) == kubelet.environment({"metadata": {}}, {"env": env})


def test_values_that_grow_are_bounded() -> None:
    doubled = [(f"A{i}", f"$(A{i - 1})$(A{i - 1})") for i in range(1, 200)]
    before = time.process_time()
    env = environment_of(plain(("A0", "x" * 1024), *doubled))
    assert time.process_time() - before < 2
    sizes = [len(value) for value in env.values() if value is not None]
    assert max(sizes) == MAX_VALUE
    assert env["A8"] is None
    many = environment_of(plain(("A", "x" * 100_000), *((f"B{i}", "$(A)y") for i in range(3000))))
    assert sum(len(value or "") for value in many.values()) < 2_200_000


def resources(root: Mapping) -> dict[str, int | None]:
    return extended_resources(read_containers(root, ""))


def gpus(amount: object, **more: object) -> Any:
    return {"name": "c", "resources": {"limits": {"nvidia.com/gpu": amount}}, **more}


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        (pod(gpus(8), gpus("4")), 12),
        (pod(gpus(2), initContainers=[gpus(3), gpus(8)]), 8),
        (pod(gpus(2), initContainers=[gpus(3, restartPolicy="Always"), gpus(1)]), 5),
        (pod(gpus(2), initContainers=[gpus(3, restartPolicy="Always"), gpus(4)]), 7),
        (pod(gpus("1k"), gpus(1)), None),
    ],
)
def test_extended_resources_count_as_for_the_scheduler(root: Mapping, expected: int | None) -> None:
    assert resources(root) == {"nvidia.com/gpu": expected}


def test_a_request_is_enough_and_native_resources_do_not_count() -> None:
    native = {"cpu": "1", "hugepages-2Mi": "2Mi", "kubernetes.io/x": "1"}
    container = {"name": "c", "resources": {"requests": {"rdma/ib": 1, **native}}}
    assert resources(pod(container)) == {"rdma/ib": 1}
