"""Nodes as new text: what an edit puts into a manifest, in block or flow style.

Aliases are written out and anchors left away, so that the text means the same at any place. Scalars
keep their quotes where they stand on one line. Nesting is bounded by memory, not by recursion.
"""

from __future__ import annotations

import re

from ..results.quoting import quote
from .nodes import DETACHED, Collection, Mapping, Node, Scalar, Sequence, resolve
from .scalars import is_plain_string, write

_STANDARD_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_STEP = 2
_JSON = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null"
_INTEGER = "[-+]?(?:0o?[0-7]+|0x[0-9a-fA-F]+|[1-9][0-9]*)"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..results.result import Data

    # Text, or a node that is still to be written: in block style at a column, else in flow style.
    Part = str | tuple[Node, int | None]


def flow(node: Node, source: str, json: bool = False) -> str:
    """The node on one line; with `json`, as JSON has it. `source` is the text that its scalars
    stand in.
    """
    return _write((node, None), source, json)


def block(node: Node, column: int, source: str) -> str:
    """The node in block style, its first line without indentation, the others for a collection
    that starts at this column. Line breaks are line feeds.
    """
    return _write((node, column), source, False)


def block_value(node: Node, column: int, source: str) -> str:
    """What stands behind the colon of a key at this column, from the space or line break on."""
    return "".join(
        part if isinstance(part, str) else _write(part, source, False)
        for part in _value(node, column)
    )


def block_data(data: Data, column: int, offset: int) -> str:
    """Plain data in block style, as `block` writes a node; `offset` as sequences have it."""
    if isinstance(data, str):
        return write(data)
    if isinstance(data, int):
        return str(data)
    indent = "\n" + " " * column
    if isinstance(data, list):
        below = column + _STEP
        return indent.join(["- " + block_data(entry, below, offset) for entry in data])
    return indent.join(
        [
            f"{write(key)}: {write(value)}"
            if isinstance(value, str)
            else _pair(key, value, column, offset)
            for key, value in data.items()
        ]
    )


def flow_data(data: Data, json: bool) -> str:
    """Plain data on one line, as `flow` writes a node."""
    if isinstance(data, str):
        return quote(data) if json else write(data)
    if isinstance(data, int):
        return str(data)
    if isinstance(data, list):
        return "[" + ", ".join([flow_data(entry, json) for entry in data]) + "]"
    return (
        "{" + ", ".join([f"{flow_data(k, json)}: {flow_data(data[k], json)}" for k in data]) + "}"
    )


def _pair(key: str, value: Data, column: int, offset: int) -> str:
    if isinstance(value, int):
        return f"{write(key)}: {value}"
    below = column + (_STEP if isinstance(value, dict) else offset)
    return f"{write(key)}:\n{' ' * below}{block_data(value, below, offset)}"


def is_flow(node: Node) -> bool:
    """Whether the node is written on one line also in block style."""
    node = resolve(node)
    if isinstance(node, Mapping):
        return node.flow or not node.pairs or bool(_tag(node))
    if isinstance(node, Sequence):
        return node.flow or not node.entries or bool(_tag(node))
    return True


def _write(part: Part, source: str, json: bool) -> str:
    written: list[str] = []
    waiting: list[Part] = [part]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            written.append(part)
            continue
        node, column = resolve(part[0]), part[1]
        if isinstance(node, Scalar):
            written.append(_scalar(node, column is None, source, json))
        elif isinstance(node, Collection):
            if column is None or is_flow(node):
                waiting += reversed(_flow_parts(node))
            else:
                waiting += reversed(_block_parts(node, column))
    return "".join(written)


def _flow_parts(node: Collection) -> list[Part]:
    parts: list[Part] = [_tag(node)]
    if isinstance(node, Mapping):
        parts.append("{")
        for i, (key, value) in enumerate(node.pairs):
            question = "" if isinstance(resolve(key), Scalar) else "? "
            parts += (", " * (i > 0) + question, (key, None), " : " if question else ": ")
            parts.append((value, None))
        parts.append("}")
    elif isinstance(node, Sequence):
        parts.append("[")
        for i, entry in enumerate(node.entries):
            parts += (", " * (i > 0), (entry, None))
        parts.append("]")
    return parts


def _block_parts(node: Collection, column: int) -> list[Part]:
    parts: list[Part] = []
    indent = "\n" + " " * column
    if isinstance(node, Mapping):
        for i, (key, value) in enumerate(node.pairs):
            if isinstance(resolve(key), Scalar):
                parts += (indent * (i > 0), (key, None), ":")
            else:
                parts += (indent * (i > 0) + "? ", (key, None), indent + ":")
            parts += _value(value, column)
    elif isinstance(node, Sequence):
        for i, entry in enumerate(node.entries):
            parts += (indent * (i > 0) + "- ", (entry, column + _STEP))
    return parts


def _value(node: Node, column: int) -> list[Part]:
    node = resolve(node)
    if is_flow(node):
        return [" ", (node, column)]
    below = column + (node.offset if isinstance(node, Sequence) else _STEP)
    return ["\n" + " " * below, (node, below)]


def _scalar(node: Scalar, in_flow: bool, source: str, json: bool) -> str:
    value = node.value
    if node.start == DETACHED and node.style:
        return _tag(node) + quote(value) if json or node.tag is not None else write(value)
    if node.style:
        text = source[node.start : node.end]
        if node.style in "'\"" and node.anchor is None and node.tag is None and "\n" not in text:
            return text
        return _tag(node) + quote(value)
    if node.tag is not None:
        return _tag(node) + quote(value)
    if not value:
        return "null"
    if json and not re.fullmatch(_JSON, value):
        return _json(value)
    if "\n" in value or (in_flow and not _is_plain_in_flow(value)):
        return quote(value)
    return value


def _json(value: str) -> str:
    """What a plain scalar of YAML is in JSON: null, a boolean, an integer (an octal one, say), or a
    string.
    """
    word = value.lower()
    if word in ("~", "null", "true", "false"):
        return "null" if word == "~" else word
    if re.fullmatch(_INTEGER, value):
        digits = value.lower().lstrip("+-")
        base = 16 if digits[:2] == "0x" else 8 if digits[0] == "0" else 10
        return "-" * (value[0] == "-") + str(int(digits, base))
    return quote(value)


def _is_plain_in_flow(value: str) -> bool:
    """A plain scalar that isn't one in flow style is a string, so it may be quoted."""
    return is_plain_string(value) or not (
        set(value) & set(",[]{}#") or ": " in value or value[-1:] == ":" or value[:1] in ":?"
    )


def _tag(node: Node) -> str:
    """The tag and a space; nothing for a tag that goes without saying."""
    if node.tag is None or node.tag in _STANDARD_TAGS:
        return ""
    return f"{node.tag} " if node.tag.startswith("!") else f"!<{node.tag}> "
