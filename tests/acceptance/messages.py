"""One case for each message of the table: an input, and the values that the message has for it."""

from __future__ import annotations

import json

import yaml

from tests.acceptance.case import Case, ReportCase, SetCase
from tests.acceptance.kustomizations import CASES as KUSTOMIZE_CASES
from tests.leaderworkersets import HPA, SET
from tests.leaderworkersets import SERVING as CONVERTED
from tests.manifests import (
    COMPLETE,
    CONFIG_MAP,
    ENTRY,
    INJECT_LWS,
    SERVING,
    WORKER,
    function_config,
    indent,
    replaced,
    resource_list,
    stream,
)
from tests.messages import MODELSERVING, text_of
from tests.running import CONVERT, EXPAND, RENDER

POD = "v1/Pod/serving/chat-1-main-0-1"
CONFIG_FILE = "CONFIG"
CONFIG = "fn.serving.volcano.sh/v1alpha1/InjectLWS/functionConfig"


def configured(spec: str, *items: str) -> str:
    return resource_list(*(items or (SERVING, WORKER)), config=function_config("InjectLWS", spec))


def pod(*changes: tuple[str, str], serving: str = SERVING) -> str:
    """The worker with other text in places, and its ModelServing."""
    return stream(serving, replaced(WORKER, *changes))


ENV = WORKER[WORKER.index("    env:\n") :]
LABELS = WORKER[WORKER.index("  labels:\n") : WORKER.index("spec:\n")]
GROUP = "    modelserving.volcano.sh/group-name: chat-1\n"
ROLE = "    modelserving.volcano.sh/role: main\n    modelserving.volcano.sh/role-id: main-0\n"
INDEX = '    - name: WORKER_INDEX\n      value: "1"\n'
SIZE = '    - name: GROUP_SIZE\n      value: "2"\n'
ADDRESS = "    - name: ENTRY_ADDRESS\n      value: chat-1-main-0-0.serving\n"
BOMB = "x:\n- &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"- &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(6)
)
# Metadata of 123,000 nodes.
SHARED = WORKER.replace("metadata:\n", "metadata: &m\n").replace(
    "spec:\n", "  x:\n" + "".join(f"  {line}\n" for line in BOMB.splitlines()[1:6]) + "spec:\n"
)
# A list of two lists of a thousand lists of a thousand items, less than 400,000 nodes each.
LISTS = f"""\
{{apiVersion: v1, kind: List, items: [
{{apiVersion: v1, kind: List, items: &b [
{{apiVersion: v1, kind: List, items: &a [
{", ".join(["{}"] * 990)}]}}
{", {apiVersion: v1, kind: List, items: *a}" * 990}]}},
{{apiVersion: v1, kind: List, items: *b}}]}}
"""
INPUT_CASES = (
    Case("not-utf-8", (1, 4), b"a: \xff\n", found=""),
    Case("not-utf-8", (1, 1), "a: 1\n".encode("utf-16"), found=", but UTF-16"),
    Case(
        "not-yaml",
        (1, 4),
        "a: ]\n",
        problem='expected a value; found "]"',
    ),
    Case(
        "helm-template",
        (1, 3),
        "{{- if .Values.workers }}\n",
        problem='not YAML: expected a value; found "-"',
    ),
    Case(
        "twice",
        (4, 1),
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\nitems:\n",
        name="items",
        first="line 3, column 1",
    ),
    Case("glued-separator", "---apiVersion", f"---{WORKER}", key='"---apiVersion"'),
    Case(
        "too-deep",
        POD,
        resource_list(SERVING, WORKER + "x: " + "[" * 1001 + "]" * 1001 + "\n"),
        levels=1000,
    ),
    Case(
        "too-many-nodes",
        POD,
        stream(SERVING, WORKER.replace('"1"', r'"\x31"') + BOMB),
        limit=1000000,
    ),
    Case(
        "too-many-aliases",
        (27, 3),
        resource_list(CONFIG_MAP + BOMB, *["{apiVersion: v1, kind: Pod, x: *a4}\n"] * 10),
        limit=1000000,
    ),
    Case(
        "too-large",
        POD,
        resource_list(SERVING, WORKER + "x: &x [" + "x," * 400_000 + "]\n"),
        limit=200000,
    ),
    Case(
        "too-long-item",
        POD,
        resource_list(SERVING, WORKER + "# " + "x" * 1_500_000 + "\n"),
        limit=1500000,
        found=1500495,
    ),
    Case("too-many-directives", (101, 1), "%TAG ! x\n" * 101 + "--- {}\n", limit=100),
    Case("too-many-items", (4, 81), stream(LISTS), limit=200000),
    Case("no-manifest", (1, 1), "text\n"),
    Case("resource-list-not-alone", (4, 1), stream("a: b\nc: d\n", resource_list())),
    Case(
        "resource-list-version",
        (1, 13),
        resource_list().replace("/v1", "/v2"),
        allowed=", ".join(
            f"config.kubernetes.io/{version}" for version in ("v1", "v1beta1", "v1alpha1")
        ),
        found="config.kubernetes.io/v2",
    ),
    Case("field-not-a-list", (3, 8), resource_list().replace("[]", "3"), name="items"),
    Case("merge-not-a-mapping", f"{POD} spec.containers[0]", pod((ENV, "    <<: 3\n"))),
    Case(
        "too-many-merges",
        f"{POD} spec.containers[0]",
        pod((ENV, f"    <<: [{', '.join(['{}'] * 102)}]\n")),
        limit=100,
    ),
)
CONFIG_CASES = (
    Case("config-with-config", "", configured("{}"), ("--config", CONFIG_FILE), INJECT_LWS),
    Case("config-not-one", "", SERVING, ("--config", CONFIG_FILE), stream(INJECT_LWS, INJECT_LWS)),
    Case(
        "config-of-another-function",
        f"{CONFIG} kind",
        configured("{}"),
        ("--function", "ExpandLWSPlugin"),
        function='"ExpandLWSPlugin"',
    ),
    Case("config-not-a-mapping", "functionConfig", resource_list(SERVING, config="3\n")),
    Case(
        "config-too-large",
        CONFIG,
        configured("{pluginNames: " + "[" * 50 + "]" * 50 + "}"),
        levels=50,
        nodes=10000,
    ),
    Case(
        "one-of",
        "fn.serving.volcano.sh/v2/InjectLWS/functionConfig apiVersion",
        resource_list(SERVING, config=INJECT_LWS.replace("v1alpha1", "v2")),
        allowed='"fn.serving.volcano.sh/v1alpha1"',
        found='"fn.serving.volcano.sh/v2"',
        meant="",
    ),
    Case(
        "not-ignorable",
        f"{CONFIG} spec.ignore[0]",
        configured("{ignore: [comment-left-ou]}"),
        found='"comment-left-ou"',
        meant="; did you mean `comment-left-out`?",
    ),
    Case(
        "unknown-field",
        f"{CONFIG} spec.onConflicts",
        configured("{onConflicts: Keep}"),
        allowed="pluginNames, modelServings, onConflict, onMissing, ignore",
        meant="; did you mean `onConflict`?",
    ),
    Case(
        "missing-field", f"{CONFIG} spec.modelServings[0].name", configured("{modelServings: [{}]}")
    ),
)
ITEM_CASES = (
    Case(
        "wrong-value",
        f"{POD} metadata.labels",
        pod(
            (
                LABELS,
                "  labels: x\n  annotations: {modelserving.volcano.sh/name: chat, "
                "modelserving.volcano.sh/role: main, modelserving.volcano.sh/role-id: main-0}\n",
            ),
            serving=SERVING,
        ),
        allowed="a mapping",
        found='"x"',
    ),
    Case("repeated", f"{POD} spec.containers", pod(("spec:\n", "spec:\n  containers: []\n"))),
    Case(
        "too-many-containers",
        f"{POD} spec.containers",
        stream(SERVING, WORKER + "  - name: more\n" * 1_000),
        limit=1000,
    ),
    Case(
        "no-container",
        f"{POD} spec.containers",
        stream(
            SERVING,
            WORKER[: WORKER.index("  - name: engine")].replace("containers:", "containers: []"),
        ),
    ),
    Case(
        "conflict",
        f"{POD} spec.containers[0].env[3]",
        configured(
            "{onConflict: Error}",
            SERVING,
            WORKER + '    - name: LWS_GROUP_SIZE\n      value: "9"\n',
        ),
        value='"2"',
        found='"9"',
    ),
    Case(
        "no-modelserving",
        f"{POD} metadata",
        pod((LABELS, "  annotations:\n    modelserving.volcano.sh/plugins: lws\n")),
    ),
    Case(
        "several-modelservings",
        POD,
        stream(SERVING, SERVING, WORKER),
        found=f"{MODELSERVING} and {MODELSERVING}",
    ),
    Case(
        "not-a-servinggroup",
        f"{POD} metadata.labels['modelserving.volcano.sh/group-name']",
        pod(("group-name: chat-1", "group-name: chat-01")),
        found='"chat-01"',
    ),
    Case(
        "values-differ",
        f"{POD} spec.containers[1].env[0].value",
        stream(SERVING, WORKER + "  - name: other\n    env:\n" + SIZE.replace("2", "3")),
        name="GROUP_SIZE",
        found='"3"',
        other='"2"',
        path="spec.containers[0].env[0].value",
    ),
    Case(
        "empty-value",
        f"{POD} spec.containers[0].env[1].value",
        pod(("value: chat-1-main-0-0.serving", 'value: ""')),
        name="ENTRY_ADDRESS",
    ),
    Case(
        "too-long",
        POD,
        pod((ADDRESS, f"    - name: ENTRY_ADDRESS\n      value: {'x' * 1001}\n")),
        name="ENTRY_ADDRESS",
        limit=1000,
    ),
    Case(
        "wrong-variable",
        f"{POD} spec.containers[0].env[0].value",
        pod(('"2"', "two")),
        name="GROUP_SIZE",
        found='"two"',
    ),
    Case(
        "wrong-modelserving",
        POD,
        pod(serving=SERVING.replace("replicas: 2", "replicas: many")),
        name='"chat"',
        field="spec.replicas",
        message='must be an integer from 0 to 2147483647; found "many"',
    ),
    Case(
        "missing-variable",
        POD,
        configured("{onMissing: Error}", SERVING, WORKER.replace(INDEX, "")),
        name="WORKER_INDEX",
    ),
    Case(
        "missing-group",
        "v1/Pod/serving/x",
        pod((GROUP, ""), ("name: chat-1-main-0-1", "name: x")),
        found='"x"',
    ),
    Case(
        "missing-index",
        "v1/Pod/serving/x",
        pod((INDEX, ""), ("name: chat-1-main-0-1", "name: x")),
        found='"x"',
    ),
    Case(
        "missing-size",
        POD,
        configured("{modelServings: [{name: chat, replicas: 2}]}", WORKER.replace(SIZE, "")),
    ),
    Case(
        "missing-role",
        "v1/Pod/serving/x",
        pod((SIZE, ""), (ROLE, ""), ("name: chat-1-main-0-1", "name: x")),
    ),
    Case(
        "unknown-role",
        POD,
        pod((SIZE, ""), ("role: main", "role: other")),
        name='"chat"',
        role='"other"',
    ),
    Case(
        "missing-address",
        "v1/Pod/serving/x",
        pod((ADDRESS, ""), (ROLE, ""), ("name: chat-1-main-0-1", "name: x")),
    ),
    Case("missing-replicas", POD, configured("{modelServings: [{name: chat}]}", WORKER)),
)
EDIT_CASES = (
    Case(
        "shared-too-large",
        POD,
        resource_list(SERVING, SHARED, f"y: [{', '.join(['*m'] * 9)}]\n"),
        anchor="m",
        place="line 20, column 13",
        other="line 44, column 39",
        limit=1000000,
    ),
    Case(
        "flow-pair",
        POD,
        stream(SERVING, WORKER[: WORKER.index("\n  - name: engine")] + " [name: engine]\n"),
        place="line 27, column 16",
    ),
    Case(
        "key-without-colon",
        POD,
        pod(("  name: chat-1-main-0-1\n", "  ? annotations\n  name: chat-1-main-0-1\n")),
        place="line 19, column 16",
    ),
    Case(
        "cut-off-block-scalar",
        POD,
        pod((INDEX, "    - name: WORKER_INDEX\n      value: |\n        $(X)")),
        place="line 36, column 13",
    ),
)
ADMISSION_POLICY = function_config("ExpandLWSPlugin", "{via: AdmissionPolicy}")
TEMPLATE = "spec.template.roles[0].workerTemplate"
EXPANDED = """\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing
metadata: {name: chat, namespace: serving}
spec:
  plugins: [{name: lws}]
  template:
    roles:
    - name: main
      workerReplicas: 2
      entryTemplate:
        spec:
          containers: [{name: engine}]
      workerTemplate:
        spec:
          containers:
          - name: engine
            env: [{name: RANK, value: $(LWS_WORKER_INDEX)}]
          - {name: side, env: []}
"""


def expanded(*changes: tuple[str, str]) -> str:
    """The ModelServing with other text in places."""
    return replaced(EXPANDED, *changes)


def tweak(config: str) -> tuple[str, str]:
    return "[{name: lws}]", f"[{{name: lws}}, {{name: demo-pod-tweaks, config: {config}}}]"


EXPAND_CASES = (
    Case(
        "no-worker-template",
        f"{MODELSERVING} {TEMPLATE}",
        EXPANDED[: EXPANDED.index("      workerTemplate:")],
        EXPAND,
        workers=2,
    ),
    Case(
        "label-taken",
        f"{MODELSERVING} {TEMPLATE}.metadata.labels['modelserving.volcano.sh/role-id']",
        expanded(
            (
                "      workerTemplate:\n",
                "      workerTemplate:\n"
                "        metadata: {labels: {modelserving.volcano.sh/role-id: x}}\n",
            )
        ),
        EXPAND,
    ),
    Case(
        "helper-taken",
        f"{MODELSERVING} {TEMPLATE}.spec.containers[1].env[0]",
        expanded(("env: []", "env: [{name: MODELSERVING_NAMESPACE, value: s3cret}]")),
        EXPAND,
        name="MODELSERVING_NAMESPACE",
        field="metadata.namespace",
    ),
    Case(
        "helper-read",
        f"{MODELSERVING} {TEMPLATE}.spec.containers[1].args[0]",
        expanded(("env: []", "args: [s3cret $(MODELSERVING_ROLE_ID)]")),
        EXPAND,
        name="MODELSERVING_ROLE_ID",
    ),
    Case(
        "probe-rewritten",
        f"{MODELSERVING} {TEMPLATE}.spec.containers[1].readinessProbe.exec.command",
        expanded(
            ("env: []", "readinessProbe: {exec: {command: [check, s3cret $(LWS_WORKER_INDEX)]}}")
        ),
        EXPAND,
        names="`LWS_WORKER_INDEX`",
    ),
    Case(
        "plugin-sets-contract",
        f"{MODELSERVING} spec.plugins[1].config.env[0]",
        expanded(tweak("{env: [{name: LWS_GROUP_SIZE, value: s3cret}]}")),
        EXPAND,
        name="LWS_GROUP_SIZE",
    ),
    Case(
        "several-scopes",
        f"{MODELSERVING} spec.plugins[1]",
        expanded(
            (
                "[{name: lws}]",
                "[{name: lws, scope: {target: Entry}}, {name: lws, scope: {target: Worker}}]",
            )
        ),
        ("--config", CONFIG_FILE),
        ADMISSION_POLICY,
        path="spec.plugins[0]",
    ),
    Case(
        "json-ends",
        "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy/modelserving-lws",
        json.dumps(yaml.safe_load(EXPANDED)),
        ("--config", CONFIG_FILE),
        ADMISSION_POLICY,
    ),
    Case(
        "list-elsewhere",
        "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy/modelserving-lws",
        resource_list().replace("items: []", "x: &x\n- " + indent(EXPANDED, 2) + "items: *x"),
        ("--config", CONFIG_FILE),
        ADMISSION_POLICY,
    ),
    Case(
        "plugin-grows",
        f"{MODELSERVING} spec.plugins[1].config.env[0]",
        expanded(tweak("{env: [{name: P, value: $(P)s3cret$(RANK)}]}")),
        EXPAND,
        name="P",
    ),
    Case(
        "index-differs",
        f"{MODELSERVING} {TEMPLATE}.spec.containers[1].env[0]",
        expanded(("env: []", "env: [{name: RANK, value: s3cret}]")),
        EXPAND,
        name="RANK",
        path=f"{TEMPLATE}.spec.containers[0].env[0]",
    ),
    Case(
        "index-leaks",
        f"{MODELSERVING} {TEMPLATE}.spec.containers[1].args[0]",
        expanded(("env: []", "args: [s3cret $(RANK)]")),
        EXPAND,
        name="RANK",
        path=f"{TEMPLATE}.spec.containers[0].env[0]",
    ),
    Case(
        "not-carried",
        f"{MODELSERVING} spec.template",
        EXPANDED,
        EXPAND,
        keys="`leaderworkerset.sigs.k8s.io/group-index`, `leaderworkerset.sigs.k8s.io/group-key`, "
        f"and, of several workers, `leaderworkerset.sigs.k8s.io/worker-index` (`{TEMPLATE}`)",
    ),
    Case(
        "reads-not-carried",
        f"{MODELSERVING} {TEMPLATE}.spec.containers[1].env[0].valueFrom.fieldRef",
        expanded(
            (
                "env: []",
                "env: [{name: KEY, valueFrom: {fieldRef: {fieldPath: "
                "\"metadata.labels['leaderworkerset.sigs.k8s.io/group-key']\"}}}]",
            )
        ),
        EXPAND,
        key="`leaderworkerset.sigs.k8s.io/group-key`",
    ),
)
SURGE = "rolloutStrategy: {rollingUpdateConfiguration: {maxSurge: 1}}"
REPORT_ONLY = function_config("ConvertLeaderWorkerSet", "{reportOnly: true}")
LWS_SET = "leaderworkerset.x-k8s.io/v1/LeaderWorkerSet/serving/chat"
LEADER = "spec.leaderWorkerTemplate.leaderTemplate"


def lws(message: str, path: str, old: str, new: str, **values: str) -> Case:
    """A message on a LeaderWorkerSet with other text in a place."""
    assert old in SET, old
    text = SET.replace(old, new, 1)
    return SetCase(message, f"{LWS_SET} {path}", text, CONVERT, **values)


def spec(message: str, path: str, text: str, **values: str) -> Case:
    return lws(message, f"spec.{path}", "  # Two", f"  {text}\n  # Two", **values)


def template(message: str, path: str, text: str) -> Case:
    path = f"spec.leaderWorkerTemplate.{path}"
    return lws(message, path, "    size: 3", f"    size: 3\n    {text}")


def container(message: str, path: str, text: str, **values: str) -> Case:
    """The same for the first container of the leader's template."""
    old = "            ports:"
    path = f"{LEADER}.spec.containers[0].{path}"
    return lws(message, path, old, f"            {text}\n{old}", **values)


def field_read(message: str, key: str) -> Case:
    """The same for a variable of the leader that reads a label or an annotation of its pod."""
    kind = "annotations" if key == "leader-name" else "labels"
    name = f"leaderworkerset.sigs.k8s.io/{key}"
    field = f"metadata.{kind}['{name}']"
    text = f'env: [{{name: A, valueFrom: {{fieldRef: {{fieldPath: "{field}"}}}}}}]'
    path = "env[0].valueFrom.fieldRef.fieldPath"
    return container(message, path, text, name=name)


def other(message: str, reference: str, path: str, item: str, **values: str) -> Case:
    """A message of a detector on an item beside the set."""
    return SetCase(message, f"{reference} {path}", stream(SET, item), CONVERT, **values)


HOSTS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: hosts
data:
  hosts: s3cret chat-0-1.chat chat-0-2.chat
"""
CHAT = '"chat"'
CONVERT_CASES = (
    Case(
        "byte-order-mark",
        LWS_SET,
        SET.replace("          role: leader", "          role: lead\ufeffer"),
        CONVERT,
    ),
    SetCase("delete-first", "", SET, CONVERT),
    SetCase("webhook", "", SET, CONVERT),
    Case(
        "same-set",
        f"{LWS_SET} metadata.name",
        stream(SET, SET),
        CONVERT,
        other=f"line {SET.count(chr(10)) + 2}, column 1",
    ),
    Case("modelserving-there", f"{LWS_SET} metadata.name", stream(CONVERTED, SET), CONVERT),
    other(
        "pod-host-name",
        "v1/ConfigMap/hosts",
        "data.hosts",
        HOSTS,
        name="chat-0-1.chat",
        more=" (and 1 more)",
        set=CHAT,
    ),
    Case(
        "relied-on",
        f"{LWS_SET} metadata.name",
        stream(SET, HOSTS),
        CONVERT,
        place="v1/ConfigMap/hosts data.hosts",
        more="",
    ),
    container(
        "composed-name",
        "env[0].value",
        "env: [{name: A, value: s3cret chat-$(I).chat}]",
        name="chat-*.chat",
        more="",
        set=CHAT,
    ),
    container(
        "address-taken-apart",
        "env[0].value",
        "env: [{name: A, value: 's3cret ${LWS_LEADER_ADDRESS%.*}'}]",
        name="${LWS_LEADER_ADDRESS%",
    ),
    field_read("reads-lws-identity", "leader-name"),
    field_read("reads-group-key", "group-key"),
    field_read("reads-lws-label", "template-revision-hash"),
    container(
        "lws-command",
        "lifecycle.preStop.exec.command",
        "lifecycle: {preStop: {exec: {command: [kubectl, get, lws, s3cret]}}}",
        name="lws",
    ),
    container(
        "lws-object-command",
        "lifecycle.preStop.exec.command",
        "lifecycle: {preStop: {exec: {command: [kubectl, delete, pod, chat-0]}}}",
        name="chat-0",
    ),
    container(
        "pod-name-taken-apart",
        "lifecycle.preStop.exec.command[2]",
        "lifecycle: {preStop: {exec: {command: [sh, -c, 'echo ${HOSTNAME%-*}']}}}",
        name="${HOSTNAME%",
    ),
    container(
        "lws-service",
        "lifecycle.preStop.httpGet.host",
        "lifecycle: {preStop: {httpGet: {host: chat.serving.svc}}}",
        name="chat.serving.svc",
    ),
    lws(
        "placement-annotation",
        "metadata.annotations['leaderworkerset.sigs.k8s.io/share-topology']",
        "  labels:\n    app",
        "  annotations:\n    leaderworkerset.sigs.k8s.io/share-topology: rack\n  labels:\n    app",
        name="leaderworkerset.sigs.k8s.io/share-topology",
    ),
    lws(
        "kueue-topology",
        "metadata.annotations['kueue.x-k8s.io/podset-group-name']",
        "  labels:\n    app",
        "  annotations:\n    kueue.x-k8s.io/podset-group-name: g\n  labels:\n    app",
        name="kueue.x-k8s.io/podset-group-name",
    ),
    other(
        "selects-not-carried",
        "v1/Service/first",
        "spec.selector['leaderworkerset.sigs.k8s.io/group-index']",
        "apiVersion: v1\nkind: Service\nmetadata: {name: first}\n"
        'spec: {selector: {leaderworkerset.sigs.k8s.io/group-index: "0"}}\n',
        name="leaderworkerset.sigs.k8s.io/group-index",
    ),
    other(
        "lws-rule",
        "rbac.authorization.k8s.io/v1/Role/reader",
        "rules[0].resources[0]",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader}\n"
        "rules:\n- {apiGroups: [leaderworkerset.x-k8s.io], resources: [leaderworkersets]}\n",
        name="leaderworkersets",
    ),
    SetCase(
        "partial-set",
        "leaderworkerset.x-k8s.io/v1/LeaderWorkerSet/part spec.leaderWorkerTemplate."
        "workerTemplate.spec.containers",
        "apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\nmetadata: {name: part}\n"
        "spec: {leaderWorkerTemplate: {workerTemplate: {spec: {nodeSelector: {a: b}}}}}\n",
        CONVERT,
    ),
    spec("leader-ready", "startupPolicy", "startupPolicy: LeaderReady"),
    template("subgroups", "subGroupPolicy", "subGroupPolicy: {subGroupSize: 3}"),
    template("volume-claims", "volumeClaimTemplates", "volumeClaimTemplates: [{metadata: {}}]"),
    lws(
        "exclusive-topology",
        "metadata.annotations['leaderworkerset.sigs.k8s.io/exclusive-topology']",
        "  labels:\n    app",
        "  annotations:\n    leaderworkerset.sigs.k8s.io/exclusive-topology: rack\n"
        "  labels:\n    app",
    ),
    spec("hash-identity", "groupIdentity", "groupIdentity: Hash"),
    container(
        "controller-env", "env[0]", "env: [{name: GROUP_SIZE, value: s3cret}]", name="GROUP_SIZE"
    ),
    container(
        "tpu", "resources.limits['google.com/tpu']", "resources: {limits: {google.com/tpu: 4}}"
    ),
    spec("surge", "rolloutStrategy.rollingUpdateConfiguration.maxSurge", SURGE),
    spec(
        "none-unavailable",
        "rolloutStrategy.rollingUpdateConfiguration.maxUnavailable",
        "rolloutStrategy: {rollingUpdateConfiguration: {maxUnavailable: 0}}",
        replicas="2",
    ),
    lws(
        "after-start",
        "spec.leaderWorkerTemplate.restartPolicy",
        "RecreateGroupOnPodRestart",
        "RecreateGroupAfterStart",
    ),
    lws(
        "lost-pods",
        "spec.leaderWorkerTemplate.restartPolicy",
        "RecreateGroupOnPodRestart",
        "None",
    ),
    spec("group-replacement", "groupReplacementPolicy", "groupReplacementPolicy: Immediate"),
    spec(
        "subdomain",
        "networkConfig.subdomainPolicy",
        "networkConfig: {subdomainPolicy: UniquePerReplica}",
    ),
    template(
        "claim-retention",
        "persistentVolumeClaimRetentionPolicy.whenScaled",
        "persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}",
    ),
    lws(
        "schedulers",
        "spec.leaderWorkerTemplate.workerTemplate.spec.schedulerName",
        "    workerTemplate:\n      spec:\n        schedulerName: volcano\n",
        "    workerTemplate:\n      spec:\n",
        name='"volcano"',
    ),
    lws(
        "host-name",
        f"{LEADER}.spec.hostname",
        "      spec:\n        schedulerName",
        "      spec:\n        hostname: a\n        schedulerName",
    ),
    lws("finalizers", "metadata.finalizers", "  name: chat", "  name: chat\n  finalizers: [a/b]"),
    lws(
        "owners", "metadata.ownerReferences", "  name: chat", "  name: chat\n  ownerReferences: [a]"
    ),
    lws(
        "kueue",
        "metadata.labels['kueue.x-k8s.io/queue-name']",
        "    app: chat",
        "    kueue.x-k8s.io/queue-name: gpus\n    app: chat",
    ),
    spec("unknown-lws-field", "workers", "workers: 1", meant=""),
    Case(
        "several-sets",
        "autoscaling/v2/HorizontalPodAutoscaler/chat spec.scaleTargetRef",
        stream(
            SET,
            SET.replace("namespace: serving", "namespace: other").replace(
                "size: 3", "size: 3\n    volumeClaimTemplates: [a]"
            ),
            HPA.replace("  namespace: serving\n", ""),
        ),
        CONVERT,
    ),
)
ENTRY_PATH = "spec.template.roles[0]"


ROLLING = "spec.rolloutStrategy.rollingUpdateConfiguration"


def rendered(message: str, path: str, /, *changes: tuple[str, str], **values: object) -> Case:
    """A message of RenderModelServing on the ModelServing with other text in places."""
    at = f"{MODELSERVING} {path}" if path else MODELSERVING
    return Case(message, at, expanded(*changes), RENDER, **values)


RENDER_CASES = (
    rendered(
        "role-count",
        "spec.template.roles",
        (EXPANDED[EXPANDED.index("    roles:") :], "    roles: []\n"),
        limit=4,
        found=0,
    ),
    rendered(
        "role-name", f"{ENTRY_PATH}.name", ("name: main", "name: Main"), limit=12, found='"Main"'
    ),
    Case(
        "generated-name",
        f"{MODELSERVING}{'chat' * 13} metadata.name",
        expanded(("name: chat", f"name: {'chat' * 14}")),
        RENDER,
        found=f'"{"chat" * 14}-1-main-1-2"',
    ),
    rendered(
        "name-twice",
        f"{TEMPLATE}.spec.containers[1].name",
        ("name: side", "name: engine"),
        found='"engine"',
    ),
    rendered(
        "image-with-space",
        f"{TEMPLATE}.spec.containers[1].image",
        ("name: side", "name: side, image: a b"),
        found='"a b"',
    ),
    rendered(
        "recovery-by-role",
        "spec.rolloutStrategy.type",
        (
            "  template:",
            "  recoveryPolicy: ServingGroupRecreate\n"
            "  rolloutStrategy: {type: RoleRollingUpdate}\n  template:",
        ),
    ),
    rendered(
        "only-with-strategy",
        ROLLING,
        (
            "  template:",
            "  recoveryPolicy: None\n  rolloutStrategy: {type: RoleRollingUpdate, "
            "rollingUpdateConfiguration: {}}\n  template:",
        ),
        strategy="ServingGroupRollingUpdate",
    ),
    rendered(
        "one-version",
        f"{ENTRY_PATH}.maxUnavailable",
        ("workerReplicas: 2", "workerReplicas: 2\n      maxUnavailable: 1"),
        problem=text_of("only-with-strategy", strategy="RoleRollingUpdate"),
        one="1.0.0",
        other="main",
    ),
    rendered(
        "amount-is-zero",
        f"{ROLLING}.maxUnavailable",
        (
            "  template:",
            "  rolloutStrategy: {rollingUpdateConfiguration: {maxUnavailable: 50%}}\n  template:",
        ),
        total=1,
        found='"50%"',
    ),
    rendered(
        "amount-too-large",
        "spec.template.gangPolicy.minRoleReplicas['main']",
        ("  template:", "  template:\n    gangPolicy: {minRoleReplicas: {main: 2}}"),
        replicas=1,
        found=2,
    ),
    Case(
        "same-modelserving",
        MODELSERVING,
        stream(EXPANDED, expanded((", namespace: serving", ""))),
        RENDER,
        found="workload.serving.volcano.sh/v1alpha1/ModelServing/chat",
    ),
    rendered(
        "too-many-pods",
        "",
        ("  template:", "  replicas: 40000\n  template:"),
        limit=100000,
        found=120000,
    ),
    rendered(
        "too-much-env",
        "spec.plugins",
        (
            "[{name: lws}]",
            f"[{{name: demo-pod-tweaks, config: {{env: [{'{name: A}, ' * 1010}]}}}}]",
        ),
        (
            "- name: engine\n",
            "".join(f"- name: c{i}\n          " for i in range(98)) + "- name: engine\n",
        ),
        limit=100000,
        found=101000,
    ),
    rendered(
        "too-large-pods",
        "",
        ("  template:", "  replicas: 1000\n  template:"),
        ("name: engine}", f"name: engine, args: [{'a' * 600_000}]}}"),
        limit=500000000,
    ),
)
WARNING_CASES = (
    Case(
        "scope-role",
        f"{MODELSERVING} spec.plugins[0].scope.roles[0]",
        expanded(("{name: lws}", "{name: lws, scope: {roles: [mian]}}")),
        RENDER,
        allowed='"main"',
        found='"mian"',
        meant="",
    ),
    Case(
        "policy-added",
        "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy/modelserving-lws",
        COMPLETE,
        ("--config", CONFIG_FILE),
        ADMISSION_POLICY,
    ),
    Case(
        "groups-without-key",
        f"{MODELSERVING} spec.replicas",
        COMPLETE.replace("replicas: 2", "replicas: 6001"),
        ("--config", CONFIG_FILE),
        ADMISSION_POLICY,
        limit=6000,
    ),
    Case(
        "policy-blind",
        "workload.volcano.sh/v1alpha1/ModelServing/serving/chat apiVersion",
        COMPLETE.replace("workload.serving", "workload"),
        ("--config", CONFIG_FILE),
        ADMISSION_POLICY,
        group="workload.serving.volcano.sh",
    ),
    Case(
        "entries-not-unique",
        MODELSERVING,
        stream(SERVING, ENTRY, ENTRY.replace("main-0", "main-1")),
        groups='"chat-1"',
    ),
    Case("no-pods", f"{MODELSERVING} spec.plugins", stream(SERVING, CONFIG_MAP), plugin='"lws"'),
)
INFO_CASES = (
    Case(
        "injected",
        "",
        stream(SERVING, WORKER, ENTRY),
        pods="2 pods",
        servings="1 ModelServing",
        labels="8 labels",
        annotations="4 annotations",
        variables="6 env vars",
    ),
    Case(
        "expanded",
        "",
        EXPANDED,
        EXPAND,
        servings="1 ModelServing",
        templates="2 templates",
        labels="3 labels",
        annotations="3 annotations",
        variables="16 env vars",
        plugins="2 plugins",
    ),
    Case(
        "policy-enabled",
        "",
        COMPLETE,
        ("--config", CONFIG_FILE),
        ADMISSION_POLICY.replace("}", ", emitPolicy: false}"),
        name="modelserving-lws",
        servings="1 ModelServing",
    ),
    Case(
        "policy-enabled-and-added",
        "",
        COMPLETE,
        ("--config", CONFIG_FILE),
        ADMISSION_POLICY,
        name="modelserving-lws",
        servings="1 ModelServing",
        kinds="MutatingAdmissionPolicy and MutatingAdmissionPolicyBinding",
    ),
    Case(
        "converted",
        "",
        stream(SET, SET.replace("name: chat", "name: talk")),
        CONVERT,
        sets="2 LeaderWorkerSets",
        servings="2 ModelServings",
    ),
    ReportCase(
        "convertible",
        "",
        stream(SET, SET.replace("  # Two", f"  {SURGE}\n  # Two").replace("chat", "talk")),
        ("--config", CONFIG_FILE),
        REPORT_ONLY,
        sets="2 LeaderWorkerSets",
        converted=2,
        errors="0 errors",
        warnings="5 warnings",
    ),
    Case(
        "ignored",
        "",
        SET.replace("  # Two", f"  {SURGE}\n  # Two"),
        ("--config", CONFIG_FILE),
        function_config("ConvertLeaderWorkerSet", "{ignore: [surge]}"),
        number="1 finding",
        found="1 `surge`",
    ),
    Case(
        "comment-left-out",
        f"{LWS_SET} metadata.uid",
        SET.replace("  namespace:", "  uid: a # of the cluster\n  namespace:", 1),
        CONVERT,
        comment='"# of the cluster"',
        more="",
    ),
    Case(
        "default-scheduler",
        f"{LWS_SET} {LEADER}.spec.schedulerName",
        SET.replace("        schedulerName: volcano\n", ""),
        CONVERT,
    ),
    Case("not-on-stock", f"{MODELSERVING} spec.plugins[0]", EXPANDED, RENDER),
    Case(
        "rendered",
        "",
        expanded(("{name: lws}", "")),
        RENDER,
        pods="3 Pods",
        services="1 Service",
        servings="1 ModelServing",
    ),
)
CASES = (
    *INPUT_CASES,
    *CONFIG_CASES,
    *ITEM_CASES,
    *EDIT_CASES,
    *EXPAND_CASES,
    *CONVERT_CASES,
    *KUSTOMIZE_CASES,
    *RENDER_CASES,
    *WARNING_CASES,
    *INFO_CASES,
)
