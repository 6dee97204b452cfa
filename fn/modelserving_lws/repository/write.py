"""Changed files, written in place: all of them or none.

Each becomes a new file in the same folder, that is written to the disk and then renamed over the
old one. A link is followed to the file that it names. No process can rename several files at once:
one that is killed between two renames leaves some files changed and others not, each of them whole.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from .files import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from .files import File

    T = TypeVar("T", "Change", "_New")
    U = TypeVar("U")

_TRIES = 100


class Change:
    """A file, and the bytes that it is to have."""

    __slots__ = ("data", "file")

    def __init__(self, file: File, data: bytes) -> None:
        self.file = file
        self.data = data


class WriteError(Exception):
    """A file that could not be written, and why."""

    def __init__(self, file: File, error: OSError) -> None:
        super().__init__(file.path, error.strerror)
        self.file = file
        self.problem = str(error.strerror)


def write_all(changes: Iterable[Change], keeps_going: bool = False) -> list[WriteError]:
    """Writes the files. Where one can't be written, raises WriteError and leaves all as they were;
    with `keeps_going`, writes the others and returns what can't be.
    """
    run = _Run(keeps_going)
    try:
        prepared = run.each(changes, run.prepare)
        checked = run.each(prepared, _check)
        run.each(checked, run.rename)
    except WriteError:
        run.restore()
        raise
    finally:
        run.clean()
    return run.failed


def write_new(path: str, data: bytes) -> None:
    """Writes a file that need not be there, in the same way, and the folders above it. Raises
    OSError.
    """
    real = os.path.realpath(path)
    os.makedirs(os.path.dirname(real), exist_ok=True)
    if os.path.exists(real) and not os.path.isfile(real):  # a pipe or a device
        with open(real, "wb") as file:
            file.write(data)
        return
    descriptor, new = _create(real)
    try:
        mode = stat.S_IMODE(os.stat(real).st_mode) if os.path.exists(real) else 0o666 & ~_umask()
        _fill(descriptor, data, mode)
        os.rename(new, real)
    except OSError:
        with suppress(OSError):
            os.unlink(new)
        raise


class _New:
    """A new file, beside the one that it is to replace."""

    __slots__ = ("change", "file", "path")

    def __init__(self, change: Change, path: str) -> None:
        self.change = change
        self.file = change.file
        self.path = path


class _Run:
    def __init__(self, keeps_going: bool) -> None:
        self.failed: list[WriteError] = []
        self._keeps_going = keeps_going
        self._made: list[_New] = []
        self._done: list[_New] = []

    def each(self, things: Iterable[T], action: Callable[[T], U]) -> list[U]:
        """What an action gives of each; where it fails, see `write_all`."""
        results = []
        for thing in things:
            try:
                results.append(action(thing))
            except OSError as error:
                self.failed.append(WriteError(thing.file, error))
                if not self._keeps_going:
                    raise self.failed[-1] from error
        return results

    def prepare(self, change: Change) -> _New:
        """Writes the new file."""
        status = change.file.status
        if status is None or not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is no regular file")
        if not os.access(change.file.real, os.W_OK):
            raise PermissionError(0, "it is read-only")
        descriptor, path = _create(change.file.real)
        self._made.append(_New(change, path))
        _fill(descriptor, change.data, stat.S_IMODE(status.st_mode))
        with suppress(OSError):  # only the superuser may give a file to others
            os.chown(path, status.st_uid, status.st_gid)
            os.chmod(path, stat.S_IMODE(status.st_mode))  # chown takes set-user-ID away
        return self._made[-1]

    def rename(self, new: _New) -> None:
        """Puts the new file in the place of the old one."""
        os.rename(new.path, new.file.real)
        self._done.append(new)

    def restore(self) -> None:
        """Gives the files that have been replaced their old bytes again."""
        for new in self._done:
            file = new.file
            back = _Run(keeps_going=True)
            back.each(back.each([Change(file, file.data or b"")], back.prepare), back.rename)
            back.clean()

    def clean(self) -> None:
        """Removes new files that replace nothing, and sees that the others last."""
        for new in self._made:
            if new not in self._done:
                with suppress(OSError):
                    os.unlink(new.path)
        for folder in {os.path.dirname(new.file.real) for new in self._done}:
            with suppress(OSError):  # some file systems know no such thing
                descriptor = os.open(folder, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)


def _create(real: str) -> tuple[int, str]:
    """A new file in the folder of a file: its descriptor and its path."""
    folder, name = os.path.split(real)
    for _ in range(_TRIES):
        path = os.path.join(folder, f".{name[:50]}.{os.urandom(6).hex()}.tmp")
        with suppress(FileExistsError):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            return os.open(path, flags, 0o600), path
    raise OSError(0, "no name is left for a new file beside it")


def _fill(descriptor: int, data: bytes, mode: int) -> None:
    try:
        os.fchmod(descriptor, mode)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(new: _New) -> _New:
    """Raises OSError where the file is not what it was when it was read."""
    old, status = new.file.status, os.stat(new.file.real)
    same = old is not None and (old.st_dev, old.st_ino) == (status.st_dev, status.st_ino)
    if not same or read_file(new.file.real)[0] != new.file.data:
        raise OSError(0, "it has changed since it was read")
    return new


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
