"""Prefixes, suffixes and hashes of names, which kustomize adds to references at the end of a build:
with the configuration that the package has, ModelServings get them whichever way they are made.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from modelserving_lws import kustomize as package
from modelserving_lws.pipeline import run
from tests.kustomize_trees import FLAGS, build, expanded, objects, write
from tests.leaderworkersets import HPA, SCALED_OBJECT
from tests.manifests import stream
from tests.running import CONVERT, EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (files(package) / "name-references.yaml").read_text()
SET = """\
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: {name: chat}
spec:
  replicas: 2
  leaderWorkerTemplate:
    size: 3
    workerTemplate:
      spec:
        serviceAccountName: runner
        imagePullSecrets: [{name: pull}]
        priorityClassName: high
        resourceClaims: [{name: gpus, resourceClaimTemplateName: gpus}]
        initContainers:
        - name: fetch
          image: i
          envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: token}}]
          env:
          - {name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}
        containers:
        - name: c
          image: i
          envFrom: [{secretRef: {name: token}}, {configMapRef: {name: settings}}]
          env:
          - {name: INDEX, value: $(LWS_WORKER_INDEX)}
          - {name: B, valueFrom: {secretKeyRef: {name: token, key: b}}}
        volumes:
        - {name: v, configMap: {name: settings}}
        - {name: w, secret: {secretName: token}}
        - name: x
          projected: {sources: [{configMap: {name: settings}}, {secret: {name: token}}]}
        - {name: claim, persistentVolumeClaim: {claimName: models}}
"""
OTHERS = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: models}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
---
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: {name: gpus}
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: {name: chat}
spec:
  targetRef: {apiVersion: workload.serving.volcano.sh/v1alpha1, kind: ModelServing, name: chat}
"""
SCALERS = stream(HPA, SCALED_OBJECT).replace("  namespace: serving\n", "")
CONVERTED = run(stream(SET, SCALERS).encode(), CONVERT[1]).output.decode()
TRANSFORMERS = "".join(
    f"""\
- |-
  apiVersion: fn.serving.volcano.sh/v1alpha1
  kind: {kind}
  metadata:
    name: {kind.lower()}
    annotations: {{config.kubernetes.io/function: "exec: {{path: modelserving-lws}}"}}
"""
    for kind in ("ConvertLeaderWorkerSet", "ExpandLWSPlugin")
)


def tree(base: str, overlay: str = "", with_names: bool = True) -> dict[str, str]:
    """A base with sets or ModelServings, and an overlay that renames all."""
    return {
        "base/kustomization.yaml": (
            "resources: [workloads.yaml, others.yaml]\n"
            "configMapGenerator: [{name: settings, literals: [a=1]}]\n"
            "secretGenerator: [{name: token, literals: [b=1]}]\n"
            + ("configurations: [names.yaml]\n" if with_names else "")
        ),
        "base/names.yaml": NAMES,
        "base/workloads.yaml": base,
        "base/others.yaml": OTHERS,
        "overlay/kustomization.yaml": (
            f"resources: [../base]\nnamePrefix: a-\nnameSuffix: -z\nnamespace: big\n{overlay}"
        ),
    }


def referred(made: dict[tuple[str, str], Any]) -> None:
    """Whether all that names an object names one that is there."""
    there = {kind: {name for it, name in made if it == kind} for kind, _ in made}
    serving = made["ModelServing", "a-chat-z"]
    assert serving["spec"]["replicas"] == 2
    for template in ("entryTemplate", "workerTemplate"):
        spec = serving["spec"]["template"]["roles"][0][template]["spec"]
        found = {
            "ServiceAccount": [spec["serviceAccountName"]],
            "PriorityClass": [spec["priorityClassName"]],
            "ResourceClaimTemplate": [spec["resourceClaims"][0]["resourceClaimTemplateName"]],
            "PersistentVolumeClaim": [spec["volumes"][3]["persistentVolumeClaim"]["claimName"]],
            "ConfigMap": texts(spec, "configMap", "configMapKeyRef", "configMapRef"),
            "Secret": texts(spec, "secret", "secretKeyRef", "secretRef"),
        }
        assert [len(found[kind]) for kind in ("ConfigMap", "Secret")] == [5, 5]
        for kind, names in found.items():
            assert set(names) <= there[kind], kind
    for kind in ("HorizontalPodAutoscaler", "ScaledObject", "VerticalPodAutoscaler"):
        spec = made[kind, "a-chat-z"]["spec"]
        target = spec["targetRef" if kind.startswith("V") else "scaleTargetRef"]
        assert (target["kind"], target["name"]) == ("ModelServing", "a-chat-z"), kind


def texts(data: Any, *keys: str) -> list[str]:
    """The names in the mappings at these keys, anywhere in the data."""
    if isinstance(data, list):
        return [text for entry in data for text in texts(entry, *keys)]
    if not isinstance(data, dict):
        return []
    own = [data[key] for key in keys if isinstance(data.get(key), dict)]
    first = [one.get("name") or one["secretName"] for one in own]
    return first + [text for value in data.values() for text in texts(value, *keys)]


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    return tmp_path / "overlay"


def test_a_build_of_modelservings_is_expanded_in_a_pipe(
    tmp_path: Path, overlay: Path, kustomize: str, environment: dict[str, str]
) -> None:
    write(tmp_path, tree(CONVERTED))
    referred(objects(expanded(build(kustomize, overlay, environment))))


def test_a_transformer_expands_them(
    tmp_path: Path, overlay: Path, kustomize: str, environment: dict[str, str]
) -> None:
    expand = "- |-" + TRANSFORMERS.split("- |-")[2]
    write(tmp_path, tree(CONVERTED, f"transformers:\n{expand}"))
    made = objects(build(kustomize, overlay, environment, *FLAGS))
    referred(made)
    write(tmp_path, tree(CONVERTED))
    assert made == objects(expanded(build(kustomize, overlay, environment)))


def test_transformers_convert_and_expand_sets(
    tmp_path: Path, overlay: Path, kustomize: str, environment: dict[str, str]
) -> None:
    write(tmp_path, tree(stream(SET, SCALERS), f"transformers:\n{TRANSFORMERS}"))
    made = objects(build(kustomize, overlay, environment, *FLAGS))
    referred(made)
    write(tmp_path, tree(CONVERTED))
    assert made == objects(expanded(build(kustomize, overlay, environment)))


def test_without_the_configuration_names_stay_as_they_are(
    tmp_path: Path, overlay: Path, kustomize: str, environment: dict[str, str]
) -> None:
    """The reason for it: an autoscaler that scales nothing."""
    write(tmp_path, tree(CONVERTED, with_names=False))
    made = objects(build(kustomize, overlay, environment))
    assert made["HorizontalPodAutoscaler", "a-chat-z"]["spec"]["scaleTargetRef"]["name"] == "chat"


def test_the_replicas_of_a_kustomization_set_those_of_a_modelserving(
    tmp_path: Path, overlay: Path, kustomize: str, environment: dict[str, str]
) -> None:
    write(tmp_path, tree(CONVERTED, "replicas: [{name: chat, count: 5}]\n"))
    made = objects(build(kustomize, overlay, environment))
    assert made["ModelServing", "a-chat-z"]["spec"]["replicas"] == 5


def test_the_example_has_the_configuration_of_the_package() -> None:
    path = EXAMPLES / "names-kustomize" / "base" / "name-references.yaml"
    assert path.read_text() == NAMES
