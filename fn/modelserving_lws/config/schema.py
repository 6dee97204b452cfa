"""The JSON Schemas of the functionConfig kinds, and what they say of a bad one."""

from __future__ import annotations

import json
from importlib.resources import files

from ..results.result import Reference, Result, meant, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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
    return {**schema, "required": [], "properties": scalars}


def errors(
    schema: dict[str, Any],
    data: Any,
    path: str,
    reference: Reference | None,
    accepts: Callable[[str, str, Any], bool],
) -> Iterator[Result]:
    """All that is wrong with the data at a path of the object, in its order. Where jsonschema is
    missing, as in a browser, `accepts` says whether a function may have a value of a setting, and
    the results say less of a value in a list.
    """
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        found = _without_jsonschema(schema, data, path, accepts)
    else:
        problems = Draft202012Validator(schema).iter_errors(data)
        found = (result for problem in problems for result in _describe(problem, path))
    for result in found:
        result.reference = reference
        yield result


def _without_jsonschema(
    schema: dict[str, Any], data: Any, path: str, accepts: Callable[[str, str, Any], bool]
) -> Iterator[Result]:
    """What is wrong with the fields of the data: the function's settings, or a functionConfig with
    these below `spec`. The same values as with jsonschema are wrong.
    """
    if not isinstance(data, dict):
        if data is not None or schema["type"] == "object":
            yield _wrong(schema, data, path)
        return
    for name, value in data.items():
        field = schema["properties"].get(name)
        where = f"{path}.{name}".removeprefix(".")
        if field is None:
            yield _unknown(name, where, schema["properties"])
        elif name == "spec":
            settings = {**field, "title": schema["title"]}
            yield from _without_jsonschema(settings, value, where, accepts)
        elif name == "metadata":
            if not isinstance(value, dict | None):
                yield _wrong(field, value, where)
        elif name not in ("apiVersion", "kind") and not accepts(schema["title"], name, value):
            yield _wrong(field, value, where)


def _wrong(schema: dict[str, Any], found: Any, path: str) -> Result:
    """A value that breaks one of the rules of its schema, whichever it is."""
    rules = [
        _allowed(rule, schema[rule])
        for rule in ("enum", "type", "minimum", "maximum")
        if rule in schema
    ]
    allowed = schema.get(_WORDS) or ", ".join(rules)
    if isinstance(found, list) and schema.get("type") == "array":
        allowed += " of valid entries"
    return _wrong_value(path, found, allowed)


def _wrong_value(path: str, found: Any, allowed: str) -> Result:
    current = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    return Result("wrong-value", path, current=current, allowed=allowed, found=_found(found))


def _unknown(name: str, path: str, known: dict[str, Any]) -> Result:
    allowed = ", ".join(known)
    return Result("unknown-field", path, allowed=allowed, meant=meant(name, tuple(known)))


def _describe(error: Any, path: str) -> Iterator[Result]:
    for step in error.absolute_path:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    path = path.removeprefix(".")
    found: Any = error.instance
    rule, value = str(error.validator), error.validator_value
    if rule == "additionalProperties":
        known = dict(error.schema)["properties"]
        for name in found:
            if name not in known:
                yield _unknown(name, f"{path}.{name}".removeprefix("."), known)
    elif rule == "required":
        for name in value:
            if name not in found:
                yield Result("missing-field", f"{path}.{name}".removeprefix("."))
    else:
        words: str | None = dict(error.schema).get(_WORDS) if rule == "pattern" else None
        allowed = words or _allowed(rule, value)
        yield _wrong_value(path, found, allowed)


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
