"""The README and the pages are right: tables, links, figures, names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from modelserving_lws import run
from modelserving_lws.functions.render import render
from modelserving_lws.k8s import containers
from modelserving_lws.kthena.plugins import BUILT_INS
from modelserving_lws.kthena.values import SOURCES
from modelserving_lws.lws.contract import CONTRACT
from modelserving_lws.repository import files
from modelserving_lws.wire import items, split
from modelserving_lws.yamltext import nodes
from tests.manifests import COMPLETE
from tests.project.test_house import ORDER
from tests.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

SECURITY = (ROOT / "SECURITY.md").read_text()
README = (ROOT / "README.md").read_text()
HOW = (ROOT / "docs" / "how-it-works.md").read_text()
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def table(header: str) -> list[list[str]]:
    """The cells of a table's rows."""
    lines = HOW[HOW.index(f"| {header} |") :].splitlines()
    rows = []
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def test_the_table_of_the_contract_is_the_code() -> None:
    rows = [[where, key.strip("`"), value] for where, key, value in table("where")]
    sources = [SOURCES[value] for _, _, value in CONTRACT]
    values = [source if " " in source else f"`{source}`" for source in sources]
    assert rows == [[*row[:2], value] for row, value in zip(CONTRACT, values, strict=True)]


def test_the_plugins_that_it_names_are_those_of_the_code() -> None:
    (named,) = re.findall(r"It applies\s+the plugins (.*?)\.", HOW, re.DOTALL)
    assert set(re.findall("`([^`]+)`", named)) == set(BUILT_INS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", page.read_text())
    assert links or page.name != "README.md"
    for link in links:
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if anchor:
            headings = re.findall("^#+ (.+)$", target.read_text(), re.MULTILINE)
            assert anchor in [anchor_of(heading) for heading in headings], link


def test_the_readme_is_short() -> None:
    assert README.count("\n") <= 120


def test_the_figures_of_the_readme_are_those_of_the_benchmark() -> None:
    bench = (ROOT / "bench" / "README.md").read_text()
    rows = {row.split(" | ")[0]: row.split(" | ")[1:] for row in bench.splitlines()}
    one_pod, many = (cell.split("x (")[0] for cell in rows["| hosts"][:2])
    memory = rows["| 1000 pods, every style, to the peer"][1].partition("x to ")[0]
    groups = rows["| RenderModelServing, 1000 ServingGroups of 8 pods, to a plain loop"][0]
    text = " ".join((README + HOW).split())
    assert f"takes {float(one_pod):.1f} times a bare start of Python" in text
    assert f"{many} of the time and {memory} of the memory" in text
    assert f"take {groups.split('x')[0]} of the time of a plain loop" in text


def anchor_of(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_the_architecture_names_modules_that_are_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"`([\w/]+(?:\.py|/))`", page))
    here = {name for name in named if (ROOT / "fn" / "modelserving_lws" / name).exists()}
    assert {name for name in named - here if not (ROOT / name).exists()} == set()
    assert len(here) > 15


def test_the_architecture_has_the_packages_in_their_order() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| `(\w+)(?:/|\.py)` \|", page, re.MULTILINE)
    assert rows == [name for name in ORDER if name != "__main__"]
    (drawing,) = re.findall("^```mermaid\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    drawn = set(re.findall(r'\["(\w+)', drawing)) - {"nodes"}
    assert drawn <= set(rows)
    assert len(drawn) > 5


# A call for each exit code of the page: its arguments, without `--check` and with it.
CALLS = {
    0: (("--function", "ConvertLeaderWorkerSet"), ("--function", "ExpandLWSPlugin", "DONE")),
    1: (("--function", "ExpandLWSPlugin"), ("--function", "ExpandLWSPlugin", "NEW")),
    2: (("--wrong",), ("--function", "ExpandLWSPlugin", "BAD")),
}


def test_the_exit_codes_of_the_page_are_those_of_the_program(
    program: Program, tmp_path: Path
) -> None:
    page = (ROOT / "docs" / "command-line.md").read_text()
    rows = re.findall(r"^\| ([0-9]) \| (.+) \| (.+) \|$", page, re.MULTILINE)
    assert rows == [
        ("0", "done", "nothing would change"),
        ("1", "an error", "something would change"),
        ("2", "wrong usage", "an error, or wrong usage"),
    ]
    bad = COMPLETE.replace("BuiltIn", "Builtin")
    texts = {"DONE": run(COMPLETE.encode(), "ExpandLWSPlugin").output.decode(), "NEW": COMPLETE}
    for name, text in {**texts, "BAD": bad}.items():
        (tmp_path / name).write_text(text)
    for code, (arguments, with_check) in CALLS.items():
        assert program(bad, *arguments).code == code
        paths = [str(tmp_path / it) if it.isupper() else it for it in with_check]
        assert program("", "--check", *paths).code == code


def test_the_bounds_of_security_are_those_of_the_code() -> None:
    text = SECURITY.replace("\n", " ")
    for number, what in (
        (files.MAX_INPUT, "bytes in all"),
        (files.MAX_FOUND, "bytes"),
        (split.MAX_ITEMS, "items"),
        (items.MAX_LENGTH, "characters"),
        (containers.MAX_CONTAINERS, "containers"),
        (nodes.MAX_DEPTH, "levels"),
        (nodes.MAX_READ, "nodes"),
        (nodes.MAX_NODES, "nodes that aliases"),
        (render.MAX_PODS, "pods"),
        (render.MAX_CHARACTERS, "characters"),
    ):
        assert f"{number:,} {what}" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_files_and_targets_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text()
    for path in re.findall(r"`(tests/[\w/.-]+)`", text):
        assert (ROOT / path).exists(), path
    targets = set(re.findall("^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall("`make ([a-z0-9-]+)", text)) <= targets
