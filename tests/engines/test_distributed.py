"""A run in parts gives what one run gives, or leaves everything as it was."""

from __future__ import annotations

import gzip
import os
import pickle
import re
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.errors import (
    ConfigurationError,
    FastqError,
    InputError,
    InputWarning,
    ModelError,
    ModelWarning,
    SchemaError,
    SinkError,
    TooFewReadsError,
    WorkerError,
)
from biometal_stream.operators import Predict
from biometal_stream.operators.base import ReadObserver
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline.distributed import DistributedExecution
from biometal_stream.pipeline.partition import PartitionTask
from biometal_stream.settings import option
from biometal_stream.sinks import ParquetSink
from biometal_stream.view import BatchView
from tests.engines.stand_ins import (
    Fail,
    Files,
    InProcess,
    NotedPredict,
    Resides,
    UnpicklableError,
    Warn,
    left_over,
    parts,
    table,
    told_alike,
)
from tests.stand_ins import Numbers


def _files(paths: list[str], **settings: Any) -> Pipeline:
    return Pipeline(Files(tuple(paths), **settings))


def test_the_rows_and_the_report_are_those_of_one_run(lanes: list[str], tmp_path: Path) -> None:
    pipeline = _files(lanes, sample="s1") | bs.MinLength(100) | bs.MinMeanQuality(34) | bs.Measure()
    local = pipeline.write_parquet(tmp_path / "local.parquet")
    engine = InProcess()
    report = pipeline.write_parquet(tmp_path / "reads.parquet", engine=engine)
    expected = pq.read_table(tmp_path / "local.parquet")
    found = table(tmp_path / "reads.parquet")
    assert found.equals(expected, check_metadata=True)
    assert 0 < found.num_rows < 2000
    assert told_alike(report) == told_alike(local)
    assert report.outputs == (str(tmp_path / "reads.parquet"),)
    assert (report.engine, report.tasks, report.workers) == ("in-process", 5, 2)
    assert (local.engine, local.tasks) == ("local", 1)
    names = [path.name for path in parts(tmp_path / "reads.parquet")]
    assert names == [f"part-{number:05}-of-00005.parquet" for number in range(5)]
    assert report.bytes_written == sum(
        path.stat().st_size for path in parts(tmp_path / "reads.parquet")
    )
    assert engine.told[-1] == "closed"
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("partition_bytes", [None, 20_000])
def test_results_and_steps_are_those_of_one_run(
    lanes: list[str], tmp_path: Path, partition_bytes: int | None
) -> None:
    pipeline = _files(lanes) | bs.Summarize() | bs.MinMeanQuality(34) | bs.TrimFixed(front=3)
    pipeline = pipeline | bs.Measure() | bs.Predict("quality") | bs.Summarize()
    local = pipeline.write_parquet(tmp_path / "local.parquet")
    report = pipeline.write_parquet(
        tmp_path / "parts", engine=InProcess(), partition_bytes=partition_bytes
    )
    assert list(report.results) == ["summarize", "predict", "summarize-2"]
    assert report.results == local.results
    assert report.steps == local.steps
    assert report.steps[1].dropped == local.reads_in - local.reads_out > 0


def test_an_observer_that_fails_leaves_the_target(lanes: list[str], tmp_path: Path) -> None:
    for moment in ("merge", "finish"):
        pipeline = _files(lanes) | Failing(moment)
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


def test_pairs(lanes: list[str], tmp_path: Path) -> None:
    mates = []
    for lane in map(Path, lanes):
        mates.append(str(lane.with_name(f"mates_{lane.name}")))
        text = gzip.decompress(lane.read_bytes()).replace(b"/1\n", b"/2\n")
        Path(mates[-1]).write_bytes(gzip.compress(text, 1))
    pipeline = _files(lanes, mate=tuple(mates)) | bs.MinMeanQuality(34)
    local = pipeline.write_parquet(tmp_path / "local.parquet")
    report = pipeline.write_parquet(tmp_path / "pairs", engine=InProcess())
    assert table(tmp_path / "pairs").equals(pq.read_table(tmp_path / "local.parquet"))
    assert told_alike(report) == told_alike(local)


def test_the_settings_of_the_sink_hold_for_each_file(lanes: list[str], tmp_path: Path) -> None:
    options: dict[str, Any] = {"compression": "gzip", "level": 1, "metadata": {"key": "value"}}
    _files(lanes).write_parquet(f"{tmp_path}/reads/", engine=InProcess(), **options)
    for path in parts(tmp_path / "reads"):
        found = pq.read_metadata(path)
        assert found.metadata[b"key"] == b"value"
        if found.num_row_groups:
            assert found.row_group(0).column(0).compression == "GZIP"


def test_a_task_has_one_thread_unless_told(lanes: list[str], tmp_path: Path) -> None:
    seen: list[tuple[int | None, int | None]] = []
    engine = InProcess(
        before=lambda task: seen.append((task.pipeline.threads, task.pipeline.memory))
    )
    _files(lanes[:1]).write_parquet(tmp_path / "a", engine=engine)
    pipeline = _files(lanes[:1]).with_options(threads=3, memory=2**26)
    report = pipeline.write_parquet(tmp_path / "b", engine=engine)
    assert seen == [(1, None), (3, 2**26)]
    assert report.memory == 2**26
    assert next(each.threads for each in report.stages if each.name == "parse") == 3


def test_a_task_that_ran_twice_counts_once(lanes: list[str], tmp_path: Path) -> None:
    local = _files(lanes).write_parquet(tmp_path / "local.parquet")
    report = _files(lanes).write_parquet(tmp_path / "reads", engine=InProcess(attempts=3))
    assert len(list((tmp_path / "reads").iterdir())) == 5
    assert table(tmp_path / "reads").equals(pq.read_table(tmp_path / "local.parquet"))
    assert told_alike(report) == told_alike(local)
    assert left_over(tmp_path) == []


def test_partitions(lanes: list[str], tmp_path: Path) -> None:
    pipeline = (
        _files(lanes)
        | bs.Predict("quality")
        | bs.Select(
            (
                "name",
                "quality_label",
            )
        )
    )
    local = pipeline.write_parquet(tmp_path / "local", partition_by="quality_label")
    report = pipeline.write_parquet(
        tmp_path / "parts", engine=InProcess(), partition_by="quality_label"
    )
    assert told_alike(report) == told_alike(local)
    folders = sorted(path.name for path in (tmp_path / "local").iterdir())
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == folders
    assert len(folders) > 1
    for folder in folders:
        expected = pq.read_table(tmp_path / "local" / folder / "part-0.parquet", partitioning=None)
        files = sorted((tmp_path / "parts" / folder).iterdir())
        found = pa.concat_tables([pq.read_table(file, partitioning=None) for file in files])
        assert found.equals(expected)
        assert re.fullmatch(r"part-0000\d-of-00005\.parquet", files[0].name)


def test_partitions_are_counted_over_all_parts(lanes: list[str], tmp_path: Path) -> None:
    sink = ParquetSink(str(tmp_path / "parts"), partition_by="name", max_partitions=350)
    pipeline = _files([lanes[0], lanes[3]]) | bs.Select(
        (
            "name",
            "sequence",
        )
    )
    with pytest.raises(SinkError, match="more than 350 different values"):
        DistributedExecution(pipeline, sink, InProcess()).run()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        Path(path).name for path in lanes
    )


def _spoil(path: str, record: int) -> None:
    lines = gzip.decompress(Path(path).read_bytes()).splitlines(keepends=True)
    lines[4 * record] = b"no header\n"
    Path(path).write_bytes(gzip.compress(b"".join(lines)))


def test_a_bad_record_is_the_error_of_one_run(lanes: list[str], tmp_path: Path) -> None:
    _spoil(lanes[3], 7)
    _spoil(lanes[4], 3)
    pipeline = _files(lanes) | bs.MinLength(10)
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
    pipeline = _files(lanes) | Fail(bs.DataError, ("a null",))
    with pytest.raises(bs.DataError, match=r"^a null") as caught:
        pipeline.write_parquet(tmp_path / "reads", engine=InProcess())
    assert "in fail" in caught.value.__notes__
    assert not any("Traceback" in note for note in caught.value.__notes__)


def test_an_error_that_cannot_travel_is_told_in_words(lanes: list[str], tmp_path: Path) -> None:
    pipeline = _files(lanes) | Fail(UnpicklableError, ("it", "broke"))
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
        _files(lanes).write_parquet(tmp_path / "reads", engine=engine)
    assert engine.told[-1] == "closed"
    assert not (tmp_path / "reads").exists()
    assert left_over(tmp_path) == []


def test_warnings_of_workers_are_shown_once(lanes: list[str], tmp_path: Path) -> None:
    old = tmp_path / "old.fq"
    old.write_bytes(b"@r\nACGT\n+\nhhhh\n" * 500)
    new = tmp_path / "new.fq"
    new.write_bytes(b"@s\nACGT\n+\n#III\n" * 500)
    pipeline = _files([str(old), str(new)]) | Warn("runs elsewhere")
    with warnings.catch_warnings(record=True) as local:
        warnings.simplefilter("always")
        expected = pipeline.write_parquet(tmp_path / "local")
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        report = pipeline.write_parquet(tmp_path / "reads", engine=InProcess())
    assert sorted(str(each.message) for each in found) == sorted(
        str(each.message) for each in local
    )
    assert {each.category for each in found} == {InputWarning, ModelWarning}
    assert {each.filename for each in found} == {__file__}
    assert report.warnings == expected.warnings
    assert len(report.warnings) == 1


def test_a_warning_that_is_made_an_error_ends_the_run(lanes: list[str], tmp_path: Path) -> None:
    with pytest.raises(ModelWarning):
        (_files(lanes) | Warn("is slow")).write_parquet(tmp_path / "reads", engine=InProcess())
    assert not (tmp_path / "reads").exists()


def test_other_warnings_go_their_usual_way(lanes: list[str], tmp_path: Path) -> None:
    def warn(_task: Any) -> None:
        warnings.warn("old", DeprecationWarning, stacklevel=1)

    with pytest.warns(DeprecationWarning, match="old"):
        _files(lanes[:1]).write_parquet(tmp_path / "reads", engine=InProcess(before=warn))


@pytest.mark.parametrize(
    ("pipeline", "options", "message"),
    [
        (lambda lanes: _files(lanes) | bs.Head(3), {}, "head needs all reads in order, and engine"),
        (lambda lanes: _files(lanes) | bs.Sample(number=3), {}, "sample needs all reads"),
        (lambda _lanes: Pipeline(Numbers(3)), {}, "Numbers cannot be divided"),
        (_files, {"target": "-"}, "cannot write to standard output"),
        (_files, {"shards": 3}, "leave out shards"),
        (_files, {"partition_bytes": 0}, "partition_bytes must be at least 1"),
        (_files, {"engine": "dask"}, "engine must be local, ray, spark or an Engine: 'dask'"),
        (_files, {"engine": 3}, "engine must be"),
        (_files, {"engine": "local", "partition_bytes": 3}, "partition_bytes is for engines"),
        (lambda lanes: _files(lanes).with_options(threads=-1), {}, "at least 1 thread"),
        (lambda lanes: _files(lanes).with_options(memory=1), {}, "at least 16 MiB"),
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
        (_files(lanes) | bs.Select(("nothing",))).write_parquet(target, engine=engine)
    with pytest.raises(ModelError):
        (_files(lanes) | bs.Predict("no-such-model")).write_parquet(target, engine=engine)
    with pytest.raises(SchemaError, match="partition_by"):
        _files(lanes).write_parquet(target, engine=engine, partition_by="nothing")
    with pytest.raises(SinkError, match="no such folder"):
        _files(lanes).write_parquet(tmp_path / "no" / "reads", engine=engine)
    target.mkdir()
    (target / "old.parquet").touch()
    with pytest.raises(SinkError, match="not empty"):
        _files(lanes).write_parquet(target, engine=engine)
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(SinkError, match="is a file"):
        _files(lanes).write_parquet(tmp_path / "taken", engine=engine)
    (tmp_path / "taken").unlink()
    assert engine.told == []
    assert left_over(tmp_path) == []


def test_a_missing_input_is_named(lanes: list[str], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.fq"):
        _files([*lanes, str(tmp_path / "none.fq")]).write_parquet(
            tmp_path / "reads", engine=InProcess()
        )
    assert not (tmp_path / "reads").exists()


def test_a_target_that_workers_do_not_see(lanes: list[str], tmp_path: Path) -> None:
    engine = InProcess(before=lambda task: shutil.rmtree(task.attempts))
    with pytest.raises(SinkError, match=r"reads: cannot be written from .* all machines share"):
        _files(lanes).write_parquet(tmp_path / "reads", engine=engine)
    assert left_over(tmp_path) == []


def test_a_target_whose_files_are_not_seen_here(lanes: list[str], tmp_path: Path) -> None:
    def hide(task: Any, outcome: Any) -> None:
        Path(task.attempts, outcome.written).unlink()

    with pytest.raises(SinkError, match=r"not visible here; .* all machines share"):
        _files(lanes).write_parquet(tmp_path / "reads", engine=InProcess(after=hide))
    assert left_over(tmp_path) == []


def test_a_full_disk_names_the_target(
    lanes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: memoryview) -> int:
        raise OSError(28, "No space left on device")

    pipeline = _files(lanes)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(
            SinkError,
            match=r"/reads/part-00000-of-00005.parquet: cannot be written: No space left on device",
        ):
            pipeline.write_parquet(tmp_path / "reads", engine=InProcess())
    assert left_over(tmp_path) == []


def test_paths_start_where_the_caller_is(
    lanes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(tmp_path)

    def leave(_task: Any) -> None:
        os.chdir(elsewhere)

    engine = InProcess(before=leave, after=lambda *_: os.chdir(tmp_path))
    report = _files([Path(path).name for path in lanes]).write_parquet("reads", engine=engine)
    assert report.outputs == ("reads",)
    assert len(parts(tmp_path / "reads")) == 5
    assert list(elsewhere.iterdir()) == []


def test_bad_records_come_into_one_file_in_order(lanes: list[str], tmp_path: Path) -> None:
    for lane, record in ((0, 3), (1, 500), (4, 0)):
        _spoil(lanes[lane], record)
    bad = tmp_path / "bad.fq"
    pipeline = _files(lanes, on_bad_record="quarantine", quarantine=str(bad))
    with pytest.warns(InputWarning) as told:
        local = pipeline.write_parquet(tmp_path / "local")
    expected = bad.read_bytes()
    bad.unlink()
    with pytest.warns(InputWarning) as again:
        report = pipeline.write_parquet(tmp_path / "reads", engine=InProcess(attempts=2))
    assert [str(each.message) for each in again] == [str(each.message) for each in told]
    assert bad.read_bytes() == expected
    assert expected.count(b"no header\n") == 3
    assert told_alike(report) == told_alike(local)
    assert report.counts["bad records"] == 3
    assert left_over(tmp_path) == []
    with pytest.raises(ConfigurationError, match="is written twice"):
        _files(lanes, on_bad_record="quarantine", quarantine=str(tmp_path / "x")).write_parquet(
            tmp_path / "x", engine=InProcess()
        )


def test_a_quarantine_is_as_it_was_after_an_error(lanes: list[str], tmp_path: Path) -> None:
    _spoil(lanes[0], 3)
    bad = tmp_path / "bad.fq"
    bad.write_text("before")
    pipeline = _files(lanes, on_bad_record="quarantine", quarantine=str(bad))
    with pytest.raises(bs.DataError):
        (pipeline | Fail(bs.DataError, ("no",))).write_parquet(
            tmp_path / "reads", engine=InProcess()
        )
    assert bad.read_text() == "before"
    assert left_over(tmp_path) == []


def test_an_operator_that_can_stay_open_does(lanes: list[str], tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    pipeline = _files(lanes) | Resides(str(noted))
    pipeline.write_parquet(tmp_path / "reads", engine=InProcess())
    assert noted.read_text() == f"cached {os.getpid()}\n" * 5
    noted.unlink()
    pipeline.write_parquet(tmp_path / "local")
    assert noted.read_text() == f"open {os.getpid()}\n"


def test_a_process_loads_a_model_once(lanes: list[str], tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    pipeline = _files(lanes) | NotedPredict("quality", loaded=str(noted)) | bs.Select(("name",))
    labelled = _files(lanes) | NotedPredict("quality", loaded=str(noted))
    report = labelled.write_parquet(tmp_path / "reads", engine=InProcess())
    assert noted.read_text() == f"{os.getpid()}\n"
    stage = next(each for each in report.stages if each.name == "noted-predict")
    assert stage.details["model"] == "quality"
    (_files(lanes) | Predict("quality")).write_parquet(tmp_path / "local.parquet")
    assert table(tmp_path / "reads").equals(pq.read_table(tmp_path / "local.parquet"))
    # What nobody takes is not predicted, kept open or not.
    noted.unlink()
    pipeline.write_parquet(tmp_path / "names", engine=InProcess())
    assert table(tmp_path / "names").num_rows == 2000
    assert not noted.exists()


def test_how_far_a_run_is(lanes: list[str], tmp_path: Path) -> None:
    seen = []
    engine = InProcess(after=lambda *_: seen.append(execution.snapshot().reads_in))
    sink = ParquetSink(str(tmp_path / "reads"))
    execution = DistributedExecution(_files(lanes), sink, engine)
    assert execution.snapshot().reads_in == 0
    report = execution.run()
    assert seen == [0, 100, 1000, 1000, 1300]
    now = execution.snapshot()
    assert (now.reads_in, now.seconds, now.bytes_total) == (2000, report.wall, None)
    assert execution.schema.names == ["name", "description", "sequence", "quality"]
    with pytest.raises(RuntimeError, match="run only once"):
        execution.run()


def test_a_folder_is_read_as_a_data_set(lanes: list[str], tmp_path: Path) -> None:
    _files(lanes).write_parquet(tmp_path / "reads", engine=InProcess())
    assert ds.dataset(tmp_path / "reads").count_rows() == 2000


def test_names_are_in_the_order_of_parts(tmp_path: Path) -> None:
    task = PartitionTask(99_999, 100_001, _files(["a"]), ParquetSink("out"), "", "")
    names = [task.file, replace(task, number=100_000).file]
    assert names == ["part-099999-of-100001.parquet", "part-100000-of-100001.parquet"]


def test_what_is_sent_can_be_pickled(lanes: list[str], tmp_path: Path) -> None:
    tasks: list[Any] = []
    _files(lanes).write_parquet(tmp_path / "reads", engine=InProcess(before=tasks.append))
    assert pickle.loads(pickle.dumps(tasks[0])) == replace(tasks[0])


@pytest.fixture
def real_pairs(shared_data: Path) -> tuple[Path, Path]:
    name = shared_data / "reads" / "illumina" / "sarscov2_SRR11140744_R1.fastq.gz"
    return name, name.with_name(name.name.replace("_R1", "_R2"))


@pytest.mark.parametrize("form", ["plain", "bgzf", "gzip"])
def test_one_big_file_of_real_pairs(
    real_pairs: tuple[Path, Path], tmp_path: Path, form: str
) -> None:
    files = []
    for path in real_pairs:
        text = gzip.decompress(path.read_bytes())
        file = tmp_path / f"{path.name[:-9]}.fq"
        if form == "plain":
            file.write_bytes(text)
        elif form == "gzip":
            file = path
        else:
            bs.read_fastq(path).write_fastq(file := file.with_suffix(".fq.gz"))
        files.append(file)
    pipeline = bs.read_fastq(files[0], mate=files[1]) | bs.MinLength(100) | bs.Measure()
    local = pipeline.write_parquet(tmp_path / "local.parquet")
    size = sum(file.stat().st_size for file in files)
    report = pipeline.write_parquet(
        tmp_path / "reads", engine=InProcess(), partition_bytes=size // 5
    )
    assert table(tmp_path / "reads").equals(
        pq.read_table(tmp_path / "local.parquet"), check_metadata=True
    )
    assert told_alike(report) == told_alike(local)
    assert report.reads_in > 1000
    assert (report.tasks == 1) if form == "gzip" else (report.tasks >= 4)


def test_parts_of_a_file_tell_how_much_there_is(sample: bytes, tmp_path: Path) -> None:
    (tmp_path / "reads.fq").write_bytes(sample)
    sink = ParquetSink(str(tmp_path / "reads"))
    pipeline = bs.read_fastq(tmp_path / "reads.fq")
    execution = DistributedExecution(pipeline, sink, InProcess(), 100_000)
    execution.run()
    now = execution.snapshot()
    assert now.bytes_read == now.bytes_total == len(sample)


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


def test_bad_records_of_real_sources_are_quarantined(lanes: list[str], tmp_path: Path) -> None:
    _spoil(lanes[1], 500)
    _spoil(lanes[4], 0)
    bad = tmp_path / "bad.fq"
    pipeline = bs.read_fastq(lanes, on_bad_record="quarantine", quarantine=bad)
    with pytest.warns(InputWarning):
        local = pipeline.write_parquet(tmp_path / "local")
    expected = bad.read_bytes()
    with pytest.warns(InputWarning):
        report = pipeline.write_parquet(tmp_path / "reads", engine=InProcess())
    assert bad.read_bytes() == expected
    assert told_alike(report) == told_alike(local)


def test_standard_input_cannot_be_divided(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="path"):
        bs.read_fastq("-").write_parquet(tmp_path / "reads", engine=InProcess())
    assert left_over(tmp_path) == []


@pytest.mark.filterwarnings("ignore:no read was kept")
@pytest.mark.parametrize("kept", [False, True])
def test_partitions_of_parts_without_rows(lanes: list[str], tmp_path: Path, kept: bool) -> None:
    pipeline = _files(lanes) | bs.MinLength(1 if kept else 10**6) | bs.Measure(("length",))
    local = tmp_path / "local"
    pipeline.write_parquet(local, partition_by="length")
    pipeline.write_parquet(tmp_path / "reads", engine=InProcess(), partition_by="length")
    expected = ds.dataset(local, partitioning="hive").to_table()
    found = ds.dataset(tmp_path / "reads", partitioning="hive").to_table()
    assert found.schema.equals(expected.schema)
    assert found.num_rows == expected.num_rows
    assert (found.num_rows == 0) is not kept
    if not kept:
        assert [path.name for path in (tmp_path / "reads").iterdir()] == ["part-0.parquet"]


def test_a_quarantine_is_compressed_as_its_name_says(lanes: list[str], tmp_path: Path) -> None:
    _spoil(lanes[0], 3)
    bad = tmp_path / "bad.fq"
    for name in ("bad.fq", "bad.fq.gz"):
        pipeline = _files(lanes, on_bad_record="quarantine", quarantine=str(tmp_path / name))
        with pytest.warns(InputWarning):
            pipeline.write_parquet(tmp_path / f"of {name} parquet", engine=InProcess())
    assert gzip.decompress((tmp_path / "bad.fq.gz").read_bytes()) == bad.read_bytes() != b""


def test_a_quarantine_inside_the_folder_is_refused(lanes: list[str], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    inside = str(tmp_path / "out" / "q.fq")
    pipeline = _files(lanes, on_bad_record="quarantine", quarantine=inside)
    engine = InProcess()
    with pytest.raises(ConfigurationError, match=r"is inside .*out, which is written as a whole"):
        pipeline.write_parquet(tmp_path / "out", engine=engine)
    assert engine.told == []


def test_min_reads_counts_the_reads_of_all_parts(lanes: list[str], tmp_path: Path) -> None:
    """The driver counts: no part alone keeps so many."""
    target = tmp_path / "reads"
    pipeline = _files(lanes) | bs.MinLength(1)
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
        _files(lanes).write_parquet(
            tmp_path / "reads", engine=engine, partition_by="name", max_partitions=10
        )
    assert [each for each in engine.told if each.startswith("ran")] == ["ran 0"]
    assert left_over(tmp_path) == []
