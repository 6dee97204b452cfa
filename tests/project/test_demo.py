"""The demo: short, quick, and without escape codes for those who do not want them."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.running import EXAMPLES, PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

DEMO = EXAMPLES / "demo.sh"
MAX_LINES, MAX_SECONDS = 60, 60
AT_A_TERMINAL = {"TERM": "xterm-256color", "NO_COLOR": ""}


def test_it_tells_the_story_in_a_minute(environment: dict[str, str]) -> None:
    before = time.monotonic()
    run = subprocess.run([DEMO], env={**environment, **AT_A_TERMINAL}, capture_output=True)
    assert run.returncode == 0, run.stderr
    assert time.monotonic() - before < MAX_SECONDS
    shown = run.stdout.decode()
    assert (shown + run.stderr.decode()).count("\n") < MAX_LINES
    assert "\x1b" not in shown
    parts = [
        "kind: LeaderWorkerSet\n",
        "$ modelserving-lws migrate chat --write | tail -n 12 # the end of the report\n",
        "kind: ModelServing\n",
        "qwen3-235b-1-default-0-1  qwen3-235b-1-default-0-0.serving  2               1\n",
        "Service serving/qwen3-235b-leader  port 8080  selects 2 pods\n",
        "qwen3-235b-1-default-0-0:8080\n",
        "kustomize",
        "kpt",
    ]
    places = [shown.find(part) for part in parts]
    assert min(places) >= 0
    assert places == sorted(places)


@pytest.mark.parametrize(("no_colour", "is_bold"), [("", True), ("1", False)])
def test_titles_are_bold_at_a_terminal(no_colour: str, is_bold: bool) -> None:
    path = os.pathsep.join((str(PROGRAM.parent), "/usr/bin", "/bin"))  # no kustomize
    variables = {**os.environ, **AT_A_TERMINAL, "NO_COLOR": no_colour, "PATH": path}
    master, terminal = os.openpty()
    shown = b""
    with subprocess.Popen([DEMO], env=variables, stdout=terminal) as process:
        os.close(terminal)
        with os.fdopen(master, "rb", buffering=0) as file, suppress(OSError):
            while part := file.read(65536):
                shown += part
    assert process.returncode == 0
    assert (b"\x1b" in shown) == is_bold


def test_a_step_that_fails_is_shown(environment: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "kustomize"
    broken.write_text("#!/bin/sh\necho no luck >&2\nexit 3\n")
    broken.chmod(0o755)
    path = os.pathsep.join((str(tmp_path), environment["PATH"]))
    run = subprocess.run([DEMO], env={**environment, "PATH": path}, capture_output=True, text=True)
    assert run.returncode == 1
    assert "no luck" in run.stderr
