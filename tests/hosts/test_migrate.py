"""`migrate` on kustomization trees: real kustomize builds what it leaves, and the report's pipe or
a transformer expands the build.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests import guide
from tests.kustomize_trees import FLAGS, build, objects, write
from tests.running import run_in_process

if TYPE_CHECKING:
    from pathlib import Path

DEPLOYMENTS = [f"deployments/{name}" for name in guide.DEPLOYMENTS]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The guide's tree after its migration, and with transformers."""
    return migrated(tmp_path_factory.mktemp("pipe")), migrated(
        tmp_path_factory.mktemp("transformer"), "--transformer"
    )


def migrated(folder: Path, *options: str) -> Path:
    write(folder, guide.FILES)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = run_in_process("", "migrate", "--write", *options, ".")
        assert done.code == 0, done
        lines = " ".join(done.stdout.split())
        said = re.findall("`kustomize build (\\S+) [|] modelserving-lws expand -o - -`", lines)
        assert sorted(said) == ([] if options else sorted(DEPLOYMENTS))
        assert run_in_process("", "migrate", "--check", *options, ".").code == 0
    return folder


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_build_is_expanded_by_the_pipe_or_a_transformer(
    deployment: str,
    folders: tuple[Path, Path],
    kustomize: str,
    environment: dict[str, str],
) -> None:
    pipe, transformed = folders
    text = build(kustomize, pipe / deployment, environment)
    done = run_in_process(text, "expand", "-o", "-", "-")
    assert done.code == 0, done
    made = objects(build(kustomize, transformed / deployment, environment, *FLAGS))
    assert objects(done.stdout) == made
    servings = [it for it in made.values() if it["kind"] == "ModelServing"]
    assert servings
    assert "LeaderWorkerSet" not in done.stdout
    assert "LWS_LEADER_ADDRESS" in done.stdout


def test_bases_are_not_expanded(folders: tuple[Path, Path]) -> None:
    for folder in folders:
        text = (folder / "base" / "decode.yaml").read_text()
        assert "name: lws\n" in text
        assert "LWS_LEADER_ADDRESS\n" not in text
