"""Text of the input in messages and on terminals: quoted, cut, control characters escaped."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONGEST_QUOTED = 80
_LONGEST = 1_000


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
