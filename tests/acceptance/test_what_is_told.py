"""What a report says is so: of what is not done, it does not say that it was."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Any

import pytest

from modelserving_lws.results.messages import MESSAGES
from modelserving_lws.results.pending import _WOULD, pend
from modelserving_lws.results.result import Result
from tests.acceptance.kustomizations import TARGET
from tests.acceptance.test_commands import BAD_SET, contents, folder, put
from tests.leaderworkersets import HPA, SET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

__all__ = ["folder"]
OPTIONS = {
    "report": ((), "would change a.yaml\n", "would turn 1 LeaderWorkerSet"),
    "--check": (("--check",), "would change a.yaml\n", "would turn 1 LeaderWorkerSet"),
    "--diff": (("--diff",), "would change a.yaml\n", "would turn 1 LeaderWorkerSet"),
    "--write": (("--write",), "changed a.yaml\n", "turned 1 LeaderWorkerSet"),
    "-o -": (("-o", "-"), "changed in the output: a.yaml\n", "turned 1 LeaderWorkerSet"),
    "-o FOLDER": (("-o", "out/"), "changed in the output: a.yaml\n", "turned 1 LeaderWorkerSet"),
}
# The same, with an error in another file.
HELD = {
    "report": "would change without the errors: a.yaml\n",
    "--check": "would change without the errors: a.yaml\n",
    "--diff": "would change without the errors: a.yaml\n",
    "--write": "not changed a.yaml\n",
    "-o -": "not changed a.yaml\n",
    "-o FOLDER": "not changed a.yaml\n",
}


@pytest.mark.parametrize("mode", OPTIONS)
def test_what_is_done_is_told_as_done(program: Program, folder: Path, mode: str) -> None:
    options, files, told = OPTIONS[mode]
    put(folder, a=SET)
    done = program("", "convert", *options, "a.yaml")
    text = done.stderr if mode in ("--diff", "-o -", "-o FOLDER") else done.stdout
    assert text.startswith(files)
    assert f"\n{told} into 1 ModelServing\n" in text


@pytest.mark.parametrize("mode", OPTIONS)
def test_with_an_error_nothing_is_told_as_done(program: Program, folder: Path, mode: str) -> None:
    put(folder, a=SET, b=BAD_SET, c=HPA)
    before = contents(folder)
    done = program("", "convert", *OPTIONS[mode][0], ".")
    text = done.stderr if mode in ("--diff", "-o -", "-o FOLDER") else done.stdout
    assert HELD[mode] in text
    told = "would turn 1 LeaderWorkerSet into 1 ModelServing; 1 autoscaler would follow\n"
    assert f"\n{told}" in text
    assert contents(folder) == before


def test_what_keeps_going_is_told_as_done(program: Program, folder: Path) -> None:
    put(folder, a=SET, b=BAD_SET)
    done = program("", "convert", "--write", "--keep-going", ".")
    assert done.stdout.startswith("changed a.yaml\n")
    assert "\nturned 1 LeaderWorkerSet into 1 ModelServing\n" in done.stdout


def test_each_result_of_what_is_done_has_both_forms() -> None:
    for name, words in _WOULD.items():
        fields = [field for _, field, _, _ in Formatter().parse(MESSAGES[name][1]) if field]
        values: dict[str, Any] = dict.fromkeys(fields, "x")
        result = Result(name, **values)
        if name == "converted":
            result.message += "; 1 autoscaler followed"
        done = result.message
        pend(result)
        assert all(would in result.message for would in words.values()), name
        assert not any(result.message.startswith(start) for start in words), name
        once = result.message
        pend(result)
        assert result.message == once != done
    assert _WOULD.keys() <= MESSAGES.keys()


# One answer to one slip


@pytest.mark.parametrize("command", ["migrate", "expand"])
def test_a_wrong_setting_is_said_once(program: Program, folder: Path, command: str) -> None:
    put(folder, a=SET)
    done = program("", command, "--set", "via=foo", "a.yaml")
    assert done.stderr.count('must be one of "Templates", "AdmissionPolicy"') == 1
    assert done.code == 2


@pytest.mark.parametrize("data", ["foo: bar", "via: foo"])
@pytest.mark.parametrize("check", [(), ("--check",)])
def test_a_wrong_setting_is_wrong_usage_wherever_it_stands(
    program: Program, folder: Path, data: str, check: tuple[str, ...]
) -> None:
    put(folder, a=SET, config=f"apiVersion: v1\nkind: ConfigMap\ndata: {{{data}}}\n")
    option = program("", "migrate", *check, "--set", data.replace(": ", "="), "a.yaml")
    config = program("", "migrate", *check, "--config", "config.yaml", "a.yaml")
    assert option.code == config.code == 2
    assert option.stdout == config.stdout == ""


def test_an_id_that_is_wrong_is_said_by_its_option(program: Program, folder: Path) -> None:
    put(folder, a=SET)
    done = program("", "migrate", "--ignore", "surge", "--ignore", "x", "a.yaml")
    assert done.stderr.endswith(
        'error: --ignore must be the id of a warning, an info or a loss; found "x"\n'
    )


# What is there to be copied


def test_no_line_breaks_what_stands_in_backquotes(program: Program, folder: Path) -> None:
    put(folder, base__set=SET)
    for width in range(40, 60):
        name = "o" * width
        put(folder, **{f"{name}__kustomization": "resources: [../base]\n"})
    (folder / "base" / "kustomization.yaml").write_text("resources: [set.yaml]\n")
    text = program("", "migrate", ".").stdout
    for width in range(40, 60):
        command = f"`kustomize build {'o' * width} | modelserving-lws expand -o - -`"
        assert command in text


def test_a_kustomization_without_a_kind_is_named(program: Program, folder: Path) -> None:
    put(folder, set=SET)
    (folder / "kustomization.yaml").write_text(
        f"resources: [set.yaml]\n{TARGET}  patch: '[{{op: remove, path: /spec/foo}}]'\n"
    )
    text = program("", "migrate", ".").stdout
    assert (
        "\nKustomization\n  [error] patches[0].patch[0].path: /spec/foo (kustomization.yaml:4:25)\n"
        in text
    )
    assert "\n (" not in text
