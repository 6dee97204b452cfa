"""Measures what hostile inputs take, and prints a Markdown table. Usage: python -m tests.bounds

Seconds are of the processor, memory is the peak resident set in MB; both are above what an empty
input takes. Each input comes in three sizes, of which the second is just within the bounds of an
item. Exits with 1 where an input takes more than its bound, or where it takes more than twice as
long for its size as the smaller one.
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
from tests.running import PROGRAM, ROOT

SIZES: Final = (120_000, 1_200_000, 10_000_000)
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


def allowed(hostile: Hostile, size: int) -> Figures:
    """What an input of this size may take."""
    factor = max(size, SIZES[-1]) / SIZES[-1]
    return Figures(hostile.seconds * factor + NOISE, hostile.memory * SIZES[-1] * factor, 0)


def main() -> int:
    chosen = {name: it for name, it in INPUTS.items() if len(sys.argv) < 2 or sys.argv[1] in name}
    kept = 0
    head = [f"{size / 1e6:g} MB" for size in SIZES]
    sys.stdout.write(
        f"| input | {' | '.join(head)} | allowed | |\n|---|{'---:|' * len(SIZES)}---:|---|\n"
    )
    with tempfile.TemporaryDirectory() as directory:
        meter = Meter(Path(directory))
        for name, hostile in chosen.items():
            sizes = (*SIZES, LARGE) if name == "a list" else SIZES
            kept += _row(meter, name, hostile, sizes)
    sys.stdout.write(f"\nBounds kept: {kept} of {len(chosen)}\n")
    return 0 if kept == len(chosen) else 1


def _row(meter: Meter, name: str, hostile: Hostile, sizes: tuple[int, ...]) -> bool:
    kept = True
    cells = []
    before: tuple[int, float] | None = None
    for size in sizes:
        data = hostile.text(size).encode()
        figures = meter.measure("", data)
        most = allowed(hostile, len(data))
        kept = kept and figures.seconds <= most.seconds and figures.memory <= most.memory
        if before is not None:
            longer, larger = max(figures.seconds, NOISE) / before[1], len(data) / before[0]
            kept = kept and longer <= 2 * larger
        before = len(data), max(figures.seconds, NOISE)
        cells.append(f"{figures.seconds:.1f} s, {figures.memory / 1e6:.0f} MB")
    limit = f"{hostile.seconds} s, {hostile.memory * SIZES[-1] / 1e6:.0f} MB"
    end = "" if kept else "exceeded"
    sys.stdout.write(f"| {name} | {' | '.join(cells)} | {limit} | {end} |\n")
    sys.stdout.flush()
    return kept


if __name__ == "__main__":
    sys.exit(main())
