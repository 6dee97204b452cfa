"""Which pods come from which ModelServing, and whether the `lws` plugin is enabled for them."""

from __future__ import annotations

from .modelserving import ModelServing, fits
from .result import WARNING, ItemError, Result, quoted, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .pod import Pod
    from .resource_list import Item


class Source:
    """The ModelServing that an enabled pod comes from: its name; the item, where it is among the
    items; its `replicas` as the functionConfig has them.
    """

    __slots__ = ("item", "name", "replicas")

    def __init__(self, name: str, item: ModelServing | None, replicas: int | None) -> None:
        self.name = name
        self.item = item
        self.replicas = replicas


class Provenance:
    """The ModelServings of a run; `errors` are those whose plugins can't be read."""

    def __init__(
        self, items: list[Item], plugin_names: tuple[str, ...], configured: list[dict[str, Any]]
    ) -> None:
        self._plugin_names = plugin_names
        self._configured = configured
        self._servings: dict[str, list[_Serving]] = {}
        self.errors: list[Result] = []
        for item in items:
            if ModelServing.is_kind_of(item):
                serving = _Serving(ModelServing(item), plugin_names, self.errors)
                self._servings.setdefault(serving.item.name, []).append(serving)

    def source(self, pod: Pod) -> Source | None:
        """The ModelServing of a pod; None where `lws` is not enabled for it. Raises ItemError where
        it is, and the ModelServing is none or several.
        """
        name = pod.model_serving
        servings = [
            serving
            for serving in self._servings.get(name or "", ())
            if fits(serving.item.namespace, pod.namespace)
        ]
        for serving in servings:
            serving.has_pods = True
        configured = self._configuration(name, pod.namespace)
        if not (
            configured is not None
            or any(plugin in self._plugin_names for plugin in pod.plugins)
            or any(serving.enables(pod) for serving in servings)
        ):
            return None
        if name is None:
            raise ItemError(
                f"{pod.prefix}metadata",
                say("no-modelserving"),
            )
        if len(servings) > 1:
            found = " and ".join(str(serving.item.item.reference) for serving in servings[:2])
            raise ItemError("", say("several-modelservings", found=found))
        replicas = None if configured is None else configured.get("replicas")
        return Source(name, servings[0].item if servings else None, replicas)

    def _configuration(self, name: str | None, namespace: str) -> dict[str, Any] | None:
        for entry in self._configured:
            if entry["name"] == name and fits(entry.get("namespace", ""), namespace):
                return entry
        return None

    def without_pods(self) -> list[Result]:
        """A warning for each ModelServing that has the plugin and none of whose pods came."""
        return [
            Result(
                WARNING,
                say("no-pods", plugin=quoted(serving.plugins[0].name)),
                serving.item.item.reference,
                "spec.plugins",
            )
            for servings in self._servings.values()
            for serving in servings
            if serving.plugins and not serving.has_pods
        ]


class _Serving:
    """A ModelServing among the items, its `lws` plugins, and whether a pod of it came."""

    def __init__(
        self, item: ModelServing, plugin_names: tuple[str, ...], errors: list[Result]
    ) -> None:
        self.item = item
        self.has_pods = False
        self.plugins = []
        try:
            self.plugins = item.plugins(plugin_names)
        except ItemError as error:
            errors.append(error.result(item.item.reference))

    def enables(self, pod: Pod) -> bool:
        return any(plugin.covers(pod.role, pod.is_entry) for plugin in self.plugins)
