"""ModelServings of other names than their sets', to run beside them: what refers to a set stays,
and is named.
"""

from __future__ import annotations

from ...k8s.objects import near, places
from ...kthena.controller import updated
from ...lws.contract import NAME_LABEL
from ...results.result import Result
from ...yamltext.data import get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...k8s.objects import ObjectKey
    from ...wire.items import Item
    from .kustomizations import Kustomizations

SERVICE = "Service"


class Renaming:
    """The suffix of the new names, which is empty where they stay, and the sets that got one."""

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix
        self._names: dict[ObjectKey, str] = {}

    def refusal(self, item: Item, kustomizations: Kustomizations | None) -> list[Result]:
        """What is wrong with another name for the ModelServing of a set."""
        if not self.suffix or kustomizations is None or not item.reference.path:
            return []
        is_in_tree = item.reference.path in kustomizations.trees.reached()
        return [Result("rename-in-tree", "metadata.name")] if is_in_tree else []

    def renamed(self, manifest: str, name: str) -> str:
        """The manifest of a ModelServing with the name that it is to have."""
        if not self.suffix:
            return manifest
        return updated(manifest, {"metadata": {"name": name + self.suffix}})

    def add(self, item: Item) -> None:
        """Adds a set that was converted."""
        if self.suffix:
            name, namespace = item.reference.name, item.reference.namespace
            for key in places(name, namespace, item.origin):
                self._names[key] = name + self.suffix

    def stays(self, item: Item, field: str, name: str) -> list[Result]:
        """That a field of an item, which names a set, stays as it is."""
        found = near(self._names, name, item.reference.namespace, item.origin)
        results = [Result("stays-on-set", field, current=name, name=new) for new in found[:1]]
        return [result.on(item.reference) for result in results]

    def services(self, items: Iterable[Item]) -> list[Result]:
        """The Services that select the pods of a set by its name."""
        field = f"spec.selector['{NAME_LABEL}']"
        results: list[Result] = []
        for item in items:
            if item.error is None and item.api_version == "v1":
                name = text_at(get(get(item.node, "spec"), "selector"), NAME_LABEL) or ""
                results += self.stays(item, field, name)
        return results
