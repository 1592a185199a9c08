"""Reads tables: what Parquet, Arrow and other programs' tables have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from biometal_stream.budget import budget_of
from biometal_stream.channel import Aborted
from biometal_stream.endings import UntilError
from biometal_stream.interfaces import GoodRows
from biometal_stream.sources.tables.cutting import Cutter
from biometal_stream.sources.tables.mates import first_unpaired, rows_before, unpaired
from biometal_stream.sources.tables.schema import fitted

if TYPE_CHECKING:
    from biometal_stream.interfaces import Run


class Table(Protocol):
    """A file, or data of another program, being read."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    @property
    def first_row(self) -> int:
        """The number of the first row to read, from 0."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All of its columns, including those that are not read."""

    @property
    def bytes_read(self) -> int:
        """The bytes read so far; thread-safe."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the rows in order, in the source's thread; an error comes after the good rows."""

    def completed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Adds the columns that come from elsewhere; runs in any worker."""

    def interrupt(self) -> None:
        """Makes `batches` end; thread-safe, may be called again."""


@dataclass(frozen=True)
class TableChunk:
    """Rows of one table, in whole pairs if rows are pairs.

    Attributes:
        table: The table.
        batches: The rows.
        first_row: The number of the first one in the table, from 0.
        rows: The number of rows.
        nbytes: Their size in bytes.
    """

    table: Table
    batches: list[pa.RecordBatch]
    first_row: int
    rows: int
    nbytes: int


class TableReads:
    """Tables being read one after another, as a source for the pipeline.

    `chunks` is for one thread, `parse` for all.

    Args:
        schema: The schema of the batches: some columns of each table's.
        tables: Opens each table in turn.
        bytes_total: Bytes of all tables, if known.
        run: Provides the workers and the memory.
    """

    outputs = ()

    def __init__(
        self,
        schema: pa.Schema,
        tables: list[Callable[[], AbstractContextManager[Table]]],
        bytes_total: int | None,
        run: Run,
    ) -> None:
        self._schema = schema
        self._paired = "mate" in schema.names
        self._tables = tables
        self._nbytes = budget_of(run).chunk
        self.bytes_total = bytes_total
        self._done = 0
        self._current: Table | None = None
        self._interrupted = False

    @property
    def bytes_read(self) -> int:
        """Bytes read from all tables so far."""
        table = self._current
        return self._done + (table.bytes_read if table is not None else 0)

    def interrupt(self) -> None:
        """Ends `chunks`."""
        self._interrupted = True
        table = self._current
        if table is not None:
            table.interrupt()

    def weight(self, chunk: TableChunk, /) -> int:
        """The bytes of a chunk's rows."""
        return chunk.nbytes

    def location(self, chunk: TableChunk, /) -> str:
        """The rows of a chunk, by their numbers in their table."""
        first = chunk.first_row + 1
        return f"rows {first:,} to {first + chunk.rows - 1:,} of {chunk.table.name}"

    def chunks(self) -> Iterator[TableChunk]:
        """Reads each table and splits it."""
        for opened in self._tables:
            with opened() as table:
                self._current = table
                if self._interrupted:
                    raise Aborted
                yield from self._cut(table)
                self._done += table.bytes_read
                self._current = None

    def _cut(self, table: Table) -> Iterator[TableChunk]:
        cutter = Cutter(self._nbytes, paired=self._paired)
        coming = UntilError(table.batches())
        row = table.first_row
        for batches in _cut(cutter, coming):
            if self._interrupted:
                raise Aborted
            rows = sum(batch.num_rows for batch in batches)
            yield TableChunk(table, batches, row, rows, sum(batch.nbytes for batch in batches))
            row += rows
            del batches  # the next one may take long
        coming.check()

    def parse(self, chunk: TableChunk, /) -> pa.RecordBatch:
        """Makes one batch of a chunk.

        Raises:
            GoodRows: Mates 1 and 2 do not alternate. The rows before are whole pairs.
        """
        batches = chunk.batches
        batch = batches[0] if len(batches) == 1 else pa.concat_batches(batches)
        batch = fitted(chunk.table.completed(batch), self._schema)
        if not self._paired:
            return batch
        mates = batch.column("mate")
        row = first_unpaired(mates)
        if row is None:
            return batch
        table = chunk.table
        error = unpaired(mates, row, table.name, chunk.first_row, table.columns)
        raise GoodRows(batch.slice(0, rows_before(mates, row)), error)


def _cut(cutter: Cutter, batches: UntilError[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    for batch in batches:
        yield from cutter.add(batch)
        del batch
    yield from cutter.finish(odd=not batches.failed)
