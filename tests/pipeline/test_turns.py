"""Ordered filters: whichever worker decides about a batch, the order is that of the input."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.channel import Aborted
from biometal_stream.errors import ConfigurationError
from biometal_stream.interfaces import Concurrency, needs_order
from biometal_stream.operators.base import OrderedReadFilter, ReadLearner
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline.chain import Link
from biometal_stream.pipeline.meter import Meter
from biometal_stream.pipeline.opened import refuse_serial
from biometal_stream.pipeline.turns import Order, Turn
from biometal_stream.view import BatchView
from tests.stand_ins import Given, Numbers, own_threads, rows


@dataclass(frozen=True)
class Remember(OrderedReadFilter):
    """Keeps every third row of the whole stream; workers may be held up before they decide."""

    held_up: Callable[[int], None] = lambda first: None
    fail: int | None = None

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        return input_schema

    def prepare(self, view: Any, /) -> list[int]:
        numbers = view.column("row").to_pylist()
        self.held_up(numbers[0] if numbers else 0)
        if self.fail in numbers:
            raise OSError("cannot prepare")
        return numbers

    def start(self) -> Callable[[list[int]], Any]:
        seen: list[int] = []

        def decide(numbers: list[int]) -> Any:
            assert numbers == sorted(numbers)
            assert not seen or not numbers or numbers[0] > seen[-1], "not in order"
            before = len(seen)
            seen.extend(numbers)
            return (np.arange(before, len(seen)) % 3 == 0).astype(np.bool_)

        return decide

    __post_init__ = lambda self: None  # noqa: E731 - its fields are no settings


def test_work_that_overtakes_waits_for_its_turn():
    order = Order()
    turn = order.turn()
    done: list[int] = []
    late = threading.Event()

    def work(item: int) -> None:
        if item == 0:
            assert late.wait(20)
        if item == 2:
            raise OSError("failed before its turn")
        if item == 3:
            late.set()  # all others have begun
        with turn:
            done.append(item)

    with ThreadPoolExecutor(4) as workers:
        futures = [workers.submit(order.numbered(work), item) for item in range(4)]
    assert done == [0, 1, 3]
    assert isinstance(futures[2].exception(), OSError)


def test_an_aborted_run_wakes_those_that_wait():
    order = Order()
    turn = order.turn()

    def work(item: int) -> None:
        with turn:
            raise AssertionError(item)

    order.numbered(work)  # an item that never starts
    with ThreadPoolExecutor(1) as workers:
        future = workers.submit(order.numbered(work), 1)
        order.abort()
        with pytest.raises(Aborted):
            future.result()


def interrupted_at(number: int, call: Callable[[], None]) -> bool:
    """Interrupts a call as Python enters or leaves a function; returns whether it came to that."""
    left, before = number, sys.gettrace()

    def trace(_frame: object, event: str, _: object) -> Any:
        nonlocal left
        left -= event in {"call", "return"}
        if left < 0:
            sys.settrace(None)
            raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def test_an_interrupt_as_a_run_ends_leaves_no_worker_waiting():
    ended: list[type] = []

    def work(_: int) -> None:
        try:
            turn.wait()
        except Aborted as error:
            ended.append(type(error))

    for number in count():
        order = Order()
        turn = order.turn()
        order.numbered(work)  # an item that never starts
        worker = threading.Thread(target=order.numbered(work), args=(1,), daemon=True)
        worker.start()
        interrupted = interrupted_at(number, order.abort)
        order.abort()
        worker.join(20)
        assert len(ended) == number + 1
        if not interrupted:
            return


def test_the_wait_for_a_turn_is_no_work(monkeypatch):
    events: list[str] = []

    class Waits(Turn):
        def wait(self) -> None:
            events.append("wait")
            super().wait()

    class Records(Meter):
        @contextmanager
        def pausing(self) -> Iterator[None]:
            events.append("pause")
            yield
            events.append("go on")

    monkeypatch.setattr("biometal_stream.pipeline.turns.Turn", Waits)
    order = Order()
    link = Link(Remember(), Records("remember", "workers", 2), order=order)
    batch = next(iter(Numbers(1).batches()))
    order.numbered(lambda item: link(BatchView(item), []))(batch)
    assert events == ["pause", "wait", "go on", "wait"]


def test_without_turns_items_are_not_numbered():
    assert Order().numbered(rows) is rows


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_number_of_threads_decides_alike(threads):
    draw = random.Random(threads)
    spins = {first: draw.randint(0, 20_000) for first in range(0, 300, 3)}

    def held_up(first: int) -> None:
        sum(range(spins[first]))

    pipeline = Pipeline(Numbers(100)) | Remember(held_up) | Remember()
    found = list(pipeline.with_options(threads=threads).batches())
    assert rows(found) == list(range(0, 300, 9))
    assert not own_threads()


def test_the_first_error_wins_and_ends_all_waiting():
    pipeline = Pipeline(Numbers(100)) | Remember(fail=150)
    found: list[pa.RecordBatch] = []
    with pytest.raises(OSError, match="cannot prepare"):
        found.extend(pipeline.with_options(threads=4).batches())
    assert rows(found) == list(range(0, 150, 3))
    assert not own_threads()


def test_a_run_that_is_left_early_ends():
    batches = (Pipeline(Numbers()) | Remember()).with_options(threads=4).batches()
    assert rows([next(batches)]) == [0]
    batches.close()
    assert not own_threads()


@dataclass(frozen=True)
class Learn(ReadLearner):
    """Learns nothing, but looks at what comes out of the filter before it."""

    learnt: bool = False
    seen: Callable[[list[int]], None] = lambda numbers: None

    __post_init__ = lambda self: None  # noqa: E731 - its fields are no settings

    @property
    def look(self) -> Any:
        from biometal_stream.interfaces import Look

        return None if self.learnt else Look(reads=5)

    def learn(self, batches: Any, /) -> Learn:
        self.seen(rows(batches))
        return Learn(learnt=True)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        return batch


def test_a_learner_after_it_does_not_change_what_it_remembers():
    seen: list[int] = []
    pipeline = Pipeline(Numbers(40)) | Remember() | Learn(seen=seen.extend)
    assert rows(pipeline.with_options(threads=3).batches()) == list(range(0, 120, 3))
    assert seen == [0, 3, 6, 9, 12]


def test_it_needs_order_and_engines_refuse_it():
    remember = Remember()
    assert remember.concurrency is Concurrency.ORDERED
    assert needs_order(remember)
    with pytest.raises(ConfigurationError, match="remember needs all reads in order, and X"):
        refuse_serial([remember], "X")


def test_joined_it_is_called_in_order():
    joined = Remember() | bs.Head(7)
    assert joined.concurrency is Concurrency.SERIAL
    batches = list(Numbers(10).batches())
    with joined.open() as function:
        assert rows([function(batch) for batch in batches])[:7] == list(range(0, 21, 3))


def test_its_function_remembers_over_batches_and_the_operator_does_not():
    batches = list(Numbers(4).batches())
    with Remember().open() as function:
        assert rows([function(batch) for batch in batches]) == [0, 3, 6, 9]
    assert rows([Remember()(batch) for batch in batches]) == [0, 3, 6, 9]
    assert rows([Remember()(batches[0].slice(1))]) == [1]


def test_methods_of_that_name_do_not_make_a_filter_ordered():
    class Named(bs.MinLength):
        def prepare(self, view: object) -> object:
            raise AssertionError

        def start(self) -> object:
            raise AssertionError

    batch = pa.record_batch({"sequence": ["ACGT", "AC"]})
    assert rows_of(Pipeline(Given((batch,))) | Named(3)) == ["ACGT"]


def rows_of(pipeline: Pipeline) -> list[str]:
    return [row for batch in pipeline.batches() for row in batch.column("sequence").to_pylist()]
