r"""A grammar of block style, that says of a part of a text whether its lines mean what they look
like: then nodes are read from them, else by PyYAML.

A match takes runs of lines: keys with values, keys without, entries, with the comments above them.
Each value goes to the end of its lines, so that no line of a folded scalar is taken for a key or an
item. What the lines are to each other (columns, keys or dashes) is what an automaton follows, that
learns its states as it goes.

Left to PyYAML: anchors, aliases, tags, `? ` keys, `|2`, values on lines of their own, `- - a`,
tabs, lines left of their key; line breaks other than line feeds. https://yaml.org/spec/1.1/
"""

from __future__ import annotations

import re
from functools import lru_cache

from .lines import DOUBLE, ESCAPE, FLOW_PLAIN, SINGLE

_REST = r"(?: ++#[^\n]*+| *+)\n"
_BLANK = r"(?: *+(?:#[^\n]*+)?\n)"
_PLAIN_KEY = "[A-Za-z0-9_./$][A-Za-z0-9_./$-]{0,200}+(?: ++[A-Za-z0-9_./$-]{1,99}+){0,9}+"
KEY = rf"""(?:{_PLAIN_KEY}|"[^"\\\n\t]{{0,200}}+"|'[^'\n\t]{{0,200}}+'):"""
# What most values are: a word or more, without quotes or in double ones.
_SIMPLE = (
    r"(?:(?:[A-Za-z0-9_./$(<=+]|-(?=[^ \n\t]))(?:[^ \n\t#:]++|:(?=[^ \n\t])| (?=[^ \n\t#:]))*+"
    r'|"[^"\\\n\t]*+")\n'
)
_WORDS = r"(?:[^ \n\t#:]++|(?<! )#|:(?![ \n\t])| ++(?=[^ \n\t#]))*+"
_ITEM = f"(?:{DOUBLE}|{SINGLE}|{FLOW_PLAIN})"
_FLOW_KEY = f"(?:[A-Za-z0-9_][A-Za-z0-9_./-]{{0,200}}+|{DOUBLE})"
# A flow collection on one line that has none in it.
_FLOW = (
    rf"(?:\[ *+(?:{_ITEM} *+(?:, *+|(?=\])))*+\]"
    rf"|\{{ *+(?:{_FLOW_KEY}: ++{_ITEM} *+(?:, *+|(?=\}})))*+\}})"
)
_FLOW_HEAD = rf"{_BLANK}*+( *+)(?=- |{KEY})((?:- )?+)({KEY} ++)?+(?=[\[{{])"
# What YAML has no place for, and all line breaks but line feeds, where that is no comment.
_FOREIGN = (
    "(?m)^[^#\n]*[^\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
# From this many characters on it is quicker to match all lines in one go.
_MANY = 100_000
# To read what is deeper line by line would take time that grows faster than the text.
MAX_LEVELS = 50
_MAX_STATES = 10_000


def _value(deep: str, group: str) -> str:
    """A value and the end of its line; lines that go on are indented by `deep` at least. The group
    is the indentation of a block scalar.
    """
    more = rf"\n(?: *+\n)*+{deep} *+(?=[^ \n\t])"
    return (
        rf"(?:(?:(?:[^ \n\t\-?:,\[\]{{}}#&*!|>'\"%@`]|[-?:](?=[^ \n\t])){_WORDS}"
        rf"(?:{more}(?!#){_WORDS})*+"
        rf'|"(?:[^"\\\n\t]++|{ESCAPE}|\\?{more})*+"'
        rf"|'(?:[^'\n\t]++|''|{more})*+'"
        rf"|{_FLOW}){_REST}"
        rf"|[|>][-+]?{_REST}\n*+(?! ++\n)(?:(?P<{group}>{deep} *+)[^ \n\t][^\n]*+\n"
        rf"(?:(?P={group})[^\n]*+\n| *+\n)*+)?+)"
    )


def _run(key: str, below_dash: str, value: str) -> str:
    """Lines that have one indentation `i` and do not end in an open key, or one line that does: of
    entries that are mappings, `k`; with a key, `o`, behind a dash, `m`; of keys or, behind dashes
    `d`, scalars; a dash alone, `p`. `below_dash` are the values of keys in entries.
    """
    return (
        rf"{_BLANK}*+(?=(?P<i> *+)(?P<d>(?:- )?+))(?:"
        rf"(?:(?P=i)[- ] {key} ++{below_dash})++(?P<k>)"
        rf"|(?P=i)(?:- (?P<m>))?+{key}(?P<o>){_REST}"
        rf"|(?:(?P=i)(?P=d)(?:(?<!- ){key} ++|(?<=- )){value})++"
        rf"|(?P=i)-(?P<p>){_REST})|{_BLANK}++"
    )


@lru_cache(1)
def _simple() -> re.Pattern[str]:
    key = "[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}+:"
    return re.compile(rf"{_run(key, _SIMPLE, _SIMPLE)}|(?s:(?P<stop>.))")


@lru_cache(1)
def _full() -> re.Pattern[str]:
    run = _run(KEY, _value("(?P=i)   ", "a"), _value("(?P=i) ", "b"))
    return re.compile(rf"{run}|(?s:(?P<stop>.))")


@lru_cache(1)
def _all() -> re.Pattern[str]:
    run = _run(KEY, _value("(?P=i)   ", "a"), _value("(?P=i) ", "b"))
    return re.compile(f"(?:{run})*+")


@lru_cache(1)
def _flow_head() -> re.Pattern[str]:
    return re.compile(_FLOW_HEAD)


def matches(text: str, start: int, limit: int) -> bool:
    """Whether the lines from `start` to `limit` are block style that every YAML reader reads and
    that `block.py` reads as PyYAML does. The text ends with a line break.
    """
    part = text[start:limit]
    if not part.replace("\n", "").isprintable() and re.search(_FOREIGN, part):
        return False
    if not _full.cache_info().currsize and _follow(text, start, limit, _simple()):
        return True
    return _follow(text, start, limit, _full())


def whole_lines(text: str, start: int, limit: int) -> int:
    """How far the lines from `start` on surely have their values to the end: the limit, or the
    start of some line. The columns are not looked at.
    """
    match = _all().match(text, start, limit) if limit - start > _MANY else None
    return start if match is None else match.end()


def _follow(text: str, start: int, limit: int, pattern: re.Pattern[str]) -> bool:
    state, position = _START, start
    while position < limit:
        end = limit
        for match in pattern.finditer(text, position, limit):
            after = state[match.groups()]
            if after is _WRONG:
                end = match.start()
                break
            state = after
        if end == limit:
            return True
        line = (
            None
            if match.lastgroup != "stop" or pattern is _simple()
            else _flow_line(text, end, limit)
        )
        if line is None:
            return False
        state, position = state[line[0]], line[1]
    return state is not _WRONG


def _flow_line(text: str, start: int, limit: int) -> tuple[tuple[str | None, ...], int] | None:
    """A line with a flow collection of any depth, that may have further lines right of its key:
    what the automaton takes, and its end.
    """
    head = _flow_head().match(text, start, limit)
    if head is None:
        return None
    from .flow import read_flow

    indent, dash, key = head.groups()
    node = read_flow(text, head.end(), limit, len(indent) + 2 * bool(dash and key))
    if node is None:
        return None
    end = re.compile(_REST).match(text, node.end, limit)
    if end is None:
        return None
    return (indent, dash, "" if dash and key else None, None, None, None, None), end.end()


class _State(dict["tuple[str | None, ...]", "_State"]):
    """What is open behind some lines: for each level its column, and whether it is a list; and
    whether the last key or dash has no value yet. It maps the groups of a run to what is open then.
    """

    __slots__ = ("is_open", "levels")

    def __init__(self, levels: tuple[tuple[int, bool], ...], is_open: bool) -> None:
        super().__init__()
        self.levels = levels
        self.is_open = is_open

    def __missing__(self, groups: tuple[str | None, ...]) -> _State:
        if len(_STATES) > _MAX_STATES:
            _STATES.clear()
            _START.clear()
        found = self[groups] = self._after(groups)
        return found

    def _after(self, groups: tuple[str | None, ...]) -> _State:
        if len(groups) == 9:  # without the groups of block scalars
            groups = (*groups[:2], *groups[3:6], *groups[7:])
        indent, dash, entry, dashed, opens, bare, stop = groups
        if stop is not None or self is _WRONG:
            return _WRONG
        if indent is None:
            return self
        column = len(indent)
        has_dash = bool(dash) or bare is not None
        levels = list(self.levels)
        if self.is_open:
            top, is_list = levels[-1] if levels else (-1, False)
            if column > top or (has_dash and column == top and not is_list):
                levels.append((column, has_dash))
        while levels and levels[-1][0] > column:
            levels.pop()
        if not has_dash and levels and levels[-1] == (column, True):
            levels.pop()  # its key is at the same column
        if not levels or levels[-1] != (column, has_dash) or len(levels) > MAX_LEVELS:
            return _WRONG
        if has_dash and (entry is not None or dashed is not None):
            levels.append((column + 2, False))
        return _state(tuple(levels), opens is not None or bare is not None)


_STATES: dict[tuple[tuple[tuple[int, bool], ...], bool], _State] = {}
_START = _State((), True)
_WRONG = _State((), False)


def _state(levels: tuple[tuple[int, bool], ...], is_open: bool) -> _State:
    key = levels, is_open
    if key not in _STATES:
        _STATES[key] = _State(levels, is_open)
    return _STATES[key]
