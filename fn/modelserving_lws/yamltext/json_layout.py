r"""The layout of JSON: what is written into a text that has a line for each entry gets that, too.

spread('"a": 1, "b": [2]', "\n  ", "  ")
-> '"a": 1,\n  "b": [\n    2\n  ]'
"""

from __future__ import annotations

from functools import lru_cache

from .nodes import Mapping, Sequence
from .patterns import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from .nodes import Collection

    # The white space before the entries of a collection, with its line break, and how much more
    # each level is indented.
    Layout = tuple[str, str]

_SHORT = 500
_TOKEN = compiled(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|\{\}|\[\]|[{\[]|[}\]]|, ')


def layout_of(text: str, collection: Collection) -> Layout | None:
    """The layout of a collection in JSON, by its first entry; None where that does not start a
    line, further right than the collection's.
    """
    entries = collection.entries if isinstance(collection, Sequence) else None
    if isinstance(collection, Mapping):
        entries = [key for key, _ in collection.pairs[:1]]
    space = text[collection.open + 1 : entries[0].start] if entries else ""
    if not space.isspace() or "\n" not in space:
        return None
    line = text[text.rfind("\n", 0, collection.open) + 1 : collection.open]
    indent = line[: len(line) - len(line.lstrip())]
    entry = space[space.rindex("\n") + 1 :]
    if not entry.startswith(indent) or entry == indent:
        return None
    return "\n" + entry, entry[len(indent) :]


def around(layout: Layout) -> Layout:
    """The layout of what the collection itself stands in."""
    space, step = layout
    return space.removesuffix(step), step


def spread(written: str, layout: Layout) -> str:
    """Values, or pairs, that are written on one line as JSON, as entries of a collection that has
    this layout.
    """
    # What all pods get is laid out once; long texts are not kept.
    return _spread_once(written, layout) if len(written) < _SHORT else _spread(written, layout)


def _spread(written: str, layout: Layout) -> str:
    space, step = layout
    depth = 0

    def laid(match: re.Match[str]) -> str:
        nonlocal depth
        part = match[0]
        if part in ("{", "["):
            depth += 1
            return part + space + step * depth
        if part in ("}", "]"):
            depth -= 1
            return space + step * depth + part
        return part if part[0] != "," else f",{space}{step * depth}"

    return _TOKEN.sub(laid, written)


_spread_once = lru_cache(512)(_spread)
