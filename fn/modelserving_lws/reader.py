"""Text to nodes: the one place that knows by which reader."""

from __future__ import annotations

from .nodes import BoundsError
from .result import InputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .nodes import Node


def read(text: str) -> list[Node]:
    """The root node of each document of the text, positions in characters of the text.

    Raises InputError where the text is no YAML, or is beyond the bounds.
    """
    try:
        if text.lstrip()[:1] == "{":
            from .json_reader import read_json

            root = read_json(text)
            if root is not None:
                return [root]
        from .yaml_reader import read_yaml

        return read_yaml(text)
    except BoundsError as error:
        raise InputError(error.message, text, error.position) from None
