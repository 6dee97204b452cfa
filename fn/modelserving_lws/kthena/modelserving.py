"""What a ModelServing says of its pods.

The fields are those of `pkg/apis/workload/v1alpha1/model_serving_types.go`, scopes those of
`pkg/model-serving-controller/plugins/manager.go`, in github.com/volcano-sh/kthena.
"""

from __future__ import annotations

from ..k8s.fields import (
    check_string,
    integer_at,
    mapping_at,
    sequence_at,
    string_at,
    wrong,
    wrong_choice,
)
from ..results.errors import ItemError
from ..yamltext.nodes import Mapping, resolve
from .names import GROUPS, KIND, group_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from ..wire.items import Item

ROLES = "spec.template.roles"
ENTRY_TEMPLATE, WORKER_TEMPLATE = "entryTemplate", "workerTemplate"
BUILT_IN = "BuiltIn"
# The plugin of the proposal.
LWS_PLUGIN = "lws"
_TARGETS = ("All", "Entry", "Worker")


class ModelServing:
    """A ModelServing item."""

    __slots__ = ("_found", "_replicas", "item", "name", "namespace")

    def __init__(self, item: Item) -> None:
        self.item = item
        self._replicas: int | None = None
        self._found: tuple[dict[str, Role], ItemError | None] | None = None
        reference = item.reference
        self.name = reference.name
        self.namespace = reference.namespace

    @staticmethod
    def is_kind_of(item: Item) -> bool:
        return item.kind == KIND and item.group in GROUPS

    def replicas(self) -> int:
        """`spec.replicas`; 1 where it is absent, as the API server sets it."""
        if self._replicas is None:
            self._replicas = self.item.read(lambda: replicas_of(self.item.node))
        return self._replicas

    def plugins(self, names: Container[str]) -> list[Plugin]:
        """The plugins of these names. Raises ItemError where one of them is malformed."""
        return self.item.read(lambda: self._read_plugins(names))

    def _read_plugins(self, names: Container[str]) -> list[Plugin]:
        return [
            Plugin(node, i)
            for i, node in plugin_entries(self.item.node)
            if string_at(node, "name", f"spec.plugins[{i}].name") in names
        ]

    def roles(self) -> Iterator[Role]:
        """The roles, in order. Raises ItemError where they can't be read."""
        return roles_of(self.item.node)

    def worker_replicas(self, name: str) -> int | None:
        """`workerReplicas` of a role, 0 where it is absent; None where there is no such role."""
        return self.item.read(lambda: self._worker_replicas(name))

    def _worker_replicas(self, name: str) -> int | None:
        if self._found is None:
            self._found = _roles_by_name(self.item.node)
        roles, error = self._found
        if name in roles:
            return roles[name].workers
        if error is not None:
            raise error.with_traceback(None)
        return None


def replicas_of(node: Mapping) -> int:
    """`spec.replicas` of a ModelServing's mapping, as `ModelServing.replicas` has it."""
    spec = mapping_at(node, "spec", "spec")
    replicas = None if spec is None else integer_at(spec, "replicas", "spec.replicas")
    return 1 if replicas is None else replicas


def plugin_entries(node: Mapping) -> Iterator[tuple[int, Mapping]]:
    """The entries of `spec.plugins` with their indexes, whatever they name."""
    spec = mapping_at(node, "spec", "spec")
    found = None if spec is None else sequence_at(spec, "plugins", "spec.plugins")
    for i, entry in enumerate(found.entries if found is not None else ()):
        plugin = resolve(entry)
        if not isinstance(plugin, Mapping):
            raise ItemError(wrong(f"spec.plugins[{i}]", plugin, "a mapping"))
        yield i, plugin


def roles_of(node: Mapping) -> Iterator[Role]:
    """The roles in a ModelServing's mapping, in order."""
    spec = mapping_at(node, "spec", "spec")
    template = None if spec is None else mapping_at(spec, "template", "spec.template")
    roles = None if template is None else sequence_at(template, "roles", ROLES)
    for i, entry in enumerate(roles.entries if roles is not None else ()):
        role = resolve(entry)
        if not isinstance(role, Mapping):
            raise ItemError(wrong(f"{ROLES}[{i}]", role, "a mapping"))
        yield Role(role, i)


def _roles_by_name(node: Mapping) -> tuple[dict[str, Role], ItemError | None]:
    """The roles by name, the first of a name; and the error at which reading them stops."""
    roles: dict[str, Role] = {}
    try:
        for role in roles_of(node):
            roles.setdefault(role.name, role)
    except ItemError as error:
        return roles, error
    return roles, None


class Role:
    """An entry of `spec.template.roles`, and its index there. The properties raise ItemError."""

    def __init__(self, node: Mapping, index: int) -> None:
        self.node = node
        self.index = index
        self.path = f"{ROLES}[{index}]"
        self.name = string_at(node, "name", f"{self.path}.name") or ""

    @property
    def workers(self) -> int:
        """`workerReplicas`, 0 where it is absent."""
        return integer_at(self.node, "workerReplicas", f"{self.path}.workerReplicas") or 0

    @property
    def group_size(self) -> int:
        return group_size(self.workers)

    @property
    def replicas(self) -> int:
        """`replicas`, 1 where it is absent."""
        replicas = integer_at(self.node, "replicas", f"{self.path}.replicas")
        return 1 if replicas is None else replicas

    def template(self, field: str) -> Mapping | None:
        """Its ENTRY_TEMPLATE or WORKER_TEMPLATE."""
        return mapping_at(self.node, field, f"{self.path}.{field}")

    def makes_pods(self, field: str) -> bool:
        """Whether the controller makes pods of this template."""
        return field == ENTRY_TEMPLATE or self.workers > 0


class Plugin:
    """An entry of `spec.plugins`, its index there, and its scope."""

    def __init__(self, node: Mapping, index: int) -> None:
        """Raises ItemError for a malformed scope, and for a `type` other than BUILT_IN. The API
        server fills in an absent `type`, not an empty one.
        """
        self.node = node
        self.index = index
        self.path = f"spec.plugins[{index}]"
        self.name = string_at(node, "name", f"{self.path}.name") or ""
        type_ = string_at(node, "type", f"{self.path}.type")
        if type_ not in (None, BUILT_IN):
            raise ItemError(wrong_choice(f"{self.path}.type", type_ or "", (BUILT_IN,)))
        scope = mapping_at(node, "scope", f"{self.path}.scope")
        self.roles: list[str] = []
        self._roles: frozenset[str] = frozenset()
        self.target = "All"
        if scope is None:
            return
        target = string_at(scope, "target", f"{self.path}.scope.target") or "All"
        if target not in _TARGETS:
            raise ItemError(wrong_choice(f"{self.path}.scope.target", target, _TARGETS))
        self.target = target
        roles = sequence_at(scope, "roles", f"{self.path}.scope.roles")
        for i, entry in enumerate(roles.entries if roles is not None else ()):
            self.roles.append(check_string(entry, self.role_path(i)))
        self._roles = frozenset(self.roles)

    def role_path(self, index: int) -> str:
        """The path of an entry of `roles`."""
        return f"{self.path}.scope.roles[{index}]"

    def covers(self, role: str | None, is_entry: bool) -> bool:
        """Whether the plugin runs on the pods of a role."""
        return self.targets(is_entry) and (not self._roles or role in self._roles)

    def targets(self, is_entry: bool) -> bool:
        return self.target in ("All", "Entry" if is_entry else "Worker")
