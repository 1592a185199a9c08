"""The compiled loops that write features, one for each layout.

A window comes as ``firsts``, the index in ``data`` of its first base or quality, and ``counts``,
how many it has: both ``uint64``, (n,), from `place_windows`. No byte of the data outside the
windows counts, and none outside the data is touched.

``out`` is flat, of the encoding's type: (n * the features of a window,). Whole vectors are
written: what one writes behind its place the next one writes over, as windows and their parts
come in order. So that none writes behind the output, the last m windows go to ``room`` instead,
(m * the features of a window + `SPARE`,). ``float16`` comes as ``uint16``, its bits, for want of
a type in kernels.

Those that read qualities tell whether all of them lie in ``!`` to ``~``. All may be called from
several threads, on outputs of their own.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import inlined, kernel
from biometal_stream.simd.masks import above_mask
from biometal_stream.simd.memory import load, store
from biometal_stream.simd.numbers import (
    joined,
    no_numbers,
    store_flags,
    store_fractions,
    store_numbers,
    store_sums,
)
from biometal_stream.simd.padding import load_starting, padded_end
from biometal_stream.simd.vectors import keep_first, larger, minus, plus, repeated, replace, zeros
from biometal_stream.simd.words import WIDTH, Word

SPARE = WIDTH - 1
"""Elements that a vector may write behind its place."""

ROOM = 2 * WIDTH
"""Bytes of a room behind those of a window's bases."""

Vector: TypeAlias = Any
"""64 bytes in registers."""

# As in `operators/kernels/sequence.py`: with these bits cleared one comparison finds both.
_ANY_CASE = np.uint8(0xDF)
_T_OR_U = np.uint8(0xDE)
_A = np.uint8(ord("A"))
_C = np.uint8(ord("C"))
_G = np.uint8(ord("G"))
_T = np.uint8(ord("T"))

_PHRED_0 = np.uint8(33)
_HIGHEST = np.uint8(93)
# The product with any Phred score is the quotient by 93 rounded once, as a test shows.
_UNIT = np.float32(1 / 93)
_QUARTER = np.float32(0.25)
_WIDTH = np.uint64(WIDTH)
_SPARE = np.uint64(SPARE)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_FOUR = np.uint64(4)
_SIX = np.uint64(6)
_EIGHT = np.uint64(8)
_SIXTEEN = np.uint64(16)
# The letters of the channels, and their bits that count: A the lowest.
_CHANNELS = np.uint64(int.from_bytes(b"A\xdfC\xdfG\xdfT\xde", "little"))
_BYTE_0 = np.uint8(0)
_BYTE_1 = np.uint8(1)
_BYTE_2 = np.uint8(2)
_BYTE_3 = np.uint8(3)
_BYTE_4 = np.uint8(4)
_BYTE_5 = np.uint8(5)
_ALL_BITS = np.uint8(0xFF)


@kernel
def place_windows(
    row_starts: NDArray[np.int32],
    row_stops: NDArray[np.int32],
    other_starts: NDArray[np.int32],
    other_stops: NDArray[np.int32],
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
    length: np.int64,
    firsts: NDArray[np.uint64],
    other_firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
) -> Word:
    """Finds the windows in the data of two columns, which may be the same.

    Args:
        row_starts: ``int32`` or ``int64``, (num_rows,)
        row_stops: (num_rows,)
        other_starts: The other column's, of as many rows.
        other_stops: Likewise.
        rows: (n,): the row of each window.
        starts: (n,): its first base within the row.
        stops: (n,): the base after its last.
        length: The most bases of a window.
        firsts: Output, (n,).
        other_firsts: Output, (n,).
        counts: Output, (n,).

    Returns:
        The first window that is of no row, not within its row, or too long, or whose row is not
        as long in both columns; n if none is.
    """
    reads = np.int64(len(row_starts))
    for window in range(np.uint64(len(rows))):
        start = starts[window]
        count = stops[window] - start
        if rows[window] < 0 or rows[window] >= reads or start < 0 or not 0 <= count <= length:
            return window
        row = np.uint64(rows[window])
        first = np.int64(row_starts[row])
        other = np.int64(other_starts[row])
        bases = np.int64(row_stops[row]) - first
        if start + count > bases or np.int64(other_stops[row]) - other != bases:
            return window
        firsts[window] = np.uint64(first + start)
        other_firsts[window] = np.uint64(other + start)
        counts[window] = np.uint64(count)
    return np.uint64(len(rows))


@inlined
def _first_in_room(counts: NDArray[np.uint64], room: NDArray[Any], size: np.uint64) -> Word:
    """The first of the windows that go to the room."""
    return np.uint64(len(counts)) - (np.uint64(len(room)) - _SPARE) // size


@inlined
def _codes(bases: Vector, a: np.uint8, t: np.uint8, t_bits: np.uint8, other: np.uint8) -> Vector:
    """The number of each base, ``a`` for A and one more for each of C, G and T."""
    codes = replace(repeated(other), bases, _ANY_CASE, _A, a)
    codes = replace(codes, bases, _ANY_CASE, _C, np.uint8(a + _BYTE_1))
    codes = replace(codes, bases, _ANY_CASE, _G, np.uint8(a + _BYTE_2))
    return replace(codes, bases, t_bits, _T, t)


@inlined
def _clear(out: NDArray[np.float32], at: np.uint64, place: np.uint64, length: np.uint64) -> None:
    """Writes zeros from a place of a window on to its end."""
    while place < length:
        store_flags(out, at + place, length - place, zeros())
        place += _WIDTH


@inlined
def _write_qualities(
    data: NDArray[np.uint8],
    ending: Vector,
    first: np.uint64,
    count: np.uint64,
    length: np.uint64,
    out: NDArray[np.float32],
    at: np.uint64,
    highest: Vector,
) -> Vector:
    """Writes the Phred scores of a window, and returns the highest so far of each lane."""
    place = _ZERO
    while place < count:
        vector = minus(load_starting(data, ending, first + place), _PHRED_0)
        scores = keep_first(vector, min(count - place, _WIDTH))
        store_fractions(out, at + place, length - place, scores, _UNIT)
        highest = larger(highest, scores)
        place += _WIDTH
    _clear(out, at, place, length)
    return highest


@inlined
def _write_mask(
    count: np.uint64, length: np.uint64, out: NDArray[np.float32], at: np.uint64
) -> None:
    """Writes 1 for each base of a window."""
    place = _ZERO
    while place < length:
        left = max(count, place) - place
        store_flags(
            out, at + place, length - place, keep_first(repeated(_BYTE_1), min(left, _WIDTH))
        )
        place += _WIDTH


@inlined
def _write_bases(
    data: NDArray[np.uint8],
    ending: Vector,
    first: np.uint64,
    count: np.uint64,
    length: np.uint64,
    out: NDArray[np.float32],
    at: np.uint64,
) -> None:
    """Writes the four channels of a window's bases."""
    channels = _CHANNELS
    while channels:
        base = np.uint8(channels)
        bits = np.uint8(channels >> _EIGHT)
        place = _ZERO
        while place < count:
            vector = load_starting(data, ending, first + place)
            bases = keep_first(vector, min(count - place, _WIDTH))
            found = replace(zeros(), bases, bits, base, _BYTE_1)
            store_flags(out, at + place, length - place, found)
            place += _WIDTH
        _clear(out, at, place, length)
        channels >>= _SIXTEEN
        at += length


@kernel
def write_sequence_quality(
    sequence: NDArray[np.uint8],
    sequence_firsts: NDArray[np.uint64],
    quality: NDArray[np.uint8],
    quality_firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    out: NDArray[np.float32],
    room: NDArray[np.float32],
) -> bool:
    """Writes quarters for the bases, then ninety-thirds for the qualities.

    Args:
        sequence: (bytes,)
        sequence_firsts: (n,)
        quality: (bytes,)
        quality_firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        out: Output, ``float32``, (n * 2 * length,).
        room: Output for the last windows.
    """
    sequence_ending = padded_end(sequence)
    quality_ending = padded_end(quality)
    highest = zeros()
    target = out
    split = _first_in_room(counts, room, _TWO * length)
    at = _ZERO
    for window in range(np.uint64(len(counts))):
        if window == split:
            target = room
            at = _ZERO
        first = sequence_firsts[window]
        count = counts[window]
        place = _ZERO
        while place < count:
            bases = load_starting(sequence, sequence_ending, first + place)
            # In this layout U is a letter like any other.
            codes = _codes(bases, _BYTE_0, _BYTE_3, _ANY_CASE, _BYTE_4)
            kept = keep_first(codes, min(count - place, _WIDTH))
            store_fractions(target, at + place, length - place, kept, _QUARTER)
            place += _WIDTH
        _clear(target, at, place, length)
        highest = _write_qualities(
            quality,
            quality_ending,
            quality_firsts[window],
            count,
            length,
            target,
            at + length,
            highest,
        )
        at += _TWO * length
    return bool(above_mask(highest, _HIGHEST) == _ZERO)


@kernel
def write_quality_mask(
    quality: NDArray[np.uint8],
    firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    out: NDArray[np.float32],
    room: NDArray[np.float32],
) -> bool:
    """Writes the qualities, then 1 for each base.

    Args:
        quality: (bytes,)
        firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        out: Output, ``float32``, ``uint16`` or ``uint8``, (n * 2 * length,).
        room: Output for the last windows.
    """
    ending = padded_end(quality)
    highest = zeros()
    target = out
    split = _first_in_room(counts, room, _TWO * length)
    at = _ZERO
    for window in range(np.uint64(len(counts))):
        if window == split:
            target = room
            at = _ZERO
        count = counts[window]
        highest = _write_qualities(
            quality, ending, firsts[window], count, length, target, at, highest
        )
        _write_mask(count, length, target, at + length)
        at += _TWO * length
    return bool(above_mask(highest, _HIGHEST) == _ZERO)


@kernel
def write_one_hot(
    sequence: NDArray[np.uint8],
    firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    out: NDArray[np.float32],
    room: NDArray[np.float32],
) -> None:
    """Writes a channel for each of A, C, G and T.

    Args:
        sequence: (bytes,)
        firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        out: Output, ``float32``, ``uint16`` or ``uint8``, (n * 4 * length,).
        room: Output for the last windows.
    """
    ending = padded_end(sequence)
    target = out
    split = _first_in_room(counts, room, _FOUR * length)
    at = _ZERO
    for window in range(np.uint64(len(counts))):
        if window == split:
            target = room
            at = _ZERO
        _write_bases(sequence, ending, firsts[window], counts[window], length, target, at)
        at += _FOUR * length


@kernel
def write_one_hot_quality(
    sequence: NDArray[np.uint8],
    sequence_firsts: NDArray[np.uint64],
    quality: NDArray[np.uint8],
    quality_firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    out: NDArray[np.float32],
    room: NDArray[np.float32],
) -> bool:
    """Writes a channel for each of A, C, G and T, one of qualities, and one of 1 for each base.

    Args:
        sequence: (bytes,)
        sequence_firsts: (n,)
        quality: (bytes,)
        quality_firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        out: Output, ``float32``, ``uint16`` or ``uint8``, (n * 6 * length,).
        room: Output for the last windows.
    """
    sequence_ending = padded_end(sequence)
    quality_ending = padded_end(quality)
    highest = zeros()
    target = out
    split = _first_in_room(counts, room, _SIX * length)
    at = _ZERO
    for window in range(np.uint64(len(counts))):
        if window == split:
            target = room
            at = _ZERO
        count = counts[window]
        _write_bases(sequence, sequence_ending, sequence_firsts[window], count, length, target, at)
        at += _FOUR * length
        highest = _write_qualities(
            quality, quality_ending, quality_firsts[window], count, length, target, at, highest
        )
        _write_mask(count, length, target, at + length)
        at += _TWO * length
    return bool(above_mask(highest, _HIGHEST) == _ZERO)


@kernel
def write_tokens(
    sequence: NDArray[np.uint8],
    firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    out: NDArray[np.int32],
    room: NDArray[np.int32],
) -> None:
    """Writes a small number for each base.

    Args:
        sequence: (bytes,)
        firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        out: Output, ``uint8``, ``int32`` or ``int64``, (n * length,).
        room: Output for the last windows.
    """
    ending = padded_end(sequence)
    target = out
    split = _first_in_room(counts, room, length)
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
            tokens = _codes(bases, _BYTE_1, _BYTE_4, _T_OR_U, _BYTE_5)
            store_numbers(
                target, at + place, length - place, keep_first(tokens, min(count - place, _WIDTH))
            )
            place += _WIDTH
        while place < length:
            store_numbers(target, at + place, length - place, zeros())
            place += _WIDTH
        at += length


@kernel
def write_kmers(
    sequence: NDArray[np.uint8],
    firsts: NDArray[np.uint64],
    counts: NDArray[np.uint64],
    length: np.uint64,
    k: np.uint64,
    codes: NDArray[np.uint8],
    others: NDArray[np.uint8],
    out: NDArray[np.int32],
    room: NDArray[np.int32],
) -> None:
    """Writes the number of each k-mer.

    Args:
        sequence: (bytes,)
        firsts: (n,)
        counts: (n,)
        length: The bases of the encoding.
        k: The bases of a k-mer, 1 to 12.
        codes: Room, (length + `ROOM`,).
        others: Room, (length + `ROOM`,).
        out: Output, ``int32`` or ``int64``, (n * (length - k + 1),).
        room: Output for the last windows.
    """
    ending = padded_end(sequence)
    size = length - k + _ONE
    target = out
    split = _first_in_room(counts, room, size)
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
            found = _codes(bases, _BYTE_0, _BYTE_3, _T_OR_U, _BYTE_4)
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


@kernel
def first_outside(
    data: NDArray[np.uint8], firsts: NDArray[np.uint64], counts: NDArray[np.uint64]
) -> Word:
    """Finds the first byte of the windows that is no quality; the data's length if all are.

    Args:
        data: (bytes,)
        firsts: (n,)
        counts: (n,)
    """
    for window in range(np.uint64(len(counts))):
        index = firsts[window]
        end = index + counts[window]
        while index < end:
            if np.uint8(data[index] - _PHRED_0) > _HIGHEST:
                return index
            index += _ONE
    return np.uint64(len(data))
