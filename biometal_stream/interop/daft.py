"""Batch functions for Daft, and operators on its frames."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from biometal_stream.errors import SchemaError
from biometal_stream.extras import need
from biometal_stream.interop.cached import LentOperators
from biometal_stream.interop.functions import FUNCTIONS, ColumnFunction
from biometal_stream.joined import operators_of
from biometal_stream.pipeline.chain import is_member
from biometal_stream.pipeline.value import fold_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from biometal_stream.joined import Joinable

_ROW = "biometal_stream.row"
"""The column that says which rows of a batch are left."""


def register(session: Any = None) -> dict[str, Any]:
    """Adds the functions of `biometal_stream.interop.functions` to Daft's SQL.

    The functions take and return whole batches, in Daft's threads or processes; null gives null.
    They replace functions of the session with the same names.

    Args:
        session: A ``daft.Session``; by default the current one.

    Returns:
        The functions by name, for expressions:
        ``functions["mean_quality"](col("quality"))``. A model is given by its plain name. A
        result is named after its function.

    Raises:
        MissingExtraError: Daft is not installed, or too old.
    """
    daft = _need()
    session = daft.current_session() if session is None else session
    functions = {}
    for function in FUNCTIONS:
        batch_function = _batch_function(function)
        session.detach_function(function.name)
        session.attach_function(batch_function, function.name)
        functions[function.name] = _named(batch_function, function.name)
    return functions


def _batch_function(function: ColumnFunction) -> Any:
    import daft

    def call(*columns):  # type: ignore[no-untyped-def] # noqa: ANN002, ANN202
        constants = (str, int)
        given = [each if isinstance(each, constants) else each.to_arrow() for each in columns]
        rows = max((len(each) for each in given if not isinstance(each, constants)), default=1)
        # A literal of SQL is a column of one row.
        given = [
            pa.repeat(each[0], rows) if not isinstance(each, constants) and len(each) == 1 else each
            for each in given
        ]
        return function(*given)

    call.__name__ = function.name
    dtype = daft.DataType.from_arrow_type(function.result)
    return daft.func.batch(return_dtype=dtype)(call)


def _named(batch_function: Any, name: str) -> Callable[..., Any]:
    # Daft names a result after the first column. If another function in the same query reads that
    # column, it then gets the result instead (0.7.26).
    return lambda *columns: batch_function(*columns).alias(name)


def apply(frame: Any, *operators: Joinable) -> Any:
    """Runs operators on the rows of a frame.

    Nothing runs before the frame is collected; rows come batch by batch, wherever Daft runs them
    and in its order. Daft may separate the mates of a pair, which is an error: drop the column
    ``mate`` first to treat the reads as single.

    Args:
        frame: A ``daft.DataFrame``.
        operators: The operators to run, in order. Labels become plain text, since Daft does not
            support dictionaries.

    Raises:
        MissingExtraError: Daft is not installed, or too old.
        SchemaError: The frame lacks a column that an operator needs.
        ConfigurationError: An operator needs all rows in order.
    """
    steps = operators_of(*operators)
    daft = _need()
    groups = [LentOperators(tuple(group), "Daft") for _, group in groupby(steps, is_member)]
    schema = fold_schema(frame.schema().to_pyarrow_schema(), steps)
    fields = [field.with_type(_plain(field.type)).with_nullable(True) for field in schema]

    def transform(rows):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        return _kept(rows.to_arrow(), groups, fields)

    dtype = daft.DataType.from_arrow_type(pa.struct(fields))
    reads = daft.functions.to_struct(*(daft.col(name) for name in frame.column_names))
    left = frame.select(daft.func.batch(return_dtype=dtype)(transform)(reads).alias(_ROW))
    left = left.where(daft.col(_ROW).not_null())
    return left.select(daft.functions.unnest(daft.col(_ROW)))


def _kept(
    rows: pa.StructArray,
    groups: Sequence[LentOperators],
    fields: list[pa.Field],
) -> pa.StructArray:
    """Transforms rows; dropped rows become null, since Daft requires the same number back."""
    batch = pa.RecordBatch.from_struct_array(rows)
    left = np.arange(len(rows))
    for group in groups:
        numbers = pa.array(np.arange(batch.num_rows))
        found = group(batch.append_column(_ROW, numbers))
        if _ROW in found.schema.names:
            left = left[found.column(_ROW).to_numpy()]
            found = found.drop_columns([_ROW])
        elif found.num_rows != batch.num_rows:
            raise SchemaError(
                "an operator drops both columns and rows, which Daft does not support"
            )
        batch = found
    columns = [column.cast(field.type) for column, field in zip(batch.columns, fields, strict=True)]
    structs = pa.StructArray.from_arrays(columns, fields=fields)
    places = np.zeros(len(rows), np.int64)
    places[left] = np.arange(len(left))
    dropped = np.ones(len(rows), np.bool_)
    dropped[left] = False
    return structs.take(pa.array(places, mask=dropped))


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _need() -> Any:
    return need("daft", "daft", "interop.daft", at_least="0.7")
