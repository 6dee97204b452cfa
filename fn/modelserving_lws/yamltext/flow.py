"""Flow collections to nodes, of what all YAML readers take for the same: quoted scalars on a line,
plain ones without quotes in them, pairs in braces, and what lies within; comments and line breaks
between. A pair may lack its value, `{a:, b: c}`, which Go reads and PyYAML refuses.
"""

from __future__ import annotations

from functools import lru_cache

from .folded import unquoted
from .lines import DOUBLE, FLOW_PLAIN, OUTDENTED, SINGLE
from .nodes import LONG, MAX_DEPTH, Collection, LongScalar, Mapping, Node, Scalar, Sequence
from .patterns import compiled

# By the number of the last group: 1 opens, 2 closes, 3 closes and has a comma, 4 is a scalar, 5 a
# key, 6 a scalar and a comma, 7 a comma, 8 is none of these. That ends the search for a token.
_TOKEN = compiled(
    r"(?:[ \n]++(?:#[^\n]*+)?)*+(?:([\[{])|([]}])(,)?|"
    rf"({DOUBLE}|{SINGLE}|{FLOW_PLAIN})(?:(:)(?=[ \n,])|(,))?|(,)|((?s:.)))"
)
# What may come next: an entry or a key, what follows a colon, a comma.
_ITEM, _VALUE, _END = range(3)


@lru_cache(1)  # what a grammar has looked at is read next
def read_flow(text: str, start: int, limit: int, column: int) -> Node | None:
    """The flow collection that starts here, the value of a key or dash at this column: its further
    lines must be right of that. None where it is to be left to PyYAML.
    """
    above: list[tuple[Collection, list[Node], bool]] = []
    children: list[Node] = []
    is_mapping, due, position = False, _ITEM, start
    for match in _TOKEN.finditer(text, start, limit):
        end = match.end()
        kind = match.lastindex or 0
        if kind == 8 or not (above or kind == 1):
            return None
        if kind > 3 and kind < 7:
            if due != (_VALUE if is_mapping and kind != 5 else _ITEM):
                return None
            if kind == 5 and not is_mapping:
                return None
            begin, stop = match.span(4)
            style = text[begin]
            if style in "\"'":
                value = unquoted(text[begin:stop], style)
            else:
                style, value = "", text[begin:stop]
            made = Scalar if stop - begin <= LONG else LongScalar
            children.append(made(begin, stop, value, style))
            due = _END if kind == 4 else _VALUE if kind == 5 else _ITEM
        elif kind == 1:
            if due != (_VALUE if is_mapping else _ITEM) or len(above) > MAX_DEPTH:
                return None
            opens, was_mapping = end - 1, is_mapping
            is_mapping, due = text[opens] == "{", _ITEM
            made_collection = Mapping if is_mapping else Sequence
            above.append((made_collection(opens, opens, True), children, was_mapping))
            children = []
        else:
            if due == _VALUE:
                children.append(Scalar(position, position, "", ""))
            elif due == _ITEM and kind == 7:
                return None
            due = _ITEM
            if kind != 7:
                closes = match.end(2)
                if (text[closes - 1] == "}") != is_mapping:
                    return None
                collection, siblings, is_mapping = above.pop()
                collection.fill(children, closes)
                if not above:
                    return None if _goes_left(text, start, closes, column) else collection
                siblings.append(collection)
                children, due = siblings, _ITEM if kind == 3 else _END
        position = end
    return None


def _goes_left(text: str, start: int, end: int, column: int) -> bool:
    """Whether a further line has its first character at the column or left of it."""
    if text.find("\n", start, end) < 0:
        return False
    return any(True for _ in OUTDENTED.lines(text, start, end, column))
