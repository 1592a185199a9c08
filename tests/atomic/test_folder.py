"""A folder is complete or absent."""

import errno
import os
import shutil
import stat
from pathlib import Path

import pytest

from biometal_stream.atomic import AtomicFolder
from biometal_stream.atomic import folder as folder_module
from biometal_stream.errors import SinkError
from tests.atomic.faults import failing
from tests.faults.jobs import contents


@pytest.mark.parametrize("exists", [False, True])
def test_a_folder(tmp_path, exists):
    target = tmp_path / "out"
    if exists:
        target.mkdir(mode=0o711)
    with AtomicFolder(f"{target}/") as folder:
        folder.append("a", b"1")
        folder.append("x=1/b", b"2")
        folder.append("a", memoryview(b"3"))
        assert not exists or not list(target.iterdir())
        assert exists or not target.exists()
    assert contents(tmp_path) == {"out/a": b"13", "out/x=1/b": b"2"}
    assert folder.bytes_written == 3
    assert not exists or stat.S_IMODE(target.stat().st_mode) == 0o711


def test_folders_that_cannot_be(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_bytes(b"old")
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(SinkError, match="not empty; remove it or name another"):
        AtomicFolder(tmp_path / "full")
    with pytest.raises(SinkError, match="is a file; a folder is to be written there"):
        AtomicFolder(tmp_path / "file")
    with pytest.raises(SinkError, match="no such folder"):
        AtomicFolder(tmp_path / "no" / "out")
    assert contents(tmp_path) == {"full/x": b"old", "file": b"old"}


def test_a_folder_that_fills_meanwhile(tmp_path):
    folder = AtomicFolder(tmp_path / "out")
    folder.append("a", b"1")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_bytes(b"old")
    with pytest.raises(SinkError, match="not empty"):
        folder.commit()
    assert contents(tmp_path) == {"out/mine": b"old"}


@pytest.mark.parametrize(
    ("function", "calls"),
    [("write", 3), ("fsync", 2), ("rename", 1), ("open_descriptor", 2), ("mkdir", 1)],
)
def test_a_full_disk_under_a_folder(tmp_path, monkeypatch, function, calls):

    def fill(patch, at):
        with AtomicFolder(tmp_path / "out") as folder:
            module = folder_module if function == "open_descriptor" else os
            failing(patch, function, at, module=module)
            folder.append("x=1/a", b"1")
            folder.append("b", b"2")
            folder.append("b", b"3")

    for at in range(calls):
        with monkeypatch.context() as patch, pytest.raises(SinkError) as error:
            fill(patch, at)
        assert "No space left on device" in str(error.value)
        assert list(tmp_path.iterdir()) == []


def test_a_folder_whose_permissions_cannot_be_given(tmp_path, monkeypatch):
    (tmp_path / "f").mkdir()

    def refuse(self, mode):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(SinkError, match="Operation not permitted"):
        AtomicFolder(tmp_path / "f")
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_folder_that_cannot_be_renamed_over_is_refused_at_once(tmp_path, monkeypatch):
    (tmp_path / "f").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(SinkError, match="symbolic links"):
        AtomicFolder(tmp_path / "loop")
    monkeypatch.setattr(os.path, "ismount", lambda path: True)
    with pytest.raises(
        SinkError, match="is a mount point, which cannot be replaced; name a folder in it"
    ):
        AtomicFolder(tmp_path / "f")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f", "loop"]


def test_a_folder_adopts_files_that_others_wrote(tmp_path):
    (tmp_path / "one").write_bytes(b"1")
    (tmp_path / "two").write_bytes(b"22")
    with AtomicFolder(tmp_path / "out") as folder:
        assert folder.path.parent == tmp_path
        folder.adopt(tmp_path / "one", "first")
        folder.adopt(tmp_path / "two", "a/b/second")
        folder.append("a/third", b"333")
        assert folder.bytes_written == 6
        with pytest.raises(SinkError, match="out/fourth: cannot be written"):
            folder.adopt(tmp_path / "none", "fourth")
    assert contents(tmp_path) == {
        "out/first": b"1",
        "out/a/b/second": b"22",
        "out/a/third": b"333",
    }


def test_a_folder_that_is_gone_stays_gone(tmp_path):
    folder = AtomicFolder(tmp_path / "out")
    folder.path.rmdir()
    with pytest.raises(SinkError):
        folder.append("a/b/c", b"")
    assert list(tmp_path.iterdir()) == []
    folder.discard()


def test_a_folder_that_is_written_while_it_is_removed_goes(tmp_path, monkeypatch):
    folder = AtomicFolder(tmp_path / "out")
    removed = shutil.rmtree
    late = iter([b"late", b"later"])

    def race(path, **settings):
        removed(path, **settings)
        for text in late:
            path.mkdir()
            (path / "file").write_bytes(text)
            return

    monkeypatch.setattr(shutil, "rmtree", race)
    folder.discard()
    assert list(tmp_path.iterdir()) == []
