"""A Kubernetes API server on loopback: kube-apiserver, built from its Go module, and etcd.

There is no kubelet, no scheduler and no controller: objects are admitted and stored.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster.api import API

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
MODULE_FILES = ("go.mod", "go.sum")
# Ends a program when stdin closes, as it does when the tests end, in whatever way.
TETHER = '"$@" </dev/null & trap "kill $!; wait $!" EXIT; read -r _'
SECONDS_TO_START = 120
KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters:
- name: tests
  cluster: {{server: "https://127.0.0.1:{port}", certificate-authority: "{certificate}"}}
users:
- name: tests
  user: {{token: "{token}"}}
contexts:
- name: tests
  context: {{cluster: tests, user: tests}}
current-context: tests
"""


def missing() -> str | None:
    """What is not installed, and how to install it; None where all is there."""
    if shutil.which("go") is None:
        return "go, which builds kube-apiserver, is not on the PATH; see https://go.dev/doc/install"
    if shutil.which("etcd") is None:
        return "etcd is not on the PATH; on Debian: apt-get install etcd-server"
    return None


def built(name: str = "kube-apiserver", module: Path = HERE) -> Path:
    """kube-apiserver, or another program of Kubernetes that a Go module has, from the cache;
    building it takes some minutes and 3 GB, once for each go.sum.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "modelserving-lws"
    digest = hashlib.sha256(b"".join((module / file).read_bytes() for file in MODULE_FILES))
    program = cache / f"{name}-{digest.hexdigest()[:16]}"
    if not program.exists():
        sys.stdout.write(f"\nBuilding {program}, which takes some minutes\n")
        sys.stdout.flush()
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = program.with_suffix(f".{os.getpid()}")
        build = ["go", "build", "-trimpath", "-ldflags=-s -w", "-o", str(unfinished)]
        subprocess.run([*build, f"k8s.io/kubernetes/cmd/{name}"], cwd=module, check=True)
        unfinished.replace(program)
    return program


@contextmanager
def running(program: Path, directory: Path) -> Iterator[API]:
    """The API of a kube-apiserver that runs until the context ends; the directory, which must be
    empty, is for its files, among them a `kubeconfig`.
    """
    etcd_port, peer_port, api_port = free_ports(3)
    token = secrets.token_hex()
    certificate, key = _certificate(directory)
    tokens = directory / "tokens.csv"
    tokens.touch(mode=0o600)
    tokens.write_text(f"{token},tests,tests,system:masters\n")
    kubeconfig = directory / "kubeconfig"
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(KUBECONFIG.format(port=api_port, certificate=certificate, token=token))
    etcd_url, peer_url = (f"http://127.0.0.1:{port}" for port in (etcd_port, peer_port))
    etcd = [
        "etcd",
        f"--data-dir={directory / 'etcd'}",
        f"--listen-client-urls={etcd_url}",
        f"--advertise-client-urls={etcd_url}",
        f"--listen-peer-urls={peer_url}",
        f"--initial-advertise-peer-urls={peer_url}",
        f"--initial-cluster=default={peer_url}",
    ]
    api_server = [
        str(program),
        f"--etcd-servers={etcd_url}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        f"--secure-port={api_port}",
        f"--tls-cert-file={certificate}",
        f"--tls-private-key-file={key}",
        "--service-account-issuer=https://localhost",
        f"--service-account-key-file={certificate}",
        f"--service-account-signing-key-file={key}",
        f"--token-auth-file={tokens}",
        "--authorization-mode=AlwaysAllow",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--disable-admission-plugins=ServiceAccount",
    ]
    with ExitStack() as stack:
        for name, command in (("etcd", etcd), ("kube-apiserver", api_server)):
            stack.enter_context(tethered(command, directory / f"{name}.log"))
        context = ssl.create_default_context(cafile=str(certificate))
        api = stack.enter_context(closing(API(api_port, token, context)))
        _wait_until_ready(api, directory)
        yield api


@contextmanager
def controllers(folder: Path) -> Iterator[None]:
    """Kubernetes' own controllers of StatefulSets and of garbage collection, on the cluster whose
    files the folder has.
    """
    command = [
        str(built("kube-controller-manager", HERE / "controllers")),
        f"--kubeconfig={folder / 'kubeconfig'}",
        "--controllers=statefulset-controller,garbage-collector-controller",
        "--leader-elect=false",
        "--secure-port=0",
    ]
    with tethered(command, folder / "kube-controller-manager.log"):
        yield


@contextmanager
def tethered(command: list[str], log: Path) -> Iterator[None]:
    """Runs a program until the context or this process ends."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            ["sh", "-c", TETHER, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests alone
        )
    try:
        yield
    finally:
        process.communicate()  # closes its stdin


def _wait_until_ready(api: API, directory: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            if api.text("/readyz") == "ok" and api.exists("/api/v1/namespaces/default"):
                return
        except (OSError, http.client.HTTPException):
            pass
        if time.monotonic() > deadline:
            logs = (f"{log.name}:\n{log.read_text()[-2000:]}" for log in directory.glob("*.log"))
            raise TimeoutError("kube-apiserver is not ready\n" + "\n".join(logs))
        time.sleep(0.2)


def free_ports(count: int) -> list[int]:
    """Ports that are free now. All are held until the last is found, so that they differ."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _certificate(directory: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key, by Go's own generator."""
    root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True)
    generator = Path(root.stdout.strip()) / "src" / "crypto" / "tls" / "generate_cert.go"
    options = ["--host", "127.0.0.1", "--ca", "--ecdsa-curve", "P256"]
    subprocess.run(
        ["go", "run", generator, *options], cwd=directory, capture_output=True, check=True
    )
    return directory / "cert.pem", directory / "key.pem"
