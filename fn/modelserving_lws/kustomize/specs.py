"""Field specs, replacements and variables: paths of fields of sets, and selectors beside them."""

from __future__ import annotations

from ..kthena.names import API_VERSION as SERVING_VERSION
from ..kthena.names import KIND as MODEL_SERVING
from ..lws.leaderworkerset import API_VERSION, GROUP, KIND, LEADER_TEMPLATE, WORKER_TEMPLATE
from ..lws.leaderworkerset import TEMPLATE as SET_TEMPLATE
from ..results.errors import ItemError
from ..results.result import quoted
from ..yamltext.data import entries_of, get, text_at
from ..yamltext.entries import repeat
from ..yamltext.inner import respell, set_text
from ..yamltext.nodes import Mapping, Scalar
from .findings import finding
from .paths import moved_field, moved_spec
from .scope import changed, follow_kinds, follow_selector, has_leader
from .selectors import followed, selects_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..yamltext.edit import Document
    from .paths import Moved
    from .scope import Scope
    from .trees import TreeSet

_ONLY_SETS = SET_TEMPLATE.replace(".", "/")
_LEADERS, _WORKERS = f"/{LEADER_TEMPLATE}", f"/{WORKER_TEMPLATE}"


def follow_specs(document: Document, parent: Mapping, name: str, where: str, scope: Scope) -> None:
    """Makes the field specs in the list at a key follow."""
    entries = entries_of(get(parent, name))
    found = [
        (i, path)
        for i, entry in enumerate(entries)
        if (path := text_at(entry, "path")) is not None and _is_for_sets(entry, path)
    ]
    if not found:
        return
    sets = scope.all(where)
    there: set[tuple[str | None, str]] = set()
    plans: list[tuple[int, list[str]]] = []
    for i, path in found:
        place = f"{where}.{name}[{i}].path".removeprefix(".")
        leader = all(it.has_leader for it in sets)
        if text_at(entries[i], "create") == "true" and _WORKERS in path:
            leader = has_leader(sets, place)
        # A path of a template that no set has is passed over, and so is the new one.
        moved = moved_spec(path, has_leader=leader or _LEADERS in path)
        _check(moved, place, path)
        plans.append((i, moved.paths))
        there.add((text_at(entries[i], "kind"), moved.paths[0]))
    for i, paths in plans:
        sequence = document.own_sequence(parent, name)
        entry = document.own_entry(sequence, i)
        kind = text_at(entry, "kind")
        others = [path for path in paths[1:] if (kind, path) not in there]
        there.update((kind, path) for path in others)
        new = followed(entry) if _names_sets(entry) else {}
        copies = [_values(entry, {**new, "path": path}) for path in others]
        if copies:
            repeat(document, sequence, i, copies)
        for key, text in {**new, "path": paths[0]}.items():
            if text != text_at(entry, key):
                set_text(document, entry, key, text)


def _is_for_sets(entry: object, path: str) -> bool:
    return isinstance(entry, Mapping) and (
        _names_sets(entry) or (selects_kind(entry) and path.startswith(_ONLY_SETS))
    )


def _names_sets(entry: Mapping) -> bool:
    """Whether a field spec is for LeaderWorkerSets alone."""
    return selects_kind(entry) and (
        text_at(entry, "kind") == KIND or text_at(entry, "group") == GROUP
    )


def _values(entry: Mapping, texts: dict[str, str]) -> dict[Scalar, str]:
    found = {}
    for name, text in texts.items():
        scalar = entry.value(name)
        if isinstance(scalar, Scalar) and scalar.value != text:
            found[scalar] = text
    return found


def _check(moved: Moved, where: str, path: str) -> None:
    if not moved.paths:
        raise ItemError(finding("kustomize-path", where, path, found=quoted(path)))
    if moved.has_value:
        raise ItemError(finding("kustomize-computed", where, path, found=quoted(path)))


def follow_replacement(document: Document, entry: Mapping, where: str, scope: Scope) -> None:
    """Makes an entry of `replacements` follow: its source, its targets and their field paths."""
    source = get(entry, "source")
    sets = scope.selected(source, f"{where}.source") if _may_be_set(source) else []
    if sets and isinstance(source, Mapping):
        path = text_at(source, "fieldPath")
        if path is not None:
            moved = moved_field(path, has_leader=has_leader(sets, f"{where}.source.fieldPath"))
            _check(moved, f"{where}.source.fieldPath", path)
            if moved.paths[0] != path:
                own = document.own_mapping(entry, "source")
                set_text(document, own, "fieldPath", moved.paths[0])
        follow_selector(document, entry, "source", where)
    for i, target in enumerate(entries_of(get(entry, "targets"))):
        place = f"{where}.targets[{i}]"
        select = get(target, "select")
        sets = scope.selected(select, f"{place}.select") if isinstance(select, Mapping) else []
        if sets:
            own = document.own_entry(document.own_sequence(entry, "targets"), i)
            _follow_target(document, own, place, sets)


def _may_be_set(selector: object) -> bool:
    return isinstance(selector, Mapping) and selects_kind(selector)


def _follow_target(document: Document, target: Mapping, where: str, sets: list[TreeSet]) -> None:
    for i, node in enumerate(entries_of(get(target, "fieldPaths"))):
        place = f"{where}.fieldPaths[{i}]"
        if isinstance(node, Scalar):
            is_shared = f"{SET_TEMPLATE}.{WORKER_TEMPLATE}" in node.value
            moved = moved_field(node.value, has_leader=not is_shared or has_leader(sets, place))
            _check(moved, place, node.value)
            if moved.paths != [node.value]:
                own = document.own_sequence(target, "fieldPaths")
                repeat(document, own, i, [{node: other} for other in moved.paths[1:]])
                respell(document, own, node, moved.paths[0])
    select = get(target, "select")
    if any(text_at(select, name) for name in ("kind", "group", "version")):
        follow_selector(document, target, "select", where)
    for i, reject in enumerate(entries_of(get(target, "reject"))):
        place = f"{where}.reject[{i}]"
        if isinstance(reject, Mapping) and selects_kind(reject) and changed(reject, place):
            own = document.own_sequence(target, "reject")
            follow_kinds(document, document.own_entry(own, i), place)


def follow_variable(document: Document, entry: Mapping, where: str, scope: Scope) -> None:
    """Makes an entry of `vars` follow."""
    reference = get(entry, "objref")
    named = {"apiVersion": API_VERSION, "kind": KIND}
    if any(text_at(reference, name) != value for name, value in named.items()):
        return
    selector = get(entry, "objref")
    sets = scope.selected(selector, f"{where}.objref")
    if not sets:
        return
    path = text_at(get(entry, "fieldref"), "fieldpath") or text_at(
        get(entry, "fieldref"), "fieldPath"
    )
    if path is not None:
        place = f"{where}.fieldref.fieldpath"
        moved = moved_field(path, has_leader=has_leader(sets, place), in_brackets=True)
        _check(moved, place, path)
        if moved.paths[0] != path:
            own = document.own_mapping(entry, "fieldref")
            name = "fieldpath" if text_at(own, "fieldpath") else "fieldPath"
            set_text(document, own, name, moved.paths[0])
    own = document.own_mapping(entry, "objref")
    set_text(document, own, "apiVersion", SERVING_VERSION)
    set_text(document, own, "kind", MODEL_SERVING)


def follow_configuration(document: Document, root: Mapping, scope: Scope) -> None:
    """Makes a file of `configurations` follow: lists of field specs, and `nameReference`s."""
    for name in root.fields():
        if name != "nameReference":
            follow_specs(document, root, name, "", scope)
            continue
        for i, entry in enumerate(entries_of(get(root, name))):
            if isinstance(entry, Mapping):
                own = document.own_entry(document.own_sequence(root, name), i)
                follow_specs(document, own, "fieldSpecs", f"{name}[{i}]", scope)
                if _names_sets(own):
                    for key, text in followed(own).items():
                        set_text(document, own, key, text)
