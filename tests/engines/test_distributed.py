"""A run in parts gives what one run gives, or leaves everything as it was."""

from __future__ import annotations

import gzip
import os
import pickle
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.operators import Predict
from biometal_stream.pipeline.distributed import DistributedExecution
from biometal_stream.pipeline.partition import PartitionTask
from biometal_stream.sinks import ParquetSink
from tests.engines.stand_ins import (
    InProcess,
    NotedPredict,
    Resides,
    left_over,
    parts,
    read_files,
    table,
    told_alike,
)


def test_the_rows_and_the_report_are_those_of_one_run(lanes: list[str], tmp_path: Path) -> None:
    pipeline = (
        read_files(lanes, sample="s1") | bs.MinLength(100) | bs.MinMeanQuality(34) | bs.Measure()
    )
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
    pipeline = read_files(lanes) | bs.Summarize() | bs.MinMeanQuality(34) | bs.TrimFixed(front=3)
    pipeline = pipeline | bs.Measure() | bs.Predict("quality") | bs.Summarize()
    pipeline = pipeline | bs.QualityControl(truth="quality_label")
    local = pipeline.write_parquet(tmp_path / "local.parquet")
    report = pipeline.write_parquet(
        tmp_path / "parts", engine=InProcess(), partition_bytes=partition_bytes
    )
    assert list(report.results) == ["summarize", "predict", "summarize-2", "quality-control"]
    assert report.results == local.results
    assert report.steps == local.steps
    assert report.steps[1].dropped == local.reads_in - local.reads_out > 0


def test_pairs(lanes: list[str], tmp_path: Path) -> None:
    mates = []
    for lane in map(Path, lanes):
        mates.append(str(lane.with_name(f"mates_{lane.name}")))
        text = gzip.decompress(lane.read_bytes()).replace(b"/1\n", b"/2\n")
        Path(mates[-1]).write_bytes(gzip.compress(text, 1))
    pipeline = read_files(lanes, mate=tuple(mates)) | bs.MinMeanQuality(34)
    local = pipeline.write_parquet(tmp_path / "local.parquet")
    report = pipeline.write_parquet(tmp_path / "pairs", engine=InProcess())
    assert table(tmp_path / "pairs").equals(pq.read_table(tmp_path / "local.parquet"))
    assert told_alike(report) == told_alike(local)


def test_the_settings_of_the_sink_hold_for_each_file(lanes: list[str], tmp_path: Path) -> None:
    options: dict[str, Any] = {"compression": "gzip", "level": 1, "metadata": {"key": "value"}}
    read_files(lanes).write_parquet(f"{tmp_path}/reads/", engine=InProcess(), **options)
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
    read_files(lanes[:1]).write_parquet(tmp_path / "a", engine=engine)
    pipeline = read_files(lanes[:1]).with_options(threads=3, memory=2**26)
    report = pipeline.write_parquet(tmp_path / "b", engine=engine)
    assert seen == [(1, None), (3, 2**26)]
    assert report.memory == 2**26
    assert next(each.threads for each in report.stages if each.name == "parse") == 3


def test_a_task_that_ran_twice_counts_once(lanes: list[str], tmp_path: Path) -> None:
    local = read_files(lanes).write_parquet(tmp_path / "local.parquet")
    report = read_files(lanes).write_parquet(tmp_path / "reads", engine=InProcess(attempts=3))
    assert len(list((tmp_path / "reads").iterdir())) == 5
    assert table(tmp_path / "reads").equals(pq.read_table(tmp_path / "local.parquet"))
    assert told_alike(report) == told_alike(local)
    assert left_over(tmp_path) == []


def test_partitions(lanes: list[str], tmp_path: Path) -> None:
    pipeline = read_files(lanes) | bs.Predict("quality") | bs.Select(("name", "quality_label"))
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


def test_paths_start_where_the_caller_is(
    lanes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(tmp_path)

    def leave(_task: Any) -> None:
        os.chdir(elsewhere)

    engine = InProcess(before=leave, after=lambda *_: os.chdir(tmp_path))
    report = read_files([Path(path).name for path in lanes]).write_parquet("reads", engine=engine)
    assert report.outputs == ("reads",)
    assert len(parts(tmp_path / "reads")) == 5
    assert list(elsewhere.iterdir()) == []


def test_an_operator_that_can_stay_open_does(lanes: list[str], tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    pipeline = read_files(lanes) | Resides(str(noted))
    pipeline.write_parquet(tmp_path / "reads", engine=InProcess())
    assert noted.read_text() == f"cached {os.getpid()}\n" * 5
    noted.unlink()
    pipeline.write_parquet(tmp_path / "local")
    assert noted.read_text() == f"open {os.getpid()}\n"


def test_a_process_loads_a_model_once(lanes: list[str], tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    pipeline = read_files(lanes) | NotedPredict("quality", loaded=str(noted)) | bs.Select(("name",))
    labelled = read_files(lanes) | NotedPredict("quality", loaded=str(noted))
    report = labelled.write_parquet(tmp_path / "reads", engine=InProcess())
    assert noted.read_text() == f"{os.getpid()}\n"
    stage = next(each for each in report.stages if each.name == "noted-predict")
    assert stage.details["model"] == "quality"
    (read_files(lanes) | Predict("quality")).write_parquet(tmp_path / "local.parquet")
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
    execution = DistributedExecution(read_files(lanes), sink, engine)
    assert execution.snapshot().reads_in == 0
    report = execution.run()
    assert seen == [0, 100, 1000, 1000, 1300]
    now = execution.snapshot()
    assert (now.reads_in, now.seconds, now.bytes_total) == (2000, report.wall, None)
    assert execution.schema.names == ["name", "description", "sequence", "quality"]
    with pytest.raises(RuntimeError, match="run only once"):
        execution.run()


def test_a_folder_is_read_as_a_data_set(lanes: list[str], tmp_path: Path) -> None:
    read_files(lanes).write_parquet(tmp_path / "reads", engine=InProcess())
    assert ds.dataset(tmp_path / "reads").count_rows() == 2000


def test_names_are_in_the_order_of_parts(tmp_path: Path) -> None:
    task = PartitionTask(99_999, 100_001, read_files(["a"]), ParquetSink("out"), "", "")
    names = [task.file, replace(task, number=100_000).file]
    assert names == ["part-099999-of-100001.parquet", "part-100000-of-100001.parquet"]


def test_what_is_sent_can_be_pickled(lanes: list[str], tmp_path: Path) -> None:
    tasks: list[Any] = []
    read_files(lanes).write_parquet(tmp_path / "reads", engine=InProcess(before=tasks.append))
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


@pytest.mark.filterwarnings("ignore:no read was kept")
@pytest.mark.parametrize("kept", [False, True])
def test_partitions_of_parts_without_rows(lanes: list[str], tmp_path: Path, kept: bool) -> None:
    pipeline = read_files(lanes) | bs.MinLength(1 if kept else 10**6) | bs.Measure(("length",))
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
