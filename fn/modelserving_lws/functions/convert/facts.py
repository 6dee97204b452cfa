"""What the detectors know of the LeaderWorkerSets of a list."""

from __future__ import annotations

import re

from ...k8s.objects import fitting, places
from ...lws.contract import LEADER_ADDRESS_ENV
from ...lws.leaderworkerset import LEADER_TEMPLATE, TEMPLATE, WORKER_TEMPLATE
from ...lws.pods import GROUP_INDEX, NAME, is_number, sets_of
from ...yamltext.data import entries_of, get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...k8s.objects import ObjectKey
    from ...yamltext.nodes import Mapping, Node

# What the value of a variable is, as a character that no manifest has: the set's name, a domain of
# its pods, the index of the group. OTHER stands for any other variable.
SELF, DOMAIN, INDEX, OTHER = "\ue000", "\ue001", "\ue002", "\ue003"
_FIELD = re.compile(r"metadata\.(?:labels|annotations)\['([^']*)'\]")
# A pattern has all of these of a set.
_MOST_VARIABLES = 20
_VARIABLE = re.compile(r"[A-Za-z_]\w*")
# The variable that a shell gives the pod's host name.
_HOSTNAME = "HOSTNAME"
# The domain of pods whose group has a Service of its own: SET-GROUP.
_UNIQUE = "*"


def field_key(path: str) -> str | None:
    """The label or annotation that a `fieldPath` reads: `metadata.labels['KEY']`."""
    match = _FIELD.fullmatch(path)
    return match[1] if match else None


def templates_of(node: Mapping) -> list[tuple[Node | None, str]]:
    """The templates of a set that pods are made of, and their paths."""
    template = get(get(node, "spec"), "leaderWorkerTemplate")
    leader, worker = get(template, LEADER_TEMPLATE), get(template, WORKER_TEMPLATE)
    found: list[tuple[Node | None, str]]
    found = [] if leader is None else [(leader, f"{TEMPLATE}.{LEADER_TEMPLATE}")]
    if leader is None or _workers(template):
        found.append((worker, f"{TEMPLATE}.{WORKER_TEMPLATE}"))
    return found


def _workers(template: Node | None) -> int:
    size = text_at(template, "size") or "1"
    return int(size) - 1 if is_number(size) and size != "0" else 0


class SetFacts:
    """What is known of a LeaderWorkerSet; a field of a wrong shape counts as absent.

    `workers` are those of a group; `domains` are what follows the names of its pods in their host
    names; `variables` what the env of its containers says of it, by name: SELF, DOMAIN or INDEX,
    and `kinds` these; `addresses` and `pod_names` are the variables whose value is the leader's
    address, and the pod's name; `config_maps` are those that its pods use.
    """

    __slots__ = (
        "addresses",
        "config_maps",
        "domains",
        "is_unique",
        "kinds",
        "name",
        "namespace",
        "pod_names",
        "variables",
        "workers",
    )

    def __init__(self, node: Mapping, name: str, namespace: str) -> None:
        self.name = name
        self.namespace = namespace
        spec = get(node, "spec")
        self.workers = _workers(get(spec, "leaderWorkerTemplate"))
        policy = text_at(get(spec, "networkConfig"), "subdomainPolicy")
        self.is_unique = policy == "UniquePerReplica"
        self.variables: dict[str, str] = {}
        self.addresses = {LEADER_ADDRESS_ENV}
        self.pod_names = {_HOSTNAME}
        self.config_maps: set[str] = set()
        pods = [get(template, "spec") for template, _ in templates_of(node)]
        self.domains = {name, *(text_at(pod, "subdomain") or name for pod in pods)}
        for pod in pods:
            for field in ("containers", "initContainers"):
                for container in entries_of(get(pod, field)):
                    self._read_env(container)
            self.config_maps.update(_config_maps(pod))
        self.config_maps.discard("")
        self.kinds = frozenset(self.variables.values())

    def _read_env(self, container: Node) -> None:
        for source in entries_of(get(container, "envFrom")):
            self.config_maps.add(text_at(get(source, "configMapRef"), "name") or "")
        for entry in entries_of(get(container, "env")):
            name, value = text_at(entry, "name") or "", text_at(entry, "value")
            value_from = get(entry, "valueFrom")
            self.config_maps.add(text_at(get(value_from, "configMapKeyRef"), "name") or "")
            path = text_at(get(value_from, "fieldRef"), "fieldPath") or ""
            field = field_key(path)
            if _VARIABLE.fullmatch(name) and len(self.addresses | self.pod_names) < _MOST_VARIABLES:
                if value == f"$({LEADER_ADDRESS_ENV})":
                    self.addresses.add(name)
                elif path == "metadata.name":
                    self.pod_names.add(name)
            if field == NAME or (value and value == self.name):
                self.variables[name] = SELF
            elif field == GROUP_INDEX:
                self.variables[name] = INDEX
            elif value in self.domains:
                self.variables[name] = DOMAIN


def _config_maps(pod: Node | None) -> Iterator[str]:
    """Those of the volumes."""
    for volume in entries_of(get(pod, "volumes")):
        yield text_at(get(volume, "configMap"), "name") or ""
        for source in entries_of(get(get(volume, "projected"), "sources")):
            yield text_at(get(source, "configMap"), "name") or ""


class Sets:
    """The sets of a list, found by what texts have of them, at the same cost however many there
    are.
    """

    def __init__(self, sets: Iterable[SetFacts]) -> None:
        self.all = list(sets)
        self.names = {it.name for it in self.all if it.name}
        self.domains = {domain for it in self.all for domain in it.domains if domain}
        self.has_several_workers = any(it.workers > 1 for it in self.all)
        # By host name without its numbers, and namespace; by ConfigMap, and namespace.
        self._hosts: dict[ObjectKey, list[SetFacts]] = {}
        self._variables: dict[str, set[str]] = {}
        self._users: dict[ObjectKey, list[SetFacts]] = {}
        for it in self.all:
            if not it.name:
                continue
            domains = [*sorted(it.domains), *((_UNIQUE,) if it.is_unique else ())]
            for domain in domains:
                self._add(self._hosts, f"{it.name} {domain}", it)
            for name in it.config_maps:
                self._add(self._users, name, it)
            for variable, kind in it.variables.items():
                self._variables.setdefault(variable, set()).add(kind)

    @staticmethod
    def _add(index: dict[ObjectKey, list[SetFacts]], name: str, facts: SetFacts) -> None:
        for place in places(name, facts.namespace):
            index.setdefault(place, []).append(facts)

    def of_host(self, name: str, group: str, domain: str, namespace: str) -> list[SetFacts]:
        """The sets of this name whose pods of a group are in this domain; the namespace is empty
        where it is not known.
        """
        unique = [f"{name} {_UNIQUE}"] if domain == f"{name}-{group}" else []
        for key in (f"{name} {domain}", *unique):
            for place in fitting(key, namespace):
                if place in self._hosts:
                    return self._hosts[place]
        return []

    def named(self, name: str, namespace: str) -> list[SetFacts]:
        """The sets of this name."""
        return self.of_host(name, "", name, namespace)

    def of_pod(self, pod: str) -> bool:
        """Whether a set may have a pod of this name."""
        return any(
            name in self.names and all(map(is_number, filter(None, (group, worker))))
            for name, group, worker in sets_of(pod)
        )

    def users(self, config_map: str, namespace: str) -> list[SetFacts]:
        """The sets whose pods use a ConfigMap."""
        for place in fitting(config_map, namespace):
            if place in self._users:
                return self._users[place]
        return []

    def kind_of(self, variable: str) -> str:
        """What a variable is to a script that pods use; OTHER where sets disagree."""
        kinds = self._variables.get(variable, ())
        return next(iter(kinds)) if len(kinds) == 1 else OTHER
