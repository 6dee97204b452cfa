"""The site: every page has its place in the navigation, and nothing is loaded from elsewhere."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import yaml

from tests.running import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = ROOT / "docs" / "site"


def navigation() -> Iterator[str]:
    """The pages in the navigation."""
    text = (SITE / "mkdocs.yml").read_text()
    waiting: list[Any] = yaml.safe_load(text[text.index("\nnav:\n") :])["nav"]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, list):
            waiting += entry
        else:
            waiting += entry.values()


def pages() -> Iterator[str]:
    """The pages that the site takes from the repository."""
    tree = ast.parse((SITE / "hooks.py").read_text())
    (patterns,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PAGES"
    )
    for pattern in patterns:
        for path in ROOT.glob(pattern):
            yield path.relative_to(ROOT).as_posix()


def test_every_page_is_in_the_navigation_once() -> None:
    assert sorted(navigation()) == sorted(pages())


def test_the_fonts_are_those_of_the_machine() -> None:
    assert "\n  font: false" in (SITE / "mkdocs.yml").read_text()
