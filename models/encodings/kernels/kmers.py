"""``kmers/1``: the number of each k-mer."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from biometal_stream.models.encodings.kernels.parts import codes_of, first_in_room
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import load, store
from biometal_stream.simd.numbers import joined, no_numbers, store_numbers, store_sums
from biometal_stream.simd.padding import load_starting, padded_end
from biometal_stream.simd.vectors import keep_first, larger, plus, repeated, replace, zeros
from biometal_stream.simd.words import WIDTH

Code = TypeVar("Code", np.int32, np.int64)
"""The type of the numbers of k-mers."""

ROOM = 2 * WIDTH
"""Bytes that the rooms for bases must have beyond those of a window."""

_T_OR_U = np.uint8(0xDE)
_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_FOUR = np.uint64(4)
_BYTE_0 = np.uint8(0)
_BYTE_1 = np.uint8(1)
_BYTE_2 = np.uint8(2)
_BYTE_3 = np.uint8(3)
_BYTE_4 = np.uint8(4)
_ALL_BITS = np.uint8(0xFF)


@kernel(writes=("codes", "others", "out", "room"))
def write_kmers(
    sequence: NDArray[np.uint8],
    firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    k: np.uint64,
    codes: NDArray[np.uint8],
    others: NDArray[np.uint8],
    out: NDArray[Code],
    room: NDArray[Code],
) -> None:
    """Writes the number of each k-mer.

    Args:
        sequence: (bytes,)
        firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        k: The bases of a k-mer, 1 to 12.
        codes: Scratch, (length + `ROOM`,).
        others: Scratch, (length + `ROOM`,).
        out: Output, ``int32`` or ``int64``, (n * (length - k + 1),).
        room: Output for the last windows.
    """
    ending = padded_end(sequence)
    size = length - k + _ONE
    target = out
    split = first_in_room(counts, room, size)
    at = _ZERO
    for window in range(np.uint64(len(counts))):
        if window == split:
            target = room
            at = _ZERO
        first = firsts[window]
        count = counts[window]
        place = _ZERO
        while place < count:
            bases = load_starting(sequence, ending, first + place)
            found = codes_of(bases, _BYTE_0, _BYTE_3, _T_OR_U, _BYTE_4)
            store(others, place, replace(zeros(), found, _ALL_BITS, _BYTE_4, _BYTE_1))
            store(codes, place, replace(found, found, _ALL_BITS, _BYTE_4, _BYTE_0))
            place += _WIDTH
        kmers = max(count + _ONE, k) - k
        place = _ZERO
        while place < kmers:
            other = zeros()
            numbers = no_numbers()
            base = _ZERO
            # Four bases fit one byte: numbers are made of bytes that are made of bases.
            while base < k:
                stop = min(base + _FOUR, k)
                bits = np.uint8(_TWO * (stop - base))
                group = zeros()
                while base < stop:
                    twice = plus(group, group)
                    group = plus(plus(twice, twice), load(codes, place + base))
                    other = larger(other, load(others, place + base))
                    base += _ONE
                numbers = joined(numbers, group, bits)
            kinds = replace(repeated(_BYTE_1), other, _ALL_BITS, _BYTE_0, _BYTE_2)
            kinds = keep_first(kinds, min(kmers - place, _WIDTH))
            store_sums(target, at + place, size - place, kinds, _BYTE_2, numbers)
            place += _WIDTH
        while place < size:
            store_numbers(target, at + place, size - place, zeros())
            place += _WIDTH
        at += size
