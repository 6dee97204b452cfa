"""Text to nodes, for an item that shares nodes by anchors and aliases: where the grammar matches
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
from .lines import start_of_content
from .nodes import LONG, Alias
from .patterns import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterable
    from typing import Any

    from .nodes import Node

    Block = BlockMapping | BlockSequence
    # A value of an item, the next node: the number of the node that it is in, its number there, and
    # its mark, if it has one. The root node that `read_block` reads is node 0.
    _Place = tuple[int, int, "_Mark | None"]

# Each begins with one character, as do the patterns in `grammar.py`.
_NAME_AND_END = "([0-9A-Za-z_-]+)(?= *\n)"
_MARKS = rf"&(?<=[:-] &){_NAME_AND_END}", rf"\*(?<=[:-] \*){_NAME_AND_END}"
# The beginning of a name, of characters that all versions of PyYAML take for part of one.
_NAME = "[0-9A-Za-z_-]*"
_ALIAS = rf"\*({_NAME})"
# On so many levels the nodes of an item may be, aliases expanded.
_MOST_LEVELS = 100
# For items of one shape, so many numberings of their names are kept.
_MOST_NUMBERINGS = 64


class AnchoredMapping(BlockMapping):
    __slots__ = ("aliases", "anchor", "counts", "tag")

    counts: tuple[int, int] | None
    size = property(lambda self: _counts(self, BlockMapping)[0])
    depth = property(lambda self: _counts(self, BlockMapping)[1])


class AnchoredSequence(BlockSequence):
    __slots__ = ("aliases", "anchor", "counts", "tag")

    counts: tuple[int, int] | None
    size = property(lambda self: _counts(self, BlockSequence)[0])
    depth = property(lambda self: _counts(self, BlockSequence)[1])


def _counts(node: Any, made: Any) -> tuple[int, int]:
    """The size and the depth, counted once, however many aliases stand for the node."""
    if node.counts is None:
        node.counts = made.size.fget(node), made.depth.fget(node)
    counts: tuple[int, int] = node.counts
    return counts


class _Mark:
    """An alias, or an anchor. Positions are from the item's first character on: its name is from
    `begin` to `end`, and its value ends before `stop`.
    """

    __slots__ = ("begin", "end", "stop")

    def __init__(self, match: re.Match[str], content: int, stop: int) -> None:
        self.begin, self.end, self.stop = (it - content for it in (*match.span(1), stop))


class _Anchor(_Mark):
    """The anchor of a block collection, which has no more nodes than `size` on no more levels than
    `depth`, without its aliases.
    """

    __slots__ = ("_column", "_first", "_open", "depth", "size")

    def __init__(self, match: re.Match[str], content: int, stop: int, node: Block) -> None:
        super().__init__(match, content, stop)
        lines = node.text[match.end() : stop]
        self.size, self.depth = _most_nodes(lines), _most_levels(lines)
        self._open, self._column = node.open - content, node.column
        self._first: tuple[int, int] | None = None
        if isinstance(node, BlockMapping):
            start = self._open + (node.text[node.open] in "\"'")
            self._first = start, start + len(node.first)

    def read(self, text: str, content: int) -> AnchoredMapping | AnchoredSequence:
        """The collection of this anchor, in an item whose first character is at `content`."""
        start, limit = content + self._open, content + self.stop
        made: AnchoredMapping | AnchoredSequence
        if self._first is None:
            made = AnchoredSequence(text, start, limit, self._column)
        else:
            begin, end = self._first
            first = text[content + begin : content + end]
            made = AnchoredMapping(text, start, limit, self._column, first)
        made.start = content + self.begin - 1
        made.anchor = text[content + self.begin : content + self.end]
        made.tag, made.aliases, made.counts = None, [], None
        return made


class Shape:
    """What items have in common that differ in letters and digits alone: where their anchors and
    aliases stand, and what each numbering of the names makes of them: those of `&a`, `&b`, `*a` are
    0, 1, 0.
    """

    __slots__ = ("_is_small", "_known", "_left", "_marks", "_names", "_places")

    def __init__(self, places: list[_Place], left: int, is_small: bool) -> None:
        """Without its aliases, the item is small or not, and has `left` nodes less than characters
        at least.
        """
        self._places = places
        self._marks = [mark for _, _, mark in places if mark is not None]
        self._names = [(mark.begin, mark.end) for mark in self._marks]
        self._left = left
        self._is_small = is_small
        self._known: dict[tuple[int, ...], AnchorReader | None] = {}

    def reader(self, text: str, content: int, behind: int) -> AnchorReader | None:
        """How an item is read whose first character is at `content`. None where it uses what is
        outside of it, where what starts at `behind` may use its anchors, and where PyYAML must read
        it.
        """
        numbers: dict[str, int] = {}
        names = [text[content + begin : content + end] for begin, end in self._names]
        numbering = tuple([numbers.setdefault(name, len(numbers)) for name in names])
        if numbering not in self._known:
            if len(self._known) == _MOST_NUMBERINGS:
                self._known.clear()
            self._known[numbering] = self._resolved(numbering)
        return None if _are_used(text, behind, numbers) else self._known[numbering]

    def _resolved(self, numbering: tuple[int, ...]) -> AnchorReader | None:
        targets: dict[_Mark, _Anchor] = {}
        last: dict[int, _Anchor] = {}
        # The anchors whose values have the mark in them, and what all values have at most.
        above: list[_Anchor] = []
        left, sizes, depths = self._left, {}, {}
        for mark, number in zip(self._marks, numbering, strict=True):
            while above and above[-1].stop <= mark.begin:
                above.pop()
            if isinstance(mark, _Anchor):
                last[number] = mark
                sizes[mark], depths[mark] = mark.size, mark.depth
                above.append(mark)
                continue
            anchor = last.get(number)
            if anchor is None or anchor in above or MAX_LEVELS + depths[anchor] > _MOST_LEVELS:
                return None
            targets[mark] = anchor
            left -= sizes[anchor]
            for it in above:
                sizes[it] += sizes[anchor]
                depths[it] = max(depths[it], it.depth + depths[anchor])
        return AnchorReader(self._places, targets, self._is_small and left >= 0)


class AnchorReader:
    """As LineReader, for an item with anchors and aliases."""

    __slots__ = ("_places", "_targets", "is_small")

    def __init__(self, places: list[_Place], targets: dict[_Mark, _Anchor], is_small: bool) -> None:
        """`targets` are what the aliases stand for."""
        self.is_small = is_small
        self._places = places
        self._targets = targets

    def read(self, text: str, content: int, limit: int) -> Node:
        nodes: list[Any] = [read_block(text, content, limit)]
        shared: dict[_Mark, Node] = {}
        for parent, index, mark in self._places:
            above = nodes[parent]
            if mark is None:
                nodes.append(_child(above, index))
                continue
            node: Node
            if isinstance(mark, _Anchor):
                node = shared[mark] = mark.read(text, content)
            else:
                target = shared[self._targets[mark]]
                node = Alias(content + mark.begin - 1, content + mark.end, target, above)
            _put(above, index, node)
            nodes.append(node)
        root: Node = nodes[0]
        return root


def may_use(text: str, start: int, anchors: Iterable[str]) -> bool:
    """Whether the text from the start on may have an alias of one of these anchors."""
    return _are_used(text, start, [compiled(_NAME).findall(anchor)[0] for anchor in anchors])


def _are_used(text: str, start: int, names: Iterable[str]) -> bool:
    uses = _last_uses(text)
    return any(uses.get(name, -1) >= start for name in names)


@lru_cache(1)
def _last_uses(text: str) -> dict[str, int]:
    """Where each name stands last behind a `*`."""
    return {match[1]: match.start() for match in compiled(_ALIAS).finditer(text)}


def read_shape(text: str, start: int, limit: int, is_small: bool) -> Shape | None:
    """The shape of an item that is a part of a text, and is small or not without its aliases; None
    where PyYAML must read it.
    """
    found = [match for mark in _MARKS for match in compiled(mark).finditer(text, start, limit)]
    found.sort(key=lambda match: match.start())
    masked = _without(found, text, start, limit)
    if not matches(masked, 0, len(masked)):
        return None
    content = start_of_content(text, start, limit)
    root = read_block(text, content, limit)
    places: list[_Place] = []
    # The numbers of the nodes that have values in `places`.
    numbers: dict[tuple[int, ...], int] = {(): 0}
    for match in found:
        value = _value_at(root, match.start())
        if value is None:  # it is in a scalar or a comment
            continue
        above, path, stop = value
        mark = _mark(match, content, above.column, stop)
        if mark is None or (isinstance(root, BlockSequence) and len(path) == 1):
            return None  # as is the anchor of the item itself
        if isinstance(mark, _Anchor):
            _put(above, path[-1], mark.read(text, content))
        for depth in range(1, len(path)):
            if path[:depth] not in numbers:
                places.append((numbers[path[: depth - 1]], path[depth - 1], None))
                numbers[path[:depth]] = len(places)
        places.append((numbers[path[:-1]], path[-1], mark))
        numbers[path] = len(places)
    return Shape(places, limit - start - _most_nodes(text[start:limit]), is_small)


def _without(marks: list[re.Match[str]], text: str, start: int, limit: int) -> str:
    """A part of the text that has spaces for anchors, and plain scalars for aliases."""
    pieces: list[str] = []
    for mark in marks:
        begin, end = mark.span()
        pieces += text[start:begin], (" " if text[begin] == "&" else "a") * (end - begin)
        start = end
    return "".join([*pieces, text[start:limit]])


def _value_at(node: Node, position: int) -> tuple[Block, tuple[int, ...], int] | None:
    """The value that starts here: the collection that it is in, the numbers of the pairs and
    entries that lead to it, and where it ends. None where no value starts here.
    """
    path: tuple[int, ...] = ()
    while isinstance(node, BlockMapping | BlockSequence) and node.open <= position:
        if isinstance(node, BlockMapping):
            node.keys()
            starts = node.starts
            i = bisect_right(starts, position) - 1
            indicator = starts[i] + len(node.names[i]) + 2 * (node.text[starts[i]] in "\"'")
        else:
            starts = node.dashes
            i = bisect_right(starts, position) - 1
            indicator = starts[i]
        path = *path, i
        if indicator == position - 2:
            end = starts[i + 1] - node.column if i + 1 < len(starts) else node.limit
            return node, path, end
        node = _child(node, i)
    return None


def _mark(match: re.Match[str], content: int, column: int, stop: int) -> _Mark | None:
    """The mark of a value, an alias alone or the anchor of a block collection; None for others."""
    text = match.string
    if text[match.start()] == "*":
        is_alone = start_of_content(text, match.end(), stop) == stop
        return _Mark(match, content, stop) if is_alone else None
    node = read_node(text, match.end(), stop, column)
    if isinstance(node, BlockMapping | BlockSequence):
        return _Anchor(match, content, stop, node)
    return None


def _child(node: Block, i: int) -> Node:
    if isinstance(node, BlockMapping):
        node.keys()  # makes what `value_at` needs
        return node.value_at(i)
    return node.entry(i)


def _put(node: Block, i: int, value: Node) -> None:
    # `keys` and `dashes` make the lists.
    if isinstance(node, BlockMapping):
        node.keys()
        node.values[i] = value
    elif i < len(node.dashes):
        node.nodes[i] = value


def _most_nodes(text: str) -> int:
    """As many nodes lines in block style have at most: on each line a list, an entry, its key and
    its value, and up to three for each bracket and comma. A long scalar counts for many.
    """
    flow = text.count("[") + text.count("{") + text.count(",")
    return 4 * text.count("\n") + 3 * flow + len(text) // LONG


def _most_levels(text: str) -> int:
    """On as many levels such nodes are at most: for each column that lines start at, a mapping, the
    list of a key, and an entry. Flow collections have levels of their own.
    """
    columns = {len(line) - len(line.lstrip(" ")) for line in text.split("\n")}
    return min(3 * len(columns), MAX_LEVELS)
