"""Each command in the README of an example runs, twice, and gives what `.expected` holds. `make
update-expected` writes these files.
"""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.running import EXAMPLES, UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/README.md"))


def commands(readme: str) -> list[str]:
    """The lines of the shell blocks, but for those with the image, which tests/image runs."""
    readme, _, _ = readme.partition("\n### With the image\n")
    blocks = re.findall("^```shell\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples to run in."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


def test_there_are_examples() -> None:
    assert len(NAMES) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_an_example_gives_what_it_says(
    name: str, folder: Path, environment: dict[str, str], request: pytest.FixtureRequest
) -> None:
    readme = (EXAMPLES / name / "README.md").read_text()
    found = commands(readme)
    assert found, "a README must have a shell block"
    for host in ("kustomize", "kpt"):
        if any(command.startswith(host) for command in found):
            request.getfixturevalue(host)
    expected = EXAMPLES / name / ".expected"
    for _ in ("once", "twice"):
        printed = outcome(found, EXAMPLES / name, folder / name, environment)
        if UPDATE:
            shutil.rmtree(expected, ignore_errors=True)
            expected.mkdir()
            for file, text in printed.items():
                (expected / file).write_text(text)
        assert printed == expectation(name)


def outcome(
    commands: list[str], before: Path, after: Path, environment: dict[str, str]
) -> dict[str, str]:
    """Runs an example's commands where one copy of it is; returns what they print, and what they
    change that is another way in the other copy.
    """
    printed: dict[str, str] = {}
    for i, command in enumerate(commands, 1):
        process = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=after.parent,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 0, process.stderr
        if process.stdout:
            printed[f"{i}.yaml"] = process.stdout
    if changes := "".join(difference(before, after)):
        printed["diff.patch"] = changes
    return printed


def expectation(name: str) -> dict[str, str]:
    """What the outcome of an example is to be."""
    return {path.name: path.read_text() for path in (EXAMPLES / name / ".expected").iterdir()}


def difference(before: Path, after: Path) -> Iterator[str]:
    """A unified diff of two folders, files in the order of their names; none may have gone."""
    files = files_of(after)
    assert files >= files_of(before)
    for file in sorted(files):
        is_new = not (before / file).exists()
        old = [] if is_new else (before / file).read_text().splitlines(keepends=True)
        new = (after / file).read_text().splitlines(keepends=True)
        name = "/dev/null" if is_new else f"a/{file}"
        yield from difflib.unified_diff(old, new, name, f"b/{file}")


def files_of(folder: Path) -> set[Path]:
    """The files of an example, but for what is expected of it."""
    files = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {file for file in files if file.parts[0] != ".expected"}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_readme_shows_stands_in_the_example(name: str) -> None:
    readme, _, _ = (EXAMPLES / name / "README.md").read_text().partition("\n### With the image\n")
    files = [path for path in (EXAMPLES / name).rglob("*") if path.is_file()]
    texts = [path.read_text() for path in files if path.name != "README.md"]
    blocks = re.findall("^```yaml\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    for block in blocks:
        assert any(block in text for text in texts), block
    assert readme.startswith(f"# {name}: ")
