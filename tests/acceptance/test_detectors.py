"""What breaks when sets are converted, found in all items of a list: interface, section 4."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from modelserving_lws.functions.convert.convert import convert
from modelserving_lws.wire.resource_list import ResourceList
from tests.leaderworkersets import SERVING, SET, config
from tests.manifests import resource_list, stream

if TYPE_CHECKING:
    from tests.running import Finished, Program

FUNCTION = ("--function", "ConvertLeaderWorkerSet")
HOSTS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: hosts
  namespace: serving
data:
  hosts: |
    localhost slots=8
    chat-0-1.chat.serving.svc slots=8
"""
OTHER = SET.replace("name: chat", "name: talk")
FOUND = ("error", "ConfigMap", "data.hosts")
RELIED = ("error", "LeaderWorkerSet", "metadata.name")


def problems(finished: Finished) -> list[tuple[str, str, str]]:
    """Severity, kind and path of what is no info, and on an object."""
    results: list[Any] = yaml.safe_load(finished.stdout).get("results", [])
    return [
        (result["severity"], result["resourceRef"]["kind"], result["field"]["path"])
        for result in results
        if result["severity"] != "info" and "resourceRef" in result
    ]


def test_a_set_stays_that_other_items_name_the_pods_of(program: Program) -> None:
    finished = program(stream(HOSTS, SET, OTHER), *FUNCTION)
    assert finished.code == 1
    talk = SERVING.replace("name: chat", "name: talk")
    assert finished.stdout == stream(HOSTS, SET, talk)
    assert "turned 1 LeaderWorkerSet into 1 ModelServing" in finished.stderr
    in_list = program(resource_list(HOSTS, SET, OTHER, config=config()))
    assert problems(in_list) == [RELIED, FOUND]


def test_it_is_converted_where_that_is_allowed(program: Program) -> None:
    finished = program(resource_list(HOSTS, SET, config=config("allowLossy: true")))
    assert finished.code == 0
    assert problems(finished) == [("warning", "ConfigMap", "data.hosts")]
    assert yaml.safe_load(finished.stdout)["items"][1] == yaml.safe_load(SERVING)
    again = program(finished.bytes)
    assert (again.bytes, again.code) == (finished.bytes, 0)


def test_a_report_has_it_and_counts_it(program: Program) -> None:
    finished = program(resource_list(HOSTS, SET, config=config("reportOnly: true")))
    not_carried = ("warning", "LeaderWorkerSet", "spec.leaderWorkerTemplate")
    assert problems(finished) == [RELIED, not_carried, FOUND]
    assert finished.stderr.startswith("0 of 1 LeaderWorkerSet can be converted: 2 errors, 1 warn")
    assert yaml.safe_load(finished.stdout)["items"] == [*yaml.safe_load_all(stream(HOSTS, SET))]


def bomb(levels: int) -> str:
    """A field whose aliases stand for so many times ten nodes, multiplied."""
    lines = "".join(f"- &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(levels - 1))
    return f"x:\n- &a0 [{', '.join(['y'] * 10)}]\n{lines}"


FLOW = "{apiVersion: v1, kind: ConfigMap, metadata: {name: h}, data: {hosts: chat-0.chat}}\n"
LIST = "apiVersion: v1\nkind: List\nitems:\n- " + HOSTS.replace("\n", "\n  ").rstrip(" ")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(
            {"apiVersion": "v1", "kind": "List", "items": [*map(yaml.safe_load, (HOSTS, SET))]}
        ),
        stream(HOSTS.replace("data:", "x: &x y\ndata:"), SET),
        stream(HOSTS.replace("kind: ConfigMap", 'kind: "ConfigMap"'), SET),
        stream(FLOW, SET),
        stream(LIST, SET),
        stream(HOSTS, SET).replace("\n", "\r\n"),
    ],
    ids=["JSON", "anchor", "quoted kind", "flow", "List in a stream", "CRLF"],
)
def test_it_is_found_however_the_items_are_written(program: Program, text: str) -> None:
    finished = program(text, *FUNCTION)
    assert (finished.bytes, finished.code) == (text.encode(), 1)
    assert "data.hosts: `chat-0" in finished.stderr


@pytest.mark.parametrize(
    "item",
    [
        HOSTS.replace("ConfigMap", "Secret"),
        HOSTS.replace("namespace: serving", "namespace: elsewhere").replace(".serving.svc", ""),
        HOSTS + bomb(7),
        HOSTS + "  more: " + "x" * 1_500_000 + "\n",
        HOSTS + "x: " + "[" * 1_100 + "]" * 1_100 + "\n",
    ],
    ids=["Secret", "another namespace", "many nodes", "too long", "too deep"],
)
def test_items_that_nobody_reads_are_passed_through_unsearched(program: Program, item: str) -> None:
    finished = program(stream(item, SET), *FUNCTION)
    assert finished.stdout == stream(item, SERVING)
    assert finished.code == 0
    assert "hosts" not in finished.stderr


def test_items_are_searched_as_far_as_all_their_aliases_are_within_the_bounds(
    program: Program,
) -> None:
    text = stream(*[HOSTS + bomb(5)] * 12, SET)
    finished = program(text, *FUNCTION)
    assert (finished.stdout, finished.code) == (text, 1)
    lines = finished.stderr.splitlines()
    assert lines[0].startswith("[error] leaderworkerset.x-k8s.io/v1/LeaderWorkerSet/serving/chat")
    assert 1 < len(lines) < 12


def test_nothing_is_searched_without_a_set(program: Program) -> None:
    finished = program(HOSTS, *FUNCTION)
    assert (finished.stdout, finished.code) == (HOSTS, 0)
    assert finished.stderr == "[info] no LeaderWorkerSet among the 1 item\n"


def test_many_errors_of_other_items_are_one_on_the_set(program: Program) -> None:
    finished = program(stream(HOSTS, HOSTS.replace("name: hosts", "name: more"), SET), *FUNCTION)
    assert "while v1/ConfigMap/serving/hosts data.hosts (and 1 more) relies" in finished.stderr


def test_the_way_of_the_expansion_counts() -> None:
    field = "metadata.labels['leaderworkerset.sigs.k8s.io/group-key']"
    text = SET.replace(
        "            ports:",
        "            env:\n            - name: KEY\n              valueFrom:\n                "
        f"fieldRef:\n                  fieldPath: {field}\n            ports:",
    )
    for with_policy, message in ((False, "reads-group-key"), (True, "group-key-differs")):
        results = convert(ResourceList(text), {}, with_policy=with_policy)
        assert next(result.id for result in results if result.reference) == message
