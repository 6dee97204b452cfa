"""The text of a node, for another place: with its comments, quoting, block scalars and blank lines,
at column 0, lines ended by line feeds.

Anchors are left away; an alias, and what a merge key brings, is written out, below the comments of
the pair that it takes the place of. What stands left of the node (comments, further lines of quoted
text and of flow collections) is moved as far to the right as it must. JSON stays JSON, on one line.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from ..results.errors import ItemError
from ..results.result import Result, quote
from .comments import comments
from .data import without_text
from .lines import (
    BYTE_ORDER_MARK,
    LINE_BREAKS,
    before_breaks,
    break_above,
    column,
    comments_from,
    line_end,
    line_start,
    next_indicator,
    next_line,
    past_blank_lines,
)
from .nodes import (
    DETACHED,
    MAX_NODES,
    Alias,
    Collection,
    Mapping,
    Node,
    Scalar,
    Sequence,
    is_merge,
    resolve,
)
from .write import block, block_value, flow, is_flow, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .edit import Document

# What may be a block scalar that takes the blank lines behind it for its own.
KEEPS = re.compile(r"[|>][1-9]?\+[1-9]?\s")
_LINE = re.compile("(\r\n|[\n\r\x85\u2028\u2029])( *)")
_COLON = re.compile("[ \t]*:(?=[ \t\r\n])")
# An anchor or a tag, behind blanks, line breaks and comments.
_PROPERTY = re.compile(r"\s*(?:#[^\r\n]*\s+)*(&[\w-]+|!<[^>\s]*>|![^\s,\[\]{}]*)")
# What stands before a value: comments, an anchor and a tag.
_BEFORE_VALUE = re.compile(r"(?:\s|#[^\r\n\x85\u2028\u2029]*|[&!]\S*)*")
_COMMENT = re.compile(r"(?<=\s)#[^\r\n\x85\u2028\u2029]*(?<!\s)")
_STANDARD = "tag:yaml.org,2002:"
# What a node is to the collection that holds it; in a flow collection, that doesn't matter.
_KEY, _VALUE, _ENTRY, _FLOW = "key", "value", "entry", "flow"


def excerpt(document: Document, node: Node) -> str:
    """The node as lines at column 0, with the comments that follow it at its column or right of it;
    its own tag is left away.

    Raises ItemError for a node of more than MAX_NODES or with a byte order mark, EditError where
    too much would have to be written out.
    """
    node = resolve(node)
    text = document.text
    _check(node, text)
    if _is_json(node, text):
        return flow(without_text(document.copy(node)), text, True) + "\n"
    if not isinstance(node, Collection):
        return block(node, 0, text) + "\n"
    if node.flow and text[node.open] not in "[{":  # a pair by itself, `[a: b]`
        return flow(document.copy(node), text) + "\n"
    if node.flow:
        start = line_start(text, node.open)
        base = len(text[start : node.open]) - len(text[start : node.open].lstrip(" "))
        return _Excerpt(document, node, base).between(node.open, node.end) + "\n"
    base = column(text, node.open)
    return _Excerpt(document, node, base).between(node.open, end_of(text, node, base))


def field(
    document: Document,
    parent: Mapping,
    name: str,
    new_name: str | None = None,
    with_end: bool = True,
) -> str:
    """The pair at a key, as `excerpt` gives a node, with the comments right above it; under another
    name where one is given; `with_end` is whether the comments that follow it go with it. It may be
    one that a merge key brings. Raises KeyError where there is none.
    """
    owner = next((it for it in (parent, *parent.merged()) if name in it.own()), parent)
    key, value = owner.own()[name]
    text, node = document.text, resolve(value)
    _check(node, text)
    head = write(name if new_name is None else new_name)
    if owner.flow or value.start == key.end:  # a key without a colon
        return f"{head}:{_value(document, node)}"
    base = column(text, owner.open)
    colon, above = _head(text, owner, key)
    is_marked = key.anchor is not None or key.tag is not None or isinstance(key, Alias)
    if new_name is None and not is_marked and _LINE.search(text, key.start, colon) is None:
        head = text[key.start : colon - 1]
    if isinstance(value, Alias) and not is_flow(node):
        end = line_end(text, value.end)[0]
        comment = text[colon : value.start].rstrip() + text[value.end : end].rstrip()
        return f"{above}{head}:{comment}\n{indented(excerpt(document, node), 2)}"
    end = end_of(text, value, base) if with_end else next_line(text, value.end)
    if isinstance(value, Collection) and not (value.flow or _LINE.search(text, colon, value.open)):
        head, colon = f"{head}:\n{' ' * (column(text, value.open) - base)}", value.open
    else:
        head += ":"
    return above + head + _Excerpt(document, value, base).between(colon, end)


def line(document: Document, parent: Mapping, name: str, written: str, floor: int = 0) -> str:
    """A line that takes the place of the pair at a key, with the comments right above it, but none
    above `floor`, and the comment on its line.
    """
    pair, text = parent.pair(name), document.text
    if pair is None or parent.flow or pair[1].start == pair[0].end:
        return f"{written}\n"
    key, value = pair
    place, above = _head(text, parent, key, floor)
    if not isinstance(value, Collection) or value.flow:
        head = _BEFORE_VALUE.match(text, place, value.end)
        above += "".join([f"{it}\n" for it in _COMMENT.findall(head[0] if head else "")])
        is_block_scalar = isinstance(value, Scalar) and value.style in ("|", ">")
        place = value.start if is_block_scalar else value.end
    comment = re.compile("[ \t]+#.*").search(text, place, line_end(text, place)[0])
    return f"{above}{written}{comment[0].rstrip() if comment else ''}\n"


def _head(text: str, owner: Mapping, key: Node, floor: int = 0) -> tuple[int, str]:
    """Where the text goes on behind the colon of a key in block style; the comments before that,
    and those right above, but none above `floor`.
    """
    colon = next_indicator(text, ":", key.end)
    comments = [it.strip() + "\n" for it in text[key.end : colon].splitlines() if it.strip()]
    start = line_start(text, key.start) + column(text, owner.open)  # of the key, or of its `?`
    return colon + 1, _comments_above(text, owner, start, floor) + "".join(comments)


def _value(document: Document, node: Node) -> str:
    """What stands behind the colon of a key at column 0, where the text has none such."""
    lines = excerpt(document, node)
    return f" {lines}" if is_flow(node) else f"\n{indented(lines, 2)}"


def indented(lines: str, by: int, line_break: str = "\n") -> str:
    """Lines at column 0, moved to the right; empty lines stay empty."""
    indent = "\n" + " " * by
    if not lines.isascii():
        lines = re.sub("[\u2028\u2029](?=.)", lambda match: match[0] + " " * by, lines)
    lines = (indent[1:] + lines.replace("\n", indent)).removesuffix(indent[1:])
    if by and lines.startswith(indent[1:] + "\n"):
        lines = lines[by:]
    while by and indent + "\n" in lines:
        lines = lines.replace(indent + "\n", "\n\n")
    return lines if line_break == "\n" else lines.replace("\n", line_break)


def end_of(text: str, node: Node, base: int) -> int:
    """Where the line starts that is behind a node in block style and behind the comments that
    follow it, at the column or right of it, and right of what comes next.
    """
    end = next_line(text, node.end)
    comments, following = comments_from(text, end)
    for indent, place in comments:
        if indent < base or indent <= following:
            break
        end = place
    return end


def colon_end(text: str, key: Node) -> int | None:
    """Where the text goes on behind the colon of a key in block style, if that is on its line."""
    if text[key.end - 1 : key.end] in tuple(LINE_BREAKS):  # of a block scalar
        return None
    match = _COLON.match(text, key.end)
    return None if match is None else match.end()


def _check(node: Node, text: str) -> None:
    if node.size > MAX_NODES:
        raise ItemError(Result("too-many-nodes", limit=MAX_NODES))
    # YAML readers pass over it at the start of a line, and what else they do depends on the place.
    if BYTE_ORDER_MARK in text[node.start : node.end]:
        raise ItemError(Result("byte-order-mark"))


def _is_json(node: Node, text: str) -> bool:
    """Whether the text may be JSON, parts of which YAML refuses: tabs, escaped surrogate pairs."""
    return bool(getattr(node, "flow", True)) and text.lstrip()[:1] == "{"


def _comments_above(text: str, owner: Mapping, position: int, floor: int) -> str:
    """The comments on the lines right above a pair that starts here, and at its column, as lines at
    column 0; none above `floor`.
    """
    start = line_start(text, position)
    indent = text[start:position]
    if indent.strip(" "):
        return ""
    for other, value in owner.pairs:
        if other.start >= position:
            break
        floor = value.end
    lines: list[str] = []
    while start > floor:
        above = line_start(text, break_above(text, start))
        line = text[above:start].rstrip()
        if above < floor or not line.startswith(f"{indent}#"):
            break
        lines.append(line[len(indent) :] + "\n")
        start = above
    return "".join(reversed(lines))


class _Excerpt:
    """A part of a text, moved to the left by `base` columns. `edits` are what it has else than its
    text: start, end, and what stands there instead.
    """

    def __init__(self, document: Document, node: Node, base: int) -> None:
        """`node` is what the part holds: it stands in what will be at column 0."""
        self._document = document
        self._text = document.text
        self._base = base
        self._edits: list[tuple[int, int, str]] = []
        # Tokens that may have further lines anywhere: start, end, and how far right to put these.
        self._floors: list[tuple[int, int, int]] = []
        self._read(node)

    def between(self, start: int, end: int) -> str:
        """The part from start to end."""
        self._floors.sort()
        written: list[str] = []
        for edit_start, edit_end, replacement in [*sorted(self._edits), (end, end, "")]:
            if edit_start >= start:
                written += self._moved(start, edit_start)
                written.append(replacement)
                start = edit_end
        return "".join(written)

    def _moved(self, start: int, end: int) -> Iterator[str]:
        text = self._text
        for match in _LINE.finditer(text, start, end):
            yield text[start : match.start()]
            line_break, spaces = match.groups()
            place, start = match.end(1), match.end()
            indent = max(len(spaces) - self._base, 0)
            if start < len(text) and text[start] not in LINE_BREAKS:
                indent = max(indent, self._floor(place))
            yield ("\n" if line_break[0] in "\r\x85" else line_break) + " " * indent
        yield text[start:end]

    def _floor(self, place: int) -> int:
        i = bisect_left(self._floors, (place,)) - 1
        return self._floors[i][2] if i >= 0 and place < self._floors[i][1] else 0

    def _read(self, node: Node) -> None:
        # Nodes, the column of the block collection that each is in, and what it is there.
        waiting: list[tuple[Node, int, str]] = [(node, 0, _VALUE)]
        while waiting:
            node, held, role = waiting.pop()
            if isinstance(node, Alias):
                self._write_out(node, held, role)
            elif isinstance(node, Scalar):
                self._read_scalar(node, held, role)
            elif isinstance(node, Collection):
                self._read_properties(node)
                if not node.flow:
                    held = column(self._text, node.open) - self._base
                elif role != _FLOW:
                    self._floors.append((node.open, node.end, held + 1))
                if isinstance(node, Mapping):
                    for key, value in self._pairs(node, held):
                        waiting.append((key, held, _FLOW if node.flow else _KEY))
                        waiting.append((value, held, _FLOW if node.flow else _VALUE))
                elif isinstance(node, Sequence):
                    role = _FLOW if node.flow else _ENTRY
                    waiting += [(entry, held, role) for entry in node.entries]

    def _read_scalar(self, node: Scalar, held: int, role: str) -> None:
        text, start, end = self._text, node.start, node.end
        if node.style in ("|", ">"):
            head = next_indicator(text, node.style, self._read_properties(node)) + 1
            if len(text) > len(self._document.source) <= end:  # the source has no last line break
                written = text[head : head + 2].partition(" ")[0].strip()
                if "-" not in written:
                    self._edits.append((head, head + len(written), "-" + written.strip("+")))
            return
        if role != _FLOW and _LINE.search(text, start, end):
            self._floors.append((start, end, held + 1))
        if text[start : start + 3] in ("---", "...") and column(text, start) == self._base:
            self._edits.append((start, end, quote(node.value)))  # it would be a document's marker
            return
        is_empty_key = role == _KEY and not node.value and not node.style and node.tag is None
        if is_empty_key and (match := _PROPERTY.match(text, start)) is not None:
            self._edits.append(
                (*match.span(1), "null")
            )  # without its anchor, it is none to libyaml
            return
        self._read_properties(node)

    def _read_properties(self, node: Node) -> int:
        """Takes the anchor away, and a tag's handle that means something else elsewhere; returns
        where the text goes on behind them.
        """
        text, position = self._text, node.start
        for _ in range((node.anchor is not None) + (node.tag is not None)):
            match = _PROPERTY.match(text, position)
            if match is None:
                break
            start, position = match.span(1)
            written, end = match[1], position
            if written[0] == "!":
                tag = written.replace("!!", _STANDARD, 1) if written[:2] == "!!" else written
                if tag != node.tag and written[1:2] != "<" and "%" not in written:
                    self._edits.append((start, end, f"!<{node.tag}>"))
                continue
            while text[end] == " ":
                end += 1
            if text[end] in LINE_BREAKS:
                end = position
                while text[start - 1] == " ":
                    start -= 1
            self._edits.append((start, end, ""))
        return position

    def _pairs(self, node: Mapping, held: int) -> list[tuple[Node, Node]]:
        """The pairs that stand as they are; what merge keys bring is written out."""
        if not node.merged():
            return node.pairs
        own = node.own()
        brought = [pair for name, pair in node.fields().items() if name not in own]
        merges = [pair for pair in node.pairs if is_merge(pair[0])]
        text, (key, value) = self._text, merges[0]
        pairs = [pair for pair in node.pairs if pair is not merges[0]]
        if not (brought or node.flow or len(merges) > 1) and pairs and colon_end(text, key):
            self._leave_out(key, value, node.end)
            return pairs
        made: Node
        if len(merges) > 1 or not brought:
            start, end, made, pairs = node.open, node.end, self._document.copy(node), []
        else:
            start, end = key.start, value.end
            made = Mapping(DETACHED, DETACHED, node.flow)
            made.pairs = [(resolve(key), self._document.copy(value)) for key, value in brought]
        above = [it for _, it in comments(text, value, key.end, value.end)]
        if node.flow:
            written = flow(made, text)
            written = written if start == node.open else written[1:-1]
            written = " " * bool(above) + f"\n{' ' * (held + 2)}".join([*above, written])
        else:
            written = f"\n{' ' * held}".join([*above, block(made, held, text)])
            end = before_breaks(text, end)  # what is below it is moved
        self._edits.append((start, end, written))
        return pairs

    def _leave_out(self, key: Node, value: Node, limit: int) -> None:
        """Takes a pair out of a mapping in block style, which ends at the limit; what is behind it,
        comments maybe, takes its place.
        """
        text, start, end = self._text, key.start, before_breaks(self._text, value.end)
        if value.end == limit and not text[end : line_end(text, end)[0]].strip():
            # With the line break above it, so that the line below is moved as others are.
            below = past_blank_lines(text, next_line(text, end))
            start, end = (break_above(text, it) for it in (line_start(text, start), below))
        else:
            while text[end].isspace():
                end += 1
        self._edits.append((start, end, ""))

    def _write_out(self, alias: Alias, held: int, role: str) -> None:
        text, start = self._text, alias.start
        copy = self._document.copy(alias)
        if role in (_FLOW, _KEY) or is_flow(copy):
            written = flow(copy, text)
        elif role == _ENTRY:
            written = block(copy, column(text, start) - self._base, text)
        else:
            while text[start - 1] in " \t":
                start -= 1
            written = block_value(copy, held, text)
        self._edits.append((start, alias.end, written))
