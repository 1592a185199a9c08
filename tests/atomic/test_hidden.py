"""What killed runs leave is removed by the next run on the target, and nothing else is."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from biometal_stream.atomic import AtomicFile, AtomicFiles, AtomicFolder, hidden, hosts
from biometal_stream.atomic.locks import Held, Lock
from tests.faults.jobs import contents

KILLED = """
import os, signal, sys
from biometal_stream.atomic import AtomicFile, AtomicFolder
if sys.argv[1] == "folder":
    target = AtomicFolder(sys.argv[2])
    target.append("x/a", b"new")
else:
    target = AtomicFile(sys.argv[2])
    target.write(b"new")
if sys.argv[3] == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
print(flush=True)
sys.stdin.read()
"""


def killed(kind: str, target: Path) -> None:
    line = [sys.executable, "-c", KILLED, kind, str(target), "kill"]
    assert subprocess.run(line, check=False).returncode == -signal.SIGKILL


@contextmanager
def alive(kind: str, target: Path) -> Iterator[None]:
    line = [sys.executable, "-c", KILLED, kind, str(target), "wait"]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


KINDS: dict[str, Callable[[Path], AtomicFile | AtomicFolder]] = {
    "file": AtomicFile,
    "folder": AtomicFolder,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["t", "t.fq.gz", "[a-z]*", "n" * 250])
def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path, kind: str, name: str) -> None:
    killed(kind, tmp_path / name)
    (left,) = names(tmp_path)
    assert left.endswith(".partial")
    (tmp_path / ".other.0123456789abcdef.partial").write_bytes(b"")
    made = KINDS[kind](tmp_path / name)
    assert left not in names(tmp_path)
    made.discard()
    assert names(tmp_path) == [".other.0123456789abcdef.partial"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_living_run_holds_stays(tmp_path: Path, kind: str) -> None:
    with alive(kind, tmp_path / "t"):
        (held,) = names(tmp_path)
        KINDS[kind](tmp_path / "t").discard()
        assert names(tmp_path) == [held]
    first = KINDS[kind](tmp_path / "t")  # that has ended, without a commit
    assert held not in names(tmp_path)
    second = KINDS[kind](tmp_path / "t")
    assert len(names(tmp_path)) == 2
    second.discard()
    first.commit()
    assert names(tmp_path) == ["t"]


def test_of_another_machine_only_where_no_other_can_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / ".t.0123456701234567.partial"
    old = tmp_path / ".t.01234567.partial"  # as an earlier version named them, without a lock
    for path in (theirs, old):
        path.write_bytes(b"")
    monkeypatch.setattr(hidden, "is_local", lambda folder: False)
    AtomicFile(tmp_path / "t").discard()
    assert theirs.exists()
    monkeypatch.setattr(hidden, "is_local", lambda folder: True)
    AtomicFile(tmp_path / "t").discard()
    assert not theirs.exists()
    assert old.exists()


def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    one = AtomicFile(tmp_path / "t")
    with AtomicFiles([tmp_path / "t", tmp_path / "u"]) as files:
        files.files[0].write(b"new")
        assert len(names(tmp_path)) == 3  # nobody can tell whether the first is alive
    one.discard()
    assert contents(tmp_path) == {"t": b"new", "u": b""}


def test_a_sweep_between_making_and_locking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Lock.take
    swept: list[Path] = []

    def late(lock: Lock, path: Path, flags: int = 0, *, wait: bool = False) -> Held:
        if not swept:
            swept.append(path)
            hidden.sweep(tmp_path / "t")
            assert not path.exists()
        return real(lock, path, flags, wait=wait)

    monkeypatch.setattr(Lock, "take", late)
    with AtomicFile(tmp_path / "t") as file:
        file.write(b"new")
    assert contents(tmp_path) == {"t": b"new"}


def test_links_and_strangers_stay(tmp_path: Path) -> None:
    tag = hosts.boot_tag()
    (tmp_path / "precious").write_bytes(b"old")
    (tmp_path / f".t.{tag}00000000.partial").symlink_to("precious")
    (tmp_path / f".t.{tag}0000000.partial").write_bytes(b"")
    (tmp_path / f".t.{tag}00000000.partial.fq").write_bytes(b"")
    before = names(tmp_path)
    AtomicFile(tmp_path / "t").discard()
    assert names(tmp_path) == before


@pytest.mark.skipif(sys.platform != "linux", reason="mounts are told by Linux")
def test_what_the_system_tells_of_mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(
        "1 0 8:1 / / rw - ext4 /dev/a rw\n"
        "2 1 0:2 / /data\\040disk rw,noatime shared:1 master:2 - nfs4 server:/x rw\n"
        "3 2 8:2 / /data\\040disk/fast rw - xfs /dev/b rw\n"
        "4 2 0:9 / /data\\040disk/fast rw - lustre x rw\n"
    )
    monkeypatch.setattr(hosts, "_MOUNTS", table)
    assert hosts.is_local(Path("/tmp"))
    assert not hosts.is_local(Path("/data disk/x/y"))
    assert not hosts.is_local(Path("/data disk/fast/x"))  # the later one hides the earlier
    assert hosts.is_mount_point(Path("/data disk/fast"))
    assert not hosts.is_mount_point(Path("/data disk/fas"))
    monkeypatch.setattr(hosts, "_MOUNTS", tmp_path / "none")
    assert not hosts.is_local(Path("/tmp"))
    assert len(hosts.boot_tag()) == 8


def test_a_child_of_a_fork_takes_nothing_away(tmp_path: Path) -> None:
    code = """if True:
        import os, sys
        from biometal_stream.atomic import AtomicFile
        file = AtomicFile(sys.argv[1])
        child = os.fork()
        if not child:
            sys.exit()
        os.waitpid(child, 0)
        file.commit()
        """
    subprocess.run([sys.executable, "-c", code, tmp_path / "t"], check=True)
    assert names(tmp_path) == ["t"]
    assert (tmp_path / "t").stat().st_size == 0
