"""The contract's env vars in a container: which entries its `env` is to hold."""

from __future__ import annotations

from ..config.settings import ERROR, KEEP
from ..lws.contract import ENV, KEYS, conflict
from ..results.errors import ItemError
from ..yamltext.data import same, string
from ..yamltext.nodes import DETACHED, Mapping, Node, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..k8s.containers import Container, EnvEntry
    from ..results.result import Data
    from ..yamltext.edit import Document


_VARIABLES = KEYS[ENV]
_NAMES = frozenset(name for name, _ in _VARIABLES)
_SOURCES = [source for _, source in _VARIABLES]


def _is_new(container: Container) -> bool:
    """Whether none of the variables is there yet, and each has a known value."""
    values = container.values
    return _NAMES.isdisjoint(values) and None not in [values.get(name, "") for name in _SOURCES]


def new_entries(values: dict[str, str]) -> list[Data]:
    """The entries that a container gets which has none of the variables."""
    return [{"name": name, "value": values[source]} for name, source in _VARIABLES]


class EnvPlan:
    """What one container's `env` is to hold. `written` counts the variables that change; where it
    is 0, all is there already. `first` are new entries to insert at the front; where it is empty,
    `entries` are the indexes of entries that stay, and new ones, in order, and `values` gives
    entries that stay another value.
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
        """`new` is what `new_entries` gives. Raises ItemError for another value that is there where
        `on_conflict` is ERROR.
        """
        self.container = container
        self.values: list[tuple[int, str]] = []
        self.entries: list[int | dict[str, Data] | Node] = []
        self.first: list[Data] = []
        if _is_new(container):
            self.first = new
            self.written = len(new)
            return
        last = container.last
        wanted = [
            _Wanted(container, name, last.get(source), values[source])
            for name, source in _VARIABLES
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
        """The entry right behind its source, with the same `value` or `valueFrom`."""
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
    """A variable of the contract in a container. `source` is the index of the entry that it must
    follow, since only the cluster knows that one's value; None where the value is known.
    """

    __slots__ = ("container", "name", "source", "there", "value")

    def __init__(self, container: Container, name: str, source: int | None, value: str) -> None:
        self.container = container
        self.name = name
        self.value = value
        known = source is None or container.entries[source].value is not None
        self.source = None if known else source
        self.there = [entry for entry in container.entries if entry.name == name]

    # The fields of such an entry, by whether its value is known.
    _SHAPES = (
        ({"name", "value"}, {"name", "valueFrom"}),
        ({"name", "value"},),
    )

    def is_only(self, entry: EnvEntry) -> bool:
        """Whether this is its only entry, one that has a `name` and a value of the same kind."""
        return (
            self.there == [entry]
            and (self.source is not None or entry.value is not None)
            and entry.mapping.fields().keys() in self._SHAPES[self.source is None]
        )

    def is_equal(self, entry: EnvEntry) -> bool:
        if self.source is None:
            value = entry.mapping.get("value")
            return entry.value == self.value and isinstance(value, Scalar) and value.is_string
        source = self.container.entries[self.source].mapping
        return all(_same(source.get(key), entry.mapping.get(key)) for key in ("value", "valueFrom"))

    def is_kept(self, on_conflict: str) -> bool:
        """Whether another value is there, and to stay."""
        for entry in self.there:
            if self.is_equal(entry):
                continue
            if on_conflict == ERROR:
                raise ItemError(conflict(entry.path, entry.value, self.value))
            if on_conflict == KEEP:
                return True
        return False


def _same(node: Node | None, other: Node | None) -> bool:
    if node is None or other is None:
        return node is other
    return same(node, other)
