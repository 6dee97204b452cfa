r"""Text to nodes, for JSON: the library tells whether it is any, and where values end.

YAML readers refuse some JSON: escaped surrogate pairs (`"\ud83d\ude00"`), DEL, tabs, long keys. A
string with one of Unicode's line breaks is left to them, since they fold it there.
"""

from __future__ import annotations

import re
from itertools import islice
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]  # the C function

from ..results.errors import NotJSONError
from .nodes import (
    MAX_DEPTH,
    MAX_READ,
    Collection,
    Mapping,
    Node,
    Scalar,
    Sequence,
    too_deep,
    too_large,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, TypeVar

    C = TypeVar("C", bound=Collection)

_SPACE = re.compile(r"[ \t\n\r]*")
# What is left of JSON without white space, colons and commas.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]|[^"{}\[\]:, \t\n\r]++')


def read_json(text: str, start: int = 0, limit: int | None = None) -> Node | None:
    """The root node of a text that is one JSON document, or of a part of one; None for any other
    text. Raises BoundsError for more than MAX_READ nodes or MAX_DEPTH levels.
    """
    start, limit = _skip(text, start), len(text) if limit is None else limit
    if _is_folded(text):
        return None
    most = 2 * MAX_READ  # tokens: a node has no more than two
    if limit - start > most:
        for match in islice(_TOKEN.finditer(text, start, limit), most, None):
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
    """The node of what is a JSON value, from `start` to `end`. Raises as `read_json_list` does."""
    children: list[Node] = []
    above: list[tuple[Collection, list[Node]]] = []
    tokens = _TOKEN.finditer(text, start, end)
    for match in islice(tokens, MAX_READ):
        part = match[0]
        place, behind = match.span()
        if part[0] == '"':
            value = part[1:-1]
            if "\\" in value:
                value = _unescaped(text, place)
            children.append(Scalar(place, behind, value, '"'))
        elif part in "]}":
            collection, siblings = above.pop()
            collection.fill(children, behind)
            siblings.append(collection)
            children = siblings
        elif part in "[{":
            made = Mapping if part == "{" else Sequence
            above.append((made(place, place, True), children))
            children = []
            if len(above) > MAX_DEPTH:
                raise too_deep(place)
        else:
            children.append(Scalar(place, behind, part, ""))
    for match in tokens:
        raise too_large(match.start())
    return children[0]


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
