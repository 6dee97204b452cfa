"""kthena's names: labels, annotations, env vars, and the names of what a ModelServing makes.

    ModelServing `chat`, ServingGroup 1, role `main`, replica 0, its second worker:
    group_name("chat", 1)                                  chat-1
    role_id("main", 0)                                     main-0
    pod_name("chat-1", "main-0", 2)                        chat-1-main-0-2
    entry_address("chat-1", "main-0", "serving")           chat-1-main-0-0.serving

Sources, in github.com/volcano-sh/kthena: `pkg/apis/workload/v1alpha1/labels.go` and
`model_serving_types.go`, `pkg/model-serving-controller/utils/utils.go`.
"""

from __future__ import annotations

import re

from ..k8s.fields import integer, is_digits
from ..lws.contract import GROUP_SIZE as SIZE
from ..lws.contract import LEADER_ADDRESS
from ..lws.contract import WORKER_INDEX as INDEX
from ..results.errors import ItemError
from ..results.result import Result, quoted

KIND = "ModelServing"
# The group of the proposal is the second one.
GROUPS = ("workload.serving.volcano.sh", "workload.volcano.sh")
API_VERSION = f"{GROUPS[0]}/v1alpha1"

_PREFIX = "modelserving.volcano.sh/"
NAME = f"{_PREFIX}name"
GROUP_NAME = f"{_PREFIX}group-name"
ROLE = f"{_PREFIX}role"
ROLE_ID = f"{_PREFIX}role-id"
ENTRY = f"{_PREFIX}entry"
# Annotations of the proposal, for pods whose ModelServing is not among the items.
PLUGINS = f"{_PREFIX}plugins"
REPLICAS = f"{_PREFIX}replicas"
# What the admission policy reads (`functions/expand/policy.yaml`).
ENABLED = f"{_PREFIX}lws"
GROUP_KEYS = f"{_PREFIX}lws-group-keys"
SCOPE_ROLES = f"{_PREFIX}lws-scope-roles"
SCOPE_TARGET = f"{_PREFIX}lws-scope-target"
# What ExpandLWSPlugin writes for its next run, and into worker templates that variables left.
LWS_EXPANDED = f"{_PREFIX}lws-expanded"
LWS_MOVED_ENV = f"{_PREFIX}lws-moved-env"

GROUP_SIZE = "GROUP_SIZE"
ENTRY_ADDRESS = "ENTRY_ADDRESS"
WORKER_INDEX = "WORKER_INDEX"
# The controller's variables, in the order in which it writes them, with what they are to LWS.
CONTROLLER_ENV = {GROUP_SIZE: SIZE, ENTRY_ADDRESS: LEADER_ADDRESS, WORKER_INDEX: INDEX}
VARIABLE_OF = {value: name for name, value in CONTROLLER_ENV.items()}


def group_name(serving: str, ordinal: int | str) -> str:
    """The name of a ServingGroup; also of a LeaderWorkerSet's group, as LWS names it."""
    return f"{serving}-{ordinal}"


def role_id(role: str, replica: int | str) -> str:
    return f"{role}-{replica}"


def pod_name(group: str, role_id: str, index: int | str) -> str:
    """The name of a pod; the entry pod and its headless Service have index 0."""
    return f"{group}-{role_id}-{index}"


def address(entry_pod: str, namespace: str) -> str:
    """The address by which the workers reach an entry pod: that of its headless Service."""
    return f"{entry_pod}.{namespace or 'default'}"


def entry_address(group: str, role_id: str, namespace: str) -> str:
    return address(pod_name(group, role_id, 0), namespace)


def group_size(workers: int) -> int:
    """The pods of a role's replica: its workers and the entry pod."""
    return workers + 1


def longest_name(serving: str, replicas: int, role: str, role_replicas: int, workers: int) -> str:
    """The name whose length kthena's webhook checks (`validGeneratedNameLength`)."""
    return pod_name(group_name(serving, replicas), role_id(role, role_replicas), workers)


def is_dns_label(name: str) -> bool:
    """Whether a name is a DNS-1035 label."""
    return re.fullmatch("(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?", name) is not None


class ServingGroup:
    """A ServingGroup's name and ordinal, by kthena's rule `(.*)-([0-9]+)$`."""

    __slots__ = ("name", "ordinal")

    def __init__(self, name: str, path: str) -> None:
        """Raises ItemError, at the path, for a name of another form."""
        _, dash, ordinal = name.rpartition("-")
        value = integer(ordinal) if dash else None
        if value is None:
            raise ItemError(Result("not-a-servinggroup", path, current=name, found=quoted(name)))
        self.name = name
        self.ordinal = value


def group_in(pod: str, serving: str, role_id: str | None) -> str | None:
    """The ServingGroup in a pod's name; without the role id, found by the ModelServing's name."""
    before, _, index = pod.rpartition("-")
    if not is_digits(index):
        return None
    if role_id:
        group = before.removesuffix(f"-{role_id}")
        return group if group != before else None
    rest = before.removeprefix(f"{serving}-")
    ordinal, _, role_id = rest.partition("-")
    if rest == before or not role_id or not is_digits(ordinal):
        return None
    return group_name(serving, ordinal)


def role_id_in(pod: str, group: str) -> str | None:
    """The role id in the name of a pod of this ServingGroup."""
    before, _, index = pod.rpartition("-")
    found = before.removeprefix(f"{group}-")
    return found if found not in (before, "") and is_digits(index) else None


def index_in(pod: str) -> int | None:
    """The worker index at the end of a pod's name."""
    _, dash, index = pod.rpartition("-")
    return integer(index) if dash else None
