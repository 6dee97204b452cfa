"""A template of a ModelServing, and what the LWS contract adds to it."""

from __future__ import annotations

import json

from ...k8s.containers import field_path, read_containers
from ...k8s.fields import mapping_at
from ...k8s.references import references, texts_of
from ...kthena.modelserving import BUILT_IN, ENTRY_TEMPLATE
from ...kthena.names import (
    GROUP_NAME,
    LWS_MOVED_ENV,
    ROLE_ID,
    VARIABLE_OF,
    address,
    entry_address,
)
from ...kthena.plugins import DEMO_POD_TWEAKS
from ...lws import contract
from ...lws.contract import ANNOTATION, ENV, KEYS, LABEL, LEADER_ADDRESS, WORKER_INDEX, label_field
from ...results.result import Result
from ...yamltext.data import detached, entries_of, equals, get, text_at
from ...yamltext.nodes import Mapping
from .earlier import HELPERS
from .moved_env import MovedEnv, reads_index
from .probes import rewrite_probes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...k8s.containers import Container
    from ...kthena.modelserving import Role
    from ...results.result import Data
    from ...yamltext.edit import Document
    from .earlier import Earlier

# The helper variables that LWS_LEADER_ADDRESS is composed of, and the fields that they read.
_GROUP, _ROLE, _NAMESPACE = (f"{HELPERS}{name}" for name in ("GROUP_NAME", "ROLE_ID", "NAMESPACE"))
_BY_LABELS = {
    _GROUP: label_field(GROUP_NAME),
    _ROLE: label_field(ROLE_ID),
    _NAMESPACE: "metadata.namespace",
}
# An entry pod whose template overwrites these labels: its own name is the leader's.
_POD = f"{HELPERS}POD_NAME"
_BY_NAME = {_POD: "metadata.name", _NAMESPACE: _BY_LABELS[_NAMESPACE]}
_FIELDS = {LABEL: "labels", ANNOTATION: "annotations"}


class Template:
    """A template in the scope of the plugin, and what it is to hold. `moved` is what goes to a
    plugin where its pods have different worker indexes, else None.
    """

    def __init__(
        self,
        role: Role,
        field: str,
        node: Mapping,
        values: dict[str, str] | None,
        earlier: Earlier,
        errors: list[Result],
    ) -> None:
        """`values` are those of the ModelServing; without them the template is out of scope, and is
        to lose what an earlier run wrote, which `earlier` tells. `errors` gets what is wrong.
        Raises ItemError for a malformed template.
        """
        self.role = role
        self.field = field
        self.path = f"{role.path}.{field}"
        self.counts = {LABEL: 0, ANNOTATION: 0, ENV: 0}
        self.is_changed = False
        is_entry = field == ENTRY_TEMPLATE
        self._has_pods = role.makes_pods(field)
        self._errors = errors
        plugins = [it for it in earlier.tweaks if self._has_pods and it.covers(role.name, is_entry)]
        self._tweaks = [tweak for plugin in plugins for tweak in plugin.env]
        for plugin in plugins:
            errors += plugin.conflicts()
        self._spec = mapping_at(node, "spec", f"{self.path}.spec")
        metadata = get(node, "metadata")
        self._there = {where: get(metadata, field) for where, field in _FIELDS.items()}
        self.values: dict[str, str] = {}
        self.moved: MovedEnv | None = None
        kept = {} if is_entry else earlier.moved_env(role.name)
        self._containers = read_containers(node, f"{self.path}.")
        if values is None:
            self._helpers = _BY_LABELS | _BY_NAME
            if kept:
                self.moved = MovedEnv([], [], kept)
            return
        self._helpers = self._find_helpers(is_entry)
        self.values = {**values, contract.GROUP_SIZE: str(role.group_size)}
        refer = {name: f"$({name})" for name in self._helpers}
        self.values[LEADER_ADDRESS] = (
            address(refer[_POD], refer[_NAMESPACE])
            if _POD in refer
            else entry_address(refer[_GROUP], refer[_ROLE], refer[_NAMESPACE])
        )
        if is_entry or role.workers == 1:
            self.values[WORKER_INDEX] = "0" if is_entry else "1"
        if not is_entry and (role.workers > 1 or kept):
            self.moved = MovedEnv(self._containers, self._tweaks, kept)
            errors += self.moved.errors
        self._check_helpers()

    def _find_helpers(self, is_entry: bool) -> dict[str, str]:
        """The helper variables; an error where workers overwrite the labels that these read."""
        labels = self._there[LABEL]
        taken = [
            key for key in (GROUP_NAME, ROLE_ID) if self._has_pods and get(labels, key) is not None
        ]
        if taken and is_entry:
            return _BY_NAME
        for key in taken:
            self._errors.append(Result("label-taken", f"{self.path}.metadata.labels['{key}']"))
        return _BY_LABELS

    def _check_helpers(self) -> None:
        """Checks that the helper variables take no other's name, and change no reference."""
        everywhere = set(self._helpers)
        for container in self._containers:
            for entry in container.entries:
                field = self._helpers.get(entry.name or "")
                if field and (entry.value is not None or field_path(entry.mapping) != field):
                    result = Result("helper-taken", entry.path, name=entry.name, field=field)
                    self._errors.append(result)
            names = [entry.name for entry in container.entries]
            everywhere &= set(names)
            if container.node.may_have(HELPERS):
                self._check_references(texts_of(container), names, set())
        texts = [(tweak.path, tweak.value) for tweak in self._tweaks]
        self._check_references(texts, [tweak.name for tweak in self._tweaks], everywhere)

    def _check_references(
        self, texts: list[tuple[str, str]], names: list[str | None] | list[str], known: set[str]
    ) -> None:
        """Checks that texts, with their paths, refer to no helper variable but those known. The
        first texts are values of variables of these names, which become known one by one.
        """
        for i, (path, text) in enumerate(texts):
            for name in sorted(self._helpers.keys() & references(text) - known):
                self._errors.append(Result("helper-read", path, name=name))
            known.update(filter(None, names[i : i + 1]))

    def unreadable(self) -> list[tuple[str, str]]:
        """The `fieldRef`s of keys that the template can't carry: their paths and the keys."""
        if not self._has_pods:
            return []
        unknown = {label_field(key): key for key, value in KEYS[LABEL] if value not in self.values}
        fields = [(f"{tweak.path}.valueFrom.fieldRef", tweak.field) for tweak in self._tweaks]
        for container in self._containers:
            entries = container.entries if container.node.may_have("fieldRef") else ()
            for entry in entries:
                field = None if entry.value is not None else field_path(entry.mapping)
                if field is not None and not (self.moved is not None and reads_index(entry)):
                    fields.append((f"{entry.path}.valueFrom.fieldRef", field))
        if self._spec is not None and self._spec.may_have("downwardAPI"):
            fields += _volume_fields(self._spec, f"{self.path}.spec.volumes")
        return [(path, unknown[field]) for path, field in fields if field in unknown]

    def tweaks(self) -> dict[str, Data] | None:
        """The entry of `spec.plugins` that gives workers their indexes, if one is needed."""
        env = {} if self.moved is None else self.moved.env
        if not env:
            return None
        entries: list[Data] = _entries(env)
        return {
            "name": DEMO_POD_TWEAKS,
            "type": BUILT_IN,
            "scope": {"roles": [self.role.name], "target": "Worker"},
            "config": {"env": entries},
        }

    @property
    def moved_digest(self) -> str | None:
        """A digest of the user's variables that moved, if any did. kthena does not roll pods out
        when a plugin changes, but when a template does.
        """
        moved = [] if self.moved is None else _entries(self.moved.env)[1:]
        return contract.digest(json.dumps(moved, separators=(",", ":"))) if moved else None

    def edit(self, document: Document, role: Mapping) -> list[Result]:
        """Writes it into the role's mapping. Returns infos."""
        infos: list[Result] = []
        template = document.own_mapping(role, self.field)
        self._edit_metadata(document, role, template)
        spec = document.own_mapping(template, "spec")
        document.indent_as(spec, "containers")
        sources = {contract.LEADER_ADDRESS_ENV: VARIABLE_OF[LEADER_ADDRESS]}
        if self.moved is not None:
            sources[contract.WORKER_INDEX_ENV] = VARIABLE_OF[WORKER_INDEX]
        for number, container in enumerate(self._containers):
            containers = document.own_sequence(spec, container.field)
            mapping = document.own_entry(containers, container.index)
            self._edit_env(document, mapping, number, container)
            node = container.node
            if (
                self.values
                and self._has_pods
                and node.may_have("exec")
                and any(map(node.may_have, sources))
            ):
                infos += rewrite_probes(document, mapping, container, sources)
        self.is_changed |= bool(infos)
        return infos

    def _edit_metadata(self, document: Document, role: Mapping, template: Mapping) -> None:
        wanted: dict[str, Data] = {}
        for where, field in _FIELDS.items():
            there = self._there[where]
            values = {key: self.values.get(source) for key, source in KEYS[where]}
            if where == ANNOTATION:
                values[LWS_MOVED_ENV] = self.moved_digest
            strings: dict[str, Data] = {
                key: value
                for key, value in values.items()
                if value is not None and not equals(get(there, key), value)
            }
            self.counts[where] = len(strings)
            # What stands there would be wrong for most of the pods.
            wrong = {key for key, value in values.items() if value is None}
            is_wrong = isinstance(there, Mapping) and not wrong.isdisjoint(there.fields())
            self.is_changed |= is_wrong or bool(strings)
            if is_wrong:
                metadata = document.own_mapping(template, "metadata")
                if not _remove(document, document.own_mapping(metadata, field), wrong):
                    _rewrite(document, metadata, field, wrong, strings)
                    continue
            if strings:
                wanted[field] = strings
        if wanted and template.get("metadata") is None:
            document.add_first(role, self.field, {"metadata": wanted})
        elif wanted:
            document.update(template, {"metadata": wanted})

    def _edit_env(
        self, document: Document, mapping: Mapping, number: int, container: Container
    ) -> None:
        new = self._new_entries()
        moved = set() if self.moved is None or not self.values else self.moved.moved[number]
        taken = contract.ENV_NAMES | self._helpers.keys()
        stays = [
            i
            for i, entry in enumerate(container.entries)
            if entry.name not in taken and i not in moved
        ]
        first = container.entries[: len(new)]
        if len(first) == len(new) == len(container.entries) - len(stays) and all(
            equals(entry.mapping, data) for entry, data in zip(first, new, strict=True)
        ):
            return
        self.counts[ENV] += len(new)
        self.is_changed = True
        if not new and not stays:
            document.remove(mapping, ("env",))
        elif not container.entries:
            document.set(mapping, "env", detached(list(new), document.offset))
        elif len(stays) == len(container.entries):
            document.insert_first(mapping, "env", list(new))
        else:
            document.rewrite(mapping, "env", [*new, *stays])

    def _new_entries(self) -> list[dict[str, Data]]:
        if not self.values:
            return []
        entries: list[dict[str, Data]] = [
            {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}
            for name, path in self._helpers.items()
        ]
        for name, source in KEYS[ENV]:
            if source in self.values:
                entries.append({"name": name, "value": self.values[source]})
        return entries


def _entries(env: dict[str, str]) -> list[Data]:
    return [{"name": name, "value": value} for name, value in env.items()]


def _remove(document: Document, mapping: Mapping, keys: set[str]) -> bool:
    """Removes the keys, where that leaves the others as they stand."""
    if any(key in source.own() for source in mapping.merged() for key in keys):
        return False  # a merge key would bring it
    if mapping.flow and mapping.own().keys() <= keys:
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


def _volume_fields(spec: Mapping, path: str) -> Iterator[tuple[str, str]]:
    """The fields of the pod that its volumes read, with their paths."""
    for i, volume in enumerate(entries_of(get(spec, "volumes"))):
        sources = [(f"{path}[{i}].downwardAPI", get(volume, "downwardAPI"))]
        for j, source in enumerate(entries_of(get(get(volume, "projected"), "sources"))):
            below = f"{path}[{i}].projected.sources[{j}].downwardAPI"
            sources.append((below, get(source, "downwardAPI")))
        for below, api in sources:
            for k, entry in enumerate(entries_of(get(api, "items"))):
                field = text_at(get(entry, "fieldRef"), "fieldPath")
                if field is not None:
                    yield f"{below}.items[{k}].fieldRef", field
