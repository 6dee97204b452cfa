"""Where the items of a text come from, and which objects of other texts they may mean."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Origin:
    """The file of a text. `path` names it to people.

    A scope is a part of the input in which a reference is resolved: a kustomization tree, a file, a
    folder with all below it. `stored` are the scopes that the file is in; `searched` are those in
    which its references are resolved, the best first. For `a/b/chat.yaml`:

        stored      tree a, file a/b/chat.yaml, folder a/b, folder a, folder .
        searched    tree a, file a/b/chat.yaml, folder a/b
    """

    __slots__ = ("path", "searched", "stored")

    def __init__(self, path: str, file: str = "", trees: Iterable[str] = ()) -> None:
        """`file` is the path that tells this file from all others, with `/` between folders;
        `trees` are the kustomization trees that reach it.
        """
        self.path = path
        folders = file.split("/")[:-1]
        above = ["folder " + "/".join(folders[:end]) for end in range(len(folders), -1, -1)]
        own = (*(f"tree {tree}" for tree in trees), f"file {file}")
        self.stored = (*own, *above)
        self.searched = (*own, above[0])
