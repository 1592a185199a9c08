"""What was learnt is in the report."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

import biometal_stream as bs
from biometal_stream.interfaces import Look
from biometal_stream.operators.base import (
    ReadObserver,
)
from biometal_stream.settings import option
from biometal_stream.sinks import ParquetSink
from biometal_stream.view import BatchView
from tests.engines.stand_ins import InProcess
from tests.operators.learners import CommonLength
from tests.pipeline.learners import (
    TEXT,
    Watch,
    names_of,
)


def test_what_was_learnt_is_in_the_report() -> None:
    pipeline = bs.read_fastq(io.BytesIO(TEXT)) | CommonLength() | Watch() | CommonLength(reads=7)
    execution = pipeline.execution()
    assert len(names_of(execution.stream())) == 50
    report = execution.report()
    assert list(report.learnt) == ["common-length", "watch", "common-length-2"]
    first = report.learnt["common-length"]
    assert (first.reads, first.settings) == (100, {"length": 60})
    assert first.operator == "common-length --length 60"
    assert report.learnt["watch"].operator == "min-length 0"
    assert report.learnt["watch"].settings == {"length": 0}
    assert report.learnt["common-length-2"].operator == "common-length --length 60 --reads 7"
    written = json.loads(report.to_json())["learnt"]
    assert written["common-length"] == {
        "reads": 100,
        "operator": "common-length --length 60",
        "settings": {"length": 60},
        "findings": [],
    }


def test_the_table_of_steps_says_what_was_learnt() -> None:
    execution = (bs.read_fastq(io.BytesIO(TEXT)) | CommonLength() | bs.MinLength(3)).execution()
    assert len(names_of(execution.stream())) == 50
    steps = execution.report().steps
    assert [step.operator for step in steps] == ["common-length --length 60", "min-length 3"]
    assert [(step.reads_in, step.reads_out) for step in steps] == [(6100, 50), (50, 50)]
    assert [step.kind for step in steps] == ["filter", "filter"]


@dataclass(frozen=True)
class Longer(ReadObserver):
    """Counts the reads that are longer than the first one."""

    length: int | None = option("The length.", default=None)

    @property
    def look(self) -> Look | None:
        return Look(1) if self.length is None else None

    def learn(self, batches: Sequence[pa.RecordBatch], /) -> Longer:
        reads = [text for batch in batches for text in batch["sequence"].to_pylist()]
        return replace(self, length=len(reads[0]) if reads else 0)

    def empty(self) -> int:
        return 0

    def observe(self, view: BatchView, /) -> int:
        return int((view.text("sequence").lengths > self.length).sum())

    def merge(self, one: int, two: int, /) -> int:
        return one + two

    def finish(self, state: int, /) -> object:
        return self.length, state


def test_an_observer_can_learn(tmp_path: Any) -> None:
    path = tmp_path / "reads.fq"
    path.write_bytes(TEXT)
    pipeline = bs.read_fastq(path) | Longer() | bs.MinLength(60)
    report = pipeline.write_parquet(tmp_path / "reads.parquet")
    assert report.results["longer"] == (50, 6075)
    assert report.learnt["longer"].settings == {"length": 50}
    sink = ParquetSink(str(tmp_path / "parts"))
    report = pipeline.distributed(sink, InProcess(), 100_000).run()
    assert report.tasks > 3
    assert report.results["longer"] == (50, 6075)


def test_what_is_given_is_not_learnt() -> None:
    execution = (bs.read_fastq(io.BytesIO(TEXT)) | CommonLength(70)).execution()
    assert len(names_of(execution.stream())) == 25
    assert execution.report().learnt == {}
