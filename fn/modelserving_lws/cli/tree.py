"""What `render --tree` prints."""

from __future__ import annotations

import os

from ..tree.formats import TREE, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..repository.chain import Run
    from ..tree.model import Tree


def tree_of(run: Run) -> Tree:
    """What the items of a run come to. The run keeps the findings for its report: no file changes,
    and the tree shows what was rendered.
    """
    from ..repository.join import Repository
    from ..tree.model import KINDS, Tree

    tree = Tree(Repository(source.after() for source in run.sources).items(KINDS))
    run.results = [it for it in (*run.results, *tree.results) if it.id != "rendered"]
    run.sources, run.changed = [], []
    return tree


def shown(tree: Tree, format_: str | None) -> bytes:
    """The tree in one of FORMATS, or as TREE; the latter in colour at a terminal that wants it."""
    has_colours = False
    if os.isatty(1):
        from . import terminal

        has_colours = terminal.has_colours(os.environ)
    return written(tree, format_ or TREE, has_colours).encode()
