"""The compiled loops over the bases of reads. The case of a base does not matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import inlined, kernel
from biometal_stream.simd.vectors import (
    alike_mask,
    changed_mask,
    count_ones,
    high_bits,
    load,
)

# A letter's lower case differs from its upper case in bit 5, C from G in bit 2 and T from U in
# bit 0: with these bits cleared one comparison finds both.
_ANY_CASE = np.uint8(0xDF)
_C_OR_G = np.uint8(0xDB)
_T_OR_U = np.uint8(0xDE)
_A = np.uint8(ord("A"))
_C = np.uint8(ord("C"))
_T = np.uint8(ord("T"))
_N = np.uint8(ord("N"))
_WIDTH = np.uint64(64)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@inlined
def _alike(byte: np.uint8, bits: np.uint8, letter: np.uint8) -> np.uint64:
    return np.uint64((byte & bits) == letter)


@kernel
def count_bases(
    offsets: NDArray[np.int32],
    data: NDArray[np.uint8],
    strong: NDArray[np.int64],
    known: NDArray[np.int64],
) -> None:
    """Counts G and C, and A, C, G, T and U, of each read.

    Args:
        offsets: (rows + 1,)
        data: (bytes,)
        strong: Output, ``int64``, (rows,): G and C.
        known: Output, ``int64``, (rows,): A, C, G, T and U.
    """
    for row in range(np.uint64(len(known))):
        index = np.uint64(offsets[row])
        end = np.uint64(offsets[row + _ONE])
        c_or_g = _ZERO
        others = _ZERO
        if end < _WIDTH:
            for k in range(index, end):
                c_or_g += _alike(data[k], _C_OR_G, _C)
                others += _alike(data[k], _ANY_CASE, _A) + _alike(data[k], _T_OR_U, _T)
        else:
            while index + _WIDTH <= end:
                vector = load(data, index)
                c_or_g += count_ones(alike_mask(vector, _C_OR_G, _C))
                weak = alike_mask(vector, _ANY_CASE, _A) | alike_mask(vector, _T_OR_U, _T)
                others += count_ones(weak)
                index += _WIDTH
            vector = load(data, end - _WIDTH)
            mine = high_bits(end - index)
            c_or_g += count_ones(alike_mask(vector, _C_OR_G, _C) & mine)
            weak = alike_mask(vector, _ANY_CASE, _A) | alike_mask(vector, _T_OR_U, _T)
            others += count_ones(weak & mine)
        strong[row] = np.int64(c_or_g)
        known[row] = np.int64(c_or_g + others)


@kernel
def count_ambiguous(
    offsets: NDArray[np.int32], data: NDArray[np.uint8], counts: NDArray[np.int64]
) -> None:
    """Counts the N of each read.

    Args:
        offsets: (rows + 1,)
        data: (bytes,)
        counts: Output, ``int64``, (rows,).
    """
    for row in range(np.uint64(len(counts))):
        index = np.uint64(offsets[row])
        end = np.uint64(offsets[row + _ONE])
        found = _ZERO
        if end < _WIDTH:
            for k in range(index, end):
                found += _alike(data[k], _ANY_CASE, _N)
        else:
            while index + _WIDTH <= end:
                found += count_ones(alike_mask(load(data, index), _ANY_CASE, _N))
                index += _WIDTH
            rest = alike_mask(load(data, end - _WIDTH), _ANY_CASE, _N)
            found += count_ones(rest & high_bits(end - index))
        counts[row] = np.int64(found)


@kernel
def count_changes(
    offsets: NDArray[np.int32], data: NDArray[np.uint8], counts: NDArray[np.int64]
) -> None:
    """Counts the bases of each read that differ from the next one, byte for byte.

    Args:
        offsets: (rows + 1,)
        data: (bytes,)
        counts: Output, ``int64``, (rows,).
    """
    for row in range(np.uint64(len(counts))):
        index = np.uint64(offsets[row])
        end = np.uint64(offsets[row + _ONE])
        found = _ZERO
        # The last base has no next, so a vector reaches one byte further.
        if end <= _WIDTH:
            while index + _ONE < end:
                found += np.uint64(data[index] != data[index + _ONE])
                index += _ONE
        elif index < end:
            end -= _ONE
            while index + _WIDTH <= end:
                found += count_ones(changed_mask(data, index))
                index += _WIDTH
            found += count_ones(changed_mask(data, end - _WIDTH) & high_bits(end - index))
        counts[row] = np.int64(found)
