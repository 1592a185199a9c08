"""Vectors of 64 bytes as variables of a kernel, and what is made of them byte by byte."""

from __future__ import annotations

from biometal_stream.simd.intrinsics import intrinsic
from biometal_stream.simd.words import Byte, Vector, Word


@intrinsic
def zeros() -> Vector:
    """The vector of 64 zeros."""


@intrinsic
def keep_last(vector: Vector, count: Word) -> Vector:
    """The vector with its last ``count`` bytes, at most 64, and 0 in place of the others.

    The mask is read from a table, in half the instructions that it would take to make it.
    """


@intrinsic
def keep_first(vector: Vector, count: Word) -> Vector:
    """The vector with its first ``count`` bytes, at most 64, and 0 in place of the others."""


@intrinsic
def repeated(byte: Byte) -> Vector:
    """The vector of 64 times the same byte."""


@intrinsic
def replace(vector: Vector, other: Vector, bits: Byte, byte: Byte, value: Byte) -> Vector:
    """The vector with ``value`` where a byte of ``other`` matches.

    A byte matches if it equals ``byte`` once all but ``bits`` is cleared from it, as in
    `biometal_stream.simd.counts.count_alike`.
    """


@intrinsic
def plus(vector: Vector, other: Vector) -> Vector:
    """Adds two vectors byte by byte, modulo 256."""


@intrinsic
def minus(vector: Vector, byte: Byte) -> Vector:
    """Subtracts ``byte`` from each byte, modulo 256."""


@intrinsic
def backwards(vector: Vector) -> Vector:
    """The vector with its last byte first."""


@intrinsic
def larger(vector: Vector, other: Vector) -> Vector:
    """The larger of two bytes, byte by byte."""


@intrinsic
def differing(vector: Vector, other: Vector) -> Vector:
    """The bits in which two vectors differ: 0 where two bytes are equal."""


@intrinsic
def sum_both(vector: Vector, other: Vector) -> Word:
    """Adds up all bytes of two vectors."""


@intrinsic
def sum_lanes(vector: Vector) -> Word:
    """Adds up all bytes of a vector."""


@intrinsic
def common(vector: Vector, other: Vector) -> Vector:
    """The bits that both vectors have."""


@intrinsic
def look_up(table: Vector, vector: Vector) -> Vector:
    """What a table has for the lowest four bits of each byte; 0 for bytes of 128 and more.

    The table is the first 16 bytes of ``table``.
    """
