"""What a report says is so: of what is not done, it does not say that it was."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Any

import pytest

from modelserving_lws.results.messages import MESSAGES
from modelserving_lws.results.pending import _WOULD, pend
from modelserving_lws.results.result import Result
from tests.acceptance.kustomizations import TARGET
from tests.acceptance.test_commands import BAD_SET, contents, folder, put
from tests.leaderworkersets import HPA, SERVING, SET
from tests.manifests import stream
from tests.messages import text_of
from tests.running import CONVERT, EXPAND

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

__all__ = ["folder"]
OPTIONS = {
    "report": ((), "would change a.yaml\n", "would turn 1 LeaderWorkerSet"),
    "--check": (("--check",), "would change a.yaml\n", "would turn 1 LeaderWorkerSet"),
    "--diff": (("--diff",), "would change a.yaml\n", "would turn 1 LeaderWorkerSet"),
    "--write": (("--write",), "changed a.yaml\n", "turned 1 LeaderWorkerSet"),
    "-o -": (("-o", "-"), "changed in the output: a.yaml\n", "turned 1 LeaderWorkerSet"),
    "-o FOLDER": (("-o", "out/"), "changed in the output: a.yaml\n", "turned 1 LeaderWorkerSet"),
}
# The same, with an error in another file.
HELD = {
    "report": "would change without the errors: a.yaml\n",
    "--check": "would change without the errors: a.yaml\n",
    "--diff": "would change without the errors: a.yaml\n",
    "--write": "not changed a.yaml\n",
    "-o -": "not changed a.yaml\n",
    "-o FOLDER": "not changed a.yaml\n",
}


@pytest.mark.parametrize("mode", OPTIONS)
def test_what_is_done_is_told_as_done(program: Program, folder: Path, mode: str) -> None:
    options, files, told = OPTIONS[mode]
    put(folder, a=SET)
    done = program("", "convert", *options, "a.yaml")
    text = done.stderr if mode in ("--diff", "-o -", "-o FOLDER") else done.stdout
    assert text.startswith(files)
    assert f"\n{told} into 1 ModelServing\n" in text


@pytest.mark.parametrize("mode", OPTIONS)
def test_with_an_error_nothing_is_told_as_done(program: Program, folder: Path, mode: str) -> None:
    put(folder, a=SET, b=BAD_SET, c=HPA)
    before = contents(folder)
    done = program("", "convert", *OPTIONS[mode][0], ".")
    text = done.stderr if mode in ("--diff", "-o -", "-o FOLDER") else done.stdout
    assert HELD[mode] in text
    told = "would turn 1 LeaderWorkerSet into 1 ModelServing; 1 autoscaler would follow\n"
    assert f"\n{told}" in text
    assert contents(folder) == before


def test_a_diff_of_a_function_is_told_as_not_done(program: Program) -> None:
    done = program(SET, *CONVERT, "--diff")
    assert "[info] would turn 1 LeaderWorkerSet into 1 ModelServing\n" in done.stderr
    assert "[info] turned 1 LeaderWorkerSet" in program(SET, *CONVERT).stderr


def test_what_is_taken_back_is_told_as_not_done(program: Program) -> None:
    """The second function does not run, and the items come out as they were before the first."""
    text = stream(SET, BAD_SET)
    done = program(text, *CONVERT, *EXPAND)
    assert (done.code, done.stdout) == (1, text)
    assert "[info] would turn 1 LeaderWorkerSet into 1 ModelServing\n" in done.stderr


def test_what_keeps_going_is_told_as_done(program: Program, folder: Path) -> None:
    put(folder, a=SET, b=BAD_SET)
    done = program("", "convert", "--write", "--keep-going", ".")
    assert done.stdout.startswith("changed a.yaml\n")
    assert "\nturned 1 LeaderWorkerSet into 1 ModelServing\n" in done.stdout


def test_each_result_of_what_is_done_has_both_forms() -> None:
    for name, words in _WOULD.items():
        fields = [field for _, field, _, _ in Formatter().parse(MESSAGES[name][1]) if field]
        values: dict[str, Any] = dict.fromkeys(fields, "x")
        result = Result(name, **values)
        if name == "converted":
            result.message += "; 1 autoscaler followed"
        done = result.message
        pend(result)
        assert all(would in result.message for would in words.values()), name
        assert not any(result.message.startswith(start) for start in words), name
        once = result.message
        pend(result)
        assert result.message == once != done
    assert _WOULD.keys() <= MESSAGES.keys()


# A set is not clean while what says something of it has an error

BAD_PATCH = f"{TARGET}  patch: '[{{op: replace, path: /spec/foo, value: 1}}]'\n"
TALK = SET.replace("name: chat", "name: talk")


def rows(text: str) -> dict[str, list[str]]:
    """The table of sets: the results and the findings, by the sets' names."""
    table = text[text.index("\nSET ") :].splitlines()[2:]
    return {row.split()[0]: row.split(maxsplit=3)[1:3] for row in table}


@pytest.mark.parametrize("command", ["migrate", "convert"])
def test_a_set_is_blocked_by_its_kustomization(
    program: Program, folder: Path, command: str
) -> None:
    put(folder, base__set=SET, other__set=TALK)
    put(folder, base__kustomization="resources: [set.yaml]\n")
    put(folder, overlay__kustomization=f"resources: [../base]\n{BAD_PATCH}")
    put(folder, other__kustomization="resources: [set.yaml]\n")
    done = program("", command, ".")
    assert done.code == 1
    found = rows(done.stdout)
    assert found["serving/chat"] == ["blocked", "1"]
    assert found["serving/talk"][0] == "clean"


def test_so_it_is_by_a_patch_in_a_file(program: Program, folder: Path) -> None:
    patch = "- {op: replace, path: /spec/foo, value: 1}\n"
    put(folder, base__set=SET, overlay__patch=patch, base__kustomization="resources: [set.yaml]\n")
    kustomization = f"resources: [../base]\n{TARGET}  path: patch.yaml\n"
    put(folder, overlay__kustomization=kustomization, talk__set=TALK)
    put(folder, talk__kustomization="resources: [set.yaml]\n")
    found = rows(program("", "migrate", ".").stdout)
    assert (found["serving/chat"][0], found["serving/talk"][0]) == ("blocked", "clean")


def test_such_a_set_stays_and_the_others_are_done(program: Program, folder: Path) -> None:
    put(folder, base__set=SET, base__more=TALK, other__set=SET, base__hpa=HPA)
    put(folder, base__kustomization="resources: [set.yaml, more.yaml, hpa.yaml]\n")
    put(folder, overlay__kustomization=f"resources: [../base]\n{BAD_PATCH}")
    before = contents(folder)
    done = program("", "migrate", "--write", "--keep-going", ".")
    changed = {name for name, text in contents(folder).items() if text != before[name]}
    assert changed == {"other/set.yaml"}
    place = "Kustomization patches[0].patch[0].path (file overlay/kustomization.yaml)"
    told = " ".join(done.stdout.split())
    assert told.count(text_of("kustomize-holds", place=place, more="")) == 2
    assert told.count('"/spec/foo" has no place in a ModelServing') == 1
    assert told.count("blocked 1 error -") == 2


def test_a_set_beside_a_kustomization_that_is_no_yaml_is_not_clean(
    program: Program, folder: Path
) -> None:
    put(folder, a__set=SET, a__kustomization="resources: [\n", b__set=TALK)
    done = program("", "migrate", ".")
    found = rows(done.stdout)
    assert (found["serving/chat"][0], found["serving/talk"][0]) == ("blocked", "clean")


# Kustomizations that a call does not give

BASE = "resources: [set.yaml]\n"


@pytest.mark.parametrize("where", ["base", "."])
@pytest.mark.parametrize(
    "kustomization", ["resources: [{}set.yaml]\n", "patches: [{{path: {}set.yaml}}]\n"]
)
def test_a_set_whose_kustomization_is_not_given_is_not_expanded(
    program: Program, folder: Path, where: str, kustomization: str
) -> None:
    put(folder, base__set=SET, base__alone=TALK)
    path = folder / where / "kustomization.yaml"
    path.write_text(kustomization.format("" if where == "base" else "base/"))
    done = program("", "migrate", "--write", "base/set.yaml", "base/alone.yaml")
    assert (done.code, contents(folder)["base/set.yaml"]) == (
        0,
        program(SET, "convert", "-o", "-", "-").stdout,
    )
    assert contents(folder)["base/alone.yaml"] == program(TALK, "migrate", "-o", "-", "-").stdout
    told = text_of("kustomization-not-given", files="base/set.yaml", folder=where)
    name = str(path.relative_to(folder))
    assert f"Kustomization (file {name})" in done.stdout
    assert told in " ".join(done.stdout.split())
    again = program("", "migrate", "--write", "base/set.yaml", "base/alone.yaml")
    assert again.stdout == "nothing to change\n"


@pytest.mark.parametrize("kustomization", ["resources: [", "- a\n"])
def test_one_that_cannot_be_read_names_all_in_its_folder(
    program: Program, folder: Path, kustomization: str
) -> None:
    put(folder, base__set=SET, base__kustomization=kustomization, kustomization=kustomization)
    done = program("", "convert", "base/set.yaml")
    told = text_of("kustomization-not-given", files="base/set.yaml", folder="base")
    assert " ".join(done.stdout.split()).count(told) == 1
    assert done.stdout.count("is not among the files of the call") == 1


def test_a_kustomization_above_a_folder_is_found(program: Program, folder: Path) -> None:
    put(folder, a__base__set=SET, a__kustomization="resources: [base]\n")
    put(folder, a__base__kustomization=BASE)
    done = program("", "migrate", "a/base")
    assert text_of("kustomization-not-given", files="a/base/set.yaml", folder="a") in " ".join(
        done.stdout.split()
    )


def test_no_kustomization_is_looked_for_above_a_repository(program: Program, folder: Path) -> None:
    put(folder, a__b__set=SET, kustomization="resources: [a/b/set.yaml]\n")
    (folder / "a" / ".git").mkdir()
    for path in ("a/b/set.yaml", "a"):
        assert "Kustomization" not in program("", "migrate", path).stdout


def test_kustomizations_that_are_given_or_name_others_are_no_matter(
    program: Program, folder: Path
) -> None:
    put(folder, base__set=SET, base__other=TALK, base__kustomization="resources: [other.yaml]\n")
    assert "Kustomization" not in program("", "migrate", "base/set.yaml").stdout
    put(folder, base__kustomization=BASE)
    for paths in ((".",), ("base",), ("base/set.yaml", "base/kustomization.yaml")):
        assert "is not among the files" not in program("", "migrate", *paths).stdout


# Bases that are expanded in place


def test_a_base_that_is_expanded_in_place_is_warned_of(program: Program, folder: Path) -> None:
    put(folder, base__set=SERVING, alone=SERVING, base__kustomization=BASE)
    put(folder, overlay__kustomization="resources: [../base]\nnamePrefix: x-\n")
    told = text_of("expanded-in-place", files="base/set.yaml", folder="overlay")
    done = program("", "expand", ".")
    assert " ".join(done.stdout.split()).count(told) == 1
    named = program("", "expand", "base/set.yaml")
    told = text_of("expanded-in-place", files="base/set.yaml", folder="base")
    assert told in " ".join(named.stdout.split())
    assert "in place" not in program("", "expand", "alone.yaml").stdout
    assert "in place" not in program("", "expand", "--ignore", "expanded-in-place", ".").stdout
    program("", "expand", "--write", ".")
    assert program("", "expand", ".").stdout == "nothing to change\n"


def test_a_base_whose_build_is_expanded_again_is_fine(program: Program, folder: Path) -> None:
    put(folder, base__set=SET, base__kustomization=BASE)
    program("", "migrate", "--transformer", "--write", ".")
    done = program("", "expand", ".")
    assert "would change base/set.yaml" in done.stdout
    assert "in place" not in done.stdout


# Two sets of one name


def test_two_sets_of_one_name_in_a_file_are_not_converted(program: Program, folder: Path) -> None:
    text = f"{SET}---\n{SET}"
    put(folder, a=text, b=SET)
    done = program("", "migrate", "--write", ".")
    assert (done.code, contents(folder)["b.yaml"]) == (1, SET)
    done = program("", "migrate", "--write", "--keep-going", ".")
    assert (done.code, contents(folder)["a.yaml"]) == (1, text)
    second = SET.count("\n") + 2
    for other in ("line 1, column 1", f"line {second}, column 1"):
        assert text_of("same-set", other=other) in " ".join(done.stdout.split())


def test_two_sets_of_one_name_in_a_kustomization_are_not_converted(
    program: Program, folder: Path
) -> None:
    put(folder, a=SET, b=SET, kustomization="resources: [a.yaml, b.yaml]\n")
    done = program("", "migrate", ".")
    assert done.code == 1
    for other in ("a.yaml", "b.yaml"):
        assert text_of("same-set", other=other) in " ".join(done.stdout.split())


def test_sets_of_one_name_that_a_cluster_tells_apart_are_fine(
    program: Program, folder: Path
) -> None:
    other = SET.replace("namespace: serving", "namespace: other")
    none = SET.replace("  namespace: serving\n", "")
    put(folder, a=f"{SET}---\n{other}---\n{none}", b=SET, c=SET)
    put(folder, x__kustomization="resources: [../b.yaml]\n")
    put(folder, y__kustomization="resources: [../c.yaml]\n")
    put(folder, z__kustomization="resources: [../x, ../y]\n")
    assert program("", "migrate", ".").code == 0


# Once


@pytest.mark.parametrize("key", ["group-index", "group-key"])
def test_what_reads_a_label_that_no_pod_has_is_said_once(program: Program, key: str) -> None:
    env = (
        "            env:\n            - name: A\n              valueFrom: {fieldRef: {fieldPath: "
        f"\"metadata.labels['leaderworkerset.sigs.k8s.io/{key}']\"}}}}\n"
    )
    text = SET.replace("          - name: worker\n", f"          - name: worker\n{env}")
    done = program(text, "migrate", "--set", "allowLossy=true", "-")
    assert done.stdout.count(f"reads `leaderworkerset.sigs.k8s.io/{key}`") == 1


# One answer to one slip


@pytest.mark.parametrize("command", ["migrate", "expand"])
def test_a_wrong_setting_is_said_once(program: Program, folder: Path, command: str) -> None:
    put(folder, a=SET)
    done = program("", command, "--set", "via=foo", "a.yaml")
    assert done.stderr.count('must be one of "Templates", "AdmissionPolicy"') == 1
    assert done.code == 2


@pytest.mark.parametrize("data", ["foo: bar", "via: foo"])
@pytest.mark.parametrize("check", [(), ("--check",)])
def test_a_wrong_setting_is_wrong_usage_wherever_it_stands(
    program: Program, folder: Path, data: str, check: tuple[str, ...]
) -> None:
    put(folder, a=SET, config=f"apiVersion: v1\nkind: ConfigMap\ndata: {{{data}}}\n")
    option = program("", "migrate", *check, "--set", data.replace(": ", "="), "a.yaml")
    config = program("", "migrate", *check, "--config", "config.yaml", "a.yaml")
    assert option.code == config.code == 2
    assert option.stdout == config.stdout == ""


def test_an_id_that_is_wrong_is_said_by_its_option(program: Program, folder: Path) -> None:
    put(folder, a=SET)
    done = program("", "migrate", "--ignore", "surge", "--ignore", "x", "a.yaml")
    assert done.stderr.endswith(
        'error: --ignore must be the id of a warning, an info or a loss; found "x"\n'
    )


# What is there to be copied


def test_no_line_breaks_what_stands_in_backquotes(program: Program, folder: Path) -> None:
    put(folder, base__set=SET)
    for width in range(40, 60):
        name = "o" * width
        put(folder, **{f"{name}__kustomization": "resources: [../base]\n"})
    (folder / "base" / "kustomization.yaml").write_text("resources: [set.yaml]\n")
    text = program("", "migrate", ".").stdout
    for width in range(40, 60):
        command = f"`kustomize build {'o' * width} | modelserving-lws expand -o - -`"
        assert command in text


def test_a_kustomization_without_a_kind_is_named(program: Program, folder: Path) -> None:
    put(folder, set=SET)
    (folder / "kustomization.yaml").write_text(
        f"resources: [set.yaml]\n{TARGET}  patch: '[{{op: remove, path: /spec/foo}}]'\n"
    )
    text = program("", "migrate", ".").stdout
    assert (
        "\nKustomization\n  [error] patches[0].patch[0].path: /spec/foo (kustomization.yaml:4:25)\n"
        in text
    )
    assert "\n (" not in text
