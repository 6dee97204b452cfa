"""RenderModelServing: adds the Pods and headless Services that kthena's controller makes of the
ModelServings.
"""

from __future__ import annotations

from ...k8s.objects import fitting, places
from ...kthena.controller import Names, parsed, pod, service
from ...kthena.modelserving import GROUPS, KIND, ModelServing
from ...kthena.plugins import Chain
from ...kthena.validation import TEMPLATES, refusals
from ...results.errors import ItemError
from ...results.result import Result, count
from ...wire.items import FILE_ANNOTATIONS, PACKAGE_PATH
from ...yamltext.access import entries_of, get, text_at
from ..common import attempt
from .placeholders import Gaps, Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...k8s.objects import Place
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
    """Adds the items behind each ModelServing of a list. One that a cluster would refuse renders
    nothing; the results name all that is wrong, and count what was done. What an earlier run added
    is made anew; another Pod or Service of a name stays as it is.
    """
    results: list[Result] = []
    run = _Run(resource_list, spec)
    for item in run.servings:
        rendering = attempt(item, resource_list.document, run.render, results)
        if rendering is not None:
            run.add(rendering)
        item.forget()
    resource_list.remove(run.gone)
    return results + run.results()


class _Run:
    """What the list has, and what is added to it; `gone` are the items that leave it and have
    nothing in their place.
    """

    def __init__(self, resource_list: ResourceList, spec: dict[str, Any]) -> None:
        self._list = resource_list
        self._keeps: bool = spec.get("keepModelServing", True)
        self._has_services: bool = spec.get("services", True)
        self.servings: list[Item] = []
        self.gone: list[Item] = []
        # By kind, name and namespace, the first two; and by the ModelServing's name and the
        # namespace, what an earlier run rendered.
        self._present: dict[tuple[str, Place], list[Item]] = {}
        self._earlier: dict[Place, list[Item]] = {}
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
                for place in places(owner, reference.namespace):
                    self._earlier.setdefault(place, []).append(item)
                continue
            for place in places(reference.name, reference.namespace):
                found = self._present.setdefault((item.kind, place), [])
                if len(found) < 2:
                    found.append(item)
        self._gaps = Gaps(resource_list.document.source if self.servings else "")
        # How many items each file has got.
        self._files: dict[str, int] = {}
        self._counts = {_POD: 0, _SERVICE: 0}
        self._rendered = self._skipped = self._pods = self._length = 0

    def render(self, item: Item) -> _Rendering:
        """Puts the items of a ModelServing into the list. Raises ItemError for
        what is wrong with it.
        """
        serving = ModelServing(item)
        errors = refusals(serving)
        for other in self._named(KIND, serving.name, serving.namespace):
            if other is not item:
                errors.append(Result("same-modelserving", found=other.reference))
                break
        chain = None
        try:
            chain = Chain(serving, self._list.document)
        except ItemError as error:
            errors += error.results
        if errors or chain is None:
            raise ItemError(*errors)
        rendering = _Rendering(self._list, serving, chain, self._gaps)
        number = self._pods + rendering.pods
        if number > MAX_PODS:
            raise ItemError(Result("too-many-pods", limit=MAX_PODS, found=number))
        rendering.make_shapes(self._has_services)
        if self._length + rendering.length > MAX_CHARACTERS:
            raise ItemError(Result("too-large-pods", limit=MAX_CHARACTERS))
        number = self._files.get(rendering.file, 0)
        for part in rendering.parts():
            if self._named(part.kind, part.name, serving.namespace):
                rendering.skipped += 1
            else:
                rendering.add(part, number)
            number += 1
        rendering.end = number
        if rendering.texts and self._keeps:
            rendering.place.put(rendering.texts)
        elif rendering.texts:
            rendering.place.put_instead(rendering.texts)
        return rendering

    def _named(self, kind: str, name: str, namespace: str) -> list[Item]:
        """What is in the list by this name, two of each namespace at most."""
        keys = [(kind, place) for place in fitting(name, namespace)]
        return [item for key in keys for item in self._present.get(key, ())]

    def add(self, rendering: _Rendering) -> None:
        """Counts what a ModelServing came to."""
        serving = rendering.serving
        for place in fitting(serving.name, serving.namespace):
            self.gone += self._earlier.get(place, ())
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


class _Part:
    """A Pod or Service to be: its shape, and its numbers."""

    __slots__ = ("index", "kind", "name", "ordinal", "replica", "shape")

    def __init__(
        self, kind: str, name: str, shape: Shape, ordinal: str, replica: str, index: int
    ) -> None:
        self.kind = kind
        self.name = name
        self.shape = shape
        self.ordinal = ordinal
        self.replica = replica
        self.index = index


class _RoleShapes:
    """What a role's replicas are made of: the shapes of an entry pod, of the first worker and of
    the others, as far as they differ, and of the Service, if there is one.
    """

    __slots__ = ("_pods", "role", "service")

    def __init__(self, role: Role, pods: list[Shape], service: Shape | None) -> None:
        self.role = role
        self.service = service
        self._pods = pods

    def pod(self, index: int) -> Shape:
        return self._pods[min(index, len(self._pods) - 1)]

    @property
    def length(self) -> int:
        """About how many characters all replicas in a ServingGroup have."""
        length = 0 if self.service is None else self.service.length(0)
        length += sum(self.pod(index).length(index) for index in range(self.role.workers + 1))
        return length * self.role.replicas


class _Rendering:
    """What one ModelServing comes to: `texts`, at a `place`; `file` tells apart the files that it
    may stand in.
    """

    def __init__(
        self, resource_list: ResourceList, serving: ModelServing, chain: Chain, gaps: Gaps
    ) -> None:
        self.serving = serving
        self.place = resource_list.place(serving.item)
        self.texts: list[str] = []
        self.counts = {_POD: 0, _SERVICE: 0}
        self.skipped = self.end = 0
        self._document = resource_list.document
        self._chain = chain
        self._gaps = gaps
        groups = serving.replicas()
        self._roles = [role for role in serving.roles() if role.replicas and groups]
        self._shapes: list[_RoleShapes] = []
        # How many pods, and about how many characters.
        self.pods = groups * sum(role.replicas * (role.workers + 1) for role in self._roles)
        self.length = 0
        self._annotations = _file(serving, gaps.place)
        self.file = " ".join(map(str, self._annotations.values()))

    def make_shapes(self, has_services: bool) -> None:
        """Makes what all parts are made of."""
        for role in self._roles:
            pods = [self._pod(role, TEMPLATES[0], "0", False)]
            if role.workers:
                pods.append(self._pod(role, TEMPLATES[1], self._gaps.index, False))
            if role.workers > 1 and self._chain.left_behind(self._names(role)):
                pods.append(self._pod(role, TEMPLATES[1], self._gaps.index, True))
            headless = None
            if has_services and role.template(TEMPLATES[1]) is not None:
                headless = self._shape(service(self._names(role)), [])
            self._shapes.append(_RoleShapes(role, pods, headless))
        self.length = self.serving.replicas() * sum(shapes.length for shapes in self._shapes)

    def parts(self) -> Iterator[_Part]:
        """The Pods and Services, by ServingGroup, role, replica and index; a Service follows the
        pods of its replica.
        """
        name = self.serving.name
        for ordinal in map(str, range(self.serving.replicas() if self._shapes else 0)):
            for shapes in self._shapes:
                role = shapes.role
                for replica in map(str, range(role.replicas)):
                    base = f"{name}-{ordinal}-{role.name}-{replica}-"
                    for index in range(role.workers + 1):
                        shape = shapes.pod(index)
                        yield _Part(_POD, f"{base}{index}", shape, ordinal, replica, index)
                    if shapes.service is not None:
                        yield _Part(_SERVICE, f"{base}0", shapes.service, ordinal, replica, 0)

    def add(self, part: _Part, number: int) -> None:
        """Makes the text of a part, that has this number in its file."""
        self.counts[part.kind] += 1
        self.texts.append(part.shape.filled(part.ordinal, part.replica, part.index, number))

    def _names(self, role: Role, index: str = "") -> Names:
        gaps = self._gaps
        return Names(self.serving, role, gaps.ordinal, gaps.replica, index or gaps.index)

    def _pod(self, role: Role, template: str, index: str, has_more: bool) -> Shape:
        names = self._names(role, index)
        node = role.template(template)
        if node is None:
            raise AssertionError("admission must refuse it")
        more = self._chain.left_behind(names) if has_more else []
        manifest = pod(self._document, names, node, [{"name": self._gaps.more}] if has_more else [])
        return self._shape(self._chain.applied(manifest, names), more)

    def _shape(self, manifest: str, more: list[Mapping]) -> Shape:
        if self._annotations:
            document, root = parsed(manifest)
            document.update(root, {"metadata": {"annotations": self._annotations}})
            manifest = document.output.decode()
        sets = [self.serving.name, self._chain.owner]
        return Shape(manifest, self.place, self._gaps, [name for name in sets if name], more)


def _owner_without_uid(item: Item) -> str | None:
    """The ModelServing that owns an item, by an entry without `uid`: no cluster has such, so that
    this function made it.
    """
    try:
        return item.read(lambda: _owner(item))
    except ItemError:
        return None  # whatever it is, it stays


def _owner(item: Item) -> str | None:
    for owner in entries_of(get(get(item.node, "metadata"), "ownerReferences")):
        group = (text_at(owner, "apiVersion") or "").rpartition("/")[0]
        if text_at(owner, "kind") == KIND and group in GROUPS and get(owner, "uid") is None:
            return text_at(owner, "name")
    return None


def _file(serving: ModelServing, index: str) -> dict[str, Data]:
    """The annotations of an item that stands in a file next to the ModelServing's, if files are
    known. kpt writes items of one path to one file, in the order of their indexes.
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
