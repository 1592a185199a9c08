"""Operators on the results of an engine's query."""

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
    """Starts a pipeline that reads a query, which runs each time that the pipeline runs.

    Args:
        title: What the rows are, for messages.
        schema: The schema of the rows.
        run: Runs the query, given the names of the columns that are needed; there may be others.
        operators: The operators to run, in order.

    Raises:
        SchemaError: The query lacks a column that an operator needs.
    """
    pipeline = Pipeline(ExportedSource(title, schema, run), operators)
    pipeline.schema  # noqa: B018 - raises here, where the caller sees it
    return pipeline
