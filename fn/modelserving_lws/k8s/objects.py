"""Objects found by name and namespace, which are compared only where both sides have one.

Each object is found at its namespace, and at None for what has none, so that a search costs the
same however many objects there are.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    # A name, and a namespace.
    Place = tuple[str, str | None]


def places(name: str, namespace: str) -> tuple[Place, Place]:
    """Where an object is put."""
    return (name, namespace), (name, None)


def fitting(name: str, namespace: str) -> tuple[Place, ...]:
    """Where the objects are that what has this namespace may mean."""
    return ((name, namespace), (name, "")) if namespace else ((name, None),)
