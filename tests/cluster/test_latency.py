"""What the admission policy costs those whom it doesn't concern."""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import TYPE_CHECKING

import pytest

from tests.cluster.expand import all_expanded
from tests.cluster.namespace import NAME, container, pod, serving, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cluster.api import API, Object
    from tests.cluster.namespace import Namespace

pytestmark = pytest.mark.cluster

PODS = 1000
BATCH = 200
# The policy is asked once for each of them where it concerns a pod: some milliseconds in all.
SERVINGS = 50
# Far from what is measured, so that no test fails because the machine is busy.
MOST = 1.5


@pytest.fixture
def switch(
    api: API, policy: list[Object], namespace: Namespace
) -> Iterator[Callable[[bool], None]]:
    """Turns the policy on and off; on in the end."""
    namespace.add(*all_expanded([serving(f"chat{number}") for number in range(SERVINGS)]))
    binding = policy[1]
    state = [True]

    def is_active() -> bool:
        return NAME in namespace.store(pod("chat0-0"), dry_run=True)["metadata"]["labels"]

    def turn(on: bool) -> None:
        if on != state[0]:
            (api.create if on else api.delete)(binding)
            wait_until(lambda: is_active() == on, f"the policy is {'on' if on else 'off'}")
            state[0] = on

    yield turn
    turn(True)


def test_unrelated_pods_are_not_slowed(
    namespace: Namespace, switch: Callable[[bool], None]
) -> None:
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for batch in range(PODS // BATCH):
        # Each comes first in turn: what the machine does meanwhile meets both.
        for on in (batch % 2 == 0, batch % 2 == 1):
            switch(on)
            for number in range(BATCH):
                unrelated = {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "metadata": {"name": f"x{on:d}-{batch}-{number}", "labels": {"app": "other"}},
                    "spec": {"containers": [container("engine")]},
                }
                start = time.perf_counter()
                namespace.store(unrelated)
                seconds[on].append(time.perf_counter() - start)
    assert len(seconds[True]) == len(seconds[False]) == PODS
    middle = {on: 1000 * median(each) for on, each in seconds.items()}
    slowest = {on: 1000 * sorted(each)[PODS * 99 // 100] for on, each in seconds.items()}
    sys.stdout.write(
        f"\n{PODS} unrelated pods, ms to create one: median {middle[True]:.2f} with the policy and "
        f"{middle[False]:.2f} without it; 99th percentile {slowest[True]:.2f} and "
        f"{slowest[False]:.2f}\n"
    )
    assert middle[True] < MOST * middle[False]
