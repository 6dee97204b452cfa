"""What the commands take on 10,000 files of 2 kB: of every tenth, a LeaderWorkerSet is to be
migrated. `make bench-files` runs it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.leaderworkersets import SET

if TYPE_CHECKING:
    import resource

PROGRAM = Path(sys.executable).parent / "modelserving-lws"
FILES, SIZE, EVERY = 10_000, 2_000, 10
COMMENT = f"# {'x' * 70}\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
"""


def fill(folder: Path) -> None:
    """Writes the files, a hundred folders of a hundred."""
    for number in range(FILES):
        is_set = number % EVERY == 0
        text = SET.replace("name: chat", f"name: chat-{number}") if is_set else DEPLOYMENT
        text += COMMENT * ((SIZE - len(text)) // len(COMMENT) + 1)
        path = folder / str(number % 100) / f"{number}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def measure(*arguments: str) -> str:
    """Seconds that pass, seconds of the processor, and the most memory of a run."""
    start = time.perf_counter()
    process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    passed = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    return f"{passed:.2f} s, {_cpu(usage):.2f} s CPU, {usage.ru_maxrss / 1000:.0f} MB, exit {code}"


def _cpu(usage: resource.struct_rusage) -> float:
    return usage.ru_utime + usage.ru_stime


def say(line: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Prints a line for each command."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder)
        say(f"{FILES} files of {SIZE} bytes, {FILES // EVERY} LeaderWorkerSets")
        for arguments in (("expand",), ("convert",), ("migrate",), ("migrate", "--write")):
            say(f"{' '.join(arguments)}: {measure(*arguments, str(folder))}")


if __name__ == "__main__":
    main()
