"""The site: every page has its place in the index, and nothing is loaded from elsewhere."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tests.running import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = ROOT / "docs" / "site"
INDEX = ROOT / "docs" / "README.md"


def in_the_index() -> list[str]:
    """The pages that the index leads to, the first link of each entry; the site's navigation."""
    links = re.findall(r"^- \[[^\]]+\]\(([^)#]+)\)", INDEX.read_text(), re.MULTILINE)
    return [(INDEX.parent / link).resolve().relative_to(ROOT).as_posix() for link in links]


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


def test_the_index_has_every_page_once() -> None:
    assert sorted([*in_the_index(), "README.md", "docs/README.md"]) == sorted(pages())


def test_the_fonts_are_those_of_the_machine() -> None:
    assert "\n  font: false" in (SITE / "mkdocs.yml").read_text()
