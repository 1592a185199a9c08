"""Two runs on one pair of targets: the files are those of one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from biometal_stream.atomic import AtomicFiles
from biometal_stream.errors import SinkError
from tests.faults.jobs import contents


@pytest.mark.parametrize("swapped", [False, True])
def test_a_pair_is_committed_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swapped: bool
) -> None:
    """The first run's second rename is put off until the second run waits for its turn."""
    import fcntl

    targets = [tmp_path / "a", tmp_path / "b"]
    first, second = AtomicFiles(targets), AtomicFiles(targets[::-1] if swapped else targets)
    for files, data in ((first, b"first"), (second, b"second")):
        for file in files.files:
            file.write(data)
    begun, waiting = threading.Event(), threading.Event()
    replace, flock = os.replace, fcntl.flock

    def later(source: str, target: str) -> None:
        if threading.current_thread() is thread:
            begun.set()
            waiting.wait(60)
        replace(source, target)

    def told(descriptor: int, operation: int) -> None:
        if threading.current_thread() is not thread and not operation & fcntl.LOCK_NB:
            assert begun.is_set()
            waiting.set()
        flock(descriptor, operation)

    thread = threading.Thread(target=first.commit)
    monkeypatch.setattr(os, "replace", later)
    monkeypatch.setattr(fcntl, "flock", told)
    thread.start()
    begun.wait(60)
    second.commit()
    thread.join()
    assert contents(tmp_path) == {"a": b"second", "b": b"second"}


@pytest.mark.parametrize("together", [True, False])
def test_a_killed_commit_leaves_what_the_next_run_takes_away(
    tmp_path: Path, together: bool
) -> None:
    code = """if True:
        import os, signal, sys
        from biometal_stream.atomic import AtomicFiles
        files = AtomicFiles(sys.argv[1:])
        for file in files.files:
            file.write(b"new")
        replaced = os.replace
        def replace(source, target):
            replaced(source, target)
            os.kill(os.getpid(), signal.SIGKILL)
        os.replace = replace
        files.commit()
        """
    targets = [tmp_path / "a", tmp_path / "b"]
    for target in targets:
        target.write_bytes(b"old")
    line = [sys.executable, "-c", code, *map(str, targets)]
    assert subprocess.run(line, check=False).returncode == -signal.SIGKILL
    left = contents(tmp_path)
    assert (left.pop("a"), left.pop("b")) == (b"new", b"old")
    assert {name.rpartition(".")[2] for name in left} == {"lock", "previous", "partial"}
    for group in [targets] if together else [targets[:1], targets[1:]]:
        with AtomicFiles(group) as files:
            for file in files.files:
                file.write(b"newer")
    assert contents(tmp_path) == {"a": b"newer", "b": b"newer"}


def test_a_folder_that_went_away(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    files = AtomicFiles([tmp_path / "f" / "a", tmp_path / "f" / "b"])
    for path in (tmp_path / "f").iterdir():
        path.unlink()
    (tmp_path / "f").rmdir()
    with pytest.raises(SinkError, match="no such folder"):
        files.commit()


def test_no_room_for_a_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def full(path: object, flags: int, *mode: int, **options: int) -> int:
        if str(path).endswith(".lock"):
            raise OSError(28, "No space left on device")
        return real(path, flags, *mode, **options)  # type: ignore[arg-type]

    files = AtomicFiles([tmp_path / "a", tmp_path / "b"])
    monkeypatch.setattr(os, "open", full)
    files.commit()
    assert contents(tmp_path) == {"a": b"", "b": b""}
