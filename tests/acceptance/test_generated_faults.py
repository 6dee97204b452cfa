"""Faults that generated inputs found, each with the right value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from modelserving_lws import InputError, run
from modelserving_lws.functions.inject import KINDS
from modelserving_lws.wire import items, readers
from modelserving_lws.wire.resource_list import ResourceList
from tests.judge.places import template_of
from tests.leaderworkersets import SET
from tests.manifests import (
    COMPLETE,
    CONFIG_MAP,
    LWS,
    SERVING,
    WORKER,
    indent,
    items_of,
    replaced,
    resource_list,
    stream,
)
from tests.messages import text_of

if TYPE_CHECKING:
    from modelserving_lws import Outcome

INJECT, EXPAND = "InjectLWS", "ExpandLWSPlugin"
CONVERT, RENDER = "ConvertLeaderWorkerSet", "RenderModelServing"
FUNCTIONS = (INJECT, EXPAND, CONVERT, RENDER)
DEEP = "[" * 1100 + "]" * 1100


def twice(text: str, function: str) -> Outcome:
    """What a run gives, which a second one leaves as it is."""
    outcome = run(text.encode(), function)
    assert run(outcome.output, function).output == outcome.output
    return outcome


def errors(outcome: Outcome) -> list[tuple[str, str]]:
    return [(it.field, it.message) for it in outcome.results if it.severity == "error"]


@pytest.mark.parametrize("end", ["", "# c\n", "functionConfig:\n  kind: InjectLWS\n"])
@pytest.mark.parametrize("field", [f"x: {DEEP}\n", f"x:\n  y: {DEEP}\nz: |+\n  a\n\n"])
def test_results_stand_behind_an_item_beyond_the_bounds(field: str, end: str) -> None:
    text = resource_list(SERVING, WORKER.replace("spec:\n", f"{field}spec:\n")) + end
    text = text.replace(
        "kind: InjectLWS", "apiVersion: fn.serving.volcano.sh/v1alpha1\n  kind: InjectLWS"
    )
    outcome = twice(text, INJECT) if "functionConfig" not in end else run(text.encode())
    assert errors(outcome) == [("", text_of("too-deep", levels=1000))]
    output = outcome.output.decode()
    assert output.startswith(text.removesuffix(end))
    # They stand above the comments at the end, or behind them: versions of PyYAML differ in where
    # such an item ends.
    before, _, results = output.partition("results:\n")
    comments = [line for line in results.splitlines(keepends=True) if line.startswith("#")]
    assert (before + "".join(comments)).strip("\n") == text.strip("\n")


@pytest.mark.parametrize("line_break", ["\r", "\r\x85", "\x85", "\u2028", "\u2029"])
def test_the_env_of_earlier_workers_is_whole_whatever_ends_the_lines(line_break: str) -> None:
    tweaks = "  - name: demo-pod-tweaks\n    config: {env: [{name: A, value: b}]}\n"
    env = "    env:\n            - name: B\n              value: c\n            image: x\n"
    template = f"spec:\n          containers:\n          - name: engine\n        {env}"
    text = SERVING.replace("  template:\n", f"{tweaks}  template:\n").replace(
        "Replicas: 1", "Replicas: 3"
    )
    text += f"      entryTemplate:\n        {template}      workerTemplate:\n        {template}"
    wanted = items_of(twice(text, RENDER).output)
    found = twice(text.replace("\n", line_break), RENDER).output
    assert items_of(found) == wanted
    (last,) = [it for it in wanted if it["metadata"]["name"] == "chat-1-main-0-3"]
    names = [entry["name"] for entry in last["spec"]["containers"][0]["env"]]
    assert names.count("A") == 3


def test_a_line_break_of_unicode_in_json_means_what_it_means_in_yaml() -> None:
    serving: Any = items_of(COMPLETE)[0]
    roles = serving["spec"]["template"]["roles"]
    roles[0]["entryTemplate"]["spec"]["containers"][0]["args"] = ["a \x85 b"]
    for data in (serving, {"apiVersion": "v1", "kind": "List", "items": [serving]}):
        text = json.dumps(data, ensure_ascii=False)
        _, first, *_ = items_of(twice(text, RENDER).output)
        assert first["spec"]["containers"][0]["args"] == ["a b"]


@pytest.mark.parametrize(
    "behind", [",\n  {a: b}", ", # c\n  {a: b}", ", {a: b} # c\n", " # c\n", "\n"]
)
def test_what_is_between_the_items_of_a_flow_list_stays(behind: str) -> None:
    """Also where their lines end in other line breaks."""
    serving = json.dumps(items_of(COMPLETE)[0])
    text = f"apiVersion: v1\nkind: List\nitems: [\r\n  {serving}{behind}]\n"
    outcome = twice(text, RENDER)
    assert outcome.output.decode().endswith(f"{behind}]\n")
    # Without the plugin, the pods are others, and those of the first run go.
    with_plugin, without = b'"name": "lws"', b'"name": "demo-pod-tweaks"'
    assert with_plugin in text.encode()
    anew = run(outcome.output.replace(with_plugin, without), RENDER).output
    assert run(text.encode().replace(with_plugin, without), RENDER).output == anew


def test_a_variable_with_a_value_and_a_source_is_copied_once() -> None:
    field = "valueFrom: {fieldRef: {fieldPath: metadata.name}}"
    text = WORKER.replace('value: "2"', f'value: "2"\n      {field}')
    text = resource_list(SERVING, text)
    outcome = twice(text, INJECT)
    assert not outcome.failed
    assert outcome.output.decode().count(field.partition(" ")[0]) == 2


@pytest.mark.parametrize("more", ["  b", "\n  b", "    b]", "  'b'"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_kind_that_goes_on_in_the_next_line_is_another_kind(function: str, more: str) -> None:
    for item in (COMPLETE, WORKER, SET):
        kind = item.splitlines()[1]
        other = item.replace(f"{kind}\n", f"{kind}\n{more}\n", 1)
        for text in (other, stream(CONFIG_MAP, other), resource_list(other, CONFIG_MAP)):
            outcome = run(text.encode(), function)
            assert outcome.output.decode() == text
            assert {result.id for result in outcome.results} <= {"nothing-found"}


def test_results_that_a_bad_merge_brings_are_an_error() -> None:
    text = resource_list(SERVING, WORKER).replace("items:", "<<: {results: {<<: 1}}\nitems:")
    with pytest.raises(InputError, match=text_of("merge-not-a-mapping")):
        run(text.encode(), INJECT)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_field_of_an_item_that_is_there_twice_is_an_error(function: str) -> None:
    item = {INJECT: WORKER, CONVERT: SET}.get(function, COMPLETE)
    text = resource_list(f"{item}metadata: {{name: other}}\n")
    if function == INJECT:
        text = resource_list(SERVING, f"{item}metadata: {{name: other}}\n")
    outcome = twice(text, function)
    assert errors(outcome) == [("metadata", text_of("repeated"))]
    assert outcome.output.decode().startswith(text)


@pytest.mark.parametrize("tag", ["!!str", "!!python/name:os.system", "!x"])
def test_an_integer_with_the_tag_of_something_else_is_none(tag: str) -> None:
    outcome = run(SET.replace("size: 3", f"size: {tag} 3").encode(), CONVERT)
    assert [field for field, _ in errors(outcome)] == ["spec.leaderWorkerTemplate.size"]
    assert not run(SET.replace("size: 3", "size: !!int 3").encode(), CONVERT).failed


def test_a_scheduler_name_that_is_no_string_is_an_error() -> None:
    text = replaced(SET, ("schedulerName: volcano", "schedulerName: {}"))
    assert errors(run(text.encode(), CONVERT))[0][1] == text_of(
        "wrong-value", allowed="a string", found="a mapping"
    )


def test_a_worker_template_stays_without_its_fields() -> None:
    text = """\
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata:
  name: chat
spec:
  leaderWorkerTemplate:
    size: 1
    leaderTemplate: {spec: {containers: [{name: a, image: x}]}}
    workerTemplate:
      metadata: {creationTimestamp: null}
"""
    (serving,) = items_of(twice(text, CONVERT).output)
    assert serving["spec"]["template"]["roles"][0]["workerTemplate"] == {}


def test_a_flow_collection_at_the_margin_is_no_field_of_the_list() -> None:
    before = f"{resource_list(COMPLETE)}- # start\n"
    for item in ("{  null # c\n}\n", "{ a: b }\n", "[ a,\n]\n"):
        with pytest.raises(InputError, match="has no colon"):
            run(f"{before}{item}".encode(), RENDER)
    for item in (" {  null # c\n}\n", "  [ a,\n]\n"):
        after = twice(f"{before}{item}", RENDER).output.decode()
        assert f"- # start\n{item}results:\n" in after


def test_an_entry_that_new_ones_replace_has_blank_lines_behind_it() -> None:
    """The blank lines of `key: |-` end at the new entry, and `resources` is put above them."""
    env = """\
              env:
              - name: B
                value: |-
                  b
              - name: ENTRY_ADDRESS
                value: c

            schedulerName: volcano
"""
    text = COMPLETE.replace(
        "workerTemplate: {spec: {containers: [{name: engine}]}}",
        f"workerTemplate:\n          spec:\n            containers:\n            - name: d\n{env}",
    )
    pods = [it for it in items_of(twice(text, RENDER).output) if it["kind"] == "Pod"]
    container = pods[1]["spec"]["containers"][0]
    assert container["resources"] == {}
    assert container["env"][3] == {"name": "B", "value": "b"}


def test_a_label_that_goes_has_blank_lines_behind_it() -> None:
    """The annotations are put above them."""
    template = f"""\
workerTemplate:
        metadata:
          labels:
            a: |-
              b
            {LWS}/worker-index: '7'

        spec: {{containers: [{{name: engine}}]}}
"""
    head = COMPLETE[: COMPLETE.index("workerTemplate")]
    text = replaced(head + template, ("workerReplicas: 1", "workerReplicas: 2"))
    outcome = twice(text, EXPAND)
    assert not outcome.failed
    worker = items_of(outcome.output)[0]["spec"]["template"]["roles"][0]["workerTemplate"]
    assert worker["metadata"]["labels"]["a"] == "b"


def test_a_set_is_refused_for_the_same_reasons_when_another_has_been_converted() -> None:
    partial = SET[: SET.index("    workerTemplate:")] + "    workerTemplate: {spec: {}}\n"
    other = SET.replace("name: chat", "name: talk")
    outcome = twice(resource_list(partial, other), CONVERT)
    assert [it["kind"] for it in items_of(outcome.output)] == ["LeaderWorkerSet", "ModelServing"]


@pytest.mark.parametrize("end", ["    ", "  \n \n", "\n\n"])
def test_white_space_behind_rendered_items_stays(end: str) -> None:
    item = f"{COMPLETE}  schedulerName: |-\n    a\n"
    of_list = replaced(resource_list(item), ("config.kubernetes.io/", ""), ("ResourceList", "List"))
    for text in (item, resource_list(item), of_list):
        assert twice(text + end, RENDER).output.decode().count("kind: Pod") == 4


@pytest.mark.parametrize("header", ["|", "|-", ">-", "|2-", "|- # c"])
@pytest.mark.parametrize("blank", ["", "\n", "\n \n\n"])
def test_the_blank_lines_of_an_empty_block_scalar_go_with_it(header: str, blank: str) -> None:
    head = COMPLETE[: COMPLETE.index("      entryTemplate")]
    item = f"""{head}      entryTemplate:
        spec:
          containers: [{{name: engine}}]
          schedulerName: {header}
{blank}      workerTemplate: {{spec: {{containers: [{{name: engine}}]}}}}
"""
    for text in (item, resource_list(item)):
        pods = twice(text, RENDER).output.decode().removeprefix(text)
        assert pods.count("schedulerName: volcano") == 4
        assert not any(line.isspace() for line in pods.splitlines(keepends=True))


def test_a_byte_order_mark_in_text_that_moves_is_an_error() -> None:
    assert not run(SET.encode(), CONVERT).failed
    text = SET.replace("vllm/vllm", "vllm\ufeff/vllm", 1)
    for old in (SET, text):
        assert run(old.encode(), CONVERT).failed == (old is text)


def test_a_byte_order_mark_that_starts_a_line_is_an_error() -> None:
    """To YAML readers such a line is at different columns, but for the first one."""
    assert not twice("\ufeff" + COMPLETE, RENDER).failed
    item = replaced(COMPLETE, ("      workerTemplate: {", "      workerTemplate:\n\ufeff        {"))
    for text in (
        item,
        stream(CONFIG_MAP, item),
        resource_list(item).replace("items", "\ufeffitems"),
        "\ufeff\ufeff" + COMPLETE,
    ):
        with pytest.raises(InputError, match=text_of("byte-order-mark")):
            run(text.encode(), RENDER)


@pytest.mark.parametrize("line_break", ["\r", "\r\x85", "\x85", "\u2028", "\u2029"])
def test_no_line_behind_another_break_is_missed(line_break: str) -> None:
    """The lines before it are of an item that no function reads, so that nothing else finds it."""
    unread = replaced(CONFIG_MAP, ("  # kept", ""))
    other = stream(SERVING, unread)
    list_ = resource_list(SERVING, unread, WORKER, unread)
    indented = list_[: list_.index("- ")] + indent(f"  {list_[list_.index('- ') :]}", 2)
    head = "apiVersion: v1\nkind: Pod\n"
    for text in (
        f"\ufeff{WORKER}---\n{other}",
        f"{other}{line_break}---\n{WORKER}---\n{unread}",
        f"{other}--- # c{line_break}kind: Pod\n{replaced(WORKER, ('kind: Pod' + chr(10), ''))}",
        replaced(list_, (f"\n- {indent(head, 2)}", f"{line_break}- {indent(head, 2)}")),
        replaced(indented, (f"\n  - {indent(head, 4)}", f"{line_break}  - {indent(head, 4)}")),
    ):
        outcome = twice(text, INJECT)
        assert not outcome.failed
        assert outcome.output.count(b"LWS_WORKER_INDEX") == 1
    text = resource_list(COMPLETE)
    blank = replaced(text, ("- name: main\n", f"- name: main\n{line_break}"))
    odd = text.replace("  spec:\n", f"  spec:{line_break}", 1)
    for list_ in (blank, odd, odd.replace("items:", f"items: # c{line_break}  # d")):
        assert items_of(twice(list_, RENDER).output) == items_of(twice(text, RENDER).output)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n    <<: # 1\n      # 2\n      {a: b} # 3", "\n    # 1\n    # 2\n    a: b # 3"),
        (
            "\n    e: f\n    <<:\n    # 1\n    - {a: b}\n    # 2\n    - c: d",
            "\n    e: f\n    # 1\n    # 2\n    a: b\n    c: d",
        ),
        (" {<<: # 1\n      {a: b}, c: d}", " { # 1\n    a: b, c: d}"),
    ],
)
def test_comments_of_a_merge_key_stay_where_it_is_written_out(before: str, after: str) -> None:
    text = replaced(SET, ("  labels:\n    app: chat # kept", f"  labels:{before}"))
    assert f"  labels:{after}\nspec:" in twice(text, CONVERT).output.decode()


@pytest.mark.parametrize(
    ("before", "above"),
    [
        ("size: # 1\n      # 2\n      3 # 3", "# 1\n# 2\nworkerReplicas: 2 # 3\n"),
        ("size: &m # 1\n      3", "# 1\nworkerReplicas: 2\n"),
        ("size: !!int # 1\n      3", "# 1\nworkerReplicas: 2\n"),
    ],
)
def test_comments_between_a_key_and_its_value_stay(before: str, above: str) -> None:
    output = twice(replaced(SET, ("size: 3", before)), CONVERT).output.decode()
    assert " " * 8 + indent(above, 8) in output


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("tabs", ["DEEP\t\n", "\nDEEP\t\n\nDEEP\t \n", "DEEP\t# c\n"])
def test_lines_with_tabs_stay_below_the_plain_scalar_before_them(function: str, tabs: str) -> None:
    """YAML readers take a tab at the start of a line behind a plain scalar alone."""
    block = template_of("entryTemplate") + template_of("workerTemplate")
    item = {INJECT: WORKER, EXPAND: SERVING + block, RENDER: SERVING + block, CONVERT: SET}[
        function
    ]
    text = stream(SERVING, item) if function == INJECT else item
    for line in ("chat", "serving", "image: x", "role: main", "main-0-1", "type: BuiltIn"):
        changed = text.replace(f"{line}\n", f"{line}\n{tabs.replace('DEEP', ' ' * 16)}")
        assert items_of(twice(changed, function).output) == items_of(twice(text, function).output)


@pytest.mark.parametrize("below", [" " * 30 + "\t\n", "\n" + " " * 9 + "\t# c\n"])
def test_a_quoted_value_has_no_tabs_below(below: str) -> None:
    label = f"  labels:\n    {LWS}/worker-index: other\n"
    pod = replaced(WORKER, ("  labels:\n", label + below))
    outcome = twice(stream(SERVING, pod), INJECT)
    assert items_of(outcome.output)[1]["metadata"]["labels"][f"{LWS}/worker-index"] == "1"


@pytest.mark.parametrize("roles", ["", " # c", " null", " []"])
@pytest.mark.parametrize("target", ["", " ~", " Worker"])
def test_nulls_in_a_scope_stand_for_no_fields(roles: str, target: str) -> None:
    scope = f"    scope:\n      roles:{roles}\n      target:{target}\n"
    workers = "workerReplicas: 1", "workerReplicas: 2"
    text = replaced(COMPLETE, ("    type: BuiltIn\n", f"    type: BuiltIn\n{scope}"), workers)
    annotating, of_role = items_of(twice(text, EXPAND).output)[0]["spec"]["plugins"]
    wanted: dict[str, Any] = {"target": "Worker"} if target == " Worker" else {}
    if roles == " []":
        wanted["roles"] = []
    assert annotating["scope"] == wanted
    assert of_role["scope"] == {"roles": ["main"], "target": "Worker"}


@pytest.mark.parametrize("function", [INJECT, EXPAND, RENDER])
@pytest.mark.parametrize("role", ["~", "1", "[main]"])
def test_a_role_in_a_scope_is_a_string(function: str, role: str) -> None:
    scope = f"    type: BuiltIn\n    scope: {{roles: [main, {role}]}}\n"
    text = replaced(COMPLETE, ("    type: BuiltIn\n", scope))
    outcome = twice(stream(text, WORKER), function)
    assert [field for field, _ in errors(outcome)] == ["spec.plugins[0].scope.roles[1]"]


def test_items_without_aliases_stand_for_themselves_alone() -> None:
    """Though the nodes of an item take the place in memory of those of another."""
    tagged = replaced(WORKER, ("namespace: ", "namespace: !!str "))
    pods = [tagged.replace("chat-1", f"chat-{i}") for i in range(100)]
    with patch.object(readers, "_KEPT", 1), patch.object(readers, "MAX_NODES", 500):
        outcome = run(resource_list(SERVING, *pods).encode())
    assert not outcome.failed


def test_what_uses_a_removed_entry_keeps_its_meaning() -> None:
    field = "valueFrom:\n        fieldRef: &field\n          fieldPath: metadata.uid\n"
    env = f"""\
    - name: LWS_GROUP_SIZE
      {field}    - name: A
      valueFrom: &source
        fieldRef: *field
    - name: B
      valueFrom: *source
"""
    text = stream(SERVING, replaced(WORKER, ("    env:\n", f"    env:\n{env}")))
    (container,) = items_of(twice(text, INJECT).output)[1]["spec"]["containers"]
    values = {it["name"]: it for it in container["env"]}
    assert values["LWS_GROUP_SIZE"]["value"] == "2"
    for name in ("A", "B"):
        assert values[name]["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.uid"}}


POD = json.dumps(items_of(WORKER)[0])
FLOW = "{kind: Pod, apiVersion: v1, metadata: {name: chat-1-main-0-1}}"


@pytest.mark.parametrize(
    "text",
    [
        resource_list(WORKER),
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [json.loads(POD)]}),
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [json.loads(POD)]}, indent=2),
        f"apiVersion: v1\nkind: List\nitems:\n- {POD}\n",
        f"apiVersion: v1\nkind: List\nitems:\n- {FLOW}\n",
        f"---\n{POD}\n---\n{CONFIG_MAP}",
        f"{FLOW}\n---\n{CONFIG_MAP}",
    ],
)
def test_an_item_that_is_too_long_is_named_in_any_style(text: str) -> None:
    with patch.object(items, "MAX_LENGTH", 50):
        outcome = run(text.encode())
    assert outcome.output.startswith(text.encode().removesuffix(b"}").rstrip())
    (error,) = [it for it in outcome.results if it.severity == "error"]
    assert error.id == "too-long-item"
    assert error.reference is not None
    assert error.reference.kind == "Pod"


def test_white_space_that_yaml_does_not_know_goes_with_its_value() -> None:
    label = f"  labels:\n    {LWS}/worker-index: \xa0\n"
    pod = replaced(WORKER, ("  labels:\n", label))
    outcome = twice(stream(SERVING, pod), INJECT)
    assert items_of(outcome.output)[1]["metadata"]["labels"][f"{LWS}/worker-index"] == "1"
    assert "\xa0" not in outcome.output.decode()


@pytest.mark.parametrize("empty", ["{}", "{ }", "{\n    }"])
def test_an_empty_container_gets_an_env(empty: str) -> None:
    text = replaced(WORKER, ("  containers:\n", f"  containers:\n  - {empty}\n"))
    as_json = json.dumps(
        {"apiVersion": "v1", "kind": "List", "items": items_of(stream(SERVING, text))}
    )
    for written in (stream(SERVING, text), as_json):
        first = items_of(twice(written, INJECT).output)[1]["spec"]["containers"][0]
        assert [it["name"] for it in first["env"]] == [
            "LWS_LEADER_ADDRESS", "LWS_GROUP_SIZE", "LWS_WORKER_INDEX",
        ]  # fmt: skip


def test_json_that_yaml_refuses_may_be_a_document_of_a_stream() -> None:
    serving = items_of(COMPLETE)[0]
    serving["metadata"]["annotations"] = {"x": "\U0001f600"}
    text = json.dumps(serving, indent=2).replace('"x":', '"x"\n:')
    assert twice(text, RENDER).output.decode().count('"kind": "Pod"') == 4


def test_documents_may_have_anchors_of_one_name() -> None:
    anchored = replaced(WORKER, ("  labels:\n", "  labels: &labels\n"))
    other = replaced(WORKER, ("  labels:\n", "  x: *labels\n  labels:\n"))
    resource_list_ = ResourceList(stream(SERVING, anchored, anchored))
    assert resource_list_.items(KINDS)
    assert str(resource_list_.ways) == "items: 0 skipped, 3 quick, 0 exact"
    with pytest.raises(InputError, match="labels"):
        run(stream(SERVING, anchored, other).encode(), INJECT)


def test_a_slip_is_told_of_an_item_with_an_anchor() -> None:
    anchored = replaced(SET, ("spec:\n", "spec: &spec\n"))
    outcome = run(stream(COMPLETE, anchored, f"# *spec\n{CONFIG_MAP}").encode(), RENDER)
    assert "set-not-read" in [it.id for it in outcome.results]


_SERVING = (
    SERVING
    + """\
      entryTemplate:
        spec:
          FIELD: &shared
          containers:
          - name: engine
            FIELD: &shared
      workerTemplate:
        spec:
          FIELD: *shared
          containers:
          - name: engine
            FIELD: *shared
"""
)
_READS_KEY = """\
- name: KEY
  valueFrom:
    fieldRef: {fieldPath: "metadata.labels['leaderworkerset.sigs.k8s.io/KEY']"}
"""
_VOLUME = """\
- name: info
  downwardAPI:
    items:
    - path: key
      fieldRef: {fieldPath: "metadata.labels['leaderworkerset.sigs.k8s.io/group-key']"}
"""


@pytest.mark.parametrize(
    ("column", "field", "value"),
    [
        pytest.param(12, "env", _READS_KEY.replace("/KEY", "/worker-index"), id="the index"),
        pytest.param(12, "env", _READS_KEY.replace("/KEY", "/group-key"), id="a key"),
        pytest.param(
            12, "readinessProbe", "exec:\n  command: [ping, $(LWS_LEADER_ADDRESS)]\n", id="a probe"
        ),
        pytest.param(12, "args", "- $(MODELSERVING_NAMESPACE)\n", id="an argument"),
        pytest.param(10, "volumes", _VOLUME, id="a volume"),
    ],
)
@pytest.mark.parametrize("workers", [1, 2])
def test_what_an_alias_stands_for_is_expanded_as_if_it_stood_there(
    column: int, field: str, value: str, workers: int
) -> None:
    kept = f"{' ' * column}FIELD: "
    lines = [it for it in _SERVING.split("\n") if "FIELD" not in it or it.startswith(kept)]
    text = (
        "\n".join(lines)
        .replace("FIELD", field)
        .replace("workerReplicas: 1", f"workerReplicas: {workers}")
    )
    written = "\n" + indent(f"{' ' * (column + 2)}{value.rstrip()}", column + 2)
    shared = text.replace("&shared", f"&shared{written}")
    plain = text.replace(" &shared", written).replace(" *shared", written)
    assert items_of(shared) == items_of(plain)
    outcome, expected = twice(shared, EXPAND), twice(plain, EXPAND)
    assert items_of(outcome.output) == items_of(expected.output)
    told = [(it.severity, it.field, it.message) for it in outcome.results]
    assert told == [(it.severity, it.field, it.message) for it in expected.results]
    listed = ResourceList(shared)
    assert listed.items(frozenset({"ModelServing"}))
    assert str(listed.ways) == "items: 0 skipped, 1 quick, 0 exact"


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("below", ["", "\n", "# c\n", "\n\n            # c\n"])
@pytest.mark.parametrize("last", ["            tty: true\n", ""])
@pytest.mark.parametrize(
    "merge",
    [
        "{}",
        "  {}  ",
        "{a: 1} # d",
        "\n{S}  a: 1",
        "\n{S}  a: |\n{S}   x",
        "\n{S}  a: |+\n{S}   x\n",
    ],
)
def test_what_is_below_a_merge_that_brings_nothing_stays(
    merge: str, last: str, below: str, line_break: str
) -> None:
    args = '            args: ["ray start --address=$(LWS_LEADER_ADDRESS)"]\n'
    spaces = " " * 14
    above = f"{args}            x:\n{spaces}a: 2\n"
    merged = f"{spaces}<<: {merge.replace('{S}', spaces)}\n"
    text = replaced(SET, (args, above + merged + below + last)).replace("\n", line_break)
    plain = replaced(SET, (args, above + below + last))
    assert items_of(text) == items_of(plain)
    output = run(text.encode(), CONVERT).output.decode()
    assert items_of(output) == items_of(run(plain.encode(), CONVERT).output)
    assert output.count("# c") == text.count("# c")
    assert output.count("# d") == text.count("# d")
    assert "<<" not in output
