"""Manifests for the tests, small but like the real ones."""

from __future__ import annotations

SERVING = """\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing
metadata:
  name: chat
  namespace: serving
spec:
  replicas: 2
  plugins:
  - name: lws
    type: BuiltIn
  template:
    roles:
    - name: main
      workerReplicas: 1
"""
# The same as a cluster accepts it.
COMPLETE = (
    SERVING
    + """\
      entryTemplate: {spec: {containers: [{name: engine}]}}
      workerTemplate: {spec: {containers: [{name: engine}]}}
"""
)

WORKER = """\
apiVersion: v1
kind: Pod
metadata:
  name: chat-1-main-0-1
  namespace: serving
  labels:
    modelserving.volcano.sh/name: chat
    modelserving.volcano.sh/group-name: chat-1
    modelserving.volcano.sh/role: main
    modelserving.volcano.sh/role-id: main-0
spec:
  containers:
  - name: engine
    env:
    - name: GROUP_SIZE
      value: "2"
    - name: ENTRY_ADDRESS
      value: chat-1-main-0-0.serving
    - name: WORKER_INDEX
      value: "1"
"""

ENTRY = (
    WORKER.replace("chat-1-main-0-1", "chat-1-main-0-0")
    .replace("labels:\n", 'labels:\n    modelserving.volcano.sh/entry: "true"\n')
    .replace('value: "1"', 'value: "0"')
)

INJECTED_WORKER = """\
apiVersion: v1
kind: Pod
metadata:
  name: chat-1-main-0-1
  namespace: serving
  labels:
    modelserving.volcano.sh/name: chat
    modelserving.volcano.sh/group-name: chat-1
    modelserving.volcano.sh/role: main
    modelserving.volcano.sh/role-id: main-0
    leaderworkerset.sigs.k8s.io/name: chat
    leaderworkerset.sigs.k8s.io/worker-index: "1"
    leaderworkerset.sigs.k8s.io/group-index: "1"
    leaderworkerset.sigs.k8s.io/group-key: "3ba2855dd7d11593805afe04781fa9ea35302ee1"
  annotations:
    leaderworkerset.sigs.k8s.io/size: "2"
    leaderworkerset.sigs.k8s.io/replicas: "2"
spec:
  containers:
  - name: engine
    env:
    - name: LWS_LEADER_ADDRESS
      value: chat-1-main-0-0.serving
    - name: LWS_GROUP_SIZE
      value: "2"
    - name: LWS_WORKER_INDEX
      value: "1"
    - name: GROUP_SIZE
      value: "2"
    - name: ENTRY_ADDRESS
      value: chat-1-main-0-0.serving
    - name: WORKER_INDEX
      value: "1"
"""

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  mode: fast  # kept
"""

INJECT_LWS = "apiVersion: fn.serving.volcano.sh/v1alpha1\nkind: InjectLWS\n"


def indent(text: str, by: int) -> str:
    """The text with every line but the first moved to the right."""
    return text.replace("\n", "\n" + " " * by).removesuffix(" " * by)


def stream(*manifests: str) -> str:
    """A stream of manifests."""
    return "---\n".join(manifests)


def resource_list(*items: str, config: str = "", results: str = "") -> str:
    """A ResourceList in the style of kpt and kustomize; `config` is the functionConfig."""
    text = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:"
    text += " []\n" if not items else "\n"
    text += "".join("- " + indent(item, 2) for item in items)
    if config:
        text += "functionConfig:\n  " + indent(config, 2)
    return text + results
