"""The compiled loop that finds all k-mers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.indexes.kernels.blocks import begin, broken, fill, pack, value_at
from biometal_stream.indexes.kernels.minimizers import BASE, COUNT, ROW
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import low_bits, trailing_zeros
from biometal_stream.simd.padding import padded_end
from biometal_stream.simd.words import WIDTH, Offset

_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)


@kernel(writes=("block", "pieces", "state", "values", "positions", "offsets"))
def find_kmers(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    k: np.uint64,
    block: NDArray[np.uint8],
    pieces: NDArray[np.int64],
    state: NDArray[np.int64],
    values: NDArray[np.uint64],
    positions: NDArray[np.int32],
    offsets: NDArray[np.int64],
) -> bool:
    """Finds the k-mers of rows, as long as there is room for those of a block.

    The arguments are those of `biometal_stream.indexes.kernels.minimizers.find_minimizers`.

    Returns:
        Whether all rows are done.
    """
    behind = padded_end(data)
    begin(block)
    row, base = np.uint64(state[ROW]), np.uint64(state[BASE])
    count = np.uint64(state[COUNT])
    filled = row
    rows = np.uint64(len(starts))
    while True:
        number, windows, next_row, next_base = fill(
            starts, stops, data, behind, k, row, base, block, pieces
        )
        if count + windows > np.uint64(len(values)):
            state[ROW], state[BASE], state[COUNT] = np.int64(row), np.int64(base), np.int64(count)
            while filled < row:
                filled += _ONE
                offsets[filled] = np.int64(count)
            return False
        row, base = next_row, next_base
        others = pack(block, np.uint64(pieces[_THREE * number + _TWO]))
        for piece in range(number):
            this = np.uint64(pieces[_THREE * piece])
            start = np.uint64(pieces[_THREE * piece + _TWO])
            shift = pieces[_THREE * piece + _ONE] - np.int64(start)
            end = np.uint64(pieces[_THREE * piece + _THREE + _TWO]) - k + _ONE
            while filled < this:
                filled += _ONE
                offsets[filled] = np.int64(count)
            at = start
            while at < end:
                found = low_bits(end - at)
                if others:
                    found &= ~broken(block, at, k)
                while found != _ZERO:
                    place = at + trailing_zeros(found)
                    found &= found - _ONE
                    values[count] = value_at(block, place, k)
                    if len(positions):
                        positions[count] = np.int32(np.int64(place) + shift)
                    count += _ONE
                at += _WIDTH
        if number == _ZERO:
            break
    while filled < rows:
        filled += _ONE
        offsets[filled] = np.int64(count)
    state[ROW], state[COUNT] = np.int64(row), np.int64(count)
    return True
