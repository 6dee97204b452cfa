"""ExpandLWSPlugin, `via: AdmissionPolicy`."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.acceptance.test_policy import POLICY
from tests.manifests import COMPLETE as SERVING
from tests.manifests import CONFIG_MAP, MSV, function_config, indent, resource_list, stream
from tests.messages import MODELSERVING, line_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.running import Finished, Program

    Expand = Callable[..., Finished]

CONFIG = function_config("ExpandLWSPlugin")
PLUGINS = "  plugins:\n  - name: lws\n    type: BuiltIn\n"
POLICIES = POLICY.decode().split("---\n")
MUTATING, BINDING = POLICIES
ADDED = "admissionregistration.k8s.io/v1/{}/modelserving-lws"
WARNING = line_of("policy-added", ADDED.format("MutatingAdmissionPolicy")) + "\n"
ENABLED = text_of("policy-enabled", name="modelserving-lws", servings="1 ModelServing")
BOTH = f"{ENABLED}, and added its MutatingAdmissionPolicy and MutatingAdmissionPolicyBinding"


@pytest.fixture
def expand(program: Program, tmp_path: Path) -> Expand:
    """Runs the function on a text with these settings, as YAML; on its output, it changes nothing
    and has nothing new to say.
    """

    def run(text: str, settings: str = "") -> Finished:
        config = tmp_path / "config.yaml"
        config.write_text(
            function_config("ExpandLWSPlugin", f"{{via: AdmissionPolicy, {settings}}}")
        )
        finished = program(text, "--config", str(config))
        again = program(finished.bytes, "--config", str(config))
        assert again.bytes == finished.bytes
        if finished.code == 0:
            assert again.stderr in ("", "[info] no ModelServing among the 1 item\n")
        return finished

    return run


def keys(groups: int, name: str = "chat") -> str:
    """The SHA-1 of the names of the first groups."""
    names = (f"{name}-{ordinal}".encode() for ordinal in range(groups))
    return ",".join(hashlib.sha1(name, usedforsecurity=False).hexdigest() for name in names)


def marked(groups: int = 64, annotations: str = "", serving: str = SERVING) -> str:
    """The ModelServing as the function leaves it."""
    added = f"  labels:\n    {MSV}/lws: enabled\n"
    added += f'  annotations:\n    {MSV}/lws-group-keys: "{keys(groups)}"\n{annotations}'
    return serving.replace("spec:\n", f"{added}spec:\n", 1).replace(PLUGINS, "")


def scoped(scope: str) -> str:
    return SERVING.replace("type: BuiltIn\n", f"type: BuiltIn\n    scope: {scope}\n")


def listed(*items: str) -> str:
    return "apiVersion: v1\nkind: List\nitems:\n" + "".join("- " + indent(i, 2) for i in items)


def as_json(*items: str) -> str:
    data = {"apiVersion": "v1", "kind": "List", "items": list(map(yaml.safe_load, items))}
    return json.dumps(data)


OTHER = "    - {name: other, workerReplicas: 0, entryTemplate: {spec: {containers: [{name: c}]}}}\n"
FORMS = pytest.mark.parametrize("form", [stream, listed, as_json, resource_list])


@FORMS
@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_policy_is_put_behind_the_other_items(
    expand: Expand, form: Callable[..., str], line_break: str
) -> None:
    finished = expand(form(SERVING, CONFIG_MAP).replace("\n", line_break))
    after = form(marked(), CONFIG_MAP, *POLICIES).replace("\n", line_break)
    assert finished.code == 0
    if form is resource_list:
        results = f"results:{line_break}"
        assert finished.stdout.partition(results)[:2] == (after, results)
        assert finished.stderr == WARNING
    else:
        assert finished.stdout == after
        assert finished.stderr == f"{WARNING}[info] {BOTH}\n"


def test_a_list_in_flow_style_gets_it_in_flow_style(expand: Expand) -> None:
    before = (
        "{apiVersion: v1, kind: List, items: [{apiVersion: workload.serving.volcano.sh/v1alpha1, "
        "kind: ModelServing, metadata: {name: chat}, # c\n"
        "spec: {plugins: [{name: lws}], template: {roles: [{name: r, workerReplicas: 0, "
        "entryTemplate: {spec: {containers: [{name: c}]}}}]}}}]} # d\n"
    )
    annotations = f'annotations: {{{MSV}/lws-group-keys: "{keys(64)}"}}'
    after = before.replace("chat}", f"chat, labels: {{{MSV}/lws: enabled}}, {annotations}}}")
    end = "]} # d\n"
    head = after.replace("plugins: [{name: lws}], ", "").removesuffix(end)
    output = expand(before).stdout
    assert output.startswith(f"{head}, {{")
    assert output.endswith(end)
    assert output.count("\n") == 2
    assert yaml.safe_load(output)["items"][1:] == list(yaml.safe_load_all(POLICY))


def test_the_functionconfig_may_stand_behind_the_items(program: Program) -> None:
    config = CONFIG + "spec:\n  via: AdmissionPolicy\n"
    finished = program(resource_list(SERVING, config=config))
    assert finished.stderr == WARNING
    after = resource_list(marked(), *POLICIES, config=config)
    text, _, results = finished.stdout.partition("results:\n")
    assert text == after
    policy = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingAdmissionPolicy",
        "name": "modelserving-lws",
    }
    message = WARNING.strip().partition(": ")[2]
    assert yaml.safe_load(results) == [
        {"message": message, "severity": "warning", "resourceRef": policy},
        {"message": BOTH, "severity": "info"},
    ]
    assert program(finished.bytes).bytes == finished.bytes


# The policy is there


@FORMS
@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1alpha1"])
def test_what_is_there_is_not_added(expand: Expand, form: Callable[..., str], version: str) -> None:
    there = [
        policy.replace("k8s.io/v1\n", f"k8s.io/{version}\n").replace(
            "  name: modelserving-lws\n",
            "  name: modelserving-lws\n  annotations:\n    config.kubernetes.io/path: p/x.yaml\n",
        )
        for policy in POLICIES
    ]
    finished = expand(form(there[1], SERVING, there[0]))
    assert finished.stdout.startswith(form(there[1], marked(), there[0]))
    assert finished.stderr in ("", f"[info] {ENABLED}\n")


@pytest.mark.parametrize("there", POLICIES, ids=["policy", "binding"])
def test_what_is_not_there_is_added(expand: Expand, there: str) -> None:
    (other,) = set(POLICIES) - {there}
    kind = yaml.safe_load(other)["kind"]
    finished = expand(stream(there, SERVING))
    assert finished.stdout == stream(there, marked(), other)
    added = line_of("policy-added", ADDED.format(kind))
    added += f"\n[info] {ENABLED}, and added its {kind}\n"
    assert finished.stderr == added


def test_what_is_in_a_list_in_the_list_is_there(expand: Expand) -> None:
    before = listed(listed(MUTATING), SERVING, listed(listed(BINDING)))
    assert expand(before).stdout == listed(listed(MUTATING), marked(), listed(listed(BINDING)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: modelserving-lws", "name: another"),
        ("apiVersion: admissionregistration.k8s.io/", "apiVersion: example.com/"),
        ("kind: Mutating", "kind: Validating"),
    ],
)
def test_another_policy_is_not_this_one(expand: Expand, old: str, new: str) -> None:
    others = [policy.replace(old, new, 1) for policy in POLICIES]
    assert expand(stream(SERVING, *others)).stdout == stream(marked(), *others, *POLICIES)


def test_a_policy_of_any_shape_does_no_harm(expand: Expand) -> None:
    deep = MUTATING.replace("spec:\n", "spec: " + "[" * 5000 + "]" * 5000 + "\nx:\n", 1)
    for odd in (deep, MUTATING.replace("metadata:", "<<: 3\nmetadata:")):
        finished = expand(resource_list(odd, SERVING))
        assert finished.stdout.startswith(resource_list(odd, marked(), BINDING))


@FORMS
def test_emit_policy_false_adds_none(expand: Expand, form: Callable[..., str]) -> None:
    finished = expand(form(SERVING), "emitPolicy: false")
    assert finished.stdout.startswith(form(marked()))
    assert finished.stderr in ("", f"[info] {ENABLED}\n")


@pytest.mark.parametrize(
    "serving",
    [SERVING.replace(PLUGINS, ""), SERVING.replace("name: lws", "name: other"), CONFIG_MAP],
    ids=["no plugin", "another plugin", "no ModelServing"],
)
def test_without_the_plugin_nothing_happens(expand: Expand, serving: str) -> None:
    finished = expand(serving)
    nothing = "[info] no ModelServing among the 1 item\n" * (serving == CONFIG_MAP)
    assert (finished.stdout, finished.code) == (serving, 0)
    assert finished.stderr == nothing


# The keys


@pytest.mark.parametrize(
    ("settings", "replicas", "groups"),
    [
        ("maxGroups: 3", "replicas: 2", 3),
        ("maxGroups: 3", "replicas: 3", 3),
        ("maxGroups: 3", "replicas: 4", 4),
        ("maxGroups: 2", "replicas: 0", 2),
        ("maxGroups: 2", "recoveryPolicy: None", 2),
        ("maxGroups: 6000", "replicas: 2", 6000),
        ("", "replicas: 64", 64),
        ("", "replicas: 65", 65),
        ("", "replicas: 6000", 6000),
    ],
)
def test_there_are_keys_for_max_groups_and_all_replicas(
    expand: Expand, settings: str, replicas: str, groups: int
) -> None:
    serving = SERVING.replace("replicas: 2", replicas, 1)
    finished = expand(serving, f"emitPolicy: false, {settings}")
    assert finished.stdout == marked(groups, serving=serving)
    assert finished.stderr == f"[info] {ENABLED}\n"


@pytest.mark.parametrize("replicas", ["6001", "2147483647"])
def test_there_are_as_many_keys_as_fit(expand: Expand, replicas: str) -> None:
    serving = SERVING.replace("replicas: 2", f"replicas: {replicas}", 1)
    finished = expand(serving, "emitPolicy: false")
    assert finished.stdout == marked(6000, serving=serving)
    assert len(keys(6000)) < 256 * 1024
    assert finished.stderr.startswith(
        f"[warning] {MODELSERVING} spec.replicas: `group-key` is a SHA-1 in "
    )
    assert finished.code == 0


@pytest.mark.parametrize("groups", ["0", "6001", "-1", "x"])
def test_max_groups_has_bounds(program: Program, groups: str) -> None:
    config = CONFIG + f"spec:\n  via: AdmissionPolicy\n  maxGroups: {groups}\n"
    before = resource_list(SERVING, config=config)
    finished = program(before)
    assert finished.stdout.startswith(before)
    assert " spec.maxGroups: must be " in finished.stderr
    assert finished.code == 1


# The scope


@pytest.mark.parametrize(
    ("scope", "annotations"),
    [
        ("{}", ()),
        ("{target: All, roles: []}", ()),
        ("{roles: [main]}", ("roles: main",)),
        ("{roles: [main, other]}", ('roles: "main,other"',)),
        ("{roles: [main, 'a,other']}", ("roles: main",)),
        ("{target: Entry}", ("target: Entry",)),
        ("{target: Worker, roles: [main]}", ("roles: main", "target: Worker")),
    ],
)
def test_the_scope_goes_into_annotations(
    expand: Expand, scope: str, annotations: tuple[str, ...]
) -> None:
    added = "".join(f"    {MSV}/lws-scope-{line}\n" for line in annotations)
    serving = SERVING + OTHER
    finished = expand(scoped(scope) + OTHER, "emitPolicy: false")
    assert finished.stdout == marked(annotations=added, serving=serving)


def test_another_scope_that_is_there_does_not_stay(expand: Expand) -> None:
    there = (
        "  annotations: # a\n"
        f"    {MSV}/lws-scope-target: Entry # b\n"
        f"    {MSV}/lws-scope-roles: old # c\n"
        f"    {MSV}/lws-group-keys: old # d\n"
        f"  labels: {{{MSV}/lws: disabled}}\n"
    )
    before = SERVING.replace("spec:\n", f"{there}spec:\n")
    after = before.replace("Entry", "All").replace("roles: old", 'roles: ""')
    after = after.replace("keys: old", f'keys: "{keys(64)}"').replace("disabled", "enabled")
    assert expand(before, "emitPolicy: false").stdout == after.replace(PLUGINS, "")


@pytest.mark.parametrize(
    ("entries", "annotations", "stays"),
    [
        ("{name: lws}, {name: lws}", "", ""),
        ("{name: lws, scope: {target: Entry}}, {name: lws}", "", ""),
        (
            "{name: other}, {name: lws, scope: {roles: [main]}}, "
            "{name: lws, scope: {roles: [main]}}",
            f"    {MSV}/lws-scope-roles: main\n",
            "{name: other}",
        ),
    ],
)
def test_all_entries_of_the_plugin_go(
    expand: Expand, entries: str, annotations: str, stays: str
) -> None:
    before = SERVING.replace(PLUGINS, f"  plugins: [{entries}] # c\n")
    after = f"  plugins: [{stays}] # c\n" if stays else ""
    after = marked(annotations=annotations).replace("  template:", f"{after}  template:")
    assert expand(before, "emitPolicy: false").stdout == after


@pytest.mark.parametrize("plugins", ["", "  plugins: [{name: lws}]\n"], ids=["brought", "own"])
def test_entries_that_a_merge_key_brings_do_not_come_back(expand: Expand, plugins: str) -> None:
    shared = "status: &shared\n  plugins:\n  - name: lws\n"
    before = SERVING.replace(PLUGINS, f"  <<: *shared\n{plugins}")
    before = before.replace("metadata:\n", f"{shared}metadata:\n")
    empty = "  plugins: []\n"
    after = marked(serving=before.replace(plugins, empty) if plugins else before + empty)
    assert expand(before, "emitPolicy: false").stdout == after


# All else


@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_nothing_else_is_touched(expand: Expand, line_break: str) -> None:
    template = """\
  template: {roles: # a
    [{"name": 'main', workerReplicas: 0,  entryTemplate: &e {spec: {priority: 0x0, containers: [
      {name: c, env: [{name: RANK, value: $(LWS_WORKER_INDEX)}, # b
        {name: LWS_GROUP_SIZE, value: "9"}]}]}},
      workerTemplate: *e }]}

# c
"""
    before = SERVING[: SERVING.index("  template:")] + template
    finished = expand(before.replace("\n", line_break), "emitPolicy: false")
    assert finished.stdout == marked(serving=before).replace("\n", line_break)


def test_what_shares_an_anchor_means_what_it_did(expand: Expand) -> None:
    labels = "  labels: &l\n    app: x\n"
    before = SERVING.replace("spec:\n", f"{labels}spec:\n") + "status: *l\n"
    after = marked().replace("  labels:\n", labels) + "status:\n  app: x\n"
    assert expand(before, "emitPolicy: false").stdout == after


ROLES = SERVING[SERVING.index("  template:") :]


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        ("  name: chat\n", "", ["metadata.name: must be there"]),
        ("name: chat\n", "name: chat\n  labels: x\n", ["metadata.labels: must be a mapping"]),
        ("name: chat\n", "name: chat\n  labels: {}\n  labels: {}\n", ["metadata.labels: must not"]),
        ("name: chat\n", "name: chat\n  annotations: []\n", ["metadata.annotations: must be a"]),
        ("replicas: 2", "replicas: -1", ["spec.replicas: must be an integer"]),
        (ROLES, "", ["spec.template.roles: must have 1 to 4 roles; found 0"]),
        (
            PLUGINS + ROLES,
            "  plugins: [{name: lws}]\n",
            ["spec.template.roles: must have 1 to 4 roles; found 0"],
        ),
        (
            "BuiltIn\n",
            "BuiltIn\n    scope: {roles: ['a,b']}\n",
            ['scope.roles[0]: must name a role of the ModelServing, one of "main"; found "a,b"'],
        ),
        (
            "BuiltIn\n",
            "BuiltIn\n    scope: {roles: ['']}\n",
            ["spec.plugins[0].scope.roles[0]: must name a role of the ModelServing, "],
        ),
        ("BuiltIn\n", "BuiltIn\n    scope: {target: All, roles: x}\n", ["spec.plugins[0].scope."]),
        (
            "chat\n  namespace: serving\nspec:\n  replicas: 2\n",
            "chat\n  labels: x\n  namespace: serving\nspec:\n  replicas: x\n",
            ["metadata.labels: must be a mapping", "spec.replicas: must be an integer"],
        ),
    ],
)
def test_all_that_is_wrong_is_named_and_the_others_are_done(
    expand: Expand, old: str, new: str, problems: list[str]
) -> None:
    assert old in SERVING
    wrong = SERVING.replace(old, new, 1)
    finished = expand(wrong)
    assert finished.stdout == wrong
    lines = finished.stderr.splitlines()
    assert len(lines) == len(problems)
    for line, problem in zip(lines, problems, strict=True):
        assert line.startswith("[error] workload.serving.volcano.sh/v1alpha1/ModelServing/serving")
        assert problem in line
    finished = expand(stream(wrong, SERVING))
    assert finished.stdout == stream(wrong, marked(), *POLICIES)
    assert finished.stderr == "".join(f"{line}\n" for line in lines) + f"{WARNING}[info] {BOTH}\n"
    assert finished.code == 1
