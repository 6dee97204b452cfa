"""A run of the installed program and an in-process run give the same exit code, stdout and stderr.
Other tests rely on this and run the program in-process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelserving_lws.config.function_config import KINDS
from tests.manifests import INJECT_LWS, SERVING, WORKER, resource_list, stream
from tests.running import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program


def inputs_of(example: Path) -> str:
    """All manifests of an example, as a stream."""
    files = sorted(path for path in example.rglob("*.yaml") if ".expected" not in path.parts)
    return stream(*(path.read_text() for path in files))


INPUTS = {path.name: inputs_of(path) for path in sorted(EXAMPLES.iterdir()) if path.is_dir()}
BAD = stream(SERVING, WORKER.replace('value: "1"', 'value: "x"'), WORKER)
OTHERS: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "a list": (resource_list(SERVING, WORKER, config=INJECT_LWS), ()),
    "an error": (BAD, ()),
    "a check": (BAD, ("--check",)),
    "nothing": ("", ()),
    "no UTF-8": (b"a: \xff\n", ()),
    "no YAML": ("a: ]\n", ()),
    "deep": (stream(SERVING, f"{WORKER}x: {'[' * 990}{']' * 990}\n"), ()),
    "too deep": (stream(SERVING, f"{WORKER}x: {'[' * 1001}{']' * 1001}\n"), ()),
    "deep JSON": ('{"items": ' * 100_000, ()),
    "a file that is not there": (BAD, ("--config", "no/such.yaml")),
    "help": ("", ("--help",)),
    "the version": ("", ("--version",)),
    "the policy": ("", ("--print-policy",)),
    "the webhook's guard": ("", ("--print-webhook-guard",)),
    "wrong usage": ("", ("--nothing",)),
    "no function": ("", ("--function", "Nothing")),
    "a large list": (resource_list(SERVING, *[WORKER] * 1_000), ()),
}
CALLS = {f"--function {kind}": ("--function", kind) for kind in KINDS} | {
    "no argument": (),
    "--diff": ("--diff",),
}


@pytest.mark.parametrize("arguments", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("text", INPUTS.values(), ids=INPUTS)
def test_an_example(
    program: Program, installed_program: Program, text: str, arguments: tuple[str, ...]
) -> None:
    assert program(text, *arguments) == installed_program(text, *arguments)


@pytest.mark.parametrize(("text", "arguments"), OTHERS.values(), ids=OTHERS)
def test_any_end(
    program: Program,
    installed_program: Program,
    text: str | bytes,
    arguments: tuple[str, ...],
) -> None:
    assert program(text, *arguments) == installed_program(text, *arguments)


def test_every_function_and_every_exit_code_is_among_them(program: Program) -> None:
    ends = [program(text, *arguments) for text in INPUTS.values() for arguments in CALLS.values()]
    ends += [program(text, *arguments) for text, arguments in OTHERS.values()]
    assert {finished.code for finished in ends} == {0, 1, 2}
    told = "\n".join(finished.stderr for finished in ends)
    for done in ("wrote the LWS", "expanded the plugin", "turned 1 Leader", "rendered "):
        assert f"[info] {done}" in told
