"""How many pods and extended resources a LeaderWorkerSet and its ModelServing have."""

from __future__ import annotations

from collections import Counter

from ...k8s.containers import read_containers
from ...k8s.resources import extended_resources
from ...kthena import modelserving
from ...kthena.modelserving import ENTRY_TEMPLATE, WORKER_TEMPLATE
from ...results.errors import ItemError
from ...results.report import Amounts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...lws.leaderworkerset import LeaderWorkerSet
    from ...yamltext.nodes import Mapping


def amounts_of_set(lws: LeaderWorkerSet) -> Amounts:
    """Those of a set that can be read."""
    workers, leader = lws.worker_template, lws.leader_template
    groups = lws.replicas
    return _sum([(groups, leader or workers), (groups * (lws.size - 1), workers)])


def amounts_of_serving(root: Mapping) -> Amounts:
    """Those of a ModelServing that a cluster takes."""
    parts: list[tuple[int, Mapping | None]] = []
    for role in modelserving.roles_of(root):
        times = modelserving.replicas_of(root) * role.replicas
        parts.append((times, role.template(ENTRY_TEMPLATE)))
        parts.append((times * role.workers, role.template(WORKER_TEMPLATE)))
    return _sum(parts)


def _sum(parts: Iterable[tuple[int, Mapping | None]]) -> Amounts:
    """The sum of pods, given as a number of them and their template. An amount that is no integer
    counts as none.
    """
    pods, resources = 0, Counter[str]()
    for times, template in parts:
        pods += times
        for name, amount in _resources(template).items() if times else ():
            resources[name] += times * (amount or 0)
    return Amounts(pods, dict(sorted((+resources).items())))


def _resources(template: Mapping | None) -> dict[str, int | None]:
    try:
        containers = (
            read_containers(template, "", may_be_empty=True) if template is not None else []
        )
    except ItemError:  # it is told as what a cluster refuses
        return {}
    return extended_resources(containers)
