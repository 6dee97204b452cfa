"""The package: its version, its dependencies, its image."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import requires, version
from typing import TYPE_CHECKING

import modelserving_lws
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def instructions(name: str) -> list[str]:
    """The arguments of a Dockerfile instruction, in order."""
    joined = DOCKERFILE.replace("\\\n", "")
    return re.findall(rf"^{name} +(.+)$", joined, re.MULTILINE)


def test_the_version_is_in_one_place() -> None:
    assert version("modelserving-lws") == modelserving_lws.__version__
    assert "version" in PROJECT["dynamic"]


def test_the_dependencies_are_pyyaml_and_jsonschema() -> None:
    names = [re.split("[<>=;]", name)[0].lower() for name in PROJECT["dependencies"]]
    assert names == ["pyyaml", "jsonschema"]
    needed = [name for name in requires("modelserving-lws") or [] if "extra ==" not in name]
    assert len(needed) == 2


def test_the_image_has_locked_and_hashed_requirements() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pinned = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert pinned
    assert all(re.fullmatch(r"[a-z-]+==[0-9.]+ \\", line) for line in pinned)
    names = {line.partition("==")[0] for line in pinned}
    assert {"pyyaml", "jsonschema"} <= names
    assert sum("--hash=sha256:" in line for line in lines) >= len(pinned)
    (install,) = (line for line in instructions("RUN") if "pip install" in line)
    assert "--require-hashes" in install


def test_the_image_is_pinned_and_runs_the_program_as_nobody() -> None:
    bases = instructions("FROM")
    assert len(bases) == 2
    assert all(re.match(r"python:3\.\d+\.\d+-slim-[a-z]+( AS build)?$", base) for base in bases)
    assert instructions("USER") == ["65532:65532"]
    assert instructions("ENTRYPOINT") == ['["python", "-I", "-m", "modelserving_lws"]']
    assert instructions("COPY") == [
        "requirements.txt /",
        "fn/modelserving_lws /site-packages/modelserving_lws",
        "--from=build /site-packages /usr/local/lib/python3.13/site-packages",
    ]


def test_the_installed_package_is_the_program_and_nothing_else(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--no-deps", "--target", tmp_path, ROOT], check=True)
    names = {path.name for path in tmp_path.iterdir()}
    metadata = f"modelserving_lws-{modelserving_lws.__version__}.dist-info"
    assert names == {"bin", "modelserving_lws", metadata}
    installed = {path.name for path in (tmp_path / "modelserving_lws").rglob("*.*")}
    tracked = {path.name for path in (ROOT / "fn" / "modelserving_lws").rglob("*.*")}
    assert {name for name in tracked if not name.endswith(".pyc")} <= installed
    assert {"py.typed", "InjectLWS.json", "policy.yaml", "LICENSE"} <= installed | {
        path.name for path in (tmp_path / metadata).rglob("*")
    }
