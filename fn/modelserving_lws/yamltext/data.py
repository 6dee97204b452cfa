"""Nodes and plain data: what nodes hold, nodes made of data, and nodes compared with data and with
each other.
"""

from __future__ import annotations

from ..results.errors import ShapeError
from .nodes import (
    DETACHED,
    Collection,
    Mapping,
    MarkedMapping,
    MarkedScalar,
    MarkedSequence,
    Node,
    Scalar,
    Sequence,
    resolve,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..results.result import Data

_MOST_FIELDS = 5  # of each mapping of a result
# Plain scalars that kubectl and other Go programs take for booleans, by sigs.k8s.io/yaml; another
# mix of cases is a string. To kyaml, only `true` and `false` are booleans.
BOOLEANS = {
    form: value
    for value, words in ((True, "y yes true on"), (False, "n no false off"))
    for word in words.split()
    for form in (word, word.capitalize(), word.upper())
}


def get(node: Node | None, name: str) -> Node | None:
    """The node at a key; None for a null, and where there is no mapping."""
    if not isinstance(node, Mapping):
        return None
    try:
        found = node.get(name)
    except ShapeError:
        return None
    return None if isinstance(found, Scalar) and found.is_null else found


def text_at(node: Node | None, name: str) -> str | None:
    """The text of the scalar at a key; None where there is none."""
    found = get(node, name)
    return found.value if isinstance(found, Scalar) else None


def entries_of(node: Node | None) -> list[Node]:
    """The entries of a list, behind their aliases; none for anything else."""
    return [resolve(entry) for entry in node.entries] if isinstance(node, Sequence) else []


def string(value: str) -> Scalar:
    """A detached string."""
    return Scalar(DETACHED, DETACHED, value, '"')


def detached(data: Data, offset: int = 0) -> Node:
    """A detached node of plain data: strings, ints, dicts and lists; `offset` as sequences have
    it.
    """
    if isinstance(data, str):
        return string(data)
    if isinstance(data, int):
        return Scalar(DETACHED, DETACHED, str(data), "")
    if isinstance(data, dict):
        return detached_mapping(data, offset)
    sequence = Sequence(DETACHED, DETACHED, False)
    sequence.entries = [detached(entry, offset) for entry in data]
    sequence.offset = offset
    return sequence


def detached_mapping(data: dict[str, Data], offset: int = 0) -> Mapping:
    """A detached mapping of plain data."""
    mapping = Mapping(DETACHED, DETACHED, False)
    mapping.pairs = [(string(key), detached(value, offset)) for key, value in data.items()]
    return mapping


def copied(node: Node, offset: int) -> Node:
    """A detached copy: aliases written out, merge keys resolved, no anchors. Scalars are
    themselves, since no edit changes them. `offset` as sequences have it.
    """
    node = resolve(node)
    copy = _without_children(node, offset)
    waiting = [(node, copy)]
    while waiting:
        source, made = waiting.pop()
        if isinstance(source, Mapping) and isinstance(made, Mapping):
            pairs = [*source.fields().values()] if source.merged() else source.pairs
            pairs = [(resolve(key), resolve(value)) for key, value in pairs]
            made.pairs = [(key, _without_children(value, offset)) for key, value in pairs]
            waiting += [(pairs[i][1], made.pairs[i][1]) for i in range(len(pairs))]
        elif isinstance(source, Sequence) and isinstance(made, Sequence):
            entries = [resolve(entry) for entry in source.entries]
            made.entries = [_without_children(entry, offset) for entry in entries]
            waiting += zip(entries, made.entries, strict=True)
    return copy


def _without_children(node: Node, offset: int) -> Node:
    if not isinstance(node, Collection):
        return node
    copy: Mapping | Sequence
    if isinstance(node, Mapping):
        copy = (Mapping if node.tag is None else MarkedMapping)(DETACHED, DETACHED, node.flow)
    else:
        copy = (Sequence if node.tag is None else MarkedSequence)(DETACHED, DETACHED, node.flow)
        copy.offset = offset
    if isinstance(copy, MarkedMapping | MarkedSequence):
        copy.tag, copy.anchor, copy.aliases = node.tag, None, None
    return copy


def without_text(copy: Node) -> Node:
    """The same for a detached copy whose scalars have text, so that it fits into any text."""
    waiting = [copy]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            node.pairs = [(_textless(key), _textless(value)) for key, value in node.pairs]
            waiting += [child for pair in node.pairs for child in pair]
        elif isinstance(node, Sequence):
            node.entries = list(map(_textless, node.entries))
            waiting += node.entries
    return _textless(copy)


def _textless(node: Node) -> Node:
    if not isinstance(node, Scalar):
        return node
    if node.tag is None:
        return Scalar(DETACHED, DETACHED, node.value, node.style and '"')
    made = MarkedScalar(DETACHED, DETACHED, node.value, '"')
    made.tag, made.anchor, made.aliases = node.tag, None, None
    return made


def equals(node: Node | None, data: Data) -> bool:
    """Whether the node holds this data; as deep as the data, never deeper."""
    if node is None:
        return False
    node = resolve(node)
    if isinstance(data, str):
        return isinstance(node, Scalar) and node.value == data and node.is_string
    if isinstance(data, int):
        return isinstance(node, Scalar) and node.value == str(data) and not node.style
    if isinstance(data, dict):
        if not isinstance(node, Mapping):
            return False
        fields = node.fields()
        return len(fields) == len(data) and all(
            key in fields and equals(fields[key][1], value) for key, value in data.items()
        )
    return (
        isinstance(node, Sequence)
        and len(node.entries) == len(data)
        and all(map(equals, node.entries, data))
    )


def frozen(data: Data, key: Callable[[str], str]) -> object:
    """Plain data as something to look up; strings and ints differ. Of strings, `key` counts."""
    if isinstance(data, dict):
        return frozenset((name, frozen(value, key)) for name, value in data.items())
    if isinstance(data, list):
        return tuple(frozen(value, key) for value in data)
    return (str, key(data)) if isinstance(data, str) else (int, str(data))


def content(node: Node, key: Callable[[str], str]) -> object:
    """What `frozen` gives for the data of this node; None where it is more than a result has, or
    holds other scalars than strings and ints.
    """
    try:
        return _content(node, key, 3)
    except (ShapeError, ValueError):
        return None


def _content(node: Node, key: Callable[[str], str], levels: int) -> object:
    node = resolve(node)
    if isinstance(node, Scalar):
        if node.is_string:
            return str, key(node.value)
        if not node.style and node.value.isdigit():
            return int, node.value
    elif isinstance(node, Mapping) and levels:
        fields = node.fields()
        if len(fields) <= _MOST_FIELDS:
            return frozenset(
                (name, _content(value, key, levels - 1)) for name, (_, value) in fields.items()
            )
    raise ValueError


def same(node: Node, other: Node) -> bool:
    """Whether two nodes hold the same data; a plain scalar is the same only if written alike."""
    waiting = [(node, other)]
    while waiting:
        node, other = map(resolve, waiting.pop())
        if node.tag != other.tag:
            return False
        if isinstance(node, Scalar) and isinstance(other, Scalar):
            if node.value != other.value or node.is_string != other.is_string:
                return False
        elif isinstance(node, Sequence) and isinstance(other, Sequence):
            if len(node.entries) != len(other.entries):
                return False
            waiting += zip(node.entries, other.entries, strict=True)
        elif isinstance(node, Mapping) and isinstance(other, Mapping):
            fields, others = node.fields(), other.fields()
            if fields.keys() != others.keys():
                return False
            waiting += [(fields[name][1], others[name][1]) for name in fields]
        else:
            return False
    return True
