"""What kthena's stock controller (1.0) makes of a ModelServing, on plain data.

The rules are those of kthena's `pkg/model-serving-controller`: `CreatePodsByRole` in
`controller/model_serving_controller.go`, `GenerateEntryPod` and `GenerateWorkerPod` in
`utils/utils.go`, the chain in `plugins/manager.go`. The cluster is one without Volcano's PodGroups,
as that of tests/golden, whose placeholders stand for what only a cluster knows.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.model import MSV, containers
from tests.model.plugins import STOCK, HookRequest, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.model.plugins import Hook, Plugin

UID = "00000000-0000-0000-0000-000000000001"
REVISION = "rev1"
ROLE_TEMPLATE_HASH = "hash1"


def pods(serving: Any, plugins: Mapping[str, Plugin] = STOCK) -> list[Any]:
    """The pods in the order in which they are made, by ServingGroup, role, replica and index.

    `plugins` are those that the controller knows. An entry of `spec.plugins` that it can't use is a
    RefusedError, where there is a pod to make. Whether a ModelServing gets as far as the controller
    is for `admission.problems` to say.
    """
    serving = defaulted(serving)
    return [
        pod
        for group in range(serving["spec"]["replicas"])
        for role in serving["spec"]["template"]["roles"]
        for replica in range(role["replicas"])
        for pod in _role_pods(serving, role, group, replica, plugins)
    ]


def defaulted(serving: Any) -> Any:
    """A copy with the defaults of the CustomResourceDefinition, and the namespace `default`."""
    serving = copy.deepcopy(serving)
    _default(serving["metadata"], namespace="default")
    _default(serving["spec"], replicas=1, schedulerName="volcano", recoveryPolicy="RoleRecreate")
    for plugin in serving["spec"].get("plugins") or []:
        _default(plugin, type="BuiltIn")
    for role in serving["spec"]["template"]["roles"]:
        _default(role, replicas=1)
    return serving


def _default(mapping: Any, **values: Any) -> None:
    for key, value in values.items():
        if mapping.get(key) is None:
            mapping[key] = value


def _role_pods(
    serving: Any, role: Any, group: int, replica: int, plugins: Mapping[str, Plugin]
) -> Iterator[Any]:
    """One replica of a role: its entry pod, then its workers.

    The controller copies the role for each replica, but not the template for each pod: the workers
    share their template's containers, so that each starts from what the one before it got, the
    plugins' env included.
    """
    role = copy.deepcopy(role)
    chain = _chain(serving["spec"].get("plugins") or [], plugins)
    serving_group = f"{serving['metadata']['name']}-{group}"
    for index in range(_workers(role) + 1):
        template = role.get("workerTemplate" if index else "entryTemplate")
        if template is None:
            return
        pod = _pod(serving, role, template, serving_group, f"{role['name']}-{replica}", index)
        request = HookRequest(serving, serving_group, role["name"], index == 0, pod)
        for scope, hook in chain:
            if _covers(scope, request):
                hook(request)
        yield copy.deepcopy(pod)


def _workers(role: Any) -> int:
    return role.get("workerReplicas") or 0


def _chain(entries: list[Any], plugins: Mapping[str, Plugin]) -> list[tuple[Any, Hook]]:
    """Scopes and hooks, in the order of `spec.plugins`; a name may be there more than once."""
    chain = []
    for entry in entries:
        if entry["type"] != "BuiltIn":
            raise RefusedError(f"plugin {entry['name']} has unsupported type {entry['type']}")
        if entry["name"] not in plugins:
            raise RefusedError(f"plugin {entry['name']} not registered")
        chain.append((entry.get("scope") or {}, plugins[entry["name"]](entry.get("config"))))
    return chain


def _covers(scope: Any, request: HookRequest) -> bool:
    """Whether a plugin runs: no roles are all roles, no target is all pods. A target that is none
    of the three is no pod: nothing refuses it.
    """
    if scope.get("roles") and request.role_name not in scope["roles"]:
        return False
    return (scope.get("target") or "All") in ("All", "Entry" if request.is_entry else "Worker")


def _pod(
    serving: Any, role: Any, template: Any, serving_group: str, role_id: str, index: int
) -> Any:
    """A pod before its plugins. The template's labels win over the controller's, the controller's
    env over the template's.
    """
    name, namespace = serving["metadata"]["name"], serving["metadata"]["namespace"]
    labels = {
        f"{MSV}/name": name,
        f"{MSV}/group-name": serving_group,
        f"{MSV}/role": role["name"],
        f"{MSV}/role-id": role_id,
        f"{MSV}/revision": REVISION,
        f"{MSV}/role-template-hash": ROLE_TEMPLATE_HASH,
    }
    if index == 0:
        labels[f"{MSV}/entry"] = "true"
    metadata = template.get("metadata") or {}
    pod: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{serving_group}-{role_id}-{index}",
            "namespace": namespace,
            "labels": {**labels, **(metadata.get("labels") or {})},
            "ownerReferences": [
                {
                    "apiVersion": "workload.serving.volcano.sh/v1alpha1",
                    "kind": "ModelServing",
                    "name": name,
                    "uid": UID,
                    "blockOwnerDeletion": True,
                    "controller": True,
                }
            ],
        },
        "spec": {**template["spec"], "schedulerName": serving["spec"]["schedulerName"]},
    }
    if metadata.get("annotations"):
        pod["metadata"]["annotations"] = dict(metadata["annotations"])
    env = {
        "GROUP_SIZE": str(_workers(role) + 1),
        "ENTRY_ADDRESS": f"{serving_group}-{role_id}-0.{namespace}",
        "WORKER_INDEX": str(index),
    }
    for container in containers(pod):
        container.setdefault("resources", {})  # as Go writes it
        container["env"] = [
            *(entry for entry in container.get("env") or [] if entry["name"] not in env),
            *({"name": key, "value": value} for key, value in env.items()),
        ]
    return pod
