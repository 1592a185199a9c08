"""Operators over what an engine's query yields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from biometal_stream.pipeline import Pipeline
from biometal_stream.sources.arrow.exported import ExportedSource

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator


def over_query(
    title: str,
    schema: pa.Schema,
    run: Callable[[list[str]], Iterable[pa.RecordBatch]],
    operators: tuple[Operator, ...],
) -> Pipeline:
    """Starts a pipeline that reads a query, which is run each time that the pipeline is.

    Args:
        title: What the rows are, for messages.
        schema: Of the rows.
        run: Runs the query, for the names of the columns that are taken; others may come too.
        operators: What is done to the rows, in order.

    Raises:
        SchemaError: The query lacks a column that an operator reads.
    """
    pipeline = Pipeline(ExportedSource(title, schema, run), operators)
    pipeline.schema  # noqa: B018 - raises here, where the caller sees it
    return pipeline
