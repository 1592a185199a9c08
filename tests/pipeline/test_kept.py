"""Runs that keep few reads, none, or stop early."""

from __future__ import annotations

import threading
import warnings
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, InputWarning, TooFewReadsError
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline.step import Stop
from tests.stand_ins import Call, Collect, First, Numbers


@pytest.fixture
def reads(tmp_path: Path) -> Pipeline:
    path = tmp_path / "reads.fq"
    path.write_text("".join(f"@r{n}\n{'A' * n}\n+\n{'I' * n}\n" for n in range(1, 51)))
    return bs.read_fastq(path)


def test_too_few_reads_leave_the_target(reads: Pipeline, tmp_path: Path) -> None:
    target = tmp_path / "long.fq"
    target.write_text("before")
    pipeline = reads | bs.MinLength(41)
    with pytest.raises(TooFewReadsError, match=r"^10 reads were kept, but min_reads"):
        pipeline.with_options(min_reads=11).write_fastq(target)
    assert target.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["long.fq", "reads.fq"]
    assert pipeline.with_options(min_reads=10).write_fastq(target).reads_out == 10


def test_too_few_reads_of_a_stream(reads: Pipeline) -> None:
    pipeline = (reads | bs.MinLength(50)).with_options(min_reads=2)
    batches = pipeline.batches()
    assert next(batches).num_rows == 1
    with pytest.raises(TooFewReadsError, match=r"^1 read was kept"):
        next(batches)
    with pytest.raises((TooFewReadsError, pa.ArrowInvalid), match="1 read was kept"):
        pipeline.stream().read_all()


def test_what_cannot_look_at_the_whole_refuses(reads: Pipeline) -> None:
    with pytest.raises(ConfigurationError, match="min_reads cannot be checked by a dataset"):
        reads.with_options(min_reads=1).dataset()


def test_a_run_that_keeps_nothing_says_so(reads: Pipeline, tmp_path: Path) -> None:
    pipeline = reads | bs.MinLength(10) | bs.MaxLength(9) | bs.MinLength(1)
    told = "^no read was kept: 50 came in, none was left after max-length; min_reads=1 \\(--"
    with pytest.warns(InputWarning, match=told):
        pipeline.write_parquet(tmp_path / "none.parquet")
    with pytest.raises(TooFewReadsError, match=r"^0 reads were kept"):
        pipeline.with_options(min_reads=1).run(Collect())


def test_neither_an_empty_input_nor_an_early_end_is_warned_of(
    reads: Pipeline, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.fq"
    empty.touch()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert bs.read_fastq(empty).run(Collect()).reads_in == 0
        assert (reads | bs.Head(0)).run(Collect()).reads_out == 0
    with pytest.raises(TooFewReadsError):
        bs.read_fastq(empty).with_options(min_reads=1).run(Collect())


def test_a_run_that_stops_early_keeps_no_share(reads: Pipeline) -> None:
    report = (reads | bs.MinLength(1) | bs.Head(7) | bs.MinLength(3)).run(Collect())
    assert report.stopped == Stop("head 7", 7)
    assert report.kept is None
    assert report.reads_out == 5
    assert report.to_dict()["stopped"] == {"operator": "head 7", "reads": 7}
    report = (reads | bs.Head(99)).run(Collect())
    assert (report.stopped, report.kept) == (None, 1.0)


def test_the_operator_that_stops_the_run_is_named() -> None:
    report = (Pipeline(Numbers()) | First(9) | First(4, hold=True)).run(Collect())
    assert report.stopped == Stop("first", 4)


def test_rows_in_work_are_not_lost() -> None:
    begun, go = threading.Event(), threading.Event()

    def wait(batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.column("row")[0].as_py() == 9:
            begun.set()
            go.wait()
        return batch

    execution = (Pipeline(Numbers(20)) | Call(wait)).with_options(threads=2).execution(Collect())
    thread = threading.Thread(target=execution.run)
    thread.start()
    begun.wait()
    assert execution.snapshot().kept == 1.0
    go.set()
    thread.join()


def test_no_share_is_told_while_reads_are_held_back(reads: Pipeline) -> None:
    shares: list[float | None] = []
    pipeline = Pipeline(Numbers(20)) | First(10, hold=True)
    execution = pipeline.execution(
        Collect(on_batch=lambda _: shares.append(execution.snapshot().kept))
    )
    execution.run()
    assert set(shares) == {None}


@pytest.mark.parametrize(
    "options",
    [
        {"threads": 1.5},
        {"threads": "2"},
        {"threads": True},
        {"memory": 1e9},
        {"min_reads": 0.5},
    ],
)
def test_numbers_of_another_kind(reads: Pipeline, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="must be a whole number"):
        reads.with_options(**options)


@pytest.mark.parametrize("options", [{"threads": 0}, {"memory": 1}, {"min_reads": -1}])
def test_numbers_out_of_range(reads: Pipeline, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="at least"):
        reads.with_options(**options)
