"""The settings of InjectLWS, and the forms that a functionConfig may have."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from modelserving_lws.config.function_config import KINDS
from tests.leaderworkersets import SET
from tests.manifests import (
    COMPLETE,
    CONFIG_MAP,
    INJECT_LWS,
    INJECTED_WORKER,
    LWS,
    SERVING,
    WORKER,
    indent,
    items_of,
    resource_list,
    results_of,
    stream,
)

if TYPE_CHECKING:
    from tests.running import Program

LOSSY = SET.replace(
    "  leaderWorkerTemplate:\n", "  startupPolicy: LeaderReady\n  leaderWorkerTemplate:\n"
)
OTHER_NAME = WORKER.replace("  labels:\n", f"  labels:\n    {LWS}/name: other\n")
OTHER_ENV = WORKER.replace(
    "    env:\n", '    env:\n    - name: LWS_GROUP_SIZE\n      value: "9" # old\n'
)


def with_spec(spec: str, *manifests: str) -> str:
    return resource_list(*manifests, config=INJECT_LWS + f"spec:\n  {spec}\n")


def config_map(data: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: function-input\ndata:\n  {data}\n"


def test_plugin_names_mean_lws(program: Program) -> None:
    serving = SERVING.replace("name: lws", "name: our-lws")
    text = with_spec("pluginNames: [lws, our-lws]", serving, WORKER)
    assert f"{LWS}/name" in items_of(program(text).bytes)[1]["metadata"]["labels"]
    text = with_spec("pluginNames: [other]", SERVING, WORKER)
    assert program(text).stdout == text


def test_model_servings_fit_by_name_and_namespace(program: Program) -> None:
    for entry, enabled in (
        ("{name: chat, replicas: 1}", True),
        ("{name: chat, namespace: serving, replicas: 1}", True),
        ("{name: chat, namespace: other, replicas: 1}", False),
        ("{name: talk, replicas: 1}", False),
    ):
        text = with_spec(f"modelServings: [{entry}]", WORKER)
        assert (program(text).stdout != text) == enabled, entry


def test_on_conflict_overwrites_by_default(program: Program) -> None:
    for spec in ("onConflict: Overwrite", "pluginNames: [lws]"):
        finished = program(with_spec(spec, SERVING, OTHER_NAME, OTHER_ENV))
        assert finished.code == 0, finished
        _, label, env = items_of(finished.bytes)
        assert label["metadata"]["labels"][f"{LWS}/name"] == "chat"
        names = [entry["name"] for entry in env["spec"]["containers"][0]["env"]]
        assert names[:3] == ["LWS_LEADER_ADDRESS", "LWS_GROUP_SIZE", "LWS_WORKER_INDEX"]
        assert names.count("LWS_GROUP_SIZE") == 1


def test_on_conflict_keep_leaves_the_other_value(program: Program) -> None:
    finished = program(with_spec("onConflict: Keep", SERVING, OTHER_NAME, OTHER_ENV))
    assert finished.code == 0, finished
    _, label, env = items_of(finished.bytes)
    assert label["metadata"]["labels"][f"{LWS}/name"] == "other"
    assert label["metadata"]["labels"][f"{LWS}/group-index"] == "1"
    entries = env["spec"]["containers"][0]["env"]
    assert [(entry["name"], entry["value"]) for entry in entries[:3]] == [
        ("LWS_LEADER_ADDRESS", "chat-1-main-0-0.serving"),
        ("LWS_WORKER_INDEX", "1"),
        ("LWS_GROUP_SIZE", "9"),
    ]
    assert 'value: "9" # old' in finished.stdout
    assert program(finished.bytes).bytes == finished.bytes


@pytest.mark.parametrize(
    ("pod", "path", "found", "proposed"),
    [
        (OTHER_NAME, f"metadata.labels['{LWS}/name']", "other", "chat"),
        (OTHER_ENV, "spec.containers[0].env[0]", "9", "2"),
    ],
)
def test_on_conflict_error_leaves_the_item(
    program: Program, pod: str, path: str, found: str, proposed: str
) -> None:
    text = with_spec("onConflict: Error", SERVING, pod, WORKER)
    finished = program(text)
    assert finished.code == 1
    assert items_of(finished.bytes)[1] == yaml.safe_load(pod)
    assert items_of(finished.bytes)[2] == yaml.safe_load(INJECTED_WORKER)
    error = results_of(finished.bytes)[0]
    assert error["severity"] == "error"
    assert error["field"] == {"path": path, "currentValue": found, "proposedValue": proposed}


def test_an_equal_value_is_no_conflict(program: Program) -> None:
    text = with_spec("onConflict: Error", SERVING, INJECTED_WORKER)
    finished = program(text)
    assert (finished.stdout, finished.code) == (text, 0)


def test_a_number_is_another_value_than_its_string(program: Program) -> None:
    pod = INJECTED_WORKER.replace(f'{LWS}/worker-index: "1"', f"{LWS}/worker-index: 1")
    assert program(stream(SERVING, pod)).stdout == stream(SERVING, INJECTED_WORKER)


WITHOUT_INDEX = WORKER.replace("WORKER_INDEX", "OTHER")


def test_on_missing_derives_by_default(program: Program) -> None:
    for spec in ("onMissing: Derive", "pluginNames: [lws]"):
        pod = items_of(program(with_spec(spec, SERVING, WITHOUT_INDEX)).bytes)[1]
        assert pod["metadata"]["labels"][f"{LWS}/worker-index"] == "1"


def test_on_missing_skip_leaves_the_item_with_a_warning(program: Program) -> None:
    text = with_spec("onMissing: Skip", SERVING, WITHOUT_INDEX, WORKER)
    finished = program(text)
    assert finished.code == 0, finished
    assert items_of(finished.bytes)[1] == yaml.safe_load(WITHOUT_INDEX)
    assert items_of(finished.bytes)[2] == yaml.safe_load(INJECTED_WORKER)
    assert results_of(finished.bytes)[0]["severity"] == "warning"
    assert "`WORKER_INDEX`" in results_of(finished.bytes)[0]["message"]


def test_on_missing_error_leaves_the_item_with_an_error(program: Program) -> None:
    text = with_spec("onMissing: Error", SERVING, WITHOUT_INDEX, WORKER)
    finished = program(text)
    assert finished.code == 1, finished
    assert items_of(finished.bytes)[1] == yaml.safe_load(WITHOUT_INDEX)
    assert results_of(finished.bytes)[0]["severity"] == "error"


@pytest.mark.parametrize(
    ("spec", "path", "message", "current"),
    [
        ("onConflict: overwrite", "spec.onConflict",
         'must be one of "Overwrite", "Keep", "Error"; found "overwrite"', "overwrite"),
        ("onMissing: 3", "spec.onMissing",
         'must be one of "Derive", "Skip", "Error"; found 3', "3"),
        ("onMising: Skip", "spec.onMising",
         "unknown field; allowed are pluginNames, modelServings, onConflict, onMissing, ignore"
         "; did you mean `onMissing`?", None),
        ("pluginNames: lws", "spec.pluginNames", 'must be a list; found "lws"', "lws"),
        ("pluginNames: [1]", "spec.pluginNames[0]", "must be a string; found 1", "1"),
        ("pluginNames: ['']", "spec.pluginNames[0]",
         'must be a string that is not empty; found ""', ""),
        ("modelServings: [{}]", "spec.modelServings[0].name", "must be there", None),
        ("modelServings: [{name: a, x: b}]", "spec.modelServings[0].x",
         "unknown field; allowed are name, namespace, replicas", None),
        ("modelServings: [{name: a, replicas: '1'}]", "spec.modelServings[0].replicas",
         'must be an integer; found "1"', "1"),
        ("modelServings: [{name: a, replicas: -1}]", "spec.modelServings[0].replicas",
         "must be greater than or equal to 0; found -1", "-1"),
        ("modelServings: [{name: a, replicas: 2147483648}]", "spec.modelServings[0].replicas",
         "must be less than or equal to 2147483647; found 2147483648", "2147483648"),
        ("modelServings: {a: b}", "spec.modelServings", "must be a list; found a mapping",
         '{"a": "b"}'),
        ("modelServings: [[]]", "spec.modelServings[0]", "must be a mapping; found a list", "[]"),
        ("modelServings: [{name: null}]", "spec.modelServings[0].name",
         "must be a string; found null", "null"),
    ],
)  # fmt: skip
def test_a_bad_setting_is_an_error_and_nothing_changes(
    program: Program, spec: str, path: str, message: str, current: str | None
) -> None:
    text = with_spec(spec, SERVING, WORKER)
    finished = program(text)
    assert finished.code == 1
    assert finished.stdout.startswith(text + "results:\n")
    field = {"path": path} if current is None else {"path": path, "currentValue": current}
    assert results_of(finished.bytes) == [
        {
            "message": message,
            "severity": "error",
            "resourceRef": {
                "apiVersion": "fn.serving.volcano.sh/v1alpha1",
                "kind": "InjectLWS",
            },
            "field": field,
        }
    ]
    assert finished.stderr == (
        f"[error] fn.serving.volcano.sh/v1alpha1/InjectLWS/functionConfig {path}: {message}\n"
    )


@pytest.mark.parametrize(
    ("spec", "path", "message"),
    [
        ("onConflict: overwrite", "spec.onConflict",
         'must be one of "Overwrite", "Keep", "Error"; found "overwrite"'),
        ("onMising: Skip", "spec.onMising",
         "unknown field; allowed are pluginNames, modelServings, onConflict, onMissing, ignore"
         "; did you mean `onMissing`?"),
        ("pluginNames: [1]", "spec.pluginNames", "must be a list of valid entries; found a list"),
    ],
)  # fmt: skip
def test_without_jsonschema_a_bad_setting_is_an_error_too(
    program: Program, monkeypatch: pytest.MonkeyPatch, spec: str, path: str, message: str
) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    finished = program(with_spec(spec, SERVING, WORKER))
    assert finished.code == 1
    (result,) = results_of(finished.bytes)
    assert (result["field"]["path"], result["message"]) == (path, message)


def test_without_jsonschema_an_option_is_checked_too(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    finished = program(SET, "migrate", "-", "--set", "maxGroups=0", "--set", "roleName=engine")
    assert (finished.code, finished.stdout) == (2, "")
    assert finished.stderr == (
        "[error] maxGroups: must be an integer, greater than or equal to 1, less than or equal to "
        "6000; found 0\n"
    )
    assert program(SET, "migrate", "-", "--set", "maxGroups=1").code == 0


def test_all_problems_of_a_function_config_are_reported(program: Program) -> None:
    finished = program(with_spec("{a: 1, b: 2, onMissing: x, modelServings: [1, {}]}", WORKER))
    paths = [result["field"]["path"] for result in results_of(finished.bytes)]
    assert sorted(paths) == [
        "spec.a",
        "spec.b",
        "spec.modelServings[0]",
        "spec.modelServings[1].name",
        "spec.onMissing",
    ]


@pytest.mark.parametrize(
    ("config", "path", "known"),
    [
        ("apiVersion: fn.serving.volcano.sh/v1alpha1\nkind: SetLabels\n", "kind", '"InjectLWS"'),
        (
            "apiVersion: fn.serving.volcano.sh/v2\nkind: InjectLWS\n",
            "apiVersion",
            '"fn.serving.volcano.sh/v1alpha1"',
        ),
        ("kind: InjectLWS\n", "apiVersion", "found nothing"),
        ("a: b\n", "kind", ", ".join(f'"{kind}"' for kind in (*KINDS, "ConfigMap"))),
    ],
)
def test_an_unknown_kind_or_version_names_the_known_ones(
    program: Program, config: str, path: str, known: str
) -> None:
    text = resource_list(SERVING, WORKER, config=config)
    finished = program(text)
    assert finished.code == 1
    assert finished.stdout.startswith(text + "results:\n")
    assert results_of(finished.bytes)[0]["field"]["path"] == path
    assert known in results_of(finished.bytes)[0]["message"]


@pytest.mark.parametrize("config", ["3\n", "[a]\n", "{<<: 3, a: b}\n", "text\n"])
def test_a_function_config_of_another_shape_is_an_error(program: Program, config: str) -> None:
    text = resource_list(SERVING, WORKER, config=config)
    finished = program(text)
    assert finished.code == 1
    assert finished.stdout.startswith(text + "results:\n")


def test_a_field_outside_of_the_spec_is_an_error(program: Program) -> None:
    text = resource_list(SERVING, WORKER, config=INJECT_LWS + "onMissing: Skip\n")
    assert results_of(program(text).bytes)[0]["field"]["path"] == "onMissing"


@pytest.mark.parametrize(
    "config",
    [
        "",
        "{}\n",
        "null\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: function-input\n",
        config_map("{}").replace("data:\n  {}", "data: {}"),
        config_map("").replace("data:\n  \n", "data:\n"),
        INJECT_LWS,
        INJECT_LWS + "metadata: {name: x, annotations: {a: b}}\nspec:\n",
        INJECT_LWS + "spec: {}\n",
        config_map("onConflict: Overwrite\n  onMissing: Derive"),
    ],
)
def test_no_settings_are_the_defaults(program: Program, config: str) -> None:
    finished = program(resource_list(SERVING, WORKER, config=config))
    assert finished.code == 0, finished
    assert indent(INJECTED_WORKER, 2) in finished.stdout


def test_a_config_map_takes_the_scalar_settings(program: Program) -> None:
    text = resource_list(SERVING, OTHER_NAME, config=config_map("onConflict: Keep"))
    assert items_of(program(text).bytes)[1]["metadata"]["labels"][f"{LWS}/name"] == "other"


@pytest.mark.parametrize(
    ("function", "data", "path", "message"),
    [
        ("ConvertLeaderWorkerSet", 'allowLossy: "yes"', "allowLossy",
         'must be true or false; found "yes"'),
        ("ConvertLeaderWorkerSet", "roleName: Main", "roleName",
         "must be 1 to 12 lower-case letters, digits and `-`, starting with a letter and not ending"
         ' with `-`; found "Main"'),
        ("ExpandLWSPlugin", 'maxGroups: "0"', "maxGroups",
         "must be greater than or equal to 1; found 0"),
        ("ExpandLWSPlugin", "maxGroups: many", "maxGroups", 'must be an integer; found "many"'),
        ("ExpandLWSPlugin", "maxGroup: '1'", "maxGroup",
         "unknown field; allowed are via, maxGroups, emitPolicy, kthena; "
         "did you mean `maxGroups`?"),
        ("RenderModelServing", "allowLossy: 'true'", "allowLossy",
         "unknown field; allowed are keepModelServing, services, kthena"),
    ],
)  # fmt: skip
def test_a_config_map_of_another_function_is_checked(
    program: Program, function: str, data: str, path: str, message: str
) -> None:
    text = resource_list(SERVING, config=config_map(data))
    finished = program(text, "--function", function)
    assert finished.code == 1
    (result,) = results_of(finished.bytes)
    assert result["field"]["path"] == f"data.{path}"
    assert result["message"] == message


@pytest.mark.parametrize("text", ["true", '"true"'])
def test_a_config_map_takes_the_scalar_settings_of_the_function_that_is_named(
    program: Program, text: str
) -> None:
    config = config_map(f"allowLossy: {text}\n  roleName: 'true'")
    finished = program(resource_list(LOSSY, config=config), "--function", "ConvertLeaderWorkerSet")
    assert finished.code == 0, finished
    (converted,) = items_of(finished.bytes)
    assert converted["spec"]["template"]["roles"][0]["name"] == "true"
    policy = program(
        resource_list(COMPLETE, config=config_map('via: AdmissionPolicy\n  maxGroups: "2"')),
        "--function",
        "ExpandLWSPlugin",
    )
    (serving, *_) = items_of(policy.bytes)
    keys = serving["metadata"]["annotations"]["modelserving.volcano.sh/lws-group-keys"]
    assert len(keys.split(",")) == 2


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        ("onConflict: keep", "data.onConflict", 'must be one of "Overwrite", "Keep", "Error"'),
        ("onMissing: true", "data.onMissing", "found true"),
        ("pluginNames: lws", "data.pluginNames", "allowed are onConflict, onMissing"),
        ("other: x", "data.other", "allowed are onConflict, onMissing"),
    ],
)
def test_a_config_map_is_checked_as_well(
    program: Program, data: str, path: str, message: str
) -> None:
    finished = program(resource_list(SERVING, WORKER, config=config_map(data)))
    assert finished.code == 1
    assert results_of(finished.bytes)[0]["field"]["path"] == path
    assert message in results_of(finished.bytes)[0]["message"]
    assert results_of(finished.bytes)[0]["resourceRef"]["name"] == "function-input"


def test_the_file_of_a_function_config_is_named(program: Program) -> None:
    config = (
        INJECT_LWS + "metadata:\n  annotations:\n    config.kubernetes.io/path: fn.yaml\n"
        "    config.kubernetes.io/index: '2'\nspec: {a: b}\n"
    )
    finished = program(resource_list(CONFIG_MAP, config=config))
    assert results_of(finished.bytes)[0]["file"] == {"path": "fn.yaml", "index": 2}
    assert "(file fn.yaml, index 2)" in finished.stderr
