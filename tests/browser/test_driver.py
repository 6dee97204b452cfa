"""The driver of the page "Try it in the browser", without a browser: what it gives is what the
commands give.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

sys.path.insert(0, str(ROOT / "docs" / "site" / "try"))
import driver
import pack

EXAMPLES = {it["title"]: it for it in pack.examples()}


def answer(files: dict[str, str], command: str = "migrate", **other: Any) -> Any:
    rest: dict[str, Any] = {"settings": {}, "config": None, "ignored": []}
    request = {"command": command, "files": files, **rest, **other}
    return json.loads(driver.answer(json.dumps(request)))


@pytest.mark.parametrize("title", EXAMPLES)
def test_an_example_gives_what_the_command_gives(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, title: str
) -> None:
    example = EXAMPLES[title]
    found = answer(example["files"], example["command"], settings=example["settings"])
    for path, text in example["files"].items():
        file = tmp_path / "in" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.chdir(tmp_path / "in")
    given = [f"--set={name}={value}" for name, value in example["settings"].items()]
    options = ("--keep-going", "--report", "json=../report.json", "-o", "../out/")
    finished = program("", example["command"], *options, *given, ".")
    written = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_text()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert found["files"] == written
    assert found["code"] == finished.code
    assert found["report"] == json.loads((tmp_path / "report.json").read_text())
    monkeypatch.chdir(tmp_path / "out")
    tree = program("", "render", "--tree", "--format", "json", "--keep-going", ".")
    assert json.loads(driver.pods())["tree"] == json.loads(tree.stdout)


def test_what_is_no_finding_is_said() -> None:
    found = answer({"a.yaml": "kind: ConfigMap\n"})
    assert found["report"]["findings"] == []
    assert found["said"] == ["no LeaderWorkerSet or ModelServing among the 1 item"]


def test_a_file_that_is_no_yaml_is_told_once() -> None:
    found = answer({"a.yaml": "kind: LeaderWorkerSet\na: {"})
    (finding,) = found["report"]["findings"]
    assert (finding["id"], finding["file"]["line"]) == ("not-yaml", 2)
    assert finding["message"] not in "".join(found["said"])


def test_wrong_settings_are_said() -> None:
    found = answer({"a.yaml": "kind: LeaderWorkerSet\n"}, settings={"roleName": "X"})
    assert (found["code"], found["report"], found["files"]) == (2, None, {})
    (line,) = found["said"]
    assert line.startswith("[error] roleName: must be ")


def test_wrong_usage_is_said() -> None:
    found = answer({"a.yaml": "kind: LeaderWorkerSet\n"}, ignored=["nothing"])
    assert (found["code"], found["report"]) == (2, None)
    assert "--ignore" in found["said"][-1]


def test_lists_go_into_a_function_config() -> None:
    example = EXAMPLES["A ModelServing and its pods"]
    config = {
        "apiVersion": "fn.serving.volcano.sh/v1alpha1",
        "kind": "InjectLWS",
        "spec": {"pluginNames": ["other"]},
    }
    found = answer(example["files"], "inject", config=config)
    assert found["files"] == example["files"]


@pytest.mark.parametrize(
    "name", ["../a.yaml", "/a/b.yaml", "a/../../b.yaml", "a\0.yaml", "a.yaml/b.yaml", "a" * 300]
)
def test_a_file_must_have_a_name_in_its_folder(name: str) -> None:
    found = answer({"a.yaml": "", name: ""})
    assert (found["code"], found["files"], found["report"]) == (2, {}, None)
    assert json.loads(driver.pods())["tree"]["pods"] == []
    assert found["said"] == [f"{name}: no name that a file can have beside the others"]
