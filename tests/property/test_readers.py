"""All readers of a text give the same nodes."""

from __future__ import annotations

import json
import re
from random import Random
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from modelserving_lws.functions.convert.convert import convert
from modelserving_lws.functions.expand.expand import expand
from modelserving_lws.functions.inject import KINDS, inject
from modelserving_lws.functions.render.render import render
from modelserving_lws.results.errors import InputError
from modelserving_lws.wire.resource_list import ResourceList
from modelserving_lws.yamltext.block import read_block
from modelserving_lws.yamltext.events import read_yaml
from modelserving_lws.yamltext.grammar import matches
from modelserving_lws.yamltext.json_ import read_json
from modelserving_lws.yamltext.lines import LONG_TEXT, has_line_feeds_only, start_of_content
from modelserving_lws.yamltext.nodes import (
    MAX_DEPTH,
    Alias,
    Mapping,
    Node,
    Scalar,
    Sequence,
    resolve,
)
from modelserving_lws.yamltext.read import line_reader
from tests.manifests import LIST_HEAD
from tests.model.leaderworkerset import sets
from tests.model.servings import servings
from tests.property import items as generated
from tests.property.styles import Style
from tests.running import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelserving_lws.results.result import Result

    Function = Callable[[ResourceList, Any], list[Result]]

randoms = st.randoms(use_true_random=True)
# What a line of a hostile text may be.
LINES = (
    "a: b", "kind: Pod", "kind: ConfigMap", "apiVersion: v1", "metadata:", "  labels:", "  name: x",
    "    modelserving.volcano.sh/name: chat", "spec:", "  containers:", "  - name: c", "    env:",
    "    - name: A", "      value: b", "    - {name: B, value: c}", "data: |", "  text: |", "",
    "# comment", "  # kind: Pod", "    - kind: Pod", "  kind: Pod", '  q: "a', '    b"', "- x: y",
    "  s: 'it''s'", "  f: [a,", "    b]", "  e: {}", "  e: {a: [b]}", "  p: some text", "    more",
    "  t: !!str 1", "  n: &n", "  m: *n", "  <<: *n", "  ? k", "  : v", "  'k': v", "  k : v",
    "  d: - x", "\tt: u", "  u: \"\\x41\"", "  w: a: b", "  x: 'a' b", "  y: # c", "  z:   1   # c",
    "        deep: 1", "  - - a", "  -", "  - # c", "    l: m", "k: >-", "  \"a b\": c", "  é: ü",
    "a: 'b", "  c'", "x: |-", "    more", "   odd", "a: b # c", "- a: |", "    t", "      ", "- b",
    "  - c", "    d: e", "[a, b]: c", "k: [a, {b: c}]", "k: {a: [b, c], d: }", "k: [a,", "  b, # c",
    "  ]", "k: 'it''s'", 'k: "a \\', "    \\ b\"", "k: \"a", "v: >", "  x", "  y", "   z", "w: >+",
    "- >-", "  a", "- |", "  $x", "a.b/c: d", "'q r': s", "\"t\": u", "e: ''", 'f: ""', "n: -1",
    "m: -", "- -1", "- - 1", "g: a:b", "h: a#b", "l: a #b", "~: x", "null: y", "? z", "o: a b  c",
    "p: a'b\"c", "r: %x", "s: @x", "t: `x", "u: !x", "-- : x", "aa: - b", "b: \tc", "\tc: d",
    "d: e\t", "e: |\n \tx", "f: >\n\n  a\n\n\n  b\n\n", "g: |\n   \n  a\n", 'h: "\\u00e9\\x41\\n"',
    'i: "\\ud83d\\ude00"', "k: {a: b,}", "l: [a, , b]", "m: [a: b]", "n: {a}", "o: {a: }",
    "p: [[a]]", "q: [a b, c d]", "r: [a]b", "s: {a: b} # c", "t: [a]#c", "u: [ ]", "v: { }",
    "w: [-a, -1, --x]", "x: [-, a]", "y: [.5, ~, null]", "z: {a: 'b', \"c\": \"d\"}", "a: [b, c}",
)  # fmt: skip
CASES = [
    case["yaml"]
    for case in json.loads((ROOT / "tests" / "corpus" / "yaml-test-suite.json").read_text())
]
REAL = [
    document
    for path in sorted([*ROOT.glob("examples/*/*.yaml"), *ROOT.glob("tests/golden/*/*.yaml")])
    for document in re.split(r"(?m)^---.*\n", path.read_text())
]

SHARED = [text for text in REAL if not any(mark in text for mark in '&*{"')]
DATA = [yaml.safe_load(document) for document in REAL if "{{" not in document]


@pytest.fixture(autouse=True, scope="module", params=[0, LONG_TEXT])
def long_text(request: pytest.FixtureRequest) -> Iterator[None]:
    """So that texts of any length are read in both ways."""
    with patch("modelserving_lws.yamltext.lines.LONG_TEXT", request.param):
        yield


def tree(node: Node) -> Any:
    """All that edits rely on."""
    if isinstance(node, Alias):
        return node.start, node.end, node.target.start, node.size, node.depth
    marks = node.anchor, node.tag, [it.start for it in node.aliases or ()]
    if isinstance(node, Scalar):
        return node.start, node.end, node.value, node.style, node.size, marks
    if isinstance(node, Mapping):
        found = node.fields()
        assert all(node.get(name) is not None for name in found)
        texts = node.texts()
        assert texts is None or texts == {
            key: value.value for key, (_, value) in found.items() if isinstance(value, Scalar)
        }
        assert texts is None or len(texts) == len(node.pairs)
        pairs = [(tree(key), tree(value)) for key, value in node.pairs]
        return node.start, node.end, node.open, node.flow, node.size, node.depth, marks, pairs
    assert isinstance(node, Sequence)
    entries = [tree(entry) for entry in node.entries]
    assert node.count == len(entries)
    for entry, text in zip(node.entries, node.texts(), strict=True):
        assert text is None or [*text] == [value[2] for _, value in tree(entry)[-1]]
    assert not entries or tree(node.last) == entries[-1]
    return node.start, node.end, node.open, node.flow, node.size, node.depth, marks, entries


def is_compared(text: str) -> bool:
    """Whether the grammar matches a text, that then has the nodes that PyYAML gives it."""
    text = text if text.endswith("\n") else text + "\n"
    start = start_of_content(text, 0, len(text))
    if not has_line_feeds_only(text) or start == len(text) or not matches(text, 0, len(text)):
        return False
    (root,) = read_yaml(text)
    assert tree(read_block(text, start, len(text))) == tree(root)
    return True


def words_below(node: Node) -> set[str]:
    """The words of the scalars below a node; each mapping says of these that it may have them."""
    node = resolve(node)
    if isinstance(node, Scalar):
        return set(filter(str.isalnum, node.value.split()))
    if isinstance(node, Sequence):
        return set().union(*map(words_below, node.entries))
    assert isinstance(node, Mapping)
    words: set[str] = set().union(*(words_below(it) for pair in node.pairs for it in pair))
    assert all(map(node.may_have, words))
    return words


def is_compared_by_lines(text: str) -> bool:
    """The same for an item that may have anchors and aliases."""
    content = start_of_content(text, 0, len(text))
    reader = line_reader(text, 0, content, len(text), len(text)) if content < len(text) else None
    if reader is None:
        return False
    (root,) = read_yaml(text)
    read = reader.read(text, content, len(text))
    assert tree(read) == tree(root)
    words_below(read)
    assert not reader.is_small or (root.size <= len(text) and root.depth <= MAX_DEPTH)
    return True


def random_lines(random: Random) -> str:
    """Some lines, at any column."""
    lines = random.choices(LINES, k=random.randrange(1, 8))
    columns = random.choice(((0,), (0, 0, 2, 4, 1)))
    return "\n".join(" " * random.choice(columns) + line for line in lines)


def mutated(text: str, random: Random) -> str:
    """Some lines of a text, of which some are others, moved, or have another character."""
    lines = text.split("\n")
    count = random.randrange(1, 40)
    start = random.randrange(max(1, len(lines) - count))
    lines = lines[start : start + count]
    for _ in range(random.randrange(3)):
        i = random.randrange(len(lines))
        line = lines[i]
        place = random.randrange(len(line) + 1)
        character = random.choice("'\":#-[]{},|>?&*! \t%@`~")
        lines[i : i + 1] = random.choice(
            (
                [" " * random.choice((0, 1, 2, 4, 6, 8)) + random.choice(LINES)],
                [line[1:]],
                [" " + line],
                [line, ""],
                [line, " " * random.choice((0, 2, 4)) + "# x"],
                [line[:place] + character + line[place:]],
            )
        )
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        (random_lines, 0.1),
        (lambda random: mutated(random.choice(REAL), random), 0.3),
        (lambda random: mutated(random.choice(CASES), random), 0.08),
        (lambda random: "".join(Style(random, False).items([random.choice(DATA)])), 0.25),
    ],
    ids=["lines", "real text", "the YAML test suite", "styles"],
)
def test_the_lines_say_what_pyyaml_says(text: Callable[[Random], str], share: float) -> None:
    """The grammar matches what PyYAML reads, and the nodes are the same; in as many cases."""
    count = 20 * settings().max_examples
    compared = sum(is_compared(text(Random(seed))) for seed in range(count))  # noqa: S311
    assert compared >= share * count


def shared_lines(random: Random) -> str:
    """Real text in which some values have an anchor, and others are aliases."""
    lines = random.choice(SHARED).split("\n")
    for _ in range(random.randrange(1, 6)):
        i = random.randrange(len(lines))
        line, name = lines[i], random.choice("ab")
        if line.endswith((":", "|", "'")) and random.random() < 0.6:
            lines[i] = f"{line} &{name}"
        elif line[-1:].isalnum() and (" " in line.strip() or line.endswith("-")):
            lines[i] = f"{line[: line.rindex(' ')]} *{name}"
    return "\n".join(lines) + "\n"


def test_lines_with_anchors_say_what_pyyaml_says() -> None:
    """Those of an item, and then of another that has other words of the same lengths."""
    count = 60 * settings().max_examples
    compared = 0
    for seed in range(count):
        random = Random(seed)  # noqa: S311
        text = shared_lines(random)
        if is_compared_by_lines(text):
            compared += 1
            words = str.maketrans("abcdefgh", "".join(random.sample("abcdefgh", 8)))
            assert is_compared_by_lines(text.translate(words))
    assert compared >= 0.1 * count


def test_letters_and_digits_are_all_the_same_to_the_grammar() -> None:
    """So that what it says of one item holds for one that has other words of these lengths."""
    matched = 0
    for seed in range(10 * settings().max_examples):
        random = Random(seed)  # noqa: S311
        text = mutated(random.choice(REAL), random) + "\n"
        if "\\" not in text:
            words = random.choices("aZ09eExXuUyYnN", k=len(text))
            other = "".join(
                word if character.isascii() and character.isalnum() else character
                for word, character in zip(words, text, strict=True)
            )
            assert matches(other, 0, len(text)) == matches(text, 0, len(text))
            matched += matches(text, 0, len(text))
    assert matched >= 3 * settings().max_examples


def test_the_grammar_matches_what_people_and_hosts_write() -> None:
    matched = sum(map(is_compared, REAL))
    assert matched >= 0.95 * sum(bool(text.strip()) for text in REAL)


def test_a_key_in_braces_may_lack_its_value() -> None:
    """Go reads it, PyYAML does not."""
    text = "metadata: {name: x, annotations:, labels: {a: b}}\nlist: [a,\n  b]\n"
    assert matches(text, 0, len(text))
    metadata = read_block(text, 0, len(text)).get("metadata")  # type: ignore[attr-defined]
    assert metadata.get("annotations").is_null
    assert metadata.get("labels").get("a").value == "b"


def outcome(
    text: str, by_lines: bool, function: Function = inject, spec: Any = None
) -> tuple[bytes, list[str]]:
    """What a run comes to that reads item by item, or the whole text by PyYAML."""
    resource_list = ResourceList(text, by_lines)
    results = function(resource_list, spec or {})
    resource_list.append_results(results)
    return resource_list.document.output, [str(result) for result in results]


@given(generated.lists(), randoms, st.lists(st.lists(st.sampled_from(LINES), max_size=6)))
def test_a_run_gives_the_same_with_either_reader(
    items: list[Any], random: Random, hostile: list[list[str]]
) -> None:
    texts = Style(random, random.random() < 0.3).items(items)
    for lines in hostile:
        text = "- " + "\n  ".join(lines or ["a: b"]) + "\n"
        texts.insert(random.randrange(len(texts) + 1), text)
    assert_same_outcome(LIST_HEAD + "".join(texts))


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
    head = {"apiVersion": "v1", "kind": "List"} if is_list else yaml.safe_load(LIST_HEAD)
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
        text = LIST_HEAD + "".join(texts)
    elif form == "stream":
        text = "---\n".join(text[2:].replace("\n  ", "\n") for text in texts)
    else:
        text = json.dumps({**yaml.safe_load(LIST_HEAD), "items": items})
    assert_same_outcome(text, *function)


def assert_same_outcome(text: str, function: Function = inject, spec: Any = None) -> None:
    try:
        exact = outcome(text, False, function, spec)
    except InputError:
        return
    assert outcome(text, True, function, spec) == exact


@given(generated.anything | generated.pods(), st.sampled_from((None, 2, "\t")), st.booleans())
def test_the_json_reader_gives_what_pyyaml_gives(
    data: Any, indent: int | str | None, ascii_only: bool
) -> None:
    text = json.dumps({"a": data}, indent=indent, ensure_ascii=ascii_only)
    root = read_json(text)
    is_folded = any(character in text for character in "\x85\u2028\u2029")
    assert (root is None) == is_folded  # YAML folds the line breaks that JSON does not know as such
    if root is None or not has_line_feeds_only(text):
        return
    try:
        exact = read_yaml(text)
    except InputError:
        return  # escaped surrogate pairs, DEL
    assert [tree(root)] == [tree(node) for node in exact]


@pytest.mark.parametrize(
    "item",
    [
        'a: "\n- kind: Other\n"\n',
        "a: 'x\n- kind: Other'\n",
        'a: "x \\\n- kind: Other"\n',
        "a: {b:\n- kind: Other\n}\n",
        "a: [\n- kind: Other\n]\n",
    ],
)
def test_a_line_in_a_quoted_scalar_or_flow_collection_is_no_item(item: str) -> None:
    text = LIST_HEAD + "- kind: Other\n  x:\n    " + item + "- kind: Other\n"
    try:
        read_yaml(text)
    except InputError:
        with pytest.raises(InputError):
            ResourceList(text).items(frozenset(("Other",)))
    else:
        first, second = ResourceList(text).items(frozenset(("Other",)))
        assert (first.place, second.place) == ("items[0]", "items[1]")


def test_what_stands_in_block_scalars_and_comments_is_harmless() -> None:
    script = 'data:\n  script: |\n    echo "open\n    [ -n "$x" ]\n    - kind: Pod\n'
    text = LIST_HEAD + "- kind: ConfigMap\n  " + script.replace("\n", "\n  ").rstrip(" ")
    text += '# it is "so\n- kind: Other\n  a: say "it\n'
    resource_list = ResourceList(text)
    assert resource_list.items(KINDS) == []
    assert str(resource_list.ways) == "items: 2 skipped, 0 quick, 0 exact"
