"""Strings as scalars of YAML text."""

from __future__ import annotations

from ..results.quoting import quote

_SAFE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))
_SHORT = 100
_MOST = 1024


def is_plain_string(text: str) -> bool:
    """True for text that every YAML version reads as this very string when written plain: no
    number, boolean, null or date starts with a letter, but for a few words.
    """
    return (
        text.isascii()
        and text[:1].isalpha()
        and not text.strip(_SAFE)
        and text.lower() not in _WORDS
    )


class _Written(dict[str, str]):
    """How strings are written. What is kept must stay small where a process runs many times, so
    long texts are not.
    """

    def __missing__(self, text: str) -> str:
        written = text if is_plain_string(text) else quote(text)
        if len(text) <= _SHORT:
            if len(self) == _MOST:
                self.clear()
            self[text] = written
        return written


# The string as a person would write it: plain where it stays a string, else quoted.
write = _Written().__getitem__
