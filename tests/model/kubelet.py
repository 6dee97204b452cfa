"""What a kubelet makes of a pod's env: the environment, command and args of each container.

The rules are those of Kubernetes: `makeEnvironmentVariables` in `pkg/kubelet/kubelet_pods.go`,
`ExpandContainerCommandAndArgs` in `pkg/kubelet/container/helpers.go`, `pkg/fieldpath`, and
`third_party/forked/golang/expansion`. What another object or the node would give (`envFrom`, the
variables of Services, Secrets, IP addresses) is left out, or stands as the reference's own text.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.model import containers

if TYPE_CHECKING:
    from collections.abc import Mapping


def resolved(pod: Any) -> dict[str, Any]:
    """By the names of the containers and init containers: their `env` as a mapping, `command` and
    `args`.
    """
    return {container["name"]: _container(pod, container) for container in containers(pod)}


def _container(pod: Any, container: Any) -> dict[str, Any]:
    env = environment(pod, container)
    return {
        "env": env,
        "command": [expanded(text, env) for text in container.get("command") or []],
        "args": [expanded(text, env) for text in container.get("args") or []],
    }


def environment(pod: Any, container: Any) -> dict[str, str]:
    """The container's environment. An entry sees those before it; the last of a name counts."""
    env: dict[str, str] = {}
    for entry in container.get("env") or []:
        if entry.get("value"):
            env[entry["name"]] = expanded(entry["value"], env)
        else:
            env[entry["name"]] = _from(pod, entry.get("valueFrom") or {})
    return env


def expanded(text: str, env: Mapping[str, str]) -> str:
    """The text with `$(NAME)` replaced where the name is known, and `$` for each `$$`.

    What is put in is not read again.
    """

    def value(match: re.Match[str]) -> str:
        return "$" if match[1] is None else env.get(match[1], match[0])

    return re.sub(r"\$(?:\$|\(([^)]*)\))", value, text)


def _from(pod: Any, source: Any) -> str:
    path = (source.get("fieldRef") or {}).get("fieldPath", "")
    if match := re.fullmatch(r"metadata\.(labels|annotations)\['(.*)'\]", path):
        return str((pod["metadata"].get(match[1]) or {}).get(match[2], ""))
    if path in ("metadata.name", "metadata.namespace"):
        return str(pod["metadata"][path.removeprefix("metadata.")])
    return json.dumps(source, sort_keys=True) if source else ""
