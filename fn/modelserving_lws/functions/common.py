"""What the functions share: an attempt to change an item, which leaves nothing where it fails."""

from __future__ import annotations

from ..results.errors import EditError, ItemError, ShapeError
from ..results.result import ERROR, Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from ..wire.items import Item

    T = TypeVar("T")


def attempt(item: Item, change: Callable[[Item], T], results: list[Result]) -> T | None:
    """What the change gives; None where it raises an error, which goes to `results`, and its edits
    of the item's document are taken back.
    """
    document = item.document
    document.mark()
    try:
        return item.read(lambda: _changed(item, change))
    except ItemError as error:
        found = error.results
    except (EditError, ShapeError) as error:
        found = [Result(error.id, **error.values)]
    document.rollback()
    results += [result.on(item.reference) for result in found]
    return None


def _changed(item: Item, change: Callable[[Item], T]) -> T:
    node, text = item.node, item.document.text
    if text.find("{{", node.start, node.end) >= 0:
        from ..yamltext.templates import template_in

        path = template_in(node, text)
        if path is not None:
            raise ItemError(Result("helm-template", path, problem="has `{{` outside of quotes"))
    return change(item)


def raise_errors(results: Iterable[Result]) -> list[Result]:
    """The results without repeats. Raises ItemError with them if one is an error."""
    found = list({(result.field, result.message): result for result in results}.values())
    if any(result.severity == ERROR for result in found):
        raise ItemError(*found)
    return found
