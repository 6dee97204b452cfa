"""The program reads stdin and its own files, writes stdout and stderr, and does nothing else. It
depends on nothing in its environment.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import INPUTS
from tests.manifests import INJECT_LWS, INJECTED_WORKER, SERVING, WORKER, resource_list, stream
from tests.running import PROGRAM, ROOT, Finished, Program, ended

AUDITED = Path(__file__).with_name("audited.py")
TAG = '!!python/object/apply:os.system ["touch PATH"]'
VALID = stream(SERVING, WORKER)
IMAGE = [sys.executable, "-I", "-m", "modelserving_lws"]  # as the image's entry point has it
TEXTS = {
    "a stream": VALID,
    "a list": resource_list(SERVING, WORKER, config=INJECT_LWS),
    "flow style": resource_list(SERVING, WORKER, "{a: b}\n"),
    "JSON": '{"apiVersion": "v1", "kind": "Pod"}',
    "an error": resource_list(SERVING, WORKER.replace('"1"', '"x"')),
    "a bad functionConfig": resource_list(config=INJECT_LWS + "spec: {a: b}\n"),
    "no YAML": "a: [\n",
    "a tag in an item": resource_list(f"kind: Pod\napiVersion: v1\na: {TAG}\n", SERVING, WORKER),
    "a tag in a value": stream(SERVING, WORKER.replace('"1"', TAG)),
    "a tag in the functionConfig": resource_list(config=INJECT_LWS + f"spec: {TAG}\n"),
    **{name: hostile.text(2_000) for name, hostile in INPUTS.items() if "bomb" in name},
}
every_text = pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
# What argparse's translations ask for, when it prints.
LANGUAGE = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"}


@pytest.fixture(scope="module")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A place for what Python compiles when it first starts what was not installed compiled."""
    path = str(tmp_path_factory.mktemp("bytecode"))
    for arguments in (["--help"], []):
        for text in TEXTS.values():
            _run(
                [sys.executable, "-X", f"pycache_prefix={path}", "-I", *IMAGE[2:], *arguments], text
            )
    return path


def _run(command: list[str], text: str = VALID, **options: Any) -> Finished:
    process = subprocess.run(
        command, input=text.encode(), capture_output=True, check=False, **options
    )
    return ended(process)


def audited(bytecode: str, text: str, *arguments: str) -> list[list[str]]:
    """What the program does while it runs."""
    receiver, sender = os.pipe()
    command = [sys.executable, "-X", f"pycache_prefix={bytecode}", "-I", str(AUDITED), str(sender)]
    finished = _run([*command, *arguments], text, pass_fds=(sender,))
    os.close(sender)
    with os.fdopen(receiver) as file:
        events = [json.loads(line) for line in file]
    assert "Traceback" not in finished.stderr, finished
    assert events
    return events


@every_text
def test_nothing_is_written_started_or_connected(bytecode: str, text: str, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    roots = (sys.prefix, sys.base_prefix, str(ROOT / "fn"), bytecode)
    for event, *values in audited(bytecode, text.replace("PATH", str(marker))):
        if event == "environment":
            assert values == ["'MODELSERVING_LWS_DEBUG'"]
        elif event == "open":
            path, mode, flags = values
            assert path.strip("'b").startswith(roots), path
            assert mode in ("'r'", "'rb'", "None"), values
            assert not int(flags) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC), values
        else:
            assert event in ("os.listdir", "os.scandir"), (event, values)
    assert not marker.exists()


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("--diff",), ("--config", "CONFIG")]
)
def test_no_undocumented_variable_is_read(
    bytecode: str, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(INJECT_LWS)
    given = [str(config) if argument == "CONFIG" else argument for argument in arguments]
    events = audited(bytecode, VALID, *given)
    names = {values[0].strip("'") for event, *values in events if event == "environment"}
    assert names <= LANGUAGE | {"MODELSERVING_LWS_DEBUG"}


@pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace is missing; `apt-get install strace`"
)
@every_text
def test_no_system_call_has_an_effect(bytecode: str, text: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = ["strace", "-f", "-qq", "-o", str(log), sys.executable]
    finished = _run([*command, "-X", f"pycache_prefix={bytecode}", *IMAGE[1:]], text)
    if "ptrace" in finished.stderr:
        pytest.skip(finished.stderr)
    lines = log.read_text(errors="replace").splitlines()
    calls = [re.sub(r"^[0-9]+ +", "", line) for line in lines]
    names = [call.partition("(")[0] for call in calls]
    assert names.count("execve") == 1
    forbidden = {
        "socket", "connect", "bind", "fork", "vfork", "clone", "clone3", "creat", "unlink",
        "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir", "link",
        "linkat", "symlink", "symlinkat", "chmod", "fchmod", "fchmodat", "chown", "fchown",
        "truncate", "ftruncate", "kill", "ptrace", "mount", "setxattr", "utimensat",
    }  # fmt: skip
    assert not forbidden & set(names)
    opened = [call for call in calls if call.startswith(("open(", "openat("))]
    assert opened
    assert not [call for call in opened if re.search("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", call)]
    written = {call.split("(")[1].split(",")[0] for call in calls if call.startswith("write")}
    assert written <= {"1", "2"}


# What is around it


def test_it_needs_no_environment() -> None:
    finished = _run(IMAGE, env={})
    assert (finished.stdout, finished.code) == (stream(SERVING, INJECTED_WORKER), 0)


def test_it_ignores_pythons_variables(tmp_path: Path) -> None:
    (tmp_path / "yaml.py").write_text("raise SystemExit('not this one')")
    # All but PYTHONEXECUTABLE: a virtual environment, which the image is none, is found by it.
    names = (
        "HOME", "PATH", "CASEOK", "STARTUP", "OPTIMIZE", "DEBUG", "INSPECT", "UNBUFFERED",
        "VERBOSE", "HASHSEED", "IOENCODING", "USERBASE", "WARNINGS", "MALLOC", "UTF8",
        "COERCECLOCALE", "DEVMODE", "TRACEMALLOC", "PROFILEIMPORTTIME", "INTMAXSTRDIGITS",
        "BREAKPOINT", "PLATLIBDIR", "SAFEPATH", "FAULTHANDLER", "PYCACHEPREFIX",
    )  # fmt: skip
    environment = {f"PYTHON{name}": str(tmp_path) for name in names}
    finished = _run(IMAGE, env=environment, cwd=tmp_path)
    assert (finished.stdout, finished.code) == (stream(SERVING, INJECTED_WORKER), 0)
    assert finished.stderr.count("\n") == 1


def test_what_the_image_imports_is_found_whatever_the_interpreter_is_called() -> None:
    command = [os.path.realpath(sys.executable), "-I", "-c", "import sys; print(sys.path)"]
    usual = subprocess.check_output(command, env={})
    assert subprocess.check_output(command, env={"PYTHONEXECUTABLE": "/nonsense"}) == usual


@pytest.mark.parametrize("language", ["C", "POSIX", "C.UTF-8", "nonsense"])
def test_it_speaks_utf_8_in_any_locale(language: str) -> None:
    text = VALID.replace("name: chat-1-main-0-1", "name: é").replace('value: "1"', "value: ö")
    environment = {"LANG": language, "LC_ALL": language}
    finished = _run(IMAGE, text, env=environment)
    assert finished.stdout == text
    assert "v1/Pod/serving/é" in finished.stderr
    assert 'found "ö"' in finished.stderr


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare is missing (util-linux)")
@pytest.mark.parametrize("user", ["0", "12345", "65532"])
def test_any_user_may_run_it_where_nothing_can_be_written(user: str) -> None:
    """In namespaces of its own, so that it takes no rights; the files stay readable."""
    as_root = ["unshare", "--user", "--map-root-user", "--mount"]
    as_user = ["unshare", "--user", f"--map-user={user}", f"--map-group={user}"]
    prepare = 'mount -o remount,bind,ro / && ! touch tests/x 2>&1 && exec "$@"'
    space = [*as_root, "sh", "-c", prepare, "sh", *as_user]
    probe = _run([*space, "id", "-u"], cwd=ROOT)
    if probe.code:
        pytest.skip(f"namespaces can't be had: {probe.stderr}")
    assert probe.stdout.splitlines()[-1] == user
    finished = _run([*space, *IMAGE], cwd=ROOT, env={"PATH": os.environ["PATH"]})
    assert finished.stdout.partition("\n")[2] == stream(SERVING, INJECTED_WORKER)
    assert finished.code == 0


def test_control_characters_do_not_reach_the_terminal() -> None:
    name = '"\\e[31m\\u202ered"'
    text = VALID.replace("name: chat-1-main-0-1", f"name: {name}").replace('value: "1"', "value: x")
    finished = _run(IMAGE, text)
    assert "\x1b" not in finished.stderr
    assert r"v1/Pod/serving/\x1b[31m\u202ered" in finished.stderr


def test_the_installed_program_is_the_same(installed_program: Program) -> None:
    assert installed_program(VALID).bytes == _run(IMAGE).bytes
    assert PROGRAM.exists()
