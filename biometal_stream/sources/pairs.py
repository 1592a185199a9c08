"""Tells by their names which reads are mates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.sources.kernels import first_stranger

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MARKS = (b"/", b".", b"_")


def text_buffers(column: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """The offsets and the bytes of a column of ``string``."""
    _, offsets, data = column.buffers()
    first = column.offset
    bounds = np.frombuffer(offsets, np.int32)[first : first + len(column) + 1]
    return bounds, np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)


def match_names(ones: pa.RecordBatch, twos: pa.RecordBatch) -> int:
    """Counts the rows before the first whose names are not those of mates.

    Args:
        ones: Mates 1.
        twos: Mates 2, as many.
    """
    rows = ones.num_rows
    order = np.arange(2 * rows).reshape(2, rows).T.ravel()
    names = pa.concat_arrays([ones.column("name"), twos.column("name")]).take(pa.array(order))
    offsets, data = text_buffers(names)
    return int(first_stranger(offsets, data, np.uint64(2 * rows))) // 2


def are_mates(one: bytes, two: bytes) -> bool:
    """Tells of two names what `first_stranger` tells of many."""
    if one == two:
        return True
    ends = (one[-1:], two[-1:])
    return ends == (b"1", b"2") and one[:-1] == two[:-1] and one[-2:-1] in _MARKS


def mate_codes(ones: pa.Array, twos: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """Numbers names so that two reads are mates where their numbers are equal.

    Args:
        ones: Names in the place of mate 1.
        twos: Names in the place of mate 2.

    Returns:
        For each of ``ones`` the number of the name that its mate must have, for each of ``twos``
        that of its own, and how many numbers there are.
    """
    codes = pa.concat_arrays([_as_mates_2(ones), twos]).dictionary_encode()
    numbers = codes.indices.to_numpy()
    return numbers[: len(ones)], numbers[len(ones) :], len(codes.dictionary)


def _as_mates_2(ones: pa.Array) -> pa.Array:
    """The names, with the marks of mates 1 made those of mates 2."""
    offsets, data = text_buffers(ones)
    if not len(data):
        return ones
    last = offsets[1:] - 1
    marked = np.flatnonzero(np.diff(offsets) > 1)
    marked = marked[data[last[marked]] == ord("1")]
    marked = marked[np.isin(data[last[marked] - 1], np.frombuffer(b"".join(_MARKS), np.uint8))]
    changed = data.copy()
    changed[last[marked]] = ord("2")
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(changed)]
    return pa.Array.from_buffers(pa.string(), len(ones), buffers)
