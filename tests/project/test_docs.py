"""The README and the pages are right: tables, examples, commands."""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modelserving_lws import run
from modelserving_lws.kthena.plugins import BUILT_INS
from modelserving_lws.kthena.values import SOURCES
from modelserving_lws.lws.contract import CONTRACT
from tests.manifests import INJECTED_WORKER, WORKER
from tests.project.test_house import ORDER
from tests.running import EXAMPLES, ROOT

if TYPE_CHECKING:
    from tests.running import Program

README = (ROOT / "README.md").read_text()
HOW = (ROOT / "docs" / "how-it-works.md").read_text()
EXPANDED = (EXAMPLES / "expand-lws-plugin-kpt" / "modelserving.yaml").read_text()
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
# A shell block, and the comment before it, which says why it is not run, or with which host it is.
SHELL = re.compile("(?:^<!-- ([^\n]+) -->\n)?^```shell\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOT_RUN = "Not run by the tests"
SCRIPTS = [
    pytest.param(*block, id=f"{page.stem}-{number}")
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    for number, block in enumerate(SHELL.findall(page.read_text()), 1)
]


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


def diff(before: str, after: str) -> str:
    """All lines of the two texts, marked as a diff does."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=10**6, lineterm="")
    return "\n".join(lines) + "\n"


def test_the_diffs_are_what_the_program_does() -> None:
    first, second = re.findall("^```diff\n(.*?)^```", HOW, re.MULTILINE | re.DOTALL)
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


def test_the_report_of_the_readme_is_what_the_program_prints(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (report,) = re.findall("^```text\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert program("", "migrate", "examples/convert-lws-kpt").stdout.endswith(report)


def test_what_the_page_of_expand_lws_plugin_shows_is_what_it_writes() -> None:
    page = (ROOT / "docs" / "expand-lws-plugin.md").read_text()
    (block,) = re.findall("^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert block in run(EXPANDED.encode(), "ExpandLWSPlugin").output.decode()


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("comment", "script"), SCRIPTS)
def test_the_commands_of_a_page_run(
    comment: str,
    script: str,
    tmp_path: Path,
    environment: dict[str, str],
    request: pytest.FixtureRequest,
) -> None:
    if comment.startswith(NOT_RUN):
        pytest.skip(comment)
    script = script.replace("make test\n", "")  # which runs this test
    if comment == "Runs with Helm 4.":
        environment = request.getfixturevalue("helm4_environment")
    else:
        for host in ("kustomize", "kpt", "helm"):
            if re.search(rf"(^|\| ){host} ", script, re.MULTILINE):
                request.getfixturevalue(host)
    folder = ROOT
    if not script.startswith("make "):
        folder = tmp_path
        shutil.copytree(EXAMPLES, folder / "examples")
    before = contents(tmp_path)
    process = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**environment, "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    written = b"".join(dict(contents(tmp_path).items() - before.items()).values())
    if script.startswith("python3 "):  # prints the folder of the schemas
        assert (Path(process.stdout.strip()) / "InjectLWS.json").exists()
    else:
        assert "LWS_LEADER_ADDRESS" in process.stdout + written.decode()


def test_no_pipe_loses_an_error() -> None:
    scripts = [str(param.values[1]) for param in SCRIPTS]
    lossy = re.compile(r"(modelserving-lws (?!--print)|helm template|kustomize build) [^\n]*\|")
    piped = [script for script in scripts if lossy.search(script)]
    assert len(piped) > 3
    assert [script for script in piped if "pipefail" not in script] == []


def test_a_comment_before_commands_says_what_the_tests_know() -> None:
    comments = [comment for param in SCRIPTS if (comment := str(param.values[0]))]
    assert comments
    known = re.compile(rf"{NOT_RUN}( of this page)?: [^:]+\.|Runs with Helm 4\.")
    assert [comment for comment in comments if not known.fullmatch(comment)] == []


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
