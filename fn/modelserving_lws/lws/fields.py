"""LeaderWorkerSet's fields: the one table of what becomes of each in a ModelServing.

The fields and their defaults are in github.com/kubernetes-sigs/lws
`api/leaderworkerset/v1/leaderworkerset_types.go` and `pkg/webhooks/leaderworkerset_webhook.go`,
what a ModelServing has is in github.com/volcano-sh/kthena `pkg/apis/workload/v1alpha1`.
"""

from __future__ import annotations

from .contract import PREFIX
from .leaderworkerset import TPU_RESOURCE, TPU_VARIABLES

# Both templates, in the paths of the table.
TEMPLATE = "spec.leaderWorkerTemplate.*Template"
_ROLE = "spec.template.roles[0]"
_ROLLING = "rolloutStrategy.rollingUpdateConfiguration"


class Field:
    """What becomes of a field. `becomes` is its path in the ModelServing, empty where it is left
    out. `message` reports a value other than LWS's `defaults`, or, where `when` describes a
    condition, what `functions/convert/losses.py` finds by it. `values` are the messages of values
    that have one of their own.
    """

    __slots__ = ("becomes", "defaults", "message", "values", "when")

    def __init__(
        self,
        becomes: str = "",
        message: str = "",
        defaults: tuple[str, ...] = (),
        when: str = "",
        values: dict[str, str] | None = None,
    ) -> None:
        self.becomes = becomes
        self.message = message
        self.defaults = defaults
        self.when = when
        self.values = values or {}

    def message_of(self, value: str | None) -> str:
        """The message that reports a value, None for one that is no scalar; empty for none."""
        if value is None:
            return self.message
        return "" if value in self.defaults else self.values.get(value, self.message)


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
    "spec.rolloutStrategy.type": Field("spec.rolloutStrategy.type"),
    f"spec.{_ROLLING}.partition": Field(f"spec.{_ROLLING}.partition"),
    f"spec.{_ROLLING}.maxUnavailable": Field(
        f"spec.{_ROLLING}.maxUnavailable",
        "none-unavailable",
        when="it comes to 0 of the replicas",
    ),
    f"spec.{_ROLLING}.maxSurge": Field(message="surge", defaults=("0", "0%")),
    "spec.leaderWorkerTemplate.size": Field(f"{_ROLE}.workerReplicas"),
    "spec.leaderWorkerTemplate.restartPolicy": Field(
        "spec.recoveryPolicy",
        values={
            "RecreateGroupAfterStart": "after-start",
            "None": "lost-pods",
            "Default": "lost-pods",
        },
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
