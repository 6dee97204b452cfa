"""A LeaderWorkerSet, as far as its ModelServing needs it.

Names, defaults and bounds are those of github.com/kubernetes-sigs/lws
`api/leaderworkerset/v1/leaderworkerset_types.go` and `pkg/webhooks/leaderworkerset_webhook.go`.
"""

from __future__ import annotations

from ..k8s.fields import amount_at, integer_at, mapping_at, string_at, wrong_choice
from ..results.errors import ItemError
from ..results.result import Result
from ..yamltext.data import get
from ..yamltext.nodes import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..wire.items import Item

KIND = "LeaderWorkerSet"
GROUP = "leaderworkerset.x-k8s.io"
API_VERSION = f"{GROUP}/v1"
LEADER_TEMPLATE, WORKER_TEMPLATE = "leaderTemplate", "workerTemplate"
TEMPLATE = "spec.leaderWorkerTemplate"
ROLLOUT = "spec.rolloutStrategy"
ROLLING = f"{ROLLOUT}.rollingUpdateConfiguration"
_ROLLING_UPDATE = "RollingUpdate"
# The first one is the default.
RESTART_POLICIES = ("RecreateGroupOnPodRestart", "RecreateGroupAfterStart", "None", "Default")
# LWS sets the variables of TPU workers, and writes none into a container that has one of these
# (`pkg/utils/accelerators/tpu.go`).
TPU_RESOURCE = "google.com/tpu"
TPU_VARIABLES = ("TPU_WORKER_HOSTNAMES", "TPU_WORKER_ID")


class LeaderWorkerSet:
    """A LeaderWorkerSet item. Its properties raise ItemError where a field is wrong."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.node = item.node
        self.spec = _required(self.node, "spec", "spec")
        self.template = _required(self.spec, "leaderWorkerTemplate", TEMPLATE)

    @staticmethod
    def is_kind_of(item: Item) -> bool:
        return item.kind == KIND and item.group == GROUP

    @property
    def metadata(self) -> Mapping:
        return _required(self.node, "metadata", "metadata")

    @property
    def name(self) -> str:
        name = string_at(self.metadata, "name", "metadata.name")
        if not name:
            raise ItemError(Result("missing-field", "metadata.name"))
        return name

    @property
    def replicas(self) -> int:
        replicas = integer_at(self.spec, "replicas", "spec.replicas")
        return 1 if replicas is None else replicas

    @property
    def size(self) -> int:
        """How many pods a group has, the leader included."""
        path = f"{TEMPLATE}.size"
        size = integer_at(self.template, "size", path)
        if size == 0:
            allowed = "an integer from 1 to 2147483647"
            raise ItemError(Result("wrong-value", path, current="0", allowed=allowed, found='"0"'))
        return size or 1

    @property
    def leader_template(self) -> Mapping | None:
        return mapping_at(self.template, LEADER_TEMPLATE, f"{TEMPLATE}.{LEADER_TEMPLATE}")

    @property
    def worker_template(self) -> Mapping:
        return _required(self.template, WORKER_TEMPLATE, f"{TEMPLATE}.{WORKER_TEMPLATE}")

    @property
    def templates(self) -> list[tuple[Mapping, str]]:
        """The templates that LWS makes pods of, the leader's first, with their paths."""
        workers = (self.worker_template, f"{TEMPLATE}.{WORKER_TEMPLATE}")
        leader = self.leader_template
        if leader is None:
            return [workers]
        return [(leader, f"{TEMPLATE}.{LEADER_TEMPLATE}"), *([workers] if self.size > 1 else ())]

    @property
    def scheduler(self) -> str | None:
        """The first `schedulerName` of the templates."""
        for template, path in self.templates:
            spec, field = get(template, "spec"), f"{path}.spec.schedulerName"
            name = string_at(spec, "schedulerName", field) if isinstance(spec, Mapping) else None
            if name:
                return name
        return None

    @property
    def restart_policy(self) -> str:
        path = f"{TEMPLATE}.restartPolicy"
        policy = string_at(self.template, "restartPolicy", path) or RESTART_POLICIES[0]
        if policy not in RESTART_POLICIES:
            raise ItemError(wrong_choice(path, policy, RESTART_POLICIES))
        return policy

    @property
    def rollout(self) -> Mapping | None:
        rollout = mapping_at(self.spec, "rolloutStrategy", ROLLOUT)
        type_ = None if rollout is None else string_at(rollout, "type", f"{ROLLOUT}.type")
        if type_ and type_ != _ROLLING_UPDATE:
            raise ItemError(wrong_choice(f"{ROLLOUT}.type", type_, (_ROLLING_UPDATE,)))
        return rollout

    @property
    def rolling(self) -> Mapping | None:
        """The rollout strategy's `rollingUpdateConfiguration`."""
        rollout, name = self.rollout, "rollingUpdateConfiguration"
        return None if rollout is None else mapping_at(rollout, name, ROLLING)

    @property
    def partition(self) -> int | None:
        rolling, path = self.rolling, f"{ROLLING}.partition"
        return None if rolling is None else integer_at(rolling, "partition", path)

    @property
    def max_unavailable(self) -> int | None:
        """How many groups an update may make unavailable, percentages rounded down."""
        rolling, name = self.rolling, "maxUnavailable"
        path = f"{ROLLING}.{name}"
        return None if rolling is None else amount_at(rolling, name, path, self.replicas)


def _required(parent: Mapping, name: str, path: str) -> Mapping:
    found = mapping_at(parent, name, path)
    if found is None:
        raise ItemError(Result("missing-field", path))
    return found
