"""kthena's controller, webhook and CustomResourceDefinition, built from a checkout that the
environment variable KTHENA names.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tests.cluster.api import APIError
from tests.cluster.control_plane import tethered
from tests.cluster.namespace import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.api import API, Object

SOURCE = os.environ.get("KTHENA")
MISSING = "KTHENA must name a checkout of github.com/volcano-sh/kthena, v1.0.0 or main"
CRD = "charts/kthena/charts/workload/crds/workload.serving.volcano.sh_modelservings.yaml"
CONTROLLER = "./cmd/kthena-controller-manager"
# Where the checkout gets the webhook's `main`; see `webhook/main.go`.
WEBHOOK = "./cmd/modelserving-webhook"
READY = [
    {"type": kind, "status": "True"}
    for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
]


def crd() -> Object:
    """The kind ModelServing, as the checkout has it."""
    found: Object = yaml.safe_load((Path(SOURCE or "") / CRD).read_text())
    return found


def version() -> str:
    """The version of the rules, as the refusals name it: main has `partition` in roles."""
    return "main" if "Partition protects" in (Path(SOURCE or "") / CRD).read_text() else "1.0.0"


def built(folder: Path) -> tuple[Path, Path]:
    """The controller and the webhook, built into a folder; Go keeps what it compiled."""
    source = Path(SOURCE or "").resolve()
    overlay = folder / "overlay.json"
    main = Path(__file__).with_name("webhook") / "main.go"
    overlay.write_text(json.dumps({"Replace": {str(source / WEBHOOK / "main.go"): str(main)}}))
    programs = folder / "kthena-controller-manager", folder / "modelserving-webhook"
    for program, package in zip(programs, (CONTROLLER, WEBHOOK), strict=True):
        build = ["go", "build", "-overlay", str(overlay), "-o", str(program), package]
        subprocess.run(build, cwd=source, check=True)
    return programs


@contextmanager
def webhook(api: API, program: Path, folder: Path, port: int) -> Iterator[None]:
    """The webhook, at this port, and the API server told to ask it; `folder` is the cluster's."""
    certificate = (folder / "cert.pem").read_bytes()
    command = [str(program), f"-address=127.0.0.1:{port}"]
    command += [f"-certificate={folder / 'cert.pem'}", f"-key={folder / 'key.pem'}"]
    configuration: Object = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "kthena"},
        "webhooks": [
            {
                "name": "modelserving.volcano.sh",
                "admissionReviewVersions": ["v1"],
                "sideEffects": "None",
                "failurePolicy": "Fail",
                "clientConfig": {
                    "url": f"https://127.0.0.1:{port}/modelserving",
                    "caBundle": base64.b64encode(certificate).decode(),
                },
                "rules": [
                    {
                        "apiGroups": ["workload.serving.volcano.sh"],
                        "apiVersions": ["v1alpha1"],
                        "resources": ["modelservings"],
                        "operations": ["CREATE", "UPDATE"],
                    }
                ],
            }
        ],
    }
    with tethered(command, folder / "webhook.log"):
        api.create(configuration)
        yield


@contextmanager
def controller(program: Path, folder: Path) -> Iterator[None]:
    """The controller of ModelServings, on the cluster whose files the folder has."""
    command = [str(program), f"--kubeconfig={folder / 'kubeconfig'}", "--enable-webhook=false"]
    with tethered([*command, "--controllers=modelserving"], folder / "controller.log"):
        yield


def make_ready(api: API, namespace: str) -> list[Object]:
    """Says of the pods of a namespace what a kubelet would say; gives them as they were."""
    found = api.objects("Pod", namespace)
    for pod in found:
        if pod.get("status", {}).get("phase") != "Running":
            status = {"phase": "Running", "conditions": READY}
            with suppress(APIError):  # it may be gone by now
                api.patch_status(pod, {"status": status})
    return found


def pods(api: API, serving: Object, count: int) -> list[Object]:
    """The pods of the only ModelServing of a namespace, when there are so many, all of its last
    revision and ready: what a kubelet would say of them, this function says.
    """
    namespace = serving["metadata"]["namespace"]

    def are_ready() -> bool:
        found = make_ready(api, namespace)
        now = api.get(serving)
        status, replicas = now.get("status", {}), now["spec"]["replicas"]
        return (
            len(found) == count
            and not any("deletionTimestamp" in pod["metadata"] for pod in found)
            and status.get("observedGeneration") == now["metadata"]["generation"]
            and status.get("availableReplicas") == status.get("updatedReplicas") == replicas
        )

    wait_until(are_ready, f"{count} pods in {namespace}")
    return api.objects("Pod", namespace)
