"""The readers say the same of a text, wherever more than one of them reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelserving_lws.functions.convert.convert import convert
from modelserving_lws.functions.expand.expand import expand
from modelserving_lws.functions.inject.inject import KINDS, inject
from modelserving_lws.functions.render.render import render
from modelserving_lws.results.errors import InputError, UnsureError
from modelserving_lws.wire.resource_list import ResourceList
from modelserving_lws.wire.split import documents
from modelserving_lws.yamltext.block import Suspects, UnreadNode, block_document, is_simple
from modelserving_lws.yamltext.events import read_yaml
from modelserving_lws.yamltext.json_ import read_json
from modelserving_lws.yamltext.nodes import Mapping, Node, Scalar, Sequence
from tests.model.leaderworkerset import sets
from tests.model.servings import servings
from tests.property import items as generated
from tests.property.styles import Style

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from modelserving_lws.results.result import Result

    Function = Callable[[ResourceList, Any], list[Result]]

HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
randoms = st.randoms(use_true_random=True)
# What a line of a hostile item may be.
LINES = (
    "a: b", "kind: Pod", "kind: ConfigMap", "apiVersion: v1", "metadata:", "  labels:", "  name: x",
    "    modelserving.volcano.sh/name: chat", "spec:", "  containers:", "  - name: c", "    env:",
    "    - name: A", "      value: b", "    - {name: B, value: c}", "data: |", "  text: |", "",
    "# comment", "  # kind: Pod", "    - kind: Pod", "  kind: Pod", '  q: "a', '    b"', "- x: y",
    "  s: 'it''s'", "  f: [a,", "    b]", "  e: {}", "  e: {a: [b]}", "  p: some text", "    more",
    "  t: !!str 1", "  n: &n", "  m: *n", "  <<: *n", "  ? k", "  : v", "  'k': v", "  k : v",
    "  d: - x", "\tt: u", "  u: \"\\x41\"", "  w: a: b", "  x: 'a' b", "  y: # c", "  z:   1   # c",
    "        deep: 1", "  - - a", "  -", "  - # c", "    l: m", "k: >-", "  \"a b\": c", "  é: ü",
)  # fmt: skip


def tree(node: Node) -> Any:
    """All that edits rely on. Raises UnsureError where the reader leaves something to PyYAML."""
    if isinstance(node, UnreadNode):
        raise UnsureError
    if isinstance(node, Scalar):
        return node.start, node.end, node.value, node.style
    if isinstance(node, Mapping):
        found = node.fields()
        assert all(node.get(name) is not None for name in found)
        pairs = [(tree(key), tree(value)) for key, value in node.pairs]
        return node.start, node.end, node.open, node.flow, node.size, node.depth, pairs
    assert isinstance(node, Sequence)
    entries = [tree(entry) for entry in node.entries]
    assert node.count == len(entries)
    return node.start, node.end, node.open, node.flow, node.size, node.depth, entries


def outcome(
    text: str, quick: bool, function: Function = inject, spec: Any = None
) -> tuple[bytes, list[str]]:
    """What a run with this reader comes to."""
    resource_list = ResourceList(text, quick)
    results = function(resource_list, spec or {})
    resource_list.append_results(results)
    return resource_list.document.output, [str(result) for result in results]


@given(st.lists(st.sampled_from(LINES), max_size=8))
def test_the_block_reader_gives_what_pyyaml_gives(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    if not is_simple(text) or Suspects(text).first_from(0) is not None:
        return
    try:
        quick = [tree(block_document(text, start, end)) for _, start, end in documents(text)]
    except UnsureError:
        return
    try:
        exact = read_yaml(text)
    except InputError:
        return  # the quick reader looks at what it is asked for, and is no judge of the rest
    assert quick == [tree(root) for root in exact]


@given(generated.lists(), randoms, st.lists(st.lists(st.sampled_from(LINES), max_size=6)))
def test_a_run_gives_the_same_with_either_reader(
    items: list[Any], random: Random, hostile: list[list[str]]
) -> None:
    texts = Style(random, random.random() < 0.3).items(items)
    for lines in hostile:
        text = "- " + "\n  ".join(lines or ["a: b"]) + "\n"
        texts.insert(random.randrange(len(texts) + 1), text)
    assert_same_outcome(HEAD + "".join(texts))


MARKERS = ("---\n", "---\n", "---\n", "--- # c\n", "---  \n", "---\n# c\n\n---\n", '--- "a"\n')


@given(
    generated.lists(),
    randoms,
    st.lists(st.lists(st.sampled_from((*LINES, "...", "%YAML 1.1", "--- a")), max_size=6)),
    st.sampled_from(("", "# it's\n", "---\n", "\n---\n\n", '# "\n---\n')),
)
def test_a_stream_gives_the_same_with_either_reader(
    items: list[Any], random: Random, hostile: list[list[str]], start: str
) -> None:
    texts = [
        text[2:].replace("\n  ", "\n") for text in Style(random, random.random() < 0.3).items(items)
    ]
    for lines in hostile:
        texts.insert(random.randrange(len(texts) + 1), "\n".join(lines) + "\n")
    text = start + "".join(text + random.choice(MARKERS) for text in texts)
    assert_same_outcome(text)


@given(
    st.lists(generated.anything | generated.pods(), max_size=4),
    st.sampled_from((None, 2, "\t")),
    st.booleans(),
    st.sampled_from(("items", "items", "items", "item")),
)
def test_a_list_in_json_gives_the_same_with_either_reader(
    items: list[Any], indent: int | str | None, is_list: bool, name: str
) -> None:
    head = {"apiVersion": "v1", "kind": "List"} if is_list else yaml.safe_load(HEAD)
    assert_same_outcome(json.dumps({**head, name: items, "more": [items]}, indent=indent))


FUNCTIONS: list[tuple[Function, Any]] = [
    (expand, {}),
    (expand, {"via": "AdmissionPolicy"}),
    (convert, {}),
    (convert, {"allowLossy": True}),
    (render, {}),
    (render, {"keepModelServing": False}),
]


@given(
    st.lists(servings() | sets() | generated.anything, min_size=1, max_size=3),
    randoms,
    st.sampled_from(("list", "stream", "json")),
    st.sampled_from(FUNCTIONS),
)
def test_any_function_gives_the_same_with_either_reader(
    items: list[Any], random: Random, form: str, function: tuple[Function, Any]
) -> None:
    texts = Style(random, random.random() < 0.3).items(items)
    if form == "list":
        text = HEAD + "".join(texts)
    elif form == "stream":
        text = "---\n".join(text[2:].replace("\n  ", "\n") for text in texts)
    else:
        text = json.dumps({**yaml.safe_load(HEAD), "items": items})
    assert_same_outcome(text, *function)


def assert_same_outcome(text: str, function: Function = inject, spec: Any = None) -> None:
    try:
        exact = outcome(text, False, function, spec)
    except InputError:
        return
    try:
        quick = outcome(text, True, function, spec)
    except UnsureError:
        return
    assert quick == exact


@given(generated.anything, st.sampled_from((None, 2, "\t")), st.booleans())
def test_the_json_reader_gives_what_pyyaml_gives(
    data: Any, indent: int | str | None, ascii_only: bool
) -> None:
    text = json.dumps({"a": data}, indent=indent, ensure_ascii=ascii_only)
    root = read_json(text)
    assert root is not None
    if not is_simple(text):
        return  # YAML 1.1 folds the line breaks that JSON does not know as such
    try:
        exact = read_yaml(text)
    except InputError:
        return  # escaped surrogate pairs, DEL
    assert [tree(root)] == [tree(node) for node in exact]


@pytest.mark.parametrize(
    "item",
    [
        'a: "\n- kind: Pod\n"\n',
        "a: [\n- b\n]\n",
        "a: {\n- b: c\n}\n",
        "a: 'x\n- kind: Pod'\n",
        'a: "x \\\n- kind: Pod"\n',
    ],
)
def test_a_line_in_a_quoted_scalar_or_flow_collection_is_no_item(item: str) -> None:
    text = HEAD + "- kind: Other\n  x:\n    " + item + "- kind: Other\n"
    with pytest.raises(UnsureError):
        ResourceList(text, quick=True)


def test_what_stands_in_block_scalars_and_comments_is_harmless() -> None:
    script = 'data:\n  script: |\n    echo "open\n    [ -n "$x" ]\n    - kind: Pod\n'
    text = HEAD + "- kind: ConfigMap\n  " + script.replace("\n", "\n  ").rstrip(" ")
    text += '# it is "so\n- kind: Other\n  a: say "it\n'
    resource_list = ResourceList(text, quick=True)
    assert resource_list.items(KINDS) == []
