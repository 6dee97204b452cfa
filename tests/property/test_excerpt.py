"""The text of a node means the same in another place, and keeps its comments."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelserving_lws.results.errors import InputError
from modelserving_lws.yamltext.edit import Document
from modelserving_lws.yamltext.excerpt import excerpt, field, indented
from modelserving_lws.yamltext.nodes import Collection, Mapping, Node, Scalar, Sequence, resolve
from modelserving_lws.yamltext.read import read
from tests.property import items as generated
from tests.property.styles import Style
from tests.property.test_yaml_suite import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

randoms = st.randoms(use_true_random=True)


def meaning(node: Node) -> Any:
    """What a node says, aliases and merge keys resolved; the own tag of a collection comes last."""
    node = resolve(node)
    if isinstance(node, Scalar):
        tag = None if node.is_string else node.tag
        return None if node.is_null else (node.value, node.is_string, tag)
    tag = None if node.tag in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq") else node.tag
    if isinstance(node, Sequence):
        return [*map(meaning, node.entries), tag]
    assert isinstance(node, Mapping)
    pairs = list(node.fields().values()) if node.merged() else node.pairs
    found = [(meaning(key), meaning(value)) for key, value in pairs]
    # What a merge key brings stands where it stood, or behind.
    return [*sorted(found, key=repr), tag]


def collections(node: Node) -> Iterator[Collection]:
    """All collections of a document, each at its place in the text."""
    if isinstance(node, Mapping):
        yield node
        for pair in node.pairs:
            yield from (found for child in pair for found in collections(child))
    elif isinstance(node, Sequence):
        yield node
        for entry in node.entries:
            yield from collections(entry)


def check(document: Document, text: str, node: Node) -> None:
    """An excerpt, at column 0 and to the right, and further to the right."""
    assert text.endswith("\n")
    wanted = meaning(node)[:-1]
    assert meaning(read(text)[0])[:-1] == wanted
    moved = read("a:\n- b:\n" + indented(text, 6))[0]
    assert isinstance(moved, Mapping)
    inner = moved.pairs[0][1]
    assert isinstance(inner, Sequence)
    inner = inner.entries[0]
    assert isinstance(inner, Mapping)
    assert meaning(inner.pairs[0][1])[:-1] == wanted
    assert document.output.decode() == document.source


@given(generated.anything, randoms, st.booleans())
def test_any_node(data: Any, random: Random, shares: bool) -> None:
    style = Style(random, shares)
    text = "".join(style.items([[data, {"a": data, "b": [data]}], data]))
    if random.random() < 0.2:
        text = text.replace("\n", "\r\n")
    if random.random() < 0.2:
        text = text.removesuffix("\n").removesuffix("\r")
    document = Document(text)
    (root,) = read(text)
    found = list(collections(root))
    for node in found:
        check(document, excerpt(document, node), node)
    if "*" not in text and text.endswith("\n"):
        whole = excerpt(document, found[0])
        written = re.sub("&a[0-9]+", "", text)
        assert "".join(whole.split()) == "".join(written.split())


@given(generated.anything, randoms, st.booleans())
def test_any_field(data: Any, random: Random, shares: bool) -> None:
    style = Style(random, shares)
    text = "".join(style.items([{"a": data, "b": {"a": data, "c": [data]}, "d": data}]))
    document = Document(text)
    (root,) = read(text)
    for node in collections(root):
        for name in node.fields() if isinstance(node, Mapping) else ():
            assert isinstance(node, Mapping)
            written = read(field(document, node, name, "new"))[0]
            assert isinstance(written, Mapping)
            (pair,) = written.pairs
            value = node.get(name)
            assert value is not None
            assert meaning(pair[1]) == meaning(value)


@pytest.mark.parametrize("text", CASES.values(), ids=list(CASES))
def test_a_case_of_the_yaml_test_suite(text: str) -> None:
    with suppress(InputError):
        document, roots = Document(text), read(text)
        for root in roots:
            for node in collections(root):
                check(document, excerpt(document, node), node)


def test_what_follows_a_merge_that_ends_in_a_block_scalar_moves_with_it() -> None:
    text = """\
a: &a {x: y}
b:
    c:
        <<: *a
        <<: *a
        x: |-
            z
    d: e
"""
    document = Document(text)
    root = read(text)[0]
    assert isinstance(root, Mapping)
    assert field(document, root, "b") == 'b:\n    c:\n        x: "z"\n    d: e\n'
    inner = root.get("b")
    assert isinstance(inner, Mapping)
    assert excerpt(document, inner) == 'c:\n    x: "z"\nd: e\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# a\n? k # b\n# c\n:  - d # e\n   - f\n", "# a\n# b\n# c\nk:\n   - d # e\n   - f\n"),
        ("? k # a\n: v # b\n", "# a\nk: v # b\n"),
        ("? k # a\n: 'v\n  w' # b\n", "# a\nk: 'v\n  w' # b\n"),
        ("? k # a\n: |+ # b\n  v\n\n", "# a\nk: |+ # b\n  v\n\n"),
        ("? k # a\n: # b\n  v: w\n  # c\n", "# a\nk: # b\n  v: w\n  # c\n"),
        ("? k # a\n: # b\n  *x # c\n", "# a\nk: # b # c\n  y: z\n"),
        ("? k # a\n:  <<: *x # b\n   y: v\n", "# a\nk:\n   # b\n   y: v\n"),
        ("k: # a\n  <<: *x\n   # b\n  y: v\n", "k: # a\n  # b\n  y: v\n"),
        ("k: # a\n  <<: *x\n  y: v # b\n", "k: # a\n  y: v # b\n"),
        ("k: # a\n  y: v\n  <<: *x # b\n  # c\n", "k: # a\n  y: v\n  # b\n  # c\n"),
        ("k: # a\n  y: |+\n    v\n\n  <<: *x\n\n  # b\n", "k: # a\n  y: |+\n    v\n\n  # b\n"),
    ],
)
def test_the_comments_of_explicit_keys_and_of_merges_that_bring_nothing_stay(
    before: str, after: str
) -> None:
    text = f"x: &x\n  y: z\n{before}"
    document, (root,) = Document(text), read(text)
    assert isinstance(root, Mapping)
    assert field(document, root, "k") == after
    value, (written,) = root.get("k"), read(after)
    assert isinstance(written, Mapping)
    assert value is not None
    assert meaning(written.pairs[0][1]) == meaning(value)


@pytest.mark.parametrize("header", ["|", "|+", ">2", ">2+", ">+2", "|-", ">2-"])
def test_a_block_scalar_that_the_text_ends_in_keeps_its_style(header: str) -> None:
    text = f"a:\n  k: &x {header} # b\n    v"
    document, (root,) = Document(text), read(text)
    assert isinstance(root, Mapping)
    style = header[0] + "-" + header[1:].strip("+") if "-" not in header else header
    assert excerpt(document, root.pairs[0][1]) == f"k: {style} # b\n  v\n"
    check(document, excerpt(document, root), root)


def test_a_key_that_is_nothing_but_an_anchor_becomes_null() -> None:
    text = "a:\n- &x : b\n  c: d\n"
    document, (root,) = Document(text), read(text)
    check(document, excerpt(document, root), root)
    assert excerpt(document, root) == "a:\n- null : b\n  c: d\n"
