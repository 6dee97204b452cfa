"""Files are written in place: all of them or none."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from modelserving_lws.repository.files import File, find
from modelserving_lws.repository.write import Change, WriteError, write_all, write_new

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> list[File]:
    """Three files, as they are read."""
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text(f"{name}\n")
    return find([str(tmp_path)], lambda _: True).files


def changes(files: list[File]) -> list[Change]:
    return [Change(file, b"new\n") for file in files]


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


OLD = {f"{name}.yaml": f"{name}\n" for name in "abc"}


def test_all_are_written(tmp_path: Path, files: list[File]) -> None:
    assert write_all(changes(files)) == []
    assert contents(tmp_path) == dict.fromkeys(OLD, "new\n")


def test_each_is_another_file_of_the_same_mode(tmp_path: Path, files: list[File]) -> None:
    path = tmp_path / "a.yaml"
    path.chmod(0o604)
    before = path.stat()
    files = find([str(tmp_path)], lambda _: True).files
    with path.open() as old:
        write_all(changes(files))
        assert old.read() == "a\n"
    after = path.stat()
    assert after.st_ino != before.st_ino
    assert stat.S_IMODE(after.st_mode) == 0o604


@pytest.mark.parametrize("text", ["other\n", "b\n\n", ""])
def test_a_file_that_has_changed_is_an_error(tmp_path: Path, files: list[File], text: str) -> None:
    (tmp_path / "b.yaml").write_text(text)
    with pytest.raises(WriteError) as caught:
        write_all(changes(files))
    assert caught.value.file.path.endswith("b.yaml")
    assert caught.value.problem == "it has changed since it was read"
    assert contents(tmp_path) == OLD | {"b.yaml": text}


def test_a_file_that_was_replaced_by_the_same_bytes_has_changed(
    tmp_path: Path, files: list[File]
) -> None:
    (tmp_path / "new").write_text("b\n")
    (tmp_path / "new").rename(tmp_path / "b.yaml")
    with pytest.raises(WriteError):
        write_all(changes(files))
    assert contents(tmp_path) == OLD


def test_a_file_that_is_gone_is_an_error(tmp_path: Path, files: list[File]) -> None:
    (tmp_path / "c.yaml").unlink()
    with pytest.raises(WriteError):
        write_all(changes(files))
    assert contents(tmp_path) == {name: text for name, text in OLD.items() if name != "c.yaml"}


def test_what_can_be_done_is_done(tmp_path: Path, files: list[File]) -> None:
    (tmp_path / "b.yaml").write_text("other\n")
    (failed,) = write_all(changes(files), keeps_going=True)
    assert failed.file.path.endswith("b.yaml")
    assert contents(tmp_path) == {"a.yaml": "new\n", "b.yaml": "other\n", "c.yaml": "new\n"}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_rename_that_fails_takes_back_those_before(
    tmp_path: Path, files: list[File], number: int
) -> None:
    real, calls = os.rename, []

    def rename(old: str, new: str) -> None:
        calls.append(new)
        if len(calls) == number:
            raise PermissionError(1, "Operation not permitted")
        real(old, new)

    with patch.object(os, "rename", rename), pytest.raises(WriteError) as caught:
        write_all(changes(files))
    assert caught.value.problem == "Operation not permitted"
    assert contents(tmp_path) == OLD


@pytest.mark.parametrize("number", [1, 2])
def test_a_disk_without_room_leaves_all_as_it_was(
    tmp_path: Path, files: list[File], number: int
) -> None:
    real, calls = os.fsync, []

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == number:
            raise OSError(28, "No space left on device")
        real(descriptor)

    with patch.object(os, "fsync", fsync), pytest.raises(WriteError):
        write_all(changes(files))
    assert contents(tmp_path) == OLD


def test_what_is_no_regular_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    status = (tmp_path / "a").stat()
    file = File("a", str(tmp_path / "a"), "a", status, b"")
    with pytest.raises(WriteError) as caught:
        write_all([Change(file, b"x")])
    assert caught.value.problem == "it is no regular file"


def test_a_read_only_file_is_not_replaced(tmp_path: Path, files: list[File]) -> None:
    (tmp_path / "b.yaml").chmod(0o400)
    only_others = patch.object(os, "access", lambda path, _: not path.endswith("b.yaml"))
    with only_others, pytest.raises(WriteError) as caught:
        write_all(changes(files))
    assert caught.value.problem == "it is read-only"
    assert contents(tmp_path) == OLD


def test_a_new_file_has_the_mode_of_the_user(tmp_path: Path) -> None:
    write_new(str(tmp_path / "sub" / "new"), b"x")
    (tmp_path / "touched").touch()
    new, touched = ((tmp_path / name).stat().st_mode for name in ("sub/new", "touched"))
    assert new == touched
    assert (tmp_path / "sub" / "new").read_bytes() == b"x"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "b").symlink_to("a")
    write_new(str(tmp_path / "b"), b"new")
    assert (tmp_path / "b").is_symlink()
    assert (tmp_path / "a").read_text() == "new"
