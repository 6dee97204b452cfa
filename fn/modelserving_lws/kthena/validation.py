"""Why a cluster with kthena 1.0 refuses a ModelServing.

The rules are those of the CustomResourceDefinition, as far as they are of the ModelServing's own
fields and of the containers' names and env, and those of
`pkg/model-serving-controller/webhook/validator.go`, in github.com/volcano-sh/kthena.
"""

from __future__ import annotations

import re

from ..k8s.containers import read_containers
from ..k8s.fields import (
    describe,
    integer,
    integer_at,
    mapping_at,
    scalar_at,
    string_at,
    wrong,
    wrong_choice,
)
from ..results.errors import ItemError, ShapeError
from ..results.quoting import quoted
from ..results.result import Result
from ..yamltext.access import get
from ..yamltext.nodes import Mapping, Scalar, resolve
from .modelserving import ROLES, ModelServing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from ..yamltext.nodes import Node
    from .modelserving import Role

    T = TypeVar("T")

TEMPLATES = ("entryTemplate", "workerTemplate")
MAX_ROLES = 4
_MAX_ROLE_NAME = 12
_RECOVERY = ("ServingGroupRecreate", "RoleRecreate", "None")
_BY_GROUP, _BY_ROLE = "ServingGroupRollingUpdate", "RoleRollingUpdate"
_STRATEGY = "spec.rolloutStrategy"
_ROLLING = f"{_STRATEGY}.rollingUpdateConfiguration"
_GANG = "spec.template.gangPolicy"
_LABEL = re.compile("(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?")
_PERCENTAGE = re.compile("([0-9]{1,10})%")
# What YAML reads as a boolean or a number, where it is plain.
_NO_STRING = re.compile(
    r"true|false|yes|no|on|off|[-+]?(?:[0-9][0-9_]*|0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+)"
    r"|[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:e[-+]?[0-9]+)?|[-+]?\.inf|\.nan",
    re.IGNORECASE,
)


def refusals(serving: ModelServing) -> list[Result]:
    """All reasons; none for a ModelServing that is accepted. What its plugins are is for the
    controller to say.
    """
    return _Admission(serving).errors


def check_string(node: Node, path: str) -> None:
    """Raises ItemError where a node is no string."""
    node = resolve(node)
    is_string = isinstance(node, Scalar) and not node.is_null
    if isinstance(node, Scalar) and not node.is_string and _NO_STRING.fullmatch(node.value):
        is_string = False
    if not is_string:
        raise ItemError(wrong(path, node, "a string"))


class _Admission:
    def __init__(self, serving: ModelServing) -> None:
        self.errors: list[Result] = []
        self._serving = serving
        self._replicas = self._try(1, serving.replicas)
        spec = self._try(None, mapping_at, serving.item.node, "spec", "spec")
        if spec is None:
            self._add("missing-field", "spec")
            return
        if not serving.name:
            self._add("missing-field", "metadata.name")
        strategy = self._try(None, mapping_at, spec, "rolloutStrategy", _STRATEGY)
        self._type = self._choice(strategy, "type", f"{_STRATEGY}.type", (_BY_GROUP, _BY_ROLE))
        recovery = self._choice(spec, "recoveryPolicy", "spec.recoveryPolicy", _RECOVERY)
        if (recovery, self._type) == (_RECOVERY[0], _BY_ROLE):
            self._add("recovery-by-role", f"{_STRATEGY}.type", current=_BY_ROLE)
        if strategy is not None:
            self._try(None, self._rolling, strategy)
        roles = self._try(None, _roles_of, serving)
        if roles is None:
            return
        if not 1 <= len(roles) <= MAX_ROLES:
            self._add("role-count", ROLES, limit=MAX_ROLES, found=len(roles))
        self._unique([(role.name, f"{role.path}.name") for role in roles])
        replicas = {role.name: self._role(role) for role in roles}
        self._try(None, self._gang_policy, spec, replicas)

    def _add(
        self, name: str, path: str = "", /, *, current: str | None = None, **values: Any
    ) -> None:
        self.errors.append(Result(name, path, current=current, **values))

    def _try(self, otherwise: T, read: Callable[..., T], *arguments: object) -> T:
        """What is read; something else where that is an error."""
        try:
            return read(*arguments)
        except ItemError as error:
            self.errors += error.results
        except ShapeError as error:
            self._add(error.id, **error.values)
        return otherwise

    def _choice(
        self, parent: Mapping | None, name: str, path: str, choices: tuple[str, ...]
    ) -> str | None:
        if parent is None:
            return None
        found = self._try(None, string_at, parent, name, path)
        if found is not None and found not in choices:
            self.errors.append(wrong_choice(path, found, choices))
        return found

    def _unique(self, names: list[tuple[str | None, str]]) -> None:
        """Names and their paths, of which none may be there twice."""
        seen = set()
        for name, path in names:
            if name in seen:
                self._add("name-twice", path, current=name, found=quoted(name or ""))
            seen.add(name)

    def _role(self, role: Role) -> int:
        """The role's replicas, where they can be read."""
        path, name = role.path, role.name
        replicas = self._try(1, getattr, role, "replicas")
        workers = self._try(0, getattr, role, "workers")
        if get(role.node, "workerReplicas") is None:
            self._add("missing-field", f"{path}.workerReplicas")
        if len(name) > _MAX_ROLE_NAME or not _LABEL.fullmatch(name):
            found, limit = quoted(name), _MAX_ROLE_NAME
            self._add("role-name", f"{path}.name", current=name, limit=limit, found=found)
        longest = f"{self._serving.name}-{self._replicas}-{name}-{replicas}-{workers}"
        if not _LABEL.fullmatch(longest):
            found = self._serving.name
            self._add("generated-name", "metadata.name", current=found, found=quoted(longest))
        for field in TEMPLATES:
            template = self._try(None, role.template, field)
            if template is not None:
                self._try(None, self._template, template, f"{path}.{field}")
            elif get(role.node, field) is None:
                if field == TEMPLATES[0]:
                    self._add("missing-field", f"{path}.{field}")
                elif workers:
                    self._add("no-worker-template", f"{path}.{field}", workers=workers)
        self._try(None, self._role_unavailable, role, replicas)
        return replicas

    def _template(self, template: Mapping, path: str) -> None:
        metadata = mapping_at(template, "metadata", f"{path}.metadata")
        for field in ("labels", "annotations"):
            there = f"{path}.metadata.{field}"
            found = None if metadata is None else mapping_at(metadata, field, there)
            for key, pair in ({} if found is None else found.fields()).items():
                self._try(None, check_string, pair[1], f"{there}['{key}']")
        names: dict[str, list[tuple[str | None, str]]] = {}
        for container in read_containers(template, f"{path}."):
            name = string_at(container.node, "name", f"{container.path}.name")
            names.setdefault(container.field, []).append((name, f"{container.path}.name"))
            image = string_at(container.node, "image", f"{container.path}.image") or ""
            if container.field == "containers" and " " in image:
                at = f"{container.path}.image"
                self._add("image-with-space", at, current=image, found=quoted(image))
            self._unique([(entry.name, f"{entry.path}.name") for entry in container.entries])
            for entry in container.entries:
                value = get(entry.mapping, "value")
                if value is not None:
                    self._try(None, check_string, value, f"{entry.path}.value")
        for found_names in names.values():
            self._unique(found_names)

    def _rolling(self, strategy: Mapping) -> None:
        rolling = mapping_at(strategy, "rollingUpdateConfiguration", _ROLLING)
        if rolling is None:
            return
        if self._type == _BY_ROLE:
            self._add("only-with-strategy", _ROLLING, strategy=_BY_GROUP)
            return
        self._unavailable(rolling, f"{_ROLLING}.maxUnavailable", self._replicas)
        self._try(None, _amount, rolling, "partition", f"{_ROLLING}.partition", 1)

    def _role_unavailable(self, role: Role, replicas: int) -> None:
        path = f"{role.path}.maxUnavailable"
        if get(role.node, "maxUnavailable") is not None and self._type != _BY_ROLE:
            self._add("only-with-strategy", path, strategy=_BY_ROLE)
        amount = self._unavailable(role.node, path, replicas)
        if amount is not None and amount > replicas:
            self._add(
                "amount-too-large", path, current=str(amount), replicas=replicas, found=amount
            )

    def _unavailable(self, parent: Mapping, path: str, total: int) -> int | None:
        amount = self._try(None, _amount, parent, "maxUnavailable", path, total)
        if amount == 0:
            found = scalar_at(parent, "maxUnavailable", path)
            current = "" if found is None else found.value
            self._add("amount-is-zero", path, current=current, total=total, found=quoted(current))
        return amount

    def _gang_policy(self, spec: Mapping, replicas: dict[str, int]) -> None:
        template = mapping_at(spec, "template", "spec.template")
        policy = None if template is None else mapping_at(template, "gangPolicy", _GANG)
        path = f"{_GANG}.minRoleReplicas"
        minimums = None if policy is None else mapping_at(policy, "minRoleReplicas", path)
        if minimums is None:
            return
        for role in minimums.fields():
            here = f"{path}['{role}']"
            minimum = self._try(None, integer_at, minimums, role, here)
            if role not in replicas:
                self.errors.append(wrong_choice(here, role, tuple(replicas)))
            elif minimum is not None and minimum > replicas[role]:
                current, limit = str(minimum), replicas[role]
                self._add("amount-too-large", here, current=current, replicas=limit, found=minimum)


def _roles_of(serving: ModelServing) -> list[Role] | None:
    return list(serving.roles())


def _amount(parent: Mapping, name: str, path: str, total: int) -> int | None:
    """A number, or a percentage of the total, rounded down; None where it is left out."""
    found = get(parent, name)
    if found is None:
        return None
    if isinstance(found, Scalar):
        if not found.style and (number := integer(found.value)) is not None:
            return number
        match = _PERCENTAGE.fullmatch(found.value)
        if match is not None and int(match[1]) <= 100:
            return int(match[1]) * total // 100
    allowed = 'an integer from 0 to 2147483647, or a percentage from "0%" to "100%"'
    raise ItemError(Result("wrong-value", path, allowed=allowed, found=describe(found)))
