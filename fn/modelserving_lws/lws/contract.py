"""The LWS contract: the one table of what is written, where, and from which value.

The keys are LWS's own, github.com/kubernetes-sigs/lws
`api/leaderworkerset/v1/leaderworkerset_types.go`; that the env vars stand first, in this order, is
its `pkg/utils/pod/pod_utils.go` `AddLWSVariables`.
"""

from __future__ import annotations

from ..kthena.modelserving import ENTRY_ADDRESS, GROUP_SIZE, WORKER_INDEX
from ..results.quoting import quoted
from ..results.result import Result

LABEL = "label"
ANNOTATION = "annotation"
ENV = "env"

MODEL_SERVING = "ModelServing name"
GROUP_INDEX = "ordinal at the end of the ServingGroup name"
GROUP_KEY = "lower-case hex SHA-1 of the ServingGroup name"
REPLICAS = "ModelServing `spec.replicas`"

# Where, key, value. The env vars are in the order in which they stand in a container.
CONTRACT = (
    (LABEL, "leaderworkerset.sigs.k8s.io/name", MODEL_SERVING),
    (LABEL, "leaderworkerset.sigs.k8s.io/worker-index", WORKER_INDEX),
    (LABEL, "leaderworkerset.sigs.k8s.io/group-index", GROUP_INDEX),
    (LABEL, "leaderworkerset.sigs.k8s.io/group-key", GROUP_KEY),
    (ANNOTATION, "leaderworkerset.sigs.k8s.io/size", GROUP_SIZE),
    (ANNOTATION, "leaderworkerset.sigs.k8s.io/replicas", REPLICAS),
    (ENV, "LWS_LEADER_ADDRESS", ENTRY_ADDRESS),
    (ENV, "LWS_GROUP_SIZE", GROUP_SIZE),
    (ENV, "LWS_WORKER_INDEX", WORKER_INDEX),
)
# The same by where they go: the keys, with what their values come from.
KEYS = {
    where: [(key, source) for place, key, source in CONTRACT if place == where]
    for where in (LABEL, ANNOTATION, ENV)
}


def conflict(path: str, found: str | None, value: str) -> Result:
    """The error for a key of the contract that has another value; None for one that is not
    known.
    """
    what = "a value that only the cluster knows" if found is None else quoted(found)
    return Result("conflict", path, current=found, proposed=value, value=quoted(value), found=what)
