r"""A grammar of block style, that says of a part of a text whether its lines mean what they look
like: then nodes are read from them.

A match takes lines that have one indentation: entries, keys, scalars behind dashes, with the
comments above them. Each value goes to the end of its lines, so that no line of a folded scalar is
taken for a key or an item. What the lines are to each other (columns, keys or dashes) is what an
automaton follows, that learns its states as it goes.

Not matched: anchors, aliases, tags, `? ` keys, `|2`, values on lines of their own, `- - a`,
tabs, lines left of their key; line breaks other than line feeds. https://yaml.org/spec/1.1/
"""

from __future__ import annotations

import re
from functools import lru_cache

from .lines import DOUBLE, ESCAPE, FLOW_PLAIN, SINGLE, has_line_feeds_only
from .patterns import compiled

_REST = r"(?: ++#[^\n]*+| *+)\n"
_BLANK = r"(?: *+(?:#[^\n]*+)?\n)"
KEY = (
    r"(?:[A-Za-z0-9_./$][A-Za-z0-9_./$ -]{0,200}+(?<! )"
    r"""|"[^"\\\n\t]{0,200}+"|'[^'\n\t]{0,200}+'):"""
)
_WORDS = r"(?:[^ \n\t#:]++|(?<! )#|:(?![ \n\t])| ++(?=[^ \n\t#]))*+"
_ITEM = f"(?:{DOUBLE}|{SINGLE}|{FLOW_PLAIN})"
# A flow collection on one line that has no other in it, and no escapes.
_SIMPLE = rf"""(?:"[^"\\\n\t]*+"|'[^'\n\t]*+'(?!')|{FLOW_PLAIN})"""
_FLOW = (
    rf"(?:\[ *+(?:{_SIMPLE} *+(?:, *+|(?=\])))*+\]"
    rf"|\{{ *+(?:[A-Za-z0-9_][A-Za-z0-9_./-]{{0,200}}+: ++{_SIMPLE} *+(?:, *+|(?=\}})))*+\}})"
)
_FLOW_HEAD = rf"{_BLANK}*+( *+)(- )?+({KEY} ++)?+(?=[\[{{])"
# What YAML has no place for, and all line breaks but line feeds, where that is no comment.
_FOREIGN = (
    "(?m)^[^#\n]*[^\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
# To read what is deeper line by line would take time that grows faster than the text.
MAX_LEVELS = 50
_MAX_STATES = 10_000
# So deep are the flow collections on one line that are passed over with all lines around them.
_DEEP = 12


_QUOTED = r"""[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"""
_FLAT = rf"""[^][{{}}"'\\\n]*+(?:(?:"{_QUOTED}"|'[^'\n]*+')[^][{{}}"'\\\n]*+)*+"""
# A pattern that begins with one character is searched for much faster than one that begins with any
# of several.
_OPENS = {
    '"': rf'"(?<=[ \t\n]"){_QUOTED}\\?(?:\n|\Z)',
    "'": r"'(?<=[ \t\n]')[^'\n]*+(?:''[^'\n]*+)*+(?:\n|\Z)",
    "[": rf"\[(?<=[ \t\n]\[)(?!{_FLAT}\])",
    "{": rf"\{{(?<=[ \t\n]\{{)(?!{_FLAT}\}})",
}


def _value(deep: str, group: str, flow: str) -> str:
    """A value and the end of its line; lines that go on are indented by `deep` at least. The group
    is the indentation of a block scalar, `flow` an alternative for flow collections.
    """
    more = rf"\n(?: *+\n)*+{deep} *+(?=[^ \n\t])"
    return (
        rf"(?:(?:(?:[^ \n\t\-?:,\[\]{{}}#&*!|>'\"%@`]|[-?:](?=[^ \n\t])){_WORDS}"
        rf"(?:{more}(?!#){_WORDS})*+"
        rf'|"(?:[^"\\\n\t]++|{ESCAPE}|\\?{more})*+"'
        rf"|'(?:[^'\n\t]++|''|{more})*+'"
        rf"{flow}){_REST}"
        rf"|[|>][-+]?{_REST}\n*+(?! ++\n)(?:(?P<{group}>{deep} *+)[^ \n\t][^\n]*+\n"
        rf"(?:(?P={group})[^\n]*+\n| *+\n)*+)?+)"
    )


# What the groups at the ends of a match say of its lines: their first line has a dash, or not; it
# is a mapping; the last one is a key or a dash whose value stands below.
_ENTRY_OPEN, _KEY_OPEN, _ENTRY, _SCALAR, _KEY, _DASH, _BLANKS, _STOP = range(7, 15)


@lru_cache(1)
def _lines() -> re.Pattern[str]:
    """Lines of one indentation, group 1: entries that are mappings (group 2 is their dash), entries
    that are scalars (group 3), or keys. Behind those of the first kind and the last, a key whose
    value stands below (group 6). Flow collections are left to `_flow_line`: to compile a pattern of
    them takes longer than most texts have them.
    """
    value = _value("(?P=i)(?(k)  ) ", "b", "")
    return compiled(
        rf"{_BLANK}*+(?=(?P<i> *+)(?:(?P<k>- )(?={KEY}[ \n])|(?P<s>- ))?)(?:"
        rf"(?:(?(6)(?!))(?P=i)(?(k)[- ] )(?(s)- |{KEY}(?=[ \n]) *+)"
        rf"(?:{value}(?P<n>)|(?(s)(?!))(?:#[^\n]*+)?\n()))*+"
        rf"(?:(?(6)(?(k)()|())|(?(n)(?(k)()|(?(s)()|()))|(?P=i)-{_REST}()))))"
        rf"|{_BLANK}++()|(?s:.)()"
    )


@lru_cache(1)
def _all_lines() -> re.Pattern[str]:
    """As many lines as have their values to the end, whatever their columns."""
    deep, deeper, flow = "(?P=i) ", "(?P=i)   ", f"|{_FLOW}"
    return compiled(
        rf"(?:{_BLANK}*+(?=(?P<i> *+))(?:"
        rf"(?:(?P=i)[- ] {KEY} ++{_value(deeper, 'a', flow)})++"
        rf"|(?P=i)(?:- )?+{KEY}{_REST}"
        rf"|(?P=i)(?:{KEY} ++|- ){_value(deep, 'b', flow)}"
        rf"|(?P=i)-{_REST})|{_BLANK}++)*+"
    )


@lru_cache(1)
def _deep_lines() -> re.Pattern[str]:
    """Lines with flow collections that have others in them, and end on their line."""
    flow = _ITEM
    for _ in range(_DEEP):
        flow = rf"(?:[\[{{] *+(?:(?:{_ITEM}|{flow}) *+(?:, *+|: ++|(?=[]}}])))*+[]}}])"
    return compiled(rf"(?:{_BLANK}*+ *+(?:- )?+(?:{KEY} ++)?+{flow}{_REST})++")


class Opens:
    """Where values may start that do not end on their line, and whose further lines may be
    anywhere: quoted scalars and flow collections. Not all of these places are: some are in block
    scalars.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[re.Pattern[str], int] | None = None

    def first_from(self, position: int, limit: int) -> int:
        """The first one from this position on, or the limit; positions must ascend."""
        if self._next is None:
            patterns = [pattern for first, pattern in _OPENS.items() if first in self._text]
            self._next = dict.fromkeys(map(re.compile, patterns), -1)
        for pattern, place in self._next.items():
            if place < position:
                self._next[pattern] = self._first(pattern, position)
        return min((limit, *self._next.values()))

    def _first(self, pattern: re.Pattern[str], position: int) -> int:
        """The first place from this position on where a value may start; else the text's end."""
        text = self._text
        for match in pattern.finditer(text, position):
            place = match.start()
            before = text[text.rfind("\n", 0, place) + 1 : place].rstrip()
            if not before or before[-1] in ":-?" or before.rpartition(" ")[2][0] in "&!":
                return place
        return len(text)


def matches(text: str, start: int, limit: int) -> bool:
    """Whether the lines from `start` to `limit` are block style that every YAML reader reads and
    that `block.py` reads as PyYAML does. The text ends with a line break. All letters and digits
    of ASCII are the same to the grammar, but in escapes.
    """
    part = text[start:limit]
    is_odd = not part.replace("\n", "").isprintable()
    if is_odd and (not has_line_feeds_only(part) or re.search(_FOREIGN, part)):
        return False
    lines, state, position = _lines(), _START, start
    while position < limit:
        for match in lines.finditer(text, position, limit):
            after = state[match.lastindex or 0][match[1]]
            if after is _WRONG:
                break
            state = after
        else:
            return True
        # It stops where no line is matched, which may have a flow collection that is deeper.
        line = _flow_line(text, match.start(), limit) if match.lastindex == _STOP else None
        if line is None:
            return False
        kind, indent, position = line
        state = state[kind][indent]
        if state is _WRONG:
            return False
    return True


def whole_lines(text: str, start: int, limit: int) -> int:
    """How far the lines from `start` on surely have their values to the end: the limit, or the
    start of some line. The columns are not looked at.
    """
    while (match := _all_lines().match(text, start, limit)) is not None and match.end() < limit:
        start = match.end()
        is_flow = _flow_head(text, start, limit) is not None
        match = _deep_lines().match(text, start, limit) if is_flow else None
        if match is None:
            return start
        start = match.end()
    return limit


def _flow_head(text: str, start: int, limit: int) -> re.Match[str] | None:
    """What stands before a flow collection behind a dash or a key: the groups are the indentation,
    the dash and the key.
    """
    head = compiled(_FLOW_HEAD).match(text, start, limit)
    return None if head is None or head.lastindex == 1 else head


def _flow_line(text: str, start: int, limit: int) -> tuple[int, str, int] | None:
    """A line with a flow collection of any depth, that may have further lines right of its key: its
    kind, its indentation and its end.
    """
    head = _flow_head(text, start, limit)
    if head is None:
        return None
    from .flow import read_flow

    indent, dash, key = head.groups()
    node = read_flow(text, head.end(), limit, len(indent) + 2 * bool(dash and key))
    end = None if node is None else compiled(_REST).match(text, node.end, limit)
    if end is None:
        return None
    return (_ENTRY if dash and key else _SCALAR if dash else _KEY), indent, end.end()


class _State(dict[int, "_Next"]):
    """What is open behind some lines: for each level its column, and whether it is a list; and
    whether the last key or dash has no value yet. It has what is open behind the next ones, by
    their kind and their indentation.
    """

    __slots__ = ("is_open", "levels")

    def __init__(self, levels: tuple[tuple[int, bool], ...], is_open: bool) -> None:
        super().__init__()
        self.levels = levels
        self.is_open = is_open

    def __missing__(self, kind: int) -> _Next:
        found = self[kind] = _Next(self, kind)
        return found


class _Next(dict["str | None", _State]):
    __slots__ = ("_kind", "_state")

    def __init__(self, state: _State, kind: int) -> None:
        super().__init__()
        self._state = state
        self._kind = kind

    def __missing__(self, indent: str | None) -> _State:
        if len(_STATES) > _MAX_STATES:
            _STATES.clear()
            _START.clear()
        found = self[indent] = self._after(indent)
        return found

    def _after(self, indent: str | None) -> _State:
        kind, levels = self._kind, list(self._state.levels)
        if kind == _STOP:
            return _WRONG
        if indent is None:  # blank lines and comments
            return self._state
        column = len(indent)
        has_dash = kind in (_ENTRY_OPEN, _ENTRY, _SCALAR, _DASH)
        if self._state.is_open:
            top, is_list = levels[-1] if levels else (-1, False)
            if column > top or (has_dash and column == top and not is_list):
                levels.append((column, has_dash))
        while levels and levels[-1][0] > column:
            levels.pop()
        if not has_dash and levels and levels[-1] == (column, True):
            levels.pop()  # its key is at the same column
        if not levels or levels[-1] != (column, has_dash) or len(levels) > MAX_LEVELS:
            return _WRONG
        if kind in (_ENTRY_OPEN, _ENTRY):
            levels.append((column + 2, False))
        is_open = kind in (_ENTRY_OPEN, _KEY_OPEN, _DASH)
        state = _STATES.get((tuple(levels), is_open))
        if state is None:
            state = _STATES[tuple(levels), is_open] = _State(tuple(levels), is_open)
        return state


_STATES: dict[tuple[tuple[tuple[int, bool], ...], bool], _State] = {}
_START = _State((), True)
_WRONG = _State((), False)
