"""Loads and stores, which are not checked: the caller makes sure that the bytes exist."""

from __future__ import annotations

from biometal_stream.simd.intrinsics import intrinsic
from biometal_stream.simd.words import Bytes, Elements, Vector, Word


@intrinsic
def copy_lanes(target: Bytes, to: Word, array: Bytes, index: Word) -> None:
    """Copies ``array[index : index + 64]`` over ``target[to : to + 64]``."""


@intrinsic
def load(array: Bytes, index: Word) -> Vector:
    """Loads ``array[index : index + 64]`` as a variable for the functions below."""


@intrinsic
def load_fours(array: Bytes, index: Word) -> Vector:
    """Loads ``array[index : index + 67]`` as the codes of four bases from each of 64 places.

    Two bits stand for each base, the first lowest: bits 1 and 2 of its byte, which are different
    for A, C, G and T, and the same in upper and lower case. Other letters have the code of one.
    """


@intrinsic
def store(array: Bytes, index: Word, vector: Vector) -> None:
    """Writes 64 bytes over ``array[index : index + 64]``."""


@intrinsic
def load_word(array: Bytes, index: Word) -> Word:
    """Loads ``array[index : index + 8]`` as one number, the first byte its lowest."""


@intrinsic
def prefetch(array: Elements, index: Word) -> None:
    """Has the processor load ``array[index]`` into its cache, without waiting for it.

    The element need not exist.
    """
