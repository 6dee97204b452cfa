"""The nodes of a YAML document and where they stand in its text.

A node knows its text (`start` to `end`, in characters) and nothing of how it was found there, so
that there may be several readers and one meaning. A node with `start == DETACHED` has no text yet:
it is made by an edit, and `document.py` writes it.
"""

from __future__ import annotations

from ..results.errors import BoundsError, ShapeError
from .lines import next_indicator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from collections.abc import Set as AbstractSet

    Data = str | int | dict[str, "Data"] | list["Data"]

DETACHED = -1
MAX_DEPTH = 1_000
MAX_NODES = 1_000_000
# As many nodes are read at a time where text is not read by its lines.
MAX_READ = 200_000
MAX_MERGES = 100
# A longer scalar counts as a node for each of as many characters.
LONG = 100
ENDLESS = 1 << 40

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_NULL_TAG = "tag:yaml.org,2002:null"
_STRING_TAG = "tag:yaml.org,2002:str"
_MERGE_TAG = "tag:yaml.org,2002:merge"
NO_KEYS: frozenset[str] = frozenset()

_SAFE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"
# What YAML 1.1 or a reader of it takes for something else than a string, in any case.
WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))


def is_plain_string(text: str) -> bool:
    """True for text that every YAML reader takes for this very string where it is plain, in block
    and in flow style: no number, boolean, null or date starts with a letter, but for a few words.
    """
    return (
        text.isascii()
        and text[:1].isalpha()
        and not text.strip(_SAFE)
        and text.lower() not in WORDS
    )


def too_large(position: int) -> BoundsError:
    return BoundsError("too-large", position, limit=MAX_READ)


def too_deep(position: int) -> BoundsError:
    return BoundsError("too-deep", position, levels=MAX_DEPTH)


class Node:
    """What all nodes have.

    `aliases` are the places that use this node by its anchor, if it has one. `size` and `depth`
    count this node and what is below it, aliases expanded; a long scalar counts as the many that
    its text could be. Both stop at ENDLESS, which a node has that holds itself.
    """

    __slots__ = ("end", "start")

    anchor: str | None = None
    tag: str | None = None
    aliases: list[Alias] | None = None
    size = 1
    depth = 0
    # Whether a node below may have an anchor, or be an alias.
    may_be_shared = True

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


class Scalar(Node):
    """A scalar: `value` is its text with quotes, folds and escapes undone; `style` is one of
    `` (plain), `'`, `"`, `|`, `>`.
    """

    __slots__ = ("style", "value")

    def __init__(self, start: int, end: int, value: str, style: str) -> None:
        self.start = start
        self.end = end
        self.value = value
        self.style = style

    @property
    def is_null(self) -> bool:
        if self.tag is not None:
            return self.tag == _NULL_TAG
        return not self.style and self.value in _NULLS

    @property
    def is_string(self) -> bool:
        """True where every YAML version reads a string: quoted, or plain and like nothing else."""
        if self.tag is not None:
            return self.tag == _STRING_TAG
        return bool(self.style) or is_plain_string(self.value)


class LongScalar(Scalar):
    """A scalar of more than LONG characters."""

    __slots__ = ("size",)

    def __init__(self, start: int, end: int, value: str, style: str) -> None:
        super().__init__(start, end, value, style)
        self.size = min(max((end - start) // LONG, 1), ENDLESS)


class Collection(Node):
    """A mapping or sequence. `open` is where its content begins: the bracket in flow style, else
    the first key (or `?`) or the first dash.
    """

    __slots__ = ("depth", "flow", "open", "size")

    def __init__(self, start: int, opens: int, flow: bool) -> None:
        self.start = self.end = start
        self.open = opens
        self.flow = flow
        self.size = ENDLESS
        self.depth = ENDLESS

    def fill(self, children: list[Node], end: int) -> None:
        """Gives a new collection what it holds, and its end."""
        raise NotImplementedError

    def close(self, end: int, children: list[Node]) -> None:
        """Sets the end and counts the children; before, the node is infinite, as YAML's
        self-containing nodes are.
        """
        self.end = end
        size = depth = 1
        for child in children:
            size += child.size
            if child.depth >= depth:
                depth = child.depth + 1
        self.size = size if size < ENDLESS else ENDLESS
        self.depth = depth if depth < ENDLESS else ENDLESS


class Mapping(Collection):
    """`repeated` are the keys that stand there more than once, once `own` was asked."""

    __slots__ = ("_brought", "_merged", "_own", "pairs", "repeated")

    def __init__(self, start: int, opens: int, flow: bool) -> None:
        super().__init__(start, opens, flow)
        self.pairs: list[tuple[Node, Node]] = []
        self.repeated: AbstractSet[str] = NO_KEYS
        self._own: dict[str, tuple[Node, Node]] | None = None
        # The values of the merge keys, and the mappings that these bring.
        self._merged: tuple[Node, ...] = ()
        self._brought: list[Mapping] | None = None

    def own(self) -> dict[str, tuple[Node, Node]]:
        """The pairs whose keys stand here as scalars, by these; of repeated ones, the last."""
        if self._own is None:
            own = self._own = {}
            self._brought = None
            merged: list[Node] = []
            repeated: set[str] = set()
            for pair in self.pairs:
                key = pair[0]
                if type(key) is not Scalar or key.value == "<<":
                    if is_merge(key):
                        merged.append(pair[1])
                        continue
                    key = resolve(key)
                if isinstance(key, Scalar):
                    if key.value in own:
                        repeated.add(key.value)
                    own[key.value] = pair
            self._merged = tuple(merged)
            if repeated:
                self.repeated = repeated
        return self._own

    @property
    def last(self) -> Node:
        """The last value."""
        return self.pairs[-1][1]

    @property
    def is_empty(self) -> bool:
        return not self.pairs

    def pair(self, name: str) -> tuple[Node, Node] | None:
        """The pair of a key that stands here."""
        return self.own().get(name)

    def value(self, name: str) -> Node | None:
        """The value of a key that stands here; it may be an alias."""
        pair = self.pair(name)
        return None if pair is None else pair[1]

    def fill(self, children: list[Node], end: int) -> None:
        """Gives a new mapping its keys and values, in turn, and its end."""
        self.pairs = list(zip(children[::2], children[1::2], strict=True))
        self.close(end, children)

    def may_have(self, word: str) -> bool:  # noqa: ARG002 (what is read by lines answers)
        """Whether a scalar below may have this word in it; False where it is at once clear that
        none has.
        """
        return True

    def texts(self) -> dict[str, str] | None:
        """The keys and the texts of their values, where it is at once clear that all of these are
        scalars and no nulls; else None.
        """
        return None

    def merged(self) -> list[Mapping]:
        """The mappings that merge keys bring, and that theirs bring, the strongest first.

        Raises ShapeError where one is no mapping or where there are more than MAX_MERGES.
        """
        self.own()
        if not self._merged:
            return []
        if self._brought is None:
            self._brought = self._bring()
        return self._brought

    def _bring(self) -> list[Mapping]:
        found: list[Mapping] = []
        seen: set[int] = {id(self)}
        waiting = list(self._merged[MAX_MERGES::-1])
        while waiting:
            source = resolve(waiting.pop())
            if id(source) in seen:
                continue
            seen.add(id(source))
            if isinstance(source, Sequence):
                waiting += source.entries[MAX_MERGES::-1]
            elif isinstance(source, Mapping):
                found.append(source)
                source.own()
                waiting += source._merged[MAX_MERGES::-1]
            else:
                raise ShapeError("merge-not-a-mapping")
            if len(found) + len(waiting) > MAX_MERGES or len(seen) > 2 * MAX_MERGES:
                raise ShapeError("too-many-merges", limit=MAX_MERGES)
        return found

    def fields(self) -> dict[str, tuple[Node, Node]]:
        """All pairs whose keys are scalars, as YAML means it: its own, and those that merge keys
        bring. Raises ShapeError as `merged` does.
        """
        own = self.own()
        merged = self.merged()
        if merged:
            own = dict(own)
            for source in merged:
                for name, pair in source.own().items():
                    own.setdefault(name, pair)
        return own

    def get(self, name: str) -> Node | None:
        """The node at a key, behind its alias if it is one; its own key, else one that a merge key
        brings. Raises ShapeError as `merged` does.
        """
        pair = self.own().get(name)
        if pair is None:
            for source in self.merged():
                pair = source.own().get(name)
                if pair is not None:
                    break
            else:
                return None
        return resolve(pair[1])

    def set(self, name: str, value: Node) -> None:
        """For detached mappings: the key's value, in its place or at the end."""
        for i, (key, _) in enumerate(self.pairs):
            if isinstance(key, Scalar) and key.value == name:
                self.pairs[i] = (key, value)
                break
        else:
            self.pairs.append((Scalar(DETACHED, DETACHED, name, '"'), value))
        self._own = None

    def drop(self, names: Container[str]) -> None:
        """For detached mappings: removes the pairs of these keys."""
        self.pairs = [
            pair
            for pair in self.pairs
            if not (isinstance(pair[0], Scalar) and pair[0].value in names)
        ]
        self._own = None


class Sequence(Collection):
    """`offset` is how far right of its key a detached sequence is to have its dashes."""

    __slots__ = ("entries", "offset")

    def __init__(self, start: int, opens: int, flow: bool) -> None:
        super().__init__(start, opens, flow)
        self.entries: list[Node] = []
        self.offset = 0

    def fill(self, children: list[Node], end: int) -> None:
        """Gives a new sequence its entries, and its end."""
        self.entries = children
        self.close(end, children)

    def entry(self, i: int) -> Node:
        return self.entries[i]

    def each(self) -> Iterator[Node]:
        """The entries, of which not all are kept."""
        return iter(self.entries)

    @property
    def last(self) -> Node:
        """The last entry."""
        return self.entry(self.count - 1)

    def dash(self, i: int, text: str) -> int:
        """Where an entry of a sequence in block style has its dash."""
        return next_indicator(text, "-", self.entry(i - 1).end if i else self.open)

    @property
    def count(self) -> int:
        """How many entries there are."""
        return len(self.entries)

    def texts(self) -> list[tuple[str, str] | None]:
        """For each entry the texts of its `name` and `value`, where it is at once seen to have just
        these; else None.
        """
        return [None] * self.count


# Nodes with an anchor or a tag. Few have one, so that the others need no place for it.
class MarkedScalar(LongScalar):
    __slots__ = ("aliases", "anchor", "tag")


class MarkedMapping(Mapping):
    __slots__ = ("aliases", "anchor", "tag")


class MarkedSequence(Sequence):
    __slots__ = ("aliases", "anchor", "tag")


class Alias(Node):
    """A use of `target` by its anchor, in `parent`."""

    __slots__ = ("parent", "target")

    def __init__(self, start: int, end: int, target: Node, parent: Collection) -> None:
        super().__init__(start, end)
        self.target = target
        self.parent = parent
        if target.aliases is not None:
            target.aliases.append(self)

    @property
    def size(self) -> int:  # type: ignore[override]
        return self.target.size

    @property
    def depth(self) -> int:  # type: ignore[override]
        return self.target.depth


def resolve(node: Node) -> Node:
    """The node itself, or what the alias stands for."""
    return node.target if isinstance(node, Alias) else node


def is_merge(key: Node) -> bool:
    """Whether a key is the merge key."""
    if not isinstance(key, Scalar):
        return False
    if key.tag is not None:
        return key.tag == _MERGE_TAG
    return key.value == "<<" and not key.style
