"""Reports on a tree whose patches can't follow: the same in all formats, valid against the schemas,
each finding with its line and column in the user's file.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from tests.kustomize_trees import write
from tests.leaderworkersets import ONE_TEMPLATE
from tests.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

SET = "# Ünïcode, 日本\n" + ONE_TEMPLATE
OVERLAY = """\
kind: Kustomization
resources: [../base]
patches:
- path: size.yaml
- target: {kind: LeaderWorkerSet, name: chat}
  path: ops.json
- target:
    kind: LeaderWorkerSet
    name: chat
  patch: |-
    # 日本 first

    - {op: add, path: /spec/nope, value: 1}
    - op: add
      path: /spec/startupPolicy
      value: LeaderReady
- target: {kind: LeaderWorkerSet, name: chat}
  patch: "[{op: add, path: /spec/nor, value: 1}]"
transformers:
- |
  apiVersion: builtin
  kind: PatchTransformer
  metadata: {name: a}
  target: {kind: LeaderWorkerSet, name: chat}
  patch: |
    - op: add
      path: /spec/neither
      value: 1
replacements:
- path: r.yaml
labels:
- pairs: {a: b}
  fields:
  - {path: spec/leaderWorkerTemplate/size, kind: LeaderWorkerSet}
"""
TREE = {
    "base/chat.yaml": SET,
    "base/talk.yaml": SET.replace("name: chat", "name: talk"),
    "base/kustomization.yaml": "resources: [chat.yaml, talk.yaml]\n",
    "overlay/kustomization.yaml": OVERLAY,
    "overlay/size.yaml": "# two\nkind: Pod\n---\napiVersion: leaderworkerset.x-k8s.io/v1\n"
    "kind: LeaderWorkerSet\nmetadata: {name: chat}\nspec: {replicas: 2}\n",
    "overlay/ops.json": '[\n  {"op": "add", "path": "/spec/replicas", "value": 2},\n'
    '  {"op": "add", "path": "/spec/leaderWorkerTemplate/size", "value": "two"}\n]\n',
    "overlay/r.yaml": "- source: {kind: LeaderWorkerSet, name: chat,"
    " fieldPath: spec.leaderWorkerTemplate.size}\n  targets: []\n",
}
HERE = "overlay/kustomization.yaml"
FOUND = {
    ("kustomize-holds", "base/chat.yaml", "name: chat"),
    ("kustomize-holds", "base/talk.yaml", "name: talk"),
    ("kustomize-merge", "overlay/size.yaml", "apiVersion: leaderworkerset.x-k8s.io/v1"),
    ("kustomize-value", "overlay/ops.json", '"value": "two"}'),
    ("kustomize-computed", "overlay/r.yaml", "fieldPath: spec.leaderWorkerTemplate.size}"),
    ("kustomize-path", HERE, "path: /spec/nope, value: 1}"),
    ("leader-ready", HERE, "path: /spec/startupPolicy"),
    ("kustomize-path", HERE, 'path: /spec/nor, value: 1}]"'),
    ("kustomize-path", HERE, "path: /spec/neither"),
    (
        "kustomize-computed",
        HERE,
        "path: spec/leaderWorkerTemplate/size, kind: LeaderWorkerSet}",
    ),
}


@pytest.fixture(params=["\n", "\r\n"])
def reports(
    request: pytest.FixtureRequest,
    program: Program,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, str]:
    """The reports of one migration, by format."""
    monkeypatch.chdir(write(tmp_path, {}))
    for path, text in TREE.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.replace("\n", request.param).encode())
    asked = [f"--report={it}=out.{it}" for it in ("json", "sarif", "markdown")]
    done = program("", "migrate", *asked, ".")
    assert done.code == 1
    found = {it: (tmp_path / f"out.{it}").read_text() for it in ("json", "sarif", "markdown")}
    return {**found, "text": done.stdout}


def at(path: str, line: int, column: int) -> str:
    """What the user's file has from there to the end of the line."""
    return TREE[path].splitlines()[line - 1][column - 1 :]


def test_each_finding_has_its_place(reports: dict[str, str]) -> None:
    data = json.loads(reports["json"])
    schema = files("modelserving_lws.cli.reports").joinpath("report.schema.json").read_text()
    Draft202012Validator(json.loads(schema)).validate(data)
    found = [it for it in data["findings"] if it["severity"] == "error"]
    places = [(it["id"], it["file"]) for it in found]
    assert {(name, it["path"], at(**it)) for name, it in places} == FOUND
    assert len(places) == len(FOUND)


def test_the_formats_say_the_same(reports: dict[str, str]) -> None:
    data, log = json.loads(reports["json"]), json.loads(reports["sarif"])
    sarif = json.loads((ROOT / "tests/corpus/sarif-schema-2.1.0.json").read_text())
    Draft4Validator(sarif).validate(log)
    placed = [it for it in data["findings"] if "file" in it]
    (run,) = log["runs"]
    assert [(it["id"], it["message"], it["file"]) for it in placed] == [
        (it["ruleId"], it["message"]["text"], place_of(it)) for it in run["results"]
    ]
    for name in ("text", "markdown"):
        for it in placed:
            place = "{path}:{line}:{column}".format_map(it["file"])
            assert place in reports[name]
    rows = [[it["object"]["name"], it["result"]] for it in data["sets"]]
    assert sorted(rows) == [["chat", "blocked"], ["talk", "blocked"]]
    cells = [line.split() for line in reports["text"].splitlines()]
    assert sorted(it[:2] for it in cells if it[1:2] == ["blocked"]) == sorted(rows)
    marked = re.findall(r"^\| (\S+) \| (blocked) \|", reports["markdown"], re.MULTILINE)
    assert sorted(map(list, marked)) == sorted(rows)


def place_of(result: Any) -> Any:
    """The place of a result of SARIF, as JSON reports have it."""
    (location,) = result["locations"]
    physical = location["physicalLocation"]
    region = physical["region"]
    return {
        "path": physical["artifactLocation"]["uri"],
        "line": region["startLine"],
        "column": region["startColumn"],
    }
