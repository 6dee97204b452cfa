"""InjectLWS: what it writes, into which items, and where the values come from."""

from __future__ import annotations

from hashlib import sha1
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.manifests import (
    CONFIG_MAP,
    ENTRY,
    INJECT_LWS,
    INJECTED_WORKER,
    LWS,
    MSV,
    SERVING,
    WORKER,
    indent,
    items_of,
    resource_list,
    stream,
)
from tests.running import GOLDEN

if TYPE_CHECKING:
    from tests.running import Finished, Program

ANNOTATED = f"""\
apiVersion: v1
kind: Pod
metadata:
  name: chat-3-main-2-0
  labels: {{{MSV}/name: chat, {MSV}/entry: "true"}}
  annotations: {{{MSV}/plugins: "other, lws", {MSV}/replicas: "5"}}
spec:
  containers:
  - name: engine
    env:
    - {{name: GROUP_SIZE, value: "4"}}
"""


def pod_of(finished: Finished, name: str = "Pod") -> Any:
    """The first pod of a stream that must have gone well."""
    assert finished.code == 0, finished
    return next(item for item in items_of(finished.stdout) if item["kind"] == name)


def env_of(pod: Any, container: int = 0, field: str = "containers") -> list[tuple[str, Any]]:
    entries = pod["spec"][field][container]["env"]
    return [(entry["name"], entry.get("value", entry.get("valueFrom"))) for entry in entries]


def assert_untouched(finished: Finished, text: str) -> None:
    assert (finished.stdout, finished.code) == (text, 0), finished


def assert_error(finished: Finished, text: str, *parts: str) -> None:
    """One error names the item, and the output is the input."""
    assert finished.code == 1, finished
    assert finished.stdout == text, finished
    lines = [line for line in finished.stderr.splitlines() if line.startswith("[error]")]
    assert len(lines) == 1, finished
    for part in parts:
        assert part in lines[0], finished


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.iterdir()))
def test_golden_pods_come_out_equal_as_data(program: Program, case: str) -> None:
    serving, pods, injected = (
        (GOLDEN / case / f"{name}.yaml").read_text()
        for name in ("modelserving", "pods", "pods-injected")
    )
    finished = program(stream(serving, pods))
    assert finished.code == 0, finished
    assert items_of(finished.stdout)[1:] == items_of(injected)
    assert finished.stdout.startswith(serving)
    again = program(finished.bytes)
    assert again.bytes == finished.bytes


def test_all_golden_pods_are_there() -> None:
    assert sum(len(items_of(path.read_text())) for path in GOLDEN.glob("*/pods.yaml")) == 35


def test_the_whole_contract_is_written_and_nothing_else_changes(program: Program) -> None:
    finished = program(stream(SERVING, WORKER, CONFIG_MAP))
    assert finished.stdout == stream(SERVING, INJECTED_WORKER, CONFIG_MAP)
    assert finished.code == 0


def test_env_stands_first_in_every_container_and_init_container(program: Program) -> None:
    text = WORKER + "  - name: metrics\n  initContainers:\n  - name: fetch\n    env: []\n"
    pod = pod_of(program(stream(SERVING, text)))
    lws = [
        ("LWS_LEADER_ADDRESS", "chat-1-main-0-0.serving"),
        ("LWS_GROUP_SIZE", "2"),
        ("LWS_WORKER_INDEX", "1"),
    ]
    assert env_of(pod)[:3] == lws
    assert env_of(pod, 1) == lws
    assert env_of(pod, 0, "initContainers") == lws


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("value: $(BASE)1", {"value": "$(BASE)1"}),
        (
            "valueFrom:\n        fieldRef: {fieldPath: metadata.name}",
            {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ),
    ],
)
def test_a_source_that_only_the_cluster_knows_is_followed_by_its_variable(
    program: Program, source: str, written: dict[str, Any]
) -> None:
    text = WORKER.replace('WORKER_INDEX\n      value: "1"', f"WORKER_INDEX\n      {source}")
    text += '    - name: LAST\n      value: "x"\n  - name: second\n'
    finished = program(stream(SERVING, text))
    pod = pod_of(finished)
    names = [name for name, _ in env_of(pod)]
    assert names == [
        "LWS_LEADER_ADDRESS",
        "LWS_GROUP_SIZE",
        "GROUP_SIZE",
        "ENTRY_ADDRESS",
        "WORKER_INDEX",
        "LWS_WORKER_INDEX",
        "LAST",
    ]
    entries = pod["spec"]["containers"][0]["env"]
    assert entries[5] == {"name": "LWS_WORKER_INDEX", **written}
    assert pod["metadata"]["labels"][f"{LWS}/worker-index"] == "1"
    assert env_of(pod, 1)[2] == ("LWS_WORKER_INDEX", "1")
    assert program(finished.bytes).bytes == finished.bytes


def test_every_written_value_is_a_string(program: Program) -> None:
    pod = pod_of(program(stream(SERVING, WORKER)))
    written = [*pod["metadata"]["labels"].values(), *pod["metadata"]["annotations"].values()]
    written += [value for _, value in env_of(pod)]
    assert all(isinstance(value, str) for value in written)


@pytest.mark.parametrize("name", ["1234", "true", "2024-01-01", "0x1f", "1e3", "no", "null", "~"])
def test_names_that_look_like_something_else_stay_strings(program: Program, name: str) -> None:
    serving = SERVING.replace("name: chat", f'name: "{name}"')
    text = WORKER.replace(f"{MSV}/name: chat", f'{MSV}/name: "{name}"')
    pod = pod_of(program(stream(serving, text)))
    assert pod["metadata"]["labels"][f"{LWS}/name"] == name


# Which items


def test_a_pod_template_is_injected_in_its_template(program: Program) -> None:
    template = """\
apiVersion: v1
kind: PodTemplate
metadata:
  name: chat-1-main-0-1
  labels:
    modelserving.volcano.sh/name: chat
    modelserving.volcano.sh/group-name: wrong-9
template:
  metadata:
    labels:
      modelserving.volcano.sh/group-name: chat-1
      modelserving.volcano.sh/role: main
      modelserving.volcano.sh/role-id: main-0
  spec:
    containers:
    - name: engine
"""
    finished = program(stream(SERVING, template))
    item = pod_of(finished, "PodTemplate")
    assert set(item["metadata"]) == {"name", "labels"}
    assert len(item["metadata"]["labels"]) == 2
    labels = item["template"]["metadata"]["labels"]
    assert labels[f"{LWS}/worker-index"] == "1"
    assert labels[f"{LWS}/group-index"] == "1"
    assert item["template"]["metadata"]["annotations"] == {
        f"{LWS}/size": "2",
        f"{LWS}/replicas": "2",
    }
    assert env_of(item["template"])[0] == ("LWS_LEADER_ADDRESS", "chat-1-main-0-0.serving")


def test_a_pod_template_without_metadata_gets_it(program: Program) -> None:
    template = """\
apiVersion: v1
kind: PodTemplate
metadata:
  name: chat-1-main-0-1
  labels: {modelserving.volcano.sh/name: chat, modelserving.volcano.sh/role: main}
template:
  spec:
    containers:
    - name: engine
"""
    finished = program(stream(SERVING, template))
    item = pod_of(finished, "PodTemplate")
    assert item["template"]["metadata"]["labels"][f"{LWS}/name"] == "chat"
    assert item["metadata"]["labels"] == yaml.safe_load(template)["metadata"]["labels"]
    assert program(finished.bytes).bytes == finished.bytes


@pytest.mark.parametrize(
    "kind", ["apiVersion: v2\nkind: Pod", "apiVersion: v1\nkind: PodList", "kind: Pod"]
)
def test_other_kinds_are_no_candidates(program: Program, kind: str) -> None:
    text = stream(SERVING, ENTRY, WORKER.replace("apiVersion: v1\nkind: Pod", kind))
    output = program(text).stdout
    assert output.endswith(text.rpartition("---\n")[2])


@pytest.mark.parametrize(
    "metadata",
    [
        f"labels: {{{MSV}/name: chat}}",
        f"annotations: {{{MSV}/name: chat}}",
        "ownerReferences: [{apiVersion: workload.serving.volcano.sh/v1alpha1, "
        "kind: ModelServing, name: chat}]",
        "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: x}, "
        "{apiVersion: workload.volcano.sh/v1alpha1, kind: ModelServing, name: chat}]",
    ],
)
def test_the_model_serving_is_named_by_label_annotation_or_owner(
    program: Program, metadata: str
) -> None:
    text = (
        f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: chat-1-main-0-1\n  {metadata}\n"
        "spec: {containers: [{name: engine}]}\n"
    )
    pod = pod_of(program(stream(SERVING, text)))
    assert pod["metadata"]["labels"][f"{LWS}/name"] == "chat"


@pytest.mark.parametrize(
    "owner",
    [
        "{apiVersion: workload.example.com/v1, kind: ModelServing, name: chat}",
        "{apiVersion: workload.serving.volcano.sh/v1alpha1, kind: ModelBooster, name: chat}",
    ],
)
def test_other_owners_name_no_model_serving(program: Program, owner: str) -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: chat-1-main-0-1\n"
        f"  ownerReferences: [{owner}]\nspec: {{containers: [{{name: engine}}]}}\n"
    )
    assert program(stream(SERVING, text)).stdout == stream(SERVING, text)


def test_the_label_goes_before_annotation_and_owner(program: Program) -> None:
    text = WORKER.replace(
        "  labels:",
        f"  annotations: {{{MSV}/name: other}}\n  ownerReferences: [{{kind: ModelServing, "
        "apiVersion: workload.serving.volcano.sh/v1alpha1, name: third}]\n  labels:",
    )
    pod = pod_of(program(stream(SERVING, text)))
    assert pod["metadata"]["labels"][f"{LWS}/name"] == "chat"


@pytest.mark.parametrize("group", ["workload.serving.volcano.sh", "workload.volcano.sh"])
def test_either_api_group_is_a_model_serving(program: Program, group: str) -> None:
    serving = SERVING.replace("workload.serving.volcano.sh", group)
    assert f"{LWS}/name" in pod_of(program(stream(serving, WORKER)))["metadata"]["labels"]


def test_another_api_group_is_no_model_serving(program: Program) -> None:
    text = stream(SERVING.replace("workload.serving.volcano.sh", "example.com"), WORKER)
    assert_untouched(program(text), text)


@pytest.mark.parametrize(
    ("plugin", "enabled"),
    [
        ("{name: lws}", True),
        ("{name: lws, type: BuiltIn}", True),
        ("{name: other}", False),
        ("{name: lws, scope: {}}", True),
        ("{name: lws, scope: {roles: []}}", True),
        ("{name: lws, scope: {roles: [main]}}", True),
        ("{name: lws, scope: {roles: [absent, main]}}", True),
        ("{name: lws, scope: {roles: [prefill]}}", False),
        ("{name: lws, scope: {target: All}}", True),
        ("{name: lws, scope: {target: Worker}}", True),
        ("{name: lws, scope: {target: Entry}}", False),
        ("{name: lws, scope: {roles: [main], target: Worker}}", True),
        ("{name: lws, scope: {roles: [prefill], target: Worker}}", False),
    ],
)
def test_the_plugin_scope_decides_for_a_worker(
    program: Program, plugin: str, enabled: bool
) -> None:
    text = stream(SERVING.replace("- name: lws\n    type: BuiltIn", f"- {plugin}"), WORKER)
    finished = program(text)
    assert finished.code == 0, finished
    assert (finished.stdout != text) == enabled


@pytest.mark.parametrize("type_", ["Builtin", '""', "External"])
def test_a_plugin_of_another_type_is_an_error(program: Program, type_: str) -> None:
    text = stream(SERVING.replace("type: BuiltIn", f"type: {type_}"), WORKER)
    finished = program(text)
    assert (finished.code, finished.stdout) == (1, text)
    found = type_.strip('"')
    assert finished.stderr == (
        "[error] workload.serving.volcano.sh/v1alpha1/ModelServing/serving/chat "
        f'spec.plugins[0].type: must be one of "BuiltIn"; found "{found}"\n'
    )


@pytest.mark.parametrize(("target", "enabled"), [("Entry", True), ("Worker", False), ("All", True)])
def test_the_plugin_target_decides_for_an_entry(
    program: Program, target: str, enabled: bool
) -> None:
    plugin = f"- name: lws\n    scope: {{target: {target}}}"
    text = stream(SERVING.replace("- name: lws\n    type: BuiltIn", plugin), ENTRY)
    assert (program(text).stdout != text) == enabled


def test_one_of_several_plugin_entries_is_enough(program: Program) -> None:
    plugins = "- {name: lws, scope: {target: Entry}}\n  - {name: lws, scope: {roles: [main]}}"
    text = stream(SERVING.replace("- name: lws\n    type: BuiltIn", plugins), WORKER)
    assert program(text).stdout != text


def test_the_annotation_plugins_enables_a_pod(program: Program) -> None:
    pod = pod_of(program(ANNOTATED))
    assert pod["metadata"]["labels"][f"{LWS}/group-index"] == "3"
    assert pod["metadata"]["annotations"][f"{LWS}/replicas"] == "5"
    assert env_of(pod)[:3] == [
        ("LWS_LEADER_ADDRESS", "chat-3-main-2-0.default"),
        ("LWS_GROUP_SIZE", "4"),
        ("LWS_WORKER_INDEX", "0"),
    ]


def test_an_enabled_pod_without_a_model_serving_is_an_error(program: Program) -> None:
    text = ANNOTATED.replace(f"{MSV}/name: chat, ", "")
    assert_error(
        program(text), text, "v1/Pod/chat-3-main-2-0 metadata", "must name its ModelServing"
    )


def test_the_function_config_enables_a_model_serving(program: Program) -> None:
    config = (
        INJECT_LWS + "spec:\n  modelServings: [{name: chat, namespace: serving, replicas: 7}]\n"
    )
    finished = program(resource_list(WORKER, config=config))
    assert finished.code == 0, finished
    pod = items_of(finished.stdout)[0]
    assert pod["metadata"]["annotations"][f"{LWS}/replicas"] == "7"


@pytest.mark.parametrize(
    ("serving", "pod", "enabled"),
    [
        ("serving", "serving", True),
        ("serving", "other", False),
        ("", "other", True),
        ("serving", "", True),
        ("", "", True),
    ],
)
def test_namespaces_are_compared_where_both_sides_have_one(
    program: Program, serving: str, pod: str, enabled: bool
) -> None:
    def in_namespace(text: str, name: str) -> str:
        return text.replace("  namespace: serving\n", f"  namespace: {name}\n" if name else "")

    text = stream(in_namespace(SERVING, serving), in_namespace(WORKER, pod))
    assert (program(text).stdout != text) == enabled


def test_two_model_servings_that_fit_are_an_error(program: Program) -> None:
    other = SERVING.replace("namespace: serving", "namespace: other")
    text = stream(SERVING, other, WORKER.replace("  namespace: serving\n", ""))
    assert_error(
        program(text),
        text,
        "v1/Pod/chat-1-main-0-1",
        "ModelServing/serving/chat and",
        "ModelServing/other/chat",
    )


def test_two_model_servings_that_fit_a_pod_that_is_not_enabled_are_none(program: Program) -> None:
    serving = SERVING.replace("name: lws", "name: other")
    text = stream(serving, serving, WORKER)
    assert_untouched(program(text), text)


@pytest.mark.parametrize(
    "item",
    [
        "- a\n- list\n",
        "just text\n",
        "null\n",
        "!strange {tag: !other [1, 2]}\n",
        "{kind: [a, list], apiVersion: {a: mapping}}\n",
        "kind: Pod\nspec: 3\n",
        "apiVersion: v1\nkind: Pod\nmetadata: []\nspec: text\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {labels: [], annotations: 3, ownerReferences: {}}\n",
        "apiVersion: workload.volcano.sh/v1\nkind: ModelServing\nspec: {plugins: []}\n",
        "? [complex, key]\n: value\n? kind\n",
    ],
)
def test_anything_else_passes_through_untouched(program: Program, item: str) -> None:
    text = resource_list(item, CONFIG_MAP, item)
    assert_untouched(program(text), text)


def test_a_pod_nested_too_deep_is_an_error_and_another_item_is_not(program: Program) -> None:
    deep = "x: " + "[" * 1000 + "]" * 1000 + "\n"
    finished = program(resource_list(CONFIG_MAP + deep, SERVING, ENTRY, WORKER + deep))
    message = "v1/Pod/serving/chat-1-main-0-1: must not be nested more than 1000 levels"
    assert message in finished.stderr
    assert finished.stdout.count("- name: LWS_LEADER_ADDRESS") == 1
    assert finished.stdout.count(deep) == 2
    deep = "x: " + "[" * 990 + "]" * 990 + "\n"
    assert program(resource_list(CONFIG_MAP + deep, SERVING, WORKER + deep)).code == 0


def test_a_stream_nested_too_deep_is_an_error(program: Program) -> None:
    """Libyaml since 0.2.6 reads no such text; older ones do, and the pod is named."""
    deep = "x: " + "[" * 1000 + "]" * 1000 + "\n"
    finished = program(stream(CONFIG_MAP, SERVING, WORKER + deep))
    assert finished.code == 1
    assert "must not be nested more than 1000 levels deep" in finished.stderr
    assert "LWS_LEADER_ADDRESS" not in finished.stdout


def test_a_flow_collection_on_one_line_is_read_around(program: Program) -> None:
    flow = 'x: {a: {b: ["c d", {e: \'f\'}]}, "g": [[1], [2]]} # [\n'
    finished = program(resource_list(CONFIG_MAP + flow, SERVING, WORKER + flow))
    assert finished.stdout.count(flow) == 2
    assert finished.stdout.count("- name: LWS_LEADER_ADDRESS") == 1


def test_a_pod_whose_aliases_expand_too_far_is_an_error(program: Program) -> None:
    bomb = "x:\n- &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for i in range(6):
        bomb += f"- &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n"
    text = stream(SERVING, CONFIG_MAP + bomb, WORKER.replace('"1"', r'"\x31"') + bomb)
    assert_error(program(text), text, "v1/Pod/serving/chat-1-main-0-1", "1000000 nodes")


# Where the values come from


def test_the_first_container_with_the_variable_has_the_value(program: Program) -> None:
    text = WORKER.replace("  - name: engine\n", "  - name: first\n  - name: engine\n")
    pod = pod_of(program(stream(SERVING, text)))
    assert env_of(pod, 0)[2] == ("LWS_WORKER_INDEX", "1")


def test_init_containers_have_the_value_where_containers_have_not(program: Program) -> None:
    text = WORKER.replace("  containers:", "  initContainers:").replace("chat-1-main-0-1", "chat")
    pod = pod_of(program(stream(SERVING, text + "  containers:\n  - name: main\n")))
    assert env_of(pod)[2] == ("LWS_WORKER_INDEX", "1")


def test_the_last_entry_of_a_name_counts(program: Program) -> None:
    text = WORKER + '    - name: WORKER_INDEX\n      value: "5"\n'
    pod = pod_of(program(stream(SERVING, text)))
    assert pod["metadata"]["labels"][f"{LWS}/worker-index"] == "5"


@pytest.mark.parametrize("name", ["WORKER_INDEX", "GROUP_SIZE", "ENTRY_ADDRESS"])
def test_containers_that_disagree_are_an_error(program: Program, name: str) -> None:
    text = stream(SERVING, WORKER + f'  - name: b\n    env: [{{name: {name}, value: "7"}}]\n')
    assert_error(
        program(text),
        text,
        "v1/Pod/serving/chat-1-main-0-1 spec.containers[1].env[0].value",
        f'`{name}` must be the same in all containers; found "7" here',
    )


@pytest.mark.parametrize("value", ['""', '"-1"', '"x"', '"1.5"', '" 1"', '"99999999999"', ""])
@pytest.mark.parametrize("name", ["WORKER_INDEX", "GROUP_SIZE"])
def test_an_index_or_size_that_is_no_integer_is_an_error(
    program: Program, name: str, value: str
) -> None:
    old = '"1"' if name == "WORKER_INDEX" else '"2"'
    worker = WORKER.replace(f"{name}\n      value: {old}", f"{name}\n      value: {value}")
    text = stream(SERVING, worker)
    assert_error(program(text), text, f"`{name}` must be an integer from 0 to 2147483647")


@pytest.mark.parametrize(
    ("old", "new", "group"),
    [
        ("", "", "chat-1"),
        (f"{MSV}/group-name: chat-1", f"{MSV}/group-name: other-name-12", "other-name-12"),
        (f"{MSV}/group-name: chat-1", "x: y", "chat-1"),
        (f"    {MSV}/group-name: chat-1\n    {MSV}/role: main\n    {MSV}/role-id: main-0\n",
         f"    {MSV}/role: main\n", "chat-1"),
        (f"    {MSV}/group-name: chat-1\n",
         f"    x: y\n  annotations:\n    {MSV}/group-name: ann-4\n  a:\n", "ann-4"),
    ],
)  # fmt: skip
def test_the_serving_group_is_in_label_annotation_or_name(
    program: Program, old: str, new: str, group: str
) -> None:
    pod = pod_of(program(stream(SERVING, WORKER.replace(old, new) if old else WORKER)))
    labels = pod["metadata"]["labels"]
    assert labels[f"{LWS}/group-index"] == group.rpartition("-")[2]
    assert labels[f"{LWS}/group-key"] == sha1(group.encode(), usedforsecurity=False).hexdigest()


def test_without_a_role_id_the_name_is_anchored_on_the_model_serving(program: Program) -> None:
    text = WORKER.replace(f"    {MSV}/group-name: chat-1\n", "")
    text = text.replace(f"    {MSV}/role-id: main-0\n", "").replace(
        "name: chat-1-main-0-1", "name: chat-12-a-b-3-4"
    )
    pod = pod_of(program(stream(SERVING, text)))
    assert pod["metadata"]["labels"][f"{LWS}/group-index"] == "12"


@pytest.mark.parametrize("group", ["chat", "chat-", "chat-x", "chat-01", "chat-2147483648", "1"])
def test_a_serving_group_of_another_form_is_an_error(program: Program, group: str) -> None:
    text = stream(SERVING, WORKER.replace("group-name: chat-1", f'group-name: "{group}"'))
    assert_error(
        program(text),
        text,
        f"metadata.labels['{MSV}/group-name']",
        f'found "{group}"',
        "without leading zeros",
    )


@pytest.mark.parametrize("name", ["solo", "chat-x-main-0-1", "other-1-main-0-1", "chat-1-1"])
def test_a_serving_group_that_can_not_be_had_is_an_error(program: Program, name: str) -> None:
    text = WORKER.replace("name: chat-1-main-0-1", f"name: {name}")
    for key in ("group-name: chat-1", "role-id: main-0"):
        text = text.replace(f"    {MSV}/{key}\n", "")
    text = stream(SERVING, text)
    assert_error(program(text), text, "group-name", f'"{name}"')


def without_env(text: str) -> str:
    return text.partition("    env:")[0]


def test_what_is_missing_in_the_env_is_derived(program: Program) -> None:
    entry = pod_of(program(stream(SERVING, without_env(ENTRY))))
    worker = pod_of(program(stream(SERVING, without_env(WORKER))))
    assert env_of(entry) == [
        ("LWS_LEADER_ADDRESS", "chat-1-main-0-0.serving"),
        ("LWS_GROUP_SIZE", "2"),
        ("LWS_WORKER_INDEX", "0"),
    ]
    assert env_of(worker)[2] == ("LWS_WORKER_INDEX", "1")


def test_an_entry_is_worker_0_whatever_its_name(program: Program) -> None:
    text = without_env(ENTRY).replace("name: chat-1-main-0-0", "name: renamed-7")
    assert env_of(pod_of(program(stream(SERVING, text))))[2] == ("LWS_WORKER_INDEX", "0")


def test_a_role_without_worker_replicas_has_a_group_of_one(program: Program) -> None:
    serving = SERVING.replace("      workerReplicas: 1\n", "")
    pod = pod_of(program(stream(serving, without_env(ENTRY))))
    assert pod["metadata"]["annotations"][f"{LWS}/size"] == "1"


@pytest.mark.parametrize(
    ("pod", "serving", "namespace"),
    [("serving", "serving", "serving"), ("", "serving", "serving"), ("", "", "default")],
)
def test_the_entry_address_is_in_a_namespace(
    program: Program, pod: str, serving: str, namespace: str
) -> None:
    worker, item = without_env(WORKER), SERVING
    if not pod:
        worker = worker.replace("  namespace: serving\n", "")
    if not serving:
        item = item.replace("  namespace: serving\n", "")
    found = env_of(pod_of(program(stream(item, worker))))[0]
    assert found == ("LWS_LEADER_ADDRESS", f"chat-1-main-0-0.{namespace}")


@pytest.mark.parametrize(
    ("replicas", "written"), [("  replicas: 0\n", "0"), ("", "1"), ("  replicas:\n", "1")]
)
def test_replicas_are_those_of_the_item(program: Program, replicas: str, written: str) -> None:
    serving = SERVING.replace("  replicas: 2\n", replicas)
    worker = WORKER.replace("  labels:", f"  annotations: {{{MSV}/replicas: '9'}}\n  labels:")
    pod = pod_of(program(stream(serving, worker)))
    assert pod["metadata"]["annotations"][f"{LWS}/replicas"] == written


def test_the_annotation_goes_before_the_function_config(program: Program) -> None:
    config = INJECT_LWS + "spec: {modelServings: [{name: chat, replicas: 7}]}\n"
    worker = WORKER.replace("  labels:", f"  annotations: {{{MSV}/replicas: '9'}}\n  labels:")
    finished = program(resource_list(worker, config=config))
    pod = items_of(finished.stdout)[0]
    assert pod["metadata"]["annotations"][f"{LWS}/replicas"] == "9"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (ANNOTATED.replace(f', {MSV}/replicas: "5"', ""), "`spec.replicas` can't be had"),
        (ANNOTATED.replace("GROUP_SIZE", "OTHER"), "`GROUP_SIZE` is in no container's env"),
        (ANNOTATED.replace('replicas: "5"', 'replicas: "many"'), 'found "many"'),
    ],
)
def test_what_can_not_be_had_is_an_error(program: Program, text: str, part: str) -> None:
    assert_error(program(text), text, "v1/Pod/chat-3-main-2-0", part)


@pytest.mark.parametrize(
    ("serving", "part"),
    [
        (SERVING.replace("name: main", "name: other"), 'no role "main"'),
        (SERVING.replace("workerReplicas: 1", "workerReplicas: -1"), 'found "-1"'),
        (SERVING.replace("replicas: 2", "replicas: many"), "`spec.replicas`"),
    ],
)
def test_what_the_model_serving_does_not_say_is_an_error(
    program: Program, serving: str, part: str
) -> None:
    text = stream(serving, without_env(WORKER))
    assert_error(program(text), text, "v1/Pod/serving/chat-1-main-0-1", part)


def test_a_bad_item_stays_and_the_others_are_done(program: Program) -> None:
    bad = WORKER.replace('value: "1"', 'value: "x"')
    finished = program(stream(SERVING, bad, WORKER))
    assert finished.code == 1
    assert finished.stdout == stream(SERVING, bad, INJECTED_WORKER)


def test_several_entry_pods_in_a_serving_group_are_one_warning(program: Program) -> None:
    second = ENTRY.replace("main-0", "main-1")
    text = stream(SERVING, ENTRY, second, ENTRY.replace("chat-1", "chat-0"))
    finished = program(text)
    assert finished.code == 0, finished
    warnings = [line for line in finished.stderr.splitlines() if line.startswith("[warning]")]
    assert len(warnings) == 1, finished
    assert "ModelServing/serving/chat" in warnings[0]
    assert '"chat-1"' in warnings[0]
    assert '"chat-0"' not in warnings[0]
    assert finished.stdout.count(f"{LWS}/worker-index") == 3


# Anchors, aliases and merge keys


def test_an_env_that_is_an_anchor_and_an_alias_is_right_in_both_containers(
    program: Program,
) -> None:
    text = WORKER.replace("    env:\n", "    env: &env  # shared\n")
    text += "  - name: second\n    env: *env # the same\n"
    finished = program(stream(SERVING, text))
    pod = pod_of(finished)
    assert env_of(pod) == env_of(pod, 1)
    assert len(env_of(pod)) == 6
    assert "    env: &env  # shared\n    - name: LWS_LEADER_ADDRESS\n" in finished.stdout
    assert "    env: # the same\n    - name: LWS_LEADER_ADDRESS\n" in finished.stdout
    assert program(finished.bytes).bytes == finished.bytes


def test_what_else_uses_an_anchor_means_what_it_did(program: Program) -> None:
    text = resource_list(
        SERVING, WORKER.replace("    env:\n", "    env: &env\n"), "data: *env\nkind: Other\n"
    )
    finished = program(text)
    items = items_of(finished.stdout)
    assert items[2]["data"] == yaml.safe_load(text)["items"][2]["data"]
    assert len(env_of(items[1])) == 6


def test_a_merged_env_is_written_out(program: Program) -> None:
    text = WORKER.replace("  - name: engine\n", "  - &base\n    name: engine\n")
    finished = program(stream(SERVING, text + "  - <<: *base\n    name: second\n"))
    pod = pod_of(finished)
    assert env_of(pod) == env_of(pod, 1)
    assert [container["name"] for container in pod["spec"]["containers"]] == ["engine", "second"]


def test_merged_labels_are_read_and_overridden(program: Program) -> None:
    text = WORKER.replace(
        "  labels:\n",
        f"  x: &common\n    {MSV}/name: chat\n    {LWS}/name: old\n  labels:\n    <<: *common\n",
    ).replace(f"    {MSV}/name: chat\n    {MSV}/group", f"    {MSV}/group")
    pod = pod_of(program(stream(SERVING, text)))
    assert pod["metadata"]["x"][f"{LWS}/name"] == "old"
    assert pod["metadata"]["labels"][f"{LWS}/name"] == "chat"


def test_an_item_that_is_an_alias_is_injected_as_well(program: Program) -> None:
    text = resource_list(SERVING, "&pod\n" + WORKER).replace("functionConfig", "x") + "- *pod\n"
    finished = program(text)
    items = items_of(finished.stdout)
    assert finished.code == 0, finished
    assert items[1] == items[2]
    assert len(env_of(items[2])) == 6


def test_a_share_that_is_too_large_to_write_out_is_refused(program: Program) -> None:
    values = "".join(f"    - {{name: A{i}, value: b}}\n" for i in range(1000))
    text = resource_list(
        SERVING,
        WORKER.replace("    env:\n", "    env: &env\n") + values,
        "kind: Other\ndata:\n" + "- *env\n" * 400,
    )
    finished = program(text)
    assert finished.code == 1
    assert "`&env` at line" in finished.stderr
    assert "its alias at line" in finished.stderr
    assert finished.stdout.startswith(text)
    assert indent(WORKER, 2).partition("env:")[0] in finished.stdout


@pytest.mark.parametrize("field", ["vaue: x", "valueFrom: null", "valueFrom: ~"])
def test_an_entry_with_another_field_is_written_anew_once(program: Program, field: str) -> None:
    there = f"    env:\n    - name: LWS_LEADER_ADDRESS\n      {field}\n"
    finished = program(stream(SERVING, WORKER.replace("    env:\n", there)))
    assert finished.stdout == stream(SERVING, INJECTED_WORKER)
    assert program(finished.bytes).bytes == finished.bytes
