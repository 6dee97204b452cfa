"""The kustomizations beside LeaderWorkerSets: what they say of a set that becomes a ModelServing
follows it, and what they name as a patch is no set.
"""

from __future__ import annotations

from ...kustomize.follow import follow
from ...kustomize.patches import DELETE
from ...kustomize.sources import NAMES, Source, Sources, is_kustomization
from ...kustomize.trees import Trees, TreeSet
from ...lws.leaderworkerset import LEADER_TEMPLATE
from ...yamltext.data import get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...results.result import Result
    from ...wire.items import Item
    from ...wire.resource_list import Files


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
        for path in loose:
            self.trees.all[path].files.append("")
        self._sets: list[TreeSet] = []

    def names_as_patch(self, item: Item) -> bool:
        """Whether a kustomization names the file that an item is in as a patch."""
        path = item.reference.path
        return bool(path) and path in self.trees.patches

    def deletes(self, item: Item) -> bool:
        """Whether an item is a patch that deletes a set; `follow` sees to it."""
        return self.names_as_patch(item) and text_at(item.node, "$patch") == DELETE

    def add(self, item: Item, *, is_converted: bool) -> None:
        """Adds a LeaderWorkerSet that was to be converted."""
        reference = item.reference
        template = get(get(item.node, "spec"), "leaderWorkerTemplate")
        self._sets.append(
            TreeSet(
                reference.path,
                reference.name,
                reference.namespace,
                has_leader=get(template, LEADER_TEMPLATE) is not None,
                is_converted=is_converted,
            )
        )

    def follow(self, *, is_dry: bool) -> list[Result]:
        """Makes what the kustomizations say of converted sets follow them; with `is_dry`, edits
        nothing.
        """
        return follow(self.trees, self._sets, is_dry=is_dry)
