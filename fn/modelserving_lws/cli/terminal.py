"""What a person at a terminal is shown: a diff to be read, and a summary. Imported only there."""

from __future__ import annotations

from ..results.result import ERROR, WARNING, count, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..pipeline import Outcome

_BOLD, _RED, _GREEN, _CYAN = "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[36m"
_END = "\x1b[m"
_COLOURS = {"@": _CYAN, "-": _RED, "+": _GREEN}


def has_colours(environment: Mapping[str, str]) -> bool:
    """Whether a terminal can show colours and whoever sits there wants them
    (https://no-color.org).
    """
    return environment.get("TERM") not in (None, "", "dumb") and not environment.get("NO_COLOR")


def readable(diff: bytes, environment: Mapping[str, str]) -> bytes:
    """The unified diff, control characters as escapes, and in the colours of `git diff` where these
    are wanted.
    """
    lines = visible(diff.decode()).split("\n")
    if has_colours(environment):
        head = [f"{_BOLD}{line}{_END}" for line in lines[:2] if line]
        lines = head + [_coloured(line) for line in lines[len(head) :]]
    return "\n".join(lines).encode()


def _coloured(line: str) -> str:
    colour = _COLOURS.get(line[:1])
    return line if colour is None else f"{colour}{line}{_END}"


def summary(outcome: Outcome) -> str:
    """What a run came to, in one line."""
    done = "no item changed" if outcome.done is None else outcome.done.message
    problems = [
        count(number, severity)
        for severity in (ERROR, WARNING)
        if (number := sum(result.severity == severity for result in outcome.results))
    ]
    return "; ".join([done, " and ".join(problems)] if problems else [done])
