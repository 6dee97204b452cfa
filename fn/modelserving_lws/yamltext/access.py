"""What stands at a key or in a list; None or nothing where it is not of the right shape."""

from __future__ import annotations

from ..results.errors import ShapeError
from .nodes import Mapping, Node, Scalar, Sequence, resolve

# Plain scalars that kubectl and other Go programs take for booleans, by sigs.k8s.io/yaml; another
# mix of cases is a string. To kyaml, only `true` and `false` are booleans.
BOOLEANS = {
    form: value
    for value, words in ((True, "y yes true on"), (False, "n no false off"))
    for word in words.split()
    for form in (word, word.capitalize(), word.upper())
}


def get(node: Node | None, name: str) -> Node | None:
    """The node at a key; None for a null, too."""
    if not isinstance(node, Mapping):
        return None
    try:
        found = node.get(name)
    except ShapeError:
        return None
    return None if isinstance(found, Scalar) and found.is_null else found


def text_at(node: Node | None, name: str) -> str | None:
    """The text of the scalar at a key."""
    found = get(node, name)
    return found.value if isinstance(found, Scalar) else None


def entries_of(node: Node | None) -> list[Node]:
    """The entries of a list, behind their aliases; none for anything else."""
    return [resolve(entry) for entry in node.entries] if isinstance(node, Sequence) else []
