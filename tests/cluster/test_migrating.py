"""The commands of docs/migrating-from-lws.md, with the controllers and webhooks of kthena and of
LWS: run with KTHENA and LWS, checkouts of them. What a kubelet would say of pods, a thread says.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.cluster import control_plane, kthena, lws
from tests.cluster.conftest import MODEL_SERVINGS
from tests.cluster.namespace import wait_until
from tests.leaderworkersets import SERVICE, SET
from tests.model import controller
from tests.running import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.api import API, Object

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(kthena.SOURCE is None, reason=kthena.MISSING),
    pytest.mark.skipif(lws.SOURCE is None, reason=lws.MISSING),
    pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on the PATH"),
]

PAGE = (ROOT / "docs" / "migrating-from-lws.md").read_text()
LWS_KINDS = "/apis/leaderworkerset.x-k8s.io/v1"
NAMESPACE = "serving"
OF_THE_SET = sorted(f"chat-{group}{worker}" for group in (0, 1) for worker in ("", "-1", "-2"))


def blocks(heading: str) -> list[str]:
    """The commands below a heading, block by block."""
    section = PAGE.split(f" {heading}\n")[1].split("\n#")[0]
    return re.findall("^```shell\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


PREPARE = blocks("Prepare")
APPLY_BESIDE, WAIT_BESIDE, MOVE_TRAFFIC, DELETE_SET = blocks("Side by side")
DELETE_FIRST, ASK, APPLY = blocks("In place")
BACK_FROM_BESIDE, BACK_IN_PLACE = blocks("5. Go back")
_PATCH = "kubectl patch mutatingwebhookconfiguration lws-mutating-webhook-configuration --type json"
REMOVE_GUARD = f"""{_PATCH} --patch '[{{"op": "remove", "path": "/webhooks/1/matchConditions"}}]'"""


def pods_of(name: str) -> list[str]:
    """The names of the pods of the converted set, with this name."""
    return sorted(f"{name}-{group}-default-0-{index}" for group in (0, 1) for index in range(3))


def values(container: Object) -> list[tuple[str, str]]:
    """The env of a container: names, and values or the paths of fields."""
    return [
        (entry["name"], entry.get("value") or entry["valueFrom"]["fieldRef"]["fieldPath"])
        for entry in container["env"]
    ]


class Cluster:
    """A namespace with a LeaderWorkerSet, and a shell to work on it."""

    def __init__(self, api: API, folder: Path, environment: dict[str, str], work: Path) -> None:
        self._api = api
        self._settings = {**environment, "KUBECONFIG": str(folder / "kubeconfig")}
        self._work = work

    def run(self, *scripts: str) -> str:
        """What the last script prints."""
        printed = ""
        for script in scripts:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                cwd=self._work,
                env=self._settings,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            printed = done.stdout
        return printed

    def read(self, file: str) -> Object:
        found: Object = yaml.safe_load((self._work / file).read_text())
        return found

    def pods(self) -> dict[str, Object]:
        found = self._api.objects("Pod", NAMESPACE)
        return {pod["metadata"]["name"]: pod for pod in found}

    def expect(self, names: list[str]) -> None:
        """Waits until there are these pods, and sees that it stays so."""
        wait_until(lambda: sorted(self.pods()) == sorted(names), f"the pods are {names}")
        self.run("sleep 3")
        assert sorted(self.pods()) == sorted(names)

    def expect_converted(self, file: str) -> None:
        """The pods of a ModelServing have the env of the file's, and nothing besides."""
        found = self.pods()
        for pod in controller.pods(self.read(file)):
            containers = pod["spec"]["containers"]
            stored = found[pod["metadata"]["name"]]["spec"]["containers"]
            assert [values(it) for it in stored] == [values(it) for it in containers]

    def clear(self) -> None:
        self.run(
            f"{REMOVE_GUARD} || true",
            "kubectl delete lws,modelserving,service --all --namespace serving",
            "kubectl wait pods --all --namespace serving --for=delete --timeout=1m",
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("migrating")


@pytest.fixture(scope="module")
def whole(api_server: Path, folder: Path) -> Iterator[API]:
    """A cluster with all controllers and webhooks."""
    manager, webhook = kthena.built(folder)
    of_lws = lws.built(folder)
    (port,) = control_plane.free_ports(1)
    with control_plane.running(api_server, folder) as api:
        for kind in (kthena.crd(), *lws.crds()):
            api.create(kind)
        wait_until(lambda: api.exists(MODEL_SERVINGS), "the kind ModelServing is served")
        # kthena's controller looks there once, when it starts.
        wait_until(lambda: '"LeaderWorkerSet"' in api.text(LWS_KINDS), "LWS's kinds are known")
        api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        with (
            control_plane.controllers(folder),
            kthena.webhook(api, webhook, folder, port),
            lws.running(api, of_lws, folder),
            kthena.controller(manager, folder),
            kubelet(api.another()),
        ):
            yield api


class kubelet:  # noqa: N801 (a context manager)
    """Says that the pods of the namespace are ready, until the context ends."""

    def __init__(self, api: API) -> None:
        self._api = api
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        self._api.close()

    def _run(self) -> None:
        while not self._ends.wait(0.2):
            kthena.make_ready(self._api, NAMESPACE)


@pytest.fixture
def cluster(
    whole: API, folder: Path, environment: dict[str, str], tmp_path: Path
) -> Iterator[Cluster]:
    """The set and its Service, running."""
    found = Cluster(whole, folder, environment, tmp_path)
    (tmp_path / "set.yaml").write_text(SET)
    (tmp_path / "service.yaml").write_text(SERVICE)
    found.run("kubectl apply --filename set.yaml --filename service.yaml")
    wait_until(lambda: sorted(found.pods()) == OF_THE_SET, "the pods of the set are there")
    wait_until(lambda: "chat" in found.run("kubectl get modelserving -n serving"), "kthena's own")
    yield found
    found.clear()


def test_there_are_only_known_commands() -> None:
    marked = PAGE.count("needs a cluster; `make e2e-cluster` runs it. -->\n```shell\n")
    assert marked == 2 + 4 + 3 + 2
    assert len(PREPARE) == 2


def test_without_the_guard_the_webhook_spoils_the_pods(cluster: Cluster) -> None:
    cluster.run(PREPARE[0], DELETE_FIRST, APPLY.splitlines()[0])
    leaders = ["chat-0-default-0-0", "chat-1-default-0-0"]
    cluster.expect(leaders)
    for pod in cluster.pods().values():
        (container,) = pod["spec"]["containers"]
        assert dict(values(container))["LWS_LEADER_ADDRESS"].endswith("..serving")


def test_pods_that_the_selector_leaves_out_run_twice(cluster: Cluster) -> None:
    """What docs/migrating-from-lws.md warns of."""
    path = "/webhooks/1/objectSelector/matchExpressions"
    expression = {"key": "modelserving.volcano.sh/name", "operator": "DoesNotExist"}
    add = [{"op": "add", "path": f"{path}/-", "value": expression}]
    remove = [{"op": "remove", "path": f"{path}/1"}]
    cluster.run(f"{_PATCH} --patch '{json.dumps(add)}'")
    try:
        cluster.expect([*OF_THE_SET, *pods_of("chat")])
    finally:
        cluster.run(f"{_PATCH} --patch '{json.dumps(remove)}'")


def test_side_by_side_and_back(cluster: Cluster) -> None:
    cluster.run(*PREPARE)
    printed = cluster.run(APPLY_BESIDE)
    assert "chat-new created (server dry run)\n" in printed
    assert all(name in cluster.run(WAIT_BESIDE) for name in pods_of("chat-new"))
    cluster.expect([*OF_THE_SET, *pods_of("chat-new")])
    cluster.expect_converted("beside.yaml")
    cluster.run(MOVE_TRAFFIC)
    assert selected(cluster) == ["chat-new-0-default-0-0", "chat-new-1-default-0-0"]
    cluster.run(BACK_FROM_BESIDE)
    cluster.expect(OF_THE_SET)
    assert selected(cluster) == ["chat-0", "chat-1"]


def test_side_by_side_to_its_end(cluster: Cluster) -> None:
    cluster.run(*PREPARE, APPLY_BESIDE, WAIT_BESIDE, MOVE_TRAFFIC, DELETE_SET)
    cluster.expect(pods_of("chat-new"))
    cluster.expect_converted("beside.yaml")


def selected(cluster: Cluster) -> list[str]:
    """The pods behind the Service."""
    get = "kubectl get service chat-leader --namespace serving --output jsonpath={.spec.selector}"
    selector = json.loads(cluster.run(get)).items()
    found = cluster.pods().items()
    return sorted(name for name, pod in found if selector <= pod["metadata"]["labels"].items())


def test_in_place_and_back(cluster: Cluster) -> None:
    cluster.run(*PREPARE, DELETE_FIRST)
    assert cluster.run(ASK).endswith("/chat created (server dry run)\n")
    cluster.run(APPLY)
    cluster.expect(pods_of("chat"))
    cluster.expect_converted("after.yaml")
    assert selected(cluster) == ["chat-0-default-0-0", "chat-1-default-0-0"]
    cluster.run(BACK_IN_PLACE)
    cluster.expect(OF_THE_SET)


@pytest.mark.parametrize("option", ["", "--server-side --force-conflicts"], ids=["kubectl", "Flux"])
def test_apply_before_delete_ends_with_nothing(cluster: Cluster, option: str) -> None:
    cluster.run(*PREPARE)
    assert cluster.run(ASK).endswith("/chat configured (server dry run)\n")
    cluster.run(f"kubectl apply {option} --filename after.yaml", "sleep 2", DELETE_SET)
    cluster.expect([])
    assert cluster.run("kubectl get modelserving --namespace serving") == ""


def test_argo_cds_sync_wave(cluster: Cluster) -> None:
    """Argo CD's own steps: delete in the foreground, wait, apply."""
    delete = "kubectl delete lws chat --namespace serving --cascade=foreground"
    cluster.run(*PREPARE, delete, "kubectl apply --filename after.yaml")
    cluster.expect(pods_of("chat"))


def test_with_the_admission_policy(cluster: Cluster) -> None:
    config = "apiVersion: fn.serving.volcano.sh/v1alpha1\nkind: ExpandLWSPlugin\n"
    settings = f"printf '{config}spec: {{via: AdmissionPolicy, emitPolicy: false}}' > config.yaml"
    convert = "modelserving-lws --function ConvertLeaderWorkerSet < before.yaml"
    expand = f"{convert} | modelserving-lws --config config.yaml > after.yaml"
    policy = "modelserving-lws --print-policy > policy.yaml && kubectl apply --filename policy.yaml"
    cluster.run(*PREPARE, settings, expand, policy, "sleep 5", DELETE_FIRST, ASK, APPLY)
    cluster.expect(pods_of("chat"))
    for name, pod in cluster.pods().items():
        (container,) = pod["spec"]["containers"]
        leader = f"{name.rpartition('-')[0]}-0.serving"
        assert container["env"][0] == {"name": "LWS_LEADER_ADDRESS", "value": leader}
    cluster.run("kubectl delete --filename policy.yaml")
