"""The compiled loops that find minimizers; `Scheme` has the definition.

**Hashes.** Let ``f[t]`` be the ntHash of base ``t``, and ``rot`` a rotation of 32 bits to the
left. The hash of the k-mer at ``i`` is the exclusive or of ``rot(f[i + j], k - 1 - j)`` for all
``j < k``. Here each base is rotated by its place instead: with ``x[n]`` the exclusive or of
``rot(f[t], -t)`` for all ``t <= n``, the hash is ``rot(x[i + k - 1] ^ x[i - 1], i + k - 1)``. So
the hashes of a block do not have to wait for each other. The other strand is likewise.

**Least hashes.** A hash is kept as a number: its upper 16 bits, and below them its place. The least
number of a window is the first k-mer of least hash. For the last one, the places are inverted. The
least of four neighbours is found first, then of four such groups, and so on; groups may overlap,
since a number that is looked at twice changes nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.indexes.kernels.blocks import (
    BLOCK,
    CHOSEN,
    SUMS,
    TEXT,
    begin,
    broken,
    fill,
    pack,
    value_at,
)
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.lanes import tally
from biometal_stream.simd.masks import above_mask, low_bits, trailing_zeros
from biometal_stream.simd.memory import load, store
from biometal_stream.simd.padding import padded_end
from biometal_stream.simd.vectors import differing, zeros
from biometal_stream.simd.windows import (
    Sixteen,
    differing_16,
    differing_so_far,
    lesser_16,
    load_16,
    no_numbers_16,
    of_bases,
    places_turned,
    store_16,
    store_chosen,
    sums_so_far,
    sums_with_places,
    turned_left,
    turned_right,
)
from biometal_stream.simd.words import WIDTH, Offset, Word

ROW, BASE, LAST, COUNT = 0, 1, 2, 3
"""What the state has: see `find_minimizers`."""

_REGION = BLOCK + 4 * WIDTH
NUMBERS = 3 * _REGION + WIDTH
"""The numbers of a block."""

# The lower halves of the ntHashes of bases: Mohamadi et al., Bioinformatics 32 (2016), 3492-3494.
_A = np.uint32(0x95C60474)
_C = np.uint32(0x62A02B4C)
_T = np.uint32(0x82572324)
_G = np.uint32(0x4BE24456)

_FORWARD = np.uint64(WIDTH)
_BACKWARD = _FORWARD + np.uint64(_REGION)
_LEFT = _BACKWARD + np.uint64(_REGION)
_RIGHT = _FORWARD  # which is not needed any more

_WIDTH = np.uint64(WIDTH)
_STEP = np.uint64(16)
_BYTE = np.uint64(0xFF)
_LAST_LANE = np.uint64(WIDTH - 1)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_FOUR = np.uint64(4)
_G_OR_T = np.uint8(4)
_NO = np.uint8(0)


@inlined
def _hash(block: NDArray[np.uint8], numbers: NDArray[np.uint32], used: Word, k: Word) -> None:
    """Writes the hashes, with their places, of the k-mers of a block."""
    forward = no_numbers_16()
    backward = no_numbers_16()
    at = _ZERO
    while at < used:
        bases = of_bases(block, TEXT + at, _A, _C, _T, _G)
        forward = differing_so_far(turned_right(bases, at), forward)
        store_16(numbers, _FORWARD + at, forward)
        bases = of_bases(block, TEXT + at, _T, _G, _A, _C)
        backward = differing_so_far(turned_left(bases, at), backward)
        store_16(numbers, _BACKWARD + at, backward)
        at += _STEP
    last = k - _ONE
    at = _ZERO
    while at < used:
        one = load_16(numbers, _FORWARD + at + last)
        one = differing_16(one, load_16(numbers, _FORWARD + at - _ONE))
        two = load_16(numbers, _BACKWARD + at + last)
        two = differing_16(two, load_16(numbers, _BACKWARD + at - _ONE))
        sums = sums_with_places(turned_left(one, at + last), turned_right(two, at), at)
        store_16(numbers, _LEFT + at, sums)
        at += _STEP


@inlined
def _least(numbers: NDArray[np.uint32], at: Word, one: Word, two: Word, three: Word) -> Sixteen:
    """The least numbers of four, some places apart."""
    first = lesser_16(load_16(numbers, at), load_16(numbers, at + one))
    return lesser_16(first, lesser_16(load_16(numbers, at + two), load_16(numbers, at + three)))


@inlined
def _choose(
    block: NDArray[np.uint8], numbers: NDArray[np.uint32], used: Word, k: Word, w: Word
) -> None:
    """Writes the lowest byte of the place of each window's minimizer."""
    rest = w - _ONE
    one, two, three = min(_ONE, rest), min(_TWO, rest), min(_THREE, rest)
    at = _ZERO
    while at < used:
        here = load_16(numbers, _LEFT + at)
        next_ = load_16(numbers, _LEFT + at + one)
        third = load_16(numbers, _LEFT + at + two)
        fourth = load_16(numbers, _LEFT + at + three)
        store_16(numbers, _LEFT + at, lesser_16(lesser_16(here, next_), lesser_16(third, fourth)))
        here, next_ = places_turned(here), places_turned(next_)
        third, fourth = places_turned(third), places_turned(fourth)
        store_16(numbers, _RIGHT + at, lesser_16(lesser_16(here, next_), lesser_16(third, fourth)))
        at += _STEP
    span = min(_FOUR, w)
    while _FOUR * span < w:
        at = _ZERO
        while at < used:
            left = _least(numbers, _LEFT + at, span, _TWO * span, _THREE * span)
            store_16(numbers, _LEFT + at, left)
            right = _least(numbers, _RIGHT + at, span, _TWO * span, _THREE * span)
            store_16(numbers, _RIGHT + at, right)
            at += _STEP
        span *= _FOUR
    rest = w - span
    one, two, three = min(span, rest), min(_TWO * span, rest), rest
    last = k + w - _TWO
    enough = np.uint8((k + w - _ONE) // _TWO + _ONE)
    at = _ZERO
    while at < used:
        left = _least(numbers, _LEFT + at, one, two, three)
        right = _least(numbers, _RIGHT + at, one, two, three)
        first, end = SUMS + at - _ONE, SUMS + at + last
        store_chosen(block, CHOSEN + at, block, first, end, enough, left, right)
        at += _STEP


@inlined
def _count_g_and_t(block: NDArray[np.uint8], used: Word) -> None:
    sums = zeros()
    at = _ZERO
    while at < used:
        sums = sums_so_far(tally(zeros(), load(block, TEXT + at), _G_OR_T, _G_OR_T), sums)
        store(block, SUMS + at, sums)
        at += _WIDTH


@inlined
def _place(block: NDArray[np.uint8], window: Word) -> Word:
    """The place of a window's minimizer, which is less than 256 after the window's."""
    return window + ((np.uint64(block[CHOSEN + window]) - window) & _BYTE)


@kernel(writes=("block", "numbers", "pieces", "state", "values", "positions", "offsets"))
def find_minimizers(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    k: np.uint64,
    w: np.uint64,
    block: NDArray[np.uint8],
    numbers: NDArray[np.uint32],
    pieces: NDArray[np.int64],
    state: NDArray[np.int64],
    values: NDArray[np.uint64],
    positions: NDArray[np.int32],
    offsets: NDArray[np.int64],
) -> bool:
    """Finds the minimizers of rows, as long as there is room for those of a block.

    Args:
        starts: (rows,)
        stops: (rows,)
        data: (bytes,)
        k: The bases of a k-mer.
        w: The k-mers of a window.
        block: Scratch, ``uint8``, (`biometal_stream.indexes.kernels.blocks.BYTES`,).
        numbers: Scratch, ``uint32``, (`NUMBERS`,).
        pieces: Scratch, as `biometal_stream.indexes.kernels.blocks.fill` takes it.
        state: ``int64``, (4,): the row and its base to go on with, the place of the last minimizer
            in this row, -1 for none, and the number of minimizers. The first time 0, 0, -1, 0.
        values: Output, ``uint64``, (room,): at least `BLOCK`.
        positions: Output, ``int32``, (room,): the first base of each; empty for none.
        offsets: Output, ``int64``, (rows + 1,): of zeros.

    Returns:
        Whether all rows are done.
    """
    window = k + w - _ONE
    behind = padded_end(data)
    begin(block)
    numbers[_FORWARD - _ONE] = np.uint32(0)
    numbers[_BACKWARD - _ONE] = np.uint32(0)
    row, base = np.uint64(state[ROW]), np.uint64(state[BASE])
    last, count = state[LAST], np.uint64(state[COUNT])
    filled = row
    rows = np.uint64(len(starts))
    while True:
        number, windows, next_row, next_base = fill(
            starts, stops, data, behind, window, row, base, block, pieces
        )
        if count + windows > np.uint64(len(values)):
            state[ROW], state[BASE] = np.int64(row), np.int64(base)
            state[LAST], state[COUNT] = last, np.int64(count)
            while filled < row:
                filled += _ONE
                offsets[filled] = np.int64(count)
            return False
        row, base = next_row, next_base
        used = np.uint64(pieces[_THREE * number + _TWO])
        others = pack(block, used)
        _count_g_and_t(block, used)
        _hash(block, numbers, used, k)
        _choose(block, numbers, used, k, w)
        for piece in range(number):
            this = np.uint64(pieces[_THREE * piece])
            first = pieces[_THREE * piece + _ONE]
            start = np.uint64(pieces[_THREE * piece + _TWO])
            end = np.uint64(pieces[_THREE * piece + _THREE + _TWO]) - window + _ONE
            while filled < this:
                filled += _ONE
                offsets[filled] = np.int64(count)
            shift = first - np.int64(start)
            if first == np.int64(0):
                last = np.int64(-1)
            before = _ZERO  # whether the window before has no other letter
            at = start
            while at < end:
                whole = ~_ZERO
                if others:
                    whole = ~broken(block, at, window)
                chosen = load(block, CHOSEN + at)
                found = above_mask(differing(chosen, load(block, CHOSEN + at - _ONE)), _NO)
                found = (found | ~((whole << _ONE) | before)) & whole & low_bits(end - at)
                before = whole >> _LAST_LANE
                if at == start and np.int64(_place(block, at)) + shift == last:
                    found &= ~_ONE  # the minimizer of the last window of the block before
                while found != _ZERO:
                    place = _place(block, at + trailing_zeros(found))
                    found &= found - _ONE
                    values[count] = value_at(block, place, k)
                    last = np.int64(place) + shift
                    if len(positions):
                        positions[count] = np.int32(last)
                    count += _ONE
                at += _WIDTH
        if number == _ZERO:
            break
    while filled < rows:
        filled += _ONE
        offsets[filled] = np.int64(count)
    state[ROW], state[COUNT] = np.int64(row), np.int64(count)
    return True
