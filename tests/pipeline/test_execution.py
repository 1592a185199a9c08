"""Runs: order, errors, early ends, bounds, and the report."""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import InputWarning, SchemaError
from biometal_stream.interfaces import Concurrency, Run
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline.inputs import Undivided
from tests.stand_ins import Call, Collect, First, Morsels, Numbers, own_threads, rows

if TYPE_CHECKING:
    from biometal_stream.interfaces import BatchFunction

CONCURRENCIES = st.sampled_from(list(Concurrency))


@pytest.fixture(autouse=True)
def no_thread_left() -> object:
    yield
    assert own_threads() == []


def failing(first_row: int) -> Call:
    def fail(batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.num_rows and batch.column("row")[-1].as_py() >= first_row:
            raise KeyError(batch.column("row")[0].as_py())
        return batch

    return Call(fail, name="failing")


@given(
    st.integers(0, 30),
    st.integers(1, 5),
    st.lists(CONCURRENCIES, max_size=4),
    st.integers(1, 4),
)
def test_order_is_that_of_the_input(
    batches: int, size: int, kinds: list[Concurrency], threads: int
) -> None:
    pipeline = Pipeline(Numbers(batches, size), tuple(Call(concurrency=kind) for kind in kinds))
    sink = Collect()
    report = pipeline.with_options(threads=threads).run(sink)
    assert rows(sink.got) == list(range(batches * size))
    assert sink.ends == ["committed"]
    assert report.reads_in == report.reads_out == batches * size
    assert [stage.name for stage in report.stages] == [
        "read",
        "parse",
        *["call"] * len(kinds),
        "write",
    ]


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_pieces_are_encoded_by_workers_and_written_in_order(threads: int) -> None:
    sink = Morsels(rows=7)
    report = (Pipeline(Numbers(50)) | Call()).with_options(threads=threads).run(sink)
    assert [row for part in sink.parts for row in part] == list(range(150))
    assert [len(part) for part in sink.parts] == [7] * 21 + [3]
    assert all(name.startswith("biometal-worker") for name in sink.threads)
    assert (report.outputs, len(sink.parts)) == (("memory",), 22)
    assert report.bytes_written == 150 * 8
    assert report.reads_out == 150


def test_operators_are_opened_in_the_callers_thread_and_closed() -> None:
    shared, own = Call(), Call(concurrency=Concurrency.PER_WORKER)
    (Pipeline(Numbers(3)) | shared | own).with_options(threads=3).run(Collect())
    here = threading.current_thread().name
    assert shared.opened == [here, "closed"]
    assert own.opened == [here] * 3 + ["closed"] * 3


def test_a_function_of_one_worker_is_called_by_one_thread_at_a_time() -> None:
    gate = threading.Barrier(2)

    def meet(batch: pa.RecordBatch) -> pa.RecordBatch:
        gate.wait()  # broken, and an error, unless two workers are here at once
        return batch

    own = Call(meet, Concurrency.PER_WORKER)
    (Pipeline(Numbers(20)) | own).with_options(threads=2).run(Collect())


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_first_error_in_input_order_wins(threads: int) -> None:
    sink = Collect()
    pipeline = (
        Pipeline(Numbers(1000)) | failing(30) | Call(concurrency=Concurrency.SERIAL) | failing(24)
    )
    with pytest.raises(KeyError) as caught:
        pipeline.with_options(threads=threads).run(sink)
    assert caught.value.args == (24,)
    assert "in failing" in caught.value.__notes__
    assert rows(sink.got) == list(range(24))
    assert sink.ends == ["KeyError"]


def test_an_error_of_the_source_comes_after_what_it_yielded() -> None:
    sink = Collect()
    with pytest.raises(OSError, match="batch 7 cannot be read"):
        (Pipeline(Numbers(fail_at=7)) | Call()).run(sink)
    assert rows(sink.got) == list(range(21))
    assert sink.ends == ["OSError"]


def test_an_error_of_the_sink_ends_an_endless_run() -> None:
    with pytest.raises(OSError, match="disk is full"):
        Pipeline(Numbers(200)).run(Morsels(rows=2, fail_at=3))

    def refuse(batch: pa.RecordBatch) -> None:
        raise OSError("no")

    sink = Collect(on_batch=refuse)
    with pytest.raises(OSError, match="no"):
        Pipeline(Numbers()).run(sink)
    assert sink.ends == ["OSError"]


def test_an_interrupt_ends_an_endless_run() -> None:
    def interrupt(batch: pa.RecordBatch) -> None:
        raise KeyboardInterrupt

    sink = Collect(on_batch=interrupt)
    with pytest.raises(KeyboardInterrupt):
        (Pipeline(Numbers()) | Call()).run(sink)
    assert sink.ends == ["KeyboardInterrupt"]


@pytest.mark.parametrize("begun", [False, True])
def test_an_interrupt_while_a_thread_starts(monkeypatch: pytest.MonkeyPatch, begun: bool) -> None:
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        if begun or not thread.name.startswith("biometal-read"):
            start(thread)
        if thread.name.startswith("biometal-read"):
            raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    sink = Collect()
    with pytest.raises(KeyboardInterrupt):
        Pipeline(Numbers()).run(sink)
    assert sink.ends == ["KeyboardInterrupt"]


def test_an_operator_that_fails_to_open_fails_at_once() -> None:
    source = Numbers(on_batch=lambda number: pytest.fail("the source was read"))
    broken = Call()
    object.__setattr__(broken, "open", lambda: (_ for _ in ()).throw(OSError("no model")))
    with pytest.raises(OSError, match="no model"):
        (Pipeline(source) | broken).run(Collect())


@pytest.mark.parametrize("hold", [False, True])
def test_having_enough_ends_an_endless_run(hold: bool) -> None:
    sink = Collect()
    report = (Pipeline(Numbers()) | Call() | First(10, hold) | Call() | First(8)).run(sink)
    assert rows(sink.got) == list(range(8))
    assert sink.ends == ["committed"]
    assert report.reads_out == 8


def test_an_error_behind_the_end_is_nobodys_business() -> None:
    sink = Collect()
    (Pipeline(Numbers()) | failing(12) | First(10)).run(sink)
    assert rows(sink.got) == list(range(10))


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_stalled_sink_bounds_the_batches_in_flight(threads: int) -> None:
    """At most capacity + 2 batches in the stage, and one that the source has ready."""
    read: list[int] = []
    most = 2 * threads + 2
    enough = threading.Semaphore(0)

    def count(number: int) -> None:
        read.append(number)
        if len(read) >= most:
            enough.release()

    written: list[int] = []

    def stall(batch: pa.RecordBatch) -> None:
        if not written:
            enough.acquire()  # the source gets as far as it can
        written.append(batch.num_rows)
        assert len(read) - len(written) <= most + 1

    pipeline = Pipeline(Numbers(200, on_batch=count)).with_options(threads=threads)
    pipeline.run(Collect(on_batch=stall))
    assert len(written) == 200


def test_bytes_bound_the_batches_in_flight_too() -> None:
    memory = 16 * 1024 * 1024
    report = (
        Pipeline(Numbers(12, size=200_000)).with_options(threads=4, memory=memory).run(Collect())
    )
    (channel,) = report.channels
    assert channel.most_bytes <= channel.capacity_bytes == memory // 4
    assert channel.most_items <= 2 < channel.capacity


def test_the_report() -> None:
    pipeline = Pipeline(Numbers(10)) | Call() | First(12)
    report = pipeline.with_options(threads=2, statistics=True).run(Collect())
    stages = {stage.name: stage for stage in report.stages}
    assert stages["parse"].rows_out == report.reads_in >= 12
    assert stages["first"].rows_out == stages["write"].rows_in == report.reads_out == 12
    assert stages["call"].threads == 2
    assert report.kept is None
    assert report.bottleneck in {*stages, "input"}
    assert all(min(stage.busy or 0, stage.starved or 0) >= 0 for stage in report.stages)
    plain = json.loads(report.to_json())
    assert plain["reads_out"] == 12
    assert [stage["name"] for stage in plain["stages"]] == list(stages)


def test_a_warning_that_is_made_an_error_leaves_the_target_as_it_was() -> None:
    class Late(Numbers):
        @contextmanager
        def open(self, run: Run) -> Iterator[Undivided]:
            yield Undivided(self)
            run.warn("the end looks odd")

    sink = Collect()
    with pytest.raises(InputWarning, match="the end looks odd"):
        Pipeline(Late(2)).run(sink)
    assert sink.ends == ["InputWarning"]


def test_a_run_can_be_watched() -> None:
    execution = (Pipeline(Numbers(10)) | Call()).execution(Collect())
    assert execution.snapshot().seconds == 0
    seen: Future[int] = Future()
    execution = Pipeline(Numbers(10)).execution(
        Collect(
            on_batch=lambda batch: seen.done() or seen.set_result(execution.snapshot().reads_in)
        )
    )
    execution.run()
    assert 3 <= seen.result() <= 30
    assert execution.snapshot().reads_out == 30
    with pytest.raises(ValueError, match="no sink"):
        Pipeline(Numbers(1)).execution().run()


@pytest.mark.parametrize("concurrency", list(Concurrency))
@pytest.mark.parametrize("error", [StopIteration, CancelledError])
def test_an_error_that_looks_like_an_end_is_none(
    concurrency: Concurrency, error: type[Exception]
) -> None:
    def fail(batch: pa.RecordBatch) -> pa.RecordBatch:
        raise error

    sink = Collect()
    with pytest.raises((RuntimeError, CancelledError)) as caught:
        (Pipeline(Numbers()) | Call() | Call(fail, concurrency)).run(sink)
    assert error in {type(caught.value), type(caught.value.__cause__)}
    assert sink.ends == [type(caught.value).__name__]


@pytest.mark.parametrize("concurrency", list(Concurrency))
@pytest.mark.parametrize(
    ("returned", "reason"),
    [
        (lambda batch: None, "liar returned None"),
        (lambda batch: batch.rename_columns(["line"]), "the columns line: int64, but its output"),
        (lambda batch: batch.cast(pa.schema([("row", pa.int32())])), "the columns row: int32"),
    ],
)
def test_an_operator_must_return_what_it_told(
    concurrency: Concurrency, returned: BatchFunction, reason: str
) -> None:
    liar = Call(returned, concurrency, name="liar")
    with pytest.raises(SchemaError, match=reason) as caught:
        (Pipeline(Numbers()) | Call() | liar).run(Collect())
    assert "in liar" in caught.value.__notes__


def test_an_execution_is_run_once() -> None:
    execution = Pipeline(Numbers(2)).execution()
    assert len(list(execution.stream())) == 2
    with pytest.raises(RuntimeError, match="run only once"):
        list(execution.stream())
    execution = Pipeline(Numbers(2)).execution(Collect())
    execution.run()
    with pytest.raises(RuntimeError, match="run only once"):
        execution.run()


@pytest.mark.parametrize("name", ["biometal-read", "biometal-rebatch", "biometal-worker"])
def test_a_system_without_threads_is_told_so(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name.startswith(name):
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        Pipeline(Numbers()).with_options(threads=2).run(Morsels(rows=2))


def test_what_the_stages_of_a_split_sink_count() -> None:
    report = (Pipeline(Numbers(50)) | Call()).with_options(statistics=True).run(Morsels(rows=7))
    stages = {stage.name: stage for stage in report.stages}
    for name in ("rebatch", "encode"):
        assert stages[name].rows_in == stages[name].rows_out == 150
    assert (stages["rebatch"].batches_in, stages["rebatch"].batches_out) == (50, 22)
    assert stages["encode"].batches_out == stages["write"].batches_in == 22
    assert 0 <= (stages["rebatch"].busy or 0) <= report.wall


def test_an_abandoned_run_can_be_collected_by_its_own_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unraisable: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", unraisable.append)
    abandoned, collected = threading.Event(), threading.Event()

    def collect(number: int) -> None:
        if number == 1:
            abandoned.wait()
            gc.collect()
            collected.set()

    def abandon() -> None:
        cycle: list[object] = [Pipeline(Numbers(on_batch=collect)).batches()]
        cycle.append(cycle)
        next(cycle[0])  # type: ignore[call-overload]

    gc.disable()
    try:
        abandon()
        abandoned.set()
        collected.wait()
    finally:
        gc.enable()
    for thread in threading.enumerate():
        if thread.name == "biometal-read":
            thread.join()
    assert unraisable == []
