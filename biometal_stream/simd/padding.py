"""Loads near the ends of an array, with zeros for the bytes that do not exist."""

from __future__ import annotations

from typing import Any, TypeAlias

from biometal_stream.simd.intrinsics import intrinsic
from biometal_stream.simd.words import Bytes, Vector, Word

Start: TypeAlias = Any
"""What `padded_start` returns: a variable of a kernel."""

End: TypeAlias = Any
"""What `padded_end` returns: a variable of a kernel."""


@intrinsic
def padded_start(array: Bytes) -> Start:
    """Copies the first 64 bytes of an array, or all, after 64 zeros.

    `load_ending` and `load_word_ending` read from the copy where the array has no bytes. To be
    called once, before a kernel's loops.
    """


@intrinsic
def load_ending(array: Bytes, start: Start, end: Word) -> Vector:
    """Loads ``array[end - 64 : end]``, with zeros for bytes before the array.

    ``start`` is from `padded_start` of the same array.
    """


@intrinsic
def load_word_ending(array: Bytes, start: Start, end: Word) -> Word:
    """Loads ``array[end - 8 : end]`` as `load_word` does, with zeros as `load_ending` does."""


@intrinsic
def padded_end(array: Bytes) -> End:
    """Copies the last 64 bytes of an array, or all, before 64 zeros.

    `load_starting` reads from the copy where the array has no bytes. To be called once, before a
    kernel's loops.
    """


@intrinsic
def load_starting(array: Bytes, end: End, index: Word) -> Vector:
    """Loads ``array[index : index + 64]``, with zeros for bytes after the array.

    ``end`` is from `padded_end` of the same array; ``index`` is at most the array's length.
    """
