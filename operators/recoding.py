"""The check that operators share that write other letters for bases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.errors import SchemaError

if TYPE_CHECKING:
    import pyarrow as pa


def require_unmeasured(schema: pa.Schema, operator: str) -> None:
    """Checks that no column has a measure of the bases or k-mers, since it would be wrong.

    Args:
        schema: The schema of the reads.
        operator: The operator that changes the bases, for the message.

    Raises:
        SchemaError: A column was.
    """
    from biometal_stream.measured import MEASURES, added_by
    from biometal_stream.schemas.cutting import made_from_kmers

    made = {
        column: added_by(measure.name)
        for measure in MEASURES.values()
        if measure.reads == "sequence" and measure.name != "length"
        for column in (measure.name, measure.sql)
    } | dict(made_from_kmers(schema))
    for column, step in made.items():
        if column in schema.names:
            raise SchemaError(
                f"{operator} changes the bases, and column '{column}' was made from them; put"
                f" '{step}' after {operator}, or drop the column first"
            )
