"""A disk that fills, or breaks, at every stage of every way of writing."""

from __future__ import annotations

import errno
import os
import random
import sys
from pathlib import Path

import pytest

from biometal_stream.cli.main import main
from tests.faults.conftest import Place, errors
from tests.faults.injected import FailingCalls, patch_system
from tests.faults.jobs import JOBS, contents, verdict
from tests.faults.nursery import Nursery

MOMENTS = 4
"""Moments of each kind of call that are tried: the first, the last, and some between."""


def spread(count: int, most: int = MOMENTS) -> list[int]:
    """Some numbers from 1 to a count, with both ends."""
    between = random.Random(count).sample(range(1, count + 1), min(count, most))
    return sorted({1, count, *between}) if count else []


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace", "rename", "link", "mkdir"])
@pytest.mark.parametrize("name", JOBS)
def test_a_disk_that_fills(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
    call: str,
) -> None:
    job = JOBS[name]
    calls = ("write", "writev") if call == "write" else (call,)
    count = FailingCalls(errno.ENOSPC, calls)
    monkeypatch.chdir(place.fresh(job))
    with monkeypatch.context() as patch:
        patch_system(count.wrapped, patch.setattr)
        assert main(job.words.split()) == 0
    whole = contents(place.run)
    if call == "write" or (call == "open" and job.folder is None):
        assert count.calls
    for moment in spread(count.calls):
        monkeypatch.chdir(place.fresh(job))
        capfd.readouterr()
        failing = FailingCalls(errno.ENOSPC, calls, moment)
        with monkeypatch.context() as patch:
            patch_system(failing.wrapped, patch.setattr)
            status = main(job.words.split())
        assert failing.calls >= moment
        found, said = contents(place.run), errors(capfd.readouterr().err)
        assert verdict(name, found, whole) is None
        if status == 0:  # a folder is there or cannot be synced: nobody loses by that
            assert call in {"fsync", "link", "mkdir"}
            assert found.keys() == whole.keys()
            assert not said or name == "summary"  # which is printed there
        else:
            assert status == 1
            (line,) = said
            assert line.startswith("biometal-stream: error: ")
            assert "standard output" not in line
            assert line.endswith(": cannot be written: No space left on device")


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root mounts a small disk"
)
@pytest.mark.parametrize("name", JOBS)
def test_a_small_disk(
    place: Place, nursery: Nursery, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    job = JOBS[name]
    page = os.sysconf("SC_PAGESIZE")
    whole = place.whole(name, monkeypatch)
    monkeypatch.chdir("/")
    needed = sum(-(-len(data) // page) for data in whole.values())
    size = page * random.Random(name).randint(2 + len(job.files), max(3 + len(job.files), needed))
    ended = nursery.run(job.words, place.fresh(job), tmpfs=size)
    assert verdict(name, ended.found, whole) is None
    if ended.status != 0:
        assert ended.status == 1
        (line,) = errors(ended.err)
        assert line.endswith(": cannot be written: No space left on device")
    else:
        assert ended.found.keys() == whole.keys()


@pytest.mark.parametrize("name", ["parquet", "fastq", "arrow", "shards"])
def test_a_quota(place: Place, nursery: Nursery, name: str) -> None:
    ended = nursery.run(JOBS[name].words, place.fresh(JOBS[name]), ("limit_file_size", 8192))
    assert ended.status == 1
    (line,) = ended.lines
    assert line.endswith(": cannot be written: File too large")
    assert verdict(name, ended.found, {}) is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("format", ["parquet", "arrow", "arrow-stream", "fastq"])
def test_a_full_device(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    format: str,
) -> None:
    monkeypatch.chdir(place.folder)
    words = f"read reads.fq write /dev/full --format {format} --quiet"
    assert main(words.split()) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.endswith("/dev/full: cannot be written: No space left on device")
