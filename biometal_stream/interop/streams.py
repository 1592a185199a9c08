"""What an engine's query yields, as the source of a pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.pipeline import Pipeline

if TYPE_CHECKING:
    import pyarrow as pa

    from biometal_stream.interfaces import Operator


@dataclass(frozen=True)
class QuerySource:
    """The rows of a query, which is run each time that they are read.

    Attributes:
        schema: Of the rows.
        run: Runs the query.
    """

    schema: pa.Schema
    run: Callable[[], Iterable[pa.RecordBatch]]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Runs the query and yields its batches."""
        yield from self.run()


def over_query(source: QuerySource, operators: tuple[Operator, ...]) -> Pipeline:
    """Starts a pipeline that reads a query.

    Raises:
        SchemaError: The query lacks a column that an operator reads.
    """
    pipeline = Pipeline(source, operators)
    pipeline.schema  # noqa: B018 - raises here, where the caller sees it
    return pipeline
