"""A report as JSON. `report.schema.json` says what it has; docs/reports.md, what it promises."""

from __future__ import annotations

import json

from ... import __version__
from ...results.messages import MESSAGES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...results.report import Amounts, Finding, Report, SetRow
    from ...results.result import Reference

# A field that is added is no new version.
VERSION = "1"


def write(report: Report) -> str:
    """The report as one JSON object."""
    data = {
        "version": VERSION,
        "tool": {"name": "modelserving-lws", "version": __version__},
        "counts": report.counts(),
        "ignored": report.ignored,
        "files": report.files,
        "findings": [_finding(finding) for finding in report.findings],
        "sets": [_row(row) for row in report.sets],
    }
    return json.dumps(data, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    result = finding.result
    data: dict[str, Any] = {
        "id": result.id,
        "severity": result.severity,
        "message": result.message,
        "advice": MESSAGES[result.id][2],
    }
    if result.reference is not None:
        data["object"] = object_of(result.reference)
    if result.field:
        field = {"path": result.field, "found": result.current, "proposed": result.proposed}
        data["field"] = _there(field)
    place = {"path": finding.path, "line": finding.line or None, "column": finding.column or None}
    if finding.path or finding.line:
        data["file"] = _there(place)
    return data


def _row(row: SetRow) -> dict[str, Any]:
    data = {
        "object": object_of(row.reference),
        "result": row.verdict,
        "counts": row.counts(),
        "before": _amounts(row.before),
        "after": _amounts(row.after),
    }
    return _there(data)


def _amounts(amounts: Amounts | None) -> dict[str, Any] | None:
    return None if amounts is None else {"pods": amounts.pods, "resources": amounts.resources}


def object_of(reference: Reference) -> dict[str, str]:
    """The object's names, as far as they are there."""
    names = {
        "apiVersion": reference.api_version,
        "kind": reference.kind,
        "namespace": reference.namespace,
        "name": reference.name,
    }
    return {key: name for key, name in names.items() if name}


def _there(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}
