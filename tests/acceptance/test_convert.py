"""ConvertLeaderWorkerSet: whole documents in and out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from modelserving_lws.results.messages import MESSAGES
from tests.leaderworkersets import (
    HPA,
    HPA_AFTER,
    ONE_TEMPLATE,
    SCALED_OBJECT,
    SCALED_OBJECT_AFTER,
    SERVICE,
    SERVING,
    SET,
    VPA,
    VPA_AFTER,
    config,
)
from tests.manifests import CONFIG_MAP, items_of, resource_list, results_of, stream
from tests.messages import line_of, text_of
from tests.running import CONVERT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Finished, Program


def problems(finished: Finished) -> list[tuple[str, str]]:
    """Severity and path of what is no info, and has a path."""
    return [
        (result["severity"], result["field"]["path"])
        for result in results_of(finished.bytes)
        if result["severity"] != "info" and "field" in result
    ]


HAZARDS = [f"{line_of(name)}. {MESSAGES[name][2]}" for name in ("delete-first", "webhook")]

# Slips


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("    size: 3", "    sise: 3", "unknown-lws-field spec.leaderWorkerTemplate.sise size"),
        ("    size: 3", "    Size: 3", "unknown-lws-field spec.leaderWorkerTemplate.Size size"),
        ("    leaderTemplate:", "    leadTemplate:",
         "unknown-lws-field spec.leaderWorkerTemplate.leadTemplate leaderTemplate"),
        ("  replicas: 2", "  replica: 2", "unknown-lws-field spec.replica replicas"),
        ("  namespace: serving", "  namespaces: serving",
         "unknown-lws-field metadata.namespaces namespace"),
    ],
)  # fmt: skip
def test_a_typo_is_told_with_the_field_that_is_near(
    program: Program, old: str, new: str, line: str
) -> None:
    id_, path, meant = line.split()
    finished = program(SET.replace(old, new, 1), *CONVERT)
    (found,) = (it for it in finished.stderr.splitlines() if f" {path}: is no" in it)
    text = text_of(id_, meant=f"; did you mean `{meant}`?")
    assert found.endswith(f" {path}: {text} {MESSAGES[id_][2]}")


def test_the_text_of_a_chart_is_called_so(program: Program) -> None:
    chart = SET.replace("size: 3", "size: {{ .Values.size }}").replace(
        "name: chat\n", "name: {{ .Release.Name }}\n", 1
    )
    finished = program(chart, *CONVERT)
    assert finished.code == 1
    (found,) = (it for it in finished.stderr.splitlines() if "[error]" in it)
    text = text_of("helm-template", problem="has `{{` outside of quotes")
    assert found.endswith(f" metadata.name: {text}")


NAME, MEMORY = "  name: chat\n", "        # Shared memory for NCCL.\n"
SELECTOR = "spec.leaderWorkerTemplate.workerTemplate.spec.nodeSelector"


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (NAME, f"{NAME}  annotations: {{{{ .Values.a }}}}\n", "metadata.annotations"),
        (NAME, f"{NAME}  annotations:\n    {{{{ .Values.a }}}}: a\n", "metadata.annotations"),
        (NAME, f"{NAME}  annotations: {{a: {{{{ .Values.a }}}} }}\n", "metadata.annotations.a"),
        (MEMORY, f"        nodeSelector: {{{{ .x | toYaml }}}}\n{MEMORY}", SELECTOR),
    ],
)
def test_a_template_that_is_yaml_is_called_so(
    program: Program, old: str, new: str, path: str
) -> None:
    assert old in SET
    finished = program(SET.replace(old, new, 1), *CONVERT)
    assert f" {path}: " + text_of("helm-template", problem="has `{{` outside of quotes") in (
        finished.stderr
    )
    assert finished.stdout == SET.replace(old, new, 1)


@pytest.mark.parametrize("value", ["${SIZE}", "${SIZE:=3}", '"${SIZE:-3}"'])
def test_a_variable_of_flux_is_called_so(program: Program, value: str) -> None:
    finished = program(SET.replace("size: 3", f"size: {value}"), *CONVERT)
    assert finished.code == 1
    assert ", which looks like a variable that Flux or envsubst replaces" in finished.stderr


def test_braces_in_quotes_are_no_template(program: Program) -> None:
    text = SET.replace(
        "  name: chat\n", '  name: chat\n  annotations: {a: "{{ b }}", c: "{}"}\n', 1
    )
    assert program(text, *CONVERT).code == 0


# Comments


def test_many_comments_without_a_place_are_counted(program: Program) -> None:
    lost = "".join(f"  # {number}\n" for number in range(100))
    finished = program(SET.replace("  namespace:", f"{lost}  uid: a\n  namespace:", 1), *CONVERT)
    told = [line for line in finished.stderr.splitlines() if "the comment" in line]
    assert len(told) == 20
    assert told[0].endswith(text_of("comment-left-out", comment='"# 0"', more=""))
    assert told[-1].endswith(text_of("comment-left-out", comment='"# 19"', more=" (and 80 more)"))


# The whole


def test_a_set_becomes_a_modelserving_with_its_comments(program: Program) -> None:
    finished = program(stream(CONFIG_MAP, SET, HPA, SCALED_OBJECT, VPA, SERVICE), *CONVERT)
    expected = stream(CONFIG_MAP, SERVING, HPA_AFTER, SCALED_OBJECT_AFTER, VPA_AFTER, SERVICE)
    assert finished.stdout == expected
    assert finished.code == 0
    *hazards, done = finished.stderr.splitlines()
    assert hazards == HAZARDS
    assert done == "[info] turned 1 LeaderWorkerSet into 1 ModelServing; 3 autoscalers followed"
    again = program(finished.bytes, *CONVERT)
    assert again.bytes == finished.bytes
    assert again.stderr == "[info] no LeaderWorkerSet among the 6 items\n"


def test_a_list_and_a_stream_come_to_the_same(program: Program) -> None:
    in_list = program(resource_list(CONFIG_MAP, SET, HPA, config=config()))
    assert in_list.code == 0, in_list
    expected = resource_list(CONFIG_MAP, SERVING, HPA_AFTER, config=config())
    assert in_list.stdout.startswith(expected.replace("\n  \n", "\n\n") + "results:\n")
    again = program(in_list.bytes)
    assert again.bytes == in_list.bytes


def test_json_stays_json(program: Program) -> None:
    manifest = json.dumps({"kind": "List", "apiVersion": "v1", "items": [yaml.safe_load(SET)]})
    finished = program(manifest, *CONVERT)
    assert json.loads(finished.stdout)["items"] == [yaml.safe_load(SERVING)]


def test_one_template_is_both(program: Program) -> None:
    serving = yaml.safe_load(program(ONE_TEMPLATE, *CONVERT).stdout)
    (role,) = serving["spec"]["template"]["roles"]
    template = yaml.safe_load(ONE_TEMPLATE)["spec"]["leaderWorkerTemplate"]["workerTemplate"]
    assert role["entryTemplate"] == role["workerTemplate"] == template
    assert (role["replicas"], role["workerReplicas"]) == (1, 1)
    assert "replicas" not in serving["spec"]
    assert "schedulerName" not in serving["spec"]


def test_without_a_scheduler_an_info_says_who_schedules(program: Program) -> None:
    finished = program(ONE_TEMPLATE, *CONVERT)
    field = "spec.leaderWorkerTemplate.workerTemplate.spec.schedulerName"
    at = f"leaderworkerset.x-k8s.io/v1/LeaderWorkerSet/chat {field}"
    assert line_of("default-scheduler", at) in finished.stderr.splitlines()
    assert "schedulerName" not in program(SET, *CONVERT).stderr


def test_what_kubectl_prints_converts(program: Program) -> None:
    printed = SET.replace(
        "metadata:\n  name: chat\n",
        """\
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"leaderworkerset.x-k8s.io/v1","kind":"LeaderWorkerSet"}
  creationTimestamp: "2026-11-24T10:00:00Z"
  generation: 2
  managedFields:
  - manager: kubectl
    operation: Update
  name: chat
  resourceVersion: "4711"
  uid: 00000000-0000-0000-0000-000000000001
""",
    )
    printed = printed.replace(
        "spec:\n  # Two",
        """\
spec:
  networkConfig:
    subdomainPolicy: Shared
  rolloutStrategy:
    rollingUpdateConfiguration:
      maxSurge: 0
      maxUnavailable: 1
      partition: 0
    type: RollingUpdate
  startupPolicy: LeaderCreated
  # Two""",
    ).replace(
        "      metadata:\n        labels",
        "      metadata:\n        creationTimestamp: null\n        labels",
    )
    printed += """\
status:
  conditions: []
  hpaPodSelector: leaderworkerset.sigs.k8s.io/name=chat
  replicas: 2
"""
    finished = program(resource_list(printed, config=config()))
    assert problems(finished) == []
    expected = yaml.safe_load(SERVING)
    expected["spec"]["rolloutStrategy"] = {
        "type": "ServingGroupRollingUpdate",
        "rollingUpdateConfiguration": {"maxUnavailable": 1, "partition": 0},
    }
    assert items_of(finished.bytes) == [expected]


def test_the_last_applied_configuration_alone_is_left_out(program: Program) -> None:
    annotated = ONE_TEMPLATE.replace(
        "  name: chat\n",
        "  name: chat\n  annotations:\n    a: b # kept\n"
        "    kubectl.kubernetes.io/last-applied-configuration: '{}'\n    'c': \"d\"\n",
    )
    finished = program(annotated, *CONVERT)
    assert "  annotations:\n    a: b # kept\n    'c': \"d\"\nspec:" in finished.stdout
    assert "last-applied" not in finished.stdout


def test_anchors_and_merge_keys_are_written_out(program: Program) -> None:
    shared = """\
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: {name: chat}
spec:
  leaderWorkerTemplate:
    size: 2
    workerTemplate:
      spec: &pod
        volumes: &volumes [{name: shm, emptyDir: {}}]
        containers:
        - name: engine
          image: one
    leaderTemplate:
      spec:
        <<: *pod
        hostIPC: true
"""
    finished = program(shared, *CONVERT)
    (role,) = yaml.safe_load(finished.stdout)["spec"]["template"]["roles"]
    before = yaml.safe_load(shared)["spec"]["leaderWorkerTemplate"]
    assert role["entryTemplate"] == before["leaderTemplate"]
    assert role["workerTemplate"] == before["workerTemplate"]


def test_the_file_of_an_item_stays_its_file(program: Program) -> None:
    annotations = (
        "  annotations:\n    config.kubernetes.io/index: '1'\n"
        "    config.kubernetes.io/path: lws.yaml\n"
    )
    text = SET.replace("  labels:\n    app", f"{annotations}  labels:\n    app").replace(
        "size: 3", "size: 3\n    subGroupPolicy: {subGroupSize: 3}"
    )
    finished = program(resource_list(text, config=config("allowLossy: true")))
    assert items_of(finished.bytes)[0]["metadata"]["annotations"] == {
        "config.kubernetes.io/index": "1",
        "config.kubernetes.io/path": "lws.yaml",
    }
    (file,) = (result["file"] for result in results_of(finished.bytes) if "file" in result)
    assert file == {"path": "lws.yaml", "index": 1}


# The settings


def test_the_role_has_the_name_of_the_setting(program: Program) -> None:
    finished = program(resource_list(SET, config=config("roleName: main")))
    assert items_of(finished.bytes)[0]["spec"]["template"]["roles"][0]["name"] == "main"


@pytest.mark.parametrize(
    ("settings", "path", "message"),
    [
        ("roleName: Main", "spec.roleName", "must be 1 to 12 lower-case letters"),
        ("roleName: abcdefghijklm", "spec.roleName", "must be 1 to 12 lower-case letters"),
        ('roleName: "a\\n"', "spec.roleName", "must be 1 to 12 lower-case letters"),
        ("roleName: 1", "spec.roleName", "must be a string; found 1"),
        ('allowLossy: "true"', "spec.allowLossy", 'must be true or false; found "true"'),
        ("reportOnly: 1", "spec.reportOnly", "must be true or false; found 1"),
        ("report: true", "spec.report", "allowed are roleName, allowLossy, reportOnly"),
    ],
)
def test_a_bad_setting_is_an_error_and_nothing_changes(
    program: Program, settings: str, path: str, message: str
) -> None:
    text = resource_list(SET, config=config(settings))
    finished = program(text)
    assert finished.code == 1
    assert finished.stdout.startswith(text + "results:\n")
    assert problems(finished) == [("error", path)]
    assert message in results_of(finished.bytes)[0]["message"]


# The report


REPORT = """\
[warning] where the LeaderWorkerSet CRD is installed, kthena keeps a ModelServing of its own for
each set, with the set's name and owned by the set: a ModelServing that is applied while its set is
there becomes that one, and is deleted with the set. Delete each set before you apply its
ModelServing, also where Argo CD or Flux would prune it afterwards, or give the ModelServing another
name; `kubectl apply --dry-run=server` must say `created`, not `configured`. See
docs/migrating-from-lws.md.
[warning] where LWS is installed, its webhook gives converted pods a wrong `LWS_LEADER_ADDRESS`, or
refuses them. Apply the patch that `modelserving-lws --print-webhook-guard` prints to LWS's
MutatingWebhookConfiguration before the first ModelServing. See docs/migrating-from-lws.md.
1 of 2 LeaderWorkerSets can be converted: 2 errors, 4 warnings; 1 autoscaler would follow

leaderworkerset.x-k8s.io/v1/LeaderWorkerSet/serving/chat (file lws.yaml, index 0)
  [error] spec.startupPolicy: LeaderReady
    kthena creates a group's workers with its leader, and does not wait for the leader to be ready.
    Let the workers' command wait until the leader answers.
  [error] spec.leaderWorkerTemplate.size: 0
    must be an integer from 1 to 2147483647; found "0"

leaderworkerset.x-k8s.io/v1/LeaderWorkerSet/serving/talk
  [warning] spec.leaderWorkerTemplate.unknown
    is no field of LeaderWorkerSet that this function knows, and is left out. See whether the
    ModelServing needs something in its place.
  [warning] spec.leaderWorkerTemplate
    no template can carry `leaderworkerset.sigs.k8s.io/group-index`,
    `leaderworkerset.sigs.k8s.io/group-key`, and, of several workers,
    `leaderworkerset.sigs.k8s.io/worker-index` (`spec.leaderWorkerTemplate.workerTemplate`): the
    pods that it makes differ in them; `via: AdmissionPolicy` writes them on Kubernetes 1.36 or
    later

SET           RESULT   FINDINGS    PODS
serving/chat  blocked  2 errors    -
serving/talk  lossy    2 warnings  6 -> 6
"""
BAD = (
    SET.replace(
        "  labels:\n    app",
        "  annotations: {config.kubernetes.io/path: lws.yaml, config.kubernetes.io/index: '0'}\n"
        "  labels:\n    app",
    )
    .replace("  # Two", "  startupPolicy: LeaderReady\n  # Two")
    .replace("size: 3", "size: 0")
)
LOSSY = SET.replace("name: chat", "name: talk").replace("size: 3", "size: 3\n    unknown: {a: b}")
TALK_HPA = HPA.replace("name: chat", "name: talk")


def test_a_report_is_laid_out_and_changes_no_item(program: Program) -> None:
    text = resource_list(BAD, LOSSY, HPA, TALK_HPA, config=config("reportOnly: true"))
    finished = program(text)
    assert finished.stderr == REPORT
    assert finished.code == 1
    assert finished.stdout.startswith(text + "results:\n")
    assert [result["severity"] for result in results_of(finished.bytes)] == [
        "warning", "warning", "error", "error", "warning", "warning", "info",
    ]  # fmt: skip


def test_a_report_on_a_stream(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "report.yaml"
    path.write_text(config("reportOnly: true, allowLossy: true"))
    finished = program(stream(LOSSY, CONFIG_MAP), "--config", str(path))
    assert finished.stdout == stream(LOSSY, CONFIG_MAP)
    assert finished.code == 0
    summary = "1 of 1 LeaderWorkerSet can be converted: 0 errors, 4 warnings"
    assert summary in finished.stderr.splitlines()


def test_a_run_that_converts_nothing_says_nothing_of_clusters(program: Program) -> None:
    late = SET.replace("  # Two", "  startupPolicy: LeaderReady\n  # Two")
    for settings in ("", "reportOnly: true"):
        for text in (late, CONFIG_MAP, SERVING):
            finished = program(resource_list(text, config=config(settings)))
            assert HAZARDS[0] not in finished.stderr.splitlines()
            assert "webhook" not in finished.stderr


def test_a_modelserving_of_another_name_may_come_before_its_set_goes(program: Program) -> None:
    finished = program(resource_list(SET, config=config("renameSuffix: -new")))
    assert finished.stderr.splitlines() == HAZARDS[1:]


def test_what_clusters_do_is_said_once(program: Program) -> None:
    sets = [SET.replace("name: chat", f"name: chat{number}") for number in range(3)]
    finished = program(resource_list(*sets, config=config()))
    assert finished.stderr.splitlines() == HAZARDS
    assert [result["severity"] for result in results_of(finished.bytes)] == [
        "warning", "warning", "info",
    ]  # fmt: skip


def test_the_exit_code_of_a_report_is_that_of_its_errors(program: Program) -> None:
    late = SET.replace("  # Two", "  startupPolicy: LeaderReady\n  # Two")
    for manifest, settings, code in (
        (SET, "reportOnly: true", 0),
        (LOSSY, "reportOnly: true", 0),
        (late, "reportOnly: true", 1),
        (late, "reportOnly: true, allowLossy: true", 0),
        (CONFIG_MAP, "reportOnly: true", 0),
    ):
        text = resource_list(manifest, config=config(settings))
        finished = program(text)
        assert finished.code == code, finished
        assert finished.stdout.startswith(text)
