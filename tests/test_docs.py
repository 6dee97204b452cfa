"""What the README says is so: its tables, its example, its commands."""

from __future__ import annotations

import difflib
import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from modelserving_lws import run
from modelserving_lws.contract import CONTRACT
from modelserving_lws.function_config import KINDS
from modelserving_lws.schema import schema_of
from tests.conftest import ROOT
from tests.hosts.test_examples import commands
from tests.manifests import INJECTED_WORKER, WORKER

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text()
EXPANDED = (ROOT / "examples" / "expand-lws-plugin-kpt" / "modelserving.yaml").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").iterdir())]
# `make test` is what runs this test.
COMMANDS = [command for command in commands(README) if command != "make test"]


def table(header: str, below: str = "") -> list[list[str]]:
    """The cells of a table's rows; the first table behind a text."""
    lines = README[README.index(f"| {header} |", README.index(below)) :].splitlines()
    rows = []
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def test_the_table_of_the_contract_is_the_code() -> None:
    rows = [[where, key.strip("`"), value] for where, key, value in table("where")]
    values = [value if " " in value else f"`{value}`" for _, _, value in CONTRACT]
    assert rows == [[*row[:2], value] for row, value in zip(CONTRACT, values, strict=True)]


@pytest.mark.parametrize("kind", ["InjectLWS", "ExpandLWSPlugin", "RenderModelServing"])
def test_the_table_of_the_settings_is_the_schema(kind: str) -> None:
    properties = schema_of(kind)["properties"]["spec"]["properties"]
    rows = {row[0].strip("`"): row[1:] for row in table("field", f"\n### {kind}\n")}
    assert list(rows) == list(properties)
    for name, (values, meaning) in rows.items():
        field = properties[name]
        assert field["description"].rstrip(".").lower() == meaning.lower()
        if "enum" in field:
            assert values == ", ".join(f"`{value}`" for value in field["enum"])
            assert field["enum"][0] == field["default"]
        else:
            assert values.startswith(f"`{json.dumps(field['default'])}`".replace('"', ""))
        if "maximum" in field:
            assert values.endswith(f", at most `{field['maximum']}`")


def diff(before: str, after: str) -> str:
    """All lines of the two texts, marked as a diff does."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=10**6, lineterm="")
    return "\n".join(lines) + "\n"


def test_the_diffs_are_what_the_program_does() -> None:
    first, second = re.findall("^```diff\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    for block, changes in (
        (first, diff(EXPANDED, run(EXPANDED.encode(), "ExpandLWSPlugin").output.decode())),
        (second, diff(WORKER, INJECTED_WORKER)),
    ):
        hunks = re.split("^@@.*@@\n", block, flags=re.MULTILINE)
        assert hunks.pop(0) == ""
        for hunk in hunks:
            assert f"\n{hunk}" in changes
        shown = sum(line[0] in "+-" for line in block.splitlines())
        assert shown > 10


def test_what_the_page_of_expand_lws_plugin_shows_is_what_it_writes() -> None:
    page = (ROOT / "docs" / "expand-lws-plugin.md").read_text()
    (block,) = re.findall("^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert block in run(EXPANDED.encode(), "ExpandLWSPlugin").output.decode()


def test_every_kind_has_a_schema_and_a_word_in_the_help() -> None:
    from modelserving_lws.arguments import help_text

    for kind in KINDS:
        schema = schema_of(kind)
        assert schema["properties"]["kind"]["const"] == kind
        assert f"\n  {kind}  " in help_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(
    command: str, tmp_path: Path, environment: dict[str, str], request: pytest.FixtureRequest
) -> None:
    host = command.split()[0]
    if host in ("kustomize", "kpt"):
        request.getfixturevalue(host)
    folder = ROOT
    if host != "make":
        folder = tmp_path
        shutil.copytree(ROOT / "examples", folder / "examples")
    environment = {**environment, "MAKEFLAGS": ""}
    process = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    assert "LWS_LEADER_ADDRESS" in process.stdout or host == "kpt"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", page.read_text())
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        target = page.parent / path
        assert target.exists(), link
        if anchor:
            headings = re.findall("^#+ (.+)$", target.read_text(), re.MULTILINE)
            assert anchor in [heading.lower().replace(" ", "-") for heading in headings], link
