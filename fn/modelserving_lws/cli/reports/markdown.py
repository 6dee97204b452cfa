"""A report as Markdown (GitHub's), for a comment on a pull request."""

from __future__ import annotations

import re

from ...results.layout import table
from ...results.result import say, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...results.report import Finding, Group, Report

# What Markdown or HTML would take for markup, outside of code.
_MARKUP = re.compile(r"([\\*_{}\[\]<>#|~&@])")


def write(report: Report) -> str:
    """The report as Markdown."""
    parts = ["## modelserving-lws\n"]
    groups = report.groups()
    parts += [_general(group) for group in groups if not group.name]
    if report.sets:
        head, *rows = table(report.sets)
        lines = [_cells(head), ["---"] * len(head), *map(_cells, rows)]
        parts.append("".join(f"| {' | '.join(line)} |\n" for line in lines))
    parts += [_group(group) for group in groups if group.name]
    if report.files:
        parts.append(f"### Files: {report.done}\n")
        parts.append("".join(f"- {_code(path)}\n" for path in report.files))
    if report.is_idle:
        parts.append(f"{say('nothing-changed')}\n")
    return visible("\n".join(parts))


def _cells(row: list[str]) -> list[str]:
    return [_escaped(" ".join(cell.split())) for cell in row]


def _general(group: Group) -> str:
    return "".join(_line(finding) for finding in group.findings)


def _group(group: Group) -> str:
    return f"### {_escaped(' '.join(group.name.split()))}\n\n{_general(group)}"


def _line(finding: Finding) -> str:
    result = finding.result
    head = f"- **{result.severity}** `{result.id}`"
    if result.field:
        head += f" {_code(result.field)}"
    if result.current is not None:
        head += f": {_code(result.current)}"
    if finding.line and finding.path:
        head += f" ({_code(finding.place)})"
    return f"{head}<br>\n  {_text(result.message)}\n"


def _text(message: str) -> str:
    """A message, whose code is between backquotes already."""
    parts = " ".join(message.split()).split("`")
    if len(parts) % 2 == 0:
        return _escaped("'".join(parts))
    return "".join(_code(it) if i % 2 else _escaped(it) for i, it in enumerate(parts))


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text.replace("`", "'"))


def _code(text: str) -> str:
    """The text as code; backquotes in it need more of them around it."""
    text = " ".join(text.split())
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest or not text else ""
    return f"{fence}{space}{text}{space}{fence}"
