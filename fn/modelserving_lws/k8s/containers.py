"""The containers of a pod and their env, as the kubelet reads it."""

from __future__ import annotations

from ..results.errors import ItemError
from ..results.result import Result
from ..yamltext.data import get, text_at
from ..yamltext.nodes import DETACHED, Mapping, Node, Scalar, Sequence, resolve
from .fields import mapping_at, sequence_at, wrong

MAX_CONTAINERS = 1_000


class EnvEntry:
    """An entry of a container's `env`. `value` is None where only the cluster knows it, since the
    entry has a `valueFrom` or refers to other variables. `mapping` is read on demand.
    """

    __slots__ = ("_index", "_path", "_sequence", "name", "value")

    def __init__(
        self, sequence: Sequence, index: int, path: str, texts: tuple[str, str] | None
    ) -> None:
        """`path` is that of the sequence; `texts` are the entry's name and value where the
        sequence knows them. Raises ItemError for an entry of another shape.
        """
        self._sequence = sequence
        self._index = index
        self._path = path
        self.name: str | None
        self.value: str | None
        if texts is not None:
            self.name, self.value = texts
            if "$(" in texts[1]:
                self.value = None
            return
        mapping = resolve(sequence.entry(index))
        if not isinstance(mapping, Mapping):
            raise ItemError(wrong(self.path, mapping, "a mapping", secret=True))
        fields = mapping.fields()
        if mapping.repeated:
            raise ItemError(Result("repeated", f"{self.path}.{min(mapping.repeated)}"))
        self.name = self._text(fields, "name")
        value = self._text(fields, "value") or ""
        is_known = "$(" not in value and get(mapping, "valueFrom") is None
        self.value = value if is_known else None

    def _text(self, fields: dict[str, tuple[Node, Node]], name: str) -> str | None:
        if name not in fields:
            return None
        found = resolve(fields[name][1])
        if isinstance(found, Scalar):
            return None if found.is_null else found.value
        raise ItemError(wrong(f"{self.path}.{name}", found, "a string", secret=True))

    @property
    def path(self) -> str:
        return f"{self._path}[{self._index}]"

    @property
    def mapping(self) -> Mapping:
        mapping = resolve(self._sequence.entry(self._index))
        return mapping if isinstance(mapping, Mapping) else Mapping(0, 0, False)


class Container:
    """A container or init container: its list (`field`) and index in the pod's `spec`, its path,
    its env. `values` has the value of the last entry of each name, which is the one that counts.
    """

    __slots__ = ("_entries", "_env", "field", "index", "node", "path", "values")

    def __init__(self, node: Mapping, field: str, index: int, path: str) -> None:
        self.node = node
        self.field = field
        self.index = index
        self.path = path
        env = sequence_at(node, "env", f"{path}.env", secret=True)
        self._env = Sequence(DETACHED, DETACHED, False) if env is None else env
        self._entries: list[EnvEntry] | None = None
        self.values: dict[str | None, str | None] = {}
        for text in self._env.texts():
            if text is None:
                self.values = {entry.name: entry.value for entry in self.entries}
                break
            name, value = text
            self.values[name] = None if "$(" in value else value

    @property
    def entries(self) -> list[EnvEntry]:
        if self._entries is None:
            path, texts = f"{self.path}.env", self._env.texts()
            self._entries = [EnvEntry(self._env, i, path, text) for i, text in enumerate(texts)]
        return self._entries

    @property
    def last(self) -> dict[str | None, int]:
        """The index of the last entry of each name."""
        return {entry.name: i for i, entry in enumerate(self.entries)}


def read_containers(base: Mapping, prefix: str, may_be_empty: bool = False) -> list[Container]:
    """The containers, then the init containers, of a pod or template; `prefix` is the path of its
    mapping, with a dot. Raises ItemError for a `spec` or container of another shape, and, unless
    it `may_be_empty`, for a pod without containers.
    """
    spec = mapping_at(base, "spec", f"{prefix}spec")
    if spec is None:
        result = Result("wrong-value", f"{prefix}spec", allowed="a mapping", found="nothing")
        raise ItemError(result)
    containers: list[Container] = []
    for field in ("containers", "initContainers"):
        listed = f"{prefix}spec.{field}"
        found = sequence_at(spec, field, listed)
        if found is not None and found.count > MAX_CONTAINERS:
            raise ItemError(Result("too-many-containers", listed, limit=MAX_CONTAINERS))
        for i, entry in enumerate(found.entries if found is not None else ()):
            path = f"{listed}[{i}]"
            node = resolve(entry)
            if not isinstance(node, Mapping):
                raise ItemError(wrong(path, node, "a mapping"))
            containers.append(Container(node, field, i, path))
        if not (containers or may_be_empty):
            raise ItemError(Result("no-container", listed))
    return containers


def field_path(entry: Node) -> str | None:
    """The field of the pod that an env entry reads by its `fieldRef`."""
    return text_at(get(get(entry, "valueFrom"), "fieldRef"), "fieldPath")
