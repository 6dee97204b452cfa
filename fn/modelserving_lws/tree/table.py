"""The pods of a tree with the LWS variables that their containers see, as a table."""

from __future__ import annotations

from ..lws.contract import ENV, KEYS
from . import words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Pod, Tree

_UNSET, _UNKNOWN = "-", "?"


def table(tree: Tree) -> Iterator[str]:
    """The lines: a row for each pod, or, where its containers differ, for each of these. `-` is a
    variable that is not set, `?` a value that only the cluster knows.
    """
    names = [name for name, _ in KEYS[ENV]]
    rows = [["POD", *names]]
    for serving in tree.servings:
        for pod in serving.pods():
            rows += _rows(pod, names)
    for pod in tree.others:
        rows += _rows(pod, names)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  ".join(cell.ljust(width) for cell, width in cells).rstrip()


def _rows(pod: Pod, names: list[str]) -> list[list[str]]:
    rows = [(name, [_cell(env, it) for it in names]) for name, env in pod.environments()]
    if all(cells == rows[0][1] for _, cells in rows):
        return [[words.shown(pod.name), *rows[0][1]]]
    return [[words.shown(f"{pod.name}/{name}"), *cells] for name, cells in rows]


def _cell(env: dict[str, str | None], name: str) -> str:
    if name not in env:
        return _UNSET
    value = env[name]
    return _UNKNOWN if value is None else words.shown(value)
