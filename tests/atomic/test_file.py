"""A file is complete or as it was."""

import errno
import os
import stat
import subprocess
import sys

import pytest

from biometal_stream.atomic import STANDARD_OUTPUT, AtomicFile, AtomicFolder
from biometal_stream.errors import SinkError
from tests.atomic.faults import failing
from tests.faults.jobs import contents


@pytest.fixture
def umask():
    before = os.umask(0o027)
    yield
    os.umask(before)


def test_nothing_is_seen_before_the_end(tmp_path):
    target = tmp_path / "t"
    with AtomicFile(target) as file:
        file.write(b"ab")
        file.write(memoryview(b"cd"))
        assert not target.exists()
        (hidden,) = tmp_path.iterdir()
        assert hidden.name.startswith(".t.")
        assert hidden.name.endswith(".partial")
    assert contents(tmp_path) == {"t": b"abcd"}
    assert file.bytes_written == 4


def test_an_error_leaves_the_old_file(tmp_path):
    target = tmp_path / "t"
    target.write_bytes(b"old")

    def interrupted():
        with AtomicFile(target) as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert contents(tmp_path) == {"t": b"old"}


@pytest.mark.usefixtures("umask")
def test_permissions(tmp_path):
    with AtomicFile(tmp_path / "new") as file:
        file.write(b"x")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    (tmp_path / "new").chmod(0o604)
    with AtomicFile(tmp_path / "new") as file:
        file.write(b"x")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o604


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    for name in ("old", "missing"):
        link = tmp_path / name
        link.symlink_to(tmp_path / "real" / name)
        with AtomicFile(link) as file:
            file.write(name.encode())
        assert link.is_symlink()
    assert contents(tmp_path / "real") == {"old": b"old", "missing": b"missing"}


@pytest.mark.parametrize("name", ["n" * 255, "ü" * 127])
def test_a_long_name(tmp_path, name):
    with AtomicFile(tmp_path / name) as file:
        file.write(b"x")
    assert contents(tmp_path) == {name: b"x"}


def test_targets_that_cannot_be(tmp_path):
    with pytest.raises(SinkError, match="is a folder; name a file"):
        AtomicFile(tmp_path)
    with pytest.raises(SinkError, match="there is no such folder; make it first"):
        AtomicFile(tmp_path / "no" / "t")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SinkError, match="cannot be written: Not a directory"):
        AtomicFile(tmp_path / "file" / "t")
    with pytest.raises(SinkError, match="cannot be written: File name too long"):
        AtomicFile(tmp_path / ("n" * 300))


def test_a_protected_file(tmp_path, monkeypatch):
    (tmp_path / "t").write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # as for anybody but root
    with pytest.raises(SinkError, match="is write-protected; remove it or name another file"):
        AtomicFile(tmp_path / "t")
    assert contents(tmp_path) == {"t": b"old"}


@pytest.mark.parametrize(
    ("function", "calls"), [("write", 2), ("fsync", 1), ("replace", 1), ("close", 1)]
)
@pytest.mark.usefixtures("closed_by_the_system")
def test_a_full_disk(tmp_path, monkeypatch, function, calls):
    for at in range(calls):
        (tmp_path / "t").write_bytes(b"old")

        def fill(patch):
            with AtomicFile(tmp_path / "t") as file:
                file.write(b"one")
                failing(patch, function, at)  # noqa: B023 - called at once
                file.write(b"two")
                file.write(b"three")

        with monkeypatch.context() as patch, pytest.raises(SinkError) as error:
            fill(patch)
        assert str(error.value) == f"{tmp_path}/t: cannot be written: No space left on device"
        assert contents(tmp_path) == {"t": b"old"}


def test_short_writes(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    with AtomicFile(tmp_path / "t") as file:
        file.write(b"abcdefgh")
    assert contents(tmp_path) == {"t": b"abcdefgh"}
    assert file.bytes_written == 8


def test_a_file_system_that_cannot_sync(tmp_path, monkeypatch):
    def refuse(descriptor):
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", refuse)
    with AtomicFile(tmp_path / "t") as file:
        file.write(b"x")
    assert contents(tmp_path) == {"t": b"x"}


def test_discard_may_come_again(tmp_path):
    file = AtomicFile(tmp_path / "t")
    file.discard()
    file.discard()
    file.commit()
    folder = AtomicFolder(tmp_path / "f")
    folder.discard()
    folder.discard()
    folder.commit()
    assert contents(tmp_path) == {}
    assert STANDARD_OUTPUT == "-"


def test_permissions_that_cannot_be_given(tmp_path, monkeypatch):
    (tmp_path / "t").write_bytes(b"old")
    failing(monkeypatch, "fchmod", 0, errno.EPERM)
    with pytest.raises(SinkError, match="cannot be written: Operation not permitted"):
        AtomicFile(tmp_path / "t")
    assert contents(tmp_path) == {"t": b"old"}


def test_a_killed_process_leaves_a_hidden_file(tmp_path):
    (tmp_path / "t").write_bytes(b"old")
    code = """if True:
        import os, signal, sys
        from biometal_stream.atomic import AtomicFile
        with AtomicFile(sys.argv[1]) as file:
            file.write(b"new")
            os.kill(os.getpid(), signal.SIGKILL)
        """
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run([sys.executable, "-c", code, tmp_path / "t"], check=True)
    found = contents(tmp_path)
    assert found.pop("t") == b"old"
    ((name, data),) = found.items()
    assert name.startswith(".t.")
    assert name.endswith(".partial")
    assert data == b"new"


def test_an_interrupt_before_the_commit_leaves_no_file(tmp_path, monkeypatch):
    def interrupt(self):
        raise KeyboardInterrupt

    for kind in (AtomicFile, AtomicFolder):
        monkeypatch.setattr(kind, "commit", interrupt)
        with pytest.raises(KeyboardInterrupt), kind(tmp_path / "t"):
            pass
    assert contents(tmp_path) == {}
