"""What a run has to say: results, as the KRM functions specification has them.

https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Data = str | int | dict[str, "Data"] | list["Data"]

ERROR = "error"
WARNING = "warning"
INFO = "info"
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONGEST_QUOTED = 80
_LONGEST = 1_000


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
    `on` names the object. `causes` are results on other objects, of which this one comes.
    """

    __slots__ = ("causes", "current", "field", "id", "message", "proposed", "reference", "severity")

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
        self.causes: list[Result] = []

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


def quote(text: str) -> str:
    """The string in double quotes, on one line, for YAML and JSON alike."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_escape, text)) + '"'


def quoted(value: str) -> str:
    """A value that a message echoes: in double quotes, on one line, 80 characters at most."""
    return quote(cut(value, _LONGEST_QUOTED))


def cut(text: str, limit: int = _LONGEST) -> str:
    """The text, or its start and `...`: an alias may give one long text to many objects."""
    return text if len(text) <= limit else text[: limit - 3] + "..."


def visible(text: str) -> str:
    """The text with control characters as escapes, so that it can't control a terminal; line feeds
    and tabs stay.
    """
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)


def meant(name: str, known: Iterable[str]) -> str:
    """The end of a message on a name that is not known: ``; did you mean `size`?``, or nothing
    where no known name is near, or the only one, which the message has.
    """
    from difflib import get_close_matches  # heavy

    by_lower = {it.lower(): it for it in known}
    if len(by_lower) < 2:
        return ""
    found = get_close_matches(name[:_LONGEST_QUOTED].lower(), by_lower, 1, 0.75)
    return f"; did you mean `{by_lower[found[0]]}`?" if found else ""


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable() or character > "\uffff":
        return character
    return f"\\u{ord(character):04x}"
