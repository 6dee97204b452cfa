"""The process: arguments, stdin, stdout, stderr, exit code."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

PROGRAM = "modelserving-lws"
DEBUG = "MODELSERVING_LWS_DEBUG"


def start() -> NoReturn:
    """Runs the program and ends the process at once: to take the interpreter down in order costs a
    tenth of a short run, and nothing is left to be closed.
    """
    code = main()
    sys.stderr.flush()
    os._exit(code)


def main() -> int:
    """Runs the program; returns its exit code: 0, 1 for an error, 2 for wrong usage."""
    gc.disable()  # one short run, whose nodes form no cycles worth a search
    try:
        return _main(sys.argv[1:])
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # a fault of this program; a user must not be shown a traceback
        return _fail(f"internal error: {type(error).__name__}: {error}")


def _main(arguments: list[str]) -> int:
    function, config, diff = None, None, False
    if arguments:
        from .arguments import parse

        function, config, diff, print_policy = parse(arguments)
        if print_policy:
            from .policy import policy

            return _write(policy())
    if sys.stdin is None or sys.stdin.isatty():
        from .arguments import usage

        sys.stderr.write(usage())
        return 2

    from .result import InputError
    from .run import run

    try:
        outcome = run(sys.stdin.buffer.read(), function, _read(config), config or "")
    except (InputError, OSError) as error:
        return _fail(str(error))
    sys.stderr.write(outcome.told)
    if os.environ.get(DEBUG):
        sys.stderr.write(f"{PROGRAM}: {outcome.ways}\n")
    return _write(outcome.diff if diff else outcome.output) or int(outcome.failed)


def _read(path: str | None) -> bytes | None:
    if path is None:
        return None
    with open(path, "rb") as file:  # noqa: PTH123 (pathlib is slow to import)
        return file.read()


def _write(output: bytes) -> int:
    """Writes all of it, past Python's buffer, so that a failure shows here and nowhere else;
    returns the exit code.
    """
    rest = memoryview(output)
    try:
        while rest:
            rest = rest[os.write(1, rest) :]
    except OSError as error:
        return _fail(f"stdout: {error.strerror}")
    return 0


def _fail(message: str) -> int:
    line = " ".join(message.splitlines())
    sys.stderr.write(f"{PROGRAM}: {line}\n")
    return 1


if __name__ == "__main__":
    start()
