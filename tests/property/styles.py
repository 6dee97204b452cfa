"""The same data as YAML text in many styles: block and flow, quotes, block scalars, comments, blank
lines, indentation, explicit keys, anchors, aliases, merge keys, line breaks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from random import Random

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_./")


class Style:
    """A way to write YAML, drawn at random; `shares` is whether it has anchors and aliases."""

    def __init__(self, random: Random, shares: bool = True) -> None:
        self._random = random
        self._shares = shares
        self._anchors: list[tuple[str, Any]] = []
        self._count = 0
        self._step = random.choice((1, 2, 2, 2, 4))
        self._offset = random.choice((0, 0, 2, 4))
        self._comments = random.choice((0, 0.1, 0.4))
        self._flow = random.choice((0, 0.1, 0.4))
        self._odd = random.choice((0, 0, 0.2))

    def items(self, items: list[Any]) -> list[str]:
        """Each item as the text of an entry of a block sequence at the line's start, from its dash
        to its last line break.
        """
        texts = []
        for item in items:
            start = "- "
            if self._chance(self._comments):
                start = "- # start\n  "
            texts.append(self._ended(start + self._node(item, 2)))
        return texts

    def _ended(self, text: str) -> str:
        return text if text.endswith("\n") else text + "\n"

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _comment(self) -> str:
        if not self._chance(self._comments):
            return ""
        self._count += 1
        return self._random.choice((f" # c{self._count}", f"  # - a: {self._count}", " #"))

    def _next_line(self, text: str, column: int) -> str:
        if not text.endswith("\n"):
            return f"{text}\n{self._lines(column)}{' ' * column}"
        return text + " " * column  # a block scalar would take what stands between for its own

    def _lines(self, column: int) -> str:
        """Blank lines and comments before a line."""
        text = ""
        while self._chance(self._comments):
            indent = " " * self._random.choice((0, column, column + 3))
            text += self._random.choice(("\n", indent + "# kind: Pod\n", indent + "#- x\n"))
        return text

    # In block style: the text from where the node starts, further lines at the column.

    def _node(self, data: Any, column: int) -> str:
        if isinstance(data, dict | list) and data and not self._chance(self._flow):
            return (
                self._mapping(data, column)
                if isinstance(data, dict)
                else self._sequence(data, column)
            )
        return self._inline(data, column)

    def _inline(self, data: Any, column: int) -> str:
        alias = self._alias(data)
        if alias:
            return alias + self._comment()
        if isinstance(data, str) and self._chance(0.1) and _is_block_text(data):
            return self._block_scalar(data, column)
        return self._flow_node(data) + self._comment()

    def _block_scalar(self, data: str, column: int) -> str:
        chomp = "-" if not data.endswith("\n") else "" if not data.endswith("\n\n") else "+"
        indent = " " * (column + self._random.choice((0, 1, 2)))
        lines = data.removesuffix("\n").split("\n")
        body = "".join(f"{indent}{line}\n" if line else "\n" for line in lines)
        return f"|{chomp}{self._comment()}\n{body}"

    def _mapping(self, data: dict[str, Any], column: int) -> str:
        text = ""
        pairs = list(data.items())
        merged = self._merge(data)
        if merged is not None:
            name, brought = merged
            pairs = [pair for pair in pairs if brought.get(pair[0], self) != pair[1]]
            text = f"<<: *{name}{self._comment()}\n"
        for i, (key, value) in enumerate(pairs):
            if i or text:
                text = self._next_line(text, column)
            written = self._scalar(key)
            if self._chance(self._odd):
                text += f"? {written}\n{' ' * column}:"
            else:
                text += f"{written}:"
            text += self._value(value, column)
        return text

    def _value(self, data: Any, column: int) -> str:
        if isinstance(data, dict | list) and data and not self._chance(self._flow):
            alias = self._alias(data)
            if alias:
                return f" {alias}{self._comment()}"
            is_sequence = isinstance(data, list)
            below = column + (self._offset if is_sequence else self._step)
            anchor = self._anchor(data)
            write = self._sequence if is_sequence else self._mapping
            body = write(data, below)  # type: ignore[arg-type]
            self._name(anchor, data)
            head = f" &{anchor}" if anchor else ""
            return f"{head}{self._comment()}\n{self._lines(below)}{' ' * below}{body}"
        if data is None and self._chance(0.5):
            return self._comment()
        return f" {self._inline(data, column + 1)}"

    def _sequence(self, data: list[Any], column: int) -> str:
        text = ""
        for i, entry in enumerate(data):
            if i:
                text = self._next_line(text, column)
            if self._chance(self._comments):
                text += f"- # entry\n{' ' * (column + 2)}"
            else:
                text += "- "
            alias = self._alias(entry)
            text += alias + self._comment() if alias else self._node(entry, column + 2)
        return text

    # In flow style.

    def _flow_node(self, data: Any) -> str:
        alias = self._alias(data)
        if alias:
            return alias
        anchor = self._anchor(data)
        if isinstance(data, dict):
            inner = ", ".join(
                f"{self._scalar(key)}: {self._flow_node(value)}" for key, value in data.items()
            )
            text = f"{{{inner}}}"
        elif isinstance(data, list):
            space = self._random.choice(("", " "))
            text = f"[{space}{', '.join(map(self._flow_node, data))}{space}]"
        else:
            text = self._scalar(data)
        self._name(anchor, data)
        return f"&{anchor} {text}" if anchor else text

    def _scalar(self, data: Any) -> str:
        if data is None:
            return self._random.choice(("null", "~", "Null"))
        if not isinstance(data, str):
            return json.dumps(data)
        ways = [json.dumps(data, ensure_ascii=False)] if data.isprintable() else [_escaped(data)]
        if data.isprintable():
            ways.append("'" + data.replace("'", "''") + "'")
        if data and set(data) <= _PLAIN and data[0].isalpha() and yaml.safe_load(data) == data:
            ways += [data] * 3
        return self._random.choice(ways)

    # Anchors.

    def _alias(self, data: Any) -> str:
        if self._shares and self._chance(0.5):
            for name, shared in self._anchors:
                if shared == data and type(shared) is type(data):
                    return f"*{name} "
        return ""

    def _anchor(self, data: Any) -> str:
        if not self._shares or not isinstance(data, dict | list) or not self._chance(0.2):
            return ""
        self._count += 1
        return f"a{self._count}"

    def _name(self, anchor: str, data: Any) -> None:
        if anchor:
            self._anchors.append((anchor, data))

    def _merge(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
        if self._shares and self._chance(0.5):
            for name, shared in self._anchors:
                if isinstance(shared, dict) and shared and shared.keys() <= data.keys():
                    return name, shared
        return None


def _is_block_text(data: str) -> bool:
    lines = data.split("\n")
    return (
        bool(data.strip("\n"))
        and not data.startswith((" ", "\n"))
        and all(line.isprintable() and (not line or line.strip()) for line in lines)
    )


def _escaped(data: str) -> str:
    return "".join(('"', *(f"\\U{ord(character):08x}" for character in data), '"'))
