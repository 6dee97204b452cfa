"""Sets that can't be converted, fields that don't exist, and objects that scale a set. A set with
an error keeps every byte, and so does what refers to it.
"""

from __future__ import annotations

import pytest
import yaml

from tests.leaderworkersets import HPA, HPA_AFTER, SCALED_OBJECT, SERVING, SET, convert, told
from tests.manifests import stream
from tests.messages import line_of, text_of

LONG = "a-name-that-is-much-too-long-for-what-the-controller-makes"
INTEGER = "must be an integer from 0 to 2147483647"
PERCENTAGE = f'{INTEGER}, or a percentage from "0%" to "100%"'
ROLLING = "spec.rolloutStrategy.rollingUpdateConfiguration"
TEMPLATE = "spec.leaderWorkerTemplate"


def spec(lines: str) -> tuple[str, str]:
    """The change that adds lines to the spec of the set."""
    return "  # Two", f"  {lines}\n  # Two"


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        (("replicas: 2", "replicas: two"), "spec.replicas", f'{INTEGER}; found "two"'),
        (("replicas: 2", "replicas: -1"), "spec.replicas", f'{INTEGER}; found "-1"'),
        (("replicas: 2", "replicas: 2\n  replicas: 3"), "spec.replicas", "must not be there twice"),
        (spec("startupPolicy: LeaderReady\n  startupPolicy: LeaderCreated"), "spec.startupPolicy",
         "must not be there twice"),
        (("size: 3", "size: 0"), f"{TEMPLATE}.size",
         'must be an integer from 1 to 2147483647; found "0"'),
        (("RecreateGroupOnPodRestart", "Never"), f"{TEMPLATE}.restartPolicy",
         'must be one of "RecreateGroupOnPodRestart", "RecreateGroupAfterStart", "None", '
         '"Default"; found "Never"'),
        (("    workerTemplate:", "    workerTemplat:"), f"{TEMPLATE}.workerTemplate",
         "must be there"),
        (("    leaderTemplate:", "    leaderTemplate: a\n    other:"),
         f"{TEMPLATE}.leaderTemplate", 'must be a mapping; found "a"'),
        (spec("rolloutStrategy: [a]"), "spec.rolloutStrategy",
         "must be a mapping; found a list"),
        (spec("rolloutStrategy: {type: Recreate}"), "spec.rolloutStrategy.type",
         'must be one of "RollingUpdate"; found "Recreate"'),
        (spec("rolloutStrategy: {rollingUpdateConfiguration: {maxUnavailable: 101%}}"),
         f"{ROLLING}.maxUnavailable", f'{PERCENTAGE}; found "101%"'),
        (spec("rolloutStrategy: {rollingUpdateConfiguration: {maxUnavailable: '1'}}"),
         f"{ROLLING}.maxUnavailable", f'{PERCENTAGE}; found "1"'),
        (spec("rolloutStrategy: {rollingUpdateConfiguration: {partition: 1%}}"),
         f"{ROLLING}.partition", f'{INTEGER}; found "1%"'),
        (("  name: chat\n", ""), "metadata.name", "must be there"),
        (("  name: chat\n", "  generateName: chat-\n"), "metadata.name", "must be there"),
        (("  name: chat\n", f"  name: {LONG}\n"), "metadata.name",
         text_of("generated-name", found=f'"{LONG}-2-default-1-2"')),
        (("  name: chat\n", "  name: Chat\n"), "metadata.name",
         text_of("generated-name", found='"Chat-2-default-1-2"')),
        (("image: vllm/vllm-openai:v0.8.5", "image: vllm vllm"),
         f"{TEMPLATE}.workerTemplate.spec.containers[0].image",
         'must have no space in it; found "vllm vllm"'),
        (("leaderworkerset.x-k8s.io/v1", "leaderworkerset.x-k8s.io/v1alpha1"), "apiVersion",
         'must be one of "leaderworkerset.x-k8s.io/v1"; found "leaderworkerset.x-k8s.io/v1alpha1"'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("settings", ["", "allowLossy: true"])
def test_what_cannot_be_converted_stays(
    change: tuple[str, str], path: str, message: str, settings: str
) -> None:
    bad = SET.replace(*change, 1)
    assert bad != SET
    good = SET.replace("name: chat", "name: talk", 1)
    outcome = convert(bad, good, settings=settings)
    errors = [result for result in outcome.results if result.severity == "error"]
    assert [(error.field, error.message) for error in errors] == [(path, message)]
    expected = stream(bad, SERVING.replace("name: chat", "name: talk", 1))
    assert outcome.output.decode() == expected


@pytest.mark.parametrize("metadata", ["", "metadata: {name: chat}\n", "metadata: []\n"])
@pytest.mark.parametrize(
    "manifest",
    [
        "spec: 3",
        "spec: []",
        "spec:",
        "spec: {leaderWorkerTemplate: a}",
        "spec: {leaderWorkerTemplate: {workerTemplate: [a], size: {a: b}}}",
        "spec: {leaderWorkerTemplate: {workerTemplate: {}}, networkConfig: 3}",
        "spec: {leaderWorkerTemplate: {workerTemplate: {metadata: [a], spec: {}}}}",
        "spec: {<<: 3}",
        "{}: a",
        "&a spec: *a",
        "spec: &a {leaderWorkerTemplate: *a}",
    ],
)
def test_a_set_of_any_shape_is_told_and_stays(metadata: str, manifest: str) -> None:
    head = "apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\n"
    text = f"{head}{metadata}{manifest}\n"
    outcome = convert(text)
    assert outcome.failed
    assert outcome.output.decode() == text


@pytest.mark.parametrize(
    ("template", "problems"),
    [
        ("spec: 3", [("spec", "must be a mapping")]),
        ("spec: {containers: {}}", [("spec.containers", "must be a list")]),
        ("spec: {containers: []}", [("spec.containers", "must have a container; found none")]),
        ("spec: {containers: [3]}", [("spec.containers[0]", "must be a mapping")]),
        ("spec: {containers: [{env: s3cret}]}", [("spec.containers[0].env", "must be a list")]),
        (
            "spec: {containers: [{name: c, env: [{name: A, value: 's3cret'}, {name: A}]}]}",
            [("spec.containers[0].env[1].name", text_of("name-twice", found='"A"'))],
        ),
        (
            "spec: {containers: [{name: c, image: a b}, {name: c}]}",
            [
                ("spec.containers[1].name", text_of("name-twice", found='"c"')),
                ("spec.containers[0].image", 'must have no space in it; found "a b"'),
            ],
        ),
        ('spec: {containers: [{name: c, image: "\\t"}]}', [("spec.containers[0].image", "must ")]),
        (
            "metadata: {labels: {a: 1}}, spec: {containers: [{name: c}]}",
            [("metadata.labels['a']", 'must be a string; found "1"')],
        ),
    ],
)
def test_what_a_cluster_would_refuse_is_told_with_the_paths_of_the_set(
    template: str, problems: list[tuple[str, str]]
) -> None:
    text = (
        "apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\nmetadata: {name: chat}\n"
        f"spec: {{leaderWorkerTemplate: {{workerTemplate: {{{template}}}}}}}\n"
    )
    outcome = convert(text)
    assert outcome.output.decode() == text
    assert len(outcome.results) == len(problems)
    for result, (path, message) in zip(outcome.results, problems, strict=True):
        assert result.severity == "error"
        assert result.field == f"{TEMPLATE}.workerTemplate.{path}"
        assert result.message.startswith(message)
        assert "s3cret" not in str(result)


def test_each_template_has_its_own_path() -> None:
    bad = SET.replace("image: vllm/vllm-openai:v0.8.5", "image: a b")
    paths = [path for _, path, _ in told(convert(bad))]
    assert paths == [f"{TEMPLATE}.workerTemplate.spec.containers[0].image"]
    bad = SET.replace("          role: leader", "          role: 1")
    paths = [path for _, path, _ in told(convert(bad))]
    assert paths == [f"{TEMPLATE}.leaderTemplate.metadata.labels['role']"]


def test_all_problems_of_a_set_are_told_at_once() -> None:
    bad = SET.replace("replicas: 2", "replicas: two\n  startupPolicy: LeaderReady").replace(
        "size: 3", "size: 0\n    unknown: 1"
    )
    assert sorted(told(convert(bad))) == [
        ("error", f"{TEMPLATE}.size", "0"),
        ("error", "spec.replicas", "two"),
        ("error", "spec.startupPolicy", "LeaderReady"),
        ("warning", f"{TEMPLATE}.unknown", "1"),
    ]


@pytest.mark.parametrize(
    ("change", "path", "current"),
    [
        (("kind: LeaderWorkerSet\n", "kind: LeaderWorkerSet\nspek: 1\n"), "spek", "1"),
        (("  name: chat\n", "  name: chat\n  nmae: chat\n"), "metadata.nmae", "chat"),
        (("  # Two", "  replica: 1\n  # Two"), "spec.replica", "1"),
        (("size: 3", "size: 3\n    sizes: [1]"), f"{TEMPLATE}.sizes", None),
        (("  # Two", "  networkConfig: {a: b}\n  # Two"), "spec.networkConfig.a", "b"),
        (("        labels:\n          role", "        uid: a\n        labels:\n          role"),
         f"{TEMPLATE}.leaderTemplate.metadata.uid", "a"),
        (("      metadata:\n", "      speck: {a: b}\n      metadata:\n"),
         f"{TEMPLATE}.leaderTemplate.speck", None),
    ],
)  # fmt: skip
def test_an_unknown_field_is_left_out_with_a_warning(
    change: tuple[str, str], path: str, current: str | None
) -> None:
    assert change[0] in SET
    outcome = convert(SET.replace(*change, 1))
    assert told(outcome) == [("warning", path, current)]
    assert yaml.safe_load(outcome.output) == yaml.safe_load(SERVING)


def test_fields_of_a_templates_spec_need_not_be_known() -> None:
    more = ("        volumes:", "        anything: {a: b}\n        volumes:")
    outcome = convert(SET.replace(*more))
    assert told(outcome) == []
    assert outcome.output.decode() == SERVING.replace(
        "            volumes:", "            anything: {a: b}\n            volumes:"
    )


def test_tpus_in_groups_of_one_are_a_warning() -> None:
    tpu = "            resources: {requests: {google.com/tpu: 4}}\n            ports:"
    alone = SET.replace("            ports:", tpu).replace("size: 3", "size: 1")
    path = f"{TEMPLATE}.leaderTemplate.spec.containers[0].resources.requests['google.com/tpu']"
    assert told(convert(alone)) == [("warning", path, "4")]
    env = "            env: [{name: TPU_WORKER_ID, value: '0'}]\n            ports:"
    assert told(convert(alone.replace("            ports:", env))) == []


def test_a_modelserving_of_the_same_name_is_not_doubled() -> None:
    outcome = convert(SERVING, SET)
    assert outcome.output.decode() == stream(SERVING, SET)
    assert told(outcome) == [("error", "metadata.name", "chat")]
    other = SERVING.replace("namespace: serving", "namespace: other")
    assert convert(other, SET).output.decode() == stream(other, SERVING)


@pytest.mark.parametrize(
    ("set_namespace", "namespace", "follows"),
    [
        ("serving", "serving", True),
        ("serving", "other", False),
        ("serving", "", True),
        ("", "serving", True),
        ("", "", True),
    ],
)
def test_namespaces_are_compared_where_both_have_one(
    set_namespace: str, namespace: str, follows: bool
) -> None:
    def put(manifest: str, namespace: str) -> str:
        line = f"  namespace: {namespace}\n" if namespace else ""
        return manifest.replace("  namespace: serving\n", line)

    after = HPA_AFTER if follows else HPA
    outcome = convert(put(SET, set_namespace), put(HPA, namespace))
    assert outcome.output.decode() == stream(put(SERVING, set_namespace), put(after, namespace))


@pytest.mark.parametrize(
    "other",
    [
        HPA.replace("name: chat\n", "name: talk\n"),
        HPA.replace("leaderworkerset.x-k8s.io/v1", "apps/v1"),
        HPA.replace("kind: LeaderWorkerSet", "kind: StatefulSet"),
        HPA.replace("    apiVersion: leaderworkerset.x-k8s.io/v1 # was LWS\n", ""),
        HPA.replace("autoscaling/v2", "example.com/v2"),
        SCALED_OBJECT.replace("keda.sh", "example.com"),
        HPA.replace("  scaleTargetRef:", "  targetRef:"),
        HPA[: HPA.index("  scaleTargetRef")] + "  scaleTargetRef: 3\n",
        HPA[: HPA.index("spec:")] + "spec: []\n",
    ],
)
def test_what_scales_something_else_keeps_its_bytes(other: str) -> None:
    assert other not in (HPA, SCALED_OBJECT)
    assert convert(SET, other).output.decode() == stream(SERVING, other)


def test_what_scales_a_set_that_stays_stays() -> None:
    bad = SET.replace("size: 3", "size: 0")
    assert convert(bad, HPA).output.decode() == stream(bad, HPA)


def test_which_of_two_sets_it_scales_must_be_clear() -> None:
    stays = SET.replace("namespace: serving", "namespace: other").replace("size: 3", "size: 0")
    anywhere = HPA.replace("  namespace: serving\n", "")
    outcome = convert(SET, stays, HPA, anywhere)
    assert outcome.output.decode() == stream(SERVING, stays, HPA_AFTER, anywhere)
    errors = [result for result in outcome.results if result.severity == "error"]
    at = "autoscaling/v2/HorizontalPodAutoscaler/chat spec.scaleTargetRef"
    assert str(errors[-1]) == line_of("several-sets", at)
