"""Which pods come from which ModelServing, and whether the `lws` plugin is enabled for them.

A pod is injected if any of these holds:

- its ModelServing is among the items, and has the plugin with a scope that covers the pod;
- its annotation `modelserving.volcano.sh/plugins` names the plugin;
- the setting `modelServings` names its ModelServing.
"""

from __future__ import annotations

from ...k8s.objects import fitting, places
from ...kthena.modelserving import ModelServing
from ...kthena.values import Source
from ...results.errors import ItemError
from ...results.quoting import quoted
from ...results.result import Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from typing import Any

    from ...k8s.objects import ObjectKey
    from ...kthena.pod import Pod
    from ...wire.items import Item


class Provenance:
    """The ModelServings of a run; `errors` are those whose plugins can't be read."""

    def __init__(
        self, items: list[Item], plugin_names: tuple[str, ...], configured: list[dict[str, Any]]
    ) -> None:
        self._plugin_names = frozenset(plugin_names)
        self._configured: dict[ObjectKey, tuple[int, dict[str, Any]]] = {}
        for i, entry in enumerate(configured):
            for key in places(entry["name"], entry.get("namespace", "")):
                self._configured.setdefault(key, (i, entry))
        self._servings: dict[ObjectKey, _Servings] = {}
        self._all: list[_Serving] = []
        self.errors: list[Result] = []
        for item in items:
            if ModelServing.is_kind_of(item):
                serving = _Serving(
                    len(self._all), ModelServing(item), self._plugin_names, self.errors
                )
                self._all.append(serving)
                for key in places(serving.item.name, serving.item.namespace):
                    self._servings.setdefault(key, _Servings()).add(serving)

    def source(self, pod: Pod) -> Source | None:
        """The ModelServing of a pod; None where `lws` is not enabled for it. Raises ItemError where
        it is, and the ModelServing is none or several.
        """
        name = pod.model_serving
        keys = fitting(name or "", pod.namespace)
        found = [self._servings[key] for key in keys if key in self._servings]
        for servings in found:
            servings.have_pods = True
        configured = [self._configured[key] for key in keys if key in self._configured]
        if not (
            configured
            or not self._plugin_names.isdisjoint(pod.plugins)
            or any(servings.cover(pod) for servings in found)
        ):
            return None
        if name is None:
            raise ItemError(Result("no-modelserving", f"{pod.prefix}metadata"))
        first = sorted((serving for servings in found for serving in servings.first), key=_number)
        if len(first) > 1:
            both = " and ".join(str(serving.item.item.reference) for serving in first[:2])
            raise ItemError(Result("several-modelservings", found=both))
        replicas = min(configured)[1].get("replicas") if configured else None
        return Source(name, first[0].item if first else None, replicas)

    def without_pods(self) -> list[Result]:
        """A warning for each ModelServing with the plugin of which the list has no pod."""
        return [
            Result(
                "no-pods",
                "spec.plugins",
                reference=serving.item.item.reference,
                plugin=quoted(serving.plugins[0].name),
            )
            for serving in self._all
            if serving.plugins
            and not any(
                self._servings[key].have_pods
                for key in places(serving.item.name, serving.item.namespace)
            )
        ]


class _Serving:
    """A ModelServing among the items, its number there, and its `lws` plugins."""

    __slots__ = ("item", "number", "plugins")

    def __init__(
        self, number: int, item: ModelServing, plugin_names: AbstractSet[str], errors: list[Result]
    ) -> None:
        self.number = number
        self.item = item
        self.plugins = []
        try:
            self.plugins = item.plugins(plugin_names)
        except ItemError as error:
            errors += [result.on(item.item.reference) for result in error.results]


def _number(serving: _Serving) -> int:
    return serving.number


class _Servings:
    """The ModelServings of one key: the first two, the roles that the plugins of all cover, and
    whether the list has a pod of one.
    """

    __slots__ = ("_entries", "_workers", "first", "have_pods")

    def __init__(self) -> None:
        self.first: tuple[_Serving, ...] = ()
        self.have_pods = False
        # The roles whose entry pods and whose workers are covered. The role None is any role.
        self._entries: set[str | None] | None = None
        self._workers: set[str | None] | None = None

    def add(self, serving: _Serving) -> None:
        if len(self.first) < 2:
            self.first += (serving,)
        for plugin in serving.plugins:
            roles = plugin.roles or (None,)
            if plugin.targets(True):
                self._entries = self._entries or set()
                self._entries.update(roles)
            if plugin.targets(False):
                self._workers = self._workers or set()
                self._workers.update(roles)

    def cover(self, pod: Pod) -> bool:
        roles = self._entries if pod.is_entry else self._workers
        return roles is not None and (None in roles or pod.role in roles)
