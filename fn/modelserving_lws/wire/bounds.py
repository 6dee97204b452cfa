"""How much the aliases of items may stand for, so that a small text can't ask for much work.

What a function does with an item takes no more than a constant for each of its nodes, aliases
expanded. Without aliases, a text has no more nodes than characters.
"""

from __future__ import annotations

from ..results.errors import InputError, ItemError
from ..results.result import Result
from ..yamltext.nodes import MAX_DEPTH, MAX_NODES, Node


class Bounds:
    """The bounds of one text, and what has been used of them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._expanded = 0
        self._seen: set[int] = set()

    def check(self, node: Node) -> None:
        """Counts an item that is to be read. Raises ItemError where it is too much by itself,
        InputError where all items together are.
        """
        # An alias may make an item of one that has been counted.
        own = 0 if id(node) in self._seen else node.end - node.start
        expanded = max(0, node.size - own)
        if expanded > MAX_NODES:
            raise ItemError(Result("too-many-nodes", limit=MAX_NODES))
        if node.depth > MAX_DEPTH:
            raise ItemError(Result("too-deep", levels=MAX_DEPTH))
        self._seen.add(id(node))
        self._expanded += expanded
        if self._expanded > MAX_NODES:
            raise InputError("too-many-aliases", self._text, node.start, limit=MAX_NODES)
