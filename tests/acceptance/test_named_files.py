"""Each file that a call names is answered for: what was found in it, or what is wrong with it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.test_commands import contents, folder, put, said
from tests.leaderworkersets import SERVING, SET
from tests.running import CONVERT, EXPAND

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

__all__ = ["folder"]
NOTHING = said("nothing-found", kinds="LeaderWorkerSet", among="the {}")
UNREADABLE = {
    "broken": (b"replicas: [1\nsize: 2\n", "line 2, column 5: not YAML"),
    "utf-16": (SET.encode("utf-16"), "not UTF-8"),
    "latin-1": (b"# caf\xe9\na: 1\n", "not UTF-8"),
}
NO_MANIFESTS = {
    "empty": b"",
    "comment": b"# later\n",
    "values": b"replicas: 2\n",
    "patch": b"- op: replace\n  path: /spec/replicas\n  value: 3\n",
    "kinds below": b"of: {kind: LeaderWorkerSet}\n",
}


@pytest.mark.parametrize("options", [(), ("--check",), ("--write",)], ids=" ".join)
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_named_file_that_cannot_be_read_is_an_error(
    program: Program, folder: Path, name: str, options: tuple[str, ...]
) -> None:
    data, problem = UNREADABLE[name]
    (folder / "a.yaml").write_bytes(data)
    put(folder, b=SET)
    done = program("", "convert", *options, "a.yaml", "b.yaml")
    assert done.stderr.startswith("modelserving-lws: a.yaml: line "), done
    assert problem in done.stderr
    assert done.code == (2 if options == ("--check",) else 1)
    assert (folder / "b.yaml").read_text() == SET


@pytest.mark.parametrize("name", UNREADABLE)
def test_so_it_is_for_the_options_of_the_function(
    program: Program, folder: Path, name: str
) -> None:
    data, problem = UNREADABLE[name]
    (folder / "a.yaml").write_bytes(data)
    done = program("", *CONVERT, "--check", "a.yaml")
    assert problem in done.stderr
    assert done.stderr.count("\n") == 1
    assert (done.code, done.stdout) == (2, "")


@pytest.mark.parametrize("name", NO_MANIFESTS)
def test_a_named_file_without_a_manifest_is_said(program: Program, folder: Path, name: str) -> None:
    (folder / "a.yaml").write_bytes(NO_MANIFESTS[name])
    left_out = said("left-out-no-manifests", paths="a.yaml")
    done = program("", "convert", "a.yaml")
    assert done.code == 0
    assert done.stderr.startswith(left_out)
    assert "no LeaderWorkerSet among the " in done.stderr
    assert program("", *CONVERT, "--check", "a.yaml").stderr.startswith(left_out)


def test_files_below_a_folder_that_are_no_manifests_are_one_line(
    program: Program, folder: Path
) -> None:
    put(folder, set=SET, values="a: 1\n", x__values="a: [\n", y="", z="[1]", patch="- op: add\n")
    (folder / "kustomization.yaml").write_text(
        "resources: [set.yaml]\npatches:\n- path: patch.yaml\n  target: {kind: Pod}\n"
    )
    (folder / "u.yaml").write_bytes(SET.encode("utf-16"))
    done = program("", "migrate", ".")
    paths = "u.yaml, values.yaml, x/values.yaml and 2 more"
    assert done.stderr == said("left-out-no-manifests", paths=paths)
    assert done.code == 0


def test_of_no_items_it_is_said_that_nothing_was_found(program: Program, folder: Path) -> None:
    put(folder, a="apiVersion: v1\nkind: List\nitems: []\n")
    nothing = "modelserving-lws: no LeaderWorkerSet among the 0 items\n"
    assert program("", "convert", "a.yaml").stderr == nothing
    assert program("", "convert", "-").stderr == nothing
    (folder / "empty").mkdir()
    nothing = nothing.replace("items", "files")
    assert program("", "convert", "empty").stderr == nothing
    # Helm gives an empty stream to its post-renderer, which is to be quiet then.
    assert program("", *CONVERT).stderr == ""
    assert program("", *CONVERT, *EXPAND).stderr == ""


@pytest.mark.parametrize(
    ("arguments", "done"),
    [(("--write",), "changed"), ((), "would change")],
    ids=["--write", "report"],
)
def test_a_run_that_finds_all_done_says_so(
    program: Program, folder: Path, arguments: tuple[str, ...], done: str
) -> None:
    put(folder, a=SET)
    first = program("", "migrate", *arguments, ".")
    assert first.stdout.startswith(f"{done} a.yaml\n")
    program("", "migrate", "--write", ".")
    before = contents(folder)
    again = program("", "migrate", *arguments, ".")
    assert again.stdout == "nothing to change\n"
    report = program("", "migrate", "--report", "markdown", ".").stdout
    assert report == "## modelserving-lws\n\nnothing to change\n"
    assert (again.code, contents(folder)) == (0, before)


def test_stdin_that_changes_is_not_said_to_stay(program: Program) -> None:
    assert "nothing to change" not in program(SET, "convert", "-").stdout
    expanded = program(SERVING, *EXPAND).stdout
    assert program(expanded, "expand", "-").stdout == "nothing to change\n"


@pytest.mark.parametrize("name", ["a\tb", "a\nb", 'a"b', "a\\b", "a b", "a\x01b", "\u00e4"])
def test_git_applies_the_patch_of_a_file_of_any_name(
    program: Program, folder: Path, name: str
) -> None:
    put(folder, **{f"{name}__{name}": SET})
    for command in (("convert", "--diff", "."), (*CONVERT, "--check", f"{name}/{name}.yaml")):
        done = program("", *command)
        subprocess.run(["git", "apply"], input=done.bytes, cwd=folder, check=True)
        assert contents(folder) == {f"{name}/{name}.yaml": program(SET, *CONVERT).stdout}
        put(folder, **{f"{name}__{name}": SET})


def test_a_blank_in_a_name_does_not_end_it_for_patch(program: Program, folder: Path) -> None:
    """GNU patch takes a name up to its first blank, unless a tab stands behind it."""
    put(folder, **{"a b__c": SET})
    done = program("", "convert", "--diff", ".")
    assert done.stdout.startswith("--- a/a b/c.yaml\t\n+++ b/a b/c.yaml\t\n")


def test_the_bad_file_is_not_hidden_behind_the_good_ones(program: Program, folder: Path) -> None:
    """`--check good.yaml bad.yaml > p || git apply p`: the exit code tells an error from a change,
    and the patch is whole for the good one.
    """
    put(folder, good=SET, bad=SET.replace("size: 3", "size: 0"))
    alone = program("", *CONVERT, "--check", "good.yaml")
    assert (alone.code, alone.stderr.count("[error]")) == (1, 0)
    both = program("", *CONVERT, "--check", "good.yaml", "bad.yaml")
    assert (both.code, both.stdout) == (2, alone.stdout)
    assert "(file bad.yaml, index 0)" in both.stderr or "(file bad.yaml)" in both.stderr
    command = program("", "convert", "--check", "good.yaml", "bad.yaml")
    assert command.code == 2
    assert "bad.yaml:" in command.stdout
