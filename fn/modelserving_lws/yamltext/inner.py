"""YAML texts inside of scalars, such as the patch in a Kustomization's `patch: |-`: they have
a Document of their own, whose edits go into the text around them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

from ..results.errors import InputError
from ..results.result import quote
from .data import string
from .lines import BLANKS, column
from .nodes import DETACHED, Alias, Mapping, Scalar, is_plain_string
from .paths import walked
from .read import read
from .write import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .edit import Document
    from .nodes import Collection, Node

_STEP = 2
# What a literal block scalar without further marks has as its value.
_LITERAL = re.compile(r"\S.*\S\n?", re.DOTALL)
# Of what paths of fields are written: `/spec/replicas`, `spec.containers.[name=a].image`.
_PATH = frozenset("/~[]=*\\")


def put_back(document: Document, parent: Mapping, name: str, inner: Document) -> None:
    """Puts the edits of `inner`, whose text is that of the scalar at a key, into the text around
    it. The lines of a literal block scalar that have no edit keep their bytes; a scalar of another
    style is written anew.
    """
    scalar = parent.value(name)
    if isinstance(scalar, Scalar) and put_back_in(document, parent, scalar, inner):
        return
    document.set(parent, name, string(inner.output.decode()))


def put_back_in(document: Document, parent: Collection, scalar: Scalar, inner: Document) -> bool:
    """The same for a scalar in a mapping or sequence. False where its text is not its own: it has
    an anchor, or the parent is a copy of what stands elsewhere.
    """
    if not _is_own(scalar, parent):
        return False
    if scalar.style != "|" or not _put_lines(document, scalar, inner):
        document.put(*respelled(document.text, scalar, inner.output.decode()))
    return True


def put_back_shared(
    document: Document, scalar: Scalar, inners: dict[Alias | Scalar, Document]
) -> bool:
    """The same for a literal block scalar with an anchor: `inners` has the edits for it and for
    those of its aliases that change. An alias that comes to the same stays; each other one is
    written out. False for a scalar of another style.
    """
    own = inners.get(scalar)
    if scalar.style != "|" or scalar.start == DETACHED:
        return False
    if own is not None and not _put_lines(document, scalar, own):
        return False
    value = scalar.value if own is None else own.output.decode()
    for alias in scalar.aliases or ():
        inner = inners.get(alias)
        wanted = scalar.value if inner is None else inner.output.decode()
        if wanted != value:
            _write_out(document, alias, wanted)
    return True


def _write_out(document: Document, alias: Alias, value: str) -> None:
    parent = alias.parent
    if parent.flow or not isinstance(parent, Mapping) or not _LITERAL.fullmatch(value):
        document.put(alias.start, alias.end, quote(value))
        return
    indent = " " * (column(document.text, parent.open) + _STEP)
    lines = [f"{indent}{line}" if line.strip() else line for line in _lines(value)]
    chomping = "-"
    if value.endswith("\n"):
        chomping = ""
    else:
        lines.append("\n")
    place = document.below(alias)
    document.put(alias.start, alias.end, f"|{chomping}")
    document.put(place, place, "".join(lines))


def position_of(root: Node, text: str, path: str) -> int:
    """Where in the text that is which a path leads to. The path may go on inside of a scalar that
    is a YAML text: `patches[0].patch[1].path`.
    """
    found, node, rest = walked(root, path)
    position = _position_in(text, node, rest) if rest and isinstance(node, Scalar) else None
    return found.start if position is None else position


def _position_in(text: str, scalar: Scalar, path: str) -> int | None:
    """Where in the text a path leads to that starts in the YAML text of a scalar; None where that
    text does not stand there as it is.
    """
    root, starts, lines, indent = _inside(text, scalar)
    if root is None or not starts:
        return None
    position = position_of(root, scalar.value, path)
    line = bisect_right(lines, position) - 1
    return starts[line] + indent + position - lines[line]


@lru_cache(maxsize=4)
def _inside(text: str, scalar: Scalar) -> tuple[Node | None, list[int], list[int], int]:
    """The root of the YAML text of a scalar, None where it has none or several; where its lines
    start in the text around it, none where they are written otherwise there, and in itself; and
    their indentation.
    """
    try:
        roots = read(scalar.value)
    except InputError:
        return None, [], [], 0
    root = roots[0] if len(roots) == 1 else None
    if scalar.style != "|":
        start = scalar.start + len(scalar.style)
        return root, [start] if text.startswith(scalar.value, start) else [], [0], 0
    lines = _lines(scalar.value)
    outer = _outer_lines(text, scalar, lines)
    starts, indent = ([], "") if outer is None else outer
    return root, starts, [0, *accumulate(map(len, lines))], len(indent)


def set_text(document: Document, mapping: Mapping, name: str, value: str) -> None:
    """Gives a key another text, in the quotes of the old one. What was a plain number is one."""
    old = mapping.value(name)
    if isinstance(old, Scalar) and respell(document, mapping, old, value):
        return
    was = mapping.get(name)
    is_plain = isinstance(was, Scalar) and not was.style and value.isdigit()
    new = Scalar(DETACHED, DETACHED, value, "") if is_plain else string(value)
    document.set(mapping, name, new)


def respell(document: Document, parent: Collection, scalar: Scalar, value: str) -> bool:
    """Gives a scalar that is in `parent` another value, in its quotes. False where its text is not
    its own, as `put_back_in` has it.
    """
    if _is_own(scalar, parent):
        document.put(*respelled(document.text, scalar, value))
        return True
    return False


def respelled(text: str, scalar: Scalar, value: str) -> tuple[int, int, str]:
    """The edit that gives a scalar of the text another value: start, end, and what stands there."""
    end = scalar.start + len(text[scalar.start : scalar.end].rstrip(BLANKS))
    if scalar.style == "'" and value.isprintable():
        return scalar.start, end, "'" + value.replace("'", "''") + "'"
    if scalar.style:
        return scalar.start, end, quote(value)
    # What the plain text had may be in it here.
    rest = "".join(c for c in value if c not in _PATH or c not in scalar.value)
    if value[:1] in _PATH and value[:1] == scalar.value[:1]:
        rest = f"a{rest}"
    else:
        rest = value[:1] + rest.removeprefix(value[:1])
    is_plain = is_plain_string(rest)
    return scalar.start, end, value if is_plain or value.isdigit() else write(value)


def _is_own(scalar: Scalar, parent: Collection) -> bool:
    is_marked = scalar.anchor is not None or scalar.tag is not None
    return not is_marked and DETACHED not in (parent.start, scalar.start)


def _put_lines(document: Document, scalar: Scalar, inner: Document) -> bool:
    """Puts the lines that edits change into a literal block scalar. False where its lines are not
    those of its value.
    """
    lines = _lines(inner.text)
    outer = _outer_lines(document.text, scalar, lines)
    if outer is None:
        return False
    starts, indent = outer
    places = [0, *accumulate(map(len, lines))]
    for first, last, new in _changed(inner, places):
        written = [f"{indent}{line}" if line.strip() else line for line in _lines(new)]
        document.put(starts[first], starts[last], "".join(written))
    return True


def _lines(text: str) -> list[str]:
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines


def _outer_lines(text: str, scalar: Scalar, lines: list[str]) -> tuple[list[int], str] | None:
    """Where the lines of a literal block scalar start, and where the one behind them does; and
    their indentation.
    """
    position = text.find("\n", scalar.start) + 1
    starts, indent = [position], None
    for line in lines:
        end = text.find("\n", position)
        if end < 0 or not position:
            return None
        outer, inner = text[position:end], line.rstrip("\n")
        if inner.strip() and indent is None:
            indent = outer[: len(outer) - len(inner)]
            if indent.strip(" "):
                return None
        if outer.strip() and outer != (indent or "") + inner:
            return None
        if not outer.strip() and inner.strip():
            return None
        position = end + 1
        starts.append(position)
    return None if indent is None else (starts, indent)


def _changed(inner: Document, places: list[int]) -> list[tuple[int, int, str]]:
    """The lines that edits change: the first, the one behind the last, and their new text."""
    text, changed = inner.text, []
    edits = inner.edits()
    i = 0
    while i < len(edits):
        first, last = _lines_of(edits[i], places)
        position = places[first]
        pieces: list[str] = []
        while i < len(edits):
            next_first, next_last = _lines_of(edits[i], places)
            if pieces and next_first >= last:
                break
            start, end, written = edits[i]
            pieces += [text[position:start], written]
            position, last = end, max(last, next_last)
            i += 1
        if position < len(inner.source) or not pieces[-1].endswith("\n"):
            pieces.append(text[position : places[last]])
        changed.append((first, last, "".join(pieces)))
    return changed


def _lines_of(edit: tuple[int, int, str], places: list[int]) -> tuple[int, int]:
    """The lines that an edit changes, as `_changed` has them; none for one that inserts lines."""
    start, end, written = edit
    count = len(places) - 1
    first = bisect_right(places, start) - 1
    last = min(bisect_right(places, end) - 1, count)
    is_whole = written.endswith("\n") or (not written and places[first] == start)
    if end == places[last] and is_whole:
        return first, last
    return first, min(last + 1, count)
