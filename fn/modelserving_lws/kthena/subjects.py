"""What the rules of a cluster are about: a ModelServing, its roles, their templates; and what the
rules report of them.
"""

from __future__ import annotations

from functools import cached_property

from ..k8s.containers import read_containers
from ..k8s.fields import mapping_at, wrong_choice
from ..results.errors import ItemError, ShapeError
from ..results.result import Result, quoted
from ..yamltext.data import get, text_at
from .modelserving import Role, replicas_of, roles_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from ..k8s.containers import Container
    from ..yamltext.nodes import Mapping

    T = TypeVar("T")

# The versions of kthena whose rules are known: `main` is its commit 3cc05728.
VERSIONS = ("1.0.0", "main")
BOTH = "Both"


class Report:
    """What the rules find, without repeats, and the versions of kthena that refuse it."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[Result, set[str]]] = {}
        self._versions: tuple[str, ...] = VERSIONS

    def results(self, version: str) -> list[Result]:
        """What a version refuses. For BOTH, what both refuse, as errors, and what one of them
        refuses, as warnings.
        """
        if version != BOTH:
            return [result for result, by in self._found.values() if version in by]
        refused: dict[str, set[str]] = {}
        for result, by in self._found.values():
            refused.setdefault(result.field, set()).update(by)
        results = []
        for found, by in self._found.values():
            result = found
            if len(refused[found.field]) == 1:
                (one,), (other,) = by, set(VERSIONS) - by
                result = Result(
                    "one-version",
                    found.field,
                    current=found.current,
                    problem=found.message,
                    one=one,
                    other=other,
                )
            results.append(result)
        return results

    def add(self, name: str, path: str, current: str | None = None, **values: Any) -> None:
        self._add(Result(name, path, current=current, **values))

    def _add(self, *results: Result) -> None:
        for result in results:
            key = result.field, result.message
            self._found.setdefault(key, (result, set()))[1].update(self._versions)

    def read(self, otherwise: T, reading: Callable[..., T], *arguments: object) -> T:
        """What is read; `otherwise` where that raises an error, which is added."""
        try:
            return reading(*arguments)
        except ItemError as error:
            self._add(*error.results)
        except ShapeError as error:
            self.add(error.id, "", **error.values)
        return otherwise

    def apply(self, rule: Callable[[T, Report], None], versions: tuple[str, ...], to: T) -> None:
        """Applies a rule that these versions have."""
        self._versions = versions
        self.read(None, rule, to, self)
        self._versions = VERSIONS

    def check_choice(self, path: str, found: str | None, allowed: tuple[str, ...]) -> None:
        if found is not None and found not in allowed:
            self._add(wrong_choice(path, found, allowed))

    def check_unique(self, names: Iterable[tuple[str | None, str]]) -> None:
        """Checks names, given with their paths; absent names are alike."""
        seen = set()
        for name, path in names:
            if name in seen:
                self.add("name-twice", path, name, found=quoted(name or ""))
            seen.add(name)


class Serving:
    """A ModelServing. Its properties raise ItemError."""

    def __init__(self, node: Mapping, spec: Mapping) -> None:
        self.node = node
        self.spec = spec
        self.name = text_at(get(node, "metadata"), "name") or ""
        self.strategy_type = text_at(get(spec, "rolloutStrategy"), "type")

    @property
    def replicas(self) -> int:
        return replicas_of(self.node)

    @cached_property
    def roles(self) -> list[Role]:
        return list(roles_of(self.node))


class RoleOf:
    """A role, and its ModelServing."""

    def __init__(self, serving: Serving, role: Role) -> None:
        self.serving = serving
        self.role = role


class Template:
    """A template of a role."""

    def __init__(self, role: Role, field: str, node: Mapping) -> None:
        self.node = node
        self.path = f"{role.path}.{field}"
        self._role = role
        self._field = field

    @cached_property
    def containers(self) -> list[Container]:
        """The containers; none are needed where no pod is made. Raises ItemError."""
        if self._role.makes_pods(self._field):
            return read_containers(self.node, f"{self.path}.")
        spec = mapping_at(self.node, "spec", f"{self.path}.spec")
        if spec is None:
            return []
        is_there = get(spec, "containers") is not None
        return read_containers(self.node, f"{self.path}.", may_be_empty=is_there)
