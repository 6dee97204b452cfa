"""What the project is held against: the parts of a cluster that a ModelServing goes through, each a
small model on plain data, and strategies for what goes in.
"""

from __future__ import annotations

from typing import Any


def containers(pod: Any) -> list[Any]:
    """The containers and init containers of a pod, or of a template."""
    return [*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or [])]
