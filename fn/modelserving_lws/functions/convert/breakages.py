"""What the detectors find in a list, set by set and in its other items."""

from __future__ import annotations

from ...lws.leaderworkerset import LeaderWorkerSet
from ...results.result import WARNING, Result
from .detectors import Detectors
from .facts import SetFacts, Sets

_SERVICE = "Service"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...results.result import Reference
    from ...wire.items import Item
    from ...wire.resource_list import ResourceList
    from ...yamltext.nodes import Node


class Breakages:
    """`others` are the results on items that are no sets."""

    def __init__(
        self,
        resource_list: ResourceList,
        sets: list[Item],
        *,
        with_policy: bool,
        allow_lossy: bool,
        accepted: frozenset[str] = frozenset(),
        patches: Iterable[tuple[Node, Reference]] = (),
    ) -> None:
        """The settings are those of Detectors; `accepted` are ids of errors that keep no set;
        `patches` are searched as items are.
        """
        self.others: list[Result] = []
        self._of: dict[int, list[Result]] = {}
        facts = {id(item): _facts(item) for item in sets if item.error is None}
        known = Sets(facts.values())
        services: set[tuple[str, str]] | None = None

        def all_services() -> set[tuple[str, str]]:
            nonlocal services
            if services is None:
                items = resource_list.items(frozenset((_SERVICE,)))
                services = {(it.reference.name, it.reference.namespace) for it in items}
            return services

        detectors = Detectors(
            known, with_policy=with_policy, allow_lossy=allow_lossy, services=all_services
        )
        for item in sets:
            own = facts.get(id(item))
            if own is not None:
                found = detectors.find(item.node, item.reference, own)
                self._of[id(own)] = [finding.result for finding in found]
        relied: dict[int, list[Result]] = {}
        others: list[tuple[Node, Reference]] = [
            (item.node, item.reference)
            for item in resource_list.holding(detectors.may_match)
            if not LeaderWorkerSet.is_kind_of(item)
        ]
        for node, reference in (*others, *patches):
            for finding in detectors.find(node, reference):
                self.others.append(finding.result)
                if finding.result.id in accepted:
                    finding.result.severity = WARNING
                    continue
                for it in finding.sets:
                    relied.setdefault(id(it), []).append(finding.result)
        for key, results in relied.items():
            self._of[key].append(_relied_on(results))
        self._of = {number: self._of[id(own)] for number, own in facts.items()}

    def of(self, item: Item) -> list[Result]:
        """The results on a set. One error stands for all that other items have."""
        return self._of.get(id(item), [])


def _facts(item: Item) -> SetFacts:
    reference = item.reference
    return SetFacts(item.node, reference.name, reference.namespace)


def _relied_on(results: list[Result]) -> Result:
    first = results[0]
    more = f" (and {len(results) - 1} more)" if len(results) > 1 else ""
    return Result("relied-on", "metadata.name", place=f"{first.reference} {first.field}", more=more)
