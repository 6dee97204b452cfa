"""interface section 6: kustomization trees in files, and what reports say of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.kustomize_trees import HEAD, write
from tests.leaderworkersets import ONE_TEMPLATE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

MERGE = """\
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata:
  name: chat
spec:
  leaderWorkerTemplate:
    size: 4
"""
LOSSY = """\
# The tests' own.
- op: replace
  path: /spec/replicas
  value: 2
- op: add
  path: /spec/startupPolicy
  value: LeaderReady
"""
SETS = {"base/set.yaml": ONE_TEMPLATE, "base/kustomization.yaml": f"{HEAD}resources: [set.yaml]\n"}


class Tree:
    """Files, and the program in their folder."""

    def __init__(self, program: Program, folder: Path) -> None:
        self._program = program
        self.folder = folder

    def write(self, files: dict[str, str]) -> None:
        write(self.folder, files)

    def read(self, path: str) -> str:
        return (self.folder / path).read_text()

    def report(self, *options: str) -> Any:
        """The report of a migration, as JSON."""
        done = self._program("", "migrate", "--report", "json", *options, ".")
        return json.loads(done.stdout)

    def findings(self, *options: str, severity: str = "error") -> list[tuple[str, str]]:
        """The findings of a severity: the id, and the file and the text from their place on."""
        return [
            (it["id"], self._at(it))
            for it in self.report(*options)["findings"]
            if it["severity"] == severity and it["id"] not in ("delete-first", "webhook")
        ]

    def _at(self, finding: Any) -> str:
        file = finding["file"]
        lines = self.read(file["path"]).splitlines()
        return f"{file['path']}: {lines[file['line'] - 1][file['column'] - 1 :]}"


@pytest.fixture
def tree(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.chdir(tmp_path)
    return Tree(program, tmp_path)


def overlay(text: str, name: str = "overlay") -> dict[str, str]:
    return {f"{name}/kustomization.yaml": f"{HEAD}resources: [../base]\n{text}"}


@pytest.mark.parametrize(
    "text",
    [
        "patches: [{path: size.yaml}]\n",
        "patchesStrategicMerge: [size.yaml]\n",
        "patches: [{path: size.yaml, target: {kind: LeaderWorkerSet}}]\n",
    ],
)
def test_a_patch_file_is_no_set_and_is_said_once(tree: Tree, text: str) -> None:
    more = overlay(text.replace("size.yaml", "../overlay/size.yaml"), "more")
    tree.write({**SETS, **overlay(text), **more, "overlay/size.yaml": MERGE})
    report = tree.report()
    assert [(it["object"]["name"], it["result"]) for it in report["sets"]] == [("chat", "blocked")]
    assert tree.findings() == [
        ("kustomize-holds", "base/set.yaml: name: chat"),
        ("kustomize-merge", "overlay/size.yaml: apiVersion: leaderworkerset.x-k8s.io/v1"),
    ]
    # A tree that does not follow stays whole.
    tree.report("--write", "--keep-going")
    assert tree.read("base/set.yaml") == ONE_TEMPLATE


def test_each_patch_of_a_file_is_said(tree: Tree) -> None:
    text = f"{MERGE}---\n# again\n{MERGE}"
    tree.write({**SETS, **overlay("patches: [{path: size.yaml}]\n"), "overlay/size.yaml": text})
    merges = [it for it in tree.report()["findings"] if it["id"] == "kustomize-merge"]
    assert [it["file"]["line"] for it in merges] == [1, text.count("\n", 0, text.rindex("api")) + 1]


def test_a_patch_of_no_set_here_is_an_error(tree: Tree) -> None:
    tree.write({**overlay("patches: [{path: size.yaml}]\n"), "overlay/size.yaml": MERGE})
    assert tree.findings() == [
        ("set-is-patch", "overlay/size.yaml: apiVersion: leaderworkerset.x-k8s.io/v1")
    ]
    assert tree.report()["sets"] == []


def test_only_the_sets_of_a_patch_stay(tree: Tree) -> None:
    other = ONE_TEMPLATE.replace("name: chat", "name: talk")
    tree.write({**SETS, **overlay("patches: [{path: size.yaml}]\n"), "overlay/size.yaml": MERGE})
    tree.write({"other/set.yaml": other})
    assert {it["object"]["name"]: it["result"] for it in tree.report()["sets"]} == {
        "chat": "blocked",
        "talk": "clean",
    }
    tree.report("--write", "--keep-going")
    assert tree.read("base/set.yaml") == ONE_TEMPLATE
    assert "kind: ModelServing" in tree.read("other/set.yaml")


TARGET = "target: {kind: LeaderWorkerSet}"
LINES = "".join(f"    {line}\n" for line in LOSSY.splitlines())
FLOW = "[{op: add, path: /spec/startupPolicy, value: LeaderReady}]"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("kustomization", f"patches:\n- {TARGET}\n  patch: |\n{LINES}"),
        ("kustomization", f"patches:\n- {TARGET}\n  patch: '{FLOW}'\n"),
        ("kustomization", f'patches:\n- {TARGET}\n  patch: "{FLOW}"\n'),
        ("size", f"patches: [{{{TARGET}, path: size.yaml}}]\n"),
        ("size", f"patchesJson6902: [{{{TARGET}, path: size.yaml}}]\n"),
    ],
)
def test_a_finding_in_a_patch_has_its_place(tree: Tree, path: str, text: str) -> None:
    tree.write({**SETS, **overlay(text), "overlay/size.yaml": LOSSY})
    (holds, (name, place)) = tree.findings()
    assert holds == ("kustomize-holds", "base/set.yaml: name: chat")
    assert name == "leader-ready"
    assert place.startswith(f"overlay/{path}.yaml: path: /spec/startupPolicy")


@pytest.mark.parametrize("option", [("--set", "allowLossy=true"), ("--ignore", "leader-ready")])
def test_a_loss_in_a_patch_is_accepted_as_in_a_set(tree: Tree, option: tuple[str, str]) -> None:
    text = "patches: [{target: {kind: LeaderWorkerSet}, path: size.yaml}]\n"
    tree.write({**SETS, **overlay(text), "overlay/size.yaml": LOSSY})
    warnings = tree.findings(*option, severity="warning")
    assert [name for name, _ in warnings if name == "leader-ready"] == (
        ["leader-ready"] if option[0] == "--set" else []
    )
    assert tree.findings(*option) == []
    (row,) = tree.report(*option, "--write")["sets"]
    assert row["result"] == "lossy"
    assert tree.read("overlay/size.yaml") == LOSSY.partition("- op: add")[0]


def test_what_is_said_of_a_build_is_said_of_its_kustomization(tree: Tree) -> None:
    tree.write(SETS)
    infos = tree.report()["findings"]
    (build,) = (it for it in infos if it["id"] == "build-expands")
    assert build["object"] == {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
    }
    assert build["file"] == {"path": "base/kustomization.yaml", "line": 1, "column": 1}


def test_a_kustomization_that_is_no_text_is_an_error(tree: Tree) -> None:
    tree.write(SETS)
    (tree.folder / "base/kustomization.yaml").write_bytes(b"kind: \xff\n")
    (error,) = (it for it in tree.report()["findings"] if it["severity"] == "error")
    assert error["id"] == "not-utf-8"
    assert error["file"]["path"] == "base/kustomization.yaml"


KUSTOMIZE = "overlay/kustomization.yaml: "
FROM_ELSEWHERE = [
    "resources: [https://example.com/base?ref=v1]",
    "resources: [../not-there]",
    "helmCharts: [{name: sets, repo: https://example.com}]",
    "generators: [generator.yaml]",
    "resources: [../far]",
]


@pytest.mark.parametrize("source", FROM_ELSEWHERE)
def test_a_patch_of_sets_from_elsewhere_is_named(tree: Tree, source: str) -> None:
    target = "target: {kind: LeaderWorkerSet}\n  patch: '[]'\n"
    far = f"{HEAD}resources: [https://example.com/base?ref=v1]\n"
    tree.write({"far/kustomization.yaml": far, "other/set.yaml": ONE_TEMPLATE})
    tree.write({"overlay/kustomization.yaml": f"{HEAD}{source}\npatches:\n- {target}"})
    found = tree.findings(severity="warning")
    assert [it for it in found if it[0] == "kustomize-unseen"] == [
        ("kustomize-unseen", KUSTOMIZE + "target: {kind: LeaderWorkerSet}")
    ]


TO_SETS, TO_OTHERS = "{kind: LeaderWorkerSet}", "{kind: LeaderWorkerSet, name: b}"


@pytest.mark.parametrize(
    ("sources", "target"),
    [
        ("resources: [../base, https://example.com/base]\n", TO_SETS),
        ("resources: [../base]\n", TO_OTHERS),
        ("resources: [https://example.com/base]\n", "{kind: Job}"),
        ("generators:\n- |\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n", TO_OTHERS),
    ],
)
def test_a_patch_of_what_is_there_is_not(tree: Tree, sources: str, target: str) -> None:
    text = f"{sources}patches:\n- {{target: {target}, patch: '[]'}}\n"
    tree.write({**SETS, "overlay/kustomization.yaml": HEAD + text})
    found = tree.findings(severity="warning")
    assert "kustomize-unseen" not in [name for name, _ in found]


@pytest.mark.parametrize("is_found", [True, False])
def test_definitions_of_references_are_named(tree: Tree, is_found: bool) -> None:
    extension = '"x-kubernetes-object-ref-kind": "ConfigMap"' if is_found else ""
    text = f'{{"io.x-k8s.v1.LeaderWorkerSet": {{"Schema": {{"properties": {{{extension}}}}}}}}}\n'
    tree.write({**SETS, **overlay("crds: [crd.json]\n"), "overlay/crd.json": text})
    found = [it for it in tree.findings(severity="warning") if it[0] == "kustomize-crds"]
    assert found == [("kustomize-crds", f"{KUSTOMIZE}crd.json]")] * is_found


FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: models}
spec:
  path: PATH
"""
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: models}
spec:
  source: {repoURL: "https://example.com/x.git", path: PATH}
"""
ARGO_SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: models}
spec:
  template:
    spec:
      sources:
      - path: PATH
"""


@pytest.mark.parametrize("option", [(), ("--transformer",)])
@pytest.mark.parametrize("host", [FLUX, ARGO, ARGO_SET])
@pytest.mark.parametrize("path", ["overlay", "./overlay/", "models/overlay"])
def test_a_build_of_flux_or_argo_cd_is_named(
    tree: Tree, host: str, path: str, option: tuple[str, ...]
) -> None:
    tree.write({**SETS, **overlay(""), "clusters/app.yaml": host.replace("PATH", path)})
    found = [it for it in tree.findings(*option, severity="warning") if it[0] == "built-by-host"]
    ((_, place),) = found
    assert place.startswith(f"clusters/app.yaml: path: {path}")


def test_a_build_by_a_plugin_of_argo_cd_is_not_named(tree: Tree) -> None:
    host = ARGO.replace("path: PATH", "path: overlay, plugin: {name: modelserving-lws}")
    tree.write({**SETS, **overlay(""), "clusters/app.yaml": host})
    assert "built-by-host" not in [name for name, _ in tree.findings(severity="warning")]


@pytest.mark.parametrize("host", [FLUX, ARGO])
@pytest.mark.parametrize("path", ["base", "overlay-b", "b/overlay/c", "overla", "."])
def test_a_build_of_something_else_is_not(tree: Tree, host: str, path: str) -> None:
    tree.write({**SETS, **overlay(""), "clusters/app.yaml": host.replace("PATH", path)})
    found = [name for name, _ in tree.findings(severity="warning")]
    assert "built-by-host" not in found


HOST = '- {op: add, path: /spec/leaderWorkerTemplate/workerTemplate/spec/hostAliases, value: "V"}\n'


@pytest.mark.parametrize("is_file", [True, False])
@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("chat-0-1.chat", "pod-host-name"),
        ("echo ${LWS_LEADER_ADDRESS%%.*}", "address-taken-apart"),
        ("chat-leader", ""),
    ],
)
def test_what_breaks_is_found_in_patches(tree: Tree, value: str, found: str, is_file: bool) -> None:
    operations = HOST.replace("V", value)
    patch = "path: ops.yaml" if is_file else f"patch: |\n    {operations}"
    text = f"patches:\n- target: {{kind: LeaderWorkerSet}}\n  {patch}\n"
    tree.write({**SETS, **overlay(text), "overlay/ops.yaml": operations})
    problems = [*tree.findings(), *tree.findings(severity="warning")]
    place = "overlay/ops.yaml: value: " if is_file else "overlay/kustomization.yaml: patch: |"
    ids = ("pod-host-name", "address-taken-apart")
    told = [(name, at) for name, at in problems if name in ids]
    assert [(name, at.startswith(place)) for name, at in told] == [(found, True)] * bool(found)


@pytest.mark.parametrize("command", ["migrate", "convert"])
def test_a_tree_that_does_not_follow_stays_whole(
    tree: Tree, program: Program, command: str
) -> None:
    other = ONE_TEMPLATE.replace("name: chat", "name: talk")
    tree.write({**SETS, **overlay("patches: [{path: size.yaml}]\n"), "overlay/size.yaml": MERGE})
    tree.write({"other/set.yaml": other})
    done = program("", command, "--write", "--keep-going", ".")
    assert done.code == 1
    assert tree.read("base/set.yaml") == ONE_TEMPLATE
    assert "kind: ModelServing" in tree.read("other/set.yaml")
