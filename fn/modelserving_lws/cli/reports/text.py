"""A report as text: a line for each file that changes, then the report's layout."""

from __future__ import annotations

from ...results.layout import layout
from ...results.result import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...results.report import Report


def write(report: Report) -> str:
    """The report as lines."""
    files = "".join(f"{report.done} {' '.join(path.splitlines())}\n" for path in report.files)
    return visible("\n".join(filter(None, (files, layout(report)))))
