"""What the tests start ends with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cluster.namespace import wait_until
from tests.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.cluster

TESTS = """
import sys, time
from pathlib import Path
from tests.cluster.control_plane import tethered
folder = Path(sys.argv[1])
program = f"echo $$ > {folder}/new; mv {folder}/new {folder}/pid; exec sleep 600"
with tethered(["sh", "-c", program], folder / "log"):
    time.sleep(600)
"""


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_program_ends_however_the_tests_end(tmp_path: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-c", TESTS, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as tests:
        wait_until((tmp_path / "pid").exists, "the program has started")
        pid = int((tmp_path / "pid").read_text())
        assert runs(pid)
        tests.send_signal(how)
    wait_until(lambda: not runs(pid), "the program has ended")
