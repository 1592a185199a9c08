"""The compiled loop that lays out FASTA records.

Texts are read-only ``uint8`` arrays of one dimension, of which no byte past the end is read. The
output must be writable for 64 bytes past the end of what it is to hold.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.loops import leads_to_tab
from biometal_stream.simd.words import Word
from biometal_stream.sinks.fastq.kernels import (
    BAD_DESCRIPTION,
    BAD_NAME,
    BAD_SEQUENCE,
    GOOD,
    copy_bases,
    copy_line,
    copy_name,
)

_NEWLINE = np.uint8(ord("\n"))
_RETURN = np.uint8(ord("\r"))
_SPACE = np.uint8(ord(" "))
_HEADER = np.uint8(ord(">"))
_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel(writes=("out",))
def format_records(
    name_offsets: NDArray[np.int32],
    names: NDArray[np.uint8],
    description_offsets: NDArray[np.int32],
    descriptions: NDArray[np.uint8],
    described: NDArray[np.uint8],
    sequence_offsets: NDArray[np.int32],
    sequences: NDArray[np.uint8],
    mates: NDArray[np.int8],
    mate: np.int8,
    width: Word,
    iupac: NDArray[np.bool_],
    out: NDArray[np.uint8],
    to: Word,
) -> tuple[Word, Word, int]:
    r"""Writes rows as FASTA records, ``>name description\nsequence\n``.

    A description whose first byte that is no space is a tab follows the name at once, any other
    after a space. An empty sequence is an empty line.

    Args:
        name_offsets: ``int32``, (rows + 1,).
        names: The bytes they point into; likewise for the other columns.
        description_offsets: ``int32``, (rows + 1,).
        descriptions: See ``names``.
        described: ``uint8``, (rows,): 0 where the description is null.
        sequence_offsets: ``int32``, (rows + 1,).
        sequences: See ``names``.
        mates: ``int8``, (rows,), or (0,) when ``mate`` is 0.
        mate: The mate whose rows to write; 0 for all.
        width: The bases on a line, at least 1.
        iupac: ``bool``, (256,): which bytes are bases.
        out: Room for all rows' bytes, 4 more a row, a byte a line of bases, and 64.
        to: Where in it to begin.

    Returns:
        Where the records end, the first bad row (the number of rows when there is none), and
        its fault, as of `biometal_stream.sinks.fastq.kernels`.
    """
    rows = np.uint64(len(name_offsets) - 1)
    for row in range(rows):
        if mate != np.int8(0) and mates[row] != mate:
            continue
        name = np.uint64(name_offsets[row])
        name_end = np.uint64(name_offsets[row + _ONE])
        out[to] = _HEADER
        to += _ONE
        if not copy_name(out, to, names, name, name_end):
            return to, row, BAD_NAME
        to += name_end - name
        if described[row]:
            description = np.uint64(description_offsets[row])
            description_end = np.uint64(description_offsets[row + _ONE])
            if not leads_to_tab(descriptions, description, description_end):
                out[to] = _SPACE
                to += _ONE
            if not copy_line(out, to, descriptions, description, description_end):
                return to, row, BAD_DESCRIPTION
            if description < description_end and descriptions[description_end - _ONE] == _RETURN:
                return to, row, BAD_DESCRIPTION
            to += description_end - description
        out[to] = _NEWLINE
        to += _ONE
        first = np.uint64(sequence_offsets[row])
        sequence_end = np.uint64(sequence_offsets[row + _ONE])
        while True:
            end = min(first + width, sequence_end)
            if not copy_bases(out, to, sequences, first, end, iupac):
                return to, row, BAD_SEQUENCE
            to += end - first
            out[to] = _NEWLINE
            to += _ONE
            first = end
            if first >= sequence_end:
                break
    return to, rows, GOOD
