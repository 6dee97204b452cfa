"""The example's chart, through real Helm."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.running import EXAMPLES, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable

    Helm = Callable[..., subprocess.CompletedProcess[str]]

HELM = EXAMPLES / "helm"
POST_RENDERER = ("--post-renderer", "modelserving-lws", "--post-renderer-args", "--function")
EXPAND = (*POST_RENDERER, "--post-renderer-args", "ExpandLWSPlugin")


@pytest.fixture(params=["3", "4"])
def version(request: pytest.FixtureRequest) -> str:
    """Helm's major version."""
    version: str = request.param
    return version


@pytest.fixture
def run(version: str, request: pytest.FixtureRequest) -> Helm:
    """Runs Helm, which has what the page says that it needs."""
    request.getfixturevalue("helm" if version == "3" else "helm4_environment")
    environment = request.getfixturevalue("environment" if version == "3" else "helm4_environment")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["helm", *arguments], env=environment, capture_output=True, text=True, check=False
        )

    if version == "4":
        assert run("plugin", "install", HELM / "plugin").returncode == 0
    return run


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A copy of the chart."""
    return Path(shutil.copytree(HELM / "chart", tmp_path / "chart"))


def expanded(text: str) -> str:
    command = [str(PROGRAM), "--function", "ExpandLWSPlugin"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def test_a_post_renderer_gives_what_a_pipe_gives(run: Helm) -> None:
    rendered = run("template", "chat", HELM / "chart").stdout
    assert "LWS_LEADER_ADDRESS\n" not in rendered
    post_rendered = run("template", "chat", HELM / "chart", *EXPAND)
    assert post_rendered.returncode == 0, post_rendered.stderr
    assert post_rendered.stdout.count("name: LWS_LEADER_ADDRESS\n") == 2
    assert lines(post_rendered.stdout) == lines(expanded(rendered))


def lines(text: str) -> list[str]:
    """The lines; Helm puts blank ones between documents, others with a post-renderer."""
    return [line for line in text.splitlines() if line]


# Helm 3 asks a cluster, also for a dry run; tests/cluster has one.
@pytest.mark.parametrize("version", ["4"], indirect=True)
def test_a_post_renderer_is_called_for_an_install(run: Helm) -> None:
    installed = run("install", "chat", HELM / "chart", "--dry-run=client", *EXPAND)
    assert installed.stdout.count("name: LWS_LEADER_ADDRESS\n") == 2, installed.stderr


def test_a_chart_that_renders_nothing_passes(run: Helm, chart: Path) -> None:
    shutil.rmtree(chart / "templates")
    post_rendered = run("template", "chat", chart, *EXPAND)
    assert (post_rendered.returncode, post_rendered.stdout.strip()) == (0, ""), post_rendered


def test_an_error_fails_and_helm_3_shows_it(run: Helm, version: str, chart: Path) -> None:
    template = chart / "templates" / "modelserving.yaml"
    template.write_text(template.read_text().replace("workerReplicas: {{", "workerReplicas: x{{"))
    failed = run("template", "chat", chart, *EXPAND)
    assert failed.returncode != 0
    assert failed.stdout.strip() == ""
    shown = "[error] workload.serving.volcano.sh/v1alpha1/ModelServing/chat" in failed.stderr
    assert shown == (version == "3"), failed.stderr


def test_hooks_pass_through_the_post_renderer_of_helm_4_alone(
    run: Helm, version: str, chart: Path
) -> None:
    template = chart / "templates" / "modelserving.yaml"
    hook = 'metadata:\n  annotations: {"helm.sh/hook": pre-install}\n'
    template.write_text(template.read_text().replace("metadata:\n", hook, 1))
    post_rendered = run("template", "chat", chart, *EXPAND)
    assert post_rendered.returncode == 0, post_rendered.stderr
    assert ("name: LWS_LEADER_ADDRESS\n" in post_rendered.stdout) == (version == "4")
