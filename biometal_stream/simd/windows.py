"""Hashes and least values of all windows of a text: 16 numbers of 32 bits at a time."""

from __future__ import annotations

from typing import Any, TypeAlias

from biometal_stream.simd.intrinsics import intrinsic
from biometal_stream.simd.words import Byte, Bytes, Elements, Vector, Word

Sixteen: TypeAlias = Any
"""16 numbers of 32 bits: a variable of a kernel."""


@intrinsic
def no_numbers_16() -> Sixteen:
    """16 times 0."""


@intrinsic
def load_16(array: Elements, index: Word) -> Sixteen:
    """Loads ``array[index : index + 16]``, of ``uint32``."""


@intrinsic
def store_16(array: Elements, index: Word, numbers: Sixteen) -> None:
    """Writes numbers over ``array[index : index + 16]``, of ``uint32``."""


@intrinsic
def of_bases(array: Bytes, index: Word, a: Any, c: Any, t: Any, g: Any) -> Sixteen:
    """The number that stands for each base of ``array[index : index + 16]``, in either case.

    Other letters have that of one of the bases.
    """


@intrinsic
def turned_left(numbers: Sixteen, bits: Word) -> Sixteen:
    """The numbers rotated to the left, each by one bit more than the one before.

    The first is rotated by ``bits``, modulo 32.
    """


@intrinsic
def turned_right(numbers: Sixteen, bits: Word) -> Sixteen:
    """The numbers rotated to the right, as `turned_left` does to the left."""


@intrinsic
def differing_16(numbers: Sixteen, others: Sixteen) -> Sixteen:
    """The bits in which two numbers differ, number by number."""


@intrinsic
def differing_so_far(numbers: Sixteen, before: Sixteen) -> Sixteen:
    """What is left of each number, of all before it, and of the last of ``before`` by `xor`."""


@intrinsic
def sums_with_places(numbers: Sixteen, others: Sixteen, place: Word) -> Sixteen:
    """The upper 16 bits of each sum, modulo 2³², and below them its place.

    The first has the place ``place``, modulo 65,536, and each of the others the next.
    """


@intrinsic
def places_turned(numbers: Sixteen) -> Sixteen:
    """The numbers with the lower 16 bits inverted."""


@intrinsic
def lesser_16(numbers: Sixteen, others: Sixteen) -> Sixteen:
    """The lesser of two numbers, number by number."""


@intrinsic
def store_chosen(
    target: Bytes,
    to: Word,
    sums: Bytes,
    first: Word,
    end: Word,
    least: Byte,
    numbers: Sixteen,
    others: Sixteen,
) -> None:
    """Writes the lowest byte of 16 numbers, or of others, over ``target[to : to + 16]``.

    It is a number's where ``sums[end + i] - sums[first + i]``, modulo 256, is at least ``least``,
    and otherwise that of the other, inverted.
    """


@intrinsic
def sums_so_far(vector: Vector, before: Vector) -> Vector:
    """The sums of each byte, all before it, and the last of ``before``, modulo 256."""


@intrinsic
def load_fours_turned(array: Bytes, index: Word) -> Vector:
    """As `biometal_stream.simd.memory.load_fours`, of the reverse complement of the four bases."""


@intrinsic
def every_fourth(array: Bytes, index: Word) -> Word:
    """Loads the bytes at ``index``, ``index + 4`` and so on of an array as one word.

    There are eight of them, the first the lowest; 32 bytes are loaded.
    """


@intrinsic
def every_fourth_turned(array: Bytes, index: Word) -> Word:
    """As `every_fourth`, the first the highest."""
