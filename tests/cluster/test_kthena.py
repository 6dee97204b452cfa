"""What kthena's controller and webhook do with the manifests: run with KTHENA, a checkout of it."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster import control_plane, kthena
from tests.cluster.api import APIError
from tests.cluster.conftest import MODEL_SERVINGS
from tests.cluster.manifests import IDS, REFUSALS, SERVINGS, ready_for_kthena
from tests.cluster.namespace import wait_until
from tests.manifests import MSV
from tests.model import controller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.api import API, Object

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(kthena.SOURCE is None, reason=kthena.MISSING),
]

# Of a pod's labels and annotations, what only a cluster knows.
OWN = (f"{MSV}/revision", f"{MSV}/role-template-hash")


@pytest.fixture(scope="module")
def cluster(api_server: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[API]:
    """A cluster with kthena's CustomResourceDefinition, webhook and controller."""
    folder = tmp_path_factory.mktemp("kthena")
    manager, webhook = kthena.built(folder)
    (port,) = control_plane.free_ports(1)
    with control_plane.running(api_server, folder) as api:
        api.create(kthena.crd())
        wait_until(lambda: api.exists(MODEL_SERVINGS), "the kind ModelServing is served")
        with kthena.webhook(api, webhook, folder, port), kthena.controller(manager, folder):
            yield api


@pytest.fixture
def namespace(cluster: API, request: pytest.FixtureRequest) -> str:
    """A new namespace, and another one of that name with `-plain`."""
    name = f"n{abs(hash(request.node.name)) % 10**8}"
    for each in (name, f"{name}-plain"):
        metadata = {"name": each}
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    return name


def comparable(pod: Object) -> Object:
    """A pod without what only a cluster knows."""
    metadata = {key: pod["metadata"].get(key) for key in ("name", "labels", "annotations")}
    labels = {key: value for key, value in metadata["labels"].items() if key not in OWN}
    annotations = {
        key: value
        for key, value in (metadata["annotations"] or {}).items()
        if "volcano.sh/" not in key or key.startswith(MSV)
    }
    return {
        **metadata,
        "labels": labels,
        "annotations": annotations,
        "spec": pod["spec"],
        "namespace": namespace,
    }


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["name"])
def test_a_cluster_refuses_what_the_table_says(cluster: API, namespace: str, case: Any) -> None:
    item = copy.deepcopy(case["modelServing"])
    item["metadata"]["namespace"] = namespace
    try:
        cluster.create(item, dry_run=True, strict=True)
        found = "accepted"
    except APIError:
        found = "refused"
    assert found == case[kthena.version()]


@pytest.mark.parametrize(("name", "item"), SERVINGS, ids=IDS)
def test_the_controller_makes_the_pods_that_are_rendered(
    cluster: API, namespace: str, name: str, item: Object
) -> None:
    serving = ready_for_kthena(item, namespace)
    cluster.create(serving, dry_run=True, strict=True)
    rendered = controller.rendered(copy.deepcopy(serving))
    wanted = [each for each in rendered if each["kind"] == "Pod"]
    cluster.create(serving)
    made = kthena.pods(cluster, serving, len(wanted))
    found = {pod["metadata"]["name"]: comparable(pod) for pod in made}
    for pod in wanted:
        # The API server's defaults, without a pod of that name in the way.
        pod["metadata"]["namespace"] = f"{namespace}-plain"
        del pod["metadata"]["ownerReferences"]
        stored = comparable(cluster.create(pod, dry_run=True))
        assert found[pod["metadata"]["name"]] == stored, name


def uids(pods: list[Object]) -> dict[str, str]:
    return {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in pods}


EXAMPLE = "examples/expand-lws-plugin-kpt/"


def test_a_change_of_replicas_keeps_all_pods(cluster: API, namespace: str) -> None:
    (source,) = (item for name, item in SERVINGS if name.startswith(EXAMPLE))
    serving = ready_for_kthena(source, namespace)
    size = serving["spec"]["template"]["roles"][0]["workerReplicas"] + 1
    stored = cluster.create(serving)
    before = uids(kthena.pods(cluster, serving, 2 * size))
    grown = ready_for_kthena({**source, "spec": {**source["spec"], "replicas": 3}}, namespace)
    grown["metadata"]["resourceVersion"] = cluster.get(stored)["metadata"]["resourceVersion"]
    cluster.replace(grown)
    after = uids(kthena.pods(cluster, serving, 3 * size))
    assert before.items() <= after.items()


def test_a_changed_moved_variable_replaces_the_workers(cluster: API, namespace: str) -> None:
    (source,) = (item for name, item in SERVINGS if name.startswith(EXAMPLE))
    serving = ready_for_kthena(source, namespace)
    size = serving["spec"]["template"]["roles"][0]["workerReplicas"] + 1
    stored = cluster.create(serving)
    before = uids(kthena.pods(cluster, serving, 2 * size))
    text = json.dumps(source).replace("--node-name=worker-", "--node-name=node-")
    assert text != json.dumps(source)
    changed = ready_for_kthena(json.loads(text), namespace)
    changed["metadata"]["resourceVersion"] = cluster.get(stored)["metadata"]["resourceVersion"]
    cluster.replace(changed)
    workers = {uid for name, uid in before.items() if not name.endswith("-0")}
    assert len(workers) == 2 * (size - 1)

    def are_new() -> bool:
        # Not by their names: kthena 1.0.0 may give a group that it makes anew another ordinal.
        return workers.isdisjoint(uids(kthena.pods(cluster, serving, 2 * size)).values())

    wait_until(are_new, "all workers are new")
