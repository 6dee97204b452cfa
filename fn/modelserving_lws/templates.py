"""A template of a ModelServing, and what the LWS contract adds to it."""

from __future__ import annotations

from .containers import read_containers
from .contract import ANNOTATION, CONTRACT, ENV, LABEL
from .modelserving import ENTRY_ADDRESS, GROUP_NAME, GROUP_SIZE, ROLE_ID, WORKER_INDEX
from .moves import CONTRACT_ENV, Moves, field_path, is_index
from .nodes import Mapping, detached, equals
from .result import ItemError, say
from .view import entries_of, get, mapping_at, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .containers import Container
    from .document import Document
    from .modelserving import Role
    from .moves import Tweak
    from .nodes import Data, Node

_LEADER_ADDRESS = "$(MODELSERVING_GROUP_NAME)-$(MODELSERVING_ROLE_ID)-0.$(MODELSERVING_NAMESPACE)"
# The helper variables that the address is composed of, and the fields of the pod that they read.
_HELPERS = {
    "MODELSERVING_GROUP_NAME": f"metadata.labels['{GROUP_NAME}']",
    "MODELSERVING_ROLE_ID": f"metadata.labels['{ROLE_ID}']",
    "MODELSERVING_NAMESPACE": "metadata.namespace",
}
TWEAKS = "demo-pod-tweaks"
_FIELDS = {LABEL: "labels", ANNOTATION: "annotations"}
LABELS = [(key, source) for where, key, source in CONTRACT if where == LABEL]


class Template:
    """A template in the scope of the plugin, and what it is to hold. `index` is the worker index of
    its pods, where they have one in common; `moves` is what goes to the plugin, where they don't.
    """

    def __init__(
        self, role: Role, field: str, node: Mapping, values: dict[str, str], tweaks: list[Tweak]
    ) -> None:
        self.role = role
        self.field = field
        self.path = f"{role.path}.{field}"
        self.errors: list[ItemError] = []
        self.values = {**values, GROUP_SIZE: str(role.workers + 1), ENTRY_ADDRESS: _LEADER_ADDRESS}
        is_entry = field == "entryTemplate"
        if is_entry or role.workers == 1:
            self.values[WORKER_INDEX] = "0" if is_entry else "1"
        self._metadata = mapping_at(node, "metadata", f"{self.path}.metadata")
        self._spec = mapping_at(node, "spec", f"{self.path}.spec")
        self._containers = read_containers(node, f"{self.path}.")
        self.moves: Moves | None = None
        if not is_entry and role.workers > 1:
            self.moves = Moves(self._containers, _HELPERS, tweaks)
            self.errors += self.moves.errors
        for container in self._containers:
            self.errors += _taken(container)
        self.counts = {LABEL: 0, ANNOTATION: 0, ENV: 0}

    def unreadable(self) -> list[tuple[str, str]]:
        """The `fieldRef`s that read what the template can't carry: their paths, and the keys."""
        unknown = {
            f"metadata.labels['{key}']": key for key, source in LABELS if source not in self.values
        }
        found = []
        for container in self._containers:
            for entry in container.entries:
                path = None if entry.value is not None else field_path(entry.mapping)
                if path in unknown and not (self.moves is not None and is_index(entry)):
                    found.append((f"{entry.path}.valueFrom.fieldRef", unknown[path]))
        for path, field in _volume_fields(self._spec, f"{self.path}.spec.volumes"):
            if field in unknown:
                found.append((path, unknown[field]))
        return found

    def tweaks(self) -> dict[str, Data]:
        """The entry of `spec.plugins` that gives each worker its index."""
        env = self.moves.env if self.moves is not None else {}
        entries: list[Data] = [{"name": name, "value": value} for name, value in env.items()]
        return {
            "name": TWEAKS,
            "type": "BuiltIn",
            "scope": {"roles": [self.role.name], "target": "Worker"},
            "config": {"env": entries},
        }

    def edit(self, document: Document, template: Mapping) -> None:
        self._edit_metadata(document, template)
        spec = document.own_mapping(template, "spec")
        document.indent_as(spec, "containers")
        for number, container in enumerate(self._containers):
            containers = document.own_sequence(spec, container.field)
            self._edit_env(
                document, document.own_entry(containers, container.index), number, container
            )

    def _edit_metadata(self, document: Document, template: Mapping) -> None:
        wanted: dict[str, Data] = {}
        for where, field in _FIELDS.items():
            keys = [(key, source) for place, key, source in CONTRACT if place == where]
            there = None if self._metadata is None else get(self._metadata, field)
            strings: dict[str, Data] = {}
            for key, source in keys:
                if source in self.values and not equals(_value(there, key), self.values[source]):
                    strings[key] = self.values[source]
            self.counts[where] = len(strings)
            # What stands there would be wrong for most of the pods.
            wrong = {key for key, source in keys if source not in self.values}
            if isinstance(there, Mapping) and not wrong.isdisjoint(there.fields()):
                metadata = document.own_mapping(template, "metadata")
                if not _remove(document, document.own_mapping(metadata, field), wrong):
                    _rewrite(document, metadata, field, wrong, strings)
                    continue
            if strings:
                wanted[field] = strings
        if wanted:
            document.update(template, {"metadata": wanted})

    def _edit_env(
        self, document: Document, mapping: Mapping, number: int, container: Container
    ) -> None:
        new = self._new_entries()
        moved = set() if self.moves is None else self.moves.moved(number)
        taken = CONTRACT_ENV | _HELPERS.keys()
        stays = [
            i
            for i, entry in enumerate(container.entries)
            if entry.name not in taken and i not in moved
        ]
        self.counts[ENV] += len(new)
        if not stays:
            document.set(mapping, "env", detached(list(new), document.offset))
        elif len(stays) == len(container.entries):
            document.insert_first(mapping, "env", list(new))
        else:
            document.rewrite(mapping, "env", [*new, *stays])

    def _new_entries(self) -> list[dict[str, Data]]:
        entries: list[dict[str, Data]] = [
            {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}
            for name, path in _HELPERS.items()
        ]
        for where, name, source in CONTRACT:
            if where == ENV and source in self.values:
                entries.append({"name": name, "value": self.values[source]})
        return entries


def _remove(document: Document, mapping: Mapping, keys: set[str]) -> bool:
    """Removes the keys, where that leaves the others as they stand."""
    if mapping.flow or not keys & mapping.fields().keys() <= mapping.own().keys():
        return False
    document.remove(mapping, keys)
    return True


def _rewrite(
    document: Document, metadata: Mapping, field: str, keys: set[str], strings: dict[str, Data]
) -> None:
    """Writes a mapping anew on one line, without the keys and with the strings."""
    mapping = document.copy(document.own_mapping(metadata, field))
    if isinstance(mapping, Mapping):
        mapping.flow = True
        mapping.drop(keys)
        for key, value in strings.items():
            mapping.set(key, detached(value))
        document.set(metadata, field, mapping)


def _value(mapping: Node | None, key: str) -> Node | None:
    return mapping.get(key) if isinstance(mapping, Mapping) else None


def _taken(container: Container) -> list[ItemError]:
    """The entries that have the name of a helper variable, and another value."""
    errors = []
    for entry in container.entries:
        field = _HELPERS.get(entry.name or "")
        if field is not None and (entry.value is not None or field_path(entry.mapping) != field):
            message = say("helper-taken", name=entry.name, field=field)
            errors.append(ItemError(entry.path, message))
    return errors


def _volume_fields(spec: Mapping | None, path: str) -> Iterator[tuple[str, str]]:
    """The fields of the pod that its volumes read, with their paths."""
    for i, volume in enumerate(entries_of(get(spec, "volumes"))):
        sources = [(f"{path}[{i}].downwardAPI", get(volume, "downwardAPI"))]
        for j, source in enumerate(entries_of(get(get(volume, "projected"), "sources"))):
            place = f"{path}[{i}].projected.sources[{j}].downwardAPI"
            sources.append((place, get(source, "downwardAPI")))
        for place, api in sources:
            for k, entry in enumerate(entries_of(get(api, "items"))):
                field = text_at(get(entry, "fieldRef"), "fieldPath")
                if field is not None:
                    yield f"{place}.items[{k}].fieldRef", field
