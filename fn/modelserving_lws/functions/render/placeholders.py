"""Many manifests that differ in numbers alone, made of one that has gaps in place of these."""

from __future__ import annotations

import os
import re

from ...kthena.values import group_key
from ...results.quoting import quote
from ...yamltext.nodes import DETACHED, Sequence
from ...yamltext.write import block, flow, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...wire.list_edits import Place
    from ...yamltext.nodes import Mapping, Node

_DIGITS = 10**9


class Gaps:
    """Numbers that stand for those of a pod: of its ServingGroup, its role, itself and its place in
    the file. They are numbers as a pod may have them, and ones that the text does not have. `more`
    is the name of an env var that stands for some or none.
    """

    def __init__(self, text: str) -> None:
        numbers: list[str] = []
        while len(numbers) < 5:
            number = str(_DIGITS + int.from_bytes(os.urandom(4), "big") % _DIGITS)
            if number not in text and number not in numbers:
                numbers.append(number)
        self.ordinal, self.replica, self.index, self.place, more = numbers
        self.more = f"env-{more}"
        self.numbers = dict(zip(("ordinal", "replica", "index", "place"), numbers, strict=False))


class Shape:
    """A manifest as it is written at a place, with gaps; `more` are the env entries that stand
    where the gap for them is, once for each worker before. `keyed` are names of sets whose groups'
    keys it may have.
    """

    def __init__(
        self, manifest: str, place: Place, gaps: Gaps, keyed: list[str], more: list[Mapping]
    ) -> None:
        text = place.written(manifest)
        self._repeated: dict[str, str] = {}
        if more:
            text = self._with_more(text.replace("%", "%%"), place, gaps, more)
        else:
            text = text.replace("%", "%%")
        self._write = quote if place.is_json else write
        self._keyed: list[tuple[str, str]] = []
        for i, name in enumerate(keyed):
            key = group_key(f"{name}-{gaps.ordinal}")
            if key in text:
                written = f'"{key}"' if f'"{key}"' in text else key
                text = text.replace(written, f"%(key{i})s")
                self._keyed.append((f"key{i}", name))
        for name, number in gaps.numbers.items():
            text = text.replace(number, f"%({name})s")
        self._text = text

    def _with_more(self, text: str, place: Place, gaps: Gaps, more: list[Mapping]) -> str:
        name = f'"?name"?: "?{gaps.more}"?'
        units: dict[str, str] = {}

        def gap(unit: str) -> str:
            units.setdefault(unit, f"more{len(units)}")
            return f"%({units[unit]})s"

        def lines(match: re.Match[str]) -> str:
            listed = Sequence(DETACHED, DETACHED, False)
            nodes: list[Node] = [*more]
            listed.entries = nodes
            written = block(listed, len(match[1]), "") + "\n"
            return gap(match[1] + written.replace("\n", place.line_break))

        def inline(match: re.Match[str]) -> str:
            return gap("".join(flow(node, "", place.is_json) + match[1] for node in more))

        text = re.sub(rf"(?<![^\r\n])( *)- (?:{name}|\{{{name}\}}) *[\r\n]+", lines, text)
        text = re.sub(rf"\{{{name}\}}(,\s*)", inline, text)
        self._repeated = {key: unit for unit, key in units.items()}
        return text

    def length(self, index: int) -> int:
        """About how many characters a manifest has."""
        before = max(index - 1, 0)
        return len(self._text) + sum(map(len, self._repeated.values())) * before

    def filled(self, ordinal: str, replica: str, index: int, place: int) -> str:
        """The manifest with these numbers."""
        values = {"ordinal": ordinal, "replica": replica, "index": index, "place": place}
        text: dict[str, object] = {**values}
        for key, name in self._keyed:
            text[key] = self._write(group_key(f"{name}-{ordinal}"))
        for key, unit in self._repeated.items():
            text[key] = unit * (index - 1)
        return self._text % text
