"""What LWS gives its pods: names, host names, labels. The contract has the labels that a
ModelServing's pods carry, too; this table has the rest, which they do not.

Sources, in github.com/kubernetes-sigs/lws: `api/leaderworkerset/v1/leaderworkerset_types.go` (keys,
names of pods), `pkg/controllers/pod_controller.go` and `pkg/webhooks/pod_webhook.go` (what is set),
`pkg/utils/pod/pod_utils.go` (the address of the leader). LWS makes its pods by StatefulSets, which
add labels of their own (Kubernetes, `pkg/controller/statefulset/stateful_set_utils.go`).
"""

from __future__ import annotations

from . import contract
from .contract import KEYS, LABEL, PREFIX

# The contract's labels, by what their values are.
LABELS = {value: key for key, value in KEYS[LABEL]}
NAME, WORKER_INDEX = LABELS[contract.SET_NAME], LABELS[contract.WORKER_INDEX]
GROUP_INDEX, GROUP_KEY = LABELS[contract.GROUP_INDEX], LABELS[contract.GROUP_KEY]
# What differs between the groups of a set, so that no template can carry it.
PER_GROUP = frozenset((GROUP_INDEX, GROUP_KEY))
# The labels of LWS's pods that the contract has not.
LWS_ONLY = frozenset(
    PREFIX + name for name in ("subgroup-index", "subgroup-key", "template-revision-hash")
)
# A StatefulSet's labels: the first has the pod's name as its value.
POD_NAME, POD_INDEX = "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"

# What says which pod it is among the pods of LWS: the labels and annotations without which a
# container does not do the same work.
IDENTITY = frozenset(
    PREFIX + name
    for name in (
        "leader-name",
        "subgroup-index",
        "subgroup-key",
        "subgroup-policy-type",
        "subgroup-size",
    )
)
# Labels and annotations of a pod that are empty in a ModelServing's pod.
OTHERS = frozenset((PREFIX + "template-revision-hash", POD_NAME, POD_INDEX))

_MAX_DIGITS = 10


def is_number(text: str) -> bool:
    """Whether it is written as LWS writes the index of a group or a worker: without leading
    zeros.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > _MAX_DIGITS:
        return False
    return text == "0" or text[0] != "0"


def sets_of(pod: str) -> list[tuple[str, str, str]]:
    """The sets that a pod of this name may belong to: `SET-GROUP` is a leader, `SET-GROUP-WORKER` a
    worker. Each as the names of set, group and worker; the last is empty for a leader.

    `a-1-2` is worker 2 of group 1 of `a`, or the leader of group 2 of `a-1`.
    """
    set_, dash, last = pod.rpartition("-")
    if not (dash and set_ and last):
        return []
    found = [(set_, last, "")]
    set_, dash, group = set_.rpartition("-")
    if dash and set_ and group:
        found.append((set_, group, last))
    return found
