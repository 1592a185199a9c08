"""A pipeline as a lazy frame of Polars."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from biometal_stream.extras import need
from biometal_stream.pipeline.failures import watched
from biometal_stream.pipeline.scan import Scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from biometal_stream.pipeline import Pipeline


def scan(pipeline: Pipeline) -> pl.LazyFrame:
    """Returns a lazy frame that runs a pipeline when it is collected.

    Polars passes on the query's columns, and only these are made; its row limit, at which the run
    ends; its batch size; and its filter, which Polars' own code applies batch by batch. Each
    collection is a new run. The run reads ahead only as far as the pipeline's memory allows; Polars
    manages the memory of the query. An error of the run is raised unchanged; old versions of Polars
    wrap it (see `biometal_stream.interop.own_errors`).

    Args:
        pipeline: The pipeline to run.

    Raises:
        MissingExtraError: Polars is not installed, or too old.
        SchemaError: An operator cannot use the output of the one before it.
    """
    need("polars", "polars", "scan", at_least="1.31")
    import polars as pl
    from polars.io.plugins import register_io_source

    def batches(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        # Columns needed only by the predicate are among those that Polars requests.
        taken = pipeline if columns is None else pipeline | Scan(dict.fromkeys(columns))
        with closing(watched(taken.execution().stream())) as stream:
            for batch in stream:
                frame = pl.DataFrame(batch)
                if rows is not None:  # before the filter
                    frame = frame.head(rows)
                    rows -= frame.height
                if predicate is not None:
                    frame = frame.filter(predicate)
                yield from frame.iter_slices(size) if size else (frame,)
                if rows == 0:
                    return

    return register_io_source(batches, schema=pl.DataFrame(pipeline.schema.empty_table()).schema)
