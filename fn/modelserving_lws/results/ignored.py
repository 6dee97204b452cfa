"""What a user asks not to be told. Imported only where something is."""

from __future__ import annotations

from collections import Counter

from .messages import LOSSES, ignorable
from .result import ERROR, Result, count, meant, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from .report import SetRow
    from .result import Reference


def check(
    ids: list[str], path: str = "spec.ignore", reference: Reference | None = None
) -> list[Result]:
    """What is wrong with the ids that a path lists."""
    known = ignorable()
    return [
        Result(
            "not-ignorable",
            f"{path}[{i}]",
            reference=reference,
            current=name,
            found=quoted(name),
            meant=meant(name, known),
        )
        for i, name in enumerate(ids)
        if name not in known
    ]


def without(ids: Container[str], results: list[Result], rows: Iterable[SetRow]) -> dict[str, int]:
    """Takes away the results of these ids, but errors; counts them by their ids, in an info and in
    what it returns. A set whose loss is accepted stays lossy.
    """

    def is_gone(result: Result) -> bool:
        return result.id in ids and result.severity != ERROR

    ignored = dict(Counter(result.id for result in results if is_gone(result)))
    if not ignored:
        return ignored
    for row in rows:
        row.is_accepted |= any(result.id in LOSSES for result in row.results if is_gone(result))
        row.results = [result for result in row.results if not is_gone(result)]
    results[:] = [result for result in results if not is_gone(result)]
    found = ", ".join(f"{number} `{name}`" for name, number in ignored.items())
    number = count(sum(ignored.values()), "finding")
    results.append(Result("ignored", number=number, found=found))
    return ignored
