"""Results on kustomizations, which say what to do."""

from __future__ import annotations

from contextlib import contextmanager

from ..results.errors import ItemError
from ..results.result import Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..results.result import Reference


def finding(name: str, field: str, current: str | None = None, /, **values: Any) -> Result:
    """A result of the table that ends in what the table advises."""
    return Result(name, field, current=current, **values).advised()


@contextmanager
def about(reference: Reference) -> Iterator[None]:
    """Makes the results of an ItemError results on this object."""
    try:
        yield
    except ItemError as error:
        for result in error.results:
            result.on(reference)
        raise
