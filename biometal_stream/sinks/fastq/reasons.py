"""Adds the reason for its rejection to the description of each read."""

from __future__ import annotations

import pyarrow as pa

WORD = "reason="
"""What precedes the reason in most descriptions."""

TAG = "\txr:Z:"
"""What precedes it after SAM tags; lowercase tags are for local use (SAMtags 1.1)."""

_ENDS_IN_TAG = r"(^|\t)[A-Za-z][A-Za-z0-9]:[AifZHB]:[^\t]*$"


def with_reason(batch: pa.RecordBatch, column: str) -> pa.RecordBatch:
    """Adds a column of reasons to the descriptions, and drops the column.

    A description that ends in a SAM tag, as written by dorado and ``samtools fastq -T``, gets
    a tag, ``xr:Z:min-length``; others get ``reason=min-length`` after a space.

    Args:
        batch: Reads, with or without a column ``description``.
        column: The text column with the reasons; it has no nulls.
    """
    import pyarrow.compute as pc

    reasons = batch.column(column).cast(pa.string())
    words = pc.binary_join_element_wise(WORD, reasons, "")
    at = batch.schema.get_field_index("description")
    bare = batch.drop_columns([column])
    if at < 0 or pa.types.is_null(batch.schema.field(at).type):
        if at >= 0:
            bare = bare.drop_columns(["description"])
        return bare.append_column("description", words)
    described = batch.column(at).cast(pa.string())
    tagged = pc.fill_null(pc.match_substring_regex(described, _ENDS_IN_TAG), False)
    added = pc.if_else(
        tagged,
        pc.binary_join_element_wise(TAG, reasons, ""),
        pc.binary_join_element_wise(" ", words, ""),
    )
    empty = pc.equal(pc.fill_null(described, ""), "")
    joined = pc.if_else(empty, words, pc.binary_join_element_wise(described, added, ""))
    place = bare.schema.get_field_index("description")
    field = pa.field("description", pa.string())
    return bare.set_column(place, field, joined)
