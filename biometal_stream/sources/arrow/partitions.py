"""Partitions of Arrow files, of whole batches, for several machines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.sources.arrow.file import ArrowFile
from biometal_stream.sources.arrow.opening import has_batches, open_file
from biometal_stream.sources.tables.parts import absolute_path
from biometal_stream.sources.tables.reads import TableReads
from biometal_stream.sources.tables.schema import some_columns
from biometal_stream.sources.tables.seekable import open_seekable

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.options import Input


@dataclass(frozen=True)
class ArrowPartition:
    """Batches of one Arrow file: itself a source, which can be pickled and read anywhere.

    The file must have the same absolute path where it is read.

    Attributes:
        path: The file.
        size: The size that it must have, in bytes.
        rows: The batches to read; all if ``None``.
        schema: The schema of the partition.
        bytes_total: The size of the batches in the file, in bytes.
    """

    path: str
    size: int
    rows: range | None
    schema: pa.Schema
    bytes_total: int

    name = "read"

    @property
    def inputs(self) -> tuple[object, ...]:
        """The file that is read."""
        return (self.path,)

    @property
    def paired(self) -> bool:
        """Whether rows alternate between mates 1 and 2."""
        return "mate" in self.schema.names

    def project(self, columns: frozenset[str], /) -> ArrowPartition:
        """Returns a source of the same rows with only some columns.

        Raises:
            ConfigurationError: The source does not have such a column.
        """
        return replace(self, schema=some_columns(self.schema, tuple(columns)))

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Prepares to read the batches."""
        names = self.schema.names
        table = partial(open_file, self.path, names, run, size=self.size, batches=self.rows)
        yield TableReads(self.schema, [table], self.bytes_total, run)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the partition in this thread."""
        from biometal_stream.sources.alone import read_alone

        yield from read_alone(self)


def partition_files(
    schema: pa.Schema, paths: tuple[Input, ...], nbytes: int
) -> tuple[ArrowPartition, ...]:
    """As `ArrowSource.partitions`."""
    if nbytes < 1:
        raise ConfigurationError(f"a partition must have at least 1 byte: {nbytes}")
    return tuple(part for each in paths for part in _parts(schema, each, nbytes))


def _parts(schema: pa.Schema, file: Input, nbytes: int) -> Iterator[ArrowPartition]:
    path = absolute_path(file)
    with closing(open_seekable(os.fspath(path), "an Arrow file")) as source:
        if not has_batches(source):
            yield ArrowPartition(path, source.size, None, schema, source.size)
            return
        contents = ArrowFile(source)
        for batches in _cut(contents, nbytes, paired="mate" in schema.names):
            stored = int(contents.blocks["body"][batches.start : batches.stop].sum())
            yield ArrowPartition(path, source.size, batches, schema, stored)


def _cut(file: ArrowFile, nbytes: int, *, paired: bool) -> Iterator[range]:
    """Divides where there are enough bytes, and between pairs."""
    start = held = rows = 0
    for index in range(file.num_batches):
        held += int(file.blocks["body"][index])
        rows += file.rows(index) if paired else 0
        if held >= nbytes and not rows % 2:
            yield range(start, index + 1)
            start, held = index + 1, 0
    if start < file.num_batches or not start:
        yield range(start, file.num_batches)
