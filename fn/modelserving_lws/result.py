"""What a run has to say: results, as the KRM functions specification has them, and the errors that
become results.

https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md
"""

from __future__ import annotations

from .text import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .nodes import Data

ERROR = "error"
WARNING = "warning"
INFO = "info"
_LONGEST = 1_000


class Reference:
    """The object a result speaks of, and the file it came from; each part is empty where it is not
    known, `place` says where in the input an object without a name is.
    """

    __slots__ = ("api_version", "index", "kind", "name", "namespace", "path", "place")

    def __init__(
        self,
        api_version: str = "",
        kind: str = "",
        name: str = "",
        namespace: str = "",
        path: str = "",
        index: int | None = None,
        place: str = "",
    ) -> None:
        self.api_version = api_version
        self.kind = kind
        self.name = name
        self.namespace = namespace
        self.path = path
        self.index = index
        self.place = place

    def __str__(self) -> str:
        """`v1/Pod/NAMESPACE/NAME`, as kyaml's `ResourceIdentifier` prints it."""
        parts = (self.api_version, self.kind, self.namespace, self.name or self.place)
        return "/".join(_cut(part) for part in parts if part)


class Result:
    """One message of a run: `severity` is ERROR, WARNING or INFO; `field` is a path such as
    `spec.containers[0].env`.
    """

    __slots__ = ("current", "field", "message", "proposed", "reference", "severity")

    def __init__(
        self,
        severity: str,
        message: str,
        reference: Reference | None = None,
        field: str = "",
        current: str | None = None,
        proposed: str | None = None,
    ) -> None:
        self.severity = severity
        self.message = message
        self.reference = reference
        self.field = field
        self.current = current
        self.proposed = proposed

    def __str__(self) -> str:
        """One line: severity, object, field, message, file."""
        reference = self.reference
        where = [str(reference)] if reference is not None else []
        if self.field:
            where.append(self.field)
        line = f"[{self.severity}] "
        if where:
            line += " ".join(where) + ": "
        line += self.message + self.file
        return " ".join(line.splitlines())

    @property
    def file(self) -> str:
        """The file in brackets, with a space before it; empty where there is none."""
        reference = self.reference
        if reference is None or not reference.path:
            return ""
        index = "" if reference.index is None else f", index {reference.index}"
        return f" (file {_cut(reference.path)}{index})"

    def data(self) -> dict[str, Data]:
        """The entry of a ResourceList's `results`."""
        data: dict[str, Data] = {"message": self.message, "severity": self.severity}
        reference = self.reference
        if reference is not None:
            names = {
                "apiVersion": reference.api_version,
                "kind": reference.kind,
                "name": reference.name,
                "namespace": reference.namespace,
            }
            data["resourceRef"] = {key: _cut(value) for key, value in names.items() if value}
        if self.field:
            field: dict[str, Data] = {"path": self.field}
            if self.current is not None:
                field["currentValue"] = _cut(self.current)
            if self.proposed is not None:
                field["proposedValue"] = _cut(self.proposed)
            data["field"] = field
        if reference is not None and reference.path:
            file: dict[str, Data] = {"path": _cut(reference.path)}
            if reference.index is not None:
                file["index"] = reference.index
            data["file"] = file
        return data


class ItemError(Exception):
    """What is wrong with one item; the item is left as it is, the others are done. `severity` is
    WARNING where the settings ask to leave it alone.
    """

    def __init__(
        self,
        field: str,
        message: str,
        current: str | None = None,
        proposed: str | None = None,
        severity: str = ERROR,
    ) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.current = current
        self.proposed = proposed
        self.severity = severity

    def result(self, reference: Reference) -> Result:
        """The error as a result on an object."""
        return Result(
            self.severity, self.message, reference, self.field, self.current, self.proposed
        )


class InputError(Exception):
    """Input that can't be read at all. `line` and `column` count from 1; `path` is empty for
    stdin.
    """

    def __init__(self, message: str, text: str = "", position: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.path = ""
        self.line, self.column = line_and_column(text, position)

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}line {self.line}, column {self.column}: {self.message}"


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Both count from 1, in characters."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def say(message: str, /, **values: object) -> str:
    """What a message of the table says; see `messages.py`."""
    from .messages import text

    return text(message, **values)


def _cut(text: str) -> str:
    """What a result echoes of the input: an alias may give one long text to many objects."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def quoted(value: str) -> str:
    """A value that a message echoes: in double quotes, one line, 80 characters at most."""
    return quote(value if len(value) <= 80 else value[:77] + "...")
