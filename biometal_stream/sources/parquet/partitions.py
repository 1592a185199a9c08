"""Partitions of Parquet files, of whole row groups, for several machines."""

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
    """Row groups of one Parquet file: itself a source, which can be pickled and read anywhere.

    The file must have the same absolute path where it is read.

    Attributes:
        file: The file, and which of its row groups.
        schema: The schema of the partition.
        bytes_total: The size of the row groups in the file, in bytes.
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
        """Whether rows alternate between mates 1 and 2."""
        return "mate" in self.schema.names

    def project(self, columns: frozenset[str], /) -> ParquetPartition:
        """Returns a source of the same rows with only some columns.

        Raises:
            ConfigurationError: The source does not have such a column.
        """
        return replace(self, schema=some_columns(self.schema, tuple(columns)))

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Checks the file, in the caller's thread.

        Raises:
            InputError: It cannot be read, or has changed since it was divided.
        """
        yield open_files(self.schema, [self.file], run)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the partition in this thread."""
        from biometal_stream.sources.alone import read_alone

        yield from read_alone(self)


def partition_files(
    schema: pa.Schema, files: tuple[ParquetInput, ...], nbytes: int
) -> tuple[ParquetPartition, ...]:
    """As `ParquetSource.partitions`."""
    if nbytes < 1:
        raise ConfigurationError(f"a partition must have at least 1 byte: {nbytes}")
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
    """Divides where there are enough bytes, and between pairs."""
    start = held = rows = 0
    for index in range(metadata.num_row_groups):
        held += stored_bytes(metadata, index, names)
        rows += metadata.row_group(index).num_rows
        if held >= nbytes and not (rows % 2 and "mate" in names):
            yield range(start, index + 1)
            start, held = index + 1, 0
    if start < metadata.num_row_groups or not start:
        yield range(start, metadata.num_row_groups)
