"""The peer of the benchmark, a function in Go on kyaml, gives the same data as InjectLWS."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.running import PROGRAM, ROOT

if TYPE_CHECKING:
    from pathlib import Path

BENCH = ROOT / "bench"
STYLES = ("hosts", "hand", "dump", "json", "flow")
INPUTS = (
    *(f"pods(20, '{style}')" for style in STYLES),
    *(f"mixed(100, 0.2, '{style}')" for style in STYLES),
    "anchors(20)",
)


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    go = shutil.which("go")
    if go is None:
        pytest.skip("go, which builds the peer, is not on the PATH; see https://go.dev/doc/install")
    path = tmp_path_factory.mktemp("peer") / "peer"
    build = [go, "build", "-o", str(path), "."]
    done = subprocess.run(build, cwd=BENCH / "peer", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.parametrize("call", INPUTS)
def test_the_peer_gives_the_same_data(call: str, peer: Path, tmp_path: Path) -> None:
    script = f"import inputs, sys; sys.stdout.write(inputs.{call})"
    text = subprocess.run(
        [sys.executable, "-c", script], cwd=BENCH, capture_output=True, check=True
    ).stdout
    outputs = []
    for program in (PROGRAM, peer):
        output = tmp_path / f"{program.name}.yaml"
        done = subprocess.run([program], input=text, capture_output=True, check=True)
        assert done.stdout.count(b"leaderworkerset.sigs.k8s.io/group-key") == 20
        output.write_bytes(done.stdout)
        outputs.append(output)
    equal = [sys.executable, str(BENCH / "equal.py"), *map(str, outputs)]
    compared = subprocess.run(equal, capture_output=True, text=True, check=False)
    assert compared.returncode == 0, compared.stdout
