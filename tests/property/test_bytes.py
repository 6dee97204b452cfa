"""For any list: what does not change keeps every byte, a second run changes nothing, and the pods
are those of the model of the contract.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelserving_lws.pipeline import run
from tests.manifests import LWS, apart, chunks, data_of, function_config
from tests.model import contract
from tests.property import items as generated
from tests.property.styles import Style

if TYPE_CHECKING:
    from random import Random

randoms = st.randoms(use_true_random=True)
choices = st.sampled_from(("Overwrite", "Keep"))


def config(on_conflict: str) -> str:
    return function_config("InjectLWS", f"{{onConflict: {on_conflict}}}")


@given(generated.lists(), randoms, choices, st.booleans())
def test_any_list(items: list[Any], random: Random, on_conflict: str, shares: bool) -> None:
    """The properties, for a ResourceList in any style."""
    before = apart(Style(random, shares).items(items), config(on_conflict))
    assert data_of(before)["items"] == items, "the styles must write what they are given"
    if random.random() < 0.2:
        before = before.replace("\n", "\r\n")
        items = data_of(before)["items"]
    outcome = run(before.encode())
    after = outcome.output.decode()
    assert not outcome.failed, list(map(str, outcome.results))
    wanted = contract.inject(items, on_conflict)
    assert data_of(after)["items"] == wanted
    assert run(after.encode()).output == outcome.output
    if "\r" in before:
        assert "\n" not in after.replace("\r\n", "")
    if wanted == items:
        assert after.startswith(before)
    if "*" not in before:  # an alias elsewhere may have to be written out
        for old, new, item, injected in zip(
            chunks(before)[1:], chunks(after)[1:], [*items, None], [*wanted, None], strict=True
        ):
            if item == injected and item is not None:
                assert old == new
    if is_only_added(items, wanted) and "*" not in before:
        assert is_subsequence(before, after)


@given(generated.lists(), choices, st.sampled_from((None, 2, "\t")))
def test_any_json_list(items: list[Any], on_conflict: str, indent: int | str | None) -> None:
    """The properties, for JSON."""
    document = {
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": items,
        "functionConfig": data_of(config(on_conflict)),
    }
    before = json.dumps(document, indent=indent)
    outcome = run(before.encode())
    after = outcome.output.decode()
    assert json.loads(after)["items"] == contract.inject(items, on_conflict)
    assert run(after.encode()).output == outcome.output


@given(generated.lists(), randoms)
def test_any_stream_without_a_final_line_break(items: list[Any], random: Random) -> None:
    """The properties, for the same items as a stream of manifests."""
    items = [item for item in items if isinstance(item, dict)]
    style = Style(random, shares=False)
    before = "---\n".join(text[2:].replace("\n  ", "\n") for text in style.items(items))
    before = before.removesuffix("\n")
    try:
        assert [item for item in yaml.safe_load_all(before) if item is not None] == items
    except (AssertionError, yaml.YAMLError):
        return  # a block scalar that the text's end, or the shift to the left, changes
    outcome = run(before.encode())
    after = outcome.output.decode()
    if outcome.failed:
        assert "must end in a line break" in str(outcome.results[0])
        return
    assert list(yaml.safe_load_all(after)) == contract.inject(items)
    assert run(after.encode()).output == outcome.output


def is_only_added(items: list[Any], wanted: list[Any]) -> bool:
    """Whether no value that is there has to go."""
    for item, injected in zip(items, wanted, strict=True):
        if item == injected:
            continue
        text = json.dumps([item["metadata"], item["spec"]])
        if LWS in text or "LWS_" in text or re.search(r"null|\[\]|\{\}", text):
            return False
    return True


def is_subsequence(before: str, after: str) -> bool:
    """Whether insertions alone make the second text of the first."""
    characters = iter(after)
    return all(character in characters for character in before)
