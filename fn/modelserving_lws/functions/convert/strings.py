"""All strings of an item, with their field paths: the values, and the keys of its mappings."""

from __future__ import annotations

import re

from ...results.result import cut
from ...yamltext.nodes import Alias, Mapping, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...yamltext.nodes import Node

_PLAIN = re.compile("[A-Za-z_][-A-Za-z0-9_]*")
_LONGEST_KEY = 253
# In nodes; a long scalar counts as many. The wire bounds how many aliases an item may have.
_SMALL = 16


class Place:
    """Where a node stands: below `parent`, at a key or an index; None for the root's parent. Its
    text is made when a finding asks for it: `spec.containers[0].args[1]`,
    `metadata.labels['app.kubernetes.io/name']`. `mapping` is the node that has the key.
    """

    __slots__ = ("key", "mapping", "parent")

    def __init__(
        self, parent: Place | None, key: str | int, mapping: Mapping | None = None
    ) -> None:
        self.parent = parent
        self.key = key
        self.mapping = mapping

    def above(self, *keys: str) -> bool:
        """Whether the places above are at these keys, the nearest first; indexes do not count."""
        place = self.parent
        for key in keys:
            while place is not None and isinstance(place.key, int):
                place = place.parent
            if place is None or place.key != key:
                return False
            place = place.parent
        return True

    def __str__(self) -> str:
        steps: list[str] = []
        place: Place | None = self
        while place is not None:
            key, parent = place.key, place.parent
            if isinstance(key, int):
                steps.append(f"[{key}]")
            elif parent is not None and parent.key in ("labels", "annotations"):
                steps.append(f"['{cut(key, _LONGEST_KEY)}']")
            elif _PLAIN.fullmatch(key) and len(key) <= _LONGEST_KEY:
                steps.append(f".{key}")
            else:
                steps.append(f"['{cut(key, _LONGEST_KEY)}']")
            place = parent
        return "".join(reversed(steps)).removeprefix(".")


class String:
    """A string: the `value` of the field at `place`, or that field's key."""

    __slots__ = ("is_key", "place", "value")

    def __init__(self, place: Place, value: str, is_key: bool) -> None:
        self.place = place
        self.value = value
        self.is_key = is_key


def strings_of(root: Node, skip: frozenset[tuple[str, ...]] = frozenset()) -> Iterator[String]:
    """The strings of an item, in the order of its text. What an alias stands for is gone through
    again only where it is small, so that the time is linear in the text. `skip` are paths, as their
    keys, that are left out with all that is below them.
    """
    depth = max(map(len, skip), default=0)
    seen: set[int] = set()
    # What is still to be done, the next last: a node, its place, and its path while that may lead
    # to one to skip.
    waiting: list[tuple[Node, Place | None, tuple[str, ...] | None]] = [(root, None, ())]
    while waiting:
        node, place, path = waiting.pop()
        if place is not None and isinstance(place.key, str):
            yield String(place, place.key, True)
        if isinstance(node, Alias):
            node = node.target
            if id(node) in seen and node.size > _SMALL:
                continue
        if node.anchor is not None:
            seen.add(id(node))
        if isinstance(node, Scalar):
            if place is not None:
                yield String(place, node.value, False)
        elif isinstance(node, Mapping):
            below: list[tuple[Node, Place | None, tuple[str, ...] | None]] = []
            for key, value in node.pairs:
                key = resolve(key)
                name = key.value if isinstance(key, Scalar) else ""
                there = None if path is None or len(path) >= depth else (*path, name)
                if there not in skip:
                    below.append((value, Place(place, name, node), there))
            waiting += reversed(below)
        elif isinstance(node, Sequence):
            waiting += reversed([(it, Place(place, i), None) for i, it in enumerate(node.entries)])
