"""Every error and warning that the program can give is made to happen, and its line compared."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from modelserving_lws.messages import MESSAGES
from tests.acceptance.messages import CASES, Case
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Finished

    Program = Callable[..., Finished]

DOCS = ROOT / "docs" / "messages.md"
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
    if os.environ.get("UPDATE_EXPECTED"):
        DOCS.write_text(before + table())
    assert head
    assert DOCS.read_text() == before + table()


def test_every_message_has_a_case() -> None:
    assert sorted({case.name for case in CASES}) == sorted(MESSAGES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_message_is_given_as_it_stands_in_the_table(
    case: Case, program: Program, tmp_path: Path
) -> None:
    (tmp_path / "config.yaml").write_text(case.config)
    arguments = [str(tmp_path / "config.yaml") if a == "CONFIG" else a for a in case.arguments]
    finished = program(case.text, *arguments)
    lines = finished.stderr.replace(f"{tmp_path}/", "").splitlines()
    assert case.line in lines, finished
    assert "s3cret" not in finished.stderr
    severity, text, _ = MESSAGES[case.name]
    assert finished.code == (severity == "error")
    assert text.partition("{")[0] in case.line
