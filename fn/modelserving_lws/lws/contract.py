"""The LWS contract: the one table of what is written, where, and what each value is.

The keys are LWS's own, github.com/kubernetes-sigs/lws
`api/leaderworkerset/v1/leaderworkerset_types.go`. The env vars stand first, in this order, as in
its `pkg/utils/pod/pod_utils.go` `AddLWSVariables`.
"""

from __future__ import annotations

try:
    from _sha1 import sha1  # type: ignore[import-not-found]  # hashlib would load OpenSSL
except ImportError:
    from hashlib import sha1

from ..results.result import Result, quoted

LABEL = "label"
ANNOTATION = "annotation"
ENV = "env"

# What a value is.
LEADER_ADDRESS = "leader address"
GROUP_SIZE = "group size"
WORKER_INDEX = "worker index"
SET_NAME = "set name"
GROUP_INDEX = "group index"
GROUP_KEY = "group key"
REPLICAS = "replicas"

PREFIX = "leaderworkerset.sigs.k8s.io/"
NAME_LABEL = f"{PREFIX}name"
REPLICAS_ANNOTATION = f"{PREFIX}replicas"
WORKER_INDEX_LABEL = f"{PREFIX}worker-index"
LEADER_ADDRESS_ENV = "LWS_LEADER_ADDRESS"
WORKER_INDEX_ENV = "LWS_WORKER_INDEX"

# Where, key, value. The env vars are in the order in which they stand in a container.
CONTRACT = (
    (LABEL, NAME_LABEL, SET_NAME),
    (LABEL, WORKER_INDEX_LABEL, WORKER_INDEX),
    (LABEL, f"{PREFIX}group-index", GROUP_INDEX),
    (LABEL, f"{PREFIX}group-key", GROUP_KEY),
    (ANNOTATION, f"{PREFIX}size", GROUP_SIZE),
    (ANNOTATION, REPLICAS_ANNOTATION, REPLICAS),
    (ENV, LEADER_ADDRESS_ENV, LEADER_ADDRESS),
    (ENV, "LWS_GROUP_SIZE", GROUP_SIZE),
    (ENV, WORKER_INDEX_ENV, WORKER_INDEX),
)
# The same by where: keys and their values.
KEYS = {
    where: [(key, value) for there, key, value in CONTRACT if there == where]
    for where in (LABEL, ANNOTATION, ENV)
}
ENV_NAMES = frozenset(name for name, _ in KEYS[ENV])


def group_key(group: str) -> str:
    """The lower-case hex SHA-1 of a group's name (LWS, `pkg/utils/utils.go` `Sha1Hash`)."""
    return digest(group)


def digest(text: str) -> str:
    """The lower-case hex SHA-1 of a text."""
    found: str = sha1(text.encode(), usedforsecurity=False).hexdigest()
    return found


def label_field(key: str) -> str:
    """The `fieldPath` by which a `fieldRef` reads a label of its pod."""
    return f"metadata.labels['{key}']"


def conflict(path: str, found: str | None, value: str) -> Result:
    """The error for a key with another value; `found` is None where only a cluster knows it."""
    what = "a value that only the cluster knows" if found is None else quoted(found)
    return Result("conflict", path, current=found, proposed=value, value=quoted(value), found=what)
