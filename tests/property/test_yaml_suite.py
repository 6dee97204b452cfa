"""The cases of the YAML test suite keep their bytes, anywhere in a list, with each reader."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import pytest
import yaml

from modelserving_lws.pipeline import run
from modelserving_lws.results.errors import InputError
from tests.manifests import (
    CONFIG_MAP,
    INJECT_LWS,
    INJECTED_WORKER,
    LIST_HEAD,
    SERVING,
    WORKER,
    indent,
)
from tests.property.test_readers import outcome
from tests.running import ROOT

CASES: dict[str, str] = {
    case["id"]: case["yaml"]
    for case in json.loads((ROOT / "tests" / "corpus" / "yaml-test-suite.json").read_text())
}
OTHER = "apiVersion: v1\nkind: Other\n"
CONFIG = "functionConfig:\n  " + indent(INJECT_LWS, 2)
INFO = "wrote the LWS contract into 1 pod of 1 ModelServing: 4 labels, 2 annotations, 3 env vars"
RESULTS = f'results:\n- message: "{INFO}"\n  severity: info\n'
# The lines of the worker below which a case stands as a field, and the field's column.
PLACES = {
    "kind: Pod\n": 0,
    "  namespace: serving\n": 2,
    "    modelserving.volcano.sh/role: main\n": 4,
    "spec:\n": 2,
    "  - name: engine\n": 4,
    '    - name: WORKER_INDEX\n      value: "1"\n': 4,
}
EMPTY = WORKER.replace("spec:\n", "  annotations: {}\nspec:\n  initContainers:\n  - env: []\n")
# Lines of the ModelServing and of EMPTY that are read, with a value that a case takes the place of.
READ = (
    "kind: Pod\n",
    "    modelserving.volcano.sh/name: chat\n",
    "      value: chat-1-main-0-0.serving\n",
    "  replicas: 2\n",
    "  annotations: {}\n",
    "  - env: []\n",
)


def shifted(text: str, by: int) -> str:
    """The text with every line but the first and the empty ones moved to the right."""
    return re.sub(r"(?<=\n)(?=[^\n])", " " * by, text)


def ways(text: str) -> dict[str, str]:
    """How a case may stand behind a key or a dash: where its `---` is, else below and beside it."""
    text = text.removesuffix("...\n")
    if re.match(r"---\s", text):
        return {"in place of ---": text[3:]}
    return {"below": "\n" + text, "beside": " " + text}


def field(head: str, value: str) -> str:
    """A case as the value of a key; `head` is the line up to the colon."""
    column = len(head) - len(head.lstrip(" -"))
    return ended(f"{head}:{shifted(value, column + 2)}")


def ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def listed(*items: str, end: str = "") -> str:
    return LIST_HEAD + "".join(f"- {shifted(item, 2)}" for item in items) + end


def entry(value: str) -> str:
    """A list of which a case is the only entry."""
    return f"{LIST_HEAD}-{shifted(value, 2)}"


def events(text: str) -> list[str]:
    """What the text means to PyYAML, with anchors and tags."""
    return [repr(event) for event in yaml.parse(text, yaml.CSafeLoader)]


def is_yaml(text: str) -> bool:
    with suppress(yaml.YAMLError):
        return bool(events(text))
    return False


def are_mappings(text: str) -> bool:
    """Whether PyYAML reads the text as mappings and nothing else."""
    with suppress(yaml.YAMLError):
        roots = yaml.compose_all(text, yaml.CSafeLoader)
        return all(isinstance(root, yaml.MappingNode) for root in roots)
    return False


def unmoved(value: str, *items: str, end: str = "") -> str:
    """A list with a case in place of each CASE, its lines where they are in the suite."""
    return listed(*items, end=end).replace(" CASE\n", ended(value))


def goes_on_left(value: str) -> bool:
    """Whether a case may have lines left of its key, as quoted text and flow collections may."""
    with suppress(yaml.YAMLError):
        root: Any = yaml.compose(unmoved(value, "data: CASE\n", OTHER), yaml.CSafeLoader)
        is_whole = len(root.value) == 3 and len(root.value[2][1].value) == 2
        return is_whole and value != shifted(value, 2)
    return False


def output(text: str) -> str:
    return run(text.encode()).output.decode()


ALL = {f"{name} {way}": value for name, text in CASES.items() for way, value in ways(text).items()}
# A case takes part in a way where PyYAML reads it, moved there, without error. That leaves out
# directives, document markers within the case, and what is no YAML to PyYAML anyway.
VALUES = {name: value for name, value in ALL.items() if is_yaml(OTHER + field("data", value))}
# Cases with a line that looks like an item.
LOOKALIKES = {
    f"{name} with a lookalike": value.replace("\n", "\n- kind: Other\n", 1)
    for name, value in ALL.items()
}
LEFT = {name: value for name, value in (ALL | LOOKALIKES).items() if goes_on_left(value)}
every_value = pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
either_line_break = pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["LF", "CRLF"])


def test_most_cases_take_part() -> None:
    assert len(CASES) == 402
    assert len(VALUES) >= 300
    assert len(LEFT) >= 45
    assert len({name.split()[0] for name in VALUES}) >= 240
    assert sum(map(are_mappings, CASES.values())) >= 120
    assert sum(are_mappings(entry(value)) for value in ALL.values()) >= 420


@every_value
@either_line_break
def test_a_list_without_pods_comes_out_as_it_went_in(value: str, line_break: str) -> None:
    item = OTHER + field("data", value)
    whole = OTHER + "data:" + shifted(value, 2)  # may lack a line break at its end
    for items in ([whole], [item, CONFIG_MAP], [CONFIG_MAP, item, CONFIG_MAP], [CONFIG_MAP, whole]):
        text = listed(*items).replace("\n", line_break)
        assert output(text) == text


@pytest.mark.parametrize("name", ALL)
@either_line_break
def test_an_item_beside_a_pod_comes_out_as_it_went_in(name: str, line_break: str) -> None:
    """Also one that is no YAML, unless that is an error."""
    item = OTHER + field("data", ALL[name])
    for before in ([item, SERVING, WORKER], [WORKER, item, SERVING], [SERVING, WORKER, item]):
        after = [INJECTED_WORKER if text == WORKER else text for text in before]
        try:
            text = output(listed(*before, end=CONFIG).replace("\n", line_break))
        except InputError:
            assert name not in VALUES
        else:
            wanted = listed(*after, end=CONFIG + RESULTS)
            assert text == wanted.replace("\n", line_break)


@every_value
def test_a_pod_is_injected_around_a_case(value: str) -> None:
    for line, column in PLACES.items():
        case = line + field(" " * column + "x-case", value)
        before = listed(SERVING, WORKER.replace(line, case), end=CONFIG)
        after = listed(SERVING, INJECTED_WORKER.replace(line, case), end=CONFIG + RESULTS)
        assert output(before) == after
        exact = outcome(before, by_lines=False)
        assert exact[0].decode() == after
        assert outcome(before, by_lines=True) == exact


@pytest.mark.parametrize("value", LEFT.values(), ids=list(LEFT))
def test_a_case_may_go_on_left_of_its_key(value: str) -> None:
    other = OTHER + "data: CASE\n"
    pod, injected = (
        text.replace("spec:\n", "spec:\n  x-case: CASE\n") for text in (WORKER, INJECTED_WORKER)
    )
    before = unmoved(value, other, SERVING, pod, end=CONFIG)
    assert output(before) == unmoved(value, other, SERVING, injected, end=CONFIG + RESULTS)


@every_value
def test_new_lines_below_a_case_leave_it_whole(value: str) -> None:
    """Annotations below one at the end of `metadata`, results below one at the end of the text.
    Where a case ends in comments or blank lines, the new lines stand above these.
    """
    case = field("  x-case", value)
    other = OTHER + field("data", value)
    pod = WORKER.replace("spec:\n", case + "spec:\n")
    injected = INJECTED_WORKER.replace("  annotations:\n", case + "  annotations:\n")
    text = output(listed(SERVING, pod, other))
    wanted = listed(SERVING, injected, other, end=RESULTS)
    assert events(text) == events(wanted)
    assert sorted(text.splitlines()) == sorted(wanted.splitlines())


@every_value
def test_either_reader_makes_the_same_of_a_case_that_is_read(value: str) -> None:
    for line in READ:
        case = field(line.partition(":")[0], value)
        text = listed(*(manifest.replace(line, case) for manifest in (SERVING, EMPTY)))
        exact = outcome(text, by_lines=False)
        assert is_yaml(exact[0].decode())
        assert outcome(text, by_lines=True) == exact


@pytest.mark.parametrize("name", CASES)
def test_a_case_as_the_input_or_as_an_item(name: str) -> None:
    """The output is the input, or there is an error."""
    for text in (CASES[name], *map(entry, ways(CASES[name]).values())):
        try:
            assert output(text) == text
        except InputError:
            assert not are_mappings(text)
