"""Masks: words whose every bit says something about one byte of a vector.

Bit ``k`` of a mask is about byte ``index + k``.
"""

from __future__ import annotations

import numpy as np

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.intrinsics import intrinsic
from biometal_stream.simd.words import Byte, Bytes, Elements, Vector, Word


@intrinsic
def equal_mask(array: Bytes, index: Word, byte: Byte) -> Word:
    """Marks the bytes of ``array[index : index + 64]`` that equal ``byte``."""


@intrinsic
def outside_mask(array: Bytes, index: Word, low: Byte, high: Byte) -> Word:
    """Marks the bytes of ``array[index : index + 64]`` below ``low`` or above ``high``."""


@intrinsic
def other_base_mask(array: Bytes, index: Word) -> Word:
    """Marks the bytes of ``array[index : index + 64]`` other than A, C, G, T and N of any case."""


@intrinsic
def above_mask(vector: Vector, byte: Byte) -> Word:
    """Marks the bytes that are larger than ``byte``."""


@intrinsic
def both_mask(vector: Vector, bytes_: Vector, other: Vector, other_bytes: Vector) -> Word:
    """Marks the places where both vectors have the bytes that are asked of them."""


@intrinsic
def equal_words(array: Elements, index: Word, word: Word) -> Word:
    """Marks the words of ``array[index : index + 8]``, of ``uint64``, that equal ``word``."""


@intrinsic
def count_ones(word: Word) -> Word:
    """Counts the bits of a mask that are set."""


@intrinsic
def trailing_zeros(word: Word) -> Word:
    """The lowest bit of a mask that is set; 64 if none is."""


@inlined(inline="always")
def low_bits(count: Word) -> Word:
    """A mask of the lowest ``count`` bits; all for 64 and above."""
    if count >= np.uint64(64):
        return np.uint64(0xFFFFFFFFFFFFFFFF)
    return (np.uint64(1) << count) - np.uint64(1)


@inlined(inline="always")
def high_bits(count: Word) -> Word:
    """A mask of the highest ``count`` bits; all for 64 and above."""
    if count == np.uint64(0):
        return np.uint64(0)
    return ~low_bits(np.uint64(64) - min(count, np.uint64(64)))
