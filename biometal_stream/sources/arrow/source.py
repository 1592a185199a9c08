"""Arrow files and streams as a source of record batches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import path_text
from biometal_stream.sources.arrow.options import ArrowOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from biometal_stream.interfaces import OpenSource, Run
    from biometal_stream.sources.options import Input
    from biometal_stream.sources.tables.reads import Table


def _pipes() -> Any:
    from biometal_stream.sources.arrow.opening import Pipes

    return Pipes()


@dataclass(frozen=True)
class ArrowSource(ArrowOptions):
    """Rows of one or several Arrow IPC files or streams.

    The schema is that of the files, and those of several must have the same columns. The batches
    of a file are decoded by the workers. A stream is read front to back, and so it may come from
    a pipe, whose beginning is waited for when the schema is asked for. Columns that nobody takes
    are not decoded.

    Rows with a ``mate`` column are pairs: 1 and 2 in turn.

    Attributes:
        paths: Files, ``-`` for standard input, or binary file objects, read one after another.
        columns: The columns to read, by default all, in the order of the file. Without any there
            are batches that have nothing but a number of rows.

    Raises:
        ConfigurationError: There is no input, or it is not a path or a file object.
    """

    paths: tuple[Input, ...]
    columns: tuple[str, ...] | None = field(default=None, kw_only=True)
    _pipes: Any = field(default_factory=_pipes, kw_only=True, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.paths:
            raise ConfigurationError("there is no input; name a file, or - for standard input")
        for path in self.paths:
            if not hasattr(path, "read"):
                path_text(path)
        if sum(path == "-" for path in self.paths) > 1:
            raise ConfigurationError("standard input can be read once only")

    @property
    def name(self) -> str:
        """The source's name in statistics."""
        return "read"

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files that are read."""
        return self.paths

    @property
    def paired(self) -> bool:
        """Whether rows are mates 1 and 2 in turn."""
        return "mate" in self.schema.names

    @property
    def schema(self) -> pa.Schema:
        """The schema of the files, which are opened for it.

        Raises:
            InputError: A file cannot be read, or has other columns than the first.
            ConfigurationError: There is no such column.
        """
        from biometal_stream.sources.arrow.opening import schema_of
        from biometal_stream.sources.missing import require_files
        from biometal_stream.sources.tables.schema import (
            common_schema,
            shown,
            some_columns,
            source_schema,
            with_sample,
        )
        from biometal_stream.sources.tables.seekable import is_piped

        require_files(self.paths)
        schemas = []
        for number, each in enumerate(self.paths):
            own = self._pipes.schema(number, each) if is_piped(each) else schema_of(each)
            schemas.append((shown(each), source_schema(own, shown(each))))
        return some_columns(with_sample(common_schema(schemas), self.sample), self.columns)

    def project(self, columns: frozenset[str], /) -> ArrowSource:
        """Returns the source of the same rows with those columns alone.

        Raises:
            ConfigurationError: It has no such column.
        """
        return replace(self, columns=tuple(sorted(columns)))

    @contextmanager
    def open(self, run: Run) -> Iterator[OpenSource[Any]]:
        """Looks at the files, in the caller's thread.

        Raises:
            InputError: One cannot be read, or has other columns than the first.
            ConfigurationError: There is no such column, or a pipe is named twice.
        """
        from biometal_stream.codecs.raw.unchanged import Seen
        from biometal_stream.sources.arrow.opening import open_file, open_pipe
        from biometal_stream.sources.same_input import check_distinct
        from biometal_stream.sources.tables.reads import TableReads
        from biometal_stream.sources.tables.seekable import is_piped

        check_distinct([(each,) for each in self.paths], run.warn)
        schema = self.schema
        total: int | None = 0
        tables: list[Callable[[], AbstractContextManager[Table]]] = []
        for number, each in enumerate(self.paths):
            if is_piped(each):
                tables.append(partial(open_pipe, self._pipes, number, each, schema.names, run))
                total = None
                continue
            path = each if isinstance(each, str | os.PathLike) and each != "-" else None
            seen = None if path is None else Seen.at(path)
            total = None if total is None or seen is None else total + seen.size
            tables.append(partial(open_file, each, schema.names, run, seen=seen))
        yield TableReads(schema, tables, total, run)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Reads the files in this thread alone."""
        from biometal_stream.sources.alone import read_alone

        yield from read_alone(self)

    def partitions(self, nbytes: int, /) -> Sequence[Any]:
        """Finds parts of whole batches, and of whole pairs, for several machines.

        A stream is one part, since its batches are found only by reading it.

        Args:
            nbytes: Bytes of a part, about, as they stand in the file.

        Raises:
            InputError: A file cannot be read.
            ConfigurationError: An input has no path.
        """
        from biometal_stream.sources.arrow.partitions import partition_files

        return partition_files(self.schema, self.paths, nbytes)
