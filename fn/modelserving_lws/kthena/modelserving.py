"""kthena's names and rules: what a ModelServing says of its pods, and what a pod says of where it
comes from.

Sources, in github.com/volcano-sh/kthena: `pkg/apis/workload/v1alpha1/labels.go` and
`model_serving_types.go` (names), `pkg/model-serving-controller/utils/utils.go` (names of
ServingGroups, roles and pods), `pkg/model-serving-controller/plugins/manager.go` (scopes).
"""

from __future__ import annotations

from ..k8s.fields import (
    integer,
    integer_at,
    mapping_at,
    sequence_at,
    string_at,
    wrong,
    wrong_choice,
)
from ..results.errors import ItemError
from ..results.quoting import quoted
from ..results.result import Result
from ..yamltext.access import text_at
from ..yamltext.nodes import Mapping, Scalar, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from ..wire.items import Item

KIND = "ModelServing"
GROUPS = ("workload.serving.volcano.sh", "workload.volcano.sh")
API_VERSION = f"{GROUPS[0]}/v1alpha1"

NAME = "modelserving.volcano.sh/name"
GROUP_NAME = "modelserving.volcano.sh/group-name"
ROLE = "modelserving.volcano.sh/role"
ROLE_ID = "modelserving.volcano.sh/role-id"
ENTRY = "modelserving.volcano.sh/entry"
# The proposal's annotations, for pods whose ModelServing is not among the items.
PLUGINS = "modelserving.volcano.sh/plugins"
REPLICAS = "modelserving.volcano.sh/replicas"

WORKER_INDEX = "WORKER_INDEX"
GROUP_SIZE = "GROUP_SIZE"
ENTRY_ADDRESS = "ENTRY_ADDRESS"

ROLES = "spec.template.roles"
BUILT_IN = "BuiltIn"
# The plugin of the proposal.
PLUGIN_NAME = "lws"
_TARGETS = ("All", "Entry", "Worker")


class ModelServing:
    """A ModelServing item."""

    __slots__ = ("_found", "_replicas", "item", "name", "namespace")

    def __init__(self, item: Item) -> None:
        self.item = item
        self._replicas: int | None = None
        self._found: _Roles | None = None
        reference = item.reference
        self.name = reference.name
        self.namespace = reference.namespace

    @staticmethod
    def is_kind_of(item: Item) -> bool:
        return item.kind == KIND and item.group in GROUPS

    @property
    def _spec(self) -> Mapping | None:
        return mapping_at(self.item.node, "spec", "spec")

    def replicas(self) -> int:
        """`spec.replicas`; 1 where it is left out, as the API server sets it."""
        if self._replicas is None:
            self._replicas = self.item.read(self._read_replicas)
        return self._replicas

    def _read_replicas(self) -> int:
        spec = self._spec
        replicas = None if spec is None else integer_at(spec, "replicas", "spec.replicas")
        return 1 if replicas is None else replicas

    def plugins(self, names: Container[str]) -> list[Plugin]:
        """The built-in plugins of these names."""
        return self.item.read(lambda: self._read_plugins(names))

    def _read_plugins(self, names: Container[str]) -> list[Plugin]:
        plugins = []
        for i, node in enumerate(self.plugin_entries()):
            path = f"spec.plugins[{i}]"
            name = string_at(node, "name", f"{path}.name")
            type_ = string_at(node, "type", f"{path}.type")
            if name in names and type_ in (None, "", BUILT_IN):
                plugins.append(Plugin(node, path, i))
        return plugins

    def plugin_entries(self) -> Iterator[Mapping]:
        """The entries of `spec.plugins`, whatever they name."""
        spec = self._spec
        found = None if spec is None else sequence_at(spec, "plugins", "spec.plugins")
        for i, entry in enumerate(found.entries if found is not None else ()):
            node = resolve(entry)
            if not isinstance(node, Mapping):
                raise ItemError(wrong(f"spec.plugins[{i}]", node, "a mapping"))
            yield node

    def worker_replicas(self, name: str) -> int | None:
        """`workerReplicas` of a role, 0 where it is left out; None where there is no such role."""
        return self.item.read(lambda: self._worker_replicas(name))

    def _worker_replicas(self, name: str) -> int | None:
        if self._found is None or self._found.node is not self.item.node:
            self._found = _Roles(self.item.node, self.roles())
        role = self._found.role(name)
        return None if role is None else role.workers

    def roles(self) -> Iterator[Role]:
        """The roles, in order. Raises ItemError where they can't be read."""
        spec = self._spec
        template = None if spec is None else mapping_at(spec, "template", "spec.template")
        roles = None if template is None else sequence_at(template, "roles", ROLES)
        for i, entry in enumerate(roles.entries if roles is not None else ()):
            node = resolve(entry)
            if not isinstance(node, Mapping):
                raise ItemError(wrong(f"{ROLES}[{i}]", node, "a mapping"))
            yield Role(node, i)


class _Roles:
    """The roles of a ModelServing that was read as `node`, by name; the first of a name counts."""

    def __init__(self, node: Mapping, roles: Iterator[Role]) -> None:
        self.node = node
        self._roles: dict[str, Role] = {}
        self._error: ItemError | None = None
        try:
            for role in roles:
                self._roles.setdefault(role.name, role)
        except ItemError as error:
            self._error = error

    def role(self, name: str) -> Role | None:
        """Raises ItemError where an entry before the role is none."""
        if name not in self._roles and self._error is not None:
            raise self._error.with_traceback(None)
        return self._roles.get(name)


class Role:
    """An entry of `spec.template.roles`; `index` is its place there, `path` its path."""

    def __init__(self, node: Mapping, index: int) -> None:
        self.node = node
        self.index = index
        self.path = f"{ROLES}[{index}]"
        self.name = string_at(node, "name", f"{self.path}.name") or ""

    @property
    def workers(self) -> int:
        """`workerReplicas`, 0 where it is left out."""
        return integer_at(self.node, "workerReplicas", f"{self.path}.workerReplicas") or 0

    @property
    def replicas(self) -> int:
        """Its `replicas`, 1 where they are left out."""
        replicas = integer_at(self.node, "replicas", f"{self.path}.replicas")
        return 1 if replicas is None else replicas

    def template(self, field: str) -> Mapping | None:
        """Its `entryTemplate` or `workerTemplate`."""
        return mapping_at(self.node, field, f"{self.path}.{field}")


class Plugin:
    """An entry of `spec.plugins` and its scope; `index` is its place there."""

    def __init__(self, node: Mapping, path: str, index: int) -> None:
        """Raises ItemError where the scope is none."""
        self.node = node
        self.path = path
        self.index = index
        self.name = text_at(node, "name") or ""
        scope = mapping_at(node, "scope", f"{path}.scope")
        self.roles: list[str] = []
        self._roles: frozenset[str] = frozenset()
        self.target = "All"
        if scope is None:
            return
        target = string_at(scope, "target", f"{path}.scope.target") or "All"
        if target not in _TARGETS:
            raise ItemError(wrong_choice(f"{path}.scope.target", target, _TARGETS))
        self.target = target
        roles = sequence_at(scope, "roles", f"{path}.scope.roles")
        for i, entry in enumerate(roles.entries if roles is not None else ()):
            role = resolve(entry)
            if not isinstance(role, Scalar):
                raise ItemError(wrong(f"{path}.scope.roles[{i}]", role, "a string"))
            self.roles.append(role.value)
        self._roles = frozenset(self.roles)

    def covers(self, role: str | None, is_entry: bool) -> bool:
        return self.targets(is_entry) and (not self._roles or role in self._roles)

    def targets(self, is_entry: bool) -> bool:
        return self.target in ("All", "Entry" if is_entry else "Worker")


class ServingGroup:
    """A ServingGroup's name and its ordinal, by kthena's rule `(.*)-([0-9]+)$`."""

    def __init__(self, name: str, path: str) -> None:
        """Raises ItemError, at the path, where the name is not of that form."""
        _, dash, ordinal = name.rpartition("-")
        value = integer(ordinal) if dash else None
        if value is None:
            raise ItemError(Result("not-a-servinggroup", path, current=name, found=quoted(name)))
        self.name = name
        self.ordinal = value
