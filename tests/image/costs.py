"""Measures what the image costs: `make bench-image`. Needs an engine, and Go for the peer of
`bench/peer`, the same function in Go, linked statically in an image of its own.

Each figure is that of whole calls of the engine with a list of one pod, run in turn.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.image import base
from tests.image.conftest import IMAGE
from tests.image.engine import Engine, find
from tests.manifests import INJECT_LWS, SERVING, WORKER, resource_list
from tests.running import PROGRAM, ROOT

RUNS = 21
TEXT = resource_list(SERVING, WORKER, config=INJECT_LWS).encode()
NOTHING = "package main\n\nfunc main() {}\n"
GO = {**os.environ, "CGO_ENABLED": "0"}


def main() -> None:
    engine = find()
    options = (
        f"--network host --build-arg BASE={base.prepare(engine)[base.base_of(ROOT / 'Dockerfile')]}"
    )
    make = ["make", "image", f"ENGINE={engine.name}", f"BUILD={options}"]
    subprocess.run(make, cwd=ROOT, env=engine.environment, check=True, capture_output=True)
    nothing, peer = _go_images(engine)
    run = [engine.name, "run", "--rm", "-i", "--network", "none"]
    rows = {
        "the engine, with a program that does nothing": [*run, nothing],
        "`python -I -c pass` of the image": [
            *run,
            "--entrypoint",
            "python",
            IMAGE,
            "-I",
            "-c",
            "pass",
        ],
        "the image": [*run, IMAGE],
        "the same function in Go": [*run, peer],
        "the program, without an engine": [str(PROGRAM)],
    }
    found: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(RUNS):
        for name, command in rows.items():
            start = time.perf_counter()
            subprocess.run(
                command, input=TEXT, env=engine.environment, check=True, capture_output=True
            )
            found[name].append((time.perf_counter() - start) * 1000)
    print(f"| {engine.name}, one pod, {RUNS} runs in turn | ms, min | ms, median | MB |")
    print("|---|---|---|---|")
    images = {"the image": IMAGE, "the same function in Go": peer}
    for name, values in found.items():
        size = f"{engine.inspect(images[name])['Size'] / 1e6:.1f}" if name in images else ""
        print(f"| {name} | {min(values):.0f} | {median(values):.0f} | {size} |")


def _go_images(engine: Engine) -> list[str]:
    """Images with a static program that does nothing, and with the peer."""
    images = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "nothing.go"
        source.write_text(NOTHING)
        for name, package in (("nothing", str(source)), ("peer", ".")):
            place = Path(folder) / name
            place.mkdir()
            build = [
                "go",
                "build",
                "-trimpath",
                "-ldflags=-s -w",
                "-o",
                f"{place}/program",
                package,
            ]
            subprocess.run(build, cwd=ROOT / "bench" / "peer", env=GO, check=True)
            (place / "Dockerfile").write_text(
                'FROM scratch\nCOPY program /\nENTRYPOINT ["/program"]\n'
            )
            images.append(f"localhost/modelserving-lws-test/{name}")
            engine.run("build", "--tag", images[-1], place)
    return images


if __name__ == "__main__":
    main()
