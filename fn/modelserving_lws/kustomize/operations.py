"""The operations of a JSON 6902 patch, which follow a LeaderWorkerSet to its ModelServing.

    - op: replace                                 - op: replace
      path: /spec/leaderWorkerTemplate/size   ->    path: /spec/template/roles/0/workerReplicas
      value: 4                                      value: 3

An operation on the workers' template of a set that has no leader's template becomes two, since the
ModelServing's entry has a template of its own. Format: https://www.rfc-editor.org/rfc/rfc6902.
"""

from __future__ import annotations

from ..lws.leaderworkerset import LEADER_TEMPLATE, TEMPLATE
from ..lws.moves import ANY_TEMPLATE, apart, below, is_field, known_steps, move, steps_of
from ..results.errors import EditError
from ..results.messages import ERROR, WARNING
from ..results.result import quoted
from ..yamltext.data import get, text_at
from ..yamltext.entries import remove, repeat
from ..yamltext.inner import set_text
from ..yamltext.nodes import Mapping, Node, Scalar, Sequence, resolve
from .findings import finding
from .paths import pointer, pointer_steps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..lws.fields import Field
    from ..lws.moves import Move, Steps
    from ..results.result import Result
    from ..yamltext.edit import Document

_LEADER = (*steps_of(TEMPLATE), LEADER_TEMPLATE)
_SCHEDULER = "schedulerName"


class Operations:
    """One patch: a list of operations in a document, which is the whole text of a patch file or of
    a scalar. `path` leads to the list, for results.
    """

    def __init__(
        self,
        document: Document,
        operations: Sequence,
        path: str,
        *,
        has_leader: bool,
        accepted: frozenset[str] = frozenset(),
    ) -> None:
        """`has_leader` is whether the sets that the patch is for have a `leaderTemplate`;
        `accepted` are the ids of losses that are warnings.
        """
        self.results: list[Result] = []
        self._document = document
        self._operations = operations
        self._path = path
        self._has_leader = has_leader
        self._accepted = accepted
        self._scheduler_is_set = False
        self._gone: list[int] = []

    def follow(self) -> None:
        """Makes the operations do to the ModelServing what they do to the set; `results` says what
        has no place there. The edits are to be taken back where one of these is an error.
        """
        for i in range(self._operations.count):
            if isinstance(resolve(self._operations.entry(i)), Mapping):
                self._follow(i, self._document.own_entry(self._operations, i))
        if self._gone and len(self._gone) == self._operations.count:
            self._add("kustomize-nothing-left", self._path)
        else:
            for i in self._gone:
                remove(self._document, self._operations, i)

    def _add(self, name: str, path: str, /, current: str | None = None, **values: Any) -> None:
        result = finding(name, path, current, **values)
        if name in self._accepted:
            result.severity = WARNING
        self.results.append(result)

    def _follow(self, i: int, operation: Mapping) -> None:
        where = f"{self._path}[{i}]"
        found = text_at(operation, "path")
        if found is None or not found.startswith("/"):
            return  # kustomize refuses it
        steps = pointer_steps(found)
        done = move(steps, self._has_leader)
        if done is None or (steps == _LEADER and text_at(operation, "op") == "remove"):
            self._no_place(f"{where}.path", found)
            return
        if not done.paths:
            self._leave_out(i, operation, done, where)
            return
        kind = text_at(operation, "op")
        if kind in ("copy", "move"):
            self._follow_source(i, operation, done, where)
            return
        self._report(done.row, get(operation, "value"), f"{where}.value")
        if not self._map_value(operation, steps, done, where, kind or ""):
            return
        paths = done.paths
        if paths[0][-1] == _SCHEDULER and len(paths[0]) == 2 and paths[0] != steps:
            # One field stands for both templates'.
            if self._scheduler_is_set and kind == "remove":
                self._gone.append(i)
            self._scheduler_is_set = True
        self._move(i, operation, [(pointer(path), None) for path in paths])

    def _no_place(self, path: str, found: str) -> None:
        self._add("kustomize-path", path, found, found=quoted(found))

    def _leave_out(self, i: int, operation: Mapping, done: Move, where: str) -> None:
        """Removes an operation on a field that ModelServing lacks, if the pods do the same work
        without it.
        """
        found, row = text_at(operation, "path") or "", done.row
        value = text_at(operation, "value")
        is_default = row is not None and (value in row.defaults or value is None)
        if row is None or text_at(operation, "op") not in ("add", "replace", "remove"):
            self._no_place(f"{where}.path", found)
        elif not row.message or (done.is_exact and is_default):
            self._gone.append(i)
        else:
            self._add(row.message, f"{where}.path", current=found)
            if self.results[-1].severity != ERROR:
                self._gone.append(i)

    def _report(self, row: Field | None, value: Node | None, where: str) -> None:
        """Tells what the table says of a field that is carried."""
        if row is not None and row.message and not row.when and value is not None:
            text = value.value if isinstance(value, Scalar) else None
            if text not in row.defaults:
                self._add(row.message, where, current=text)

    # Values

    def _map_value(
        self, operation: Mapping, steps: Steps, done: Move, where: str, kind: str
    ) -> bool:
        """Makes the value that of the new path; False where that can't be had."""
        value = get(operation, "value")
        exact = done.row if done.is_exact else None
        if exact is not None and exact.value is not None:
            if kind == "remove":
                self._no_place(f"{where}.path", pointer(steps))
                return False
            return self._map_scalar(operation, "value", exact, f"{where}.value")
        if isinstance(value, Mapping):
            return self._map_fields(operation, "value", steps, f"{where}.value")
        return True

    def _map_scalar(self, parent: Mapping, name: str, field: Field, where: str) -> bool:
        value = get(parent, name)
        text = value.value if isinstance(value, Scalar) else None
        new = None if text is None or field.value is None else field.value(text)
        if new is None or not isinstance(value, Scalar):
            found = "none" if text is None else quoted(text)
            self._add("kustomize-value", where, text, allowed=field.allowed, found=found)
            return False
        if new != text:
            if field.message and field.when:
                self._add(field.message, where, current=text, replicas="its replicas")
            set_text(self._document, parent, name, new)
        return True

    def _map_fields(self, parent: Mapping, name: str, steps: Steps, where: str) -> bool:
        """Makes the fields of a value those of the new path, where the path holds several of the
        table's fields.
        """
        known = known_steps(steps)
        if is_field(known):
            value = get(parent, name)
            for key in value.fields() if isinstance(value, Mapping) else ():
                done = move((*steps, key), self._has_leader)
                if done is not None and done.is_exact:
                    self._report(done.row, get(value, key), f"{where}.{key}")
            for rest in apart(known):
                if _at(get(parent, name), rest) is not None:
                    self._no_place(f"{where}.{'.'.join(rest)}", pointer((*steps, *rest)))
                    return False
            return True
        value = get(parent, name)
        if not isinstance(value, Mapping):
            return True
        fine = True
        left_out: list[str] = []
        own: Mapping | None = None
        for key in value.fields():
            path = (*steps, key)
            done = move(path, self._has_leader)
            there = f"{where}.{key}"
            if done is None or (
                done.paths and done.row is None and not list(below(known_steps(path)))
            ):
                self._no_place(there, pointer(path))
                fine = False
                continue
            if not done.paths:
                row, text = done.row, text_at(value, key)
                if (
                    known[: len(ANY_TEMPLATE)] == ANY_TEMPLATE
                ):  # the operation may be repeated with its value
                    self._no_place(there, pointer(path))
                    fine = False
                if row is not None and row.message and text not in row.defaults:
                    self._add(row.message, there, current=text)
                left_out.append(key)
                continue
            self._report(done.row if done.is_exact else None, get(value, key), there)
            own = own or self._document.own_mapping(parent, name)
            if done.is_exact and done.row is not None and done.row.value is not None:
                fine &= self._map_scalar(own, key, done.row, there)
            else:
                fine &= self._map_fields(own, key, path, there)
        if left_out and len(left_out) == len(value.fields()):
            self._add("kustomize-nothing-left", where)
            return False
        if left_out:
            own = own or self._document.own_mapping(parent, name)
            self._document.remove(own, left_out)
        return fine

    # Places

    def _follow_source(self, i: int, operation: Mapping, done: Move, where: str) -> None:
        """Moves both paths of a `copy` or `move`, whose value must be the same in both places."""
        found = text_at(operation, "from") or ""
        source = move(pointer_steps(found), self._has_leader)
        if source is None or not source.paths:
            self._no_place(f"{where}.from", found)
            return
        for name, place in (("from", source), ("path", done)):
            if place.is_exact and place.row is not None and place.row.value is not None:
                path = text_at(operation, name) or ""
                self._add("kustomize-computed", f"{where}.{name}", path, found=quoted(path))
                return
        targets = [pointer(path) for path in done.paths]
        sources = [pointer(path) for path in source.paths]
        if len(sources) == 1 and text_at(operation, "op") == "copy":
            sources *= len(targets)
        if len(sources) != len(targets):
            values = {"sources": " and ".join(sources), "targets": " and ".join(targets)}
            self._add("kustomize-copies", f"{where}.from", found, **values)
            return
        self._move(i, operation, list(zip(targets, sources, strict=True)))

    def _move(self, i: int, operation: Mapping, places: list[tuple[str, str | None]]) -> None:
        """Gives an operation its first new path, and puts one for each of the others behind it."""
        if len(places) > 1:
            copies = [self._respelled(operation, values) for values in places[1:]]
            try:
                repeat(self._document, self._operations, i, copies)
            except EditError as error:
                self._add(error.id, f"{self._path}[{i}]", **error.values)
                return
        for name, value in zip(("path", "from"), places[0], strict=True):
            if value is not None and text_at(operation, name) not in (None, value):
                set_text(self._document, operation, name, value)

    @staticmethod
    def _respelled(operation: Mapping, values: tuple[str, str | None]) -> dict[Scalar, str]:
        found = {}
        for name, value in zip(("path", "from"), values, strict=True):
            scalar = operation.value(name)
            if value is not None and isinstance(scalar, Scalar):
                found[scalar] = value
        return found


def _at(node: Node | None, steps: Steps) -> Node | None:
    for step in steps:
        node = get(node, step)
    return node
