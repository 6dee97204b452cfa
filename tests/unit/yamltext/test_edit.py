"""Edits of nodes: whole documents in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelserving_lws.results.errors import EditError
from modelserving_lws.yamltext.data import detached
from modelserving_lws.yamltext.edit import Document
from modelserving_lws.yamltext.nodes import Mapping, Node
from modelserving_lws.yamltext.read import read

if TYPE_CHECKING:
    from modelserving_lws.results.result import Data


def root_of(text: str) -> Mapping:
    root = read(text)[0]
    assert isinstance(root, Mapping)
    return root


def updated(text: str, data: dict[str, Data]) -> str:
    document = Document(text)
    document.update(root_of(text), data)
    return document.output.decode()


def rewritten(text: str, order: list[int | str]) -> str:
    """The list at `a` with these of its entries, and new ones by name."""
    document = Document(text)
    root = root_of(text)
    entries: list[int | Node] = [
        entry if isinstance(entry, int) else detached({"name": entry}) for entry in order
    ]
    document.rewrite(root, "a", entries)
    return document.output.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: b\n", "a: b\nk: v\n"),
        ("a: b", "a: b\nk: v"),
        ("a: b\r\n", "a: b\r\nk: v\r\n"),
        ("a: b\r\nc: d", "a: b\r\nc: d\r\nk: v"),
        ("a: b # c\n# below\n", "a: b # c\nk: v\n# below\n"),
        ("a: |\n  b\n\n\nc: |+\n  d\n\n# below\n", "a: |\n  b\n\n\nc: |+\n  d\n\nk: v\n# below\n"),
        ("a: |\n  b", "k: v\na: |\n  b"),
        ("# c\n  a: >\n    b", "# c\n  k: v\n  a: >\n    b"),
        ("a: >-\n  b", "a: >-\n  b\nk: v"),
        ("a:\n", "a:\nk: v\n"),
        ("a:", "a:\nk: v"),
        ("a:\n- b\n-\n", "a:\n- b\n-\nk: v\n"),
        ("? a\n: b\n", "? a\n: b\nk: v\n"),
        ("? a\n", "? a\nk: v\n"),
        ("{a: b}\n", "{a: b, k: v}\n"),
        ("{a: b,}\n", "{a: b, k: v,}\n"),
        ("{a, b: }\n", "{a, b: , k: v }\n"),
        ('{"a": 1}', '{"a": 1, "k": "v"}'),
        ('{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "k": "v"\n}\n'),
        ("é: ü # ö\n", "é: ü # ö\nk: v\n"),
        ("\ufeffa: \U0001f600\n", "\ufeffa: \U0001f600\nk: v\n"),
        ("--- # c\na: b\n...\n", "--- # c\na: b\nk: v\n...\n"),
        ("a: b\n---\nc: d\n", "a: b\nk: v\n---\nc: d\n"),
        ("a: 'b\n\n  c'\n", "a: 'b\n\n  c'\nk: v\n"),
        ("a: b\n  c\n", "a: b\n  c\nk: v\n"),
    ],
)
def test_adding_a_key_keeps_everything_else(before: str, after: str) -> None:
    assert updated(before, {"k": "v"}) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("k: old\n", "k: v\n"),
        ("k: 'old' # c\n", "k: v # c\n"),
        ("k:\n", "k: v\n"),
        ("k: # c\n", "k: v # c\n"),
        ("k: ~\n", "k: v\n"),
        ("k: |\n  old\n\na: b\n", "k: v\n\na: b\n"),
        ("k: !!str old\n", "k: v\n"),
        ("k: old\n  text\na: b\n", "k: v\na: b\n"),
        ("{k: old}", "{k: v}"),
        ("{k: , a: b}", "{k: v , a: b}"),
        ("{k, a: b}", "{k: v, a: b}"),
        ('{"k": null}', '{"k": "v"}'),
        ("? k\n: old\n", "? k\n: v\n"),
        ("k: &x old\na: *x\n", "k: v\na: old\n"),
        ("a: &x old\nk: *x\n", "a: &x old\nk: v\n"),
        ("a: &x {k: old}\n<<: *x\n", "a: &x {k: old}\n<<: *x\nk: v\n"),
    ],
)
def test_setting_a_key_keeps_everything_else(before: str, after: str) -> None:
    assert updated(before, {"k": "v"}) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("k: {}\n", "k:\n  a: '0'\n"),
        ("k: {} # c\n", "k: # c\n  a: '0'\n"),
        ("k:   {}\nz: y\n", "k:\n  a: '0'\nz: y\n"),
        ("k:\nz: y\n", "k:\n  a: '0'\nz: y\n"),
        ("k: null\n", "k:\n  a: '0'\n"),
        ("k:\n  # c\n  {}\n", "k:\n  # c\n  a: '0'\n"),
        ("x:\n  y: z\n", "x:\n  y: z\nk:\n  a: '0'\n"),
        ("k:\n    b: c\n", "k:\n    b: c\n    a: '0'\n"),
        ("k: {b: c}\n", "k: {b: c, a: '0'}\n"),
        ("k: &x {}\nz: *x\n", "k:\n  a: '0'\nz: {}\n"),
        ("z: &x {b: c}\nk: *x\n", "z: &x {b: c}\nk: {b: c, a: '0'}\n"),
        ("z: &x\n  b: c\nk: *x # d\n", "z: &x\n  b: c\nk: # d\n  b: c\n  a: '0'\n"),
        ("{k: {}}", "{k: {a: '0'}}"),
        ("{k: null}", "{k: {a: '0'}}"),
        ('{"k": {}}', '{"k": {"a": "0"}}'),
    ],
)
def test_setting_a_key_below_keeps_everything_else(before: str, after: str) -> None:
    assert updated(before, {"k": {"a": "0"}}) == after.replace("'", '"')


def test_equal_values_are_no_edit() -> None:
    text = "k: 'v' # c\nm: {a: \"0\"}\n"
    assert updated(text, {"k": "v", "m": {"a": "0"}}) == text


@pytest.mark.parametrize(
    ("before", "order", "after"),
    [
        ("a:\n- x\n- y\n", ["new", 0, 1], "a:\n- name: new\n- x\n- y\n"),
        ("a: # c\n  # d\n  - x\n", ["new", 0], "a: # c\n  - name: new\n  # d\n  - x\n"),
        ("a: &e\n    - x\n", ["new", 0], "a: &e\n    - name: new\n    - x\n"),
        ("a: !!seq\n- x\n", ["new", 0], "a: !!seq\n- name: new\n- x\n"),
        ("a:\n  &e\n  - x\n", ["new", 0], "a:\n  &e\n  - name: new\n  - x\n"),
        ("? a\n: - x\n  - y\n", ["new", 0, 1], "? a\n: - name: new\n  - x\n  - y\n"),
        ("? a\n# c\n:\n- x\n", ["new", 0], "? a\n# c\n:\n- name: new\n- x\n"),
        ("a:\n- x # c\n# d\n- y\n", [0, "new", 1], "a:\n- x # c\n- name: new\n# d\n- y\n"),
        ("a:\n- x\n- y", [0, 1, "new"], "a:\n- x\n- y\n- name: new"),
        ("a:\n- {b: c}\n", ["new", 0], "a:\n- {name: new}\n- {b: c}\n"),
        ("a:\n- x\n- y\n- z\n", [0, 2], "a:\n- x\n- z\n"),
        ("a:\n- x\n# c\n- y: 1 # d\n  e: 2\n\n- z\n", [0, 2], "a:\n- x\n# c\n\n- z\n"),
        ("a:\n- x\n- y", [0], "a:\n- x"),
        ("? a\n: - x\n  - y\n", ["new", 1], "? a\n: - name: new\n  - y\n"),
        ("? a\n: - x\n  - y\n  - z\n", [2], "? a\n: - z\n"),
        ("? a\n: - x\n  - y\n", ["new"], "? a\n: - name: new\n  \n"),
        ("a:\n- |\n  x\n- y\n  # c\n# d\n- z\n", [0, 2], "a:\n- |\n  x\n# d\n- z\n"),
        ("a:\n- |+\n  x\n- y\n\n- z\n", [0, 2], "a:\n- |+\n  x\n- z\n"),
        ("a: [x, y]\n", ["new", 0, 1], "a: [{name: new}, x, y]\n"),
        ("a: [ x, y ]\n", [0, "new", 1], "a: [ x, {name: new}, y ]\n"),
        ("a: [x, y]\n", [0, 1, "new"], "a: [x, y, {name: new}]\n"),
        ("a: [x, y, z]\n", [1], "a: [y]\n"),
        ("a: [x, y, z]\n", [0], "a: [x]\n"),
        ("a: [x, y, z]\n", [0, 2], "a: [x, z]\n"),
        ("a: [x, y, ]\n", ["new", "more"], "a: [{name: new}, {name: more}]\n"),
        ("a: [x, y]\n", [0, "new"], "a: [x, {name: new}]\n"),
        (
            '{"a": [\n  1,\n  2\n]}\n',
            ["new", 0, 1],
            '{"a": [\n  {\n    "name": "new"\n  },\n  1,\n  2\n]}\n',
        ),
        ("a: &e [x]\nb: *e\n", ["new", 0], "a: &e [{name: new}, x]\nb: [x]\n"),
        ("b: &e [x]\na: *e\n", ["new", 0], "b: &e [x]\na: [{name: new}, x]\n"),
        ("a:\n- &e x\n- y\nb: *e\n", [1], "a:\n- y\nb: x\n"),
        ("b: &e x\na:\n- c: *e\n- y\n", [1], "b: &e x\na:\n- y\n"),
    ],
)  # fmt: skip
def test_rewriting_a_list_keeps_what_stays(before: str, order: list[int | str], after: str) -> None:
    assert rewritten(before, order) == after


@pytest.mark.parametrize(
    ("before", "order"),
    [("a:\n- x\n- |\n  y", [0, 1, "new"])],
)
def test_what_can_not_be_kept_is_refused(before: str, order: list[int | str]) -> None:
    with pytest.raises(EditError, match="must end in a line break"):
        rewritten(before, order)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x: 1\nk: 2\nl: 3\n", "x: 1\n"),
        ("k: 2 # c\n# d\nx: 1\n", "# d\nx: 1\n"),
        ("x: 1\n# c\nk:\n- a # d\n# e\n- b\n# f\n", "x: 1\n# c\n# f\n"),
        ("x: 1\r\nk: 2\r\ny: 3", "x: 1\r\ny: 3"),
        ("x: 1\nk: 2", "x: 1"),
        ("x: |\n  a\nk: 2\n\n  # c\ny: 3\n", "x: |\n  a\ny: 3\n"),
        ("? k\n: 2\nx: 1\n", "x: 1\n"),
        ("x: 1\n? k\n: 2\n", "x: 1\n"),
        ("{k: 2, x: 1}", "{x: 1}"),
        ("{x: 1, k: 2}", "{x: 1}"),
        ("{x: 1, k: 2, l: 3,}", "{x: 1,}"),
        ("{k: 2, l: 3, x: 1}", "{x: 1}"),
        ("{k: 2, x: 1, l: 3}", "{x: 1}"),
        ('{\n  "x": 1,\n  "k": 2,\n  "y": 3,\n  "l": 4\n}\n', '{\n  "x": 1,\n  "y": 3\n}\n'),
        ("k: &a 2\nx: *a\n", "x: 2\n"),
        ("x: &a [1]\nk: [*a]\n", "x: &a [1]\n"),
        ("k: &a {b: &b 1}\nx: *b\ny: *a\n", "x: 1\ny: {b: 1}\n"),
    ],
)
def test_removing_keys_keeps_everything_else(before: str, after: str) -> None:
    document = Document(before)
    document.remove(root_of(before), ("k", "l"))
    assert document.output.decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("? a\n: k: 2\n  # c\n  l: 3\n  x: 1\n", "? a\n: x: 1\n"),
        ("? a\n: k: 2\n  x: 1\n  l: 3\n", "? a\n: x: 1\n"),
    ],
)
def test_removing_keys_that_start_in_mid_line_keeps_the_others(before: str, after: str) -> None:
    document = Document(before)
    document.remove(document.own_mapping(root_of(before), "a"), ("k", "l"))
    assert document.output.decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n  k: 2\n  # c\n  l: 3 # d\n", "a:\n  # c\n  m: v\n"),
        ("? a\n: k: 2 # c\n", "? a\n:  # c\n  m: v\n"),
        ("? a\n: k: |\n    b\n", "? a\n: \n  m: v\n"),
    ],
)
def test_all_keys_may_go_where_others_come(before: str, after: str) -> None:
    document = Document(before)
    mapping = document.own_mapping(root_of(before), "a")
    document.remove(mapping, ("k", "l"))
    document.update(mapping, {"m": "v"})
    assert document.output.decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n  b: c\n", "a:\n  k: v\n  b: c\n"),
        ("a: # c\n  # d\n  b: c\n", "a: # c\n  k: v\n  # d\n  b: c\n"),
        ("a:\r\n    b: c", "a:\r\n    k: v\r\n    b: c"),
        ("a: &x !!map # c\n  b: c\nd: *x\n", "a: &x !!map # c\n  k: v\n  b: c\nd:\n  b: c\n"),
        ("? a\n:\n  b: c\n", "? a\n:\n  k: v\n  b: c\n"),
        ("? a\n: b: c\n", "? a\n: k: v\n  b: c\n"),
        ("{a: {b: c}}", "{a: {k: v, b: c}}"),
        ('{"a": {\n  "b": 1}}', '{"a": {\n  "k": "v",\n  "b": 1}}'),
        ("x: &x {b: c}\na: *x\n", "x: &x {b: c}\na: {b: c, k: v}\n"),
        ("x: &x {a: {b: c}}\n<<: *x\n", "x: &x {a: {b: c}}\n<<: *x\na: {b: c, k: v}\n"),
    ],
)
def test_adding_a_key_first_keeps_everything_else(before: str, after: str) -> None:
    document = Document(before)
    document.add_first(root_of(before), "a", {"k": "v"})
    assert document.output.decode() == after


@pytest.mark.parametrize("before", ["? k\n", "a: b\n? k\nc: d\n"])
def test_a_key_without_a_colon_is_refused(before: str) -> None:
    with pytest.raises(EditError, match="must have a `:`"):
        updated(before, {"k": "v"})


def test_rollback_takes_back_all_since_the_mark() -> None:
    text = "a: &x {b: c}\nd: *x\ne: {<<: *x}\n"
    document = Document(text)
    root = root_of(text)
    document.update(document.own_mapping(root, "a"), {"new": "1"})
    once = document.output
    document.mark()
    document.update(document.own_mapping(root, "d"), {"new": "2"})
    document.update(document.own_mapping(root, "a"), {"more": "3"})
    document.own_mapping(root, "e")
    assert document.output != once
    document.rollback()
    assert document.output == once == b'a: &x {b: c, new: "1"}\nd: {b: c}\ne: {<<: {b: c}}\n'


def test_what_is_written_out_means_the_same() -> None:
    text = (
        "a: &x\n  'q': 'it''s'\n  n: 0x1f\n  t: !t v\n  e:\n  m: |\n    two\n    lines\n"
        "  f: [1, {? [k] : v}]\n  ? - c\n  : d\n  p: a\n    b\nb:\n- *x # c\nc: {d: *x}\n"
    )
    document = Document(text)
    document.update(document.own_mapping(root_of(text), "a"), {"z": "1"})
    assert document.output.decode() == text.replace("    b\nb:", '    b\n  z: "1"\nb:').replace(
        "- *x # c\nc: {d: *x}\n",
        "- 'q': 'it''s'\n  n: 0x1f\n  t: !t \"v\"\n  e: null\n"
        '  m: "two\\nlines\\n"\n  f: [1, {? [k] : v}]\n  ? [c]\n  : d\n  p: a b # c\n'
        "c: {d: {'q': 'it''s', n: 0x1f, t: !t \"v\", e: null, m: \"two\\nlines\\n\", "
        "f: [1, {? [k] : v}], ? [c] : d, p: a b}}\n",
    )
