"""`helm install` with the program as post-renderer, as docs/helm.md shows it."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.api import API

INSTALLED = "/apis/workload.serving.volcano.sh/v1alpha1/namespaces/default/modelservings"
pytestmark = pytest.mark.cluster
PAGE = (ROOT / "docs" / "helm.md").read_text()


def test_what_is_installed_is_expanded(
    api: API, folder: Path, helm: str, environment: dict[str, str], tmp_path: Path
) -> None:
    assert helm
    (install,) = re.findall("^```shell\n(helm install .*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    homes = {f"HELM_{name}_HOME": str(tmp_path / name) for name in ("CACHE", "CONFIG", "DATA")}
    settings = {**environment, **homes, "KUBECONFIG": str(folder / "kubeconfig")}
    command = ["bash", "-euo", "pipefail", "-c", install]
    done = subprocess.run(
        command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (serving,) = json.loads(api.text(INSTALLED))["items"]
    assert serving["metadata"]["name"] == "chat"
    assert {plugin["name"] for plugin in serving["spec"]["plugins"]} == {"demo-pod-tweaks"}
    (role,) = serving["spec"]["template"]["roles"]
    for index, template in enumerate((role["entryTemplate"], role["workerTemplate"])):
        (container,) = template["spec"]["containers"]
        names = [entry["name"] for entry in container["env"]]
        assert names[-3:] == ["LWS_LEADER_ADDRESS", "LWS_GROUP_SIZE", "LWS_WORKER_INDEX"]
        assert container["env"][-1]["value"] == str(index)
    subprocess.run(["helm", "uninstall", "chat"], env=settings, capture_output=True, check=True)
    assert json.loads(api.text(INSTALLED))["items"] == []
