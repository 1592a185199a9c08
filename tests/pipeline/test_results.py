"""What observers find is folded in input order, the same for all threads, batches and engines."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import Concurrency, Counting, Informed, Observer
from biometal_stream.operators.base import ReadFilter, ReadObserver, ReadTrimmer
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline.opened import OpenOperators
from biometal_stream.view import BatchView
from tests.stand_ins import Call, Collect, First, Numbers, own_threads


@dataclass(frozen=True)
class Rows:
    """How numbers are observed: all of them in order, which shows any other order."""

    fail: str = ""

    def empty(self) -> tuple[int, ...]:
        return ()

    def observe(self, view: BatchView, /) -> tuple[int, ...]:
        if self.fail == "observe" and view.num_rows:
            raise ValueError("cannot observe")
        return tuple(view.column("row").to_pylist())

    def merge(self, one: tuple[int, ...], two: tuple[int, ...], /) -> tuple[int, ...]:
        if self.fail == "merge":
            raise ValueError("cannot merge")
        return one + two

    def finish(self, state: tuple[int, ...], /) -> list[int]:
        if self.fail == "finish":
            raise ValueError("cannot finish")
        return list(state)


@dataclass(frozen=True)
class Note(Rows):
    """An observer of numbers."""

    name: str = "note"
    concurrency: ClassVar[Concurrency] = Concurrency.SHARED

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        return input_schema

    def open(self) -> Any:
        raise AssertionError("an observer is not opened")


@dataclass(frozen=True)
class Odd(Call):
    """Drops the even numbers, on whole batches, and counts what it returns."""

    name: str = "odd"
    counts: bool = True

    @property
    def observation(self) -> Rows | None:
        return Rows() if self.counts else None


def odd(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch.filter(pa.array(batch.column("row").to_numpy() % 2 == 1))


@dataclass(frozen=True)
class Thirds(ReadFilter):
    """Keeps every third number, and counts what it has looked at."""

    def keep(self, view: BatchView, /) -> np.ndarray:
        return view.once("thirds", _thirds)

    def empty(self) -> tuple[int, int]:
        return 0, 0

    def observe(self, view: BatchView, /) -> tuple[int, int]:
        def missing(view: BatchView) -> np.ndarray:
            raise AssertionError("what keep() has remembered is there")

        kept = view.once("thirds", missing)
        return len(kept), int(kept.sum())

    def merge(self, one: tuple[int, int], two: tuple[int, int], /) -> tuple[int, int]:
        return one[0] + two[0], one[1] + two[1]

    def finish(self, state: tuple[int, int], /) -> dict[str, int]:
        return dict(zip(("seen", "kept"), state, strict=True))


def _thirds(view: BatchView) -> np.ndarray:
    return view.column("row").to_numpy() % 3 == 0


SERIAL = Call(name="serial", concurrency=Concurrency.SERIAL)


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("size", [1, 7, 100])
def test_states_are_folded_in_input_order(threads: int, size: int) -> None:
    pipeline = Pipeline(Numbers(-(-300 // size), size)) | Note() | Odd(odd) | Note() | SERIAL
    pipeline = pipeline | Thirds() | Note(name="last") | SERIAL | Note()
    total = size * -(-300 // size)
    for run in (lambda each: each.run(Collect()), _streamed):
        report = run(pipeline.with_options(threads=threads))
        odds = [number for number in range(total) if number % 2]
        left = [number for number in odds if number % 3 == 0]
        assert report.results == {
            "note": list(range(total)),
            "odd": odds,
            "note-2": odds,
            "thirds": {"seen": len(odds), "kept": len(left)},
            "last": left,
            "note-3": left,
        }
        assert list(report.results) == ["note", "odd", "note-2", "thirds", "last", "note-3"]
    assert not own_threads()


@dataclass(frozen=True)
class Largest(Note):
    """Observes the three largest numbers, and notes how many of others it left out."""

    name: str = "largest"
    left_out: list[int] = field(default_factory=list)

    def observe(self, view: BatchView, /) -> tuple[int, ...]:
        raise AssertionError("a run tells what it has observed so far")

    def observe_informed(self, view: BatchView, so_far: tuple[int, ...], /) -> tuple[int, ...]:
        numbers = view.column("row").to_pylist()
        least = so_far[-1] if len(so_far) == 3 else -1
        some = [number for number in numbers if number > least]
        self.left_out.append(len(numbers) - len(some))
        return tuple(sorted(some, reverse=True)[:3])

    def merge(self, one: tuple[int, ...], two: tuple[int, ...], /) -> tuple[int, ...]:
        return tuple(sorted(one + two, reverse=True)[:3])


def backwards(batch: pa.RecordBatch) -> pa.RecordBatch:
    return pa.record_batch({"row": pa.array(1_000 - batch.column("row").to_numpy())})


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_an_observer_that_is_told_what_the_run_has_found_may_save_work(threads: int) -> None:
    largest = Largest()
    assert isinstance(largest, Informed)
    pipeline = Pipeline(Numbers(300, 3)) | Call(backwards) | SERIAL | largest
    report = pipeline.with_options(threads=threads).run(Collect())
    assert report.results == {"largest": [1_000, 999, 998]}
    assert sum(largest.left_out) > 0


def _streamed(pipeline: Pipeline) -> Any:
    execution = pipeline.execution()
    for _ in execution.stream():
        assert execution.report().results == {}  # so far
    return execution.report()


def test_no_reads_at_all_are_observed_once() -> None:
    report = (Pipeline(Numbers(0)) | Note() | Odd(odd) | Thirds()).run(Collect())
    assert report.results == {"note": [], "odd": [], "thirds": {"seen": 0, "kept": 0}}


def test_an_operator_may_count_nothing() -> None:
    assert isinstance(Odd(odd, counts=False), Counting)
    assert (Pipeline(Numbers(2)) | Odd(odd, counts=False)).run(Collect()).results == {}


def test_a_serial_operator_may_count() -> None:
    serial = Odd(odd, Concurrency.SERIAL)
    report = (Pipeline(Numbers(4)) | serial).with_options(threads=3).run(Collect())
    assert report.results == {"odd": [1, 3, 5, 7, 9, 11]}
    assert [step.reads_out for step in report.steps] == [6]


@pytest.mark.parametrize("moment", ["observe", "merge", "finish"])
@pytest.mark.parametrize("streamed", [False, True])
def test_an_error_is_that_of_an_operator(moment: str, streamed: bool) -> None:
    pipeline = (Pipeline(Numbers(5)) | SERIAL | Note(moment)).with_options(threads=2)
    sink = Collect()
    with pytest.raises(ValueError, match=f"cannot {moment}") as caught:
        _streamed(pipeline) if streamed else pipeline.run(sink)
    assert "in note" in caught.value.__notes__
    assert sink.ends == ([] if streamed else ["ValueError"])
    assert not own_threads()


def test_a_function_of_a_batch_passes_rows_unchanged() -> None:
    @dataclass(frozen=True)
    class Nothing(ReadObserver):
        def observe(self, view: BatchView, /) -> int:
            raise AssertionError("nobody asks for a result")

    batch = pa.record_batch({"row": [1, 2, 3]})
    assert Nothing()(batch) is batch
    with OpenOperators([Nothing(), Odd(odd)]) as function:
        assert function(batch).column("row").to_pylist() == [1, 3]


def test_an_observer_before_an_early_end_is_refused() -> None:
    words = "note must come after head 3, which ends the run early"
    for operators in ([Note(), bs.Head(3)], [Note(), SERIAL, Call(), bs.Head(3), Note()]):
        with pytest.raises(ConfigurationError, match=words):
            Pipeline(Numbers(9), tuple(operators)).run(Collect())
    with pytest.raises(ConfigurationError, match=words):
        (Pipeline(Numbers(9)) | Note() | bs.Head(3)).dataset().to_table()


@pytest.mark.parametrize("threads", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [1, 5, 60])
def test_counts_before_an_early_end_are_left_out(threads: int, size: int) -> None:
    pipeline = Pipeline(Numbers(None, size)) | Thirds() | Call() | bs.Head(20) | Odd(odd) | Note()
    report = pipeline.with_options(threads=threads).run(Collect())
    odds = [3 * number for number in range(20) if number % 2]
    assert report.results == {"odd": odds, "note": odds}
    counted = [(step.name, step.reads_in, step.reads_out, step.dropped) for step in report.steps]
    assert counted == [
        ("thirds", None, None, None),
        ("call", None, None, None),
        ("head", None, 20, None),
        ("odd", 20, 10, 10),
        ("note", 10, 10, 0),
    ]


@pytest.mark.parametrize("threads", [1, 4])
def test_of_two_early_ends_the_last_counts(threads: int) -> None:
    pipeline = Pipeline(Numbers(None, 2)) | bs.Head(12) | Thirds() | bs.Head(4) | Note()
    report = pipeline.with_options(threads=threads).run(Collect())
    assert report.stopped is not None
    assert (report.stopped.operator, report.stopped.reads) == ("head 4", 4)
    assert [step.reads_out for step in report.steps] == [None, None, 4, 4]
    assert report.results == {"note": [0, 3, 6, 9]}


def test_an_end_that_does_not_come_leaves_nothing_out() -> None:
    report = (Pipeline(Numbers(3, 4)) | Thirds() | bs.Head(99)).run(Collect())
    assert report.stopped is None
    assert report.results == {"thirds": {"seen": 12, "kept": 4}}
    assert [(step.reads_in, step.reads_out) for step in report.steps] == [(12, 4), (4, 4)]


def test_an_end_that_was_not_announced_is_an_error() -> None:
    pipeline = Pipeline(Numbers(None)) | Note() | First(5)
    sink = Collect()
    with pytest.raises(ConfigurationError, match=r"first has ended the run.*set its ends_early"):
        pipeline.run(sink)
    assert sink.ends == ["ConfigurationError"]


def test_a_reader_that_leaves_early_has_no_results() -> None:
    execution = (Pipeline(Numbers(None)) | Note()).execution()
    batches = execution.stream()
    next(batches)
    batches.close()
    assert execution.report().results == {}


def test_an_observer_is_shared() -> None:
    class Alone(Note):
        concurrency = Concurrency.SERIAL

    with pytest.raises(ConfigurationError, match="note: any worker may call an observer"):
        (Pipeline(Numbers(1)) | Alone()).run(Collect())


def test_scans_of_a_dataset_have_results() -> None:
    scanner = (Pipeline(Numbers(4)) | Note()).dataset().scanner([])
    assert scanner.report() is None
    assert scanner.count_rows() == 12
    report = scanner.report()
    assert report is not None
    assert report.results == {"note": list(range(12))}


def test_results_are_plain_in_json() -> None:
    @dataclass(frozen=True)
    class Found:
        share: float
        counts: np.ndarray = field(default_factory=lambda: np.arange(3))

    class Odds(Note):
        def finish(self, state: tuple[int, ...], /) -> Any:
            return {1: Found(float("nan")), "x": (np.int64(3), {2}, Rows)}

    report = (Pipeline(Numbers(1)) | Odds()).run(Collect())
    assert report.to_dict()["results"] == {
        "note": {"1": {"share": None, "counts": [0, 1, 2]}, "x": [3, [2], str(Rows)]}
    }
    assert '"results"' in report.to_json()


@dataclass(frozen=True)
class Ends(ReadTrimmer):
    """Takes a base off each end of a read of three or more."""

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    def bounds(self, view: BatchView, /) -> tuple[np.ndarray, np.ndarray]:
        lengths = view.text("sequence").lengths
        long = lengths >= 3
        return long.astype(np.int64), lengths - long


@pytest.mark.parametrize("threads", [1, 3])
def test_steps_of_reads(tmp_path: Any, threads: int) -> None:
    path = tmp_path / "r.fq"
    text = "".join(f"@r{n}\n{'A' * n}\n+\n{'I' * n}\n" for n in range(1, 41))
    path.write_text(text)
    (tmp_path / "m.fq").write_text(text.replace("A", "C"))
    reads = bs.read_fastq(path).with_options(threads=threads)
    report = (reads | bs.MinLength(11) | Ends() | bs.MaxLength(20)).run(Collect())
    length, ends, shorter = report.steps
    assert (length.operator, length.reads_in, length.reads_out, length.dropped) == (
        "min-length 11",
        40,
        30,
        10,
    )
    assert length.pairs_in is length.pairs_out is length.reads_trimmed is None
    assert (ends.reads_trimmed, ends.bases_trimmed, ends.dropped) == (30, 60, 0)
    assert (shorter.reads_in, shorter.reads_out) == (30, 12)
    paired = bs.read_fastq(path, mate=tmp_path / "m.fq") | bs.MinLength(11)
    (step,) = paired.run(Collect()).steps
    assert (step.reads_in, step.reads_out, step.pairs_in, step.pairs_out) == (80, 60, 40, 30)


states = st.lists(st.integers(0, 99), max_size=4).map(tuple)


@given(states, states, states)
def test_the_stand_in_is_associative(one: Any, two: Any, three: Any) -> None:
    note = Note()
    assert isinstance(note, Observer)
    merged = note.merge(note.merge(one, two), three)
    assert merged == note.merge(one, note.merge(two, three))
    assert note.merge(note.empty(), one) == one == note.merge(one, note.empty())
    assert pickle.loads(pickle.dumps(note)) == note


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 4))
def test_any_batches(sizes: list[int], threads: int) -> None:
    @dataclass(frozen=True)
    class Cut(Numbers):
        def batches(self) -> Any:
            start = 0
            for size in sizes:
                rows = pa.array(range(start, start + size), pa.int64())
                yield pa.record_batch([rows], schema=self.schema)
                start += size

    report = (Pipeline(Cut()) | Note() | Thirds()).with_options(threads=threads).run(Collect())
    assert report.results["note"] == list(range(sum(sizes)))
    assert report.results["thirds"]["seen"] == sum(sizes)


@dataclass(frozen=True)
class Sum(Note):
    """Adds up numbers. Two of them add up what both see once, and note how much that was."""

    name: str = "sum"
    kind: str = ""
    shared: list[int] = field(default_factory=list)

    def empty(self) -> int:
        return 0

    def observe(self, view: BatchView, /) -> int:
        return sum(view.column("row").to_pylist())

    def merge(self, one: int, two: int, /) -> int:
        return one + two

    def finish(self, state: int, /) -> int:
        return state

    def counts_as(self, other: object, /) -> bool:
        return isinstance(other, Sum) and self.kind == other.kind

    def observe_twice(
        self, earlier: Sum, before: BatchView, after: BatchView, so_far: tuple[int, int, int], /
    ) -> tuple[int, int, int]:
        assert earlier is not self
        assert all(isinstance(each, int) for each in so_far)
        both = self.observe(after)
        self.shared.append(both)
        return both, self.observe(before) - both, 0


@pytest.mark.parametrize("threads", [1, 3])
def test_two_places_of_a_chain_observe_what_they_share_once(threads: int) -> None:
    steps = [Sum(name=f"sum-{number}") for number in range(6)]
    pipeline = Pipeline(Numbers(10, 5)) | steps[0] | Thirds() | Thirds() | steps[1] | steps[2]
    pipeline = pipeline | Odd(odd) | steps[3] | Thirds() | steps[4] | Note() | steps[5]
    report = pipeline.with_options(threads=threads).run(Collect())
    left = [number for number in range(50) if number % 3 == 0]
    odds = [number for number in left if number % 2]
    kept = [number for number in odds if number % 3 == 0]
    found = [report.results[each.name] for each in steps]
    assert found == [sum(range(50)), sum(left), sum(left), sum(odds), sum(kept), sum(kept)]
    assert [bool(each.shared) for each in steps] == [False, True, False, False, True, False]
    assert sum(steps[1].shared) == sum(left)
    assert sum(steps[4].shared) == sum(kept)


def test_places_that_count_other_things_observe_by_themselves() -> None:
    first, second = Sum(), Sum(name="other", kind="other")
    report = (Pipeline(Numbers(3)) | first | Thirds() | second).run(Collect())
    assert report.results == {"sum": sum(range(9)), "thirds": {"seen": 9, "kept": 3}, "other": 9}
    assert first.shared == second.shared == []


def test_shared_places_without_reads() -> None:
    report = (Pipeline(Numbers(0)) | Sum() | Thirds() | Sum()).run(Collect())
    assert report.results["sum"] == report.results["sum-2"] == 0
