"""What a run has to say: results, as the KRM functions specification has them.

https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md
"""

from __future__ import annotations

from .quoting import cut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Data = str | int | dict[str, "Data"] | list["Data"]

ERROR = "error"
WARNING = "warning"
INFO = "info"


class Reference:
    """The object that a result is about, and the file it came from. A part that is not known is
    empty; `place` says where in the input an object without a name is. Of the items of its text, it
    is the one of this `number`; None for what is no item. `item` is the Item that was referred to,
    which finds the places of its fields.
    """

    __slots__ = (
        "api_version",
        "index",
        "item",
        "kind",
        "name",
        "namespace",
        "number",
        "path",
        "place",
    )

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
        self.number: int | None = None
        self.item: Any = None

    @property
    def file(self) -> str:
        """The file in brackets, with a space before it; empty where there is none."""
        if not self.path:
            return ""
        index = "" if self.index is None else f", index {self.index}"
        return f" (file {cut(self.path)}{index})"

    def __str__(self) -> str:
        """`v1/Pod/NAMESPACE/NAME`, as kyaml's `ResourceIdentifier` prints it."""
        parts = (self.api_version, self.kind, self.namespace, self.name or self.place)
        return "/".join(cut(part) for part in parts if part)


class Result:
    """One message of a run. `id` is its name in the table of messages, which has its text and, if
    none is given, its severity: ERROR, WARNING or INFO. `field` is a path such as
    `spec.containers[0].env`; `current` and `proposed` are its values.

    A function that finds something wrong with an object returns a Result without a reference;
    `on` names the object.
    """

    __slots__ = ("current", "field", "id", "message", "proposed", "reference", "severity")

    def __init__(
        self,
        name: str,
        field: str = "",
        /,
        *,
        reference: Reference | None = None,
        current: str | None = None,
        proposed: str | None = None,
        severity: str | None = None,
        **values: Any,
    ) -> None:
        """`values` are put into the text of the message."""
        self.id = name
        self.message = say(name, **values)
        self.severity = severity or severity_of(name)
        self.reference = reference
        self.field = field
        self.current = current
        self.proposed = proposed

    def on(self, reference: Reference) -> Result:
        """The same result, about this object."""
        self.reference = reference
        return self

    def __str__(self) -> str:
        """One line: severity, object, field, message, file."""
        reference = self.reference
        where = [it for it in (str(reference or ""), self.field) if it]
        line = f"[{self.severity}] "
        if where:
            line += " ".join(where) + ": "
        line += self.message + self.file
        return " ".join(line.splitlines())

    @property
    def file(self) -> str:
        """The file in brackets, with a space before it; empty where there is none."""
        return "" if self.reference is None else self.reference.file

    def advised(self) -> Result:
        """Itself, with what the table of messages advises at the end of its message."""
        from .messages import MESSAGES

        end = " " if self.message.endswith("?") else ". "
        self.message += end + MESSAGES[self.id][2]
        return self

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
            data["resourceRef"] = {key: cut(value) for key, value in names.items() if value}
        if self.field:
            field: dict[str, Data] = {"path": self.field}
            if self.current is not None:
                field["currentValue"] = cut(self.current)
            if self.proposed is not None:
                field["proposedValue"] = cut(self.proposed)
            data["field"] = field
        if reference is not None and reference.path:
            file: dict[str, Data] = {"path": cut(reference.path)}
            if reference.index is not None:
                file["index"] = reference.index
            data["file"] = file
        return data


# A run that has nothing to say needs no table of messages, so that it is imported here.


def say(name: str, /, **values: Any) -> str:
    """The text of a message; see `messages.py`."""
    from .messages import MESSAGES

    return MESSAGES[name][1].format(**values)


def severity_of(name: str) -> str:
    """The severity that the table gives a message."""
    from .messages import MESSAGES

    return MESSAGES[name][0]


def count(number: int, noun: str) -> str:
    """A number of things, in words."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
