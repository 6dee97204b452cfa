"""The files of a call: those that it names, and those below the folders that it names."""

from __future__ import annotations

import os
import stat

from ..results.errors import InputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STDIN = "-"
SUFFIXES = (".yaml", ".yml", ".json")
KUSTOMIZATION = "Kustomization"
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", KUSTOMIZATION)
# In bytes, of one file that a call names, and of all files that are kept; as stdin.
MAX_INPUT = 200_000_000
# In bytes, of one file below a folder; no cluster has an object of a tenth of that.
MAX_FOUND = 20_000_000
_PART = 1 << 18
# What is left out below a folder, for one line each.
HIDDEN, TEMPLATES, LINKS, LARGE = "hidden", "templates", "links", "large"
# What has been read, and holds no manifest.
NO_MANIFESTS = "no-manifests"


class File:
    """A file and its bytes, which are None where nothing asks for them. `path` names it to people:
    relative to the folder that the program runs in, where it is below that.
    `target` is its place below an output folder; `status` is what the file system said of it when
    it was read, None of stdin. `is_named`: the call names the file itself.
    """

    __slots__ = ("data", "is_named", "path", "real", "status", "target")

    def __init__(
        self, path: str, real: str, target: str, status: os.stat_result | None, data: bytes | None
    ) -> None:
        self.path = path
        self.real = real
        self.target = target
        self.status = status
        self.data = data
        self.is_named = False

    def load(self) -> None:
        """Reads the bytes of a file that were not kept. Raises InputError."""
        if self.data is None:
            try:
                self.data, self.status = read_file(self.real)
            except OSError as error:
                raise InputError("not-read", name=self.path, problem=error.strerror) from error

    @property
    def is_kustomization(self) -> bool:
        """Whether it is a file for kustomize, by its name."""
        return os.path.basename(self.real) in KUSTOMIZATIONS


class Found:
    """What a call's paths come to. `left_out` are the paths of what was left out below folders, by
    the reason; `unread` are files that could not be read, and why. `around` are the folders, by
    their real paths, in which and above which a kustomization may be that the call does not give.
    """

    def __init__(self) -> None:
        self.files: list[File] = []
        self.around: set[str] = set()
        self.left_out: dict[str, list[str]] = {}
        self.unread: list[tuple[str, OSError]] = []

    def leave_out(self, reason: str, path: str) -> None:
        self.left_out.setdefault(reason, []).append(path)


def find(
    paths: Iterable[str],
    keeps: Callable[[bytes], bool],
    progress: Callable[[int], None] | None = None,
) -> Found:
    """The files of these paths, sorted, each once; the bytes of those that are named, and of those
    that `keeps` says so of. A named file is always taken; below a folder, manifests and
    kustomizations by their names.

    `progress` is told how many files have been read.
    """
    found = Found()
    named: dict[str, str] = {}
    below: dict[str, str] = {}
    folders: list[str] = []
    for path in paths:
        if os.path.isdir(path):
            real = os.path.realpath(path)
            folders.append(real)
            found.around.add(real)
            for file in _below(path, real, found):
                below.setdefault(os.path.realpath(file), file)
        else:
            real = os.path.realpath(path)
            folders.append(os.path.dirname(real))
            found.around.add(folders[-1])
            named.setdefault(real, path)
    root = os.path.commonpath(folders) if folders else ""
    left = MAX_INPUT
    everything = _shown_paths({**below, **named})
    for number, (real, path) in enumerate(sorted(everything.items(), key=lambda pair: pair[1])):
        try:
            if real in named:  # also what has no real path, such as `/dev/fd/3`
                data, status = read_file(named[real])
            else:
                data, status = read_file(real, MAX_FOUND)
        except LargeError as error:
            if real in named:
                found.unread.append((path, error))
            else:
                found.leave_out(LARGE, path)
            continue
        except OSError as error:
            found.unread.append((path, error))
            continue
        kept = real in named or keeps(data)
        left -= len(data) if kept else 0
        if left < 0:
            found.unread.append((path, too_large(MAX_INPUT)))
            break
        target = os.path.relpath(real, root)
        one = File(path, real, target, status, data if kept else None)
        one.is_named = real in named
        found.files.append(one)
        if progress is not None:
            progress(number + 1)
    return found


class LargeError(OSError):
    """A file that is over the limit."""


def too_large(limit: int) -> LargeError:
    return LargeError(0, f"it has more than {limit} bytes")


def read_file(path: str, limit: int = MAX_INPUT) -> tuple[bytes, os.stat_result]:
    """All bytes of a file, and what the file system says of it. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_size > limit:
            raise too_large(limit)
        return read_all(descriptor, limit), status
    finally:
        os.close(descriptor)


def read_all(descriptor: int, limit: int = MAX_INPUT) -> bytes:
    """All that is to be read, from a pipe or a device, too. Raises OSError, also for a pipe that
    does not wait for what is not there yet, and for more than the limit.
    """
    parts: list[bytes] = []
    left = limit
    while part := os.read(descriptor, _PART):
        left -= len(part)
        if left < 0:
            raise too_large(limit)
        parts.append(part)
    return b"".join(parts)


def _below(folder: str, root: str, found: Found) -> Iterator[str]:
    """The files below a folder. `root` is its own real path, which no link may lead out of."""
    for path, folders, files in os.walk(folder):
        is_chart = "Chart.yaml" in files
        stay = []
        for name in sorted(folders):
            inner = os.path.join(path, name)
            if name.startswith("."):
                found.leave_out(HIDDEN, shown_path(inner))
            elif is_chart and name == "templates":
                found.leave_out(TEMPLATES, shown_path(inner))
            elif not os.path.islink(inner):
                stay.append(name)
            elif not _is_within(os.path.realpath(inner), root):
                found.leave_out(LINKS, shown_path(inner))
        folders[:] = stay
        for name in files:
            if not (name.endswith(SUFFIXES) or name == KUSTOMIZATION):
                continue
            file = os.path.join(path, name)
            if os.path.islink(file) and not _is_within(os.path.realpath(file), root):
                found.leave_out(LINKS, shown_path(file))
            elif os.path.isfile(file):
                yield file


def _shown_paths(paths: dict[str, str]) -> dict[str, str]:
    """The files' paths as people are told them: relative to the folder that the program runs in, or
    from the root on where one is outside of it, so that a kustomization's relative path to a file
    is that file's.
    """
    here = os.getcwd()
    shown = {real: shown_path(path, here) for real, path in paths.items()}
    if any(map(os.path.isabs, shown.values())):
        return {real: os.path.abspath(path) for real, path in paths.items()}
    return shown


def _is_within(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def shown_path(path: str, here: str = "") -> str:
    """A path relative to the folder that the program runs in; from the root on, if outside."""
    here = here or os.getcwd()
    relative = os.path.relpath(path, here)
    if relative == os.pardir or relative.startswith(os.pardir + "/"):
        return os.path.abspath(path)
    return relative
