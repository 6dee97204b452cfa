"""What shell scripts and commands do with the address of the leader and with `kubectl`.

Each rule gives what it matched, never the rest of the text, in time linear in the text.
"""

from __future__ import annotations

import re

from ...lws.contract import LEADER_ADDRESS_ENV as LEADER_ADDRESS
from ...lws.leaderworkerset import GROUP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_TOOLS = frozenset(("sed", "cut", "awk", "gawk", "mawk"))
_PRINTERS = frozenset(("echo", "printf"))
_OPTIONS = frozenset(("-n", "-e", "-E", "--"))
_KEYWORDS = frozenset(
    ("!", "do", "elif", "else", "exec", "if", "then", "time", "until", "while", "{")
)
_REFERENCES = (f"${LEADER_ADDRESS}", f"${{{LEADER_ADDRESS}}}")
# All expansions of the address but `:-`, `:=`, `:?` and `:+`.
_EXPANSION = re.compile(rf"\$\{{{LEADER_ADDRESS}(?:[#%/^,]|:[ \d($])")
# A read that splits at dots or dashes.
_SEPARATORS = re.compile(r"IFS=.{0,10}[.-].{0,10}", re.DOTALL)
_TOKEN = re.compile(r"""<<<|[<>]+&?|[;|&()`]|\s+|\\.|\$\(|["']|[^;|&()`<>\s\\$"']+|.""", re.DOTALL)
_JOINED = re.compile(r"\\\n|(?<=\|)[ \t]*+\n")
_DEEPEST = 3


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


def address_parts(text: str) -> str:
    """What takes `LWS_LEADER_ADDRESS` apart, as a person writes it: `sed`, or
    `${LWS_LEADER_ADDRESS%`; empty where nothing does.

    Rule: a shell's expansion of it by `#`, `%`, `/`, `^`, `,` or `:n`; or it is all that `echo` or
    `printf` gives to `sed`, `cut` or `awk`, or the here-string of one of these, or of a `read` that
    splits at dots or dashes (`IFS=. read -r name rest <<< "$LWS_LEADER_ADDRESS"`).
    """
    if LEADER_ADDRESS not in text:
        return ""
    expansion = _EXPANSION.search(text)
    if expansion is not None:
        return expansion[0].rstrip(" 0123456789($")
    text = text.replace(f"$({LEADER_ADDRESS})", _REFERENCES[1])
    for command in _commands(text, LEADER_ADDRESS):
        name, source = command.name, command.source
        if name in _TOOLS and (
            command.here in _REFERENCES or (source is not None and _prints_address(source))
        ):
            return name
        is_read = _SEPARATORS.fullmatch(command.words[0]) and command.words[1:2] == ["read"]
        if is_read and command.here in _REFERENCES:
            return "read"
    return ""


def _prints_address(command: Command) -> bool:
    if command.name not in _PRINTERS:
        return False
    operands = [word for word in command.words[1:] if word not in _OPTIONS]
    if command.name == "printf" and len(operands) > 1:
        operands = operands[1:]  # the format
    return len(operands) == 1 and operands[0] in _REFERENCES


_VERBS = frozenset(
    ("annotate", "delete", "describe", "edit", "get", "label", "patch", "rollout", "scale", "wait")
)
# kubectl's options that take a value, where that is a word of its own.
_LONG = (
    "as cascade cluster context field-selector filename for grace-period kubeconfig namespace "
    "output patch replicas request-timeout selector server timeout token type user"
)
_VALUED = {*(f"--{name}" for name in _LONG.split(" ")), *(f"-{letter}" for letter in "flnops")}
_RESOURCES = frozenset(("lws", "leaderworkerset", "leaderworkersets"))


def kubectl_call(text: str) -> str:
    """The resource of the first `kubectl` command of a script that is about LeaderWorkerSets, as it
    is written; empty where there is none. Rule: `kubectl`, a verb, and `lws` or
    `leaderworkerset(s)` as the first argument behind it: `kubectl -n x get lws/chat`, and not
    `kubectl get pods -n lws`.
    """
    if "kubectl" not in text:
        return ""
    calls = (it.words[1:] for it in _commands(text, "kubectl") if it.name == "kubectl")
    return next(filter(None, map(kubectl_resource, calls)), "")


def kubectl_resource(words: list[str]) -> str:
    """The same of the words behind `kubectl`."""
    verb, waiting = "", iter(words)
    for word in waiting:
        if word.startswith("-"):
            if word in _VALUED:
                next(waiting, None)
        elif verb in ("", "rollout"):
            if not verb and word not in _VERBS:
                return ""
            verb = word
        else:
            resources = [resource.partition("/")[0] for resource in word.split(",")]
            return next(filter(_is_of_lws, resources), "")
    return ""


def _is_of_lws(resource: str) -> bool:
    name, _, group = resource.partition(".")
    return name.lower() in _RESOURCES and group in ("", GROUP, f"v1.{GROUP}")


def _commands(text: str, needle: str, depth: int = 0) -> Iterator[Command]:
    """The commands on the lines of a script that have the needle, also those inside of `$(…)` and
    of quoted words (`bash -c "…"`). A quote that is open at the end of its line ends there.
    """
    for line in _JOINED.sub(" ", text).split("\n"):
        if needle not in line:
            continue
        for command in _Line(line).commands:
            start = 0
            while command.words[start : start + 1] and command.words[start] in _KEYWORDS:
                start += 1
            del command.words[:start]
            if command.words:
                yield command
                for word in command.words[1:] if depth < _DEEPEST else ():
                    if needle in word and " " in word:
                        yield from _commands(word, needle, depth + 1)


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
