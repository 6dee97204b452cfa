"""Measures what hostile inputs take, and prints a Markdown table. Usage: python -m tests.bounds

Seconds are of the processor, memory is the peak resident set; both are above what an empty input
takes. Exits with 1 where an input takes more than its bound, or where ten times of it takes more
than twenty times as long.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from tests.hostile import INPUTS, Hostile

ROOT: Final = Path(__file__).parent.parent
PROGRAM: Final = Path(sys.executable).with_name("modelserving-lws")
SMALL: Final = 1_000_000
FULL: Final = 10_000_000
# The list that is named in the table as the large one.
LARGE: Final = 100_000_000
# Less than this is as much noise as figure.
NOISE: Final = 0.3


class Figures(NamedTuple):
    """What a run took: seconds, bytes; its exit code."""

    seconds: float
    memory: float
    code: int


class Meter:
    """Runs the program on inputs, in a directory that only it needs."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        # An installed package has bytecode, a checkout may have none.
        self._environment = {**environment, "PYTHONPYCACHEPREFIX": str(directory / "bytecode")}
        self.measure("", b"")
        self._start = Figures(0, 0, 0)
        self._start = self.measure("", b"")

    def measure(self, function: str, data: bytes) -> Figures:
        """What this input takes above an empty one."""
        path = self._directory / "input.yaml"
        path.write_bytes(data)
        measure = [sys.executable, "-I", "-S", str(ROOT / "bench" / "measure.py"), str(path)]
        options = ["--function", function] if function else []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.run(
            [*measure, str(PROGRAM), *options],
            capture_output=True,
            check=False,
            env=self._environment,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        memory = float(process.stdout.split()[1])
        if b"internal error" in process.stderr or b"Traceback" in process.stderr:
            raise SystemExit(process.stderr.decode())
        start = getattr(self, "_start", Figures(0, 0, 0))
        return Figures(seconds - start.seconds, memory - start.memory, process.returncode)


def main() -> int:
    exceeded = 0
    sys.stdout.write(
        "| input | size | time | per 10 MB | ten times the input | memory per byte | |\n"
        "|---|---:|---:|---:|---:|---:|---|\n"
    )
    with tempfile.TemporaryDirectory() as directory:
        meter = Meter(Path(directory))
        chosen = {name: hostile for name, hostile in INPUTS.items() if _is_chosen(name)}
        for name, hostile in chosen.items():
            exceeded += not _row(meter, name, hostile, FULL)
        if "a list" in chosen:
            exceeded += not _row(meter, "a list", INPUTS["a list"], LARGE)
    sys.stdout.write(f"\nBounds kept: {len(chosen) + 1 - exceeded} of {len(chosen) + 1}\n")
    return 1 if exceeded else 0


def _is_chosen(name: str) -> bool:
    return len(sys.argv) < 2 or sys.argv[1] in name


def _row(meter: Meter, name: str, hostile: Hostile, size: int) -> bool:
    small = hostile.text(size // 10).encode()
    full = hostile.text(size).encode()
    before = meter.measure("", small)
    after = meter.measure("", full)
    growth = after.seconds / max(before.seconds, NOISE)
    seconds = after.seconds / len(full) * 1e7
    memory = after.memory / len(full)
    kept = (
        growth <= 20
        and after.seconds <= hostile.seconds * len(full) / 1e7 + hostile.more + NOISE
        and memory <= hostile.memory
    )
    sys.stdout.write(
        f"| {name} | {len(full) / 1e6:.1f} MB | {after.seconds:.2f} s | {seconds:.2f} s, ≤ "
        f"{hostile.seconds} | {growth:.1f}x | {memory:.1f}, ≤ {hostile.memory} | "
        f"{'' if kept else 'exceeded'} |\n"
    )
    sys.stdout.flush()
    return kept


if __name__ == "__main__":
    sys.exit(main())
