"""Each row of the table of LeaderWorkerSet's fields: a value without loss goes where the table says
and gives no message; a loss gives a message, an error where the pods would do other work.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from modelserving_lws.lws.fields import FIELDS
from modelserving_lws.results.messages import MESSAGES
from tests.leaderworkersets import SET, convert, told
from tests.manifests import LWS
from tests.model import admission

if TYPE_CHECKING:
    from modelserving_lws.pipeline import Outcome

TEMPLATES = ("leaderTemplate", "workerTemplate")
SCHEDULER = "spec.leaderWorkerTemplate.*Template.spec.schedulerName"
# Values that lose nothing; with what they become, where that is another one.
KEPT: dict[str, list[tuple[Any, Any] | Any]] = {
    "apiVersion": [
        ("leaderworkerset.x-k8s.io/v1", "workload.serving.volcano.sh/v1alpha1"),
    ],
    "kind": [("LeaderWorkerSet", "ModelServing")],
    "metadata.name": ["talk"],
    "metadata.namespace": ["other"],
    "metadata.labels": [{"a": "b"}],
    "metadata.annotations": [{"a": "b"}],
    "spec.replicas": [0, 3],
    "spec.rolloutStrategy.type": [("RollingUpdate", "ServingGroupRollingUpdate")],
    "spec.rolloutStrategy.rollingUpdateConfiguration.partition": [0, 1],
    "spec.rolloutStrategy.rollingUpdateConfiguration.maxUnavailable": [1, 9, "50%", "100%"],
    "spec.leaderWorkerTemplate.size": [(1, 0), (5, 4)],
    "spec.leaderWorkerTemplate.restartPolicy": [
        ("RecreateGroupOnPodRestart", "ServingGroupRecreate"),
        (None, "ServingGroupRecreate"),
    ],
    "spec.leaderWorkerTemplate.*Template.metadata.labels": [{"a": "b"}],
    "spec.leaderWorkerTemplate.*Template.metadata.annotations": [{"a": "b"}],
    "spec.leaderWorkerTemplate.*Template.spec": [
        {"schedulerName": "volcano", "containers": [{"name": "a"}], "hostIPC": True}
    ],
    SCHEDULER: ["default-scheduler"],
    "spec.leaderWorkerTemplate.*Template.spec.containers[*].resources": [
        {"limits": {"nvidia.com/gpu": "8", "google.com/tpu": "0"}}
    ],
}
# Values that lose something; with where below the path that is told, and what is told of them,
# where that is not the text itself.
LOST: dict[str, Any] = {
    "metadata.labels['kueue.x-k8s.io/queue-name']": "gpus",
    f"metadata.annotations['{LWS}/exclusive-topology']": "cloud.google.com/gke-nodepool",
    f"metadata.annotations['{LWS}/subgroup-exclusive-topology']": "rack",
    f"metadata.annotations['{LWS}/experimental-recreate-group-after-start']": "true",
    "metadata.finalizers": (["a/b"], "", "[a/b]"),
    "metadata.ownerReferences": ([{"kind": "Job", "name": "a"}], "", "[{kind: Job, name: a}]"),
    "spec.startupPolicy": "LeaderReady",
    "spec.groupIdentity": "Hash",
    "spec.groupReplacementPolicy": "Immediate",
    "spec.networkConfig.subdomainPolicy": "UniquePerReplica",
    "spec.rolloutStrategy.rollingUpdateConfiguration.maxUnavailable": "25%",
    "spec.rolloutStrategy.rollingUpdateConfiguration.maxSurge": (1, "", "1"),
    "spec.leaderWorkerTemplate.restartPolicy": "RecreateGroupAfterStart",
    "spec.leaderWorkerTemplate.subGroupPolicy": (
        {"subGroupSize": 3},
        "",
        "{subGroupSize: 3}",
    ),
    "spec.leaderWorkerTemplate.volumeClaimTemplates": (
        [{"metadata": {"name": "data"}}],
        "",
        "[{metadata: {name: data}}]",
    ),
    "spec.leaderWorkerTemplate.persistentVolumeClaimRetentionPolicy.whenDeleted": "Delete",
    "spec.leaderWorkerTemplate.persistentVolumeClaimRetentionPolicy.whenScaled": "Delete",
    f"spec.leaderWorkerTemplate.*Template.metadata.annotations['{LWS}/exclusive-topology']": "rack",
    "spec.leaderWorkerTemplate.*Template.metadata.finalizers": (["a/b"], "", "[a/b]"),
    SCHEDULER: "other",
    "spec.leaderWorkerTemplate.*Template.spec.hostname": "chat",
    "spec.leaderWorkerTemplate.*Template.spec.subdomain": "chat",
    "spec.leaderWorkerTemplate.*Template.spec.containers[*].env": (
        [{"name": "GROUP_SIZE", "value": "9"}],
        "[0]",
        None,
    ),
    "spec.leaderWorkerTemplate.*Template.spec.containers[*].resources": (
        {"limits": {"google.com/tpu": "4"}},
        ".limits['google.com/tpu']",
        "4",
    ),
}


def steps(path: str) -> list[str | int]:
    """The keys and indexes of a path."""
    found = re.findall(r"\['([^']+)'\]|\[([0-9]+)\]|([^.\[]+)", path)
    return [int(index) if index else key or name for key, index, name in found]


def put(data: Any, path: str, value: Any) -> None:
    *above, last = steps(path)
    for step in above:
        data = data.setdefault(step, {}) if isinstance(data, dict) else data[step]
    data[last] = value


def at(data: Any, path: str) -> Any:
    for step in steps(path):
        if isinstance(data, dict) and step not in data:
            return None
        data = data[step]
    return data


def in_template(path: str, template: str) -> str:
    """A path of the table, in one of the templates."""
    name = template if path.startswith("spec.leader") else template.replace("leader", "entry")
    return path.replace("*Template", name).replace("[*]", "[0]")


def converted(data: Any, settings: str = "") -> Outcome:
    return convert(yaml.safe_dump(data, sort_keys=False), settings=settings)


def made(outcome: Outcome) -> Any:
    return yaml.safe_load(outcome.output)


def rows(paths: Any) -> list[tuple[str, str]]:
    """Each path, with the template to try it in."""
    return [
        (path, template)
        for path in paths
        for template in (TEMPLATES if "*" in path else TEMPLATES[:1])
    ]


def test_every_row_is_tried() -> None:
    assert set(KEPT) == {
        path
        for path, field in FIELDS.items()
        if field.becomes and (not field.message or path in KEPT)
    }
    assert set(LOST) == {path for path, field in FIELDS.items() if field.message or field.messages}


@pytest.mark.parametrize(("path", "template"), rows(KEPT))
def test_what_is_carried_goes_where_the_table_says(path: str, template: str) -> None:
    for kept in KEPT[path]:
        value, expected = kept if isinstance(kept, tuple) else (kept, kept)
        data = yaml.safe_load(SET)
        for other in TEMPLATES if path == SCHEDULER else (template,):
            put(data, in_template(path, other), value)
        outcome = converted(data)
        assert told(outcome) == []
        assert at(made(outcome), in_template(FIELDS[path].becomes, template)) == expected
        assert admission.problems(made(outcome)) == []


@pytest.mark.parametrize(
    ("path", "template"),
    rows(path for path, field in FIELDS.items() if not field.becomes or field.defaults),
)
def test_what_loses_nothing_is_left_out_without_a_word(path: str, template: str) -> None:
    field = FIELDS[path]
    before = made(converted(yaml.safe_load(SET)))
    for value in (None, [], {}, *(field.defaults if field.message else ["any"])):
        if field.becomes and value is not None:
            continue
        data = yaml.safe_load(SET)
        put(data, in_template(path, template), value)
        outcome = converted(data)
        assert told(outcome) == []
        after = made(outcome)
        after["spec"].pop("rolloutStrategy", None)  # it is there where its type is
        assert after == before


@pytest.mark.parametrize(("path", "template"), rows(LOST))
def test_what_is_lost_is_told(path: str, template: str) -> None:
    lost = LOST[path]
    value, below, current = lost if isinstance(lost, tuple) else (lost, "", lost)
    severity, text, advice = MESSAGES[FIELDS[path].message_of(current)]
    data = yaml.safe_load(SET)
    there = in_template(path, template)
    put(data, there, value)
    there += below
    if path == SCHEDULER and template == "leaderTemplate":  # that of the workers is told
        there, current = in_template(path, "workerTemplate"), "volcano"
    outcome = converted(data)
    assert told(outcome) == [(severity, there, current)]
    (result,) = (result for result in outcome.results if result.field == there)
    assert result.message.startswith(text.partition("{")[0])
    assert result.message.endswith(f". {advice}")
    assert (made(outcome) == data) == outcome.failed == (severity == "error")

    lossy = converted(data, "allowLossy: true")
    assert told(lossy) == [("warning", there, current)]
    assert made(lossy)["kind"] == "ModelServing"
    assert admission.problems(made(lossy)) == []


def test_a_value_may_have_a_message_of_its_own() -> None:
    path = "spec.leaderWorkerTemplate.restartPolicy"
    for value, message in FIELDS[path].messages.items():
        data = yaml.safe_load(SET)
        put(data, path, value)
        outcome = converted(data)
        assert told(outcome) == [("warning", path, value)]
        assert [result.id for result in outcome.results if result.field == path] == [message]
    assert at(made(outcome), "spec.recoveryPolicy") == "None"
