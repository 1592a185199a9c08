"""Counting and adding up lane by lane over many vectors, as counts by cycle need."""

from __future__ import annotations

from typing import Any, TypeAlias

from biometal_stream.simd.intrinsics import intrinsic
from biometal_stream.simd.words import Byte, Elements, Vector, Word

Sums: TypeAlias = Any
"""64 numbers of 16 bits: a variable of a kernel."""


@intrinsic
def tally(tallies: Vector, vector: Vector, bits: Byte, byte: Byte) -> Vector:
    """Adds 1, modulo 256, where a byte of ``vector`` matches, and returns the new tallies.

    A byte matches if it equals ``byte`` once all but ``bits`` is cleared from it.
    """


@intrinsic
def no_sums() -> Sums:
    """The start of adding up: 64 times 0."""


@intrinsic
def plus_where(sums: Vector, values: Vector, vector: Vector, bits: Byte, byte: Byte) -> Vector:
    """Adds ``values`` where a byte of ``vector`` matches as in `tally`, modulo 256.

    Returns the new sums.
    """


@intrinsic
def add_lanes(sums: Sums, values: Vector) -> Sums:
    """Adds 64 bytes to 64 numbers, modulo 65,536, and returns the new sums."""


@intrinsic
def store_lanes(array: Elements, index: Word, sums: Sums) -> None:
    """Writes all sums over ``array[index : index + 64]``, of ``uint16``."""
