"""LeaderWorkerSet's controller and webhooks, built from a checkout that the environment variable
LWS names.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tests.cluster.control_plane import free_ports, tethered
from tests.cluster.namespace import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.api import API, Object

SOURCE = os.environ.get("LWS")
MISSING = "LWS must name a checkout of github.com/kubernetes-sigs/lws"
CRDS = "config/crd/bases"
WEBHOOKS = "config/webhook"
# The name that LWS's own manifests give it.
CONFIGURATION = "lws-mutating-webhook-configuration"
SETTINGS = """\
apiVersion: config.lws.x-k8s.io/v1alpha1
kind: Configuration
leaderElection: {{leaderElect: false}}
internalCertManagement: {{enable: false}}
webhook: {{port: {webhook}, certDir: "{folder}"}}
metrics: {{bindAddress: "0"}}
health: {{healthProbeBindAddress: "127.0.0.1:{health}"}}
"""


def crds() -> list[Object]:
    """LWS's CustomResourceDefinitions."""
    files = sorted((Path(SOURCE or "") / CRDS).glob("*.yaml"))
    return [yaml.safe_load(path.read_text()) for path in files]


def built(folder: Path) -> Path:
    """The controller, built into a folder."""
    program = folder / "lws-manager"
    build = ["go", "build", "-o", str(program.resolve()), "./cmd"]
    subprocess.run(build, cwd=SOURCE, check=True)
    return program


def webhooks(certificate: bytes, port: int) -> list[Object]:
    """The webhooks' configurations as LWS installs them, but for where they are: each one's
    manifest with the patch that LWS's kustomization has for it.
    """
    folder = Path(SOURCE or "") / WEBHOOKS
    found: list[Object] = []
    for item in yaml.safe_load_all((folder / "manifests.yaml").read_text()):
        kind = "mutating" if item["kind"].startswith("Mutating") else "validating"
        item["metadata"]["name"] = f"lws-{item['metadata']['name']}"
        for operation in yaml.safe_load((folder / f"{kind}-patch.yaml").read_text()):
            number = int(operation["path"].removeprefix("/webhooks/"))
            item["webhooks"][number] = operation["value"]
        for webhook in item["webhooks"]:
            path = webhook["clientConfig"]["service"]["path"]
            webhook["clientConfig"] = {
                "url": f"https://127.0.0.1:{port}{path}",
                "caBundle": base64.b64encode(certificate).decode(),
            }
        found.append(item)
    return found


@contextmanager
def running(api: API, program: Path, folder: Path) -> Iterator[None]:
    """The controller and its webhooks on the cluster whose files the folder has."""
    webhook, health = free_ports(2)
    own = folder / "lws"
    own.mkdir()
    shutil.copy(folder / "cert.pem", own / "tls.crt")
    shutil.copy(folder / "key.pem", own / "tls.key")
    settings = own / "settings.yaml"
    settings.write_text(SETTINGS.format(webhook=webhook, health=health, folder=own))
    command = [str(program), f"--config={settings}", f"--kubeconfig={folder / 'kubeconfig'}"]
    log = folder / "lws.log"
    with tethered(command, log):
        wait_until(lambda: "Serving webhook server" in log.read_text(), "LWS's webhooks are served")
        for item in webhooks((folder / "cert.pem").read_bytes(), webhook):
            api.create(item)
        yield
