"""All exceptions. An exception is raised; what is wrong with an item is data, a Result."""

from __future__ import annotations

from .result import ERROR, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .result import Result


class _MessageError(Exception):
    """An exception with a message of the table: its `id` there, and the values in it."""

    def __init__(self, name: str, /, **values: Any) -> None:
        self.id = name
        self.values = values
        self.message = say(name, **values)
        super().__init__(self.message)


class InputError(_MessageError):
    """Input that can't be read at all. `line` and `column` count from 1; `path` is empty for
    stdin.
    """

    def __init__(self, name: str, text: str = "", position: int = 0, /, **values: Any) -> None:
        super().__init__(name, **values)
        self.path = ""
        before = text[:position]
        self.line = before.count("\n") + 1
        self.column = position - before.rfind("\n")

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}line {self.line}, column {self.column}: {self.message}"


class ItemError(Exception):
    """All that is wrong with one item; the item is left as it is, the others are done."""

    def __init__(self, *results: Result) -> None:
        super().__init__("\n".join(result.message for result in results))
        self.results = list(results)


class ConfigError(Exception):
    """All that is wrong with a functionConfig."""

    def __init__(self, results: list[Result]) -> None:
        super().__init__("\n".join(map(str, results)))
        self.results = results


class EditError(_MessageError):
    """An edit that can't be written so that everything else keeps its meaning."""


class ShapeError(_MessageError):
    """A mapping that can't be read: a merge key whose value is no mapping."""


class BoundsError(_MessageError):
    """A text with more nodes or levels than a reader takes, and the position where that shows."""

    def __init__(self, name: str, position: int, /, **values: Any) -> None:
        super().__init__(name, **values)
        self.position = position


class NotJSONError(Exception):
    """The text is no JSON, or none that the library reads."""


class Shown(Exception):  # noqa: N818 (it is no error)
    """What the command line asks for in place of a run: its help, or the version."""


def raise_errors(results: Iterable[Result]) -> list[Result]:
    """The results without repeats. Raises ItemError with them if one is an error."""
    found = list({(result.field, result.message): result for result in results}.values())
    if any(result.severity == ERROR for result in found):
        raise ItemError(*found)
    return found
