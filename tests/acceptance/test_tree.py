"""`render --tree`: what people see of the pods, in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelserving_lws.tree.formats import FORMATS, written
from tests.manifests import COMPLETE, ENTRY, WORKER, stream
from tests.unit.tree.test_tree import FRONT, TWO_ROLES, tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the program runs in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("format_", FORMATS)
def test_the_files_of_a_call_are_one_tree(program: Program, folder: Path, format_: str) -> None:
    (folder / "chat.yaml").write_text(TWO_ROLES)
    (folder / "front.yaml").write_text(FRONT)
    finished = program("", "render", "--tree", "--format", format_, "chat.yaml", "front.yaml")
    assert finished.stdout == written(tree(TWO_ROLES, FRONT), format_)
    assert (finished.code, finished.stderr) == (0, "")


def test_findings_are_told_but_for_the_count_of_what_is_seen(program: Program) -> None:
    text = COMPLETE.replace("type: BuiltIn\n", "type: BuiltIn\n    scope: {roles: [mian]}\n")
    told = [program(text, "render", *options, "-").stderr for options in ((), ("--tree",))]
    assert "mian" in told[1]
    assert "rendered 4 Pods" in told[0]
    assert "rendered" not in told[1]


def test_it_is_text_by_default_and_reads_stdin(program: Program) -> None:
    finished = program(stream(TWO_ROLES, FRONT), "render", "--tree", "-")
    assert finished.stdout == written(tree(TWO_ROLES, FRONT), "tree")


def test_objects_of_one_name_in_two_folders_are_two(program: Program, folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "chat.yaml").write_text(TWO_ROLES)
        (folder / name / "front.yaml").write_text(FRONT)
    finished = program("", "render", "--tree", ".")
    serving, service = _parts(written(tree(TWO_ROLES, FRONT), "tree"))
    assert finished.stdout == 2 * serving + 2 * service


def _parts(text: str) -> tuple[str, str]:
    """What is said of the ModelServing, and of the Service."""
    serving, _, service = text.partition("Service ")
    return serving, f"Service {service}"


def test_a_modelserving_in_a_folder_above_is_another_one(program: Program, folder: Path) -> None:
    (folder / "pods").mkdir()
    (folder / "chat.yaml").write_text(TWO_ROLES.replace("replicas: 2\n", "replicas: 0\n", 1))
    (folder / "pods" / "entry.yaml").write_text(ENTRY)
    (folder / "pods" / "worker.yaml").write_text(WORKER)
    lines = program("", "render", "--tree", ".").stdout.splitlines()
    assert [line for line in lines if "ModelServing" in line] == [
        "ModelServing serving/chat  no pods",
        "ModelServing serving/chat  1 ServingGroup, 2 pods",
    ]


def test_what_cannot_be_read_is_an_error(program: Program) -> None:
    bad = WORKER.replace("group-name: chat-1", "group-name: chat")
    at = "[error] metadata.labels['modelserving.volcano.sh/group-name']: chat"
    for options, is_printed in (((), False), (("--keep-going",), True)):
        finished = program(stream(TWO_ROLES, bad), "render", "--tree", *options, "-")
        assert finished.code == 1
        assert at in finished.stderr
        assert ("ServingGroup chat-0" in finished.stdout) == is_printed


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--format", "dot"), "--format needs --tree"),
        (("--tree", "--format", "svg"), "argument --format: invalid choice: 'svg'"),
        (("--tree", "-o", "a"), "-o and --tree do not go together"),
        (("--tree", "--tree"), "--tree is there twice"),
        (("--tree", "--format", "dot", "--format", "dot"), "--format is there twice"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(
    program: Program, arguments: tuple[str, ...], problem: str
) -> None:
    finished = program("", "render", *arguments, "-")
    assert finished.code == 2
    assert problem in finished.stderr
