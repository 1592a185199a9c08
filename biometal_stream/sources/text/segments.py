"""The decompressed text of a file in segments, filled by the workers if possible."""

from __future__ import annotations

from collections import deque
from concurrent.futures import CancelledError, Future, wait
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa

from biometal_stream.budget import budget_of
from biometal_stream.channel import Aborted
from biometal_stream.errors import CompressedInputError, ForeignInputError, InputError
from biometal_stream.sources.text.lines import PADDING, count_newlines

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from biometal_stream.codecs import ByteReader
    from biometal_stream.codecs.reader import Codec, Job
    from biometal_stream.errors import BiometalError
    from biometal_stream.interfaces import Run

_Filled: TypeAlias = "tuple[int, int, bool, BiometalError | None]"
"""The end of the text in a buffer, its newlines, whether the file ends, and the error after it."""

_SERIAL: frozenset[Codec] = frozenset({"gzip", "zstd", "bzip2", "xz"})
"""Codecs that only one thread can decompress."""
_AHEAD = 3
"""The most segments that are in work or ready in a thread that inflates one file."""
_LEAST_AHEAD = 2
"""One is taken, and the thread goes on with the other; with one, it would wait each time."""

SPARE = PADDING + 2
"""Bytes after a text: padding, and room for newlines that the end of an input may lack."""


def allocate(size: int) -> NDArray[np.uint8]:
    """Allocates bytes from Arrow's pool, whose pages are already mapped: (size,)."""
    return np.frombuffer(pa.allocate_buffer(size), np.uint8)


class Segment(NamedTuple):
    """Some text of a file, as it is read.

    Attributes:
        bytes: The buffer: ``uint8``, with room before the text for the rest of the previous
            segment, and `SPARE` bytes after it.
        start: Where the text starts.
        stop: The byte after its last.
        lines: The number of newlines in it.
        at_end: Whether the file ends with it.
        failure: What is wrong with the data after it; it is then the last segment.
    """

    bytes: NDArray[np.uint8]
    start: int
    stop: int
    lines: int
    at_end: bool
    failure: BiometalError | None = None


class Segments:
    """Reads a file segment by segment.

    If the reader has jobs for the workers, as for BGZF, a window of segments is filled in parallel:
    two per worker and one more, and no more than an eighth of the run's memory, but at least two.
    A regular file that only one thread can inflate gets a thread of its own, up to three segments
    ahead, unless the run has a single worker. Newlines are counted where the text was written,
    while it is in the cache. For use by one thread.

    Args:
        reader: The decompressed bytes.
        size: Bytes of text in a segment; the room in front is an eighth of it more.
        run: Provides workers and threads; without it, this thread reads everything.
    """

    def __init__(self, reader: ByteReader, size: int, run: Run | None) -> None:
        self._reader = reader
        self._room = size // 8
        self._capacity = self._room + size
        self._run = run
        self._window = 0
        self._ahead = _AHEAD
        if run is not None:
            share = budget_of(run).file // size
            self._window = max(2, min(2 * run.workers + 1, share))
            self._ahead = max(_LEAST_AHEAD, min(_AHEAD, share - 1))
        self._may_part = run is not None and run.workers > 1
        self._thread: Executor | None = None
        self._over = False  # no more is to be read in that thread
        self._spare: NDArray[np.uint8] | None = None
        self._pending: deque[tuple[NDArray[np.uint8], Future[_Filled]]] = deque()
        self._failure: BiometalError | None = None  # found while looking for work for the workers

    def take(self) -> Segment:
        """Waits for the next segment, which is full unless the file ends or is damaged.

        Raises:
            Aborted: The run is over.
        """
        if self._may_part:
            self._part()
        if self._thread is not None:
            self._read_ahead()
        else:
            self._fill_window()
        pending = self._pending
        stop = self._room
        lines = 0
        at_end = False
        failure: BiometalError | None = None
        if pending:
            buffer, future = pending.popleft()
            try:
                stop, lines, at_end, failure = future.result()
            except CancelledError as error:  # the run is ending
                raise Aborted from error
        else:
            buffer = self._buffer()
        if not pending and self._thread is None and failure is None:
            # Only the reader knows what follows the jobs of the workers.
            stop, more, at_end, failure = self._read(buffer, stop)
            lines += more
        return Segment(buffer, self._room, stop, lines, at_end, failure)

    def _part(self) -> None:
        """Starts a thread for a regular file that one thread has to inflate.

        Pipes are waited for in the thread that reads all of them: see `Abreast`.
        """
        self._may_part = False
        file = self._reader.bytes_total is not None
        if self._run is not None and file and self._reader.codec in _SERIAL:
            self._thread = self._run.thread()

    def _read_ahead(self) -> None:
        """Has the thread of this file fill the next segments, one after another."""
        assert self._thread is not None
        while len(self._pending) < self._ahead:
            buffer = self._buffer()
            self._pending.append((buffer, self._thread.submit(self._read_next, buffer)))

    def _read_next(self, buffer: NDArray[np.uint8]) -> _Filled:
        """Fills a buffer in the thread of this file; leaves it empty if the last one was short."""
        if self._over:
            return self._room, 0, True, None
        try:
            filled = self._read(buffer, self._room)
        except BaseException:
            self._over = True
            raise
        _, _, at_end, failure = filled
        self._over |= at_end or failure is not None
        return filled

    def _read(self, buffer: NDArray[np.uint8], first: int) -> _Filled:
        """Fills a buffer from a byte on."""
        stop = first
        at_end = False
        failure = self._failure
        while failure is None and stop < self._capacity and not at_end and not self._over:
            try:
                count = self._reader.readinto(buffer.data[stop : self._capacity])
            except ForeignInputError:
                raise
            except (CompressedInputError, InputError) as error:
                failure = error
                break
            at_end = count == 0
            stop += count
        lines = int(count_newlines(buffer, np.uint64(first), np.uint64(stop)))
        return stop, lines, at_end, failure

    def _fill_window(self) -> None:
        """Keeps the workers busy."""
        while self._run is not None and self._failure is None and len(self._pending) < self._window:
            buffer = self._buffer()
            target = buffer.data[self._room : self._capacity]
            job = None
            try:
                job = self._reader.job(target)
            except ForeignInputError:
                raise
            except (CompressedInputError, InputError) as error:
                self._failure = error
            if job is None:
                self._spare = buffer
                return
            try:
                future = self._run.executor.submit(_fill, job, buffer, self._room)
            except RuntimeError:  # the executor was shut down: an error unless the run is ending
                self._reader.job(target)
                raise
            self._pending.append((buffer, future))

    def _buffer(self) -> NDArray[np.uint8]:
        """A buffer that is not in use."""
        spare, self._spare = self._spare, None
        return allocate(self._capacity + SPARE) if spare is None else spare

    def close(self) -> None:
        """Drops the jobs that wait, and ends those that run; may be called again."""
        self._over = True
        running = [future for _, future in self._pending if not future.cancel()]
        self._pending.clear()
        wait(running)
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None


def _fill(job: Job, buffer: NDArray[np.uint8], start: int) -> _Filled:
    """Does a job; returns where it stopped and how many newlines it wrote."""
    failure: BiometalError | None = None
    try:
        count = job()
    except CompressedInputError as damage:
        count, failure = damage.written, damage
    stop = start + count
    lines = int(count_newlines(buffer, np.uint64(start), np.uint64(stop)))
    return stop, lines, False, failure
