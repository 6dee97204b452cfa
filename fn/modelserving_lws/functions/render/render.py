"""RenderModelServing: adds the Pods and headless Services that kthena's controller makes of the
ModelServings.
"""

from __future__ import annotations

from ...k8s.fields import noted
from ...k8s.objects import near, places
from ...kthena.controller import PodContext, pod, service, updated
from ...kthena.modelserving import ENTRY_TEMPLATE, LWS_PLUGIN, WORKER_TEMPLATE, ModelServing
from ...kthena.names import KIND, group_name, pod_name, role_id
from ...kthena.plugins import Chain, owning_set
from ...kthena.pod import owner_of
from ...kthena.subjects import BOTH
from ...kthena.validation import refusals, unknown_roles
from ...results.errors import ItemError, raise_errors
from ...results.result import Result, count
from ...wire.items import FILE_ANNOTATIONS, PACKAGE_PATH, attempt
from ...yamltext.data import get, text_at
from .placeholders import Pattern, Placeholders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from ...k8s.objects import ObjectKey
    from ...kthena.modelserving import Role
    from ...results.result import Data
    from ...wire.items import Item
    from ...wire.resource_list import ResourceList
    from ...yamltext.nodes import Mapping

MAX_PODS = 100_000
MAX_CHARACTERS = 500_000_000
_POD, _SERVICE = "Pod", "Service"
_KINDS = frozenset((KIND, _POD, _SERVICE))


def render(resource_list: ResourceList, spec: dict[str, Any]) -> list[Result]:
    """Adds the items after each ModelServing of a list. One that a cluster would refuse renders
    nothing; the results name all errors and count what was rendered. An earlier run's output is
    replaced; other Pods and Services of the same names stay as they are.
    """
    results: list[Result] = []
    run = _Run(resource_list, spec)
    for item in run.servings:
        rendering = attempt(item, run.render, results)
        if rendering is not None:
            results += rendering.warnings
            run.add(rendering)
    resource_list.remove(run.gone)
    return results + run.results()


class _Run:
    """What the list has, and what is added to it; `gone` are the items to remove."""

    def __init__(self, resource_list: ResourceList, spec: dict[str, Any]) -> None:
        self._list = resource_list
        self._keeps: bool = spec.get("keepModelServing", True)
        self._version: str = spec.get("kthena", BOTH)
        self._has_services: bool = spec.get("services", True)
        self.servings: list[Item] = []
        self.gone: list[Item] = []
        # The first two items of each kind and key.
        self._present: dict[str, dict[ObjectKey, list[Item]]] = {kind: {} for kind in _KINDS}
        # An earlier run's output, by the key of its ModelServing.
        self._earlier: dict[ObjectKey, list[Item]] = {}
        for item in resource_list.items(_KINDS):
            owner = None
            if ModelServing.is_kind_of(item):
                self.servings.append(item)
            elif item.api_version != "v1":
                continue
            else:
                owner = _owner_without_uid(item)
            reference = item.reference
            if owner is not None:
                for key in places(owner, reference.namespace, item.origin):
                    self._earlier.setdefault(key, []).append(item)
                continue
            for key in places(reference.name, reference.namespace, item.origin):
                found = self._present[item.kind].setdefault(key, [])
                if len(found) < 2:
                    found.append(item)
        self._placeholders = Placeholders({item.document: None for item in self.servings})
        # How many items each file has got.
        self._files: dict[str, int] = {}
        self._counts = {_POD: 0, _SERVICE: 0}
        self._rendered = self._skipped = self._pods = self._length = 0

    def render(self, item: Item) -> _Rendering:
        """Puts the items of a ModelServing into the list. Raises ItemError with all errors."""
        serving = ModelServing(item)
        errors = refusals(item.node, self._version)
        others = [it for it in self._named(KIND, serving.name, item) if it is not item]
        errors += [Result("same-modelserving", found=other.reference) for other in others[:1]]
        chain = Chain(serving)
        warnings = raise_errors(errors + chain.errors)
        rendering = _Rendering(self._list, serving, chain, self._placeholders)
        rendering.warnings += [warning.on(item.reference) for warning in warnings]
        number = self._pods + rendering.pods
        if number > MAX_PODS:
            raise ItemError(Result("too-many-pods", limit=MAX_PODS, found=number))
        rendering.make_patterns(self._has_services)
        if self._length + rendering.length > MAX_CHARACTERS:
            raise ItemError(Result("too-large-pods", limit=MAX_CHARACTERS))
        number = self._files.get(rendering.file, 0)
        for kind, name, pattern, numbers in rendering.made():
            if self._named(kind, name, item):
                rendering.skipped += 1
            else:
                rendering.counts[kind] += 1
                rendering.texts.append(pattern.filled(*numbers, number))
            number += 1
        rendering.end = number
        if rendering.texts and self._keeps:
            rendering.place.put(rendering.texts)
        elif rendering.texts:
            rendering.place.put_instead(rendering.texts)
        return rendering

    def _named(self, kind: str, name: str, serving: Item) -> list[Item]:
        """The items of this name that may stand for what a ModelServing makes, two of each
        namespace at most.
        """
        namespace = serving.reference.namespace
        found = near(self._present[kind], name, namespace, serving.origin)
        return [item for items in found for item in items]

    def add(self, rendering: _Rendering) -> None:
        """Counts what a ModelServing came to."""
        serving = rendering.serving
        for items in near(self._earlier, serving.name, serving.namespace, serving.item.origin):
            self.gone += items
        self._files[rendering.file] = rendering.end
        self._skipped += rendering.skipped
        self._pods += rendering.pods
        self._length += rendering.length
        for kind, number in rendering.counts.items():
            self._counts[kind] += number
        if rendering.texts or not self._keeps:
            self._rendered += 1
        if not rendering.texts and not self._keeps:
            self.gone.append(serving.item)

    def results(self) -> list[Result]:
        """The count, where there is something to count."""
        if not self._rendered:
            return []
        result = Result(
            "rendered",
            pods=count(self._counts[_POD], _POD),
            services=count(self._counts[_SERVICE], _SERVICE),
            servings=count(self._rendered, KIND),
        )
        if self._skipped:
            same = f"{count(self._skipped, 'item')} of the same names stay as they are"
            result.message += f"; {same}"
        return [result]


class _RolePatterns:
    """The patterns of a role: of the entry pod, of the first worker and of the others, as far as
    they differ, and of the Service, if there is one.
    """

    __slots__ = ("_pods", "role", "service")

    def __init__(self, role: Role, pods: list[Pattern], service: Pattern | None) -> None:
        self.role = role
        self.service = service
        self._pods = pods

    def pod(self, index: int) -> Pattern:
        return self._pods[min(index, len(self._pods) - 1)]

    @property
    def length(self) -> int:
        """About how many characters all replicas in a ServingGroup have."""
        length = 0 if self.service is None else self.service.length(0)
        length += sum(self.pod(index).length(index) for index in range(self.role.group_size))
        return length * self.role.replicas


class _Rendering:
    """What one ModelServing becomes: `texts` for a `place` in the list and a `file`."""

    def __init__(
        self,
        resource_list: ResourceList,
        serving: ModelServing,
        chain: Chain,
        placeholders: Placeholders,
    ) -> None:
        self.serving = serving
        self.place = resource_list.place(serving.item)
        self.texts: list[str] = []
        self.counts = {_POD: 0, _SERVICE: 0}
        self.skipped = self.end = 0
        unknown = unknown_roles(serving.item.node).values()
        found = [it for results in unknown for it in results]
        found += [Result("not-on-stock", it.path) for it in serving.plugins((LWS_PLUGIN,))[:1]]
        self.warnings = [it.on(serving.item.reference) for it in found]
        self._document = serving.item.document
        self._chain = chain
        self._placeholders = placeholders
        groups = serving.replicas()
        self._roles = [role for role in serving.roles() if role.replicas and groups]
        self._patterns: list[_RolePatterns] = []
        # How many pods, and about how many characters.
        self.pods = groups * sum(role.replicas * role.group_size for role in self._roles)
        self.length = 0
        self._annotations = _file(serving, placeholders.file_index)
        self.file = " ".join(map(str, self._annotations.values()))

    def make_patterns(self, has_services: bool) -> None:
        for role in self._roles:
            context = self._context(role, self._placeholders.index)
            pods = [self._pod(self._context(role, "0"), ENTRY_TEMPLATE)]
            if role.workers:
                pods.append(self._pod(context, WORKER_TEMPLATE))
            if role.workers > 1 and (leftover := self._chain.leftover(context)):
                pods.append(self._pod(context, WORKER_TEMPLATE, leftover))
            headless = None
            if has_services and role.template(WORKER_TEMPLATE) is not None:
                headless = self._pattern(service(context))
            self._patterns.append(_RolePatterns(role, pods, headless))
        self.length = self.serving.replicas() * sum(it.length for it in self._patterns)

    def made(self) -> Iterator[tuple[str, str, Pattern, tuple[int, int, int]]]:
        """The kinds, names, patterns and numbers of the Pods and Services, by ServingGroup, role,
        replica and index; a Service follows the pods of its replica.
        """
        for ordinal in range(self.serving.replicas() if self._patterns else 0):
            group = group_name(self.serving.name, ordinal)
            for patterns in self._patterns:
                for replica in range(patterns.role.replicas):
                    id_ = role_id(patterns.role.name, replica)
                    for index in range(patterns.role.group_size):
                        name, numbers = pod_name(group, id_, index), (ordinal, replica, index)
                        yield _POD, name, patterns.pod(index), numbers
                    if patterns.service is not None:
                        name = pod_name(group, id_, 0)
                        yield _SERVICE, name, patterns.service, (ordinal, replica, 0)

    def _context(self, role: Role, index: str) -> PodContext:
        numbers = self._placeholders.ordinal, self._placeholders.replica, index
        return PodContext(self._document, self.serving, role, numbers)

    def _pod(self, context: PodContext, template: str, leftover: Sequence[Mapping] = ()) -> Pattern:
        node = context.role.template(template)
        if node is None:
            raise AssertionError("validation must refuse it")
        manifest = pod(context, node, [{"name": self._placeholders.leftover}] if leftover else [])
        return self._pattern(self._chain.applied(manifest, context), leftover)

    def _pattern(self, manifest: str, leftover: Sequence[Mapping] = ()) -> Pattern:
        if self._annotations:
            manifest = updated(manifest, {"metadata": {"annotations": self._annotations}})
        sets = [name for name in (self.serving.name, owning_set(self.serving)) if name]
        return Pattern(manifest, self.place, self._placeholders, sets, [*leftover])


def _owner_without_uid(item: Item) -> str | None:
    """The ModelServing that owns an item by an entry without `uid`. No cluster has one like it, so
    that this function must have written it.
    """

    def read() -> str | None:
        owner = owner_of(get(item.node, "metadata"))
        return text_at(owner, "name") if get(owner, "uid") is None else None

    return noted([], item.read, read)


def _file(serving: ModelServing, index: str) -> dict[str, Data]:
    """The annotations for a file next to the ModelServing's; none where that has no file. kpt
    writes the items of one path to one file, in the order of their indexes.
    """
    annotations = get(get(serving.item.node, "metadata"), "annotations")
    file: dict[str, Data] = {}
    for prefix in FILE_ANNOTATIONS:
        if path := text_at(annotations, f"{prefix}path"):
            folder, slash, _ = path.rpartition("/")
            file[f"{prefix}path"] = f"{folder}{slash}{serving.name}-rendered.yaml"
            file[f"{prefix}index"] = index
    if file and (package := text_at(annotations, PACKAGE_PATH)):
        file[PACKAGE_PATH] = package
    return file
