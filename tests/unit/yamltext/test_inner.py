"""YAML texts inside of scalars."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelserving_lws.yamltext.edit import Document
from modelserving_lws.yamltext.inner import put_back, put_back_shared, respelled, set_text
from modelserving_lws.yamltext.nodes import Mapping, Scalar, Sequence
from modelserving_lws.yamltext.read import read

INNER = "a: 1\n\nb:\n- x\n- y # c\n"


def edited(text: str, name: str = "patch") -> str:
    """The text after the inner text's `a` became 2 and an entry went."""
    document, (root,) = Document(text), read(text)
    assert isinstance(root, Mapping)
    scalar = root.get(name)
    assert isinstance(scalar, Scalar)
    inner, (top,) = Document(scalar.value), read(scalar.value)
    assert isinstance(top, Mapping)
    set_text(inner, top, "a", "2")
    inner.rewrite(top, "b", [{"z": "1"}, 1])
    put_back(document, root, name, inner)
    return document.output.decode()


def test_a_block_scalar_keeps_the_lines_that_have_no_edit() -> None:
    text = "patch: |- # head\n    a: 1\n \n    b:\n    - x\n    - y # c\n\nother: 1\n"
    assert edited(text) == (
        'patch: |- # head\n    a: 2\n \n    b:\n    - z: "1"\n    - y # c\n\nother: 1\n'
    )


@pytest.mark.parametrize("head", ["|", "|-"])
def test_what_is_added_at_the_end_has_no_blank_line_behind(head: str) -> None:
    text = f"patch: {head}\n  - a\nother: 1\n"
    document, (root,) = Document(text), read(text)
    assert isinstance(root, Mapping)
    scalar = root.get("patch")
    assert isinstance(scalar, Scalar)
    inner = Document(scalar.value)
    inner.put(len(inner.text), len(inner.text), "- b\n")
    put_back(document, root, "patch", inner)
    assert document.output.decode() == f"patch: {head}\n  - a\n  - b\nother: 1\n"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("patch: 'a: 1\n\n  b: [x, y]'\n", 'patch: "a: 2\\nb: [{z: \\"1\\"}, y]"\n'),
        ("patch: '{a: 1, b: [x, y]}'\n", "patch: '{a: 2, b: [{z: \"1\"}, y]}'\n"),
        ('patch: "{a: 1, b: [x, y]}" # c\n', 'patch: "{a: 2, b: [{z: \\"1\\"}, y]}" # c\n'),
        ("{patch: '{a: 1, b: [x, y]}'}\n", "{patch: '{a: 2, b: [{z: \"1\"}, y]}'}\n"),
        (
            "patch: >\n  {a: 1,\n  b: [x, y]}\no: 1\n",
            'patch: "{a: 2, b: [{z: \\"1\\"}, y]}\\n"\no: 1\n',
        ),
    ],
)
def test_other_styles_are_written_anew(text: str, after: str) -> None:
    assert edited(text) == after


@given(
    st.lists(st.sampled_from(("a: 1", "b: 2", "", "  ", "# c")), max_size=6),
    st.sampled_from(("|", "|-", "|+")),
    st.integers(1, 4),
    st.sampled_from(("\n", "\n\nend: 1\n", "")),
    st.booleans(),
)
def test_any_lines(lines: list[str], head: str, indent: int, end: str, at_the_end: bool) -> None:
    """An entry that goes, and one that is added: the value is what the inner document gives."""
    body = [f"- {line}" if line[:1].isalpha() else line for line in ["a: 0", *lines, "a: x"]]
    text = f"patch: {head}\n" + "\n".join(" " * indent + line for line in body) + end
    document, (root,) = Document(text), read(text)
    assert isinstance(root, Mapping)
    scalar = root.get("patch")
    assert isinstance(scalar, Scalar)
    inner, (top,) = Document(scalar.value), read(scalar.value)
    assert isinstance(top, Sequence)
    entry = top.entry(top.count - 1 if at_the_end else 0)
    place = inner.below(entry)
    inner.put(place, place, "- new:\n    z\n")
    assert isinstance(entry, Mapping)
    first = entry.pairs[0][1]
    inner.put(first.start, first.end, "changed")
    put_back(document, root, "patch", inner)
    after = yaml.safe_load(document.output.decode())
    assert yaml.safe_load(after["patch"]) == yaml.safe_load(inner.output.decode())
    assert after["patch"].strip() == inner.output.decode().strip()
    assert after.get("end") == (1 if "end" in end else None)


SHARED = "a: &x |-\n  k: 1\nb: *x\nc: *x # c\nd: [*x]\n"


def shared(text: str, *names: str) -> str:
    """The text after the inner texts at these keys changed."""
    document, (root,) = Document(text), read(text)
    assert isinstance(root, Mapping)
    scalar = root.get("a")
    assert isinstance(scalar, Scalar)
    inners = {}
    for name in names:
        inner, (top,) = Document(scalar.value), read(scalar.value)
        assert isinstance(top, Mapping)
        set_text(inner, top, "k", "2")
        inners[root.pairs["abc".index(name)][1]] = inner
    assert put_back_shared(document, scalar, inners)  # type: ignore[arg-type]
    return document.output.decode()


@pytest.mark.parametrize(
    ("names", "after"),
    [
        ("abc", 'a: &x |-\n  k: 2\nb: *x\nc: *x # c\nd: ["k: 1"]\n'),
        ("a", 'a: &x |-\n  k: 2\nb: |-\n  k: 1\nc: |- # c\n  k: 1\nd: ["k: 1"]\n'),
        ("b", "a: &x |-\n  k: 1\nb: |-\n  k: 2\nc: *x # c\nd: [*x]\n"),
    ],
)
def test_aliases_that_come_to_the_same_stay(names: str, after: str) -> None:
    assert shared(SHARED, *names) == after


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ("k: /spec/a", "/spec/b/0", "k: /spec/b/0"),
        ("k: a.[n=x].b", "c.[n=x].b", "k: c.[n=x].b"),
        ("k: a", "a[]", 'k: "a[]"'),
        ("k: '1'", "2", "k: '2'"),
        ('k: "a"', 'b"', 'k: "b\\""'),
        ("k: 4", "3", "k: 3"),
    ],
)
def test_a_scalar_keeps_its_style(text: str, value: str, after: str) -> None:
    (root,) = read(text)
    assert isinstance(root, Mapping)
    scalar = root.get("k")
    assert isinstance(scalar, Scalar)
    start, end, written = respelled(text, scalar, value)
    assert text[:start] + written + text[end:] == after
    assert yaml.safe_load(after) == {"k": yaml.safe_load(after.partition(": ")[2])}
