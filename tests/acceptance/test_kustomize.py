"""Kustomizations among the items, and sets that kustomize has renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.acceptance.kustomizations import KUSTOMIZATION, overlay, patch
from tests.leaderworkersets import HPA, ONE_TEMPLATE, SCALED_OBJECT, SET, convert, told
from tests.manifests import replaced, resource_list, stream
from tests.messages import text_of
from tests.running import CONVERT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

INTERNAL = "internal.config.kubernetes.io"
KINDS = "workload.serving.volcano.sh/v1alpha1", "ModelServing"
FAULT = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [set.yaml]
patches:
- target: {kind: LeaderWorkerSet, name: chat} # by name
  patch: |-
    # GPUs
    - op: add
      path: /spec/leaderWorkerTemplate/workerTemplate/spec/nodeSelector
      value: {gpu: h200}
"""
FOLLOWED = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [set.yaml]
patches:
- target: {kind: ModelServing, name: chat} # by name
  patch: |-
    # GPUs
    - op: add
      path: /spec/template/roles/0/workerTemplate/spec/nodeSelector
      value: {gpu: h200}
    - op: add
      path: /spec/template/roles/0/entryTemplate/spec/nodeSelector
      value: {gpu: h200}
"""


def renamed(text: str, prefix: str = "a-", namespace: str = "big", old: str = "chat") -> str:
    """An object as kustomize gives it to a transformer, once it has a prefix and a namespace."""
    kind = yaml.safe_load(text)["kind"]
    return replaced(
        text.replace("  namespace: serving\n", ""),
        (
            f"metadata:\n  name: {old}\n",
            f"metadata:\n  name: {prefix}{old}\n  namespace: {namespace}\n  annotations:\n"
            f"    {INTERNAL}/previousKinds: {kind},{kind}\n"
            f"    {INTERNAL}/previousNames: {old},{old}\n"
            f"    {INTERNAL}/previousNamespaces: default,{namespace}\n"
            f"    {INTERNAL}/prefixes: {prefix}\n",
        ),
    )


def target(item: Any) -> tuple[str, str, str]:
    found = item["spec"]["scaleTargetRef"]
    return found["apiVersion"], found["kind"], found["name"]


def items(output: bytes) -> list[Any]:
    return list(yaml.safe_load_all(output))


def test_a_patch_of_a_converted_set_follows_it() -> None:
    outcome = convert(FAULT, ONE_TEMPLATE)
    assert outcome.output.decode().startswith(FOLLOWED)
    assert told(outcome) == []


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("patches: [{target: {group: leader.*}, patch: '[]'}]\n", "patches[0].target.group", "G"),
        ("patches: [{target: {version: v1|v2, kind: Leader.*}, patch: '[]'}]\n",
         "patches[0].target.kind", "LeaderWorkerSet"),
        ("replacements: [{source: {kind: Job}, targets: [{select: {name: chat}, reject: "
         "[{kind: Leader.*}], fieldPaths: [spec.replicas]}]}]\n",
         "replacements[0].targets[0].reject[0].kind", "LeaderWorkerSet"),
    ],
)  # fmt: skip
def test_a_pattern_that_can_not_be_rewritten_is_an_error(
    text: str, path: str, allowed: str
) -> None:
    outcome = convert(overlay(text))
    allowed = {"G": "leaderworkerset.x-k8s.io"}.get(allowed, allowed)
    (error, _) = (it for it in outcome.results if it.severity == "error")
    assert (error.id, error.field) == ("kustomize-kind", path)
    assert f'must be "{allowed}"' in error.message
    assert outcome.output.decode().startswith(KUSTOMIZATION + text)


def test_a_second_run_changes_nothing() -> None:
    once = convert(FAULT, ONE_TEMPLATE).output
    assert convert(once.decode()).output == once


def test_a_set_that_is_not_converted_keeps_its_patches() -> None:
    lossy = ONE_TEMPLATE.replace("size: 2", "size: 2\n    volumeClaimTemplates: [a]")
    assert convert(FAULT, lossy).output.decode() == stream(FAULT, lossy)


def test_a_report_edits_nothing() -> None:
    before = overlay(patch("[{op: remove, path: /spec/replicas}]"))
    outcome = convert(before, settings="reportOnly: true")
    assert outcome.output.decode() == before


@pytest.mark.parametrize(
    "text",
    [
        "patches:\n- target: {kind: Deployment}\n  patch: '[{op: remove, path: /spec/x}]'\n",
        "patches:\n- target: {kind: LeaderWorkerSet, name: b}\n  patch: '[{op: a, path: /a}]'\n",
        "patches:\n- patch: |-\n    kind: LeaderWorkerSet\n    metadata: {name: other}\n",
        "patches:\n- target: {labelSelector: a=b}\n  patch: '{metadata: {labels: {a: b}}}'\n",
        "patches: [{target: {kind: LeaderWorkerSet, namespace: other}, patch: '{spec: {}}'}]\n",
        "patches: [1, {}, {target: {}}, {patch: [a]}]\n",
        "patches: {a: b}\nlabels: 1\nreplacements: [{source: a, targets: [{select: b}]}]\n",
        "labels: [{pairs: {a: b}, fields: [{path: metadata/labels, kind: Service}]}]\n",
        "vars: [{name: A, objref: {kind: Service, name: a, apiVersion: v1}}]\n",
        "images: [{name: lmsysorg/sglang, newTag: v2}]\nreplicas: [{name: chat, count: 3}]\n",
    ],
)
def test_what_is_of_no_converted_set_keeps_every_byte(text: str) -> None:
    text = KUSTOMIZATION + text
    outcome = convert(text, ONE_TEMPLATE.replace("name: chat\n", "name: chat\n  namespace: here\n"))
    assert outcome.output.decode().startswith(text)
    assert told(outcome) == []


def test_labels_and_variables_follow() -> None:
    before = """\
labels:
- pairs: {a: b}
  fields:
  - {path: spec/leaderWorkerTemplate/workerTemplate/metadata/labels, kind: LeaderWorkerSet}
vars:
- name: FIRST
  objref: {apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, name: chat}
  fieldref: {fieldpath: 'spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0].image'}
"""
    after = convert(KUSTOMIZATION + before, SET).output.decode()
    assert (
        """\
  fields:
  - {path: spec/template/roles/workerTemplate/metadata/labels, kind: ModelServing}
"""
        in after
    )
    assert (
        """\
  objref: {apiVersion: workload.serving.volcano.sh/v1alpha1, kind: ModelServing, name: chat}
  fieldref: {fieldpath: 'spec.template.roles[0].entryTemplate.spec.containers[0].image'}
"""
        in after
    )


def test_files_of_a_list_are_kept_apart(program: Program) -> None:
    """Kpt gives all files of a package, and the Kustomizations say which they reach."""

    def at(text: str, path: str) -> str:
        return text.replace(
            "metadata:\n", f"metadata:\n  annotations: {{config.kubernetes.io/path: {path}}}\n", 1
        )

    kustomization = at(
        FAULT.replace("resources", "metadata:\n  name: k\nresources"), "a/kustomization.yaml"
    )
    there, elsewhere = at(ONE_TEMPLATE, "a/set.yaml"), at(ONE_TEMPLATE, "b/set.yaml")
    run = program(resource_list(kustomization, there), *CONVERT)
    assert "/spec/template/roles/0/entryTemplate/spec/nodeSelector" in run.stdout
    run = program(resource_list(kustomization, elsewhere), *CONVERT)
    assert "/spec/leaderWorkerTemplate/workerTemplate/spec/nodeSelector" in run.stdout
    assert run.code == 0


@pytest.mark.parametrize("scaler", [HPA, SCALED_OBJECT])
def test_a_scaler_follows_a_set_under_its_old_name(scaler: str) -> None:
    outcome = convert(renamed(SET), renamed(scaler))
    serving, scales = items(outcome.output)
    assert target(scales) == (*KINDS, "chat")
    annotations = serving["metadata"]["annotations"]
    assert annotations[f"{INTERNAL}/previousKinds"] == "ModelServing,ModelServing"
    assert annotations[f"{INTERNAL}/previousNames"] == "chat,chat"


def test_a_scaler_follows_the_set_that_got_its_prefix() -> None:
    lossy = SET.replace("size: 3", "size: 3\n    volumeClaimTemplates: [a]")
    outcome = convert(renamed(SET), renamed(lossy, "b-"), renamed(HPA), renamed(HPA, "b-"))
    scales = [target(item) for item in items(outcome.output)[2:]]
    assert scales[0] == (*KINDS, "chat")
    assert scales[1] == ("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", "chat")


def test_a_scaler_of_another_namespace_stays() -> None:
    outcome = convert(renamed(SET), renamed(HPA, namespace="other"))
    assert target(items(outcome.output)[1])[1] == "LeaderWorkerSet"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: job}\ndata:\n  set.yaml: |\n"
            + "".join(f"    {line}\n" for line in ONE_TEMPLATE.splitlines()),
            "data['set.yaml']",
        ),
        (
            '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a":'
            r' "{\"kind\": \"LeaderWorkerSet\", \"spec\": {\"leaderWorkerTemplate\": {}}}"}}'
            "\n",
            "data.a",
        ),
    ],
)
def test_a_set_in_another_object_is_named(text: str, path: str) -> None:
    outcome = convert(text)
    assert told(outcome) == [("warning", path, None)]
    assert outcome.output.decode() == text


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {kind: LeaderWorkerSet}\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  a: |\n    kind: "
        "LeaderWorkerSet\n    spec: {leaderWorkerTemplate: {}}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: LeaderWorkerSet}\n",
    ],
)
def test_no_set_is_seen_where_none_is(text: str) -> None:
    assert told(convert(text)) == []


def test_the_transformers_of_kustomize_follow() -> None:
    before = """\
transformers:
- |- # more labels
  apiVersion: builtin
  kind: LabelTransformer
  metadata: {name: labels}
  labels: {a: b}
  fieldSpecs:
  - {path: spec/leaderWorkerTemplate/leaderTemplate/metadata/labels, kind: LeaderWorkerSet}
- |
  apiVersion: builtin
  kind: PatchTransformer
  metadata: {name: patch}
  target: {kind: LeaderWorkerSet}
  patch: '[{op: add, path: /spec/leaderWorkerTemplate/size, value: 4}]'
- |
  apiVersion: fn.example.com/v1
  kind: Mine
  target: {kind: LeaderWorkerSet}
"""
    after = replaced(
        before,
        ("leaderWorkerTemplate/leaderTemplate/metadata", "template/roles/entryTemplate/metadata"),
        ("labels, kind: LeaderWorkerSet", "labels, kind: ModelServing"),
        ("  target: {kind: LeaderWorkerSet}\n  patch", "  target: {kind: ModelServing}\n  patch"),
        ("leaderWorkerTemplate/size, value: 4", "template/roles/0/workerReplicas, value: 3"),
    )
    outcome = convert(KUSTOMIZATION + before, SET)
    assert outcome.output.decode().startswith(KUSTOMIZATION + after)
    assert told(outcome) == []


def test_a_patch_says_what_a_set_loses() -> None:
    annotation = "leaderworkerset.sigs.k8s.io/exclusive-topology"
    escaped = annotation.replace("/", "~1")
    for operation, path in (
        (f"{{op: add, path: /metadata/annotations/{escaped}, value: rack}}", "value"),
        (
            f"{{op: add, path: /metadata/annotations, value: {{{annotation}: rack}}}}",
            f"value.{annotation}",
        ),
        ("{op: add, path: /spec/startupPolicy, value: LeaderReady}", "path"),
    ):
        before = overlay(patch(f"[{operation}]"))
        outcome = convert(before)
        assert [(it[0], it[1]) for it in told(outcome)] == [
            ("error", f"patches[0].patch[0].{path}"),
            ("error", "metadata.name"),
        ]
        assert outcome.output.decode().startswith(KUSTOMIZATION + patch(f"[{operation}]"))


def test_an_operation_on_what_the_pods_do_not_need_goes() -> None:
    text = "patches:\n- target: {kind: LeaderWorkerSet}\n  patch: |-\n"
    surge = (
        "    - op: add\n      path: /spec/rolloutStrategy/rollingUpdateConfiguration/maxSurge\n"
        "      value: 1\n"
    )
    stays = "    - {op: replace, path: /spec/replicas, value: 2}\n"
    outcome = convert(overlay(text + surge + stays))
    assert outcome.output.decode().startswith(
        KUSTOMIZATION + text.replace("LeaderWorkerSet", "ModelServing") + stays
    )
    assert [it[0] for it in told(outcome)] == ["warning"]


def test_a_transformer_that_would_not_be_the_last_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    files = {
        "set.yaml": ONE_TEMPLATE,
        "labels.yaml": "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: labels}\n",
        "kustomization.yaml": "resources: [set.yaml]\ntransformers: [labels.yaml]\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    run = program("", "migrate", "--write", "--transformer", ".")
    assert run.code == 1
    assert text_of("transformer-not-last") in " ".join((run.stdout + run.stderr).split())
    assert {name: (tmp_path / name).read_text() for name in files} == files
