"""What a cluster with kthena 1.0 refuses of a ModelServing: the one table of rules.

The rules are those of the CustomResourceDefinition, as far as they concern the ModelServing's own
fields and the names, images and env of containers, and those of
`pkg/model-serving-controller/webhook/validator.go`, in github.com/volcano-sh/kthena. A template
without containers that pods are to be made of is refused here as well.

To add a rule: a function that reports what is wrong with its subject, and its row in RULES.
"""

from __future__ import annotations

from functools import cached_property

from ..k8s import fields
from ..k8s.containers import read_containers
from ..k8s.fields import mapping_at
from ..results.errors import ItemError, ShapeError
from ..results.quoting import quoted
from ..results.result import Result
from ..yamltext.access import get, text_at
from . import modelserving
from .modelserving import ENTRY_TEMPLATE, ROLES, WORKER_TEMPLATE, Plugin, Role
from .names import KIND, is_dns_label, longest_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from ..k8s.containers import Container
    from ..yamltext.nodes import Mapping

    T = TypeVar("T")
    Rule = Callable[[Any, "_Report"], None]

BY_GROUP, BY_ROLE = "ServingGroupRollingUpdate", "RoleRollingUpdate"
RECREATE_GROUP, RECREATE_NONE = "ServingGroupRecreate", "None"
_RECOVERY = (RECREATE_GROUP, "RoleRecreate", RECREATE_NONE)
MAX_ROLES = 4
_MAX_ROLE_NAME = 12
_STRATEGY = "spec.rolloutStrategy"
_ROLLING = f"{_STRATEGY}.rollingUpdateConfiguration"
_GANG = "spec.template.gangPolicy"


def refusals(node: Mapping) -> list[Result]:
    """All that a cluster refuses of a ModelServing's mapping, without repeats. Whether the
    controller knows its plugins is no matter of these rules.
    """
    report = _Report(node)
    spec = report.read(None, mapping_at, node, "spec", "spec")
    if spec is None:
        report.add("missing-field", "spec")
        return report.results
    report.check(KIND, node)
    report.check("spec", spec)
    none: list[Role] = []
    for role in report.read(none, getattr, report, "roles")[:MAX_ROLES]:
        report.check("role", role)
        for field in (ENTRY_TEMPLATE, WORKER_TEMPLATE):
            template = report.read(None, role.template, field)
            if template is not None:
                report.check("template", _Template(role, field, template))
    return report.results


def unknown_roles(node: Mapping) -> dict[int, list[Result]]:
    """The roles in the scopes of a ModelServing's plugins that it does not have, as warnings by the
    plugins' indexes. A cluster takes them, and runs the plugin on no pods of such a role.
    """
    try:
        roles = {role.name: quoted(role.name) for role in modelserving.roles_of(node)}
        plugins = [Plugin(plugin, i) for i, plugin in modelserving.plugin_entries(node)]
    except ItemError:
        return {}  # `refusals` has it
    if len(roles) > MAX_ROLES:
        return {}
    allowed = ", ".join(roles.values())
    found: dict[int, list[Result]] = {}
    for plugin in plugins:
        for i, name in enumerate(plugin.roles):
            if name not in roles:
                path, shown = plugin.role_path(i), quoted(name)
                result = Result("scope-role", path, current=name, allowed=allowed, found=shown)
                found.setdefault(plugin.index, []).append(result)
    return found


class _Report:
    """A ModelServing, and what the rules find in it, without repeats."""

    def __init__(self, node: Mapping) -> None:
        self.node = node
        self.name = text_at(get(node, "metadata"), "name") or ""
        self.strategy_type = text_at(get(get(node, "spec"), "rolloutStrategy"), "type")
        self._found: dict[tuple[str, str], Result] = {}

    @property
    def results(self) -> list[Result]:
        return list(self._found.values())

    @cached_property
    def roles(self) -> list[Role]:
        """The roles. Raises ItemError."""
        return list(modelserving.roles_of(self.node))

    def add(self, name: str, path: str, current: str | None = None, **values: Any) -> None:
        self._add(Result(name, path, current=current, **values))

    def _add(self, *results: Result) -> None:
        for result in results:
            self._found.setdefault((result.field, result.message), result)

    def read(self, otherwise: T, reading: Callable[..., T], *arguments: object) -> T:
        """What is read; `otherwise` where that raises an error, which is added."""
        try:
            return reading(*arguments)
        except ItemError as error:
            self._add(*error.results)
        except ShapeError as error:
            self.add(error.id, "", **error.values)
        return otherwise

    def check(self, kind: str, subject: Mapping | Role | _Template) -> None:
        """Applies the rules for subjects of this kind."""
        for rule in RULES[kind]:
            self.read(None, rule, subject, self)

    def check_choice(self, path: str, found: str | None, allowed: tuple[str, ...]) -> None:
        if found is not None and found not in allowed:
            self._add(fields.wrong_choice(path, found, allowed))

    def check_unique(self, names: Iterable[tuple[str | None, str]]) -> None:
        """Checks names, given with their paths; absent names are alike."""
        seen = set()
        for name, path in names:
            if name in seen:
                self.add("name-twice", path, name, found=quoted(name or ""))
            seen.add(name)


class _Template:
    """A template of a role."""

    def __init__(self, role: Role, field: str, node: Mapping) -> None:
        self.node = node
        self.path = f"{role.path}.{field}"
        self._role = role
        self._field = field

    @cached_property
    def containers(self) -> list[Container]:
        """The containers; none are needed where no pod is made. Raises ItemError."""
        if self._role.makes_pods(self._field):
            return read_containers(self.node, f"{self.path}.")
        spec = mapping_at(self.node, "spec", f"{self.path}.spec")
        if spec is None:
            return []
        is_there = get(spec, "containers") is not None
        return read_containers(self.node, f"{self.path}.", may_be_empty=is_there)


def _name(_: Mapping, report: _Report) -> None:
    if not report.name:
        report.add("missing-field", "metadata.name")


def _replicas(node: Mapping, _: _Report) -> None:
    modelserving.replicas_of(node)


def _strategy(spec: Mapping, report: _Report) -> None:
    recovery = fields.string_at(spec, "recoveryPolicy", "spec.recoveryPolicy")
    report.check_choice("spec.recoveryPolicy", recovery, _RECOVERY)
    strategy, path = mapping_at(spec, "rolloutStrategy", _STRATEGY), f"{_STRATEGY}.type"
    found = None if strategy is None else fields.string_at(strategy, "type", path)
    report.check_choice(path, found, (BY_GROUP, BY_ROLE))
    if (recovery, found) == (RECREATE_GROUP, BY_ROLE):
        report.add("recovery-by-role", path, BY_ROLE)


def _rolling(spec: Mapping, report: _Report) -> None:
    strategy = mapping_at(spec, "rolloutStrategy", _STRATEGY)
    rolling = strategy and mapping_at(strategy, "rollingUpdateConfiguration", _ROLLING)
    if rolling is not None and report.strategy_type == BY_ROLE:
        report.add("only-with-strategy", _ROLLING, strategy=BY_GROUP)
    elif rolling is not None:
        report.read(None, fields.amount_at, rolling, "partition", f"{_ROLLING}.partition", 1)
        total = modelserving.replicas_of(report.node)
        _unavailable(rolling, f"{_ROLLING}.maxUnavailable", total, report)


def _unavailable(parent: Mapping, path: str, total: int, report: _Report) -> int | None:
    amount = fields.amount_at(parent, "maxUnavailable", path, total)
    if amount == 0:
        current = text_at(parent, "maxUnavailable") or ""
        report.add("amount-is-zero", path, current, total=total, found=quoted(current))
    return amount


def _roles(_: Mapping, report: _Report) -> None:
    roles = report.roles
    if not 1 <= len(roles) <= MAX_ROLES:
        report.add("role-count", ROLES, limit=MAX_ROLES, found=len(roles))
    report.check_unique((role.name, f"{role.path}.name") for role in roles)


def _gang(spec: Mapping, report: _Report) -> None:
    template, path = mapping_at(spec, "template", "spec.template"), f"{_GANG}.minRoleReplicas"
    policy = template and mapping_at(template, "gangPolicy", _GANG)
    minimums = policy and mapping_at(policy, "minRoleReplicas", path)
    if minimums is None or len(report.roles) > MAX_ROLES:
        return
    replicas = {role.name: role.replicas for role in report.roles}
    for role in fields.fields_of(minimums, path):
        here = f"{path}['{role}']"
        minimum = report.read(None, fields.integer_at, minimums, role, here)
        report.check_choice(here, role, tuple(replicas))
        if minimum is not None and minimum > replicas.get(role, minimum):
            limit = replicas[role]
            report.add("amount-too-large", here, str(minimum), replicas=limit, found=minimum)


def _plugins(node: Mapping, report: _Report) -> None:
    for i, plugin in modelserving.plugin_entries(node):
        report.read(None, Plugin, plugin, i)


def _templates(role: Role, report: _Report) -> None:
    if get(role.node, "workerReplicas") is None:
        report.add("missing-field", f"{role.path}.workerReplicas")
    if get(role.node, ENTRY_TEMPLATE) is None:
        report.add("missing-field", f"{role.path}.{ENTRY_TEMPLATE}")
    if get(role.node, WORKER_TEMPLATE) is None and role.workers:
        path = f"{role.path}.{WORKER_TEMPLATE}"
        report.add("no-worker-template", path, workers=role.workers)


def _role_name(role: Role, report: _Report) -> None:
    name, limit = role.name, _MAX_ROLE_NAME
    if len(name) > limit or not is_dns_label(name):
        report.add("role-name", f"{role.path}.name", name, limit=limit, found=quoted(name))


def _generated_name(role: Role, report: _Report) -> None:
    groups = report.read(1, modelserving.replicas_of, report.node)
    replicas = report.read(1, getattr, role, "replicas")
    workers = report.read(0, getattr, role, "workers")
    longest = longest_name(report.name, groups, role.name, replicas, workers)
    if report.name and not is_dns_label(longest):
        report.add("generated-name", "metadata.name", report.name, found=quoted(longest))


def _role_update(role: Role, report: _Report) -> None:
    path, replicas = f"{role.path}.maxUnavailable", role.replicas
    if get(role.node, "maxUnavailable") is not None and report.strategy_type != BY_ROLE:
        report.add("only-with-strategy", path, strategy=BY_ROLE)
    amount = _unavailable(role.node, path, replicas, report)
    if amount is not None and amount > replicas:
        report.add("amount-too-large", path, str(amount), replicas=replicas, found=amount)


def _metadata(template: _Template, report: _Report) -> None:
    path = f"{template.path}.metadata"
    metadata = mapping_at(template.node, "metadata", path)
    for field in ("labels", "annotations") if metadata is not None else ():
        here = f"{path}.{field}"
        strings = report.read(None, mapping_at, metadata, field, here)
        for key, value in {} if strings is None else fields.fields_of(strings, here).items():
            report.read("", fields.check_string, value, f"{here}['{key}']")


def _container_names(template: _Template, report: _Report) -> None:
    names: dict[str, list[tuple[str | None, str]]] = {}
    for it in template.containers:
        path = f"{it.path}.name"
        names.setdefault(it.field, []).append((fields.string_at(it.node, "name", path), path))
    for of_list in names.values():
        report.check_unique(of_list)


def _images(template: _Template, report: _Report) -> None:
    """The webhook's `validateImageField`, which does not see init containers."""
    for container in template.containers:
        path = f"{container.path}.image"
        image = fields.string_at(container.node, "image", path) or ""
        is_refused = " " in image or image.isspace()
        if is_refused and container.field == "containers":
            report.add("image-with-space", path, image, found=quoted(image))


def _env(template: _Template, report: _Report) -> None:
    """The CRD has `env` as a map by `name`, and values as strings."""
    for container in template.containers:
        entries = container.entries
        report.check_unique((entry.name, f"{entry.path}.name") for entry in entries)
        for entry in entries:
            value = get(entry.mapping, "value")
            if value is not None:
                report.read("", fields.check_string, value, f"{entry.path}.value", True)


# The rules, by what they are about.
RULES: dict[str, tuple[Rule, ...]] = {
    KIND: (_name, _replicas, _roles, _plugins),
    "spec": (_strategy, _rolling, _gang),
    "role": (_templates, _role_name, _generated_name, _role_update),
    "template": (_metadata, _container_names, _images, _env),
}
