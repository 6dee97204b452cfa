"""A report as text: a line for each file that changes, then the report's layout."""

from __future__ import annotations

from ...results.layout import layout
from ...results.result import say, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...results.report import Report


def write(report: Report) -> str:
    """The report as lines."""
    done = report.done + ":" * (report.done.count(" ") > 1)
    files = "".join(f"{done} {' '.join(path.splitlines())}\n" for path in report.files)
    if report.is_idle:
        files = f"{say('nothing-changed')}\n"
    return visible("\n".join(filter(None, (files, layout(report)))))
