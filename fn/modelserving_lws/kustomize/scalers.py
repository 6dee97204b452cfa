"""Patches of what scales LeaderWorkerSets, which make it scale the ModelServings.

    spec:                                              spec:
      scaleTargetRef:                                    scaleTargetRef:
        apiVersion: leaderworkerset.x-k8s.io/v1   ->       apiVersion: workload.serving.volcano.sh/v1alpha1
        kind: LeaderWorkerSet                              kind: ModelServing
        name: chat                                         name: chat

The same for operations of JSON 6902 patches on `/spec/scaleTargetRef` and what is below it.
"""  # noqa: E501 (an example)

from __future__ import annotations

from ..k8s.scalers import FIELDS
from ..kthena.names import API_VERSION as SERVING_VERSION
from ..kthena.names import KIND as MODEL_SERVING
from ..lws.leaderworkerset import GROUP, KIND
from ..yamltext.data import get, text_at
from ..yamltext.inner import set_text
from ..yamltext.nodes import Mapping, Sequence, resolve
from .findings import finding
from .paths import pointer_steps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..results.result import Result
    from ..yamltext.edit import Document
    from ..yamltext.nodes import Node
    from .scope import Scope

_NEW = {"kind": MODEL_SERVING, "apiVersion": SERVING_VERSION}


def follow_scalers(document: Document, root: Node, where: str, scope: Scope) -> list[Result]:
    """Makes a patch, which is a root of the document, follow the sets that it names. `where` is the
    path of the root. Raises ItemError where it means sets that were converted and others.
    """
    if isinstance(root, Mapping):
        return _in_spec(document, root, "spec", where, scope)
    results: list[Result] = []
    if isinstance(root, Sequence):
        for i in range(root.count):
            if isinstance(resolve(root.entry(i)), Mapping):
                operation = document.own_entry(root, i)
                results += _in_operation(document, operation, f"{where}[{i}]", scope)
    return results


def _in_operation(document: Document, operation: Mapping, where: str, scope: Scope) -> list[Result]:
    steps = pointer_steps(text_at(operation, "path") or "")
    if steps == ("spec",):
        return _in_spec(document, operation, "value", where, scope)
    if len(steps) not in (2, 3) or steps[0] != "spec" or steps[1] not in FIELDS:
        return []
    place = f"{where}.value"
    if len(steps) == 2:
        return _in_reference(document, operation, "value", place, scope)
    value, name = text_at(operation, "value") or "", steps[2]
    is_for_sets = value == KIND if name == "kind" else name in _NEW and _is_of_sets(value)
    if is_for_sets and scope.all(place):
        set_text(document, operation, "value", _NEW[name])
    return []


def _in_spec(
    document: Document, parent: Mapping, name: str, where: str, scope: Scope
) -> list[Result]:
    """Follows in a `spec`, which stands at a key of the parent."""
    results: list[Result] = []
    for field in FIELDS:
        if isinstance(get(get(parent, name), field), Mapping):
            place = f"{where}.{name}.{field}".removeprefix(".")
            own = document.own_mapping(parent, name)
            results += _in_reference(document, own, field, place, scope)
    return results


def _in_reference(
    document: Document, parent: Mapping, name: str, where: str, scope: Scope
) -> list[Result]:
    """Follows in a reference, which stands at a key of the parent."""
    found = get(parent, name)
    kind, version = text_at(found, "kind"), text_at(found, "apiVersion")
    if kind not in (None, KIND) or not (_is_of_sets(version) if version else kind == KIND):
        return []
    name_of_set = text_at(found, "name")
    if name_of_set is None:
        sets = scope.all(where)
    elif scope.has(name_of_set):
        sets = scope.of_name(name_of_set, where)
    else:
        return [finding("scales-nothing", f"{where}.name", name_of_set)]
    if sets:
        own = document.own_mapping(parent, name)
        for key, text in _NEW.items():
            if text_at(own, key) is not None:
                set_text(document, own, key, text)
    return []


def _is_of_sets(version: str) -> bool:
    return version.rpartition("/")[0] == GROUP
