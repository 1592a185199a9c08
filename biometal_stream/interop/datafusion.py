"""SQL functions for DataFusion, and operators on its frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from biometal_stream.extras import need
from biometal_stream.interop.calls import watched_call
from biometal_stream.interop.functions import FUNCTIONS
from biometal_stream.interop.streams import over_query
from biometal_stream.joined import operators_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from biometal_stream.joined import Joinable
    from biometal_stream.pipeline import Pipeline


def register(context: Any) -> dict[str, Any]:
    """Adds the functions of `biometal_stream.interop.functions` to a session.

    The functions take and return whole batches of 8,192 rows, in DataFusion's threads; null gives
    null. Registering them again changes nothing.

    Args:
        context: A ``datafusion.SessionContext``.

    Returns:
        The functions by name, for expressions:
        ``functions["mean_quality"](col("quality"))``.

    Raises:
        MissingExtraError: DataFusion is not installed, or too old.
    """
    datafusion = _need()
    functions = {
        function.name: datafusion.udf(
            watched_call(function),
            list(function.types),
            function.result,
            "immutable",
            function.name,
        )
        for function in FUNCTIONS
    }
    for function in functions.values():
        context.register_udf(function)
    return functions


def apply(frame: Any, *operators: Joinable) -> Pipeline:
    """Runs operators on the rows of a frame.

    Nothing runs before the pipeline is read; each read runs the frame again. Rows come in the order
    in which DataFusion returns them, which is fixed only for a sorted frame, and the pipeline's
    memory limits how many of them are held.

    Args:
        frame: What ``context.sql(...)`` or ``context.table(...)`` returns.
        operators: The operators to run, in order.

    Returns:
        A pipeline, to be written to a file, read as batches, or read by DataFusion again:
        ``context.register_dataset("kept", pipeline.dataset())``.

    Raises:
        MissingExtraError: DataFusion is not installed, or too old.
        SchemaError: The frame lacks a column that an operator needs.
    """
    _need()

    def run(_: list[str]) -> Iterator[pa.RecordBatch]:
        return (batch.to_pyarrow() for batch in frame.execute_stream())

    return over_query("the frame", frame.schema(), run, operators_of(*operators))


def _need() -> Any:
    return need("datafusion", "datafusion", "interop.datafusion", at_least="50")
