"""The settings of several functions that run one after the other."""

from __future__ import annotations

from ..results.errors import ConfigError
from ..results.result import Result, meant, quoted
from ..wire.items import reference_to
from ..yamltext.data import get, text_at
from ..yamltext.nodes import Mapping
from .function_config import (
    CONFIG_MAP,
    FunctionConfig,
    accepts,
    from_strings,
    is_none,
    is_small,
    load,
    to_data,
    too_large,
)
from .schema import errors, scalars_of, schema_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..results.result import Reference
    from ..yamltext.nodes import Node


def load_all(node: Node | None, functions: tuple[str, ...]) -> list[FunctionConfig]:
    """The functionConfig of each function. One that is given must be of one of them; a ConfigMap
    has scalar settings of any of them. Raises ConfigError.
    """
    configs = [load(None, function) for function in functions]
    if node is None or is_none(node):
        return configs
    reference = reference_to(node, "functionConfig")
    data = get(node, "data")
    is_config_map = (text_at(node, "apiVersion"), text_at(node, "kind")) == ("v1", CONFIG_MAP)
    if is_config_map and isinstance(data, Mapping):
        if not is_small(data):
            raise too_large(reference)
        specs = scalars(functions, to_data(data), "data", reference)
        return [FunctionConfig(function, specs[function]) for function in functions]
    given = load(node)
    if given.kind not in functions:
        result = Result(
            "config-of-another-function", "kind", function=" or ".join(map(quoted, functions))
        )
        raise ConfigError([result.on(reference)])
    return [given if config.kind == given.kind else config for config in configs]


def scalars(
    functions: tuple[str, ...], settings: dict[str, Any], path: str, reference: Reference | None
) -> dict[str, dict[str, Any]]:
    """The settings of each function, from strings at a path: each is a scalar setting of one or
    several of the functions. Raises ConfigError.
    """
    specs: dict[str, dict[str, Any]] = {}
    problems: list[Result] = []
    known: dict[str, None] = {}
    for function in functions:
        schema = scalars_of(schema_of(function))
        names = schema["properties"]
        own = {name: value for name, value in settings.items() if name in names}
        specs[function] = from_strings(function, own)
        problems += errors(schema, specs[function], path, reference, accepts)
        known |= dict.fromkeys(names)
    for name in settings:
        if name not in known:
            field = f"{path}.{name}".removeprefix(".")
            allowed, hint = ", ".join(known), meant(name, tuple(known))
            result = Result("unknown-field", field, allowed=allowed, meant=hint)
            problems.append(result if reference is None else result.on(reference))
    if problems:
        # A setting of several functions is wrong once.
        raise ConfigError(list({(it.field, it.message): it for it in problems}.values()))
    return specs
