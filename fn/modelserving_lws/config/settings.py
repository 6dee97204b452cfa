"""The settings of InjectLWS."""

from __future__ import annotations

from ..kthena.modelserving import PLUGIN_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OVERWRITE, KEEP = "Overwrite", "Keep"
DERIVE, SKIP = "Derive", "Skip"
ERROR = "Error"


class Settings:
    """The `spec` of a functionConfig that its JSON Schema accepts; what is absent has its
    default.
    """

    def __init__(self, spec: dict[str, Any]) -> None:
        self.plugin_names = tuple(spec.get("pluginNames", (PLUGIN_NAME,)))
        self.model_servings: list[dict[str, Any]] = spec.get("modelServings", [])
        self.on_conflict: str = spec.get("onConflict", OVERWRITE)
        self.on_missing: str = spec.get("onMissing", DERIVE)
