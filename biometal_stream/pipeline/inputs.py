"""A source, opened for a run."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream.interfaces import ParallelSource
from biometal_stream.pipeline.meter import ReadingThread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run, Source
    from biometal_stream.pipeline.meter import Meter
    from biometal_stream.run import LocalRun


@dataclass(frozen=True)
class SourceRun:
    """The run as its source sees it. It counts the work that the source spreads."""

    _run: LocalRun
    executor: Executor
    _reading: Meter

    def thread(self) -> Executor:
        """See `Run.thread`. What it does counts as reading."""
        return ReadingThread(self._run.thread(), self._reading)

    @property
    def workers(self) -> int:
        """See `Run.workers`."""
        return self._run.workers

    @property
    def memory(self) -> int:
        """See `Run.memory`."""
        return self._run.memory

    def warn(self, message: str, /, *, at_once: bool = False) -> None:
        """See `Run.warn`."""
        self._run.warn(message, at_once=at_once)

    def count(self, what: str, number: int, /) -> None:
        """See `Run.count`."""
        self._run.count(what, number)

    def note(self, what: str, name: str, learnt: str, /) -> None:
        """See `Run.note`."""
        self._run.note(what, name, learnt)


class Undivided:
    """A plain source, read batch by batch in its thread."""

    bytes_read = 0
    bytes_total = None
    outputs = ()

    def __init__(self, source: Source) -> None:
        self._source = source

    def chunks(self) -> Iterator[pa.RecordBatch]:
        """The batches of the source."""
        return self._source.batches()

    def parse(self, chunk: pa.RecordBatch, /) -> pa.RecordBatch:
        """The batch, unchanged."""
        return chunk

    def weight(self, chunk: pa.RecordBatch, /) -> int:
        """The number of bytes in the batch."""
        return int(chunk.nbytes)

    def location(self, chunk: pa.RecordBatch, /) -> str:
        """The number of rows in the batch."""
        return f"a batch of {chunk.num_rows:,} rows"

    def interrupt(self) -> None:
        """Does nothing: a plain source cannot be interrupted, and ends after its next batch."""


@contextmanager
def opened_source(source: Source, run: Run) -> Iterator[OpenSource[Any]]:
    """Opens a source for a run; a plain source is read batch by batch."""
    if isinstance(source, ParallelSource):
        with source.open(run) as opened:
            yield opened
    else:
        yield Undivided(source)
