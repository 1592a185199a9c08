"""Counting bytes over many vectors."""

from __future__ import annotations

from typing import Any, TypeAlias

from biometal_stream.simd.intrinsics import intrinsic
from biometal_stream.simd.words import Byte, Vector, Word

COUNTABLE = 255
"""Vectors that may be counted together: see `no_counts`."""

Counts: TypeAlias = Any
"""How many bytes were found: a variable of a kernel."""


@intrinsic
def no_counts() -> Counts:
    """The start of counting bytes in up to `COUNTABLE` vectors."""


@intrinsic
def counted(counts: Counts) -> Word:
    """How many bytes were counted."""


@intrinsic
def count_above(counts: Counts, vector: Vector, byte: Byte) -> Counts:
    """Counts the bytes that are larger than ``byte``, and returns the new counts."""


@intrinsic
def count_alike(counts: Counts, vector: Vector, bits: Byte, byte: Byte) -> Counts:
    """Counts the bytes that equal ``byte`` once all but ``bits`` is cleared from them.

    Returns the new counts.
    """


@intrinsic
def count_either(
    counts: Counts, vector: Vector, bits: Byte, byte: Byte, other_bits: Byte, other: Byte
) -> Counts:
    """Counts the bytes that either of two calls of `count_alike` would count."""
