"""Readers of fields that name the path of what is wrong.

Each answers None for an absent field and for a null, and raises ItemError for a value of another
shape. `yamltext/data` reads the same fields without complaint.
"""

from __future__ import annotations

import re

from ..results.errors import ItemError, ShapeError
from ..results.result import Result, meant, quoted
from ..yamltext.data import BOOLEANS, get
from ..yamltext.nodes import Mapping, Node, Scalar, Sequence, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

MAX_INT32 = 2**31 - 1
_INTEGER_TAG = "tag:yaml.org,2002:int"
# Plain scalars that YAML reads as a number. Compiled where it is used: most runs need none of the
# patterns.
_NUMBER = (
    r"(?i)[-+]?(?:[0-9][0-9_]*|0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+)"
    r"|[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:e[-+]?[0-9]+)?|[-+]?\.inf|\.nan"
)


def mapping_at(parent: Mapping, name: str, path: str) -> Mapping | None:
    """The mapping at a key; `path` is that of the key."""
    found = _at(parent, name, path)
    if found is None or isinstance(found, Mapping):
        return found
    raise ItemError(wrong(path, found, "a mapping"))


def sequence_at(parent: Mapping, name: str, path: str, secret: bool = False) -> Sequence | None:
    """The list at a key. The error keeps a scalar to itself where it may be `secret`."""
    found = _at(parent, name, path)
    if found is None or isinstance(found, Sequence):
        return found
    raise ItemError(wrong(path, found, "a list", secret))


def string_at(parent: Mapping, name: str, path: str) -> str | None:
    """The text of the scalar at a key."""
    found = scalar_at(parent, name, path)
    return None if found is None else found.value


def scalar_at(parent: Mapping, name: str, path: str) -> Scalar | None:
    """The scalar at a key."""
    found = _at(parent, name, path)
    if found is None or isinstance(found, Scalar):
        return found
    raise ItemError(wrong(path, found, "a string"))


def integer_at(parent: Mapping, name: str, path: str) -> int | None:
    """The integer from 0 to 2147483647 at a key."""
    found = _at(parent, name, path)
    if found is None:
        return None
    value = _plain_integer(found)
    if value is None:
        raise ItemError(wrong(path, found, f"an integer from 0 to {MAX_INT32}"))
    return value


def amount_at(parent: Mapping, name: str, path: str, total: int) -> int | None:
    """An integer, or a percentage of `total` rounded down (Kubernetes, `IntOrString`), at a key."""
    found = get(parent, name)
    if found is None:
        return None
    if (number := _plain_integer(found)) is not None:
        return number
    if isinstance(found, Scalar):
        match = re.fullmatch("([0-9]{1,10})%", found.value)
        if match is not None and int(match[1]) <= 100:
            return int(match[1]) * total // 100
    allowed = f'an integer from 0 to {MAX_INT32}, or a percentage from "0%" to "100%"'
    raise ItemError(wrong(path, found, allowed))


def fields_of(node: Mapping, path: str) -> dict[str, Node]:
    """The values of a mapping by key. Raises ItemError for a malformed merge key."""
    try:
        return {name: value for name, (_, value) in node.fields().items()}
    except ShapeError as error:
        raise ItemError(Result(error.id, path, **error.values)) from error


def noted(errors: list[Result], reading: Callable[..., T], *arguments: object) -> T | None:
    """What a reading gives; None where it raises ItemError, whose results go to `errors`."""
    try:
        return reading(*arguments)
    except ItemError as error:
        errors += error.results
        return None


def integer(text: str) -> int | None:
    """The int32 that a text writes in decimal, without sign and leading zeros; else None."""
    if not is_digits(text) or len(text) > 10 or text[0] == "0" != text:
        return None
    value = int(text)
    return value if value <= MAX_INT32 else None


def _plain_integer(node: Node) -> int | None:
    """The int32 that a plain scalar stands for, unless its tag makes it something else."""
    if isinstance(node, Scalar) and not node.style and node.tag in (None, _INTEGER_TAG):
        return integer(node.value)
    return None


def is_digits(text: str) -> bool:
    """Whether the text is one ASCII digit or more."""
    return text.isascii() and text.isdigit()


def check_string(node: Node, path: str, secret: bool = False) -> str:
    """The text of a node. Raises ItemError for what a Go `string` does not take, null say."""
    node = resolve(node)
    if (
        isinstance(node, Scalar)
        and not node.is_null
        and (node.is_string or not (node.value in BOOLEANS or re.fullmatch(_NUMBER, node.value)))
    ):
        return node.value
    raise ItemError(wrong(path, node, "a string", secret))


def wrong(path: str, node: Node, allowed: str, secret: bool = False) -> Result:
    """The finding for a node of the wrong shape; one that may be `secret` is not echoed."""
    node = resolve(node)
    if not isinstance(node, Scalar):
        found = "a list" if isinstance(node, Sequence) else "a mapping"
    elif node.value and secret:
        found = "a scalar"
    else:
        found = quoted(node.value) if node.value else "nothing"
        if re.fullmatch(r"\$\{\w+[^{}]*\}", node.value):
            found += ", which looks like a variable that Flux or envsubst replaces"
    current = node.value if isinstance(node, Scalar) and found != "a scalar" else None
    return Result("wrong-value", path, current=current, allowed=allowed, found=found)


def wrong_choice(path: str, found: str, allowed: tuple[str, ...]) -> Result:
    """The finding for a value that is none of those allowed."""
    choices = ", ".join(map(quoted, allowed))
    hint = meant(found, allowed)
    return Result("one-of", path, current=found, allowed=choices, found=quoted(found), meant=hint)


def _at(parent: Mapping, name: str, path: str) -> Node | None:
    try:
        found = parent.get(name)
    except ShapeError as error:
        above = path[: path.rindex("[" if path.endswith("]") else ".")] if "." in path else ""
        raise ItemError(Result(error.id, above, **error.values)) from error
    if name in parent.repeated:
        raise ItemError(Result("repeated", path))
    return None if isinstance(found, Scalar) and found.is_null else found
