"""The plugin `lws` of the proposal for one pod: what of the contract the pod lacks, and the edits.

A variable of LWS whose source only the cluster knows, since that has a `valueFrom` say, follows its
source in `env`; the others stand first.
"""

from __future__ import annotations

from ..k8s.fields import mapping_at, scalar_at
from ..lws.contract import ANNOTATION, ENV, ENV_NAMES, KEYS, LABEL, conflict
from ..results.errors import ItemError
from ..yamltext.data import equals, get, same, string
from ..yamltext.nodes import DETACHED, Mapping, Node, Scalar, Sequence
from .names import VARIABLE_OF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..k8s.containers import Container, EnvEntry
    from ..results.result import Data
    from ..yamltext.edit import Document
    from .pod import Pod

# What to do about a key of the contract that has another value.
OVERWRITE, KEEP, REFUSE = "Overwrite", "Keep", "Error"
# The contract's variables, what they are, and the controller's variables of the same values.
_VARIABLES = [(name, value, VARIABLE_OF[value]) for name, value in KEYS[ENV]]
_SOURCES = [source for _, _, source in _VARIABLES]


class PodPlan:
    """What is to be written into one pod; false where it has the whole contract."""

    def __init__(
        self,
        pod: Pod,
        containers: list[Container],
        values: dict[str, str],
        on_conflict: str,
        document: Document,
    ) -> None:
        """Raises ItemError for another value of a key where `on_conflict` is REFUSE."""
        self._pod = pod
        self.labels = self._strings("labels", LABEL, values, on_conflict)
        self.annotations = self._strings("annotations", ANNOTATION, values, on_conflict)
        new: list[Data] = [{"name": name, "value": values[value]} for name, value, _ in _VARIABLES]
        plans = [EnvPlan(it, values, new, on_conflict, document) for it in containers]
        self.envs = [plan for plan in plans if plan.written]

    def __bool__(self) -> bool:
        return bool(self.labels or self.annotations or self.envs)

    def _strings(
        self, field: str, where: str, values: dict[str, str], on_conflict: str
    ) -> dict[str, Data]:
        """The labels or annotations to write."""
        path = f"{self._pod.prefix}metadata"
        metadata = mapping_at(self._pod.base, "metadata", path)
        there = None if metadata is None else mapping_at(metadata, field, f"{path}.{field}")
        wanted: dict[str, Data] = {}
        texts = None if there is None else there.texts()
        for key, source in KEYS[where]:
            value = values[source]
            if there is None or (texts is not None and key not in texts):
                wanted[key] = value
                continue
            key_path = f"{path}.{field}['{key}']"
            old = scalar_at(there, key, key_path)
            if equals(old, value):
                continue
            if old is not None and on_conflict == REFUSE:
                raise ItemError(conflict(key_path, old.value, value))
            if old is None or on_conflict != KEEP:
                wanted[key] = value
        return wanted

    def edit(self, document: Document, node: Mapping) -> None:
        """Writes it; `node` is the mapping of the Pod or PodTemplate."""
        base = document.own_mapping(node, "template") if self._pod.prefix else node
        spec = get(base, "spec")
        if isinstance(spec, Mapping):
            document.indent_as(spec, "containers")
        metadata: dict[str, Data] = {}
        if self.labels:
            metadata["labels"] = self.labels
        if self.annotations:
            metadata["annotations"] = self.annotations
        if metadata:
            document.update(base, {"metadata": metadata})
        if self.envs:
            spec = document.own_mapping(base, "spec")
            for plan in self.envs:
                containers = document.own_sequence(spec, plan.container.field)
                _edit_env(document, document.own_entry(containers, plan.container.index), plan)


def _edit_env(document: Document, container: Mapping, plan: EnvPlan) -> None:
    env = get(container, "env")
    if not isinstance(env, Sequence) or not env.count:
        new = [entry for entry in plan.entries if isinstance(entry, dict)]
        document.update(container, {"env": [*plan.first, *new]})
    elif plan.first:
        document.insert_first(container, "env", plan.first)
    else:
        for i, value in plan.values:
            entry = document.own_entry(document.own_sequence(container, "env"), i)
            document.update(entry, {"value": value})
        if plan.entries != list(range(env.count)):
            document.rewrite(container, "env", plan.entries)


class EnvPlan:
    """What one container's `env` is to hold. `written` counts the variables that change. `first`
    are new entries for the front of the list. Where it is empty, `entries` is the whole list, with
    an index for an entry that stays, and `values` are new values by such indexes.
    """

    __slots__ = ("container", "entries", "first", "values", "written")

    def __init__(
        self,
        container: Container,
        values: dict[str, str],
        new: list[Data],
        on_conflict: str,
        document: Document,
    ) -> None:
        """`new` are the entries for a container that has none of the variables."""
        self.container = container
        self.values: list[tuple[int, str]] = []
        self.entries: list[int | dict[str, Data] | Node] = []
        self.first: list[Data] = []
        there = container.values
        known = [there.get(name, "") for name in _SOURCES]
        if ENV_NAMES.isdisjoint(there) and None not in known:
            self.first = new
            self.written = len(new)
            return
        last = container.last
        wanted = [
            _Wanted(container, name, last.get(source), values[value])
            for name, value, source in _VARIABLES
        ]
        wanted = [variable for variable in wanted if not variable.is_kept(on_conflict)]
        self.written = 0
        names = {variable.name for variable in wanted}
        first = [variable for variable in wanted if variable.source is None]
        old = container.entries
        for i, (variable, entry) in enumerate(zip(first, old, strict=False)):
            if not variable.is_only(entry):
                break
            self.entries.append(i)
            if not variable.is_equal(entry):
                self.values.append((i, variable.value))
                self.written += 1
        for variable in first[len(self.entries) :]:
            self.entries.append({"name": variable.name, "value": variable.value})
            self.written += 1
        for i, entry in enumerate(old):
            if entry.name not in names:
                self.entries.append(i)
            for variable in wanted:
                if variable.source == i:
                    self.entries.append(self._behind(variable, old, i, document))

    def _behind(
        self, variable: _Wanted, old: list[EnvEntry], i: int, document: Document
    ) -> int | Node:
        """The entry after its source, with the same `value` or `valueFrom`."""
        after = old[i + 1] if i + 1 < len(old) else None
        if after is not None and variable.is_only(after) and variable.is_equal(after):
            return i + 1
        source = old[i]
        self.written += 1
        entry = Mapping(DETACHED, DETACHED, False)
        entry.set("name", string(variable.name))
        for key in ("value", "valueFrom"):
            value = source.mapping.get(key)
            if value is not None:
                entry.set(key, document.copy(value))
        return entry


class _Wanted:
    """A variable of the contract in a container. `source` is the index of the controller's entry
    that it must follow, since only the cluster knows that value; None for a known value.
    """

    __slots__ = ("container", "name", "source", "there", "value")

    def __init__(self, container: Container, name: str, source: int | None, value: str) -> None:
        self.container = container
        self.name = name
        self.value = value
        known = source is None or container.entries[source].value is not None
        self.source = None if known else source
        self.there = [entry for entry in container.entries if entry.name == name]

    def is_only(self, entry: EnvEntry) -> bool:
        """Whether this is its only entry, and has the fields that it must have."""
        fields = entry.mapping.fields().keys()
        if self.source is None:
            return self.there == [entry] and entry.value is not None and fields == {"name", "value"}
        return self.there == [entry] and fields <= {"name", "value", "valueFrom"}

    def is_equal(self, entry: EnvEntry) -> bool:
        if self.source is None:
            value = entry.mapping.get("value")
            return entry.value == self.value and isinstance(value, Scalar) and value.is_string
        source, mapping = self.container.entries[self.source].mapping, entry.mapping
        pairs = [(source.get(key), mapping.get(key)) for key in ("value", "valueFrom")]
        return all(it is other or (it and other and same(it, other)) for it, other in pairs)

    def is_kept(self, on_conflict: str) -> bool:
        """Whether another value is there and stays."""
        for entry in self.there:
            if self.is_equal(entry):
                continue
            if on_conflict == REFUSE:
                raise ItemError(conflict(entry.path, entry.value, self.value))
            if on_conflict == KEEP:
                return True
        return False
