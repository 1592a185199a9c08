"""Parquet files as a source of record batches."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import path_text
from biometal_stream.sources.parquet.options import ParquetOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.options import Input
    from biometal_stream.sources.parquet.folder import ParquetInput


@dataclass(frozen=True)
class ParquetSource(ParquetOptions):
    """Rows of one or several Parquet files, or folders of them.

    The schema is that of the files; several files must have the same columns. A folder stands for
    the Parquet files in it, sorted by name; the names of folders, as in ``sample=S1/``, make a
    column. The workers decode row groups; row groups that do not fit in a quarter of the memory are
    decoded a few MiB at a time. Columns that are not used are not read.

    Rows with a ``mate`` column are pairs: 1 and 2 alternate.

    Attributes:
        paths: Files, folders, or seekable binary file objects, read one after another.
        columns: The columns to read, by default all, in the order of the file. Without any
            column, batches have only a number of rows.

    Raises:
        ConfigurationError: There is no input, or it is neither a path nor a file object.
    """

    paths: tuple[Input, ...]
    columns: tuple[str, ...] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.paths:
            raise ConfigurationError("there is no input; name a file")
        for path in self.paths:
            if not hasattr(path, "read"):
                path_text(path)

    @property
    def name(self) -> str:
        """The source's name in statistics."""
        return "read"

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files that are read, and their folders."""
        from biometal_stream.sources.parquet.folder import files_of

        files = tuple(each.file for each in files_of(self.paths))
        return (*files, *(path for path in self.paths if path not in files))

    @property
    def paired(self) -> bool:
        """Whether rows alternate between mates 1 and 2."""
        return "mate" in self.schema.names

    @property
    def schema(self) -> pa.Schema:
        """The schema of the files, from their tables of contents.

        Raises:
            InputError: A file cannot be read, or has different columns than the first.
            ConfigurationError: A column does not exist.
        """
        from biometal_stream.sources.tables.schema import some_columns

        return some_columns(self._whole_schema(), self.columns)

    def _whole_schema(self) -> pa.Schema:
        from biometal_stream.sources.parquet.folder import partition_fields
        from biometal_stream.sources.parquet.opening import footer_of
        from biometal_stream.sources.tables.schema import (
            common_schema,
            shown,
            source_schema,
            with_sample,
        )

        files = self._files()
        raw = [(shown(each.file), footer_of(each).schema.to_arrow_schema()) for each in files]
        schema = common_schema((name, source_schema(own, name)) for name, own in raw)
        for added in partition_fields(files, raw[0][1]):
            schema = schema.append(added)
        return with_sample(schema, self.sample)

    def _files(self) -> tuple[ParquetInput, ...]:
        from biometal_stream.sources.missing import require_files
        from biometal_stream.sources.parquet.folder import files_of

        require_files(
            path
            for path in self.paths
            if not isinstance(path, str | os.PathLike) or not os.path.isdir(path)  # noqa: PTH112 - never raises
        )
        return files_of(self.paths)

    def project(self, columns: frozenset[str], /) -> ParquetSource:
        """Returns a source of the same rows with only some columns.

        Raises:
            ConfigurationError: The source does not have such a column.
        """
        return replace(self, columns=tuple(sorted(columns)))

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Checks the files, in the caller's thread.

        Raises:
            InputError: A file cannot be read, or has different columns than the first.
            ConfigurationError: A column does not exist, or an input is a pipe.
        """
        from biometal_stream.sources.parquet.folder import FileToRead
        from biometal_stream.sources.parquet.opening import open_files, seen_at
        from biometal_stream.sources.same_input import check_distinct

        files = self._files()
        check_distinct([(each.file,) for each in files], run.warn)
        seen = [seen_at(each.file) for each in files]
        yield open_files(
            self.schema,
            [FileToRead(each, state) for each, state in zip(files, seen, strict=True)],
            run,
        )

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the files in this thread."""
        from biometal_stream.sources.alone import read_alone

        yield from read_alone(self)

    def partitions(self, nbytes: int, /) -> Sequence[Any]:
        """Finds partitions of whole row groups, and of whole pairs, for several machines.

        Args:
            nbytes: The approximate size of a partition in bytes, as stored.

        Raises:
            InputError: A file cannot be read.
            ConfigurationError: An input has no path.
        """
        from biometal_stream.sources.parquet.partitions import partition_files

        return partition_files(self.schema, self._files(), nbytes)
