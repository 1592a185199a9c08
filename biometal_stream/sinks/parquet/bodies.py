"""Kernels that encode the content of a Parquet page from Arrow arrays.

One call encodes a page. After a call that touches megabytes, Python's own code and data are no
longer in the processor's caches, so each further call would take much longer than usual.

A column in several Arrow arrays is described by a table with the addresses of its buffers, one row
per array. Addresses are relative to `slices.ORIGIN`, an array that all kernels get as an argument.
No kernel keeps a reference to its arguments.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import copy_lanes, load_word
from biometal_stream.simd.words import WIDTH, Word
from biometal_stream.sinks.parquet.deltas import pack_deltas, share_prefixes

SliceTable: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.int64]]
"""The type of a table of slices, (arrays, 4)."""

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_EIGHT = np.uint64(8)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_WIDTH = np.uint64(WIDTH)
_VALUES, _STEP, _DATA, _ROWS = range(4)


@inlined
def _start(origin: NDArray[np.uint8], slices: SliceTable, index: Any, row: Any) -> Word:
    """The offset at which the text of a row starts."""
    at = np.uint64(slices[index, _VALUES])
    if slices[index, _STEP] == 8:
        return load_word(origin, at + _EIGHT * row)
    return load_word(origin, at + np.uint64(4) * row) & _LOW


@inlined
def _stop(origin: NDArray[np.uint8], slices: SliceTable, index: Any, row: Any) -> Word:
    """The offset at which the text of a row ends. Reads no byte after the offsets."""
    at = np.uint64(slices[index, _VALUES])
    if slices[index, _STEP] == 8:
        return load_word(origin, at + _EIGHT * (row + _ONE))
    return load_word(origin, at + np.uint64(4) * row) >> _HALF


@kernel
def text_bytes(origin: NDArray[np.uint8], slices: SliceTable) -> int:
    """Counts the bytes of all texts of a `slices.text_slices` table."""
    found = _ZERO
    for index in range(len(slices)):
        rows = np.uint64(slices[index, _ROWS])
        if rows:
            found += _stop(origin, slices, index, rows - _ONE)
            found -= _start(origin, slices, index, _ZERO)
    return int(found)


@kernel(writes=("lengths",))
def put_lengths_of(
    origin: NDArray[np.uint8], slices: SliceTable, lengths: NDArray[np.int64]
) -> None:
    """Writes the length of each text of a `slices.text_slices` table, ``int64``, (rows,)."""
    to = _ZERO
    for index in range(len(slices)):
        for row in range(np.uint64(slices[index, _ROWS])):
            stop = _stop(origin, slices, index, row)
            lengths[to] = stop - _start(origin, slices, index, row)
            to += _ONE


@kernel(writes=("out",))
def put_text(
    origin: NDArray[np.uint8], slices: SliceTable, out: NDArray[np.uint8], to: int
) -> None:
    """Copies the texts of a `slices.text_slices` table to ``out``, from byte ``to`` on."""
    place = np.uint64(to)
    for index in range(len(slices)):
        rows = np.uint64(slices[index, _ROWS])
        if rows == _ZERO:
            continue
        data = np.uint64(slices[index, _DATA])
        at = data + _start(origin, slices, index, _ZERO)
        end = data + _stop(origin, slices, index, rows - _ONE)
        while at + _WIDTH <= end:
            copy_lanes(out, place, origin, at)
            at += _WIDTH
            place += _WIDTH
        while at < end:
            out[place] = origin[at]
            at += _ONE
            place += _ONE


@inlined
def moved_up(out: NDArray[np.uint8], count: np.uint64, end: np.uint64) -> None:
    """Moves the first ``count`` bytes so that they end at ``end``."""
    for index in range(count):
        out[end - _ONE - index] = out[count - _ONE - index]


@kernel(writes=("lengths", "out"))
def put_texts(
    origin: NDArray[np.uint8],
    slices: SliceTable,
    lengths: NDArray[np.int64],
    out: NDArray[np.uint8],
    room: int,
) -> int:
    """Encodes texts as DELTA_LENGTH_BYTE_ARRAY: the packed lengths, then the texts.

    Args:
        origin: `slices.ORIGIN`.
        slices: The table, of `slices.text_slices`.
        lengths: ``int64``, (rows,): temporary memory.
        out: Output, ``uint8``: the texts start at byte ``room``, and the lengths end there.
        room: At least `packed_room` of the number of rows.

    Returns:
        The number of bytes of the packed lengths.
    """
    put_lengths_of(origin, slices, lengths)
    packed = pack_deltas(lengths, out)
    moved_up(out, np.uint64(packed), np.uint64(room))
    put_text(origin, slices, out, room)
    return packed


@kernel(writes=("text", "numbers", "out"))
def put_similar_texts(
    origin: NDArray[np.uint8],
    slices: SliceTable,
    text: NDArray[np.uint8],
    numbers: NDArray[np.int64],
    out: NDArray[np.uint8],
    room: int,
) -> tuple[int, int]:
    """Encodes texts as DELTA_BYTE_ARRAY: shared prefixes, suffix lengths, then the suffixes.

    Args:
        origin: `slices.ORIGIN`.
        slices: The table, of `slices.text_slices`.
        text: ``uint8``, (bytes of all texts,): temporary memory.
        numbers: ``int64``, (3 * rows + 1,): temporary memory.
        out: Output, ``uint8``: the suffixes start at byte ``room``, and both packed lengths end
            there.
        room: At least twice `packed_room` of the number of rows.

    Returns:
        The number of bytes of both packed lengths, and of the suffixes.
    """
    rows = (len(numbers) - 1) // 3
    prefixes = numbers[:rows]
    suffixes = numbers[rows : 2 * rows]
    offsets = numbers[2 * rows :]
    put_lengths_of(origin, slices, prefixes)
    put_text(origin, slices, text, 0)
    offsets[0] = 0
    for row in range(np.uint64(rows)):
        offsets[row + _ONE] = offsets[row] + prefixes[row]
    left = share_prefixes(text, offsets, prefixes, suffixes, out[room:])
    packed = pack_deltas(prefixes, out)
    packed += pack_deltas(suffixes, out[packed:])
    moved_up(out, np.uint64(packed), np.uint64(room))
    return packed, left


@kernel(writes=("numbers", "limits", "out"))
def put_small_numbers(
    origin: NDArray[np.uint8],
    slices: SliceTable,
    numbers: NDArray[np.int64],
    limits: NDArray[np.int64],
    out: NDArray[np.uint8],
) -> int:
    """Encodes small integers as DELTA_BINARY_PACKED.

    Args:
        origin: `slices.ORIGIN`.
        slices: The table, of `slices.number_slices`.
        numbers: ``int64``, (rows,), of at least one row: temporary memory.
        limits: Output, ``int64``, (2,): the smallest and the largest value.
        out: Output, ``uint8``, of `packed_room` bytes.

    Returns:
        The number of bytes written.
    """
    to = _ZERO
    for index in range(len(slices)):
        at = np.uint64(slices[index, _VALUES])
        wide = slices[index, _STEP] == 2
        signed = slices[index, _DATA] != 0
        for _row in range(np.uint64(slices[index, _ROWS])):
            value = np.int64(origin[at])
            at += _ONE
            if wide:
                value |= np.int64(origin[at]) << np.int64(8)
                at += _ONE
            if signed:
                unused = np.int64(48 if wide else 56)
                value = (value << unused) >> unused
            numbers[to] = value
            to += _ONE
    least = most = numbers[_ZERO]
    for row in range(to):
        least = min(least, numbers[row])
        most = max(most, numbers[row])
    limits[0] = least
    limits[1] = most
    return pack_deltas(numbers, out)
