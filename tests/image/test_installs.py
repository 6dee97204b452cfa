"""The wheel as users install it: with pipx and uv, without an index; and as a plugin of kubectl."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import modelserving_lws
from tests.manifests import INJECTED_WORKER, SERVING, WORKER, stream
from tests.running import ROOT

VERSION = f"modelserving-lws {modelserving_lws.__version__}\n"


def pip(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], check=True)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and all that it needs."""
    folder = tmp_path_factory.mktemp("wheels")
    make = ["make", "--silent", "wheel", f"DIST={folder}"]
    subprocess.run(make, cwd=ROOT, check=True, capture_output=True)
    pip("download", "--only-binary", ":all:", "--dest", folder, *folder.glob("*.whl"), "pip")
    return folder


@pytest.fixture(scope="module")
def installers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with pipx and uv."""
    folder = tmp_path_factory.mktemp("installers")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip("--python", folder, "install", "pipx", "uv")
    return folder / "bin"


@pytest.fixture(scope="module", params=["pipx", "uv"])
def installed(
    request: pytest.FixtureRequest,
    wheels: Path,
    installers: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """The environment of a user for whom one of them has installed the wheel, and nothing else."""
    home = tmp_path_factory.mktemp("home")
    environment = {
        "HOME": str(home),
        "PATH": os.pathsep.join((str(home / "bin"), "/usr/bin", "/bin")),
        "PIPX_HOME": str(home / "pipx"),
        "PIPX_BIN_DIR": str(home / "bin"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "UV_TOOL_DIR": str(home / "uv"),
        "UV_TOOL_BIN_DIR": str(home / "bin"),
        "UV_CACHE_DIR": str(home / "cache"),
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": str(wheels),
        "UV_OFFLINE": "1",
    }
    (wheel,) = wheels.glob("modelserving_lws-*.whl")
    tool = ["tool"] if request.param == "uv" else []
    command = [installers / request.param, *tool, "install", "--python", sys.executable, wheel]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return environment


def test_the_program_runs(installed: dict[str, str]) -> None:
    program = Path(installed["HOME"]) / "bin" / "modelserving-lws"
    text = stream(SERVING, WORKER)
    done = subprocess.run(
        [program], input=text, env=installed, capture_output=True, text=True, check=True
    )
    assert done.stdout == stream(SERVING, INJECTED_WORKER)


def test_kubectl_finds_it_as_a_plugin(installed: dict[str, str]) -> None:
    kubectl = shutil.which("kubectl")
    plugin = Path(installed["HOME"]) / "bin" / "kubectl-modelserving_lws"
    command = [plugin] if kubectl is None else [kubectl, "modelserving-lws"]
    done = subprocess.run(
        [*command, "--version"], env=installed, capture_output=True, text=True, check=True
    )
    assert done.stdout == VERSION
