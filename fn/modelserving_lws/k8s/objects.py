"""Objects found by name and namespace. Namespaces are compared only where both sides have one.

An object is stored under two keys, so that a search costs the same however many objects there are:

    places("chat", "serving")   -> ("chat", "serving"), ("chat", None)
    fitting("chat", "serving")  -> ("chat", "serving"), ("chat", "")    the searcher has a namespace
    fitting("chat", "")         -> ("chat", None)                       the searcher has none
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    # A name, and a namespace: empty for an object without one, None for any.
    ObjectKey = tuple[str, str | None]


def places(name: str, namespace: str) -> tuple[ObjectKey, ObjectKey]:
    """The keys under which an object is stored."""
    return (name, namespace), (name, None)


def fitting(name: str, namespace: str) -> tuple[ObjectKey, ...]:
    """The keys of the objects that a reference with this namespace may mean, the best first."""
    return ((name, namespace), (name, "")) if namespace else ((name, None),)
