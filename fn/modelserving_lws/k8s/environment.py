"""The environment of a container, as a kubelet makes it of the pod's env.

The rules are those of Kubernetes: `makeEnvironmentVariables` and `podFieldSelectorRuntimeValue` in
`pkg/kubelet/kubelet_pods.go`. An entry sees the entries before it, of one name the last one counts:

    - {name: PORT, value: "80"}                       PORT=80
    - {name: URL, value: "http://$(HOST):$(PORT)"}    URL=http://$(HOST):80
    - {name: HOST, value: chat}                       HOST=chat

`envFrom` and the variables of Services are left out: a reference in `env` does not see the first.
"""

from __future__ import annotations

import re

from ..yamltext.data import get, text_at
from .containers import field_path
from .references import expanded, value_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..yamltext.nodes import Mapping
    from .containers import Container

# Linux takes no longer variable (`MAX_ARG_STRLEN`), and no more of them in all than a quarter of
# the stack's 8 MiB (execve(2)). A container with more does not start.
MAX_VALUE = 131_072
MAX_ENVIRONMENT = 2_097_152


def environment(container: Container, pod: Mapping) -> dict[str, str | None]:
    """The value of each variable in `env`, in order. None for a value that only the cluster knows
    (a Secret, a node's name, a value made of these), and for one beyond what Linux takes.
    """
    env: dict[str, str | None] = {}
    left = MAX_ENVIRONMENT
    for entry in container.entries:
        text = value_of(entry)
        if text or entry.value is not None:
            value = expanded(text or "", env, min(left, MAX_VALUE))
        else:
            value = _field(pod, field_path(entry.mapping) or "")
        if entry.name is not None:
            env[entry.name] = value
        left -= len(value or "")
    return env


def _field(pod: Mapping, path: str) -> str | None:
    """What a `fieldRef` gives, where the manifest has it."""
    metadata = get(pod, "metadata")
    match = re.fullmatch(r"metadata\.(labels|annotations)\['(.*)'\]", path)
    if match is not None:
        return text_at(get(metadata, match[1]), match[2]) or ""
    if path == "metadata.namespace":
        return text_at(metadata, "namespace") or "default"
    return text_at(metadata, "name") if path == "metadata.name" else None
