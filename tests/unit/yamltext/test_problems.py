"""What the program says of a text that is no YAML, by both of PyYAML's parsers."""

from __future__ import annotations

import pytest
import yaml

from modelserving_lws.results.errors import InputError
from modelserving_lws.yamltext import events
from tests.messages import text_of

KEY = "expected a key of the mapping that begins at {}: check the indentation and the quotes"
CLOSE = "the `{}` at {} is not closed, or a comma is missing"
QUOTE = "the quote that opens at {} is not closed"
BEHIND = "text behind a quote that closes here; it opens at {}"
TAB = "a tab, where YAML takes spaces alone"
# A text, where the parser stops, and what the program says.
CASES = [
    ('a: 1\nb: "x\nc: 2\nd: 3\n', (5, 1), QUOTE.format("line 2, column 4")),
    ('a: 1\nb: "x\n---\na: b\n', (3, 1), QUOTE.format("line 2, column 4")),
    ("a: 1\nb: 'x\nc: it's\n", (3, 7), BEHIND.format("line 2, column 4")),
    ('a:\n- b: "x\n  c: "y"\n- d\n', (3, 7), BEHIND.format("line 2, column 6")),
    ('a: {b: "1, c: 2}\nd: "e"\n', (2, 5), BEHIND.format("line 1, column 8")),
    ('a: "b" c\n', (1, 8), KEY.format("line 1, column 1")),
    ("a: 1\nb: {c: 1\nd: 2\ne: 3\n", (3, 2), CLOSE.format("{", "line 2, column 4")),
    ("a: 1\nb: [c, 1\n", (3, 1), CLOSE.format("[", "line 2, column 4")),
    ("a: [b]]\n", (1, 7), KEY.format("line 1, column 1")),
    ("a:\n\tb: 1\n", (2, 1), TAB),
    ("a: |\n\tb: 1\n", (2, 1), TAB),
    ("a: @b\n", (1, 4), 'a value must not begin with "@": quote it'),
    ("a: b: c\n", (1, 5), "a `:` behind a value: quote one that has `: ` in it"),
    ("a: 1\nb\nc: 1\n", (3, 1), "the key at line 2, column 1 has no colon"),
    ("a:\n   b: 1\n  c: 1\n", (3, 3), KEY.format("line 1, column 1")),
    (
        "a:\n  - b\n  c: d\n",
        (3, 3),
        "expected an entry of the list that begins at line 2, column 3: check the indentation",
    ),
]
# Texts that a chart has, but one line of which is another matter.
TEMPLATES = [
    ("a: b\n{{- if .c }}\nd: e\n", True),
    ("a:\n  {{- toYaml .b | nindent 2 }}\n", True),
    ("{{ if .b }}\na: b\n", True),
    ("{{/* c */}}\na: b\n", True),
    ('a: "{{ .b }}"\nc:\n\td: e\n', False),
    ('"{{ .b }}"\na: b\n', False),
]


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_Events", getattr(yaml, request.param))


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize(("text", "place", "problem"), CASES)
def test_a_problem_is_told_in_words(text: str, place: tuple[int, int], problem: str) -> None:
    with pytest.raises(InputError) as raised:
        events.read_yaml(text)
    error = raised.value
    assert (error.line, error.column) == place
    assert error.message == text_of("not-yaml", problem=problem)


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize(("text", "is_template"), TEMPLATES)
def test_a_template_is_named_where_it_is_what_is_no_yaml(text: str, is_template: bool) -> None:
    with pytest.raises(InputError) as raised:
        events.read_yaml(text)
    assert raised.value.id == ("helm-template" if is_template else "not-yaml")
