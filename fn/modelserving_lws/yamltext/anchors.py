"""Text to nodes, for a mapping that shares nodes by anchors and aliases: where the grammar matches
its lines but for these, as it does on the right, they are read as `block.py` reads others.

    first: &shared       first:
      runAsNonRoot: true   runAsNonRoot: true
    second: *shared      second: aaaaaaa
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from .block import BlockMapping, BlockSequence, read_block, read_node
from .grammar import MAX_LEVELS, matches
from .nodes import Alias
from .patterns import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from .nodes import Node

    Block = BlockMapping | BlockSequence

_MARK = r"[:-] ([&*]([0-9A-Za-z_-]+))(?= *\n)"
# The beginning of a name, of characters that all versions of PyYAML take for part of one.
_NAME = "[0-9A-Za-z_-]*"
_ALIAS = rf"\*({_NAME})"
# So many nodes the aliases of a mapping may stand for, on so many levels.
_MOST_NODES, _MOST_LEVELS = 10_000, 100


class AnchoredMapping(BlockMapping):
    __slots__ = ("aliases", "anchor", "tag")


class AnchoredSequence(BlockSequence):
    __slots__ = ("aliases", "anchor", "tag")


class _Root(BlockMapping):
    """The mapping that has all of them. Its `size` and `depth` are not less than what is in it."""

    __slots__ = ("depth", "size")


def read_anchored(text: str, start: int, content: int, limit: int, behind: int) -> Node | None:
    """The block mapping, or the sequence of one, that starts at `content` in a part of a text. None
    where it has no anchors and aliases, where what starts at `behind` may use its anchors, and
    where PyYAML must read it.
    """
    marks = list(compiled(_MARK).finditer(text, start, limit))
    masked = _without(marks, text, start, limit)
    block = read_block(text, content, limit) if marks and matches(masked, 0, len(masked)) else None
    mapping = block.entry(0) if isinstance(block, BlockSequence) and block.count == 1 else block
    if not isinstance(mapping, BlockMapping):
        return None
    root = _Root(text, mapping.open, limit, mapping.column, mapping.first)
    if isinstance(block, BlockSequence):
        block.nodes[0] = root
    anchors: dict[str, AnchoredMapping | AnchoredSequence] = {}
    size, depth = limit - start, MAX_LEVELS
    for mark in marks:
        held = _holder(root, mark.start(1))
        if held is None:  # it is in a scalar or a comment
            continue
        parent, values, i, end = held
        if text[mark.start(1)] == "&":
            node = _anchored(read_node(text, mark.end(), end, parent.column), mark)
            if node is None:
                return None
            anchors[mark[2]] = node
            values[i] = node
        else:
            target = anchors.get(mark[2])
            if target is None or mark.start() < target.limit:
                return None
            alias = Alias(*mark.span(1), target, parent)
            size, depth = size + alias.size, max(depth, MAX_LEVELS + alias.depth)
            if size > limit - start + _MOST_NODES or depth > _MOST_LEVELS:
                return None
            values[i] = alias
    root.size, root.depth = size, depth  # type: ignore[misc]
    if may_use(text, behind, anchors):
        return None
    return block if isinstance(block, BlockSequence) else root


def may_use(text: str, start: int, anchors: Iterable[str]) -> bool:
    """Whether the text from the start on may have an alias of one of these anchors."""
    uses = _last_uses(text)
    names = (compiled(_NAME).findall(anchor)[0] for anchor in anchors)
    return any(uses.get(name, -1) >= start for name in names)


@lru_cache(1)
def _last_uses(text: str) -> dict[str, int]:
    """Where each name stands last behind a `*`."""
    return {match[1]: match.start() for match in compiled(_ALIAS).finditer(text)}


def _without(marks: list[re.Match[str]], text: str, start: int, limit: int) -> str:
    """A part of the text that has spaces for anchors, and plain scalars for aliases."""
    pieces: list[str] = []
    for mark in marks:
        begin, end = mark.span(1)
        pieces += text[start:begin], (" " if text[begin] == "&" else "a") * (end - begin)
        start = end
    return "".join([*pieces, text[start:limit]])


def _holder(node: Node, position: int) -> tuple[Block, list[Node | None], int, int] | None:
    """The collection of which a value starts at this position, its values, which of them that is,
    and where it ends. None where no value starts here.
    """
    while isinstance(node, BlockMapping | BlockSequence) and node.open <= position:
        if isinstance(node, BlockMapping):
            node.keys()
            starts, children = node.starts, node.values
            i = bisect_right(starts, position) - 1
            indicator = starts[i] + len(node.names[i]) + 2 * (node.text[starts[i]] in "\"'")
        else:
            starts, children = node.dashes, node.nodes
            i = bisect_right(starts, position) - 1
            indicator = starts[i]
        if indicator == position - 2:
            end = starts[i + 1] - node.column if i + 1 < len(starts) else node.limit
            return node, children, i, end
        node = node.value_at(i) if isinstance(node, BlockMapping) else node.entry(i)
    return None


def _anchored(node: Node, mark: re.Match[str]) -> AnchoredMapping | AnchoredSequence | None:
    made: AnchoredMapping | AnchoredSequence
    if isinstance(node, BlockMapping):
        made = AnchoredMapping(node.text, node.open, node.limit, node.column, node.first)
    elif isinstance(node, BlockSequence):
        made = AnchoredSequence(node.text, node.open, node.limit, node.column)
    else:
        return None
    made.start, made.anchor, made.tag, made.aliases = mark.start(1), mark[2], None, []
    return made
