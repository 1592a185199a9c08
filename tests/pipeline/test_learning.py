"""Learners see the first reads, the same ones however they come, and no read is lost."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, FastqError, InputWarning, SchemaError
from biometal_stream.first_reads import FirstReads
from biometal_stream.interfaces import Concurrency, Look, Operator
from biometal_stream.operators.base import (
    ReadLearner,
    ReadObserver,
    ReadTrimmer,
    SerialOperator,
)
from biometal_stream.pipeline import Pipeline
from biometal_stream.run import LEAST_MEMORY
from biometal_stream.settings import option
from biometal_stream.sinks import ParquetSink
from biometal_stream.view import BatchView
from tests.engines.stand_ins import InProcess
from tests.operators.learners import CommonLength
from tests.pipes import piped
from tests.stand_ins import Call, Given, own_threads


def fastq(lengths: Sequence[int], mark: str = "") -> bytes:
    return b"".join(
        f"@r{number}{mark}\n{'A' * length}\n+\n{'I' * length}\n".encode()
        for number, length in enumerate(lengths)
    )


FIVE = Look(5)
LENGTHS = [50, 60, 60, 70] * 25 + [80, 90] * 3000
TEXT = fastq(LENGTHS)


@dataclass(frozen=True)
class Watch(ReadLearner):
    """Notes the names that it learns from, and becomes what it is told to."""

    becomes: Callable[[], object] = field(default=lambda: bs.MinLength(0))
    seen: list[list[str]] = field(default_factory=list)
    look: Look = FIVE

    def __post_init__(self) -> None:
        pass

    def learn(self, batches: Sequence[pa.RecordBatch], /) -> Any:
        self.seen.append([name for batch in batches for name in batch["name"].to_pylist()])
        return self.becomes()


@dataclass(frozen=True)
class SerialWatch(Watch):
    @property
    def concurrency(self) -> Concurrency:
        return Concurrency.SERIAL


def lengths_of(pipeline: Pipeline) -> list[int]:
    return [len(text) for text in pipeline.stream().read_all()["sequence"].to_pylist()]


def each_name(batches: Iterator[pa.RecordBatch]) -> Iterator[str]:
    return (name for batch in batches for name in batch["name"].to_pylist())


def names_of(batches: Iterator[pa.RecordBatch]) -> list[str]:
    return list(each_name(batches))


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


batches = st.lists(st.lists(st.integers(0, 30), max_size=6), max_size=8)


def batch_of(lengths: Sequence[int], first: int = 0, *, paired: bool = False) -> pa.RecordBatch:
    columns = {
        "row": pa.array(range(first, first + len(lengths)), pa.int64()),
        "name": pa.array([f"r{first + number}" for number in range(len(lengths))], pa.string()),
        "sequence": pa.array(["A" * length for length in lengths], pa.string()),
    }
    if paired:
        columns["mate"] = pa.array([number % 2 + 1 for number in range(len(lengths))], pa.int8())
    return pa.record_batch(columns)


@given(batches, st.integers(1, 12), st.none() | st.integers(1, 90), st.booleans())
def test_the_first_reads_are_the_same_however_they_come(
    lengths: list[list[int]], reads: int, bases: int | None, paired: bool
) -> None:
    """The twin goes read by read, or pair by pair, up to the first limit reached."""
    unit = 2 if paired else 1
    lengths = [(each * 2)[: len(each) // unit * unit * 2] if paired else each for each in lengths]
    every = [length for each in lengths for length in each]
    wanted = seen = 0
    while wanted < len(every) and wanted < reads and (bases is None or seen < bases):
        seen += every[wanted]
        wanted += 1
    wanted += wanted % unit
    first = FirstReads(Look(reads, bases))
    start = 0
    for each in lengths:
        first.add(batch_of(each, start, paired=paired))
        start += len(each)
    assert first.reads == wanted
    assert names_of(iter(first.batches)) == [f"r{number}" for number in range(wanted)]
    assert first.enough or wanted == len(every)


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
        (CommonLength, ConfigurationError, "has still to learn"),
        (lambda: bs.Head(3), ConfigurationError, "needs all reads in order"),
        (lambda: bs.Select(("name",)), SchemaError, "gives the columns name, and"),
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


def test_the_memory_bounds_what_is_held() -> None:
    text = fastq([20_000] * 1500)
    watch = Watch(look=Look(10**9))
    pipeline = bs.read_fastq(io.BytesIO(text)) | watch | bs.MinLength(1)
    pipeline = pipeline.with_options(threads=1, memory=LEAST_MEMORY)
    with pytest.warns(InputWarning, match=r"first [\d,]+ reads only: the memory"):
        names = names_of(pipeline.batches())
    assert len(names) == 1500
    assert 0 < len(watch.seen[0]) * 40_000 < LEAST_MEMORY


def test_the_columns_that_are_taken_make_no_difference() -> None:
    for columns in (("name",), ("name", "quality")):
        watch = Watch(look=Look(1000, bases=333))
        pipeline = bs.read_fastq(io.BytesIO(TEXT)) | watch | bs.Select(columns)
        assert len(names_of(pipeline.batches())) == len(LENGTHS)
        assert len(watch.seen[0]) == 6


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
