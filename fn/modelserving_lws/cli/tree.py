"""What `render --tree` prints."""

from __future__ import annotations

import os

from ..results.result import INFO
from ..tree.formats import TREE, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..repository.chain import Run
    from ..tree.model import Tree


def tree_of(run: Run) -> tuple[Tree, Run]:
    """What the items of a run come to, and what there is to say of it: no file changes, and what
    was rendered is seen.
    """
    from ..repository.chain import Run
    from ..repository.join import Repository
    from ..tree.model import KINDS, Tree

    tree = Tree(Repository(source.after() for source in run.sources).items(KINDS))
    problems = [it for it in (*run.results, *tree.results) if it.severity != INFO]
    return tree, Run([source for source in run.sources if source.error is not None], problems)


def shown(tree: Tree, format_: str | None) -> bytes:
    """The tree in one of FORMATS, or as TREE; the latter in colour at a terminal that wants it."""
    has_colours = False
    if os.isatty(1):
        from . import terminal

        has_colours = terminal.has_colours(os.environ)
    return written(tree, format_ or TREE, has_colours).encode()
