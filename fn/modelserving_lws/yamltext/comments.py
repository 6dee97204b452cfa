"""The comments of a text."""

from __future__ import annotations

import re
from bisect import bisect_right

from .lines import line_end
from .nodes import Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = re.compile(r"(?:^|(?<=[\s]))#[^\r\n\x85\u2028\u2029]*", re.MULTILINE)
_HEADER = re.compile(r"[|>][-+0-9]*[ \t]+(?=#)")


def comments(text: str, node: Node, start: int, end: int) -> list[tuple[int, str]]:
    """The comments of the text from start to end, which the node stands in, and their places."""
    spans = sorted(_spans(node, text))
    starts = [span[0] for span in spans]
    found: list[tuple[int, str]] = []
    for match in _COMMENT.finditer(text, start, end):
        i = bisect_right(starts, match.start()) - 1
        if i < 0 or spans[i][1] <= match.start():
            found.append((match.start(), match[0].rstrip()))
    return found


def _spans(node: Node, text: str) -> Iterator[tuple[int, int]]:
    """Where the scalars are that have a `#`. The comment on the line of a `|` is none of it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            waiting += [child for pair in node.pairs for child in pair]
        elif isinstance(node, Sequence):
            waiting += node.entries
        elif isinstance(node, Scalar) and "#" in text[node.start : node.end]:
            match = _HEADER.match(text, node.start) if node.style in ("|", ">") else None
            yield node.start if match is None else line_end(text, match.end())[0], node.end
