"""Objects found by name and namespace. Namespaces are compared only where both sides have one.
Of several texts, those in the nearest scope are found (`wire/origin.py`).

An object is stored under two keys, so that a search costs the same however many objects there are:

    places("chat", "serving")   -> ("chat", "serving"), ("chat", None)
    fitting("chat", "serving")  -> ("chat", "serving"), ("chat", "")    the searcher has a namespace
    fitting("chat", "")         -> ("chat", None)                       the searcher has none

With an origin, each key has a scope besides.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    from ..wire.origin import Origin

    T = TypeVar("T")
    # A name, and a namespace: empty for an object without one, None for any; maybe a scope.
    ObjectKey = tuple[str | None, ...]


def places(name: str, namespace: str, origin: Origin | None = None) -> tuple[ObjectKey, ...]:
    """The keys under which an object is stored."""
    keys = (name, namespace), (name, None)
    if origin is None:
        return keys
    return tuple((*key, scope) for scope in origin.stored for key in keys)


def fitting(name: str, namespace: str) -> tuple[ObjectKey, ...]:
    """The keys of the objects that a reference with this namespace may mean, the best first."""
    return ((name, namespace), (name, "")) if namespace else ((name, None),)


def near(
    table: Mapping[ObjectKey, T], name: str, namespace: str, origin: Origin | None = None
) -> list[T]:
    """What a table has of the objects that a reference may mean, in the nearest scope that has
    any, the best first.
    """
    keys = fitting(name, namespace)
    if origin is None:
        return [table[key] for key in keys if key in table]
    for scope in origin.searched:
        found = [table[*key, scope] for key in keys if (*key, scope) in table]
        if found:
            return found
    return []
