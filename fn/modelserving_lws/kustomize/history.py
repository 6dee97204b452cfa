"""The names that an object had before kustomize changed them.

kustomize rewrites references at the end of a build, by annotations that it takes away then. A
transformer sees a renamed object, references to its old name, and these annotations:

    metadata:
      name: a-chat
      annotations:
        internal.config.kubernetes.io/previousNames: chat
        internal.config.kubernetes.io/previousNamespaces: default
        internal.config.kubernetes.io/previousKinds: LeaderWorkerSet
        internal.config.kubernetes.io/prefixes: a-

Source: github.com/kubernetes-sigs/kustomize `api/internal/utils/annotations.go`,
`api/resource/resource.go`.
"""

from __future__ import annotations

from ..yamltext.data import get, text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..yamltext.nodes import Node

_START = "internal.config.kubernetes.io/"
PREVIOUS_KINDS = f"{_START}previousKinds"
_MOST_NAMES = 100


def names_of(node: Node, name: str, namespace: str) -> list[tuple[str, str]]:
    """An object's name and namespace, and those that it had."""
    annotations = get(get(node, "metadata"), "annotations")
    names = _list(annotations, "previousNames")
    namespaces = _list(annotations, "previousNamespaces") or [""] * len(names)
    # A reference in the object's new namespace may have its old name, too.
    old = [
        (it, place)
        for it, own in zip(names, namespaces, strict=False)
        for place in (own, namespace)
    ]
    return list(dict.fromkeys([(name, namespace), *old]))


def affixes_of(node: Node) -> tuple[str | None, str | None]:
    """The prefixes and suffixes that an object's name got: the same for what belongs together."""
    annotations = get(get(node, "metadata"), "annotations")
    return text_at(annotations, f"{_START}prefixes"), text_at(annotations, f"{_START}suffixes")


def _list(annotations: Node | None, name: str) -> list[str]:
    text = text_at(annotations, _START + name)
    return text.split(",")[:_MOST_NAMES] if text else []
