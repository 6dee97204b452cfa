"""The commands of docs/rendered-pods.md, where the tools are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.cluster.api import APIError
from tests.running import EXAMPLES, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cluster.api import API

    Shell = Callable[[str], subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.cluster

PAGE = (ROOT / "docs" / "rendered-pods.md").read_text()
RENDER, KUBECONFORM, KYVERNO, DRY_RUN = re.findall(
    "^```shell\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
)
FILES = re.findall("^```yaml\n# (\\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PODS, SERVICES = 4, 2
KINDS = ("Pod", "Service")


@pytest.fixture
def shell(tmp_path: Path, folder: Path, environment: dict[str, str]) -> Shell:
    """Runs commands in a folder with the page's files and the rendered pods."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    for name, text in FILES:
        (tmp_path / name).write_text(text)
    tools = tmp_path / "tools"
    tools.mkdir()
    settings = {
        **environment,
        "KUBECONFIG": str(folder / "kubeconfig"),
        "PATH": f"{tools}:{environment['PATH']}",
    }

    def run(script: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", "-euo", "pipefail", "-c", script]
        return subprocess.run(
            command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False
        )

    assert run(RENDER).returncode == 0
    return run


def needs(tool: str, environment: dict[str, str]) -> str:
    found = shutil.which(tool, path=environment["PATH"])
    if found is None:
        pytest.skip(f"{tool} is not on the PATH")
    return found


def strict(schema: Any) -> None:
    """Makes a schema refuse fields that it does not name."""
    for child in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(child, dict | list):
            strict(child)
    if isinstance(schema, dict) and "properties" in schema:
        schema["additionalProperties"] = False


def write_schemas(api: API, folder: Path) -> None:
    """Writes the schemas of Pods and Services that an API server gives, as kubeconform reads
    them.
    """
    # Of all schemas together, kubeconform takes none.
    found = json.loads(api.text("/openapi/v2"))["definitions"]
    definitions = {
        name: schema
        for name, schema in found.items()
        if ".k8s.api.core." in name or ".apimachinery." in name
    }
    for definition in definitions.values():
        strict(definition)
    for kind in KINDS:
        reference = {"$ref": f"#/definitions/io.k8s.api.core.v1.{kind}"}
        schema = json.dumps({**reference, "definitions": definitions})
        (folder / f"{kind.lower()}-v1.json").write_text(schema)


def test_kubeconform(api: API, shell: Shell, environment: dict[str, str], tmp_path: Path) -> None:
    program = needs("kubeconform", environment)
    write_schemas(api, tmp_path)
    location = f"{tmp_path}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    wrapper = tmp_path / "tools" / "kubeconform"
    wrapper.write_text(f"#!/bin/sh\nexec '{program}' -schema-location '{location}' \"$@\"\n")
    wrapper.chmod(0o755)
    done = shell(KUBECONFORM)
    assert done.returncode == 0, done.stdout
    assert f"{PODS + SERVICES} resources found" in done.stdout
    assert f"Valid: {PODS + SERVICES}, Invalid: 0, Errors: 0, Skipped: 0" in done.stdout
    with_owners = shell("kubeconform -strict -summary pods.yaml")
    assert with_owners.returncode == 1
    assert with_owners.stdout.count("missing property 'uid'") == PODS + SERVICES
    wrong = shell("sed 's/^    image:/    imag:/' alone.yaml | kubeconform -strict")
    assert wrong.stdout.count("additional properties 'imag' not allowed") == PODS


def test_kyverno(shell: Shell, environment: dict[str, str]) -> None:
    needs("kyverno", environment)
    done = shell(KYVERNO)
    assert done.returncode == 0, done.stdout
    assert f"pass: {PODS}, fail: 0" in done.stdout
    script = f"sed -i '/nvidia.com/d' pods.yaml; {KYVERNO}"
    assert f"pass: 0, fail: {PODS}" in shell(script).stdout


def test_an_api_server_refuses_them_with_their_owners_alone(
    api: API, shell: Shell, environment: dict[str, str], tmp_path: Path
) -> None:
    assert shell("true").returncode == 0
    for item in yaml.safe_load_all((tmp_path / "pods.yaml").read_text()):
        item["metadata"]["namespace"] = "default"
        if item["kind"] == "Pod":
            with pytest.raises(APIError, match="ownerReferences"):
                api.create(item, dry_run=True)
    needs("kubectl", environment)
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "serving"}})
    done = shell(DRY_RUN)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" created (server dry run)\n") == PODS + SERVICES
