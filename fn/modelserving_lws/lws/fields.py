"""LeaderWorkerSet's fields: the one table of what becomes of each in a ModelServing.

The fields and their defaults are in github.com/kubernetes-sigs/lws
`api/leaderworkerset/v1/leaderworkerset_types.go` and `pkg/webhooks/leaderworkerset_webhook.go`,
what a ModelServing has is in github.com/volcano-sh/kthena `pkg/apis/workload/v1alpha1`.
"""

from __future__ import annotations

from .contract import PREFIX
from .leaderworkerset import LEADER_TEMPLATE, TPU_RESOURCE, TPU_VARIABLES, WORKER_TEMPLATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Both templates, in the paths of the table.
TEMPLATE = "spec.leaderWorkerTemplate.*Template"
_ROLE = "spec.template.roles[0]"
_ROLLING = "rolloutStrategy.rollingUpdateConfiguration"
# The recovery policy of each restart policy, and the ModelServing's type of each type of rollout.
RECOVERY_POLICIES = {
    "RecreateGroupOnPodRestart": "ServingGroupRecreate",
    "RecreateGroupAfterStart": "ServingGroupRecreate",
    "None": "None",
    "Default": "None",
}
ROLLOUT_TYPES = {"RollingUpdate": "ServingGroupRollingUpdate"}


def _workers(size: str) -> str | None:
    """`workerReplicas` of a `size`, which counts the leader, too."""
    is_size = size.isascii() and size.isdigit() and len(size) <= 10 and int(size) > 0
    return str(int(size) - 1) if is_size else None


def _unavailable(amount: str) -> str:
    """`maxUnavailable`, of which a ModelServing must have one."""
    return "1" if amount in ("0", "0%") else amount


def _one_of(values: Iterable[str]) -> str:
    return " or ".join(f"`{value}`" for value in values)


class Field:
    """What becomes of a field. `becomes` is its path in the ModelServing, empty where it is left
    out. `message` reports a value other than LWS's `defaults`, or, where `when` describes a
    condition, what `functions/convert/losses.py` finds by it. `messages` are those of values that
    have one of their own. `value` is what becomes of the field's text, where it does not stay: None
    for a text that is no value of the field; `allowed` says which are.
    """

    __slots__ = ("allowed", "becomes", "defaults", "message", "messages", "value", "when")

    def __init__(
        self,
        becomes: str = "",
        message: str = "",
        defaults: tuple[str, ...] = (),
        when: str = "",
        messages: dict[str, str] | None = None,
        value: Callable[[str], str | None] | None = None,
        allowed: str = "",
    ) -> None:
        self.becomes = becomes
        self.message = message
        self.defaults = defaults
        self.when = when
        self.messages = messages or {}
        self.value = value
        self.allowed = allowed

    def message_of(self, value: str | None) -> str:
        """The message that reports a value, None for one that is no scalar; empty for none."""
        if value is None:
            return self.message
        return "" if value in self.defaults else self.messages.get(value, self.message)


# By path in the LeaderWorkerSet. All that is below a path moves with it.
FIELDS = {
    "apiVersion": Field("apiVersion"),
    "kind": Field("kind"),
    "metadata.name": Field("metadata.name"),
    "metadata.namespace": Field("metadata.namespace"),
    "metadata.labels": Field("metadata.labels"),
    "metadata.labels['kueue.x-k8s.io/queue-name']": Field("metadata.labels", "kueue"),
    "metadata.annotations": Field("metadata.annotations"),
    f"metadata.annotations['{PREFIX}exclusive-topology']": Field(
        "metadata.annotations", "exclusive-topology"
    ),
    f"metadata.annotations['{PREFIX}subgroup-exclusive-topology']": Field(
        "metadata.annotations", "subgroups"
    ),
    f"metadata.annotations['{PREFIX}experimental-recreate-group-after-start']": Field(
        "metadata.annotations", "after-start"
    ),
    # Set by the API server or kubectl; a new object gets its own.
    "metadata.annotations['kubectl.kubernetes.io/last-applied-configuration']": Field(),
    "metadata.creationTimestamp": Field(),
    "metadata.deletionGracePeriodSeconds": Field(),
    "metadata.deletionTimestamp": Field(),
    "metadata.generateName": Field(),
    "metadata.generation": Field(),
    "metadata.managedFields": Field(),
    "metadata.resourceVersion": Field(),
    "metadata.selfLink": Field(),
    "metadata.uid": Field(),
    "metadata.finalizers": Field(message="finalizers"),
    "metadata.ownerReferences": Field(message="owners"),
    "spec.replicas": Field("spec.replicas"),
    "spec.startupPolicy": Field(message="leader-ready", defaults=("LeaderCreated",)),
    # LWS's pull requests 987 and 1050.
    "spec.groupIdentity": Field(message="hash-identity", defaults=("Ordinal",)),
    "spec.groupReplacementPolicy": Field(
        message="group-replacement", defaults=("PostTermination",)
    ),
    "spec.networkConfig.subdomainPolicy": Field(message="subdomain", defaults=("Shared",)),
    "spec.rolloutStrategy.type": Field(
        "spec.rolloutStrategy.type", value=ROLLOUT_TYPES.get, allowed=_one_of(ROLLOUT_TYPES)
    ),
    f"spec.{_ROLLING}.partition": Field(f"spec.{_ROLLING}.partition"),
    f"spec.{_ROLLING}.maxUnavailable": Field(
        f"spec.{_ROLLING}.maxUnavailable",
        "none-unavailable",
        when="it comes to 0 of the replicas",
        value=_unavailable,
        allowed="an integer or a percentage",
    ),
    f"spec.{_ROLLING}.maxSurge": Field(message="surge", defaults=("0", "0%")),
    "spec.leaderWorkerTemplate.size": Field(
        f"{_ROLE}.workerReplicas", value=_workers, allowed="an integer from 1 on"
    ),
    "spec.leaderWorkerTemplate.restartPolicy": Field(
        "spec.recoveryPolicy",
        messages={
            "RecreateGroupAfterStart": "after-start",
            "None": "lost-pods",
            "Default": "lost-pods",
        },
        value=RECOVERY_POLICIES.get,
        allowed=_one_of(RECOVERY_POLICIES),
    ),
    "spec.leaderWorkerTemplate.subGroupPolicy": Field(message="subgroups"),
    "spec.leaderWorkerTemplate.volumeClaimTemplates": Field(message="volume-claims"),
    "spec.leaderWorkerTemplate.persistentVolumeClaimRetentionPolicy.whenDeleted": Field(
        message="claim-retention", defaults=("Retain",)
    ),
    "spec.leaderWorkerTemplate.persistentVolumeClaimRetentionPolicy.whenScaled": Field(
        message="claim-retention", defaults=("Retain",)
    ),
    f"{TEMPLATE}.metadata.labels": Field(f"{_ROLE}.*Template.metadata.labels"),
    f"{TEMPLATE}.metadata.annotations": Field(f"{_ROLE}.*Template.metadata.annotations"),
    f"{TEMPLATE}.metadata.annotations['{PREFIX}exclusive-topology']": Field(
        f"{_ROLE}.*Template.metadata.annotations", "exclusive-topology"
    ),
    # A StatefulSet ignores these in a template as well.
    f"{TEMPLATE}.metadata.creationTimestamp": Field(),
    f"{TEMPLATE}.metadata.generateName": Field(),
    f"{TEMPLATE}.metadata.name": Field(),
    f"{TEMPLATE}.metadata.namespace": Field(),
    f"{TEMPLATE}.metadata.finalizers": Field(message="finalizers"),
    f"{TEMPLATE}.spec": Field(f"{_ROLE}.*Template.spec"),
    f"{TEMPLATE}.spec.schedulerName": Field(
        "spec.schedulerName", "schedulers", when="the other template has another one"
    ),
    f"{TEMPLATE}.spec.hostname": Field(f"{_ROLE}.*Template.spec.hostname", "host-name"),
    f"{TEMPLATE}.spec.subdomain": Field(f"{_ROLE}.*Template.spec.subdomain", "host-name"),
    f"{TEMPLATE}.spec.containers[*].env": Field(
        f"{_ROLE}.*Template.spec.containers[*].env",
        "controller-env",
        when="it has `GROUP_SIZE`, `ENTRY_ADDRESS` or `WORKER_INDEX`",
    ),
    f"{TEMPLATE}.spec.containers[*].resources": Field(
        f"{_ROLE}.*Template.spec.containers[*].resources",
        "tpu",
        when=f"it asks for `{TPU_RESOURCE}`, and `env` has neither "
        + " nor ".join(f"`{name}`" for name in TPU_VARIABLES),
    ),
    "status": Field(),
}


def path_in_set(path: str, *, has_leader: bool) -> str:
    """Where in a LeaderWorkerSet that comes from which has this path in its ModelServing; what is
    above it, where no field does. `has_leader`: there is a `leaderTemplate`.

        spec.template.roles[0].entryTemplate.spec.hostNetwork
        spec.leaderWorkerTemplate.leaderTemplate.spec.hostNetwork
    """
    for new, old in _origins(has_leader):
        rest = path.removeprefix(new)
        if rest != path and rest[:1] in ("", ".", "["):
            return old + rest if new not in _ABOVE else old
    return path


def paths_in_set(text: str, *, has_leader: bool) -> str:
    """A message with the paths of a ModelServing's templates in it, as `path_in_set` has them."""
    for name in ("entryTemplate", WORKER_TEMPLATE):
        path = f"{_ROLE}.{name}"
        text = text.replace(path, path_in_set(path, has_leader=has_leader))
    return text


# What has no field of its own: paths in the ModelServing, and what is above them in the set.
_ABOVE = {"spec.template": "spec.leaderWorkerTemplate", "spec.plugins": "spec"}


def _origins(has_leader: bool) -> list[tuple[str, str]]:
    """Paths in a ModelServing and in its LeaderWorkerSet, the longest first."""
    leader = LEADER_TEMPLATE if has_leader else WORKER_TEMPLATE
    found: dict[str, str] = dict(_ABOVE)
    for path, field in FIELDS.items():
        for name, new_name in ((leader, "entryTemplate"), (WORKER_TEMPLATE, WORKER_TEMPLATE)):
            old = path.replace("*Template", name)
            new = field.becomes.replace("*Template", new_name)
            if new and "*" not in old:
                found.setdefault(new, old)
    for name, new_name in ((leader, "entryTemplate"), (WORKER_TEMPLATE, WORKER_TEMPLATE)):
        found[f"{_ROLE}.{new_name}"] = TEMPLATE.replace("*Template", name)
    return sorted(found.items(), key=lambda pair: -len(pair[0]))
