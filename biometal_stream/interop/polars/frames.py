"""Operators on the frames of Polars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from biometal_stream.extras import need
from biometal_stream.interop.cached import LentOperators
from biometal_stream.joined import operators_of
from biometal_stream.pipeline.value import fold_schema

if TYPE_CHECKING:
    import polars as pl

    from biometal_stream.joined import Joinable


def apply(frame: pl.LazyFrame, *operators: Joinable) -> pl.LazyFrame:
    """Runs operators on the rows of a lazy frame.

    Nothing runs before the frame is collected. With ``collect(engine="streaming")`` the rows come
    chunk by chunk, in several threads, and stay in order. Mates of pairs must stay together: with
    a column ``mate`` all rows come at once, and must fit in memory.

    Args:
        frame: The frame. For an eager frame use ``apply(frame.lazy(), ...).collect()``.
        operators: The operators to run, in order.

    Raises:
        MissingExtraError: Polars is not installed, or too old.
        SchemaError: The frame lacks a column that an operator needs.
        ConfigurationError: An operator needs all rows in order.
    """
    steps = operators_of(*operators)
    need("polars", "polars", "interop.polars", at_least="1.31")
    import polars as pl

    function = LentOperators(steps, "Polars")
    schema = _arrow(frame.collect_schema().to_frame()).schema
    columns = _frame(fold_schema(schema, steps).empty_table()).schema

    def transform(rows: pl.DataFrame) -> pl.DataFrame:
        table = _arrow(rows)
        if not rows.height:
            return pl.DataFrame(schema=columns)
        batches = [function(batch) for batch in table.combine_chunks().to_batches()]
        return _frame(pa.Table.from_batches(batches))

    return frame.map_batches(
        transform,
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
        schema=columns,
        streamable="mate" not in schema.names,
    )


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow()


def _frame(table: pa.Table) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(table)
