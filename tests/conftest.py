"""Fixtures that all tests share: ways to run the program, and the host programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.running import PROGRAM, TOOLS, run_in_process, run_process

if TYPE_CHECKING:
    from typing import NoReturn

    from tests.running import Program

settings.register_profile("default", max_examples=150, deadline=None)
settings.register_profile("fuzz", max_examples=20_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The environment of a user who has the program and the project's tools on the PATH."""
    path = os.pathsep.join((str(PROGRAM.parent), str(TOOLS), os.environ["PATH"]))
    return {**os.environ, "PATH": path}


@pytest.fixture(scope="session")
def program() -> Program:
    """Runs the program in the tests' own process."""
    return run_in_process


@pytest.fixture(scope="session")
def installed_program() -> Program:
    """Runs the installed program as a process, where the process is what a test is about."""
    return run_process


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
