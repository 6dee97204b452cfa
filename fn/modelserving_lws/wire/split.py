"""Where the items of a text stand, found without reading what is in them: the entries of a list in
block style or in JSON, or the documents of a stream.
"""

from __future__ import annotations

import re
from itertools import chain, islice

from ..results.errors import BoundsError, InputError
from ..yamltext.block import read_block
from ..yamltext.data import get, text_at
from ..yamltext.grammar import matches, whole_lines
from ..yamltext.lines import OUTDENTED, has_line_feeds_only, start_of_content
from ..yamltext.nodes import MAX_READ, NO_KEYS, Mapping, Node, Scalar, Sequence, is_merge
from ..yamltext.patterns import compiled
from ..yamltext.read import line_reader, read_part, read_part_exactly
from .items import ITEMS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..yamltext.read import Reader

RESOURCE_LIST = "ResourceList"
MAX_ITEMS = 200_000
_MOST_LINES = 2 * MAX_ITEMS
_ITEMS = compiled(r"items:(?: *| +#[^\n]*)\n")
# What starts a line that ends a document, and a line that only separates documents.
_ENDS = ("---", "...", "%")
_MARKER = r"---(?: *| +#[^\n]*)(?:\n|\Z)"
# What other line breaks than line feeds hide: markers of documents, and lines behind comments; in a
# list at a column, lines that are blank, and those that are not right of it.
_OTHER = "(?:\r(?!\n)|[\x85\u2028\u2029])"
_HIDDEN = rf"\ufeff|{_OTHER}---|#[^\n]*[\r\x85\u2028\u2029]"
_OUTDENTED = rf"(?m)^ *{_OTHER}|{_OTHER}(?! {{COLUMN}} )"
# The first lines of an item in a sequence at a column, of one in flow style, of a document, and a
# line below that the kind can't go on in.
_ITEM = r"- (?:apiVersion: [^\n]*\n {COLUMN}  )?kind: ([A-Za-z0-9]+)\n(?! {COLUMN}   | *[\n#])"
_FLOW_ITEM = (
    r"""- \{(?:["']?apiVersion["']?: ["']?[A-Za-z0-9./-]+["']?, ?)?"""
    r"""["']?kind["']?: ["']?([A-Za-z0-9]+)["']?[,}]"""
)
_DOCUMENT = r"(?:apiVersion: [^\n]*\n)?kind: ([A-Za-z0-9]+)\n(?![ \n#])"


class Listed(Sequence):
    """Items that are read when something asks for them, by `read`."""

    __slots__ = ("_end", "_places", "read")

    def __init__(self, places: list[int], start: int, end: int | None) -> None:
        """`places` are where the items start, with their dash if they have one. In flow style, the
        list has an end of its own.
        """
        self.start = self.open = start
        self.flow = end is not None
        self.offset = 0
        self._places = places
        self._end = end
        self.read: Callable[[int], Node]

    @property
    def end(self) -> int:  # type: ignore[override]
        return self.last.end if self._end is None else self._end

    def entry(self, i: int) -> Node:
        return self.read(i)

    @property
    def entries(self) -> list[Node]:  # type: ignore[override]
        return list(map(self.entry, range(self.count)))

    @property
    def count(self) -> int:
        return len(self._places)

    def dash(self, i: int, text: str) -> int:  # noqa: ARG002 (as others have it)
        return self._places[i]


class _Root(Mapping):
    """A mapping whose last value may be items."""

    __slots__ = ()

    def __init__(self, start: int) -> None:
        self.start = self.open = start
        self.flow = False
        self.pairs = []
        self.repeated = NO_KEYS
        self._own = None

    @property
    def end(self) -> int:  # type: ignore[override]
        return self.last.end


class Parts:
    """The items of a text, by number: `spans` are where each starts (with its dash, if it has one)
    and ends. `root` is the mapping that has them; None for a stream. `holders` are the kinds of
    those that hold items of their own.
    """

    holders: frozenset[str] = frozenset(("List",))
    # Whether a reader of the whole text gave the spans and kinds.
    is_certain = False
    # Whether the items are documents, whose anchors are their own.
    has_documents = False

    def __init__(self, text: str, spans: list[tuple[int, int]]) -> None:
        self.text = text
        self.end = len(text)  # less than that where the source lacks the last line break
        self.spans = spans
        self.root: Mapping | None = None
        places = [start for start, _ in spans]
        self.listed = Listed(places, places[0] if places else len(text), None)
        if len(spans) > MAX_ITEMS:
            raise too_many_items(text, spans[MAX_ITEMS][0])

    def kinds(self) -> list[str | None]:
        """The `kind` of each, as far as its first lines say it."""
        raise NotImplementedError

    def start(self, i: int) -> int:
        """Where the line starts that an item starts on."""
        return self.spans[i][0]

    def reader(self, i: int) -> Reader | None:
        """How an item is read by its lines; None where it can't be."""
        return line_reader(self.text, self.start(i), *self.spans[i], self.behind(i))

    def behind(self, i: int) -> int:
        """Where what may use an item's anchors starts."""
        return len(self.text) if self.has_documents else self.spans[i][1]

    def block(self, i: int, reader: Reader) -> Node:
        """An item that is read by its lines."""
        node = reader.read(self.text, *self.spans[i])
        return node if self.has_documents or not isinstance(node, Sequence) else node.last

    def exact(self, i: int) -> Node | None:
        """Another item; None where it is none by itself. Raises BoundsError."""
        raise NotImplementedError

    def ends(self, i: int) -> bool:
        """Whether the lines of an item surely end where it does."""
        end = self.spans[i][1]
        return self.is_certain or whole_lines(self.text, self.start(i), end) == end

    def is_flow(self, i: int) -> bool:  # noqa: ARG002 (as others have it)
        """Whether an item is one flow collection."""
        return False

    def head(self, i: int) -> Mapping:
        """The first fields of an item that is beyond the bounds, as far as their lines mean what
        they look like, so that it can be named; it ends where the item's lines do.
        """
        start, (dash, end) = self.start(i), self.spans[i]
        if self.text.startswith(("{", "- {"), dash):
            from ..yamltext.json_ import read_head

            opens = self.text.index("{", dash)
            return read_head(self.text, opens, opens + len(self.text[opens:end].rstrip()))
        column = dash - start + 2 * self.text.startswith("- ", dash)
        head = Mapping(dash, dash, False)
        head.end = end
        found = islice(OUTDENTED.lines(self.text, dash + 2, end, column), 20)
        for stop in reversed([match.start() + 1 for match in found]):
            if matches(self.text, start, stop):
                node = read_block(self.text, dash, stop)
                node = node.last if isinstance(node, Sequence) else node
                head.pairs = node.pairs if isinstance(node, Mapping) else []
                break
        return head

    def length(self, i: int) -> int:
        """How many characters an item has, at most."""
        return self.spans[i][1] - self.spans[i][0]


class _BlockList(Parts):
    """The list at the key `items` of a mapping that is a document."""

    def __init__(self, text: str, spans: list[tuple[int, int]], column: int) -> None:
        super().__init__(text, spans)
        self._column = column

    def kinds(self) -> list[str | None]:
        block = compiled(_ITEM.replace("COLUMN", str(self._column)))
        kinds = _kinds(self.text, block, [start for start, _ in self.spans])
        for i, (start, _) in enumerate(self.spans):
            if kinds[i] is None and self.text.startswith("- {", start):
                (kinds[i],) = _kinds(self.text, compiled(_FLOW_ITEM), [start])
        return kinds

    def start(self, i: int) -> int:
        return self.spans[i][0] - self._column

    def is_flow(self, i: int) -> bool:
        return self.text.startswith("- {", self.spans[i][0])

    def exact(self, i: int) -> Node | None:
        start, end = self.spans[i]
        end = min(end, self.end)
        if self.text.startswith('- {"', start):
            return read_part_exactly(self.text, start + 2, end, self.behind(i))
        listed = read_part_exactly(self.text, start - self._column, end, self.behind(i))
        return listed.last if isinstance(listed, Sequence) and listed.count == 1 else None


class _JSONList(Parts):
    is_certain = True

    def __init__(self, text: str, spans: list[tuple[int, int]], kinds: list[str]) -> None:
        super().__init__(text, spans)
        self._kinds = kinds

    def kinds(self) -> list[str | None]:
        return [*self._kinds]

    def is_flow(self, i: int) -> bool:  # noqa: ARG002 (as others have it)
        return True

    def reader(self, i: int) -> Reader | None:  # noqa: ARG002 (as others have it)
        return None

    def exact(self, i: int) -> Node | None:
        from ..results.errors import NotJSONError
        from ..yamltext.json_ import read_value

        try:
            return read_value(self.text, *self.spans[i])
        except NotJSONError:
            return None


class _Stream(Parts):
    has_documents = True
    holders = frozenset(("List", RESOURCE_LIST))

    def kinds(self) -> list[str | None]:
        return _kinds(self.text, compiled(_DOCUMENT), [start for start, _ in self.spans])

    def start(self, i: int) -> int:
        return self.text.rfind("\n", 0, self.spans[i][0]) + 1

    def reader(self, i: int) -> Reader | None:
        return None if self.text[self.spans[i][0]] == "-" else super().reader(i)

    def exact(self, i: int) -> Node | None:
        end = min(self.spans[i][1], self.end)
        node = read_part_exactly(self.text, self.start(i), end, self.behind(i))
        is_manifest = isinstance(node, Mapping) or (isinstance(node, Scalar) and node.is_null)
        return node if is_manifest else None


def find_parts(text: str) -> Parts | None:
    """The items of a text that ends with a line break; None where only the whole text tells. Raises
    InputError for too many items.
    """
    if text.lstrip()[:1] == "{" and "\n---" not in text:
        return _json_list(text)
    found = None if _hides(text, _HIDDEN) else documents(text)
    if found is None or len(found) != 1:
        return None if found is None else _Stream(text, found)
    return _block_list(text, *found[0]) or _Stream(text, found)


def _hides(text: str, lines: str) -> bool:
    """Whether line breaks other than line feeds may start some of these lines."""
    return not has_line_feeds_only(text) and re.search(lines, text) is not None


def _block_list(text: str, start: int, end: int) -> Parts | None:
    if text[start] == "-" or text[start - 1 : start] == " ":
        return None
    lines = [start, *_outdented(text, start, end, 0)]
    keys = [line for line in lines if text[line] != "-" or text[line + 1] not in " \n"]
    place = next((i for i, line in enumerate(keys) if text.startswith("items:", line)), None)
    if len(lines) - len(keys) > MAX_ITEMS:
        raise too_many_items(text, lines[-1])
    if place is None or len(keys) > MAX_READ:
        return None
    below = keys[place + 1] if place + 1 < len(keys) else end
    head = _ITEMS.match(text, keys[place], below)
    if head is None:  # on the line of the key, none maybe
        first, dashes, column = below, [], 0
    else:
        first = start_of_content(text, head.end(), below)
        column = first - text.rfind("\n", 0, first) - 1 if first < below else 0
        if column:
            dashes = [first, *_outdented(text, first, below, column)]
        else:
            dashes = [line for line in lines if first <= line < below]
        if any(text[dash] != "-" or text[dash - column - 1] != "\n" for dash in dashes):
            return None
    if _hides(text, _OUTDENTED.replace("COLUMN", str(column))):
        return None
    ends = [dash - column for dash in dashes[1:]] + [below]
    parts = _BlockList(text, list(zip(dashes, ends, strict=False)), column)
    root = _Root(start)
    for begin, stop in ((start, first - column), (below, end)):
        if start_of_content(text, begin, stop) < stop:
            try:
                part = read_part(text, begin, stop)
            except BoundsError:
                return None
            if (
                not isinstance(part, Mapping)
                or part.flow
                or any(is_merge(it[0]) for it in part.pairs)
            ):
                return None
            root.pairs += part.pairs
    return _with_root(parts, root)


def _outdented(text: str, start: int, end: int, column: int) -> list[int]:
    """Where the lines at the column or left of it have their first character."""
    found = islice(OUTDENTED.lines(text, start, end, column), _MOST_LINES)
    return [match.end() - 1 for match in found]


def _json_list(text: str) -> Parts | None:
    from ..results.errors import NotJSONError
    from ..yamltext.json_ import read_json_list

    try:
        root, kinds = read_json_list(text)
    except (NotJSONError, BoundsError):
        return None
    listed = get(root, ITEMS)
    spans = [(it.start, it.end) for it in listed.entries] if isinstance(listed, Sequence) else []
    if len(spans) != len(kinds) or ITEMS in root.repeated:
        return None
    parts = _JSONList(text, spans, kinds)
    if listed is not None:
        parts.listed = Listed([start for start, _ in spans], listed.start, listed.end)
    return _with_root(parts, root)


def _with_root(parts: Parts, root: Mapping) -> Parts | None:
    """The parts, in the mapping that they are the items of; None where it is no list of items, or
    one of others.
    """
    listed = get(root, ITEMS)
    if parts.spans:
        root.set(ITEMS, parts.listed)
    elif listed is not None and not (isinstance(listed, Sequence) and not listed.count):
        return None
    parts.root = root
    return parts if has_items(root) else None


def _kinds(text: str, pattern: re.Pattern[str], starts: list[int]) -> list[str | None]:
    heads = [pattern.match(text, start) for start in starts]
    return [None if head is None else head[1] for head in heads]


def has_items(root: Mapping) -> bool:
    """Whether a document is a list of items."""
    return text_at(root, "kind") == RESOURCE_LIST or is_list(root)


def too_many_items(text: str, position: int) -> InputError:
    return InputError("too-many-items", text, position, limit=MAX_ITEMS)


def is_list(node: Mapping) -> bool:
    """Whether it is a `v1` List."""
    return (
        text_at(node, "kind") == "List"
        and text_at(node, "apiVersion") == "v1"
        and node.repeated.isdisjoint(("apiVersion", "kind"))
    )


def documents(text: str) -> list[tuple[int, int]] | None:
    """For each document that has more than comments: where its first key starts, and where it ends.
    None where that takes more than finding `---`: at the start of a line it stands
    for nothing else (https://yaml.org/spec/1.1/, 9.1.2).
    """
    found: list[tuple[int, int]] = []
    start = 0
    lines = (match.end() - 1 for match in OUTDENTED.lines(text, 0, len(text), 0))
    ends = (line for line in chain((0,), lines) if text.startswith(_ENDS, line))
    for end in chain(ends, (len(text),)):
        content = start_of_content(text, start, end)
        if content < end:
            if len(found) == MAX_ITEMS:
                raise too_many_items(text, content)
            found.append((content, end))
        if end < len(text):
            marker = compiled(_MARKER).match(text, end)
            if marker is None:
                return None
            start = marker.end()
    return found
