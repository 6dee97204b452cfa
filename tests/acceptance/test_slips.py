"""interface: nothing is passed over in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelserving_lws.functions.slips import LEADER_WORKER_SET, READS, VERSIONS
from modelserving_lws.kthena import names
from modelserving_lws.lws import leaderworkerset
from tests.leaderworkersets import HPA, SET
from tests.leaderworkersets import SERVING as COMPLETE
from tests.manifests import CONFIG_MAP, SERVING, WORKER, function_config, resource_list, stream
from tests.messages import MODELSERVING, line_of
from tests.running import CONVERT, EXPAND, RENDER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

LWS_SET = "LeaderWorkerSet/serving/chat"
DISAGGREGATED = SET.replace("kind: LeaderWorkerSet", "kind: DisaggregatedSet")
CONFIG = "fn.serving.volcano.sh/v1alpha1"


def test_the_constants_are_those_of_the_packages() -> None:
    assert leaderworkerset.KIND == LEADER_WORKER_SET
    assert VERSIONS[LEADER_WORKER_SET] == (leaderworkerset.API_VERSION,)
    assert VERSIONS[names.KIND][0] == names.API_VERSION
    assert all(CONFIG_MAP.count(kind) <= 1 for kinds in READS.values() for kind in kinds)


def odd_kind(found: str, meant: str, version: str) -> tuple[str, str]:
    text = SET if meant == LEADER_WORKER_SET else COMPLETE
    at = f"{version}/{found}/serving/chat kind"
    line = line_of("odd-kind", at, meant=f'"{meant}"')
    return text.replace(f"kind: {meant}", f"kind: {found}"), line


KINDS = [
    odd_kind(found, meant, VERSIONS[meant][0])
    for found, meant in (
        ("LeaderWorkerset", LEADER_WORKER_SET),
        ("LeaderWorkerSets", LEADER_WORKER_SET),
        ("leaderworkersets", LEADER_WORKER_SET),
        ("Modelserving", names.KIND),
        ("ModelServings", names.KIND),
    )
]


@pytest.mark.parametrize("function", [CONVERT, EXPAND, RENDER, ()], ids=lambda it: it[-1:])
@pytest.mark.parametrize(("text", "line"), KINDS)
def test_a_kind_that_is_spelled_otherwise(
    program: Program, function: tuple[str, ...], text: str, line: str
) -> None:
    done = program(stream(CONFIG_MAP, text), *function)
    assert done.stderr.splitlines()[0] == line
    assert (done.code, done.stdout) == (0, stream(CONFIG_MAP, text))


VERSIONS_OF = [
    (LEADER_WORKER_SET, "LeaderWorkerSet.x-k8s.io/v1", CONVERT),
    (LEADER_WORKER_SET, "leaderworkersets.x-k8s.io/v1", CONVERT),
    (names.KIND, "workload.Serving.volcano.sh/v1alpha1", EXPAND),
    (names.KIND, "workloads.serving.volcano.sh/v1alpha1", RENDER),
    (names.KIND, "workload.serving.volcano.sh/v1", EXPAND),
]


@pytest.mark.parametrize(("kind", "version", "function"), VERSIONS_OF)
def test_an_api_group_that_is_spelled_otherwise(
    program: Program, kind: str, version: str, function: tuple[str, ...]
) -> None:
    meant = VERSIONS[kind][0]
    text = (SET if kind == LEADER_WORKER_SET else COMPLETE).replace(meant, version)
    at = f"{version}/{kind}/serving/chat apiVersion"
    assert line_of("odd-version", at, meant=f'"{meant}"') in program(text, *function).stderr


@pytest.mark.parametrize(
    "text",
    [
        COMPLETE.replace("workload.serving.volcano.sh", "serving.example.com"),
        COMPLETE.replace("kind: ModelServing", "kind: ModelServingRoute"),
        SET.replace("leaderworkerset.x-k8s.io", "example.com"),
        CONFIG_MAP.replace("mode: fast", "kind: leaderworkerset"),
        SERVING.replace("workload.serving.volcano.sh/v1alpha1", "workload.volcano.sh/v1"),
    ],
)
def test_another_api_is_no_slip(program: Program, text: str) -> None:
    for function in (CONVERT, EXPAND, RENDER, ()):
        told = program(text, *function).stderr
        assert "did you mean" not in told
        assert "case counts" not in told


@pytest.mark.parametrize("name", ["LWS", "Lws", "lWS"])
@pytest.mark.parametrize("function", [EXPAND, ()], ids=lambda it: it[-1:])
def test_a_plugin_lws_in_other_letters(
    program: Program, function: tuple[str, ...], name: str
) -> None:
    text = COMPLETE.replace("name: lws", f"name: {name}")
    done = program(stream(text, WORKER), *function)
    assert line_of("odd-plugin", f"{MODELSERVING} spec.plugins[0].name") in done.stderr


def test_a_set_that_the_function_does_not_read(program: Program) -> None:
    other = SET.replace("name: chat", "name: other")
    for function, more, text in (
        ("ExpandLWSPlugin", "", SET),
        ("RenderModelServing", " (and 1 more)", stream(SET, other)),
        ("InjectLWS", " (and 2 more)", stream(SET, other, other)),
    ):
        at = f"leaderworkerset.x-k8s.io/v1/{LWS_SET}"
        line = line_of("set-not-read", at, function=function, more=more)
        assert program(text, "--function", function).stderr.splitlines()[0] == line
    assert "does not read" not in program(SET, *CONVERT).stderr
    assert "does not read" not in program(SET, *CONVERT, *EXPAND).stderr
    scaler = CONFIG_MAP.replace("mode: fast", "kind: LeaderWorkerSet")
    assert "does not read" not in program(scaler, *EXPAND).stderr


def test_a_disaggregated_set(program: Program) -> None:
    at = "leaderworkerset.x-k8s.io/v1/DisaggregatedSet/serving/chat"
    line = line_of("disaggregated-set", at, more="")
    assert line in program(stream(DISAGGREGATED, SET), *CONVERT).stderr
    assert "DisaggregatedSet" not in program(stream(DISAGGREGATED, SERVING), *RENDER).stderr


def test_an_autoscaler_of_a_set_that_is_not_there(program: Program) -> None:
    lost = HPA.replace("name: chat", "name: lost")
    at = "autoscaling/v2/HorizontalPodAutoscaler/serving/lost spec.scaleTargetRef.name"
    for text in (stream(SET, lost), lost):
        done = program(text, *CONVERT)
        assert [it for it in done.stderr.splitlines() if "not among the items" in it] == [
            line_of("scales-nothing", at)
        ]
        assert lost in done.stdout
    assert "not among the items" not in program(stream(SET, HPA), *CONVERT).stderr


def config(kind: str, annotation: str = "") -> str:
    text = function_config(kind)
    return f"{text}metadata:\n  name: config\n  annotations: {{{annotation}}}\n"


def test_function_configs_among_the_items_are_one_warning(program: Program) -> None:
    text = stream(config("InjectLWS"), WORKER, config("ExpandLWSPlugin"))
    line = line_of("config-among-items", f"{CONFIG}/InjectLWS/config", more=" (and 1 more)")
    assert [it for it in program(text).stderr.splitlines() if "functionConfig" in it] == [line]


@pytest.mark.parametrize("name", ["local-config", "function"])
def test_a_function_config_for_a_host_is_none(program: Program, name: str) -> None:
    text = config("InjectLWS", f'config.kubernetes.io/{name}: "true"')
    assert "functionConfig" not in program(stream(text, WORKER)).stderr


NOTHING = (
    (CONVERT, "LeaderWorkerSet"),
    (EXPAND, "ModelServing"),
    (RENDER, "ModelServing"),
    ((), "Pod or PodTemplate"),
)


@pytest.mark.parametrize(("function", "kinds"), NOTHING)
def test_nothing_found_is_one_line_of_a_stream(
    program: Program, function: tuple[str, ...], kinds: str
) -> None:
    done = program(stream(CONFIG_MAP, CONFIG_MAP), *function)
    assert done.stderr == line_of("nothing-found", kinds=kinds, among="the 2 items") + "\n"
    assert program(CONFIG_MAP, *function).stderr.endswith(" among the 1 item\n")
    quiet = resource_list(CONFIG_MAP)
    assert program(quiet, *function).stderr == ""
    assert program(quiet, *function).stdout == quiet
    assert program("", *function).stderr == ""


def test_nothing_found_in_files(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(stream(CONFIG_MAP, WORKER))
    start = "modelserving-lws: no LeaderWorkerSet or ModelServing among the "
    assert program("", "migrate", ".").stderr == f"{start}2 files\n"
    assert program("", "migrate", "a.yaml").stderr == f"{start}2 items\n"
    assert program(CONFIG_MAP, "migrate", "-").stderr == f"{start}1 item\n"
    done = program("", *EXPAND, "--check", "a.yaml", "b.yaml")
    assert done.stderr == "modelserving-lws: no ModelServing among the 2 files\n"
    assert (done.code, done.stdout) == (0, "")


def test_a_slip_in_a_file_is_found(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text, line = KINDS[0]
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "b.yaml").write_text(SET)
    (tmp_path / "c.yaml").write_text("kind: leaderworkersets: [")
    done = program("", "convert", ".")
    name, _, message = line.removeprefix("[warning] ").partition(" kind: ")
    assert (
        f"\n{name}\n  [warning] kind: LeaderWorkerset (a.yaml:2:1)\n    {message}\n" in done.stdout
    )
    assert done.code == 0
