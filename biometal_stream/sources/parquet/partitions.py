"""Parquet files in parts of whole row groups, which several machines can read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.sources.parquet.folder import FileToRead, ParquetInput
from biometal_stream.sources.parquet.opening import footer_of, open_files
from biometal_stream.sources.parquet.sizes import stored_bytes
from biometal_stream.sources.tables.parts import absolute_path
from biometal_stream.sources.tables.schema import some_columns

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from biometal_stream.interfaces import OpenSource, Run


@dataclass(frozen=True)
class ParquetPartition:
    """Row groups of one Parquet file: a source itself, which can be pickled and read anywhere.

    Where it is read, the file must have the same absolute path.

    Attributes:
        file: The file, and which of its row groups.
        schema: The columns that are made.
        bytes_total: Bytes of the row groups, as they stand in the file.
    """

    file: FileToRead
    schema: pa.Schema
    bytes_total: int

    name = "read"

    @property
    def inputs(self) -> tuple[object, ...]:
        """The file that is read."""
        return (self.file.input.file,)

    @property
    def paired(self) -> bool:
        """Whether rows are mates 1 and 2 in turn."""
        return "mate" in self.schema.names

    def project(self, columns: frozenset[str], /) -> ParquetPartition:
        """Returns the source of the same rows with those columns alone.

        Raises:
            ConfigurationError: It has no such column.
        """
        return replace(self, schema=some_columns(self.schema, tuple(columns)))

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Looks at the file, in the caller's thread.

        Raises:
            InputError: It cannot be read, or is no longer what was divided.
        """
        yield open_files(self.schema, [self.file], run)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the part in this thread alone."""
        from biometal_stream.sources.alone import read_alone

        yield from read_alone(self)


def partition_files(
    schema: pa.Schema, files: tuple[ParquetInput, ...], nbytes: int
) -> tuple[ParquetPartition, ...]:
    """As `ParquetSource.partitions`."""
    if nbytes < 1:
        raise ConfigurationError(f"a part must have at least 1 byte: {nbytes}")
    return tuple(part for each in files for part in _parts(schema, each, nbytes))


def _parts(schema: pa.Schema, file: ParquetInput, nbytes: int) -> Iterator[ParquetPartition]:
    path = absolute_path(file.file)
    metadata = footer_of(file)
    size = Path(path).stat().st_size
    absolute = replace(file, file=path)
    for groups in _cut(metadata, nbytes, schema.names):
        stored = sum(stored_bytes(metadata, each, schema.names) for each in groups)
        yield ParquetPartition(FileToRead(absolute, size=size, groups=groups), schema, stored)


def _cut(metadata: pq.FileMetaData, nbytes: int, names: list[str]) -> Iterator[range]:
    """Cuts where there are enough bytes, and between pairs."""
    start = held = rows = 0
    for index in range(metadata.num_row_groups):
        held += stored_bytes(metadata, index, names)
        rows += metadata.row_group(index).num_rows
        if held >= nbytes and not (rows % 2 and "mate" in names):
            yield range(start, index + 1)
            start, held = index + 1, 0
    if start < metadata.num_row_groups or not start:
        yield range(start, metadata.num_row_groups)
