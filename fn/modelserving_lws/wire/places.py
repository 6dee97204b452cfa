"""The places of findings in the files of their objects. Imported only for reports."""

from __future__ import annotations

from ..results.report import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..results.result import Result
    from .items import Item


def located(
    result: Result, path: str = "", place_of: Callable[[Item, str], tuple[int, int]] | None = None
) -> Finding:
    """The result as a finding in the file of this path. Without one, the input is stdin, or it is
    put together of files that the objects' annotations name, whose lines are not known. `place_of`
    gives the line and column of an item's field, if the item's text is not the file's.
    """
    reference = result.reference
    if reference is None:
        return Finding(result)
    line = column = 0
    if reference.item is not None and (path or not reference.path):
        line, column = (place_of or _place_of)(reference.item, result.field)
    return Finding(result, path or reference.path, line, column)


def _place_of(item: Item, path: str) -> tuple[int, int]:
    return item.document.line_and_column(item.position_of(path))
