"""What all tests share: the installed program, and the hosts that run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

ROOT = Path(__file__).parent.parent
PROGRAM = Path(sys.executable).parent / "modelserving-lws"
TOOLS = ROOT / ".tools" / "bin"
# The image's name, without a tag.
(IMAGE_NAME,) = re.findall("^IMAGE [?]= (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

settings.register_profile("default", max_examples=150, deadline=None)
settings.register_profile("fuzz", max_examples=20_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


class Finished:
    """A process that has ended: exit code and what it wrote."""

    def __init__(self, process: subprocess.CompletedProcess[bytes]) -> None:
        self.code = process.returncode
        self.bytes = process.stdout
        self.stderr = process.stderr.decode()

    @property
    def stdout(self) -> str:
        return self.bytes.decode()

    def __repr__(self) -> str:
        return f"exit {self.code}\n--- stdout\n{self.bytes!r}\n--- stderr\n{self.stderr}"


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The environment of a user who has the program and the project's tools on the PATH."""
    path = os.pathsep.join((str(PROGRAM.parent), str(TOOLS), os.environ["PATH"]))
    return {**os.environ, "PATH": path}


@pytest.fixture(scope="session")
def program(environment: dict[str, str]) -> Callable[..., Finished]:
    """Runs the installed program: stdin, then its arguments."""

    def run(stdin: str | bytes, *arguments: str) -> Finished:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        process = subprocess.run(
            [PROGRAM, *arguments], input=data, capture_output=True, check=False, env=environment
        )
        finished = Finished(process)
        assert "Traceback" not in finished.stderr, finished
        assert "internal error" not in finished.stderr, finished
        return finished

    return run


@pytest.fixture(scope="session")
def kustomize(environment: dict[str, str]) -> str:
    """The path of kustomize; a test that needs it is skipped where it is not there."""
    return _host(
        "kustomize",
        environment,
        "`make tools` installs it where Go is; see https://go.dev/doc/install",
    )


@pytest.fixture(scope="session")
def kpt(environment: dict[str, str]) -> str:
    """The path of kpt; a test that needs it is skipped where it is not there."""
    return _host("kpt", environment, "see https://kpt.dev/installation/kpt-cli/")


@pytest.fixture(scope="session")
def helm(environment: dict[str, str]) -> str:
    """The path of Helm 3; a test that needs it is skipped where it is not there."""
    how = "`make tools` installs it where Go is; see https://go.dev/doc/install"
    path = _host("helm", environment, how)
    found = subprocess.run(
        [path, "version", "--short"], capture_output=True, text=True, check=True
    ).stdout
    if not found.startswith("v3."):
        _missing("helm", f"helm on the PATH is not Helm 3, but {found.strip()}; {how}")
    return path


@pytest.fixture
def helm4_environment(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """An environment in which `helm` is Helm 4, without plugins; a test that needs it is skipped
    where it is not there.
    """
    how = "`make helm4` installs it where Go is; see https://go.dev/doc/install"
    path = _host("helm4", environment, how)
    folder = tmp_path_factory.mktemp("helm4")
    (folder / "helm").symlink_to(path)
    homes = {f"HELM_{name}_HOME": str(folder / name) for name in ("CACHE", "CONFIG", "DATA")}
    return {**environment, **homes, "PATH": os.pathsep.join((str(folder), environment["PATH"]))}


def _host(name: str, environment: dict[str, str], how: str) -> str:
    path = shutil.which(name, path=environment["PATH"])
    if path is None:
        _missing(name, f"{name} is not on the PATH; {how}")
    return path


def _missing(name: str, reason: str) -> NoReturn:
    if name != "kpt" and os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
