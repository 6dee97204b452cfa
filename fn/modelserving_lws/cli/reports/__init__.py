"""Reports of a run: for people as text and Markdown, for machines as JSON and SARIF."""

from __future__ import annotations

from ...results.report import Finding, Report, SetRow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FORMATS", "Finding", "Report", "SetRow", "render"]

FORMATS = ("text", "json", "markdown", "sarif")


def render(format_: str, report: Report) -> str:
    """The report in one of FORMATS, ended by a line feed; empty where a text has nothing to say."""
    write: Callable[[Report], str]
    if format_ == "json":
        from .json_ import write
    elif format_ == "markdown":
        from .markdown import write
    elif format_ == "sarif":
        from .sarif import write
    else:
        from .text import write
    return write(report)
