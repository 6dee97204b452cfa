"""The `scaleTargetRef` of HorizontalPodAutoscalers and of KEDA's ScaledObjects, and the `targetRef`
of VerticalPodAutoscalers, which follow their LeaderWorkerSet where that becomes a ModelServing.

ModelServing's subresource `scale` counts ServingGroups, as LeaderWorkerSet's counts groups:
github.com/volcano-sh/kthena `pkg/apis/workload/v1alpha1/model_serving_types.go`.
"""

from __future__ import annotations

from ...k8s.objects import near, places
from ...k8s.scalers import SCALERS
from ...kthena.names import API_VERSION
from ...kthena.names import KIND as MODEL_SERVING
from ...kustomize.history import affixes_of, names_of
from ...lws.leaderworkerset import GROUP, KIND
from ...results.errors import ItemError
from ...results.result import Result
from ...yamltext.data import get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...k8s.objects import ObjectKey
    from ...wire.items import Item

    Affixes = tuple[str | None, str | None]


class ScaleTargets:
    """The LeaderWorkerSets among the items, and whether each has become a ModelServing."""

    def __init__(self) -> None:
        # By name and namespace, as `k8s/objects.py` has them: prefixes and suffixes, and whether
        # the set was converted.
        self._sets: dict[ObjectKey, set[tuple[Affixes, bool]]] = {}

    def add(self, item: Item, is_converted: bool) -> None:
        """Adds a set, under all names that kustomize gave it."""
        reference, affixes = item.reference, affixes_of(item.node)
        for name, namespace in names_of(item.node, reference.name, reference.namespace):
            for key in places(name, namespace, item.origin):
                self._sets.setdefault(key, set()).add((affixes, is_converted))

    def follows(self, item: Item, in_builds: Callable[[str, str], set[bool]]) -> bool:
        """Whether the item scales a set that has become a ModelServing. Raises ItemError
        where that depends on its namespace, which it doesn't say. `in_builds` says it of the sets
        that have a name in the builds that a file is in.
        """
        scaler = SCALERS[item.kind]
        target = get(get(item.node, "spec"), scaler.field)
        group = (text_at(target, "apiVersion") or "").rpartition("/")[0]
        if item.group != scaler.group or (group, text_at(target, "kind")) != (GROUP, KIND):
            return False
        name, namespace = text_at(target, "name") or "", item.reference.namespace
        none: set[tuple[Affixes, bool]] = set()
        sets = next(iter(near(self._sets, name, namespace, item.origin)), none)
        # kustomize gives what belongs together the same prefixes and suffixes.
        own = affixes_of(item.node)
        alike = {is_converted for affixes, is_converted in sets if affixes == own}
        found = alike or {is_converted for _, is_converted in sets}
        if not found and item.origin is not None:
            found = in_builds(name, item.origin.path)
        if not found:
            raise ItemError(Result("scales-nothing", f"{scaler.path}.name", current=name))
        if len(found) > 1:
            raise ItemError(Result("several-sets", scaler.path, current=name))
        return found == {True}


def target_of(item: Item) -> str:
    """The name of what an item scales."""
    return text_at(get(get(item.node, "spec"), SCALERS[item.kind].field), "name") or ""


def follow(item: Item) -> None:
    """Makes an item scale the ModelServing of its set's name."""
    document = item.document
    spec = document.own_mapping(item.editable(), "spec")
    target = document.own_mapping(spec, SCALERS[item.kind].field)
    document.update(target, {"apiVersion": API_VERSION, "kind": MODEL_SERVING})
