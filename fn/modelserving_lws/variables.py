"""References to variables in the values of `env`, `command` and `args`, as the kubelet reads them:
`$(NAME)` is one, `$$` is a dollar (Kubernetes, `third_party/forked/golang/expansion/expand.go`).
"""

from __future__ import annotations

import re

_REFERENCE = re.compile(r"\$\$|\$\(([^)]*)\)")


def references(value: str) -> set[str]:
    """The names that a value refers to."""
    return {match[1] for match in _REFERENCE.finditer(value) if match[1] is not None}


def escape(value: str, names: set[str]) -> str:
    """The value with the references to these names escaped, so that they stay as they stand."""
    return _REFERENCE.sub(lambda match: f"${match[0]}" if match[1] in names else match[0], value)
