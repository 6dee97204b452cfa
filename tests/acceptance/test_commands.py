"""interface section 6: the commands, on files, folders and stdin."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from modelserving_lws.cli import COMMANDS
from modelserving_lws.cli.command_arguments import SHELLS
from tests.leaderworkersets import HPA, SET
from tests.leaderworkersets import SERVING as COMPLETE
from tests.manifests import INJECTED_WORKER, SERVING, WORKER, resource_list, results_of, stream
from tests.messages import text_of
from tests.running import CONVERT, EXPAND, PROGRAM, RENDER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Program

ON_FILES = ("migrate", "convert", "expand", "inject", "render")
BAD_SET = SET.replace("name: chat", "name: bad").replace("size: 3", "size: 0")
# ExpandLWSPlugin refuses what ConvertLeaderWorkerSet makes of it.
UNEXPANDABLE = SET.replace("name: chat", "name: stuck").replace(
    "          - name: worker\n",
    "          - name: worker\n            env: [{name: A, value: $(LWS_WORKER_INDEX)}]\n"
    "          - name: other\n            image: other\n"
    "            env: [{name: A, value: b$(LWS_WORKER_INDEX)}]\n"
    "          - name: third\n",
)
FUNCTION = {"convert": CONVERT, "expand": EXPAND, "render": RENDER, "inject": ()}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the program runs in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(folder: Path, **texts: str) -> None:
    """Writes files; `a__b` is `a/b.yaml`."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


def migrated(program: Program, text: str) -> str:
    """What the functions give, one after the other."""
    return program(program(text, *CONVERT).stdout, *EXPAND).stdout


def said(message: str, **values: object) -> str:
    return f"modelserving-lws: {text_of(message, **values)}\n"


NO_FILES = said("nothing-found", kinds="LeaderWorkerSet", among="the 0 files")


# What each command does


@pytest.mark.parametrize("command", ["convert", "expand", "inject"])
def test_a_command_writes_what_its_function_gives(
    program: Program, folder: Path, command: str
) -> None:
    text = {"convert": SET, "expand": COMPLETE, "inject": stream(SERVING, WORKER)}[command]
    put(folder, a=text)
    done = program("", command, "--write", "a.yaml")
    assert done.code == 0, done
    assert done.stdout.splitlines()[0] == "changed a.yaml"
    assert contents(folder) == {"a.yaml": program(text, *FUNCTION[command]).stdout}


def test_render_prints_manifests_and_writes_nothing(program: Program, folder: Path) -> None:
    put(folder, a=COMPLETE, b=WORKER)
    done = program("", "render", ".")
    assert done.stdout == program(stream(COMPLETE, WORKER), *RENDER).stdout
    assert "rendered 6 Pods" in done.stderr
    assert contents(folder) == {"a.yaml": COMPLETE, "b.yaml": WORKER}


def test_migrate_converts_and_expands(program: Program, folder: Path) -> None:
    put(folder, a=SET)
    done = program("", "migrate", "--write", "a.yaml")
    assert done.code == 0, done
    assert contents(folder) == {"a.yaml": migrated(program, SET)}
    again = program("", "migrate", "--write", "a.yaml")
    assert again.code == 0
    assert "changed" not in again.stdout
    assert contents(folder) == {"a.yaml": migrated(program, SET)}


def test_without_write_the_report_is_all(program: Program, folder: Path) -> None:
    put(folder, a=SET, b=HPA, c=WORKER)
    done = program("", "migrate", ".")
    assert done.code == 0
    assert done.stdout.splitlines()[:2] == ["would change a.yaml", "would change b.yaml"]
    assert done.stderr == ""
    assert contents(folder) == {"a.yaml": SET, "b.yaml": HPA, "c.yaml": WORKER}


def test_stdin_alone(program: Program, folder: Path) -> None:
    done = program(stream(SET, HPA), "migrate", "-o", "-", "-")
    assert done.stdout == migrated(program, stream(SET, HPA))
    assert "turned 1 LeaderWorkerSet" in done.stderr
    done = program(stream(SET, HPA), "migrate", "-")
    assert "would turn 1 LeaderWorkerSet" in done.stdout
    assert contents(folder) == {}


@pytest.mark.parametrize("command", ["policy", "webhook-guard"])
def test_a_command_prints_what_an_option_prints(program: Program, command: str) -> None:
    done = program("", command)
    assert done.stdout
    assert done == program("", f"--print-{command}")


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_is_a_script_with_all_commands(program: Program, shell: str) -> None:
    done = program("", "completion", shell)
    assert done.code == 0
    assert all(command in done.stdout for command in (*COMMANDS, "rename-suffix"))
    if path := shutil.which(shell):
        subprocess.run([path, "-n", "/dev/stdin"], input=done.bytes, check=True)


def test_bash_completes(program: Program) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not on the PATH")
    ask = "COMP_WORDS=(modelserving-lws {}); COMP_CWORD={}; _modelserving_lws; "
    ask += 'echo "${{COMPREPLY[*]}}"'
    for words, number, wanted in (
        ("mig", 1, "migrate"),
        ("migrate --wr", 2, "--write"),
        ("completion f", 2, "fish"),
    ):
        text = program("", "completion", "bash").stdout + ask.format(words, number)
        done = subprocess.run([bash, "-c", text], capture_output=True, text=True, check=True)
        assert done.stdout == f"{wanted}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_help(program: Program, command: str) -> None:
    done = program("", command, "--help")
    assert done.code == 0
    assert done.stdout.startswith(f"usage: modelserving-lws {command} ")
    assert max(map(len, done.stdout.splitlines())) <= 80


# Files


def test_a_folder_gives_its_manifests(program: Program, folder: Path) -> None:
    for name in ("a.yaml", "b.yml", "c.json", "Kustomization", "d.txt", "sub/e.yaml", ".f.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(SET if name != "c.json" else "{}")
    done = program("", "convert", "--keep-going", "--write", ".")
    changed = re.findall("^changed (.*)", done.stdout, re.MULTILINE)
    assert changed == [".f.yaml", "Kustomization", "a.yaml", "b.yml", "sub/e.yaml"]


def test_what_is_left_out_is_said(program: Program, folder: Path) -> None:
    put(folder, a=SET, chart__templates__b=SET, chart__other=SET, templates__c=SET)
    (folder / "chart" / "Chart.yaml").touch()
    for name in (".git", ".github", "sub/.x"):
        (folder / name).mkdir(parents=True)
        (folder / name / "d.yaml").write_text(SET)
    (folder / "out").symlink_to("/")
    done = program("", "convert", ".")
    assert done.stderr == (
        said("left-out-hidden", paths=".git, .github, sub/.x")
        + said("left-out-links", paths="out")
        + said("left-out-templates", paths="chart/templates")
        + said("left-out-no-manifests", paths="chart/Chart.yaml")
    )
    changed = re.findall("^would change (.*)", done.stdout, re.MULTILINE)
    assert changed == ["a.yaml", "chart/other.yaml", "templates/c.yaml"]


def test_many_left_out_are_one_line(program: Program, folder: Path) -> None:
    for i in range(5):
        (folder / f".{i}").mkdir()
    done = program("", "convert", ".")
    assert done.stderr == said("left-out-hidden", paths=".0, .1, .2 and 2 more") + NO_FILES


def test_a_large_file_is_left_out_unless_it_is_named(program: Program, folder: Path) -> None:
    (folder / "a.json").write_text('{"kind": "LeaderWorkerSet"}' + " " * 20_000_000)
    left_out = said("left-out-large", paths="a.json")
    assert program("", "convert", ".").stderr == left_out + NO_FILES
    assert program("", "convert", "a.json").stderr == ""


def test_a_named_file_is_taken_whatever_its_name(program: Program, folder: Path) -> None:
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x").write_text(SET)
    done = program("", "convert", "--write", ".hidden/x")
    assert "changed .hidden/x" in done.stdout


def test_what_has_no_path_of_its_own_is_read(program: Program, folder: Path) -> None:
    done = program(SET, "migrate", "-o", "-", "/dev/stdin")
    assert done.stdout == migrated(program, SET)
    done = program(SET, "migrate", "--write", "/dev/stdin")
    assert done.code == 1
    assert contents(folder) == {}


def test_a_file_counts_once(program: Program, folder: Path) -> None:
    put(folder, a__b=SET)
    (folder / "link.yaml").symlink_to("a/b.yaml")
    done = program("", "convert", ".", "a", "a/b.yaml", str(folder / "a" / "b.yaml"))
    assert "would turn 1 LeaderWorkerSet into 1 ModelServing" in done.stdout


def test_a_link_is_followed_and_stays(program: Program, folder: Path) -> None:
    put(folder, a__b=SET)
    (folder / "link.yaml").symlink_to("a/b.yaml")
    program("", "convert", "--write", "link.yaml")
    assert (folder / "link.yaml").is_symlink()
    assert (folder / "a" / "b.yaml").read_text() == program(SET, *CONVERT).stdout


def test_files_that_are_no_manifests_stay(program: Program, folder: Path) -> None:
    patch = "- op: replace\n  path: /kind\n  value: LeaderWorkerSet\n"
    put(folder, a=SET, patch=patch, values="kind: 3\nLeaderWorkerSet: [\n")
    (folder / "b.json").write_text("[1, 2]")
    done = program("", "convert", "--write", "a.yaml", "patch.yaml", "b.json")
    said_so = said("left-out-no-manifests", paths="b.json, patch.yaml")
    assert (done.code, done.stderr) == (0, said_so)
    assert contents(folder)["patch.yaml"] == patch
    broken = program("", "convert", ".")
    assert broken.code == 1
    assert broken.stderr.startswith(said_so + "modelserving-lws: values.yaml: line ")


def test_a_path_that_is_not_there(program: Program, folder: Path) -> None:
    put(folder, a=SET)
    done = program("", "convert", "--write", "a.yaml", "b.yaml")
    problem = said("not-read", name="b.yaml", problem="No such file or directory")
    assert done.stderr == problem + said("nothing-written")
    assert (done.code, contents(folder)) == (1, {"a.yaml": SET})


def test_absolute_paths_are_said_as_relative_ones(program: Program, folder: Path) -> None:
    put(folder, a__b=SET)
    done = program("", "convert", "--diff", str(folder))
    subprocess.run(["git", "apply"], input=done.bytes, cwd=folder, check=True)
    assert contents(folder) == {"a/b.yaml": program(SET, *CONVERT).stdout}


def test_a_file_outside_is_named_from_the_root(
    program: Program, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, a=SET)
    (folder / "here").mkdir()
    monkeypatch.chdir(folder / "here")
    done = program("", "convert", "--diff", "../a.yaml")
    path = str(folder / "a.yaml")
    assert done.stdout.splitlines()[:2] == [f"--- a{path}", f"+++ b{path}"]
    assert f"would change {path}\n" in done.stderr


# One list


def test_references_are_followed_between_files(program: Program, folder: Path) -> None:
    put(folder, z=HPA, sub__a=SET)
    done = program("", "convert", "--write", ".")
    assert "1 autoscaler followed" in done.stdout
    assert "kind: ModelServing" in contents(folder)["z.yaml"]


def test_a_reference_means_the_nearest_object(program: Program, folder: Path) -> None:
    text = SET.replace("size: 3", "size: 0")
    put(folder, a__set=SET, a__hpa=HPA, b__set=text, b__hpa=HPA, c=stream(text, HPA))
    done = program("", "convert", "--keep-going", "--write", ".")
    changed = re.findall("^changed (.*)", done.stdout, re.MULTILINE)
    assert changed == ["a/hpa.yaml", "a/set.yaml"]
    assert "several" not in done.stdout


def test_two_of_one_name_below_are_an_error_on_the_reference(
    program: Program, folder: Path
) -> None:
    put(folder, hpa=HPA, a__set=SET, b__set=SET.replace("size: 3", "size: 0"))
    done = program("", "convert", ".")
    assert text_of("several-sets") in done.stdout


def test_pods_and_their_modelserving_in_two_files(program: Program, folder: Path) -> None:
    put(folder, pods__a=WORKER, b=SERVING, pods__c=SERVING)
    done = program("", "inject", "--write", "pods", "b.yaml")
    assert done.code == 0, done
    assert contents(folder)["pods/a.yaml"] == INJECTED_WORKER


# Output


def test_bytes_stay(program: Program, folder: Path) -> None:
    texts = {
        "crlf.yaml": SET.replace("\n", "\r\n"),
        "no-end.yaml": SET.removesuffix("\n"),
        "bom.yaml": "\ufeff" + SET,
        "list.json": '{"apiVersion": "v1", "kind": "List", "items": []}',
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode())
    done = program("", "convert", "--write", ".")
    assert done.code == 0, done
    for name, text in texts.items():
        assert (folder / name).read_bytes() == program(text.encode(), *CONVERT).bytes


def test_modes_are_kept_and_what_does_not_change_is_not_touched(
    program: Program, folder: Path
) -> None:
    put(folder, a=SET, b=WORKER)
    (folder / "a.yaml").chmod(0o640)
    before = (folder / "b.yaml").stat()
    program("", "migrate", "--write", ".")
    assert stat.S_IMODE((folder / "a.yaml").stat().st_mode) == 0o640
    after = (folder / "b.yaml").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_build_is_expanded_with_the_settings_of_the_call(program: Program, folder: Path) -> None:
    put(folder, base=SET, kustomization="resources: [base.yaml]\n")
    settings = ("--set", "via=AdmissionPolicy", "--set", "emitPolicy=false")
    done = program("", "migrate", *settings, ".")
    said_ = "modelserving-lws expand --set via=AdmissionPolicy --set emitPolicy=false -o - -`"
    assert said_ in " ".join(done.stdout.split())
    program("", "migrate", *settings, "--transformer", "--write", ".")
    text = contents(folder)["kustomization.yaml"]
    assert text.endswith('  spec:\n    via: "AdmissionPolicy"\n    emitPolicy: false\n')


def test_a_report_changes_no_modelserving(program: Program, folder: Path) -> None:
    put(folder, a=stream(SET, COMPLETE))
    program("", "migrate", "--set", "reportOnly=true", "--write", ".")
    assert contents(folder) == {"a.yaml": stream(SET, COMPLETE)}


@pytest.mark.parametrize("options", [(), ("--keep-going",)])
@pytest.mark.parametrize("text", ["resources: [base.yaml\n", "# kind\nresources: [base.yaml\n"])
def test_what_a_kustomization_that_is_no_yaml_may_reach_is_not_expanded(
    program: Program, folder: Path, text: str, options: tuple[str, ...]
) -> None:
    put(folder, base=SET, kustomization=text)
    done = program("", "migrate", "--write", *options, ".")
    assert done.code == 1
    place = re.escape(f"kustomization.yaml:{text.count(chr(10)) + 1}:1")
    assert re.search(rf"^Kustomization\n  \[error\] \({place}\)\n    not YAML: ", done.stdout, re.M)
    assert contents(folder)["kustomization.yaml"] == text
    assert "LWS_LEADER_ADDRESS\n" not in contents(folder)["base.yaml"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("",),
        ("a.yaml", ""),
        ("a.yaml", "-o", ""),
        ("a.yaml", "--config", ""),
        ("a.yaml", "--report", "json=a.yaml"),
        (".", "--report", "json=./a.yaml"),
        ("a.yaml", "-o", "b.yaml", "--report", "json=b.yaml"),
        ("a.yaml", "--report", "json=b", "--report", "sarif=./b"),
    ],
)
def test_no_file_has_two_uses_or_no_name(
    program: Program, folder: Path, arguments: tuple[str, ...]
) -> None:
    put(folder, a=SET)
    done = program("", "migrate", *arguments)
    assert (done.code, done.stdout) == (2, "")
    assert "must not" in done.stderr
    assert contents(folder) == {"a.yaml": SET}


@pytest.mark.parametrize("option", ["--write", "--diff", "-o-", "-oout/"])
def test_an_error_writes_nothing(program: Program, folder: Path, option: str) -> None:
    put(folder, a=SET, b=BAD_SET)
    done = program("", "migrate", option, ".")
    assert done.code == 1
    assert "would change" not in done.stdout
    assert said("nothing-written") in done.stderr
    assert contents(folder) == {"a.yaml": SET, "b.yaml": BAD_SET}
    going = program("", "migrate", option, "--keep-going", ".")
    assert going.code == 1
    assert said("nothing-written") not in going.stderr
    written = contents(folder) | contents(folder / "out") if option == "-oout/" else None
    if option == "--write" or written:
        assert (written or contents(folder))["a.yaml"] == migrated(program, SET)
        assert contents(folder)["b.yaml"] == BAD_SET
    else:
        assert "kind: ModelServing" in going.stdout


@pytest.mark.parametrize("text", [stream(SET, UNEXPANDABLE, HPA), stream(UNEXPANDABLE, SET, HPA)])
def test_only_the_set_that_is_blocked_stays(program: Program, folder: Path, text: str) -> None:
    put(folder, a=text)
    done = program("", "migrate", "--write", "--keep-going", "a.yaml")
    assert done.code == 1
    assert contents(folder)["a.yaml"] == text.replace(SET, "@").replace(
        HPA, program(stream(SET, HPA), *CONVERT).stdout.partition("---\n")[2]
    ).replace("@", migrated(program, SET))
    assert "turned 1 LeaderWorkerSet into 1 ModelServing" in done.stdout


def test_an_autoscaler_of_a_blocked_set_stays(program: Program, folder: Path) -> None:
    hpa = HPA.replace("name: chat", "name: stuck")
    put(folder, a=UNEXPANDABLE, b=hpa)
    done = program("", "migrate", "--write", "--keep-going", ".")
    assert done.code == 1
    assert contents(folder) == {"a.yaml": UNEXPANDABLE, "b.yaml": hpa}


def test_the_diff_is_against_the_users_file(program: Program, folder: Path) -> None:
    put(folder, a=SET, b=HPA, sub__c=SET.replace("name: chat", "name: talk"))
    done = program("", "migrate", "--diff", ".")
    headers = [line for line in done.stdout.splitlines() if line.startswith("--- ")]
    assert headers == ["--- a/a.yaml", "--- a/b.yaml", "--- a/sub/c.yaml"]
    assert "would turn 2 LeaderWorkerSets" in done.stderr
    subprocess.run(["git", "apply"], input=done.bytes, cwd=folder, check=True)
    assert contents(folder)["a.yaml"] == migrated(program, SET)


def test_output_to_a_folder_has_every_file(program: Program, folder: Path) -> None:
    put(folder, in__a=SET, in__sub__b=WORKER, in__c="x: 1\n")
    done = program("", "migrate", "-o", "out/", "in")
    assert done.code == 0, done
    assert "turned 1 LeaderWorkerSet" in done.stdout + done.stderr
    assert contents(folder / "out") == {
        "a.yaml": migrated(program, SET),
        "c.yaml": "x: 1\n",
        "sub/b.yaml": WORKER,
    }


def test_output_to_a_file(program: Program, folder: Path) -> None:
    put(folder, a=SET)
    assert program("", "migrate", "-o", "b.yaml", "a.yaml").code == 0
    assert contents(folder) == {"a.yaml": SET, "b.yaml": migrated(program, SET)}


def test_several_files_as_one_stream(program: Program, folder: Path) -> None:
    put(folder, a=COMPLETE.removesuffix("\n"), b=f"---\n{WORKER}", c="", d="values: 1\n", e=WORKER)
    put(folder, kustomization="kind: Kustomization\nresources: [a.yaml]\n")
    done = program("", "expand", "-o", "-", ".")
    expanded = program(COMPLETE, *EXPAND).stdout
    assert done.stdout == f"{expanded}---\n{WORKER}---\n{WORKER}"


@pytest.mark.parametrize(
    ("text", "code"), [(SET, 1), (WORKER, 0), (BAD_SET, 2), ("kind: LeaderWorkerSet\na: [", 2)]
)
def test_check(program: Program, folder: Path, text: str, code: int) -> None:
    put(folder, a=text)
    assert program("", "migrate", "--check", ".").code == code
    assert program("", "convert", "--check", "--diff", "a.yaml").code == code
    assert program(text, "migrate", "--check", "-").code == code


# Settings, reports, usage


def test_settings(program: Program, folder: Path) -> None:
    put(folder, a=SET)
    via = ("--set", "via=AdmissionPolicy", "--set", "roleName=main", "--set", "emitPolicy=false")
    done = program("", "migrate", "-o", "-", *via, "a.yaml")
    assert "name: main\n" in done.stdout
    assert "modelserving.volcano.sh/lws: enabled" in done.stdout
    assert "MutatingAdmissionPolicy" not in done.stdout


def test_a_config(program: Program, folder: Path) -> None:
    put(folder, a=SET)
    config = folder / "config"
    config.write_text(
        "apiVersion: fn.serving.volcano.sh/v1alpha1\nkind: ConvertLeaderWorkerSet\n"
        "spec: {roleName: main}\n"
    )
    done = program("", "migrate", "-o", "-", "--config", "config", "a.yaml")
    assert "name: main\n" in done.stdout
    done = program("", "expand", "-o", "-", "--config", "config", "a.yaml")
    assert (done.code, done.stdout) == (2, "")
    assert "must be the function that the command line names" in done.stderr


@pytest.mark.parametrize(
    "setting", ["roleNam=main", "roleName=M!", "allowLossy=yes", "maxGroups=x", "pluginNames=lws"]
)
def test_a_wrong_setting_is_wrong_usage(program: Program, folder: Path, setting: str) -> None:
    put(folder, a=SET)
    done = program("", "migrate", "--set", setting, "--write", "a.yaml")
    assert (done.code, done.stdout) == (2, "")
    assert setting.partition("=")[0] in done.stderr
    assert contents(folder) == {"a.yaml": SET}


SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: chat
  namespace: serving
spec:
  selector:
    leaderworkerset.sigs.k8s.io/name: chat
"""


def test_another_name_to_run_beside_the_set(program: Program, folder: Path) -> None:
    put(folder, a=SET, b=HPA, c=SERVICE, d=SERVICE.replace("sigs.k8s.io/name: chat", "x: chat"))
    report = program("", "migrate", "--rename-suffix", "-new", "--report", "json", ".")
    done = program("", "migrate", "--rename-suffix", "-new", "-o", "out/", ".")
    assert done.code == 0, done
    renamed = SET.replace("name: chat", "name: chat-new", 1)
    assert contents(folder / "out")["a.yaml"] == migrated(program, renamed)
    assert contents(folder / "out")["b.yaml"] == HPA
    found = [it for it in json.loads(report.stdout)["findings"] if it["id"] == "stays-on-set"]
    assert {it["message"] for it in found} == {text_of("stays-on-set", name="chat-new")}
    assert [(it["field"]["path"], it["file"]["path"]) for it in found] == [
        ("spec.scaleTargetRef.name", "b.yaml"),
        ("spec.selector['leaderworkerset.sigs.k8s.io/name']", "c.yaml"),
    ]


@pytest.mark.parametrize("suffix", ["New", "-", "a" * 44])
def test_a_wrong_suffix_is_wrong_usage(program: Program, folder: Path, suffix: str) -> None:
    put(folder, a=SET)
    done = program("", "convert", f"--rename-suffix={suffix}", "a.yaml")
    assert done.code == 2
    assert "renameSuffix" in done.stderr


def test_no_other_name_in_a_kustomization_tree(program: Program, folder: Path) -> None:
    head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
    put(folder, a=SET, kustomization=head + "resources: [a.yaml]\n")
    done = program("", "migrate", "--rename-suffix", "-new", ".")
    assert done.code == 1
    assert text_of("rename-in-tree") in done.stdout


def test_a_report_in_a_file(program: Program, folder: Path) -> None:
    put(folder, a=SET)
    done = program("", "migrate", "--report", "text=report", "a.yaml")
    assert (folder / "report").read_text() == done.stdout
    done = program("", "migrate", "--report", "text=no/such/../x", "-o-", "a.yaml")
    assert "kind: ModelServing" in done.stdout


def test_ignored_findings_are_counted(program: Program, folder: Path) -> None:
    put(folder, a=SET)
    shown = program("", "migrate", "a.yaml").stdout
    hidden = program("", "migrate", "--ignore", "not-carried", "a.yaml").stdout
    assert "no template can carry" in shown
    assert "no template can carry" not in hidden
    assert "1 finding ignored: 1 `" in hidden


WRONG = (
    ("migrate",),
    ("migrate", "-", "a.yaml"),
    ("migrate", "--write", "-"),
    ("migrate", "--write", "--diff", "a.yaml"),
    ("migrate", "--write", "-o", "x", "a.yaml"),
    ("migrate", "--write", "--write", "a.yaml"),
    ("migrate", "-o", "x", "-o", "y", "a.yaml"),
    ("migrate", "--check", "--write", "a.yaml"),
    ("migrate", "--check", "-o", "x", "a.yaml"),
    ("migrate", "--report", "pdf", "a.yaml"),
    ("migrate", "--report", "text=", "a.yaml"),
    ("migrate", "--report", "text", "--report", "text", "a.yaml"),
    ("migrate", "--set", "x", "a.yaml"),
    ("migrate", "--set", "via=Templates", "--set", "via=Templates", "a.yaml"),
    ("migrate", "--config", "c", "--config", "c", "a.yaml"),
    ("migrate", "--ignore", "nothing-like-this", "a.yaml"),
    ("migrate", "--nothing", "a.yaml"),
    ("render", "--write", "a.yaml"),
    ("render", "--check", "a.yaml"),
    ("expand", "--rename-suffix", "-new", "a.yaml"),
    ("convert", "--transformer", "a.yaml"),
    ("policy", "a.yaml"),
    ("completion",),
    ("completion", "csh"),
    ("a.yaml",),
    ("--function", "InjectLWS", "--function", "InjectLWS"),
)


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage(program: Program, folder: Path, arguments: tuple[str, ...]) -> None:
    put(folder, a=SET)
    done = program(SET, *arguments)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: modelserving-lws")
    assert contents(folder) == {"a.yaml": SET}


# Functions one after the other, without a command


BOTH = (*CONVERT, *EXPAND)


def test_functions_in_one_process(program: Program) -> None:
    text = stream(SET, HPA, WORKER)
    done = program(text, *BOTH)
    assert (done.code, done.stdout) == (0, migrated(program, text))
    assert "turned 1 LeaderWorkerSet" in done.stderr
    assert "expanded the plugin" in done.stderr


def test_functions_in_a_list_give_one_set_of_results(program: Program) -> None:
    text = resource_list(SET, HPA)
    done = program(text, *BOTH)
    first = program(text, *CONVERT)
    second = program(first.stdout, *EXPAND)
    assert done.stdout == second.stdout
    assert program(done.stdout, *BOTH).stdout == done.stdout


def test_the_diff_of_functions_is_against_the_input(program: Program, folder: Path) -> None:
    text = SET.replace("\n", "\r\n")
    (folder / "before").write_bytes(text.encode())
    done = program(text, *BOTH, "--diff")
    patch = done.bytes.replace(b"--- before", b"--- a/before").replace(
        b"+++ after", b"+++ b/before"
    )
    subprocess.run(["git", "apply", "--whitespace=nowarn"], input=patch, cwd=folder, check=True)
    assert (folder / "before").read_bytes() == program(text, *BOTH).bytes


@pytest.mark.parametrize("text", [stream(SET, BAD_SET), resource_list(SET, BAD_SET)])
def test_behind_an_error_nothing_runs(program: Program, text: str) -> None:
    done = program(text, *BOTH)
    assert done.code == 1
    assert "expanded" not in done.stderr
    if text.startswith("api"):
        assert done.stdout == text if "ResourceList" not in text else True
    assert "kind: ModelServing\n" not in done.stdout


def test_a_config_of_one_of_the_functions(program: Program, folder: Path) -> None:
    (folder / "c").write_text(
        "apiVersion: fn.serving.volcano.sh/v1alpha1\nkind: ConvertLeaderWorkerSet\n"
        "spec: {roleName: main}\n"
    )
    assert "name: main\n" in program(SET, *BOTH, "--config", "c").stdout
    done = program(SET, *EXPAND, *RENDER, "--config", "c")
    assert done.code == 1
    assert text_of("config-of-another-function", function='"ExpandLWSPlugin"')[:40] in done.stderr


def config_map(data: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  {data}\n"


def test_a_config_map_has_settings_of_all_functions(program: Program) -> None:
    text = resource_list(SET, config=config_map("roleName: main\n  via: AdmissionPolicy"))
    done = program(text, *BOTH)
    assert done.code == 0, done
    assert "name: main\n" in done.stdout
    assert "modelserving.volcano.sh/lws: enabled" in done.stdout
    wrong = program(resource_list(SET, config=config_map("roleNam: main")), *BOTH)
    assert wrong.code == 1
    assert [result["field"]["path"] for result in results_of(wrong.stdout)] == ["data.roleNam"]


# The installed program


def installed(*arguments: str, stdin: str = "", cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *arguments], input=stdin, capture_output=True, text=True, cwd=cwd, check=False
    )


def test_the_installed_program(program: Program, folder: Path) -> None:
    put(folder, a=SET, b=HPA)
    done = installed("migrate", "--write", ".", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(folder)["a.yaml"] == migrated(program, SET)
    assert installed("migrate", "--check", ".", cwd=folder).returncode == 0
    assert installed("migrate", "-o-", "-", stdin=SET, cwd=folder).stdout == migrated(program, SET)


def test_the_commands_are_not_imported_without_one(environment: dict[str, str]) -> None:
    loaded = "import sys; from modelserving_lws.cli.main import main; main(); print(*sys.modules)"
    python = [str(PROGRAM.parent / "python"), "-c", loaded]
    done = subprocess.run(
        [*python], input="", capture_output=True, text=True, env=environment, check=True
    )
    modules = done.stdout.split()
    assert "modelserving_lws.pipeline" in modules
    assert [name for name in modules if "repository" in name or "cli.command" in name] == []
