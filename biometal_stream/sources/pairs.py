"""Tells by their names which reads are mates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from biometal_stream.sources.kernels import first_stranger

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MARKS = (b"/", b".", b"_")
_MARKED_1 = r"([/._])1$"
_MARKED_2 = r"\12"


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
    wanted = pc.replace_substring_regex(ones, _MARKED_1, _MARKED_2)
    codes = pa.concat_arrays([wanted, twos]).dictionary_encode()
    numbers = codes.indices.to_numpy()
    return numbers[: len(ones)], numbers[len(ones) :], len(codes.dictionary)
