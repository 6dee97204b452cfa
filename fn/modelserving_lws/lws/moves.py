"""Where a path of a LeaderWorkerSet goes in its ModelServing, by the table in `fields.py`.

spec, leaderWorkerTemplate, size
    -> spec, template, roles, 0, workerReplicas
spec, leaderWorkerTemplate, workerTemplate, spec, containers, 0, image
    -> spec, template, roles, 0, workerTemplate, spec, containers, 0, image
       and the same below entryTemplate, if the set has no leaderTemplate
"""

from __future__ import annotations

import re

from .fields import FIELDS, TEMPLATE
from .leaderworkerset import LEADER_TEMPLATE, WORKER_TEMPLATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .fields import Field

    Steps = tuple[str, ...]

_STEP = re.compile(r"\['([^']*)'\]|\[([^\]]*)\]|([^.\[\]]+)")


def steps_of(path: str) -> Steps:
    """The steps of a path as the table of fields writes it."""
    return tuple("".join(match) for match in _STEP.findall(path))


# Both templates, as the table has them.
ANY_TEMPLATE = steps_of(TEMPLATE)
# What a container has is in the table for what it reports, and moves with the template's `spec`.
_ROWS = {steps_of(path): field for path, field in FIELDS.items() if "[*]" not in path}
# The rows of keys of annotations and labels report; what moves is their mapping.
_MOVING = {steps_of(path): field for path, field in FIELDS.items() if "[" not in path}


class Move:
    """What becomes of a path. `paths` are its new ones, none where the field is left out. `row` is
    the table's row of the field or of the nearest one above it; `is_exact` is whether it is the
    field's own.
    """

    __slots__ = ("is_exact", "paths", "row")

    def __init__(self, paths: tuple[Steps, ...], row: Field | None, is_exact: bool) -> None:
        self.paths = paths
        self.row = row
        self.is_exact = is_exact


def move(path: Steps, has_leader: bool) -> Move | None:
    """What becomes of a path of a set, given as its steps. `has_leader` is whether the set has a
    `leaderTemplate`. None for a path that has no place in a ModelServing.
    """
    names = _names(path, has_leader)
    if names is None:
        return None
    known = known_steps(path)
    row = _row(_ROWS, known)
    for length in range(len(known), 0, -1):
        moving = _MOVING.get(known[:length])
        if moving is not None:
            new = steps_of(moving.becomes)
            new = (*new, *known[length:]) if new else ()
            break
    else:
        above = _above(known)
        if above is None:
            return None
        new = above
    paths = tuple(_named(new, name) for name in names or ("",)) if new else ()
    return Move(tuple(dict.fromkeys(paths)), row, known in _ROWS)


def _names(path: Steps, has_leader: bool) -> tuple[str, ...] | None:
    """The new names of the template that a path is in or is, none for one that is in no template.
    None where the set has no such template.
    """
    if len(path) < len(ANY_TEMPLATE) or tuple(path[: len(ANY_TEMPLATE) - 1]) != ANY_TEMPLATE[:-1]:
        return ()
    name = path[len(ANY_TEMPLATE) - 1]
    if name == WORKER_TEMPLATE:
        return ("workerTemplate",) if has_leader else ("workerTemplate", "entryTemplate")
    if name == LEADER_TEMPLATE:
        return ("entryTemplate",) if has_leader else None
    return ()


def _named(new: Steps, name: str) -> Steps:
    return tuple(name if step == ANY_TEMPLATE[-1] else step for step in new)


def _row(rows: dict[Steps, Field], known: Steps) -> Field | None:
    """The row of a path, else of the nearest field above it."""
    for length in range(len(known), 0, -1):
        if known[:length] in rows:
            return rows[known[:length]]
    return None


def _above(known: Steps) -> Steps | None:
    """Where a field goes that holds fields of the table: None where these go apart."""
    places = set()
    for rest, field in below(known):
        new = steps_of(field.becomes)
        if field.becomes:
            places.add(new[: -len(rest)] if new[-len(rest) :] == rest else None)
    return places.pop() if len(places) == 1 else None


def below(known: Steps) -> Iterator[tuple[Steps, Field]]:
    """The table's fields below a path, with the steps to each; none that is below another one."""
    for steps, field in _MOVING.items():
        if len(steps) > len(known) and steps[: len(known)] == known:
            between = (steps[:length] for length in range(len(known) + 1, len(steps)))
            if not any(above in _MOVING for above in between):
                yield steps[len(known) :], field


def apart(known: Steps) -> list[Steps]:
    """The steps to fields below one of the table's fields that do not go where it goes."""
    becomes = steps_of(_MOVING[known].becomes)
    return [
        steps[len(known) :]
        for steps, field in _MOVING.items()
        if len(steps) > len(known)
        and steps[: len(known)] == known
        and steps_of(field.becomes) != (*becomes, *steps[len(known) :])
    ]


def known_steps(path: Steps) -> Steps:
    """The steps as the table has them, with one name for both templates."""
    is_in_template = path[: len(ANY_TEMPLATE) - 1] == ANY_TEMPLATE[:-1] and path[
        len(ANY_TEMPLATE) - 1 : len(ANY_TEMPLATE)
    ] in (
        (WORKER_TEMPLATE,),
        (LEADER_TEMPLATE,),
    )
    return (*ANY_TEMPLATE, *path[len(ANY_TEMPLATE) :]) if is_in_template else path


def is_field(known: Steps) -> bool:
    """Whether the table has a field at these steps, all below which moves with it."""
    return known in _MOVING
