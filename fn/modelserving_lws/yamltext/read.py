"""Text to nodes: the one place that knows by which reader."""

from __future__ import annotations

from ..results.errors import BoundsError, InputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .nodes import Node


def read(text: str) -> list[Node]:
    """The root node of each document of the text, positions in characters of the text.

    Raises InputError where the text is no YAML, or is beyond the bounds.
    """
    try:
        if text.lstrip()[:1] == "{":
            from .json_ import read_json

            root = read_json(text)
            if root is not None:
                return [root]
        from .events import read_yaml

        return read_yaml(text)
    except BoundsError as error:
        raise InputError(error.id, text, error.position, **error.values) from None
