"""The JSON Schemas of the functionConfig kinds, and what they say of a bad one."""

from __future__ import annotations

import json
from importlib.resources import files

from jsonschema import Draft202012Validator

from ..results.result import Reference, Result, meant, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# What a pattern means, in words; editors show it, too (yaml-language-server).
_WORDS = "patternErrorMessage"
_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "boolean": "true or false",
    "null": "null",
}


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema of a functionConfig kind."""
    text = files(__package__).joinpath("schemas", f"{kind}.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def scalars_of(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of the settings in a ConfigMap's `data`: those of the kind's `spec` that are
    scalars.
    """
    properties: dict[str, Any] = schema["properties"]["spec"]["properties"]
    scalars = {name: field for name, field in properties.items() if field.get("type") != "array"}
    return {"type": "object", "additionalProperties": False, "properties": scalars}


def errors(
    schema: dict[str, Any], data: Any, path: str, reference: Reference | None
) -> Iterator[Result]:
    """All that is wrong with the data at a path of the object, in its order."""
    for error in Draft202012Validator(schema).iter_errors(data):
        for result in _describe(error, path):
            result.reference = reference
            yield result


def _describe(error: Any, path: str) -> Iterator[Result]:
    for step in error.absolute_path:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    path = path.removeprefix(".")
    found: Any = error.instance
    current = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    rule, value = str(error.validator), error.validator_value
    if rule == "additionalProperties":
        known = dict(error.schema)["properties"]
        for name in found:
            if name not in known:
                field = f"{path}.{name}".removeprefix(".")
                allowed = ", ".join(known)
                yield Result("unknown-field", field, allowed=allowed, meant=meant(name, known))
    elif rule == "required":
        for name in value:
            if name not in found:
                yield Result("missing-field", f"{path}.{name}".removeprefix("."))
    else:
        words: str | None = dict(error.schema).get(_WORDS) if rule == "pattern" else None
        allowed = words or _allowed(rule, value)
        yield Result("wrong-value", path, current=current, allowed=allowed, found=_found(found))


def _allowed(rule: str, value: Any) -> str:
    if rule in ("enum", "const"):
        choices = ", ".join(map(quoted, value if rule == "enum" else [value]))
        return f"one of {choices}" if rule == "enum" else choices
    if rule == "type":
        return " or ".join(_TYPES[name] for name in ([value] if isinstance(value, str) else value))
    if rule == "minimum":
        return f"greater than or equal to {value}"
    if rule == "maximum":
        return f"less than or equal to {value}"
    return "a string that is not empty"  # minLength


def _found(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return json.dumps(value)
