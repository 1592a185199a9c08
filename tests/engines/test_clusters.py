"""What holds on Ray as on Spark, with two workers that are processes of their own."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.engines import Engine
from biometal_stream.errors import ConfigurationError, FastqError, WorkerError
from biometal_stream.interfaces import Look
from biometal_stream.operators.base import ReadLearner
from tests.engines.stand_ins import (
    Interrupt,
    KillOnce,
    NotedPredict,
    Stubborn,
    left_over,
    parts,
    read_files,
    table,
    told_alike,
    wait_for_ever,
)


def test_results_come_in_the_order_of_tasks(cluster: Engine) -> None:
    def twice(task: int) -> tuple[int, int]:
        return 2 * task, os.getpid()

    results = list(cluster.map(twice, range(21)))
    assert [number for number, _ in results] == list(range(0, 42, 2))
    assert os.getpid() not in {process for _, process in results}
    assert cluster.workers == 2
    assert list(cluster.map(twice, [])) == []


def test_a_function_that_fails_is_told_with_its_reason(cluster: Engine) -> None:
    def fail(task: int) -> int:
        if task == 2:
            raise LookupError("task two is lost")
        if task == 4:
            raise ModuleNotFoundError("No module named 'biometal_stream'")
        return task

    with pytest.raises(WorkerError, match=r"a task failed on .*LookupError: task two is lost"):
        list(cluster.map(fail, range(4)))
    with pytest.raises(WorkerError, match="install biometal-stream for the Python of the workers"):
        list(cluster.map(fail, [4]))


def test_a_worker_that_always_dies_ends_the_run(cluster: Engine) -> None:
    def die(_task: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    engine = type(cluster)(retries=0)  # type: ignore[call-arg]
    with pytest.raises(WorkerError, match=r"died .*memory"):
        list(engine.map(die, [0]))


def test_what_cannot_be_pickled(cluster: Engine) -> None:
    with pytest.raises(ConfigurationError, match="cannot be sent to other machines"):
        list(cluster.map(str, [threading.Lock()]))


def test_closing_stops_what_runs(cluster: Engine, tmp_path: Path) -> None:
    folder = str(tmp_path)

    def run(task: int) -> int:
        if task >= 8:
            Path(folder, str(task)).touch()
            wait_for_ever()
        return task

    results: Any = cluster.map(run, range(200))
    assert next(results) == 0
    results.close()
    assert len(list(tmp_path.iterdir())) < 5
    assert list(cluster.map(len, ["", "a"])) == [0, 1]  # the workers are free again


def test_a_worker_killed_in_the_middle_changes_nothing(
    cluster: Engine, sample: bytes, tmp_path: Path
) -> None:
    """Of one large file of pairs; and each worker loads its model once."""
    (tmp_path / "R1.fq").write_bytes(sample)
    (tmp_path / "R2.fq").write_bytes(sample.replace(b"/1\n", b"/2\n"))
    marker, loaded = tmp_path / "killed", tmp_path / "loaded"
    pipeline = bs.read_fastq(tmp_path / "R1.fq", mate=tmp_path / "R2.fq") | bs.MinMeanQuality(34)
    pipeline |= NotedPredict("quality", loaded=str(loaded))
    local = pipeline.write_parquet(tmp_path / "local.parquet")
    loaded.unlink()
    report = (pipeline | KillOnce(str(marker))).write_parquet(
        tmp_path / "reads.parquet", engine=cluster, partition_bytes=150_000
    )
    assert marker.exists()
    assert table(tmp_path / "reads.parquet").equals(pq.read_table(tmp_path / "local.parquet"))
    expected, found = told_alike(local), told_alike(report)
    found["stages"] = [stage for stage in found["stages"] if stage[0] != "kill-once"]
    assert found == expected
    assert (report.engine, report.workers) == (cluster.name, 2)
    assert report.tasks == len(parts(tmp_path / "reads.parquet")) > 4
    assert len(list((tmp_path / "reads.parquet").iterdir())) == report.tasks
    processes = Counter(loaded.read_text().split())
    assert set(processes.values()) == {1}
    assert len(processes) < report.tasks  # those that died, too
    assert left_over(tmp_path) == []


def test_a_bad_record_is_not_tried_again(cluster: Engine, lanes: list[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.fq"
    bad.write_text("@r1\nACGT\n+\nIIII\n@r2\nACGT\n+\nIII\n")
    pipeline = read_files([*lanes[:2], str(bad), *lanes[2:]])
    with pytest.raises(FastqError) as local:
        pipeline.write_parquet(tmp_path / "local.parquet")
    with pytest.raises(FastqError) as caught:
        pipeline.write_parquet(tmp_path / "reads", engine=cluster)
    assert type(caught.value) is type(local.value)
    assert str(caught.value) == str(local.value)
    assert caught.value.__notes__[-1].startswith("in partition 3 of 6, on ")
    assert not (tmp_path / "reads").exists()
    assert left_over(tmp_path) == []


def test_an_interrupt_leaves_nothing(cluster: Engine, lanes: list[str], tmp_path: Path) -> None:
    pipeline = read_files(lanes) | Interrupt(os.getpid(), str(tmp_path / "marker"))
    with pytest.raises(KeyboardInterrupt):
        pipeline.write_parquet(tmp_path / "reads", engine=cluster)
    assert (tmp_path / "marker").exists()
    assert not (tmp_path / "reads").exists()
    assert left_over(tmp_path) == []


@dataclass(frozen=True)
class Longest(ReadLearner):
    """Keeps reads as long as the longest of the first ones; learns on the driver."""

    look = Look(50)

    def learn(self, batches: Any, /) -> Any:
        lengths = [len(read) for batch in batches for read in batch["sequence"].to_pylist()]
        return bs.MinLength(max(lengths))


@pytest.mark.parametrize("partition_bytes", [None, 60_000])
def test_results_are_those_of_a_local_run(
    cluster: Engine, lanes: list[str], tmp_path: Path, partition_bytes: int | None
) -> None:
    """Of observers before and after a learner, of what counts, and what was learnt."""
    plain = str(tmp_path / "plain.fq")
    bs.read_fastq(lanes[:3]).write_fastq(plain)
    pipeline = bs.read_fastq([plain, *lanes[3:]], quality_encoding="auto") | bs.Summarize()
    pipeline = pipeline | bs.TrimQuality(30) | Longest() | bs.Measure() | bs.Summarize()
    pipeline = pipeline | bs.QualityControl()
    local = pipeline.write_parquet(tmp_path / "local.parquet")
    report = pipeline.write_parquet(
        tmp_path / "parts", engine=cluster, partition_bytes=partition_bytes
    )
    assert list(report.results) == ["summarize", "summarize-2", "quality-control"]
    assert report.results == local.results
    # The driver has learnt, so the workers' step is what was learnt.
    here, there = local.steps[2], report.steps[2]
    assert (here.name, there.name) == ("longest", "min-length")
    assert (here.reads_in, here.reads_out) == (there.reads_in, there.reads_out)
    assert (*report.steps[:2], *report.steps[3:]) == (*local.steps[:2], *local.steps[3:])
    assert report.learnt["longest"] == local.learnt["longest"]
    assert 0 < report.reads_out == local.reads_out < report.reads_in
    assert report.tasks > 3 or partition_bytes is None


def test_a_state_that_cannot_be_sent_names_its_observer(
    cluster: Engine, lanes: list[str], tmp_path: Path
) -> None:
    pipeline = bs.read_fastq(lanes) | Stubborn()
    assert pipeline.write_parquet(tmp_path / "local.parquet").results == {"stubborn": 2000}
    with pytest.raises(ConfigurationError, match=r"stubborn: its state, function, cannot be sent"):
        pipeline.write_parquet(tmp_path / "parts", engine=cluster)
    assert not (tmp_path / "parts").exists()
