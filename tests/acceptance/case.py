"""An input that gives a message, and the line of it."""

from __future__ import annotations

from modelserving_lws.results.messages import MESSAGES
from tests.messages import line_of, text_of


class Case:
    """An input that gives the message `id` of the table, with these values in its text.

    `at` is what the message is about: an object and its field, or a line and a column of the
    input. `text` is stdin. CONFIG_FILE among the arguments stands for a file that holds `config`.
    """

    def __init__(
        self,
        id_: str,
        at: str | tuple[int, int],
        text: str | bytes,
        arguments: tuple[str, ...] = (),
        config: str = "",
        /,
        **values: object,
    ) -> None:
        self.id = id_
        self.at = at
        self.text = text
        self.arguments = arguments
        self.config = config
        self.values = values

    @property
    def line(self) -> str:
        """The whole line that the run prints on stderr."""
        if isinstance(self.at, str):
            return line_of(self.id, self.at, **self.values)
        line, column = self.at
        text = text_of(self.id, **self.values)
        return f"modelserving-lws: line {line}, column {column}: {text}"


class SetCase(Case):
    """A message on a field of a LeaderWorkerSet: its line ends in what the table advises."""

    @property
    def line(self) -> str:
        """The whole line that the run prints on stderr."""
        return f"{super().line}. {MESSAGES[self.id][2]}"


class ReportCase(Case):
    """A line of a report, which has a layout of its own."""

    @property
    def line(self) -> str:
        """The whole line that the run prints on stderr."""
        return text_of(self.id, **self.values)
