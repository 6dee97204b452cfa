"""The functionConfig: which function runs, and its settings.

Each kind has a JSON Schema in `schemas/`, which says what is wrong with a bad functionConfig. A
good one is accepted without it: `_allows` accepts just what the schema accepts.
"""

from __future__ import annotations

import re

from ..results.errors import ConfigError, ShapeError
from ..results.result import Reference, Result, meant, quoted
from ..wire.items import reference_to
from ..yamltext.data import BOOLEANS, get, text_at
from ..yamltext.nodes import Mapping, Node, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

API_VERSION = "fn.serving.volcano.sh/v1alpha1"
INJECT_LWS = "InjectLWS"
EXPAND_LWS_PLUGIN = "ExpandLWSPlugin"
CONVERT_LEADER_WORKER_SET = "ConvertLeaderWorkerSet"
RENDER_MODEL_SERVING = "RenderModelServing"
KINDS = (INJECT_LWS, EXPAND_LWS_PLUGIN, CONVERT_LEADER_WORKER_SET, RENDER_MODEL_SERVING)
CONFIG_MAP = "ConfigMap"
# So many keys of ServingGroups fit into an object's annotations, that may have 256 KiB in all
# (Kubernetes, `staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go`).
MAX_GROUPS = 6000
_INTEGER = "[-+]?[0-9]{1,300}"
_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
_MAX_EXACT = 2**53
_MAX_DEPTH = 50
_MAX_LENGTH = 1_000_000
_MAX_NODES = 10_000


class FunctionConfig:
    """A functionConfig that is valid: the function's `kind`, and its `spec` as plain data."""

    def __init__(self, kind: str, spec: dict[str, Any]) -> None:
        self.kind = kind
        self.spec = spec


def load(node: Node | None, function: str | None = None) -> FunctionConfig:
    """What a functionConfig says; `function` is the kind that the command line names.

    None, null, `{}` and a ConfigMap without data, as kpt sends it, are no functionConfig. Raises
    ConfigError.
    """
    if node is None or is_none(node):
        return FunctionConfig(_known(function or INJECT_LWS), {})
    config = _plain(node, function) or _checked(node, function)
    if function not in (None, config.kind):
        problems = _Problems(reference_to(node, "functionConfig"))
        problems.add("config-of-another-function", "kind", function=quoted(function or ""))
        raise ConfigError(problems.results)
    if config.spec.get("ignore"):
        from ..results.ignored import check

        wrong = check(config.spec["ignore"], reference=reference_to(node, "functionConfig"))
        if wrong:
            raise ConfigError(wrong)
    return config


def _plain(node: Node, function: str | None = None) -> FunctionConfig | None:
    """What a functionConfig says that is valid at first sight; its schema need not be asked. A
    ConfigMap has the settings of `function`.
    """
    api_version, kind = text_at(node, "apiVersion"), text_at(node, "kind")
    is_config_map = (api_version, kind) == ("v1", CONFIG_MAP)
    if not is_config_map and (api_version != API_VERSION or kind not in KINDS):
        return None
    if not isinstance(node, Mapping) or node.merged():
        return None
    fields = node.own()
    function = (function or INJECT_LWS) if is_config_map else kind or ""
    settings = get(node, "data" if is_config_map else "spec")
    if isinstance(settings, Mapping) and not is_small(settings):
        return None
    spec = to_data(settings) if isinstance(settings, Mapping) else None
    allowed = _SPECS.get(function, {})
    if is_config_map and function in _SPECS:
        spec = from_strings(function, spec)
        allowed = {name: it for name, it in allowed.items() if not isinstance(it, list)}
    if (
        node.repeated
        or not (is_config_map or fields.keys() <= {"apiVersion", "kind", "metadata", "spec"})
        or not (is_config_map or isinstance(get(node, "metadata"), Mapping | None))
        or not isinstance(settings, Mapping | None)
        or not _allows(allowed, spec or {})
    ):
        return None
    return FunctionConfig(function, spec or {})


def is_small(node: Mapping) -> bool:
    """Whether it is within the bounds of a functionConfig."""
    return (
        node.end - node.start <= _MAX_LENGTH
        and node.depth <= _MAX_DEPTH
        and node.size <= _MAX_NODES
    )


def too_large(reference: Reference) -> ConfigError:
    """The error for a functionConfig that is not read, since it is too much."""
    problems = _Problems(reference)
    problems.add("config-too-large", levels=_MAX_DEPTH, nodes=_MAX_NODES)
    return ConfigError(problems.results)


def _checked(node: Node, function: str | None = None) -> FunctionConfig:
    """What a functionConfig says, by its schema."""
    problems = _Problems(reference_to(node, "functionConfig"))
    if not isinstance(node, Mapping):
        problems.add("config-not-a-mapping")
    elif not is_small(node):
        raise too_large(reference_to(node, "functionConfig"))
    else:
        try:
            config = _by_schema(node, to_data(node), _known(function or INJECT_LWS), problems)
        except ShapeError as error:
            problems.add(error.id, **error.values)
    if problems.results:
        raise ConfigError(problems.results)
    return config


def _by_schema(
    node: Node, data: dict[str, Any], function: str, problems: _Problems
) -> FunctionConfig:
    from .schema import errors, scalars_of, schema_of

    api_version, kind = text_at(node, "apiVersion"), text_at(node, "kind")
    if (api_version, kind) == ("v1", CONFIG_MAP):
        spec = from_strings(function, data["data"])
        problems.results += errors(
            scalars_of(schema_of(function)), spec, "data", problems.reference, accepts
        )
        return FunctionConfig(function, spec)
    if kind not in KINDS:
        problems.unknown("kind", kind, (*KINDS, CONFIG_MAP))
    if api_version != API_VERSION:
        problems.unknown("apiVersion", api_version, (API_VERSION,))
    if not problems.results:
        problems.results += errors(schema_of(kind or ""), data, "", problems.reference, accepts)
    return FunctionConfig(kind or "", data.get("spec") or {})


def is_none(node: Node) -> bool:
    """Whether this is the same as no functionConfig."""
    if isinstance(node, Scalar):
        return node.is_null
    if not isinstance(node, Mapping):
        return False
    if not node.pairs:
        return True
    if text_at(node, "kind") != CONFIG_MAP or text_at(node, "apiVersion") != "v1":
        return False
    data = get(node, "data")
    return data is None or (isinstance(data, Mapping) and not data.pairs)


def _known(kind: str) -> str:
    if kind not in KINDS:
        problems = _Problems(None)
        problems.unknown("--function", kind, KINDS)
        raise ConfigError(problems.results)
    return kind


def from_strings(function: str, settings: Any) -> Any:
    """The settings of a function from a ConfigMap, whose values are strings: `"true"` is a boolean
    and `"64"` an integer where the setting is one.
    """
    if not isinstance(settings, dict):
        return settings
    allowed = _SPECS[function]
    return {name: _typed(allowed.get(f"{name}?"), value) for name, value in settings.items()}


def _typed(allowed: Any, value: Any) -> Any:
    if allowed is bool and value in ("true", "false"):
        return value == "true"
    if isinstance(allowed, range) and isinstance(value, str) and re.fullmatch(_INTEGER, value):
        return int(value)
    return value


# What the schema of each kind allows in `spec`: choices, a range of integers, a boolean, a pattern
# for strings, a list of such, or the fields of a mapping, optional ones with a `?`. A test holds
# this against the schema files, which take a millisecond to read.
_NAME = "(?s).+"
_VERSIONS = ("Both", "1.0.0", "main")
_SERVING = {"name": _NAME, "namespace?": _NAME, "replicas?": range(2**31)}
# What each kind allows.
_EVERY = {"ignore?": [_NAME]}
_VIA = ("Templates", "AdmissionPolicy")
_SPECS: dict[str, dict[str, Any]] = {
    INJECT_LWS: {
        "pluginNames?": [_NAME],
        "modelServings?": [_SERVING],
        "onConflict?": ("Overwrite", "Keep", "Error"),
        "onMissing?": ("Derive", "Skip", "Error"),
        **_EVERY,
    },
    EXPAND_LWS_PLUGIN: {
        "via?": _VIA,
        "maxGroups?": range(1, MAX_GROUPS + 1),
        "emitPolicy?": bool,
        "kthena?": _VERSIONS,
        **_EVERY,
    },
    CONVERT_LEADER_WORKER_SET: {
        "roleName?": "[a-z]([-a-z0-9]{0,10}[a-z0-9])?",
        "allowLossy?": bool,
        "reportOnly?": bool,
        "kthena?": _VERSIONS,
        "renameSuffix?": "(-?[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?)?",
        "via?": _VIA,
        **_EVERY,
    },
    RENDER_MODEL_SERVING: {
        "keepModelServing?": bool,
        "services?": bool,
        "kthena?": _VERSIONS,
        **_EVERY,
    },
}


def accepts(function: str, name: str, value: Any) -> bool:
    """Whether a function has this setting, and may have this value of it."""
    allowed = _SPECS[function].get(f"{name}?")
    return allowed is not None and _allows(allowed, value)


def _allows(allowed: Any, value: Any) -> bool:
    """Whether the value is valid: just what the schema accepts."""
    if isinstance(allowed, dict):
        fields = {name.removesuffix("?"): field for name, field in allowed.items()}
        return (
            isinstance(value, dict)
            and all(name in value for name in fields if name in allowed)
            and all(name in fields and _allows(fields[name], it) for name, it in value.items())
        )
    if isinstance(allowed, list):
        return isinstance(value, list) and all(_allows(allowed[0], entry) for entry in value)
    if isinstance(allowed, str):
        return isinstance(value, str) and re.fullmatch(allowed, value) is not None
    if allowed is bool:
        return isinstance(value, bool)
    return type(value) is (int if isinstance(allowed, range) else str) and value in allowed


class _Problems:
    """What is wrong with the functionConfig."""

    def __init__(self, reference: Reference | None) -> None:
        self.reference = reference
        self.results: list[Result] = []

    def add(
        self, name: str, path: str = "", /, *, current: str | None = None, **values: Any
    ) -> None:
        result = Result(name, path, reference=self.reference, current=current, **values)
        self.results.append(result)

    def unknown(self, path: str, found: str | None, known: tuple[str, ...]) -> None:
        choices = ", ".join(map(quoted, known))
        what = "nothing" if found is None else quoted(found)
        hint = meant(found or "", known)
        self.add("one-of", path, current=found, allowed=choices, found=what, meant=hint)


def to_data(node: Node) -> Any:
    """A node as plain data: booleans as kubectl reads them, other scalars as YAML's core schema
    does, keys as strings. For nodes
    of bounded depth; raises ShapeError for a merge key that can't be.
    """
    node = resolve(node)
    if isinstance(node, Mapping):
        return {name: to_data(value) for name, (_, value) in node.fields().items()}
    if isinstance(node, Sequence):
        return [to_data(entry) for entry in node.entries]
    return _scalar(node) if isinstance(node, Scalar) else None


def _scalar(node: Scalar) -> str | int | float | bool | None:
    value = node.value
    if node.is_null:
        return None
    if node.is_string:
        return value
    if value in BOOLEANS:
        return BOOLEANS[value]
    if re.fullmatch(_INTEGER, value):
        return int(value)
    if not re.fullmatch(_FLOAT, value):
        return value
    number = float(value)
    # To JSON Schema, 1.0 is an integer.
    return int(number) if number.is_integer() and abs(number) < _MAX_EXACT else number
