"""LeaderWorkerSets inside of other objects: in the template of an AppWrapper, or as text in
a ConfigMap. They stay as they are, and are named.
"""

from __future__ import annotations

import re

from ...kustomize.findings import finding
from ...kustomize.kinds import KINDS as KUSTOMIZATIONS
from ...lws.leaderworkerset import GROUP, KIND, LeaderWorkerSet
from ...lws.leaderworkerset import TEMPLATE as PATH
from ...yamltext.data import get, text_at
from .strings import strings_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...results.result import Result
    from ...wire.items import Item
    from ...wire.resource_list import ResourceList
    from .strings import String

_TEMPLATE = PATH.rpartition(".")[2]
_KIND_FIELD = re.compile(rf"\bkind[\"']? *: *[\"']?{KIND}\b")
# What holds secrets, what describes sets, and what patches them.
_NOT_SEARCHED = frozenset(("Secret", "CustomResourceDefinition", *KUSTOMIZATIONS))
_SKIP = frozenset(
    (
        ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"),
        ("metadata", "managedFields"),
        ("status",),
    )
)


def inner_sets(resource_list: ResourceList) -> Iterator[Result]:
    """A warning for each set that is inside of another object."""
    for item in resource_list.holding(lambda text: KIND in text):
        if not (LeaderWorkerSet.is_kind_of(item) or item.kind in _NOT_SEARCHED):
            yield from _in_item(item)


def _in_item(item: Item) -> Iterator[Result]:
    for string in strings_of(item.node, _SKIP):
        if string.is_key or KIND not in string.value:
            continue
        place = string.place.parent if _is_set(string) else string.place
        if place is not None and (place is not string.place or _is_text(string.value)):
            yield finding("set-inside", str(place)).on(item.reference)


def _is_set(string: String) -> bool:
    """Whether a string is the kind of a mapping that is a set."""
    mapping = string.place.mapping
    return (
        string.place.key == "kind"
        and string.value == KIND
        and (text_at(mapping, "apiVersion") or "").startswith(f"{GROUP}/")
        and get(get(mapping, "spec"), _TEMPLATE) is not None
    )


def _is_text(value: str) -> bool:
    """Whether a string has the manifest of a set in it."""
    return _TEMPLATE in value and _KIND_FIELD.search(value) is not None
