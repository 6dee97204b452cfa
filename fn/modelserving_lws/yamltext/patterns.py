"""Patterns that are compiled when the package is built.

To compile those of a short run takes a tenth of its time. So `cli/compile_patterns.py` writes the
module `compiled_patterns`, with what `re` makes of them. That holds for the Python that wrote it;
any other one, and a package that lacks the module, compiles them itself.
"""

from __future__ import annotations

import re
import sys

# What the code of a pattern depends on.
PYTHON = (sys.implementation.name, sys.hexversion, sys.byteorder, sys.maxsize)

_patterns: dict[str, re.Pattern[str]] = {}
try:
    import _sre  # type: ignore[import-not-found]  # `re.compile` comes to a call of `_sre.compile`

    from .compiled_patterns import CODES, FOR

    _codes = CODES if FOR == PYTHON else {}
except (ImportError, SyntaxError, ValueError):  # there is none, or it is not whole
    _codes = {}


def compiled(pattern: str) -> re.Pattern[str]:
    """What `re.compile` gives for a pattern."""
    found = _patterns.get(pattern)
    if found is None:
        if pattern in _codes:
            flags, code, *groups = _codes[pattern]
            numbers = memoryview(code).cast("I").tolist()
            found = _sre.compile(pattern, flags, numbers, *groups)
        else:
            found = re.compile(pattern)
        _patterns[pattern] = found
    return found


def asked_for() -> list[str]:
    """The patterns that `compiled` was called with so far."""
    return [*_patterns]
