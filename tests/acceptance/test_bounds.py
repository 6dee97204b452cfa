"""Small hostile inputs end within bounds of time and memory. `make bounds` measures large ones."""

from __future__ import annotations

import pytest

from tests.bounds import Meter, allowed
from tests.hostile import INPUTS, Hostile

SIZE = 300_000


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> Meter:
    return Meter(tmp_path_factory.mktemp("bounds"))


@pytest.mark.parametrize("hostile", INPUTS.values(), ids=list(INPUTS))
def test_a_hostile_input_ends_within_its_bounds(meter: Meter, hostile: Hostile) -> None:
    figures = meter.measure("", hostile.text(SIZE).encode())
    assert figures.code in (0, 1)
    assert figures.seconds <= allowed(hostile, SIZE).seconds
    assert figures.memory <= allowed(hostile, SIZE).memory


# Those that end soon however large they are, by the limits; of these, so much is within them.
WITHIN = {"quoted scalars over two lines": 2_500_000, "scopes of a ModelServing": 1_200_000}
LARGE = (
    *WITHIN,
    "a scalar, skipped",
    "a scalar that is read",
    "a list",
    "items of two characters",
    "documents",
    "env entries",
    "containers",
    "numbers: WORKER_INDEX",
    "a key repeated in an item",
    "a key repeated in a label",
    "a key repeated in the list",
    "levels by indentation in a pod",
    "a string beside the items in JSON",
    "a string without an end in JSON",
    "a string without an end in an item",
    "levels in JSON",
    "a bomb in another item",
    "a bomb in a pod",
    "a pod many times",
)


@pytest.mark.parametrize("name", LARGE)
def test_a_large_hostile_input_ends_within_its_bounds(meter: Meter, name: str) -> None:
    hostile = INPUTS[name]
    data = hostile.text(WITHIN.get(name, 10_000_000)).encode()
    figures = meter.measure("", data)
    assert figures.seconds <= allowed(hostile, len(data)).seconds
    assert figures.memory <= allowed(hostile, len(data)).memory
