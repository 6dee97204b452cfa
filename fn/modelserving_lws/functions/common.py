"""What the functions share: an attempt to change an item, which leaves nothing where it fails."""

from __future__ import annotations

from ..results.errors import EditError, ItemError, ShapeError
from ..results.result import Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from ..wire.items import Item
    from ..yamltext.edit import Document

    T = TypeVar("T")


def attempt(
    item: Item, document: Document, change: Callable[[Item], T], results: list[Result]
) -> T | None:
    """What the change gives; None where it raises an error, which goes to `results`, and its edits
    are taken back.
    """
    document.mark()
    try:
        return item.read(lambda: change(item))
    except ItemError as error:
        found = error.results
    except (EditError, ShapeError) as error:
        found = [Result(error.id, **error.values)]
    document.rollback()
    results += [result.on(item.reference) for result in found]
    return None


def raise_errors(errors: Iterable[Result]) -> None:
    """Raises ItemError with the errors, without repeats, if there are any."""
    found = {(error.field, error.message): error for error in errors}
    if found:
        raise ItemError(*found.values())
