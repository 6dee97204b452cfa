r"""Text to nodes, for JSON: the library tells whether it is any, and where values end.

YAML readers refuse some JSON: escaped surrogate pairs (`"\ud83d\ude00"`), DEL, tabs, long keys. A
string with one of Unicode's line breaks is left to them, since they fold it there.
"""

from __future__ import annotations

import re
from itertools import islice
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]  # the C function

from ..results.errors import BoundsError, NotJSONError
from .lines import is_long
from .nodes import (
    MAX_DEPTH,
    MAX_READ,
    NO_KEYS,
    Collection,
    Mapping,
    Node,
    Scalar,
    Sequence,
    too_deep,
    too_large,
)
from .patterns import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, NoReturn

_SPACE = compiled(r"[ \t\n\r]*")
# One that has no end goes to the end of the text, so that no character is looked at twice.
_STRING = r'"[^"\\]*+(?:\\(?s:.)[^"\\]*+)*+(?:"|\\?\Z)'
_PLAIN = r'[^"{}\[\]:, \t\n\r]++'
_NODE = compiled(rf"[ \t\n\r:,]*+(?:({_STRING})|([{{\[])|({_PLAIN}))")
_BRACKET = compiled(rf'(?:[^"{{}}\[\]]++|{_STRING})*+([{{}}\[\]])')
# What is left of JSON without white space, colons and commas.
_TOKEN = rf"{_STRING}|[{{}}\[\]]|{_PLAIN}"
# The escape of a surrogate.
_SURROGATE = r"\\u[dD][89a-fA-F]"
_S = r"[ \t\n\r]*+"
_TEXT = rf'{_S}"([^"\\]*+)"{_S}'
# All that is left, of which one character says that there is something.
_LEFT = r"(?:,|\Z)|(?s:(.).*)"
# A pair of strings, and an entry with a name and a value.
_PAIR = rf"{_TEXT}:{_TEXT}{_LEFT}"
_ENTRY = rf'{_S}\{{{_S}"name"{_S}:{_TEXT},{_S}"value"{_S}:{_TEXT}\}}{_S}{_LEFT}'

# The fields that name an API, in flow style; they are searched for in so many characters.
_NAMING = r"""\b(apiVersion|kind)["']?: *["']?([A-Za-z0-9./-]+)"""
_HEAD = 1_000


def read_json(text: str, start: int = 0, limit: int | None = None) -> Node | None:
    """The root node of a text that is one JSON document, or of a part of one; None for any other
    text. Raises BoundsError for more than MAX_READ nodes or MAX_DEPTH levels.
    """
    start, limit = _skip(text, start), len(text) if limit is None else limit
    if _is_folded(text):
        return None
    most = 2 * MAX_READ  # tokens: a node has no more than two
    if limit - start > most:
        for match in islice(_tokens(text, start, limit), most, None):
            raise too_large(match.start())
    try:
        # Of the part alone: an error counts the lines before it.
        end = start + _value(text[start:limit], 0)[1]
        return read_value(text, start, end) if _skip(text, end) >= limit else None
    except NotJSONError:
        return None


def read_json_list(text: str) -> tuple[Mapping, list[str]]:
    """The same for a mapping, of whose `items` each is left unread: a Node without more. Then come
    the kinds of these, empty where they are none. Raises NotJSONError for any other text.
    """
    if _is_folded(text):
        raise NotJSONError
    kinds: list[str] = []
    start = _skip(text, 0)
    root = Mapping(start, start, True)
    children: list[Node] = []
    position = _past("{", text, start)
    while True:
        start = _skip(text, position)
        key, end = _value(text, start)
        children.append(read_value(text, start, end))
        start = _skip(text, _past(":", text, _skip(text, end)))
        if key == "items" and not kinds and text.startswith("[", start):
            children.append(_unread_items(text, start, kinds))
        else:
            children.append(read_value(text, start, _value(text, start)[1]))
        position = _skip(text, children[-1].end)
        if text.startswith("}", position):
            break
        position = _past(",", text, position)
    if _skip(text, position + 1) < len(text):
        raise NotJSONError
    root.fill(children, position + 1)
    return root, kinds


def _unread_items(text: str, start: int, kinds: list[str]) -> Sequence:
    items = Sequence(start, start, True)
    entries: list[Node] = []
    position = _skip(text, start + 1)
    while not text.startswith("]", position):
        start = _skip(text, _past(",", text, position)) if entries else position
        value, end = _value(text, start)
        kind = value.get("kind") if isinstance(value, dict) else None
        kinds.append(kind if isinstance(kind, str) else "")
        entries.append(Node(start, end))
        if len(entries) > MAX_READ:
            raise too_large(start)
        position = _skip(text, end)
    items.fill(entries, position + 1)
    return items


def read_value(text: str, start: int, end: int) -> Node:
    """The node of what is a JSON value, from `start` to `end`. What is in a collection is read when
    something asks for it. Raises as `read_json_list` does.
    """
    if end - start > MAX_READ:
        for match in islice(_tokens(text, start, end), MAX_READ, None):
            raise too_large(match.start())
    if text.find("\\u", start, end) >= 0 and re.search(_SURROGATE, text[start:end]):
        for match in _tokens(text, start, end):
            if match[0][0] == '"':
                _unescaped(text, match.start())
    if text[start] not in "{[":
        return _children(text, start, end, {})[0]
    ends, depth = _ends(text, start, end)
    root = _children(text, start, end, ends)[0]
    root.depth = depth  # type: ignore[misc]
    return root


def read_head(text: str, start: int, end: int) -> Mapping:
    """A mapping in flow style that is beyond the bounds, so that it can be named: what is JSON has
    all its fields, other flow style those that name an API, if it starts with them.
    """
    try:
        if start + _value(text[start:end], 0)[1] == end:
            return JSONMapping(text, start, end, _ends(text, start, end)[0])
    except (NotJSONError, BoundsError):
        pass
    head = Mapping(start, start, True)
    head.end = end
    for match in compiled(_NAMING).finditer(text, start, min(end, start + _HEAD)):
        if head.value(match[1]) is None:
            head.set(match[1], Scalar(*match.span(2), match[2], ""))
    return head


class _Unread(Collection):
    """A collection that stands from `start` to `end`; `ends` has where those in it end."""

    __slots__ = ()

    may_be_shared = False
    _text: str
    _ends: dict[int, int]

    def __init__(self, text: str, start: int, end: int, ends: dict[int, int]) -> None:
        self.start = self.open = start
        self.end = end
        self.flow = True
        # Slots of both classes.
        self._text = text  # type: ignore[misc]
        self._ends = ends  # type: ignore[misc]

    def __getattr__(self, name: str) -> Any:
        # Called for a slot that has no value yet.
        if name == "size":
            tokens = _tokens(self._text, self.start, self.end)
            self.size = sum(match[0] not in "]}" for match in tokens)
        elif name == "depth":
            self.depth = _ends(self._text, self.start, self.end)[1]
        elif name in ("pairs", "entries"):
            self.fill(_children(self._text, self.start + 1, self.end, self._ends), self.end)
        return object.__getattribute__(self, name)

    def close(self, end: int, children: list[Node]) -> None:
        """Size and depth are counted when something asks for them."""


class JSONMapping(_Unread, Mapping):
    __slots__ = ("_ends", "_text", "_texts")

    def __init__(self, text: str, start: int, end: int, ends: dict[int, int]) -> None:
        super().__init__(text, start, end, ends)
        self.repeated = NO_KEYS
        self._own = None
        self._texts: dict[str, str] | None = None

    def texts(self) -> dict[str, str] | None:
        if self._texts is None and is_long(self._text):
            pairs = compiled(_PAIR).findall(self._text, self.start + 1, self.end - 1)
            self._texts = {key: value for key, value, _ in pairs}
            if pairs and (pairs[-1][2] or len(self._texts) < len(pairs)):
                self._texts = {}
        return self._texts or None


class JSONSequence(_Unread, Sequence):
    __slots__ = ("_ends", "_text")

    def __init__(self, text: str, start: int, end: int, ends: dict[int, int]) -> None:
        super().__init__(text, start, end, ends)
        self.offset = 0

    def texts(self) -> list[tuple[str, str] | None]:
        if not is_long(self._text):
            return super().texts()
        pattern = compiled(_ENTRY)
        entries = pattern.findall(self._text, self.start + 1, self.end - 1)
        if entries and entries[-1][2]:
            places = [(it.start, it.end) for it in self.entries]
            entries = [pattern.findall(self._text, *place)[0] for place in places]
        return [(name, value) if name else None for name, value, _ in entries]


def _tokens(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    return compiled(_TOKEN).finditer(text, start, end)


def _ends(text: str, start: int, end: int) -> tuple[dict[int, int], int]:
    """Where the collections from `start` to `end` start and end, and how many levels there are."""
    ends: dict[int, int] = {}
    above: list[int] = []
    depth = 0
    for match in _BRACKET.finditer(text, start, end):
        behind = match.end()
        if match[1] in "{[":
            above.append(behind - 1)
            if len(above) > depth:
                depth = len(above)
                if depth > MAX_DEPTH:
                    raise too_deep(behind - 1)
        else:
            ends[above.pop()] = behind
    return ends, depth


def _children(text: str, position: int, end: int, ends: dict[int, int]) -> list[Node]:
    """The nodes from here to the end, or to that of the collection; keys are among them."""
    children: list[Node] = []
    while (match := _NODE.match(text, position, end)) is not None:
        string, bracket, plain = match.groups()
        position = match.end()
        if string is not None:
            start = position - len(string)
            value = _unescaped(text, start) if "\\" in string else string[1:-1]
            children.append(Scalar(start, position, value, '"'))
        elif bracket is not None:
            start, position = position - 1, ends[position - 1]
            made = JSONMapping if bracket == "{" else JSONSequence
            children.append(made(text, start, position, ends))
        else:
            children.append(Scalar(match.start(3), position, plain, ""))
    return children


def _is_folded(text: str) -> bool:
    """Whether YAML readers may fold a string of this text, since it has a line break in it."""
    return not text.isascii() and any(character in text for character in "\x85\u2028\u2029")


def _unescaped(text: str, start: int) -> str:
    """The string that starts here. A lone surrogate is no text."""
    value: str = scanstring(text, start + 1, True)[0]
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotJSONError from None
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


# What numbers are is no matter; those of a million digits would take long.
_DECODER = JSONDecoder(parse_constant=_refuse, parse_int=len, parse_float=len)


def _value(text: str, start: int) -> tuple[Any, int]:
    """The value that starts here, and where it ends."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        raise NotJSONError from None


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _past(character: str, text: str, position: int) -> int:
    if not text.startswith(character, position):
        raise NotJSONError
    return position + 1
