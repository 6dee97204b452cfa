"""What items with anchors and aliases are read by their lines, and how large they may be."""

from __future__ import annotations

from typing import Any

import pytest

from modelserving_lws.yamltext.block import BlockMapping
from modelserving_lws.yamltext.lines import start_of_content
from modelserving_lws.yamltext.nodes import Alias, Mapping, Node, Sequence
from modelserving_lws.yamltext.read import line_reader

SHARED = "a: &x\n  b: c\n"


def root_of(text: str) -> tuple[Mapping | Sequence, bool] | None:
    """The root node of an item, and whether it is small."""
    content = start_of_content(text, 0, len(text))
    reader = line_reader(text, 0, content, len(text), len(text))
    if reader is None:
        return None
    root = reader.read(text, content, len(text))
    assert isinstance(root, Mapping | Sequence)
    return root, reader.is_small


@pytest.mark.parametrize(
    "text",
    [
        f"{SHARED}d: *x\n",
        f"{SHARED}d: *x   \n",
        "- a: &x\n  - b\n  d:\n  - *x\n",
        f"# e: &y\n{SHARED}d: *x\n",
        f"{SHARED}d: |\n  x: &y\n  y: *z\n",
        "a: &x\n  b: c\nd: &x\n  e: f\ng: *x\n",
        "'a': &x\n  'b': c\n\"d\":\n  e: *x\n",
    ],
)
def test_these_are_read_by_their_lines(text: str) -> None:
    found = root_of(text)
    assert found is not None
    root, _ = found
    if isinstance(root, Sequence):
        (root,) = root.entries  # type: ignore[assignment]
    assert isinstance(root, Mapping)
    aliases = [value for _, value in root.pairs if isinstance(value, Alias)]
    below = [value for _, value in root.pairs if isinstance(value, Mapping | Sequence)]
    for node in below:
        values = [it for _, it in node.pairs] if isinstance(node, Mapping) else node.entries
        aliases += [it for it in values if isinstance(it, Alias)]
    assert len(aliases) == sum("*x" in line for line in text.split("\n"))
    for alias in aliases:
        assert text[alias.start : alias.end] == "*x"
        assert text[alias.target.start :].startswith("&x")
        assert alias in (alias.target.aliases or ())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{SHARED}d: *x\n  more\n", id="an alias and a scalar"),
        pytest.param(f"{SHARED}d: *y\n", id="an alias without an anchor"),
        pytest.param("d: *x\na: &x\n  b: c\n", id="an alias above its anchor"),
        pytest.param("a: &x\n  b: *x\n", id="an alias in its own anchor"),
        pytest.param("a: &x\nd: *x\n", id="nothing with an anchor"),
        pytest.param("a: &x b\nd: *x\n", id="a scalar with an anchor"),
        pytest.param("a: &x\n  {b: c}\nd: *x\n", id="a flow mapping with an anchor"),
        pytest.param("- &x\n  a: b\n  c: d\n", id="an item with an anchor"),
        pytest.param(f"{SHARED}d: [*x]\n", id="an alias in flow style"),
        pytest.param(f"{SHARED}<<: *x\n", id="a merge key"),
        pytest.param(
            "".join(f"{'  ' * i}a: &x{i}\n" for i in range(40))
            + f"{'  ' * 40}b: c\n"
            + "".join(f"d{i}: &y{i}\n  e: *{f'y{i - 1}' if i else 'x0'}\n" for i in range(20)),
            id="many levels",
        ),
    ],
)
def test_these_are_left_to_pyyaml(text: str) -> None:
    assert root_of(text) is None


def test_what_starts_behind_an_item_may_use_its_anchors() -> None:
    text = f"{SHARED}d: *x\n"
    behind = f"{text}e: *x\n"
    end = len(text)
    assert line_reader(behind, 0, 0, end, end) is None
    assert line_reader(behind, 0, 0, end, len(behind)) is not None


@pytest.mark.parametrize(("entries", "is_small"), [(30, True), (300, False)])
def test_aliases_count_for_what_they_stand_for(entries: int, is_small: bool) -> None:
    text = (
        "a: &x\n"
        + "- b: c\n" * entries
        + "d:\n"
        + "- *x\n" * entries
        + "e: |\n"
        + f"  {'f' * 97}\n" * 100
    )
    found = root_of(text)
    assert found is not None
    root, small = found
    assert small == is_small
    # The root, its keys, and the values of these: entries of three nodes each.
    assert root.size == 1 + 4 + (1 + 3 * entries) + 1 + entries * (1 + 3 * entries) + 99


def test_an_anchor_is_counted_once_however_many_aliases_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = root_of("a: &x\n  b: c\nd:\n" + "- *x\n" * 100)
    assert found is not None
    root, _ = found
    counted: list[str] = []
    made: Any = BlockMapping
    pairs = made.pairs.fget

    def counting(node: BlockMapping) -> list[tuple[Node, Node]]:
        counted.append(node.first)
        found: list[tuple[Node, Node]] = pairs(node)
        return found

    monkeypatch.setattr(made, "pairs", property(counting))
    assert root.size == 1 + 2 + 3 + 1 + 100 * 3
    assert counted.count("b") == 2  # for size and for depth


@pytest.mark.parametrize("word", ["c", "\u00e9"])
def test_what_an_alias_stands_for_may_be_below(word: str) -> None:
    found = root_of(f"a: &x\n  b: {word}\nd:\n  e:\n    f: *x\ng:\n  h: i\n")
    assert found is not None
    root, _ = found
    assert isinstance(root, Mapping)
    below, other = root.get("d"), root.get("g")
    assert isinstance(below, Mapping)
    assert isinstance(other, Mapping)
    assert below.may_have(word)
    assert not other.may_have(word)
