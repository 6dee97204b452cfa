"""A report laid out for a person: what is said of all, what there is to say of each object, worst
first, and the table of sets.
"""

from __future__ import annotations

import re
from textwrap import TextWrapper

from .report import VERDICTS
from .result import INFO, count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .report import Finding, Group, Report, SetRow
    from .result import Result

_WIDTH = 100
_ARROW = "->"
# Stands for a space where a line must not be broken; it is in no message.
_SPACE = "\0"


def layout(report: Report) -> str:
    """The report as lines."""
    parts = [_group(group) for group in report.groups()]
    if report.sets:
        parts.append("".join(f"{line}\n" for line in aligned(table(report.sets))))
    return "\n".join(parts)


def _group(group: Group) -> str:
    if not group.name:
        return "".join(_paragraph(_marked(it.result), "") for it in group.findings)
    return f"{group.name}\n" + "".join(map(_finding, group.findings))


def _marked(result: Result) -> str:
    return result.message if result.severity == INFO else f"[{result.severity}] {result.message}"


def _finding(finding: Finding) -> str:
    result = finding.result
    head = f"  [{result.severity}] {result.field}".rstrip()
    if result.current is not None:
        head += f": {' '.join(result.current.split())}"
    if finding.line and finding.path:
        head += f" ({finding.place})"
    return f"{head}\n{_paragraph(result.message, '    ')}"


def _paragraph(text: str, indent: str) -> str:
    wrapper = TextWrapper(_WIDTH, indent, indent, break_long_words=False, break_on_hyphens=False)
    # What stands between backquotes is there to be copied, and stays on one line.
    kept = re.sub("`[^`]*`", lambda match: match[0].replace(" ", _SPACE), text)
    return wrapper.fill(kept).replace(_SPACE, " ") + "\n"


def table(sets: list[SetRow]) -> list[list[str]]:
    """The table of sets, its head first: set, result, findings, and pods and extended resources
    before and after, `4 -> 4`.
    """
    amounts = [it for row in sets for it in (row.before, row.after) if it is not None]
    names = sorted({name for it in amounts for name in it.resources})
    rows = [["SET", "RESULT", "FINDINGS", "PODS", *names]]
    for row in sorted(sets, key=lambda row: VERDICTS.index(row.verdict)):
        sides = [row.before, row.after] if row.before else []
        cells = [
            _change(None if it is None else it.resources.get(name, 0) for it in sides)
            for name in names
        ]
        pods = _change(None if it is None else it.pods for it in sides)
        rows.append([set_name(row), row.verdict, _findings(row), pods, *cells])
    return rows


def set_name(row: SetRow) -> str:
    """`NAMESPACE/NAME`."""
    reference = row.reference
    return "/".join(filter(None, (reference.namespace, reference.name or reference.place)))


def _findings(row: SetRow) -> str:
    counts = [count(number, severity) for severity, number in row.counts().items() if number]
    return ", ".join(counts) or "none"


def _change(sides: Iterable[int | None]) -> str:
    return f" {_ARROW} ".join("-" if it is None else str(it) for it in sides) or "-"


def aligned(rows: list[list[str]]) -> list[str]:
    """The rows with their cells one below the other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
