"""Adds to the description of each read why it was rejected."""

from __future__ import annotations

import pyarrow as pa

WORD = "reason="
"""What stands before the reason in most descriptions."""

TAG = "\txr:Z:"
"""What stands before it after SAM tags; tags with lower case are for local use (SAMtags 1.1)."""

_ENDS_IN_TAG = r"(^|\t)[A-Za-z][A-Za-z0-9]:[AifZHB]:[^\t]*$"


def with_reason(batch: pa.RecordBatch, column: str) -> pa.RecordBatch:
    """Adds a column of reasons to the descriptions, and drops it.

    A description that ends in a SAM tag, as those of dorado and of ``samtools fastq -T`` do, gets
    a tag, ``xr:Z:min-length``; others get ``reason=min-length`` after a space.

    Args:
        batch: Reads, with or without a column ``description``.
        column: The column of text that holds the reasons, none of which is null.
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
