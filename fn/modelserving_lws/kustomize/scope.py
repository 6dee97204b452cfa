"""The sets that one kustomization works on, and which of them a part of it is about."""

from __future__ import annotations

from ..lws.leaderworkerset import GROUP, KIND
from ..results.errors import ItemError
from ..results.result import quoted
from ..yamltext.data import get, text_at
from ..yamltext.inner import set_text
from .findings import finding
from .selectors import KINDS, followed, matches, selects_kind, selects_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..yamltext.edit import Document
    from ..yamltext.nodes import Mapping, Node
    from .trees import Reach, TreeSet

_DEFAULT_NAMESPACE = "default"


class Scope:
    """What a kustomization works on. `asked` are the converted sets that it has been asked for,
    until somebody clears it.
    """

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self.asked: set[TreeSet] = set()

    def selected(self, selector: Node | None, where: str) -> list[TreeSet]:
        """The converted sets that a selector fits. Raises ItemError where it also fits one that
        was not converted.
        """
        return self._converted(self.meant(selector), where)

    def meant(self, selector: Node | None) -> list[TreeSet]:
        """The sets, converted or not, that a selector fits."""
        return [
            it
            for it, names in self._reach.names.items()
            if selects_kind(selector)
            and (self._reach.is_any or selects_name(selector, names, self._places(it)))
        ]

    def named(self, node: Node | None, where: str) -> list[TreeSet]:
        """The converted sets that an object of this kind and name is a patch of. Raises ItemError
        as `selected` does.
        """
        return self._converted(self.patched(node), where)

    def patched(self, node: Node | None) -> list[TreeSet]:
        """The sets, converted or not, that an object of this kind and name is a patch of."""
        group = (text_at(node, "apiVersion") or "").rpartition("/")[0]
        if text_at(node, "kind") != KIND or group != GROUP:
            return []
        metadata = get(node, "metadata")
        name, namespace = text_at(metadata, "name"), text_at(metadata, "namespace")
        return [
            it
            for it, names in self._reach.names.items()
            if name in names and (namespace is None or namespace in self._places(it))
        ]

    def has(self, name: str) -> bool:
        """Whether a set, converted or not, may have this name."""
        return self._reach.is_any or any(name in it for it in self._reach.names.values())

    def of_name(self, name: str, where: str) -> list[TreeSet]:
        """The converted sets that may have this name. Raises ItemError as `selected` does."""
        names = self._reach.names
        found = [it for it in names if name in names[it]]
        return self._converted(found or list(names), where)

    def all(self, where: str) -> list[TreeSet]:
        """The converted sets. Raises ItemError where others are not converted."""
        return self._converted(list(self._reach.names), where)

    def _places(self, it: TreeSet) -> set[str]:
        return {it.namespace or _DEFAULT_NAMESPACE, *self._reach.namespaces}

    def _converted(self, sets: list[TreeSet], where: str) -> list[TreeSet]:
        converted = [it for it in sets if it.is_converted]
        self.asked.update(converted)
        if converted and len(converted) < len(sets):
            left = next(it for it in sets if not it.is_converted)
            raise ItemError(finding("kustomize-mixed", where, name=quoted(left.name)))
        return converted


def has_leader(sets: list[TreeSet], where: str) -> bool:
    """Whether the sets have a `leaderTemplate`. Raises ItemError where some have one and others
    have not, since a path in `workerTemplate` then goes to different places.
    """
    found = {it.has_leader for it in sets}
    if len(found) > 1:
        first, second = (
            next(it.name for it in sets if it.has_leader is has) for has in (True, False)
        )
        raise ItemError(
            finding("kustomize-leaders", where, name=quoted(first), other=quoted(second))
        )
    return found != {False}


def follow_selector(document: Document, parent: Mapping, name: str, where: str) -> None:
    """Makes the selector at a key select ModelServings. Raises ItemError where a part of it can't
    be rewritten, since it is a pattern for more than LeaderWorkerSets.
    """
    if changed(get(parent, name), f"{where}.{name}".removeprefix(".")):
        follow_kinds(document, document.own_mapping(parent, name), where)


def follow_kinds(document: Document, selector: Mapping, where: str) -> None:
    """The same for a selector itself."""
    for key, text in changed(selector, where).items():
        set_text(document, selector, key, text)


def changed(selector: Node | None, where: str) -> dict[str, str]:
    """The fields of a selector that change, as `followed` has them. Raises ItemError as
    `follow_selector` does.
    """
    new = followed(selector)
    for key, (old, wanted) in KINDS.items():
        text = text_at(selector, key)
        if not matches(new.get(key, text), wanted):
            found = {"allowed": quoted(old), "found": quoted(text or "")}
            raise ItemError(finding("kustomize-kind", f"{where}.{key}", text, **found))
    return new
