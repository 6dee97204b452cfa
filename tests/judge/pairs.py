"""Inputs for the judge: generated data in many styles, and mutations of real lists, always the same
ones for a number.
"""

from __future__ import annotations

import json
import re
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from modelserving_lws.pipeline import run
from modelserving_lws.results.errors import InputError
from modelserving_lws.results.result import ERROR
from modelserving_lws.yamltext import lines
from tests.judge.places import CONVERT, EXPAND, INJECT, RENDER
from tests.manifests import LIST_HEAD
from tests.model import leaderworkerset
from tests.model.servings import servings
from tests.property import items as generated
from tests.property.mutations import BASES, mutated
from tests.property.styles import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelserving_lws.pipeline import Outcome
    from tests.judge.judge import Judge

    # The function, the functionConfig's `spec`, and the text.
    Input = tuple[str, dict[str, Any], str]

_LIST = "apiVersion: v1\nkind: List\nitems:\n"
_STYLES = 10  # of each list that is generated
_SPECS: dict[str, tuple[dict[str, Any], ...]] = {
    INJECT: ({}, {}, {"onConflict": "Keep"}),
    EXPAND: ({}, {}, {"via": "AdmissionPolicy"}),
    CONVERT: ({}, {}, {"allowLossy": True}),
    RENDER: ({}, {}, {"keepModelServing": False}),
}
FUNCTIONS = tuple(_SPECS)
LARGEST = 1_000_000  # what RenderModelServing makes of `replicas: 6001`, say, is left out
_KINDS = {
    INJECT: ("kind: Pod",),
    EXPAND: ("kind: ModelServing",),
    CONVERT: ("kind: LeaderWorkerSet",),
    RENDER: ("kind: ModelServing",),
}
_CONFIG = re.compile("kind: (?:" + "|".join(FUNCTIONS) + ")")


@st.composite
def lists(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """A function and the items of a list that it has something to do with."""
    function = draw(st.sampled_from(FUNCTIONS))
    if function == INJECT:
        return function, draw(generated.lists())
    if function == CONVERT:
        items = [draw(leaderworkerset.sets("chat")), draw(generated.anything)]
    else:
        items = [draw(servings()), draw(generated.anything)]
    return function, draw(st.permutations(items))


def styled(number: int) -> Iterator[Input]:
    """As many texts: generated lists, each in several styles."""
    found: list[tuple[str, list[Any]]] = []
    count = -(-number // _STYLES)

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(lists())
    def collect(drawn: tuple[str, list[Any]]) -> None:
        found.append(drawn)

    collect()
    for i in range(number):
        yield _styled(*found[i % len(found)], Random(i))  # noqa: S311


def _styled(function: str, items: list[Any], random: Random) -> Input:
    spec = random.choice(_SPECS[function])
    form = random.choice(("list", "list", "list", "List", "stream", "stream", "JSON"))
    has_config = form in ("list", "JSON") and random.random() < 0.5
    if form == "JSON":
        data: dict[str, Any] = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList"}
        data |= {"functionConfig": config(function, spec)} if has_config else {}
        return function, spec, json.dumps({**data, "items": items}, indent=random.choice((None, 2)))
    texts = Style(random, shares=random.random() < 0.5).items(items)
    if random.random() < 0.5:
        texts = [f"# item {i}\n{text}" for i, text in enumerate(texts)]
    if form == "stream":
        text = "---\n".join(re.sub("(?m)^(?:- |  ?)", "", text) for text in texts)
    else:
        text = (LIST_HEAD if form == "list" else _LIST) + "".join(texts)
    if has_config:
        text += f"functionConfig: {json.dumps(config(function, spec))}\n"
    if random.random() < 0.1:
        text = text.rstrip("\n")
    if random.random() < 0.2:
        text = text.replace("\n", "\r\n")
    return function, spec, text


def config(function: str, spec: dict[str, Any]) -> dict[str, Any]:
    """A functionConfig."""
    version = "fn.serving.volcano.sh/v1alpha1"
    return {"apiVersion": version, "kind": function, "spec": spec}


class Verdict(NamedTuple):
    """What a run came to: whether the text is another one, the first error among its results, and
    what the judge found wrong.
    """

    changed: bool
    error: str
    faults: list[str]


def verdict(judge: Judge, function: str, spec: dict[str, Any], before: str) -> Verdict:
    """Runs a function, and once more on its output, which must change nothing. One of both runs
    takes the text for a long one, so that either way of reading is judged.
    """
    ways = (0, lines.LONG_TEXT)[:: 1 if len(before) % 2 else -1]
    try:
        outcome = outcome_of(function, spec, before, ways[0])
    except InputError as error:
        return Verdict(False, str(error), [])
    after = outcome.output.decode()
    if len(after) > LARGEST:
        return Verdict(True, "", [])
    faults = judge.faults_of_run(function, before, after, spec)
    try:
        if outcome_of(function, spec, after, ways[1]).output.decode() != after:
            faults.append("a second run changes something")
    except InputError as error:
        faults.append(f"a second run refuses it: {error}")
    errors = [str(result) for result in outcome.results if result.severity == ERROR]
    return Verdict(after != before, errors[0] if errors else "", faults)


def outcome_of(
    function: str, spec: dict[str, Any], text: str, long_text: int = lines.LONG_TEXT
) -> Outcome:
    """A run of the function on a text, which may have a functionConfig of its own; from `long_text`
    characters on, it is read as long texts are.
    """
    with patch.object(lines, "LONG_TEXT", long_text):
        if "functionConfig" in text:
            return run(text.encode(), function)
        return run(text.encode(), None, json.dumps(config(function, spec)).encode())


def mutations(number: int) -> Iterator[Input]:
    """As many mutations of real lists, each for a function that has something to do with it; most
    are of lists that the function changes.
    """
    for i in range(number):
        yield mutation(Random(i))  # noqa: S311


def mutation(random: Random) -> Input:
    base = random.choice(BASES)
    functions = [it for it, kinds in _KINDS.items() if any(kind in base for kind in kinds)]
    function = random.choice(functions or FUNCTIONS)
    if random.random() < 0.8:
        function = random.choice(FUNCTIONS)
        base = random.choice(_changed()[function])
    text = mutated(random, 2, base)
    if random.random() < 0.7:
        text = _CONFIG.sub(f"kind: {function}", text)
    return function, {}, text


@cache
def _changed() -> dict[str, list[str]]:
    """The real lists that each function changes."""
    found: dict[str, list[str]] = {function: [] for function in FUNCTIONS}
    for function, kinds in _KINDS.items():
        for base in BASES:
            text = _CONFIG.sub(f"kind: {function}", base)
            if not any(kind in text for kind in kinds):
                continue
            try:
                outcome = outcome_of(function, {}, text)
            except InputError:
                continue
            if not outcome.failed and outcome.output.decode() != text:
                found[function].append(text)
    return found
