"""Checks that reads are pairs, before any data flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.errors import SchemaError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

NEEDS = ("sequence", "quality")
"""The string columns in which mates are compared."""


def require_pairs(schema: pa.Schema, step: str) -> None:
    """Checks that there are bases, qualities and mates.

    Raises:
        SchemaError: A column is missing, or has another type.
    """
    from biometal_stream.schemas import require_text

    require_text(schema, NEEDS, step)
    if not schema.get_all_field_indices("mate"):
        raise SchemaError(
            f"{step} compares the mates of pairs, and needs the column 'mate'; the reads are"
            " single: read mates with --mate or --interleaved (mate= or interleaved= in Python)"
        )


def pairs_of(view: BatchView, step: str) -> tuple[BatchView, slice | NDArray[np.bool_]]:
    """The pairs of a view, without reads that two mates were merged to.

    Returns:
        Their view, and which rows of the whole view they are: all, or (num_rows,).

    Raises:
        DataError: Some reads have lost their mates.
    """
    merged, pairs = view.merged, view.unmerged()
    require_unmerged(pairs, step)
    return pairs, slice(None) if merged is None else ~merged


def require_unmerged(view: BatchView, step: str) -> None:
    """Checks that each read of a batch is next to its mate.

    Raises:
        DataError: Some do not.
    """
    from biometal_stream.errors import DataError

    if not view.paired:
        raise DataError(
            f"{step} compares the mates of pairs, and some reads have lost theirs, or are merged"
            f" with them; put {step} before that step"
        )
