"""Objects of Flux and Argo CD that build a kustomization: neither runs functions by itself, so that
what is to be expanded is not.
"""

from __future__ import annotations

from posixpath import normpath

from ..kustomize.findings import finding
from ..yamltext.data import entries_of, get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..results.result import Result
    from ..wire.items import Item
    from ..yamltext.nodes import Node
    from .join import Repository

_FLUX, _ARGO = "kustomize.toolkit.fluxcd.io", "argoproj.io"
_NAMES = {_FLUX: "Flux", _ARGO: "Argo CD"}


def builds_of(repository: Repository, folders: Iterable[str]) -> list[Result]:
    """A warning for each object that names one of the folders of kustomizations. The path in it
    starts from the root of a repository, those of the folders from where the program runs.
    """
    wanted = [folder for folder in folders if folder != "."]
    found = []
    for item in repository.holding(lambda text: _FLUX in text or _ARGO in text):
        host = _NAMES.get(item.group)
        for field, path in _paths(item) if host is not None else ():
            names = normpath(path).lstrip("/")
            if any(_is_same(names, folder) for folder in wanted):
                found.append(finding("built-by-host", field, path, host=host).on(item.reference))
    return found


def _is_same(path: str, folder: str) -> bool:
    """Whether the two may be one folder, seen from different ones above it."""
    long, short = sorted((path, normpath(folder).lstrip("/")), key=len, reverse=True)
    return long == short or long.endswith(f"/{short}")


def _paths(item: Item) -> Iterator[tuple[str, str]]:
    """The fields that name a folder to build, and their texts."""
    spec = get(item.node, "spec")
    if item.group == _FLUX:
        yield from _path("spec", spec)
        return
    for place, it in (("spec", spec), ("spec.template.spec", get(get(spec, "template"), "spec"))):
        yield from _path(f"{place}.source", get(it, "source"))
        for i, source in enumerate(entries_of(get(it, "sources"))):
            yield from _path(f"{place}.sources[{i}]", source)


def _path(place: str, node: Node | None) -> Iterator[tuple[str, str]]:
    path = text_at(node, "path")
    # A plugin of Argo CD, which docs/argo-cd.md has one of, may expand what it builds.
    if path and get(node, "plugin") is None:
        yield f"{place}.path", path
