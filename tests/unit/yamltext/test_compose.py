"""Edits of edited text as edits of the first text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from modelserving_lws.yamltext.compose import compose

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelserving_lws.yamltext.compose import Edits

TEXT = "abcdefgh"


def applied(text: str, edits: Edits) -> str:
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    return text


@st.composite
def edits_of(draw: Callable[[st.SearchStrategy[list[int]]], list[int]], length: int) -> Edits:
    """Edits that ascend and do not overlap."""
    places = sorted(draw(st.lists(st.integers(0, length), max_size=6)))
    new = iter("UVWXYZ")
    pairs = zip(places[::2], places[1::2], strict=False)
    return [(start, end, next(new) * (end % 3)) for start, end in pairs]


def test_an_example() -> None:
    assert compose(5, [(2, 3, "x y")], [(4, 5, "z")]) == [(2, 3, "x z")]


def test_edits_side_by_side_stay_two() -> None:
    assert compose(8, [(1, 2, "X")], [(5, 6, "Y")]) == [(1, 2, "X"), (5, 6, "Y")]


@given(st.data())
def test_both_give_what_one_after_the_other_gives(data: st.DataObject) -> None:
    first = data.draw(edits_of(len(TEXT)))
    between = applied(TEXT, first)
    second = data.draw(edits_of(len(between)))
    both = compose(len(TEXT), first, second)
    assert applied(TEXT, both) == applied(between, second)
    places = [place for start, end, _ in both for place in (start, end)]
    assert places == sorted(places)
