"""The program accepts a functionConfig if and only if its schema does, and reads the same settings
whether it asks the schema or not.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from modelserving_lws.config.function_config import (
    API_VERSION,
    CONFIG_MAP,
    KINDS,
    FunctionConfig,
    _checked,
    _plain,
    accepts,
    from_strings,
    is_none,
    load,
    to_data,
)
from modelserving_lws.config.schema import errors, scalars_of, schema_of
from modelserving_lws.results.errors import ConfigError
from modelserving_lws.results.messages import ignorable
from modelserving_lws.results.result import quote
from modelserving_lws.yamltext.read import read, read_exactly
from tests.property import items as generated


class Raw(str):
    """A scalar as YAML has it."""

    __slots__ = ()


SCHEMAS = {kind: schema_of(kind) for kind in KINDS}
SPECS = {kind: schema["properties"]["spec"]["properties"] for kind, schema in SCHEMAS.items()}
FIELDS = sorted({name for fields in SPECS.values() for name in fields})
CHOICES = sorted(
    {
        str(choice)
        for fields in SPECS.values()
        for field in fields.values()
        for choice in field.get("enum", ())
    }
)
RAW = (
    "5",
    "+5",
    "-0",
    "5.0",
    "6e3",
    "1e400",
    "0x5",
    "007",
    "yes",
    "True",
    "~",
    "",
    "2024-01-01",
    "-e5",
    ".e5",
    "5.",
    "9" * 400,
)
NUMBERS = (0, 1, 64, 6000, 6001, 2**31 - 1, 2**31, -1, 2**70, 1.0, 1.5, 1e300)
STRINGS = ("", "surge", "lws", "keep", "a-1", "-a", "Role", "abcdefghijkl", "abcdefghijklm")
scalars = st.sampled_from(
    (*CHOICES, *NUMBERS, *STRINGS, *map(Raw, RAW), True, False, None)  # most are wrong in a field
)
servings = st.fixed_dictionaries(
    {"name": st.sampled_from(("chat", "chat", ""))},
    optional={
        "namespace": st.sampled_from(("serving", "")),
        "replicas": st.sampled_from(NUMBERS),
        "other": scalars,
    },
)
values = (
    scalars
    | st.lists(st.sampled_from(("lws", "a")) | scalars, max_size=3)
    | st.lists(servings, max_size=3)
    | generated.anything
)


def near(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """A `spec` of a kind that is valid, or nearly so."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for name, field in SPECS[kind].items():
        if "enum" in field:
            found = st.sampled_from((*field["enum"] * 4, *CHOICES))
        elif field["type"] == "array":
            strings = st.lists(st.sampled_from(("lws", "surge", "a", "")), max_size=2)
            is_list = field["items"]["type"] == "string"
            found = strings if is_list else st.lists(servings, max_size=2)
        else:
            pool: dict[str, tuple[Any, ...]] = {
                "string": STRINGS,
                "integer": (1, 64, 6000, *NUMBERS),
                "boolean": (True, False, True, False, "true", 1),
            }
            found = st.sampled_from(pool[field["type"]])
        fields[name] = found | found | found | values
    return st.fixed_dictionaries({}, optional=fields)


def often(usual: st.SearchStrategy[Any], rare: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from((*[usual] * 7, rare)).flatmap(lambda strategy: strategy)


@st.composite
def configs(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """A functionConfig, and the function that it is of."""
    kind = draw(st.sampled_from((*KINDS * 2, CONFIG_MAP, CONFIG_MAP)))
    function = draw(st.sampled_from(KINDS)) if kind == CONFIG_MAP else kind
    wild = st.dictionaries(st.sampled_from((*FIELDS, "other")), values, max_size=3) | values
    is_config_map = kind == CONFIG_MAP
    config: dict[str, Any] = {
        "apiVersion": "v1" if is_config_map else API_VERSION,
        "kind": kind,
        "data" if is_config_map else "spec": draw(often(near(function), wild)),
    }
    config |= draw(
        st.fixed_dictionaries(
            {},
            optional={"metadata": often(st.just({"name": "x"}) | st.none(), generated.anything)},
        )
    )
    config |= draw(often(st.just({}), st.dictionaries(st.just("x"), values)))
    return config, function


def flow(data: Any) -> str:
    """YAML in flow style."""
    if isinstance(data, Raw):
        return data
    if isinstance(data, dict):
        return f"{{{', '.join(f'{flow(key)}: {flow(value)}' for key, value in data.items())}}}"
    if isinstance(data, list):
        # An empty scalar would be no entry.
        return f"[{', '.join(flow(entry) or '~' for entry in data)}]"
    return quote(data) if isinstance(data, str) else json.dumps(data)


def block(data: Any, column: int = 0) -> str:
    """YAML in block style, as far as there are mappings, and lists of them."""
    indent = " " * column
    if isinstance(data, dict) and data:
        return "".join(
            f"{indent}{key if key.isalnum() else flow(key)}:{below(value, column + 2)}"
            for key, value in data.items()
        )
    return "".join(f"{indent}-{below(entry, column + 2)}" for entry in data)


def below(data: Any, column: int) -> str:
    if data and isinstance(data, dict | list):
        return "\n" + block(data, column)
    return f" {flow(data)}".rstrip() + "\n"


def is_valid(data: Any, function: str) -> bool:
    """Whether the schema accepts it, by another way than the program's."""
    if data["kind"] == CONFIG_MAP:
        settings = from_strings(function, data["data"])
        return Draft202012Validator(scalars_of(SCHEMAS[function])).is_valid(settings)
    return Draft202012Validator(SCHEMAS[data["kind"]]).is_valid(data)


def ignores_wrong(data: Any) -> bool:
    """Whether it ignores ids that can't be, which no schema lists."""
    settings = data.get("spec") or {}
    return not set(settings.get("ignore", ())) <= set(ignorable())


def assert_same(config: FunctionConfig, data: Any, function: str) -> None:
    is_config_map = data["kind"] == CONFIG_MAP
    assert config.kind == function
    spec = from_strings(function, data["data"]) if is_config_map else data.get("spec") or {}
    assert config.spec == spec
    assert repr(config.spec) == repr(spec)  # True is no 1


@given(configs(), st.sampled_from((block, flow)))
def test_any_function_config(configured: Any, write: Any) -> None:
    config, function = configured
    text = write(config)
    (node,) = read(text)
    if is_none(node):
        return
    data = to_data(node)
    try:
        assert_same(load(node, function), data, function)
        assert is_valid(data, function)
        assert not ignores_wrong(data)
    except ConfigError:
        assert not is_valid(data, function) or ignores_wrong(data)
    for found in (node, *read_exactly(text)):
        plain = _plain(found, function)
        if plain is not None:
            assert is_valid(data, function)
            assert_same(plain, data, function)
            assert_same(_checked(found, function), data, function)


@given(configs())
def test_any_function_config_in_json(configured: Any) -> None:
    config, function = configured
    text = json.dumps(config)
    (node,) = read(text)
    if is_none(node):
        return
    try:
        assert_same(load(node, function), to_data(node), function)
        assert is_valid(json.loads(text), function)
        assert not ignores_wrong(json.loads(text))
    except ConfigError:
        assert not is_valid(json.loads(text), function) or ignores_wrong(json.loads(text))


SINGLE: tuple[Any, ...] = (*CHOICES, *NUMBERS, *STRINGS, True, False, None, {})
SERVINGS: list[dict[str, Any]] = [
    {},
    {"name": "chat", "other": "x"},
    *({"name": value} for value in SINGLE),
    *({"name": "chat", "namespace": value} for value in SINGLE),
    *({"name": "chat", "replicas": value} for value in SINGLE),
]


@pytest.mark.parametrize("kind", KINDS)
def test_any_value_of_any_field(kind: str) -> None:
    """A valid functionConfig is accepted without its schema, which takes time to read."""
    lists = [[], *([value] for value in (*SINGLE, *SERVINGS)), ["a", "b"], ["a", ""]]
    accepted = 0
    for name in (*FIELDS, *(f"{name}?" for name in FIELDS), "other"):
        for value in (*SINGLE, *lists):
            config = {"apiVersion": API_VERSION, "kind": kind, "spec": {name: value}}
            (node,) = read(json.dumps(config))
            plain = _plain(node)
            assert (plain is not None) == is_valid(config, kind), (name, value)
            accepted += plain is not None
    assert accepted > len(SPECS[kind])


@given(configs())
def test_without_jsonschema_the_same_settings_are_wrong(configured: Any) -> None:
    config, function = configured
    schema, path = SCHEMAS[function], ""
    if config["kind"] == CONFIG_MAP:
        schema, path = scalars_of(schema), "data"
    data = to_data(read(json.dumps(config))[0])
    if path:
        data = from_strings(function, data["data"])

    def wrong() -> set[str]:
        """The paths of the settings that are wrong."""
        found = [result.field for result in errors(schema, data, path, None, accepts)]
        return {re.sub(r"^((spec|data)[.][^.[]+|metadata).*", r"\1", field) for field in found}

    expected = wrong()
    with mock.patch.dict(sys.modules, jsonschema=None):
        assert wrong() == expected
