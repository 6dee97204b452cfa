"""Kustomization trees before and after a migration, through real kustomize: what an overlay builds
of converted sets is what a conversion makes of its build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelserving_lws.pipeline import run
from tests import guide
from tests.kustomize_trees import FLAGS, Migrated, build, expanded, objects, write
from tests.model import controller, leaderworkerset
from tests.property.test_convert import check_pods
from tests.running import CONVERT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The guide's tree before and after its migration, and with transformers."""
    migrated = Migrated(guide.FILES)
    assert [str(result) for result in migrated.results if result.severity == "error"] == []
    return (
        write(tmp_path_factory.mktemp("before"), guide.FILES),
        write(tmp_path_factory.mktemp("after"), migrated.files),
        write(
            tmp_path_factory.mktemp("transformed"),
            Migrated(guide.FILES, with_transformer=True).files,
        ),
    )


def converted(text: str) -> str:
    outcome = run(text.encode(), CONVERT[1])
    assert not outcome.failed, list(map(str, outcome.results))
    return outcome.output.decode()


@pytest.mark.parametrize("name", guide.DEPLOYMENTS)
def test_an_overlay_builds_what_its_build_converts_to(
    name: str,
    folders: tuple[Path, Path, Path],
    kustomize: str,
    environment: dict[str, str],
) -> None:
    before, after, transformed = (
        build(kustomize, folder / "deployments" / name, environment, *flags)
        for folder, flags in zip(folders, ((), (), FLAGS), strict=True)
    )
    sets = [it for it in objects(before).values() if it["kind"] == "LeaderWorkerSet"]
    assert sets
    assert "LeaderWorkerSet" not in after
    assert objects(after) == objects(converted(before))
    assert objects(transformed) == objects(expanded(after))
    made = objects(expanded(after))
    for lws in sets:
        serving = made["ModelServing", lws["metadata"]["name"]]
        check_pods(leaderworkerset.pods(lws), controller.pods(serving))
