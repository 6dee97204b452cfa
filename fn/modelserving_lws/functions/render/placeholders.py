"""Many manifests that differ in numbers, filled in from one pattern.

The controller's rules make one pod with placeholders, numbers that occur nowhere in the input. The
pattern has a `%` field for each, and `filled` puts a pod's own numbers there. Before, and after:

    metadata:                                        metadata:
      name: chat-1523901143-main-1702344110-0          name: chat-%(ordinal)s-main-%(replica)s-0
      labels:                                          labels:
        leaderworkerset.../group-key: 5d0c...            leaderworkerset.../group-key: %(key0)s
    env:                                             env:
    - name: env-1948812765                           %(more0)s- name: GROUP_SIZE
    - name: GROUP_SIZE

The env entry of the last placeholder stands for what earlier workers left, as often as there are
earlier workers.
"""

from __future__ import annotations

import os
import re

from ...kthena.names import group_name
from ...lws.contract import group_key
from ...results.result import quote
from ...yamltext.lines import LINE_BREAKS
from ...yamltext.nodes import DETACHED, Sequence
from ...yamltext.write import block, flow, laid_out, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...wire.list_edits import Place
    from ...yamltext.edit import Document
    from ...yamltext.nodes import Mapping, Node

_DIGITS = 10**9


class Placeholders:
    """Placeholders for the numbers of a pod's ServingGroup, of its role's replica, of itself, and
    of its index in a file; `leftover` is the name of an env var for what earlier workers left.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        """`documents` are the input, which holds none of them."""
        texts = [document.source for document in documents]
        numbers: list[str] = []
        while len(numbers) < 5:
            number = str(_DIGITS + int.from_bytes(os.urandom(4), "big") % _DIGITS)
            if number not in numbers and not any(number in text for text in texts):
                numbers.append(number)
        self.ordinal, self.replica, self.index, self.file_index, last = numbers
        self.leftover = f"env-{last}"
        names = ("ordinal", "replica", "index", "file_index")
        self.numbers = dict(zip(names, numbers, strict=False))


class Pattern:
    """A manifest with placeholders, as it is written at its place in the list."""

    def __init__(
        self,
        manifest: str,
        place: Place,
        placeholders: Placeholders,
        sets: list[str],
        leftover: list[Mapping],
    ) -> None:
        """`sets` are the names of sets whose groups' keys the manifest may have; `leftover` are the
        env entries that each earlier worker left.
        """
        text = place.written(manifest).replace("%", "%%")
        self._repeated: dict[str, str] = {}
        if leftover:
            text = self._with_leftover(text, place, placeholders, leftover)
        self._write = quote if place.is_json else write
        self._sets: list[tuple[str, str]] = []
        for i, name in enumerate(sets):
            key = group_key(group_name(name, placeholders.ordinal))
            if key in text:
                written = f'"{key}"' if f'"{key}"' in text else key
                text = text.replace(written, f"%(key{i})s")
                self._sets.append((f"key{i}", name))
        for name, number in placeholders.numbers.items():
            text = text.replace(number, f"%({name})s")
        self._text = text

    def _with_leftover(
        self, text: str, place: Place, placeholders: Placeholders, leftover: list[Mapping]
    ) -> str:
        name = f'"?name"?: "?{placeholders.leftover}"?'
        units: dict[str, str] = {}

        def field(unit: str) -> str:
            units.setdefault(unit, f"more{len(units)}")
            return f"%({units[unit]})s"

        def lines(match: re.Match[str]) -> str:
            listed = Sequence(DETACHED, DETACHED, False)
            nodes: list[Node] = [*leftover]
            listed.entries = nodes
            written = block(listed, len(match[1]), "") + "\n"
            return field(match[1] + written.replace("\n", place.line_break))

        def inline(match: re.Match[str]) -> str:
            before, behind = match.groups()
            space = behind[1:]
            same = (space, before.removeprefix(space)) if before else None
            each = [laid_out(flow(it, "", place.is_json), same) for it in leftover]
            return field("".join(entry + behind for entry in each))

        entry = rf"(?<![^{LINE_BREAKS}])( *)- (?:{name}|\{{{name}\}}) *[{LINE_BREAKS}]+"
        text = re.sub(entry, lines, text)
        text = re.sub(rf"\{{(\s*){name}\s*\}}(,\s*)", inline, text)
        self._repeated = {key: unit for unit, key in units.items()}
        return text

    def length(self, index: int) -> int:
        """About how many characters the manifest of the pod with this index has."""
        before = max(index - 1, 0)
        return len(self._text) + sum(map(len, self._repeated.values())) * before

    def filled(self, ordinal: int, replica: int, index: int, file_index: int) -> str:
        """The manifest with these numbers."""
        fields: dict[str, object] = {
            "ordinal": ordinal,
            "replica": replica,
            "index": index,
            "file_index": file_index,
        }
        for key, name in self._sets:
            fields[key] = self._write(group_key(group_name(name, ordinal)))
        for key, unit in self._repeated.items():
            fields[key] = unit * (index - 1)
        return self._text % fields
