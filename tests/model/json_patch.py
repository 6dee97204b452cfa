"""JSON 6902 patches, on plain data: https://www.rfc-editor.org/rfc/rfc6902."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class ConflictError(Exception):
    """An operation that does not apply."""


def pointer(steps: Iterable[str]) -> str:
    """The JSON pointer of these steps."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def patched(data: Any, operations: list[Any]) -> Any:
    """The data with the operations done to a copy of it."""
    data = copy.deepcopy(data)
    for operation in operations:
        _apply(data, operation)
    return data


def _apply(data: Any, operation: Any) -> None:
    op, value = operation["op"], copy.deepcopy(operation.get("value"))
    parent, key = _place(data, operation["path"])
    if op == "copy":
        source, name = _place(data, operation["from"])
        op, value = "add", copy.deepcopy(_get(source, name))
    if op == "add":
        if isinstance(parent, list):
            if key != "-" and not (key.isdigit() and int(key) <= len(parent)):
                raise ConflictError
            parent.insert(len(parent) if key == "-" else int(key), value)
        else:
            parent[key] = value
        return
    there = _get(parent, key)
    if op == "test":
        if there != value:
            raise ConflictError
        return
    at = int(key) if isinstance(parent, list) else key
    if op == "remove":
        del parent[at]
    else:
        parent[at] = value


def _place(data: Any, path: str) -> tuple[Any, str]:
    *above, last = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
    for step in above:
        data = _get(data, step)
    if not isinstance(data, dict | list):
        raise ConflictError
    return data, last


def _get(data: Any, step: str) -> Any:
    try:
        if isinstance(data, list) and step.isdigit():
            return data[int(step)]
        return data[step]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise ConflictError from error
