"""What the docs say of each function, made from its JSON Schema and its examples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from modelserving_lws.config.function_config import KINDS
from modelserving_lws.config.schema import schema_of
from tests.running import IMAGE_NAME, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = ROOT / "docs" / "functions"
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/README.md"))
PAGE = """\
# NAME

## Overview

<!--mdtogo:Short-->
<!--mdtogo-->

## Usage

### FunctionConfig

<!--mdtogo:Long-->
<!--mdtogo-->

## Examples

<!--mdtogo:Examples-->
<!--mdtogo-->
"""
LIST_HEAD = "| function | kind | what it does |\n|---|---|---|\n"


class Function:
    """A function: its `kind`, its `name` in the form of the KRM function catalog, its schema."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.name = re.sub("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", kind).lower()
        self.schema = schema_of(kind)
        head, _, does = self.schema["description"].partition(": ")
        assert head == f"The functionConfig of {kind}"
        self.does: str = does
        self.folder = FOLDER / self.name
        self.examples = [path for path in EXAMPLES if self._runs_in(path)]

    def _runs_in(self, example: Path) -> bool:
        files = [path for path in example.rglob("*") if path.is_file()]
        texts = [path.read_text() for path in files if ".expected" not in path.parts]
        calls = (f"kind: {self.kind}\n", f"--function {self.kind}")
        return example.name.startswith(f"{self.name}-") or any(
            call in text for text in texts for call in calls
        )

    @property
    def short(self) -> str:
        """What it does, as a sentence."""
        return self.does[0].upper() + self.does[1:]

    def fields(self) -> dict[str, Any]:
        """The schema of each field, by path; those of an entry of a list as `list[].field`."""
        return dict(_fields("", self.schema["properties"]["spec"]))

    def page(self, text: str) -> str:
        """The text with its blocks between `mdtogo` marks as they must be."""
        rows = "".join(map(_row, self.fields().items()))
        config = yaml.safe_dump(self.schema["examples"][0], sort_keys=False)
        links = (
            f"- [{path.name}](../../../examples/{path.name}): {_title(path)}\n"
            for path in self.examples
        )
        blocks = {
            "Short": self.short + "\n",
            "Long": "The fields of `spec`:\n\n| field | values | default | meaning |\n"
            f"|---|---|---|---|\n{rows}\n```yaml\n{config}```\n",
            "Examples": "".join(links) or "None.\n",
        }
        for name, block in blocks.items():
            before, mark, rest = text.partition(f"<!--mdtogo:{name}-->\n")
            text = f"{before}{mark}\n{block}\n{rest[rest.index('<!--mdtogo-->') :]}"
        return text

    @property
    def metadata(self) -> str:
        """The catalog's `metadata.yaml`."""
        data = {
            "image": IMAGE_NAME,
            "description": self.short,
            "tags": ["mutator"],
            "sourceURL": "../../../fn/modelserving_lws",
            "examplePackageURLs": [f"../../../examples/{path.name}" for path in self.examples],
            "license": "Apache-2.0",
        }
        return yaml.safe_dump(data, sort_keys=False, width=1000)


FUNCTIONS = [Function(kind) for kind in KINDS]


def listed() -> str:
    """The rows of the table of all functions."""
    return "".join(
        f"| [{function.name}]({function.name}/README.md) | `{function.kind}` | {function.short} |\n"
        for function in FUNCTIONS
    )


def _fields(path: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, field in schema.get("properties", {}).items():
        required = name in schema.get("required", [])
        yield f"{path}{name}", {**field, "required": required}
        yield from _fields(f"{path}{name}[].", field.get("items", {}))


def _row(item: tuple[str, Any]) -> str:
    path, field = item
    default = f"`{_flow(field['default'])}`" if "default" in field else ""
    values = _values(field) + (", required" if field["required"] else "")
    return f"| `{path}` | {values} | {default} | {field['description']} |\n"


def _values(field: dict[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field["type"] == "array":
        return "list of mappings" if "properties" in field["items"] else "list of strings"
    if field["type"] == "boolean":
        return "`true`, `false`"
    if "minimum" in field:
        return f"integer from {field['minimum']} to {field['maximum']}"
    return str(field["type"])


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True).removesuffix("...\n")
    return text.strip()


def _title(example: Path) -> str:
    title: str = (example / "README.md").read_text().partition("\n")[0].partition(": ")[2]
    return title
