"""What the functions share: to try a change of an item, and to take it back where it fails."""

from __future__ import annotations

from ..results.errors import EditError, ItemError, ShapeError
from ..results.result import Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ..wire.items import Item
    from ..yamltext.edit import Document

    T = TypeVar("T")


def attempt(
    item: Item, document: Document, change: Callable[[Item], T], results: list[Result]
) -> T | None:
    """What the change gives. Where it raises an error, nothing of it remains, and `results` gets
    what is wrong. The change is made anew where the item has to be read exactly for it.
    """
    document.mark()
    try:
        return item.read(lambda: _changed(item, document, change))
    except ItemError as error:
        found = error.results
    except (EditError, ShapeError) as error:
        found = [Result(error.id, **error.values)]
    document.rollback()
    results += [result.on(item.reference) for result in found]
    return None


def _changed(item: Item, document: Document, change: Callable[[Item], T]) -> T:
    document.rollback()
    was_exact = item.is_exact
    changed = change(item)
    return changed if item.is_exact == was_exact else _changed(item, document, change)
