"""Arrow data that other programs hold or compute, as a source."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from biometal_stream.errors import ConfigurationError
from biometal_stream.sources.tables.reads import TableReads
from biometal_stream.sources.tables.schema import some_columns, source_schema

if TYPE_CHECKING:
    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.tables.reads import Table

_BATCH_ROWS = 32_768  # for a dataset


@dataclass(frozen=True, eq=False)
class ExportedSource:
    """Rows that another program holds or computes, batch by batch.

    Batches are split and merged to the size that suits the run; mates stay together.

    Attributes:
        title: What the rows are, for messages.
        exported: Their schema, as the other program gives it.
        read: Starts to read them, in the source's thread: called once per run, with the names of
            the columns that are needed; there may be others.
        columns: The columns to return, by default all.
    """

    title: str
    exported: pa.Schema
    read: Callable[[list[str]], Iterable[pa.RecordBatch]]
    columns: tuple[str, ...] | None = field(default=None, kw_only=True)

    name = "read"

    @property
    def schema(self) -> pa.Schema:
        """The schema, with the text of reads as strings instead of dictionaries."""
        return some_columns(source_schema(self.exported, self.title), self.columns)

    def project(self, columns: frozenset[str], /) -> ExportedSource:
        """Returns a source of the same rows with only some columns.

        Raises:
            ConfigurationError: The source does not have such a column.
        """
        return replace(self, columns=tuple(sorted(columns)))

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Prepares to read; nothing is read yet."""
        yield TableReads(self.schema, [partial(self._opened, self.schema.names)], None, run)

    @contextmanager
    def _opened(self, names: list[str]) -> Iterator[Table]:
        yield _ExportedTable(self, names)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the rows in this thread."""
        from biometal_stream.sources.alone import read_alone

        yield from read_alone(self)


class _ExportedTable:
    """Rows of another program being read, as a `Table`."""

    first_row = 0
    bytes_read = 0

    def __init__(self, source: ExportedSource, names: list[str]) -> None:
        self._source = source
        self._names = names
        self.name = source.title
        self.columns = tuple(source.exported.names)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches that the other program returns."""
        yield from self._source.read(self._names)

    def completed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Returns the batch: it is already complete."""
        return batch

    def interrupt(self) -> None:
        """Does nothing: reading ends with the next batch of the other program."""


def exported(rows: Any) -> ExportedSource:
    """Makes a source of an object that exports Arrow.

    Args:
        rows: A table, batch, reader or dataset of pyarrow, or an object with
            ``__arrow_c_stream__``, such as a frame of Polars or pandas or a relation of DuckDB.

    Raises:
        ConfigurationError: It does not export an Arrow stream.
    """
    title = f"the {type(rows).__name__}"
    if isinstance(rows, pa.RecordBatch):
        return ExportedSource(title, rows.schema, partial(_of_batch, rows))
    if isinstance(rows, pa.Table):
        return ExportedSource(title, rows.schema, partial(_of_table, rows))
    if callable(getattr(rows, "scanner", None)) and isinstance(rows.schema, pa.Schema):
        return ExportedSource(title, rows.schema, partial(_of_dataset, rows))
    if not hasattr(rows, "__arrow_c_stream__"):
        raise ConfigurationError(
            "from_arrow takes an object that exports an Arrow stream (__arrow_c_stream__), such as"
            f" a table of pyarrow or a frame of Polars, not one of type {type(rows).__name__}"
            f"{_instead_of(rows)}"
        )
    stream = _Stream(rows, title)
    return ExportedSource(title, stream.schema, stream)


def _instead_of(rows: object) -> str:
    if isinstance(rows, str | os.PathLike):
        return "; read_arrow reads files"
    if hasattr(rows, "collect"):
        return "; give it what its collect() returns"
    if isinstance(rows, Mapping):
        return "; give it pyarrow.table(...) of that"
    if isinstance(rows, Iterable):
        return "; of record batches give it pyarrow.RecordBatchReader.from_batches(schema, batches)"
    return ""


def _of_batch(batch: pa.RecordBatch, names: list[str]) -> Iterator[pa.RecordBatch]:
    yield batch.select(names)


def _of_table(table: pa.Table, names: list[str]) -> Iterator[pa.RecordBatch]:
    if names:
        return iter(table.select(names).to_batches())
    return iter([_rows_of(table.num_rows)])


def _rows_of(rows: int) -> pa.RecordBatch:
    from biometal_stream.sources.tables.schema import empty_rows

    return empty_rows(rows)


def _of_dataset(dataset: Any, names: list[str]) -> Iterator[pa.RecordBatch]:
    batches: Iterator[pa.RecordBatch] = dataset.scanner(
        columns=names, batch_size=_BATCH_ROWS, batch_readahead=4, fragment_readahead=1
    ).to_batches()
    return batches


class _Stream:
    """An object's stream, opened for its schema and then read; opened again for a later run."""

    def __init__(self, rows: Any, title: str) -> None:
        self._rows = rows
        self._title = title
        self._once = hasattr(rows, "__next__")  # like a reader
        try:
            self._opened: pa.RecordBatchReader | None = self._open()
        except pa.ArrowInvalid as error:  # such as a column on its own
            reason = str(error).partition("\n")[0]
            raise ConfigurationError(
                f"{title} is not a stream of columns with names ({reason}); give from_arrow a table"
            ) from error
        self.schema = self._opened.schema

    def _open(self) -> pa.RecordBatchReader:
        if isinstance(self._rows, pa.RecordBatchReader):
            return self._rows
        return pa.RecordBatchReader.from_stream(self._rows)

    def __call__(self, names: list[str]) -> Iterator[pa.RecordBatch]:  # noqa: ARG002 - all come
        reader, self._opened = self._opened, None
        if reader is None:
            reader = self._again()
        yield from reader

    def _again(self) -> pa.RecordBatchReader:
        if self._once:
            raise ConfigurationError(
                f"{self._title} can be read only once, and was; give from_arrow an object that can"
                " be read again, such as a table"
            )
        try:
            reader = self._open()
        except Exception as error:
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise ConfigurationError(
                f"{self._title} cannot be read again: {reason}; give from_arrow an object that can,"
                " such as a table"
            ) from error
        if reader.schema != self.schema:
            raise ConfigurationError(f"{self._title} has different columns than before")
        return reader

    def __reduce__(self) -> tuple[Any, ...]:
        return _Stream, (self._rows, self._title)
