"""The formats in which a tree is written."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model import Tree

TREE, MERMAID, DOT, TABLE, JSON = "tree", "mermaid", "dot", "table", "json"
FORMATS = (TREE, MERMAID, DOT, TABLE, JSON)


def written(tree: Tree, format_: str, colours: bool = False) -> str:
    """The tree in one of FORMATS, as lines. Only TREE knows colours."""
    if format_ == TABLE:
        from .table import table

        lines = table(tree)
    elif format_ == JSON:
        from .json_ import json_lines

        lines = json_lines(tree)
    elif format_ == TREE:
        from .text import TreeText

        lines = TreeText(colours).lines(tree)
    else:
        from .graph import dot, mermaid

        lines = mermaid(tree) if format_ == MERMAID else dot(tree)
    return "".join(f"{line}\n" for line in lines)
