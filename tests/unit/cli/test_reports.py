"""The renderers of reports: each format holds what its schema or its readers ask for."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from modelserving_lws.cli.reports import FORMATS, Finding, Report, SetRow, render
from modelserving_lws.pipeline import run
from modelserving_lws.results.messages import MESSAGES
from modelserving_lws.results.report import Amounts
from modelserving_lws.results.result import Reference, Result
from modelserving_lws.wire.places import located
from tests.leaderworkersets import SET, config
from tests.manifests import resource_list, stream
from tests.running import ROOT

SCHEMA = json.loads(
    files("modelserving_lws.cli.reports").joinpath("report.schema.json").read_text("utf-8")
)
SARIF = json.loads((ROOT / "tests/corpus/sarif-schema-2.1.0.json").read_text())
# A text that wants to be markup, in every format.
WILD = "a|b `c` <b>*d*</b> [e](f)\n\x1b[1m@all ``` \u202e\U0001f600"


def of(*sets: str, settings: str = "reportOnly: true") -> Report:
    """The report on these manifests in a file `base/lws.yaml`."""
    outcome = run(resource_list(*sets, config=config(settings)).encode())
    report = outcome.report("base/lws.yaml")
    report.files.append("base/lws.yaml")
    return report


def wild() -> Report:
    """A report of a text that nobody expects."""
    reference = Reference(WILD, WILD, WILD, WILD, WILD)
    result = Result("one-of", WILD, current=WILD, allowed=WILD, found=WILD, meant=WILD)
    result.on(reference)
    row = SetRow(reference, [result], Amounts(3, {WILD: 2}), None)
    findings = [Finding(result, WILD, 3, 4), Finding(Result("no-manifest"), WILD, 1, 1)]
    return Report(findings, [WILD], [row], {"surge": 2})


LATE = SET.replace("name: chat", "name: late").replace(
    "  # Two", "  startupPolicy: LeaderReady\n  # Two"
)
REPORTS = {
    "empty": lambda: Report([]),
    "clean": lambda: of(SET),
    "blocked": lambda: of(SET, LATE),
    "ignored": lambda: of(LATE, settings="reportOnly: true, ignore: [leader-ready]"),
    "wild": wild,
}


@pytest.fixture(params=REPORTS)
def report(request: pytest.FixtureRequest) -> Report:
    made: Report = REPORTS[request.param]()
    return made


@pytest.fixture(autouse=True, scope="session")
def _schemas_are_schemas() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft4Validator.check_schema(SARIF)


def test_json_holds_to_its_schema(report: Report) -> None:
    data = json.loads(render("json", report))
    Draft202012Validator(SCHEMA).validate(data)
    assert len(data["findings"]) == len(report.findings)
    assert data["counts"] == report.counts()


def strict(schema: Any) -> Any:
    """The schema without room for more fields."""
    if isinstance(schema, list):
        return [strict(it) for it in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    return {**made, "additionalProperties": False} if "properties" in schema else made


def test_json_has_no_field_that_its_schema_does_not_name(report: Report) -> None:
    data = json.loads(render("json", report))
    Draft202012Validator(strict(SCHEMA)).validate(data)


def test_sarif_holds_to_the_published_schema(report: Report) -> None:
    data = json.loads(render("sarif", report))
    Draft4Validator(SARIF).validate(data)
    (made,) = data["runs"]
    rules = made["tool"]["driver"]["rules"]
    for result in made["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    general = made["invocations"][0]["toolExecutionNotifications"]
    assert len(made["results"]) + len(general) == len(report.findings)


def test_sarif_has_the_place_in_the_file_and_the_help_of_the_table() -> None:
    text = stream("a: b\n", LATE)
    outcome = run(text.encode(), "ConvertLeaderWorkerSet")
    data = json.loads(render("sarif", outcome.report("base dir/lws.yaml")))
    (made,) = data["runs"]
    (result,) = (it for it in made["results"] if it["ruleId"] == "leader-ready")
    (location,) = result["locations"]
    lines = text.splitlines()
    line = next(i for i, it in enumerate(lines, 1) if "startupPolicy" in it)
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "base%20dir/lws.yaml"},
        "region": {"startLine": line, "startColumn": 3},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == (
        "leaderworkerset.x-k8s.io/v1/LeaderWorkerSet/serving/late spec.startupPolicy"
    )
    rule = made["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["help"]["text"] == MESSAGES["leader-ready"][2]
    assert rule["defaultConfiguration"] == {"level": "error"}


def fingerprints(report: Report) -> list[str]:
    (made,) = json.loads(render("sarif", report))["runs"]
    return [it["partialFingerprints"]["modelservingLws/v1"] for it in made["results"]]


def test_a_fingerprint_stays_where_lines_move() -> None:
    there = fingerprints(of(SET, LATE))
    assert len(set(there)) == len(there) > 1
    assert fingerprints(of("# a comment\n" + SET, LATE)) == there
    twice = Finding(Result("surge", "spec").on(Reference("v1", "Pod", "a")), "a.yaml", 1, 1)
    assert len(set(fingerprints(Report([twice, twice])))) == 2


def test_text_begins_with_the_files_and_ends_with_the_table() -> None:
    text = render("text", of(SET, LATE))
    assert text.startswith("would change base/lws.yaml\n\n[warning] ")
    assert "\n1 of 2 LeaderWorkerSets can be converted: 1 error, 4 warnings\n\nleader" in text
    assert text.endswith(
        "SET           RESULT   FINDINGS            PODS\n"
        "serving/late  blocked  1 error, 1 warning  6 -> -\n"
        "serving/chat  clean    1 warning           6 -> 6\n"
    )
    assert "  [error] spec.startupPolicy: LeaderReady (base/lws.yaml:" in text


def test_markdown_has_a_table_and_no_markup_of_the_input() -> None:
    text = render("markdown", of(SET, LATE))
    assert "| serving/late | blocked | 1 error, 1 warning | 6 -\\> - |\n" in text
    assert "- **error** `leader-ready` `spec.startupPolicy`: `LeaderReady`" in text
    text = render("markdown", wild())
    for markup in ("<b>", "*d*", "[e](", "@all"):
        # Inside of code, which begins and ends on its line, they are plain text.
        bare = "".join(it for line in text.splitlines() for it in outside_of_code(line))
        assert markup not in bare, bare
    head, marks, row = (line for line in text.splitlines() if line.startswith("|"))
    assert len(cells(head)) == len(cells(marks)) == len(cells(row)) == 5


def cells(line: str) -> list[str]:
    return line.replace("\\|", "").strip("|").split("|")


def outside_of_code(line: str) -> list[str]:
    """The parts of a line outside of code, as CommonMark 6.1 has it, without escapes."""
    found, position = [], 0
    line = line.replace("\\\\", "").replace("\\*", "").replace("\\<", "").replace("\\[", "")
    line = line.replace("\\@", "").replace("\\]", "")
    while position < len(line):
        tick = line.find("`", position)
        if tick < 0:
            break
        found.append(line[position:tick])
        end = tick
        while line[end : end + 1] == "`":
            end += 1
        fence = line[tick:end]
        close = end
        while True:
            close = line.find(fence, close)
            if close < 0:
                return [*found, line[end:]]
            stop = close
            while line[stop : stop + 1] == "`":
                stop += 1
            if stop - close == len(fence):
                break
            close = stop
        position = stop
    return [*found, line[position:]]


def test_no_report_steers_a_terminal() -> None:
    for format_ in FORMATS:
        assert not set(render(format_, wild())) & set("\x1b\u202e")


def test_what_all_sets_have_is_said_once() -> None:
    sets = [SET.replace("name: chat", f"name: chat{number}") for number in range(3)]
    for format_ in ("text", "markdown"):
        report = of(*sets)
        text = " ".join(render(format_, report).split())
        assert text.count("no template can carry") == 1
        assert "All 3 LeaderWorkerSets" in text
        assert " ".join(render(format_, of(*sets[:1])).split()).count("no template can carry") == 1
        text = " ".join(render(format_, of(*sets, LATE)).split())
        assert "All 3 sets that can be converted" in text
    assert render("json", of(*sets)).count('"not-carried"') == 3


def test_the_worst_sets_come_first() -> None:
    lossy = SET.replace("name: chat", "name: lossy").replace("  # Two", "  x: 1\n  # Two")
    text = render("text", of(SET, lossy, LATE))
    places = [text.index(f"LeaderWorkerSet/serving/{name}") for name in ("late", "lossy")]
    assert places == sorted(places)
    rows = [line.split()[:2] for line in text.splitlines()[-3:]]
    assert rows == [
        ["serving/late", "blocked"],
        ["serving/lossy", "lossy"],
        ["serving/chat", "clean"],
    ]


def test_every_format_is_written_by_its_own_module(report: Report) -> None:
    texts = {render(format_, report) for format_ in FORMATS}
    assert len(texts) == len(FORMATS)
    assert all(text.endswith("\n") or not text for text in texts)


def test_a_result_without_an_item_has_no_line() -> None:
    finding = located(Result("no-manifest").on(Reference("v1", "Pod", "a", path="a.yaml")))
    assert (finding.path, finding.line, finding.place) == ("a.yaml", 0, "a.yaml")
