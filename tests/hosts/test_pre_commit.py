"""The hook of `.pre-commit-hooks.yaml` and the workflow, as docs/ci.md shows them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

import modelserving_lws
from tests.manifests import CONFIG_MAP, function_config
from tests.running import EXAMPLES, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE = (ROOT / "docs" / "ci.md").read_text()
WORKFLOW, PRE_COMMIT = re.findall("^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
MANIFEST = (EXAMPLES / "argo-cd" / "app" / "modelserving.yaml").read_text()
ADMISSION_POLICY = function_config("ExpandLWSPlugin", "{via: AdmissionPolicy, emitPolicy: false}")
AUTHOR = ("-c", "user.name=test", "-c", "user.email=test")
# What pip says where it can't download what builds the package.
OFFLINE = "No matching distribution found for hatchling"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose `rendered` holds a ModelServing that is not expanded."""
    folder = tmp_path / "repository"
    (folder / "rendered").mkdir(parents=True)
    (folder / "rendered" / "chat.yaml").write_text(MANIFEST)
    (folder / "rendered" / "settings.yaml").write_text(CONFIG_MAP)
    (folder / "source.yaml").write_text(MANIFEST)
    return folder


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path) -> Run:
    """Runs git and pre-commit as somebody without settings of their own."""
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    kept = {name: value for name, value in environment.items() if not name.startswith("GIT_")}

    def run(folder: Path, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=folder,
            env={**kept, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=check,
        )

    return run


@pytest.fixture
def project(run: Run, tmp_path: Path) -> Path:
    """The project as it is now, in a repository of its own with the page's tag."""
    folder = tmp_path / "modelserving-lws"
    names = ("fn", "*.toml", "hatch_build.py", "README.md", "LICENSE", ".pre-*")
    listed = run(ROOT, "git", "ls-files", "-z", *names)
    for name in filter(None, listed.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    run(folder, "git", "init", "--quiet")
    run(folder, "git", "add", "--all")
    run(folder, "git", *AUTHOR, "commit", "--quiet", "--message", "All")
    run(folder, "git", "tag", f"v{modelserving_lws.__version__}")
    return folder


def expand(run: Run, repository: Path) -> None:
    check = "modelserving-lws --function ExpandLWSPlugin --check rendered/*.yaml 2>/dev/null"
    run(repository, "bash", "-c", f"{check} | git apply")


def test_the_hook_fails_until_manifests_are_expanded(
    run: Run, project: Path, repository: Path
) -> None:
    run(repository, "git", "init", "--quiet")
    config = re.sub("https://.+", str(project), PRE_COMMIT, count=1)
    (repository / ".pre-commit-config.yaml").write_text(config)
    run(repository, "git", "add", "--all")
    check = (sys.executable, "-m", "pre_commit", "run", "--all-files")

    found = run(repository, *check, check=False)
    if OFFLINE in found.stdout and os.environ.get("CI") != "true":
        pytest.skip("pre-commit installs the hook with pip, which finds no package registry")
    assert found.returncode == 1, found.stdout
    assert "ModelServings are expanded" in found.stdout
    assert "--- a/rendered/chat.yaml\n+++ b/rendered/chat.yaml\n" in found.stdout
    assert "+            - name: LWS_LEADER_ADDRESS\n" in found.stdout
    assert "settings.yaml" not in found.stdout
    assert "source.yaml" not in found.stdout

    expand(run, repository)
    found = run(repository, *check)
    assert "Passed" in found.stdout

    # `args` names a functionConfig.
    (repository / "rendered" / "chat.yaml").write_text(MANIFEST)
    (repository / "expand.yaml").write_text(ADMISSION_POLICY)
    (args,) = re.findall("`(args: .+)`", PAGE)
    (repository / ".pre-commit-config.yaml").write_text(f"{config}    {args}\n")
    run(repository, "git", "add", "--all")
    found = run(repository, *check, check=False)
    assert found.returncode == 1
    assert "+    modelserving.volcano.sh/lws: enabled\n" in found.stdout


def test_pre_commit_takes_the_hooks_and_the_config_for_valid(run: Run, tmp_path: Path) -> None:
    pre_commit = (sys.executable, "-m", "pre_commit")
    run(ROOT, *pre_commit, "validate-manifest", ".pre-commit-hooks.yaml")
    (tmp_path / "config.yaml").write_text(PRE_COMMIT)
    run(tmp_path, *pre_commit, "validate-config", "config.yaml")


def test_the_workflow_fails_until_manifests_are_expanded(run: Run, repository: Path) -> None:
    (job,) = yaml.safe_load(WORKFLOW)["jobs"].values()
    runs = [step["run"] for step in job["steps"] if "run" in step]
    skipped = re.findall(r"^    - run: (.+) # not run by the tests: \S", WORKFLOW, re.MULTILINE)
    commands = [command for command in runs if command not in skipped]
    assert (len(skipped), len(commands)) == (1, 1)
    step = ("bash", "-e", "-c", *commands)  # as GitHub runs it
    found = run(repository, *step, check=False)
    assert found.returncode == 1
    assert "+++ b/rendered/chat.yaml\n" in found.stdout
    expand(run, repository)
    assert run(repository, *step).stdout == ""


def test_the_version_is_the_programs() -> None:
    assert set(re.findall(r"\bv\d+\.\d+\.\d+\b", PAGE)) == {f"v{modelserving_lws.__version__}"}
