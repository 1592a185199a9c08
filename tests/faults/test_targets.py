"""Targets that cannot be written, or that two runs want."""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from biometal_stream.cli.main import main
from biometal_stream.errors import SinkError
from biometal_stream.interfaces import Sink
from biometal_stream.pipeline import Pipeline
from biometal_stream.sinks import ArrowSink, FastqSink, ParquetSink
from tests.faults.conftest import Place, errors
from tests.faults.jobs import JOBS, contents, prepare
from tests.faults.nursery import Nursery
from tests.sinks.driver import reads

NOBODY = 65_534
FORMATS = ["parquet", "arrow", "arrow-stream", "fastq"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("name", JOBS)
def test_a_folder_that_is_not_to_be_written(place: Place, nursery: Nursery, name: str) -> None:
    for folder in (place.folder, *place.folder.parents):
        if folder.owner() == "root" and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o711)
    for path in place.folder.iterdir():
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)
        path.chmod(0o644)
    place.fresh(JOBS[name])
    before = contents(place.run)
    ended = nursery.run(JOBS[name].words, place.run, ("become", NOBODY))
    assert ended.status == 1
    (line,) = errors(ended.err)
    assert line.startswith("biometal-stream: error: ")
    assert line.endswith((": cannot be written: Permission denied", "name another file"))
    assert ended.found == before


@pytest.mark.parametrize("name", [name for name in JOBS if JOBS[name].files])
def test_a_target_that_is_a_folder(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
) -> None:
    job = JOBS[name]
    monkeypatch.chdir(prepare(job, place.run))
    last = job.files[-1]
    (place.run / last).unlink()
    (place.run / last / "mine").mkdir(parents=True)
    before = contents(place.run)
    assert main(job.words.split()) == 1
    (line,) = errors(capfd.readouterr().err)
    assert f"{last}: is a folder" in line
    assert contents(place.run) == before
    assert (place.run / last / "mine").is_dir()


@pytest.mark.parametrize("format", FORMATS)
def test_a_device(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    format: str,
) -> None:
    monkeypatch.chdir(place.folder)
    before = contents(place.folder)
    assert main(f"read reads.fq write /dev/null --format {format} --quiet".split()) == 0
    assert capfd.readouterr().err == ""
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert contents(place.folder) == before


@pytest.mark.parametrize("format", FORMATS)
def test_a_named_pipe(place: Place, monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    monkeypatch.chdir(place.folder)
    words = f"read reads.fq write {{}} --format {format} --quiet"
    assert main(words.format("whole").split()) == 0
    os.mkfifo("pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(Path("pipe").read_bytes()))
    reader.start()
    # The command line stands in Parquet, and the name of the target in the command line.
    Path("whole").unlink()
    assert main(words.format("pipe").split()) == 0
    reader.join()
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)
    assert len(got[0]) > 10_000


@dataclass(frozen=True)
class Batches:
    """A source that does something between its two batches."""

    between: object
    paired: bool = True

    @property
    def schema(self) -> pa.Schema:
        return reads(2, paired=True).schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield reads(40, paired=True, seed=1)
        if callable(self.between):
            self.between()
        yield reads(40, paired=True, seed=2)


SINKS = {
    "parquet": lambda folder: ParquetSink(folder / "t"),
    "arrow": lambda folder: ArrowSink(folder / "t"),
    "arrow stream": lambda folder: ArrowSink(folder / "t", "stream"),
    "fastq": lambda folder: FastqSink(folder / "t"),
    "mates": lambda folder: FastqSink(folder / "t", mate=folder / "u"),
    "shards": lambda folder: ParquetSink(folder / "t", shards=2),
    "partitions": lambda folder: ParquetSink(folder / "t", partition_by="mate"),
}


@pytest.mark.parametrize("name", SINKS)
@pytest.mark.parametrize("first_wins", [False, True], ids=["inner last", "outer last"])
def test_two_runs_that_write_one_target(tmp_path: Path, name: str, first_wins: bool) -> None:
    """One run begins, another begins, and they end in either order: the later one stands."""
    sinks = SINKS[name]

    def small() -> Sink:
        return sinks(tmp_path)

    (tmp_path / "alone").mkdir()
    Pipeline(Batches(None)).run(sinks(tmp_path / "alone"))
    whole = contents(tmp_path / "alone")
    begun, go_on = threading.Event(), threading.Event()
    faults: list[SinkError] = []
    refused: list[SinkError] = []

    def wait() -> None:
        begun.set()
        go_on.wait()

    def outer() -> None:
        try:
            Pipeline(Batches(wait)).run(small())
        except SinkError as error:
            faults.append(error)

    thread = threading.Thread(target=outer)
    thread.start()
    begun.wait()

    def both_are_there() -> None:
        hidden = {p.name for p in tmp_path.iterdir() if p.name.endswith(".partial")}
        assert len(hidden) == (4 if name == "mates" else 2)
        if first_wins:
            return
        go_on.set()
        thread.join()
        assert len([p for p in tmp_path.iterdir() if p.name.endswith(".partial")]) == (
            2 if name == "mates" else 1
        )

    try:
        Pipeline(Batches(both_are_there)).run(small())
    except SinkError as error:
        refused.append(error)  # a folder is never replaced with what is in it
        assert not first_wins
        assert name in {"shards", "partitions"}
    go_on.set()
    thread.join()
    if faults:
        assert first_wins
        assert name in {"shards", "partitions"}
    assert all("not empty" in str(error) for error in faults + refused)
    found = contents(tmp_path)
    found = {path: data for path, data in found.items() if not path.startswith("alone")}
    assert found == whole


@contextmanager
def _open_files() -> Iterator[None]:
    folder = Path("/proc/self/fd")
    before = len(list(folder.iterdir())) if sys.platform == "linux" else 0
    yield
    if sys.platform == "linux":
        assert len(list(folder.iterdir())) == before


def test_a_target_in_a_folder_that_goes_away(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    def vanish() -> None:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()

    with _open_files(), pytest.raises(SinkError, match="no such folder"):
        Pipeline(Batches(vanish)).run(FastqSink(folder / "t"))
    assert not list(tmp_path.iterdir())
