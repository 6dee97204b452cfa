"""What a cluster with kthena refuses of a ModelServing; the rules are in `kthena/rules`."""

from __future__ import annotations

from ..k8s.fields import mapping_at
from ..results.errors import ItemError
from ..results.result import Result, meant, quoted
from .modelserving import (
    ENTRY_TEMPLATE,
    WORKER_TEMPLATE,
    Plugin,
    Role,
    plugin_entries,
    roles_of,
)
from .rules import MAX_ROLES, RULES
from .subjects import BOTH, Report, RoleOf, Serving, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from ..yamltext.nodes import Mapping


def refusals(node: Mapping, version: str = BOTH) -> list[Result]:
    """What a cluster with this version of kthena refuses of a ModelServing's mapping, as
    `Report.results` has it. Whether the controller knows the plugins is no matter of these rules.
    """
    report = Report()
    spec = report.read(None, mapping_at, node, "spec", "spec")
    if spec is None:
        report.add("missing-field", "spec")
        return report.results(version)
    serving = Serving(node, spec)
    _check(report, serving)
    none: list[Role] = []
    for role in report.read(none, getattr, serving, "roles")[:MAX_ROLES]:
        _check(report, RoleOf(serving, role))
        for field in (ENTRY_TEMPLATE, WORKER_TEMPLATE):
            template = report.read(None, role.template, field)
            if template is not None:
                _check(report, Template(role, field, template))
    return report.results(version)


def _check(report: Report, subject: Serving | RoleOf | Template) -> None:
    for of, versions, rule in RULES:
        if isinstance(subject, of):
            report.apply(rule, versions, subject)


def unknown_roles(
    node: Mapping, more: Iterable[Plugin] = (), left_out: Container[int] = ()
) -> dict[str, list[Result]]:
    """The roles in the scopes of a ModelServing's plugins that it does not have, as warnings by the
    plugins' paths; `more` are further plugins, `left_out` has the indexes of those that do not
    count. A cluster takes them, and runs the plugin on no pods of such a role.
    """
    try:
        roles = {role.name: quoted(role.name) for role in roles_of(node)}
        there = [Plugin(plugin, i) for i, plugin in plugin_entries(node) if i not in left_out]
    except ItemError:
        return {}  # `refusals` has it
    if len(roles) > MAX_ROLES:
        return {}
    allowed = ", ".join(roles.values())
    found: dict[str, list[Result]] = {}
    for plugin in [*there, *more]:
        for i, name in enumerate(plugin.roles):
            if name not in roles:
                path, shown = plugin.role_path(i), quoted(name)
                hint = meant(name, roles)
                result = Result(
                    "scope-role", path, current=name, allowed=allowed, found=shown, meant=hint
                )
                found.setdefault(plugin.path, []).append(result)
    return found
