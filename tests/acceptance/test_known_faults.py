"""Faults that were there in the functions. Each test expects the right value."""

from __future__ import annotations

from modelserving_lws import Outcome, run
from tests.manifests import items_of
from tests.messages import text_of
from tests.running import ROOT

FAULTS = ROOT / "tests" / "faults"
PLUGIN = "spec:\n  plugins: [{name: lws}]\n"


def read(name: str) -> str:
    return (FAULTS / f"{name}.yaml").read_text()


def errors(outcome: Outcome) -> list[tuple[str, str]]:
    return [(it.field, it.message) for it in outcome.results if it.severity == "error"]


def test_convert_duplicate_env() -> None:
    text = read("convert-duplicate-env")
    outcome = run(text.encode(), "ConvertLeaderWorkerSet")
    env = "spec.containers[0].env[1].name"
    message = text_of("name-twice", found='"A"')
    assert errors(outcome) == [(f"spec.leaderWorkerTemplate.workerTemplate.{env}", message)]
    assert outcome.output.decode() == text


def test_a_duplicate_env_is_one_error_in_all_functions() -> None:
    env = "env: [{name: A, value: '1'}, {name: A, value: '2'}]"
    text = read("render-empty-worker-containers").replace(
        "image: i", f"image: i\n            {env}"
    )
    text = text.replace("spec:\n", PLUGIN, 1)
    path = "spec.template.roles[0].entryTemplate.spec.containers[0].env[1].name"
    for function in ("ExpandLWSPlugin", "RenderModelServing"):
        outcome = run(text.encode(), function)
        assert errors(outcome) == [(path, text_of("name-twice", found='"A"'))]
        assert outcome.output.decode() == text


def test_convert_comment_on_carried_field() -> None:
    outcome = run(read("convert-comment-on-carried-field").encode(), "ConvertLeaderWorkerSet")
    lines = outcome.output.decode().splitlines()
    for line in (
        "kind: ModelServing # 1",
        "spec: # 3",
        "  rolloutStrategy: # 5",
        "  template: # 6",
        "      workerReplicas: 1 # 8",
    ):
        assert line in lines
    for comment, below in (
        ("# 2", "metadata:"),
        ("  # 4", "  rolloutStrategy: # 5"),
        ("      # 7: one pod for each node", "      workerReplicas: 1 # 8"),
        (
            "  # 9: a shared coordinator: the group is the unit",
            "  recoveryPolicy: ServingGroupRecreate",
        ),
    ):
        assert lines[lines.index(comment) + 1] == below
    assert "comment-left-out" not in {result.id for result in outcome.results}


def test_render_empty_worker_containers() -> None:
    text = read("render-empty-worker-containers")
    outcome = run(text.encode(), "RenderModelServing")
    assert not outcome.failed
    made = [(item["kind"], item["metadata"]["name"]) for item in items_of(outcome.output)[1:]]
    assert made == [("Pod", "a-0-r-0-0"), ("Service", "a-0-r-0-0")]
    for template, is_fine in (("{}", True), ("{spec: {}}", False)):
        other = text[: text.index("      workerTemplate:")] + f"      workerTemplate: {template}\n"
        assert run(other.encode(), "RenderModelServing").failed != is_fine
    with_workers = text.replace("workerReplicas: 0", "workerReplicas: 1")
    assert errors(run(with_workers.encode(), "RenderModelServing")) == [
        (
            "spec.template.roles[0].workerTemplate.spec.containers",
            "must have a container; found none",
        )
    ]


def test_expand_entry_group_name_label() -> None:
    text = read("expand-entry-group-name-label")
    outcome = run(text.encode(), "ExpandLWSPlugin")
    assert not outcome.failed
    (serving,) = items_of(outcome.output)
    (container,) = serving["spec"]["template"]["roles"][0]["entryTemplate"]["spec"]["containers"]
    assert container["env"] == [
        {
            "name": "MODELSERVING_POD_NAME",
            "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}},
        },
        {
            "name": "MODELSERVING_NAMESPACE",
            "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}},
        },
        {
            "name": "LWS_LEADER_ADDRESS",
            "value": "$(MODELSERVING_POD_NAME).$(MODELSERVING_NAMESPACE)",
        },
        {"name": "LWS_GROUP_SIZE", "value": "1"},
        {"name": "LWS_WORKER_INDEX", "value": "0"},
    ]


def test_the_labels_of_a_worker_template_are_still_needed() -> None:
    text = read("expand-entry-group-name-label").replace("workerReplicas: 0", "workerReplicas: 1")
    text += text[text.index("      entryTemplate:") :].replace("entryTemplate", "workerTemplate")
    outcome = run(text.encode(), "ExpandLWSPlugin")
    path = "workerTemplate.metadata.labels['modelserving.volcano.sh/group-name']"
    ((field, message),) = errors(outcome)
    assert field == f"spec.template.roles[0].{path}"
    assert message.startswith("must not be there: `LWS_LEADER_ADDRESS` of the workers")
    assert outcome.output.decode() == text
