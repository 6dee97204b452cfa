"""Kustomizations that a call does not give, in the folders of its files and above them. What they
say of the files can't follow; overlays in other folders can't be seen from there.
"""

from __future__ import annotations

import os

from ..kustomize.sources import Sources, Texts
from ..kustomize.trees import Trees
from .files import KUSTOMIZATIONS, MAX_FOUND, read_file, shown_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .files import Found

_REPOSITORY = ".git"


def kustomizations_around(found: Found) -> dict[str, list[str]]:
    """The paths of such kustomizations, and those of the files that each names: all in its folder
    where it can't be read.
    """
    given = {file.real for file in found.files}
    texts: dict[str, str] = {}
    unread: list[str] = []
    for path in sorted(set(_candidates(found.around)) - given):
        try:
            texts[path] = read_file(path, MAX_FOUND)[0].decode()
        except (OSError, UnicodeDecodeError):
            unread.append(path)
    if not (texts or unread):
        return {}
    around = list(texts)
    for file in found.files:
        is_readable = file.is_kustomization and file.data is not None
        texts[file.real] = (file.data or b"").decode(errors="replace") if is_readable else ""
    trees = Trees(Sources(Texts(texts)))
    unread += [path for path in around if path not in trees.all]
    named = {
        path: trees.files(path) | set(trees.all[path].patches)
        for path in around
        if path in trees.all
    }
    result = {}
    for path in sorted((*unread, *named)):
        folder = os.path.dirname(path)
        paths = [
            file.path
            for file in found.files
            if (file.real in named[path] if path in named else os.path.dirname(file.real) == folder)
        ]
        if paths:
            result[shown_path(path)] = paths
    return result


def _candidates(folders: set[str]) -> Iterator[str]:
    """The kustomizations in folders and above them, up to the one that a repository begins in."""
    seen: set[str] = set()
    for start in folders:
        folder = start
        while folder not in seen:
            seen.add(folder)
            for name in KUSTOMIZATIONS:
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    yield os.path.realpath(path)
                    break
            if os.path.exists(os.path.join(folder, _REPOSITORY)):
                break
            folder = os.path.dirname(folder)
