"""The readers' questions: each has an answer, and a place that is two clicks from the README."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "questions.md"
QUESTIONS = re.split("^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]
CLICKS = 2


def linked(page: Path) -> set[Path]:
    """The pages of the project that a page links to."""
    links = re.findall(r"\]\(([^)#\s:]+\.md)(?:#[^)]*)?\)", page.read_text())
    return {(page.parent / link).resolve() for link in links}


def near() -> set[Path]:
    """The pages that are within CLICKS of the README, by other ways than the page of questions."""
    found = {ROOT / "README.md"}
    for _ in range(CLICKS):
        found |= {target for page in found - {PAGE} for target in linked(page)}
    return found


def test_there_are_ten_questions() -> None:
    assert len(QUESTIONS) >= 10
    assert {"which kthena do i need?", "can i roll back?"} <= {
        question.partition("\n")[0].lower() for question in QUESTIONS
    }


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda text: text.partition("\n")[0])
def test_a_question_has_an_answer_and_its_place(question: str) -> None:
    title, _, answer = question.partition("\n\n")
    assert title.endswith("?")
    places = re.findall(r"\]\(([^)#\s:]+\.md)", answer)
    assert places
    pages = {(PAGE.parent / place).resolve() for place in places}
    assert pages <= near()
