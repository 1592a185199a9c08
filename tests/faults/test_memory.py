"""Too little memory, and too few threads: one line, status 1, and the target as it was."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from biometal_stream import run
from biometal_stream.run import LocalRun
from tests.faults.conftest import Place, errors
from tests.faults.jobs import JOBS, contents, verdict
from tests.faults.nursery import Nursery

MIB = 1 << 20
OUT_OF_MEMORY = (
    "biometal-stream: error: out of memory; --memory and --threads lower what a run needs"
)
OPENBLAS = "OpenBLAS error: Memory allocation still failed"
"""What NumPy's library says, and ends the process, where it loads and then finds no room."""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the size of the process is read from /proc"
)


@pytest.mark.parametrize("room", [0, MIB // 2, 8 * MIB, 24 * MIB, 40 * MIB])
@pytest.mark.parametrize("name", ["parquet", "mates"])
def test_a_limit_on_memory(place: Place, nursery: Nursery, name: str, room: int) -> None:
    """The room is what the process may still take when it begins to run."""
    job = JOBS[name]
    words = job.words.split()
    words[1:2] = [words[1]] * 40  # of all inputs 9 MB
    whole = nursery.run(words, place.fresh(job)).found
    ended = nursery.run(words, place.fresh(job), ("short_of_memory", room))
    assert verdict(name, ended.found, whole) is None
    assert ended.status in {0, 1}
    if ended.status == 1:
        (line,) = errors(ended.err)
        assert line.startswith("biometal-stream: error: out of memory")
    else:
        assert ended.found == whole
        assert room


@pytest.mark.parametrize("threads", range(6))
def test_a_limit_on_threads(place: Place, nursery: Nursery, threads: int) -> None:
    job = JOBS["parquet"]
    ended = nursery.run(job.words, place.fresh(job), ("short_of_threads", threads))
    if ended.status == 0:
        assert threads >= 3  # one reads, one rebatches, and one works at least
        return
    assert ended.status == 1
    (line,) = ended.lines
    assert line.startswith("biometal-stream: error: the system refuses: can't start new thread;")
    assert verdict("parquet", ended.found, {}) is None


def test_a_real_limit(tmp_path: Path) -> None:
    """Under `ulimit -v` not even the libraries can be loaded."""
    (tmp_path / "r.fq").write_text("@r\nACGT\n+\nIIII\n")
    program = f"'{sys.executable}' -m biometal_stream read '{tmp_path}/r.fq'"
    for room in (60_000, 150_000, 200_000):
        done = subprocess.run(
            f"ulimit -v {room}; {program} write '{tmp_path}/t.parquet'",
            shell=True,
            executable="/bin/bash",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line == OUT_OF_MEMORY or line.startswith(OPENBLAS)
        assert list(contents(tmp_path)) == ["r.fq"]


def test_a_thread_is_not_begun_without_room_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> object:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(run.mmap, "mmap", refuse)
    with LocalRun(2) as lent, pytest.raises(MemoryError, match="no room for another thread"):
        lent.executor.submit(print)
