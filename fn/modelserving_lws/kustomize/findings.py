"""Results on kustomizations, which say what to do."""

from __future__ import annotations

from ..results.result import Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def finding(name: str, field: str, current: str | None = None, /, **values: Any) -> Result:
    """A result of the table that ends in what the table advises."""
    return Result(name, field, current=current, **values).advised()
