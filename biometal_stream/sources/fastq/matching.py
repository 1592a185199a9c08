"""Compares the names of many reads together, by the rule for mates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from biometal_stream.columns import array_of, buffers_of
from biometal_stream.mates.kernels import first_mispaired, first_unlike, name_mates
from biometal_stream.sources.text.columns import MATE_MARK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.mates.names import Separator


def match_names(ones: pa.RecordBatch, twos: pa.RecordBatch, separator: Separator) -> int:
    """Counts the rows before the first whose reads are not mates.

    Args:
        ones: Mates 1, with their names and marks.
        twos: Mates 2, the same number.
        separator: From `shown_separator`.
    """
    rows = ones.num_rows
    order = pa.array(np.arange(2 * rows).reshape(2, rows).T.ravel())
    name, mark = (
        pa.concat_arrays([ones.column(column), twos.column(column)]).take(order)
        for column in ("name", MATE_MARK)
    )
    offsets, data = buffers_of(name)
    marks = mark.to_numpy()
    number = np.uint64(2 * rows)
    return int(first_mispaired(offsets, data, marks, np.uint8(ord(separator)), number)) // 2


def mate_codes(
    ones: pa.RecordBatch, twos: pa.RecordBatch, separator: Separator
) -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """Numbers names so that two reads are mates if their numbers are equal and not negative.

    Args:
        ones: Reads in the place of mate 1, with their names and marks.
        twos: Reads in the place of mate 2.
        separator: From `shown_separator`.

    Returns:
        For each of ``ones`` the number of the name that its mate must have; for each of ``twos``
        the number of its own name; both negative if the read cannot have a mate; and the count
        of numbers.
    """
    own = _without(twos.column("name"), twos.column(MATE_MARK).to_numpy() == 1)
    codes = pa.concat_arrays([_mate_names(ones, separator), own]).dictionary_encode()
    numbers = codes.indices.fill_null(-1).to_numpy()
    return numbers[: len(ones)], numbers[len(ones) :], len(codes.dictionary)


def match_index(reads: pa.RecordBatch, index: pa.RecordBatch, separator: Separator) -> int:
    """Counts the rows before the first index read that is not of its read.

    Args:
        reads: The reads, or mates 1, with their names.
        index: The index reads, the same number.
        separator: From `shown_separator`.
    """
    (offsets, data), (others, other_data) = (
        buffers_of(each.column("name")) for each in (reads, index)
    )
    rows, one = np.uint64(reads.num_rows), np.uint64(1)
    mark = np.uint8(ord(separator))
    return int(first_unlike(offsets, data, one, others, other_data, mark, rows))


def index_codes(
    reads: pa.RecordBatch, index: pa.RecordBatch, separator: Separator
) -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """Numbers names, as `mate_codes` does, so that index reads have the numbers of their reads."""
    names = pa.concat_arrays([reads.column("name"), index.column("name")])
    numbered = f"[/{separator}][1-4]$"
    codes = pc.replace_substring_regex(names, numbered, "").dictionary_encode()
    numbers = codes.indices.to_numpy()
    return numbers[: len(reads)], numbers[len(reads) :], len(codes.dictionary)


def _mate_names(ones: pa.RecordBatch, separator: Separator) -> pa.Array:
    """The name that mate 2 must have for each mate 1; null if it cannot have a mate."""
    names = ones.column("name")
    offsets, data = buffers_of(names)
    changed = data.copy()
    alone = np.empty(len(names), np.bool_)
    marks = ones.column(MATE_MARK).to_numpy()
    name_mates(offsets, changed, marks, np.uint8(ord(separator)), alone)
    return _without(array_of(pa.string(), offsets, pa.py_buffer(changed)), alone)


def _without(names: pa.Array, rows: NDArray[np.bool_]) -> pa.Array:
    """The names, with nulls in some rows."""
    return pc.if_else(pa.array(rows), pa.scalar(None, pa.string()), names)
