"""What operators share that write other letters for bases and leave the lengths of reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.errors import SchemaError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


def require_unmeasured(schema: pa.Schema, operator: str) -> None:
    """Checks that no column has a measure of the bases, since it would be wrong.

    Args:
        schema: The schema of the reads.
        operator: The operator that changes the bases, for the message.

    Raises:
        SchemaError: A column was.
    """
    from biometal_stream.measured import MEASURES, added_by

    for measure in MEASURES.values():
        if measure.reads != "sequence" or measure.name == "length":
            continue
        for column in (measure.name, measure.sql):
            if column in schema.names:
                raise SchemaError(
                    f"{operator} changes the bases, and column '{column}' was made from them; put"
                    f" '{added_by(measure.name)}' after {operator}, or drop the column first"
                )


def bases_of(view: BatchView) -> NDArray[np.uint8]:
    """All bases of a batch, one read after another: ``uint8``, (bases,), read-only."""
    column = view.text("sequence")
    first, last = column.span
    bases: NDArray[np.uint8] = column.data[first:last]
    return bases


def with_bases(view: BatchView, bases: NDArray[np.uint8]) -> pa.RecordBatch:
    """The batch with other letters for its bases.

    Args:
        view: A view of all rows of a batch.
        bases: ``uint8``, as many as `bases_of` returns.
    """
    import pyarrow as pa

    from biometal_stream.columns import array_of

    batch = view.batch
    index = batch.schema.get_field_index("sequence")
    field = batch.schema.field(index)
    offsets = view.text("sequence").offsets
    return batch.set_column(index, field, array_of(field.type, offsets, pa.py_buffer(bases)))
