"""The judge, for the tests that ask it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.judge.judge import MISSING, Judge, built

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """The running judge; a test that needs it is skipped where Go is missing."""
    program = built()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    judge = Judge(program)
    yield judge
    judge.close()
