"""What LWS makes of a LeaderWorkerSet, and the ModelServing that ConvertLeaderWorkerSet makes of
it, on plain data; and a strategy for sets as people and clusters write them.

The rules are those of LWS: `constructLeaderStatefulSetApplyConfiguration` and
`constructWorkerStatefulSetApplyConfiguration` in `pkg/controllers`, `AddLWSVariables` in
`pkg/utils/pod`.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from tests.manifests import LWS
from tests.model import containers
from tests.model.servings import templates

SERVER_SET = {
    "creationTimestamp": "2026-11-24T10:00:00Z",
    "generation": 3,
    "managedFields": [{"manager": "kubectl", "operation": "Update"}],
    "resourceVersion": "4711",
    "uid": "00000000-0000-0000-0000-000000000001",
}
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# What kthena's controller writes, or names in another way than LWS.
OWN_ENV = ("GROUP_SIZE", "ENTRY_ADDRESS", "WORKER_INDEX")
OWN_FIELDS = ("/group-index']", "/group-key']", "metadata.name", "/replicas']")


def pods(lws: Any, role: str = "default") -> list[Any]:
    """The pods, group by group, the leader first. Its address is the one that kthena gives it, and
    the contract's annotation `replicas`, that LWS puts elsewhere, is there.
    """
    template = lws["spec"]["leaderWorkerTemplate"]
    size = template.get("size") or 1
    replicas = lws["spec"].get("replicas")
    return [
        _pod(lws, _template(template, index), group, index, size, role)
        for group in range(1 if replicas is None else replicas)
        for index in range(size)
    ]


def _template(template: Any, index: int) -> Any:
    leader = template.get("leaderTemplate")
    return template["workerTemplate"] if index or leader is None else leader


def _pod(lws: Any, template: Any, group: int, index: int, size: int, role: str) -> Any:
    name = lws["metadata"]["name"]
    namespace = lws["metadata"].get("namespace") or "default"
    metadata = template.get("metadata") or {}
    labels = {f"{LWS}/name": name, f"{LWS}/worker-index": str(index)}
    replicas = lws["spec"].get("replicas")
    annotations = {
        f"{LWS}/size": str(size),
        f"{LWS}/replicas": "1" if replicas is None else str(replicas),
    }
    pod = {
        "metadata": {
            "labels": {**(metadata.get("labels") or {}), **labels},
            "annotations": {**(metadata.get("annotations") or {}), **annotations},
            "namespace": namespace,
        },
        "spec": copy.deepcopy(template["spec"]),
    }
    env = {
        "LWS_LEADER_ADDRESS": f"{name}-{group}-{role}-0-0.{namespace}",
        "LWS_GROUP_SIZE": str(size),
        "LWS_WORKER_INDEX": str(index),
    }
    for container in containers(pod):
        container["env"] = [
            *({"name": key, "value": value} for key, value in env.items()),
            *(entry for entry in container.get("env") or [] if entry["name"] not in env),
        ]
    return pod


def serving(lws: Any, role: str = "default") -> Any:
    """The ModelServing, of a set that loses nothing that is an error."""
    spec, template = lws["spec"], lws["spec"]["leaderWorkerTemplate"]
    made: dict[str, Any] = {"plugins": [{"name": "lws", "type": "BuiltIn"}]}
    if spec.get("replicas") is not None:
        made["replicas"] = spec["replicas"]
    size = template.get("size") or 1
    used = [_template(template, index) for index in range(min(size, 2))]
    schedulers = [one["spec"].get("schedulerName") for one in used]
    if any(schedulers):
        made["schedulerName"] = next(filter(None, schedulers))
    policy = template.get("restartPolicy") or "RecreateGroupOnPodRestart"
    made["recoveryPolicy"] = "ServingGroupRecreate" if policy.startswith("Recreate") else "None"
    if spec.get("rolloutStrategy") is not None:
        made["rolloutStrategy"] = {"type": "ServingGroupRollingUpdate"}
        rolling = spec["rolloutStrategy"].get("rollingUpdateConfiguration") or {}
        kept = {key: rolling[key] for key in ("maxUnavailable", "partition") if key in rolling}
        if kept.get("maxUnavailable") in (0, spec.get("replicas") == 0 and "100%"):
            kept["maxUnavailable"] = 1
        if kept:
            made["rolloutStrategy"]["rollingUpdateConfiguration"] = kept
    made["template"] = {
        "roles": [
            {
                "name": role,
                "replicas": 1,
                "entryTemplate": _carried(_template(template, 0)),
                "workerReplicas": size - 1,
                "workerTemplate": _carried(template["workerTemplate"]),
            }
        ]
    }
    metadata = {
        key: value
        for key, value in lws["metadata"].items()
        if key in ("name", "namespace", "labels", "annotations")
    }
    if LAST_APPLIED in metadata.get("annotations", {}):
        kept = {key: value for key, value in metadata["annotations"].items() if key != LAST_APPLIED}
        del metadata["annotations"]
        metadata |= {"annotations": kept} if kept else {}
    return {
        "apiVersion": "workload.serving.volcano.sh/v1alpha1",
        "kind": "ModelServing",
        "metadata": metadata,
        "spec": made,
    }


def _carried(template: Any) -> Any:
    metadata = template.get("metadata") or {}
    kept = {key: metadata[key] for key in ("labels", "annotations") if metadata.get(key)}
    return {**({"metadata": kept} if kept else {}), "spec": template["spec"]}


def tidied(serving: Any) -> Any:
    """The ModelServing without nulls and empty mappings in the templates' metadata."""
    for role in serving["spec"]["template"]["roles"]:
        for field in ("entryTemplate", "workerTemplate"):
            role[field] = _carried(role[field])
    return serving


def _of_lws(template: Any) -> Any:
    """A template without what means another thing, or nothing, to one of the two controllers."""
    text = json.dumps(template)
    for name in OWN_ENV:
        text = text.replace(f"$({name})", name)
    template = json.loads(text)
    for container in containers(template):
        if container.get("env"):
            container["env"] = [
                entry
                for entry in container["env"]
                if entry["name"] not in OWN_ENV
                and not str(entry).rstrip("}\"'").endswith("name")
                and not any(field in str(entry) for field in OWN_FIELDS)
            ]
    return template


_templates = templates.map(_of_lws)
_percent = st.sampled_from((0, 1, 2, "100%"))
_rolling = st.fixed_dictionaries(
    {}, optional={"maxUnavailable": _percent, "maxSurge": _percent, "partition": st.integers(0, 2)}
)


@st.composite
def sets(draw: st.DrawFn, name: str = "chat", startup: tuple[str, ...] = ("LeaderCreated",)) -> Any:
    """A LeaderWorkerSet; with other `startup` policies, one that may have to stay."""
    template: dict[str, Any] = {}
    for field, values in (
        ("size", st.none() | st.integers(1, 4)),
        ("restartPolicy", st.sampled_from(("RecreateGroupOnPodRestart", "Default", "None"))),
        ("leaderTemplate", _templates),
    ):
        if draw(st.booleans()):
            template[field] = draw(values)
    template["workerTemplate"] = draw(_templates)
    if draw(st.booleans()):
        for field in ("leaderTemplate", "workerTemplate"):
            if field in template:
                there = template[field].get("metadata") or {}
                template[field]["metadata"] = {"creationTimestamp": None, **there}
    spec = {"leaderWorkerTemplate": dict(draw(st.permutations(list(template.items()))))}
    optional: dict[str, st.SearchStrategy[Any]] = {
        "replicas": st.none() | st.integers(0, 2),
        "startupPolicy": st.sampled_from(startup),
        "networkConfig": st.sampled_from(
            ({"subdomainPolicy": "Shared"}, {"subdomainPolicy": "UniquePerReplica"}, None)
        ),
        "rolloutStrategy": st.fixed_dictionaries(
            {"type": st.just("RollingUpdate")}, optional={"rollingUpdateConfiguration": _rolling}
        ),
    }
    spec = {**draw(st.fixed_dictionaries({}, optional=optional)), **spec}
    metadata: dict[str, Any] = {"name": name}
    if draw(st.booleans()):
        metadata["namespace"] = "serving"
    if draw(st.booleans()):
        metadata["labels"] = {"app": "vllm"}
    annotations = draw(st.dictionaries(st.sampled_from(("a", LAST_APPLIED)), st.just("{}: b")))
    if annotations:
        metadata["annotations"] = annotations
    made = {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": metadata,
        "spec": spec,
    }
    if draw(st.booleans()):
        made["metadata"] = {**SERVER_SET, **metadata}
        made["status"] = {"replicas": 2, "conditions": []}
    return made
