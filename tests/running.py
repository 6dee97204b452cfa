"""Runs the program, as a process or in the process of the tests.

A process takes 60 ms to start, and a run takes 1 ms, so that most tests run the program in-process.
`acceptance/test_process.py` tests that both ways give the same.
"""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from unittest.mock import patch

from modelserving_lws.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

ROOT = Path(__file__).parent.parent
PROGRAM = Path(sys.executable).parent / "modelserving-lws"
GOLDEN = ROOT / "tests" / "golden"
EXAMPLES = ROOT / "examples"
TOOLS = ROOT / ".tools" / "bin"
# The image's name, without a tag.
(IMAGE_NAME,) = re.findall("^IMAGE [?]= (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

# Whether the tests write what they expect in place of comparing it: `make update-expected`.
UPDATE = os.environ.get("UPDATE_EXPECTED") == "1"
EXPAND, CONVERT, RENDER = (
    ("--function", kind)
    for kind in ("ExpandLWSPlugin", "ConvertLeaderWorkerSet", "RenderModelServing")
)

# A thread starts with an empty stack, as a process does: pytest's own frames don't count against
# the limit of recursion.
_THREAD = ThreadPoolExecutor(1)


class Finished:
    """A run that has ended: its exit code, the bytes on stdout, the text on stderr."""

    def __init__(self, code: int, stdout: bytes, stderr: bytes) -> None:
        self.code = code
        self.bytes = stdout
        self.stderr = stderr.decode()

    @property
    def stdout(self) -> str:
        """What is on stdout, which must be UTF-8."""
        return self.bytes.decode()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Finished) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"exit {self.code}\n--- stdout\n{self.bytes!r}\n--- stderr\n{self.stderr}"


def ended(process: subprocess.CompletedProcess[bytes]) -> Finished:
    """The end of a process."""
    return Finished(process.returncode, process.stdout, process.stderr)


class Program(Protocol):
    """Runs the program: stdin, then its arguments."""

    def __call__(self, stdin: str | bytes, /, *arguments: str) -> Finished: ...


def run_process(stdin: str | bytes, /, *arguments: str) -> Finished:
    """Runs the installed program, as a process."""
    process = subprocess.run(
        [PROGRAM, *arguments], input=_encoded(stdin), capture_output=True, check=False
    )
    return _sound(ended(process))


def run_in_process(stdin: str | bytes, /, *arguments: str) -> Finished:
    """Runs the program's `main`, which reads and writes file descriptors 0, 1 and 2: they are
    files for the time of the run.
    """
    with _files(_encoded(stdin), b"", b"") as files:
        with _standard(*files), patch.object(sys, "argv", [str(PROGRAM), *arguments]):
            code = _THREAD.submit(_exit_code).result()
        return _sound(Finished(code, _content(files[1]), _content(files[2])))


def _exit_code() -> int:
    """The exit code that a process would have. `main` turns the garbage collector off, which ends
    with a process; argparse ends one itself.
    """
    collects = gc.isenabled()
    try:
        return main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        (gc.enable if collects else gc.disable)()


@contextmanager
def _files(*contents: bytes) -> Iterator[Sequence[IO[bytes]]]:
    """Files without a name that hold these bytes, at their start."""
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in contents]
        for file, content in zip(files, contents, strict=True):
            file.write(content)
            file.seek(0)
        yield files


@contextmanager
def _standard(*files: IO[bytes]) -> Iterator[None]:
    """Makes the files the standard streams: as file descriptors, and as what `sys` has."""
    names = ("stdin", "stdout", "stderr")
    with ExitStack() as stack:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, file in enumerate(files):
            saved = os.dup(number)
            stack.callback(os.close, saved)
            stack.callback(os.dup2, saved, number)
            os.dup2(file.fileno(), number)
        for number, name in enumerate(names):
            mode = "w" if number else "r"
            stream = stack.enter_context(open(number, mode, encoding="utf-8", closefd=False))
            stack.enter_context(patch.object(sys, name, stream))
        yield


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _encoded(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _sound(run: Finished) -> Finished:
    assert "Traceback" not in run.stderr, run
    assert "internal error" not in run.stderr, run
    return run
