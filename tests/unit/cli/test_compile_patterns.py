"""Patterns that the build of the package compiles."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
import yaml

from modelserving_lws.cli.compile_patterns import module, samples
from modelserving_lws.pipeline import run
from modelserving_lws.yamltext import patterns
from tests.manifests import SERVING, WORKER, resource_list, stream

if TYPE_CHECKING:
    from pathlib import Path

# Runs the program with what stands in a file as the module, and prints what it compiles.
RUN = """
import re, runpy, sys
from modelserving_lws.yamltext import patterns
patterns._codes = runpy.run_path(sys.argv.pop())["CODES"]
compile_ = re.compile
def told(pattern, flags=0):
    if sys._getframe(1).f_globals["__name__"].startswith("modelserving_lws"):
        print("compiles", pattern, file=sys.stderr)
    return compile_(pattern, flags)
re.compile = told
from modelserving_lws.cli.main import start
start()
"""


@pytest.fixture(scope="module")
def codes() -> dict[str, tuple[Any, ...]]:
    made: dict[str, Any] = {}
    exec(module(), made)  # noqa: S102
    assert made["FOR"] == patterns.PYTHON
    return dict(made["CODES"])


@pytest.mark.parametrize("text", samples())
def test_a_sample_gets_the_contract(text: str) -> None:
    with patch.dict(sys.modules, {"yaml": None}):  # a build does not have it
        outcome = run(text.encode())
    assert not outcome.failed
    assert "LWS_LEADER_ADDRESS" in outcome.output.decode()


def test_a_code_makes_what_re_makes(codes: dict[str, tuple[Any, ...]]) -> None:
    with patch.object(patterns, "_codes", codes), patch.object(patterns, "_patterns", {}):
        with patch.object(re, "compile", side_effect=AssertionError):
            made = [patterns.compiled(pattern) for pattern in codes]
        assert made == [re.compile(pattern) for pattern in codes]
        assert len(made) >= 20


# Imports the patterns where the module is not whole.
BROKEN = """
import sys
class Finder:
    def find_spec(name, *_):
        if name.endswith(".compiled_patterns"):
            raise SyntaxError(name)
sys.meta_path.insert(0, Finder)
from modelserving_lws.yamltext.patterns import compiled
print(compiled("a").pattern)
"""


def test_a_module_that_is_not_whole_is_no_matter() -> None:
    finished = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, check=True)
    assert finished.stdout == b"a\n"


def test_another_pattern_is_compiled() -> None:
    with patch.object(patterns, "_codes", {}), patch.object(patterns, "_patterns", {}):
        assert patterns.compiled("(a)") == re.compile("(a)")
        assert patterns.compiled("(a)") is patterns.compiled("(a)")


@pytest.mark.parametrize(
    "text",
    [
        resource_list(SERVING, WORKER),
        stream(SERVING, WORKER),
        json.dumps(yaml.safe_load(resource_list(SERVING, WORKER))),
    ],
    ids=["list", "stream", "json"],
)
def test_a_short_run_compiles_nothing(text: str, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(module())
    finished = subprocess.run(
        [sys.executable, "-c", RUN, path], input=text.encode(), capture_output=True, check=True
    )
    assert b"LWS_LEADER_ADDRESS" in finished.stdout
    assert b"compiles" not in finished.stderr
