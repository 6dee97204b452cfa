"""The golden pods, through real kustomize and kpt."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.manifests import INJECT_LWS
from tests.running import GOLDEN, ROOT

if TYPE_CHECKING:
    from pathlib import Path

CASES = sorted(path.name for path in GOLDEN.iterdir())
KPTFILE = """\
apiVersion: kpt.dev/v1
kind: Kptfile
metadata:
  name: golden
pipeline:
  mutators:
  - exec: modelserving-lws
"""
KUSTOMIZATION = "resources: [modelserving.yaml, pods.yaml]\ntransformers: [inject-lws.yaml]\n"
TRANSFORMER = f"""\
{INJECT_LWS}\
metadata:
  name: inject-lws
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: modelserving-lws
"""


def by_name(texts: list[str]) -> dict[str, Any]:
    pods = [item for text in texts for item in yaml.safe_load_all(text) if item["kind"] == "Pod"]
    return {pod["metadata"]["name"]: pod for pod in pods}


def run(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    process = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return process


@pytest.mark.parametrize("case", CASES)
def test_kustomize_gives_the_golden_pods(
    case: str, tmp_path: Path, kustomize: str, environment: dict[str, str]
) -> None:
    for name in ("modelserving.yaml", "pods.yaml"):
        (tmp_path / name).write_text((GOLDEN / case / name).read_text())
    (tmp_path / "kustomization.yaml").write_text(KUSTOMIZATION)
    (tmp_path / "inject-lws.yaml").write_text(TRANSFORMER)
    flags = ("--enable-alpha-plugins", "--enable-exec")
    built = run(environment, kustomize, "build", *flags, str(tmp_path))
    injected = (GOLDEN / case / "pods-injected.yaml").read_text()
    assert by_name([built.stdout]) == by_name([injected])


@pytest.mark.parametrize("case", CASES)
def test_kpt_gives_the_golden_pods_and_keeps_comments(
    case: str, tmp_path: Path, kpt: str, environment: dict[str, str]
) -> None:
    serving = (GOLDEN / case / "modelserving.yaml").read_text()
    serving = serving.replace("spec:\n", "spec: # kept\n", 1).replace(": lws\n", ": 'lws'\n")
    pods = (GOLDEN / case / "pods.yaml").read_text().replace("kind: Pod", 'kind: "Pod" # a pod')
    (tmp_path / "modelserving.yaml").write_text(serving)
    (tmp_path / "pods.yaml").write_text(pods)
    (tmp_path / "Kptfile").write_text(KPTFILE)
    render = (kpt, "fn", "render", "--allow-exec", str(tmp_path))
    run(environment, *render)
    assert (tmp_path / "modelserving.yaml").read_text() == serving
    rendered = (tmp_path / "pods.yaml").read_text()
    injected = (GOLDEN / case / "pods-injected.yaml").read_text()
    assert by_name([rendered]) == by_name([injected])
    assert rendered.count('kind: "Pod" # a pod\n') == len(by_name([injected]))
    run(environment, *render)
    assert (tmp_path / "pods.yaml").read_text() == rendered


def test_what_hosts_send_is_read_quickly(
    tmp_path: Path, kustomize: str, kpt: str, environment: dict[str, str]
) -> None:
    environment = {**environment, "MODELSERVING_LWS_DEBUG": "1"}
    for name in ("modelserving.yaml", "pods.yaml"):
        (tmp_path / name).write_text((GOLDEN / "minimal" / name).read_text())
    (tmp_path / "kustomization.yaml").write_text(KUSTOMIZATION)
    (tmp_path / "inject-lws.yaml").write_text(TRANSFORMER)
    flags = ("--enable-alpha-plugins", "--enable-exec")
    built = run(environment, kustomize, "build", *flags, str(tmp_path))
    assert " quick, 0 exact" in built.stderr
    (tmp_path / "kustomization.yaml").unlink()
    (tmp_path / "Kptfile").write_text(KPTFILE)
    rendered = run(environment, kpt, "fn", "render", "--allow-exec", str(tmp_path))
    assert " quick, 0 exact" in rendered.stdout + rendered.stderr


def test_an_error_fails_the_build_and_is_shown(
    tmp_path: Path, kustomize: str, environment: dict[str, str]
) -> None:
    pods = (GOLDEN / "minimal" / "pods.yaml").read_text()
    for name, text in (
        ("modelserving.yaml", (GOLDEN / "minimal" / "modelserving.yaml").read_text()),
        ("pods.yaml", pods.replace('value: "3"', 'value: "three"')),
        ("kustomization.yaml", KUSTOMIZATION),
        ("inject-lws.yaml", TRANSFORMER),
    ):
        (tmp_path / name).write_text(text)
    process = subprocess.run(
        [kustomize, "build", "--enable-alpha-plugins", "--enable-exec", tmp_path],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode != 0
    assert "[error] v1/Pod/default/lws-compatible-serving-0-worker-0-3 spec" in process.stderr
    assert 'found "three"' in process.stderr


def test_the_project_is_a_kpt_package_that_renders(
    tmp_path: Path, kpt: str, environment: dict[str, str]
) -> None:
    tracked = run(environment, "git", "-C", str(ROOT), "ls-files", "-z").stdout.split("\0")[:-1]
    for name in tracked:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    run(environment, kpt, "fn", "render", "--allow-exec", str(tmp_path))
    changed = [
        name for name in tracked if (tmp_path / name).read_bytes() != (ROOT / name).read_bytes()
    ]
    # kpt renders every package below, whatever .krmignore says: the examples are some.
    assert changed
    assert all(name.startswith("examples/") and "-kpt/" in name for name in changed)
