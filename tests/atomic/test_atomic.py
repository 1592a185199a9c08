import errno
import io
import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from biometal_stream import descriptors
from biometal_stream.atomic import STANDARD_OUTPUT, AtomicFile, AtomicFiles, AtomicFolder
from biometal_stream.atomic import file as file_module
from biometal_stream.atomic import folder as folder_module
from biometal_stream.errors import ConfigurationError, SinkError

ATOMIC = Path(file_module.__file__).parent


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


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


@pytest.fixture
def closed_by_the_system(monkeypatch):
    """Files that are closed through `os.close`, which a test can make fail."""

    class Closed(io.FileIO):
        def close(self):
            if not self.closed:
                os.close(os.dup(self.fileno()))
                super().close()

    monkeypatch.setattr(descriptors, "FileIO", Closed)


def failing(monkeypatch, name, at, number=errno.ENOSPC, *, module=os):
    """Makes a function of the system fail at its call number ``at``, from 0."""
    real = getattr(module, name)
    calls = []

    def fail(*arguments, **options):
        calls.append(arguments)
        if len(calls) == at + 1:
            raise OSError(number, os.strerror(number))
        return real(*arguments, **options)

    monkeypatch.setattr(module, name, fail)
    return calls


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


def test_a_pipe_is_written_directly(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    found = []
    reader = threading.Thread(target=lambda: found.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    with AtomicFile(tmp_path / "pipe") as file:
        file.write(b"through")
    reader.join()
    assert found == [b"through"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_devices():
    with AtomicFile("/dev/null") as file:
        file.write(b"away")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_device():
    message = "/dev/full: cannot be written: No space left on device"
    with pytest.raises(SinkError, match=message), AtomicFile("/dev/full") as file:
        file.write(b"x")


def test_a_pipe_by_its_number():
    receiver, sender = os.pipe()
    with AtomicFile(f"/dev/fd/{sender}") as file:
        file.write(b"x" * 10)
    os.close(sender)
    assert os.read(receiver, 100) == b"x" * 10
    os.close(receiver)


def test_nobody_reads():
    receiver, sender = os.pipe()
    os.close(receiver)
    with pytest.raises(BrokenPipeError), AtomicFile(f"/dev/fd/{sender}") as file:
        file.write(b"x")
    os.close(sender)


def test_a_pipe_that_does_not_block():
    receiver, sender = os.pipe()
    os.set_blocking(sender, False)
    data = bytes(range(256)) * 4096
    found = []

    def drain():
        while len(b"".join(found)) < len(data):
            found.append(os.read(receiver, 65_536))

    reader = threading.Thread(target=drain)
    file = AtomicFile(f"/dev/fd/{sender}")
    os.set_blocking(file._file.fileno(), False)
    reader.start()
    file.write(data)
    file.commit()
    reader.join()
    assert b"".join(found) == data
    os.close(sender)
    os.close(receiver)


def test_standard_output(capfd):
    sys.stdout.write("first ")
    with AtomicFile("-") as file:
        file.write(b"second")
    sys.stdout.write(" third")
    assert capfd.readouterr().out == "first second third"


def test_files_are_committed_together(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    with AtomicFiles([tmp_path / "a", tmp_path / "b"]) as files:
        for file in files.files:
            file.write(b"new")
    assert contents(tmp_path) == {"a": b"new", "b": b"new"}
    assert files.bytes_written == 6


@pytest.mark.parametrize("function", ["write", "fsync", "replace", "close", "link"])
@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.usefixtures("closed_by_the_system")
def test_files_are_undone_together(tmp_path, monkeypatch, function, at):
    old = {"a": b"old a", "c": b"old c"}
    for name, data in old.items():
        (tmp_path / name).write_bytes(data)
    targets = [tmp_path / name for name in "abc"]

    def fill(files):
        with files:
            for file in files.files:
                file.write(b"new")

    files = AtomicFiles(targets)
    with monkeypatch.context() as patch:
        calls = failing(patch, function, at)
        if function == "link":  # a file system without links: no error
            with files:
                pass
        else:
            with pytest.raises(SinkError, match="No space left"):
                fill(files)
    assert len(calls) > at or function == "link"
    assert contents(tmp_path) == ({"a": b"", "b": b"", "c": b""} if function == "link" else old)


def test_a_device_may_take_several():
    with AtomicFiles(["/dev/null", "/dev/null"]) as files:
        files.files[1].write(b"x")


def test_one_file_twice(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with pytest.raises(ConfigurationError, match="is written twice"):
        AtomicFiles([tmp_path / "a", tmp_path / "link"])
    with pytest.raises(SinkError, match="is a folder"):
        AtomicFiles([tmp_path / "a", tmp_path])
    assert contents(tmp_path) == {}


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


@pytest.mark.parametrize("name", ["/dev/fd/{}", "/proc/self/fd/{}"])
def test_an_open_file_by_its_number_keeps_what_it_has(tmp_path, name):
    if name.startswith("/proc") and not Path("/proc/self/fd").exists():
        pytest.skip("no /proc")
    with (tmp_path / "t").open("wb", buffering=0) as standing:
        standing.write(b"before ")
        with AtomicFile(name.format(standing.fileno())) as file:
            file.write(b"new ")
        standing.write(b"after")
    assert contents(tmp_path) == {"t": b"before new after"}


def test_standard_output_by_its_path_keeps_what_a_file_has(tmp_path):
    code = """if True:
        import os
        from biometal_stream.atomic import AtomicFile
        os.write(1, b"before ")
        with AtomicFile("/dev/stdout") as file:
            file.write(b"new ")
        os.write(1, b"after")
        """
    with (tmp_path / "t").open("wb") as out:
        subprocess.run([sys.executable, "-c", code], check=True, stdout=out)
    assert contents(tmp_path) == {"t": b"before new after"}


def interrupted_at(step, act):
    """Runs something that an interrupt ends before the nth line of the module; whether it did."""
    steps = 0

    def trace(frame, event, argument):
        nonlocal steps
        if Path(frame.f_code.co_filename).parent != ATOMIC:
            return None
        if event == "line":
            steps += 1
            if steps == step:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def test_an_interrupt_never_leaves_one_mate_old_and_one_new(tmp_path):
    targets = [tmp_path / "a", tmp_path / "b"]
    for step in range(1, 1000):
        for target in targets:
            target.write_bytes(b"old")
        files = AtomicFiles(targets)
        for file in files.files:
            file.write(b"new")
        interrupted = interrupted_at(step, files.commit)
        files.discard()
        found = contents(tmp_path)
        assert found["a"] == found["b"], step
        if not interrupted:
            break
    assert found["a"] == b"new"


def test_an_interrupt_before_the_commit_leaves_no_file(tmp_path, monkeypatch):
    def interrupt(self):
        raise KeyboardInterrupt

    for kind in (AtomicFile, AtomicFolder):
        monkeypatch.setattr(kind, "commit", interrupt)
        with pytest.raises(KeyboardInterrupt), kind(tmp_path / "t"):
            pass
    assert contents(tmp_path) == {}


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
    found = {
        path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()
    }
    assert found == {"first": b"1", "second": b"22", "third": b"333"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


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
