"""The rule for mates' names, compiled; `biometal_stream.mates.names` has it in words and in Python.

Names are stretches of ``uint8`` arrays that can be read for `WIDTH` bytes past their end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.loops import is_digit, same_bytes
from biometal_stream.simd.memory import load_word
from biometal_stream.simd.words import Word

SLASH = np.uint8(ord("/"))
DOT = np.uint8(ord("."))
UNDERSCORE = np.uint8(ord("_"))

_COLON = np.uint8(ord(":"))
_MATE_1 = np.uint8(ord("1"))
_MATE_2 = np.uint8(ord("2"))
_FILE_4 = np.uint8(ord("4"))
_SIX_BYTES = np.uint64((1 << 48) - 1)
_CASAVA_1 = np.uint64(int.from_bytes(b"1:N:0:", "little"))
_CASAVA_2 = np.uint64(int.from_bytes(b"2:N:0:", "little"))
_FAILED = np.uint64(ord("Y"))
_PASSED = np.uint64(ord("N"))
_DIGIT_0 = np.uint64(ord("0"))
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_FOUR = np.uint64(4)
_SIX = np.uint64(6)


@inlined
def marked_mate(text: NDArray[np.uint8], first: Word, end: Word, other: np.uint8) -> Word:
    """The mate that the name ``text[first:end]`` is marked as: 1 or 2, or 0 without a mark.

    Args:
        text: The bytes.
        first: The name's first byte.
        end: The byte after its last.
        other: A separator that counts, besides the slash; the slash again for none.
    """
    if end < first + _TWO:
        return _ZERO
    separator = text[end - _TWO]
    if separator != SLASH and separator != other:  # noqa: PLR1714 - numba
        return _ZERO
    if text[end - _ONE] == _MATE_1:
        return _ONE
    if text[end - _ONE] == _MATE_2:
        return _TWO
    return _ZERO


@inlined
def described_mate(text: NDArray[np.uint8], first: Word, end: Word) -> Word:
    """The mate that a description of Casava 1.8 names, as in ``1:N:0:ATCACG``; 0 of any other."""
    start = load_word(text, first) & _SIX_BYTES
    if start == _CASAVA_1:  # nearly all are one of these two
        return _ONE
    if start == _CASAVA_2:
        return _TWO
    if end < first + _SIX:
        return _ZERO
    if text[first + _ONE] != _COLON or text[first + _THREE] != _COLON:
        return _ZERO
    mate = np.uint64(text[first]) - _DIGIT_0
    filtered = np.uint64(text[first + _TWO])
    if mate - _ONE > _ONE or (filtered != _FAILED and filtered != _PASSED):  # noqa: PLR1714 - numba
        return _ZERO
    index = first + _FOUR
    if not is_digit(text[index]):
        return _ZERO
    while is_digit(text[index]):
        index += _ONE
    return mate if index < end and text[index] == _COLON else _ZERO


@inlined
def is_numbered(names: NDArray[np.uint8], first: Word, end: Word, separator: np.uint8) -> bool:
    """Whether a name ends in a number after a separator."""
    index = end
    while index > first and is_digit(names[index - _ONE]):
        index -= _ONE
    return bool(index < end and index > first and names[index - _ONE] == separator)


@kernel
def first_mispaired(
    name_offsets: NDArray[np.int32],
    names: NDArray[np.uint8],
    marks: NDArray[np.uint8],
    separator: np.uint8,
    rows: Word,
) -> Word:
    """Finds the first pair of adjacent rows that are not mates.

    Where ``.1`` is a mark, names that end in the same ``.1`` are two mates 1, and names that end
    in the same ``.7`` have no mate. `are_mates` is the plain twin.

    Args:
        name_offsets: ``int32``, (rows + 1,).
        names: ``uint8``, the names' bytes.
        marks: ``uint8``, (rows,), the mate that each read is marked as, or 0.
        separator: The separator that marks mates, besides the slash; the slash again for none.
        rows: The number of rows, even.

    Returns:
        The row of mate 1; ``rows`` where all are mates.
    """
    for row in range(_ZERO, rows, _TWO):
        first = np.uint64(name_offsets[row])
        other = np.uint64(name_offsets[row + _ONE])
        end = np.uint64(name_offsets[row + _TWO])
        length = other - first
        if end - other != length:
            return row
        if marks[row] == np.uint8(2) or marks[row + _ONE] == np.uint8(1):
            return row
        if same_bytes(names, first, other, other):
            if separator != SLASH and is_numbered(names, first, other, separator):
                return row
            continue
        if marked_mate(names, first, other, separator) != _ONE:
            return row
        if names[end - _ONE] != _MATE_2 or not same_bytes(names, first, other, other - _ONE):
            return row
    return rows


@inlined
def _stem_end(names: NDArray[np.uint8], first: Word, end: Word, separator: np.uint8) -> Word:
    """The end of the name ``names[first:end]`` without the number of its file."""
    if end < first + _TWO:
        return end
    before = names[end - _TWO]
    if before != SLASH and before != separator:  # noqa: PLR1714 - numba
        return end
    return end - _TWO if _MATE_1 <= names[end - _ONE] <= _FILE_4 else end


@kernel
def first_unlike(
    name_offsets: NDArray[np.int32],
    names: NDArray[np.uint8],
    step: Word,
    index_offsets: NDArray[np.int32],
    index_names: NDArray[np.uint8],
    separator: np.uint8,
    rows: Word,
) -> Word:
    """Finds the first index read that is not of the read in its place.

    `biometal_stream.mates.names.stem_of` is the plain twin: the stems of both names are equal.

    Args:
        name_offsets: ``int32``, (step * rows + 1,).
        names: ``uint8``, the names of the reads.
        step: 2 if mates alternate, otherwise 1.
        index_offsets: ``int32``, (rows + 1,).
        index_names: ``uint8``, the names of the index reads.
        separator: As for `first_mispaired`.
        rows: The number of index reads.

    Returns:
        The index read; ``rows`` if all are of their reads.
    """
    for row in range(_ZERO, rows, _ONE):
        first = np.uint64(name_offsets[row * step])
        end = np.uint64(name_offsets[row * step + _ONE])
        other = np.uint64(index_offsets[row])
        length = _stem_end(names, first, end, separator) - first
        stop = _stem_end(index_names, other, np.uint64(index_offsets[row + _ONE]), separator)
        if stop - other != length:
            return row
        for k in range(length):
            if names[first + k] != index_names[other + k]:
                return row
    return rows


@kernel(writes=("names", "alone"))
def name_mates(
    name_offsets: NDArray[np.int32],
    names: NDArray[np.uint8],
    marks: NDArray[np.uint8],
    separator: np.uint8,
    alone: NDArray[np.bool_],
) -> None:
    """Turns the name of each mate 1 into that of its mate, in place. `mate_name` is the plain twin.

    Args:
        name_offsets: ``int32``, (rows + 1,).
        names: ``uint8``, the names' bytes; is overwritten.
        marks: ``uint8``, (rows,): the mate that each read is marked as, or 0.
        separator: As for `first_mispaired`.
        alone: ``bool``, (rows,): set where a read can have no mate 2.
    """
    for row in range(np.uint64(len(alone))):
        first, end = np.uint64(name_offsets[row]), np.uint64(name_offsets[row + _ONE])
        mate = marked_mate(names, first, end, separator)
        numbered = separator != SLASH and is_numbered(names, first, end, separator)
        alone[row] = marks[row] == np.uint8(2) or mate == _TWO or (mate == _ZERO and numbered)
        if mate == _ONE:
            names[end - _ONE] = _MATE_2


@inlined
def unmarked_end(names: NDArray[np.uint8], first: Word, end: Word) -> Word:
    """The end of the name ``names[first:end]`` without its mark, whatever the separator is."""
    if marked_mate(names, first, end, DOT) or marked_mate(names, first, end, UNDERSCORE):
        return end - _TWO
    return end
