"""The wire: the forms of stdin, what the program writes to stdout and stderr, and exit codes."""

from __future__ import annotations

import difflib
import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from modelserving_lws.config.function_config import KINDS
from tests.manifests import (
    CONFIG_MAP,
    ENTRY,
    INJECT_LWS,
    INJECTED_WORKER,
    MSV,
    SERVING,
    WORKER,
    indent,
    resource_list,
    results_of,
    stream,
)
from tests.messages import text_of
from tests.running import PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

BAD = WORKER.replace('value: "1"', 'value: "x"')
INFO = "wrote the LWS contract into 1 pod of 1 ModelServing: 4 labels, 2 annotations, 3 env vars"


def in_list(*manifests: str) -> str:
    items = "".join("- " + indent(item, 2) for item in manifests)
    return f"apiVersion: v1\nitems:\n{items}kind: List\nmetadata:\n  resourceVersion: ''\n"


# In


@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1alpha1"])
def test_the_versions_of_a_resource_list(program: Program, version: str) -> None:
    text = resource_list(SERVING, WORKER).replace(
        "kubernetes.io/v1\n", f"kubernetes.io/{version}\n"
    )
    finished = program(text)
    assert finished.code == 0, finished
    assert indent(INJECTED_WORKER, 2) in finished.stdout


def test_the_function_config_may_stand_before_the_items(program: Program) -> None:
    text = resource_list(SERVING, WORKER)
    head, items = text.split("items:")
    config = "functionConfig:\n  " + indent(INJECT_LWS + "spec: {pluginNames: [x]}\n", 2)
    text = f"{head}{config}items:{items}"
    assert program(text).stdout == text
    text = text.replace("[x]", "[lws]")
    finished = program(text)
    assert indent(INJECTED_WORKER, 2) + "results:\n- message:" in finished.stdout


def test_items_may_start_with_a_comment(program: Program) -> None:
    text = resource_list(SERVING, "# a worker\n" + WORKER)
    finished = program(text)
    assert "- # a worker\n  apiVersion: v1\n" in finished.stdout
    assert indent(INJECTED_WORKER, 2) in finished.stdout


def test_items_may_lack_kind_and_version(program: Program) -> None:
    text = resource_list("a: b\n", SERVING, WORKER, "kind: Pod\n", "apiVersion: v1\n")
    finished = program(text)
    assert finished.code == 0, finished
    assert indent(INJECTED_WORKER, 2) in finished.stdout


@pytest.mark.parametrize("dump", [{"indent": 2}, {"indent": 4}, {}, {"separators": (",", ":")}])
def test_json_stays_json(program: Program, dump: dict[str, Any]) -> None:
    document = yaml.safe_load(resource_list(SERVING, WORKER, CONFIG_MAP))
    document["items"][2]["data"] = {"emoji": "\U0001f600", "long" * 500: "\t\x7f/"}
    text = json.dumps(document, **dump)
    finished = program(text)
    assert finished.code == 0, finished
    after = json.loads(finished.stdout)
    assert after["items"][1] == yaml.safe_load(INJECTED_WORKER)
    assert after["items"][0] == document["items"][0]
    assert after["items"][2] == document["items"][2]
    assert [result["message"] for result in after["results"]] == [INFO]
    assert program(finished.bytes).bytes == finished.bytes


def test_json_with_tabs_is_read(program: Program) -> None:
    text = json.dumps(yaml.safe_load(in_list(SERVING, WORKER)), indent="\t")
    finished = program(text)
    assert json.loads(finished.stdout)["items"][1] == yaml.safe_load(INJECTED_WORKER)


def test_a_stream_of_manifests_comes_out_as_one(program: Program) -> None:
    text = f"# Source: chart\n---\n{SERVING}---\n# empty\n---\n{WORKER}---\n{CONFIG_MAP}...\n"
    finished = program(text)
    assert finished.stdout == text.replace(WORKER, INJECTED_WORKER)
    assert finished.stderr == f"[info] {INFO}\n"
    assert finished.code == 0


def test_a_list_comes_out_as_one(program: Program) -> None:
    text = in_list(SERVING, WORKER, CONFIG_MAP)
    finished = program(text)
    assert finished.stdout == in_list(SERVING, INJECTED_WORKER, CONFIG_MAP)
    assert finished.stderr == f"[info] {INFO}\n"


def test_several_lists_and_manifests_may_stand_in_a_stream(program: Program) -> None:
    text = stream(in_list(SERVING), CONFIG_MAP, in_list(WORKER, CONFIG_MAP), WORKER)
    injected = stream(
        in_list(SERVING), CONFIG_MAP, in_list(INJECTED_WORKER, CONFIG_MAP), INJECTED_WORKER
    )
    assert program(text).stdout == injected


def test_a_list_among_the_items_is_opened(program: Program) -> None:
    text = resource_list(in_list(SERVING, in_list(WORKER)), CONFIG_MAP)
    finished = program(text)
    assert finished.stdout.startswith(
        resource_list(in_list(SERVING, in_list(INJECTED_WORKER)), CONFIG_MAP)
    )


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n# nothing\n---\n", "   "])
def test_nothing_comes_out_as_nothing(program: Program, text: str) -> None:
    finished = program(text)
    assert (finished.stdout, finished.stderr, finished.code) == (text, "", 0)


# Out


@pytest.mark.parametrize(
    "text",
    [
        resource_list(CONFIG_MAP),
        resource_list(),
        resource_list(CONFIG_MAP, config=INJECT_LWS),
        resource_list(SERVING, INJECTED_WORKER),
        resource_list(CONFIG_MAP).replace("\n", "\r\n"),
        resource_list(CONFIG_MAP).rstrip("\n"),
        "\ufeff" + resource_list(CONFIG_MAP),
        in_list(),
        stream(CONFIG_MAP, CONFIG_MAP),
    ],
)
def test_a_run_with_nothing_to_do_gives_its_input(program: Program, text: str) -> None:
    finished = program(text)
    is_stream = text == stream(CONFIG_MAP, CONFIG_MAP)
    nothing = "[info] no Pod or PodTemplate among the 2 items\n" if is_stream else ""
    assert (finished.stdout, finished.stderr, finished.code) == (text, nothing, 0)


BROKEN = CONFIG_MAP.replace("mode: fast  # kept", "mode: fast: slow")


@pytest.mark.parametrize(
    ("text", "item"),
    [
        (stream(BROKEN, SERVING, WORKER), BROKEN),
        (resource_list(BROKEN, SERVING, WORKER), indent(BROKEN, 2)),
    ],
)
def test_what_nobody_asks_for_may_be_broken(program: Program, text: str, item: str) -> None:
    finished = program(text)
    assert (finished.code, item in finished.stdout) == (0, True), finished
    assert "LWS_LEADER_ADDRESS" in finished.stdout


def test_a_second_run_gives_the_same_bytes(program: Program) -> None:
    second = ENTRY.replace("main-0", "main-1")
    text = resource_list(SERVING, ENTRY, second, BAD, WORKER)
    once = program(text)
    assert [result["severity"] for result in results_of(once.bytes)] == ["error", "warning", "info"]
    twice = program(once.bytes)
    assert twice.bytes == once.bytes
    assert twice.code == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "results:\n- message: MESSAGE\n  severity: info\n"),
        ("results: []\n", "results:\n- message: MESSAGE\n  severity: info\n"),
        ("results:\n", "results:\n- message: MESSAGE\n  severity: info\n"),
        (
            "results:\n  - message: 'old' # kept\n",
            "results:\n  - message: 'old' # kept\n  - message: MESSAGE\n    severity: info\n",
        ),
        (
            "results: [{message: old}]\n",
            "results: [{message: old}, {message: MESSAGE, severity: info}]\n",
        ),
        (
            "results:\n  name: fn\n  items:\n  - message: old\n",
            "results:\n  name: fn\n  items:\n  - message: old\n"
            "  - message: MESSAGE\n    severity: info\n",
        ),
    ],
)
def test_results_of_an_earlier_function_stay(program: Program, before: str, after: str) -> None:
    finished = program(resource_list(SERVING, WORKER, results=before))
    wanted = resource_list(SERVING, INJECTED_WORKER, results=after.replace("MESSAGE", f'"{INFO}"'))
    assert finished.stdout == wanted


def test_a_result_names_object_field_and_file(program: Program) -> None:
    annotations = (
        "  annotations:\n    config.kubernetes.io/path: old.yaml\n"
        "    internal.config.kubernetes.io/path: pods.yaml\n"
        "    internal.config.kubernetes.io/index: '3'\n"
    )
    finished = program(resource_list(SERVING, BAD.replace("spec:\n", annotations + "spec:\n", 1)))
    message = text_of("wrong-variable", name="WORKER_INDEX", found='"x"')
    assert results_of(finished.bytes) == [
        {
            "message": message,
            "severity": "error",
            "resourceRef": {
                "apiVersion": "v1",
                "kind": "Pod",
                "name": "chat-1-main-0-1",
                "namespace": "serving",
            },
            "field": {"path": "spec.containers[0].env[2].value", "currentValue": "x"},
            "file": {"path": "pods.yaml", "index": 3},
        }
    ]
    assert finished.stderr == (
        "[error] v1/Pod/serving/chat-1-main-0-1 spec.containers[0].env[2].value: "
        f"{message} (file pods.yaml, index 3)\n"
    )
    assert finished.code == 1


def test_an_item_without_a_name_is_named_by_its_place(program: Program) -> None:
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{annotations: {{{MSV}/plugins: lws}}}}\n"
    assert "v1/Pod/items[1] metadata:" in program(resource_list(CONFIG_MAP, pod)).stderr


def test_a_run_that_changed_something_counts_it(program: Program) -> None:
    finished = program(resource_list(SERVING, WORKER, ENTRY))
    assert results_of(finished.bytes) == [
        {
            "message": "wrote the LWS contract into 2 pods of 1 ModelServing: 8 labels, "
            "4 annotations, 6 env vars",
            "severity": "info",
        }
    ]
    assert finished.stderr == ""


def test_a_model_serving_without_its_pods_is_a_warning(program: Program) -> None:
    for text in (stream(SERVING), stream(SERVING, WORKER.replace("name: chat\n", "name: other\n"))):
        finished = program(text)
        assert (finished.stdout, finished.code) == (text, 0)
        assert finished.stderr.startswith(
            "[warning] workload.serving.volcano.sh/v1alpha1/ModelServing/serving/chat spec.plugins"
        )
        assert "ExpandLWSPlugin" in finished.stderr


def test_a_model_serving_with_pods_out_of_scope_is_none(program: Program) -> None:
    serving = SERVING.replace("type: BuiltIn", "scope: {target: Entry}")
    text = stream(serving, WORKER)
    finished = program(text)
    assert (finished.stdout, finished.stderr) == (text, "")


@pytest.mark.parametrize(
    ("plugins", "path", "part"),
    [
        ("3", "spec.plugins", 'must be a list; found "3"'),
        ("[3]", "spec.plugins[0]", 'must be a mapping; found "3"'),
        ("[{name: []}]", "spec.plugins[0].name", "must be a string; found a list"),
        ("[{name: lws, scope: 3}]", "spec.plugins[0].scope", "must be a mapping"),
        ("[{name: lws, scope: {roles: x}}]", "spec.plugins[0].scope.roles", "must be a list"),
        ("[{name: lws, scope: {roles: [{}]}}]", "spec.plugins[0].scope.roles[0]", "a string"),
        (
            "[{name: lws, scope: {target: entry}}]",
            "spec.plugins[0].scope.target",
            'must be one of "All", "Entry", "Worker"; found "entry"',
        ),
    ],
)
def test_a_model_serving_with_bad_plugins_is_an_error(
    program: Program, plugins: str, path: str, part: str
) -> None:
    serving = SERVING.replace("\n  - name: lws\n    type: BuiltIn", f" {plugins}")
    text = stream(serving, WORKER)
    finished = program(text)
    assert (finished.stdout, finished.code) == (text, 1)
    assert len(finished.stderr.splitlines()) == 1
    assert f"ModelServing/serving/chat {path}: " in finished.stderr
    assert part in finished.stderr


@pytest.mark.parametrize(
    ("old", "new", "path", "part"),
    [
        ("    env:\n", "    env: {}\n    x:\n", "spec.containers[0].env", "must be a list"),
        ("    env:\n", "    env: secret\n    x:\n", "spec.containers[0].env", "must be a list"),
        ("    env:\n", "    env: [secret]\n    x:\n", "spec.containers[0].env[0]", "a scalar"),
        ("  labels:\n", "  labels: []\n  annotations:\n", "metadata.labels", "found a list"),
        ("  labels:\n", "  annotations: x\n  labels:\n", "metadata.annotations", 'found "x"'),
        ("  containers:\n", "  containers: null\n  x:\n", "spec.containers", "found none"),
        ("  containers:\n", "  containers: []\n  x:\n", "spec.containers", "found none"),
        ("  containers:\n", "  containers: {}\n  x:\n", "spec.containers", "must be a list"),
        ("  containers:\n", "  containers: [x]\n  x:\n", "spec.containers[0]", "a mapping"),
        ("  containers:\n", "  initContainers: 1\n  containers:\n", "spec.initContainers", "list"),
        ("spec:\n", "spec: null\nx:\n", "spec", "must be a mapping; found nothing"),
        ("spec:\n", "spec: []\nx:\n", "spec", "must be a mapping; found a list"),
        ("spec:\n", "spec: {}\nspec:\n", "spec", "must not be there twice"),
        ("    env:\n", "    env: []\n    env:\n", "spec.containers[0].env", "there twice"),
        ("      value: chat-1-main-0-0.serving\n", "      value: [a]\n",
         "spec.containers[0].env[1].value", "must be a string; found a list"),
        ("  labels:\n", "  labels:\n    leaderworkerset.sigs.k8s.io/name: [a]\n",
         "metadata.labels['leaderworkerset.sigs.k8s.io/name']", "must be a string"),
        ("  labels:\n", "  labels:\n    <<: text\n", "metadata", "must be a mapping"),
    ],
)  # fmt: skip
def test_a_pod_of_the_wrong_shape_is_one_error(
    program: Program, old: str, new: str, path: str, part: str
) -> None:
    owner = (
        "metadata:\n  ownerReferences: [{apiVersion: workload.serving.volcano.sh/v1alpha1, "
        "kind: ModelServing, name: chat}]\n"
    )
    bad = WORKER.replace(old, new, 1).replace("metadata:\n", owner, 1)
    finished = program(stream(SERVING, bad, WORKER))
    assert finished.stdout == stream(SERVING, bad, INJECTED_WORKER)
    assert finished.code == 1
    errors = [line for line in finished.stderr.splitlines() if line.startswith("[error]")]
    assert len(errors) == 1, finished
    assert f"v1/Pod/serving/chat-1-main-0-1 {path}" in errors[0]
    assert part in errors[0]


# Unreadable input


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a: [1\n", "line 2, column 1", "not YAML"),
        ("a: b\n  c: d\n", "line 2, column 4", "not YAML"),
        (resource_list("kind: b: c\n"), "line 4, column 10", "not YAML"),
        (resource_list("kind: Pod\na: [\n"), "line 6", "not YAML"),
        ("a: 1\nb: *nowhere\n", "line 2, column 4", "`*nowhere` has no anchor"),
        ("just text\n", "line 1, column 1", text_of("no-manifest")),
        ("# list\n- a\n- b\n", "line 2, column 1", text_of("no-manifest")),
        ("a: 1\n---\n3\n", "line 3, column 1", text_of("no-manifest")),
        (resource_list().replace("[]", "3"), "line 3, column 8", "`items` must be a list"),
        (resource_list().replace("[]", "{}"), "line 3, column 8", "`items` must be a list"),
        (in_list(CONFIG_MAP).replace("items:", "items: 3\nx:"), "line 2", "`items` must be a list"),
        (resource_list(results="results: 3\n"), "line 4, column 10", "`results` must be a list"),
        (resource_list().replace(".io/v1", ".io/v2"), "line 1, column 13", "kubernetes.io/v1"),
        (stream(resource_list(), CONFIG_MAP), "line 1, column 1", "must be the only document"),
        ("a: b\n---\n" + resource_list(CONFIG_MAP), "line 3, column 1", "the only document"),
        (resource_list(CONFIG_MAP) + "---\na: b\n", "line 1, column 1", "the only document"),
        (resource_list(CONFIG_MAP, config=INJECT_LWS) + "- a: b\n", "line 13, column 1", "YAML"),
        ("a: \x07\n", "line 1, column 4", "'\\x07' is not allowed"),
        ("é: \x00\n", "line 1, column 4", "'\\x00' is not allowed"),
        ("{\"a\": 1,\n !}", "line 2", "not YAML"),
        ("\ufeffa: b: c\n", "line 1", "not YAML"),
    ],
)  # fmt: skip
def test_unreadable_input_is_one_line(program: Program, text: str, line: str, part: str) -> None:
    finished = program(text)
    assert (finished.stdout, finished.code) == ("", 1), finished
    assert finished.stderr.count("\n") == 1, finished
    assert finished.stderr.startswith(f"modelserving-lws: {line}")
    assert part in finished.stderr


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"a: \xff\n", "line 1, column 4: not UTF-8"),
        ("é: b\nc: ".encode() + b"\xc3\n", "line 2, column 4: not UTF-8"),
        ("a: b\n".encode("utf-16"), "line 1, column 1: not UTF-8, but UTF-16"),
    ],
)
def test_bytes_that_are_no_utf_8_are_one_line(program: Program, text: bytes, line: str) -> None:
    finished = program(text)
    assert (finished.stdout, finished.code) == ("", 1)
    assert finished.stderr == f"modelserving-lws: {line}\n"


# The command line


def test_function_names_the_function(program: Program) -> None:
    finished = program(stream(SERVING, WORKER), "--function", "InjectLWS")
    assert finished.stdout == stream(SERVING, INJECTED_WORKER)
    text = stream(SERVING, WORKER)
    finished = program(text, "--function", "SetLabels")
    assert (finished.stdout, finished.code) == (text, 1)
    kinds = ", ".join(f'"{kind}"' for kind in KINDS)
    assert finished.stderr == f'[error] --function: must be one of {kinds}; found "SetLabels"\n'


def test_function_must_agree_with_the_function_config(program: Program) -> None:
    text = resource_list(SERVING, WORKER, config=INJECT_LWS)
    assert program(text, "--function", "InjectLWS").code == 0
    finished = program(text, "--function", "ExpandLWSPlugin")
    assert (finished.code, finished.stdout[: len(text)]) == (1, text)
    message = text_of("config-of-another-function", function='"ExpandLWSPlugin"')
    assert f"InjectLWS/functionConfig kind: {message}\n" in finished.stderr


def test_config_names_a_file_with_a_function_config(program: Program, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(INJECT_LWS + "spec: {modelServings: [{name: chat, replicas: 2}]}\n")
    finished = program(WORKER, "--config", str(config))
    assert finished.stdout == INJECTED_WORKER
    assert finished.code == 0


@pytest.mark.parametrize(
    ("config", "part"),
    [
        (INJECT_LWS + "spec: {a: b}\n", "spec.a: unknown field"),
        (stream(INJECT_LWS, INJECT_LWS), text_of("config-not-one")),
        ("a: [\n", "config.yaml: line 2, column 1: not YAML"),
    ],
)
def test_a_bad_config_file_is_an_error(
    program: Program, tmp_path: Path, config: str, part: str
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(config)
    finished = program(stream(SERVING, WORKER), "--config", str(file))
    assert finished.code == 1
    assert finished.stdout in ("", stream(SERVING, WORKER))
    assert part in finished.stderr


def test_a_config_file_that_is_not_there_is_an_error(program: Program, tmp_path: Path) -> None:
    finished = program(WORKER, "--config", str(tmp_path / "none.yaml"))
    assert (finished.stdout, finished.code) == ("", 1)
    assert finished.stderr.startswith("modelserving-lws: ")
    assert "none.yaml" in finished.stderr


def test_a_config_file_beside_a_function_config_is_an_error(
    program: Program, tmp_path: Path
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(INJECT_LWS)
    finished = program(resource_list(SERVING, WORKER, config=INJECT_LWS), "--config", str(file))
    assert finished.code == 1
    assert "--config must not be given" in finished.stderr


def test_diff_stands_in_place_of_the_output(program: Program) -> None:
    finished = program(stream(SERVING, WORKER), "--diff")
    assert finished.code == 0
    before, after = stream(SERVING, WORKER), stream(SERVING, INJECTED_WORKER)
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    assert finished.stdout == "".join(difflib.unified_diff(old, new, "before", "after"))
    assert program(CONFIG_MAP, "--diff").stdout == ""


def test_help_and_version(program: Program) -> None:
    shown = program("", "--help")
    assert shown.code == 0
    options = ("--function", "--config", "--diff", "--check")
    prints = ("--print-policy", "--print-webhook-guard")
    for word in ("usage: modelserving-lws", *options, *prints, "InjectLWS"):
        assert word in shown.stdout
    version = program("", "--version")
    assert version.code == 0
    assert version.stdout.startswith("modelserving-lws 0.")


@pytest.mark.parametrize("arguments", [["--nothing"], ["file.yaml"], ["--config"]])
def test_wrong_usage_exits_with_2(program: Program, arguments: list[str]) -> None:
    finished = program("", *arguments)
    assert (finished.stdout, finished.code) == ("", 2)
    assert finished.stderr.startswith("usage: modelserving-lws")


def test_a_terminal_on_stdin_shows_the_usage(environment: dict[str, str]) -> None:
    import pty

    main, terminal = pty.openpty()
    process = subprocess.run(
        [PROGRAM], stdin=terminal, capture_output=True, check=False, env=environment
    )
    assert process.returncode == 2
    assert process.stdout == b""
    assert process.stderr.startswith(b"usage: modelserving-lws")
    del main


def test_the_module_is_the_program(environment: dict[str, str]) -> None:
    process = subprocess.run(
        [PROGRAM.parent / "python", "-m", "modelserving_lws"],
        input=stream(SERVING, WORKER).encode(),
        capture_output=True,
        check=True,
        env=environment,
    )
    assert process.stdout.decode() == stream(SERVING, INJECTED_WORKER)
