"""All items of a text, read one by one, or with the whole text."""

from __future__ import annotations

from ..results.errors import BoundsError, InputError
from ..results.result import Result
from ..yamltext.data import get
from ..yamltext.grammar import Opens
from ..yamltext.nodes import MAX_DEPTH, MAX_NODES, Mapping, Node, Sequence, resolve
from ..yamltext.read import may_be_deep, read_exactly
from .items import ITEMS, Item, Ways, kind_at, too_long
from .split import MAX_ITEMS, Parts, has_items, is_list, too_many_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from ..yamltext.edit import Document
    from ..yamltext.read import Reader
    from .origin import Origin

# Nodes of items are kept for so many characters; then the oldest go, and are read again if need be.
_KEPT = 1_500_000
# What an item costs however short it is.
_LEAST = 1_000
# A List in a List is rare, and one in that is not made by anything.
_MAX_LISTS = 100


class PartItems:
    """The items that are parts of a text, read one by one. How one is read is decided before any
    function sees it: by its lines where these mean what they look like, else by PyYAML or as JSON.
    """

    def __init__(self, document: Document, parts: Parts, origin: Origin | None) -> None:
        self.root = parts.root
        self._document = document
        self._origin = origin
        self._parts = parts
        self._checks = _Checks(parts.text)
        # The items that are read by their lines, those that are not, and why some can't be read.
        self._quick: dict[int, Reader] = {}
        self._exact: set[int] = set()
        self._errors: dict[int, Result] = {}
        # Those that are held against the bounds already.
        self._counted: set[int] = set()
        self._end: int | None = None
        self._kept: dict[int, Node] = {}
        self._opens = Opens(parts.text)
        self._length = 0
        # Of all items, once some have been asked for.
        self.kinds: set[str] = set()
        self._guesses: list[str | None] = []
        parts.listed.read = self._read

    def items(self, kinds: frozenset[str]) -> list[Item] | None:
        """The items of these kinds, in order; None where only the whole text has them."""
        parts = self._parts
        known = kinds | parts.holders
        guesses = self._guesses = self._guesses or parts.kinds()
        if not parts.holders.isdisjoint(guesses):
            return None
        count = len(guesses)
        self.kinds.update(filter(None, guesses))
        asked = [i for i, kind in enumerate(guesses) if kind is None or kind in known]
        start, found = 0, []
        for i in [*asked, count]:
            found += self._passed(start, i)
            found += range(i, min(i + 1, count))
            start = i + 1
        if count and found[-1:] != [count - 1]:
            self._end = count - 1
            found.append(self._end)
        items = []
        for i in found:
            kind = self._decided(i, guesses[i])
            if kind is None or kind in parts.holders:
                return None
            self.kinds.add(kind)
            if kind in kinds:
                items.append(self._item(i, kind))
            elif i in self._kept:
                self._drop(i)
            if self._length > _KEPT and i in self._kept:
                self._drop(i)  # it was kept until all was known of it
        return items

    def holding(self, test: Callable[[str], bool]) -> list[Item]:
        """The items whose text passes a test, in order, without those that can't be read."""
        parts, items = self._parts, []
        guesses = self._guesses = self._guesses or parts.kinds()
        for i, (_, end) in enumerate(parts.spans):
            if not test(parts.text[parts.start(i) : end]):
                continue
            try:
                kind = self._decided(i, guesses[i])
                item = self._item(i, kind) if kind else None
            except InputError:
                continue
            if item is not None and item.error is None:
                items.append(item)
        return items

    def texts(self, kinds: Container[str]) -> list[str]:
        """The texts of the items that may be of these kinds, once some have been asked for."""
        parts = self._parts
        return [
            parts.text[parts.start(i) : parts.spans[i][1]]
            for i, kind in enumerate(self._guesses)
            if kind is None or kind in kinds
        ]

    def _passed(self, start: int, end: int) -> list[int]:
        """Of items that nobody asks for, those whose lines may be others', or of another kind."""
        parts = self._parts
        if start == end or parts.is_certain:
            return []
        found: list[int] = []
        i, position, limit = start, parts.start(start), parts.spans[end - 1][1]
        while (place := self._opens.first_from(position, limit)) < limit:
            while parts.spans[i][1] <= place:
                i += 1
            position = parts.spans[i][1]
            if not parts.ends(i):
                found.append(i)
        return found

    def _decided(self, i: int, guess: str | None) -> str | None:
        """The kind of an item that is to be read, empty where it is none; None where only the whole
        text tells.
        """
        parts = self._parts
        if i in self._errors:
            return guess
        if guess is not None and (error := too_long(parts.length(i))) is not None and parts.ends(i):
            self._errors[i] = error
            return guess
        # What is all in flow style, without anchors, is read when a function asks for it.
        if guess is not None and parts.is_flow(i) and parts.ends(i):
            return guess
        if self._reader(i) is not None:
            return kind_at(self._read(i)) if guess is None else guess
        try:
            node = self._kept.get(i) or parts.exact(i)
        except BoundsError as error:
            self._errors[i] = Result(error.id, **error.values)
            return kind_at(self._read(i)) if guess is None else guess
        if node is not None and i not in self._kept:
            self._add(i, node)
        return None if node is None else kind_at(node)

    def _reader(self, i: int) -> Reader | None:
        """How an item is read by its lines; None where it is read another way."""
        reader = self._quick.get(i)
        if reader is None and i not in self._exact:
            reader = None if self._may_lack_its_end(i) else self._parts.reader(i)
            if reader is None:
                self._exact.add(i)
            else:
                self._quick[i] = reader
        return reader

    def _may_lack_its_end(self, i: int) -> bool:
        """Whether the source ends in a block scalar without the line break that the text has."""
        start, end = self._parts.start(i), self._parts.spans[i][1]
        return end > len(self._document.source) and any(
            self._parts.text.find(indicator, start) >= 0 for indicator in "|>"
        )

    def _item(self, i: int, kind: str) -> Item:
        listed = self._parts.listed
        item = Item(
            self._document, self.root, (), listed, i, kind, self._errors, origin=self._origin
        )
        item.error = item.error or too_long(self._parts.length(i))
        if i in self._counted:
            return item
        if item.error is None and not self._is_small(i):
            item.error = self._checks.error_of(item.node)
        self._counted.add(i)
        return item

    def _is_small(self, i: int) -> bool:
        """Whether an item surely is within the bounds of what lines do not tell."""
        reader = self._quick.get(i)
        if reader is not None:
            return reader.is_small
        return i not in self._exact and not may_be_deep(self._parts.text, *self._parts.spans[i])

    def _read(self, i: int) -> Node:
        node = self._kept.get(i)
        if node is None:
            node = self._parts.head(i) if i in self._errors else self._part(i)
            self._keep(i, node)
        return node

    def _part(self, i: int) -> Node:
        reader = self._reader(i)
        if reader is not None:
            return self._parts.block(i, reader)
        try:
            node = self._parts.exact(i)
        except BoundsError as error:
            self._errors[i] = Result(error.id, **error.values)
            return self._parts.head(i)
        if node is None:
            read_exactly(self._document.source)  # says where it is no YAML
            raise InputError("not-yaml", self._parts.text, self._parts.start(i), problem="no item")
        return node

    def _add(self, i: int, node: Node) -> None:
        self._kept[i] = node
        self._length += self._weight(i)

    def _keep(self, i: int, node: Node) -> None:
        self._add(i, node)
        while self._length > _KEPT and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def _drop(self, i: int) -> None:
        del self._kept[i]
        self._length -= self._weight(i)

    def _weight(self, i: int) -> int:
        return _LEAST + self._parts.length(i)

    def last(self) -> Node | None:
        """What stands last in the list; else the last document."""
        for i in reversed(range(len(self._parts.spans))):
            node = self._read(i)
            if self.root is not None or isinstance(node, Mapping):
                return node
        return None

    @property
    def ways(self) -> Ways:
        passed = {self._end} - self._counted
        quick, exact = len(self._quick.keys() - passed), len(self._exact - passed)
        return Ways(len(self._parts.spans) - quick - exact, quick, exact)


class WholeItems:
    """The items of documents that have been read."""

    def __init__(self, document: Document, roots: list[Mapping], origin: Origin | None) -> None:
        """Raises InputError for too many of them, and for what is no list of items."""
        self._roots = roots
        self._all = _all_items(document, roots, origin)
        self.kinds = {item.kind for item in self._all}
        self._text = document.text
        self._checks = _Checks(document.text)
        self._counted: set[int] = set()
        self.ways = Ways(0, 0, len(self._all))
        root = roots[0] if len(roots) == 1 else None
        # The mapping that has all items in a list; None where some are documents.
        self.root = root if root is not None and has_items(root) else None

    def items(self, kinds: frozenset[str]) -> list[Item]:
        """The items of these kinds, in order."""
        items = [item for item in self._all if item.kind in kinds]
        for item in items:
            self._count(item)
        return items

    def holding(self, test: Callable[[str], bool]) -> list[Item]:
        """As that of PartItems."""
        found = []
        for item in self._all:
            if test(self._text[item.node.start : item.node.end]):
                try:
                    self._count(item)
                except InputError:
                    continue
                if item.error is None:
                    found.append(item)
        return found

    def texts(self, kinds: Container[str]) -> list[str]:
        """As those of PartItems."""
        nodes = [item.node for item in self._all if item.kind in kinds]
        return [self._text[node.start : node.end] for node in nodes]

    def _count(self, item: Item) -> None:
        """Holds an item against the bounds, once."""
        if id(item) not in self._counted:
            self._counted.add(id(item))
            node = item.node
            item.error = too_long(node.end - node.start) or self._checks.error_of(node)

    def last(self) -> Node | None:
        """What stands last in the list; else the last document."""
        if self.root is None:
            return self._roots[-1] if self._roots else None
        listed = get(self.root, ITEMS)
        return listed.last if isinstance(listed, Sequence) and listed.count else None


def _all_items(document: Document, roots: list[Mapping], origin: Origin | None) -> list[Item]:
    text = document.text
    items: list[Item] = []
    documents = Sequence(0, 0, False)
    documents.entries = [*roots]
    left = MAX_ITEMS + len(text)  # of the entries that may be looked at, aliases expanded
    for number, root in enumerate(roots):
        if not has_items(root):
            kind, count = kind_at(root), len(items)
            items.append(Item(document, None, (), documents, number, kind, None, origin, count))
            continue
        listed = get(root, ITEMS)
        if listed is not None and not isinstance(listed, Sequence):
            raise InputError("field-not-a-list", text, listed.start, name=ITEMS)
        waiting = [] if listed is None else _entries(listed, ())
        while waiting:
            steps, listed, index = waiting.pop()
            node = resolve(listed.entries[index])
            left -= 1
            if not isinstance(node, Mapping):
                continue
            inner = get(node, ITEMS) if is_list(node) else None
            if len(items) == MAX_ITEMS or left < 0:
                raise too_many_items(text, node.start)
            if len(steps) >= _MAX_LISTS:
                raise InputError("too-deep", text, node.start, levels=_MAX_LISTS)
            if isinstance(inner, Sequence):
                waiting += _entries(inner, (*steps, index))
            else:
                kind, count = kind_at(node), len(items)
                items.append(Item(document, root, steps, listed, index, kind, None, origin, count))
    return items


def _entries(
    listed: Sequence, steps: tuple[int, ...]
) -> list[tuple[tuple[int, ...], Sequence, int]]:
    """The entries of a list, and the steps to it, the first one last."""
    return [(steps, listed, i) for i in reversed(range(listed.count))]


class _Checks:
    """What lines do not tell of an item. First, how much its aliases stand for, so that small text
    can't ask for much work: what a function does with an item takes no more than a constant for
    each of its nodes, aliases expanded. Without aliases, a text has no more nodes than characters.
    Second, whether it is a template of Helm: `{{` outside of quotes, which the grammar does not
    match.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._expanded = 0
        self._seen: set[int] = set()

    def error_of(self, node: Node) -> Result | None:
        """What is wrong with an item that its lines do not tell, if it is too much by itself, or a
        template by chance. Raises InputError where all items together are too much.
        """
        start, end = node.start, node.end
        # An alias may make an item of one that has been counted.
        own = 0 if start in self._seen else end - start
        expanded = max(0, node.size - own)
        if expanded > MAX_NODES:
            return Result("too-many-nodes", limit=MAX_NODES)
        if node.depth > MAX_DEPTH:
            return Result("too-deep", levels=MAX_DEPTH)
        self._seen.add(start)
        self._expanded += expanded
        if self._expanded > MAX_NODES:
            raise InputError("too-many-aliases", self._text, start, limit=MAX_NODES)
        if self._text.find("{{", start, end) < 0:
            return None
        from ..yamltext.templates import template_in

        path = template_in(node, self._text)
        if path is None:
            return None
        return Result("helm-template", path, problem="has `{{` outside of quotes")
