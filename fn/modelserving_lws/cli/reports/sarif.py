"""A report as SARIF 2.1.0, for code scanning:
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

from __future__ import annotations

import json
from hashlib import sha256
from urllib.parse import quote

from ... import __version__
from ...results.messages import MESSAGES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...results.report import Finding, Report
    from ...results.result import Result

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_STDIN = "stdin"


def write(report: Report) -> str:
    """The report as a SARIF log with one run. Its rules are the messages that the report has."""
    found = list(filter(_has_place, report.findings))
    general = [it.result for it in report.findings if not _has_place(it)]
    ids = sorted({finding.result.id for finding in found})
    places = {name: i for i, name in enumerate(ids)}
    driver = {
        "name": "modelserving-lws",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(name) for name in ids],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": list(map(_notification, general)),
            }
        ],
        "results": [
            _result(finding, places[finding.result.id], i) for finding, i in _numbered(found)
        ],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _has_place(finding: Finding) -> bool:
    return finding.result.reference is not None or bool(finding.path)


def _notification(result: Result) -> dict[str, Any]:
    """What is said of the run, and of no place."""
    return {"level": _LEVELS[result.severity], "message": {"text": result.message}}


def _rule(name: str) -> dict[str, Any]:
    severity, text, advice = MESSAGES[name]
    text = text.replace("{meant}", "").format_map(_Ellipses())
    return {
        "id": name,
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": advice, "markdown": advice},
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }


class _Ellipses(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _numbered(findings: list[Finding]) -> list[tuple[Finding, int]]:
    """The findings, with the number of like ones before each."""
    seen: dict[str, int] = {}
    found = []
    for finding in findings:
        key = _identity(finding)
        found.append((finding, seen.get(key, 0)))
        seen[key] = found[-1][1] + 1
    return found


def _identity(finding: Finding) -> str:
    """What makes a finding the same in a later run, wherever its lines move to."""
    result = finding.result
    return "\n".join((result.id, finding.path, str(result.reference or ""), result.field))


def _result(finding: Finding, rule: int, number: int) -> dict[str, Any]:
    result = finding.result
    identity = f"{_identity(finding)}\n{number}"
    data: dict[str, Any] = {
        "ruleId": result.id,
        "ruleIndex": rule,
        "level": _LEVELS[result.severity],
        "message": {"text": result.message},
        "partialFingerprints": {
            "modelservingLws/v1": sha256(identity.encode(errors="surrogateescape")).hexdigest()
        },
    }
    location: dict[str, Any] = {}
    if finding.path or finding.line:
        uri = quote(finding.path.encode(errors="surrogateescape") or _STDIN)
        location["physicalLocation"] = {"artifactLocation": {"uri": uri}}
        if finding.line:
            region = {"startLine": finding.line, "startColumn": finding.column}
            location["physicalLocation"]["region"] = region
    if result.reference is not None:
        name = f"{result.reference} {result.field}".rstrip()
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "object"}]
    if location:
        data["locations"] = [location]
    return data
