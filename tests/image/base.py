"""The images that the Dockerfiles build on: pulled, or else stand-ins made of Debian's packages."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.image.engine import NoEngineError, install
from tests.running import EXAMPLES, ROOT

if TYPE_CHECKING:
    from tests.image.engine import Engine

DEBIAN, PYTHON = (
    f"localhost/modelserving-lws-test/{name}:stand-in" for name in ("debian", "python")
)
PACKAGES = "bash,ca-certificates,coreutils,dash,dpkg,libc-bin,python3.13,python3-pip,sed"
# The packages are unpacked and not set up, which takes a quarter of the time. dpkg is told of them.
KNOWN_TO_DPKG = """
dpkg=$1/var/lib/dpkg
echo 1 > "$dpkg/info/format"
cd "$1/var/cache/apt/archives"
for deb in *.deb; do
  name=$(dpkg-deb --field "$deb" Package)
  if [ "$(dpkg-deb --field "$deb" Multi-Arch)" = same ]; then
    name=$name:$(dpkg-deb --field "$deb" Architecture)
  fi
  dpkg-deb --fsys-tarfile "$deb" | tar --list |
    sed 's|^[.]||; s|/$||; s|^$|/.|' > "$dpkg/info/$name.list"
  { dpkg-deb --field "$deb" && echo Status: install ok installed && echo; } >> "$dpkg/status"
done
"""
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# Python where the image of Python has it, in /usr/local.
DOCKERFILE = f"""\
FROM {DEBIAN}
COPY certificates /etc/ssl/certs/ca-certificates.crt
RUN mkdir -p /usr/local/bin /usr/local/lib \\
 && mv /usr/lib/python3.13 /usr/lib/python3 /usr/local/lib/ \\
 && mv /usr/bin/python3.13 /usr/local/bin/ \\
 && ln -s python3.13 /usr/local/bin/python \\
 && sed '1s|.*|#!/usr/local/bin/python|' /usr/bin/pip3 > /usr/local/bin/pip \\
 && chmod 755 /usr/local/bin/pip
"""


def base_of(dockerfile: Path) -> str:
    """The image that a Dockerfile names as its base."""
    (name,) = re.findall("^ARG BASE=(.+)$", dockerfile.read_text(), re.MULTILINE)
    return str(name)


def prepare(engine: Engine) -> dict[str, str]:
    """Bases to build with, by their names in the Dockerfiles. Raises NoEngineError."""
    names = {
        base_of(ROOT / "Dockerfile"): PYTHON,
        base_of(EXAMPLES / "argo-cd" / "Dockerfile"): DEBIAN,
    }
    if all(not engine.run("pull", name, check=False).returncode for name in names):
        return {name: name for name in names}
    python, _ = names
    print(
        f"{python} can't be pulled: a stand-in, with Debian's Python, takes its place", flush=True
    )
    if engine.run("image", "inspect", *names.values(), check=False).returncode:
        _stand_in(engine)
    return names


def _stand_in(engine: Engine) -> None:
    if shutil.which("mmdebstrap") is None:
        install("mmdebstrap")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tree = folder / "debian.tar"
        hook = folder / "hook.sh"
        hook.write_text(KNOWN_TO_DPKG)
        options = ["--quiet", "--variant=extract", f"--include={PACKAGES}"]
        options.append(f'--extract-hook=sh -eu {hook} "$1"')
        made = subprocess.run(
            ["mmdebstrap", *options, "trixie", tree], capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise NoEngineError(f"mmdebstrap says: {made.stderr.strip()}")
        engine.run("import", tree, DEBIAN)
        tree.unlink()
        (folder / "Dockerfile").write_text(DOCKERFILE)
        shutil.copy(CERTIFICATES, folder / "certificates")
        engine.run("build", "--network", "host", "--tag", PYTHON, folder)
