"""YAML that is hard to edit keeps every byte: in a list without pods, beside a pod, in a pod."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.manifests import INJECT_LWS, INJECTED_WORKER, SERVING, WORKER, resource_list, stream
from tests.property.test_yaml_suite import CONFIG, RESULTS

if TYPE_CHECKING:
    from tests.running import Program

LONG = "x" * 100_000
# Values of a key, from behind its colon to the last line break; further lines from column 2 on.
TRAPS = {
    "comments": " # a\n  # b\n\n # c\n# d\n  k: v # e\n  #f\n  l:\n  # - kind: Pod\n  - m # g\n",
    "comment-like text": " a#b\n",
    "1.1 booleans": " [yes, no, on, off, y, n, Yes, NO]\n",
    "1.1 numbers": "\n  a: 0777\n  b: 1_000\n  c: 12:30:45\n  d: 0b1\n  e: .inf\n  f: 0x_1\n",
    "1.1 oddities": "\n  a: =\n  b: <<\n  c: ~\n  d: 2001-01-01\n  =: e\n",
    "a block scalar like items": " |\n  - apiVersion: v1\n    kind: Pod\n  - kind: ModelServing\n",
    "a block scalar like a document": " |\n  apiVersion: v1\n  kind: Pod\n  ---\n  ...\n  items:\n",
    "a block scalar like keys": " >-\n  kind: Pod\n  metadata:\n    name: chat\n\n  results: []\n",
    "a block scalar with an indent": " |2+\n     a\n  b\n\n\n",
    "a block scalar that is kept": " |+\n  a\n\n \n\n",
    "a block scalar with tabs": " |\n  a\n  \tb\t\n",
    "a plain scalar in lines": " a\n   - kind\n   apiVersion\n   # c\n",
    "a quoted scalar in lines": ' "a\n   - kind: Pod\n\n   # b\n   \\"c\\\n   d"\n',
    "a single-quoted scalar in lines": " 'a\n   kind: Pod\n   it''s\n   # b'\n",
    "flow in lines": " {a: [\n    1,\n    kind: Pod, # c\n    ], 'b': \"c\"\n    }\n",
    "anchors": "\n  a: &a {b: c}\n  d: *a\n  e: &e\n  - f\n  g: [*e, *a]\n  <<: *a\n",
    "merge keys": "\n  a: &m {kind: Pod}\n  b:\n    <<: [*m, {c: d}]\n    kind: Other\n",
    "explicit keys": "\n  ? a\n  : b\n  ? - c\n  : - d\n  ? |\n    kind: Pod\n  : e\n  ? f\n",
    "empty keys and values": "\n  b:\n  c: ''\n  '': d\n  ? e\n",
    "tags": "\n  a: !!str 1\n  b: !local {c: d}\n  e: !<tag:x,2000:y> f\n  g: !!binary aGk=\n",
    "a tag of Python": ' !!python/object/apply:os.system ["true"]\n',
    "keys twice": "\n  a: b\n  kind: Pod\n  a: c\n  kind: Pod\n",
    "a sequence without an indent": "\n- a\n-\n- - b\n  - - c\n-  d: e\n   f: g\n",
    "sequences of comments": "\n  - # a\n    b: c\n  - # d\n  # e\n    - f\n",
    "emoji": ' "\U0001f600" # \U0001f468\u200d\U0001f469\n',
    "right-to-left text": " \u05e9\u05dc\u05d5 \u202eabc\u202c \u0645\u0631\u062d\n",
    "line breaks of Unicode": ' "a\x85b\u2028c\u2029d"\n',
    "line breaks of Unicode in a block scalar": (
        " |\n  a\x85         - kind: Pod\x85         b\u2028         c\n"
    ),
    "a byte order mark within": ' "\ufeffa"\n',
    "escapes": r' "\x6bind: \u0050od \U0001F600 \_ \N \e \/ \
   a"' + "\n",
    "a long line": f" {LONG}\n",
    "a long key": f"\n  ? {LONG}\n  : a\n",
    "a long flow": f" [{'a, ' * 20_000}b]\n",
    "spaces at the end": " a   \n  \n   \n",
    "a tab before a comment": " a\t# b\n",
    "what looks like the contract": "\n  leaderworkerset.sigs.k8s.io/name: x\n  env:\n  - a: X\n",
    "what looks like a template": " '{{ .Values.a }}'\n",
    "what looks like markers": ' "--- a"\n  # --- b\n',
}  # fmt: skip
every_trap = pytest.mark.parametrize("trap", TRAPS.values(), ids=list(TRAPS))
either_end = pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])


def field(trap: str, column: int = 0) -> str:
    """The trap as a field at a column."""
    return " " * column + "x-trap:" + re.sub(r"\n(?=[^\n])", "\n" + " " * column, trap)


def item(trap: str) -> str:
    return "apiVersion: v1\nkind: Other\n" + field(trap)


@every_trap
@either_end
def test_a_list_without_pods_keeps_every_byte(program: Program, trap: str, end: str) -> None:
    text = resource_list(item(trap), "kind: Other\n", item(trap)).replace("\n", end)
    for variant in (text, "\ufeff" + text, "# first\n" + text):
        finished = program(variant)
        assert (finished.stdout, finished.stderr, finished.code) == (variant, "", 0)


@every_trap
@either_end
def test_an_item_beside_a_pod_keeps_every_byte(program: Program, trap: str, end: str) -> None:
    before, after = (
        resource_list(item(trap), SERVING, worker, item(trap))
        for worker in (WORKER, INJECTED_WORKER)
    )
    finished = program((before + CONFIG).replace("\n", end))
    assert finished.stdout == (after + CONFIG + RESULTS).replace("\n", end)


@every_trap
@either_end
def test_a_pod_keeps_every_byte_but_the_contract(program: Program, trap: str, end: str) -> None:
    before, after = (
        stream(SERVING, worker.replace("spec:\n", field(trap) + "spec:\n" + field(trap, 2)))
        for worker in (WORKER, INJECTED_WORKER)
    )
    finished = program(before.replace("\n", end))
    assert finished.stdout == after.replace("\n", end), finished


def test_mixed_line_ends_stay_mixed(program: Program) -> None:
    """A new line ends as the line does behind which it stands."""
    lines = resource_list(SERVING, WORKER, item(TRAPS["comments"])).splitlines()
    text = "".join(line + ("\r\n" if i % 3 else "\n") for i, line in enumerate(lines))
    finished = program(text)
    kept = iter(re.findall("[^\n]*\n", finished.stdout))
    assert all(line in kept for line in re.findall("[^\n]*\n", text))
    assert "leaderworkerset.sigs.k8s.io/group-key" in finished.stdout


@pytest.mark.parametrize("trap", ["anchors", "merge keys"])
def test_anchors_and_aliases_may_be_in_different_items(program: Program, trap: str) -> None:
    other = "kind: Other\n" + field(TRAPS[trap].replace("a: &", "a: &shared-"))
    text = resource_list(other, SERVING, WORKER + "x: &y {z: 1}\n", "kind: Other\nx: *y\n")
    text = re.sub(r"\*([am])", r"*shared-\1", text)
    finished = program(text + CONFIG)
    wanted = text.replace(WORKER.replace("\n", "\n  "), INJECTED_WORKER.replace("\n", "\n  "))
    assert finished.stdout == wanted + CONFIG + RESULTS


@pytest.mark.parametrize("kind", ['"\\x6bind": Pod', "<<: *k", '!!str "\\x6bind": Pod'])
def test_a_kind_may_be_behind_an_escape_or_an_alias(program: Program, kind: str) -> None:
    other = "kind: Other\nx: &k {kind: Pod}\n"
    before, after = (
        resource_list(other, SERVING, worker.replace("kind: Pod", kind), config=INJECT_LWS)
        for worker in (WORKER, INJECTED_WORKER)
    )
    assert program(before).stdout == after + RESULTS


def test_a_merge_key_that_holds_itself_ends(program: Program) -> None:
    before, after = (
        resource_list("a: b\n<<: &l [*l]\n", SERVING, worker, config=INJECT_LWS)
        for worker in (WORKER, INJECTED_WORKER)
    )
    assert program(before).stdout == after + RESULTS
