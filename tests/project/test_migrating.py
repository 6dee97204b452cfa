"""docs/migrating-from-lws.md is right: its tables, its names, its commands."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from modelserving_lws.lws.fields import FIELDS, Field
from modelserving_lws.results.messages import MESSAGES
from tests.hosts.test_examples import commands
from tests.leaderworkersets import SET, convert
from tests.model import controller
from tests.running import EXAMPLES, ROOT, UPDATE, Finished

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.running import Program

DOCS = ROOT / "docs" / "migrating-from-lws.md"
TEXT = DOCS.read_text()
HEAD = "| LeaderWorkerSet | ModelServing | reported |\n|---|---|---|\n"
# What reads the cluster and converts; tests/cluster runs the other commands.
REPORT, KEEP, *CONVERT = [
    command
    for command in commands(TEXT)
    if command.startswith(("kubectl get lws", "modelserving-lws migrate"))
]


def row(path: str, field: Field) -> str:
    becomes = f"`{field.becomes}`" if field.becomes else "left out"
    return f"| `{path}` | {becomes} | {report(field)}".rstrip() + " |\n"


def report(field: Field) -> str:
    said = {value: field.message for value in ("",) if field.message}
    said |= field.messages
    by_message: dict[str, list[str]] = {}
    for value, message in said.items():
        by_message.setdefault(message, []).append(value)
    return " ".join(sentence(field, message, values) for message, values in by_message.items())


def sentence(field: Field, message: str, values: list[str]) -> str:
    """What is reported of a field: of these values, or of all but the defaults."""
    severity, text, action = MESSAGES[message]
    text = re.sub("{([a-z]+)}", lambda match: match[1].upper(), text)
    if values != [""]:
        severity += " where it is " + " or ".join(f"`{value}`" for value in values)
    elif field.defaults:
        severity += " unless " + " or ".join(f"`{value}`" for value in field.defaults)
    elif field.when:
        severity += f" where {field.when}"
    return f"{severity}: {text}. {action}"


def test_the_table_of_the_fields_is_the_code() -> None:
    before, _, rest = TEXT.partition(HEAD)
    _, _, behind = rest.partition("\n\n")
    wanted = before + HEAD + "".join(row(*it) for it in FIELDS.items()) + "\n" + behind
    if UPDATE:
        DOCS.write_text(wanted)
    assert DOCS.read_text() == wanted


def test_the_pods_have_the_names_that_it_says() -> None:
    chat = yaml.safe_load(convert(SET.replace("size: 3", "size: 2")).output)
    chat["spec"]["plugins"] = []
    names = [pod["metadata"]["name"] for pod in controller.pods(chat)]
    line = next(line for line in TEXT.splitlines() if line.startswith("| pods of `chat`"))
    assert re.findall("`([^`]+)`", line.rpartition("| `chat-0-d")[0])[1:] == ["chat-0", "chat-0-1"]
    assert re.findall("`(chat-0-default[^`]+)`", line) == names[:2]


@pytest.fixture
def shell(tmp_path: Path, environment: dict[str, str]) -> Callable[[str], Finished]:
    """Runs commands, with a `kubectl` that prints a set."""
    (block, _) = re.findall("^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    (tmp_path / "report.yaml").write_text(block)
    (tmp_path / "set.yaml").write_text(SET)
    kubectl = tmp_path / "kubectl"
    kubectl.write_text("#!/bin/sh\nexec cat set.yaml\n")
    kubectl.chmod(0o755)

    def run(command: str) -> Finished:
        process = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=tmp_path,
            env={**environment, "PATH": f"{tmp_path}{os.pathsep}{environment['PATH']}"},
            capture_output=True,
            check=False,
        )
        return Finished(process.returncode, process.stdout, process.stderr)

    return run


def test_the_report_of_a_cluster(shell: Callable[[str], Finished]) -> None:
    finished = shell(REPORT)
    assert finished.code == 0, finished
    summary = "1 of 1 LeaderWorkerSet can be converted: 0 errors, 3 warnings"
    assert summary in finished.stderr.splitlines()


def test_the_commands_convert(shell: Callable[[str], Finished], tmp_path: Path) -> None:
    for command in (KEEP, *CONVERT):
        finished = shell(command)
        assert finished.code == 0, finished
    for file, name in (("after.yaml", "chat"), ("beside.yaml", "chat-new")):
        serving: Any = yaml.safe_load((tmp_path / file).read_text())
        assert serving["metadata"]["name"] == name
        assert len(controller.pods(serving)) == 6
        assert "LWS_LEADER_ADDRESS" in (tmp_path / file).read_text()


def test_the_report_in_the_example_is_what_it_prints(program: Program) -> None:
    example = EXAMPLES / "convert-lws-kustomize"
    (block,) = re.findall(
        "^```text\n(.*?)^```", (example / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    config = str(example / "report.yaml")
    finished = program((example / "sglang.yaml").read_bytes(), "--config", config)
    assert finished.stderr == block
