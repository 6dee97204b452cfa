"""Every function keeps the values of block scalars next to which it inserts, removes or moves text,
however these are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.judge.pairs import verdict
from tests.judge.places import PLACES, WAYS, Place, Way

if TYPE_CHECKING:
    from tests.judge.judge import Judge

CUT_OFF = "must end in a line break"


def faults(judge: Judge, place: Place, way: Way) -> list[str]:
    """What a run does wrong at this place."""
    before = place.written(way)
    try:
        came_to = verdict(judge, place.function, place.spec, before)
    except AssertionError as error:
        return [f"internal error: {error}"]
    found = list(came_to.faults)
    if came_to.error and not (way.is_cut_off(before) and CUT_OFF in came_to.error):
        found.append(came_to.error)
    elif not (came_to.changed or came_to.error or place.is_text):
        found.append("nothing was done")
    return found


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.function}: {place.name}")
def test_a_block_scalar_keeps_its_value(judge: Judge, place: Place) -> None:
    before = dict(judge.compared)
    found = {str(way): faults(judge, place, way) for way in WAYS}
    wrong = {way: what for way, what in found.items() if what}
    assert not wrong, "\n".join(f"{way}: {'; '.join(what)}" for way, what in wrong.items())
    for reader in ("kubectl", "kyaml"):
        assert judge.compared[reader] - before.get(reader, 0) == len(WAYS)
