"""`make release`, which builds all of a release, and publishes nothing unless told to."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import subprocess
from typing import TYPE_CHECKING

import modelserving_lws
from tests.image.conftest import IMAGE
from tests.running import IMAGE_NAME, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.image.engine import Engine

VERSION = modelserving_lws.__version__


def test_a_release_is_built_and_not_published(
    engine: Engine, options: list[str], tmp_path: Path
) -> None:
    arch = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]  # that of a stand-in
    variables = [f"DIST={tmp_path}", f"ARCHES={arch}", *options]
    made = subprocess.run(
        ["make", "--no-print-directory", "release", *variables],
        cwd=ROOT,
        env=engine.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    files = {path.name for path in tmp_path.iterdir()}
    bill = f"sbom-{arch}.json"
    assets = {
        f"modelserving_lws-{VERSION}-py3-none-any.whl",
        f"modelserving_lws-{VERSION}.tar.gz",
        bill,
    }
    assert files == {*assets, "SHA256SUMS", "notes.md"}
    assert json.loads((tmp_path / bill).read_text())["bomFormat"] == "CycloneDX"
    sums = dict(line.split()[::-1] for line in (tmp_path / "SHA256SUMS").read_text().splitlines())
    found = {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in assets}
    assert sums == found
    notes = (tmp_path / "notes.md").read_text()
    assert notes.startswith(f"## [{VERSION}]") or (notes == "" and "no version" in made.stdout)
    assert engine.inspect(f"{IMAGE}-{arch}")["Architecture"] == arch
    _, _, printed = made.stdout.partition("What publishes it, and was not run:\n")
    commands = printed.splitlines()
    assert any(re.match(rf"{engine.name} push {IMAGE}-{arch}\b", command) for command in commands)
    assert any(command.startswith(f"cosign sign --yes {IMAGE_NAME}@") for command in commands)
    engine.run("rmi", f"{IMAGE}-{arch}")
