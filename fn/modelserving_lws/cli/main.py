"""The process: arguments, stdin, stdout, stderr, exit code."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` adds enums to it: 0.5 of 31 ms
import gc
import os
import sys

from . import CHECK, COMMANDS, DEBUG, DIFF, OUTPUT, POLICY, PROGRAM, WEBHOOK_GUARD, Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn

    from ..pipeline import Outcome


# In bytes, of the input and of a functionConfig; a device or an endless pipe has more.
MAX_INPUT = 200_000_000
_PART = 1 << 18


def start() -> NoReturn:
    """Runs the program and ends the process at once: to take the interpreter down in order costs a
    tenth of a short run, and nothing is left to be closed.
    """
    # As other programs, it dies of an interrupt and of a pipe that nobody reads any more: at once,
    # and so that whoever started it sees that.
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    _signal.signal(_signal.SIGPIPE, _signal.SIG_DFL)
    if os.getpid() == 1:
        _end_on_signals()
    os._exit(main())


def _end_on_signals() -> None:
    """Lets SIGINT and SIGTERM end the first process of a container, at once, with 128 and their
    number. The kernel has no default actions for that process, and `docker run`, kpt and kustomize
    start none before it.
    """
    import _thread

    # A thread that waits for them: a handler in Python does not run while the main thread reads.
    numbers = {_signal.SIGINT, _signal.SIGTERM}
    _signal.pthread_sigmask(_signal.SIG_BLOCK, numbers)
    _thread.start_new_thread(lambda: os._exit(128 + _signal.sigwait(numbers)), ())


def main() -> int:
    """Runs the program; returns its exit code: 0, 1 for an error, 2 for wrong usage."""
    gc.disable()  # one short run, whose nodes form no cycles worth a search
    try:
        return _main(sys.argv[1:])
    except Exception as error:  # a fault of this program; a user must not be shown a traceback
        return _fail(f"internal error: {type(error).__name__}: {error}")


def _main(arguments: list[str]) -> int:
    if arguments and arguments[0] in COMMANDS:
        from .commands import run_command

        return run_command(arguments, Streams())
    options = Options()
    if arguments:
        from ..results.errors import Shown
        from .arguments import parse

        try:
            options = parse(arguments)
        except Shown as shown:
            return _write([str(shown).encode()])
        if options.show == POLICY:
            from ..functions.expand.policy import policy

            return _write([policy()])
        if options.show == WEBHOOK_GUARD:
            from ..functions.convert.webhook_guard import webhook_guard

            return _write([webhook_guard()])
        if options.files:
            from .commands import check_files

            return check_files(options, Streams())
    if sys.stdin is None or sys.stdin.isatty():
        from .arguments import usage

        _say(usage())
        return 2
    parts, code, summary = _run(options)
    failed = _write(parts)
    if not failed:
        _say(summary)
    return options.error_code if failed else code


class Streams:
    """Stdout and stderr, for the commands."""

    def write(self, parts: Iterable[bytes], /) -> int:
        """Writes to stdout; returns the exit code."""
        return _write(parts)

    def say(self, text: str, /) -> None:
        """Writes to stderr."""
        _say(text)


def _run(options: Options) -> tuple[Iterable[bytes], int, str]:
    """Runs the functions on stdin; returns what to print, the exit code, and what to say when that
    is printed.
    """
    from ..results.errors import InputError

    name = "stdin"
    try:
        name = options.config or name
        config = None if options.config is None else _read(options.config)
        name = "stdin"
        data = [_read_all(0)]
    except OSError as error:
        _fail(_unread(name, error))
        return (), options.error_code, ""
    try:
        outcome = _outcome(data, options, config)
    except InputError as error:
        _fail(str(error))
        return (), options.error_code, ""
    if options.show == DIFF:
        from ..results.pending import pend

        for result in outcome.results:
            pend(result)
    is_terminal = os.isatty(1)
    has_summary = is_terminal and options.show != CHECK
    _say(_checked(outcome) if options.show == CHECK else outcome.told(with_done=not has_summary))
    if os.environ.get(DEBUG):
        _say(f"{PROGRAM}: {outcome.ways}\n")
    parts: Iterable[bytes] = outcome.parts()
    code = options.error_code if outcome.failed else 0
    if options.show != OUTPUT:
        diff = outcome.diff
        code = code or int(options.show == CHECK and bool(diff))
        parts = [diff]
    if is_terminal and options.show != OUTPUT:
        from .terminal import readable

        parts = [readable(diff, os.environ)]
    if not has_summary:
        return parts, code, ""
    from .terminal import summary

    return parts, code, f"{PROGRAM}: {summary(outcome)}\n"


def _outcome(data: list[bytes], options: Options, config: bytes | None) -> Outcome:
    """The outcome of the functions; `data` is emptied, so that the bytes can go."""
    path, functions = options.config or "", options.functions
    if len(functions) > 1:
        from ..repository.stream import run_stream

        return run_stream(data.pop(), tuple(functions), config, path)
    from ..pipeline import run

    return run(data.pop(), functions[0] if functions else None, config, path)


def _checked(outcome: Outcome) -> str:
    """What is wrong, as lines; not what has been done, since nothing has."""
    from ..results.result import INFO

    return "".join(f"{result}\n" for result in outcome.results if result.severity != INFO)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 (pathlib is slow to import)
        return _read_all(file.fileno())


def _unread(name: str, error: OSError) -> str:
    from ..results.result import say

    return say("not-read", name=name, problem=error.strerror)


def _read_all(descriptor: int) -> bytes:
    """All that is to be read, from a pipe or a device, too. Raises OSError, also for a pipe that
    does not wait for what is not there yet, and for more than MAX_INPUT.
    """
    parts: list[bytes] = []
    left = MAX_INPUT
    while part := os.read(descriptor, _PART):
        left -= len(part)
        if left < 0:
            raise OSError(0, f"it has more than {MAX_INPUT} bytes")
        parts.append(part)
    return b"".join(parts)


def _write(parts: Iterable[bytes]) -> int:
    """Writes all of them to stdout, past Python's buffer, so that a failure shows here and nowhere
    else; some file systems tell of one only when the file is closed. Returns the exit code.
    """
    try:
        written = 0
        for part in parts:
            rest = memoryview(part)
            while rest:
                rest = rest[os.write(1, rest) :]
            written += len(part)
        if written:
            os.close(1)
    except OSError as error:
        from ..results.result import say

        return _fail(say("not-written", problem=error.strerror))
    return 0


def _say(text: str) -> None:
    """Writes to stderr, control characters as escapes, so that no input steers a terminal. What
    can't be written there is lost, and the output is not.
    """
    if not text.replace("\n", "").isprintable():
        from ..results.result import visible

        text = visible(text)
    rest = memoryview(text.encode())
    try:
        while rest:
            rest = rest[os.write(2, rest) :]
    except OSError:
        pass


def _fail(message: str) -> int:
    line = " ".join(message.splitlines())
    _say(f"{PROGRAM}: {line}\n")
    return 1
