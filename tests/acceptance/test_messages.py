"""Each message of the table is printed for some input, as the table has it."""

from __future__ import annotations

import gc
import subprocess
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from modelserving_lws.cli import main as __main__
from modelserving_lws.results.messages import MESSAGES
from tests.acceptance.messages import CASES, CONFIG_FILE
from tests.manifests import SERVING
from tests.messages import text_of
from tests.running import PROGRAM, ROOT, UPDATE

if TYPE_CHECKING:
    from tests.acceptance.case import Case
    from tests.running import Program

DOCS = ROOT / "docs" / "messages.md"
# What is said of files has its cases in test_commands.py and tests/hosts.
OF_FILES = {
    "file-not-written",
    "nothing-written",
    "left-out-hidden",
    "left-out-templates",
    "left-out-links",
    "left-out-large",
    "kustomize-crds",
    "kustomize-cycle",
    "kustomize-unseen",
    "left-out-no-manifests",
    "kustomization-not-given",
    "expanded-in-place",
    "nothing-changed",
    "json-as-yaml",
    "json-with-more",
    "build-expands",
    "built-by-host",
    "transformer-added",
    "transformer-not-last",
    "stays-on-set",
    "rename-in-tree",
}
# What looks like a slip has its cases in test_slips.py.
OF_SLIPS = {
    "odd-kind",
    "odd-version",
    "odd-plugin",
    "set-not-read",
    "disaggregated-set",
    "config-among-items",
    "nothing-found",
    "scales-nothing",
}
HEAD = "| id | severity | text | what to do |\n|---|---|---|---|\n"


def table() -> str:
    """The table as the docs have it; `{…}` stands for what a run puts in."""
    rows = (
        f"| `{name}` | {severity} | {text.format_map(Braces())} | {action} |\n"
        for name, (severity, text, action) in MESSAGES.items()
    )
    return HEAD + "".join(rows).replace("<", "\\<")


class Braces(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def test_the_docs_have_the_table() -> None:
    before, head, _ = DOCS.read_text().partition(HEAD)
    if UPDATE:
        DOCS.write_text(before + table())
    assert head
    assert DOCS.read_text() == before + table()


def test_every_message_has_a_case() -> None:
    of_the_process = {"not-read", "not-written", "internal-error"}
    # Only who runs the function with another way of the expansion in mind is told this.
    of_the_library = {"group-key-differs"}
    elsewhere = of_the_process | of_the_library | OF_FILES | OF_SLIPS
    assert {case.id for case in CASES} | elsewhere == MESSAGES.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_message_is_given_as_it_stands_in_the_table(
    case: Case, program: Program, tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(case.config)
    arguments = [
        str(config) if argument == CONFIG_FILE else argument for argument in case.arguments
    ]
    finished = program(case.text, *arguments)
    assert finished.stderr.splitlines().count(case.line) == 1, finished
    assert "s3cret" not in finished.stderr
    severity, text, _ = MESSAGES[case.id]
    assert finished.code == (severity == "error")
    assert case.values.keys() == {name for _, name, _, _ in Formatter().parse(text) if name}


def says(message: str, **values: str) -> str:
    return f"modelserving-lws: {text_of(message, **values)}\n"


@pytest.mark.parametrize("option", ["--check", "--config"])
def test_a_file_that_is_not_there(program: Program, option: str) -> None:
    finished = program("", option, "no/such.yaml")
    problem = "No such file or directory"
    assert finished.stderr == says("not-read", name="no/such.yaml", problem=problem)
    assert (finished.stdout, finished.code) == ("", 2 if option == "--check" else 1)


def test_stdout_without_room(environment: dict[str, str]) -> None:
    with Path("/dev/full").open("wb") as full:
        process = subprocess.run(
            [PROGRAM],
            input=SERVING,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            check=False,
        )
    assert process.stderr.endswith(says("not-written", problem="No space left on device"))
    assert process.returncode == 1


def test_a_fault_of_the_program(capfd: pytest.CaptureFixture[str]) -> None:
    with patch.object(__main__, "_main", side_effect=KeyError("x")):
        assert __main__.main() == 1
    gc.enable()
    assert capfd.readouterr().err == says("internal-error", problem="KeyError: 'x'")
