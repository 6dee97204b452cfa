"""The prose check of `make lint`: what it takes for bad, and that its packages are locked."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PROSE = ROOT / "docs" / "prose"
TOOLS = ROOT / ".tools" / "prose"
TEXTLINT = TOOLS / "node_modules" / ".bin" / "textlint"
LOCKS = sorted(path for path in ROOT.glob("*/**/package-lock.json") if ".tools" not in path.parts)
PLAIN = "The program reads a file. It writes the file again.\n"


def findings(text: str, folder: Path) -> list[str]:
    """The rules that a page breaks, with their messages."""
    if not TEXTLINT.exists() or shutil.which("node") is None:
        pytest.skip("textlint is not in .tools; `make lint` installs it where npm is")
    page = folder / "page.md"
    page.write_text(text)
    shutil.copytree(PROSE, TOOLS, dirs_exist_ok=True)
    rules: list[str | Path] = ["--config", TOOLS / "textlint.json"]
    rules += ["--rules-base-directory", TOOLS / "node_modules"]
    process = subprocess.run(
        [TEXTLINT, *rules, "--format", "json", page],
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode in (0, 1), process.stderr
    (file,) = json.loads(process.stdout)
    return [f"{it['ruleId']}: {it['message']}" for it in file["messages"]]


def test_plain_prose_passes(tmp_path: Path) -> None:
    code = "A `Where` in code.\n\n```text\nWhere it is, nobody will be told at once.\n```\n"
    assert findings(PLAIN + code, tmp_path) == []


def test_a_long_sentence_is_found(tmp_path: Path) -> None:
    (found,) = findings("The program reads " + "a file and " * 14 + "a file.\n", tmp_path)
    assert found.startswith("sentence-length: Line 1 sentence length(179)")


def test_more_passive_sentences_than_a_page_may_have_are_found(tmp_path: Path) -> None:
    passive = "A file is written. A file is changed. "
    assert findings(passive + PLAIN, tmp_path) == []
    found = findings(passive + "A file is removed.\n", tmp_path)
    share = "say who does it (3 of 3 sentences are passive; at most 2 may be)"
    assert found == [
        f'house/passive-voice: "{words}": {share}'
        for words in ("is written", "is changed", "is removed")
    ]
    assert len(findings((passive + PLAIN) * 20, tmp_path)) == 40
    assert findings(passive + PLAIN * 12 + "A file is removed.\n", tmp_path) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Where a file is there, it stays.", "Where"),
        ("It stops at once.", "at once"),
        ("It will stop.", "will"),
        ("We stop it.", "We"),
        ("It shows where it is.", ""),
    ],
)
def test_a_word_of_the_list_is_found(text: str, word: str, tmp_path: Path) -> None:
    found = [it for it in findings(f"{text}\n", tmp_path) if "plain-words" in it]
    assert [it.partition(": write")[0] for it in found] == (
        [f'house/plain-words: "{word}"'] if word else []
    )


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_lock_names_versions_and_no_registry(lock: Path) -> None:
    packages = json.loads(lock.read_text())["packages"]
    installed = {name: it for name, it in packages.items() if "node_modules" in name}
    assert installed
    for name, package in installed.items():
        assert package.get("link") or package["integrity"].startswith("sha512-"), name
        assert "://" not in package.get("resolved", ""), name
