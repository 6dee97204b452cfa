"""The judge finds what a run may not do, and nothing in what it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelserving_lws.pipeline import run
from tests.judge.places import CONVERT, EXPAND, INJECT, RENDER, listed, lws, pod, serving, workers

if TYPE_CHECKING:
    from tests.judge.judge import Judge

_OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other # kept\ndata:\n  a: yes\n"
_INPUTS = {
    INJECT: listed(pod(end="    - name: A\n      value: b # kept\n"), _OTHER),
    EXPAND: listed(workers("env:", "- name: A", "  value: b # kept", "args: [x]"), _OTHER),
    CONVERT: listed(
        lws(container="          args: [x] # kept\n").replace("size: 2", "size: 2 # both"), _OTHER
    ),
    RENDER: listed(serving(), workers("args: [x]").replace("name: chat", "name: talk"), _OTHER),
}
# What is done to the right output, and a part of what the judge must say then.
_WRONG = [
    (INJECT, "value: b # kept", "value: c # kept", "value is"),
    (INJECT, "value: b # kept", "value: b", "# kept"),
    (INJECT, 'worker-index: "1"', 'worker-index: "0"', "worker-index is"),
    (INJECT, 'worker-index: "1"', "worker-index: 1", "no string"),
    (INJECT, "group-key: ", "group-key: a", "group-key is"),
    (INJECT, "group-index", "group-count", "group-index"),
    (INJECT, 'sigs.k8s.io/size: "3"', 'sigs.k8s.io/size: "2"', "size is"),
    (INJECT, "- name: LWS_GROUP_SIZE", "- name: LWS_GROUP_COUNT", "LWS_GROUP_SIZE is not entry 1"),
    (INJECT, "a: yes", 'a: "yes"', "data.a is"),
    (INJECT, "image: x", "image: y", "image is"),
    (INJECT, "- apiVersion: v1\n  kind: ConfigMap", "- x", "no YAML"),
    (INJECT, "  - name: d\n", "", ""),
    (INJECT, "kind: ResourceList", "kind: Resources", ""),
    (EXPAND, "value: b # kept", "value: c # kept", "value is"),
    (EXPAND, " # kept\n", "\n", "is gone"),
    (EXPAND, "args: [x]", "args: [y]", "args[0]"),
    (EXPAND, 'size: "3"', 'size: "2"', "size is"),
    (EXPAND, "- name: LWS_LEADER_ADDRESS", "- name: LWS_LEADER", "LWS_LEADER_ADDRESS is not entry"),
    (EXPAND, "replicas: 1\n", "replicas: 2\n", "replicas is"),
    (CONVERT, " # kept\n", "\n", "is gone"),
    (CONVERT, " # both\n", "\n", "is gone"),
    (CONVERT, "args: [x]", "args: [y]", "args[0]"),
    (CONVERT, "workerReplicas: 1", "workerReplicas: 2", "workerReplicas is"),
    (CONVERT, "recoveryPolicy: ServingGroupRecreate", "recoveryPolicy: None", "recoveryPolicy is"),
    (CONVERT, "name: default", "name: main", "name is"),
    (CONVERT, "type: BuiltIn", "type: X", "type is"),
    (CONVERT, "    replicas: 2\n", "", "replicas is gone"),
    (RENDER, "args: [x]", "args: [y]", "args[0]"),
    (RENDER, "  kind: Pod", "  kind: Secret", ""),
    (RENDER, "name: other # kept", "name: another # kept", "name is"),
]


@pytest.mark.parametrize("function", _INPUTS)
def test_it_finds_nothing_in_a_right_output(judge: Judge, function: str) -> None:
    before = _INPUTS[function]
    after = run(before.encode(), function).output.decode()
    assert after != before
    assert judge.faults_of_run(function, before, after) == []


@pytest.mark.parametrize(("function", "right", "wrong", "fault"), _WRONG)
def test_it_finds_what_is_wrong(
    judge: Judge, function: str, right: str, wrong: str, fault: str
) -> None:
    before = _INPUTS[function]
    after = run(before.encode(), function).output.decode()
    assert right in after
    found = judge.faults_of_run(function, before, after.replace(right, wrong))
    assert found
    assert fault in "; ".join(found)


def test_results_of_earlier_functions_stay(judge: Judge) -> None:
    before = "kind: ResourceList\nitems: []\nresults:\n- message: a\n"
    assert not judge.faults_of_run(INJECT, before, before + "- message: b\n")
    assert judge.faults_of_run(INJECT, before, before.replace("a\n", "b\n- message: a\n"))


def test_a_run_of_no_function_changes_nothing(judge: Judge) -> None:
    assert not judge.faults_of_run("", "a: [1, 'b'] # c\n", '{"a": [1, "b"]} # c\n')
    assert judge.faults_of_run("", "a: 1\n", 'a: "1"\n')


def test_a_comment_may_stand_behind_a_byte_order_mark(judge: Judge) -> None:
    before = "\ufeff" + lws().replace("apiVersion:", "? apiVersion # c\n:", 1)
    after = run(before.encode(), CONVERT).output.decode()
    assert after.startswith("\ufeff# c\n")
    assert judge.faults_of_run(CONVERT, before, after) == []


def test_kubectl_reads_behind_documents_that_are_empty(judge: Judge) -> None:
    for text in ("---\n---\na: 1\n", "a: 1\n---\n---\n", "--- # c\n---\n---\na: 1\n---\n"):
        assert judge.faults_of_text(text, [{"a": 1}]) == []
