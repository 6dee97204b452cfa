"""Every function has a schema, a page, metadata and a place in the help, and they agree."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from modelserving_lws.cli.arguments import help_text
from modelserving_lws.config.function_config import API_VERSION, KINDS
from tests.hosts.test_examples import commands
from tests.project.functions import EXAMPLES, FOLDER, FUNCTIONS, LIST_HEAD, PAGE, Function, listed
from tests.running import ROOT, UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Program

SCHEMA = re.compile("^# yaml-language-server: [$]schema=(.*)$", re.MULTILINE)
ANNOTATIONS = {"title": str, "description": str, "examples": list}
# The catalog asks for `emails` as well, which are for whoever hands a function in.
CATALOG = ["image", "description", "tags", "sourceURL", "examplePackageURLs", "license"]

functions = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)


def subschemas(path: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema and those inside of it: fields, and entries of lists."""
    yield path, schema
    for name, field in schema.get("properties", {}).items():
        yield from subschemas(f"{path}.{name}", field)
    if "items" in schema:
        yield from subschemas(f"{path}[]", schema["items"])


def expect(file: Path, text: str) -> None:
    """The file holds the text; `make update-expected` writes it."""
    if UPDATE:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    assert file.exists(), f"{file.relative_to(ROOT)} must be there: make update-expected"
    assert file.read_text() == text


def function_configs() -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """The functionConfigs of the examples: file, text, data."""
    for file in sorted((ROOT / "examples").rglob("*.yaml")):
        text = file.read_text()
        if f"apiVersion: {API_VERSION}\n" in text and ".expected" not in file.parts:
            yield file, text, yaml.safe_load(text)


@functions
def test_a_schema_is_one_and_says_what_each_field_is(function: Function) -> None:
    schema = function.schema
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"https://{API_VERSION}/{function.kind}.json"
    assert schema["title"] == schema["properties"]["kind"]["const"] == function.kind
    for path, field in subschemas("", schema):
        for name, kind in ANNOTATIONS.items():
            assert isinstance(field.get(name), kind), (path, name)
            assert field[name], (path, name)
        assert field["description"].endswith("."), path
        for value in [*field["examples"], *([field["default"]] if "default" in field else [])]:
            assert list(Draft202012Validator(field).iter_errors(value)) == [], path


@functions
def test_every_field_but_an_entry_has_a_default(function: Function) -> None:
    for path, field in function.fields().items():
        assert ("default" in field) == ("[]" not in path), path
        assert field.get("default") == field.get("enum", [field.get("default")])[0], path


@functions
def test_the_program_takes_the_examples_of_a_schema(
    function: Function, program: Program, tmp_path: Path
) -> None:
    for config in function.schema["examples"]:
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
        finished = program("", "--config", str(tmp_path / "config.yaml"))
        assert (finished.stdout, finished.stderr, finished.code) == ("", "", 0)


def test_the_functionconfigs_of_the_examples_name_their_schema() -> None:
    found = list(function_configs())
    assert len(found) >= 3
    schemas = {function.kind: function.schema for function in FUNCTIONS}
    for file, text, data in found:
        match = SCHEMA.match(text)
        assert match, f"{file.relative_to(ROOT)} must begin with its schema"
        target = (file.parent / match[1]).resolve()
        assert (
            target
            == ROOT / "fn" / "modelserving_lws" / "config" / "schemas" / f"{data['kind']}.json"
        )
        assert list(Draft202012Validator(schemas[data["kind"]]).iter_errors(data)) == []


@functions
def test_a_page_has_what_the_schema_says(function: Function) -> None:
    page = function.folder / "README.md"
    text = page.read_text() if page.exists() else PAGE.replace("NAME", function.name)
    for line in PAGE.replace("NAME", function.name).splitlines():
        assert line in text.splitlines()
    expect(page, function.page(text))


@functions
def test_the_metadata_has_what_the_catalog_asks_for(function: Function) -> None:
    assert list(yaml.safe_load(function.metadata)) == CATALOG
    expect(function.folder / "metadata.yaml", function.metadata)


@functions
def test_the_help_says_what_a_function_does(function: Function) -> None:
    lines = " ".join(help_text().split())
    assert f" {function.kind} {function.does.removesuffix('.')} " in lines


def test_all_functions_are_in_the_list() -> None:
    page = FOLDER / "README.md"
    before, head, rest = page.read_text().partition(LIST_HEAD)
    assert head
    expect(page, before + head + listed() + rest[rest.find("\n\n") + 1 :])
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == {
        function.name for function in FUNCTIONS
    }
    assert [function.kind for function in FUNCTIONS] == list(KINDS)


def test_every_example_is_that_of_a_function() -> None:
    assert {path for function in FUNCTIONS for path in function.examples} == set(EXAMPLES)


def test_the_page_on_editors_leads_to_the_schemas(environment: dict[str, str]) -> None:
    page = (ROOT / "docs" / "editors.md").read_text()
    (command,) = commands(page)
    process = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, text=True
    )
    folder = Path(process.stdout.rstrip("\n"))
    assert {path.stem for path in folder.iterdir()} == set(KINDS)
    assert SCHEMA.findall(page) == SCHEMA.findall(
        (ROOT / "examples" / "inject-lws-kpt" / "inject-lws.yaml").read_text()
    )
    (settings,) = re.findall("^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    for schema in json.loads(settings)["yaml.schemas"]:
        assert (folder / Path(schema).name).exists()
    assert FUNCTIONS[0].schema["$id"] in page
