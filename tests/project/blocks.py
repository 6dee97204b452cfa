"""The fenced blocks of a page: commands, what they print, and files.

A comment right before a block says what is special about it. It is one of these:

    <!-- Not run by the tests: REASON. -->          commands (`of this page` if others run them)
    <!-- Exits with 1. -->
    <!-- Runs with Helm 4. -->
    <!-- Lines 5 to 9 of the output. -->            an output, of the commands before it
    <!-- The last 9 lines of the output. -->
    <!-- The output on stderr. -->
    <!-- Not an output: REASON. -->
    <!-- Not in a file: REASON. -->                 YAML and JSON
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = ("shell", "python")
OUTPUTS = ("text", "diff", "mermaid")
FILES = ("yaml", "json")
_BLOCK = re.compile(
    r"(?:^<!-- (?P<comment>[^\n]+) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
NOT_RUN = re.compile(r"Not run by the tests( of this page)?: [^:]+\.")
EXIT = re.compile(r"Exits with ([12])\.")
WITH_HELM_4 = re.compile(r"Runs with Helm 4\.")
LINES = re.compile(r"Lines (\d+) to (\d+) of the output\.")
LAST = re.compile(r"The last (\d+) lines of the output\.")
ON_STDERR = re.compile(r"The output on stderr\.")
NO_OUTPUT = re.compile(r"Not an output: [^:]+\.")
NO_FILE = re.compile(r"Not in a file: [^:]+\.")
# The comments that a block may have, by the use of its language.
KNOWN = {
    COMMANDS: (NOT_RUN, EXIT, WITH_HELM_4),
    OUTPUTS: (LINES, LAST, ON_STDERR, NO_OUTPUT),
    FILES: (NO_FILE,),
}
_NAME = re.compile(r"# ([\w-]+\.yaml)\n")


class Block:
    """A block: the comment before it, empty for none; its language; its text."""

    def __init__(self, match: re.Match[str]) -> None:
        self.comment = match["comment"] or ""
        self.language: str = match["language"]
        self.text: str = match["text"]
        self.span = match.span("text")

    def __repr__(self) -> str:
        return f"```{self.language}\n{self.text}```"

    @property
    def is_marked(self) -> bool:
        """Whether its comment is one of those above, and of its kind."""
        known = [it for use, found in KNOWN.items() if self.language in use for it in found]
        return any(it.fullmatch(self.comment) for it in known)

    @property
    def runs(self) -> bool:
        """Whether the tests of the page run it."""
        return self.language in COMMANDS and not NOT_RUN.fullmatch(self.comment)

    @property
    def has_helm_4(self) -> bool:
        """Whether `helm` is Helm 4 in it."""
        return WITH_HELM_4.fullmatch(self.comment) is not None

    @property
    def exit_code(self) -> int:
        """What it exits with."""
        match = EXIT.fullmatch(self.comment)
        return int(match[1]) if match else 0

    @property
    def file(self) -> str:
        """The name of the file that it shows, which is its first line; empty for none."""
        match = _NAME.match(self.text) if self.language in FILES else None
        return match[1] if match else ""

    @property
    def is_output(self) -> bool:
        """Whether it shows what the commands before it print."""
        return self.language in OUTPUTS and not NO_OUTPUT.fullmatch(self.comment)

    def shown(self, stdout: str, stderr: str) -> str:
        """What it must show of an output."""
        lines = (stderr if ON_STDERR.fullmatch(self.comment) else stdout).splitlines(keepends=True)
        if match := LINES.fullmatch(self.comment):
            lines = lines[int(match[1]) - 1 : int(match[2])]
        elif match := LAST.fullmatch(self.comment):
            lines = lines[-int(match[1]) :]
        return "".join(lines)


def blocks_of(page: str) -> list[Block]:
    """The blocks of a page, in order."""
    return [Block(match) for match in _BLOCK.finditer(page)]


def with_outputs(page: str, shown: Callable[[int, Block], str]) -> str:
    """The page with each output as it must be; `shown` takes the number of the block."""
    parts, end = [], 0
    for number, block in enumerate(blocks_of(page)):
        if block.is_output:
            parts += [page[end : block.span[0]], shown(number, block)]
            end = block.span[1]
    return "".join((*parts, page[end:]))
