"""What the kernels of several layouts are made of."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.numbers import store_flags, store_fractions
from biometal_stream.simd.padding import load_starting
from biometal_stream.simd.vectors import keep_first, larger, minus, repeated, replace, zeros
from biometal_stream.simd.words import WIDTH, Word

Fraction = TypeVar("Fraction", np.float32, np.uint16, np.uint8)
"""The type of elements: ``uint16`` holds the bits of ``float16``."""

SPARE = WIDTH - 1
"""Elements that a vector may write after its place."""

Vector: TypeAlias = Any
"""64 bytes in registers."""

# As in `operators/kernels/sequence.py`: with these bits cleared one comparison finds both.
_ANY_CASE = np.uint8(0xDF)
_A = np.uint8(ord("A"))
_C = np.uint8(ord("C"))
_G = np.uint8(ord("G"))
_T = np.uint8(ord("T"))
_PHRED_0 = np.uint8(33)
# The product with any Phred score is the quotient by 93 rounded once, as a test shows.
_UNIT = np.float32(1 / 93)
_WIDTH = np.uint64(WIDTH)
_SPARE = np.uint64(SPARE)
_ZERO = np.uint64(0)
_EIGHT = np.uint64(8)
_SIXTEEN = np.uint64(16)
_BYTE_1 = np.uint8(1)
_BYTE_2 = np.uint8(2)
# The letters of the channels, and their bits that count: A the lowest.
_CHANNELS = np.uint64(int.from_bytes(b"A\xdfC\xdfG\xdfT\xde", "little"))


@inlined
def first_in_room(counts: NDArray[np.uint64], room: NDArray[Any], size: np.uint64) -> Word:
    """The first of the windows that go to the room."""
    return np.uint64(len(counts)) - (np.uint64(len(room)) - _SPARE) // size


@inlined
def codes_of(bases: Vector, a: np.uint8, t: np.uint8, t_bits: np.uint8, other: np.uint8) -> Vector:
    """The number of each base, ``a`` for A and one more for each of C, G and T."""
    codes = replace(repeated(other), bases, _ANY_CASE, _A, a)
    codes = replace(codes, bases, _ANY_CASE, _C, np.uint8(a + _BYTE_1))
    codes = replace(codes, bases, _ANY_CASE, _G, np.uint8(a + _BYTE_2))
    return replace(codes, bases, t_bits, _T, t)


@inlined
def clear(out: NDArray[Fraction], at: np.uint64, place: np.uint64, length: np.uint64) -> None:
    """Writes zeros from a place of a window on to its end."""
    while place < length:
        store_flags(out, at + place, length - place, zeros())
        place += _WIDTH


@inlined
def write_qualities(
    data: NDArray[np.uint8],
    ending: Vector,
    first: np.uint64,
    count: np.uint64,
    length: np.uint64,
    out: NDArray[Fraction],
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
    clear(out, at, place, length)
    return highest


@inlined
def write_mask(count: np.uint64, length: np.uint64, out: NDArray[Fraction], at: np.uint64) -> None:
    """Writes 1 for each base of a window."""
    place = _ZERO
    while place < length:
        left = max(count, place) - place
        store_flags(
            out, at + place, length - place, keep_first(repeated(_BYTE_1), min(left, _WIDTH))
        )
        place += _WIDTH


@inlined
def write_bases(
    data: NDArray[np.uint8],
    ending: Vector,
    first: np.uint64,
    count: np.uint64,
    length: np.uint64,
    out: NDArray[Fraction],
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
        clear(out, at, place, length)
        channels >>= _SIXTEEN
        at += length
