"""A terminal gets a diff in colours and a summary; a file or a pipe does not."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import pytest

from modelserving_lws.cli.arguments import help_text
from modelserving_lws.cli.terminal import readable
from tests.manifests import COMPLETE, CONFIG_MAP, INJECT_LWS, SERVING, WORKER, resource_list, stream
from tests.running import PROGRAM, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.running import Program

    AtTerminal = Callable[..., "Shown"]
TERMINAL = {"TERM": "xterm-256color", "NO_COLOR": ""}
OTHER_NAME = WORKER.replace(
    "  labels:\n", "  labels:\n    leaderworkerset.sigs.k8s.io/name: other\n"
)
BAD = WORKER.replace('value: "2"', "value: many")
UNUSED = SERVING.replace("name: chat", "name: talk")
DONE = "wrote the LWS contract into 1 pod of 1 ModelServing: 4 labels, 2 annotations, 3 env vars"
TEXT = stream(SERVING, OTHER_NAME)


class Shown(NamedTuple):
    """What a terminal shows, what went to stderr, and the exit code."""

    screen: str
    stderr: str
    code: int


@pytest.fixture
def at_terminal(environment: dict[str, str]) -> AtTerminal:
    """Runs the program with a terminal as its stdout: stdin, its arguments; variables."""

    def run(text: str, *arguments: str, **variables: str) -> Shown:
        master, terminal = os.openpty()
        process = subprocess.Popen(
            [PROGRAM, *arguments],
            stdin=subprocess.PIPE,
            stdout=terminal,
            stderr=terminal if variables.pop("stderr", "") else subprocess.PIPE,
            env={**environment, **TERMINAL, **variables},
        )
        os.close(terminal)
        screen = b""
        with process, os.fdopen(master, "rb", buffering=0) as file:
            assert process.stdin is not None
            process.stdin.write(text.encode())
            process.stdin.close()
            with suppress(OSError):  # this is how Linux tells the end
                while shown := file.read(65536):
                    screen += shown
            stderr = process.stderr.read().decode() if process.stderr else ""
        return Shown(screen.decode().replace("\r\n", "\n"), stderr, process.returncode)

    return run


def plain(text: str) -> str:
    return re.sub("\x1b\\[[0-9]*m", "", text)


def test_a_diff_has_colours(at_terminal: AtTerminal, program: Program) -> None:
    shown = at_terminal(TEXT, "--diff")
    assert plain(shown.screen) == program(TEXT, "--diff").stdout
    starts = {"-": "\x1b[31m", "+": "\x1b[32m", "@": "\x1b[36m", " ": ""}
    head, lines = shown.screen.splitlines()[:2], shown.screen.splitlines()[2:]
    assert head == ["\x1b[1m--- before\x1b[m", "\x1b[1m+++ after\x1b[m"]
    assert {plain(line)[0] for line in lines} == set(starts)
    for line in lines:
        start = starts[plain(line)[0]]
        assert line == start + plain(line) + ("\x1b[m" if start else "")


def test_a_line_is_known_by_its_place_and_first_character() -> None:
    diff = b"--- before\n+++ after\n@@ -1 +1 @@\n--- a\n\\ No newline at end of file\n"
    assert readable(diff, TERMINAL).splitlines()[3:] == [
        b"\x1b[31m--- a\x1b[m",
        b"\\ No newline at end of file",
    ]
    assert readable(b"", TERMINAL) == b""


@pytest.mark.parametrize("variables", [TERMINAL, {}])
def test_no_input_steers_the_terminal(variables: dict[str, str]) -> None:
    diff = "--- before\n+++ after\n@@ -1 +1 @@\n-a\r\n+\t\x1b[2J\x9b\u202eb\n".encode()
    lines = plain(readable(diff, variables).decode()).split("\n")
    assert lines[3:] == ["-a\\r", "+\t\\x1b[2J\\x9b\\u202eb", ""]


@pytest.mark.parametrize(
    "variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}], ids=lambda v: str(*v.items())
)
def test_a_diff_has_no_colours_where_they_are_not_wanted(
    at_terminal: AtTerminal, program: Program, variables: dict[str, str]
) -> None:
    assert at_terminal(TEXT, "--diff", **variables).screen == program(TEXT, "--diff").stdout


@pytest.mark.parametrize("text", [TEXT, resource_list(SERVING, WORKER)], ids=["stream", "list"])
def test_the_output_is_the_same_with_a_summary_on_stderr(
    at_terminal: AtTerminal, program: Program, text: str
) -> None:
    shown = at_terminal(text)
    assert shown == (program(text).stdout, f"modelserving-lws: {DONE}\n", 0)


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        (stream(CONFIG_MAP), "no item changed"),
        (stream(SERVING, BAD), "no item changed; 1 error"),
        (stream(SERVING, BAD, WORKER, BAD, UNUSED), f"{DONE}; 2 errors and 1 warning"),
        (resource_list(WORKER, config=f"{INJECT_LWS}spec: {{a: 1}}\n"), "no item changed; 1 error"),
    ],
)
def test_the_summary_comes_last(
    at_terminal: AtTerminal, program: Program, text: str, summary: str
) -> None:
    shown, finished = at_terminal(text), program(text)
    told = finished.stderr.splitlines()
    problems = [line for line in told if not line.startswith("[info]") or " no Pod or " in line]
    assert shown.stderr.splitlines() == [*problems, f"modelserving-lws: {summary}"]
    assert shown.code == finished.code
    lines = at_terminal(text, stderr="terminal").screen.splitlines()
    assert lines == [*problems, *finished.stdout.splitlines(), f"modelserving-lws: {summary}"]


def test_the_variables_are_in_the_help() -> None:
    for name in TERMINAL:
        assert name in help_text()


@pytest.mark.parametrize("option", ["--diff", "--check"])
def test_no_text_of_a_file_steers_the_terminal(at_terminal: AtTerminal, option: str) -> None:
    text = (ROOT / "tests" / "faults" / "check-terminal-escape.yaml").read_text()
    assert {"\x1b", "\x07", "\u202e"} <= set(text)
    shown = at_terminal(text, option, NO_COLOR="1")
    assert r"# \x1b[31mRED\x1b]0;title\x07 \u202e bidi" in shown.screen
    assert not {"\x1b", "\x07", "\u202e"} & set(shown.screen)


def test_a_tree_has_colours_where_they_are_wanted(at_terminal: AtTerminal) -> None:
    coloured = at_terminal(COMPLETE, "render", "--tree", "-").screen
    assert "\x1b[1mModelServing\x1b[m" in coloured
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert at_terminal(COMPLETE, "render", "--tree", "-", **variables).screen == plain(coloured)
    assert "\x1b" not in at_terminal(COMPLETE, "render", "--tree", "--format", "dot", "-").screen
