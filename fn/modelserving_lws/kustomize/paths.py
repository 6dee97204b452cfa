"""The ways that kustomize writes the path of a field, and where each goes.

    JSON 6902 patch        /spec/leaderWorkerTemplate/size
    field spec             spec/leaderWorkerTemplate/workerTemplate/spec/containers[]/image
    replacement, variable  spec.leaderWorkerTemplate.workerTemplate.spec.containers.[name=a].image

Sources: RFC 6901; github.com/kubernetes-sigs/kustomize `api/types/fieldspec.go`,
`kyaml/utils/pathsplitter.go`.
"""

from __future__ import annotations

import re

from ..lws.moves import move

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..lws.moves import Steps

_SLASHES = re.compile(r"(?:\\.|[^/\\])+")
_DOTS = re.compile(r"(?:\[[^\]]*\]|\\.|[^.\[\\])+")
_INDEX = "0"


def pointer(steps: Steps) -> str:
    """The JSON pointer of these steps."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def pointer_steps(pointer: str) -> Steps:
    """The steps of a JSON pointer."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


class Moved:
    """What becomes of a path. `paths` are its new ones, none where it has no place. `has_value` is
    whether the field's value changes, too.
    """

    __slots__ = ("has_value", "paths")

    def __init__(self, paths: list[str], *, has_value: bool) -> None:
        self.paths = paths
        self.has_value = has_value


def moved_spec(path: str, *, has_leader: bool) -> Moved:
    """What becomes of the path of a field spec, that goes through each entry of a list."""
    steps = tuple(_SLASHES.findall(path))
    return _moved(steps, has_leader, lambda new: "/".join(new).replace(f"/{_INDEX}/", "/", 1))


def moved_field(path: str, *, has_leader: bool, in_brackets: bool = False) -> Moved:
    """What becomes of a path with dots; `in_brackets`: list indexes stand in brackets."""
    steps = tuple(_DOTS.findall(path))

    def written(new: Steps) -> str:
        text = ".".join(new)
        return text.replace(f".{_INDEX}.", f"[{_INDEX}].", 1) if in_brackets else text

    return _moved(steps, has_leader, written)


def _moved(steps: Steps, has_leader: bool, written: Callable[[Steps], str]) -> Moved:
    done = move(steps, has_leader)
    if done is None:
        return Moved([], has_value=False)
    has_value = done.is_exact and done.row is not None and done.row.value is not None
    return Moved([written(new) for new in done.paths], has_value=has_value)
