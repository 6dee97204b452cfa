"""A release: the changelog, and the commands of the Makefile."""

from __future__ import annotations

import re
import subprocess

import pytest

import modelserving_lws
from tests.project.test_docs import PAGES
from tests.running import EXAMPLES, IMAGE_NAME, ROOT

VERSION = modelserving_lws.__version__
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
KINDS_OF_CHANGE = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
CODE = re.compile("^```shell\n.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
MAKEFILE = (ROOT / "Makefile").read_text()


def test_the_changelog_has_the_form_of_keep_a_changelog() -> None:
    heads = re.findall("^## (.*)$", CHANGELOG, re.MULTILINE)
    assert heads[0] == "[Unreleased]"
    for head in heads[1:]:
        assert re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", head)
    assert set(re.findall("^### (.*)$", CHANGELOG, re.MULTILINE)) <= set(KINDS_OF_CHANGE)


def dry(*arguments: str) -> list[str]:
    """The commands that `make` would run."""
    make = ["make", "--no-print-directory", "-n", *arguments]
    return subprocess.check_output(make, cwd=ROOT, text=True).replace("\\\n\t", "").splitlines()


def test_a_tag_has_the_version() -> None:
    assert dry("tag") == [
        "git diff --exit-code HEAD",
        rf"grep -E '^## \[{VERSION}\] - [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' CHANGELOG.md",
        f"git tag --annotate --message 'modelserving-lws {VERSION}' v{VERSION}",
    ]


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_the_image_has_the_version_and_the_name_that_is_given(engine: str) -> None:
    (command,) = dry("image", f"ENGINE={engine}", "IMAGE=example.com/x")
    assert command.startswith(f"{engine} build ")
    assert command.endswith(f" --build-arg VERSION={VERSION} --tag example.com/x:v{VERSION} .")


def test_docs_and_examples_have_the_images_one_name() -> None:
    files = [ROOT / "README.md", *(ROOT / "docs").rglob("*"), *EXAMPLES.rglob("*")]
    text = "\n".join(
        path.read_text() for path in files if path.is_file() and path.suffix not in (".png", ".pyc")
    )
    tags = re.findall(r"[\w./-]*\bmodelserving-lws:\S*?[\w.]+\b", text)
    assert len(tags) > 20
    assert set(tags) == {f"{IMAGE_NAME}:v{VERSION}"}


def test_every_make_target_that_a_page_names_is_there() -> None:
    targets = set(re.findall("^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))
    code = "\n".join(match for page in PAGES for match in CODE.findall(page.read_text()))
    named = set(re.findall("make ([a-z0-9-]+)", code))
    assert named <= targets
    assert {"test", "lint", "update-expected", "release"} <= named
