"""The items of several files as one list."""

from __future__ import annotations

import pytest

from modelserving_lws.k8s.objects import near, places
from modelserving_lws.repository.chain import Step, run_all, run_by_set
from modelserving_lws.repository.files import File
from modelserving_lws.repository.join import Repository, Source
from modelserving_lws.wire.origin import Origin
from tests.leaderworkersets import HPA, SET
from tests.manifests import SERVING, WORKER, stream

SETS = frozenset(("LeaderWorkerSet",))


def source(text: str, path: str = "a.yaml", *trees: str) -> Source:
    file = File(path, f"/{path}", path, None, text.encode())
    return Source(file, Origin(path, path, trees))


def test_items_know_their_file_and_number() -> None:
    repository = Repository([source(stream(WORKER, SET)), source(SET, "b.yaml")])
    references = [item.reference for item in repository.items(SETS)]
    assert [(it.path, it.index, it.name) for it in references] == [
        ("a.yaml", 1, "chat"),
        ("b.yaml", 0, "chat"),
    ]


def test_a_file_is_read_only_where_its_text_names_a_kind() -> None:
    broken = source("kind: Pod\na: [", "broken.yaml")
    repository = Repository([broken, source(SET)])
    assert len(repository.items(SETS)) == 1
    assert broken.error is None
    assert repository.items(frozenset(("Pod",))) == []
    assert broken.error is not None
    assert broken.error.path == "broken.yaml"


def test_holding_finds_items_of_any_kind() -> None:
    repository = Repository([source(stream(SERVING, WORKER)), source(SET, "b.yaml")])
    found = repository.holding(lambda text: "fieldRef" in text or "leaderTemplate" in text)
    assert [item.kind for item in found] == ["LeaderWorkerSet"]


@pytest.mark.parametrize(
    ("searcher", "found"),
    [
        (("a/b/x.yaml",), ["same file"]),
        (("a/b/y.yaml",), ["same file", "below"]),
        (("a/z.yaml",), ["same file", "below", "above"]),
        (("c/z.yaml", "tree"), ["in the tree"]),
        (("c/z.yaml", "other"), []),
        (("d/z.yaml",), []),
    ],
)
def test_a_reference_means_what_is_nearest(searcher: tuple[str, ...], found: list[str]) -> None:
    table: dict[tuple[str | None, ...], list[str]] = {}
    for name, origin in {
        "same file": Origin("", "a/b/x.yaml"),
        "below": Origin("", "a/b/c/d.yaml"),
        "above": Origin("", "a/y.yaml"),
        "in the tree": Origin("", "elsewhere/y.yaml", ["tree"]),
    }.items():
        for key in places("chat", "", origin):
            table.setdefault(key, []).append(name)
    path, *trees = searcher
    names = near(table, "chat", "", Origin("", path, trees))
    assert [name for each in names for name in each] == found


def test_a_file_that_nothing_changes_is_the_same() -> None:
    text = WORKER.replace("\n", "\r\n")
    run = run_all([source(text)], [Step("ConvertLeaderWorkerSet", {})])
    assert run.sources[0].output == text.encode()
    assert run.changed == []


def test_a_set_with_an_error_stays_alone() -> None:
    bad = SET.replace("name: chat", f"name: {'x' * 60}")
    texts = {"a.yaml": stream(bad, SET), "b.yaml": HPA}
    made = []

    def make() -> list[Source]:
        made.append([source(text, path) for path, text in texts.items()])
        return made[-1]

    run = run_by_set(make, [Step("ConvertLeaderWorkerSet", {}), Step("ExpandLWSPlugin", {})])
    output = {it.file.path: it.output.decode() for it in run.sources}
    assert output["a.yaml"].startswith(bad)
    assert "LWS_LEADER_ADDRESS\n" in output["a.yaml"].removeprefix(bad)
    assert "kind: ModelServing" in output["b.yaml"]


def test_results_of_a_file_that_is_no_manifest_are_none() -> None:
    run = run_all([source("- kind: LeaderWorkerSet\n")], [Step("ConvertLeaderWorkerSet", {})])
    assert (run.errors, run.results, run.failed) == ([], [], False)
