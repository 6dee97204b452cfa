"""Hostile inputs end in bounded time and memory. Small ones; `make bounds` has the large ones."""

from __future__ import annotations

import pytest

from tests.bounds import NOISE, Meter
from tests.hostile import INPUTS, Hostile

SIZE = 300_000
# What a busy machine, and the modules that only some inputs need, may add.
SLACK = 2
PAGES = 16_000_000


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> Meter:
    return Meter(tmp_path_factory.mktemp("bounds"))


@pytest.mark.parametrize("hostile", INPUTS.values(), ids=list(INPUTS))
def test_a_hostile_input_ends_within_its_bounds(meter: Meter, hostile: Hostile) -> None:
    data = hostile.text(SIZE).encode()
    figures = meter.measure("", data)
    assert figures.code in (0, 1)
    assert figures.seconds <= SLACK * (hostile.seconds * len(data) / 1e7 + hostile.more + NOISE)
    assert figures.memory <= hostile.memory * len(data) + PAGES
