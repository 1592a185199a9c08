"""Learners that learn before a run: once, for all that runs afterwards."""

from __future__ import annotations

import io
import os
import pickle
import warnings
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, FastqError, InputWarning
from biometal_stream.interop.partitions import partition_pipeline, read_partition
from biometal_stream.pipeline.opened import refuse_learners
from biometal_stream.sinks import ParquetSink
from tests.engines.stand_ins import InProcess
from tests.operators.learners import CommonLength
from tests.pipeline.learners import LENGTHS, Watch, fastq, names_of

LATE = [50] * 10 + [60] * 400
"""The first reads are not like the others."""


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = tmp_path / "reads.fq"
    path.write_bytes(fastq(LATE))
    return str(path)


def test_the_pipeline_that_has_learnt_does_not_learn_again(path: str) -> None:
    watch = Watch()
    pipeline = bs.read_fastq(path) | bs.MinLength(1) | CommonLength(reads=10) | watch
    learnt = pipeline.learn()
    assert learnt.operators == (bs.MinLength(1), CommonLength(50, reads=10), bs.MinLength(0))
    assert watch.seen == [[f"r{row}" for row in range(5)]]
    assert len(names_of(learnt.batches())) == 10
    assert len(watch.seen) == 1
    assert learnt.learn() is learnt
    assert pickle.loads(pickle.dumps(learnt)).operators == learnt.operators


def test_nothing_is_read_where_there_is_nothing_to_learn() -> None:
    pipeline = bs.read_fastq("/nowhere.fq") | bs.MinLength(1)
    assert pipeline.learn() is pipeline


def test_a_stream_is_not_read_to_learn_and_then_again(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe.fq"
    os.mkfifo(fifo)
    for given in ("-", io.BytesIO(fastq([4])), fifo):
        pipeline = bs.read_fastq(given) | CommonLength()
        with pytest.raises(ConfigurationError, match="common-length learns from the first reads"):
            pipeline.learn()


def test_what_ends_the_reading_is_raised_by_the_run(tmp_path: Path) -> None:
    path = tmp_path / "reads.fq"
    path.write_bytes(fastq([7, 7, 8]) + b"@bad\nACGT\n+\nIII\n")
    learnt = (bs.read_fastq(path) | CommonLength()).learn()
    assert learnt.operators == (CommonLength(7),)
    with pytest.raises(FastqError, match="record 4,"):
        learnt.stream().read_all()


def test_warnings_are_left_to_the_run(path: str) -> None:
    pipeline = bs.read_fastq([path, path]) | CommonLength()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        learnt = pipeline.learn()
    with pytest.warns(InputWarning, match="named twice"):
        learnt.stream().read_all()


def test_the_quarantine_is_left_to_the_run(tmp_path: Path) -> None:
    path, aside = tmp_path / "reads.fq", tmp_path / "bad.fq"
    path.write_bytes(b"junk\n" + fastq([7] * 20))
    source = bs.read_fastq(path, on_bad_record="quarantine", quarantine=aside)
    learnt = (source | CommonLength()).learn()
    assert not aside.exists()
    assert learnt.source == source.source


@pytest.mark.parametrize("engine", ["local", "in-process"])
def test_an_engine_learns_once_for_all_partitions(engine: str, path: str, tmp_path: Path) -> None:
    """Alone, most partitions would learn another length."""
    pipeline = bs.read_fastq(path) | bs.MinLength(1) | CommonLength(reads=10)
    target = tmp_path / "kept"
    if engine == "local":
        report = pipeline.write_parquet(f"{target}/")
    else:
        report = pipeline.distributed(ParquetSink(str(target)), InProcess(), 10_000).run()
        assert report.tasks > 3
    assert pq.read_table(target)["name"].to_pylist() == [f"r{row}" for row in range(10)]
    assert report.learnt["common-length"].operator == "common-length --length 50 --reads 10"
    assert report.reads_in == len(LATE)


def test_partitions_for_other_engines_have_learnt(path: str) -> None:
    pipeline = bs.read_fastq(path) | CommonLength(reads=10)
    parts = partition_pipeline(pipeline, 10_000, "Ray")
    assert len(parts) > 3
    assert sum(len(names_of(read_partition(part))) for part in parts) == 10


def test_operators_alone_cannot_learn() -> None:
    with pytest.raises(ConfigurationError, match=r"common-length has to learn.*Ray gives it"):
        refuse_learners([bs.MinLength(1), CommonLength()], "Ray")
    refuse_learners([CommonLength(50)], "Ray")


def test_what_a_source_has_learnt_is_in_the_report(tmp_path: Path) -> None:
    """Of each file, and the same in one run as in partitions of it."""
    old = "".join(f"@o{n}\nACGTACGTAC\n+\nhhgfB{'B' * 5}\n" for n in range(4000))
    texts = {"old.fq": old.encode(), "new.fq": fastq(LENGTHS)}
    paths = []
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text)
        paths.append(str(tmp_path / name))
    pipeline = bs.read_fastq(paths, quality_encoding="auto")
    wanted = {"quality-encoding": {paths[0]: "phred64", paths[1]: "phred33"}}
    assert pipeline.write_parquet(tmp_path / "all.parquet").learnt == wanted
    sink = ParquetSink(str(tmp_path / "parts"))
    report = pipeline.distributed(sink, InProcess(), 50_000).run()
    assert report.tasks > 3
    assert report.learnt == wanted
    assert bs.read_fastq(paths[1]).write_parquet(tmp_path / "as.parquet").learnt == {}
