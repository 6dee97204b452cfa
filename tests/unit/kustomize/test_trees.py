"""What kustomizations reach, and under which names."""

from __future__ import annotations

from modelserving_lws.kustomize.sources import Sources, Texts
from modelserving_lws.kustomize.trees import Trees, TreeSet
from tests import guide

COMPONENT = "kind: Component\n"


def trees(files: dict[str, str]) -> Trees:
    return Trees(Sources(Texts(files)))


def set_in(path: str, name: str = "chat") -> TreeSet:
    return TreeSet(path, name, "", has_leader=False, is_converted=True)


def names(files: dict[str, str], *sets: TreeSet) -> dict[str, dict[str, set[str]]]:
    """By kustomization, the names of the sets that it works on."""
    reaches = trees(files).reach(sets)
    return {
        path: {it.name: found for it, found in reach.names.items()}
        for path, reach in reaches.items()
        if reach.names
    }


def test_an_overlay_reaches_the_files_of_its_bases_and_components() -> None:
    reached = trees(guide.FILES).reached()
    overlays = [f"deployments/{name}/kustomization.yaml" for name in guide.DEPLOYMENTS]
    assert sorted(reached["base/decode.yaml"]) == sorted(overlays)
    assert sorted(reached["components/scale/hpa.yaml"]) == [
        "deployments/all/kustomization.yaml",
        "deployments/scaled/kustomization.yaml",
    ]
    assert "providers/gke/decode.json" not in reached


def test_what_is_built_is_named_by_no_other_one_and_no_component() -> None:
    found = trees(
        {
            "base/kustomization.yml": "bases: []\n",
            "a/Kustomization": "bases: [../base]\ncomponents: [../part]\n",
            "part/kustomization.yaml": COMPONENT,
            "alone/kustomization.yaml": COMPONENT,
        }
    )
    assert found.outermost() == ["a/Kustomization"]


def test_files_that_are_named_as_patches() -> None:
    found = trees(
        {
            "a/kustomization.yaml": """\
patches:
- {path: ../shared/one.yaml}
- {patch: "a: b"}
patchesJson6902:
- {path: two.yaml, target: {kind: Pod}}
patchesStrategicMerge:
- three.yaml
- |-
  kind: Pod
""",
        }
    )
    assert found.patches == {"shared/one.yaml", "a/two.yaml", "a/three.yaml"}


def test_a_component_works_on_what_those_reach_that_name_it() -> None:
    files = {
        "base/kustomization.yaml": "resources: [set.yaml]\nnamePrefix: b-\n",
        "base/set.yaml": "",
        "part/kustomization.yaml": f"{COMPONENT}resources: [own.yaml]\n",
        "part/own.yaml": "",
        "a/kustomization.yaml": "resources: [../base]\ncomponents: [../part]\nnameSuffix: -a\n",
        "top/kustomization.yaml": "resources: [../a]\n",
        "other/kustomization.yaml": "resources: [set.yaml]\n",
        "other/set.yaml": "",
    }
    found = names(files, set_in("base/set.yaml"), set_in("part/own.yaml", "own"))
    assert found == {
        "base/kustomization.yaml": {"chat": {"chat"}},
        "a/kustomization.yaml": {"chat": {"chat", "b-chat"}, "own": {"own"}},
        "part/kustomization.yaml": {"chat": {"chat", "b-chat"}, "own": {"own"}},
        "top/kustomization.yaml": {
            "chat": {"chat", "b-chat", "chat-a", "b-chat-a"},
            "own": {"own", "own-a"},
        },
    }


def test_circles_and_what_is_not_there_end() -> None:
    files = {
        "a/kustomization.yaml": "resources: [../b, set.yaml, https://a.b/x]\nnamePrefix: a\n",
        "a/set.yaml": "",
        "b/kustomization.yaml": "resources: [../a, ../c, .]\nnamePrefix: b\n",
    }
    found = names(files, set_in("a/set.yaml"))
    assert "abachat" in found["b/kustomization.yaml"]["chat"]
    assert trees(files).all["a/kustomization.yaml"].missing == ["https://a.b/x"]


def test_many_ways_of_naming_a_set_take_no_time() -> None:
    files = {"0/kustomization.yaml": "resources: [set.yaml]\n", "0/set.yaml": ""}
    for i in range(1, 30):
        files[f"{i}/kustomization.yaml"] = f"resources: [a, b]\nnamePrefix: p{i}\n"
        for part in "ab":
            files[f"{i}/{part}/kustomization.yaml"] = (
                f"resources: [../../{i - 1}]\nnamePrefix: {part}\n"
            )
    found = trees(files).reach([set_in("0/set.yaml")])
    assert found["29/kustomization.yaml"].names


def test_a_kustomization_that_is_no_yaml_is_told_by_its_path() -> None:
    sources = Sources(Texts({"a/kustomization.yaml": "a: [", "b/kustomization.yaml": "- a\n"}))
    assert Trees(sources).all == {}
    assert [error.path for error in sources.errors.values()] == ["a/kustomization.yaml"]


def test_trees_that_share_a_component_keep_their_sets_apart() -> None:
    files = {
        "one/kustomization.yaml": "resources: [set.yaml]\ncomponents: [../part]\n",
        "one/set.yaml": "",
        "two/kustomization.yaml": "resources: [set.yaml]\ncomponents: [../part]\nnameSuffix: -b\n",
        "two/set.yaml": "",
        "top/kustomization.yaml": "resources: [../two]\ncomponents: [../part]\n",
        "part/kustomization.yaml": f"{COMPONENT}namePrefix: p-\n",
    }
    found = names(files, set_in("one/set.yaml", "a"), set_in("two/set.yaml", "b"))
    assert found == {
        "one/kustomization.yaml": {"a": {"a", "p-a"}},
        "two/kustomization.yaml": {"b": {"b", "p-b"}},
        "top/kustomization.yaml": {
            "b": {"b", "p-b", "b-b", "p-b-b", "p-p-b", "p-p-b-b"},
        },
        "part/kustomization.yaml": {
            "a": {"a", "p-a"},
            "b": {"b", "p-b", "b-b", "p-b-b", "p-p-b", "p-p-b-b"},
        },
    }
