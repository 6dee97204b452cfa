"""What a list of items comes to: ModelServings, their ServingGroups, role replicas and pods, and
the Services with the pods that they select.

The pods are those in the list: RenderModelServing puts them there, or `kubectl get` does.
"""

from __future__ import annotations

from ..k8s.containers import read_containers
from ..k8s.environment import environment
from ..k8s.fields import is_digits
from ..k8s.resources import extended_resources
from ..kthena import names, pod
from ..kthena.modelserving import ModelServing
from ..results.errors import ItemError, ShapeError
from ..results.result import Result
from ..yamltext.access import entries_of, get, text_at
from ..yamltext.nodes import Mapping, Scalar, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..wire.items import Item
    from ..yamltext.nodes import Node

KINDS = frozenset((names.KIND, "Pod", "Service"))


class Pod:
    """A pod. `index` is its worker index, None where its name has none; `resources` are the amounts
    of its extended resources, as `extended_resources` has them.
    """

    def __init__(self, item: Item) -> None:
        """Raises ItemError or ShapeError for a pod of another shape."""
        self._node = item.node
        self._read = pod.Pod(item.node)
        self.name = self._read.name
        self.namespace = self._read.namespace
        self.index = names.index_in(self.name)
        self.is_entry = self._read.is_entry
        self.labels = _texts(get(get(item.node, "metadata"), "labels"))
        self.containers = read_containers(item.node, "")
        self.images = [
            (text_at(it.node, "image") or "", it.field == "initContainers")
            for it in self.containers
        ]
        self.resources = extended_resources(self.containers)

    def group(self, serving: str) -> str:
        """The name of its ServingGroup; empty where it has none."""
        group = self._read.serving_group(serving)
        return "" if group is None else group.name

    def role_id(self, group: str) -> str:
        return self._read.role_id(group) or ""

    @property
    def model_serving(self) -> str | None:
        return self._read.model_serving

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
    """A ModelServing. `is_listed` is whether it is among the items, and not its pods alone."""

    def __init__(self, name: str, namespace: str) -> None:
        self.name = name
        self.namespace = namespace
        self.is_listed = False
        self.groups: dict[str, Group] = {}

    def pods(self) -> Iterator[Pod]:
        for group in self.groups.values():
            for replica in group.replicas.values():
                yield from replica.pods


class Tree:
    """`others` are the pods that come from no ModelServing. `services` are all but those that say
    no more than an `address`. `results` name the items that can't be read.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        """`items` may have others than those of KINDS among them."""
        self.results: list[Result] = []
        self.others: list[Pod] = []
        self.services: list[Service] = []
        self._servings: dict[tuple[str, str], Serving] = {}
        self._labelled: dict[tuple[str, str], list[Pod]] = {}
        for item in items:
            self._read(item)
        addresses: dict[tuple[str, str], Service] = {}
        for service in self.services:
            service.pods = self._selected(service)
            addresses[service.name, service.namespace] = service
        told = {id(it) for serving in self.servings for it in _address(serving, addresses)}
        self.services = [it for it in self.services if id(it) not in told]

    @property
    def servings(self) -> list[Serving]:
        return [*self._servings.values()]

    def _read(self, item: Item) -> None:
        try:
            item.read(lambda: self._add(item))
        except ItemError as error:
            self.results += [result.on(item.reference) for result in error.results]
        except ShapeError as error:
            self.results.append(Result(error.id, **error.values).on(item.reference))

    def _add(self, item: Item) -> None:
        if ModelServing.is_kind_of(item):
            reference = item.reference
            self._serving(reference.name, reference.namespace).is_listed = True
        elif item.api_version == "v1" and item.kind == "Service":
            self.services.append(Service(item))
        elif item.api_version == "v1" and item.kind == "Pod":
            self._add_pod(Pod(item))

    def _serving(self, name: str, namespace: str) -> Serving:
        return self._servings.setdefault((name, namespace), Serving(name, namespace))

    def _add_pod(self, pod: Pod) -> None:
        name = pod.model_serving
        group_name = pod.group(name) if name else ""
        if name and group_name:
            groups = self._serving(name, pod.namespace).groups
            group = groups.setdefault(group_name, Group(group_name))
            id_ = pod.role_id(group_name)
            group.replicas.setdefault(id_, Replica(id_)).pods.append(pod)
        else:
            self.others.append(pod)
        for label in pod.labels.items():
            self._labelled.setdefault(label, []).append(pod)

    def _selected(self, service: Service) -> list[Pod]:
        """The pods that a Service selects, among those with the rarest of its labels."""
        if service.selector is None:
            return []
        wanted = service.selector.items()
        fewest = min((self._labelled.get(label, []) for label in wanted), key=len)
        return [
            pod
            for pod in fewest
            if wanted <= pod.labels.items()
            and (pod.namespace or service.namespace) == (service.namespace or pod.namespace)
        ]


def _address(serving: Serving, services: dict[tuple[str, str], Service]) -> Iterator[Service]:
    """Gives the replicas their addresses; yields the headless Services that select just the entry
    pod whose address they are.
    """
    for group in serving.groups.values():
        for replica in group.replicas.values():
            name = names.pod_name(group.name, replica.id, 0)
            service = services.get((name, serving.namespace))
            if service is None:
                continue
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
