"""PyYAML, kubectl's reader and that of kustomize and kpt read what the writer writes as the same
data, in block style, in flow style and as JSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from modelserving_lws.results.errors import InputError
from modelserving_lws.yamltext.data import detached
from modelserving_lws.yamltext.nodes import Mapping, Scalar
from modelserving_lws.yamltext.read import read
from modelserving_lws.yamltext.write import block, block_data, block_value, flow, flow_data

if TYPE_CHECKING:
    from tests.judge.judge import Judge

# The second is of Python alone, and slow.
LOADERS = (yaml.CSafeLoader, yaml.SafeLoader)
# What a reader of YAML 1.1 or 1.2 takes for something else than a string, or for no scalar at all.
LONG = ("9" * 40, "-" + "9" * 400, "a" * 1030, "a b " * 300, "\u00e9" * 1030, "\x01" * 300)
ODD = (
    "", " ", "\t", "\n", "~", "null", "Null", "NULL", "y", "Y", "n", "N", "yes", "Yes", "no", "No",
    "on", "On", "off", "OFF", "true", "True", "FALSE", "tRue", "0", "-0", "+0", "1", "-1", "+1",
    "08", "0777", "0o7", "0O7", "0b1", "-0b1", "0x1F", "0X1f", "1_000", "1__0", "_1", "1_", "+",
    "-", ".", "..", "...", "---", "--- a", "... a", "---a", ".5", "-.5", "1.", "1.5", "1.5_0",
    "1e3", "1E3", "1e+3", "1.0e3", "1.0e+3", ".e3", "1:30", "190:20:30", "1:30.5", "-1:30", ".inf",
    "-.inf", "+.INF", ".nan", ".NaN", "inf", "nan", "Infinity", "2001-12-14", "2001-1-1",
    "2001-12-14T21:59:43", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43 Z", "12:30:45",
    "=", "<<", "<", "!", "!a", "!!str", "&a", "*a", "?", "? a", "?a", "a?", "a?b", "http://x/?a=1",
    ":", ": a", ":a", "a:", "a: b", "a:b", "a :b", "::", "a::", "-a", "- a", "--a", "a-", "a -",
    "#", "#a", "a#", "a #b", "a# b", "[", "]", "[]", "{", "}", "{}", "a]", "a}", ",", "a,b",
    "a, b", "|", ">", "|-", ">+", "|a", "@a", "`a", "%a", "'", "''", "'a'", "it's", '"', '""',
    '"a"', 'a"b', "\\", "\\n", "\\x41", "a\\", " a", "a ", "a\nb", "a\n", "\na", "a\n\nb\n",
    "a\tb", "\ta", "a\t", "a\rb", "a\r\nb", "\x00", "\x07", "\x1b[0m", "\x7f", "a\x85b",
    "a\u2028b", "a\u2029b", "\xa0", "\xad", "\u200b", "\u202e", "\ufeff", "a\ufeffb", "\ufffd",
    "\ufffe", "\uffff", "\ue000", "\U0001f600", "\U000e0001", "\U0010ffff", "\xe9", "1e400",
    "$(A)", "{{ a }}", "a=b", "a: 'b'", "key:\tvalue", "0.0.0.0:80", "10.0.0.1", "v1.2", "1.2.3",
    "32Gi", "100m",
    *LONG,
)  # fmt: skip
# Plain data and JSON have no `?`, which a longer key of YAML needs.
LONGEST_KEY = 1000
FRAGMENTS = st.lists(
    st.sampled_from((*ODD, *"abz019_-+.:?#,[]{}&*!|>'\"%@`=<~\\/ \t\n\r\x85\u2028\ufeff")),
    max_size=4,
).map("".join)
NUMBERS = st.from_regex(r"\A[-+]?[0-9_.:]{1,6}([eE][-+]?[0-9]{1,2})?[a-fxo0-9-]{0,4}\Z")
STRINGS = (
    FRAGMENTS
    | NUMBERS
    | st.text(st.characters(codec="utf-8"), max_size=20)
    | st.text(st.sampled_from("ab:?-.,[]{}#&*! '\"%@\\\t"), max_size=8)
)


def data_with(texts: list[str]) -> dict[str, Any]:
    """Data that has the texts wherever a scalar may stand."""
    keys: list[Any] = [{text: text, "a": {text: {text: 1}}} for text in texts]
    return {"a": texts, "b": [{"c": text, "d": [[text]]} for text in texts], "e": keys}


def check(judge: Judge, texts: list[str], loaders: tuple[Any, ...] = LOADERS) -> None:
    """All readers read the strings back, in every style."""
    data = data_with(texts)
    node = detached(data)
    written = [block(node, 0, ""), flow(node, "")]
    as_json = [flow(node, "", True), flow_data(data, True)]
    assert all(json.loads(it) == data for it in as_json)
    if all(len(json.dumps(text)) < LONGEST_KEY for text in texts):
        written += [*as_json, block_data(data, 0, 0), flow_data(data, False)]
    for it in written:
        assert_read(judge, it + "\n", data, loaders)
    assert_read(judge, f"k:{block_value(node, 0, '')}\n", {"k": data}, loaders)


def assert_read(judge: Judge, written: str, data: Any, loaders: tuple[Any, ...]) -> None:
    for loader in loaders:
        assert yaml.load(written, loader) == data, written  # noqa: S506 (both are safe)
    faults = judge.faults_of_text(written, [data])
    assert not faults, (written, faults)


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:20]))
def test_an_odd_string_is_read_back(judge: Judge, text: str) -> None:
    check(judge, [text])


@given(texts=st.lists(STRINGS, min_size=10, max_size=40))
def test_any_string_is_read_back(judge: Judge, texts: list[str]) -> None:
    check(judge, texts, LOADERS[:1])


def copies(source: str) -> list[tuple[str, str]]:
    """A text `k: SCALAR` as other texts that must mean the same. Empty where the text has none."""
    try:
        (root,) = read(source)
    except (InputError, ValueError):
        return []
    if not isinstance(root, Mapping) or len(root.pairs) != 1:
        return []
    node = root.pairs[0][1]
    if not isinstance(node, Scalar) or node.style or not node.value or source[node.end :].strip():
        return []
    return [
        ("block", f"k:{block_value(node, 0, source)}\n"),
        ("flow", f"{{k: {flow(node, source)}}}\n"),
        ("flow key", f"{{k: {flow(node, source)}, l: [1]}}\n"),
        ("json", f'{{"k": {flow(node, source, True)}}}\n'),
        ("list", f"k: {flow(node, source)}\n"),
    ]


def loaded(text: str, loader: Any) -> Any:
    try:
        return yaml.load(text, loader)  # noqa: S506 (both are safe)
    except (yaml.YAMLError, ValueError) as error:
        return type(error)


def check_copy(judge: Judge, text: str) -> bool:
    """Whether `k: text` is a plain scalar; its copies mean the same to each reader."""
    source = f"k: {text}\n"
    found = copies(source)
    for where, written in found:
        expected = source.replace("\n", "\nl: [1]\n") if where == "flow key" else source
        for loader in LOADERS:
            there, copied = loaded(expected, loader), loaded(written, loader)
            if isinstance(there, dict):
                assert repr(there) == repr(copied), (source, written)
        faults = judge.faults_of_run("", expected, written)
        assert not faults, (source, written, faults)
    return bool(found)


def test_odd_plain_scalars_mean_the_same_in_another_style(judge: Judge) -> None:
    assert sum(check_copy(judge, text) for text in ODD) > len(ODD) // 2


@given(texts=st.lists(STRINGS, min_size=10, max_size=20))
def test_any_plain_scalar_means_the_same_in_another_style(judge: Judge, texts: list[str]) -> None:
    assume(sum(check_copy(judge, text) for text in texts) > len(texts) // 3)
