"""Results laid out for a person: the summary, then what there is to say of each object."""

from __future__ import annotations

from textwrap import TextWrapper

from .result import INFO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .result import Result

_WIDTH = 100


def layout(results: list[Result]) -> str:
    """The results as lines: those on no object first, then object by object, in their order."""
    general = "".join(_paragraph(_marked(result), "") for result in results if not result.reference)
    objects: dict[str, list[Result]] = {}
    for result in results:
        if result.reference is not None:
            objects.setdefault(f"{result.reference}{result.file}", []).append(result)
    return general + "".join(
        f"\n{name}\n" + "".join(map(_finding, found)) for name, found in objects.items()
    )


def _marked(result: Result) -> str:
    return result.message if result.severity == INFO else f"[{result.severity}] {result.message}"


def _finding(result: Result) -> str:
    head = f"  [{result.severity}] {result.field}".rstrip()
    if result.current is not None:
        head += f": {' '.join(result.current.split())}"
    return f"{head}\n{_paragraph(result.message, '    ')}"


def _paragraph(text: str, indent: str) -> str:
    wrapper = TextWrapper(_WIDTH, indent, indent, break_long_words=False, break_on_hyphens=False)
    return wrapper.fill(text) + "\n"
