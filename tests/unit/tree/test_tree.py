"""The tree of what RenderModelServing adds: its nodes, the Services' pods, and its formats."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from modelserving_lws import run
from modelserving_lws.tree.formats import DOT, FORMATS, JSON, MERMAID, TABLE, TREE, written
from modelserving_lws.tree.model import KINDS, Tree
from modelserving_lws.wire.resource_list import ResourceList
from tests.manifests import CONFIG_MAP, ENTRY, SERVING, WORKER, stream
from tests.messages import line_of

# Two roles: one with a worker, one without a worker template.
TWO_ROLES = (
    SERVING.replace("  plugins:\n  - name: lws\n    type: BuiltIn\n", "")
    + """\
      entryTemplate:
        metadata: {labels: {app: front}}
        spec:
          initContainers: [{name: load, image: "loader:1"}]
          containers:
          - name: engine
            image: "engine:2"
            ports: [{name: http, containerPort: 8080}]
            resources: {limits: {nvidia.com/gpu: 8, memory: 1Gi}}
      workerTemplate:
        spec:
          containers:
          - {name: engine, image: "engine:2", resources: {limits: {nvidia.com/gpu: "4"}}}
    - name: proxy
      replicas: 2
      workerReplicas: 0
      entryTemplate: {spec: {containers: [{name: proxy, image: "proxy:1"}]}}
"""
)


def service(name: str, spec: str, namespace: str = "serving") -> str:
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec: {spec}\n"
    )


FRONT = service(
    "front", "{selector: {app: front}, ports: [{port: 80, targetPort: http}, {port: 443}]}"
)


def tree(*manifests: str, renders: bool = True) -> Tree:
    data = stream(*manifests).encode()
    if renders:
        data = run(data, "RenderModelServing").output
    return Tree(ResourceList(data.decode()).items(KINDS))


def test_the_tree_has_all_that_is_made() -> None:
    assert (
        written(tree(CONFIG_MAP, TWO_ROLES, FRONT), TREE)
        == """\
ModelServing serving/chat  2 ServingGroups, 8 pods, 24 nvidia.com/gpu
├── ServingGroup chat-0
│   ├── role main-0  address chat-0-main-0-0.serving
│   │   ├── 0  chat-0-main-0-0  entry   engine:2, loader:1 (init)  8 nvidia.com/gpu
│   │   └── 1  chat-0-main-0-1  worker  engine:2  4 nvidia.com/gpu
│   ├── role proxy-0  no address: no Service
│   │   └── 0  chat-0-proxy-0-0  entry  proxy:1
│   └── role proxy-1  no address: no Service
│       └── 0  chat-0-proxy-1-0  entry  proxy:1
└── ServingGroup chat-1
    ├── role main-0  address chat-1-main-0-0.serving
    │   ├── 0  chat-1-main-0-0  entry   engine:2, loader:1 (init)  8 nvidia.com/gpu
    │   └── 1  chat-1-main-0-1  worker  engine:2  4 nvidia.com/gpu
    ├── role proxy-0  no address: no Service
    │   └── 0  chat-1-proxy-0-0  entry  proxy:1
    └── role proxy-1  no address: no Service
        └── 0  chat-1-proxy-1-0  entry  proxy:1
Service serving/front  ports 80 to http, 443  selects 2 pods
├── chat-0-main-0-0:8080,443
└── chat-1-main-0-0:8080,443
"""
    )


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ("{selector: {app: rear}}", "selects no pod here: app=rear"),
        ("{selector: {app: front, more: ''}}", "selects no pod here: app=front, more="),
        ("{ports: [{port: 80}]}", "port 80  selects no pod: no selector"),
        (
            "{type: ExternalName, externalName: a.example, selector: {app: front}}",
            "selects no pod: the name a.example",
        ),
        ("{clusterIP: None, selector: {app: front}}", "selects 2 pods"),
    ],
)
def test_a_service_says_what_it_selects(spec: str, line: str) -> None:
    lines = written(tree(TWO_ROLES, service("other", spec)), TREE).splitlines()
    assert [it for it in lines if it.startswith("Service")] == [f"Service serving/other  {line}"]


def test_a_service_selects_pods_of_its_namespace_alone() -> None:
    spec = "{selector: {app: front}}"
    others = tree(TWO_ROLES, service("front", spec, "other"), service("front", spec, '""'))
    assert [len(it.pods) for it in others.services] == [0, 2]


def test_a_port_that_a_pod_has_not_is_no_endpoint() -> None:
    spec = "{selector: {app: front}, ports: [{port: 80, targetPort: web}, {port: 443}]}"
    found = written(tree(TWO_ROLES, service("front", spec)), TREE)
    assert '├── chat-0-main-0-0:443 (no port "web")\n' in found


def test_a_headless_service_that_selects_other_pods_is_shown() -> None:
    spec = "{clusterIP: None, selector: {modelserving.volcano.sh/group-name: chat-0}}"
    found = tree(TWO_ROLES, service("chat-0-main-0-0", spec))
    assert [len(it.pods) for it in found.services] == [4]


def test_what_makes_no_pods_is_said() -> None:
    assert written(tree(SERVING, renders=False), TREE) == "ModelServing serving/chat  no pods\n"
    assert written(tree(CONFIG_MAP, renders=False), TREE) == ""


def test_pods_without_their_modelserving_have_a_place_too() -> None:
    alone = "apiVersion: v1\nkind: Pod\nmetadata: {name: alone}\nspec: {containers: [{name: a}]}\n"
    assert (
        written(tree(WORKER, ENTRY, alone, renders=False), TREE)
        == """\
ModelServing serving/chat  1 ServingGroup, 2 pods
└── ServingGroup chat-1
    └── role main-0  no address: no Service
        ├── 1  chat-1-main-0-1  worker  no image
        └── 0  chat-1-main-0-0  entry   no image
Pods of no ModelServing
└── ?  alone  worker  no image
"""
    )


def test_an_item_that_cannot_be_read_is_named() -> None:
    bad = WORKER.replace("containers:", "containers: [a]\n  other:")
    found = tree(bad, ENTRY, renders=False)
    at = "v1/Pod/serving/chat-1-main-0-1 spec.containers[0]"
    assert [*map(str, found.results)] == [
        line_of("wrong-value", at, allowed="a mapping", found='"a"')
    ]
    assert [pod.name for pod in found.servings[0].pods()] == ["chat-1-main-0-0"]


def test_colours_are_marks_around_the_same_text() -> None:
    found = tree(TWO_ROLES, FRONT, service("none", "{}"))
    coloured = written(found, TREE, colours=True)
    assert re.sub("\x1b\\[[0-9]*m", "", coloured) == written(found, TREE)
    assert "\x1b[1mModelServing\x1b[m" in coloured
    assert "\x1b[36maddress chat-0-main-0-0.serving\x1b[m" in coloured
    assert "\x1b[31mno address: no Service\x1b[m" in coloured
    assert "\x1b[31mselects no pod: no selector\x1b[m" in coloured
    for other in (MERMAID, DOT, TABLE):
        assert "\x1b" not in written(found, other, colours=True)


def test_the_table_has_what_the_containers_see() -> None:
    text = TWO_ROLES.replace("replicas: 2\n", "replicas: 1\n  plugins: [{name: lws}]\n", 1)
    assert (
        written(tree(text), TABLE)
        == """\
POD               LWS_LEADER_ADDRESS        LWS_GROUP_SIZE  LWS_WORKER_INDEX
chat-0-main-0-0   chat-0-main-0-0.serving   2               0
chat-0-main-0-1   chat-0-main-0-0.serving   2               1
chat-0-proxy-0-0  chat-0-proxy-0-0.serving  1               0
chat-0-proxy-1-0  chat-0-proxy-1-0.serving  1               0
"""
    )


def test_the_table_has_a_row_for_each_container_where_they_differ() -> None:
    two = WORKER.replace(
        "  - name: engine\n    env:\n",
        "  - name: side\n"
        "    env: [{name: LWS_GROUP_SIZE, valueFrom: {secretKeyRef: {name: a, key: b}}}]\n"
        "  - name: engine\n    env:\n    - {name: LWS_WORKER_INDEX, value: $(WORKER_INDEX)}\n",
    )
    lines = written(tree(two, renders=False), TABLE).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["chat-1-main-0-1/side", "-", "?", "-"],
        ["chat-1-main-0-1/engine", "-", "-", "$(WORKER_INDEX)"],
    ]


SMALL = TWO_ROLES.replace("replicas: 2\n", "replicas: 1\n")


def test_mermaid_has_the_same_nodes() -> None:
    lines = written(tree(SMALL, FRONT), MERMAID).splitlines()
    assert lines[0] == "flowchart LR"
    assert lines[1:6] == [
        '  n0["ModelServing<br/>serving/chat<br/>1 ServingGroup, 3 pods, 12 nvidia.com/gpu"]',
        '  n1["ServingGroup<br/>chat-0"]',
        '  n2["role<br/>main-0<br/>address chat-0-main-0-0.serving"]',
        '  n3["Pod<br/>0 entry<br/>chat-0-main-0-0<br/>engine:2, loader:1 (init)'
        '<br/>8 nvidia.com/gpu"]',
        '  n4["Pod<br/>1 worker<br/>chat-0-main-0-1<br/>engine:2<br/>4 nvidia.com/gpu"]',
    ]
    assert '  n7(["Service<br/>serving/front<br/>ports 80 to http, 443"])' in lines
    assert lines[-7:] == [
        "  n0 --> n1",
        "  n1 --> n2",
        "  n2 --> n3",
        "  n2 --> n4",
        "  n1 --> n5",
        "  n5 --> n6",
        "  n7 -.-> n3",
    ]


def test_graphviz_reads_what_is_written() -> None:
    text = written(tree(SMALL, FRONT, service("none", '{selector: {a: "x\\"\\\\"}}')), DOT)
    assert text.startswith("digraph {\n  rankdir=LR\n")
    assert '  n1 [label="ServingGroup\\nchat-0"]\n' in text
    assert "  n7 -> n3 [style=dashed]\n}\n" in text
    assert r"selects no pod here: a=x\"\\" in text
    if (program := shutil.which("dot")) is None:
        pytest.skip("Graphviz is not on the PATH")
    drawn = subprocess.run([program, "-Tplain"], input=text, capture_output=True, text=True)
    assert drawn.returncode == 0, drawn.stderr
    assert drawn.stdout.count("\nnode ") == 9


HOSTILE = '<script>alert("1")</script>\x1b[2J\u202e\n`#]'


@pytest.mark.parametrize("format_", FORMATS)
def test_hostile_text_stays_text(format_: str) -> None:
    escaped = '"<script>alert(\\"1\\")</script>\\e[2J\\u202e\\n`#]"'
    made = SMALL.replace("chat", "ok").replace('"engine:2"', escaped)
    other = service("front", f"{{selector: {{a: {escaped}}}}}")
    pod = WORKER.replace("name: chat-1-main-0-1", f"name: {escaped}").replace(
        "- name: engine\n", f"- name: engine\n    image: {escaped}\n"
    )
    text = written(tree(made, other, pod, renders=False), format_)
    assert not {"\x1b", "\u202e"} & set(text)
    if format_ == MERMAID:
        assert "#60;script#62;alert(#34;1#34;)#60;/script#62;" in text
        assert not {"<script", "`"} & set(re.findall("<script|`", text))
    else:
        assert "script" in text
    tame = [it.replace(escaped, "b") for it in (made, other, pod)]
    assert text.count("\n") == written(tree(*tame, renders=False), format_).count("\n")


def test_json_has_what_the_text_has_and_all_variables() -> None:
    lone = ENTRY.replace(
        "    env:\n", "    env:\n    - {name: TOKEN, valueFrom: {secretKeyRef: {}}}\n"
    )
    alone = re.sub("(?m)^    modelserving[.].*\n", "", lone).replace("chat-1-main-0-0", "alone")
    text = TWO_ROLES.replace("replicas: 2", "replicas: 1")
    data = json.loads(written(tree(text, FRONT, alone), JSON))
    assert data["version"] == "1"
    (serving,) = data["modelServings"]
    assert (serving["namespace"], serving["name"]) == ("serving", "chat")
    assert serving["summary"] == "1 ServingGroup, 3 pods, 12 nvidia.com/gpu"
    (group,) = serving["groups"]
    assert group["name"] == "chat-0"
    assert [(it["id"], it["address"]) for it in group["replicas"]] == [
        ("main-0", "chat-0-main-0-0.serving"),
        ("proxy-0", None),
    ]
    entry, worker = group["replicas"][0]["pods"]
    assert (entry["name"], entry["index"], entry["entry"]) == ("chat-0-main-0-0", 0, True)
    assert (worker["index"], worker["entry"], worker["resources"]) == (
        1,
        False,
        {"nvidia.com/gpu": 4},
    )
    env = {"GROUP_SIZE": "2", "ENTRY_ADDRESS": "chat-0-main-0-0.serving", "WORKER_INDEX": "0"}
    assert entry["containers"] == [
        {"name": "engine", "image": "engine:2", "init": False, "env": env},
        {"name": "load", "image": "loader:1", "init": True, "env": env},
    ]
    (service,) = data["services"]
    assert service["summary"] == "ports 80 to http, 443  selects 1 pod"
    assert service["endpoints"] == ["chat-0-main-0-0:8080,443"]
    (pod,) = data["pods"]
    assert pod["containers"][0]["env"]["TOKEN"] is None
