"""Mutations of YAML texts after most of which they are YAML still, and often the same data:
comments in odd places, explicit and quoted keys, block scalars, values on several lines, tabs,
anchors, merge keys, markers of documents, other line breaks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    Mutation = Callable[[str, Random], str]

_KEY = re.compile(r"""^( *(?:- )*)([\w./-]+|"[^"]*"|'[^']*'):(?: (.*))?$""")
_COMMENTS = (" # c", " # 'c", "  # {c", "\t# c", " #")
_BREAKS = ("\x85", "\u2028", "\u2029", "\r", "\r\n", "\r\x85", "\n\x85", "\ufeff", "\xa0")
_BODIES = ("a\nb", "a\n\n b", "a # b\n# c", "# a", "a: b\n- c", "{a", "a\n\n", "a")
_HEADERS = ("|", ">", "|-", ">-", "|+", ">+", "|{}", "|{}-", ">{}+", "| # c", "|+ # c")
_MARKERS = (
    "---", "--- ", "--- # c", "...", "%YAML 1.1\n---", "%TAG ! tag:a.b,2000:\n---", "...\n---",
    "---\n---", "---\n# c\n---", "...\n%YAML 1.1\n---", "\ufeff---", "# c", "---\n\n", "... # c",
)  # fmt: skip


class _Line:
    """A line with a key: what stands before the key, the key, and its value on the same line, empty
    for none.
    """

    def __init__(self, match: re.Match[str], random: Random) -> None:
        self.head, self.key, value = match.groups()
        self.value = value or ""
        self.behind = "" if value is None else f" {value}"
        self.random = random
        self.indent = " " * len(self.head)

    def deeper(self, *steps: int) -> str:
        return self.indent + " " * self.random.choice(steps)

    def written(self, behind: str) -> str:
        return f"{self.head}{self.key}:{behind}"


def _with_key(change: Callable[[_Line], str]) -> Mutation:
    """A mutation of one line that has a key."""

    def mutation(text: str, random: Random) -> str:
        lines = text.split("\n")
        found = [(i, match) for i, line in enumerate(lines) if (match := _KEY.match(line))]
        if found:
            i, match = random.choice(found)
            lines[i] = change(_Line(match, random))
        return "\n".join(lines)

    return mutation


def _explicit(line: _Line) -> str:
    comment = line.random.choice(("", *_COMMENTS))
    return f"{line.head}? {line.key}{comment}\n{line.indent}:{line.behind}"


def _quoted(line: _Line) -> str:
    written = line.random.choice(("'{}'", '"{}"', '"{}" ', "!!str {}", "&k {}", "'{}' "))
    return line.head + written.format(line.key.strip("\"'")) + ":" + line.behind


def _comment(line: _Line) -> str:
    return line.written(line.behind + line.random.choice(_COMMENTS))


def _comment_below(line: _Line) -> str:
    indent = line.random.choice(("", line.indent, line.indent[2:], line.deeper(2, 4)))
    return line.written(line.behind) + f"\n{indent}#{line.random.choice((' c', '- a: b', ''))}"


def _comment_above(line: _Line) -> str:
    indent = line.random.choice(("", line.indent, line.indent[2:], line.deeper(2)))
    return f"{indent}# above\n" + line.written(line.behind)


def _below(line: _Line) -> str:
    comment = f"\n{line.indent}  # d" * line.random.randint(0, 1)
    return line.written(f"{line.random.choice(('', ' # c'))}{comment}\n{line.indent}  {line.value}")


def _block(line: _Line) -> str:
    by = line.random.choice((1, 2, 3, 4))
    header = line.random.choice(_HEADERS).format(by)
    body = line.random.choice((line.value or "a", line.random.choice(_BODIES)))
    indent = line.deeper(by)
    body = "".join(f"\n{indent}{it}" if it else "\n" for it in body.split("\n"))
    end = line.random.choice(("", "\n", "\n\n", f"\n{indent}", f"\n{line.indent}# c"))
    return line.written(f" {header}{body}{end}")


def _folded(line: _Line) -> str:
    quote = line.random.choice(("", '"', "'"))
    text = line.value.strip("\"'") or "a b"
    words = text.split(" ") if " " in text else [text[: len(text) // 2] or "a", text[-1]]
    fold = line.random.choice(("\n", "\n\n", "\\\n" if quote == '"' else "\n"))
    text = (fold + line.deeper(1, 2, 4)).join(words)
    return line.written(f" {quote}{text}{quote}{line.random.choice(('', '', ' # c'))}")


def _flow(line: _Line) -> str:
    value = "a" if line.value[:1] in ("", *"|>&*!#") else line.value
    below = line.random.choice(("", " # c", " # [c")) + "\n" + line.deeper(1, 2, 4)
    ways = (
        f"[{below}{value}{below}]", f"{{{below}a: {value},{below}b: c}}", f"[{value},]",
        f"[{value}, {{a: b}},{below}c]", "{a: , b}", "[a: b, ? c : d]", f'{{"a":{value}}}',
    )  # fmt: skip
    return line.written(f" {line.random.choice(ways)}")


def _twice(line: _Line) -> str:
    behind = line.random.choice((line.behind, " a", ""))
    return line.written(line.behind) + f"\n{line.indent}{line.key}:{behind}"


def _blanks(line: _Line) -> str:
    below = line.random.choice(("\n\t", f"\n{line.indent}  \t\n", f"\n{' ' * 30}\t", "\n   ", ""))
    colon = line.random.choice((":", ":", "\t:", " :", ":\t", ":   "))
    end = line.random.choice(("", "\t", "   "))
    return f"{line.head}{line.key}{colon}{line.behind}{end}{below}"


def _marked(line: _Line) -> str:
    mark = line.random.choice((" &m", " !!str", " !t", " !!map &m", " !!null", " &m # c\n"))
    behind = f"{line.indent}  {line.value}" if mark[-1] == "\n" else line.behind
    return line.written(f"{mark}{behind}")


def _merged(line: _Line) -> str:
    merges = (
        "{zz: b}", "{zz: b, yy: c}", "[{zz: b}, {zz: c}]", "{}", f"\n{line.indent}  zz: b",
        f"# c\n{line.indent}  {{zz: b}}", "&m {zz: b}",
    )  # fmt: skip
    merge, pair = f"<<: {line.random.choice(merges)}", f"{line.key}:{line.behind}"
    pairs = line.random.choice(((merge, pair), (pair, merge)))
    return line.head + f"\n{line.indent}".join(pairs)


def _other_break(line: _Line) -> str:
    it, text = line.random.choice(_BREAKS), line.written(line.behind)
    ways = (
        f"{text}{it}{line.indent}", f"{text} # a{it}{line.indent}# b", f"{it}{text}",
        f"{text}{it}", line.written(f' "a{it}b"'), line.written(f" 'a {it} b'"),
    )  # fmt: skip
    return line.random.choice(ways)


def _long(line: _Line) -> str:
    return line.written(line.random.choice((" a" * 3_000, " " + "a" * 9_000)))


def _marker(text: str, random: Random) -> str:
    lines = text.split("\n")
    tops = [i for i, line in enumerate(lines) if line[:1] not in (" ", "-", "#", "")] or [0]
    at = random.choice((0, random.choice(tops), random.choice(tops), len(lines) - 1))
    lines.insert(at, random.choice(_MARKERS))
    return "\n".join(lines)


def _whole(text: str, random: Random) -> str:
    ways = (
        text.replace("\n", "\r\n"), f"\ufeff{text}", text.rstrip("\n"), f"{text}\n\n",
        f"{text}# end", f"{text}\n...\n", f"{text}---\n", text.replace("\n", "\n\n"),
        re.sub("(?m)$", " ", text),
        f"\n\n# head\n\n{text}", re.sub("(?m)^( *)- ", r"\1-   ", text),
        re.sub(r"(?m)^( *)-( +)(?=\w)", r"\1-\n\1  ", text),
    )  # fmt: skip
    return random.choice(ways)


MUTATIONS: tuple[Mutation, ...] = (
    *map(
        _with_key,
        (
            _explicit, _quoted, _comment, _comment_below, _comment_above, _below, _block, _block,
            _folded, _flow, _twice, _blanks, _marked, _merged, _other_break, _long,
        ),
    ),
    _marker,
    _whole,
)  # fmt: skip
