"""A pipeline as a pyarrow dataset, for engines that push down columns and filters."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyarrow.fs import LocalFileSystem

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.pipeline.execution import Execution
from biometal_stream.pipeline.failures import failing, watched
from biometal_stream.pipeline.scan import Scan

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from biometal_stream.pipeline.report import Report
    from biometal_stream.pipeline.value import Recipe

    Columns = Sequence[str] | Mapping[str, pc.Expression] | None

_BATCH_ROWS = 131_072  # pyarrow's default
_NO_FILE = "of a pipeline, which has no file: use the dataset's scanner(), or its stream()"
_HINTS = frozenset(
    {
        "batch_readahead",
        "cache_metadata",
        "fragment_readahead",
        "fragment_scan_options",
        "memory_pool",
        "use_threads",
    }
)


class PipelineDataset(ds.UnionDataset):  # type: ignore[misc] # pyarrow has no types
    """What a pipeline yields, as a `pyarrow.dataset.Dataset` of one fragment.

    Each scan is a separate run. It starts when the first batch is requested, builds only the
    columns that are needed, filters in the workers, reads ahead within the pipeline's memory
    bound, and ends when its reader stops. Rows come in input order. A filter looks at single
    rows, so it may keep one mate of a pair.

    Immutable, safe to share between threads, and picklable if the pipeline is.

    Args:
        pipeline: What each scan runs.
        filter: The rows to keep; all by default.

    Attributes:
        pipeline: As given.

    Raises:
        SchemaError: An operator of the pipeline cannot work on what comes before it, or the
            filter does not fit the columns.
        ConfigurationError: The pipeline has ``min_reads``.
    """

    # A union, because Python can construct that kind of dataset. Arrow's C++ code does not see
    # the methods defined here; it finds a child whose only file name says what to do instead.

    def __init__(self, pipeline: Recipe, filter: pc.Expression | None = None) -> None:
        if pipeline.min_reads is not None:
            raise ConfigurationError(
                "min_reads cannot be checked by a dataset, whose scans may leave rows out; write"
                " the pipeline to a file, or read its batches()"
            )
        schema = pipeline.schema
        super().__init__(schema, [_unreadable(schema)])
        self.pipeline = pipeline
        self._filter = filter
        if filter is not None:
            Scan(None, filter).output_schema(schema)

    def __reduce__(self) -> tuple[Any, ...]:
        return PipelineDataset, (self.pipeline, self._filter)

    def __repr__(self) -> str:
        rows = "" if self._filter is None else f", filter={self._filter}"
        return f"{type(self).__name__}({self.pipeline!r}{rows})"

    @property
    def partition_expression(self) -> pc.Expression:
        """What is known about all rows: nothing."""
        return pc.scalar(True)

    @property
    def children(self) -> list[ds.Dataset]:
        """The datasets in this union: an empty list."""
        return []

    def scanner(
        self,
        columns: Columns = None,
        filter: pc.Expression | None = None,
        batch_size: int = _BATCH_ROWS,
        **hints: Any,
    ) -> PipelineScanner:
        """Prepares a scan.

        Args:
            columns: The columns to return, in this order, or new columns with their
                expressions; all by default.
            filter: The rows to return; a row for which it is null is dropped.
            batch_size: The most rows in a batch.
            hints: Other options of pyarrow's scans, which say how to read ahead. They are
                ignored, because the pipeline decides that.

        Raises:
            SchemaError: There is no such column, or the filter does not fit the columns.
        """
        _check_hints(hints)
        if filter is None:
            filter = self._filter
        elif self._filter is not None:
            filter = self._filter & filter
        with failing():
            return PipelineScanner(self.pipeline, columns, filter, batch_size)

    def to_batches(self, columns: Columns = None, **options: Any) -> Iterator[pa.RecordBatch]:
        """Scans and yields batches; takes the options of `scanner`."""
        return self.scanner(columns, **options).to_batches()

    def to_table(self, columns: Columns = None, **options: Any) -> pa.Table:
        """Scans into memory; takes the options of `scanner`."""
        return self.scanner(columns, **options).to_table()

    def head(self, num_rows: int, columns: Columns = None, **options: Any) -> pa.Table:
        """Scans as far as needed for the first rows; takes the options of `scanner`."""
        return self.scanner(columns, **options).head(num_rows)

    def count_rows(self, filter: pc.Expression | None = None, **options: Any) -> int:
        """Scans and counts rows without building columns; takes the options of `scanner`."""
        return self.scanner([], filter, **options).count_rows()

    def filter(self, expression: pc.Expression) -> PipelineDataset:
        """Returns a dataset of the rows that match the filter.

        Raises:
            SchemaError: The filter does not fit the columns.
        """
        if self._filter is not None:
            expression = self._filter & expression
        return PipelineDataset(self.pipeline, expression)

    def get_fragments(
        self,
        filter: pc.Expression | None = None,  # noqa: ARG002 - engines give it
    ) -> Iterator[PipelineFragment]:
        """Yields the one fragment. A filter cannot rule it out: its rows are not known yet."""
        yield PipelineFragment(self)

    def replace_schema(self, *_: object) -> NoReturn:
        """Not supported."""
        _refuse("replace_schema", "append Select, Rename or an operator of yours to the pipeline")

    def take(self, *_: object, **__: object) -> NoReturn:
        """Not supported."""
        _refuse("take", "a stream has no rows to look up; use head(), or to_table().take()")

    def sort_by(self, *_: object, **__: object) -> NoReturn:
        """Not supported."""
        _refuse("sort_by", "sort in the engine that reads it, or to_table().sort_by()")

    def join(self, *_: object, **__: object) -> NoReturn:
        """Not supported."""
        _refuse("join", "join in the engine that reads it, or to_table().join()")

    def join_asof(self, *_: object, **__: object) -> NoReturn:
        """Not supported."""
        _refuse("join_asof", "join in the engine that reads it, or to_table().join_asof()")

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Scans and exports the batches by Arrow's C stream interface."""
        return self.scanner().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """Exports the schema by Arrow's C data interface; nothing runs."""
        return self.schema.__arrow_c_schema__()


class PipelineFragment:
    """All rows of a `PipelineDataset`, as its only fragment."""

    def __init__(self, dataset: PipelineDataset) -> None:
        self._dataset = dataset

    @property
    def physical_schema(self) -> pa.Schema:
        """The schema of the dataset."""
        return self._dataset.schema

    @property
    def partition_expression(self) -> pc.Expression:
        """What is known about all rows: nothing."""
        return self._dataset.partition_expression

    def scanner(self, schema: pa.Schema | None = None, **options: Any) -> PipelineScanner:
        """Prepares a scan; takes the options of `PipelineDataset.scanner`.

        Args:
            schema: The schema of the dataset; others are not supported.
            options: The options of the dataset's scanner.

        Raises:
            SchemaError: The schema is a different one, or a column or filter does not fit it.
        """
        if schema is not None and not schema.equals(self.physical_schema):
            raise SchemaError("the fragment of a pipeline can only have the schema of its dataset")
        return self._dataset.scanner(**options)

    def to_batches(
        self, schema: pa.Schema | None = None, **options: Any
    ) -> Iterator[pa.RecordBatch]:
        """Scans and yields batches; takes the options of `scanner`."""
        return self.scanner(schema, **options).to_batches()

    def to_table(self, schema: pa.Schema | None = None, **options: Any) -> pa.Table:
        """Scans into memory; takes the options of `scanner`."""
        return self.scanner(schema, **options).to_table()

    def head(self, num_rows: int, **options: Any) -> pa.Table:
        """Scans as far as needed for the first rows; takes the options of `scanner`."""
        return self._dataset.head(num_rows, **options)

    def count_rows(self, **options: Any) -> int:
        """Scans and counts rows; takes the options of `scanner`."""
        return self._dataset.count_rows(**options)


class PipelineScanner:
    """A scan of a `PipelineDataset`. Each method that reads starts a separate run."""

    # Not a subclass of `pyarrow.dataset.Scanner`: Arrow's C++ code would use members that Python
    # cannot fill. Without it, Arrow treats this as an object that exports a stream.

    def __init__(
        self,
        pipeline: Recipe,
        columns: Columns,
        filter: pc.Expression | None,
        batch_size: int,
    ) -> None:
        if batch_size < 1:
            raise ConfigurationError(f"a batch must have at least 1 row: {batch_size}")
        self._schema = pipeline.schema
        self._batch_size = batch_size
        if columns is not None or filter is not None:
            scan = Scan(_settled(columns), filter)
            pipeline = replace(pipeline, operators=(*pipeline.operators, scan))
        self._pipeline = pipeline
        self._projected = pipeline.schema
        self._last: Execution | None = None

    @property
    def dataset_schema(self) -> pa.Schema:
        """The schema of the dataset."""
        return self._schema

    @property
    def projected_schema(self) -> pa.Schema:
        """The schema of the batches."""
        return self._projected

    def to_batches(self) -> Generator[pa.RecordBatch, None, None]:
        """Runs and yields batches; closing the iterator ends the run."""
        return watched(self._batches())

    def _batches(self) -> Generator[pa.RecordBatch, None, None]:
        self._last = Execution(self._pipeline)
        with closing(self._last.stream()) as batches:
            for batch in batches:
                for start in range(0, batch.num_rows, self._batch_size):
                    yield batch.slice(start, self._batch_size)

    def report(self) -> Report | None:
        """What the last run of this scanner did, with results of observers; ``None`` before."""
        return None if self._last is None else self._last.report()

    def to_reader(self) -> pa.RecordBatchReader:
        """Runs and returns a reader of the batches; the run ends when the reader is deleted."""
        return pa.RecordBatchReader.from_batches(self._projected, self.to_batches())

    def to_table(self) -> pa.Table:
        """Runs, with the whole result in memory."""
        return pa.Table.from_batches(self.to_batches(), self._projected)

    def head(self, num_rows: int) -> pa.Table:
        """Runs as far as needed for the first rows, and returns them."""
        kept: list[pa.RecordBatch] = []
        left = num_rows
        if left > 0:
            with closing(self.to_batches()) as batches:
                for batch in batches:
                    kept.append(batch.slice(0, left))
                    left -= batch.num_rows
                    if left <= 0:
                        break
        return pa.Table.from_batches(kept, self._projected)

    def count_rows(self) -> int:
        """Runs and counts rows."""
        return sum(batch.num_rows for batch in self.to_batches())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Runs and exports the batches by Arrow's C stream interface."""
        return self.to_reader().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """Exports the schema by Arrow's C data interface; nothing runs."""
        return self._projected.__arrow_c_schema__()


def _settled(columns: Columns) -> dict[str, pc.Expression | None] | None:
    if columns is None:
        return None
    if isinstance(columns, str):
        raise ConfigurationError("columns must be a list of names, not one name")
    if isinstance(columns, Mapping):
        return dict(columns)
    if len(set(columns)) < len(columns):
        raise ConfigurationError("columns: a name is given twice")
    return dict.fromkeys(columns)


def _refuse(what: str, remedy: str) -> NoReturn:
    raise NotImplementedError(f"the dataset of a pipeline does not support {what}: {remedy}")


def _check_hints(hints: dict[str, Any]) -> None:
    for name in hints:
        if name not in _HINTS:
            raise TypeError(f"a scan of a pipeline has no option '{name}'")


def _unreadable(schema: pa.Schema) -> ds.Dataset:
    """Makes the child that Arrow's C++ code sees: a file whose name says what to do instead.

    Raising a Python error here would deadlock: it waits for the interpreter lock, which pyarrow
    holds while a scan begins.
    """
    fragment = ds.IpcFileFormat().make_fragment(_NO_FILE, LocalFileSystem())
    return ds.FileSystemDataset([fragment], schema, fragment.format, fragment.filesystem)
