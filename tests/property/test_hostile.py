"""For any input: the run either prints an error and no output, or a list with all of its items, in
which items of other kinds keep every byte.
"""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, note
from hypothesis import strategies as st

from modelserving_lws.config.function_config import KINDS
from modelserving_lws.pipeline import run
from modelserving_lws.results.errors import InputError
from tests.property.mutations import BASES, mutated
from tests.running import EXAMPLES

if TYPE_CHECKING:
    from random import Random

randoms = st.randoms(use_true_random=True)
# What the functions may change; all of it, if there is an alias.
CHANGED = {"Pod", "PodTemplate", "ModelServing", "LeaderWorkerSet", "List"}
CHANGED |= {"HorizontalPodAutoscaler", "ScaledObject", "ResourceList", "VerticalPodAutoscaler"}
CHANGED |= {"Kustomization", "Component"}
SECONDS = 2
MEMORY = 200_000_000


def items(text: str) -> list[Any] | None:
    """The nodes of a text's items; None where PyYAML does not read it."""
    try:
        roots = list(yaml.compose_all(text, yaml.CSafeLoader))
    except (yaml.YAMLError, RecursionError):
        return None
    found: list[Any] = []
    for root in filter(None, roots):
        listed = field(root, "items")
        is_list = kind(root) in ("ResourceList", "List") and isinstance(listed, yaml.SequenceNode)
        found += listed.value if is_list else [root]
    return found


def field(node: Any, name: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in reversed(node.value) if key.value == name), None)


def kind(node: Any) -> str:
    found = field(node, "kind")
    return str(found.value) if isinstance(found, yaml.ScalarNode) else ""


def text_of(text: str, node: Any) -> str:
    return text[node.start_mark.index : node.end_mark.index].rstrip()


def check(data: bytes, function: str | None = None) -> None:
    """The properties, for one input."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = time.process_time()
    output = b""
    try:
        outcome = run(data, function)
        output = outcome.output
        told = [str(result) for result in outcome.results]
    except InputError:
        return
    finally:
        # RenderModelServing may be asked for many pods.
        assert time.process_time() - seconds < SECONDS + len(output) / 2e7
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
        assert peak * 1024 < MEMORY + 10 * len(output)
    assert all(line.startswith(("[error] ", "[warning] ", "[info] ")) for line in told)
    before, after = data.decode(), output.decode()
    old, new = items(before), items(after)
    if old is None:
        return  # an item that is skipped may be broken; it comes out as it went in
    assert new is not None
    if function in (None, "InjectLWS") and "functionConfig" not in before:
        assert len(new) == len(old)
    assert len(new) >= len(old)
    if "*" in before:
        return  # an alias may have to be written out
    untouched = [text_of(before, node) for node in old if kind(node) not in CHANGED]
    kept = iter([text_of(after, node) for node in new])
    assert all(text in kept for text in untouched)
    if not outcome.failed:
        assert run(output, function).output == output


@given(randoms, st.sampled_from((None, *KINDS)))
def test_a_real_list_after_mutations(random: Random, function: str | None) -> None:
    text = mutated(random)
    note(repr(text))
    check(text.encode(errors="replace"), function)


@given(randoms)
def test_the_bytes_of_a_real_list_after_mutations(random: Random) -> None:
    data = bytearray(random.choice(BASES).encode())
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(data) + 1)
        data[at : at + random.choice((0, 1, 1, 4))] = random.randbytes(random.choice((0, 1, 1, 4)))
    note(repr(bytes(data)))
    check(bytes(data))


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    check(data)


@given(st.text(max_size=100))
def test_any_text(text: str) -> None:
    check(text.encode())


@pytest.mark.parametrize("text", BASES)
def test_the_bases_are_read_or_are_errors(text: str) -> None:
    check(text.encode())


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_every_line_break_of_yaml_is_one_where_text_is_moved(line_break: str) -> None:
    text = (EXAMPLES / "convert-lws-kustomize" / "sglang.yaml").read_text()
    wanted = run(text.encode(), "ConvertLeaderWorkerSet").output
    output = run(text.replace("\n", line_break).encode(), "ConvertLeaderWorkerSet").output
    assert yaml.safe_load(output) == yaml.safe_load(wanted)
