"""Kustomizations that lead back to themselves: an error where real kustomize refuses them."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.kustomize_trees import HEAD, write
from tests.leaderworkersets import ONE_TEMPLATE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
SET = {"a/set.yaml": ONE_TEMPLATE}


def tree(**kustomizations: str) -> dict[str, str]:
    """The files; `a__b` is the kustomization of `a/b`, and `_` that of the folder itself."""
    files = {}
    for name, text in kustomizations.items():
        folder = name.replace("__", "/").strip("_")
        files[f"{folder}/kustomization.yaml".lstrip("/")] = (
            text if text.startswith("apiVersion") else f"{HEAD}resources: [{text}]\n"
        )
    return {**SET, **files}


CYCLES = {
    "a": tree(a="set.yaml, ../b", b="../a"),
    "b": tree(a="set.yaml, .", b="../a"),
    "c": tree(a="set.yaml, ../b", b="../d", c="../a", d="../a"),
    "d": tree(a="set.yaml", _="a, d", d="../"),
    "e": tree(a="set.yaml", a__x="../../b", b="../a", e="../a/x"),
    "f": tree(a="set.yaml", c=f"{COMPONENT}components: [../c]\n", f=f"{HEAD}resources: [../a]\n"
              "components: [../c]\n"),
}  # fmt: skip
FINE = {
    "a": tree(a="set.yaml", b="../a"),
    "d": tree(a="set.yaml", d="../a/b", a__b="../c", a__c="../set.yaml"),
    "e": tree(
        a="set.yaml",
        b=f"{COMPONENT}namePrefix: b-\n",
        c=f"{HEAD}resources: [../a]\ncomponents: [../b]\n",
        d=f"{HEAD}resources: [../a]\ncomponents: [../b]\nnamePrefix: d-\n",
        e="../c, ../d",
    ),
}


@pytest.mark.parametrize(
    ("build", "files", "is_cycle"),
    [*((*it, True) for it in CYCLES.items()), *((*it, False) for it in FINE.items())],
)
def test_a_cycle_is_an_error_as_in_kustomize(
    build: str,
    files: dict[str, str],
    is_cycle: bool,
    kustomize: str,
    environment: dict[str, str],
    program: Program,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(write(tmp_path, files))
    command = [kustomize, "build", "--load-restrictor", "LoadRestrictionsNone", build]
    judge = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    done = program("", "migrate", "--report", "json", ".")
    errors = [it for it in json.loads(done.stdout)["findings"] if it["severity"] == "error"]
    assert ("cycle detected" in judge.stderr) == is_cycle, judge.stderr
    assert [it["id"] for it in errors] == ["kustomize-cycle"] * is_cycle
    if is_cycle:
        assert errors[0]["field"]["path"].startswith(("resources[", "components["))
        assert errors[0]["file"]["line"]
    else:
        assert judge.returncode == 0, judge.stderr


def test_a_ring_of_many_is_found_in_time(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = 300
    ring = {
        f"k{i}": f"{HEAD}resources: [../k{(i + 1) % many}, ../a/set.yaml]\nnamePrefix: x\n"
        for i in range(many)
    }
    files = tree(**ring)
    monkeypatch.chdir(write(tmp_path, files))
    start = time.monotonic()
    done = program("", "migrate", "--report", "json", ".")
    assert time.monotonic() - start < 20
    found = [it["id"] for it in json.loads(done.stdout)["findings"]]
    assert found.count("kustomize-cycle") == 1
