"""The commands of shell scripts, and what scripts do with the address of the leader and with the
name of their pod.

Each rule gives what it matched, never the rest of the text, in time linear in the text.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_TOOLS = frozenset(("sed", "cut", "awk", "gawk", "mawk"))
_PRINTERS = frozenset(("echo", "printf"))
_OPTIONS = frozenset(("-n", "-e", "-E", "--"))
_KEYWORDS = frozenset(
    ("!", "do", "elif", "else", "exec", "if", "then", "time", "until", "while", "{")
)
# A read that splits at dots or dashes.
_SEPARATORS = re.compile(r"IFS=.{0,10}[.-].{0,10}", re.DOTALL)
_TOKEN = re.compile(r"""<<<|[<>]+&?|[;|&()`]|\s+|\\.|\$\(|["']|[^;|&()`<>\s\\$"']+|.""", re.DOTALL)
_JOINED = re.compile(r"\\\n|(?<=\|)[ \t]*+\n")
_DEEPEST, _MOST_ALIASES = 3, 20
# Of Python; at a dot or a dash.
_SPLIT = r"""\.(r?split|r?partition)\(["'][.-]"""


class Command:
    """A simple command of a shell: its `words`, without quotes; the command whose output it reads
    (`source`), and the text of its here-string (`here`).
    """

    __slots__ = ("here", "source", "words")

    def __init__(self, source: Command | None) -> None:
        self.words: list[str] = []
        self.source = source
        self.here = ""

    @property
    def name(self) -> str:
        """The program's name, without its folder."""
        return self.words[0].rpartition("/")[2] if self.words else ""


class Variable:
    """A variable whose value is a name that has parts: its `names`, which are those of variables
    with the same value, and the command that prints it, if there is one.
    """

    def __init__(self, names: Iterable[str], command: str = "") -> None:
        self.names = frozenset(names)
        self.command = command
        some = "|".join(sorted(self.names))
        self._mention = re.compile(rf"\b(?:{some})\b")
        self._alias = re.compile(
            rf"""(?<![\w$.])([A-Za-z_]\w*+)=["']?\$(?:(?:{some})\b|[{{(](?:{some})[}})])["']?"""
            r"(?![^\s;&|)])"
        )
        # All expansions but `:-`, `:=`, `:?` and `:+`.
        self._expansion = re.compile(rf"\$\{{(?:{some})(?:[#%/^,]|:[ \d($])")
        self._plain = re.compile(rf"\$(?:(?:{some})|\{{(?:{some})\}})")
        value = (
            rf"""(?:environ(?:\.get\(|\[)|getenv\()["'](?:{some})["'](?:, ?[^()\n]{{0,40}})?[\])]"""
        )
        self._python = re.compile(rf"{value}{_SPLIT}")
        self._python_alias = re.compile(
            rf"(?<![\w.])([A-Za-z_]\w*+) ?= ?(?:os\.)?{value}(?![\w.\[])"
        )

    def parts(self, text: str) -> str:
        """What takes the value apart, as a person writes it: `sed`, or `${LWS_LEADER_ADDRESS%`;
        empty where nothing does.

        Rule: a shell's expansion of it by `#`, `%`, `/`, `^`, `,` or `:n`; or it is all that `echo`
        or `printf` gives to `sed`, `cut` or `awk`, or the here-string of one of these, or of a
        `read` that splits at dots or dashes (`IFS=. read -r name rest <<< "$LWS_LEADER_ADDRESS"`);
        or Python's `split` or `partition` at a dot or a dash. The same for a variable that the text
        gives the value: `HOST=$LWS_LEADER_ADDRESS`.
        """
        if not (self._mention.search(text) or (self.command and self.command in text)):
            return ""
        aliases = {match[1] for match in self._alias.finditer(text)} - self.names
        if aliases and len(aliases) <= _MOST_ALIASES:
            found = Variable(self.names | aliases, self.command).parts_of(text)
        else:
            found = self.parts_of(text)
        return found or self._parts_in_python(text)

    def parts_of(self, text: str) -> str:
        """The same of a shell's text, without further variables."""
        expansion = self._expansion.search(text)
        if expansion is not None:
            return expansion[0].rstrip(" 0123456789($")
        for name in self.names:
            text = text.replace(f"$({name})", f"${{{name}}}")
        for command in commands(text, self._is_in):
            name, source = command.name, command.source
            if name in _TOOLS and (
                self._plain.fullmatch(command.here)
                or (source is not None and self._is_printed(source))
            ):
                return name
            is_read = _SEPARATORS.fullmatch(command.words[0]) and command.words[1:2] == ["read"]
            if is_read and self._plain.fullmatch(command.here):
                return "read"
        return ""

    def _is_in(self, line: str) -> bool:
        return self._mention.search(line) is not None or (
            bool(self.command) and self.command in line
        )

    def _is_printed(self, command: Command) -> bool:
        if command.name == self.command:
            return command.words[1:] in ([], ["-s"])
        if command.name not in _PRINTERS:
            return False
        operands = [word for word in command.words[1:] if word not in _OPTIONS]
        if command.name == "printf" and len(operands) > 1:
            operands = operands[1:]  # the format
        return len(operands) == 1 and self._plain.fullmatch(operands[0]) is not None

    def _parts_in_python(self, text: str) -> str:
        match = self._python.search(text)
        if match is not None:
            return match[1]
        aliases = {found[1] for found in self._python_alias.finditer(text)}
        if not aliases or len(aliases) > _MOST_ALIASES:
            return ""
        match = re.search(rf"(?<![\w.])(?:{'|'.join(sorted(aliases))}){_SPLIT}", text)
        return "" if match is None else match[1]


def commands(text: str, is_in: Callable[[str], bool], depth: int = 0) -> Iterator[Command]:
    """The commands on the lines of a script that have something, also those inside of `$(…)` and
    of quoted words (`bash -c "…"`). A quote that is open at the end of its line ends there.
    """
    for line in _JOINED.sub(" ", text).split("\n"):
        if not is_in(line):
            continue
        for command in _Line(line).commands:
            start = 0
            while command.words[start : start + 1] and command.words[start] in _KEYWORDS:
                start += 1
            del command.words[:start]
            if command.words:
                yield command
                for word in command.words[1:] if depth < _DEEPEST else ():
                    if " " in word and is_in(word):
                        yield from commands(word, is_in, depth + 1)


class _Line:
    """A line of a script, read into its `commands`, in the order of their ends."""

    def __init__(self, line: str) -> None:
        self.commands: list[Command] = []
        # The commands that are being read, the innermost last, and the quote that is open in each.
        self._stack, self._quotes = [Command(None)], [""]
        self._word: list[str] | None = None
        self._is_here = self._is_file = False
        for match in _TOKEN.finditer(line):
            self._read(match[0])
        while self._stack:
            self._end_word()
            self.commands.append(self._stack.pop())

    def _read(self, part: str) -> None:
        quote = self._quotes[-1]
        if part == "$(" and quote != "'":
            self._end_word()
            self._stack.append(Command(None))
            self._quotes.append("")
        elif part in ("'", '"') and quote in ("", part):
            self._quotes[-1] = "" if quote else part
            self._add("")
        elif part[0] == "\\" and quote != "'":
            self._add(part[1:])
        elif quote:
            self._add(part)
        elif part.isspace():
            self._end_word()
        elif part == "<<<":
            self._end_word()
            self._is_here = True
        elif part[0] in "<>":
            if self._word is not None and "".join(self._word).isdigit():
                self._word = None  # the file descriptor
            self._end_word()
            self._is_file = True
        elif part in "|;&(`)":
            self._end_command(part == "|")
            if part == ")" and len(self._stack) > 1:
                self._stack.pop()
                self._quotes.pop()
        else:
            self._add(part)

    def _add(self, text: str) -> None:
        if self._word is None:
            self._word = []
        self._word.append(text)

    def _end_word(self) -> None:
        if self._word is None:
            return
        word, command = "".join(self._word), self._stack[-1]
        if self._is_here:
            command.here = word
        elif not self._is_file:
            command.words.append(word)
        self._word, self._is_here, self._is_file = None, False, False

    def _end_command(self, is_piped: bool) -> None:
        self._end_word()
        command = self._stack[-1]
        self.commands.append(command)
        self._stack[-1] = Command(command if is_piped else None)
