r"""Text to nodes, for JSON.

YAML readers refuse some JSON: escaped surrogate pairs (`"\ud83d\ude00"`), DEL, tabs, long keys.
"""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C function, if there is one

from .nodes import Collection, Mapping, Node, Scalar, Sequence

_SPACE = re.compile(r"[ \t\n\r]*")
_LITERAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")


class _NotJSONError(Exception):
    """The text is no JSON."""


def read_json(text: str) -> Node | None:
    """The root node of a text that is one JSON document; None for any other text."""
    try:
        return _read(text)
    except (_NotJSONError, ValueError):
        return None


def _read(text: str) -> Node:
    open_: list[tuple[Collection, list[Node]]] = []
    position = _skip(text, 0)
    while True:
        node: Node
        character = text[position : position + 1]
        if character and character in "{[":
            made = Mapping if character == "{" else Sequence
            open_.append((made(position, position, True), []))
            position = _skip(text, position + 1)
            if text[position : position + 1] not in ("}", "]"):
                position = _key(text, position, open_[-1])
                continue
            position, node = _close(text, position, open_)
        elif character == '"':
            position, node = _string(text, position)
        else:
            match = _LITERAL.match(text, position)
            if match is None:
                raise _NotJSONError
            node = Scalar(position, match.end(), match.group(), "")
            position = match.end()
        while True:
            position = _skip(text, position)
            if not open_:
                if position < len(text):
                    raise _NotJSONError
                return node
            open_[-1][1].append(node)
            if text[position : position + 1] == ",":
                position = _key(text, _skip(text, position + 1), open_[-1])
                break
            position, node = _close(text, position, open_)


def _key(text: str, position: int, top: tuple[Collection, list[Node]]) -> int:
    """Reads a key and its colon in a mapping; where the next value starts."""
    if isinstance(top[0], Sequence):
        return position
    position, key = _string(text, position)
    top[1].append(key)
    position = _skip(text, position)
    if text[position : position + 1] != ":":
        raise _NotJSONError
    return _skip(text, position + 1)


def _string(text: str, position: int) -> tuple[int, Scalar]:
    if text[position : position + 1] != '"':
        raise _NotJSONError
    value, end = scanstring(text, position + 1, True)
    value.encode()  # a lone surrogate is no text: UnicodeEncodeError is a ValueError
    return end, Scalar(position, end, value, '"')


def _close(
    text: str, position: int, open_: list[tuple[Collection, list[Node]]]
) -> tuple[int, Collection]:
    collection, children = open_.pop()
    if text[position : position + 1] != ("}" if isinstance(collection, Mapping) else "]"):
        raise _NotJSONError
    if isinstance(collection, Mapping):
        collection.pairs = list(zip(children[::2], children[1::2], strict=True))
    elif isinstance(collection, Sequence):
        collection.entries = children
    collection.close(position + 1, children)
    return position + 1, collection


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
