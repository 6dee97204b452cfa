"""Flux builds as kustomize does without options, so that it runs no functions."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import yaml

from tests.running import EXAMPLES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (ROOT / "docs" / "flux.md").read_text()


def test_a_function_among_the_transformers_fails_as_the_page_says(kustomize: str) -> None:
    build = [kustomize, "build", str(EXAMPLES / "inject-lws-kustomize" / "base")]
    built = subprocess.run(build, capture_output=True, text=True, check=False)
    assert built.returncode != 0
    message = built.stderr.strip().removeprefix("Error: ")
    assert f"```text\n{message}\n```" in PAGE


def test_the_function_config_of_a_kpt_package_is_not_applied(
    kustomize: str, tmp_path: Path
) -> None:
    for path in (EXAMPLES / "inject-lws-kpt").glob("*.yaml"):
        shutil.copy(path, tmp_path)
    create = [kustomize, "create", "--autodetect"]
    subprocess.run(create, cwd=tmp_path, check=True)
    resources = yaml.safe_load((tmp_path / "kustomization.yaml").read_text())["resources"]
    assert "inject-lws.yaml" in resources
    built = subprocess.run([kustomize, "build", tmp_path], capture_output=True, check=True)
    kinds = {item["kind"] for item in yaml.safe_load_all(built.stdout)}
    assert kinds == {"ModelServing", "Pod", "Service"}
