"""The rules by which a cluster refuses a ModelServing: one table.

The rules are those of the CustomResourceDefinition, with strict field validation, for all fields
but a pod's `spec`; of that, for images, values of env vars, and lists that the definition has as
maps (`kthena/template_rules`). And those of
`pkg/model-serving-controller/webhook/validator.go`, in github.com/volcano-sh/kthena. A template
without containers that pods are to be made of is refused here as well.

To add a rule: a function that reports what is wrong with its subject, and its row in RULES, which
names the versions of kthena that have the rule.
"""

from __future__ import annotations

from ..k8s.fields import (
    amount_at,
    check_string,
    fields_of,
    integer_at,
    is_digits,
    mapping_at,
    string_at,
    wrong,
)
from ..results.errors import ItemError
from ..results.result import meant, quoted
from ..yamltext.data import entries_of, get, text_at
from ..yamltext.nodes import Mapping, Node, Scalar, resolve
from . import template_rules
from .modelserving import ENTRY_TEMPLATE, ROLES, WORKER_TEMPLATE, Plugin, plugin_entries
from .names import is_dns_label, longest_name
from .subjects import VERSIONS, Report, RoleOf, Serving, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Rule = Callable[[Any, Report], None]

BY_GROUP, BY_ROLE = "ServingGroupRollingUpdate", "RoleRollingUpdate"
RECREATE_GROUP, RECREATE_NONE = "ServingGroupRecreate", "None"
_RECOVERY = (RECREATE_GROUP, "RoleRecreate", RECREATE_NONE)
MAX_ROLES = 4
_MAX_ROLE_NAME = 12
_MAX_TIER_NAME = 253
_STRATEGY = "spec.rolloutStrategy"
_ROLLING = f"{_STRATEGY}.rollingUpdateConfiguration"
_GANG = "spec.template.gangPolicy"


def _name(serving: Serving, report: Report) -> None:
    if not serving.name:
        report.add("missing-field", "metadata.name")


def _replicas(serving: Serving, report: Report) -> None:
    report.read(0, getattr, serving, "replicas")


def _strategy(serving: Serving, report: Report) -> None:
    recovery = string_at(serving.spec, "recoveryPolicy", "spec.recoveryPolicy")
    report.check_choice("spec.recoveryPolicy", recovery, _RECOVERY)
    strategy, path = mapping_at(serving.spec, "rolloutStrategy", _STRATEGY), f"{_STRATEGY}.type"
    found = None if strategy is None else string_at(strategy, "type", path)
    report.check_choice(path, found, (BY_GROUP, BY_ROLE))
    if (recovery, found) == (RECREATE_GROUP, BY_ROLE):
        report.add("recovery-by-role", path, BY_ROLE)


def _rolling(serving: Serving, report: Report) -> None:
    strategy = mapping_at(serving.spec, "rolloutStrategy", _STRATEGY)
    rolling = strategy and mapping_at(strategy, "rollingUpdateConfiguration", _ROLLING)
    if rolling is not None and serving.strategy_type == BY_ROLE:
        report.add("only-with-strategy", _ROLLING, strategy=BY_GROUP)
    elif rolling is not None:
        report.read(None, amount_at, rolling, "partition", f"{_ROLLING}.partition", 1)
        _unavailable(rolling, f"{_ROLLING}.maxUnavailable", serving.replicas, report)


def _unavailable(parent: Mapping, path: str, total: int, report: Report) -> int | None:
    amount = amount_at(parent, "maxUnavailable", path, total)
    if amount == 0:
        current = text_at(parent, "maxUnavailable") or ""
        report.add("amount-is-zero", path, current, total=total, found=quoted(current))
    return amount


def _roles(serving: Serving, report: Report) -> None:
    roles = serving.roles
    if not 1 <= len(roles) <= MAX_ROLES:
        report.add("role-count", ROLES, limit=MAX_ROLES, found=len(roles))
    report.check_unique((role.name, f"{role.path}.name") for role in roles)


def _gang(serving: Serving, report: Report) -> None:
    template = mapping_at(serving.spec, "template", "spec.template")
    policy, path = (
        template and mapping_at(template, "gangPolicy", _GANG),
        f"{_GANG}.minRoleReplicas",
    )
    minimums = policy and mapping_at(policy, "minRoleReplicas", path)
    if minimums is None or len(serving.roles) > MAX_ROLES:
        return
    replicas = {role.name: role.replicas for role in serving.roles}
    for role in fields_of(minimums, path):
        here = f"{path}['{role}']"
        minimum = report.read(None, integer_at, minimums, role, here)
        report.check_choice(here, role, tuple(replicas))
        if minimum is not None and minimum > replicas.get(role, minimum):
            limit = replicas[role]
            report.add("amount-too-large", here, str(minimum), replicas=limit, found=minimum)


def _plugins(serving: Serving, report: Report) -> None:
    for i, node in plugin_entries(serving.node):
        report.read(None, Plugin, node, i)
        if get(node, "name") is None:
            report.add("missing-field", f"spec.plugins[{i}].name")


def _workers(subject: RoleOf, report: Report) -> None:
    role = subject.role
    if get(role.node, "workerReplicas") is None:
        report.add("missing-field", f"{role.path}.workerReplicas")
    for field in (ENTRY_TEMPLATE, WORKER_TEMPLATE):
        path = f"{role.path}.{field}"
        if get(role.node, field) is not None:
            continue
        if field == ENTRY_TEMPLATE:
            report.add("missing-field", path)
        elif role.makes_pods(field):
            report.add("no-worker-template", path, workers=role.workers)


def _role_name(subject: RoleOf, report: Report) -> None:
    name, limit = subject.role.name, _MAX_ROLE_NAME
    if len(name) > limit or not is_dns_label(name):
        path = f"{subject.role.path}.name"
        report.add("role-name", path, name, limit=limit, found=quoted(name))


def _generated_name(subject: RoleOf, report: Report) -> None:
    serving, role = subject.serving, subject.role
    groups = report.read(1, getattr, serving, "replicas")
    replicas = report.read(1, getattr, role, "replicas")
    workers = report.read(0, getattr, role, "workers")
    longest = longest_name(serving.name, groups, role.name, replicas, workers)
    if serving.name and not is_dns_label(longest):
        report.add("generated-name", "metadata.name", serving.name, found=quoted(longest))


def _role_update(subject: RoleOf, report: Report) -> None:
    role, path = subject.role, f"{subject.role.path}.maxUnavailable"
    if subject.serving.strategy_type == BY_ROLE:
        amount, replicas = _unavailable(role.node, path, role.replicas, report), role.replicas
        if amount is not None and amount > replicas:
            report.add("amount-too-large", path, str(amount), replicas=replicas, found=amount)


def _role_update_of_old(subject: RoleOf, report: Report) -> None:
    """1.0.0 has no `partition`, and `maxUnavailable` with RoleRollingUpdate alone."""
    node, path = subject.role.node, subject.role.path
    if get(node, "maxUnavailable") is not None and subject.serving.strategy_type != BY_ROLE:
        report.add("only-with-strategy", f"{path}.maxUnavailable", strategy=BY_ROLE)
    if "partition" in node.fields():
        allowed = ", ".join(name for name in _ROLE if name != "partition")
        report.add("unknown-field", f"{path}.partition", allowed=allowed, meant="")


def _role_update_of_new(subject: RoleOf, report: Report) -> None:
    """The version main fills in 1 for an absent `maxUnavailable`."""
    role, path = subject.role, subject.role.path
    is_by_role = subject.serving.strategy_type == BY_ROLE
    replicas = report.read(1, getattr, role, "replicas")
    report.read(None, amount_at, role.node, "partition", f"{path}.partition", replicas)
    if get(role.node, "partition") is not None and not is_by_role:
        report.add("only-with-strategy", f"{path}.partition", strategy=BY_ROLE)
    if is_by_role and not replicas and get(role.node, "maxUnavailable") is None:
        report.add("amount-too-large", f"{path}.maxUnavailable", "1", replicas=0, found=1)


def _own_metadata(serving: Serving, report: Report) -> None:
    template_rules.check_metadata(serving.node, "metadata", report)


def _check_integer(node: Node, path: str) -> None:
    if not (
        isinstance(node, Scalar) and not node.style and is_digits(node.value.removeprefix("-"))
    ):
        raise ItemError(wrong(path, node, "an integer"))


def _check_natural(node: Node, path: str) -> None:
    _check_integer(node, path)
    if isinstance(node, Scalar) and node.value[0] == "-":
        raise ItemError(wrong(path, node, "an integer from 0 on"))


def _check_tier_name(node: Node, path: str) -> None:
    if len(check_string(node, path)) > _MAX_TIER_NAME:
        raise ItemError(wrong(path, node, f"a string of {_MAX_TIER_NAME} characters at most"))


def _check_amount(node: Node, path: str) -> None:
    try:
        _check_integer(node, path)
    except ItemError:
        check_string(node, path)


# The fields, and what their values must be where no other rule says so.
_TOPOLOGY = {
    "mode": ("hard", "soft"),
    "highestTierAllowed": _check_natural,
    "highestTierName": _check_tier_name,
}
_TEMPLATE = {"metadata": {"labels": None, "annotations": None}, "spec": None}
_ROLE = {
    "name": check_string,
    "replicas": None,
    ENTRY_TEMPLATE: _TEMPLATE,
    "workerReplicas": None,
    WORKER_TEMPLATE: _TEMPLATE,
    "maxUnavailable": _check_amount,
    "partition": None,
}
_PLUGIN = {
    "name": check_string,
    "type": None,
    "config": None,
    "scope": {"roles": [check_string], "target": None},
}
_METADATA = (
    "name generateName namespace selfLink uid resourceVersion generation creationTimestamp "
    "deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers "
    "managedFields"
)
_SPEC = {
    "replicas": None,
    "schedulerName": check_string,
    "plugins": [_PLUGIN],
    "recoveryPolicy": None,
    "rolloutStrategy": {
        "type": None,
        "rollingUpdateConfiguration": {"maxUnavailable": None, "partition": None},
    },
    "template": {
        "roles": [_ROLE],
        "gangPolicy": {"minRoleReplicas": None},
        "networkTopology": {"groupPolicy": _TOPOLOGY, "rolePolicy": _TOPOLOGY},
        "restartGracePeriodSeconds": _check_integer,
    },
}


_FIELDS = {
    "apiVersion": None,
    "kind": None,
    "metadata": dict.fromkeys(_METADATA.split()),
    "spec": _SPEC,
    "status": None,
}


def _fields(serving: Serving, report: Report) -> None:
    """Fields that the CRD does not have, and types."""
    _check_fields(serving.node, "", _FIELDS, report)


def _check_fields(node: Node, path: str, known: Any, report: Report) -> None:
    node = resolve(node)
    if known is None or template_rules.is_null(node):
        return
    if isinstance(known, dict) and isinstance(node, Mapping):
        for name, value in fields_of(node, path).items():
            at = f"{path}.{name}" if path else name
            if name in known:
                _check_fields(value, at, known[name], report)
            else:
                allowed, hint = ", ".join(known), meant(name, known)
                report.add("unknown-field", at, allowed=allowed, meant=hint)
    elif isinstance(known, dict):
        raise ItemError(wrong(path, node, "a mapping"))
    elif isinstance(known, list):
        for i, entry in enumerate(entries_of(node)):
            _check_fields(entry, f"{path}[{i}]", known[0], report)
    elif isinstance(known, tuple):
        report.check_choice(path, check_string(node, path), known)
    else:
        report.read(None, known, node, path)


_OLD, _NEW = (VERSIONS[0],), (VERSIONS[1],)
# What a rule is about, the versions of kthena that have it, and the rule.
RULES: tuple[tuple[type, tuple[str, ...], Rule], ...] = (
    (Serving, VERSIONS, _name),
    (Serving, VERSIONS, _own_metadata),
    (Serving, VERSIONS, _fields),
    (Serving, VERSIONS, _replicas),
    (Serving, VERSIONS, _strategy),
    (Serving, VERSIONS, _rolling),
    (Serving, VERSIONS, _roles),
    (Serving, VERSIONS, _gang),
    (Serving, VERSIONS, _plugins),
    (RoleOf, VERSIONS, _workers),
    (RoleOf, VERSIONS, _role_name),
    (RoleOf, VERSIONS, _generated_name),
    (RoleOf, VERSIONS, _role_update),
    (RoleOf, _OLD, _role_update_of_old),
    (RoleOf, _NEW, _role_update_of_new),
    (Template, VERSIONS, template_rules.metadata),
    (Template, VERSIONS, template_rules.containers),
    (Template, VERSIONS, template_rules.lists),
    (Template, VERSIONS, template_rules.images),
    (Template, VERSIONS, template_rules.values),
)
