"""Text in segments, filled by workers where the reader has jobs for them."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.channel import Aborted
from biometal_stream.codecs.reader import Job
from biometal_stream.errors import CompressedInputError
from biometal_stream.run import LocalRun
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.text.segments import SPARE, Segments
from tests.sources.stand_ins import Bytes

RECORD = b"@name\nACGTACGT\n+\nIIIIIIII\n"


class Spread(Bytes):
    """A `ByteReader` that has jobs for all but its last bytes."""

    def __init__(self, data: bytes, sizes: tuple[int, ...] = (1 << 20,), last: int = 0) -> None:
        super().__init__(data, sizes)
        self._jobs_end = len(data) - last
        self.jobs = 0

    def job(self, target: memoryview) -> Job | None:
        size = min(self._sizes[self.jobs % len(self._sizes)], len(target))
        first, stop = self.bytes_read, min(self.bytes_read + size, self._jobs_end)
        if first >= stop:
            return None
        self.jobs += 1
        self.bytes_read = stop

        def write() -> int:
            target[: stop - first] = self._data[first:stop]
            return stop - first

        return write


@pytest.fixture(scope="module")
def run() -> Iterator[LocalRun]:
    with LocalRun(workers=2) as run:
        yield run


@given(
    st.binary(max_size=300),
    st.integers(1, 40),
    st.lists(st.integers(1, 50), min_size=1, max_size=4).map(tuple),
    st.integers(0, 100),
)
def test_pieces_hold_all_bytes_in_order(
    run: LocalRun, data: bytes, size: int, sizes: tuple[int, ...], last: int
) -> None:
    segments = Segments(Spread(data, sizes, min(last, len(data))), size, run)
    seen = b""
    at_end = False
    while not at_end:
        segment = segments.take()
        text = bytes(segment.bytes[segment.start : segment.stop])
        assert len(text) <= size
        assert len(segment.bytes) >= segment.stop + SPARE
        assert segment.lines == text.count(b"\n")
        seen += text
        at_end = segment.at_end
    assert seen == data
    segments.close()


@given(
    st.lists(st.integers(0, 90), max_size=30),
    st.integers(1, 300),
    st.lists(st.integers(1, 300), min_size=1, max_size=4).map(tuple),
    st.integers(0, 200),
)
def test_records_are_whole_wherever_a_piece_ends(
    run: LocalRun, lengths: list[int], size: int, sizes: tuple[int, ...], last: int
) -> None:
    records = [b"@r\n" + b"A" * n + b"\n+\n" + b"I" * n + b"\n" for n in lengths]
    data = b"".join(records)
    reader = RecordReader(Spread(data, sizes, min(last, len(data))), size, 1 << 20, run=run)
    taken = 0
    while count := reader.fill():
        text = reader.take(count)
        assert bytes(text.bytes[text.start : text.stop]) == b"".join(records[taken : taken + count])
        taken += count
    assert taken == len(records)
    reader.close()


class Waiting:
    """Takes jobs and does none of them."""

    workers = 2

    def __init__(self, memory: int = 1 << 30) -> None:
        self.memory = memory
        self.executor = self
        self.futures: list[Future[tuple[int, int, None]]] = []
        self.full = threading.Event()
        self.window = 0

    def submit(self, *_: object) -> Future[tuple[int, int, None]]:
        self.futures.append(Future())
        if len(self.futures) == self.window:
            self.full.set()
        return self.futures[-1]


@pytest.mark.parametrize(("memory", "window"), [(1 << 30, 5), (8 * 100 * 3, 3), (1, 2)])
def test_the_window_is_bounded(memory: int, window: int) -> None:
    """By two segments a worker and one, and by the memory of the run."""
    run = Waiting(memory)
    run.window = window
    reader = Spread(RECORD * 1000)
    segments = Segments(reader, 100, run)  # type: ignore[arg-type]  # only what is asked for
    taking = threading.Thread(target=segments.take)
    taking.start()
    run.full.wait()
    run.futures[0].set_result((100, 4, None))
    taking.join()
    assert len(run.futures) == reader.jobs == window
    segments.close()
    assert all(future.cancelled() for future in run.futures[1:])


def test_jobs_that_the_run_cancelled_end_the_read() -> None:
    run = Waiting()
    submit = run.submit

    def cancelled(*_: object) -> Future[tuple[int, int, None]]:
        future = submit()
        future.cancel()
        return future

    run.submit = cancelled  # type: ignore[method-assign]
    with pytest.raises(Aborted):
        Segments(Spread(RECORD), 100, run).take()  # type: ignore[arg-type]


def test_an_executor_that_was_shut_down_is_an_error_unless_the_run_ends() -> None:
    class Ending(Spread):
        def job(self, target: memoryview) -> Job | None:
            if self.jobs:
                raise Aborted
            return super().job(target)

    run = LocalRun(workers=1)
    run.executor.shutdown()
    with pytest.raises(RuntimeError):
        Segments(Spread(RECORD * 9), 100, run).take()
    with pytest.raises(Aborted):
        Segments(Ending(RECORD * 9), 100, run).take()


def test_closing_waits_for_the_jobs_in_flight(run: LocalRun) -> None:
    started, go = threading.Event(), threading.Event()
    finished = []

    class Slow(Spread):
        def job(self, target: memoryview) -> Job | None:
            write = super().job(target)
            if write is None or self.jobs == 1:
                return write

            def hold() -> int:
                started.set()
                go.wait()
                finished.append(True)
                return write()

            return hold

    segments = Segments(Slow(RECORD * 100), 100, run)
    segments.take()
    started.wait()
    closing = threading.Thread(target=segments.close)
    closing.start()
    go.set()
    closing.join()
    assert 1 <= len(finished) <= run.workers


def test_an_error_comes_in_its_turn(run: LocalRun) -> None:
    class Damaged(Spread):
        def job(self, target: memoryview) -> Job | None:
            write = super().job(target)
            if self.jobs != 3:
                return write

            def fail() -> int:
                raise CompressedInputError("the third is damaged")

            return fail

    segments = Segments(Damaged(RECORD * 100), 100, run)
    for _ in range(2):
        segment = segments.take()
        assert segment.stop - segment.start == 100
    third = segments.take()
    assert third.stop == third.start
    assert "third" in str(third.failure)
    segments.close()


def test_without_a_run_no_job_is_asked_for() -> None:
    reader = Spread(RECORD)
    segment = Segments(reader, 100, None).take()
    assert reader.jobs == 0
    assert np.array_equal(
        segment.bytes[segment.start : segment.stop], np.frombuffer(RECORD, np.uint8)
    )
