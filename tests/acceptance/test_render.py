"""RenderModelServing: whole documents in and out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from modelserving_lws.kthena.plugins import BUILT_INS
from tests.manifests import CONFIG_MAP, function_config, indent, items_of, resource_list, stream
from tests.running import RENDER

if TYPE_CHECKING:
    from tests.running import Program

CONFIG = function_config("RenderModelServing")
SERVING = """\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing
metadata:
  name: chat # the name
  namespace: serving
spec:
  replicas: 1
  schedulerName: default-scheduler
  template:
    roles:
    - name: main
      entryTemplate: # the entry
        metadata:
          labels: {app: vllm}
        # its spec
        spec:
          # kept, as it is: 100 %
          containers:
          - name: 'engine'   # "quoted"
            image: engine:1
            args:
            - |
              serve  %s

                --all
            env:
            - name: WORKER_INDEX   # the controller's own goes last
              value: "7"
            - {name: TOKEN, value: t} # flow

          # behind the containers
          schedulerName: mine
        # behind the spec
      workerReplicas: 1
      workerTemplate:
        spec:
          containers: [{name: engine, image: "engine:1"}]
"""
OWNER = """\
  ownerReferences:
  - apiVersion: workload.serving.volcano.sh/v1alpha1
    kind: ModelServing
    name: chat
    blockOwnerDeletion: true
    controller: true
"""
ENTRY = f"""\
apiVersion: v1
kind: Pod
metadata:
  name: chat-0-main-0-0
  namespace: serving
  labels:
    app: vllm
    modelserving.volcano.sh/name: chat
    modelserving.volcano.sh/group-name: chat-0
    modelserving.volcano.sh/role: main
    modelserving.volcano.sh/role-id: main-0
    modelserving.volcano.sh/entry: "true"
{OWNER}# its spec
spec:
  # kept, as it is: 100 %
  containers:
  - name: 'engine'   # "quoted"
    image: engine:1
    args:
    - |
      serve  %s

        --all
    env:
    - {{name: TOKEN, value: t}} # flow
    - name: GROUP_SIZE
      value: "2"
    - name: ENTRY_ADDRESS
      value: chat-0-main-0-0.serving
    - name: WORKER_INDEX
      value: "0"
    resources: {{}}

  # behind the containers
  schedulerName: default-scheduler
"""
WORKER = f"""\
apiVersion: v1
kind: Pod
metadata:
  name: chat-0-main-0-1
  namespace: serving
  labels:
    modelserving.volcano.sh/name: chat
    modelserving.volcano.sh/group-name: chat-0
    modelserving.volcano.sh/role: main
    modelserving.volcano.sh/role-id: main-0
{OWNER}spec:
  containers: [{{name: engine, image: "engine:1", env: [{{name: GROUP_SIZE, value: "2"}}, \
{{name: ENTRY_ADDRESS, value: chat-0-main-0-0.serving}}, {{name: WORKER_INDEX, value: "1"}}], \
resources: {{}}}}]
  schedulerName: default-scheduler
"""
SERVICE = f"""\
apiVersion: v1
kind: Service
metadata:
  name: chat-0-main-0-0
  namespace: serving
  labels:
    modelserving.volcano.sh/name: chat
    modelserving.volcano.sh/group-name: chat-0
    modelserving.volcano.sh/role: main
    modelserving.volcano.sh/role-id: main-0
{OWNER}spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    modelserving.volcano.sh/group-name: chat-0
    modelserving.volcano.sh/role: main
    modelserving.volcano.sh/role-id: main-0
    modelserving.volcano.sh/entry: "true"
"""
LEFT_OUT = (
    "as kthena's controller makes them; left out is what only a cluster knows: the `uid` of the "
    "owner, the labels `revision` and `role-template-hash`, and Volcano's annotations for PodGroups"
)
INFO = f"rendered 2 Pods and 1 Service of 1 ModelServing, {LEFT_OUT}"
ALL = (SERVING, ENTRY, WORKER, SERVICE)
# Without empty lines, which stay empty wherever they stand.
DENSE = tuple(text.replace("\n\n", "\n") for text in ALL)
LIST = {"apiVersion": "v1", "kind": "List"}
SMALL = """\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing
metadata: {name: chat}
spec:
  plugins: []
  template:
    roles:
    - name: main
      workerReplicas: 0
      entryTemplate: {spec: {containers: [{name: engine}]}}
"""


def rendered(program: Program, text: str, config: str = "", code: int = 0) -> str:
    """The output; a second run on it changes nothing."""
    text = resource_list(text, config=CONFIG + config) if config else text
    arguments = () if "functionConfig" in text else RENDER
    finished = program(text, *arguments)
    assert finished.code == code, finished
    assert program(finished.bytes, *arguments).bytes == finished.bytes
    return finished.stdout


def named(text: str, *names: str) -> str:
    """A text about `chat` for other names."""
    return "".join(text.replace("chat", name) for name in names)


def test_the_templates_text_moves_with_its_comments(program: Program) -> None:
    assert rendered(program, SERVING) == stream(*ALL)
    assert rendered(program, CONFIG_MAP + "---\n" + SERVING + "# end\n") == stream(
        CONFIG_MAP, SERVING + "# end\n", ENTRY, WORKER, SERVICE
    )
    crlf = SERVING.replace("\n", "\r\n")
    assert rendered(program, crlf) == stream(*ALL).replace("\n", "\r\n")


def test_the_items_follow_their_modelserving_in_a_list(program: Program) -> None:
    finished = program(resource_list(CONFIG_MAP, DENSE[0], CONFIG_MAP, config=CONFIG))
    results = f'results:\n- message: "{INFO}"\n  severity: info\n'
    wanted = resource_list(CONFIG_MAP, *DENSE, CONFIG_MAP, config=CONFIG, results=results)
    assert finished.stdout == wanted
    assert program(finished.bytes).bytes == finished.bytes


def test_json_stays_json(program: Program) -> None:
    text = json.dumps({**LIST, "items": items_of(SERVING)}, indent=1)
    output = rendered(program, text)
    assert json.loads(output)["items"] == items_of(stream(*ALL))
    assert output.startswith(text[: text.rindex("}", 0, -2)])


def test_what_yaml_refuses_in_json_is_no_matter(program: Program) -> None:
    (serving,) = items_of(SMALL)
    template = serving["spec"]["template"]["roles"][0]["entryTemplate"]
    template["metadata"] = {"annotations": {"a": "\U0001f600\x7f"}}
    template["spec"]["containers"][0]["args"] = ["\U0001f600\x7f"]
    output = json.loads(rendered(program, json.dumps({**LIST, "items": [serving]}, indent="\t")))
    pod = output["items"][1]
    assert pod["metadata"]["annotations"] == template["metadata"]["annotations"]
    assert pod["spec"]["containers"][0]["args"] == ["\U0001f600\x7f"]


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("{services: false}", DENSE[:3]),
        ("{keepModelServing: false}", DENSE[1:]),
        ("{keepModelServing: false, services: false}", DENSE[1:3]),
        ("{keepModelServing: true, services: true}", DENSE),
    ],
)
def test_the_settings(program: Program, spec: str, wanted: tuple[str, ...]) -> None:
    output = rendered(program, DENSE[0], f"spec: {spec}\n")
    assert output.startswith(resource_list(*wanted))


def test_a_modelserving_without_pods_leaves_an_empty_list(program: Program) -> None:
    nothing = SERVING.replace("replicas: 1", "replicas: 0")
    output = rendered(program, nothing, "spec: {keepModelServing: false}\n")
    assert output.startswith(resource_list())
    assert "rendered 0 Pods and 0 Services of 1 ModelServing" in output
    assert rendered(program, nothing) == nothing


def test_a_wrong_setting(program: Program) -> None:
    finished = program(resource_list(SERVING, config=CONFIG + "spec: {services: 1, pods: true}\n"))
    assert finished.code == 1
    assert "spec.services: must be true or false; found 1" in finished.stderr
    assert "spec.pods: unknown field; allowed are keepModelServing, services" in finished.stderr


def test_the_items_stand_in_one_file_next_to_their_modelservings(program: Program) -> None:
    annotations = """\
  annotations:
    config.kubernetes.io/path: models/chat.yaml
    config.kubernetes.io/index: '0'
    internal.config.kubernetes.io/path: models/chat.yaml
    internal.config.kubernetes.io/index: '0'
    internal.config.kubernetes.io/package-path: /package
    internal.config.kubernetes.io/id: '3'
"""
    serving = SERVING.replace("spec:\n", annotations + "spec:\n", 1)
    found = items_of(rendered(program, serving + "---\n" + named(serving, "talk")))
    for name, (_, *new) in (("chat", found[:4]), ("talk", found[4:])):
        path = f"models/{name}-rendered.yaml"
        assert [item["metadata"]["annotations"] for item in new] == [
            {
                "internal.config.kubernetes.io/path": path,
                "internal.config.kubernetes.io/index": str(i),
                "config.kubernetes.io/path": path,
                "config.kubernetes.io/index": str(i),
                "internal.config.kubernetes.io/package-path": "/package",
            }
            for i in range(3)
        ]
    elsewhere = serving.replace("namespace: serving", "namespace: other")
    both = items_of(rendered(program, stream(serving, elsewhere)))
    indexes = [
        item["metadata"]["annotations"]["config.kubernetes.io/index"]
        for item in both
        if item["kind"] != "ModelServing"
    ]
    assert indexes == list("012345")


def test_what_an_earlier_run_rendered_is_made_anew(program: Program) -> None:
    before = rendered(program, SERVING.replace("replicas: 1", "replicas: 3"))
    assert len(items_of(before)) == 10
    changed = before.replace("replicas: 3", "replicas: 1").replace("default-scheduler", "other", 1)
    after = stream(*ALL).replace("default-scheduler", "other")
    assert rendered(program, changed) == after
    assert rendered(program, CONFIG_MAP + "---\n" + changed) == stream(CONFIG_MAP) + "---\n" + after


def test_what_is_there_otherwise_stays(program: Program) -> None:
    in_cluster = ENTRY.replace("    kind: ModelServing\n", "    kind: ModelServing\n    uid: u\n")
    other = SERVICE.replace(
        "  name: chat-0-main-0-0\n  namespace: serving\n", "  name: chat-0-main-0-0\n"
    )
    other = other.replace(OWNER, "")
    text = stream(in_cluster, SERVING, other)
    finished = program(text, *RENDER)
    assert finished.stdout == stream(in_cluster, SERVING, WORKER, other)
    assert "rendered 1 Pod and 0 Services of 1 ModelServing, " in finished.stderr
    assert "; 2 items of the same names stay as they are" in finished.stderr


def test_what_is_wrong_renders_nothing_and_the_others_are_done(program: Program) -> None:
    wrong = SMALL.replace("chat", "bad").replace("[]", "[{name: other}]")
    wrong = wrong.replace("workerReplicas: 0", "workerReplicas: 0\n      replicas: -1")
    finished = program(stream(wrong, SERVING), *RENDER)
    assert finished.code == 1
    assert finished.stdout == stream(wrong, *ALL)
    lines = [line for line in finished.stderr.splitlines() if line.startswith("[error]")]
    assert len(lines) == 2
    assert "spec.template.roles[0].replicas: must be an integer from 0 to" in lines[0]
    names = ", ".join(f'"{name}"' for name in BUILT_INS)
    assert lines[1].endswith(f'spec.plugins[0].name: must be one of {names}; found "other"')


@pytest.mark.parametrize(
    ("plugins", "problem"),
    [
        ("[{name: lws, type: ''}]", 'spec.plugins[0].type: must be one of "BuiltIn"; found ""'),
        ("[{name: lws, type: Builtin}]", 'spec.plugins[0].type: must be one of "BuiltIn"; found'),
        ("[{name: lws, type: Webhook}]", 'spec.plugins[0].type: must be one of "BuiltIn"; found'),
        (
            "[{name: lws, scope: {target: worker}}]",
            'spec.plugins[0].scope.target: must be one of "All", "Entry", "Worker"; found "worker"',
        ),
        (
            "[{name: demo-pod-tweaks, config: text}]",
            'spec.plugins[0].config: must be a mapping; found "text"',
        ),
        (
            "[{name: demo-pod-tweaks, config: {env: [{name: A, value: 1}]}}]",
            "spec.plugins[0].config.env[0].value: must be a string",
        ),
        (
            "[{name: demo-pod-tweaks, config: {Annotations: {a: [b]}}}]",
            "spec.plugins[0].config.Annotations['a']: must be a string; found a list",
        ),
        (
            "[{name: demo-pod-tweaks, config: {env: [{name: WORKER_INDEX, value: x}]}}, "
            "{name: lws}]",
            "spec.plugins[1]: `WORKER_INDEX` must be an integer from 0 to 2147483647; found",
        ),
    ],
)
def test_a_plugin_that_the_controller_would_not_run(
    program: Program, plugins: str, problem: str
) -> None:
    text = SMALL.replace("[]", plugins)
    finished = program(text, *RENDER)
    assert finished.code == 1
    assert finished.stdout == text
    assert f" {problem}" in finished.stderr


def test_a_worker_has_the_tweaks_of_those_before_it(program: Program) -> None:
    """Between the template's env and the controller's, in the style of the list."""
    tweaks = "[{name: demo-pod-tweaks, config: {env: [{name: A, value: 'a'}, {name: B}]}}]"
    text = SERVING.replace("  template:", f"  plugins: {tweaks}\n  template:", 1)
    text = text.replace("workerReplicas: 1", "workerReplicas: 3")
    output = rendered(program, text)
    more = '{name: A, value: "a"}, {name: B}'
    for index in (1, 2, 3):
        before = f"{more}, " * (index - 1)
        env = (
            f'env: [{before}{{name: GROUP_SIZE, value: "4"}}, '
            "{name: ENTRY_ADDRESS, value: chat-0-main-0-0.serving}, "
            f'{{name: WORKER_INDEX, value: "{index}"}}, {more}]'
        )
        assert env.replace('"a"', "'a'") in output or env.replace('"a"', "a") in output
    block = text.replace(
        'containers: [{name: engine, image: "engine:1"}]', "containers:\n          - name: engine"
    )
    unit = "    - name: A\n      value: a\n    - name: B\n"
    for line_break in ("\n", "\r\n", "\r"):
        output = rendered(program, block.replace("\n", line_break)).replace(line_break, "\n")
        for index in (1, 2, 3):
            env = "    env:\n" + unit * (index - 1) + '    - name: GROUP_SIZE\n      value: "4"\n'
            assert output.count(env) == 1


def test_aliases_and_merge_keys_are_written_out(program: Program) -> None:
    text = SMALL.replace("{spec: {containers: [{name: engine}]}}", "\n        spec: *spec")
    text = text.replace(
        "metadata:", "status: &spec\n  containers:\n  - name: engine # c\nmetadata:"
    )
    output = rendered(program, text)
    assert (
        "spec:\n  containers:\n  - name: engine # c\n    env:\n    - name: GROUP_SIZE\n" in output
    )


def test_lws_and_inject_lws_give_the_same(program: Program) -> None:
    with_lws = SERVING.replace("  template:", "  plugins: [{name: lws}]\n  template:", 1)
    first = rendered(program, with_lws)
    assert "leaderworkerset.sigs.k8s.io/group-key" in first
    assert program(first).stdout == first
    second = program(stream(with_lws, *ALL[1:])).stdout
    assert items_of(second) == items_of(first)


def test_a_list_within_a_list(program: Program) -> None:
    inner = f"apiVersion: v1\nkind: List\nitems:\n- {indent(DENSE[0], 2)}"
    text = f"apiVersion: v1\nkind: List\nitems:\n- {indent(inner, 2)}- {indent(CONFIG_MAP, 2)}"
    added = "".join("- " + indent(item, 2) for item in DENSE[1:])
    wanted = text.replace(
        "- apiVersion: v1\n  kind: ConfigMap",
        f"  {indent(added, 2)}- apiVersion: v1\n  kind: ConfigMap",
    )
    assert rendered(program, text) == wanted


def test_what_a_run_renders_is_bounded_as_a_whole(program: Program) -> None:
    text = "---\n".join(
        named(SMALL, f"chat-{i}").replace("  template:", "  replicas: 40000\n  template:")
        for i in range(3)
    )
    finished = program(text, *RENDER)
    assert finished.code == 1
    assert "rendered 80000 Pods and 0 Services of 2 ModelServings" in finished.stderr
    assert "with its own, they are 120000" in finished.stderr
