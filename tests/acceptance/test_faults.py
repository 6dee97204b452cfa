"""Failures around the program: pipes that close, disks that are full, signals."""

from __future__ import annotations

import os
import resource
import select
import shlex
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import pytest

from tests.manifests import CONFIG_MAP, SERVING, WORKER, resource_list, stream
from tests.running import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Started = Callable[..., subprocess.Popen[bytes]]

SMALL = stream(SERVING, WORKER).encode()
# More than a pipe holds; where the second may be cut, it is a valid shorter list.
LARGE = resource_list(SERVING, *[WORKER] * 1000).encode()
SKIPPED = resource_list(*[CONFIG_MAP] * 20000).encode()
# Flow style is what takes the program longest.
SLOW = resource_list(*["{a: [b, {c: d}]}\n"] * 100_000).encode()
FULL = Path("/dev/full")
with_full_disk = pytest.mark.skipif(not FULL.exists(), reason=f"there is no {FULL}")
signals = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@pytest.fixture
def started(environment: dict[str, str]) -> Iterator[Started]:
    """Starts the program with pipes, or what is given."""
    with ExitStack() as stack:

        def start(
            *arguments: str, before: Sequence[str] = (), **options: Any
        ) -> subprocess.Popen[bytes]:
            pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
            pipes["preexec_fn"] = _takes_interrupts
            command = [*before, str(PROGRAM), *arguments]
            process: Any = subprocess.Popen(command, env=environment, **{**pipes, **options})
            stack.enter_context(process)
            stack.callback(process.kill)
            return cast("subprocess.Popen[bytes]", process)

        yield start


def _takes_interrupts() -> None:
    """A shell's job in the background ignores interrupts, and so does what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def stream_of(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def closes(number: int) -> Callable[[], None]:
    return lambda: os.close(number)


def test_closed_stdin_is_wrong_usage(started: Started) -> None:
    process = started(stdin=None, preexec_fn=closes(0))
    stdout, stderr = process.communicate(timeout=30)
    assert (stdout, process.returncode) == (b"", 2)
    assert stderr.startswith(b"usage: modelserving-lws")


def test_stdin_that_can_not_be_read_is_an_error(started: Started, tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        process = started(stdin=file)
        stdout, stderr = process.communicate(timeout=30)
    assert stdout == b""
    assert stderr == b"modelserving-lws: stdin can't be read: Bad file descriptor\n"
    assert process.returncode == 1


def test_what_is_there_of_a_pipe_that_does_not_wait_is_not_the_whole(started: Started) -> None:
    receiver, sender = os.pipe()
    os.set_blocking(receiver, False)
    os.write(sender, SKIPPED[:60_000])
    process = started(stdin=receiver)
    stdout, stderr = process.communicate(timeout=30)
    os.close(sender)
    os.close(receiver)
    assert stdout == b""
    assert stderr == b"modelserving-lws: stdin can't be read: Resource temporarily unavailable\n"
    assert process.returncode == 1


def test_a_pipe_that_nobody_reads_ends_the_program_silently(started: Started) -> None:
    process = started()
    stream_of(process.stdout).close()
    _, stderr = process.communicate(LARGE)
    assert (process.returncode, stderr) == (-signal.SIGPIPE, b"")


def test_a_reader_that_stops_ends_the_program_silently(environment: dict[str, str]) -> None:
    command = f"set -o pipefail; {PROGRAM} | head -n 1"
    process = subprocess.run(
        ["bash", "-c", command], input=LARGE, capture_output=True, check=False, env=environment
    )
    assert process.stdout == LARGE[: LARGE.index(b"\n") + 1]
    assert (process.returncode, process.stderr) == (128 + signal.SIGPIPE, b"")


@with_full_disk
@pytest.mark.parametrize("arguments", [(), ("--diff",), ("--help",), ("--version",)])
def test_a_full_disk_is_an_error(started: Started, arguments: tuple[str, ...]) -> None:
    with FULL.open("wb") as full:
        process = started(*arguments, stdout=full)
        _, stderr = process.communicate(SMALL)
    assert process.returncode == 1
    assert stderr.endswith(b"modelserving-lws: stdout can't be written: No space left on device\n")
    assert b"Traceback" not in stderr


def test_a_disk_that_gets_full_is_an_error(started: Started, tmp_path: Path) -> None:
    limit = 100_000
    with (tmp_path / "output").open("wb") as file:
        process = started(
            stdout=file,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )
        _, stderr = process.communicate(LARGE)
    assert process.returncode == 1
    assert stderr == b"modelserving-lws: stdout can't be written: File too large\n"
    assert (tmp_path / "output").stat().st_size == limit


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_closed_stdout_is_an_error(started: Started, arguments: tuple[str, ...]) -> None:
    process = started(*arguments, stdout=None, preexec_fn=closes(1))
    _, stderr = process.communicate(SMALL)
    assert process.returncode == 1
    assert stderr.endswith(b"modelserving-lws: stdout can't be written: Bad file descriptor\n")


@with_full_disk
def test_the_output_is_whole_though_stderr_is_not(started: Started) -> None:
    whole, stderr = started().communicate(SMALL)
    assert stderr != b""
    with FULL.open("wb") as full:
        for options in ({"stderr": full}, {"stderr": None, "preexec_fn": closes(2)}):
            process = started(**options)
            stdout, _ = process.communicate(SMALL)
            assert (stdout, process.returncode) == (whole, 0)


@signals
def test_a_signal_while_it_reads_ends_it(started: Started, number: int) -> None:
    process = started()
    stdin = stream_of(process.stdin)
    stdin.write(SKIPPED)  # more than the pipe holds, so that it must have begun to read
    process.send_signal(number)
    process.wait(30)
    assert process.returncode == -number
    assert (stream_of(process.stdout).read(), stream_of(process.stderr).read()) == (b"", b"")


@signals
def test_a_signal_while_it_works_ends_it(started: Started, number: int) -> None:
    process = started()
    stdin = stream_of(process.stdin)
    stdin.write(SLOW)
    stdin.close()
    process.send_signal(number)
    process.wait(30)
    assert process.returncode == -number
    assert (stream_of(process.stdout).read(), stream_of(process.stderr).read()) == (b"", b"")


@signals
def test_a_signal_while_it_writes_ends_it(started: Started, number: int) -> None:
    process = started()
    stdin, stdout = stream_of(process.stdin), stream_of(process.stdout)
    stdin.write(LARGE)
    stdin.close()
    select.select([stdout], [], [])
    process.send_signal(number)
    process.wait(30)
    assert process.returncode == -number
    assert len(stdout.read()) < len(LARGE)
    assert stream_of(process.stderr).read() == b""


@signals
def test_a_signal_ends_the_first_process_of_a_container(started: Started, number: int) -> None:
    namespace = ("unshare", "--pid", "--fork", "--kill-child")
    if subprocess.run(["sh", "-c", f"{shlex.join(namespace)} true"], check=False).returncode:
        pytest.skip("`unshare` is missing, or may make no PID namespace")
    process = started(before=namespace)
    stdin = stream_of(process.stdin)
    stdin.write(SKIPPED)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    os.kill(int(children), number)
    process.wait(30)
    assert process.returncode == 128 + number
    assert (stream_of(process.stdout).read(), stream_of(process.stderr).read()) == (b"", b"")


def test_an_interrupt_that_is_ignored_stays_so(started: Started) -> None:
    """As shells have it for what they run in the background."""
    process = started(preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    stdin = stream_of(process.stdin)
    stdin.write(SKIPPED)
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(timeout=30)
    assert (stdout, process.returncode) == (SKIPPED, 0)
