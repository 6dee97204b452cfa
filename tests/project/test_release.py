"""What a release takes: the changelog, and the commands that `make` would run."""

from __future__ import annotations

import re
import subprocess

import pytest

import modelserving_lws
from tests.conftest import ROOT
from tests.project.test_docs import PAGES

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


@pytest.mark.parametrize(
    ("name", "image"), [([], "modelserving-lws"), (["IMAGE=example.com/x"], "example.com/x")]
)
def test_image_and_tag_have_the_version(name: list[str], image: str) -> None:
    make = ["make", "--no-print-directory", "-n", *name, "image", "tag"]
    commands = subprocess.check_output(make, cwd=ROOT, text=True)
    assert commands.splitlines() == [
        f"docker build --tag {image}:v{VERSION} .",
        "git diff --exit-code HEAD",
        rf"grep -E '^## \[{VERSION}\] - [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' CHANGELOG.md",
        f"git tag --annotate --message 'modelserving-lws {VERSION}' v{VERSION}",
    ]


def test_every_make_target_that_a_page_names_is_there() -> None:
    targets = set(re.findall("^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))
    code = "\n".join(match for page in PAGES for match in CODE.findall(page.read_text()))
    named = set(re.findall("make ([a-z0-9-]+)", code))
    assert named <= targets
    assert {"test", "lint", "update-expected", "release-check"} <= named
