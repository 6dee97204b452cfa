"""Reading manifests: what stands at a field, and what is wrong with it.

`get` and `text_at` take whatever there is and answer None where it is not of the right shape.
The others are for items whose shape matters: they raise ItemError with the field's path.
"""

from __future__ import annotations

from ..results.errors import ItemError, ShapeError
from ..results.quoting import quoted
from ..results.result import Result
from ..yamltext.nodes import Mapping, Node, Scalar, Sequence

MAX_INT32 = 2**31 - 1


def mapping_at(parent: Mapping, name: str, path: str) -> Mapping | None:
    """The mapping at a key; None for an absent one or a null. `path` is that of the key."""
    found = _at(parent, name, path)
    if found is None or isinstance(found, Mapping):
        return found
    raise ItemError(wrong(path, found, "a mapping"))


def sequence_at(parent: Mapping, name: str, path: str) -> Sequence | None:
    """The list at a key, as `mapping_at` gives a mapping."""
    found = _at(parent, name, path)
    if found is None or isinstance(found, Sequence):
        return found
    raise ItemError(wrong(path, found, "a list"))


def string_at(parent: Mapping, name: str, path: str) -> str | None:
    """The text at a key, as `mapping_at` gives a mapping."""
    found = scalar_at(parent, name, path)
    return None if found is None else found.value


def scalar_at(parent: Mapping, name: str, path: str) -> Scalar | None:
    """The scalar at a key, as `mapping_at` gives a mapping."""
    found = _at(parent, name, path)
    if found is None or isinstance(found, Scalar):
        return found
    raise ItemError(wrong(path, found, "a string"))


def integer_at(parent: Mapping, name: str, path: str) -> int | None:
    """The integer from 0 to 2147483647 at a key, as `mapping_at` gives a mapping."""
    found = _at(parent, name, path)
    if found is None:
        return None
    if isinstance(found, Scalar) and not found.style:
        value = integer(found.value)
        if value is not None:
            return value
    raise ItemError(wrong(path, found, f"an integer from 0 to {MAX_INT32}"))


def integer(text: str) -> int | None:
    """The int32 that a text writes in decimal, without sign and leading zeros; else None."""
    if not is_digits(text) or len(text) > 10 or text[0] == "0" != text:
        return None
    value = int(text)
    return value if value <= MAX_INT32 else None


def is_digits(text: str) -> bool:
    """Whether it is one ASCII digit or more."""
    return text.isascii() and text.isdigit()


def wrong(path: str, node: Node, allowed: str) -> Result:
    """The finding for a node of the wrong shape."""
    if ".env" in path and isinstance(node, Scalar) and node.value:
        # It may be a secret.
        return Result("wrong-value", path, allowed=allowed, found="a scalar")
    current = node.value if isinstance(node, Scalar) else None
    return Result("wrong-value", path, current=current, allowed=allowed, found=describe(node))


def wrong_choice(path: str, found: str, allowed: tuple[str, ...]) -> Result:
    """The finding for a value that is none of those allowed."""
    choices = ", ".join(map(quoted, allowed))
    return Result("one-of", path, current=found, allowed=choices, found=quoted(found))


def describe(node: Node) -> str:
    """A node in a message: a scalar's text, or what it is."""
    if isinstance(node, Scalar):
        return quoted(node.value) if node.value else "nothing"
    return "a list" if isinstance(node, Sequence) else "a mapping"


def _at(parent: Mapping, name: str, path: str) -> Node | None:
    try:
        found = parent.get(name)
    except ShapeError as error:
        above = path[: path.rindex("[" if path.endswith("]") else ".")] if "." in path else ""
        raise ItemError(Result(error.id, above, **error.values)) from error
    if name in parent.repeated:
        raise ItemError(Result("repeated", path))
    return None if isinstance(found, Scalar) and found.is_null else found
