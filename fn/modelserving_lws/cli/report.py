"""What a command says of a run, in a format."""

from __future__ import annotations

from .reports import FORMATS, render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..repository.chain import Run

__all__ = ["FORMATS", "TEXT", "Outcome"]

TEXT = "text"


class Outcome:
    """What there is to report: the run of a command, and what has become of its files, one of
    these; NOTHING where no file is to change.
    """

    WOULD, DONE, NOT, NOTHING = "would change", "changed", "not changed", ""
    # Without the errors that there are, it would; it has changed where the output went.
    HELD, WRITTEN = "would change without the errors", "changed in the output"

    def __init__(self, run: Run, done: str) -> None:
        self.run = run
        self.done = done

    def written(self, format_: str) -> bytes:
        """The report in a format. What could not be read stands on stderr, beside a text."""
        if self.done not in (self.DONE, self.WRITTEN, self.NOTHING):
            self.run.undo()
        report = self.run.report(self.done, with_unread=format_ != TEXT)
        return render(format_, report).encode(errors="surrogateescape")
