"""ConvertLeaderWorkerSet: turns LeaderWorkerSets into ModelServings that do the same job."""

from __future__ import annotations

from ...k8s.fields import wrong_choice
from ...k8s.objects import near, places
from ...k8s.scalers import SCALERS
from ...kthena import modelserving
from ...kthena.controller import parsed
from ...kthena.names import KIND as MODEL_SERVING
from ...kthena.subjects import BOTH
from ...kthena.validation import refusals
from ...kustomize.kinds import KINDS as KUSTOMIZATIONS
from ...lws.fields import path_in_set, paths_in_set
from ...lws.leaderworkerset import API_VERSION, KIND, LeaderWorkerSet
from ...results.errors import EditError, ItemError, raise_errors
from ...results.messages import LOSSES
from ...results.report import SetRow
from ...results.result import ERROR, WARNING, Result, count
from ...wire.items import attempt
from .amounts import amounts_of_serving, amounts_of_set
from .comments import left_out
from .losses import find
from .manifest import manifest
from .mentions import mentions
from .renaming import SERVICE, Renaming
from .scale_targets import ScaleTargets, follow, target_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...k8s.objects import ObjectKey
    from ...results.report import Amounts
    from ...wire.items import Item
    from ...wire.resource_list import ResourceList
    from ...yamltext.nodes import Mapping
    from .kustomizations import Kustomizations

# The kinds of items that the function reads.
KINDS = frozenset((KIND, MODEL_SERVING, *SCALERS, *KUSTOMIZATIONS))
# The messages on what LWS and kthena do with a converted set, by `docs/migrating-from-lws.md`.
_DELETE_FIRST, _WEBHOOK = "delete-first", "webhook"


def convert(
    resource_list: ResourceList,
    spec: dict[str, Any],
    *,
    with_policy: bool = False,
    behind: Callable[[str], list[Result]] | None = None,
    rows: list[SetRow] | None = None,
) -> list[Result]:
    """Puts ModelServings in the place of a list's LeaderWorkerSets; what scales these follows. A
    set with an error stays as it is. The results are the migration report: what a cluster does to
    every converted set, then what there is to say set by set. `with_policy`: the ModelServings are
    to be expanded `via: AdmissionPolicy`. `behind` says what comes behind the conversion finds in a
    ModelServing's manifest: a set stays as it is where that has an error. `rows` gets what becomes
    of each set.
    """
    run = _Run(resource_list, spec, with_policy, behind, rows)
    run.convert_sets([item for item in run.items if LeaderWorkerSet.is_kind_of(item)])
    for item in run.items:
        if item.kind in SCALERS and not run.is_patch(item):
            run.follow(item)
    run.follow_in_kustomizations()
    run.find_services()
    run.results += mentions(resource_list, has_sets=run.has_sets)
    return [*run.hazards(), *run.results, *run.summary()]


class _Run:
    """One run's settings, and what it has come to."""

    def __init__(
        self,
        resource_list: ResourceList,
        spec: dict[str, Any],
        with_policy: bool,
        behind: Callable[[str], list[Result]] | None,
        rows: list[SetRow] | None,
    ) -> None:
        self.items = resource_list.items(KINDS)
        self.results: list[Result] = []
        self._list = resource_list
        self._role: str = spec.get("roleName", "default")
        self._allow_lossy: bool = spec.get("allowLossy", False)
        self._with_policy = with_policy
        self._version: str = spec.get("kthena", BOTH)
        self._behind = behind
        self._rows = rows
        self._row_of: dict[int, SetRow] = {}
        self._named: dict[tuple[object, str, str], list[Item]] = {}
        # The amounts of the set that is being converted, before and after.
        self._amounts: list[Amounts] = []
        # Messages that are not told, and the losses among them, which are accepted.
        self._ignored = frozenset(spec.get("ignore", ()))
        self._accepted = LOSSES & self._ignored
        self._report_only: bool = spec.get("reportOnly", False)
        self._there: dict[ObjectKey, Item] = {}
        for item in self.items:
            if modelserving.ModelServing.is_kind_of(item):
                there = item.reference
                for key in places(there.name, there.namespace, item.origin):
                    self._there[key] = item
        self._targets = ScaleTargets()
        self._kustomizations: Kustomizations | None = None
        self._renaming = Renaming(spec.get("renameSuffix", ""))
        self._sets = self._converted = self._followed = 0

    def convert_sets(self, sets: list[Item]) -> None:
        """Puts ModelServings in the place of sets, and tells what breaks in the other items."""
        if sets:
            from .breakages import Breakages

            self._read_kustomizations(sets)
            trees = self._kustomizations
            if trees is not None:
                trees.parts = list(filter(trees.names_as_patch, sets))
                sets = [item for item in sets if not trees.names_as_patch(item)]
            breakages = Breakages(
                self._list,
                sets,
                with_policy=self._with_policy,
                allow_lossy=self._allow_lossy,
                accepted=self._accepted,
                patches=() if trees is None else trees.patches(),
            )
            for item in sets:
                for key in self._keys(item):
                    self._named.setdefault(key, []).append(item)
            for item in sets:
                self._convert_set(item, breakages.of(item))
            self.results += breakages.others

    def is_patch(self, item: Item) -> bool:
        """Whether a kustomization names the item as a patch."""
        return self._kustomizations is not None and self._kustomizations.names_as_patch(item)

    def _read_kustomizations(self, sets: list[Item]) -> None:
        files = self._list.files
        items = [item for item in self.items if item.kind in KUSTOMIZATIONS]
        if items or files is not None:
            from .kustomizations import Kustomizations

            self._kustomizations = Kustomizations(items, sets, files)

    def _convert_set(self, item: Item, broken: list[Result]) -> None:
        reference, start = item.reference, len(self.results)
        self._amounts = []

        def change(item: Item) -> list[Result]:
            return self._convert(item, broken)

        told = attempt(item, change, self.results)
        if told is not None:
            self.results += [result.on(reference) for result in told]
            self._renaming.add(item)
        if self._rows is not None:
            before, after = (*self._amounts, None, None)[:2]
            row = SetRow(reference, self.results[start:], before, after)
            self._rows.append(row)
            self._row_of[id(item)] = row
        self._targets.add(item, told is not None)
        if self._kustomizations is not None:
            self._kustomizations.add(item, is_converted=told is not None)
        self._sets += 1
        self._converted += told is not None

    def _convert(self, item: Item, broken: list[Result]) -> list[Result]:
        if item.api_version != API_VERSION:
            result = wrong_choice("apiVersion", item.api_version, (API_VERSION,))
            result.proposed = API_VERSION
            raise ItemError(result)
        if (other := self._same(item)) is not None:
            raise ItemError(Result("same-set", "metadata.name", other=other))
        lws = LeaderWorkerSet(item)
        found, is_readable = find(lws, item.document.text, self._allow_lossy)
        found += broken
        if any(result.id == "partial-set" for result in broken):
            is_readable = False  # no ModelServing comes of it
        found += self._renaming.refusal(item, self._kustomizations)
        text, root = "", None
        if is_readable:
            try:
                text = manifest(item.document, lws, self._role)
                text = self._renaming.renamed(text, item.reference.name)
                root = parsed(text)[1]
                told = {result.field.removesuffix(".fieldPath") for result in broken}
                found += [
                    result
                    for result in self._refusals(lws, text, root)
                    if result.id != "reads-not-carried" or result.field not in told
                ]
            except EditError as error:
                found.append(Result(error.id, **error.values))
        if is_readable and self._rows is not None:
            self._amounts.append(amounts_of_set(lws))
        for result in found:
            if result.id in self._accepted and result.severity == ERROR:
                result.severity = WARNING
        has_errors = any(result.severity == ERROR for result in found)
        name = item.reference.name + self._renaming.suffix
        # One that this function made of another set is no further error of this one.
        if not has_errors and near(self._there, name, item.reference.namespace, item.origin):
            found.append(Result("modelserving-there", "metadata.name", current=name))
            has_errors = True
        if has_errors:
            raise_errors(found)
        if root is not None and self._rows is not None:
            self._amounts.append(amounts_of_serving(root))
        if root is not None:
            found += left_out(item, text, root)
        if not self._report_only:
            self._list.replace(item, text)
        if lws.scheduler is None:
            path = f"{lws.templates[0][1]}.spec.schedulerName"
            found.append(Result("default-scheduler", path))
        return found

    def _keys(self, item: Item) -> list[tuple[object, str, str]]:
        """What a set has in common with those of which a cluster keeps one: the name, the
        namespace, and the text or a kustomization.
        """
        if item.api_version != API_VERSION:
            return []
        within: list[object] = [item.document]
        if self._kustomizations is not None:
            within += self._kustomizations.listing(item)
        return [(one, item.reference.name, item.reference.namespace) for one in within]

    def _same(self, item: Item) -> str | None:
        """Where another set stands of which a cluster keeps one."""
        for key in self._keys(item):
            for other in self._named[key]:
                if other.document is not item.document:
                    return other.reference.path
                if other is not item:
                    return item.document.place(other.node.start)
        return None

    def _refusals(self, lws: LeaderWorkerSet, text: str, root: Mapping) -> list[Result]:
        """What a cluster, and what is behind the conversion, refuse of the ModelServing, with the
        paths of the LeaderWorkerSet, without repeats.
        """
        results = refusals(root, self._version)
        has_errors = any(result.severity == ERROR for result in results)
        if not has_errors and self._behind is not None:
            results += self._behind(text)
        has_leader, found = lws.leader_template is not None, {}
        for result in results:
            result.field = path_in_set(result.field, has_leader=has_leader)
            result.message = paths_in_set(result.message, has_leader=has_leader)
            found[result.field, result.message] = result
        return list(found.values())

    @property
    def has_sets(self) -> bool:
        """Whether the list has sets."""
        return self._sets > 0

    def follow(self, item: Item) -> None:
        """Makes what scales a set that was converted scale its ModelServing."""
        follows = attempt(item, self._follow, self.results)
        self._followed += follows or False

    def _follow(self, item: Item) -> bool:
        follows = self._targets.follows(item, self._named_in_builds)
        if follows and self._renaming.suffix:
            path = f"{SCALERS[item.kind].path}.name"
            self.results += self._renaming.stays(item, path, target_of(item))
            return False
        if follows and not self._report_only:
            follow(item)
        return follows

    def _named_in_builds(self, name: str, path: str) -> set[bool]:
        trees = self._kustomizations
        return set() if trees is None else trees.named_in_builds(name, path)

    def hazards(self) -> list[Result]:
        """What takes pods down where LWS is installed, whatever the sets have in them."""
        if not self._converted:
            return []
        names = (_WEBHOOK,) if self._renaming.suffix else (_DELETE_FIRST, _WEBHOOK)
        return [Result(name).advised() for name in names]

    def follow_in_kustomizations(self) -> None:
        """Makes what kustomizations say of converted sets follow them."""
        if self._kustomizations is None:
            return
        accepted = LOSSES if self._allow_lossy else self._accepted
        results, sets = self._kustomizations.follow(is_dry=self._report_only, accepted=accepted)
        self.results += results
        for item, error in sets:
            row = self._row_of.get(id(item))
            if error is None:
                if row is not None:
                    row.is_accepted = True
                continue
            self.results.append(error)
            self._converted -= self._report_only
            if row is not None:
                row.results.append(error)
                row.after = None

    def find_services(self) -> None:
        """Names the Services that go on selecting the pods of sets."""
        if self._renaming.suffix:
            self.results += self._renaming.services(self._list.items(frozenset((SERVICE,))))

    def summary(self) -> list[Result]:
        """What was done, or would be, where there is something to tell."""
        if not self._sets or not (self._converted or self._report_only):
            return []
        if self._report_only:
            told = [*self.hazards(), *self.results]
            severities = [it.severity for it in told if it.id not in self._ignored]
            result = Result(
                "convertible",
                converted=self._converted,
                sets=count(self._sets, KIND),
                errors=count(severities.count(ERROR), "error"),
                warnings=count(severities.count(WARNING), "warning"),
            )
        else:
            sets, servings = count(self._converted, KIND), count(self._converted, MODEL_SERVING)
            result = Result("converted", sets=sets, servings=servings)
        if self._followed:
            follow = "would follow" if self._report_only else "followed"
            result.message += f"; {count(self._followed, 'autoscaler')} {follow}"
        return [result]
