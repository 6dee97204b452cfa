"""What makes each message of the table happen, and the whole line that it gives."""

from __future__ import annotations

from typing import NamedTuple

from modelserving_lws.results.messages import MESSAGES
from tests.leaderworkersets import HPA, SET
from tests.leaderworkersets import SERVING as CONVERTED
from tests.manifests import (
    COMPLETE,
    CONFIG_MAP,
    ENTRY,
    INJECT_LWS,
    SERVING,
    WORKER,
    indent,
    resource_list,
    stream,
)

POD = "v1/Pod/serving/chat-1-main-0-1"
ITEM = f"[error] {POD}"
INPUT = "modelserving-lws: line "
CONFIG = "[error] fn.serving.volcano.sh/v1alpha1/InjectLWS/functionConfig"


class Case(NamedTuple):
    """`text` is stdin; CONFIG among the arguments is a file that holds `config`."""

    name: str
    line: str
    text: str | bytes
    arguments: tuple[str, ...] = ()
    config: str = ""


def configured(spec: str, *items: str) -> str:
    return resource_list(*(items or (SERVING, WORKER)), config=f"{INJECT_LWS}spec: {spec}\n")


def pod(*changes: tuple[str, str], serving: str = SERVING) -> str:
    """The worker with other text in places, and its ModelServing."""
    text = WORKER
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return stream(serving, text)


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
    "spec:\n",
    "  x:\n" + "".join(f"  {line}\n" for line in BOMB.splitlines()[1:6]) + "spec:\n",
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
    Case("not-utf-8", f"{INPUT}1, column 4: not UTF-8", b"a: \xff\n"),
    Case(
        "not-yaml",
        f"{INPUT}1, column 4: not YAML: while parsing a block node did not find expected node "
        "content",
        "a: ]\n",
    ),
    Case(
        "twice",
        f"{INPUT}4, column 1: `items` must not be there twice; the first is at line 3, column 1",
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\nitems:\n",
    ),
    Case(
        "glued-separator",
        "[warning] ---apiVersion: the line begins with `---` and goes on, so that "
        '"---apiVersion" is a key and separates nothing',
        f"---{WORKER}",
    ),
    Case(
        "too-deep",
        f"{ITEM}: must not be nested more than 1000 levels deep",
        resource_list(SERVING, WORKER + "x: " + "[" * 1001 + "]" * 1001 + "\n"),
    ),
    Case(
        "too-many-nodes",
        f"{ITEM}: its aliases must not stand for more than 1000000 nodes",
        stream(SERVING, WORKER.replace('"1"', r'"\x31"') + BOMB),
    ),
    Case(
        "too-many-aliases",
        f"{INPUT}27, column 3: the aliases of all items together must not stand for more than "
        "1000000 nodes",
        resource_list(CONFIG_MAP + BOMB, *["{apiVersion: v1, kind: Pod, x: *a4}\n"] * 10),
    ),
    Case(
        "too-large",
        f"{ITEM}: must not have more than 200000 nodes, unless in plain block style",
        resource_list(SERVING, WORKER + "x: &x [" + "x," * 400_000 + "]\n"),
    ),
    Case(
        "too-long-item",
        f"{ITEM}: must not have more than 1500000 characters; found 1500495",
        resource_list(SERVING, WORKER + "# " + "x" * 1_500_000 + "\n"),
    ),
    Case(
        "too-many-directives",
        f"{INPUT}101, column 1: must not have more than 100 `%TAG` directives",
        "%TAG ! x\n" * 101 + "--- {}\n",
    ),
    Case(
        "too-many-items",
        f"{INPUT}4, column 81: must not have more than 200000 items",
        stream(LISTS),
    ),
    Case("no-manifest", f"{INPUT}1, column 1: must be a ResourceList or a manifest", "text\n"),
    Case(
        "resource-list-not-alone",
        f"{INPUT}4, column 1: a ResourceList must be the only document",
        stream("a: b\nc: d\n", resource_list()),
    ),
    Case(
        "resource-list-version",
        f"{INPUT}1, column 13: the ResourceList's `apiVersion` must be one of "
        "config.kubernetes.io/v1, config.kubernetes.io/v1beta1, config.kubernetes.io/v1alpha1; "
        "found config.kubernetes.io/v2",
        resource_list().replace("/v1", "/v2"),
    ),
    Case(
        "field-not-a-list",
        f"{INPUT}3, column 8: `items` must be a list",
        resource_list().replace("[]", "3"),
    ),
    Case(
        "merge-not-a-mapping",
        f"{ITEM} spec.containers[0]: the value of the merge key `<<` must be a mapping",
        pod((ENV, "    <<: 3\n")),
    ),
    Case(
        "too-many-merges",
        f"{ITEM} spec.containers[0]: merge keys must not bring more than 100 mappings",
        pod((ENV, f"    <<: [{', '.join(['{}'] * 102)}]\n")),
    ),
)
CONFIG_CASES = (
    Case(
        "config-with-config",
        "[error] --config must not be given for a ResourceList with a functionConfig",
        configured("{}"),
        ("--config", "CONFIG"),
        INJECT_LWS,
    ),
    Case(
        "config-not-one",
        "[error] --config must name a file with one functionConfig",
        SERVING,
        ("--config", "CONFIG"),
        stream(INJECT_LWS, INJECT_LWS),
    ),
    Case(
        "config-of-another-function",
        f'{CONFIG} kind: must be the function that the command line names, "ExpandLWSPlugin"',
        configured("{}"),
        ("--function", "ExpandLWSPlugin"),
    ),
    Case(
        "config-not-a-mapping",
        "[error] functionConfig: the functionConfig must be a mapping",
        resource_list(SERVING, config="3\n"),
    ),
    Case(
        "config-too-large",
        f"{CONFIG}: the functionConfig must not have more than 50 levels or 10000 nodes",
        configured("{pluginNames: " + "[" * 50 + "]" * 50 + "}"),
    ),
    Case(
        "one-of",
        "[error] fn.serving.volcano.sh/v2/InjectLWS/functionConfig apiVersion: must be one of "
        '"fn.serving.volcano.sh/v1alpha1"; found "fn.serving.volcano.sh/v2"',
        resource_list(SERVING, config=INJECT_LWS.replace("v1alpha1", "v2")),
    ),
    Case(
        "unknown-field",
        f"{CONFIG} spec.onConflicts: unknown field; allowed are pluginNames, modelServings, "
        "onConflict, onMissing",
        configured("{onConflicts: Keep}"),
    ),
    Case(
        "missing-field",
        f"{CONFIG} spec.modelServings[0].name: must be there",
        configured("{modelServings: [{}]}"),
    ),
)
ITEM_CASES = (
    Case(
        "wrong-value",
        f'{ITEM} metadata.labels: must be a mapping; found "x"',
        pod(
            (
                LABELS,
                "  labels: x\n  annotations: {modelserving.volcano.sh/name: chat, "
                "modelserving.volcano.sh/role: main, modelserving.volcano.sh/role-id: main-0}\n",
            ),
            serving=SERVING,
        ),
    ),
    Case(
        "repeated",
        f"{ITEM} spec.containers: must not be there twice",
        pod(("spec:\n", "spec:\n  containers: []\n")),
    ),
    Case(
        "too-many-containers",
        f"{ITEM} spec.containers: must not have more than 1000 containers",
        stream(SERVING, WORKER + "  - name: more\n" * 1_000),
    ),
    Case(
        "no-container",
        f"{ITEM} spec.containers: must have a container; found none",
        stream(
            SERVING,
            WORKER[: WORKER.index("  - name: engine")].replace("containers:", "containers: []"),
        ),
    ),
    Case(
        "conflict",
        f'{ITEM} spec.containers[0].env[3]: must be "2" or not be there (`onConflict: Error`); '
        'found "9"',
        configured(
            "{onConflict: Error}",
            SERVING,
            WORKER + '    - name: LWS_GROUP_SIZE\n      value: "9"\n',
        ),
    ),
    Case(
        "no-modelserving",
        f"{ITEM} metadata: must name its ModelServing: by the label or annotation "
        "`modelserving.volcano.sh/name`, or by an entry of `ownerReferences`",
        pod((LABELS, "  annotations:\n    modelserving.volcano.sh/plugins: lws\n")),
    ),
    Case(
        "several-modelservings",
        f"{ITEM}: must have one ModelServing among the items; found "
        "workload.serving.volcano.sh/v1alpha1/ModelServing/serving/chat and "
        "workload.serving.volcano.sh/v1alpha1/ModelServing/serving/chat",
        stream(SERVING, SERVING, WORKER),
    ),
    Case(
        "not-a-servinggroup",
        f"{ITEM} metadata.labels['modelserving.volcano.sh/group-name']: must name a ServingGroup: "
        "a name, `-`, and an integer from 0 to 2147483647 without leading zeros; found "
        '"chat-01"',
        pod(("group-name: chat-1", "group-name: chat-01")),
    ),
    Case(
        "values-differ",
        f"{ITEM} spec.containers[1].env[0].value: `GROUP_SIZE` must be the same in all "
        'containers; found "3" here and "2" in spec.containers[0].env[0].value',
        stream(SERVING, WORKER + "  - name: other\n    env:\n" + SIZE.replace("2", "3")),
    ),
    Case(
        "empty-value",
        f"{ITEM} spec.containers[0].env[1].value: `ENTRY_ADDRESS` must not be empty",
        pod(("value: chat-1-main-0-0.serving", 'value: ""')),
    ),
    Case(
        "too-long",
        f"{ITEM}: ENTRY_ADDRESS must not be longer than 1000 characters",
        pod((ADDRESS, f"    - name: ENTRY_ADDRESS\n      value: {'x' * 1001}\n")),
    ),
    Case(
        "wrong-variable",
        f"{ITEM} spec.containers[0].env[0].value: `GROUP_SIZE` must be an integer from 0 to "
        '2147483647; found "two"',
        pod(('"2"', "two")),
    ),
    Case(
        "wrong-modelserving",
        f'{ITEM}: the ModelServing "chat" has a wrong `spec.replicas`: must be an integer from 0 '
        'to 2147483647; found "many"',
        pod(serving=SERVING.replace("replicas: 2", "replicas: many")),
    ),
    Case(
        "missing-variable",
        f"{ITEM}: no container's env has a value of `WORKER_INDEX`",
        configured("{onMissing: Error}", SERVING, WORKER.replace(INDEX, "")),
    ),
    Case(
        "missing-group",
        "[error] v1/Pod/serving/x: the ServingGroup is in no label and no annotation "
        '`modelserving.volcano.sh/group-name`, and the pod\'s name "x" is not of the form '
        "SERVINGGROUP-ROLE-ORDINAL-INDEX",
        pod((GROUP, ""), ("name: chat-1-main-0-1", "name: x")),
    ),
    Case(
        "missing-index",
        "[error] v1/Pod/serving/x: `WORKER_INDEX` is in no container's env, and the pod's name "
        '"x" does not end in `-` and an integer',
        pod((INDEX, ""), ("name: chat-1-main-0-1", "name: x")),
    ),
    Case(
        "missing-size",
        f"{ITEM}: `GROUP_SIZE` is in no container's env, and the ModelServing, that has its "
        "`workerReplicas`, is not among the items",
        configured("{modelServings: [{name: chat, replicas: 2}]}", WORKER.replace(SIZE, "")),
    ),
    Case(
        "missing-role",
        "[error] v1/Pod/serving/x: `GROUP_SIZE` is in no container's env, and the pod names no "
        "role: it needs the label `modelserving.volcano.sh/role`",
        pod((SIZE, ""), (ROLE, ""), ("name: chat-1-main-0-1", "name: x")),
    ),
    Case(
        "unknown-role",
        f'{ITEM}: `GROUP_SIZE` is in no container\'s env, and the ModelServing "chat" has no '
        'role "other"',
        pod((SIZE, ""), ("role: main", "role: other")),
    ),
    Case(
        "missing-address",
        "[error] v1/Pod/serving/x: `ENTRY_ADDRESS` is in no container's env, and the pod names "
        "no role replica: it needs the label `modelserving.volcano.sh/role-id`",
        pod((ADDRESS, ""), (ROLE, ""), ("name: chat-1-main-0-1", "name: x")),
    ),
    Case(
        "missing-replicas",
        f"{ITEM}: the ModelServing's `spec.replicas` can't be had: the ModelServing is not among "
        "the items, the pod has no annotation `modelserving.volcano.sh/replicas`, and the "
        "functionConfig has no `replicas` for it",
        configured("{modelServings: [{name: chat}]}", WORKER),
    ),
)
EDIT_CASES = (
    Case(
        "shared-too-large",
        f"{ITEM}: the anchor `&m` at line 20, column 13 and its "
        "alias at line 44, column 39 share what must change, and stand for too much to be written "
        "out; at most 1000000 nodes may be written out",
        resource_list(SERVING, SHARED, f"y: [{', '.join(['*m'] * 9)}]\n"),
    ),
    Case(
        "flow-pair",
        f"{ITEM}: the mapping at line 27, column 16 must stand in `{{}}`",
        stream(SERVING, WORKER[: WORKER.index("\n  - name: engine")] + " [name: engine]\n"),
    ),
    Case(
        "key-without-colon",
        f"{ITEM}: the key that ends at line 19, column 16 must have a `:`",
        pod(("  name: chat-1-main-0-1\n", "  ? annotations\n  name: chat-1-main-0-1\n")),
    ),
    Case(
        "cut-off-block-scalar",
        f"{ITEM}: the block scalar that ends at line 36, column 13 must end in a line break",
        pod((INDEX, "    - name: WORKER_INDEX\n      value: |\n        $(X)")),
    ),
)
MODELSERVING = "workload.serving.volcano.sh/v1alpha1/ModelServing/serving/chat"
EXPAND = ("--function", "ExpandLWSPlugin")
ADMISSION_POLICY = """\
apiVersion: fn.serving.volcano.sh/v1alpha1
kind: ExpandLWSPlugin
spec: {via: AdmissionPolicy}
"""
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
    text = EXPANDED
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def tweak(config: str) -> tuple[str, str]:
    return "[{name: lws}]", f"[{{name: lws}}, {{name: demo-pod-tweaks, config: {config}}}]"


EXPAND_CASES = (
    Case(
        "no-worker-template",
        f"[error] {MODELSERVING} {TEMPLATE}: must be there, since `workerReplicas` is 2",
        EXPANDED[: EXPANDED.index("      workerTemplate:")],
        EXPAND,
    ),
    Case(
        "label-taken",
        f"[error] {MODELSERVING} {TEMPLATE}.metadata.labels['modelserving.volcano.sh/role-id']: "
        "must not be there: `LWS_LEADER_ADDRESS` of the workers is composed of kthena's own label, "
        "which one of the template overwrites",
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
        f"[error] {MODELSERVING} {TEMPLATE}.spec.containers[1].env[0]: `MODELSERVING_NAMESPACE` "
        "must read the pod's `metadata.namespace`, as the contract's `LWS_LEADER_ADDRESS` needs "
        "it; it has another value here",
        expanded(("env: []", "env: [{name: MODELSERVING_NAMESPACE, value: s3cret}]")),
        EXPAND,
    ),
    Case(
        "helper-read",
        f"[error] {MODELSERVING} {TEMPLATE}.spec.containers[1].args[0]: must not refer to "
        "`MODELSERVING_ROLE_ID`, that is not set before: the contract's `LWS_LEADER_ADDRESS` needs "
        "a variable of this name, which would give the reference a value",
        expanded(("env: []", "args: [s3cret $(MODELSERVING_ROLE_ID)]")),
        EXPAND,
    ),
    Case(
        "probe-reads",
        f"[error] {MODELSERVING} {TEMPLATE}.spec.containers[1].readinessProbe.exec.command[1]: "
        "must not refer to `LWS_WORKER_INDEX`, which is made of other variables: the kubelet puts "
        "plain values alone into the command of a probe; `WORKER_INDEX` has the same value there",
        expanded(
            ("env: []", "readinessProbe: {exec: {command: [check, s3cret $(LWS_WORKER_INDEX)]}}")
        ),
        EXPAND,
    ),
    Case(
        "plugin-sets-contract",
        f"[error] {MODELSERVING} spec.plugins[1].config.env[0]: must not set `LWS_GROUP_SIZE`, "
        "which is the contract's or what that comes from",
        expanded(tweak("{env: [{name: LWS_GROUP_SIZE, value: s3cret}]}")),
        EXPAND,
    ),
    Case(
        "several-scopes",
        f"[error] {MODELSERVING} spec.plugins[1]: must have the scope of spec.plugins[0]: "
        "`via: AdmissionPolicy` knows one for a ModelServing",
        expanded(
            (
                "[{name: lws}]",
                "[{name: lws, scope: {target: Entry}}, {name: lws, scope: {target: Worker}}]",
            )
        ),
        ("--config", "CONFIG"),
        ADMISSION_POLICY,
    ),
    Case(
        "list-elsewhere",
        "[error] the list of items must stand where it is used, not behind an alias or a merge key",
        resource_list().replace("items: []", "x: &x\n- " + indent(EXPANDED, 2) + "items: *x"),
        ("--config", "CONFIG"),
        ADMISSION_POLICY,
    ),
    Case(
        "plugin-grows",
        f"[error] {MODELSERVING} spec.plugins[1].config.env[0]: must not refer to `P`, which a "
        "plugin sets here or later from the worker's index: kthena writes the env of plugins once "
        "more with each worker, so that it would have another worker's value",
        expanded(tweak("{env: [{name: P, value: $(P)s3cret$(RANK)}]}")),
        EXPAND,
    ),
    Case(
        "index-differs",
        f"[error] {MODELSERVING} {TEMPLATE}.spec.containers[1].env[0]: `RANK` must have the same "
        "value in all containers of the template, since `LWS_WORKER_INDEX` of several workers "
        "comes from a plugin that writes into all of them; it has another one in "
        f"{TEMPLATE}.spec.containers[0].env[0]",
        expanded(("env: []", "env: [{name: RANK, value: s3cret}]")),
        EXPAND,
    ),
    Case(
        "index-leaks",
        f"[error] {MODELSERVING} {TEMPLATE}.spec.containers[1].args[0]: must not refer to `RANK`, "
        f"which this container lacks and would get from {TEMPLATE}.spec.containers[0].env[0]: "
        "`LWS_WORKER_INDEX` of several workers comes from a plugin that writes into all containers",
        expanded(("env: []", "args: [s3cret $(RANK)]")),
        EXPAND,
    ),
    Case(
        "not-carried",
        f"[warning] {MODELSERVING} spec.template: no template can carry "
        "`leaderworkerset.sigs.k8s.io/group-index`, `leaderworkerset.sigs.k8s.io/group-key`, and, "
        f"of several workers, `leaderworkerset.sigs.k8s.io/worker-index` (`{TEMPLATE}`): the pods "
        "that it makes differ in them; `via: AdmissionPolicy` writes them on Kubernetes 1.36 or "
        "later",
        EXPANDED,
        EXPAND,
    ),
    Case(
        "reads-not-carried",
        f"[warning] {MODELSERVING} {TEMPLATE}.spec.containers[1].env[0].valueFrom.fieldRef: reads "
        "`leaderworkerset.sigs.k8s.io/group-key`, which no template can carry; it will be empty",
        expanded(
            (
                "env: []",
                "env: [{name: KEY, valueFrom: {fieldRef: {fieldPath: "
                "\"metadata.labels['leaderworkerset.sigs.k8s.io/group-key']\"}}}]",
            )
        ),
        EXPAND,
    ),
)
CONVERT = ("--function", "ConvertLeaderWorkerSet")
LEADER = "spec.leaderWorkerTemplate.leaderTemplate"


def lws(message: str, path: str, old: str, new: str, **values: str) -> Case:
    """A message on a LeaderWorkerSet with other text in a place: what happens, and what to do."""
    assert old in SET, old
    severity, text, action = MESSAGES[message]
    line = f"[{severity}] leaderworkerset.x-k8s.io/v1/LeaderWorkerSet/serving/chat {path}: "
    return Case(
        message, line + f"{text.format(**values)}. {action}", SET.replace(old, new, 1), CONVERT
    )


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


SET_LINE = "leaderworkerset.x-k8s.io/v1/LeaderWorkerSet/serving/chat"
CONVERT_CASES = (
    Case(
        "byte-order-mark",
        "[error] leaderworkerset.x-k8s.io/v1/LeaderWorkerSet/serving/chat: must not have a byte "
        "order mark at the start of a line that moves",
        SET.replace("          role: leader", "\ufeff          role: leader"),
        CONVERT,
    ),
    Case(
        "modelserving-there",
        f"[error] {SET_LINE} metadata.name: must not be converted: the ModelServing of this name "
        "and namespace is among the items",
        stream(CONVERTED, SET),
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
    container(
        "controller-env",
        "env[0]",
        "env: [{name: GROUP_SIZE, value: s3cret}]",
        name="GROUP_SIZE",
    ),
    container(
        "tpu", "resources.limits['google.com/tpu']", "resources: {limits: {google.com/tpu: 4}}"
    ),
    spec(
        "surge",
        "rolloutStrategy.rollingUpdateConfiguration.maxSurge",
        "rolloutStrategy: {rollingUpdateConfiguration: {maxSurge: 1}}",
    ),
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
    spec("unknown-lws-field", "replica", "replica: 1"),
    Case(
        "several-sets",
        "[error] autoscaling/v2/HorizontalPodAutoscaler/chat spec.scaleTargetRef: fits several "
        "LeaderWorkerSets among the items, not all of which were converted",
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
RENDER = ("--function", "RenderModelServing")
ENTRY_PATH = "spec.template.roles[0]"


def rendered(name: str, field: str, message: str, *changes: tuple[str, str]) -> Case:
    """The line that the ModelServing gives with other text in places."""
    field = field and f" {field}"
    return Case(name, f"[error] {MODELSERVING}{field}: {message}", expanded(*changes), RENDER)


RENDER_CASES = (
    rendered(
        "role-count",
        "spec.template.roles",
        "must have 1 to 4 roles; found 0",
        (EXPANDED[EXPANDED.index("    roles:") :], "    roles: []\n"),
    ),
    rendered(
        "role-name",
        f"{ENTRY_PATH}.name",
        "must have 1 to 12 characters of `a-z`, `0-9` and `-`, a letter first and no `-` last; "
        'found "Main"',
        ("name: main", "name: Main"),
    ),
    Case(
        "generated-name",
        f"[error] {MODELSERVING}{'chat' * 13} metadata.name: must leave room for the names of the "
        f'pods: "{"chat" * 14}-1-main-1-2" must have at most 63 characters of `a-z`, `0-9` and '
        "`-`, a letter first",
        expanded(("name: chat", f"name: {'chat' * 14}")),
        RENDER,
    ),
    rendered(
        "name-twice",
        f"{TEMPLATE}.spec.containers[1].name",
        'must not be the name of an entry before it, "engine"',
        ("name: side", "name: engine"),
    ),
    rendered(
        "image-with-space",
        f"{TEMPLATE}.spec.containers[1].image",
        'must have no space in it; found "a b"',
        ("name: side", "name: side, image: a b"),
    ),
    rendered(
        "recovery-by-role",
        "spec.rolloutStrategy.type",
        "must not be `RoleRollingUpdate` where `spec.recoveryPolicy` is `ServingGroupRecreate`",
        (
            "  template:",
            "  recoveryPolicy: ServingGroupRecreate\n"
            "  rolloutStrategy: {type: RoleRollingUpdate}\n  template:",
        ),
    ),
    rendered(
        "only-with-strategy",
        f"{ENTRY_PATH}.maxUnavailable",
        "must be there only where `spec.rolloutStrategy.type` is `RoleRollingUpdate`",
        ("workerReplicas: 2", "workerReplicas: 2\n      maxUnavailable: 1"),
    ),
    rendered(
        "amount-is-zero",
        "spec.rolloutStrategy.rollingUpdateConfiguration.maxUnavailable",
        'must not come to 0 of 1; found "50%"',
        (
            "  template:",
            "  rolloutStrategy: {rollingUpdateConfiguration: {maxUnavailable: 50%}}\n  template:",
        ),
    ),
    rendered(
        "amount-too-large",
        "spec.template.gangPolicy.minRoleReplicas['main']",
        "must not be more than the role's `replicas`, 1; found 2",
        ("  template:", "  template:\n    gangPolicy: {minRoleReplicas: {main: 2}}"),
    ),
    Case(
        "same-modelserving",
        f"[error] {MODELSERVING}: must be the only ModelServing of its name among the items; "
        "another one is workload.serving.volcano.sh/v1alpha1/ModelServing/chat",
        stream(EXPANDED, expanded((", namespace: serving", ""))),
        RENDER,
    ),
    rendered(
        "too-many-pods",
        "",
        "must not bring the pods to be rendered to more than 100000; with its own, they are 120000",
        ("  template:", "  replicas: 40000\n  template:"),
    ),
    rendered(
        "too-much-env",
        "spec.plugins",
        "must not write more than 100000 env vars into a pod's containers; found 101000",
        (
            "[{name: lws}]",
            f"[{{name: demo-pod-tweaks, config: {{env: [{'{name: A}, ' * 1010}]}}}}]",
        ),
        (
            "- name: engine\n",
            "".join(f"- name: c{i}\n          " for i in range(98)) + "- name: engine\n",
        ),
    ),
    rendered(
        "too-large-pods",
        "",
        "must not bring what is rendered to more than 500000000 characters",
        ("  template:", "  replicas: 1000\n  template:"),
        ("name: engine}", f"name: engine, args: [{'a' * 600_000}]}}"),
    ),
)
WARNING_CASES = (
    Case(
        "scope-role",
        f"[warning] {MODELSERVING} spec.plugins[0].scope.roles[0]: must name a role of the "
        'ModelServing, one of "main"; found "mian"',
        expanded(("{name: lws}", "{name: lws, scope: {roles: [mian]}}")),
        RENDER,
    ),
    Case(
        "policy-added",
        "[warning] admissionregistration.k8s.io/v1/MutatingAdmissionPolicy/modelserving-lws: was "
        "added: where the cluster does not have it yet, it must be applied before the "
        "ModelServings (`modelserving-lws --print-policy`), since pods that are made before it is "
        "active stay without the contract",
        COMPLETE,
        ("--config", "CONFIG"),
        ADMISSION_POLICY,
    ),
    Case(
        "groups-without-key",
        "[warning] workload.serving.volcano.sh/v1alpha1/ModelServing/serving/chat spec.replicas: "
        "`group-key` is a SHA-1 in the first 6000 ServingGroups alone, since annotations have no "
        "room for more keys; in the others it is the group's name",
        COMPLETE.replace("replicas: 2", "replicas: 6001"),
        ("--config", "CONFIG"),
        ADMISSION_POLICY,
    ),
    Case(
        "policy-blind",
        "[warning] workload.volcano.sh/v1alpha1/ModelServing/serving/chat apiVersion: the "
        "admission policy reads ModelServings of the group `workload.serving.volcano.sh` alone, so "
        "that the pods of this one stay without the contract",
        COMPLETE.replace("workload.serving", "workload"),
        ("--config", "CONFIG"),
        ADMISSION_POLICY,
    ),
    Case(
        "entries-not-unique",
        "[warning] workload.serving.volcano.sh/v1alpha1/ModelServing/serving/chat: has more than "
        "one entry pod in a ServingGroup, so that `worker-index` is not unique within a "
        '`group-key`: "chat-1"',
        stream(SERVING, ENTRY, ENTRY.replace("main-0", "main-1")),
    ),
    Case(
        "no-pods",
        "[warning] workload.serving.volcano.sh/v1alpha1/ModelServing/serving/chat spec.plugins: "
        'has the plugin "lws", but none of its pods is among the items, and kthena\'s controller '
        "has no such plugin; the function ExpandLWSPlugin writes the contract into the "
        "ModelServing itself",
        stream(SERVING, CONFIG_MAP),
    ),
)
CASES = (
    *INPUT_CASES,
    *CONFIG_CASES,
    *ITEM_CASES,
    *EDIT_CASES,
    *EXPAND_CASES,
    *CONVERT_CASES,
    *RENDER_CASES,
    *WARNING_CASES,
)
