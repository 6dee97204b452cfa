"""What other objects have of LeaderWorkerSets: whole sets, in the template of an AppWrapper or as
text in a ConfigMap; patches, in objects of Flux and Argo CD; and the kind, in policies and the
like. They stay as they are, and are named.
"""

from __future__ import annotations

import re

from ...k8s.scalers import SCALERS
from ...kustomize.findings import finding
from ...kustomize.kinds import BUILT_IN
from ...kustomize.kinds import KINDS as KUSTOMIZATIONS
from ...kustomize.sources import is_kustomization
from ...lws.leaderworkerset import GROUP, KIND, LeaderWorkerSet
from ...lws.leaderworkerset import TEMPLATE as PATH
from ...yamltext.data import entries_of, get, text_at
from ...yamltext.nodes import Scalar
from .strings import strings_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...results.result import Result
    from ...wire.items import Item
    from ...wire.resource_list import ResourceList
    from .strings import Place, String

_TEMPLATE = PATH.rpartition(".")[2]
_KIND_FIELD = re.compile(rf"\bkind[\"']? *: *[\"']?{KIND}\b")
_GROUP_FIELD = re.compile(rf"\b(?:group|apiVersion)[\"']? *: *[\"']?{re.escape(GROUP)}\b")
# As Argo CD's settings and Kyverno's policies name a kind.
_FULL_NAME = re.compile(rf"\b{re.escape(GROUP)}(?:[/_]|/v1[/.]){KIND}\b")
# Of the metrics of kube-state-metrics.
_QUERY = re.compile(rf"_kind=~?\\?[\"']{KIND}\b")
# The kinds of the API server's own policies.
_POLICIES = frozenset(("ValidatingAdmissionPolicy", "MutatingAdmissionPolicy"))
# What holds secrets, and what describes sets.
_NOT_SEARCHED = frozenset(("Secret", "CustomResourceDefinition"))
_SKIP = frozenset(
    (
        ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"),
        ("metadata", "managedFields"),
        ("metadata", "ownerReferences"),
        ("involvedObject",),
        ("regarding",),
        ("status",),
    )
)
# The API groups of what applies patches of its own to what it builds.
_BUILDERS = frozenset(("kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io", "argoproj.io"))
_WORDS = (KIND, _TEMPLATE, GROUP)
_INSIDE = "set-inside"
_RESOURCE = "leaderworkersets"
_PATCHES, _KINDS = "patches", "kinds"


def mentions(resource_list: ResourceList, *, has_sets: bool) -> Iterator[Result]:
    """A warning for each set that is in another object; if the list has sets itself, also for each
    patch of sets and each name of the kind.
    """
    for item in resource_list.holding(lambda text: any(it in text for it in _WORDS)):
        # These follow by themselves.
        is_own = item.api_version == BUILT_IN or (
            item.kind in KUSTOMIZATIONS and is_kustomization(item.node)
        )
        if not (LeaderWorkerSet.is_kind_of(item) or item.kind in _NOT_SEARCHED or is_own):
            found = dict.fromkeys(_in_item(item))
            for message, place in found:
                if has_sets or message == _INSIDE:
                    yield finding(message, place).on(item.reference)


def _in_item(item: Item) -> Iterator[tuple[str, str]]:
    """The messages, and the paths that they are about."""
    builds = item.group in _BUILDERS
    scaler = SCALERS.get(item.kind)
    follows = scaler is not None and scaler.group == item.group
    for string in strings_of(item.node, _SKIP):
        patch = _patch_of(string.place) if builds else None
        if patch is not None:
            if _is_patch(string):
                yield "patches-sets", str(patch)
        elif _is_set(string):
            yield _INSIDE, str(string.place.parent or string.place)
        elif _is_text(string):
            yield _INSIDE, str(string.place)
        elif not follows and (
            _is_name(string, by_kind=builds)
            or _FULL_NAME.search(string.value)
            or _QUERY.search(string.value)
            or (item.kind in _POLICIES and _is_resource(string))
        ):
            yield "names-sets", str(string.place)


def _patch_of(place: Place | None) -> Place | None:
    """The entry of a list of patches that a place is in."""
    while place is not None:
        if isinstance(place.key, int) and place.parent is not None and _is_list(place.parent):
            return place
        place = place.parent
    return None


def _is_list(place: Place) -> bool:
    return isinstance(place.key, str) and place.key.startswith(_PATCHES)


def _is_patch(string: String) -> bool:
    """Whether a string in a patch is about sets: a field of theirs, or their kind."""
    value = string.value
    is_kind = string.place.key == "kind" and value == KIND and not string.is_key
    return is_kind or f"/{_TEMPLATE}" in value or _KIND_FIELD.search(value) is not None


def _is_set(string: String) -> bool:
    """Whether a string is the kind of a mapping that is a set."""
    mapping = string.place.mapping
    return (
        string.place.key == "kind"
        and string.value == KIND
        and (text_at(mapping, "apiVersion") or "").startswith(f"{GROUP}/")
        and get(get(mapping, "spec"), _TEMPLATE) is not None
    )


def _is_text(string: String) -> bool:
    """Whether a string has the manifest of a set in it."""
    value = string.value
    return not string.is_key and _TEMPLATE in value and _KIND_FIELD.search(value) is not None


def _is_resource(string: String) -> bool:
    """Whether a string is the resource in a rule on sets."""
    place = string.place
    if not string.value.startswith(_RESOURCE) or not isinstance(place.key, int):
        return False
    rule = (
        place.parent.mapping
        if place.parent is not None and place.parent.key == "resources"
        else None
    )
    groups = entries_of(get(rule, "apiGroups"))
    return any(isinstance(group, Scalar) and group.value == GROUP for group in groups)


def _is_name(string: String, *, by_kind: bool) -> bool:
    """Whether a string names the kind: beside its API group, in a list of kinds, or in a text that
    has both; `by_kind`: also alone.
    """
    place, value = string.place, string.value
    if string.is_key or KIND not in value:
        return False
    if value == KIND:
        if place.key == "kind":
            group = text_at(place.mapping, "apiVersion") or text_at(place.mapping, "group") or ""
            return by_kind or group.partition("/")[0] == GROUP
        return isinstance(place.key, int) and place.above(_KINDS)
    is_kind = _KIND_FIELD.search(value) is not None
    return is_kind and (by_kind or _GROUP_FIELD.search(value) is not None)
