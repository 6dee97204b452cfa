"""A container engine for the tests: Docker with a running daemon, or podman, which root on Debian
gets installed. podman has a configuration and a storage of its own, in `.tools/image`.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.running import ROOT

STATE = ROOT / ".tools" / "image"
# Without a bridge, and with limits and cgroups as they are here, podman works in containers, too.
# Without a mount of its own, the storage can be removed as other folders are.
CONFIGURATION = """\
[containers]
netns = "host"
default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
"""
STORAGE = """\
[storage]
driver = "overlay"
graphroot = "{state}/storage"
rootless_storage_path = "{state}/storage"
runroot = "{state}/run"
[storage.options.overlay]
skip_mount_home = "true"
"""


class NoEngineError(Exception):
    """Why there is no engine."""


@dataclass(frozen=True)
class Engine:
    """`docker` or `podman`, and the environment in which it works."""

    name: str
    environment: dict[str, str]

    def run(
        self, *arguments: str | Path, text: str | bytes = b"", check: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs the engine to its end; a failure is an error that shows what it wrote."""
        process = subprocess.run(
            [self.name, *arguments],
            input=text.encode() if isinstance(text, str) else text,
            env=self.environment,
            capture_output=True,
            check=False,
        )
        if check and process.returncode:
            raise AssertionError(f"{arguments}\n{(process.stdout + process.stderr).decode()}")
        return process

    def inspect(self, image: str) -> Any:
        """What the engine knows of an image."""
        (found,) = json.loads(self.run("image", "inspect", image).stdout)
        return found


def find() -> Engine:
    """The engine; raises NoEngineError."""
    reasons = []
    for name in (os.environ.get("ENGINE"),) if os.environ.get("ENGINE") else ("docker", "podman"):
        if name == "podman" and shutil.which(name) is None:
            _install()
        if name and shutil.which(name) is None:
            reasons.append(f"{name} is not on the PATH")
            continue
        engine = (
            Engine("podman", _podman()) if name == "podman" else Engine("docker", {**os.environ})
        )
        tried = engine.run("info", check=False)
        if not tried.returncode:
            return engine
        reasons.append(f"`{name} info` says: {' '.join(tried.stderr.decode().split())}")
    raise NoEngineError("; ".join(reasons))


def _install() -> None:
    is_debian = shutil.which("apt-get") is not None and Path("/etc/debian_version").exists()
    if not is_debian or os.geteuid():
        return
    print("Installing podman and runc, with apt-get", flush=True)
    install("podman", "runc")


def install(*packages: str) -> None:
    """Installs Debian packages; raises NoEngineError."""
    command = ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", *packages]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], command):
        done = subprocess.run(step, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoEngineError(f"`{' '.join(command)}` says: {done.stderr.strip()}")


def _podman() -> dict[str, str]:
    STATE.mkdir(parents=True, exist_ok=True)
    files, processes = (
        resource.getrlimit(kind)[1] for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC)
    )
    text = CONFIGURATION.format(files=min(files, 20_000), processes=min(processes, 32_768))
    if shutil.which("runc"):
        text += (
            'runtime = "runc"\n'  # crun refuses to run where both versions of cgroups are mounted
        )
    configuration, storage = STATE / "containers.conf", STATE / "storage.conf"
    configuration.write_text(text)
    storage.write_text(STORAGE.format(state=STATE))
    paths = {"CONTAINERS_CONF": str(configuration), "CONTAINERS_STORAGE_CONF": str(storage)}
    return {**os.environ, **paths, "KPT_FN_RUNTIME": "podman"}
