"""The comments of a LeaderWorkerSet that are not in its ModelServing."""

from __future__ import annotations

from collections import Counter

from ...results.result import Result, quoted
from ...yamltext.comments import comments
from ...yamltext.excerpt import end_of
from ...yamltext.lines import column
from ...yamltext.paths import path_at

_MOST = 20

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...wire.items import Item
    from ...yamltext.nodes import Mapping


def left_out(item: Item, manifest: str, root: Mapping) -> list[Result]:
    """An info for each comment of a set that its manifest, whose mapping is `root`, has not; the
    last one stands for all behind it, if there are many.
    """
    node, text = item.node, item.document.text
    start = node.open
    end = node.end if node.flow else end_of(text, node, column(text, start))
    if "#" not in text[start:end]:
        return []
    # A set in flow style becomes a ModelServing in flow style, which has no comments.
    kept = [] if node.flow else comments(manifest, root, 0, len(manifest))
    left = Counter(comment for _, comment in kept)
    gone: list[tuple[int, str]] = []
    for position, comment in comments(text, node, start, end):
        left[comment] -= 1
        if left[comment] < 0:
            gone.append((position, comment))
    results = []
    for i, (position, comment) in enumerate(gone[:_MOST]):
        is_last = i == _MOST - 1 and len(gone) > _MOST
        more = f" (and {len(gone) - _MOST} more)" if is_last else ""
        path = path_at(node, text, position)
        results.append(Result("comment-left-out", path, comment=quoted(comment), more=more))
    return results
