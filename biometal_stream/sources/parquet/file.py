"""One Parquet file: its table of contents, and the rows of its row groups."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from biometal_stream.budget import budget_of
from biometal_stream.errors import InputError
from biometal_stream.sources.parquet.folder import constant
from biometal_stream.sources.parquet.sizes import batch_rows, group_bytes
from biometal_stream.sources.tables.ahead import DecodedAhead, Group
from biometal_stream.sources.tables.damage import damage
from biometal_stream.sources.tables.schema import empty_rows
from biometal_stream.sources.tables.seekable import AGAIN, View, refuse_compressed
from biometal_stream.sources.tables.valid import valid_batches

if TYPE_CHECKING:
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.parquet.folder import FileToRead
    from biometal_stream.sources.tables.seekable import Seekable

_MAGIC = b"PAR1"
_ENCRYPTED = b"PARE"
_BUFFER = 1 << 20
_EMPTY_ROWS = 1 << 20  # per batch without columns


def read_footer(source: Seekable) -> pq.FileMetaData:
    """Reads the table of contents of a file.

    Raises:
        InputError: The file is not Parquet, or is truncated or damaged.
    """
    name = source.name
    head, tail = source.read_at(0, 4), source.read_at(max(0, source.size - 4), 4)
    if not source.size:
        raise InputError(f"{name}: is empty, not a Parquet file; {AGAIN}")
    if _ENCRYPTED in (head, tail):
        raise InputError(f"{name}: is encrypted Parquet, which is not supported; decrypt it first")
    refuse_compressed(source.read_at(0, 8), name, "Parquet")
    if head != _MAGIC:
        raise InputError(f"{name}: is not a Parquet file: it does not begin with PAR1")
    if tail != _MAGIC:
        raise InputError(
            f"{name}: is truncated: the end of a Parquet file, with its table of contents, is"
            f" missing; {AGAIN}"
        )
    with damage(name, "its table of contents, at its end, is damaged"):
        metadata = pq.ParquetFile(View(source)).metadata
        metadata.schema.to_arrow_schema()
        return metadata


class ParquetTable:
    """The row groups of one file being read, as a `Table`.

    Args:
        source: The file.
        metadata: Its table of contents.
        schema: The columns to make: those of the file and of its folders' names.
        file: Which row groups to read.
        run: Provides the workers.
    """

    def __init__(
        self,
        source: Seekable,
        metadata: pq.FileMetaData,
        schema: pa.Schema,
        file: FileToRead,
        run: Run,
    ) -> None:
        self._source = source
        self._metadata = metadata
        self._groups = range(metadata.num_row_groups) if file.groups is None else file.groups
        self._run = run
        self._interrupted = False
        self._before = source.bytes_read
        self.name = source.name
        self.columns = tuple(metadata.schema.to_arrow_schema().names)
        self._names = [name for name in schema.names if name in self.columns]
        self._constants = [each for each in schema if each.name not in self.columns]
        self._partitions = dict(file.input.partitions)
        before = range(self._groups.start)
        self.first_row = sum(metadata.row_group(each).num_rows for each in before)

    @property
    def bytes_read(self) -> int:
        """The bytes of columns read so far."""
        return self._source.bytes_read - self._before

    def interrupt(self) -> None:
        """Ends `batches`."""
        self._interrupted = True

    def completed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Adds the columns from the names of folders.

        Raises:
            InputError: A name does not have its column's type.
        """
        if not self._constants:
            return batch
        fields = [batch.schema.field(name) for name in batch.schema.names] + self._constants
        columns = [
            constant(each, self._partitions[each.name], batch.num_rows, self.name)
            for each in self._constants
        ]
        return pa.RecordBatch.from_arrays([*batch.columns, *columns], schema=pa.schema(fields))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Decodes the row groups, in order.

        Raises:
            InputError: A row group is damaged, or the file has changed.
        """
        if not self._names:
            rows = sum(self._metadata.row_group(each).num_rows for each in self._groups)
            for start in range(0, rows, _EMPTY_ROWS):
                yield empty_rows(min(_EMPTY_ROWS, rows - start))
        else:
            row = self.first_row
            groups = []
            for index in self._groups:
                nbytes = group_bytes(self._metadata, index, self._names)
                groups.append(Group(nbytes, partial(self._decoded, index, row)))
                row += self._metadata.row_group(index).num_rows
            yield from DecodedAhead(groups, self._run, lambda: self._interrupted)
        self._source.confirm()

    def _decoded(self, index: int, row: int) -> Iterator[pa.RecordBatch]:
        """The batches of a row group, given the number of its first row; thread-safe."""
        rows = self._metadata.row_group(index).num_rows
        where = f"row group {index + 1} of {self._metadata.num_row_groups} is damaged"
        with damage(self.name, where):
            file = pq.ParquetFile(
                View(self._source),
                metadata=self._metadata,
                buffer_size=_BUFFER,
                pre_buffer=False,
                page_checksum_verification=True,
            )
            size = batch_rows(
                self._source, self._metadata, index, self._names, budget_of(self._run).chunk
            )
            batches = file.iter_batches(size, [index], self._names, use_threads=False)
        decoded = _within(self.name, where, batches)
        found = 0
        for batch in valid_batches(decoded, self.name, row):
            found += batch.num_rows
            yield batch
        if found != rows:
            raise InputError(f"{self.name}: {where} ({found:,} of {rows:,} rows); {AGAIN}")


def _within(name: str, where: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    while True:
        with damage(name, where):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch
