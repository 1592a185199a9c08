"""Learners see the first reads, the same ones however they come, and no read is lost."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import InputWarning
from biometal_stream.interfaces import Concurrency, Look, Operator
from biometal_stream.operators.base import (
    ReadTrimmer,
    SerialOperator,
)
from biometal_stream.pipeline import Pipeline
from biometal_stream.run import LEAST_MEMORY
from biometal_stream.view import BatchView
from tests.operators.learners import CommonLength
from tests.pipeline.learners import (
    LENGTHS,
    TEXT,
    SerialWatch,
    Watch,
    batch_of,
    fastq,
    lengths_of,
    names_of,
)
from tests.pipes import piped
from tests.stand_ins import Call, Given, own_threads


@pytest.mark.parametrize("threads", [1, 4])
def test_what_is_learnt_works_on_all_reads(threads: int) -> None:
    pipeline = (bs.read_fastq(io.BytesIO(TEXT)) | CommonLength()).with_options(threads=threads)
    assert lengths_of(pipeline) == [60] * 50
    assert own_threads() == []


def test_every_way_to_run_gives_the_same(tmp_path: Any) -> None:
    path = tmp_path / "reads.fq"
    path.write_bytes(TEXT)
    pipeline = bs.read_fastq(path) | CommonLength()
    whole = pipeline.stream().read_all()
    assert whole.num_rows == 50
    assert pa.Table.from_batches(pipeline.batches()) == whole
    assert pipeline.dataset().to_table() == whole
    assert pipeline.dataset().count_rows() == 50
    assert pipeline.dataset().to_table(columns=["name"]).num_rows == 50
    pipeline.write_parquet(tmp_path / "kept.parquet")
    assert (
        (pa.parquet.read_table(tmp_path / "kept.parquet")["name"]).to_pylist()
        == whole["name"].to_pylist()
    )
    assert pickle.loads(pickle.dumps(pipeline)).stream().read_all() == whole


def test_a_pipe_loses_no_read() -> None:
    with piped(TEXT, 777) as source:
        assert lengths_of(bs.read_fastq(source) | Watch()) == LENGTHS


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=8),
    st.sampled_from([1, 3]),
    st.sampled_from([None, "before", "after"]),
)
def test_a_learner_sees_the_first_reads_that_reach_it(
    sizes: list[int], threads: int, serial: str | None
) -> None:
    watch = Watch()
    start = 0
    given_ = []
    for size in sizes:
        given_.append(batch_of([10 + (start + row) % 3 for row in range(size)], start))
        start += size
    steps: list[Operator] = [bs.MinLength(11), watch]
    if serial is not None:
        steps.insert(0 if serial == "before" else 1, bs.Head(1000))
    pipeline = Pipeline(Given(tuple(given_)), tuple(steps), threads=threads)
    kept = [f"r{row}" for row in range(start) if row % 3]
    assert names_of(pipeline.batches()) == kept
    assert watch.seen == [kept[:5]]


def test_it_learns_from_what_there_is() -> None:
    short = fastq([40, 40, 50])
    assert lengths_of(bs.read_fastq(io.BytesIO(short)) | CommonLength()) == [40, 40]
    assert lengths_of(bs.read_fastq(io.BytesIO(b"")) | CommonLength()) == []
    watch = Watch()
    assert lengths_of(bs.read_fastq(io.BytesIO(TEXT)) | bs.MinLength(1000) | watch) == []
    assert watch.seen == [[]]


def test_each_of_several_learns_from_what_the_one_before_leaves() -> None:
    first, second, third = Watch(lambda: bs.MinLength(60)), CommonLength(), Watch()
    pipeline = bs.read_fastq(io.BytesIO(TEXT)) | first | second | bs.MaxLength(70) | third
    assert lengths_of(pipeline) == [60] * 50
    assert first.seen == [[f"r{row}" for row in range(5)]]
    assert third.seen == [["r1", "r2", "r5", "r6", "r9"]]


def test_operators_that_were_opened_are_used_to_learn_and_to_run() -> None:
    """Each is opened once for a run, or once for each worker."""
    for concurrency, times in ((Concurrency.SHARED, 1), (Concurrency.PER_WORKER, 3)):
        before = Call(concurrency=concurrency)
        watch = Watch()
        pipeline = Pipeline(Given((batch_of([5] * 4), batch_of([5] * 4, 4))), (before, watch))
        assert len(names_of(pipeline.with_options(threads=3).batches())) == 8
        assert before.opened == ["MainThread"] * times + ["closed"] * times
        assert watch.seen == [["r0", "r1", "r2", "r3", "r4"]]


@pytest.mark.parametrize("concurrency", Concurrency)
def test_what_is_learnt_may_be_any_operator(concurrency: Concurrency) -> None:
    @dataclass(frozen=True)
    class Any_(Watch):
        @property
        def concurrency(self) -> Concurrency:
            return concurrency

    learnt = Call(concurrency=concurrency)
    steps = (Any_(lambda: learnt), bs.MinLength(1))
    pipeline = Pipeline(Given((batch_of([5] * 4), batch_of([5] * 4, 4))), steps, threads=2)
    assert len(names_of(pipeline.batches())) == 8
    times = 2 if concurrency is Concurrency.PER_WORKER else 1
    assert learnt.opened[times:] == ["closed"] * times


def test_a_serial_learner_ends_the_run_and_holds_back_as_it_would() -> None:
    @dataclass(frozen=True)
    class FirstOnes(SerialOperator):
        look = Look(3)

        def __post_init__(self) -> None:
            pass

        def learn(self, batches: Sequence[pa.RecordBatch], /) -> Any:
            return bs.Head(sum(batch.num_rows for batch in batches) * 2)

    pipeline = bs.read_fastq(io.BytesIO(TEXT)) | bs.MinLength(60) | FirstOnes() | bs.MaxLength(65)
    assert names_of(pipeline.batches()) == ["r1", "r2", "r5", "r6"]
    sample = SerialWatch(lambda: bs.Sample(number=10))
    assert len(names_of((bs.read_fastq(io.BytesIO(TEXT)) | sample).batches())) == 10


def test_a_trimmer_can_learn() -> None:
    @dataclass(frozen=True)
    class ToShortest(ReadTrimmer):
        length: int = 0

        @property
        def look(self) -> Look | None:
            return None if self.length else Look(50)

        def learn(self, batches: Sequence[pa.RecordBatch], /) -> Any:
            return replace(
                self, length=min(len(s) for b in batches for s in b["sequence"].to_pylist())
            )

        def __post_init__(self) -> None:
            pass

        def bounds(self, view: BatchView, /) -> tuple[Any, Any]:
            lengths = view.text("sequence").lengths
            return np.zeros_like(lengths), np.minimum(lengths, self.length)

    pipeline = bs.read_fastq(io.BytesIO(TEXT)) | bs.MinLength(55) | ToShortest() | bs.MaxLength(60)
    assert lengths_of(pipeline) == [60] * 6075


<<<<<<< HEAD
=======
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

    with pytest.raises(ConfigurationError, match=r"operator that it learnt.*the method keep\(\)"):
        lengths_of(bs.read_fastq(io.BytesIO(TEXT)) | Odd())


def test_an_error_of_the_learner_names_it() -> None:
    def fail() -> object:
        raise ValueError("cannot learn")

    with pytest.raises(ValueError, match="cannot learn") as raised:
        lengths_of(bs.read_fastq(io.BytesIO(TEXT)) | Watch(fail))
    assert "in watch" in raised.value.__notes__


>>>>>>> wordsb
def test_the_memory_bounds_what_is_held() -> None:
    text = fastq([20_000] * 1500)
    watch = Watch(look=Look(10**9))
    pipeline = bs.read_fastq(io.BytesIO(text)) | watch | bs.MinLength(1)
    pipeline = pipeline.with_options(threads=1, memory=LEAST_MEMORY)
<<<<<<< HEAD
    with pytest.warns(
        InputWarning, match=r"watch learns from the first [\d,]+ reads only: the memory"
    ):
=======
    with pytest.warns(InputWarning, match=r"first [\d,]+ reads only: the memory"):
>>>>>>> wordsb
        names = names_of(pipeline.batches())
    assert len(names) == 1500
    assert 0 < len(watch.seen[0]) * 40_000 < LEAST_MEMORY


def test_the_columns_that_are_taken_make_no_difference() -> None:
    for columns in (("name",), ("name", "quality")):
        watch = Watch(look=Look(1000, bases=333))
        pipeline = bs.read_fastq(io.BytesIO(TEXT)) | watch | bs.Select(columns)
        assert len(names_of(pipeline.batches())) == len(LENGTHS)
        assert len(watch.seen[0]) == 6


def test_as_a_function_it_takes_a_batch_for_the_whole_stream() -> None:
    batch = batch_of([3, 4, 4, 5])
    assert CommonLength()(batch)["name"].to_pylist() == ["r1", "r2"]
    watch = SerialWatch(lambda: bs.Head(1), look=Look(2))
    assert watch(batch).num_rows == 1
    assert watch.seen == [["r0", "r1"]]


def test_a_run_that_is_closed_while_it_learns_ends() -> None:
    with piped(TEXT * 40, 1 << 14) as source:
        stream = (bs.read_fastq(source) | Watch(look=Look(500))).batches()
        assert next(stream).num_rows
        stream.close()
    assert own_threads() == []
