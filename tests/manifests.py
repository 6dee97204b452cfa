"""Manifests for the tests, small but like the real ones."""

from __future__ import annotations

import re
from typing import Any

import yaml

LWS = "leaderworkerset.sigs.k8s.io"
MSV = "modelserving.volcano.sh"
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


LIST_HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"


def indent(text: str, by: int) -> str:
    """The text with every line but the first moved to the right."""
    return text.replace("\n", "\n" + " " * by).removesuffix(" " * by)


def replaced(text: str, *changes: tuple[str, str]) -> str:
    """The text with each old text replaced by the new one; the old one must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def stream(*manifests: str) -> str:
    """A stream of manifests."""
    return "---\n".join(manifests)


def function_config(kind: str, spec: str = "") -> str:
    """A functionConfig; `spec` is YAML in flow style."""
    text = f"apiVersion: fn.serving.volcano.sh/v1alpha1\nkind: {kind}\n"
    return text + (f"spec: {spec}\n" if spec else "")


def resource_list(*items: str, config: str = "", results: str = "") -> str:
    """A ResourceList in the style of kpt and kustomize; `config` is the functionConfig."""
    text = LIST_HEAD if items else LIST_HEAD.replace("items:", "items: []")
    text += "".join("- " + indent(item, 2) for item in items)
    if config:
        text += "functionConfig:\n  " + indent(config, 2)
    return text + results


def apart(entries: list[str], config: str = "") -> str:
    """A ResourceList of the texts of a list's entries, with a comment before each, so that `chunks`
    can tell them apart.
    """
    body = "".join(f"# item {i}\n{entry}" for i, entry in enumerate(entries))
    return f"{LIST_HEAD}{body}# end\nfunctionConfig:\n" + (config and "  " + indent(config, 2))


def chunks(text: str) -> list[str]:
    """What stands before the first item, the text of each, and what stands behind the last."""
    return re.split("^# (?:item [0-9]+|end)\r?\n", text, flags=re.MULTILINE)


def data_of(text: str | bytes) -> Any:
    """The one document of a text."""
    return yaml.load(text, yaml.CSafeLoader)


def items_of(text: str | bytes) -> list[Any]:
    """The items of a ResourceList, of a List, or of a stream."""
    roots = yaml.load_all(text, yaml.CSafeLoader)
    return [item for root in roots for item in root.get("items", [root])]


def results_of(text: str | bytes) -> list[Any]:
    """The results of a ResourceList."""
    results: list[Any] = data_of(text).get("results", [])
    return results


INJECT_LWS = function_config("InjectLWS")
