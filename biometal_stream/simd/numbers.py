"""Writing bytes as numbers of other types."""

from __future__ import annotations

from typing import Any, TypeAlias

from biometal_stream.simd.intrinsics import intrinsic
from biometal_stream.simd.words import Byte, Elements, Vector, Word

Numbers: TypeAlias = Any
"""64 numbers of 32 bits: a variable of a kernel."""


@intrinsic
def store_fractions(array: Elements, index: Word, lanes: Word, vector: Vector, unit: Any) -> None:
    """Writes each byte times ``unit`` over ``array[index : index + lanes]``.

    Whole groups of 64 bytes are written, so up to 63 elements more than ``lanes``, and 64 in all
    at most. An array of ``float32`` gets the products; one of ``uint16`` the bits of the nearest
    ``float16``, ties away from 0, all of which must be 0 or normal numbers there; one of
    ``uint8``, which holds no fractions, the bytes as they are.
    """


@intrinsic
def store_flags(array: Elements, index: Word, lanes: Word, vector: Vector) -> None:
    """Writes 1 for each byte that is not 0, and 0 for the others.

    Where, and into which arrays, as `store_fractions` does.
    """


@intrinsic
def store_numbers(array: Elements, index: Word, lanes: Word, vector: Vector) -> None:
    """Writes each byte as a whole number of the array's type; where as `store_fractions` does."""


@intrinsic
def no_numbers() -> Numbers:
    """The start of making 64 numbers of 32 bits: all 0."""


@intrinsic
def joined(numbers: Numbers, vector: Vector, bits: Byte) -> Numbers:
    """The numbers moved up by some bits, at most 8, with each byte, which fits them, below."""


@intrinsic
def store_sums(
    array: Elements, index: Word, lanes: Word, vector: Vector, byte: Byte, numbers: Numbers
) -> None:
    """Writes each byte, and where it is ``byte`` the sum of it and its number.

    The array is of ``int32`` or ``int64``. Where as `store_fractions` does.
    """
