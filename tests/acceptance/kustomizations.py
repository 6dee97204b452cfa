"""An input for each message on kustomizations, and what the message says of it."""

from __future__ import annotations

from modelserving_lws.lws.leaderworkerset import API_VERSION
from tests.acceptance.case import SetCase
from tests.leaderworkersets import ONE_TEMPLATE, SET
from tests.manifests import indent, replaced, stream
from tests.running import CONVERT

KUSTOMIZATION = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
metadata: {name: overlay}
resources: [sets.yaml]
"""
OVERLAY = "kustomize.config.k8s.io/v1beta1/Kustomization/overlay"
TARGET = "patches:\n- target: {kind: LeaderWorkerSet}\n"
PATH = "config.kubernetes.io/path"
SIZE = "/spec/leaderWorkerTemplate/size"


def overlay(text: str, *sets: str) -> str:
    """A kustomization with this text, and the sets."""
    return stream(KUSTOMIZATION + text, *(sets or (ONE_TEMPLATE,)))


def patch(operations: str) -> str:
    """A kustomization's patch of all sets."""
    return f"{TARGET}  patch: '{operations}'\n"


class FileCase(SetCase):
    """A message on an item of a file."""

    @property
    def line(self) -> str:
        """The whole line that the run prints on stderr."""
        return f"{super().line} (file k/set.yaml)"


def case(name: str, at: str, text: str, /, **values: object) -> SetCase:
    return SetCase(name, f"{OVERLAY} {at}", text, CONVERT, **values)


TEMPLATES = patch("[{op: remove, path: /spec/leaderWorkerTemplate/workerTemplate/spec/volumes}]")
CASES = (
    case(
        "kustomize-path",
        "patches[0].patch[0].path",
        overlay(patch("[{op: remove, path: /spec/leaderWorkerTemplate}]")),
        found='"/spec/leaderWorkerTemplate"',
    ),
    case(
        "kustomize-value",
        "patches[0].patch[0].value",
        overlay(patch(f"[{{op: add, path: {SIZE}, value: two}}]")),
        found='"two"',
        allowed="an integer from 1 on",
    ),
    case(
        "kustomize-copies",
        "patches[0].patch[0].from",
        overlay(
            patch(
                "[{op: copy, from: /spec/leaderWorkerTemplate/workerTemplate/metadata/labels, "
                "path: /metadata/labels}]"
            )
        ),
        sources=" and ".join(
            f"/spec/template/roles/0/{name}/metadata/labels"
            for name in ("workerTemplate", "entryTemplate")
        ),
        targets="/metadata/labels",
    ),
    case(
        "kustomize-computed",
        "replacements[0].source.fieldPath",
        overlay(
            "replacements:\n- source: {kind: LeaderWorkerSet, fieldPath: "
            "spec.leaderWorkerTemplate.size}\n"
        ),
        found='"spec.leaderWorkerTemplate.size"',
    ),
    case(
        "kustomize-merge",
        "patches[0].patch",
        overlay(f"{TARGET}  patch: '{{spec: {{replicas: 3}}}}'\n"),
        name='"chat"',
    ),
    case(
        "kustomize-nothing-left",
        "patches[0].patch",
        overlay(patch("[{op: add, path: /spec/startupPolicy, value: LeaderCreated}]")),
    ),
    case(
        "kustomize-mixed",
        "patches[0].target",
        overlay(
            patch("[]"),
            ONE_TEMPLATE,
            replaced(ONE_TEMPLATE, ("chat", "talk"), ("size: 2", "volumeClaimTemplates: [a]")),
        ),
        name='"talk"',
    ),
    case(
        "kustomize-leaders",
        "patches[0].patch",
        overlay(TEMPLATES, SET, replaced(ONE_TEMPLATE, ("chat", "talk"))),
        name='"chat"',
        other='"talk"',
    ),
    case(
        "kustomize-kind",
        "patches[0].target.kind",
        overlay("patches:\n- target: {kind: Leader.*}\n  patch: '[]'\n"),
        allowed='"LeaderWorkerSet"',
        found='"Leader.*"',
    ),
    case(
        "kustomize-file",
        "patches[0].path",
        overlay(f"{TARGET}  path: size.yaml\n"),
        found='"size.yaml"',
    ),
    case(
        "entry-shared",
        "patches[0].patch[0]",
        overlay(
            f"{TARGET}  patch: |\n    - op: add\n      path: /spec/leaderWorkerTemplate/"
            "workerTemplate/metadata/labels\n      value: &a {a: b}\n"
        ),
    ),
    SetCase(
        "kustomize-holds",
        f"{API_VERSION}/LeaderWorkerSet/chat metadata.name",
        overlay(f"{TARGET}  patch: '{{spec: {{replicas: 3}}}}'\n"),
        CONVERT,
        place=f"{OVERLAY} patches[0].patch",
        more="",
    ),
    FileCase(
        "set-is-patch",
        f"{API_VERSION}/LeaderWorkerSet/chat",
        stream(
            KUSTOMIZATION.replace("name: overlay", f"annotations: {{{PATH}: k/kustomization.yaml}}")
            + "patchesStrategicMerge: [set.yaml]\n",
            ONE_TEMPLATE.replace(
                "name: chat\n", f"name: chat\n  annotations: {{{PATH}: k/set.yaml}}\n"
            ),
        ),
        CONVERT,
    ),
    SetCase(
        "patches-sets",
        "kustomize.toolkit.fluxcd.io/v1/Kustomization/models spec.patches[0]",
        stream(
            ONE_TEMPLATE,
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n"
            "  name: models\nspec: {patches: [{target: {kind: LeaderWorkerSet}, patch: '[]'}]}\n",
        ),
        CONVERT,
    ),
    SetCase(
        "names-sets",
        "kyverno.io/v1/Policy/a spec.kinds[0]",
        stream(
            ONE_TEMPLATE,
            "apiVersion: kyverno.io/v1\nkind: Policy\nmetadata: {name: a}\n"
            "spec: {kinds: [LeaderWorkerSet]}\n",
        ),
        CONVERT,
    ),
    SetCase(
        "set-inside",
        "workload.codeflare.dev/v1beta2/AppWrapper/job spec.components[0].template",
        "apiVersion: workload.codeflare.dev/v1beta2\nkind: AppWrapper\nmetadata: {name: job}\n"
        "spec:\n  components:\n  - template:\n      " + indent(ONE_TEMPLATE, 6),
        CONVERT,
    ),
)
