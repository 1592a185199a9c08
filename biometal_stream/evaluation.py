"""Evaluates Arrow expressions on the rows of a batch: for `Where` and the filters of datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import acero

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow.compute as pc


def evaluate(expressions: Sequence[pc.Expression], batch: pa.RecordBatch) -> list[pa.Array]:
    """Evaluates expressions in each row.

    Args:
        expressions: Expressions over the columns of the batch.
        batch: The rows; may have no columns.

    Returns:
        The values of each expression, (num_rows,).

    Raises:
        pyarrow.ArrowInvalid: A column does not exist, or a value cannot be computed, such as a
            sum that is too large.
        pyarrow.ArrowNotImplementedError: A function does not support the types.
        pyarrow.ArrowTypeError: Likewise.
    """
    if not batch.num_columns:  # a table without columns has no rows
        batch = pa.RecordBatch.from_arrays([pa.nulls(batch.num_rows)], [""])
    source = acero.TableSourceNodeOptions(pa.Table.from_batches([batch]))
    numbers = [str(number) for number in range(len(expressions))]
    plan = acero.Declaration.from_sequence(
        [
            acero.Declaration("table_source", source),
            acero.Declaration("project", acero.ProjectNodeOptions(list(expressions), numbers)),
        ]
    )
    table = plan.to_table(use_threads=False)
    return [column.combine_chunks() for column in table.columns]
