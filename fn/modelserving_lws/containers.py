"""The containers of a pod and their env, as the kubelet reads it."""

from __future__ import annotations

from .nodes import Mapping, Node, Scalar, Sequence, resolve
from .result import ItemError
from .view import get, mapping_at, sequence_at, string_at, wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .pod import Pod


class EnvEntry:
    """An entry of a container's `env`. `value` is None where only the cluster knows it: it has a
    `valueFrom`, or refers to other variables.
    """

    __slots__ = ("mapping", "name", "path", "value")

    def __init__(self, node: Node, path: str) -> None:
        """Raises ItemError where the entry is none."""
        mapping = resolve(node)
        if not isinstance(mapping, Mapping):
            what = "a scalar" if isinstance(mapping, Scalar) else "a list"
            raise ItemError(path, f"must be a mapping; found {what}")
        self.mapping = mapping
        self.path = path
        self.name = string_at(mapping, "name", f"{path}.name")
        value = mapping.get("value")
        if isinstance(value, Mapping | Sequence):
            raise wrong(f"{path}.value", value, "a string")
        self.value: str | None = string_at(mapping, "value", f"{path}.value") or ""
        if "$(" in self.value or get(mapping, "valueFrom") is not None:
            self.value = None


class Container:
    """A container or init container: where it is below the pod, its path, its env."""

    __slots__ = ("entries", "field", "index", "node", "path")

    def __init__(self, node: Mapping, field: str, index: int, path: str) -> None:
        self.node = node
        self.field = field
        self.index = index
        self.path = path
        env = sequence_at(node, "env", f"{path}.env")
        self.entries = [
            EnvEntry(entry, f"{path}.env[{i}]")
            for i, entry in enumerate(env.entries if env is not None else ())
        ]

    def last(self, name: str) -> int | None:
        """The index of the last entry of a name: the one that counts."""
        for i in reversed(range(len(self.entries))):
            if self.entries[i].name == name:
                return i
        return None


def read_containers(pod: Pod) -> list[Container]:
    """The containers, then the init containers. Raises ItemError where one of them is none."""
    prefix = pod.prefix
    spec = mapping_at(pod.base, "spec", f"{prefix}spec")
    if spec is None:
        raise ItemError(f"{prefix}spec", "must be a mapping; found nothing")
    containers: list[Container] = []
    for field in ("containers", "initContainers"):
        found = sequence_at(spec, field, f"{prefix}spec.{field}")
        for i, entry in enumerate(found.entries if found is not None else ()):
            path = f"{prefix}spec.{field}[{i}]"
            node = resolve(entry)
            if not isinstance(node, Mapping):
                raise wrong(path, node, "a mapping")
            containers.append(Container(node, field, i, path))
        if field == "containers" and not containers:
            raise ItemError(f"{prefix}spec.containers", "must have a container; found none")
    return containers
