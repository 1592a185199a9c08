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

    The schema is that of the files; several files must have the same columns. The workers decode
    the batches of a file. A stream is read from front to back, so it may come from a pipe; asking
    for the schema waits for its beginning. Columns that are not used are not decoded.

    Rows with a ``mate`` column are pairs: 1 and 2 alternate.

    Attributes:
        paths: Files, ``-`` for standard input, or binary file objects, read one after another.
        columns: The columns to read, by default all, in the order of the file. Without any
            column, batches have only a number of rows.

    Raises:
        ConfigurationError: There is no input, or it is neither a path nor a file object.
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
            raise ConfigurationError("standard input can be read only once")

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
        """Whether rows alternate between mates 1 and 2."""
        return "mate" in self.schema.names

    @property
    def schema(self) -> pa.Schema:
        """The schema of the files, which are opened for it.

        Raises:
            InputError: A file cannot be read, or has different columns than the first.
            ConfigurationError: A column does not exist.
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
            ConfigurationError: A column does not exist, or a pipe is named twice.
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
        """Reads the files in this thread."""
        from biometal_stream.sources.alone import read_alone

        yield from read_alone(self)

    def partitions(self, nbytes: int, /) -> Sequence[Any]:
        """Finds partitions of whole batches, and of whole pairs, for several machines.

        A stream is one partition, since its batches can only be found by reading it.

        Args:
            nbytes: The approximate size of a partition in bytes, as stored.

        Raises:
            InputError: A file cannot be read.
            ConfigurationError: An input has no path.
        """
        from biometal_stream.sources.arrow.partitions import partition_files

        return partition_files(self.schema, self.paths, nbytes)
