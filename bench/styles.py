"""One ResourceList in the styles that people and programs write."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

Data: TypeAlias = "dict[str, Data] | list[Data] | str | int | bool | Anchored | Alias"
Mapping: TypeAlias = "dict[str, Data]"


@dataclass(frozen=True)
class Anchored:
    """A mapping with an anchor."""

    anchor: str
    value: Mapping


@dataclass(frozen=True)
class Alias:
    """What an anchor's mapping is used by a second time."""

    anchor: str


def resource_list(items: list[Data], config: Mapping, style: str) -> str:
    """The ResourceList in a style of STYLES."""
    head: Mapping = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList"}
    return STYLES[style]({**head, "items": items, "functionConfig": config})


def _hosts(content: Mapping) -> str:
    """As kustomize and kpt print."""
    return _Block().mapping(content, "")


def _hand(content: Mapping) -> str:
    """As people write: lists are indented, short ones and every other env entry in flow style;
    there are comments, with quotes and brackets in them.
    """
    return _Hand().mapping(content, "")


def _dump(content: Mapping) -> str:
    """As PyYAML prints unless told otherwise, which `kubectl get -o yaml` is close to: keys sorted,
    long and multi-line text in quotes, folded at 80 columns.
    """
    unshared = json.loads(json.dumps(content))  # else PyYAML writes anchors
    return str(yaml.dump(unshared, Dumper=yaml.CSafeDumper))


def _json(content: Mapping) -> str:
    return json.dumps(content, indent=2) + "\n"


def _flow(content: Mapping) -> str:
    """Each item in flow style, on a line of its own."""
    block, lines = _Block(), ""
    for key, value in content.items():
        if key == "items" and isinstance(value, list):
            lines += "".join(["items:\n", *(f"- {block.flow(item)}\n" for item in value)])
        else:
            lines += block.pair(key, value, "")
    return lines


STYLES: Final[dict[str, Callable[[Mapping], str]]] = {
    "hosts": _hosts,
    "hand": _hand,
    "dump": _dump,
    "json": _json,
    "flow": _flow,
}


class _Block:
    """Writes in block style; `offset` is how far right of its key a list has its dashes."""

    offset = 0

    def mapping(self, value: Mapping, indent: str) -> str:
        """The lines of a mapping."""
        return "".join(self.pair(key, child, indent) for key, child in value.items())

    def pair(self, key: str, value: Data, indent: str) -> str:
        return f"{indent}{key}:{self.after_key(value, indent)}"

    def after_key(self, value: Data, indent: str) -> str:
        inner = f"{indent}  "
        if isinstance(value, Anchored):
            return f" &{value.anchor}\n{self.mapping(value.value, inner)}"
        if isinstance(value, dict):
            return f"\n{self.mapping(value, inner)}"
        if isinstance(value, list):
            return f"\n{self.list(value, indent + ' ' * self.offset)}"
        return f" {self.scalar(value, inner)}"

    def list(self, value: list[Data], indent: str) -> str:
        """The lines of a list."""
        return "".join(f"{indent}- {self.entry(child, i, indent)}" for i, child in enumerate(value))

    def entry(self, value: Data, index: int, indent: str) -> str:  # noqa: ARG002 (as _Hand has it)
        inner = f"{indent}  "
        if isinstance(value, dict):
            return self.mapping(value, inner)[len(inner) :]
        return self.scalar(value, inner)

    def scalar(self, value: Data, indent: str) -> str:
        """A scalar, or a collection in flow style; lines as a block scalar."""
        if isinstance(value, str) and value.endswith("\n"):
            lines = (f"{indent}{line}\n" if line else "\n" for line in value.splitlines())
            return f"|\n{''.join(lines)}"
        return f"{self.flow(value)}\n"

    def flow(self, value: Data) -> str:
        """A mapping or list in flow style, or a scalar."""
        if isinstance(value, dict):
            pairs = ", ".join(f"{key}: {self.flow(child)}" for key, child in value.items())
            return f"{{{pairs}}}"
        if isinstance(value, list):
            return f"[{', '.join(map(self.flow, value))}]"
        if isinstance(value, Anchored):
            return f"&{value.anchor} {self.flow(value.value)}"
        if isinstance(value, Alias):
            return f"*{value.anchor}"
        if isinstance(value, str) and _PLAIN.fullmatch(value):
            return value
        return json.dumps(value)


class _Hand(_Block):
    offset = 2

    def pair(self, key: str, value: Data, indent: str) -> str:
        above = f"{indent}# {_ABOVE[key]}\n" if key in _ABOVE else ""
        line = super().pair(key, value, indent)
        if key in _BEHIND and line.count("\n") == 1:
            line = f"{line[:-1]}  # {_BEHIND[key]}\n"
        return above + line

    def after_key(self, value: Data, indent: str) -> str:
        if isinstance(value, list) and all(map(_is_short, value)):
            return f" [{', '.join(map(json.dumps, value))}]\n"
        return super().after_key(value, indent)

    def entry(self, value: Data, index: int, indent: str) -> str:
        if index % 2 and isinstance(value, dict) and value.keys() == {"name", "value"}:
            return f"{{ name: {value['name']}, value: {json.dumps(value['value'])} }}\n"
        return super().entry(value, index, indent)


# Comments by the key that they stand above or behind.
_ABOVE: Final = {
    "env": 'don\'t reorder: "$(VAR)" sees earlier entries only [1]',
    "resources": "one node's worth: {cpu, memory, gpu: 8}",
    "ports": "see the team's runbook, section [ports]",
}
_BEHIND: Final = {
    "image": 'pinned, it\'s not "latest"',
    "schedulerName": "gang scheduling [volcano]",
    "periodSeconds": "the kubelet's default",
}


def _is_short(value: Data) -> bool:
    return isinstance(value, str) and len(value) < 20 and "\n" not in value


# Strings of these inputs that need no quotes: words, paths, addresses, sentences, quantities.
_PLAIN: Final = re.compile(
    r"(?!(?:true|false|null)$)(?:--?)?[A-Za-z/$][\w()$./@-]*(?:[ :][\w()$./@-]+)*|[0-9]+(?:m|Mi|Gi)"
    r"|[0-9a-f]+(?:-[0-9a-f]+)+"
)
