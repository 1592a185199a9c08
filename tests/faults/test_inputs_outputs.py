"""Inputs that break in the middle, and consumers that are slow, stalled or gone."""

from __future__ import annotations

import errno
import itertools
import os
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from biometal_stream.cli.main import main
from biometal_stream.pipeline import Pipeline
from biometal_stream.reading import read_fastq
from tests.faults.conftest import Place, errors
from tests.faults.jobs import JOBS, OLD, contents, verdict
from tests.faults.nursery import REPOSITORY
from tests.stand_ins import Call, Numbers, own_threads, rows


@pytest.fixture
def small_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads give so few bytes that every input takes many."""
    real = os.readv

    def readv(descriptor: int, buffers: list[memoryview]) -> int:
        return real(descriptor, [memoryview(buffers[0])[:4096]])

    monkeypatch.setattr(os, "readv", readv)


def failing_reads(monkeypatch: pytest.MonkeyPatch, moment: int) -> list[int]:
    counts: list[int] = []
    real = os.readv

    def readv(descriptor: int, buffers: list[memoryview]) -> int:
        counts.append(descriptor)
        if len(counts) == moment:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(descriptor, buffers)

    monkeypatch.setattr(os, "readv", readv)
    return counts


@pytest.mark.usefixtures("small_reads")
@pytest.mark.parametrize("piped", [False, True], ids=["file", "pipe"])
@pytest.mark.parametrize("source", ["reads.fq", "reads.fq.gz"])
def test_a_read_error(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    source: str,
    piped: bool,
) -> None:
    job = JOBS["parquet"]
    monkeypatch.chdir(place.fresh(job))

    def run() -> int:
        if not piped:
            return main(["read", f"../{source}", "write", "t.parquet", "--quiet"])
        with subprocess.Popen(["cat", f"../{source}"], stdout=subprocess.PIPE) as feeder:
            assert feeder.stdout is not None
            name = f"/dev/fd/{feeder.stdout.fileno()}"
            return main(["read", name, "write", "t.parquet", "--quiet"])

    with monkeypatch.context() as patch:
        calls = failing_reads(patch, 0)
        assert run() == 0
    for moment in sorted({1, 2, len(calls) // 2, len(calls) - 1, len(calls)}):
        monkeypatch.chdir(place.fresh(job))
        capfd.readouterr()
        with monkeypatch.context() as patch:
            failing_reads(patch, moment)
            assert run() == 1
        (line,) = errors(capfd.readouterr().err)
        assert "cannot be read after byte " in line
        assert line.endswith(": Input/output error")
        assert contents(place.run) == {"t.parquet": OLD}


PROGRAM = [sys.executable, "-m", "biometal_stream", "--quiet"]


@pytest.mark.parametrize("format", ["fastq", "arrow-stream", "parquet"])
def test_a_closed_pipe(place: Place, format: str) -> None:
    """The consumer takes some bytes and goes: no line, and the status of SIGPIPE."""
    (place.folder / "more.fq").write_bytes((place.folder / "reads.fq").read_bytes() * 8)
    words = ["read", "more.fq", "write", "-", "--format", format, "--compression", "none"]
    process = subprocess.Popen(
        [*PROGRAM, *words],
        cwd=place.folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(100)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


def test_a_consumer_that_takes_a_byte_at_a_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.folder)
    words = "read reads.fq head 40 write {} --format fastq --quiet"
    assert main(words.format("whole").split()) == 0
    receiver, sender = os.pipe()
    got = bytearray()

    def take() -> None:
        while piece := os.read(receiver, 7):
            got.extend(piece)

    thread = threading.Thread(target=take)
    thread.start()
    assert main(words.format(f"/dev/fd/{sender}").split()) == 0
    os.close(sender)
    thread.join()
    os.close(receiver)
    assert bytes(got) == Path("whole").read_bytes()


@pytest.mark.parametrize("ending", ["go on", "close", "let go"])
@pytest.mark.parametrize("workers", [1, 3])
def test_a_stalled_consumer(ending: str, workers: int) -> None:
    """The source gets as far as the bound lets it, and stands still until the consumer moves."""
    most = 2 * workers + 2
    read: list[int] = []
    full = threading.Semaphore(0)

    def count(number: int) -> None:
        read.append(number)
        full.release()

    total = 40
    pipeline = (Pipeline(Numbers(total, on_batch=count)) | Call()).with_options(threads=workers)
    batches = pipeline.batches()
    got = [next(batches)]
    for _ in range(most):
        full.acquire()
    assert len(read) <= len(got) + most + 1
    if ending == "go on":
        got += batches
        assert rows(got) == list(range(3 * total))
    elif ending == "close":
        batches.close()  # type: ignore[attr-defined]
    else:
        del batches
    assert own_threads() == []
    if ending != "go on":
        assert len(read) <= len(got) + most + 2


def test_a_stalled_input_can_be_left() -> None:
    """Nothing comes, and nobody is there to end it but the consumer."""
    receiver, sender = os.pipe()
    os.write(sender, b"@r\nACGT\n+\nIIII\n" * 10)
    batches = read_fastq(f"/dev/fd/{receiver}").batches()
    stuck = threading.Thread(target=lambda: next(batches, None))
    stuck.start()
    os.close(sender)
    stuck.join()
    batches.close()  # type: ignore[attr-defined]
    os.close(receiver)
    assert own_threads() == []


def test_a_reader_whose_pipe_never_ends_is_interrupted() -> None:
    receiver, sender = os.pipe()
    piece = b"@r\nACGT\n+\nIIII\n" * 4096

    def feed() -> None:
        try:
            for _ in itertools.count():
                os.write(sender, piece)
        except BrokenPipeError:
            os.close(sender)

    feeder = threading.Thread(target=feed)
    feeder.start()
    reader = read_fastq(f"/dev/fd/{receiver}").stream()
    assert isinstance(reader.read_next_batch(), pa.RecordBatch)
    del reader
    assert own_threads() == []
    os.close(receiver)
    feeder.join()


def test_verdicts() -> None:
    """The judge of these tests is not blind."""
    whole = {"t.parquet": b"new"}
    assert verdict("parquet", {"t.parquet": OLD}, whole) is None
    assert verdict("parquet", whole, whole) is None
    assert verdict("parquet", {}, whole) == "t.parquet is gone"
    assert "neither" in str(verdict("parquet", {"t.parquet": b"ne"}, whole))
    assert "left behind" in str(verdict("parquet", whole | {".t.x.partial": b""}, whole))
    assert "more than" in str(verdict("parquet", whole | {"x": b""}, whole))
    mates = {"t_1.fq": b"1", "t_2.fq": b"2"}
    assert "one mate" in str(verdict("mates", mates | {"t_1.fq": OLD}, mates))
    assert "half a folder" in str(verdict("shards", {"t/a": b""}, {"t/a": b"", "t/b": b""}))
