"""Inputs of `tests/faults` that a migration passed over without a word, or converted wrongly."""

from __future__ import annotations

import pytest
import yaml

from modelserving_lws import Outcome, run
from tests.running import ROOT

CONVERT = "ConvertLeaderWorkerSet"
WORKER = "spec.leaderWorkerTemplate.workerTemplate"
LEADER = "spec.leaderWorkerTemplate.leaderTemplate"
ANNOTATION = f"{WORKER}.metadata.annotations['kueue.x-k8s.io/"


def outcome_of(name: str, function: str = CONVERT) -> Outcome:
    return run((ROOT / "tests" / "faults" / f"{name}.yaml").read_bytes(), function)


def told(outcome: Outcome, severity: str) -> set[tuple[str, str]]:
    """The ids and the paths of a run's results of a severity, but for those of every conversion."""
    return {
        (result.id, result.field)
        for result in outcome.results
        if result.severity == severity and result.id not in ("delete-first", "webhook")
    }


@pytest.mark.parametrize(
    ("name", "errors"),
    [
        (
            "convert-partial-set",
            {
                ("partial-set", f"{WORKER}.spec.containers"),
                ("partial-set", f"{LEADER}.spec.containers"),
            },
        ),
        (
            "convert-worker-dns-configmap",
            {
                ("pod-host-name", "data.hostfile-0"),
                ("relied-on", "metadata.name"),
                (
                    "reads-lws-identity",
                    f"{WORKER}.spec.containers[0].env[0].valueFrom.fieldRef.fieldPath",
                ),
            },
        ),
        (
            "convert-worker-dns-script",
            {
                ("composed-name", f"{LEADER}.spec.containers[0].args[0]"),
                ("address-taken-apart", f"{LEADER}.spec.containers[0].args[0]"),
            },
        ),
        (
            "report-group-key",
            {
                (
                    "reads-group-key",
                    f"{WORKER}.spec.containers[0].env[0].valueFrom.fieldRef.fieldPath",
                )
            },
        ),
    ],
)
def test_a_set_that_would_not_do_the_same_work_stays(
    name: str, errors: set[tuple[str, str]]
) -> None:
    outcome = outcome_of(name)
    assert told(outcome, "error") == errors
    assert b"kind: LeaderWorkerSet\n" in outcome.output


def test_topology_annotations_of_kueue_are_named() -> None:
    outcome = outcome_of("convert-kueue-topology")
    assert not outcome.failed
    assert told(outcome, "warning") >= {
        ("kueue-topology", f"{ANNOTATION}podset-required-topology']"),
        ("kueue-topology", f"{ANNOTATION}podset-group-name']"),
    }


def test_the_patch_of_a_kustomization_follows_its_set() -> None:
    outcome = outcome_of("convert-kustomization-target")
    assert not outcome.failed
    (kustomization, _) = yaml.safe_load_all(outcome.output)
    (patch,) = kustomization["patches"]
    assert patch["target"] == {"kind": "ModelServing", "name": "a"}
    assert [operation["path"] for operation in yaml.safe_load(patch["patch"])] == [
        f"/spec/template/roles/0/{template}/spec/nodeSelector"
        for template in ("workerTemplate", "entryTemplate")
    ]


def test_an_env_var_that_is_there_twice_is_an_error() -> None:
    outcome = outcome_of("expand-twice-defined", "ExpandLWSPlugin")
    path = "spec.template.roles[0].workerTemplate.spec.containers[0].env[2].name"
    assert told(outcome, "error") == {("name-twice", path)}
