"""References to variables in a container's texts, as the kubelet expands them.

`$(NAME)` is a reference, `$$` a dollar sign, so that `$$(NAME)` is the text `$(NAME)` (Kubernetes,
`third_party/forked/golang/expansion/expand.go`).
"""

from __future__ import annotations

import re

from ..yamltext.data import entries_of, get, text_at
from ..yamltext.nodes import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..yamltext.nodes import Node
    from .containers import Container, EnvEntry

_REFERENCE = re.compile(r"\$\$|\$\(([^)]*)\)")
# The kubelet expands only variables with a plain value in the command of an exec probe (Kubernetes,
# `ExpandContainerCommandOnlyStatic` in `pkg/kubelet/container/helpers.go`).
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def references(value: str) -> set[str]:
    """The names that a value refers to."""
    matches = _REFERENCE.finditer(value, 0, _end(value))
    return {match[1] for match in matches if match[1] is not None}


def escape(value: str, names: set[str]) -> str:
    """The value with references to these names escaped: `$(A)` becomes `$$(A)`."""
    end = _end(value)
    escaped = _REFERENCE.sub(
        lambda match: f"${match[0]}" if match[1] in names else match[0], value[:end]
    )
    return escaped + value[end:]


def expanded(value: str, variables: Mapping[str, str | None], limit: int) -> str | None:
    """The value with its references replaced by what they refer to; one to no variable stays as it
    is. None where a variable has the value None, and for more than `limit` characters.
    """
    if len(value) > limit:
        return None
    end = _end(value)
    parts: list[str] = []
    position, length = 0, len(value)
    for match in _REFERENCE.finditer(value, 0, end):
        name = match[1]
        found = "$" if name is None else variables.get(name, match[0])
        if found is None:
            return None
        length += len(found) - len(match[0])
        if length > limit:
            return None
        parts += value[position : match.start()], found
        position = match.end()
    # Behind the last reference, `$$` is a dollar sign, too.
    parts += value[position:end], value[end:].replace("$$", "$")
    return "".join(parts)


def rename(value: str, names: dict[str, str]) -> str:
    """The value with references to these names changed: `$(A)` becomes `$(B)` by `{"A": "B"}`."""
    end = _end(value)
    renamed = _REFERENCE.sub(
        lambda match: f"$({names[match[1]]})" if match[1] in names else match[0], value[:end]
    )
    return renamed + value[end:]


def _end(value: str) -> int:
    """The end of the last possible reference, so that no `$(` behind it is searched for one."""
    return value.rfind(")") + 1


def value_of(entry: EnvEntry) -> str | None:
    """The `value` of an env entry with its references unexpanded; None where it has none."""
    return entry.value if entry.value is not None else text_at(entry.mapping, "value")


def texts_of(container: Container) -> list[tuple[str, str]]:
    """The texts of a container that the kubelet expands, with their paths. A value of `env` sees
    the variables before it, the other texts see all.
    """
    node, path = container.node, container.path
    found = [(f"{entry.path}.value", value_of(entry) or "") for entry in container.entries]
    for field in ("command", "args"):
        found += _strings(get(node, field), f"{path}.{field}")
    for i, mount in enumerate(entries_of(get(node, "volumeMounts"))):
        text = text_at(mount, "subPathExpr")
        if text is not None:
            found.append((f"{path}.volumeMounts[{i}].subPathExpr", text))
    return found


def _strings(node: Node | None, path: str) -> list[tuple[str, str]]:
    return [
        (f"{path}[{i}]", entry.value)
        for i, entry in enumerate(entries_of(node))
        if isinstance(entry, Scalar)
    ]
