"""The package as a library: it gives what the program gives, and its imports stay few."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import modelserving_lws
from modelserving_lws import InputError, run
from tests.manifests import (
    CONFIG_MAP,
    INJECT_LWS,
    SERVING,
    WORKER,
    resource_list,
    stream,
)
from tests.running import PROGRAM, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

BAD = WORKER.replace('value: "2"', "value: many")
INPUTS = {
    "nothing": "",
    "a list": resource_list(SERVING, WORKER, CONFIG_MAP),
    "a stream": stream(SERVING, WORKER),
    "an error": stream(SERVING, BAD, WORKER),
    "no change": resource_list(CONFIG_MAP),
    "a bad functionConfig": resource_list(WORKER, config=INJECT_LWS + "spec: {a: 1}\n"),
}
PAGE = (ROOT / "docs" / "library.md").read_text()
# The standard library's modules that a run needs which the interpreter has not imported itself.
NEEDED = re.compile(
    "__future__|_sha1|_sre|_?(bisect|collections|functools|operator)|copyreg|enum|gc|itertools|keyword"
    "|re|re[.]_[a-z]+|reprlib|types"
)
CONSUMER = """\
from typing import assert_type

from modelserving_lws import InputError, Outcome, Result, run

try:
    outcome = run(b"", function="InjectLWS")
except InputError as error:
    assert_type(error.line, int)
assert_type(outcome, Outcome)
assert_type(outcome.output, bytes)
assert_type(outcome.results, list[Result])
"""
MISTAKES = {
    'run("")\n': 'Argument 1 to "run" has incompatible type "str"; expected "bytes"',
    "run(b'').errors\n": '"Outcome" has no attribute "errors"',
    "from modelserving_lws import walk\n": 'Module "modelserving_lws" has no attribute "walk"',
}


@pytest.mark.parametrize("text", INPUTS.values(), ids=INPUTS)
def test_the_library_gives_what_the_program_gives(installed_program: Program, text: str) -> None:
    outcome, finished = run(text.encode()), installed_program(text)
    assert outcome.output == finished.bytes
    assert outcome.failed == finished.code
    assert outcome.told() == finished.stderr
    assert outcome.diff == installed_program(text, "--diff").bytes


def test_a_given_functionconfig_counts(program: Program, tmp_path: Path) -> None:
    config = f"{INJECT_LWS}spec: {{pluginNames: [other]}}\n".encode()
    (tmp_path / "config.yaml").write_bytes(config)
    text = INPUTS["a stream"]
    outcome = run(text.encode(), config=config)
    assert outcome.output == text.encode()
    assert program(text, "--config", str(tmp_path / "config.yaml")).stdout == text


def test_input_that_can_not_be_read_raises() -> None:
    with pytest.raises(InputError) as caught:
        run(b"a: b\nc: [\n")
    assert (caught.value.line, caught.value.column, caught.value.path) == (3, 1, "")
    with pytest.raises(InputError) as caught:
        run(b"", config=b"\xff", config_path="settings.yaml")
    assert str(caught.value) == "settings.yaml: line 1, column 1: not UTF-8"


def test_runs_in_threads_do_not_see_each_other() -> None:
    texts = [text.encode() for text in INPUTS.values()] * 20
    wanted = [run(text).output for text in texts]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda text: run(text).output, texts)) == wanted


def test_a_run_leaves_the_process_as_it_was() -> None:
    settings = (gc.isenabled(), gc.get_threshold(), sys.getrecursionlimit())
    run(INPUTS["a list"].encode())
    assert settings == (gc.isenabled(), gc.get_threshold(), sys.getrecursionlimit())


def test_a_run_keeps_nothing_of_its_input() -> None:
    def run_once(i: int) -> None:
        name = f"{i:x}" * 100_000
        items = [manifest.replace("chat", f"x{name}") for manifest in (SERVING, WORKER)]
        assert name.encode() in run(resource_list(*items).encode()).diff
        gc.collect()

    tracemalloc.start()
    try:
        run_once(0)
        before = tracemalloc.get_traced_memory()[0]
        for i in range(1, 10):
            run_once(i)
        assert tracemalloc.get_traced_memory()[0] - before < 100_000
    finally:
        tracemalloc.stop()


def test_the_names_are_these() -> None:
    assert modelserving_lws.__all__ == sorted(modelserving_lws.__all__)
    for name in modelserving_lws.__all__:
        assert f"`{name}`" in PAGE
        assert getattr(modelserving_lws, name).__name__ == name
    with pytest.raises(AttributeError, match="module 'modelserving_lws' has no attribute 'walk'"):
        _ = modelserving_lws.walk  # type: ignore[attr-defined]


def test_the_function_stays_one_where_its_modules_are_imported() -> None:
    """An import of a submodule puts its name into the package; none must be that of a function."""
    names = {path.stem for path in (ROOT / "fn" / "modelserving_lws").glob("*.py")}
    assert not names & set(modelserving_lws.__all__)


def imported(*command: str | Path, stdin: str = "") -> set[str]:
    """The modules that a command imports which a bare interpreter doesn't."""

    def names(*command: str | Path) -> set[str]:
        process = subprocess.run(
            [sys.executable, "-X", "importtime", *command],
            input=stdin,
            capture_output=True,
            text=True,
            check=True,
        )
        return set(re.findall(r"^import time:.*\| +(\S+)$", process.stderr, re.MULTILINE))

    return names(*command) - names("-c", "pass")


def test_to_import_the_package_costs_nothing_more() -> None:
    assert imported("-c", "import modelserving_lws") == {"modelserving_lws"}
    start = imported("-c", "import modelserving_lws.cli.main")
    names = ("", ".cli", ".cli.main")
    ours = {f"modelserving_lws{name}" for name in names}
    assert start == {*ours, "__future__", "gc"}


def test_a_run_imports_only_what_it_needs() -> None:
    modules = imported(PROGRAM, stdin=INPUTS["a list"])
    ours = {name for name in modules if name.startswith("modelserving_lws")}
    assert [name for name in modules - ours if not NEEDED.fullmatch(name)] == []
    lazy = (
        "cli.arguments cli.terminal config.schema functions.expand functions.expand.policy "
        "yamltext.diff yamltext.events yamltext.flow yamltext.folded yamltext.json_"
    )
    assert not ours & {f"modelserving_lws.{name}" for name in lazy.split()}
    assert "modelserving_lws.functions.inject" in ours


def test_a_type_checker_sees_the_types(tmp_path: Path) -> None:
    (tmp_path / "consumer.py").write_text(CONSUMER + "".join(MISTAKES))
    process = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "consumer.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = process.stdout.splitlines()[:-1]
    first = CONSUMER.count("\n") + 1
    for i, (error, wanted) in enumerate(zip(errors, MISTAKES.values(), strict=True), first):
        assert error.startswith(f"consumer.py:{i}: error: {wanted}"), error
