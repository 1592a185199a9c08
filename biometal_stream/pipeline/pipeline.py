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
    import os
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
    statistics: bool


@dataclass(frozen=True, repr=False)
class Pipeline(Writable):
    """A source and the operators on its reads. Nothing runs until it is asked for.

    Immutable: ``pipeline | operator`` is a new pipeline. A pipeline can be run again if its source
    can be read again. It exports the Arrow C stream interface, so DuckDB, Polars and others read
    it directly; engines that push down columns and filters should read its `dataset`. It can be
    pickled if its source and its operators can. A notebook shows it as a table. Its attributes
    are those of `Recipe`.

    Raises:
        ConfigurationError: A number has the wrong type, or is out of range.
        TypeError: One of the operators is not an operator.
    """

    def __repr__(self) -> str:
        from biometal_stream.pipeline.shown import pipeline_text

        return pipeline_text(self)

    def _repr_html_(self) -> str:
        from biometal_stream.pipeline.shown import pipeline_html

        return pipeline_html(self)

    def __or__(self, operator: Joinable) -> Pipeline:
        """Appends an operator, or several joined ones: ``reads | (MinLength(50) | Measure())``.

        A class can stand for an instance with default settings: ``Measure`` for ``Measure()``.

        Raises:
            TypeError: It is not an operator.
        """
        return replace(self, operators=(*self.operators, *operators_of(operator)))

    def with_options(self, **options: Unpack[Options]) -> Pipeline:
        """Sets options of the run. ``None`` sets the default; other options are left unchanged.

        Args:
            options: ``threads``; ``memory``, in bytes or as text such as ``"512M"`` or ``"2GiB"``;
                ``min_reads``; ``pairs``, what a filter does to a pair if it keeps only one mate:
                ``"both"``, ``"either"`` or ``"split"``; ``statistics``, whether reports have times.

        Raises:
            ConfigurationError: A number has the wrong type, or is out of range.
            TypeError: There is no such option.
        """
        check_names("with_options", options, Options.__annotations__)
        memory = options.get("memory")
        if memory is not None:
            options["memory"] = number_of_bytes("memory", memory)
        chosen: dict[str, Any] = {**options}
        return replace(self, **chosen)

    def learn(self) -> Pipeline:
        """Returns the pipeline with its learners replaced by what they learn from the first reads.

        Runs of the new pipeline do not learn again, and engines that spread reads can run it.
        Reads only as much of the input as the learners need. A pipeline without learners is
        returned unchanged, and nothing is read.

        Raises:
            ConfigurationError: An input can be read only once. Run such a pipeline as it is: a run
                learns from the first reads and keeps them.
            SchemaError: An operator cannot work on what comes before it.
        """
        from biometal_stream.pipeline.teaching import teach

        operators, learnt = teach(self)
        return replace(self, operators=operators) if learnt else self

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the pipeline as a TOML file; `biometal_stream.load_pipeline` reads it.

        The file has the inputs by name, the operators with all their settings, and the options
        of the run except ``statistics``. To save what learners learn, save what `learn` returns.

        Args:
            path: The file, which is complete or unchanged.

        Raises:
            ConfigurationError: The source reads something other than named files, or a setting
                cannot be typed on a command line.
            SinkError: The file cannot be written.
        """
        from biometal_stream.pipeline.saved import save

        save(self, path)

    def head(self, number: int = 5) -> pa.Table:
        """Returns the first reads as a table. The run goes no further than needed.

        To continue a pipeline with the first reads, append `Head`: ``reads | Head(1000)``.

        Args:
            number: How many reads.

        Raises:
            ConfigurationError: It is not a whole number, or is negative.
        """
        from biometal_stream.pipeline.collecting import first_rows

        return first_rows(self, number)

    def count(self) -> int:
        """Runs and counts the reads. Builds only the columns that the operators need.

        Both mates of a pair count.
        """
        from biometal_stream.pipeline.collecting import count_rows

        return count_rows(self)

    def summary(self) -> Summary:
        """Runs and summarizes the reads: number, lengths, qualities, GC and other columns."""
        from biometal_stream.pipeline.collecting import summary_of

        return summary_of(self)

    def records(self) -> Generator[Read, None, None]:
        """Runs and yields single reads, for plain loops; closing the iterator ends the run.

        `batches` is a hundred times as fast. Mates 1 and 2 alternate.

        Raises:
            SchemaError: There is no column ``name`` or ``sequence``.
        """
        from biometal_stream.pipeline.records import records

        return records(self.schema, self.batches())

    def to_pandas(self) -> pd.DataFrame:
        """Runs and returns the whole result as a pandas data frame.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        need("pandas", "pandas", "to_pandas()")
        return self.stream().read_all().to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Runs and returns the whole result as a Polars data frame.

        For a lazy query that Polars optimizes, see `biometal_stream.interop.polars`.

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
        """Runs and returns the record batches as an Arrow reader.

        The run ends with the last batch, or when the reader is deleted; its ``close`` does not
        reach the run. To end a run explicitly, close the iterator that `batches` returns.
        """
        import pyarrow as pa

        from biometal_stream.pipeline.failures import watched

        execution = self.execution()
        return pa.RecordBatchReader.from_batches(execution.schema, watched(execution.stream()))

    def dataset(self) -> PipelineDataset:
        """Returns the pipeline as a `pyarrow.dataset.Dataset`. Nothing runs until it is scanned.

        Engines that support pyarrow datasets (DuckDB, Polars, DataFusion) request only the columns
        and rows that they need, and only those are built. Each scan is a new run.

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
