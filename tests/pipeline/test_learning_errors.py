"""Errors while a run learns come in their turn, and a bad result of a learner is refused."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, FastqError, SchemaError
from biometal_stream.pipeline import Pipeline
from tests.operators.learners import CommonLength
from tests.pipeline.learners import (
    TEXT,
    Watch,
    batch_of,
    each_name,
    fastq,
    lengths_of,
)
from tests.stand_ins import Call, Given, own_threads


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("good", [0, 2, 4, 5, 100, 5000])
def test_an_error_comes_after_the_good_reads_before_it(good: int, threads: int) -> None:
    watch = Watch()
    text = fastq([30] * good) + b"@bad\nACGT\n+\nIII\n" + fastq([30] * 50)
    pipeline = (bs.read_fastq(io.BytesIO(text)) | watch).with_options(threads=threads)
    seen: list[str] = []
    with pytest.raises(FastqError, match=f"record {good + 1},"):
        seen.extend(each_name(pipeline.batches()))
    assert seen == [f"r{row}" for row in range(good)]
    assert watch.seen == [seen[:5]]
    assert own_threads() == []


def test_a_source_that_fails_is_as_without_a_learner() -> None:
    watch = Watch()
    source = Failing((batch_of([5] * 3),))
    seen: list[str] = []
    with pytest.raises(OSError, match="no more"):
        seen.extend(each_name(Pipeline(source, (watch,)).batches()))
    assert seen == ["r0", "r1", "r2"]
    assert watch.seen == [seen]


@dataclass(frozen=True)
class Failing(Given):
    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from super().batches()
        raise OSError("no more")


def test_a_step_that_fails_on_the_first_reads_fails_in_its_turn() -> None:
    def work(batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.num_rows == 2:
            raise ValueError("two")
        return batch

    watch = Watch()
    given_ = (batch_of([5] * 3), batch_of([5] * 2, 3), batch_of([5] * 9, 5))
    seen: list[str] = []
    with pytest.raises(ValueError, match="two"):
        seen.extend(each_name(Pipeline(Given(given_), (Call(work), watch)).batches()))
    assert seen == ["r0", "r1", "r2"]
    assert watch.seen == [seen]


@pytest.mark.parametrize(
    ("becomes", "error", "words"),
    [
        (lambda: 3, ConfigurationError, "must return an operator: 3"),
        (CommonLength, ConfigurationError, "must learn again"),
        (lambda: bs.Head(3), ConfigurationError, "needs all reads in order"),
        (lambda: bs.Select(("name",)), SchemaError, "returns the columns name, but"),
    ],
)
def test_what_cannot_take_the_learners_place_is_refused(
    becomes: Callable[[], object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words) as raised:
        lengths_of(bs.read_fastq(io.BytesIO(TEXT)) | Watch(becomes))
    assert "watch" in str(raised.value)


def test_a_filter_must_learn_a_filter() -> None:
    @dataclass(frozen=True)
    class Odd(CommonLength):
        def learn(self, batches: Sequence[pa.RecordBatch], /) -> Any:
            return bs.ReverseComplement()

    with pytest.raises(
        ConfigurationError, match=r"odd: the operator that it learnt.*the method keep\(\)"
    ):
        lengths_of(bs.read_fastq(io.BytesIO(TEXT)) | Odd())


def test_an_error_of_the_learner_names_it() -> None:
    def fail() -> object:
        raise ValueError("cannot learn")

    with pytest.raises(ValueError, match="cannot learn") as raised:
        lengths_of(bs.read_fastq(io.BytesIO(TEXT)) | Watch(fail))
    assert "in watch" in raised.value.__notes__
