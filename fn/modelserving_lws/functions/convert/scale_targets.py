"""What scales LeaderWorkerSets: the `scaleTargetRef` of HorizontalPodAutoscalers and of KEDA's
ScaledObjects. Where its set becomes a ModelServing, it follows.

ModelServing's subresource `scale` counts ServingGroups, as LeaderWorkerSet's counts groups:
github.com/volcano-sh/kthena `pkg/apis/workload/v1alpha1/model_serving_types.go`.
"""

from __future__ import annotations

from ...kthena.modelserving import API_VERSION
from ...kthena.modelserving import KIND as MODEL_SERVING
from ...lws.leaderworkerset import GROUP, KIND
from ...results.errors import ItemError
from ...results.result import Result
from ...yamltext.access import get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...wire.items import Item
    from ...yamltext.edit import Document

# The kinds, and their API groups.
KINDS = {"HorizontalPodAutoscaler": "autoscaling", "ScaledObject": "keda.sh"}
_PATH = "spec.scaleTargetRef"


class ScaleTargets:
    """The LeaderWorkerSets among the items, and whether each has become a ModelServing."""

    def __init__(self) -> None:
        # By name and namespace, which is empty where the set has none; and by name alone.
        self._sets: dict[tuple[str, str], set[bool]] = {}
        self._names: dict[str, set[bool]] = {}

    def add(self, name: str, namespace: str, is_converted: bool) -> None:
        self._sets.setdefault((name, namespace), set()).add(is_converted)
        self._names.setdefault(name, set()).add(is_converted)

    def follows(self, item: Item) -> bool:
        """Whether the item scales a set that has become a ModelServing. Raises ItemError
        where that depends on its namespace, which it doesn't say.
        """
        target = get(get(item.node, "spec"), "scaleTargetRef")
        group = (text_at(target, "apiVersion") or "").rpartition("/")[0]
        if item.group != KINDS[item.kind] or (group, text_at(target, "kind")) != (GROUP, KIND):
            return False
        name, namespace = text_at(target, "name") or "", item.reference.namespace
        fitting = self._sets.get((name, namespace))
        if fitting is None and namespace:
            fitting = self._sets.get((name, ""))
        elif fitting is None:
            fitting = self._names.get(name)
        if fitting is not None and len(fitting) > 1:
            raise ItemError(Result("several-sets", _PATH, current=name))
        return fitting == {True}


def follow(item: Item, document: Document) -> None:
    """Makes an item scale the ModelServing of its set's name."""
    spec = document.own_mapping(item.editable(document), "spec")
    target = document.own_mapping(spec, "scaleTargetRef")
    document.update(target, {"apiVersion": API_VERSION, "kind": MODEL_SERVING})
