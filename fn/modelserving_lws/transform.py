"""What the functions share: to try a change of an item, and to take it back where it fails."""

from __future__ import annotations

from .nodes import ShapeError
from .result import ItemError
from .splices import EditError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .document import Document
    from .items import Item
    from .result import Result

    T = TypeVar("T")


class SeveralErrors(Exception):  # noqa: N818 (they are several)
    """All that is wrong with one item."""

    def __init__(self, errors: list[ItemError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


def attempt(
    item: Item, document: Document, change: Callable[[Item], T], results: list[Result]
) -> T | None:
    """What the change gives. Where it raises an error, nothing of it remains, and `results` gets
    what is wrong. The change is made anew where the item has to be read exactly for it.
    """
    document.mark()
    try:
        return item.read(lambda: _changed(item, document, change))
    except SeveralErrors as error:
        errors = error.errors
    except ItemError as error:
        errors = [error]
    except (EditError, ShapeError) as error:
        errors = [ItemError("", str(error))]
    document.rollback()
    results += [error.result(item.reference) for error in errors]
    errors.clear()  # each holds this frame, and all that was read
    return None


def _changed(item: Item, document: Document, change: Callable[[Item], T]) -> T:
    document.rollback()
    was_exact = item.is_exact
    changed = change(item)
    return changed if item.is_exact == was_exact else _changed(item, document, change)


def count(number: int, noun: str) -> str:
    """A number of things, in words."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
