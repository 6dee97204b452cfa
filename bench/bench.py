"""Measures modelserving-lws against a bare Python process and against the same function in Go on
kyaml (`peer/`), and prints Markdown tables with the project's targets.

Run it with the Python of an environment that has modelserving-lws installed; it needs Go to build
the peer. Every figure is the median of whole processes, run in turn; memory is the peak resident
set. Before anything is measured, the outputs of both programs are compared as data.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

HERE: Final = Path(__file__).resolve().parent
TOOLS: Final = HERE.parent / ".tools" / "bin"

BARE: Final = "bare Python"
PEER: Final = "Go peer"
PROGRAM: Final = "modelserving-lws"
LOOP: Final = "plain loop"

# From this size on an input is large: it is run fewer times, and the memory that it takes is more
# than the steps in which allocators and the kernel hand memory out.
LARGE: Final = 1_000_000
# The Go peer takes gigabytes for 10,000 pods; it is not asked for more than this many.
MOST_PODS_OF_PEER: Final = 1000


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    pods: int
    items: int
    growth: tuple[int, ...]
    groups: tuple[int, ...]
    runs: int
    runs_large: int


FULL: Final = Sizes(1000, 5000, (10, 100, 1000, 10000), (100, 1000, 10000), 11, 5)
QUICK: Final = Sizes(100, 500, (10, 100), (10, 100), 3, 3)

# The most time that a run may take for 1 pod (to bare Python), for 1000 pods and for 5000 items of
# which 5 % are pods (to the peer).
STYLES: Final = {
    "hosts": (2.2, 0.20, 0.08),
    "hand": (2.3, 0.30, 0.12),
    "dump": (2.3, 0.30, 0.12),
    "json": (2.5, 0.40, 0.12),
    "flow": (3.4, 0.65, 0.65),
}


@dataclass(frozen=True)
class Figures:
    """What a run took."""

    seconds: float
    memory: float


@dataclass(frozen=True)
class Target:
    """The most that a run may take, in relation to something else; None: whatever it takes."""

    time: float | None = None
    memory: float | None = None


@dataclass(frozen=True)
class Row:
    """A row of a table: an input and what a run on it may take."""

    style: str
    content: str
    target: Target


def main() -> int:
    sizes = _arguments()
    program, peer = _program(), _built_peer()
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(program, peer, sizes, Path(directory))
        if sizes.pods != FULL.pods:
            _print(
                "Small inputs, where start-up weighs more: the targets are for the full ones.\n\n"
            )
        n = sizes.pods
        tables: list[tuple[str, str, Callable[[str], str], float]] = [
            ("1 pod", BARE, lambda style: inputs.pods(1, style), 2),
            (f"{n} pods", PEER, lambda style: inputs.pods(n, style), 0.2),
            (
                f"{sizes.items} items, 5 % of them pods",
                PEER,
                lambda style: inputs.mixed(sizes.items, 0.05, style),
                0.2,
            ),
        ]
        for i, (title, reference, written, memory) in enumerate(tables):
            rows = [Row(it, written(it), Target(most[i], memory)) for it, most in STYLES.items()]
            bench.compare(title, reference, rows)
        shared = Row("anchors", inputs.anchors(n), Target(1, 0.2))
        bench.compare(f"{n} pods that share nodes", PEER, [shared])
        bench.growth(Target(11, 5))
        bench.rendering(Target(3, 4))
    _print(f"Targets met: {bench.met} of {bench.met + bench.missed}\n")
    return 0


class Bench:
    """Measures and prints; counts the targets that are met and missed. Exits where a program fails
    or the outputs differ.
    """

    def __init__(self, program: Path, peer: Path, sizes: Sizes, directory: Path) -> None:
        """The directory is for files that only this object needs."""
        self.met = self.missed = 0
        self._commands = {
            BARE: [sys.executable, "-c", "pass"],
            PEER: [str(peer)],
            PROGRAM: [str(program)],
        }
        self._environment = _environment(directory)
        self._sizes = sizes
        self._directory = directory

    def compare(self, title: str, reference: str, rows: Sequence[Row]) -> None:
        """Prints a table: for each input the program's figures in relation to the reference's."""
        lines = []
        for row in rows:
            path = self._input(row.content)
            self._check(path)
            figures = self._measure({name: (name, path) for name in (reference, PROGRAM)})
            own, other = figures[PROGRAM], figures[reference]
            lines.append(
                [
                    row.style,
                    _time(other.seconds),
                    _time(own.seconds),
                    *self._judged(own.seconds / other.seconds, row.target.time),
                    _memory(other.memory),
                    _memory(own.memory),
                    *self._judged(own.memory / other.memory, row.target.memory),
                ]
            )
        header = ["style", reference, PROGRAM, "ratio", "target"]
        header += [f"memory of {reference}", "own", "ratio", "target"]
        _table(f"{title} ({_sizes(row.content for row in rows)}), to {reference}", header, lines)

    def growth(self, target: Target) -> None:
        """Prints what the program takes for more and more pods, over what it takes for a
        ModelServing without any. The target's time is in relation to a tenth of the pods, its
        memory to the bytes of the input.
        """
        start = self._input(inputs.pods(0), "start.yaml")
        rows = []
        before: float | None = None
        for pods in self._sizes.growth:
            content = inputs.pods(pods)
            path = self._input(content)
            if pods <= MOST_PODS_OF_PEER:
                self._check(path)
            figures = self._measure({"start": (PROGRAM, start), "all": (PROGRAM, path)})
            seconds = figures["all"].seconds - figures["start"].seconds
            memory = figures["all"].memory - figures["start"].memory
            steps = ["", ""]
            if before is not None and before > 0:
                steps = self._judged(seconds / before, target.time)
            limit = target.memory if len(content) >= LARGE else None
            rows.append(
                [
                    str(pods),
                    _time_per_pod(seconds, pods),
                    *steps,
                    _memory(memory),
                    *self._judged(memory / len(content), limit),
                ]
            )
            before = seconds
        header = ["pods", "time", "to a tenth of the pods", "target"]
        header += ["memory", "bytes per byte of input", "target"]
        _table("Growth, above start-up", header, rows)

    def rendering(self, target: Target) -> None:
        """Prints what RenderModelServing takes for more and more ServingGroups of 8 pods and a
        Service. The target's time is in relation to a plain loop that writes the same bytes, its
        memory, above start-up, to these bytes.
        """
        start = self._input(inputs.serving(0), "start.yaml")
        rows = []
        for groups in self._sizes.groups:
            path = self._input(inputs.serving(groups))
            output = self._written(self._commands[PROGRAM], path)
            items = self._input(_items_of_a_group(output), "items.txt")
            loop = [sys.executable, str(HERE / "loop.py"), inputs.NAME, str(groups), str(items)]
            self._commands[LOOP] = loop
            if self._written(loop, path) != output:
                raise SystemExit("the plain loop wrote something else")
            figures = self._measure(
                {"start": (PROGRAM, start), LOOP: (LOOP, path), "all": (PROGRAM, path)}
            )
            own = figures["all"]
            memory = own.memory - figures["start"].memory
            limit = target.memory if len(output) >= LARGE else None
            rows.append(
                [
                    str(groups),
                    f"{len(output) / 1e6:.1f} MB",
                    _time(figures[LOOP].seconds),
                    _time(own.seconds),
                    *self._judged(own.seconds / figures[LOOP].seconds, target.time),
                    _memory(memory),
                    *self._judged(memory / len(output), limit),
                ]
            )
        header = ["ServingGroups of 8", "output", LOOP, PROGRAM, "ratio", "target"]
        header += ["memory above start-up", "bytes per byte of output", "target"]
        _table("RenderModelServing", header, rows)

    def _written(self, command: list[str], path: Path) -> str:
        with path.open("rb") as stdin:
            return _run(command, stdin=stdin, env=self._environment)

    def _judged(self, value: float, limit: float | None) -> list[str]:
        """The columns `ratio` and `target`."""
        if limit is None:
            return [f"{value:.2f}", ""]
        if value <= limit:
            self.met += 1
            return [f"{value:.2f}", f"≤ {limit:g}, met"]
        self.missed += 1
        return [f"{value:.2f}", f"≤ {limit:g}, missed"]

    def _input(self, content: str, name: str = "input.yaml") -> Path:
        path = self._directory / name
        path.write_text(content, encoding="utf-8")
        return path

    def _check(self, path: Path) -> None:
        """Exits unless the program and the peer do the same with an input, and do something."""
        outputs = []
        for name in (PROGRAM, PEER):
            output = path.with_name(f"{name}.yaml")
            with path.open("rb") as stdin, output.open("wb") as stdout:
                _run(self._commands[name], stdin=stdin, stdout=stdout, env=self._environment)
            if b"leaderworkerset.sigs.k8s.io/group-key" not in output.read_bytes():
                raise SystemExit(f"{name} wrote no LWS contract")
            outputs.append(str(output))
        _run([sys.executable, str(HERE / "equal.py"), *outputs])

    def _measure(self, processes: dict[str, tuple[str, Path]]) -> dict[str, Figures]:
        """The medians of processes, each a program and its input. They are run in turn, so that
        what else the machine does meets them all.
        """
        large = any(path.stat().st_size >= LARGE for _, path in processes.values())
        found: dict[str, list[Figures]] = {name: [] for name in processes}
        for _ in range(self._sizes.runs_large if large else self._sizes.runs):
            for name, (program, path) in processes.items():
                found[name].append(self._measure_one(self._commands[program], path))
        return {
            name: Figures(
                median(figures.seconds for figures in runs),
                median(figures.memory for figures in runs),
            )
            for name, runs in found.items()
        }

    def _measure_one(self, command: list[str], path: Path) -> Figures:
        script = [sys.executable, "-I", "-S", str(HERE / "measure.py"), str(path)]
        seconds, memory = _run([*script, *command], env=self._environment).split()
        return Figures(float(seconds), float(memory))


def _items_of_a_group(output: str) -> str:
    """The items that were rendered of the first ServingGroup, as `loop.py` takes them."""
    output, config, tail = output.partition("functionConfig:")
    head, serving, *items = re.split("^(?=- )", output, flags=re.MULTILINE)
    first = [item for item in items if f" {inputs.NAME}-0\n" in item]
    shapes = []
    for item in first:
        shape = item.replace("{", "{{").replace("}", "}}")
        shape = shape.replace(f"{inputs.NAME}-0", f"{inputs.NAME}-{{group}}")
        shape = re.sub('(group-index: )"0"', r'\1"{group}"', shape)
        shape = re.sub("(group-key: ).+", r"\1{key}", shape)
        shapes.append(re.sub(r'(config\.kubernetes\.io/index: ")[0-9]+', r"\1{number}", shape))
    return "\0".join([head + serving, *shapes, config + tail])


def _arguments() -> Sizes:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="small inputs and few runs: less than a minute"
    )
    parser.add_argument("--runs", type=int, help="runs of each program with a small input")
    parser.add_argument("--runs-large", type=int, help="the same with an input of 1 MB or more")
    arguments = parser.parse_args()
    sizes = QUICK if arguments.quick else FULL
    return Sizes(
        sizes.pods,
        sizes.items,
        sizes.growth,
        sizes.groups,
        arguments.runs or sizes.runs,
        arguments.runs_large or sizes.runs_large,
    )


def _program() -> Path:
    """The program in the environment of this Python."""
    program = Path(sys.executable).with_name(PROGRAM)
    if not program.exists():
        raise SystemExit(
            f"{PROGRAM} is not installed in the environment of {sys.executable}. Install the "
            "project there (`pip install .`) and run this file with that Python."
        )
    return program


def _built_peer() -> Path:
    go = shutil.which("go")
    if go is None:
        raise SystemExit(
            "The program `go` is missing; it builds the Go function that this is measured "
            "against. Install Go 1.26 or later (https://go.dev/doc/install) and put it on PATH."
        )
    peer = TOOLS / "modelserving-lws-peer"
    TOOLS.mkdir(parents=True, exist_ok=True)
    _run([go, "build", "-o", os.fspath(peer), "."], cwd=HERE / "peer")
    return peer


def _environment(directory: Path) -> dict[str, str]:
    """The environment of what is measured: no settings of Python or Go, and a place for bytecode,
    which an installed package has and a checkout may lack. The runs that compare outputs fill it.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GO"))
    }
    return {**environment, "PYTHONPYCACHEPREFIX": str(directory / "bytecode")}


def _run(command: list[str], **options: Any) -> str:
    """A program's stdout, unless the options send it elsewhere. Exits where it fails."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    done = subprocess.run(command, check=False, **options)  # noqa: S603 (our own commands)
    if done.returncode != 0:
        output = b"".join(filter(None, (done.stdout, done.stderr))).decode(errors="replace")
        raise SystemExit(f"{' '.join(command)} failed with {done.returncode}:\n{output}")
    return (done.stdout or b"").decode()


def _table(title: str, header: list[str], rows: list[list[str]]) -> None:
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    _print(f"### {title}\n\n{text}\n")


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.1f} ms"


def _time_per_pod(seconds: float, pods: int) -> str:
    if seconds <= 0:
        return "within the noise"
    return f"{_time(seconds)}, {seconds / pods * 1e6:.0f} µs a pod"


def _memory(size: float) -> str:
    return f"{size / 1e6:.1f} MB"


def _sizes(contents: Iterable[str]) -> str:
    return ", ".join(f"{len(content) / 1000:.0f} kB" for content in contents)


if __name__ == "__main__":
    sys.exit(main())
