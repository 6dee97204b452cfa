"""Patterns of selectors, as kustomize takes them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelserving_lws.kustomize.selectors import followed, matches, selects_kind
from modelserving_lws.yamltext.read import read


@pytest.mark.parametrize(
    ("pattern", "text", "does"),
    [
        (None, "chat", True),
        ("", "chat", True),
        ("chat", "chat", True),
        ("chat", "chat-2", False),
        ("^chat$", "chat", True),
        ("chat-.*", "chat-", True),
        ("chat-.+", "chat-", False),
        (".*-prefill", "wide-ep-prefill", True),
        (".*-prefill", "wide-ep-decode", False),
        ("c.at", "chat", True),
        (r"a\.b", "a.b", True),
        (r"a\.b", "axb", False),
        ("a|chat|b", "chat", True),
        ("a|b", "chat", False),
        ("ch[ae]t", "none", True),  # what is not simple may match
        ("(a*)*b", "a" * 40, True),
    ],
)
def test_a_pattern(pattern: str | None, text: str, does: bool) -> None:
    assert matches(pattern, text) is does


@given(st.text("ab.*|-", min_size=1, max_size=8), st.text("ab-", max_size=6))
def test_simple_patterns_match_as_regular_expressions_do(pattern: str, text: str) -> None:
    try:
        expected = re.fullmatch(f"(?:{pattern})", text) is not None
    except re.error:
        expected = True
    if expected:
        assert matches(pattern, text)
    elif not re.search(r"[^.][*]|^[*]|[*][*]", pattern):
        assert not matches(pattern, text) or pattern == text


def test_a_long_pattern_of_many_wildcards_takes_no_time() -> None:
    assert not matches(".*a" * 300 + "c", "a" * 253 + "b")


@pytest.mark.parametrize(
    ("selector", "new"),
    [
        ("{kind: LeaderWorkerSet}", {"kind": "ModelServing"}),
        ("{kind: LeaderWorkerSet|Deployment}", {"kind": "ModelServing|Deployment"}),
        (
            "{group: leaderworkerset.x-k8s.io, version: v1, name: a}",
            {"group": "workload.serving.volcano.sh", "version": "v1alpha1"},
        ),
        (
            r"{group: 'leaderworkerset\.x-k8s\.io'}",
            {"group": r"workload\.serving\.volcano\.sh"},
        ),
        ("{name: a}", {}),
    ],
)
def test_a_selector_follows(selector: str, new: dict[str, str]) -> None:
    (node,) = read(selector)
    assert selects_kind(node)
    assert followed(node) == new


@pytest.mark.parametrize("selector", ["{kind: Deployment}", "{group: apps}", "{version: v2}"])
def test_a_selector_of_something_else(selector: str) -> None:
    (node,) = read(selector)
    assert not selects_kind(node)
