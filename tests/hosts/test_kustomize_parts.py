"""Each part of a kustomization that may speak of LeaderWorkerSets: what real kustomize builds of
the migrated tree is what a conversion makes of its build before.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from modelserving_lws.pipeline import run
from tests.kustomize_trees import HEAD, build, objects, write
from tests.leaderworkersets import ONE_TEMPLATE, SET
from tests.manifests import indent
from tests.running import CONVERT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

HPA = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: chat
spec:
  maxReplicas: 4
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: chat
"""
TALK = SET.replace("name: chat\n  namespace: serving\n", "name: talk\n")
BASE = {
    "base/kustomization.yaml": f"{HEAD}resources: [chat.yaml, talk.yaml, hpa.yaml]\n",
    "base/chat.yaml": ONE_TEMPLATE.replace("spec:\n", "spec:\n  replicas: 1\n", 1),
    "base/talk.yaml": TALK,
    # One set alone, where it makes a difference whether it has a `leaderTemplate`.
    "one/kustomization.yaml": f"{HEAD}resources: [chat.yaml]\n",
    "one/chat.yaml": ONE_TEMPLATE,
    "base/hpa.yaml": HPA,
}
REFERENCE = "{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, name: chat}"
SCALES = HPA.replace("apps/v1", "leaderworkerset.x-k8s.io/v1").replace(
    "Deployment", "LeaderWorkerSet"
)
VPA = f"""\
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: {{name: chat}}
spec:
  targetRef: {REFERENCE}
"""
OPERATIONS = (
    '[{"op": "replace", "path": "/spec/scaleTargetRef", "value": {"kind": "LeaderWorkerSet",'
    ' "apiVersion": "leaderworkerset.x-k8s.io/v1", "name": "chat"}}]'
)
BY_FIELD = """\
- op: replace
  path: /spec/scaleTargetRef/kind
  value: LeaderWorkerSet
- op: replace
  path: /spec/scaleTargetRef/apiVersion
  value: leaderworkerset.x-k8s.io/v1
"""
SIZE = '[{"op": "replace", "path": "/spec/leaderWorkerTemplate/size", "value": 8}]'
ONE = "group: leaderworkerset.x-k8s.io, version: v1, kind: LeaderWorkerSet, name: chat"
SPECS = (
    "fieldSpecs: [{path: spec/replicas, kind: LeaderWorkerSet, group: leaderworkerset.x-k8s.io}]"
)
# What the overlay has, and further files.
PARTS: dict[str, tuple[str, dict[str, str]]] = {
    # Autoscalers
    "hpa-merge": ("patches:\n- patch: |\n    " + indent(SCALES, 4), {}),
    "hpa-merge-file": ("patches: [{path: hpa.yaml}]\n", {"hpa.yaml": SCALES}),
    "hpa-merge-target": (
        "patches:\n- target: {kind: HorizontalPodAutoscaler}\n  path: hpa.yaml\n",
        {"hpa.yaml": SCALES},
    ),
    "hpa-strategic": ("patchesStrategicMerge:\n- |\n  " + indent(SCALES, 2), {}),
    "hpa-strategic-file": ("patchesStrategicMerge: [hpa.yaml]\n", {"hpa.yaml": SCALES}),
    "hpa-operations": (
        f"patches:\n- target: {{kind: HorizontalPodAutoscaler}}\n  patch: '{OPERATIONS}'\n",
        {},
    ),
    "hpa-operations-by-field": (
        "patches:\n- target: {kind: HorizontalPodAutoscaler}\n  patch: |\n    "
        + indent(BY_FIELD, 4),
        {},
    ),
    "hpa-operations-file": (
        "patches: [{target: {kind: HorizontalPodAutoscaler}, path: hpa.yaml}]\n",
        {"hpa.yaml": BY_FIELD},
    ),
    "hpa-kind-alone": (
        "patches:\n- target: {kind: HorizontalPodAutoscaler}\n  patch: |\n"
        "    kind: HorizontalPodAutoscaler\n    metadata: {name: any}\n"
        "    spec: {scaleTargetRef: {kind: LeaderWorkerSet, name: talk,"
        " apiVersion: leaderworkerset.x-k8s.io/v1}}\n",
        {},
    ),
    "hpa-of-the-built-name": (
        "namePrefix: big-\nresources: [../base, hpa.yaml, vpa.yaml]\n",
        {
            "hpa.yaml": SCALES.replace("name: chat", "name: big-chat").replace(
                "  name: big", "  name: my", 1
            ),
            "vpa.yaml": VPA.replace("chat}", "big-chat}"),
        },
    ),
    # kustomize's own transformers
    "json-op": (
        "transformers:\n- |\n  apiVersion: builtin\n  kind: PatchJson6902Transformer\n"
        f"  metadata: {{name: a}}\n  target: {{{ONE}}}\n  jsonOp: '{SIZE}'\n",
        {},
    ),
    "json-op-file": (
        "transformers: [a.yaml]\n",
        {
            "a.yaml": "apiVersion: builtin\nkind: PatchJson6902Transformer\nmetadata: {name: a}\n"
            f"target: {{{ONE}}}\npath: ops.yaml\n",
            "ops.yaml": SIZE + "\n",
        },
    ),
    "patch-transformer": (
        "transformers:\n- |\n  apiVersion: builtin\n  kind: PatchTransformer\n"
        "  metadata: {name: a}\n  patch: |-\n    " + indent(SCALES, 4),
        {},
    ),
    "strategic-transformer": (
        "transformers: [a.yaml]\n",
        {
            "a.yaml": "apiVersion: builtin\nkind: PatchStrategicMergeTransformer\n"
            "metadata: {name: a}\npaths: [hpa.yaml]\n",
            "hpa.yaml": SCALES,
        },
    ),
    "strategic-transformer-text": (
        "transformers: [a.yaml]\n",
        {
            "a.yaml": "apiVersion: builtin\nkind: PatchStrategicMergeTransformer\n"
            "metadata: {name: a}\npatches: |-\n  " + indent(SCALES, 2),
        },
    ),
    "transformers-in-a-folder": (
        "transformers: [more]\n",
        {
            "more/kustomization.yaml": f"{HEAD}resources: [a.yaml]\n",
            "more/a.yaml": "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: a}\n"
            f"target: {{kind: LeaderWorkerSet, name: chat}}\npatch: '{SIZE}'\n",
        },
    ),
    "replica-count": (
        "transformers:\n- |\n  apiVersion: builtin\n  kind: ReplicaCountTransformer\n"
        f"  metadata: {{name: a}}\n  replica: {{name: chat, count: 5}}\n  {SPECS}\n",
        {},
    ),
    "prefix": (
        "transformers:\n- |\n  apiVersion: builtin\n  kind: PrefixTransformer\n"
        "  metadata: {name: a}\n  prefix: big-\n"
        "  fieldSpecs: [{path: metadata/name, kind: LeaderWorkerSet}]\n",
        {},
    ),
    "namespace": (
        "transformers:\n- |\n  apiVersion: builtin\n  kind: NamespaceTransformer\n"
        "  metadata: {name: a, namespace: big}\n"
        "  fieldSpecs: [{path: metadata/namespace, create: true, kind: LeaderWorkerSet}]\n",
        {},
    ),
    "annotations": (
        "resources: [../one]\ntransformers:\n- |\n  apiVersion: builtin\n"
        "  kind: AnnotationsTransformer\n"
        "  metadata: {name: a}\n  annotations: {a: b}\n  fieldSpecs:\n"
        "  - {path: spec/leaderWorkerTemplate/workerTemplate/metadata/annotations, create: true,"
        " kind: LeaderWorkerSet}\n",
        {},
    ),
    "images": (
        "transformers:\n- |\n  apiVersion: builtin\n  kind: ImageTagTransformer\n"
        "  metadata: {name: a}\n  imageTag: {name: lmsysorg/sglang, newTag: v2}\n  fieldSpecs:\n"
        "  - {path: 'spec/leaderWorkerTemplate/workerTemplate/spec/containers[]/image',"
        " kind: LeaderWorkerSet}\n",
        {},
    ),
    # The other fields
    "configured-replicas": (
        "replicas: [{name: chat, count: 3}]\nconfigurations: [c.yaml]\n",
        {"c.yaml": "replicas: [{path: spec/replicas, kind: LeaderWorkerSet}]\n"},
    ),
    "configured-names": (
        "namePrefix: big-\nconfigurations: [c.yaml]\nresources: [../base, more.yaml]\n",
        {
            "c.yaml": "nameReference:\n- kind: LeaderWorkerSet\n  fieldSpecs:\n"
            "  - {path: spec/scaleTargetRef/name, kind: HorizontalPodAutoscaler}\n",
            "more.yaml": SCALES.replace("  name: chat", "  name: more", 1),
        },
    ),
    "replacements": (
        "replacements:\n- source: {kind: LeaderWorkerSet, name: chat, fieldPath: spec.replicas}\n"
        "  targets:\n  - select: {kind: LeaderWorkerSet, name: talk}\n"
        "    fieldPaths: [spec.replicas]\n"
        "  - select: {kind: HorizontalPodAutoscaler}\n    fieldPaths: [spec.maxReplicas]\n",
        {},
    ),
    "replacements-of-names": (
        "namePrefix: big-\nreplacements:\n- path: r.yaml\n",
        {
            "r.yaml": "- source: {kind: LeaderWorkerSet, name: chat, fieldPath: metadata.name}\n"
            "  targets:\n  - select: {kind: LeaderWorkerSet, name: talk}\n    fieldPaths:\n"
            "    - spec.leaderWorkerTemplate.leaderTemplate.spec.containers.[name=leader].image\n"
            "    options: {delimiter: ':', index: 1}\n"
        },
    ),
    "replicas": (
        "images: [{name: lmsysorg/sglang, newTag: v3}]\nnameSuffix: -b\nnamespace: big\n",
        {},
    ),
    "common-labels": (
        "commonLabels: {a: b}\ncommonAnnotations: {c: d}\n",
        {},
    ),
    "labels": (
        "resources: [../one]\nlabels:\n- pairs: {a: b}\n  includeTemplates: true\n  fields:\n"
        "  - {path: spec/leaderWorkerTemplate/workerTemplate/metadata/labels, create: true,"
        " kind: LeaderWorkerSet}\n",
        {},
    ),
    "vars": (
        "vars:\n- name: SIZE\n  objref: {kind: LeaderWorkerSet, name: chat,"
        " apiVersion: leaderworkerset.x-k8s.io/v1}\n  fieldref: {fieldpath: spec.replicas}\n"
        "configurations: [c.yaml]\n",
        {
            "c.yaml": "varReference:\n- path: spec/leaderWorkerTemplate/leaderTemplate/spec/"
            "containers/image\n  kind: LeaderWorkerSet\n- {path: spec/x, kind: Job}\n"
        },
    ),
    "sort-options": (
        "sortOptions:\n  order: legacy\n  legacySortOptions:\n    orderFirst: [LeaderWorkerSet]\n"
        "    orderLast: [HorizontalPodAutoscaler]\n",
        {},
    ),
    "openapi": (
        "openapi: {path: schema.json}\nnamePrefix: big-\n",
        {
            "schema.json": json.dumps(
                {
                    "definitions": {
                        "v1.LeaderWorkerSet": {
                            "properties": {"spec": {"type": "object"}},
                            "x-kubernetes-group-version-kind": [
                                {
                                    "group": "leaderworkerset.x-k8s.io",
                                    "kind": "LeaderWorkerSet",
                                    "version": "v1",
                                }
                            ],
                        }
                    }
                }
            )
        },
    ),
    "generated": (
        "configMapGenerator: [{name: a, literals: [b=c]}]\ngenerators:\n- |\n"
        "  apiVersion: builtin\n  kind: SecretGenerator\n  metadata: {name: s}\n"
        "  literals: [a=b]\n",
        {},
    ),
    "rejected": (
        "replacements:\n- source: {kind: HorizontalPodAutoscaler, fieldPath: spec.maxReplicas}\n"
        "  targets:\n  - select: {version: v1}\n    reject: [{kind: LeaderWorkerSet, name: talk}]\n"
        "    fieldPaths: [spec.replicas]\n",
        {},
    ),
    "by-name-alone": (
        "patches:\n- target: {kind: LeaderWorkerSet, name: chat|nobody, version: v1.*}\n"
        "  patch: |\n"
        "    - {op: replace, path: /spec/replicas, value: 7}\n",
        {},
    ),
    "by-old-name": (
        "resources: [between]\npatches:\n- target: {kind: LeaderWorkerSet, name: chat}\n"
        "  patch: |\n    - {op: replace, path: /spec/leaderWorkerTemplate/size, value: 7}\n",
        {"between/kustomization.yaml": f"{HEAD}resources: [../../base]\nnamePrefix: b-\n"},
    ),
    "delete": (
        "patches:\n- patch: |\n    apiVersion: leaderworkerset.x-k8s.io/v1\n"
        "    kind: LeaderWorkerSet\n    metadata: {name: talk}\n    $patch: delete\n",
        {},
    ),
    "crds": (
        "crds: [crd.json]\n",
        {
            "crd.json": json.dumps(
                {
                    "io.x-k8s.leaderworkerset.v1.LeaderWorkerSet": {
                        "Schema": {
                            "properties": {
                                "apiVersion": {"type": "string"},
                                "kind": {"type": "string"},
                            }
                        }
                    }
                }
            )
        },
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_follows(
    name: str,
    kustomize: str,
    environment: dict[str, str],
    program: Program,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text, more = PARTS[name]
    if "resources: [" not in text:
        text = f"resources: [../base]\n{text}"
    files = {**BASE, "overlay/kustomization.yaml": HEAD + text}
    files |= {f"overlay/{path}": body for path, body in more.items()}
    folder = write(tmp_path / "tree", files)
    before = build(kustomize, folder / "overlay", environment)
    outcome = run(before.encode(), CONVERT[1])
    assert not outcome.failed, list(map(str, outcome.results))
    monkeypatch.chdir(folder)
    done = program("", "migrate", "--write", "--report", "json", ".")
    report = json.loads(done.stdout)
    found = [it["id"] for it in report["findings"] if it["severity"] != "info"]
    assert done.code == 0, [it["message"] for it in report["findings"] if it["severity"] == "error"]
    # A file of `openapi` is named: it says nothing of ModelServings.
    named = {"names-sets"} if name == "openapi" else set()
    assert {*found} == {"delete-first", "webhook", "not-carried"} | named
    after = build(kustomize, folder / "overlay", environment)
    assert "LeaderWorkerSet" not in after
    assert objects(after) == objects(outcome.output.decode())
