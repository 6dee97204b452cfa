"""What is wrong with a text that is no YAML, in words. Imported only where a text is none.

The parser's own texts are those of libyaml `src/scanner.c` and `src/parser.c`, which PyYAML's
parser in Python shares in part.
"""

from __future__ import annotations

import yaml

from ..results.errors import InputError
from ..results.result import quoted
from .lines import line_end, line_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TEMPLATE = "{{"
_KEY = "expected a key of the mapping that begins at {place}: check the indentation and the quotes"
_ENTRY = "expected an entry of the list that begins at {place}: check the indentation"
# The words for a problem, by a part of the parser's text, and of the text for what it was reading.
_WORDS = (
    ("", "tab character", "a tab, where YAML takes spaces alone"),
    ("", "wrong start", "a value must not begin with {found}: quote it"),
    ("", "node content", "expected a value; found {found}"),
    ("quoted scalar", "end of stream", "the quote that opens at {place} is not closed"),
    ("quoted scalar", "document", "the quote that opens at {place} is not closed"),
    ("quoted scalar", "escape character", "an unknown escape in the double quotes of {place}"),
    ("flow mapping", "',' or '}'", "the `{{` at {place} is not closed, or a comma is missing"),
    ("flow sequence", "',' or ']'", "the `[` at {place} is not closed, or a comma is missing"),
    ("", "mapping values are not allowed", "a `:` behind a value: quote one that has `: ` in it"),
    ("", "could not find expected ':'", "the key at {place} has no colon"),
    ("block mapping", "expected key", _KEY),
    ("block mapping", "expected <block end>", _KEY),
    ("block collection", "expected '-'", _ENTRY),
    ("block collection", "expected <block end>", _ENTRY),
)  # fmt: skip


def problem_of(text: str, start: int, error: yaml.MarkedYAMLError, loader: Any) -> InputError:
    """The error for a text whose part from `start` on PyYAML's `loader` does not read."""
    mark = error.problem_mark or error.context_mark
    position = start if mark is None else mark.index + start
    opened = position if error.context_mark is None else error.context_mark.index + start
    context, problem = error.context or "", error.problem or ""
    found = text[position : position + 1]
    if "cannot start any token" in problem:
        problem = "tab character" if found == "\t" else "wrong start"
    words = next((words for of, part, words in _WORDS if of in context and part in problem), "")
    words = words.format(place=_place(text, opened), found=quoted(found))
    quote = _quote_before(text, start, position, loader) if "expected" in problem else None
    if quote is not None:
        words = f"text behind a quote that closes here; it opens at {_place(text, quote)}"
    is_template = any(
        _TEMPLATE in text[line_start(text, place) : line_end(text, place)[0]]
        for place in (opened, position)
    )
    if "<document start>" in problem:  # something stands before the first mapping
        is_template = text[start:position].lstrip().startswith(_TEMPLATE)
    problem = words or " ".join(filter(None, (context, problem)))
    if is_template:
        return InputError("helm-template", text, position, problem=f"not YAML: {problem}")
    return InputError("not-yaml", text, position, problem=problem)


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"line {line}, column {position - text.rfind(chr(10), 0, position)}"


def _quote_before(text: str, start: int, position: int, loader: Any) -> int | None:
    """Where the quoted text opens that ends right before the position, if on another line: a quote
    that is missing above makes the next one close it.
    """
    found: Any = None
    parser = loader(text[start:])
    try:
        while (event := parser.get_event()) is not None:
            if isinstance(event, yaml.ScalarEvent) and event.style in ("'", '"'):
                found = event.start_mark, event.end_mark
    except yaml.YAMLError:
        pass
    finally:
        parser.dispose()
    if found is None or found[0].line == found[1].line:
        return None
    begin, end = found[0].index + start, found[1].index + start
    return None if end > position or text[end:position].strip(" \t") else begin
