"""The decompressed text of a file in segments, filled by the workers if possible."""

from __future__ import annotations

from collections import deque
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from biometal_stream.budget import budget_of
from biometal_stream.channel import Aborted
from biometal_stream.errors import CompressedInputError, ForeignInputError, InputError
from biometal_stream.sources.text.lines import PADDING, count_newlines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.codecs import ByteReader
    from biometal_stream.codecs.reader import Job
    from biometal_stream.errors import BiometalError
    from biometal_stream.interfaces import Run

_Filled: TypeAlias = "tuple[int, int, BiometalError | None]"


SPARE = PADDING + 2
"""Bytes after a text: padding, and room for newlines that the end of an input may lack."""


def allocate(size: int) -> NDArray[np.uint8]:
    """Allocates bytes from Arrow's pool, whose pages are already mapped: (size,)."""
    return np.frombuffer(pa.allocate_buffer(size), np.uint8)


@dataclass(frozen=True)
class Segment:
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
    Newlines are counted where the text was written, while it is in the cache. For use by one
    thread.

    Args:
        reader: The decompressed bytes.
        size: Bytes of text in a segment; the room in front is an eighth of it more.
        run: Provides the workers; without it, this thread reads everything.
    """

    def __init__(self, reader: ByteReader, size: int, run: Run | None) -> None:
        self._reader = reader
        self._room = size // 8
        self._capacity = self._room + size
        self._run = run
        self._window = 0
        if run is not None:
            self._window = max(2, min(2 * run.workers + 1, budget_of(run).file // size))
        self._spare: NDArray[np.uint8] | None = None
        self._pending: deque[tuple[NDArray[np.uint8], Future[_Filled]]] = deque()
        self._failure: BiometalError | None = None  # found while looking for work for the workers

    def take(self) -> Segment:
        """Waits for the next segment, which is full unless the file ends or is damaged.

        Raises:
            Aborted: The run is over.
        """
        self._fill_window()
        pending = self._pending
        stop = self._room
        lines = 0
        failure: BiometalError | None = None
        if pending:
            buffer, future = pending.popleft()
            try:
                count, lines, failure = future.result()
            except CancelledError as error:  # the run is ending
                raise Aborted from error
            stop += count
        else:
            buffer = self._buffer()
        at_end = False
        if not pending and failure is None:
            # Only the reader knows what comes after the workers' jobs.
            first = stop
            stop, at_end, failure = self._read(buffer, stop)
            lines += int(count_newlines(buffer, np.uint64(first), np.uint64(stop)))
        return Segment(buffer, self._room, stop, lines, at_end, failure)

    def _read(self, buffer: NDArray[np.uint8], stop: int) -> tuple[int, bool, BiometalError | None]:
        """Fills a buffer from a byte on; returns where it stopped, and why."""
        while self._failure is None and stop < self._capacity:
            try:
                count = self._reader.readinto(buffer.data[stop : self._capacity])
            except ForeignInputError:
                raise
            except (CompressedInputError, InputError) as error:
                return stop, False, error
            if count == 0:
                return stop, True, None
            stop += count
        return stop, False, self._failure

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
        """Cancels waiting jobs and waits for running ones; may be called again."""
        running = [future for _, future in self._pending if not future.cancel()]
        self._pending.clear()
        wait(running)


def _fill(job: Job, buffer: NDArray[np.uint8], start: int) -> _Filled:
    """Runs a job; returns the bytes and newlines written, and its error, if any."""
    failure: BiometalError | None = None
    try:
        count = job()
    except CompressedInputError as damage:
        count, failure = damage.written, damage
    lines = int(count_newlines(buffer, np.uint64(start), np.uint64(start + count)))
    return count, lines, failure
