"""The package: its version, its dependencies, its image."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import requires, version
from typing import TYPE_CHECKING
from zipfile import ZipFile

import modelserving_lws
from tests.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_version_is_in_one_place() -> None:
    assert version("modelserving-lws") == modelserving_lws.__version__
    assert "version" in PROJECT["dynamic"]


def test_the_dependencies_are_pyyaml_and_jsonschema() -> None:
    names = [re.split("[<>=;]", name)[0].lower() for name in PROJECT["dependencies"]]
    assert names == ["pyyaml", "jsonschema"]
    needed = [name for name in requires("modelserving-lws") or [] if "extra ==" not in name]
    assert len(needed) == 2


def test_the_image_has_hashed_requirements_and_a_pinned_base() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    locked = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    pinned = r"[a-z-]+==[0-9.]+(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n?"
    assert re.fullmatch(f"({pinned})+", locked)
    assert {"pyyaml", "jsonschema"} <= set(re.findall("^([a-z-]+)==", locked, re.MULTILINE))
    dockerfile = (ROOT / "Dockerfile").read_text()
    (install,) = re.findall("pip install .*", dockerfile)
    assert "--require-hashes" in install
    pinned = r"^ARG BASE=python:3\.\d+\.\d+-slim-[a-z]+@sha256:[0-9a-f]{64}$"
    assert re.search(pinned, dockerfile, re.MULTILINE)


def wheel(folder: Path) -> Path:
    """The wheel, built anew."""
    subprocess.run(
        ["make", "--silent", "wheel", f"DIST={folder}"], cwd=ROOT, check=True, capture_output=True
    )
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_is_the_same_each_time_and_holds_the_package_alone(tmp_path: Path) -> None:
    first, second = wheel(tmp_path / "first"), wheel(tmp_path / "second")
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()
    package = ROOT / "fn" / "modelserving_lws"
    tracked = {
        f"modelserving_lws/{path.relative_to(package)}"
        for path in package.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    metadata = f"modelserving_lws-{modelserving_lws.__version__}.dist-info/"
    with ZipFile(first) as file:
        names = set(file.namelist())
    assert {name for name in names if not name.startswith(metadata)} == tracked
    assert f"{metadata}licenses/LICENSE" in names


def test_how_to_report_a_vulnerability_is_said() -> None:
    assert "private security advisory" in (ROOT / "SECURITY.md").read_text()
