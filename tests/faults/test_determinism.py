"""Output bytes are the same for every number of workers, size of chunk and bound on memory."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.operators import (
    Head,
    MaxExpectedErrors,
    Measure,
    MinLength,
    MinMeanQuality,
    Sample,
)
from biometal_stream.pipeline import Pipeline
from biometal_stream.reading import read_fastq
from biometal_stream.run import LEAST_MEMORY
from biometal_stream.sinks import ArrowSink, FastqSink, ParquetSink
from tests.faults.jobs import contents, make_inputs

INPUTS = {
    "plain": lambda folder: read_fastq(folder / "reads.fq"),
    "gzip": lambda folder: read_fastq(folder / "reads.fq.gz"),
    "lanes": lambda folder: read_fastq([folder / "reads.fq", folder / "pairs.fq"]),
    "pairs": lambda folder: read_fastq(folder / "pairs.fq", interleaved=True),
    "mates": lambda folder: read_fastq(folder / "reads.fq", mate=folder / "mates.fq.gz"),
    "tolerant": lambda folder: read_fastq(folder / "bad.fq", on_bad_record="skip"),
}
PAIRED = {"pairs", "mates"}
OPERATORS = {
    "none": [],
    "filters": [MinLength(100), MinMeanQuality(19), MaxExpectedErrors(4.0)],
    "fraction": [Sample(fraction=0.4, seed=3)],
    "number": [MinMeanQuality(15), Sample(number=70), Measure()],
    "head": [MinMeanQuality(19), Head(90), MinLength(10)],
}
SINKS: dict[str, Callable[[Path], Any]] = {
    "parquet": lambda folder: ParquetSink(folder / "t", row_group_rows=64),
    "shards": lambda folder: ParquetSink(folder / "t", row_group_rows=50, shards=3),
    "arrow": lambda folder: ArrowSink(folder / "t"),
    "arrow stream": lambda folder: ArrowSink(folder / "t", "stream", "zstd"),
    "fastq": lambda folder: FastqSink(folder / "t"),
    "fastq gzip": lambda folder: FastqSink(folder / "t", compression="gzip"),
    "fastq zstd": lambda folder: FastqSink(folder / "t", compression="zstd"),
}
FOR_PAIRS: dict[str, Callable[[Path], Any]] = {
    "two files": lambda folder: FastqSink(folder / "t", mate=folder / "u"),
    "partitions": lambda folder: ParquetSink(folder / "t", partition_by="mate", row_group_rows=40),
}


@functools.cache
def inputs() -> Path:
    """The inputs, once for all examples."""
    folder = Path(tempfile.mkdtemp(prefix="biometal-inputs-"))
    atexit.register(shutil.rmtree, folder)
    make_inputs(folder)
    return folder


def written(
    source: str,
    operators: str,
    sink: str,
    *,
    workers: int,
    memory: int | None = None,
    chunk: int | None = None,
) -> dict[str, bytes]:
    """What a run writes, with morsels as small as a few hundred reads need to be many."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        if chunk is not None:
            patch.setattr("biometal_stream.budget.Budget.chunk", chunk)
        patch.setattr("biometal_stream.sinks.fastq.layout.MORSEL_BYTES", 9_000)
        patch.setattr("biometal_stream.sinks.arrow.sink.BATCH_ROWS", 48)
        pipeline = Pipeline(INPUTS[source](inputs()).source, tuple(OPERATORS[operators]))
        target = (SINKS | FOR_PAIRS)[sink](Path(folder))
        pipeline.with_options(threads=workers, memory=memory).run(target)
        return contents(Path(folder))


known = functools.cache(functools.partial(written, workers=1))


@pytest.mark.filterwarnings("ignore::biometal_stream.errors.InputWarning")
@settings(max_examples=90)
@given(
    source=st.sampled_from(sorted(INPUTS)),
    operators=st.sampled_from(sorted(OPERATORS)),
    workers=st.sampled_from([1, 2, 3, 4, 8]),
    memory=st.sampled_from([LEAST_MEMORY, 5 * LEAST_MEMORY // 3, None]),
    chunk=st.sampled_from([2_000, 5_000, 17_001, 60_000, None]),
    data=st.data(),
)
def test_bytes_do_not_depend_on_how_a_run_is_spread(
    source: str,
    operators: str,
    workers: int,
    memory: int | None,
    chunk: int | None,
    data: st.DataObject,
) -> None:
    sinks = SINKS | FOR_PAIRS if source in PAIRED else SINKS
    sink = data.draw(st.sampled_from(sorted(sinks)))
    found = written(source, operators, sink, workers=workers, memory=memory, chunk=chunk)
    assert found == known(source, operators, sink)
    assert all(found.values())


def test_settings_reach_the_run() -> None:
    """Small chunks are small chunks, or the test above would prove nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("biometal_stream.budget.Budget.chunk", 5_000)
        batches = list(read_fastq(inputs() / "reads.fq").batches())
    assert len(batches) > 20
