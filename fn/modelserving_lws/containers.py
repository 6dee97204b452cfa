"""The containers of a pod and their env, as the kubelet reads it."""

from __future__ import annotations

from .nodes import Mapping, Node, Scalar, resolve
from .result import ItemError
from .view import get, mapping_at, sequence_at, wrong

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
        texts = mapping.texts()
        if texts is not None and "valueFrom" not in texts:
            self.name = texts.get("name")
            self.value: str | None = texts.get("value", "")
            if "$(" in texts.get("value", ""):
                self.value = None
            return
        fields = mapping.fields()
        if mapping.repeated:
            raise ItemError(f"{path}.{min(mapping.repeated)}", "must not be there twice")
        self.name = self._text(fields, "name")
        self.value = self._text(fields, "value") or ""
        if "$(" in self.value or ("valueFrom" in fields and get(mapping, "valueFrom") is not None):
            self.value = None

    def _text(self, fields: dict[str, tuple[Node, Node]], name: str) -> str | None:
        if name not in fields:
            return None
        found = resolve(fields[name][1])
        if isinstance(found, Scalar):
            return None if found.is_null else found.value
        raise wrong(f"{self.path}.{name}", found, "a string")


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
