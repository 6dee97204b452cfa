"""The image: what is in it, and how the program behaves in it."""

from __future__ import annotations

import ast
import json
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

import modelserving_lws
from tests.acceptance.test_faults import SKIPPED, SLOW
from tests.manifests import INJECT_LWS, INJECTED_WORKER, SERVING, WORKER, resource_list, stream
from tests.running import EXAMPLES, GOLDEN, ROOT, Finished, ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.image.conftest import Build
    from tests.image.engine import Engine

SMALL, INJECTED = stream(SERVING, WORKER), stream(SERVING, INJECTED_WORKER)
# As kpt and kustomize run it.
LOCKED = ("--network", "none", "--user", "nobody", "--security-opt=no-new-privileges")
# Imports each module of what pip installed, and those on stdin; prints how many.
IMPORTS = """
import importlib, os, sys
count = 0
for name in sys.stdin.read().split():
    importlib.import_module(name)
    count += 1
(site,) = [path for path in sys.path if path.endswith("-packages") and os.path.isdir(path)]
for folder, _, files in os.walk(site):
    for file in files:
        if file.endswith((".pyc", ".so")):
            name = os.path.join(folder, file.partition(".")[0])[len(site) + 1:].replace("/", ".")
            if name != "modelserving_lws.__main__":
                importlib.import_module(name.removesuffix(".__init__"))
                count += 1
print(count)
"""
# Runs the function of each of the texts on stdin.
RUNS = """
import json, sys
from modelserving_lws import run
from modelserving_lws.results.errors import InputError
for text, function in json.load(sys.stdin):
    try:
        outcome = run(text.encode(), function)
        print(json.dumps([outcome.output.decode(), [str(result) for result in outcome.results]]))
    except InputError as error:
        print(json.dumps(str(error)))
"""


@pytest.fixture
def run(engine: Engine, image: str) -> Callable[..., Finished]:
    """Runs the image: stdin, the engine's options, and the program's arguments after `--`."""

    def start(stdin: str | bytes, *options: str) -> Finished:
        before, _, after = "\0".join(options).partition("--\0")
        chosen, arguments = before.split("\0"), after.split("\0")
        words = [word for word in (*chosen, image, *arguments) if word]
        return ended(engine.run("run", "--rm", "-i", *words, text=stdin, check=False))

    return start


Run = "Callable[..., Finished]"


def test_two_builds_have_one_id(engine: Engine, image: str, build: Build) -> None:
    if engine.name == "docker" and engine.run("buildx", "version", check=False).returncode:
        pytest.skip("Docker without buildx gives an image the time at which it is built")
    again = build("again", *(["--no-cache"] if engine.name == "docker" else []))
    assert again == engine.inspect(image)["Id"]
    engine.run("rmi", f"{image.rpartition(':')[0]}:again")


def test_it_says_what_it_is_and_runs_the_program_as_nobody(engine: Engine, image: str) -> None:
    config = engine.inspect(image)["Config"]
    labels = {name.rpartition(".")[2]: value for name, value in config["Labels"].items()}
    assert labels["title"] == "modelserving-lws"
    assert labels["version"] == modelserving_lws.__version__
    assert labels["licenses"] == "Apache-2.0"
    assert labels["source"].startswith("https://")
    assert config["User"] == "65532:65532"
    assert config["Entrypoint"] == ["python", "-I", "-m", "modelserving_lws"]
    assert not config.get("Cmd")


def test_it_is_small(engine: Engine, image: str) -> None:
    size = engine.inspect(image)["Size"]
    print(f"The image has {size / 1e6:.1f} MB")
    assert size < 40e6


@pytest.mark.parametrize(
    "limits",
    [
        LOCKED,
        ("--read-only", "--user", "12345:6789", "--network", "none", "--cap-drop", "ALL"),
        ("--memory", "16m", "--memory-swap", "16m"),
    ],
    ids=["nobody", "read-only, any user", "16 MB"],
)
def test_it_needs_nothing(run: Callable[..., Finished], limits: tuple[str, ...]) -> None:
    finished = run(SMALL, *limits)
    assert (finished.stdout, finished.code) == (INJECTED, 0), finished
    finished = run(resource_list(SERVING, WORKER, config=INJECT_LWS), *limits)
    assert INJECTED_WORKER.splitlines()[-1] in finished.stdout
    assert finished.code == 0, finished


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (SMALL, ("--diff",)),
        (SMALL, ("--check",)),
        (SMALL.replace('"1"', '"x"'), ()),
        (resource_list(config=INJECT_LWS + "spec: {a: b}\n"), ()),
        ("a: [\n", ()),
        ("", ("--unknown",)),
        ("", ("--function", "Unknown")),
        ("", ("--version",)),
        ("", ("--print-policy",)),
        ("", ("--print-webhook-guard",)),
    ],
)
def test_output_errors_and_exit_codes_are_the_programs(
    run: Callable[..., Finished],
    program: Callable[..., Finished],
    text: str,
    arguments: tuple[str, ...],
) -> None:
    inside, outside = run(text, "--", *arguments), program(text, *arguments)
    assert (inside.bytes, inside.code) == (outside.bytes, outside.code)
    assert inside.stderr.split() == outside.stderr.split()  # lines of usage differ by Python


def test_no_module_is_compiled_at_a_start(run: Callable[..., Finished]) -> None:
    command = ("--entrypoint", "python", "--", "-v", "-I", "-m", "modelserving_lws")
    for text, *arguments in (
        (SMALL,),
        ("", "--help"),
        (EXPANDING, "--function", "ExpandLWSPlugin"),
    ):
        finished = run(text, *command, *arguments)
        loaded = re.findall("^# code object from '?([^'\n]+)", finished.stderr, re.MULTILINE)
        assert len(loaded) > 20, finished
        assert [path for path in loaded if not path.endswith(".pyc")] == []


EXPANDING = (EXAMPLES / "expand-lws-plugin-kpt" / "modelserving.yaml").read_text()


def test_each_module_can_be_imported(run: Callable[..., Finished]) -> None:
    """Also those that the program imports where it needs them alone."""
    trees = [ast.parse(path.read_text()) for path in (ROOT / "fn").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {
        node.module
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        if node.module and not node.level
    }
    assert {"argparse", "jsonschema"} <= names
    finished = run("\n".join(names), "--entrypoint", "python", "--", "-I", "-c", IMPORTS)
    assert finished.code == 0, finished
    assert int(finished.stdout) > 100


def test_it_does_what_the_program_does(run: Callable[..., Finished]) -> None:
    paths = [*EXAMPLES.rglob("*.yaml"), *GOLDEN.rglob("*.yaml")]
    kinds = ("InjectLWS", "ExpandLWSPlugin", "ConvertLeaderWorkerSet", "RenderModelServing")
    texts = [[path.read_text(), kind] for path in sorted(paths) for kind in kinds]
    cases = json.dumps(texts)
    inside = run(cases, "--entrypoint", "python", "--", "-I", "-c", RUNS)
    outside = subprocess.run(
        [sys.executable, "-I", "-c", RUNS], input=cases.encode(), capture_output=True, check=True
    )
    assert inside.code == 0, inside
    assert len(inside.bytes.splitlines()) == len(texts) > 200
    assert inside.bytes == outside.stdout


@pytest.fixture
def started(engine: Engine, image: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A container that waits for more on stdin: its name, and the engine's process."""
    name = "modelserving-lws-test"
    engine.run("rm", "--force", name, check=False)
    command = [engine.name, "run", "--rm", "-i", "--name", name, image]
    with subprocess.Popen(
        command,
        env=engine.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        yield name, process
        engine.run("rm", "--force", name, check=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("data", [SKIPPED, SLOW], ids=["reading", "working"])
def test_a_signal_ends_it_at_once(
    engine: Engine,
    started: tuple[str, subprocess.Popen[bytes]],
    number: signal.Signals,
    data: bytes,
) -> None:
    name, process = started
    assert process.stdin is not None
    process.stdin.write(data)  # more than pipes hold, so that the program has begun to read
    if data is SLOW:
        process.stdin.close()
        process.stdin = None
    start = time.monotonic()
    engine.run("kill", "--signal", number.name, name)
    process.wait(9)
    assert time.monotonic() - start < 2
    assert process.returncode == 128 + number
    assert process.stdout is not None
    assert process.stdout.read() == b""


def test_the_bill_names_what_is_in_it(engine: Engine, image: str, tmp_path: Path) -> None:
    container = engine.run("create", image).stdout.decode().strip()
    engine.run("cp", f"{container}:/usr/local/share/modelserving-lws.cdx.json", tmp_path)
    engine.run("rm", container)
    bill = json.loads((tmp_path / "modelserving-lws.cdx.json").read_text())
    assert bill["metadata"]["component"]["version"] == modelserving_lws.__version__
    named = {each["name"].lower().replace("_", "-"): each["version"] for each in bill["components"]}
    locked = dict(
        re.findall("^([a-z-]+)==([0-9.]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    )
    assert locked.items() <= named.items()
    assert named["python"].startswith("3.13.")
    assert "libc6" in named
