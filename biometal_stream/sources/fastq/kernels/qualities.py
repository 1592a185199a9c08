"""The compiled loops over quality lines: what they hold, and their translation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Word
from biometal_stream.sources.fastq.kernels.lines import (
    AT,
    FIRST_QUALITY,
    LAST_QUALITY,
    PLUS,
    Bytes,
    Ends,
)
from biometal_stream.sources.text.kernels import stripped

_LEAST_OLD = np.uint8(ord(";"))  # of qualities that are not Phred+33
_TAIL = np.uint8(ord("B"))
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_FOUR = np.uint64(4)


@kernel(writes=("counts",))
def count_qualities(
    text: Bytes, ends: Ends, start: Word, lines: Word, counts: NDArray[np.int64]
) -> tuple[Word, Word]:
    """Counts the bytes of quality lines, up to one that is of Phred+33 alone.

    A quality line is as long as the line two before it; before that stands one with ``@``, and
    after it one with ``+``. Bytes that cannot be a quality are not counted.

    Args:
        text: The bytes.
        ends: The ends of the lines, from `find_lines`.
        start: Where the first line starts.
        lines: The number of lines to look at.
        counts: ``int64``, (256,), to which the bytes are added.

    Returns:
        The number of ``B`` followed by nothing but others in their read, and the reads that
        end in two or more of them.
    """
    tails = _ZERO
    tailed = _ZERO
    line = _ZERO
    header = start
    while line + _FOUR <= lines:
        sequence = np.uint64(ends[line]) + _ONE
        plus = np.uint64(ends[line + _ONE]) + _ONE
        quality = np.uint64(ends[line + _TWO]) + _ONE
        sequence_end = stripped(text, sequence, plus - _ONE)
        end = stripped(text, quality, np.uint64(ends[line + _THREE]))
        is_record = text[header] == AT and text[plus] == PLUS
        if not is_record or end - quality != sequence_end - sequence:
            header = sequence
            line += _ONE
            continue
        for index in range(quality, end):
            byte = text[index]
            if FIRST_QUALITY <= byte <= LAST_QUALITY:
                counts[byte] += 1
                if byte < _LEAST_OLD:
                    return tails, tailed
        tail = end
        while tail > quality and text[tail - _ONE] == _TAIL:
            tail -= _ONE
        tails += end - tail
        tailed += np.uint64(end - tail > _ONE)
        header = np.uint64(ends[line + _THREE]) + _ONE
        line += _FOUR
    return tails, tailed


@kernel(writes=("values",))
def translate(values: Bytes, count: Word, table: Bytes) -> Word:
    """Replaces each byte by its entry in a table, in place.

    Args:
        values: ``uint8``, (count or more,).
        count: How many.
        table: ``uint8``, (256,); 0 for bytes that have no translation.

    Returns:
        The index of the first byte without translation, left as it was; ``count`` where none is.
    """
    for index in range(count):
        value = table[values[index]]
        if value == np.uint8(0):
            return index
        values[index] = value
    return count
