"""A source as a run opens it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream.interfaces import ParallelSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run, Source
    from biometal_stream.run import LocalRun


@dataclass(frozen=True)
class SourceRun:
    """The run as its source sees it, which spreads work that is to be counted."""

    _run: LocalRun
    executor: Executor

    @property
    def workers(self) -> int:
        """As `Run.workers`."""
        return self._run.workers

    @property
    def memory(self) -> int:
        """As `Run.memory`."""
        return self._run.memory

    def warn(self, message: str, /, *, at_once: bool = False) -> None:
        """As `Run.warn`."""
        self._run.warn(message, at_once=at_once)

    def count(self, what: str, number: int, /) -> None:
        """As `Run.count`."""
        self._run.count(what, number)

    def note(self, what: str, name: str, learnt: str, /) -> None:
        """As `Run.note`."""
        self._run.note(what, name, learnt)


class Undivided:
    """A plain source, read in its thread batch by batch."""

    bytes_read = 0
    bytes_total = None
    outputs = ()

    def __init__(self, source: Source) -> None:
        self._source = source

    def chunks(self) -> Iterator[pa.RecordBatch]:
        """The batches of the source."""
        return self._source.batches()

    def parse(self, chunk: pa.RecordBatch, /) -> pa.RecordBatch:
        """The batch as it is."""
        return chunk

    def weight(self, chunk: pa.RecordBatch, /) -> int:
        """The bytes of the batch."""
        return int(chunk.nbytes)

    def location(self, chunk: pa.RecordBatch, /) -> str:
        """How many rows the batch has."""
        return f"a batch of {chunk.num_rows:,} rows"

    def interrupt(self) -> None:
        """A plain source cannot be interrupted; it ends with its next batch."""


@contextmanager
def opened_source(source: Source, run: Run) -> Iterator[OpenSource[Any]]:
    """Opens a source for a run; a plain one is read batch by batch."""
    if isinstance(source, ParallelSource):
        with source.open(run) as opened:
            yield opened
    else:
        yield Undivided(source)
