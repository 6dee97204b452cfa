"""A line on a terminal says how far a long run is."""

from __future__ import annotations

import os
import time

import pytest

from modelserving_lws.cli.progress import Progress


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written to a terminal on stderr; each look at the clock takes half a second."""
    texts: list[str] = []

    def write(_: int, data: bytes) -> int:
        texts.append(data.decode())
        return len(data)

    clock = iter(number / 2 for number in range(100))
    monkeypatch.setattr(os, "isatty", lambda descriptor: descriptor == 2)
    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    return texts


def test_a_run_of_over_a_second_is_shown_and_cleared(written: list[str]) -> None:
    with Progress() as progress:
        for number in range(1, 5):
            progress.read(number)
    clear = "\r\x1b[K"
    lines = [f"{clear}read {number} files ..." for number in (2, 3, 4)]
    assert written == [*lines, clear]


def test_a_short_run_is_not(written: list[str]) -> None:
    with Progress() as progress:
        progress.read(1)
    assert written == []


def test_what_is_no_terminal_gets_nothing(
    written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "isatty", lambda _: False)
    with Progress() as progress:
        for number in range(20):
            progress.read(number)
    assert written == []
