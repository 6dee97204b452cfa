"""Files in JSON: they keep their layout, and stay one JSON document each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.acceptance.test_commands import contents, folder, put, said
from tests.leaderworkersets import SERVING, SET
from tests.manifests import COMPLETE, WORKER, items_of, replaced
from tests.manifests import SERVING as OF_PODS
from tests.messages import text_of
from tests.running import CONVERT, EXPAND

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

__all__ = ["folder"]
LAYOUTS = (2, 4, 3, "\t")
POLICY = ("--set", "via=AdmissionPolicy")
# Three workers, of which each has what a plugin left of those before it.
TWEAKED = replaced(
    COMPLETE,
    ("workerReplicas: 1", "workerReplicas: 3"),
    (
        "  plugins:\n",
        """\
  plugins:
  - name: demo-pod-tweaks
    type: BuiltIn
    config: {env: [{name: A, value: a}, {name: B}]}
""",
    ),
)


def written(text: str, indent: int | str | None) -> str:
    return json.dumps(yaml.safe_load(text), indent=indent) + "\n"


def listed(*texts: str) -> str:
    return yaml.safe_dump(
        {"apiVersion": "v1", "kind": "List", "items": [yaml.safe_load(text) for text in texts]}
    )


@pytest.mark.parametrize("indent", LAYOUTS)
@pytest.mark.parametrize("via", ["Templates", "AdmissionPolicy"])
@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("convert", SET),
        ("migrate", SET),
        ("migrate", listed(SET, WORKER, SET.replace("chat", "talk"))),
        ("expand", SERVING),
        ("expand", SERVING.replace("  name: chat\n", "  name: chat\n  annotations: {}\n", 1)),
        ("inject", listed(OF_PODS, WORKER)),
        ("render", listed(SERVING, WORKER)),
        ("render", listed(TWEAKED, WORKER)),
    ],
)
def test_json_keeps_its_layout(
    program: Program, command: str, text: str, via: str, indent: int | str
) -> None:
    settings: tuple[str, ...] = ()
    if command in ("migrate", "expand"):
        settings = ("--set", f"via={via}", "--set", "emitPolicy=false")
    before = written(text, indent)
    after = program(before, command, *settings, "-o", "-", "-").stdout
    assert after != before
    assert after == json.dumps(json.loads(after), indent=indent) + "\n"


@pytest.mark.parametrize("indent", [None, *LAYOUTS])
def test_pods_are_the_same_from_json(program: Program, indent: int | str | None) -> None:
    pods = items_of(program(listed(TWEAKED), "render", "-o", "-", "-").stdout)
    assert [it["name"] for it in pods[4]["spec"]["containers"][0]["env"]].count("A") == 3
    after = program(written(listed(TWEAKED), indent), "render", "-o", "-", "-").stdout
    assert items_of(after) == pods


def test_json_on_one_line_stays_on_one(program: Program) -> None:
    for command, text in (("convert", SET), ("expand", SERVING)):
        after = program(written(text, None), command, "-o", "-", "-").stdout
        assert after == json.dumps(json.loads(after)) + "\n"


def test_a_list_on_one_line_stays_on_one(program: Program) -> None:
    before = written(SERVING, 2)
    plugins = json.dumps(yaml.safe_load(SERVING)["spec"]["plugins"])
    start = before.index("[", before.index('"plugins"'))
    end = before.index("],", start) + 1
    before = before[:start] + plugins + before[end:]
    after = program(before, *EXPAND).stdout
    (line,) = (line for line in after.splitlines() if '"plugins"' in line)
    assert line.startswith('    "plugins": [{"name": "demo-pod-tweaks", ')
    assert line.endswith("}],")


def test_both_ends_of_the_line_stay(program: Program, folder: Path) -> None:
    (folder / "a.json").write_bytes(written(SET, 2).replace("\n", "\r\n").encode())
    program("", "migrate", "--write", "a.json")
    after = (folder / "a.json").read_bytes()
    assert after.count(b"\r\n") == after.count(b"\n") > 100


# One document


def test_the_policy_goes_into_yaml(program: Program, folder: Path) -> None:
    put(folder, a=SERVING, c=WORKER)
    (folder / "b.json").write_text(written(SERVING.replace("chat", "talk"), 2))
    done = program("", "expand", "--write", *POLICY, ".")
    assert done.code == 0, done
    assert "kind: MutatingAdmissionPolicy\n" in contents(folder)["a.yaml"]
    assert json.loads(contents(folder)["b.json"])["kind"] == "ModelServing"
    assert "modelserving-lws (file a.yaml)" in done.stdout


def test_json_alone_has_no_place_for_the_policy(program: Program, folder: Path) -> None:
    (folder / "a.json").write_text(written(SERVING, 2))
    before = contents(folder)
    done = program("", "expand", "--write", *POLICY, ".")
    assert (done.code, contents(folder)) == (1, before)
    assert "(file a.json)" in done.stdout
    assert text_of("json-ends") in " ".join(done.stdout.split())
    done = program("", "expand", "--write", *POLICY, "--set", "emitPolicy=false", ".")
    assert done.code == 0
    assert json.loads(contents(folder)["a.json"])["kind"] == "ModelServing"


@pytest.mark.parametrize("function", [CONVERT, EXPAND], ids=["convert", "expand"])
def test_a_list_in_json_takes_the_policy(program: Program, function: tuple[str, ...]) -> None:
    text = written(listed(SET if function == CONVERT else SERVING), 2)
    command = "migrate" if function == CONVERT else "expand"
    after = json.loads(program(text, command, *POLICY, "-o", "-", "-").stdout)
    assert [item["kind"] for item in after["items"]] == [
        "ModelServing",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
    ]


def test_several_manifests_make_no_json_file(program: Program, folder: Path) -> None:
    (folder / "a.json").write_text(written(SERVING, 2))
    done = program("", "render", "-o", "out/", "a.json")
    assert done.code == 0
    assert done.stderr.startswith(said("json-as-yaml", name="out/a.json", target="out/a.json.yaml"))
    (text,) = (text for name, text in contents(folder).items() if name != "a.json")
    assert len(list(yaml.safe_load_all(text))) > 1
    assert not (folder / "out" / "a.json").exists()
    done = program("", "render", "-o", "b.json", "a.json")
    assert done.code == 1
    assert said("file-not-written", name="b.json", problem=text_of("json-with-more")) in done.stderr
    assert not (folder / "b.json").exists()
