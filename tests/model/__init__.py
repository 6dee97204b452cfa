"""Models of what a cluster does with a ModelServing, on plain data, and strategies for their input.
The property tests compare the program with them.
"""

from __future__ import annotations

from typing import Any


def containers(pod: Any) -> list[Any]:
    """The containers and init containers of a pod, or of a template."""
    return [*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or [])]
