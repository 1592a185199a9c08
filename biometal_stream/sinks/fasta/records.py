"""Formats rows as FASTA records."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from biometal_stream.simd.bases import IUPAC
from biometal_stream.sinks.fasta.kernels import format_records
from biometal_stream.sinks.fastq.kernels import GOOD, PADDING
from biometal_stream.sinks.fastq.records import Texts, bad_row

_ROW_BYTES = 4  # >, a space, the header's newline and one in the sequence
_WHOLE = 2**31  # longer than any sequence of a batch


def format_batches(
    batches: list[pa.RecordBatch], *, mate: int = 0, line_width: int = 0
) -> memoryview:
    """Formats rows as FASTA.

    Args:
        batches: With text columns name and sequence, and maybe description; with ``mate`` if
            that is not 0.
        mate: 1 or 2 for the rows of that mate only, 0 for all.
        line_width: The number of bases per line, 0 for the whole sequence on one line.

    Returns:
        The text.

    Raises:
        DataError: A row is not a valid FASTA record. The message names it.
    """
    width = line_width or _WHOLE
    texts = [
        Texts(batch, mated=mate != 0, title="FASTA", quality=False)
        for batch in batches
        if batch.num_rows
    ]
    room = sum(text.nbytes + _ROW_BYTES * text.rows + text.nbytes // width for text in texts)
    buffer = pa.allocate_buffer(room + PADDING)
    out = np.frombuffer(buffer, np.uint8)
    to = np.uint64(0)
    for text in texts:
        to, row, fault = format_records(
            *text.name,
            *text.description,
            text.described,
            *text.sequence,
            text.mates,
            np.int8(mate),
            np.uint64(width),
            IUPAC,
            out,
            np.uint64(to),
        )
        if fault != GOOD:
            raise bad_row(text.batch, int(row), fault)
    return memoryview(buffer)[: int(to)]
