"""The image, built once with the engine that is there or can be installed, and what runs it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

import modelserving_lws
from tests.image import base
from tests.image.engine import Engine, NoEngineError, find
from tests.running import IMAGE_NAME, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Build = Callable[..., str]

TAG = f"v{modelserving_lws.__version__}"
IMAGE = f"{IMAGE_NAME}:{TAG}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/image/" in str(item.path):
            item.add_marker("image")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the output with what runners of tests in any language are understood by."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or config.option.markexpr != "image":
        return
    counts = {kind: len(reporter.stats.get(kind, ())) for kind in ("passed", "failed", "skipped")}
    counts["failed"] += len(reporter.stats.get("error", ()))
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()))


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine; where there can be none, the test is skipped with the reason."""
    try:
        return find()
    except NoEngineError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def bases(engine: Engine) -> dict[str, str]:
    """The images that the Dockerfiles build on, or stand-ins for them."""
    try:
        return base.prepare(engine)
    except NoEngineError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def options(engine: Engine, bases: dict[str, str]) -> list[str]:
    """The variables that make `make` build here."""
    python = bases[base.base_of(ROOT / "Dockerfile")]
    return [f"ENGINE={engine.name}", f"BUILD=--network host --build-arg BASE={python}"]


@pytest.fixture(scope="session")
def build(engine: Engine, options: list[str]) -> Build:
    """Builds the image under a tag; returns its ID."""

    def run(tag: str, *more: str) -> str:
        variables = [*options[:-1], f"{options[-1]} {' '.join(more)}", f"TAG={tag}"]
        command = ["make", "--no-print-directory", "image", *variables]
        made = subprocess.run(
            command, cwd=ROOT, env=engine.environment, capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stdout + made.stderr
        return str(engine.inspect(f"{IMAGE_NAME}:{tag}")["Id"])

    return run


@pytest.fixture(scope="session")
def image(build: Build) -> str:
    """The image's name and tag, built."""
    build(TAG)
    return IMAGE


@pytest.fixture(scope="session")
def with_docker(
    engine: Engine, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The environment of a user who has the engine as `docker`, and the project's tools."""
    path = environment["PATH"]
    if engine.name != "docker":
        folder: Path = tmp_path_factory.mktemp("engine")
        docker = folder / "docker"
        docker.write_text(f'#!/bin/sh\nexec {engine.name} "$@"\n')
        docker.chmod(0o755)
        path = os.pathsep.join((str(folder), path))
    return {**engine.environment, "PATH": path}
