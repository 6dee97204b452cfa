"""Real lists with random mutations: lines and values are moved, repeated, removed and swapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.acceptance.messages import CASES
from tests.manifests import INJECT_LWS, SERVING, WORKER, resource_list
from tests.property import restyled
from tests.property.test_readers import LINES
from tests.running import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_MANIFESTS = [
    path.read_text()
    for folder in ("examples", "tests/golden", "tests/cluster")
    for path in sorted((ROOT / folder).rglob("*.yaml"))
]
_CASES = [case.text for case in CASES if isinstance(case.text, str) and len(case.text) < 5_000]
BASES = [
    *(text for text in _MANIFESTS if len(text) < 20_000),
    *_CASES,
    *(
        resource_list(*text.split("---\n"), config=INJECT_LWS)
        for text in _MANIFESTS
        if len(text) < 5_000 and not text.startswith(("#", "---"))
    ),
    resource_list(SERVING, WORKER, "kind: Other\ndata: |\n  - kind: Pod\n", config=INJECT_LWS),
]
_VALUES = (
    "", "~", "null", "0", "'", '"', "{", "}", "[", "]", "{}", "[]", "[a, b]", "{a: b}", "|", ">-",
    "|2", "&a x", "*a", "&a", "!!str", "!!null", "!x y", "!!python/name:os.system", "<<", "# c",
    "- x", "? x", ": x", "x: y", "yes", "0777", "12:30:45", "1_000", "=", "9" * 400, "-1", "1e9",
    "2147483648", "\u00e9", "\U0001f600", "\u202e", "\x85", "\u2028", "\ufeff", "\t", "\\", "%TAG",
    "---", "...", "$(A)", "'it''s'", '"\\x41"', '"\\ud83d"', "a" * 2_000, "lws", "Pod", "List",
)  # fmt: skip
_CHARACTERS = "\n\r\t :-?#&*!|>'\"%@`[]{},\\x0\x85\u2028\ufeff"


def mutated(random: Random, most: int = 5, text: str = "") -> str:
    """A text, else a real list, after some mutations, at most as many; every other one is likely to
    be YAML.
    """
    text, mutations = text or random.choice(BASES), random.choice((_MUTATIONS, restyled.MUTATIONS))
    for _ in range(random.randint(1, most)):
        text = random.choice(mutations)(text, random)
    return text[:50_000]


def _on_lines(change: Callable[[list[str], int, int, Random], list[str]]) -> Mutation:
    """A mutation of some lines of a text: those from the one number to the other."""

    def mutation(text: str, random: Random) -> str:
        lines = text.splitlines(keepends=True) or ["\n"]
        start = random.randrange(len(lines))
        end = min(len(lines), start + random.choice((1, 1, 1, 2, 4, 16)))
        lines[start:end] = change(lines, start, end, random)
        return "".join(lines)

    return mutation


def _indented(lines: list[str], start: int, end: int, random: Random) -> list[str]:
    by = random.choice((-4, -2, -1, 1, 2, 4))
    return [" " * by + line if by > 0 else line[-by:] for line in lines[start:end]]


def _moved(lines: list[str], start: int, end: int, random: Random) -> list[str]:
    part = lines[start:end]
    random.shuffle(part)
    return part


def _with_another(lines: list[str], start: int, end: int, random: Random) -> list[str]:
    other = random.choice(BASES).splitlines(keepends=True)
    at = random.randrange(len(other))
    return lines[start:end] + other[at : at + random.choice((1, 4, 16))]


def _with_a_line(lines: list[str], start: int, end: int, random: Random) -> list[str]:
    indent = len(lines[start]) - len(lines[start].lstrip(" "))
    return [*lines[start:end], " " * indent + random.choice(LINES) + "\n"]


def _with_a_value(lines: list[str], start: int, _end: int, random: Random) -> list[str]:
    head, colon, value = lines[start].partition(":")
    new = random.choice(_VALUES)
    kept = random.choice((f" {new}", f" {new}{value.rstrip()}", f"{value.rstrip()}{new}"))
    return [f"{head}{colon or ':'}{kept}\n", *lines[start + 1 : _end]]


def _with_a_key(lines: list[str], start: int, end: int, random: Random) -> list[str]:
    head, colon, value = lines[start].partition(":")
    indent = len(head) - len(head.lstrip(" -"))
    return [f"{head[:indent]}{random.choice(_VALUES)}{colon}{value}", *lines[start + 1 : end]]


def _in_flow(lines: list[str], start: int, end: int, random: Random) -> list[str]:
    opening, closing = random.choice(("{}", "[]", '""', "''"))
    return [opening, *lines[start:end], closing, "\n"]


def _character(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(_CHARACTERS) + text[at + random.choice((0, 1)) :]


def _cut(text: str, random: Random) -> str:
    return text[: random.randrange(len(text) + 1)]


def _line_breaks(text: str, random: Random) -> str:
    new = random.choice(("\r\n", "\r", "\x85", "\u2028"))
    return text.replace("\n", new, random.choice((-1, 1, 10)))


if TYPE_CHECKING:
    Mutation = Callable[[str, Random], str]

_MUTATIONS: tuple[Mutation, ...] = (
    _on_lines(lambda *_: []),
    _on_lines(lambda lines, start, end, _: lines[start:end] * 2),
    _on_lines(_indented),
    _on_lines(_moved),
    _on_lines(_with_another),
    _on_lines(_with_a_line),
    _on_lines(_with_a_value),
    _on_lines(_with_a_value),
    _on_lines(_with_a_value),
    _on_lines(_with_a_key),
    _on_lines(_in_flow),
    _character,
    _character,
    _cut,
    _line_breaks,
)
