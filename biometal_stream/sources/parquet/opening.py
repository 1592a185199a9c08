"""Opens Parquet files, and keeps their tables of contents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast

from biometal_stream.codecs.raw.unchanged import CHANGED, Seen
from biometal_stream.errors import InputError
from biometal_stream.sources.parquet.file import ParquetTable, read_footer
from biometal_stream.sources.parquet.sizes import stored_bytes
from biometal_stream.sources.tables.reads import TableReads
from biometal_stream.sources.tables.schema import shown
from biometal_stream.sources.tables.seekable import open_seekable

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.options import Input
    from biometal_stream.sources.parquet.folder import FileToRead, ParquetInput
    from biometal_stream.sources.tables.reads import Table


def open_files(schema: pa.Schema, files: list[FileToRead], run: Run) -> OpenSource[Any]:
    """Prepares to read files one after another.

    Args:
        schema: The schema of the batches.
        files: What to read.
        run: Provides the workers and the memory.

    Raises:
        InputError: A file cannot be read, or has changed since it was divided.
    """
    total = 0
    for each in files:
        metadata = footer_of(each.input)
        groups = range(metadata.num_row_groups) if each.groups is None else each.groups
        if groups.stop > metadata.num_row_groups or _has_changed(each):
            raise InputError(f"{shown(each.input.file)}: {CHANGED}")
        total += sum(stored_bytes(metadata, group, schema.names) for group in groups)
    return TableReads(schema, [partial(_opened, schema, each, run) for each in files], total, run)


def _has_changed(file: FileToRead) -> bool:
    """Whether the size of a file has changed since another process divided it."""
    seen = seen_at(file.input.file)
    return file.size is not None and (seen is None or seen.size != file.size)


@contextmanager
def _opened(schema: pa.Schema, file: FileToRead, run: Run) -> Iterator[Table]:
    """Opens the next file."""
    source = open_seekable(file.input.file, "Parquet", file.seen, size=file.size)
    with closing(source):
        yield ParquetTable(source, read_footer(source), schema, file, run)


def footer_of(file: ParquetInput) -> pq.FileMetaData:
    """The table of contents of a file, which is read again if the file has changed."""
    seen = seen_at(file.file)
    if seen is None:  # it is not known whether it has changed
        return _read_footer(file.file)
    return _known_footer(os.fspath(cast("str", file.file)), seen)


@lru_cache(maxsize=32)
def _known_footer(path: str, seen: Seen) -> pq.FileMetaData:  # noqa: ARG001 - a changed file is read again
    return _read_footer(path)


def _read_footer(file: Input) -> pq.FileMetaData:

    with closing(open_seekable(file, "Parquet")) as source:
        return read_footer(source)


def seen_at(file: Input) -> Seen | None:
    """The state of a file given by its path; ``None`` for anything else."""
    if isinstance(file, str | os.PathLike) and file != "-":
        return Seen.at(file)
    return None
