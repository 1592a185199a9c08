"""Text in segments, filled by workers where the reader has jobs for them."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.channel import Aborted
from biometal_stream.codecs.reader import Job
from biometal_stream.errors import CompressedInputError, ForeignInputError
from biometal_stream.run import LocalRun
from biometal_stream.sources.fastq.records import RecordReader
from biometal_stream.sources.text.segments import SPARE, Segments
from tests.sources.stand_ins import Bytes

Filled = tuple[int, int, bool, None]
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
        self.futures: list[Future[Filled]] = []
        self.full = threading.Event()
        self.window = 0

    def thread(self) -> "Waiting":
        return self

    def shutdown(self) -> None:
        pass

    def submit(self, *_: object) -> Future[Filled]:
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
    run.futures[0].set_result((segments._room + 100, 4, False, None))
    taking.join()
    assert len(run.futures) == reader.jobs == window
    segments.close()
    assert all(future.cancelled() for future in run.futures[1:])


def test_jobs_that_the_run_cancelled_end_the_read() -> None:
    run = Waiting()
    submit = run.submit

    def cancelled(*_: object) -> Future[Filled]:
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


class Inflated(Bytes):
    """Text of a file that has to be inflated by one thread, and the threads that did."""

    codec = "gzip"

    def __init__(
        self,
        data: bytes,
        sizes: tuple[int, ...] = (1 << 20,),
        error: Exception | None = None,
        before: Callable[[int], object] = lambda _: None,
    ) -> None:
        super().__init__(data, sizes)
        self.threads: set[int] = set()
        self._error = error
        self._before = before

    def readinto(self, target: memoryview) -> int:
        self.threads.add(threading.get_ident())
        self._before(self.bytes_read)
        count = super().readinto(target)
        if not count and self._error is not None:
            raise self._error
        return count


@given(
    st.binary(max_size=300),
    st.integers(1, 40),
    st.lists(st.integers(1, 50), min_size=1, max_size=4).map(tuple),
)
def test_a_thread_of_its_own_inflates_all_bytes_in_order(
    run: LocalRun, data: bytes, size: int, sizes: tuple[int, ...]
) -> None:
    reader = Inflated(data, sizes)
    segments = Segments(reader, size, run)
    found, at_end = bytearray(), False
    while not at_end:
        segment = segments.take()
        text = segment.bytes[segment.start : segment.stop].tobytes()
        assert segment.lines == text.count(b"\n")
        assert segment.failure is None
        found += text
        at_end = segment.at_end
    segments.close()
    segments.close()
    assert found == data
    assert len(reader.threads) == 1
    assert threading.get_ident() not in reader.threads


@pytest.mark.parametrize(
    ("workers", "total", "codec"), [(1, 9, "gzip"), (2, None, "xz"), (2, 9, "plain")]
)
def test_one_worker_a_pipe_and_plain_text_need_no_such_thread(
    workers: int, total: int | None, codec: str
) -> None:
    reader = Inflated(b"some text")
    reader.codec = codec
    reader.bytes_total = total  # type: ignore[assignment]
    with LocalRun(workers=workers) as run:
        segment = Segments(reader, 100, run).take()
    assert segment.bytes[segment.start : segment.stop].tobytes() == b"some text"
    assert reader.threads == {threading.get_ident()}


def test_two_mates_are_inflated_side_by_side(run: LocalRun) -> None:
    """The second segment of one file waits for the first of the other, which is asked for later."""
    together = threading.Barrier(2, timeout=60)
    one = Inflated(RECORD * 50, before=lambda at: together.wait() if at == 100 else None)
    two = Inflated(RECORD * 50, before=lambda at: together.wait() if at == 0 else None)
    ones, twos = Segments(one, 100, run), Segments(two, 100, run)
    for segments in (ones, twos, ones, twos):
        assert segments.take().failure is None
    ones.close()
    twos.close()


def test_damage_comes_after_the_text_before_it(run: LocalRun) -> None:
    damage = CompressedInputError("reads.fq.gz: is corrupt")
    segments = Segments(Inflated(b"x" * 150, error=damage), 100, run)
    first, second = segments.take(), segments.take()
    assert [first.stop - first.start, second.stop - second.start] == [100, 50]
    assert [first.failure, second.failure] == [None, damage]
    assert not second.at_end
    segments.close()


@pytest.mark.parametrize("error", [ForeignInputError("holds no reads"), Aborted(), MemoryError()])
def test_what_is_no_damage_is_raised_where_the_text_is_taken(
    run: LocalRun, error: Exception
) -> None:
    segments = Segments(Inflated(b"", error=error), 100, run)
    with pytest.raises(type(error)):
        segments.take()
    segments.close()


@pytest.mark.parametrize(("memory", "ahead"), [(1 << 30, 3), (8 * 100 * 3, 2), (1, 2)])
def test_what_is_inflated_ahead_is_bounded(memory: int, ahead: int) -> None:
    run = Waiting(memory)
    run.window = ahead
    segments = Segments(Inflated(RECORD * 1000), 100, run)  # type: ignore[arg-type]
    taking = threading.Thread(target=segments.take)
    taking.start()
    run.full.wait()
    run.futures[0].set_result((segments._room + 100, 4, False, None))
    taking.join()
    assert len(run.futures) == ahead
    segments.close()
    assert all(future.cancelled() for future in run.futures[1:])


def test_close_ends_the_thread_in_the_middle_of_a_segment(run: LocalRun) -> None:
    reading, closing = threading.Event(), threading.Event()

    def before(at: int) -> None:
        if at > 500:
            reading.set()
            closing.wait()

    threads = set(threading.enumerate())
    reader = Inflated(RECORD * 1000, sizes=(10,), before=before)
    segments = Segments(reader, 500, run)
    segments.take()
    reading.wait()
    (new,) = set(threading.enumerate()) - threads
    seen: Future[Filled] = Future()
    seen.add_done_callback(lambda _: closing.set())  # `close` cancels what has not begun
    segments._pending.append((segments._buffer(), seen))
    segments.close()
    assert not new.is_alive()
    assert reader.bytes_read <= 520
