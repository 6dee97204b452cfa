"""What a command says of a run, in a format."""

from __future__ import annotations

from ..results.result import ERROR, INFO, WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from ..repository.chain import Run
    from ..results.result import Result

    class Stream(Protocol):
        """Where a report goes."""

        def write(self, data: bytes, /) -> object:
            """Writes all of it."""
            ...


TEXT = "text"
FORMATS = (TEXT,)


class Outcome:
    """What there is to report: the run of a command, what has become of its files, one of WOULD,
    DONE and NOT, and the ids that are not to be shown.
    """

    WOULD, DONE, NOT = "would change", "changed", "not changed"

    def __init__(self, command: str, run: Run, done: str, ignored: list[str]) -> None:
        self.command = command
        self.run = run
        self.done = done
        self.ignored = frozenset(ignored)


def write(format_: str, outcome: Outcome, stream: Stream) -> None:
    """Writes the report in a format."""
    if format_ != TEXT:
        raise AssertionError(f"no format {format_}")
    stream.write(_text(outcome).encode(errors="surrogateescape"))


def _text(outcome: Outcome) -> str:
    run = outcome.run
    lines = [f"{outcome.done} {source.file.path}" for source in run.changed if source.file.path]
    shown = [it for it in run.results if it.severity == ERROR or it.id not in outcome.ignored]
    lines += map(str, sorted(shown, key=_rank))
    hidden = len(run.results) - len(shown)
    if hidden:
        lines.append(f"{hidden} ignored")
    return "".join(f"{line}\n" for line in lines)


def _rank(result: Result) -> int:
    return (ERROR, WARNING, INFO).index(result.severity)
