"""Kustomization trees for the tests: a migration of their files, and what kustomize builds."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import yaml

from modelserving_lws.kustomize.follow import follow
from modelserving_lws.kustomize.sources import Sources, Texts
from modelserving_lws.kustomize.transformer import TRANSFORMER, add_transformer
from modelserving_lws.kustomize.trees import Trees, TreeSet
from modelserving_lws.pipeline import run
from tests.running import CONVERT, PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

    from modelserving_lws.results.result import Result

HEAD = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
KIND = "LeaderWorkerSet"
FLAGS = ("--enable-alpha-plugins", "--enable-exec")


class Migrated:
    """What a migration comes to: the files, and the results on kustomizations."""

    def __init__(self, files: dict[str, str], *, with_transformer: bool = False) -> None:
        """Converts the sets of these files, and makes the kustomizations follow them."""
        texts = Texts(files)
        sources = Sources(texts)
        trees = Trees(sources)
        manifests = {
            path: text
            for path, text in files.items()
            if path not in trees.patches and path not in trees.all and "\nkind: " in text
        }
        sets = [
            _tree_set(path, item)
            for path, text in manifests.items()
            for item in yaml.safe_load_all(text)
            if item["kind"] == KIND
        ]
        self.files = {**files, **_converted(manifests)}
        self.results: list[Result] = follow(trees, trees.reach(sets)).results
        if with_transformer:
            for path in trees.outermost():
                add_transformer(trees.all[path], sources, TRANSFORMER)
        for path, document in texts.edited.items():
            self.files[path] = document.output.decode()


def _converted(manifests: dict[str, str]) -> dict[str, str]:
    """The files as one list, converted."""
    joined = "".join(f"--- # {path}\n{text}" for path, text in manifests.items())
    outcome = run(joined.encode(), CONVERT[1])
    assert not outcome.failed, list(map(str, outcome.results))
    parts = re.split("^--- # (.*)\n", outcome.output.decode(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _tree_set(path: str, item: Any) -> TreeSet:
    metadata = item["metadata"]
    return TreeSet(
        path,
        metadata["name"],
        metadata.get("namespace", ""),
        has_leader="leaderTemplate" in item["spec"]["leaderWorkerTemplate"],
        is_converted=True,
    )


def write(folder: Path, files: dict[str, str]) -> Path:
    """Writes files below a folder."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def build(kustomize: str, folder: Path, environment: dict[str, str], *flags: str) -> str:
    """What `kustomize build` prints."""
    process = subprocess.run(
        [kustomize, "build", *flags, str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


def objects(text: str) -> dict[tuple[str, str], Any]:
    """The objects of a stream, by kind and name."""
    items = [item for item in yaml.safe_load_all(text) if item]
    return {(item["kind"], item["metadata"]["name"]): item for item in items}


def expanded(text: str) -> str:
    """What ExpandLWSPlugin makes of a stream."""
    process = subprocess.run(
        [PROGRAM, "--function", "ExpandLWSPlugin"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout
