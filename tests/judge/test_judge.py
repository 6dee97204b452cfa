"""kubectl, kustomize and kpt read what a run makes of a list as the same data, but for what the
function is there to change; comments stay; a second run changes nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.judge.pairs import mutations, styled, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.judge.judge import Judge
    from tests.judge.pairs import Input

# Of each kind of input.
NUMBER = 100_000 if os.environ.get("HYPOTHESIS_PROFILE") == "fuzz" else 1_000
MOST_SHOWN = 10


def assert_faultless(
    judge: Judge, inputs: Iterable[Input], least_changed: float, least_compared: float
) -> None:
    """Runs the functions; as many of the inputs must be changed by it, and read by each reader."""
    wrong: list[str] = []
    changed = 0
    for function, spec, before in inputs:
        came_to = verdict(judge, function, spec, before)
        changed += came_to.changed
        if came_to.faults:
            wrong.append(f"{function} {spec}: {'; '.join(came_to.faults)}\n{before}")
    assert not wrong, f"{len(wrong)} wrong\n" + "\n\n".join(wrong[:MOST_SHOWN])
    assert changed >= NUMBER * least_changed
    for reader in ("kubectl", "kyaml", "kio", "comments"):
        assert judge.compared[reader] >= NUMBER * least_compared, reader


def test_lists_in_any_style(judge: Judge) -> None:
    assert_faultless(judge, styled(NUMBER), 0.7, 0.7)


def test_mutations_of_real_lists(judge: Judge) -> None:
    assert_faultless(judge, mutations(NUMBER), 0.3, 0.45)
