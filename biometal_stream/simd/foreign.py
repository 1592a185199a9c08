"""Calls of C functions by address: what a kernel leaves to a library that Python has loaded."""

from __future__ import annotations

from biometal_stream.simd.intrinsics import intrinsic
from biometal_stream.simd.words import Elements, Word


@intrinsic
def address_of(array: Elements, index: Word) -> Word:
    """The address of ``array[index]``, an argument for `call`."""


@intrinsic
def call(function: Word, *arguments: Word) -> Word:
    """Calls a C function, whose result is an integer or a pointer.

    Args:
        function: The function's address.
        arguments: At most six integers of at least 32 bits, or pointers.

    Returns:
        The result; if it has fewer than 64 bits, the higher bits are undefined.
    """
