"""`--check` prints what a run would change."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.manifests import (
    CONFIG_MAP,
    INJECT_LWS,
    INJECTED_WORKER,
    SERVING,
    WORKER,
    resource_list,
    stream,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

BEFORE = stream(SERVING, WORKER)
AFTER = stream(SERVING, INJECTED_WORKER)
BAD = stream(SERVING, WORKER.replace('value: "1"', 'value: "x"'))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the program runs in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_would_change_is_a_diff_and_exit_1(program: Program) -> None:
    finished = program(BEFORE, "--check")
    assert finished.code == 1
    assert finished.stdout == program(BEFORE, "--diff").stdout
    assert finished.stderr == ""


@pytest.mark.parametrize(
    "text", [AFTER, CONFIG_MAP, "", resource_list(SERVING, WORKER, config=INJECT_LWS)]
)
def test_what_is_as_it_should_be_is_no_word_and_exit_0(program: Program, text: str) -> None:
    text = program(text).stdout
    finished = program(text, "--check")
    assert (finished.stdout, finished.stderr, finished.code) == ("", "", 0)


def test_an_error_is_exit_2_without_a_diff(program: Program) -> None:
    finished = program(BAD, "--check")
    assert (finished.stdout, finished.code) == ("", 2)
    assert finished.stderr == program(BAD).stderr


def test_a_file_with_an_error_does_not_stop_the_others(program: Program, folder: Path) -> None:
    texts = {
        "a.yaml": BEFORE,
        "b.yaml": AFTER,
        "c d.yaml": BAD,
        "e.yaml": "kind: Pod\na: [",
        "g.yaml": BEFORE,
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    done = program("", "--check", *texts, "f.yaml")
    assert done.code == 2
    headers = [line for line in done.stdout.splitlines() if line.startswith(("---", "+++"))]
    assert headers == ["--- a/a.yaml", "+++ b/a.yaml", "--- a/g.yaml", "+++ b/g.yaml"]
    missing, broken, bad = done.stderr.splitlines()
    assert bad.startswith("[error] v1/Pod/serving/chat-1-main-0-1 spec.containers[0]")
    assert bad.endswith(" (file c d.yaml, index 1)")
    assert broken.startswith("modelserving-lws: e.yaml: line ")
    assert missing.startswith("modelserving-lws: f.yaml can't be read: ")
    assert {name: (folder / name).read_text() for name in texts} == texts


def test_files_that_are_as_they_should_be_are_exit_0(program: Program, folder: Path) -> None:
    (folder / "a.yaml").write_text(AFTER)
    (folder / "b.yaml").write_text(CONFIG_MAP)
    done = program("", "--check", "a.yaml", "b.yaml")
    assert (done.stdout, done.stderr, done.code) == ("", "", 0)


# Its last line gets others behind it.
METADATA_LAST = stream(
    SERVING,
    WORKER.partition("metadata:")[0]
    + WORKER[WORKER.index("spec:") :]
    + WORKER[WORKER.index("metadata:") : WORKER.index("spec:")],
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a b.yaml", BEFORE.replace("\n", "\r\n")),
        ("d/a.yaml", BEFORE.rstrip("\n")),
        ("a.yaml", METADATA_LAST.rstrip("\n")),
        ("b.yaml", METADATA_LAST.rstrip("\n").replace("\n", "\r\n")),
        ("\udcff.yaml", BEFORE),
    ],
)
def test_the_diff_is_a_patch_that_git_applies(
    program: Program, folder: Path, name: str, text: str
) -> None:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode())
    done = program("", "--check", name)
    assert done.code == 1
    git = ["git", "apply", "--whitespace=nowarn"]
    subprocess.run(git, cwd=folder, input=done.bytes, check=True)
    assert file.read_bytes() == program(text).bytes


def test_a_line_break_in_a_name_makes_no_line(program: Program, folder: Path) -> None:
    name = "a\n+b.yaml"
    (folder / name).write_text(BEFORE)
    assert program("", "--check", name).stdout.splitlines()[:2] == [
        '--- "a/a\\n+b.yaml"',
        '+++ "b/a\\n+b.yaml"',
    ]
    (folder / name).write_text(BAD)
    (line,) = program("", "--check", name).stderr.splitlines()
    assert line.endswith(" (file a +b.yaml, index 1)")


def test_a_config_is_for_all_files(program: Program, folder: Path) -> None:
    (folder / "config.yaml").write_text(INJECT_LWS + "spec: {pluginNames: [other]}\n")
    for name in ("a.yaml", "b.yaml"):
        (folder / name).write_text(BEFORE)
    assert program("", "--check", "a.yaml", "b.yaml").code == 1
    done = program("", "--check", "--config", "config.yaml", "a.yaml", "b.yaml")
    assert (done.stdout, done.code) == ("", 0)


@pytest.mark.parametrize("config", ["broken.yaml", "none.yaml"])
def test_a_config_that_cannot_be_read_is_named(program: Program, folder: Path, config: str) -> None:
    (folder / "broken.yaml").write_text("a: [")
    (folder / "a.yaml").write_text(AFTER)
    done = program("", "--check", "--config", config, "a.yaml")
    assert (done.stdout, done.code) == ("", 2)
    assert len(done.stderr.splitlines()) == 1
    assert config in done.stderr
    assert "a.yaml" not in done.stderr


@pytest.mark.parametrize("arguments", [["--diff", "--check"], ["--diff", "a.yaml"], ["a.yaml"]])
def test_files_are_for_check_alone(program: Program, arguments: list[str]) -> None:
    finished = program("", *arguments)
    assert (finished.stdout, finished.code) == ("", 2)
