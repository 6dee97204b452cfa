"""The benchmark's inputs: ResourceLists in the styles of `styles.py`, always the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from styles import Alias, Anchored, resource_list

if TYPE_CHECKING:
    from styles import Data, Mapping

NAME: Final = "llama-70b"
NAMESPACE: Final = "serving"
GROUP_SIZE: Final = 8


def pods(n: int, style: str = "hosts") -> str:
    """One ModelServing and n of its pods."""
    return _list([_model_serving(n), *map(_pod, range(n))], style)


def mixed(n: int, share: float, style: str = "hosts") -> str:
    """As many items as n, a ModelServing and a share of pods of it, spread evenly among ConfigMaps,
    Services and Deployments.
    """
    count = round(n * share)
    others = n - 1 - count
    items = [_model_serving(count)]
    done = 0
    for i in range(others):
        items.append(_OTHERS[i % len(_OTHERS)](i))
        while done * others < count * (i + 1):
            items.append(_pod(done))
            done += 1
    return _list(items, style)


def anchors(n: int) -> str:
    """The list of `pods(n)`, the containers of each pod sharing a `securityContext` by an alias."""
    items = [_model_serving(n)]
    for i in range(n):
        anchor = f"security-{i}"  # PyYAML allows a name only once in a document
        items.append(_pod(i, Anchored(anchor, _SECURITY), Alias(anchor)))
    return _list(items, "hosts")


def serving(groups: int) -> str:
    """A ModelServing of as many ServingGroups, each of GROUP_SIZE pods, to be rendered."""
    item = _model_serving(groups * GROUP_SIZE, _spec([]))
    config: Mapping = {"apiVersion": "fn.serving.volcano.sh/v1alpha1", "kind": "RenderModelServing"}
    return resource_list(_numbered([item]), config, "hosts")


def _list(items: list[Mapping], style: str) -> str:
    return resource_list(_numbered(items), _CONFIG, style)


_CONFIG: Final[Mapping] = {
    "apiVersion": "fn.serving.volcano.sh/v1alpha1",
    "kind": "InjectLWS",
    "metadata": {"name": "inject-lws"},
    "spec": {"onConflict": "Overwrite"},
}
_SECURITY: Final[Mapping] = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
}


# What the engine's container runs, as the examples of LeaderWorkerSet have it.
_SCRIPT: Final = """\
set -euo pipefail
# The workers can't join before the entry's "head" listens.
if [ "$(NODE_RANK)" = "0" ]; then
  ray start --head --port=6379 --dashboard-host=0.0.0.0 --num-gpus=8
  exec vllm serve "$MODEL" --tensor-parallel-size 8 --port 8080 $SERVER_ARGUMENTS
fi

for attempt in 1 2 3 4 5 6 7 8 9 10; do
  ray start --block --address="$(RAY_ADDRESS)" && exit 0
  echo "no entry yet: attempt ${attempt} of 10" >&2
  sleep $((attempt * 2))
done
exit 1
"""
_SERVER_ARGUMENTS: Final = (
    "--served-model-name llama-70b --max-model-len 32768 --gpu-memory-utilization 0.92 "
    "--enable-prefix-caching --disable-log-requests --distributed-executor-backend ray"
)
_AGENT: Final = (
    "exec metrics-agent --scrape http://127.0.0.1:8080/metrics --interval 15s --label model=llama "
    "--label size=$(LWS_GROUP_SIZE) --label rank=$(LWS_WORKER_INDEX) --push http://gateway:9091"
)


def _model_serving(pod_count: int, spec: Mapping | None = None) -> Mapping:
    labels: Mapping = {"app.kubernetes.io/name": NAME}
    worker: Mapping = {"name": "engine", "image": "registry.example.com/vllm/vllm-openai:v0.9.2"}
    template: Mapping = {"metadata": {"labels": labels}, "spec": spec or {"containers": [worker]}}
    return {
        "apiVersion": "workload.serving.volcano.sh/v1alpha1",
        "kind": "ModelServing",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "schedulerName": "volcano",
            "replicas": max(1, -(-pod_count // GROUP_SIZE)),
            "plugins": [
                {
                    "name": "lws",
                    "type": "BuiltIn",
                    "scope": {"roles": ["decode"], "target": "All"},
                }
            ],
            "template": {
                "roles": [
                    {
                        "name": "decode",
                        "replicas": 1,
                        "entryTemplate": template,
                        "workerReplicas": GROUP_SIZE - 1,
                        "workerTemplate": template,
                    }
                ]
            },
            "recoveryPolicy": "ServingGroupRecreate",
        },
    }


def _pod(i: int, security: Data | None = None, sidecar_security: Data | None = None) -> Mapping:
    """The pod with number i, as kthena's controller makes it."""
    group = f"{NAME}-{i // GROUP_SIZE}"
    index = i % GROUP_SIZE
    contract: list[Data] = [
        {"name": "GROUP_SIZE", "value": str(GROUP_SIZE)},
        {"name": "ENTRY_ADDRESS", "value": f"{group}-decode-0-0.{NAMESPACE}"},
        {"name": "WORKER_INDEX", "value": str(index)},
    ]
    labels: Mapping = {"app.kubernetes.io/name": NAME}
    if index == 0:
        labels["modelserving.volcano.sh/entry"] = "true"
    labels |= {
        "modelserving.volcano.sh/group-name": group,
        "modelserving.volcano.sh/name": NAME,
        "modelserving.volcano.sh/revision": "6f8d9c7b54",
        "modelserving.volcano.sh/role": "decode",
        "modelserving.volcano.sh/role-id": "decode-0",
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{group}-decode-0-{index}",
            "namespace": NAMESPACE,
            "labels": labels,
            "ownerReferences": [
                {
                    "apiVersion": "workload.serving.volcano.sh/v1alpha1",
                    "blockOwnerDeletion": True,
                    "controller": True,
                    "kind": "ModelServing",
                    "name": NAME,
                    "uid": "4b6f2a1c-9d3e-4f57-8a20-c1d2e3f40516",
                }
            ],
        },
        "spec": _spec(contract, security, sidecar_security),
    }


def _spec(
    contract: list[Data], security: Data | None = None, sidecar_security: Data | None = None
) -> Mapping:
    engine: Mapping = {
        "name": "engine",
        "image": "registry.example.com/vllm/vllm-openai:v0.9.2",
        "command": ["/bin/sh", "-c"],
        "args": [_SCRIPT],
        "env": [
            {"name": "RAY_ADDRESS", "value": "$(LWS_LEADER_ADDRESS):6379"},
            {"name": "WORLD_SIZE", "value": "$(LWS_GROUP_SIZE)"},
            {"name": "NODE_RANK", "value": "$(LWS_WORKER_INDEX)"},
            {"name": "HF_HOME", "value": "/models/cache"},
            {"name": "MODEL", "value": "/models/Llama-3.1-70B-Instruct"},
            {"name": "SERVER_ARGUMENTS", "value": _SERVER_ARGUMENTS},
            *contract,
        ],
        "ports": [{"containerPort": 8080, "name": "http"}],
        "readinessProbe": {
            "httpGet": {"path": "/health", "port": 8080},
            "periodSeconds": 10,
        },
        "resources": {"limits": {"cpu": "32", "memory": "512Gi", "nvidia.com/gpu": "8"}},
        "securityContext": security or _SECURITY,
        "volumeMounts": [
            {"mountPath": "/models", "name": "models", "readOnly": True},
            {"mountPath": "/dev/shm", "name": "shm"},  # noqa: S108 (a path in a manifest)
        ],
    }
    sidecar: Mapping = {
        "name": "metrics",
        "image": "registry.example.com/metrics-agent:1.4",
        "command": ["sh", "-c"],
        "args": [_AGENT],
        "env": contract,
        "resources": {"limits": {"cpu": "100m", "memory": "64Mi"}},
        "securityContext": sidecar_security or _SECURITY,
    }
    return {
        "containers": [engine, sidecar],
        "schedulerName": "volcano",
        "volumes": [
            {"name": "models", "persistentVolumeClaim": {"claimName": "models"}},
            {"emptyDir": {"medium": "Memory", "sizeLimit": "64Gi"}, "name": "shm"},
        ],
    }


def _config_map(i: int) -> Mapping:
    nginx = "".join(
        f"location /api/v{k}/ {{\n  proxy_pass http://backend-{i}.shop:8080;\n"
        f"  proxy_read_timeout {30 + k}s;\n  proxy_set_header Host $host;\n}}\n"
        for k in range(4)
    )
    properties = "".join(f"cache.region{k}.ttl=30s\ncache.region{k}.size=64\n" for k in range(4))
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(f"web-config-{i}"),
        "data": {"LOG_LEVEL": "info", "nginx.conf": nginx, "cache.properties": properties},
    }


def _service(i: int) -> Mapping:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(f"web-{i}"),
        "spec": {
            "type": "ClusterIP",
            "selector": {"app.kubernetes.io/name": f"web-{i}"},
            "ports": [
                {"name": f"port-{k}", "port": 8000 + k, "protocol": "TCP", "targetPort": 9000 + k}
                for k in range(10)
            ],
        },
    }


def _deployment(i: int) -> Mapping:
    selector: Mapping = {"app.kubernetes.io/name": f"web-{i}"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(f"web-{i}"),
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": selector},
            "template": {
                "metadata": {"labels": selector},
                "spec": {
                    "containers": [
                        {
                            "name": "web",
                            "image": f"registry.example.com/shop/web:1.{i}.0",
                            "args": ["--listen", ":8080", "--log-level", "info"],
                            "env": [
                                {"name": "BACKEND", "value": f"http://backend-{i}.shop:8080"},
                                {"name": "TIMEOUT", "value": "30"},
                            ],
                            "envFrom": [{"configMapRef": {"name": f"web-config-{i}"}}],
                            "livenessProbe": {"httpGet": {"path": "/live", "port": 8080}},
                            "ports": [{"containerPort": 8080, "name": "http"}],
                            "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}},
                            "securityContext": _SECURITY,
                        }
                    ],
                    "serviceAccountName": "web",
                },
            },
        },
    }


_OTHERS: Final = (_config_map, _service, _deployment)


def _metadata(name: str) -> Mapping:
    return {
        "name": name,
        "namespace": "shop",
        "labels": {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shop"},
    }


def _numbered(items: list[Mapping]) -> list[Data]:
    """The items with the annotations that say which files they come from."""
    numbered: list[Data] = []
    for i, item in enumerate(items):
        metadata = item["metadata"]
        if not isinstance(metadata, dict):
            raise TypeError(f"an item's metadata must be a mapping; found {metadata}")
        annotations: Mapping = {
            "internal.config.kubernetes.io/index": "0",
            "internal.config.kubernetes.io/path": f"manifests/item-{i}.yaml",
        }
        numbered.append({**item, "metadata": {**metadata, "annotations": annotations}})
    return numbered
