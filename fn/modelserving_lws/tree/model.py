"""What a list of items comes to: ModelServings, their ServingGroups, role replicas and pods, and
the Services with the pods that they select.

The pods are those in the list: RenderModelServing puts them there, or `kubectl get` does.
"""

from __future__ import annotations

from ..k8s.containers import read_containers
from ..k8s.environment import environment
from ..k8s.fields import is_digits
from ..k8s.objects import near, places
from ..k8s.resources import extended_resources
from ..kthena import names
from ..kthena.modelserving import ModelServing
from ..kthena.pod import Pod as PodProvenance
from ..results.errors import ItemError, ShapeError
from ..results.result import Result
from ..yamltext.data import entries_of, get, text_at
from ..yamltext.nodes import Mapping, Scalar, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..k8s.objects import ObjectKey
    from ..wire.items import Item
    from ..wire.origin import Origin
    from ..yamltext.nodes import Node

KINDS = frozenset((names.KIND, "Pod", "Service"))


class Pod:
    """A pod. `index` is its worker index, None where its name has none; `resources` are the amounts
    of its extended resources, as `extended_resources` has them. `serving`, `group` and `role_id`
    name its ModelServing, ServingGroup and role replica; empty for a pod that comes from none.
    """

    def __init__(self, item: Item) -> None:
        """Raises ItemError or ShapeError for a pod of another shape."""
        self._node = item.node
        self.origin = item.origin
        provenance = PodProvenance(item.node)
        self.name = provenance.name
        self.namespace = provenance.namespace
        self.index = names.index_in(self.name)
        self.is_entry = provenance.is_entry
        self.serving = provenance.model_serving or ""
        group = provenance.serving_group(self.serving) if self.serving else None
        self.group = "" if group is None else group.name
        self.role_id = provenance.role_id(self.group) or ""
        self.labels = _texts(get(get(item.node, "metadata"), "labels"))
        self.containers = read_containers(item.node, "")
        self.images = [
            (text_at(it.node, "image") or "", it.field == "initContainers")
            for it in self.containers
        ]
        self.resources = extended_resources(self.containers)

    def environments(self) -> Iterator[tuple[str, dict[str, str | None]]]:
        """The names of its containers, and the environments that a kubelet gives them."""
        for container in self.containers:
            yield text_at(container.node, "name") or "", environment(container, self._node)

    def port(self, target: str) -> str | None:
        """The number of a port that a Service targets by number or name; None where no container
        has a port of this name.
        """
        if is_digits(target):
            return target
        for container in self.containers:
            for port in entries_of(get(container.node, "ports")):
                if text_at(port, "name") == target:
                    return text_at(port, "containerPort")
        return None


class Service:
    """A Service. `pods` are those that it selects; `selector` is None where it has none, so that
    somebody else sees to its endpoints. `ports` are numbers and what they target.
    """

    def __init__(self, item: Item) -> None:
        spec = get(item.node, "spec")
        reference = item.reference
        self.name = reference.name
        self.namespace = reference.namespace
        self.origin = item.origin
        self.is_headless = text_at(spec, "clusterIP") == "None"
        self.external_name = text_at(spec, "externalName")
        is_external = text_at(spec, "type") == "ExternalName"
        selector = _texts(get(spec, "selector"))
        self.selector = selector if selector and not is_external else None
        self.ports: list[tuple[str, str]] = []
        for port in entries_of(get(spec, "ports")):
            number = text_at(port, "port") or ""
            self.ports.append((number, text_at(port, "targetPort") or number))
        self.pods: list[Pod] = []

    def endpoint(self, pod: Pod) -> str:
        """A pod and its ports that the Service leads to: `chat-0-main-0-0:8080,9090`. A port that
        the pod has not is no endpoint: `chat-0-main-0-0 (no port "http")`.
        """
        ports = {target: pod.port(target) for _, target in self.ports}
        there = ",".join(port for port in ports.values() if port is not None)
        missing = ", ".join(f'no port "{target}"' for target in ports if ports[target] is None)
        return pod.name + (there and f":{there}") + (missing and f" ({missing})")


class Replica:
    """A replica of a role in a ServingGroup: its role id, such as `main-0`; its pods; the address
    of the entry pod, None where the list has no Service of that name, which it takes to resolve.
    """

    def __init__(self, id_: str) -> None:
        self.id = id_
        self.address: str | None = None
        self.pods: list[Pod] = []


class Group:
    """A ServingGroup."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.replicas: dict[str, Replica] = {}


class Serving:
    """A ModelServing: one of the items, or one that pods name. `origin` is that of the item."""

    def __init__(self, name: str, namespace: str, origin: Origin | None = None) -> None:
        self.name = name
        self.namespace = namespace
        self.origin = origin
        self.groups: dict[str, Group] = {}

    def pods(self) -> Iterator[Pod]:
        for group in self.groups.values():
            for replica in group.replicas.values():
                yield from replica.pods


class Tree:
    """`servings` are the ModelServings; `others` the pods that come from none. `services` are all
    but those that say no more than an `address`. `results` name the items that can't be read.

    Of several files, the pods of a ModelServing and those that a Service selects are those in the
    nearest scope (`wire/origin.py`).
    """

    def __init__(self, items: Iterable[Item]) -> None:
        """`items` may have others than those of KINDS among them."""
        self.results: list[Result] = []
        self.servings: list[Serving] = []
        self.others: list[Pod] = []
        self.services: list[Service] = []
        # By their keys, as `k8s/objects` has them; pods by a label and a scope.
        self._servings: dict[ObjectKey, Serving] = {}
        self._services: dict[ObjectKey, Service] = {}
        self._pods: dict[tuple[str, str, str | None], list[Pod]] = {}
        waiting: list[Pod] = []
        for item in items:
            self._read(item, waiting)
        for pod in waiting:
            self._add_pod(pod)
        for service in self.services:
            service.pods = self._selected(service)
        told = {id(it) for serving in self.servings for it in self._addresses(serving)}
        self.services = [it for it in self.services if id(it) not in told]

    def _read(self, item: Item, pods: list[Pod]) -> None:
        try:
            item.read(lambda: self._add(item, pods))
        except ItemError as error:
            self.results += [result.on(item.reference) for result in error.results]
        except ShapeError as error:
            self.results.append(Result(error.id, **error.values).on(item.reference))

    def _add(self, item: Item, pods: list[Pod]) -> None:
        if ModelServing.is_kind_of(item):
            self._add_serving(item.reference.name, item.reference.namespace, item.origin)
        elif item.api_version == "v1" and item.kind == "Service":
            service = Service(item)
            self.services.append(service)
            for key in places(service.name, service.namespace, service.origin):
                self._services.setdefault(key, service)
        elif item.api_version == "v1" and item.kind == "Pod":
            pods.append(Pod(item))

    def _add_serving(self, name: str, namespace: str, origin: Origin | None) -> Serving:
        serving = Serving(name, namespace, origin)
        self.servings.append(serving)
        for key in places(name, namespace, origin):
            self._servings.setdefault(key, serving)
        return serving

    def _add_pod(self, pod: Pod) -> None:
        if pod.serving and pod.group:
            found = near(self._servings, pod.serving, pod.namespace, pod.origin)
            serving = found[0] if found else None
            if serving is None:
                serving = self._add_serving(pod.serving, pod.namespace, pod.origin)
            group = serving.groups.setdefault(pod.group, Group(pod.group))
            replica = group.replicas.setdefault(pod.role_id, Replica(pod.role_id))
            replica.pods.append(pod)
        else:
            self.others.append(pod)
        for scope in (None,) if pod.origin is None else pod.origin.stored:
            for key, value in pod.labels.items():
                self._pods.setdefault((key, value, scope), []).append(pod)

    def _selected(self, service: Service) -> list[Pod]:
        """The pods that a Service selects, looked for among those with the rarest of its labels."""
        if service.selector is None:
            return []
        wanted = service.selector.items()
        for scope in (None,) if service.origin is None else service.origin.searched:
            fewest = min((self._pods.get((*label, scope), []) for label in wanted), key=len)
            found = [
                pod
                for pod in fewest
                if wanted <= pod.labels.items()
                and (pod.namespace or service.namespace) == (service.namespace or pod.namespace)
            ]
            if found:
                return found
        return []

    def _addresses(self, serving: Serving) -> Iterator[Service]:
        """Gives the replicas their addresses; yields the headless Services that select just the
        entry pod whose address they are.
        """
        for group in serving.groups.values():
            for replica in group.replicas.values():
                name = names.pod_name(group.name, replica.id, 0)
                services = near(self._services, name, serving.namespace, serving.origin)
                if not services:
                    continue
                service = services[0]
                replica.address = names.address(name, serving.namespace)
                entries = [pod for pod in replica.pods if pod.name == name]
                says_no_more = service.is_headless and not service.ports
                if says_no_more and entries and service.pods == entries:
                    yield service


def _texts(node: Node | None) -> dict[str, str]:
    """The texts in a mapping of labels. Raises ShapeError as `fields` does."""
    if not isinstance(node, Mapping):
        return {}
    if (texts := node.texts()) is not None:
        return texts
    found = {}
    for name, (_, value) in node.fields().items():
        text = resolve(value)
        if isinstance(text, Scalar):
            found[name] = "" if text.is_null else text.value
    return found
