"""What other objects have of LeaderWorkerSets: patches of Flux and Argo CD, names of the kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.leaderworkersets import ONE_TEMPLATE, convert
from tests.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from modelserving_lws.pipeline import Outcome

MENTIONS = (ROOT / "tests" / "corpus" / "mentions.yaml").read_text()
QUIET = sorted((ROOT / "tests" / "corpus" / "detectors" / "quiet").glob("*.yaml"))
PATCHES, NAMES, INSIDE = "patches-sets", "names-sets", "set-inside"
FOUND = [
    (NAMES, "models", "spec.healthChecks[0].kind"),
    (PATCHES, "models", "spec.patches[0]"),
    (PATCHES, "models", "spec.patches[1]"),
    (PATCHES, "models", "spec.patches[3]"),
    (PATCHES, "chat", "spec.source.kustomize.patches[0]"),
    (NAMES, "chat", "spec.ignoreDifferences[0].kind"),
    (PATCHES, "chats", "spec.template.spec.sources[0].kustomize.patches[0]"),
    (NAMES, "chats", "spec.template.spec.sources[1].helm.values"),
    (NAMES, "chats", "spec.templatePatch"),
    (PATCHES, "chat", "spec.postRenderers[0].kustomize.patches[0]"),
    (NAMES, "limits", "spec.rules[0].match.any[0].resources.kinds[1]"),
    (NAMES, "limits", "spec.rules[0].match.any[0].resources.kinds[2]"),
    (
        NAMES,
        "argocd-cm",
        "data['resource.customizations.health.leaderworkerset.x-k8s.io_LeaderWorkerSet']",
    ),
    (NAMES, "kube-state-metrics", "data['config.yaml']"),
    (NAMES, "chat", "spec.scaleTargetRef.kind"),
    (NAMES, "sizes", "spec.matchConstraints.resourceRules[0].resources[0]"),
    (NAMES, "replicas", "spec.groups[0].rules[0].expr"),
]


def mentions(outcome: Outcome) -> list[tuple[str, str, str]]:
    """The ids, the names of the objects, and the paths."""
    return [
        (result.id, result.reference.name, result.field)
        for result in outcome.results
        if result.id in (PATCHES, NAMES, INSIDE) and result.reference is not None
    ]


def test_each_mention_is_named_once() -> None:
    assert mentions(convert(MENTIONS)) == FOUND


def test_without_a_set_nothing_becomes_another_kind() -> None:
    assert mentions(convert(MENTIONS.partition("---\n")[2])) == []


@pytest.mark.parametrize(
    "text",
    [
        # What refers to the very object, and what follows it.
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: chat-0\n  ownerReferences:\n"
        "  - {apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, name: chat}\n",
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec:\n"
        "  scaleTargetRef: {apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet,"
        " name: chat}\n",
        # Words for people.
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  README: |\n"
        "    This was a LeaderWorkerSet of leaderworkerset.x-k8s.io.\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec:\n"
        "  source: {path: LeaderWorkerSet, kustomize: {patches: [{target: {kind: Job},"
        " patch: '[]'}]}}\n",
    ],
)
def test_nothing_is_named_where_nothing_breaks(text: str) -> None:
    assert mentions(convert(ONE_TEMPLATE, text)) == []


@pytest.mark.parametrize("path", QUIET, ids=lambda path: path.stem)
def test_ordinary_manifests_mention_nothing(path: Path) -> None:
    assert mentions(convert(ONE_TEMPLATE, path.read_text())) == []
