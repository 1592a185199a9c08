"""The pipeline: a value, and all the ways to run it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from biometal_stream.extras import need
from biometal_stream.joined import operators_of
from biometal_stream.pipeline.mates import Pairs
from biometal_stream.pipeline.writing import Writable
from biometal_stream.settings import check_names
from biometal_stream.sizes import number_of_bytes

if TYPE_CHECKING:
    from collections.abc import Generator

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from biometal_stream.joined import Joinable
    from biometal_stream.pipeline.dataset import PipelineDataset
    from biometal_stream.pipeline.records import Read
    from biometal_stream.reports.summary import Summary


class Options(TypedDict, total=False):
    """The options of `Pipeline.with_options`."""

    threads: int | None
    memory: int | str | None
    min_reads: int | None
    pairs: Pairs


@dataclass(frozen=True, repr=False)
class Pipeline(Writable):
    """What is read and what is done to it; nothing runs until it is asked for.

    Immutable: ``pipeline | operator`` is a new pipeline, and each can be run again as long as
    its source can be read again. It exports the Arrow C stream interface, so DuckDB, Polars
    and others read it as it is; those that ask for columns and rows better read its `dataset`.
    It can be pickled if its source and its operators can. In a notebook it shows itself as a table.
    Its attributes are those of `Recipe`.

    Raises:
        ConfigurationError: A number is of another type, or out of range.
        TypeError: One of the operators is not an operator.
    """

    def __repr__(self) -> str:
        from biometal_stream.pipeline.shown import pipeline_text

        return pipeline_text(self)

    def _repr_html_(self) -> str:
        from biometal_stream.pipeline.shown import pipeline_html

        return pipeline_html(self)

    def __or__(self, operator: Joinable) -> Pipeline:
        """Appends an operator, or several that are joined: ``reads | (MinLength(50) | Measure())``.

        Of a class whose settings all have defaults, such as ``Measure``, appends ``Measure()``.

        Raises:
            TypeError: It is not an operator.
        """
        return replace(self, operators=(*self.operators, *operators_of(operator)))

    def with_options(self, **options: Unpack[Options]) -> Pipeline:
        """Sets the options of the run. ``None`` is the default; what is not named stays.

        Args:
            options: ``threads``; ``memory``, in bytes or as text such as ``"512M"`` or ``"2GiB"``;
                ``min_reads``; ``pairs``, what a filter does to a pair of which it keeps one mate:
                ``"both"``, ``"either"`` or ``"split"``.

        Raises:
            ConfigurationError: A number is of another type, or out of range.
            TypeError: There is no such option.
        """
        check_names("with_options", options, Options.__annotations__)
        memory = options.get("memory")
        if memory is not None:
            options["memory"] = number_of_bytes("memory", memory)
        chosen: dict[str, Any] = {**options}
        return replace(self, **chosen)

    def learn(self) -> Pipeline:
        """Returns the pipeline with what its learners learn from the first reads.

        Each learner is replaced by what it learns, so that no run of the pipeline learns again, and
        engines that spread reads can run it. Reads as much of the input as that takes; a pipeline
        without learners is returned as it is, and reads nothing.

        Raises:
            ConfigurationError: An input can be read only once. Run such a pipeline as it is: a run
                learns from the first reads and loses none.
            SchemaError: An operator cannot work on what comes before it.
        """
        from biometal_stream.pipeline.teaching import teach

        operators, learnt = teach(self)
        return replace(self, operators=operators) if learnt else self

    def head(self, number: int = 5) -> pa.Table:
        """Runs until there are some reads, the first ones, and returns them as a table.

        To go on with a pipeline of the first reads, append `Head`: ``reads | Head(1000)``.

        Args:
            number: How many.

        Raises:
            ConfigurationError: It is not a whole number, or less than 0.
        """
        from biometal_stream.pipeline.collecting import first_rows

        return first_rows(self, number)

    def count(self) -> int:
        """Runs and counts the reads. Nothing is built that the operators do not need for that.

        Both mates of a pair count.
        """
        from biometal_stream.pipeline.collecting import count_rows

        return count_rows(self)

    def summary(self) -> Summary:
        """Runs and summarizes the reads: number, lengths, qualities, GC, further columns."""
        from biometal_stream.pipeline.collecting import summary_of

        return summary_of(self)

    def records(self) -> Generator[Read, None, None]:
        """Runs and yields reads one by one, for plain loops; closing the iterator ends the run.

        A batch at a time is a hundred times as fast: see `batches`. Mates 1 and 2 take turns.

        Raises:
            SchemaError: There is no column ``name`` or ``sequence``.
        """
        from biometal_stream.pipeline.records import records

        return records(self.schema, self.batches())

    def to_pandas(self) -> pd.DataFrame:
        """Runs, with the whole result in memory, and returns it as a frame of pandas.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        need("pandas", "pandas", "to_pandas()")
        return self.stream().read_all().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Runs, with the whole result in memory, and returns it as a frame of Polars.

        For a query that Polars plans as a whole see `biometal_stream.interop.polars`.

        Raises:
            MissingExtraError: Polars is not installed.
        """
        polars = need("polars", "polars", "to_polars()")
        frame: pl.DataFrame = polars.DataFrame(self.stream().read_all())
        return frame

    def batches(self) -> Generator[pa.RecordBatch, None, None]:
        """Runs and yields record batches in order; closing the iterator ends the run."""
        return self.execution().stream()

    def stream(self) -> pa.RecordBatchReader:
        """Runs and yields record batches, as Arrow's reader.

        The run ends with the last batch, or when the reader is let go of; its ``close`` does
        not reach the run. To end a run by a call, close what `batches` returns.
        """
        import pyarrow as pa

        from biometal_stream.pipeline.failures import watched

        execution = self.execution()
        return pa.RecordBatchReader.from_batches(execution.schema, watched(execution.stream()))

    def dataset(self) -> PipelineDataset:
        """Gives the pipeline as a `pyarrow.dataset.Dataset`; nothing runs until it is scanned.

        Engines that know pyarrow's datasets (DuckDB, Polars, DataFusion) then ask for the
        columns and rows that they need, and the others are not built. Each scan is a new run.

        Raises:
            SchemaError: An operator cannot work on what comes before it.
        """
        from biometal_stream.pipeline.dataset import PipelineDataset

        return PipelineDataset(self)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Runs and exports the batches by Arrow's C stream interface."""
        from biometal_stream.pipeline.failures import failing

        with failing():
            return self.stream().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """Exports the schema by Arrow's C data interface; nothing runs."""
        from biometal_stream.pipeline.failures import failing

        with failing():
            return self.schema.__arrow_c_schema__()
