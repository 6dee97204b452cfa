"""Templates of Helm charts that are YAML by chance. Imported only where a text has `{{`.

    labels: {{ .Values.labels }}

To YAML, that is a mapping whose key is the mapping `{.Values.labels: null}`. No Kubernetes object
has such a key, and none of the readers of clusters takes one.
"""

from __future__ import annotations

from .nodes import Mapping, Node, Sequence
from .paths import path_at


def template_in(root: Node, text: str) -> str | None:
    """The path of the first such mapping below a node of the text; None where there is none."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            for key, _ in node.pairs if node.flow else ():
                if isinstance(key, Mapping) and key.flow:
                    return path_at(root, text, node.start)
            waiting += [it for pair in reversed(node.pairs) for it in reversed(pair)]
        elif isinstance(node, Sequence):
            waiting += reversed(node.entries)
    return None
