"""Faults that were there in reading, writing, `--diff` and `--check`. Each test expects the right
value.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modelserving_lws import InputError, run
from tests.manifests import CONFIG_MAP, INJECT_LWS, SERVING, WORKER, items_of, resource_list
from tests.messages import text_of
from tests.running import PROGRAM, ROOT

if TYPE_CHECKING:
    from tests.running import Program

FUNCTIONS = {
    "inject": "InjectLWS",
    "untouched": "InjectLWS",
    "overlap": "InjectLWS",
    "line": "InjectLWS",
    "flow": "InjectLWS",
    "bad": "InjectLWS",
    "expand": "ExpandLWSPlugin",
    "tagged": "ExpandLWSPlugin",
    "render": "RenderModelServing",
    "convert": "ConvertLeaderWorkerSet",
    "block": "ConvertLeaderWorkerSet",
}
ROLES = ("spec", "template", "roles")
TEMPLATE = ("entryTemplate", "spec", "containers")


def fault(name: str) -> str:
    return (ROOT / "tests" / "faults" / f"{name}.yaml").read_text()


def output(text: str, function: str) -> str:
    """What a run gives that has no error, and that a second one leaves as it is."""
    has_config = "functionConfig" in text
    outcome = run(text.encode(), None if has_config else function)
    assert not outcome.failed
    again = run(outcome.output, None if has_config else function)
    assert again.output == outcome.output
    return outcome.output.decode()


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("inject-broken-output", (0, "spec", "containers", 0, "args", 0), "exec serve\n"),
        (
            "expand-broken-output",
            (0, *ROLES, 0, *TEMPLATE, 0, "args", 0),
            "exec serve\n",
        ),
        (
            "convert-internal-error",
            (0, *ROLES, 0, *TEMPLATE, 0, "args", 0),
            "exec serve\n",
        ),
        ("inject-value-changed", (0, "spec", "containers", 1, "args", 0), "exec serve\n\n\n\n"),
        ("untouched-item-changed", (1, "data", "run me.sh"), "exec serve\n\n"),
        ("render-keep", (1, "spec", "containers", 0, "args", 0), "text\n\n\n"),
        (
            "overlap",
            (0, "spec", "containers", 0, "env", 0),
            {"name": "LWS_LEADER_ADDRESS", "value": "chat-0-main-0-0.default"},
        ),
        ("block-key", (0, "metadata"), {"name": "v", "namespace": "n"}),
        (
            "tagged-mapping-internal-error",
            (0, "spec", "plugins", 0, "config"),
            {"annotations": {"leaderworkerset.sigs.k8s.io/replicas": "1"}},
        ),
    ],
)
def test_a_value_is_the_right_one(name: str, path: tuple[Any, ...], value: Any) -> None:
    found: Any = items_of(output(fault(name), FUNCTIONS[name.split("-")[0]]))
    for step in path:
        found = found.get(step) if isinstance(found, dict) else found[step]
    assert found == value


@pytest.mark.parametrize("blank", ["", "\n", "\n\n", "\n\n\n"])
@pytest.mark.parametrize("head", ["|", "|-", "|+", ">", ">-", ">+", "|2+", "|+ # c", "| # c"])
def test_an_item_that_does_not_change_keeps_its_block_scalar(head: str, blank: str) -> None:
    """Also as the last of the list, with results behind it."""
    for key in ("key", '"run me.sh"', "'a b'", "? key\n  "):
        scalar = f"apiVersion: v1\nkind: ConfigMap\ndata:\n  {key}: {head}\n    text\n{blank}"
        before = resource_list(SERVING, WORKER, scalar)
        after = output(before, "InjectLWS")
        assert items_of(after)[2] == items_of(before)[2]


def test_a_comment_behind_the_last_item_stays() -> None:
    after = output(fault("render-comment-lost-second-run"), "RenderModelServing")
    assert after.count("# the end\n") == 1


@pytest.mark.parametrize("name", ["render-question-mark", "inject-question-mark"])
def test_what_go_reads_otherwise_in_flow_style_is_quoted_there(name: str) -> None:
    text, url = fault(name), "http://hook/ready?wait=1"
    after = output(text, FUNCTIONS[name.split("-")[0]])
    assert after.count(url) == 2
    assert text.count(f"value: {url}\n") == after.count(f"value: {url}\n") == 1
    assert after.count(f'{{name: HOOK, value: "{url}"}}') == 1


def test_the_comments_of_a_field_go_with_what_it_becomes() -> None:
    text = fault("convert-comment-on-carried-field")
    assert (
        output(text, "ConvertLeaderWorkerSet")
        == """\
apiVersion: workload.serving.volcano.sh/v1alpha1
kind: ModelServing # 1
# 2
metadata:
  name: a
spec: # 3
  replicas: 1
  plugins:
  - name: lws
    type: BuiltIn
  # 9: a shared coordinator: the group is the unit
  recoveryPolicy: ServingGroupRecreate
  # 4
  rolloutStrategy: # 5
    type: ServingGroupRollingUpdate
  template: # 6
    roles:
    - name: default
      replicas: 1
      entryTemplate:
        spec:
          containers:
          - {name: c, image: i}
      # 7: one pod for each node
      workerReplicas: 1 # 8
      workerTemplate:
        spec:
          containers:
          - {name: c, image: i}
"""
    )
    # Comments above the first field are not there twice, and a merge or JSON has none.
    assert output(f"# 0\n{text}", "ConvertLeaderWorkerSet").count("# 0\n") == 1
    odd = text.replace("    # 7", "    <<: {} # 0\n    # 7").replace("size: 2", "size: &a 2")
    odd = odd.replace("kind: LeaderWorkerSet # 1", "? kind # 0\n: >- # 1\n  LeaderWorkerSet")
    after = output(odd, "ConvertLeaderWorkerSet")
    assert [line for line in after.splitlines() if "#" in line][:3] == [
        "# 0",
        "kind: ModelServing # 1",
        "# 2",
    ]
    assert "workerReplicas: 1 # 8\n" in after


def test_a_list_with_a_bad_merge_key_is_an_error_with_its_place() -> None:
    with pytest.raises(InputError, match="must be a mapping") as raised:
        run(fault("bad-merge-at-root-internal-error").encode())
    assert str(raised.value).startswith("line 1, column 5: ")


def test_a_result_is_known_again_though_its_line_moved() -> None:
    first = run(fault("line-number-in-result").encode())
    assert first.failed
    assert run(first.output).output == first.output
    other = first.output.replace(b"line 15, column 12", b"line 9, column 99")
    assert run(other).output == other


def test_a_key_in_braces_may_lack_its_value() -> None:
    text = fault("flow-key-without-value")
    assert output(text, "InjectLWS") == text


def test_a_separator_with_more_on_its_line_is_a_warning() -> None:
    text = fault("inject-glued-separator")
    for glued in (text, f"{CONFIG_MAP}{text}"):
        outcome = run(glued.encode(), "InjectLWS")
        assert outcome.output.decode() == glued
        ((severity, field, message),) = [
            (it.severity, it.field, it.message) for it in outcome.results
        ]
        assert (severity, field) == ("warning", "---apiVersion")
        assert "separates nothing" in message


@pytest.mark.parametrize("field", ["items", "functionConfig"])
def test_a_field_of_the_list_that_is_there_twice_is_an_error_with_both_lines(field: str) -> None:
    list_ = resource_list(CONFIG_MAP, config=INJECT_LWS)
    twice = f"{list_}{field}:\n"
    lines = [i + 1 for i, line in enumerate(twice.splitlines()) if line.startswith(field)]
    head = '{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList",'
    as_json = f'{head}\n"{field}": [],\n"{field}": []}}'
    cases: list[tuple[str, list[int]]] = [(twice, lines), (as_json, [2, 3])]
    if field == "items":
        of_list = twice.replace("config.kubernetes.io/", "").replace("ResourceList", "List")
        cases.append((of_list, lines))
    for text, (first, second) in cases:
        with pytest.raises(InputError) as raised:
            run(text.encode())
        problem = text_of("twice", name=field, first=f"line {first}, column 1")
        assert str(raised.value) == f"line {second}, column 1: {problem}"


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_patch_of_a_file_without_final_line_break_applies(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "serving.yaml"
    path.write_text(fault("diff-without-final-newline").rstrip("\n") + end)
    for function in ("RenderModelServing", "InjectLWS"):
        before = path.read_bytes()
        patch = program("", "--function", function, "--check", str(path)).stdout
        wanted = program(before, "--function", function).bytes
        if patch:
            git = ["git", "apply", "-"]
            subprocess.run(git, input=patch.encode(), cwd=tmp_path, check=True)
        assert path.read_bytes() == wanted


@pytest.mark.parametrize("line_break", ["\r", "\r\n", "\x85", "\u2028"])
@pytest.mark.parametrize("others", [0, 1])
@pytest.mark.parametrize("end", [0, 1])
def test_a_patch_applies_whatever_ends_the_lines(
    tmp_path: Path, line_break: str, others: int, end: int
) -> None:
    """Also where one line ends otherwise than the others, and where the last has no end."""
    text = f"{SERVING}---\n{WORKER}".removesuffix("\n" * (1 - end))
    text = text[:40] + text[40:].replace("\n", line_break, -1 if others else 1)
    path = tmp_path / "a.yaml"
    path.write_bytes(text.encode())
    outcome = run(text.encode(), "InjectLWS")
    git = ["git", "apply", "-p1", "--whitespace=nowarn", "-"]
    subprocess.run(git, input=outcome.patch("a.yaml"), cwd=tmp_path, check=True)
    assert path.read_bytes() == outcome.output != text.encode()


@pytest.mark.parametrize("arguments", [[], ["--check", "/dev/zero"], ["--config", "/dev/zero"]])
def test_an_endless_input_is_an_error(arguments: list[str]) -> None:
    with Path("/dev/zero").open("rb") as endless:
        process = subprocess.run(
            [PROGRAM, *arguments], stdin=endless, capture_output=True, text=True, check=False
        )
    name = arguments[-1] if arguments else "stdin"
    message = f"modelserving-lws: {name} can't be read: it has more than 200000000 bytes\n"
    code = 2 if "--check" in arguments else 1
    assert (process.returncode, process.stdout, process.stderr) == (code, "", message)
