"""The packages import each other in one order, and no module is too long to read."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from modelserving_lws.lws.contract import CONTRACT
from modelserving_lws.lws.leaderworkerset import TPU_VARIABLES
from tests.running import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = ROOT / "fn" / "modelserving_lws"
# Each imports from itself and from those before it. `__init__`, which hands out the public names,
# is not among them.
ORDER = (
    "results",
    "yamltext",
    "wire",
    "k8s",
    "lws",
    "kthena",
    "tree",
    "kustomize",
    "config",
    "functions",
    "pipeline",
    "repository",
    "cli",
    "__main__",
)
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)
MAX_LINES = 400


def imports(path: Path) -> Iterator[str]:
    """The modules of the package that a module imports, lazily and for types, too: `wire.items`."""
    here = ("modelserving_lws", *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) + 1 - node.level] if node.level else ()
            module = ".".join((*base, *filter(None, [node.module])))
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            inner = name.removeprefix("modelserving_lws.")
            if inner != name and (PACKAGE / inner.replace(".", "/")).with_suffix(".py").exists():
                yield inner


def room(module: str) -> str:
    """The entry of the order that a module belongs to."""
    return next(name for name in ORDER if f"{module}.".startswith(f"{name}."))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def test_the_folder_holds_packages_and_the_pipeline() -> None:
    files = {path.name for path in PACKAGE.iterdir() if path.is_file()}
    assert files == {"__init__.py", "__main__.py", "pipeline.py", "py.typed"}
    assert {path.name for path in PACKAGE.iterdir() if path.is_dir()} - {"__pycache__"} == {
        name.partition(".")[0] for name in ORDER
    } - {"pipeline", "__main__"}


@pytest.mark.parametrize("path", [*MODULES, PACKAGE / "pipeline.py"], ids=name_of)
def test_a_module_imports_from_the_packages_before_its_own(path: Path) -> None:
    own = room(name_of(path))
    wrong = [
        module
        for module in imports(path)
        if ORDER.index(room(module)) > ORDER.index(own)
        or (own == room(module) == "functions" and module.split(".")[1] != path.parent.name)
    ]
    assert sorted(set(wrong)) == []


def test_no_imports_go_in_a_circle() -> None:
    graph = {name_of(path): set(imports(path)) for path in [*MODULES, PACKAGE / "pipeline.py"]}
    while ends := {name for name, used in graph.items() if not used & graph.keys()}:
        graph = {name: used for name, used in graph.items() if name not in ends}
    assert graph == {}


@pytest.mark.parametrize("path", [*MODULES, PACKAGE / "pipeline.py"], ids=name_of)
def test_a_module_is_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_LINES


KEYS = re.compile(r"leaderworkerset\.sigs\.k8s\.io/[-a-z]*|\bLWS_[A-Z_]+|\bTPU_WORKER_[A-Z_]+")


def texts(path: Path) -> Iterator[str]:
    """The string constants of a module that are no docstrings."""
    tree = ast.parse(path.read_text())
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


@pytest.mark.parametrize("path", [*MODULES, PACKAGE / "pipeline.py"], ids=name_of)
def test_keys_of_lws_are_written_in_its_package_alone(path: Path) -> None:
    found = {key for text in texts(path) for key in KEYS.findall(text)}
    if name_of(path) == "results.messages":  # prose, which imports nothing
        assert found <= {key for _, key, _ in CONTRACT} | {*TPU_VARIABLES}
    elif not name_of(path).startswith("lws."):
        assert found == set()
