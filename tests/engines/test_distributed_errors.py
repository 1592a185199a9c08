"""What a run in parts says where something is wrong, and that it leaves everything as it was."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import biometal_stream as bs
from biometal_stream.errors import (
    ConfigurationError,
    FastqError,
    InputError,
    ModelError,
    SchemaError,
    SinkError,
    TooFewReadsError,
    WorkerError,
)
from biometal_stream.operators.base import ReadObserver
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline.distributed import DistributedExecution
from biometal_stream.settings import option
from biometal_stream.sinks import ParquetSink
from biometal_stream.view import BatchView
from tests.engines.stand_ins import (
    Fail,
    InProcess,
    UnpicklableError,
    left_over,
    read_files,
    spoil,
)
from tests.stand_ins import Numbers


def test_an_observer_that_fails_leaves_the_target(lanes: list[str], tmp_path: Path) -> None:
    for moment in ("merge", "finish"):
        pipeline = read_files(lanes) | Failing(moment)
        with pytest.raises(ZeroDivisionError, match=moment):
            pipeline.write_parquet(tmp_path / "parts", engine=InProcess())
    assert left_over(tmp_path) == []
    assert not (tmp_path / "parts").exists()


@dataclass(frozen=True)
class Failing(ReadObserver):
    """An observer that fails at some moment."""

    moment: str = option("The moment.", default="")

    def empty(self) -> int:
        return 0

    def observe(self, view: BatchView, /) -> int:
        return view.num_rows

    def merge(self, one: int, two: int, /) -> int:
        if self.moment == "merge":
            raise ZeroDivisionError("merge")
        return one + two

    def finish(self, state: int, /) -> int:
        if self.moment == "finish":
            raise ZeroDivisionError("finish")
        return state


def test_partitions_are_counted_over_all_parts(lanes: list[str], tmp_path: Path) -> None:
    sink = ParquetSink(str(tmp_path / "parts"), partition_by="name", max_partitions=350)
    pipeline = read_files([lanes[0], lanes[3]]) | bs.Select(("name", "sequence"))
    with pytest.raises(SinkError, match="more than 350 different values"):
        DistributedExecution(pipeline, sink, InProcess()).run()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        Path(path).name for path in lanes
    )


def test_a_bad_record_is_the_error_of_one_run(lanes: list[str], tmp_path: Path) -> None:
    spoil(lanes[3], 7)
    spoil(lanes[4], 3)
    pipeline = read_files(lanes) | bs.MinLength(10)
    with pytest.raises(FastqError) as local:
        pipeline.write_parquet(tmp_path / "local")
    engine = InProcess()
    with pytest.raises(FastqError) as caught:
        pipeline.write_parquet(tmp_path / "reads", engine=engine)
    assert type(caught.value) is type(local.value)
    assert str(caught.value) == str(local.value)
    assert caught.value.location == local.value.location
    notes = list(getattr(local.value, "__notes__", ()))
    assert caught.value.__notes__[:-1] == notes
    assert caught.value.__notes__[-1].startswith("in partition 4 of 5, on ")
    assert engine.told == ["ran 0", "ran 1", "ran 2", "ran 3", "closed"]
    assert not (tmp_path / "reads").exists()
    assert left_over(tmp_path) == []


def test_an_operator_s_error_has_its_notes(lanes: list[str], tmp_path: Path) -> None:
    pipeline = read_files(lanes) | Fail(bs.DataError, ("a null",))
    with pytest.raises(bs.DataError, match=r"^a null") as caught:
        pipeline.write_parquet(tmp_path / "reads", engine=InProcess())
    assert "in fail" in caught.value.__notes__
    assert not any("Traceback" in note for note in caught.value.__notes__)


def test_an_error_that_cannot_travel_is_told_in_words(lanes: list[str], tmp_path: Path) -> None:
    pipeline = read_files(lanes) | Fail(UnpicklableError, ("it", "broke"))
    with pytest.raises(WorkerError, match=r"^UnpicklableError: it broke") as caught:
        pipeline.write_parquet(tmp_path / "reads", engine=InProcess())
    assert any("Traceback" in note for note in caught.value.__notes__)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_an_interrupt_leaves_nothing(
    lanes: list[str], tmp_path: Path, stop: type[BaseException]
) -> None:
    def interrupt(task: Any, _outcome: Any) -> None:
        if task.number == 2:
            raise stop

    engine = InProcess(after=interrupt)
    with pytest.raises(stop):
        read_files(lanes).write_parquet(tmp_path / "reads", engine=engine)
    assert engine.told[-1] == "closed"
    assert not (tmp_path / "reads").exists()
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    ("pipeline", "options", "message"),
    [
        (
            lambda lanes: read_files(lanes) | bs.Head(3),
            {},
            "head needs all reads in order, and engine",
        ),
        (lambda lanes: read_files(lanes) | bs.Sample(number=3), {}, "sample needs all reads"),
        (lambda _lanes: Pipeline(Numbers(3)), {}, "Numbers cannot be divided"),
        (read_files, {"target": "-"}, "cannot write to standard output"),
        (read_files, {"shards": 3}, "leave out shards"),
        (read_files, {"partition_bytes": 0}, "partition_bytes must be at least 1"),
        (read_files, {"engine": "dask"}, "engine must be local, ray, spark or an Engine: 'dask'"),
        (read_files, {"engine": 3}, "engine must be"),
        (read_files, {"engine": "local", "partition_bytes": 3}, "partition_bytes is for engines"),
        (lambda lanes: read_files(lanes).with_options(threads=-1), {}, "at least 1 thread"),
        (lambda lanes: read_files(lanes).with_options(memory=1), {}, "at least 16 MiB"),
    ],
)
def test_what_cannot_be_run_in_parts(
    lanes: list[str],
    tmp_path: Path,
    pipeline: Callable[[list[str]], Pipeline],
    options: dict[str, Any],
    message: str,
) -> None:
    settings = {"target": tmp_path / "reads", "engine": InProcess()} | options
    with pytest.raises(ConfigurationError, match=message):
        pipeline(lanes).write_parquet(**settings)
    assert len(list(tmp_path.iterdir())) == len(lanes)


def test_what_is_wrong_is_found_before_anything_runs(lanes: list[str], tmp_path: Path) -> None:
    engine = InProcess()
    target = tmp_path / "reads"
    with pytest.raises(SchemaError):
        (read_files(lanes) | bs.Select(("nothing",))).write_parquet(target, engine=engine)
    with pytest.raises(ModelError):
        (read_files(lanes) | bs.Predict("no-such-model")).write_parquet(target, engine=engine)
    with pytest.raises(SchemaError, match="partition_by"):
        read_files(lanes).write_parquet(target, engine=engine, partition_by="nothing")
    with pytest.raises(SinkError, match="no such folder"):
        read_files(lanes).write_parquet(tmp_path / "no" / "reads", engine=engine)
    target.mkdir()
    (target / "old.parquet").touch()
    with pytest.raises(SinkError, match="not empty"):
        read_files(lanes).write_parquet(target, engine=engine)
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(SinkError, match="is a file"):
        read_files(lanes).write_parquet(tmp_path / "taken", engine=engine)
    (tmp_path / "taken").unlink()
    assert engine.told == []
    assert left_over(tmp_path) == []


def test_a_missing_input_is_named(lanes: list[str], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.fq"):
        read_files([*lanes, str(tmp_path / "none.fq")]).write_parquet(
            tmp_path / "reads", engine=InProcess()
        )
    assert not (tmp_path / "reads").exists()


def test_a_target_that_workers_do_not_see(lanes: list[str], tmp_path: Path) -> None:
    engine = InProcess(before=lambda task: shutil.rmtree(task.attempts))
    with pytest.raises(SinkError, match=r"reads: cannot be written from .* all machines share"):
        read_files(lanes).write_parquet(tmp_path / "reads", engine=engine)
    assert left_over(tmp_path) == []


def test_a_target_whose_files_are_not_seen_here(lanes: list[str], tmp_path: Path) -> None:
    def hide(task: Any, outcome: Any) -> None:
        Path(task.attempts, outcome.written).unlink()

    with pytest.raises(SinkError, match=r"not visible here; .* all machines share"):
        read_files(lanes).write_parquet(tmp_path / "reads", engine=InProcess(after=hide))
    assert left_over(tmp_path) == []


def test_a_full_disk_names_the_target(
    lanes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: memoryview) -> int:
        raise OSError(28, "No space left on device")

    pipeline = read_files(lanes)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(
            SinkError,
            match=r"/reads/part-00000-of-00005.parquet: cannot be written: No space left on device",
        ):
            pipeline.write_parquet(tmp_path / "reads", engine=InProcess())
    assert left_over(tmp_path) == []


def test_a_bad_record_in_a_part_of_a_file(sample: bytes, tmp_path: Path) -> None:
    lines = sample.splitlines(keepends=True)
    lines[4 * 1500] = b"no header\n"
    (tmp_path / "reads.fq").write_bytes(b"".join(lines))
    pipeline = bs.read_fastq(tmp_path / "reads.fq")
    with pytest.raises(FastqError) as local:
        pipeline.write_parquet(tmp_path / "local")
    with pytest.raises(FastqError) as caught:
        pipeline.write_parquet(tmp_path / "reads", engine=InProcess(), partition_bytes=100_000)
    assert str(caught.value) == str(local.value)
    assert type(caught.value) is type(local.value)
    assert left_over(tmp_path) == []


def test_standard_input_cannot_be_divided(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="path"):
        bs.read_fastq("-").write_parquet(tmp_path / "reads", engine=InProcess())
    assert left_over(tmp_path) == []


def test_min_reads_counts_the_reads_of_all_parts(lanes: list[str], tmp_path: Path) -> None:
    """The driver counts: no part alone keeps so many."""
    target = tmp_path / "reads"
    pipeline = read_files(lanes) | bs.MinLength(1)
    with pytest.raises(TooFewReadsError, match=r"^2,000 reads were kept, but min_reads"):
        pipeline.with_options(min_reads=2001).write_parquet(target, engine=InProcess())
    assert not target.exists()
    assert left_over(tmp_path) == []
    enough = pipeline.with_options(min_reads=2000)
    assert enough.write_parquet(target, engine=InProcess()).reads_out == 2000


def test_too_many_partitions_end_the_run_with_the_part_that_has_them(
    lanes: list[str], tmp_path: Path
) -> None:
    engine = InProcess()
    with pytest.raises(SinkError, match="more than 10 different values"):
        read_files(lanes).write_parquet(
            tmp_path / "reads", engine=engine, partition_by="name", max_partitions=10
        )
    assert [each for each in engine.told if each.startswith("ran")] == ["ran 0"]
    assert left_over(tmp_path) == []
