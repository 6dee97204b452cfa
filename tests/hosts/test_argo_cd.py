"""Runs the commands of the Argo CD example with real kustomize, and tests what a repository can
run.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.running import EXAMPLES, PROGRAM, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    Generate = Callable[[Path, Path], subprocess.CompletedProcess[str]]

ARGO_CD = EXAMPLES / "argo-cd"
PIPE, EXEC = ARGO_CD / "plugin.yaml", ARGO_CD / "exec" / "plugin.yaml"
PAGE = (ROOT / "docs" / "argo-cd.md").read_text()
REPO_SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: argocd-repo-server
spec:
  template:
    spec:
      containers:
      - name: argocd-repo-server
        image: argocd
      volumes:
      - name: var-files
        emptyDir: {}
      - name: plugins
        emptyDir: {}
"""
# The files of a repository whose writer wants a program of theirs to run.
TRANSFORMER = """\
apiVersion: example.com/v1
kind: Any
metadata:
  name: any
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: sh
        args: [-c, "touch ran; cat"]
"""
MODULES = ("yaml", "json", "argparse", "jsonschema", "modelserving_lws", "sitecustomize")


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


@pytest.fixture
def generate(kustomize: str, environment: dict[str, str]) -> Generate:
    """Runs a plugin's `generate` command in an Application's folder."""
    assert kustomize

    def run(plugin: Path, folder: Path) -> subprocess.CompletedProcess[str]:
        command = load(plugin)["spec"]["generate"]
        return subprocess.run(
            [*command["command"], *command.get("args", ())],
            cwd=folder,
            env={"PATH": environment["PATH"]},  # a sidecar has no home
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example's Application."""
    return Path(shutil.copytree(ARGO_CD / "app", tmp_path / "app"))


def test_the_plugin_expands_what_kustomize_builds(generate: Generate, kustomize: str) -> None:
    generated = generate(PIPE, ARGO_CD / "app")
    assert generated.returncode == 0, generated.stderr
    built = subprocess.run(
        [kustomize, "build", str(ARGO_CD / "app")], capture_output=True, check=True
    )
    command = [str(PROGRAM), "--function", "ExpandLWSPlugin"]
    expanded = subprocess.run(command, input=built.stdout, capture_output=True, check=True)
    assert generated.stdout == expanded.stdout.decode()
    assert generated.stdout.count("name: LWS_LEADER_ADDRESS\n") == 2


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("kustomization.yaml", "modelserving.yaml", "none.yaml"),
        ("modelserving.yaml", "s: 1", "s: x"),
    ],
)
def test_an_error_is_no_empty_application(
    generate: Generate, folder: Path, file: str, old: str, new: str
) -> None:
    path = folder / file
    path.write_text(path.read_text().replace(old, new))
    generated = generate(PIPE, folder)
    assert generated.returncode != 0
    assert "none.yaml" in generated.stderr or "[error]" in generated.stderr


def test_kustomize_runs_the_functions_of_a_kustomization_where_it_is_allowed_to(
    generate: Generate, kustomize: str, environment: dict[str, str]
) -> None:
    example = EXAMPLES / "inject-lws-kustomize"
    expected = (example / ".expected" / "2.yaml").read_text()
    assert generate(EXEC, example / "overlay").stdout == expected
    options = shlex.split(load(ARGO_CD / "argocd-cm.yaml")["data"]["kustomize.buildOptions"])
    build = [kustomize, "build", str(example / "overlay"), *options]
    built = subprocess.run(build, env=environment, capture_output=True, text=True, check=True)
    assert built.stdout == expected
    refused = generate(PIPE, example / "overlay")
    assert refused.returncode != 0
    assert "external plugins disabled" in refused.stderr


@pytest.mark.parametrize(("plugin", "runs"), [(PIPE, False), (EXEC, True)])
def test_a_repository_runs_programs_where_exec_is_enabled_and_only_there(
    generate: Generate, folder: Path, plugin: Path, runs: bool
) -> None:
    kustomization = folder / "kustomization.yaml"
    kustomization.write_text(kustomization.read_text() + "transformers: [any.yaml]\n")
    (folder / "any.yaml").write_text(TRANSFORMER)
    assert (generate(plugin, folder).returncode == 0) == runs
    assert (folder / "ran").exists() == runs


def test_python_loads_nothing_from_a_repository(generate: Generate, folder: Path) -> None:
    for name in MODULES:
        (folder / f"{name}.py").write_text("open('ran', 'w').close()\n")
    assert generate(PIPE, folder).returncode == 0
    assert not (folder / "ran").exists()


def test_the_component_adds_the_sidecar(kustomize: str, tmp_path: Path) -> None:
    shutil.copytree(ARGO_CD, tmp_path / "argo-cd")
    (tmp_path / "repo-server.yaml").write_text(REPO_SERVER)
    kustomization = "namespace: argocd\nresources: [repo-server.yaml]\ncomponents: [argo-cd]\n"
    (tmp_path / "kustomization.yaml").write_text(kustomization)
    built = subprocess.run([kustomize, "build", tmp_path], capture_output=True, check=True)
    config, deployment = sorted(yaml.safe_load_all(built.stdout), key=lambda item: item["kind"])
    assert config["data"] == {"plugin.yaml": PIPE.read_text()}
    pod = deployment["spec"]["template"]["spec"]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert volumes["modelserving-lws-plugin"]["configMap"]["name"] == config["metadata"]["name"]
    sidecar, repo_server = sorted(pod["containers"], key=lambda each: each["name"], reverse=True)
    assert repo_server == {"name": "argocd-repo-server", "image": "argocd"}
    assert {mount["name"] for mount in sidecar["volumeMounts"]} == set(volumes)


def test_the_application_names_the_plugin() -> None:
    source = load(ARGO_CD / "application.yaml")["spec"]["source"]
    assert source["plugin"] == {"name": load(PIPE)["metadata"]["name"]}


def test_the_image_has_the_kustomize_of_the_tests() -> None:
    dockerfile = (ARGO_CD / "Dockerfile").read_text()
    tested = re.findall(r"kustomize/v5@(v[0-9.]+)", (ROOT / "Makefile").read_text())
    assert re.findall(r"kustomize:(v[0-9.]+)", dockerfile) == tested


def test_what_the_page_shows_stands_in_the_example() -> None:
    texts = [path.read_text() for path in ARGO_CD.rglob("*.yaml")]
    blocks = re.findall("^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        assert any(block in text for text in texts), block
