"""Where the outcome of a command goes: files, a patch, manifests, and the report."""

from __future__ import annotations

import os
import signal

from ..repository.files import read_file
from ..repository.write import Change, WriteError, write_all, write_new
from ..results.result import say as message
from . import PROGRAM, report
from .report import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Protocol

    from ..repository.chain import Run
    from ..repository.files import Found
    from ..repository.join import Source
    from ..tree.model import Tree
    from .command_arguments import CommandOptions

    class Streams(Protocol):
        """Stdout, which gives an exit code, and stderr."""

        def write(self, parts: Iterable[bytes], /) -> int:
            """Writes to stdout; returns the exit code."""
            ...

        def say(self, text: str, /) -> None:
            """Writes to stderr."""
            ...


_STDOUT = "-"
_MARKER = b"---\n"


class Output:
    """Puts one run where the options say."""

    def __init__(
        self,
        options: CommandOptions,
        found: Found,
        run: Run,
        streams: Streams,
        tree: Tree | None = None,
    ) -> None:
        """A `tree` takes the place of the manifests."""
        self._options = options
        self._tree = tree
        self._found = found
        self._run = run
        self._streams = streams
        self._failed = run.failed or bool(found.unread)
        # Whether something would be written that may not be, since there is an error.
        self._is_held = self._failed and not options.keep_going
        self._stdout: list[bytes] = []

    def put(self) -> int:
        """Writes what is to be written and the reports; returns the exit code."""
        options = self._options
        outcome = Outcome(self._run, self._done())
        prints = options.command == "render" and options.output is None
        has_stdout = options.diff or options.output == _STDOUT or prints
        for problem in problems(self._found, self._run):
            self._say(problem)
        if options.write:
            outcome.done = Outcome.DONE if self._write() else Outcome.NOT
        elif options.output is not None and options.output != _STDOUT:
            self._write_output(options.output)
        elif self._is_held and has_stdout:
            pass
        elif options.diff:
            patches = [source.patch() for source in self._run.changed]
            self._stdout += map(_shown, patches) if os.isatty(1) else patches
        elif self._tree is not None:
            from .tree import shown

            self._stdout.append(shown(self._tree, options.tree_format))
        elif has_stdout:
            self._stdout += self._manifests()
        self._report(outcome, has_stdout or options.output is not None)
        if self._is_held and (options.write or options.output is not None or has_stdout):
            self._say(message("nothing-written"))
        code = self._streams.write(self._stdout)
        if self._failed or code:
            return options.error_code
        return int(options.check and bool(self._run.changed))

    def _done(self) -> str:
        """What becomes of the files, unless they are changed in place."""
        options = self._options
        prints = options.command == "render" and options.output is None
        if prints or self._run.is_report:
            return Outcome.NOTHING
        if self._is_held:
            return Outcome.NOT if options.output is not None else Outcome.HELD
        return Outcome.WOULD if options.output is None else Outcome.WRITTEN

    def _say(self, text: str) -> None:
        self._streams.say(f"{PROGRAM}: {' '.join(text.splitlines())}\n")

    def _write(self) -> bool:
        """Changes the files in place; returns whether it has."""
        if self._is_held:
            return False
        changes = [Change(source.file, source.output) for source in self._run.changed]
        ends = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ends)
        try:
            failed = write_all(changes, self._options.keep_going)
        except WriteError as error:
            self._fail(error.file.path, error.problem)
            self._is_held = True
            return False
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for one in failed:
            self._fail(one.file.path, one.problem)
        unwritten = [one.file for one in failed]
        self._run.changed = [it for it in self._run.changed if it.file not in unwritten]
        return True

    def _fail(self, path: str, problem: str) -> None:
        self._failed = True
        self._say(message("file-not-written", name=path, problem=problem))

    def _write_output(self, place: str) -> None:
        """Writes the manifests to a file or a folder."""
        if self._is_held:
            return
        sources = self._run.sources
        is_folder = place.endswith("/") or os.path.isdir(place) or len(sources) > 1  # noqa: PTH112
        for source in sources:
            target = f"{place.rstrip('/') or '/'}/{source.file.target}" if is_folder else place
            if is_folder and not source.file.target:
                self._fail(place, "stdin has no name for a file in a folder")
                continue
            data = self._bytes(source)
            if _is_no_json(target, data, source.file.data):
                if not is_folder:
                    self._fail(target, message("json-with-more"))
                    continue
                name, target = target, f"{target}.yaml"
                self._say(message("json-as-yaml", name=name, target=target))
            try:
                write_new(target, data)
            except OSError as error:
                self._fail(target, str(error.strerror))

    def _bytes(self, source: Source) -> bytes:
        """The file's bytes with all edits, also of a file whose bytes were not kept."""
        if source.file.data is None:
            return read_file(source.file.real)[0]
        return source.output

    def _manifests(self) -> Iterable[bytes]:
        """All manifests, as one stream."""
        is_first, ends = True, True
        for source in self._run.sources:
            data = source.output
            if not data or not source.has_manifests:
                continue
            if not ends:
                yield b"\n"
            if not (is_first or data.startswith(_MARKER.rstrip())):
                yield _MARKER
            yield data
            is_first, ends = False, data.endswith(b"\n")

    def _report(self, outcome: Outcome, is_aside: bool) -> None:
        """Writes the reports; one without a file to stderr where it is aside, else to stdout."""
        reports = list(self._options.reports)
        if all(file is not None for _, file in reports):
            reports.insert(0, (report.TEXT, None))
        for format_, file in reports:
            data = outcome.written(format_)
            if file is not None:
                try:
                    write_new(file, data)
                except OSError as error:
                    self._fail(file, str(error.strerror))
            elif is_aside:
                self._streams.say(data.decode(errors="replace"))
            else:
                self._stdout.append(data)


def _is_no_json(target: str, data: bytes, before: bytes | None) -> bool:
    """Whether a file of this name is to get several documents, which it has not had."""
    separator = b"\n---"
    return target.endswith(".json") and separator in data and separator not in (before or b"")


def _shown(patch: bytes) -> bytes:
    """A patch for somebody at a terminal."""
    from .terminal import readable

    return readable(patch, os.environ)


def problems(found: Found, run: Run) -> Iterator[str]:
    """What was left out, and what could not be read, a line each."""
    for reason, paths in found.left_out.items():
        names = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if paths[3:] else "")
        yield message(f"left-out-{reason}", paths=names)
    for path, problem in found.unread:
        yield message("not-read", name=path, problem=problem.strerror)
    for error in run.errors:
        yield " ".join(str(error).splitlines())
    # That nothing was found in what can't be read is no wonder.
    for result in run.nothing if found.files or not found.unread else ():
        yield result.message
