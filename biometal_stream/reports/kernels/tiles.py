"""The compiled loops that find the tile of each read in its name, and add up scores by tile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.loops import is_digit
from biometal_stream.simd.masks import above_mask, count_ones, low_bits, trailing_zeros
from biometal_stream.simd.padding import load_starting, padded_end
from biometal_stream.simd.vectors import differing, repeated, zeros
from biometal_stream.simd.words import WIDTH, Offset, Word

FIELD_OF_VIEW = 1 << 40
"""Added to ``1000 * column + row`` of MGI's fields of view."""

FLUSH = 256
"""Reads whose bytes are added up in 16 bits: 257 are the most that fit."""

_FIELD_OF_VIEW = np.int64(FIELD_OF_VIEW)
_NO_TILE = np.int64(-1)
_SEVEN_FIELDS = np.uint64(6)
_FIVE_FIELDS = np.uint64(4)
_LONGEST = np.uint64(9)
_WIDTH = np.uint64(WIDTH)
_FLUSH = np.int64(FLUSH)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_VIEW = np.uint64(10)  # the bytes of L1C001R001
_COLON, _SPACE, _TAB = np.uint8(ord(":")), np.uint8(ord(" ")), np.uint8(ord("\t"))
_L, _C, _R = np.uint8(ord("L")), np.uint8(ord("C")), np.uint8(ord("R"))
_NOTHING = np.uint8(0)
_ZERO, _ONE, _THREE = np.uint64(0), np.uint64(1), np.uint64(3)


@inlined
def _number(data: NDArray[np.uint8], first: Word, end: Word) -> np.int64:
    """The number that ``data[first:end]`` is; -1 if it is not one of 1 to 9 digits."""
    if end <= first or end - first > _LONGEST:
        return _NO_TILE
    number = np.int64(0)
    for index in range(first, end):
        if not is_digit(data[index]):
            return _NO_TILE
        number = number * np.int64(10) + np.int64(data[index] - np.uint8(48))
    return number


@kernel(writes=("tiles",))
def find_tiles(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    tiles: NDArray[np.int64],
) -> None:
    """Finds the tile of each read in its name.

    Of seven or more fields between colons, as Illumina and Element write, the tile is the fifth;
    of five or six, as Illumina wrote before, the third. Without colons, it is MGI's field of view,
    such as ``L1C002R050``.

    Args:
        starts: (rows,): where each name starts in the data.
        stops: (rows,): where it ends; a blank before that ends it, too.
        data: (bytes,)
        tiles: Output, ``int64``, (rows,): the tile; `FIELD_OF_VIEW` and more for a field of view;
            -1 if the name has none.
    """
    behind = padded_end(data)
    known = zeros()  # the last name with a tile, as far as its tile
    length = _ZERO
    kind = _ZERO
    tile = _NO_TILE
    for row in range(np.uint64(len(tiles))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        text = load_starting(data, behind, start)
        blanks = ~above_mask(differing(text, repeated(_SPACE)), _NOTHING)
        blanks |= ~above_mask(differing(text, repeated(_TAB)), _NOTHING)
        if blanks != _ZERO:
            end = min(end, start + trailing_zeros(blanks))
        colons = ~above_mask(differing(text, repeated(_COLON)), _NOTHING) & low_bits(end - start)
        fields = count_ones(colons)
        index = start + _WIDTH
        while index < end and data[index] != _SPACE and data[index] != _TAB:
            fields += np.uint64(data[index] == _COLON)
            index += _ONE
        style = np.uint64(fields >= _FIVE_FIELDS) + np.uint64(fields >= _SEVEN_FIELDS)
        if length != _ZERO and style == kind and length <= end - start:
            others = above_mask(differing(text, known), _NOTHING)
            if others & low_bits(length) == _ZERO:
                tiles[row] = tile
                continue
        found = _NO_TILE
        stop = start
        if style != _ZERO:
            for _ in range(style + style):  # the fields before the tile
                colons &= colons - _ONE if colons != _ZERO else _ZERO
            # Now the first colon left is the one before the tile's end.
            if colons != _ZERO:
                stop = start + trailing_zeros(colons)
                first = stop
                while first > start and data[first - _ONE] != _COLON:
                    first -= _ONE
                found = _number(data, first, stop)
                stop += _ONE
        elif fields == _ZERO:
            marks = ~above_mask(differing(text, repeated(_L)), _NOTHING) & low_bits(end - start)
            while marks != _ZERO and found < 0:
                place = start + trailing_zeros(marks)
                marks &= marks - _ONE
                if place + _VIEW > end or not is_digit(data[place + _ONE]):
                    continue
                if data[place + np.uint64(2)] != _C or data[place + np.uint64(6)] != _R:
                    continue
                column = _number(data, place + _THREE, place + np.uint64(6))
                line = _number(data, place + np.uint64(7), place + _VIEW)
                if column >= 0 and line >= 0:
                    found = _FIELD_OF_VIEW + np.int64(1000) * column + line
                    stop = place + _VIEW
        tiles[row] = found
        length = _ZERO
        if found >= 0 and stop - start <= _WIDTH:
            known = text
            length = stop - start
            kind = style
            tile = found


@kernel(writes=("table", "found", "slots"))
def number_tiles(
    tiles: NDArray[np.int64],
    table: NDArray[np.int64],
    found: NDArray[np.int64],
    slots: NDArray[np.int64],
) -> Word:
    """Numbers the different tiles of reads in the order of their first reads.

    Args:
        tiles: ``int64``, (reads,); -1 for none.
        table: -1 everywhere, ``int64``: a power of two, more than the number of tiles.
        found: Output, ``int64``, (reads,): the different tiles first.
        slots: Output, ``int64``, (reads,): the number of each read's tile; -1 for none.

    Returns:
        How many different tiles there are.
    """
    bits = np.uint64(len(table)) - _ONE
    count = _ZERO
    last = _NO_TILE
    slot = _NO_TILE
    for row in range(np.uint64(len(tiles))):
        tile = tiles[row]
        if tile != last:
            last = tile
            slot = _NO_TILE
            place = (np.uint64(tile) * _MULTIPLIER) >> np.uint64(40)
            while tile >= 0 and slot < 0:
                place &= bits
                if table[place] < 0:
                    table[place] = np.int64(count)
                    found[count] = tile
                    count += _ONE
                if found[np.uint64(table[place])] == tile:
                    slot = table[place]
                place += _ONE
        slots[row] = slot
    return count


@inlined
def _flush(
    room: np.ndarray[tuple[int, int], np.dtype[np.uint16]],
    sums: np.ndarray[tuple[int, int], np.dtype[np.int32]],
    slot: Word,
    cycles: Word,
) -> None:
    for cycle in range(cycles):
        sums[slot, cycle] += np.int64(room[slot, cycle])
        room[slot, cycle] = 0


@kernel(writes=("room", "waiting", "sums", "reads"))
def add_scores(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    slots: NDArray[np.int64],
    room: np.ndarray[tuple[int, int], np.dtype[np.uint16]],
    waiting: NDArray[np.int64],
    sums: np.ndarray[tuple[int, int], np.dtype[np.int32]],
    reads: np.ndarray[tuple[int, int], np.dtype[np.int32]],
) -> None:
    """Adds up the bytes of qualities by tile and cycle.

    Args:
        starts: ``int32`` or ``int64``, (reads,)
        stops: (reads,)
        data: (bytes,)
        slots: ``int64``, (reads,): the tile of each read; -1 for none.
        room: ``uint16``, (tiles, cycles), zeros.
        waiting: ``int64``, (tiles,), zeros.
        sums: Sums of bytes are added to it, ``int32``, (tiles, at least cycles).
        reads: Reads are added to it by length, ``int32``, (tiles, cycles + 1). Longer ones count
            as reads of this many cycles.
    """
    cycles = np.uint64(room.shape[1])
    for row in range(np.uint64(len(slots))):
        if slots[row] < 0:
            continue
        slot = np.uint64(slots[row])
        start = np.uint64(starts[row])
        length = min(np.uint64(stops[row]) - start, cycles)
        for cycle in range(length):
            room[slot, cycle] += data[start + cycle]
        reads[slot, length] += 1
        waiting[slot] += 1
        if waiting[slot] == _FLUSH:
            waiting[slot] = 0
            _flush(room, sums, slot, cycles)
    for each in range(np.uint64(len(waiting))):
        _flush(room, sums, each, cycles)
