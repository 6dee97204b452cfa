"""The package: its version, its dependencies, its image."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from importlib.metadata import requires, version
from typing import TYPE_CHECKING
from zipfile import ZipFile

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
    locked = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    pinned = r"[a-z-]+==[0-9.]+(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n?"
    assert re.fullmatch(f"({pinned})+", locked)
    assert {"pyyaml", "jsonschema"} <= set(re.findall("^([a-z-]+)==", locked, re.MULTILINE))
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


def test_nothing_of_the_image_is_a_shell_or_comes_from_elsewhere() -> None:
    names = set(re.findall(r"^([A-Z]+) ", DOCKERFILE.replace("\\\n", ""), re.MULTILINE))
    assert names <= {"FROM", "COPY", "RUN", "LABEL", "USER", "ENTRYPOINT"}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored == ["*", "!fn", "!requirements.txt", "**/__pycache__"]
    assert instructions("RUN") == [
        "pip install --no-cache-dir --require-hashes --only-binary :all: --target /site-packages "
        "--requirement /requirements.txt",
        "python -m compileall -q /site-packages",
    ]
    for command in instructions("ENTRYPOINT"):
        assert not {"sh", "bash", "-c"} & set(json.loads(command))


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
