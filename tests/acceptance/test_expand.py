"""ExpandLWSPlugin: whole documents in and out. `tests/property/test_expand.py` tests the pods that
a controller makes of the output.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.manifests import (
    CONFIG_MAP,
    LWS,
    MSV,
    data_of,
    function_config,
    indent,
    replaced,
    resource_list,
    stream,
)
from tests.messages import MODELSERVING, line_of, text_of
from tests.running import EXPAND

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.running import Finished, Program

    Expand = Callable[..., Finished]
    Object = dict[str, Any]

CONFIG = function_config("ExpandLWSPlugin")
WORKER = "spec.template.roles[0].workerTemplate"
BEFORE = """\
# A leader and a worker.
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing # kthena's
metadata:
  name: chat
  namespace: serving
spec:
  replicas: 2
  # what pods get
  plugins:
  # of LWS
  - name: lws
    type: BuiltIn
  # the group
  template:
    roles:
    - name: main
      replicas: 1
      # serves
      entryTemplate:
        metadata:
          labels:
            app: "chat" # for the Service
          # no annotations
        spec:
          containers:
          - name: engine
            image: example.com/engine:1
            args: ["--leader", "$(LWS_LEADER_ADDRESS)"]
            env: # of the engine
            # first
            - name: HF_TOKEN # secret
              valueFrom:
                secretKeyRef: {name: hf, key: token}
            # last
      workerReplicas: 1
      workerTemplate:
        # the pod
        spec:
          initContainers:
          - name: fetch
            image: example.com/fetch:1
          containers:
          - name: engine
            image: example.com/engine:1
            command:
            - run
"""


def written(indentation: int, size: int, index: int | None) -> str:
    """The entries of an env that are written, in block style."""
    lines = f"""\
- name: MODELSERVING_GROUP_NAME
  valueFrom:
    fieldRef:
      fieldPath: "metadata.labels['modelserving.volcano.sh/group-name']"
- name: MODELSERVING_ROLE_ID
  valueFrom:
    fieldRef:
      fieldPath: "metadata.labels['modelserving.volcano.sh/role-id']"
- name: MODELSERVING_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: LWS_LEADER_ADDRESS
  value: "$(MODELSERVING_GROUP_NAME)-$(MODELSERVING_ROLE_ID)-0.$(MODELSERVING_NAMESPACE)"
- name: LWS_GROUP_SIZE
  value: "{size}"
"""
    if index is not None:
        lines += f'- name: LWS_WORKER_INDEX\n  value: "{index}"\n'
    return "".join(" " * indentation + line for line in lines.splitlines(keepends=True))


def metadata(indentation: int, size: int, index: int | None) -> str:
    """The labels and annotations that are written, in block style, below the key."""
    labels = f"labels:\n  {LWS}/name: chat\n"
    if index is not None:
        labels += f'  {LWS}/worker-index: "{index}"\n'
    lines = labels + f'annotations:\n  {LWS}/size: "{size}"\n'
    return "".join(" " * indentation + line for line in lines.splitlines(keepends=True))


def expanded(*entries: Object) -> str:
    """The annotation that has the `lws` entries, in block style, on a ModelServing without any."""
    value = json.dumps(json.dumps(entries, separators=(",", ":")))
    return f"  annotations:\n    {MSV}/lws-expanded: {value}\n"


def replicas(number: int, scope: Object | None = None) -> str:
    """The plugin that writes the annotation `replicas`, with the scope of an `lws` entry."""
    lines = ""
    if scope:
        lines += "    scope:\n"
        roles = "".join(f"      - {role}\n" for role in scope.get("roles", ()))
        for key, value in scope.items():
            lines += f"      roles:\n{roles}" if key == "roles" else f"      {key}: {value}\n"
    return (
        f"  - name: demo-pod-tweaks\n    type: BuiltIn\n{lines}    config:\n"
        f'      annotations:\n        {LWS}/replicas: "{number}"\n'
    )


ENTRY: Object = {"name": "lws", "type": "BuiltIn"}
EXPANDED = expanded(ENTRY)
PLUGINS = "  plugins:\n  # of LWS\n  - name: lws\n    type: BuiltIn\n"
LABELS, ANNOTATIONS = metadata(10, 2, 0).split("          annotations:\n")
AFTER = (
    BEFORE.replace(PLUGINS, f"  plugins:\n{replicas(2)}  # of LWS\n")
    .replace("  namespace: serving\n", f"  namespace: serving\n{EXPANDED}")
    .replace(
        '            app: "chat" # for the Service\n',
        '            app: "chat" # for the Service\n'
        + LABELS.removeprefix("          labels:\n")
        + "          annotations:\n"
        + ANNOTATIONS,
    )
    .replace("            # first\n", written(12, 2, 0) + "            # first\n")
    .replace("        # the pod\n", f"        metadata:\n{metadata(10, 2, 1)}        # the pod\n")
    .replace(
        "            image: example.com/fetch:1\n",
        f"            image: example.com/fetch:1\n            env:\n{written(12, 2, 1)}",
    )
    .replace("            - run\n", f"            - run\n            env:\n{written(12, 2, 1)}")
)


def scoped(scope: Object, number: int = 2, text: str = AFTER) -> str:
    """What is written where the `lws` entry has a scope."""
    return replaced(
        text,
        (EXPANDED, expanded({**ENTRY, "scope": scope})),
        (replicas(number), replicas(number, scope)),
    )


# Three workers, and what refers to their index.
SEVERAL = """\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing
metadata:
  name: chat
  namespace: serving
spec:
  plugins:
  - name: other
  - name: lws # here
  template:
    roles:
    - name: main
      entryTemplate:
        spec:
          containers:
          - name: engine
      workerReplicas: 3
      workerTemplate:
        spec:
          containers:
          - name: engine
            env:
            - name: LAST
              value: "9"
            # of torch
            - name: RANK # mine
              value: $(LWS_WORKER_INDEX) of $(LWS_GROUP_SIZE), $(LAST), $(LATER)
            - name: INDEX
              valueFrom:
                fieldRef:
                  fieldPath: metadata.labels['leaderworkerset.sigs.k8s.io/worker-index']
            - name: ARGUMENTS
              value: --rank=$(RANK) --keep=$$(INDEX)
            # behind
            - name: LATER
              value: x
"""
DIGEST = re.compile(f'{MSV}/lws-moved-env: [0-9a-f"]+')
MOVED = f"{MSV}/lws-moved-env: aa5f8df27ad6e6d272723b6f0b82b454f9a34693"
SEVERAL_AFTER = (
    SEVERAL.replace("  - name: lws # here\n", "")
    .replace("  namespace: serving\n", f"  namespace: serving\n{expanded({'name': 'lws'})}")
    .replace(
        "  - name: other\n",
        f"""\
{replicas(1)}  - name: demo-pod-tweaks
    type: BuiltIn
    scope:
      roles:
      - main
      target: Worker
    config:
      env:
      - name: LWS_WORKER_INDEX
        value: "$(WORKER_INDEX)"
      - name: RANK
        value: "$(LWS_WORKER_INDEX) of $(LWS_GROUP_SIZE), $(LAST), $$(LATER)"
      - name: INDEX
        value: "$(LWS_WORKER_INDEX)"
      - name: ARGUMENTS
        value: "--rank=$(RANK) --keep=$$(INDEX)"
  - name: other
""",
    )
    .replace(
        "      entryTemplate:\n",
        f"      entryTemplate:\n        metadata:\n{metadata(10, 4, 0)}",
    )
    .replace(
        "      workerTemplate:\n",
        f"      workerTemplate:\n        metadata:\n{metadata(10, 4, None)}            {MOVED}\n",
    )
    .replace(
        "          - name: engine\n      workerReplicas",
        f"          - name: engine\n            env:\n{written(12, 4, 0)}      workerReplicas",
    )
    .replace("            - name: LAST\n", written(12, 4, None) + "            - name: LAST\n")
)
GONE = SEVERAL_AFTER.index("            - name: RANK"), SEVERAL_AFTER.index("            # behind")
SEVERAL_AFTER = SEVERAL_AFTER[: GONE[0]] + SEVERAL_AFTER[GONE[1] :]


@pytest.fixture
def expand(program: Program) -> Expand:
    """Runs the function; on what it gives, it must change nothing and say nothing."""

    def run(text: str) -> Finished:
        finished = program(text, *EXPAND)
        if finished.code == 0:
            again = program(finished.bytes, *EXPAND)
            assert (again.bytes, again.code) == (finished.bytes, 0)
            assert again.stderr in ("", "[info] no ModelServing among the 1 item\n")
        return finished

    return run


def lines(finished: Finished, severity: str) -> list[str]:
    """Field and message of each line of this severity; all are about the ModelServing."""
    start = f"[{severity}] {MODELSERVING} "
    found = [line for line in finished.stderr.splitlines() if line.startswith(f"[{severity}]")]
    assert all(line.startswith(start) for line in found), finished
    return [line.removeprefix(start) for line in found]


def test_the_contract_is_in_the_templates_and_all_else_is_as_it_was(expand: Expand) -> None:
    finished = expand(stream(BEFORE, CONFIG_MAP))
    assert finished.stdout == stream(AFTER, CONFIG_MAP)
    keys = f"`{LWS}/group-index`, `{LWS}/group-key`"
    counts = {
        "servings": "1 ModelServing",
        "templates": "2 templates",
        "labels": "4 labels",
        "annotations": "2 annotations",
        "variables": "18 env vars",
        "plugins": "1 plugin",
    }
    assert finished.stderr.splitlines() == [
        line_of("not-carried", f"{MODELSERVING} spec.template", keys=keys),
        line_of("expanded", **counts),
    ]


def test_what_refers_to_the_index_of_several_workers_moves_to_a_plugin(expand: Expand) -> None:
    finished = expand(SEVERAL)
    assert finished.stdout == SEVERAL_AFTER
    (warning,) = lines(finished, "warning")
    assert f"and, of several workers, `{LWS}/worker-index` (`{WORKER}`):" in warning
    assert finished.stderr.endswith(", 2 plugins\n")


def test_any_form_of_input_comes_out_as_the_same_form(expand: Expand) -> None:
    windows = expand(BEFORE.replace("\n", "\r\n"))
    assert windows.stdout == AFTER.replace("\n", "\r\n")
    head = "apiVersion: v1\nkind: List\nitems:\n- "
    listed = expand(head + indent(BEFORE, 2))
    assert listed.stdout == head + indent(AFTER, 2)
    kpt = expand(resource_list(BEFORE, CONFIG_MAP, config=CONFIG))
    after = resource_list(AFTER, CONFIG_MAP, config=CONFIG)
    assert kpt.stdout.startswith(f"{after}results:\n- message: ")
    assert kpt.stderr.count("\n") == 1


@pytest.mark.parametrize("space", [None, 2])
def test_json_stays_json(expand: Expand, space: int | None) -> None:
    finished = expand(json.dumps(yaml.safe_load(SEVERAL), indent=space))
    assert json.loads(finished.stdout) == yaml.safe_load(SEVERAL_AFTER)
    lines_kept = [line for line in finished.stdout.splitlines() if '"name": "other"' in line]
    assert len(lines_kept) == 1


def test_flow_style_stays_flow_style(expand: Expand) -> None:
    before = (
        "{apiVersion: workload.volcano.sh/v1, kind: ModelServing, metadata: {name: chat}, spec: "
        "{plugins: [{name: lws}], template: {roles: [{name: main, workerReplicas: 0, "
        "entryTemplate: {spec: {containers: [{name: c, env: []}]}}}]}}} # c\n"
    )
    strings = (
        f'labels: {{{LWS}/name: chat, {LWS}/worker-index: "0"}}, annotations: {{{LWS}/size: "1"}}'
    )
    assert expand(before).stdout == replaced(
        before,
        (
            "name: chat}",
            "name: chat, "
            + expanded({"name": "lws"}).replace("\n    ", " {").strip().replace(":  {", ": {")
            + "}}",
        ),
        (
            "{name: lws}",
            "{name: demo-pod-tweaks, type: BuiltIn, config: {annotations: "
            f'{{{LWS}/replicas: "1"}}}}}}',
        ),
        ("{spec: {containers", f"{{metadata: {{{strings}}}, spec: {{containers"),
        (
            "env: []",
            "env: [{name: MODELSERVING_GROUP_NAME, valueFrom: {fieldRef: {fieldPath: "
            "\"metadata.labels['modelserving.volcano.sh/group-name']\"}}}, "
            "{name: MODELSERVING_ROLE_ID, valueFrom: {fieldRef: {fieldPath: "
            "\"metadata.labels['modelserving.volcano.sh/role-id']\"}}}, "
            "{name: MODELSERVING_NAMESPACE, valueFrom: "
            "{fieldRef: {fieldPath: metadata.namespace}}}, "
            '{name: LWS_LEADER_ADDRESS, value: "$(MODELSERVING_GROUP_NAME)-$(MODELSERVING_ROLE_ID)'
            '-0.$(MODELSERVING_NAMESPACE)"}, '
            '{name: LWS_GROUP_SIZE, value: "1"}, {name: LWS_WORKER_INDEX, value: "0"}]',
        ),
    )


def test_an_ordinary_modelserving_is_read_quickly(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSERVING_LWS_DEBUG", "1")
    probe = "            readinessProbe: {tcpSocket: {port: 8000}}\n"
    ordinary = replaced(BEFORE, (" # kthena's", ""), ("- run\n", f"- run\n{probe}"))
    for text in (ordinary, SEVERAL):
        finished = program(resource_list(text, CONFIG_MAP, config=CONFIG))
        assert finished.stderr.endswith("items: 1 skipped, 1 quick, 0 exact\n")


# What is in scope


OTHER_ROLE = """\
    - name: other # untouched
      entryTemplate: {spec: {containers: [{name: c, env: [{name: LWS_GROUP_SIZE, value: "7"}]}]}}
      workerReplicas: 2
      workerTemplate: {spec: {containers: [{name: c}]}} # d
"""


def test_a_role_that_the_scope_leaves_out_keeps_its_bytes(expand: Expand) -> None:
    scope = "    type: BuiltIn\n    scope: {roles: [main]}\n"
    before = BEFORE.replace("    type: BuiltIn\n", scope)
    assert expand(before + OTHER_ROLE).stdout == scoped({"roles": ["main"]}) + OTHER_ROLE


SCOPE = "spec.plugins[0].scope.roles[%d]: "
SCOPE += text_of("scope-role", allowed='"main"', found='"absent"', meant="")


def test_a_scope_without_a_role_of_the_modelserving_is_an_error(expand: Expand) -> None:
    text = BEFORE.replace("type: BuiltIn\n", "type: BuiltIn\n    scope: {roles: [absent]}\n")
    assert refused(expand(text), text) == [SCOPE % 0]


def test_a_role_in_a_scope_that_is_not_there_is_a_warning(expand: Expand) -> None:
    text = BEFORE.replace("type: BuiltIn\n", "type: BuiltIn\n    scope: {roles: [main, absent]}\n")
    finished = expand(text)
    assert finished.stdout == scoped({"roles": ["main", "absent"]})
    assert lines(finished, "warning")[0] == SCOPE % 1
    other = "  - {name: demo-pod-tweaks, scope: {roles: [absent]}}\n  # of LWS\n"
    finished = expand(BEFORE.replace("  # of LWS\n", other))
    assert (finished.code, lines(finished, "warning")[0]) == (0, SCOPE % 0)


@pytest.mark.parametrize("type_", ['""', "Builtin", "Wasm"])
def test_a_type_that_the_api_server_refuses(expand: Expand, type_: str) -> None:
    text = BEFORE.replace("type: BuiltIn", f"type: {type_}")
    (error,) = refused(expand(text), text)
    found = type_.strip('"')
    assert error == f'spec.plugins[0].type: must be one of "BuiltIn"; found "{found}"'
    other = BEFORE.replace("name: lws\n    type: BuiltIn", f"name: x\n    type: {type_}")
    assert expand(other).stdout == other


@pytest.mark.parametrize("field", ["env", "Env", "ENV"])
@pytest.mark.parametrize("name", ["name", "Name"])
def test_a_plugins_config_is_read_in_any_case(expand: Expand, field: str, name: str) -> None:
    config = f"{{{field}: [{{{name}: LWS_GROUP_SIZE, VALUE: s3cret}}]}}"
    text = BEFORE.replace("  - name: lws\n", f"  - {{name: demo-pod-tweaks, config: {config}}}\n"
                          "  - name: lws\n")  # fmt: skip
    (error,) = refused(expand(text), text)
    assert error.startswith(f"spec.plugins[0].config.{field}[0]: must not set `LWS_GROUP_SIZE`")


@pytest.mark.parametrize(
    ("scopes", "is_entry", "is_worker"),
    [
        ([{"target": "Entry"}], True, False),
        ([{"target": "Worker"}], False, True),
        ([{"target": "Entry"}, {"target": "Worker", "roles": ["main"]}], True, True),
        ([{"target": "All"}, None], True, True),
        ([{"target": "Entry", "roles": ["main"]}], True, False),
        ([{"target": "Entry", "roles": ["main"]}, {"target": "Worker"}], True, True),
    ],
)
def test_entries_of_the_plugin_add_up(
    expand: Expand, scopes: list[Object | None], is_entry: bool, is_worker: bool
) -> None:
    entries = [{"name": "lws", "scope": scope} for scope in scopes]
    listed = "".join(f"  - name: lws\n    scope: {json.dumps(scope)}\n" for scope in scopes)
    before = BEFORE.replace("  - name: lws\n    type: BuiltIn\n", listed)
    border, head = "      workerReplicas: 1\n", "  # the group\n"
    top = replaced(
        AFTER.partition(head)[0],
        (EXPANDED, expanded(*entries)),
        (replicas(2), "".join(replicas(2, scope) for scope in scopes)),
    )
    entry = (AFTER if is_entry else BEFORE).partition(head)[2].partition(border)[0]
    entry = top + head + entry
    worker = (AFTER if is_worker else BEFORE).partition(border)[2]
    finished = expand(before)
    assert finished.stdout == entry + border + worker
    assert len(lines(finished, "warning")) == 1


@pytest.mark.parametrize(
    "change",
    [
        ("name: lws", "name: lws-standard-labels"),
        ("workload.serving.volcano.sh", "example.com"),
        ("kind: ModelServing", "kind: ModelBooster"),
        (PLUGINS, ""),
        (PLUGINS, "  plugins: # none\n"),
    ],
)
def test_what_has_no_such_plugin_stays(expand: Expand, change: tuple[str, str]) -> None:
    text = replaced(BEFORE, change)
    finished = expand(text)
    is_serving = "kind: ModelServing" in text
    nothing = "" if is_serving else "[info] no ModelServing among the 1 item\n"
    assert (finished.stdout, finished.stderr) == (text, nothing)


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        (("workload.serving.volcano.sh", "workload.volcano.sh"), ()),
        (("  - name: lws\n    type: BuiltIn\n", "  - name: lws\n"),
         (EXPANDED, expanded({"name": "lws"}))),
        (("  replicas: 2\n", ""), (replicas(2), replicas(1))),
        (("  replicas: 2\n", "  replicas: 0\n"), (replicas(2), replicas(0))),
        (("  namespace: serving\n", ""), ()),
    ],
)  # fmt: skip
def test_what_the_modelserving_says_is_written(
    expand: Expand, changes: tuple[str, str], after: tuple[str, str]
) -> None:
    expected = AFTER.replace(*changes)
    if after:
        expected = replaced(expected, after)
    assert expand(replaced(BEFORE, changes)).stdout == expected


def test_a_name_that_looks_like_a_boolean_stays_a_string(expand: Expand) -> None:
    before = BEFORE.replace("  name: chat\n", "  name: on\n")
    expected = AFTER.replace("  name: chat\n", "  name: on\n")
    assert expand(before).stdout == expected.replace("/name: chat", '/name: "on"')


def test_a_worker_template_without_pods_gets_what_all_pods_would_share(expand: Expand) -> None:
    finished = expand(BEFORE.replace("workerReplicas: 1", "workerReplicas: 0"))
    entry, worker = AFTER.split("      workerReplicas: 1\n")
    entry = replaced(entry, ('/size: "2"', '/size: "1"'), (written(12, 2, 0), written(12, 1, 0)))
    worker = replaced(
        worker,
        (metadata(10, 2, 1), metadata(10, 1, None)),
        (written(12, 2, 1), written(12, 1, None)),
    )
    assert finished.stdout == f"{entry}      workerReplicas: 0\n{worker}"


@pytest.mark.parametrize(
    "template", ["      workerTemplate:\n        spec:\n          containers: []\n", ""]
)
def test_a_worker_template_without_pods_may_be_empty(expand: Expand, template: str) -> None:
    border = "      workerReplicas: "
    entry = AFTER.partition(border)[0]
    entry = replaced(entry, ('/size: "2"', '/size: "1"'), (written(12, 2, 0), written(12, 1, 0)))
    finished = expand(f"{BEFORE.partition(border)[0]}{border}0\n{template}")
    assert finished.stdout == f"{entry}{border}0\n{template}"


# What is there already


def test_the_contracts_keys_are_replaced_and_those_that_would_be_wrong_go(expand: Expand) -> None:
    before = replaced(
        SEVERAL,
        (
            "      workerTemplate:\n",
            f"""\
      workerTemplate:
        metadata:
          labels:
            {LWS}/worker-index: "7" # goes
            # stays
            {LWS}/name: old # this, too
            {LWS}/group-key: abc
          annotations: {{{LWS}/size: "4", note: x}}
""",
        ),
        ("            - name: LAST\n", "            - name: LWS_GROUP_SIZE # old\n              "
         'value: "9"\n            - name: LAST\n'),
    )  # fmt: skip
    assert expand(before).stdout == replaced(
        SEVERAL_AFTER,
        (
            metadata(10, 4, None) + f"            {MOVED}\n",
            f"""\
          labels:
            # stays
            {LWS}/name: chat # this, too
          annotations: {{{LWS}/size: "4", note: x, {MOVED}}}
""",
        ),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("labels: {a: b, L/group-index: x, L/worker-index: '7'}", "labels: {a: b, L/name: chat}"),
        ("labels: {L/group-key: x, L/name: chat}", "labels: {L/name: chat}"),
        ("labels: {L/group-key: x}", "labels: {L/name: chat}"),
        ("labels: {L/group-key: x, a: b, <<: {c: d}}", "labels: {a: b, <<: {c: d}, L/name: chat}"),
        ("labels: {a: b, <<: {L/group-key: x, c: d}}", "labels: {a: b, c: d, L/name: chat}"),
        ("labels: # none", "labels: # none\n            L/name: chat"),
        ("labels: {}", "labels:\n            L/name: chat"),
    ],
)
def test_labels_in_any_style(expand: Expand, before: str, after: str) -> None:
    before, after = (text.replace("L/", f"{LWS}/") for text in (before, after))
    template = "      workerTemplate:\n"
    text = SEVERAL.replace(template, f"{template}        metadata:\n          {before}\n")
    labels = f"          labels:\n            {LWS}/name: chat\n"
    entry, worker = SEVERAL_AFTER.split(template)
    assert expand(text).stdout == entry + template + replaced(
        worker, (labels, f"          {after}\n")
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("env: []", "env:"),
        ("env: # none", "env: # none"),
        ("env: null # c", "env: # c"),
        ('env: # c\n            - {name: LWS_GROUP_SIZE, value: "1"}', None),
        (
            'env: # c\n            - name: LWS_WORKER_INDEX # d\n              value: ""\n',
            "env: # c",
        ),
    ],
)
def test_env_in_any_style(expand: Expand, before: str, after: str | None) -> None:
    text = BEFORE.replace("            - run\n", f"            - run\n            {before}\n")
    finished = expand(text)
    if after is None:
        assert yaml.safe_load(finished.stdout) == yaml.safe_load(AFTER)
        assert "            env: # c\n            - {name: MODELSERVING_GROUP" in finished.stdout
    else:
        tail = "            - run\n            "
        expected = AFTER.replace(f"{tail}env:", f"{tail}{after}")
        assert finished.stdout == expected + "\n" * before.endswith("\n")


def test_metadata_that_is_null_is_written(expand: Expand) -> None:
    before = BEFORE.replace("        # the pod\n", "        metadata: # none\n        # the pod\n")
    assert expand(before).stdout == AFTER.replace(
        f"        metadata:\n{metadata(10, 2, 1)}",
        f"        metadata: # none\n{metadata(10, 2, 1)}",
    )


def test_templates_that_share_text_become_different(expand: Expand) -> None:
    before = """\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing
metadata:
  name: chat
spec:
  plugins: [{name: lws, scope: {roles: [a, b]}}]
  template:
    roles:
    - &a
      name: a
      entryTemplate: &t
        spec: &s
          containers:
          - &c
            name: c
          - <<: *c
            name: d
      workerReplicas: 1
      workerTemplate: *t
    - <<: *a
      name: b
    - name: c
      entryTemplate: *t
      workerReplicas: 0
"""
    finished = expand(before)
    roles = yaml.safe_load(finished.stdout)["spec"]["template"]["roles"]
    plain = yaml.safe_load(before)["spec"]["template"]["roles"]
    assert roles[2] == plain[2]
    for role in roles[:2]:
        for field, index in (("entryTemplate", 0), ("workerTemplate", 1)):
            template = role[field]
            assert template["metadata"] == yaml.safe_load(metadata(0, 2, index))
            for container in template["spec"]["containers"]:
                assert container.pop("env") == yaml.safe_load(written(0, 2, index))
            del template["metadata"]
            assert template == plain[0][field]


FLOW = (
    f'[{{name: demo-pod-tweaks, type: BuiltIn, config: {{annotations: {{{LWS}/replicas: "2"}}}}}}]'
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  plugins: *p # c\n", f"  plugins: {FLOW} # c\n"),
        ("  <<: *b\n", "  <<: *b\n"),
        ("  <<: *b\n  plugins: [{name: lws}]\n", f"  <<: *b\n  plugins: {FLOW}\n"),
    ],
)
def test_plugins_that_stand_elsewhere_stay(expand: Expand, before: str, after: str) -> None:
    head = "status: &b\n  plugins: &p [{name: lws}]\nspec:\n"
    finished = expand(replaced(BEFORE, ("spec:\n  rep", f"{head}  rep"), (PLUGINS, before)))
    expected = replaced(
        AFTER,
        (EXPANDED, expanded({"name": "lws"})),
        ("spec:\n  rep", f"{head}  rep"),
        (f"  plugins:\n{replicas(2)}  # of LWS\n", after),
    )
    if after == before:  # what a merge key brings stays away only where something else stands
        expected = f"{expected.rstrip()}\n  plugins: {FLOW}\n"
    assert finished.stdout == expected


def test_a_helper_variable_that_is_right_is_kept_as_one(expand: Expand) -> None:
    helper = written(12, 2, 1)
    helper = helper[helper.index("            - name: MODELSERVING_NAMESPACE") :]
    helper = helper[: helper.index("            - name: LWS_LEADER_ADDRESS")]
    reader = "            - name: A\n              value: $(MODELSERVING_NAMESPACE)\n"
    run = "            - run\n            - $(MODELSERVING_NAMESPACE)\n"
    text = BEFORE.replace("            - run\n", f"{run}            env:\n{helper}{reader}")
    assert expand(text).stdout == AFTER.replace("            - run\n", run) + reader


# What can't be had


def refused(finished: Finished, text: str) -> list[str]:
    """The errors, each of which says it all; nothing has changed."""
    assert (finished.code, finished.stdout) == (1, text), finished
    assert "s3cret" not in finished.stderr
    return lines(finished, "error")


def test_all_that_is_wrong_is_said_at_once_and_other_items_are_done(expand: Expand) -> None:
    wrong = replaced(
        SEVERAL,
        ("  - name: other\n", "  - name: demo-pod-tweaks\n    config:\n      env:\n"
         "      - {name: WORKER_INDEX, value: s3cret}\n      - {name: A, value: $(A)$(RANK)}\n"
         f"      annotations: {{{LWS}/size: s3cret}}\n"),
        ("containers:\n          - name: engine\n      w", "containers: 3\n      w"),
        ("              value: x\n", "              value: x\n          - name: side\n"
         "            env:\n            - name: RANK\n              value: s3cret\n"
         "            args:\n            - s3cret $(INDEX) $(MODELSERVING_ROLE_ID)\n"),
    )  # fmt: skip
    finished = expand(stream(wrong, BEFORE))
    assert finished.stdout == stream(wrong, AFTER)
    assert finished.code == 1
    assert "s3cret" not in finished.stderr
    entry = "spec.template.roles[0].entryTemplate"
    paths = [line.partition(": ")[0] for line in lines(finished, "error")]
    assert paths == [
        f"{entry}.spec.containers",
        "spec.plugins[0].config.env[0]",
        f"spec.plugins[0].config.annotations['{LWS}/size']",
        f"{WORKER}.spec.containers[1].env[0]",
        f"{WORKER}.spec.containers[1].args[0]",
        "spec.plugins[0].config.env[1]",
        f"{WORKER}.spec.containers[1].args[0]",
    ]


@pytest.mark.parametrize(
    ("change", "path", "part"),
    [
        (("  name: chat\n", "  generateName: chat-\n"), "metadata.name", "must be there"),
        (("replicas: 2\n", "replicas: two\n"), "spec.replicas", 'found "two"'),
        (("workerReplicas: 1", "workerReplicas: -1"), "roles[0].workerReplicas", 'found "-1"'),
        (("name: lws\n", "name: lws\n    scope: {target: Leader}\n"), "scope.target", '"Leader"'),
        (("      workerTemplate:\n", "      x:\n"), WORKER, "since `workerReplicas` is 1"),
        (("      entryTemplate:\n", "      x:\n"), "roles[0].entryTemplate", "must be there"),
        (("        # the pod\n", "        metadata: {labels: [s3cret]}\n"), "labels", "a mapping"),
        (
            ("        # the pod\n", f"        metadata: {{labels: {{{LWS}/name: []}}}}\n"),
            f"{WORKER}.metadata.labels['{LWS}/name']",
            "must be a string; found a list",
        ),
        (
            ("        # the pod\n", "        metadata: {labels: {<<: s3cret}}\n"),
            f"{WORKER}.metadata.labels",
            "must be a mapping",
        ),
        (("- run\n", "- run\n            env: s3cret\n"), "containers[0].env", "a list"),
        (("- run\n", "- run\n            env: [s3cret]\n"), "containers[0].env[0]", "a mapping"),
        (
            ("- run\n", "- run\n            env: [{name: A, value: s3cret, name: B}]\n"),
            "containers[0].env[0].name",
            "must not be there twice",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_path(
    expand: Expand, change: tuple[str, str], path: str, part: str
) -> None:
    text = replaced(BEFORE, change)
    finished = expand(text)
    if "generateName" in text:
        assert f" {path}: {part}" in finished.stderr
        assert finished.stdout == text
        return
    (error,) = (error for error in refused(finished, text) if ".x: " not in error)
    assert error.partition(": ")[0].endswith(path)
    assert part in error


PLUGIN = "  - name: demo-pod-tweaks\n    config:\n      env:\n"


@pytest.mark.parametrize(
    ("scope", "is_refused"),
    [
        ("{}", True),
        ("{target: Worker, roles: [main]}", True),
        ("{roles: [other]}", False),
        ("{target: Entry, roles: [other]}", False),
    ],
)
@pytest.mark.parametrize("name", ["LWS_GROUP_SIZE", "ENTRY_ADDRESS", "LWS_WORKER_INDEX"])
def test_a_plugin_sets_the_contracts_variables_elsewhere_alone(
    expand: Expand, name: str, scope: str, is_refused: bool
) -> None:
    own = f"{PLUGIN}      - {{name: {name}, value: s3cret}}\n    scope: {scope}\n"
    lws = "  - name: lws\n    type: BuiltIn\n"
    text = replaced(BEFORE, (lws, f"{own}{lws}    scope: {{roles: [main]}}\n")) + OTHER_ROLE
    finished = expand(text)
    if is_refused:
        (error,) = refused(finished, text)
        assert error.startswith("spec.plugins[0].config.env[0]: must not set")
        return
    expected = replaced(scoped({"roles": ["main"]}), ("  # of LWS\n", f"  # of LWS\n{own}"))
    assert finished.stdout == expected + OTHER_ROLE


LEADER, INDEX = "$(LWS_LEADER_ADDRESS)", "$(LWS_WORKER_INDEX)"
ENTRY_ADDRESS, OWN_INDEX = "$(ENTRY_ADDRESS)", "$(WORKER_INDEX)"
COMMAND = "            livenessProbe: {{exec: {{command: [s3cret, {}]}}}}\n"
FOLDED = """\
            startupProbe:
              exec:
                command:
                - >-
                  ask
                  {}

                - x
"""
LISTED = """\
            startupProbe:
              exec:
                command:
                # asks
                - nc
                - {} # the leader
"""


@pytest.mark.parametrize(
    ("probe", "texts", "after"),
    [
        (COMMAND, f"'{LEADER}'", f"'{ENTRY_ADDRESS}'"),
        (COMMAND, f'"a{LEADER}b{LEADER}", x', f'"a{ENTRY_ADDRESS}b{ENTRY_ADDRESS}", x'),
        (COMMAND, f'"\\x24(LWS_LEADER_ADDRESS)", {LEADER}', f'"{ENTRY_ADDRESS}", {ENTRY_ADDRESS}'),
        (COMMAND, '"$(LWS_LEADER_\\\n  ADDRESS)"', f'"{ENTRY_ADDRESS}"'),
        (LISTED, LEADER, ENTRY_ADDRESS),
        (LISTED, f"$${LEADER}$$$(A)", f"$${ENTRY_ADDRESS}$$$(A)"),
        (FOLDED, LEADER, ENTRY_ADDRESS),
        (LISTED, "$(LWS_GROUP_SIZE) $(ENTRY_ADDRESS) $LWS_LEADER_ADDRESS $$(LWS_LEADER_ADDRESS)",
         None),
        (LISTED, INDEX, None),
        (LISTED, f"&a {LEADER}", f"&a {ENTRY_ADDRESS}"),
    ],
)  # fmt: skip
def test_a_probe_refers_to_kthenas_variables(
    expand: Expand, probe: str, texts: str, after: str | None
) -> None:
    finished = expand(BEFORE.replace("- run\n", "- run\n" + probe.format(texts)))
    changed = "- run\n" + probe.format(after or texts)
    assert finished.stdout == AFTER.replace("- run\n", changed)
    field = "livenessProbe" if probe == COMMAND else "startupProbe"
    path = f"{WORKER}.spec.containers[0].{field}.exec.command"
    message = text_of("probe-rewritten", names="`LWS_LEADER_ADDRESS`")
    found = [line for line in finished.stderr.splitlines() if "exec.command" in line]
    assert found == ([] if after is None else [f"[info] {MODELSERVING} {path}: {message}"])


def test_a_probe_of_several_workers_reads_the_index_of_the_controller(expand: Expand) -> None:
    probe = LISTED.format(f"{INDEX}:{LEADER}")
    text = replaced(SEVERAL, ("            env:\n", f"{probe}            env:\n"))
    assert LISTED.format(f"{OWN_INDEX}:{ENTRY_ADDRESS}") in expand(text).stdout


@pytest.mark.parametrize(
    ("live", "ready"),
    [
        ("&p {exec: {command: [x, L]}}", "*p"),
        ("{exec: {command: [x, &a L]}}", "{exec: {command: [x, *a]}}"),
    ],
)
def test_a_command_that_probes_share_changes_in_each(expand: Expand, live: str, ready: str) -> None:
    indentation = 12 * " "
    probes = f"{indentation}livenessProbe: {live}\n{indentation}readinessProbe: {ready}\n"
    text = BEFORE.replace("- run\n", "- run\n" + probes.replace("L]", f"{LEADER}]"))
    role = yaml.safe_load(expand(text).stdout)["spec"]["template"]["roles"][0]
    (container,) = role["workerTemplate"]["spec"]["containers"]
    probe = {"exec": {"command": ["x", ENTRY_ADDRESS]}}
    assert (container["livenessProbe"], container["readinessProbe"]) == (probe, probe)


FIELD = "valueFrom: {fieldRef: {fieldPath: \"metadata.labels['%s']\"}}"


@pytest.mark.parametrize(
    ("key", "workers", "is_known"),
    [("worker-index", 1, True), ("worker-index", 3, False), ("group-index", 1, False)],
)
def test_a_field_that_no_template_carries_is_a_warning_with_its_path(
    expand: Expand, key: str, workers: int, is_known: bool
) -> None:
    field = FIELD % f"{LWS}/{key}"
    item = field.removeprefix("valueFrom: {")
    volumes = (
        "          volumes:\n"
        f"          - downwardAPI: {{items: [{{path: a, {item}]}}\n"
        "          - projected:\n              sources:\n              - {}\n"
        f"              - downwardAPI: {{items: [{{path: a, {item}]}}\n"
    )
    own = f"{PLUGIN}      - {{name: A, {field}}}\n"
    text = replaced(
        BEFORE,
        ("  - name: lws\n", f"{own}    scope: {{target: Worker}}\n  - name: lws\n"),
        ("workerReplicas: 1", f"workerReplicas: {workers}"),
        ("        # the pod\n        spec:\n", f"        # the pod\n        spec:\n{volumes}"),
    )
    message = text_of("reads-not-carried", key=f"`{LWS}/{key}`")
    paths = [
        "spec.plugins[0].config.env[0].valueFrom.fieldRef",
        f"{WORKER}.spec.volumes[0].downwardAPI.items[0].fieldRef",
        f"{WORKER}.spec.volumes[1].projected.sources[1].downwardAPI.items[0].fieldRef",
    ]
    warnings = lines(expand(text), "warning")[1:]
    assert warnings == [] if is_known else [f"{path}: {message}" for path in paths]


# Once more


def test_what_is_up_to_date_stays(program: Program) -> None:
    """Also where an alias would have to be written out for a change."""
    anchor = ("      entryTemplate:\n", "      entryTemplate: &e\n")
    text = replaced(SEVERAL_AFTER, anchor) + "status: *e\n"
    listed = resource_list(text, config=CONFIG)
    finished = program(listed)
    assert (finished.stdout, finished.stderr) == (listed, "")


@pytest.mark.parametrize(
    ("change", "follows"),
    [
        (("  name: chat\n", "  name: talk\n"), [("/name: chat", "/name: talk")]),
        (
            ("spec:\n  plugins", "spec:\n  replicas: 7\n  plugins"),
            [(replicas(1), replicas(7))],
        ),
        (
            ("workerReplicas: 3\n", "workerReplicas: 4\n"),
            [
                ('/size: "4"', '/size: "5"'),
                ('_SIZE\n              value: "4"', '_SIZE\n              value: "5"'),
            ],
        ),
    ],
    ids=["name", "replicas", "workerReplicas"],
)
def test_an_expansion_is_brought_up_to_date(
    expand: Expand, change: tuple[str, str], follows: list[tuple[str, str]]
) -> None:
    stale = replaced(SEVERAL_AFTER, change)
    finished = expand(stale)
    assert finished.stdout == replaced(stale, *follows)
    assert "[info] expanded" in finished.stderr


def test_replicas_change_nothing_below_the_template(expand: Expand) -> None:
    again = expand(BEFORE.replace("  replicas: 2\n", "  replicas: 3\n")).stdout
    assert again.partition("  template:\n")[2] == AFTER.partition("  template:\n")[2]


def test_a_variable_that_moved_earlier_stays_where_it_is(expand: Expand) -> None:
    """A change of it, in the plugin or once more in the template, changes the digest."""
    rank = '"$(LWS_WORKER_INDEX) of $(LWS_GROUP_SIZE), $(LAST), $$(LATER)"'
    there = replaced(SEVERAL_AFTER, (rank, '"$(LWS_WORKER_INDEX)"'))
    in_plugin = expand(there).stdout
    assert DIGEST.sub(MOVED, in_plugin) == there
    assert MOVED not in in_plugin
    in_template = expand(
        SEVERAL_AFTER.replace(
            "            # behind\n",
            "            - name: RANK\n              value: $(LWS_WORKER_INDEX)\n"
            "            # behind\n",
        )
    ).stdout
    assert in_template == in_plugin


def test_a_new_variable_joins_those_that_moved_earlier(expand: Expand) -> None:
    new = "            - name: NEW\n              value: $(LWS_WORKER_INDEX)\n"
    before = "            # behind\n"
    finished = expand(SEVERAL_AFTER.replace(before, new + before))
    last = '        value: "--rank=$(RANK) --keep=$$(INDEX)"\n'
    more = '      - name: NEW\n        value: "$(LWS_WORKER_INDEX)"\n'
    assert DIGEST.sub(MOVED, finished.stdout) == SEVERAL_AFTER.replace(last, last + more)


def test_the_index_alone_has_no_digest(expand: Expand) -> None:
    text = SEVERAL[: SEVERAL.index("            - name: LAST")]
    assert "lws-moved-env" not in expand(f"{text}            - name: A\n").stdout


@pytest.mark.parametrize("number", [1, 0])
def test_workers_that_go_take_the_index_along(expand: Expand, number: int) -> None:
    """What moved stays, since only the plugin has it."""
    finished = expand(SEVERAL_AFTER.replace("workerReplicas: 3", f"workerReplicas: {number}"))
    plugins = data_of(finished.stdout)["spec"]["plugins"]
    assert [it["name"] for it in plugins[1]["config"]["env"]] == [
        "LWS_WORKER_INDEX", "RANK", "INDEX", "ARGUMENTS"]  # fmt: skip
    assert MOVED in finished.stdout


def test_a_role_that_has_another_name_keeps_what_moved_in_sight(expand: Expand) -> None:
    text = SEVERAL_AFTER.replace("    - name: main\n", "    - name: other\n")
    finished = expand(text)
    _, second, third = data_of(finished.stdout)["spec"]["plugins"][:3]
    assert [it["name"] for it in second["config"]["env"]] == ["LWS_WORKER_INDEX"]
    assert second["scope"] == {"roles": ["other"], "target": "Worker"}
    assert third == data_of(SEVERAL_AFTER)["spec"]["plugins"][1]
    message = text_of("scope-role", allowed='"other"', found='"main"', meant="")
    assert f"spec.plugins[1].scope.roles[0]: {message}" in finished.stderr
    mended = expand(finished.stdout.replace("      - main\n", "      - other\n")).stdout
    assert len(data_of(mended)["spec"]["plugins"]) == 3
    assert data_of(mended)["spec"]["template"] == data_of(text)["spec"]["template"]


def test_the_index_of_a_role_that_is_gone_goes(expand: Expand) -> None:
    text = SEVERAL[: SEVERAL.index("            - name: LAST")] + "            - name: A\n"
    renamed = ("    - name: main\n", "    - name: other\n")
    finished = expand(replaced(expand(text).stdout, renamed))
    assert finished.stdout == expand(replaced(text, renamed)).stdout
    assert "scope.roles" not in finished.stderr


ROLES = BEFORE.partition("    roles:\n")[2]
TWO_ROLES = BEFORE + ROLES.replace("- name: main\n", "- name: side\n")


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        ({"roles": ["main"]}, {"main"}),
        ({"roles": ["side"], "target": "Worker"}, {"side"}),
        ({}, {"main", "side"}),
    ],
)
def test_a_scope_that_changes_takes_the_contract_from_the_others(
    expand: Expand, scope: Object, wanted: set[str]
) -> None:
    entry = {**ENTRY, "scope": scope} if scope else ENTRY
    expanded_ = expand(TWO_ROLES).stdout.replace(EXPANDED, expanded(entry))
    after = data_of(expand(expanded_).stdout)
    plugin = f"  - name: lws\n    type: BuiltIn\n    scope: {json.dumps(scope)}\n"
    fresh = data_of(expand(TWO_ROLES.replace("  - name: lws\n    type: BuiltIn\n", plugin)).stdout)
    assert without_empty(after["spec"]["template"]) == without_empty(fresh["spec"]["template"])
    assert {role["name"] for role in after["spec"]["template"]["roles"]
            if f"{LWS}/name" in str(role)} == wanted  # fmt: skip


def without_empty(node: Any) -> Any:
    """Without labels, annotations and metadata that have become empty."""
    if isinstance(node, list):
        return [without_empty(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: without_empty(value) for key, value in node.items()}
    return {key: value for key, value in kept.items() if value not in ({}, None)}


OLD_MOVED = f'            {LWS}/replicas: "1"\n'


def test_what_an_earlier_version_wrote_is_recognised(expand: Expand) -> None:
    """It had `replicas` in the templates, and neither of the annotations."""
    old = replaced(
        SEVERAL_AFTER,
        (expanded({"name": "lws"}), ""),
        (replicas(1), ""),
        (f"            {MOVED}\n", ""),
        (f'            {LWS}/size: "4"\n', f'            {LWS}/size: "4"\n{OLD_MOVED}'),
    )
    assert old.count(OLD_MOVED) == 2
    assert expand(old).stdout == SEVERAL_AFTER.replace(
        expanded({"name": "lws"}), expanded({"name": "lws", "type": "BuiltIn"})
    )


@pytest.mark.parametrize(
    ("scope", "border"),
    [
        ({}, None),
        ({"target": "Entry"}, "entry"),
        ({"target": "Worker"}, "worker"),
        ({"roles": ["main"]}, "main"),
    ],
)
def test_the_scope_of_an_earlier_version_is_recognised(
    expand: Expand, scope: Object, border: str | None
) -> None:
    text = BEFORE if border != "main" else TWO_ROLES
    plugin = f"  - name: lws\n    type: BuiltIn\n    scope: {json.dumps(scope)}\n"
    now = expand(text.replace("  - name: lws\n    type: BuiltIn\n", plugin)).stdout
    assert f"{MSV}/lws-expanded" in now
    old = data_of(now)
    del old["metadata"]["annotations"], old["spec"]["plugins"]
    again = data_of(expand(json.dumps(old)).stdout)
    (entry,) = json.loads(again["metadata"]["annotations"][f"{MSV}/lws-expanded"])
    assert entry == ({**ENTRY, "scope": scope} if scope else ENTRY)
    assert again["spec"]["template"] == data_of(now)["spec"]["template"]


def test_a_worker_template_without_containers_counts_for_no_scope(expand: Expand) -> None:
    border = "      workerReplicas: "
    text = f"{AFTER.partition(border)[0]}{border}0\n"
    text += "      workerTemplate: {spec: {containers: []}}\n"
    text = replaced(text, (EXPANDED, ""), ("  plugins:\n", ""), (replicas(2), ""))
    assert EXPANDED in expand(text).stdout


@pytest.mark.parametrize(
    ("value", "found"),
    [("x", '"x"'), ("[]", '"[]"'), ("[{", '"[{"'), ('[{"name":"other"}]', "other"), ("", '""'),
     ('[{"name":"lws","scope":{"target":"Leader"}}]', "Leader")],
)  # fmt: skip
def test_an_annotation_that_is_no_list_of_entries_is_an_error(
    expand: Expand, value: str, found: str
) -> None:
    text = AFTER.replace(EXPANDED, f"  annotations:\n    {MSV}/lws-expanded: {json.dumps(value)}\n")
    (error,) = refused(expand(text), text)
    assert error.startswith(f"metadata.annotations['{MSV}/lws-expanded']: must be entries of")
    assert found in error


def test_a_scope_in_the_annotation_without_a_role_is_an_error(expand: Expand) -> None:
    text = scoped({"roles": ["absent"]})
    (error,) = refused(expand(text), text)
    path = f"metadata.annotations['{MSV}/lws-expanded'][0].scope.roles[0]"
    assert error == SCOPE.replace("spec.plugins[0].scope.roles[%d]", path)


def test_a_label_that_came_by_hand_goes(expand: Expand) -> None:
    label = f"            {LWS}/name: chat\n"
    text = AFTER.replace(label, f"{label}            {LWS}/group-key: x\n")
    finished = expand(text)
    assert finished.stdout == AFTER
    assert "into 2 templates: 0 labels, 0 annotations, 0 env vars, 1 plugin" in finished.stderr


@pytest.mark.parametrize(
    ("field", "code", "part"),
    [
        ("maxUnavailable: 1", 0, "; kthena 1.0.0 refuses it, kthena main takes it"),
        ("partition: 1", 1, "must be there only where"),
    ],
)
def test_what_a_cluster_refuses_is_said_each_time(
    program: Program, field: str, code: int, part: str
) -> None:
    line = "      workerReplicas: 1\n"
    text = AFTER.replace(line, f"{line}      {field}\n")
    finished = program(text, *EXPAND)
    assert (finished.stdout, finished.code) == (text, code)
    assert part in finished.stderr
    assert "expanded" not in finished.stderr


def test_the_plugin_can_be_put_back(expand: Expand) -> None:
    """With other numbers, for a package whose files hold what was expanded."""
    again = replaced(
        SEVERAL_AFTER,
        ("  - name: other\n", "  - name: other\n  - name: lws\n"),
        ("workerReplicas: 3\n", "workerReplicas: 4\n"),
        ("spec:\n  plugins", "spec:\n  replicas: 2\n  plugins"),
    )
    assert expand(again).stdout == replaced(
        SEVERAL_AFTER,
        ("workerReplicas: 3\n", "workerReplicas: 4\n"),
        ("spec:\n  plugins", "spec:\n  replicas: 2\n  plugins"),
        ('/replicas: "1"', '/replicas: "2"'),
        ('/size: "4"', '/size: "5"'),
        ('GROUP_SIZE\n              value: "4"', 'GROUP_SIZE\n              value: "5"'),
    )


def test_what_is_right_already_is_not_written_again(expand: Expand) -> None:
    plugin = "  - name: lws\n    type: BuiltIn\n"
    again = replaced(AFTER, ("  # of LWS\n", f"  # of LWS\n{plugin}")).replace(
        "- name: LWS_GROUP_SIZE\n", "- name: LWS_GROUP_SIZE # a comment\n"
    )
    finished = expand(again)
    assert finished.stdout == again.replace(plugin, "")
    assert "into 2 templates: 0 labels, 0 annotations, 0 env vars" in finished.stderr
