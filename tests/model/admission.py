"""Why a cluster refuses a ModelServing before the controller sees it: the schema of kthena's
CustomResourceDefinition, then its webhook (`pkg/model-serving-controller/webhook`); of kthena 1.0.0
and of `main`, its commit 3cc05728.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = "spec.template.roles"
VERSIONS = ("1.0.0", "main")


def problems(serving: Any, version: str = VERSIONS[0]) -> list[str]:
    """One line for each, with the field's path. The names of plugins are the controller's matter.

    Of the schema, it is what a ModelServing of the right types can break.
    """
    serving = _defaulted(serving, version)
    return list(_schema(serving["spec"], version)) or list(_webhook(serving, version))


def _defaulted(serving: Any, version: str) -> Any:
    """A copy with the defaults of the CustomResourceDefinition."""
    serving = copy.deepcopy(serving)
    _default(serving["spec"], replicas=1, recoveryPolicy="RoleRecreate")
    for plugin in serving["spec"].get("plugins") or []:
        _default(plugin, type="BuiltIn")
    for role in serving["spec"]["template"]["roles"]:
        _default(role, replicas=1)
        if version == "main":
            _default(role, maxUnavailable=1)
    return serving


def _default(mapping: Any, **values: Any) -> None:
    for key, value in values.items():
        if mapping.get(key) is None:
            mapping[key] = value


def _schema(spec: Any, version: str) -> Iterator[str]:
    roles = spec["template"]["roles"]
    if not 1 <= len(roles) <= 4:
        yield f"{ROLES}: {len(roles)} of them, allowed are 1 to 4"
    yield from _repeated(roles, ROLES)
    for i, plugin in enumerate(spec.get("plugins") or []):
        yield from _one_of(plugin["type"], f"spec.plugins[{i}].type", "BuiltIn")
    policies = ("ServingGroupRecreate", "RoleRecreate", "None")
    yield from _one_of(spec["recoveryPolicy"], "spec.recoveryPolicy", *policies)
    strategy = (spec.get("rolloutStrategy") or {}).get("type") or "ServingGroupRollingUpdate"
    types = ("ServingGroupRollingUpdate", "RoleRollingUpdate")
    yield from _one_of(strategy, "spec.rolloutStrategy.type", *types)
    for i, role in enumerate(roles):
        path = f"{ROLES}[{i}]"
        if version == "1.0.0" and "partition" in role:
            yield f"{path}.partition: no such field"
        for field in ("entryTemplate", "workerReplicas"):
            if role.get(field) is None:
                yield f"{path}.{field}: required"
        if not re.fullmatch("(?=.{1,12}$)[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?", role["name"]):
            yield f"{path}.name: {role['name']!r} is too long, or has other characters"
        for field in ("entryTemplate", "workerTemplate"):
            if role.get(field) is not None:
                yield from _template(role[field], f"{path}.{field}")


def _template(template: Any, path: str) -> Iterator[str]:
    for kind in ("labels", "annotations"):
        for key, value in ((template.get("metadata") or {}).get(kind) or {}).items():
            if value is not None and not isinstance(value, str):
                yield f"{path}.metadata.{kind}[{key}]: {value!r} is no string"
    for kind in ("containers", "initContainers"):
        listed = _listed(template, kind)
        yield from _repeated(listed, f"{path}.spec.{kind}")
        for i, container in enumerate(listed):
            env = container.get("env") or []
            yield from _repeated(env, f"{path}.spec.{kind}[{i}].env")
            for j, entry in enumerate(env):
                if not isinstance(entry.get("value") or "", str):
                    yield f"{path}.spec.{kind}[{i}].env[{j}].value: {entry['value']!r} is no string"


def _listed(template: Any, kind: str) -> list[Any]:
    return (template.get("spec") or {}).get(kind) or []


def _repeated(listed: list[Any], path: str) -> Iterator[str]:
    names = [entry["name"] for entry in listed]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{path}: {name!r} is there more than once"


def _one_of(value: Any, path: str, *allowed: str) -> Iterator[str]:
    if value not in allowed:
        yield f"{path}: {value!r} is none of {', '.join(allowed)}"


def _webhook(serving: Any, version: str) -> Iterator[str]:
    spec = serving["spec"]
    strategy = spec.get("rolloutStrategy") or {}
    by_role = strategy.get("type") == "RoleRollingUpdate"
    if spec["replicas"] < 0:
        yield f"spec.replicas: {spec['replicas']} is below 0"
    for i, role in enumerate(spec["template"]["roles"]):
        yield from _role(serving, role, f"{ROLES}[{i}]")
        if role.get("partition") is not None:
            path = f"{ROLES}[{i}].partition"
            if not by_role:
                yield f"{path}: only with rolloutStrategy.type RoleRollingUpdate"
            if _amount(role["partition"], 1) is None:
                yield f"{path}: {role['partition']!r} is no number or percentage"
        if role.get("maxUnavailable") is not None and (by_role or version == "1.0.0"):
            path = f"{ROLES}[{i}].maxUnavailable"
            if not by_role:
                yield f"{path}: only with rolloutStrategy.type RoleRollingUpdate"
            yield from _unavailable(role["maxUnavailable"], path, role["replicas"])
            if (_amount(role["maxUnavailable"], role["replicas"]) or 0) > role["replicas"]:
                yield f"{path}: {role['maxUnavailable']!r} is more than the role's replicas"
    rolling = strategy.get("rollingUpdateConfiguration")
    path = "spec.rolloutStrategy.rollingUpdateConfiguration"
    if rolling is not None and by_role:
        yield f"{path}: only with rolloutStrategy.type ServingGroupRollingUpdate"
    elif rolling is not None:
        if rolling.get("maxUnavailable") is not None:
            yield from _unavailable(
                rolling["maxUnavailable"], f"{path}.maxUnavailable", spec["replicas"]
            )
        if rolling.get("partition") is not None and _amount(rolling["partition"], 1) is None:
            yield f"{path}.partition: {rolling['partition']!r} is no number or percentage"
    if spec["recoveryPolicy"] == "ServingGroupRecreate" and by_role:
        yield "spec.rolloutStrategy.type: RoleRollingUpdate is not for ServingGroupRecreate"
    yield from _gang_policy(spec["template"])


def _role(serving: Any, role: Any, path: str) -> Iterator[str]:
    workers = role["workerReplicas"]
    longest = "-".join(
        (
            serving["metadata"]["name"],
            str(serving["spec"]["replicas"]),
            role["name"],
            str(role["replicas"]),
            str(workers),
        )
    )
    if not _is_dns_label(longest):
        yield f"metadata.name: {longest!r} would be no DNS label"
    if not _is_dns_label(role["name"]):
        yield f"{path}.name: {role['name']!r} is no DNS label"
    if role["replicas"] < 0:
        yield f"{path}.replicas: {role['replicas']} is below 0"
    if workers < 0:
        yield f"{path}.workerReplicas: {workers} is below 0"
    if workers > 0 and role.get("workerTemplate") is None:
        yield f"{path}.workerTemplate: required, as workerReplicas is above 0"
    for field in ("entryTemplate", "workerTemplate"):
        for i, container in enumerate(_listed(role.get(field) or {}, "containers")):
            if " " in container.get("image", ""):
                yield f"{path}.{field}.spec.containers[{i}].image: has a space in it"


def _is_dns_label(name: str) -> bool:
    return re.fullmatch("(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?", name) is not None


def _unavailable(value: Any, path: str, replicas: int) -> Iterator[str]:
    amount = _amount(value, replicas)
    if amount is None:
        yield f"{path}: {value!r} is no number or percentage"
    elif amount == 0:
        yield f"{path}: {value!r} comes to 0"


def _amount(value: Any, total: int) -> int | None:
    """A number, or a percentage of the total, rounded down; None for anything else."""
    if isinstance(value, int):
        return value if value >= 0 else None
    match = re.fullmatch("([0-9]+)%", value)
    return None if match is None or int(match[1]) > 100 else int(match[1]) * total // 100


def _gang_policy(template: Any) -> Iterator[str]:
    replicas = {role["name"]: role["replicas"] for role in template["roles"]}
    minimums = (template.get("gangPolicy") or {}).get("minRoleReplicas") or {}
    for role, minimum in minimums.items():
        if not 0 <= minimum <= replicas.get(role, -1):
            path = f"spec.template.gangPolicy.minRoleReplicas[{role}]"
            yield f"{path}: {minimum} is below 0, or above the role's replicas"
