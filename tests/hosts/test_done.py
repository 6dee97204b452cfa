"""The whole way: a repository with a base, components, overlays, autoscalers and Services is
migrated; the commands of the report build and expand it, `render` gives the pods, and each does
what its pod did under LWS.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests import guide
from tests.kustomize_trees import FLAGS, HEAD, build, objects, write
from tests.model import controller, leaderworkerset
from tests.property.test_convert import check_pods
from tests.running import run_in_process

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SET, SERVING = "LeaderWorkerSet", "ModelServing"
# Overlays that change all that an overlay may: names, namespaces, sizes, numbers, images; each on
# another path through the components.
MORE = {
    "deployments/deep/kustomization.yaml": f"{HEAD}resources: [../all]\nnamePrefix: x-\n"
    "nameSuffix: -y\nnamespace: deep\ncomponents: [../../components/sizes]\n",
    "deployments/deep/settings.yaml": "level: debug\n",
}
FILES = {**guide.FILES, **MORE}
# `all` is no outermost one any more.
OVERLAYS = [*(it for it in guide.DEPLOYMENTS if it != "all"), "deep"]


def built(kustomize: str, folder: Path, environment: dict[str, str], *flags: str) -> Any:
    return {name: build(kustomize, folder / f"deployments/{name}", environment, *flags)
            for name in OVERLAYS}  # fmt: skip


@pytest.fixture(scope="module")
def before(
    kustomize: str, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """What the overlays build of LeaderWorkerSets."""
    return built(kustomize, write(tmp_path_factory.mktemp("before"), FILES), environment)


@pytest.fixture(scope="module", params=[(), ("--transformer",), ("--set", "via=AdmissionPolicy")])
def after(
    request: pytest.FixtureRequest,
    kustomize: str,
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    """What the commands of the report give after the migration, and how it was asked for."""
    options: tuple[str, ...] = request.param
    folder = write(tmp_path_factory.mktemp("after"), FILES)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = run_in_process("", "migrate", "--write", *options, ".")
    assert done.code == 0, done
    found = folder.rglob("*.yaml")
    assert not [path for path in found if f"kind: {SET}\n" in path.read_text()]
    if "--transformer" in options:
        return options, built(kustomize, folder, environment, *FLAGS)
    commands = re.findall("`(kustomize build (\\S+) [|] [^`]*)`", " ".join(done.stdout.split()))
    assert sorted(path for _, path in commands) == sorted(f"deployments/{it}" for it in OVERLAYS)
    made = {}
    for command, path in commands:
        made[path.rpartition("/")[2]] = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return options, made


@pytest.mark.parametrize("name", OVERLAYS)
def test_each_pod_does_what_it_did(name: str, before: Any, after: Any) -> None:
    options, made = after
    old, new = objects(before[name]), objects(made[name])
    sets = {key: it for key, it in old.items() if key[0] == SET}
    assert sets
    others = {key: follow(it) for key, it in old.items() if key[0] != SET}
    assert others == {
        key: it
        for key, it in new.items()
        if key[0] != SERVING and not key[0].startswith("MutatingAdmission")
    }
    assert {key[1] for key in new if key[0] == SERVING} == {key[1] for key in sets}
    for (_, set_name), lws in sets.items():
        serving = new[SERVING, set_name]
        assert "lws" not in [it["name"] for it in serving["spec"].get("plugins", [])]
        if "via=AdmissionPolicy" in options:
            assert serving["metadata"]["labels"]["modelserving.volcano.sh/lws"] == "enabled"
            continue
        check_pods(leaderworkerset.pods(lws), controller.pods(serving))
    rendered = run_in_process(made[name], "render", "-")
    assert rendered.code == 0, rendered
    pods = [it for it in yaml.safe_load_all(rendered.stdout) if it["kind"] == "Pod"]
    assert len(pods) == sum(len(leaderworkerset.pods(lws)) for lws in sets.values())


def follow(item: Mapping[str, Any]) -> Any:
    """Another object as it is to be after the migration."""
    target = item.get("spec", {}).get("scaleTargetRef", {})
    if target.get("kind") == SET:
        target |= {"apiVersion": "workload.serving.volcano.sh/v1alpha1", "kind": SERVING}
    return item
