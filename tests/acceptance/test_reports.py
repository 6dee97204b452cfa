"""The report before a migration: it says what conversion, expansion and a cluster say of each set,
with the set's own paths; and what is not told, since it is ignored.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from modelserving_lws.functions.convert import detectors
from modelserving_lws.lws.fields import FIELDS
from modelserving_lws.pipeline import run
from modelserving_lws.results.messages import ERROR, LOSSES, MESSAGES, ignorable
from tests.leaderworkersets import SET, config
from tests.manifests import items_of, resource_list, results_of
from tests.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from modelserving_lws.pipeline import Outcome
    from modelserving_lws.results.report import SetRow
    from tests.running import Program

WORKER = "spec.leaderWorkerTemplate.workerTemplate"
GPUS = "resources: {limits: {nvidia.com/gpu: '8', rdma/ib: 1}}"
# Two containers of one template want the worker's index in one variable, in different ways.
DIFFERS = SET.replace(
    '            args: ["ray start',
    "            env: [{name: A, value: $(LWS_WORKER_INDEX)}]\n"
    "          - name: other\n            env: [{name: A, value: b}]\n"
    '            args: ["ray start',
)


def report(*sets: str, settings: str = "") -> Outcome:
    """The outcome of a report on these manifests."""
    settings = f"reportOnly: true, {settings}" if settings else "reportOnly: true"
    text = resource_list(*sets, config=config(settings))
    outcome = run(text.encode())
    assert outcome.output.decode().startswith(text)
    return outcome


def row(outcome: Outcome) -> SetRow:
    (found,) = outcome.sets
    return found


def test_what_the_expansion_refuses_blocks_a_set() -> None:
    outcome = report(DIFFERS)
    assert row(outcome).verdict == "blocked"
    (error,) = (it for it in outcome.results if it.severity == ERROR)
    assert error.id == "index-differs"
    assert error.field == f"{WORKER}.spec.containers[1].env[0]"
    assert error.message.endswith(f"it has another one in {WORKER}.spec.containers[0].env[0]")
    assert str(error.reference) == "leaderworkerset.x-k8s.io/v1/LeaderWorkerSet/serving/chat"
    assert outcome.failed
    # The other way to expand does it.
    assert row(report(DIFFERS, settings="via: AdmissionPolicy")).verdict == "clean"


def test_a_path_is_said_once_where_a_template_is_both() -> None:
    one = SET[: SET.index("    # Ray's head")] + SET[SET.index("    workerTemplate:") :]
    (error,) = (
        it
        for it in report(
            one.replace("name: worker", "name: worker\n            env: [{name: A}, {name: A}]")
        ).results
        if it.severity == ERROR
    )
    assert error.field == f"{WORKER}.spec.containers[0].env[1].name"


def test_warnings_of_the_expansion_have_the_paths_of_the_set() -> None:
    reads = SET.replace(
        '            args: ["ray start',
        "            env: [{name: A, valueFrom: {fieldRef: {fieldPath: "
        "\"metadata.labels['leaderworkerset.sigs.k8s.io/group-index']\"}}}]\n"
        '            args: ["ray start',
    )
    outcome = report(reads)
    found = {(it.id, it.field.partition(".valueFrom")[0]) for it in outcome.results}
    assert ("reads-not-carried", f"{WORKER}.spec.containers[0].env[0]") in found
    assert ("not-carried", "spec.leaderWorkerTemplate") in found
    assert row(outcome).verdict == "lossy"
    assert row(report(reads, settings="via: AdmissionPolicy")).verdict == "clean"


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (SET, (6, {}), (6, {})),
        (SET.replace("name: worker", f"name: worker\n            {GPUS}"),
         (6, {"nvidia.com/gpu": 32, "rdma/ib": 4}), (6, {"nvidia.com/gpu": 32, "rdma/ib": 4})),
        (SET.replace("name: leader", f"name: leader\n            {GPUS}")
            .replace("size: 3", "size: 1"),
         (2, {"nvidia.com/gpu": 16, "rdma/ib": 2}), (2, {"nvidia.com/gpu": 16, "rdma/ib": 2})),
        (DIFFERS, (6, {}), None),
        (SET.replace("size: 3", "size: 0"), None, None),
        (SET.replace("replicas: 2", "replicas: 0"), (0, {}), (0, {})),
    ],
)  # fmt: skip
def test_pods_and_resources_are_counted_before_and_after(
    text: str, before: object, after: object
) -> None:
    found = row(report(text))
    for amounts, expected in ((found.before, before), (found.after, after)):
        assert (amounts and (amounts.pods, amounts.resources)) == expected


# What is ignored

LATE = SET.replace("  # Two", "  startupPolicy: LeaderReady\n  # Two")
SURGE = SET.replace(
    "  # Two", "  rolloutStrategy: {rollingUpdateConfiguration: {maxSurge: 1}}\n  # Two"
)


def test_a_warning_that_is_ignored_is_counted_and_not_shown(program: Program) -> None:
    finished = program(resource_list(SURGE, config=config("ignore: [surge]")))
    assert finished.code == 0
    assert "surge" not in finished.stderr.replace("`surge`", "")
    (last,) = results_of(finished.bytes)[-1:]
    assert last == {"message": "1 finding ignored: 1 `surge`", "severity": "info"}
    again = program(resource_list(SURGE, config=config("reportOnly: true, ignore: [surge]")))
    # What no template can carry, and what a cluster does.
    assert "0 errors, 3 warnings" in again.stderr
    assert row(report(SURGE, settings="ignore: [surge]")).verdict == "clean"


def test_a_loss_that_is_ignored_is_accepted(program: Program) -> None:
    assert program(resource_list(LATE, config=config())).code == 1
    finished = program(resource_list(LATE, config=config("ignore: [leader-ready]")))
    assert finished.code == 0
    assert [item["kind"] for item in items_of(finished.bytes)] == ["ModelServing"]
    outcome = report(LATE, settings="ignore: [leader-ready]")
    assert row(outcome).verdict == "lossy"
    assert outcome.report().ignored == {"leader-ready": 1}


def test_what_a_detector_finds_in_another_item_can_be_ignored() -> None:
    found = ROOT / "tests" / "corpus" / "detectors" / "found" / "hostfile.yaml"
    text = found.read_text()
    plain = run(text.encode(), "ConvertLeaderWorkerSet")
    errors = {it.id for it in plain.results if it.severity == ERROR}
    assert errors == {"pod-host-name", "relied-on", "reads-lws-identity"}
    ignored = config("ignore: [pod-host-name, reads-lws-identity]")
    accepted = run(text.encode(), config=ignored.encode())
    assert not accepted.failed
    assert b"kind: ModelServing" in accepted.output
    assert accepted.report().ignored.keys() == {"pod-host-name", "reads-lws-identity"}


@pytest.mark.parametrize("id_", ["name-twice", "not-yaml", "no-such-id", "partial-set"])
def test_what_a_cluster_refuses_and_unknown_ids_can_not_be_ignored(
    program: Program, id_: str
) -> None:
    finished = program(resource_list(SET, config=config(f"ignore: [surge, {id_}]")))
    assert finished.code == 1
    assert [item["kind"] for item in items_of(finished.bytes)] == ["LeaderWorkerSet"]
    (result,) = results_of(finished.bytes)
    assert result["field"] == {"path": "spec.ignore[1]", "currentValue": id_}
    assert result["message"].startswith("must be the id of a warning, an info or a loss")


def test_losses_are_the_errors_of_the_fields_and_of_the_detectors() -> None:
    of_fields = {
        field.message
        for field in FIELDS.values()
        if MESSAGES.get(field.message, "")[:1] == (ERROR,)
    }
    assert of_fields <= LOSSES
    refused = {"partial-set", "set-is-patch", "entry-shared", "rename-in-tree", "same-set"}
    texts = "".join(
        path.read_text() for path in (ROOT / "fn/modelserving_lws/functions/convert").glob("*.py")
    )
    named = {
        name
        for name, row in MESSAGES.items()
        if row[0] == ERROR
        and f'"{name}"' in texts
        and name not in refused
        and not name.startswith("kustomize-")
    }
    for_sets = {"modelserving-there", "several-sets", "repeated", "wrong-value", "missing-field"}
    assert named - for_sets <= LOSSES
    assert set(MESSAGES) - set(ignorable()) == {
        name for name, row in MESSAGES.items() if row[0] == ERROR and name not in LOSSES
    }
    assert detectors.__doc__


# The commands


SERVING = """\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing
metadata:
  name: other
spec:
  plugins: [{name: lws}]
  template:
    roles:
    - name: main
      workerReplicas: 1
      entryTemplate: {spec: {containers: [{name: a}]}}
      workerTemplate:
        spec:
          containers:
          - name: a
            env:
            - {name: A, value: b}
            - {name: A, value: c}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_migration_reports_in_a_format(program: Program, folder: Path) -> None:
    (folder / "a.yaml").write_text(SET)
    (folder / "b.yaml").write_text(DIFFERS.replace("name: chat", "name: talk"))
    finished = program("", "migrate", "--report", "json", ".")
    data = json.loads(finished.stdout)
    assert finished.code == 1
    assert data["files"] == ["a.yaml"]
    assert {it["object"]["name"]: it["result"] for it in data["sets"]} == {
        "chat": "clean",
        "talk": "blocked",
    }
    (error,) = (it for it in data["findings"] if it["severity"] == "error")
    assert error["object"]["kind"] == "LeaderWorkerSet"
    # What the expansion says of a set is said once, and of the set.
    of_chat = [it["id"] for it in data["findings"] if it.get("object", {}).get("name") == "chat"]
    assert of_chat == ["not-carried"]
    assert program("", "migrate", "--keep-going", "--write", ".").code == 1
    assert "LWS_LEADER_ADDRESS\n" in (folder / "a.yaml").read_text()
    assert "kind: LeaderWorkerSet" in (folder / "b.yaml").read_text()


def test_places_are_those_of_the_files_before_the_migration(program: Program, folder: Path) -> None:
    text = f"{SET}---\n{SERVING}"
    (folder / "a.yaml").write_text(text)
    finished = program("", "migrate", "--report", "sarif", "--report", "text=report", ".")
    (run_,) = json.loads(finished.stdout)["runs"]
    lines = text.splitlines()
    for id_, line in (
        ("name-twice", "            - {name: A, value: c}"),
        ("not-carried", "  leaderWorkerTemplate:"),
    ):
        (result,) = (it for it in run_["results"] if it["ruleId"] == id_)
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert lines[region["startLine"] - 1] == line
        assert location["physicalLocation"]["artifactLocation"] == {"uri": "a.yaml"}
    assert "(a.yaml:" in (folder / "report").read_text()


def test_a_file_that_can_not_be_read_is_in_the_report(program: Program, folder: Path) -> None:
    (folder / "a.yaml").write_text("kind: LeaderWorkerSet\na: {b\n")
    finished = program("", "migrate", "--report", "sarif", ".")
    assert finished.code == 1
    (run_,) = json.loads(finished.stdout)["runs"]
    (result,) = run_["results"]
    assert result["ruleId"] == "not-yaml"
    assert "the `{` at line 2, column 4 is not closed" in result["message"]["text"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a.yaml"},
                "region": {"startLine": 3, "startColumn": 1},
            }
        }
    ]
    text = program("", "migrate", ".")
    assert "not closed" in text.stderr
    assert "not closed" not in text.stdout


def test_a_loss_that_a_command_ignores_is_accepted(program: Program, folder: Path) -> None:
    (folder / "a.yaml").write_text(LATE)
    assert program("", "migrate", "--write", "a.yaml").code == 1
    finished = program("", "migrate", "--ignore", "leader-ready", "--write", "a.yaml")
    assert finished.code == 0, finished
    assert "kind: ModelServing" in (folder / "a.yaml").read_text()
    finished = program("", "migrate", "--ignore", "name-twice", "a.yaml")
    assert finished.code == 2
    assert "must be the id of a warning, an info or a loss" in finished.stderr
