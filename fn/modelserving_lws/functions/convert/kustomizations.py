"""The kustomizations beside LeaderWorkerSets: what they say of a set that becomes a ModelServing
follows it, and what they name as a patch is no set.
"""

from __future__ import annotations

from ...kustomize.findings import finding
from ...kustomize.follow import follow
from ...kustomize.scope import Scope
from ...kustomize.sources import NAMES, Source, Sources, is_kustomization
from ...kustomize.trees import Trees, TreeSet
from ...lws.leaderworkerset import LEADER_TEMPLATE
from ...results.result import ERROR, Result
from ...yamltext.data import get

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...kustomize.trees import Reach
    from ...results.result import Reference
    from ...wire.items import Item
    from ...wire.resource_list import Files
    from ...yamltext.nodes import Node


class Kustomizations:
    """The kustomizations among the items, and those of the files of a call if it has files."""

    def __init__(self, items: list[Item], sets: list[Item], files: Files | None) -> None:
        """`items` are those of the kinds of kustomizations, `sets` the LeaderWorkerSets."""
        sources = Sources(files)
        found = [it for it in items if it.error is None and is_kustomization(it.node)]
        loose: list[str] = []
        for i, item in enumerate(found):
            path = item.reference.path
            if not path:
                # It is in no file, as the sets of the list are.
                path = f"{i}:/{NAMES[0]}"
                loose.append(path)
            if path not in sources:
                source = Source(path, item.document, [item.editable()], item.reference)
                sources.add(source)
        by_path: dict[str, list[Item]] = {}
        for item in sets:
            by_path.setdefault(item.reference.path, []).append(item)
        for path, there in by_path.items():
            if path and path not in sources:
                roots = [item.editable() for item in there if item.error is None]
                sources.add(Source(path, there[0].document, list(roots)))
        self.trees = Trees(sources)
        self._patches = self.trees.patches
        # The LeaderWorkerSets that are patches.
        self.parts: list[Item] = []
        self._reaches: dict[str, Reach] | None = None
        for path in loose:
            self.trees.all[path].files.append("")
        self._sets: dict[TreeSet, Item] = {}
        # The kustomizations that list a file, by its path.
        self._listing: dict[str, list[str]] = {}
        for path, it in self.trees.all.items():
            for file in it.files:
                self._listing.setdefault(file, []).append(path)

    def names_as_patch(self, item: Item) -> bool:
        """Whether a kustomization names the file that an item is in as a patch: it is no object
        then, and `follow` sees to it.
        """
        path = item.reference.path
        return bool(path) and path in self._patches

    def listing(self, item: Item) -> list[str]:
        """The kustomizations that list the file that an item is in."""
        return self._listing.get(item.reference.path, []) if item.reference.path else []

    def patches(self) -> Iterator[tuple[Node, Reference]]:
        """The files that are JSON 6902 patches."""
        for path in sorted(self._patches):
            source = self.trees.sources.get(path)
            if source is not None and source.sequence is not None:
                yield source.sequence, source.reference

    def add(self, item: Item, *, is_converted: bool) -> None:
        """Adds a LeaderWorkerSet that was to be converted."""
        reference = item.reference
        template = get(get(item.node, "spec"), "leaderWorkerTemplate")
        one = TreeSet(
            reference.path,
            reference.name,
            reference.namespace,
            has_leader=get(template, LEADER_TEMPLATE) is not None,
            is_converted=is_converted,
        )
        self._sets[one] = item

    def named_in_builds(self, name: str, path: str) -> set[bool]:
        """Whether sets are converted that have this name where a kustomization reaches both them
        and the file at a path: its prefix is in the name, say.
        """
        reaches = self._all_reaches()
        found = set()
        for user in self.trees.leading_to(path):
            prefix, suffix = self.trees.all[user].affixes
            for one, names in reaches[user].names.items():
                if any(f"{prefix}{it}{suffix}" == name for it in names):
                    found.add(one.is_converted)
        return found

    def _all_reaches(self) -> dict[str, Reach]:
        """What each kustomization works on, once all sets have been added."""
        if self._reaches is None:
            self._reaches = self.trees.reach(self._sets)
        return self._reaches

    def follow(
        self, *, is_dry: bool, accepted: frozenset[str]
    ) -> tuple[list[Result], list[tuple[Item, Result | None]]]:
        """Makes what the kustomizations say of converted sets follow them; with `is_dry`, edits
        nothing. Losses of these ids are accepted. Returns the results, and the sets that have some
        of them: with an error on the set where something does not follow it, else None.
        """
        reaches = self._all_reaches()
        followed = follow(self.trees, reaches, is_dry=is_dry, accepted=accepted)
        sets: list[tuple[Item, Result | None]] = []
        for one, found in followed.of.items():
            item = self._sets[one]
            errors = [result for result in found if result.severity == ERROR]
            sets.append((item, _held_by(errors).on(item.reference) if errors else None))
        scopes = {path: Scope(reach) for path, reach in reaches.items()}
        for item in self.parts:
            users = [it for it in self.trees.all.values() if item.reference.path in it.patches]
            if not any(scopes[it.path].patched(item.node) for it in users):
                followed.results.append(finding("set-is-patch", "").on(item.reference))
        return followed.results, sets


def _held_by(errors: list[Result]) -> Result:
    first = errors[0]
    place = f"{first.reference} {first.field}".rstrip() + first.file
    more = f" (and {len(errors) - 1} more)" if errors[1:] else ""
    result = Result("kustomize-holds", "metadata.name", place=place, more=more)
    result.causes = errors
    return result.advised()
