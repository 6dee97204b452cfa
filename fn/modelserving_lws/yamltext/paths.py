"""Paths of fields and places in a text: `spec.containers[0].env`, `metadata.labels['a.b/c']`."""

from __future__ import annotations

import re

from .excerpt import end_of
from .lines import column, line_end
from .nodes import Mapping, Node, Scalar, Sequence, resolve

_STEP = re.compile(r"\.?(?:\['([^']*)'\]|\[([0-9]+)\]|([^.\[\]]+))")
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_MAX_STEPS = 1_000


def find(root: Node, path: str) -> Node:
    """What a path leads to: the key of a field, or an entry of a list. Where the text has not all
    of the path, the last step of it that is there; the root where there is none.
    """
    return walked(root, path)[0]


def walked(root: Node, path: str) -> tuple[Node, Node, str]:
    """The last step of a path that is there, what stands there, and the rest of the path."""
    found, node, position = root, root, 0
    while match := _STEP.match(path, position):
        node = resolve(node)
        name = match[1] if match[1] is not None else match[3]
        if name is None and isinstance(node, Sequence) and int(match[2]) < node.count:
            found = node = node.entry(int(match[2]))
        elif name is not None and isinstance(node, Mapping) and name in node.fields():
            found, node = node.fields()[name]
        else:
            break
        position = match.end()
    return found, resolve(node), path[position:]


def path_at(root: Node, text: str, position: int) -> str:
    """The path of the field that a place in the text belongs to: the field or entry that it is in
    or that a comment there is above, beside or below.
    """
    path = ""
    node = resolve(root)
    for _ in range(_MAX_STEPS):
        # Each with its path, its key, if it has one, and its value.
        children: list[tuple[str, Node, Node]] = []
        if isinstance(node, Mapping):
            children = [
                (step(path, key.value), key, value)
                for key, value in node.pairs
                if isinstance(key, Scalar)
            ]
        elif isinstance(node, Sequence):
            children = [(f"{path}[{i}]", it, it) for i, it in enumerate(node.entries)]
        if not children:
            break
        held = (it for it in children if position < _end(it[2], it[1], text))
        path, key, node = next(held, children[-1])
        is_above = position < key.start
        is_beside = position < node.start and position < line_end(text, key.end)[0]
        if is_above or is_beside or node is not resolve(node):
            break
    return path


def _end(node: Node, key: Node, text: str) -> int:
    """Where the comments end that are beside or below a node."""
    if text[node.end : line_end(text, node.end)[0]].strip(" \t")[:1] in ("", "#"):
        return end_of(text, node, column(text, key.start))
    return node.end  # more of a flow collection follows


def step(path: str, name: str) -> str:
    """The path of a key of the mapping at a path."""
    if not _PLAIN.fullmatch(name):
        return f"{path}['{name}']"
    return f"{path}.{name}" if path else name
