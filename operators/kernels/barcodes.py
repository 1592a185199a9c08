"""The compiled loops that compare barcodes with those of samples.

A barcode is three planes of bits, base ``k`` in bit ``k``: the low and the high bit of its code,
which is 0 for A, 1 for C, 3 for G and 2 for T, and whether it was not called. So a few operations
on words count the bases in which two barcodes differ.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset, Word

MOST_BASES = 64
"""The most bases of a barcode, all of its parts together."""

NONE = np.int32(-1)
"""Stands for no sample."""

_HYPHEN = np.uint8(ord("-"))
_PLUS = np.uint8(ord("+"))
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_FACTORS = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
_FIRST, _SECOND, _THIRD = _FACTORS
_FAR = np.uint64(255)


@inlined
def _count(bits: Word) -> Word:
    """The number of bits that are set: Warren, Hacker's Delight, figure 5-2."""
    bits = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
    pairs = np.uint64(0x3333333333333333)
    bits = (bits & pairs) + ((bits >> np.uint64(2)) & pairs)
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (bits * np.uint64(0x0101010101010101)) >> np.uint64(56)


@inlined
def _slot(low: Word, high: Word, other: Word, mask: Word) -> Word:
    """Where a table is searched first for a barcode."""
    word = (low * _FIRST) ^ (high * _SECOND) ^ (other * _THIRD)
    word = (word ^ (word >> np.uint64(31))) * _SECOND
    return (word ^ (word >> np.uint64(29))) & mask


@inlined
def _is_separator(letter: np.uint8) -> bool:
    return bool(letter == _HYPHEN or letter == _PLUS)  # noqa: PLR1714, SIM109 - numba


@kernel(writes=("low", "high", "other"))
def pack_barcodes(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    ends: NDArray[np.int64],
    codes: NDArray[np.uint64],
    low: NDArray[np.uint64],
    high: NDArray[np.uint64],
    other: NDArray[np.uint64],
) -> None:
    """Turns barcodes into planes.

    Parts are separated by a hyphen or a plus. Bases after the length of a part are left out. A
    barcode without separators is one text of all parts. One that is too short has no called base,
    so it is like none.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        ends: ``int64``, (parts,): the bases of the parts up to each.
        codes: ``uint64``, (256,): the code of each byte, 4 for a base that was not called.
        low: Output, ``uint64``, (rows,).
        high: Output, likewise.
        other: Output, likewise.
    """
    parts = len(ends)
    last = ends[parts - 1]
    for row in range(len(low)):
        index = np.int64(starts[row])
        stop = np.int64(stops[row])
        separated = False
        if parts > 1:
            at = index + ends[0]  # where the separator is, nearly always
            separated = bool(at < stop and _is_separator(data[at]))
            at = index
            while not separated and at < stop:
                separated = _is_separator(data[at])
                at += 1
        lows = _ZERO
        highs = _ZERO
        others = _ZERO
        part = 0
        base = np.int64(0)
        end = ends[0] if separated else last
        short = False
        while index < stop:
            letter = data[index]
            index += 1
            if _is_separator(letter):
                if separated:
                    short |= base < end
                    if part + 1 == parts:
                        break
                    base = end
                    part += 1
                    end = ends[part]
            elif base < end:
                code = codes[letter]
                place = np.uint64(base)
                lows |= (code & _ONE) << place
                highs |= ((code >> _ONE) & _ONE) << place
                others |= (code >> np.uint64(2)) << place
                base += 1
        if short or base < last:
            lows = _ZERO
            highs = _ZERO
            others = _ALL
        low[row] = lows
        high[row] = highs
        other[row] = others


@inlined
def _nearest(
    low: Word,
    high: Word,
    other: Word,
    lows: NDArray[np.uint64],
    highs: NDArray[np.uint64],
    cares: NDArray[np.uint64],
    most: Word,
    delta: Word,
) -> np.int32:
    """The sample of a barcode, as `match_barcodes` says, by comparing it with all."""
    best = _FAR
    second = _FAR
    found = NONE
    for sample in range(len(lows)):
        differing = ((low ^ lows[sample]) | (high ^ highs[sample]) | other) & cares[sample]
        distance = _count(differing)
        if distance < best:
            second = best
            best = distance
            found = np.int32(sample)
        elif distance < second:
            second = distance
    return found if best <= most and second - best >= delta else NONE


@kernel(writes=("close", "table_low", "table_high", "table_other", "table"))
def fill_table(
    lows: NDArray[np.uint64],
    highs: NDArray[np.uint64],
    cares: NDArray[np.uint64],
    bases: Word,
    most: Word,
    delta: Word,
    close: NDArray[np.int64],
    table_low: NDArray[np.uint64],
    table_high: NDArray[np.uint64],
    table_other: NDArray[np.uint64],
    table: NDArray[np.int32],
) -> None:
    """Fills a table with the barcodes of all samples, and those with one mismatch if allowed.

    What each of them is, is decided here, so that a look-up decides a read.

    Args:
        lows: ``uint64``, (samples,): the planes of the samples' barcodes, without uncalled bases.
        highs: Likewise.
        cares: ``uint64``, (samples,): the bases that are compared.
        bases: The number of bases.
        most: The most mismatches.
        delta: The fewest mismatches by which the next sample must be farther.
        close: ``int64``, (samples,): is overwritten.
        table_low: Output, ``uint64``, (slots,): the keys; the slots are a power of 2, at least
            twice the number of keys.
        table_high: Output, likewise.
        table_other: Output, likewise.
        table: Output, ``int32``, (slots,): -2 for an empty slot, all at first; otherwise the
            sample, or `NONE`.
    """
    mask = np.uint64(len(table)) - _ONE
    steps = bases * np.uint64(4) if most > _ZERO else _ZERO
    reach = (_ONE if most > _ZERO else _ZERO) * np.uint64(2) + delta
    for sample in range(len(lows)):
        number = 0
        for rival in range(len(lows)):
            differing = (lows[sample] ^ lows[rival]) | (highs[sample] ^ highs[rival])
            if _count(differing & cares[sample] & cares[rival]) < reach:
                close[number] = rival
                number += 1
        for step in range(steps + _ONE):
            low = lows[sample]
            high = highs[sample]
            other = _ZERO
            if step > _ZERO:
                bit = _ONE << ((step - _ONE) >> np.uint64(2))
                change = (step - _ONE) & np.uint64(3)
                if change == _ZERO:
                    other = bit
                    low &= ~bit
                    high &= ~bit
                else:
                    low ^= bit * (change & _ONE)
                    high ^= bit * (change >> _ONE)
            best = _FAR
            second = _FAR
            found = NONE
            for place in range(number):
                rival = close[place]
                differing = ((low ^ lows[rival]) | (high ^ highs[rival]) | other) & cares[rival]
                distance = _count(differing)
                if distance < best:
                    second = best
                    best = distance
                    found = np.int32(rival)
                elif distance < second:
                    second = distance
            if best > most or second - best < delta:
                found = NONE
            slot = _slot(low, high, other, mask)
            while table[slot] != np.int32(-2) and not (
                table_low[slot] == low and table_high[slot] == high and table_other[slot] == other
            ):
                slot = (slot + _ONE) & mask
            table_low[slot] = low
            table_high[slot] = high
            table_other[slot] = other
            table[slot] = found


@kernel(writes=("found",))
def match_barcodes(
    low: NDArray[np.uint64],
    high: NDArray[np.uint64],
    other: NDArray[np.uint64],
    lows: NDArray[np.uint64],
    highs: NDArray[np.uint64],
    cares: NDArray[np.uint64],
    most: Word,
    delta: Word,
    search: bool,
    table_low: NDArray[np.uint64],
    table_high: NDArray[np.uint64],
    table_other: NDArray[np.uint64],
    table: NDArray[np.int32],
    found: NDArray[np.int32],
) -> None:
    """Finds the sample of each barcode.

    It is the one with the fewest mismatches, if these are not more than allowed, and if the next
    one has more of them by a minimum. A base that was not called is a mismatch. That is the rule
    of fqtk.

    Args:
        low: ``uint64``, (rows,): from `pack_barcodes`.
        high: Likewise.
        other: Likewise.
        lows: As for `fill_table`.
        highs: Likewise.
        cares: Likewise.
        most: Likewise.
        delta: Likewise.
        search: Whether barcodes that are not in the table are compared with all samples.
        table_low: From `fill_table`.
        table_high: Likewise.
        table_other: Likewise.
        table: Likewise.
        found: Output, ``int32``, (rows,): the sample, or `NONE`.
    """
    mask = np.uint64(len(table)) - _ONE
    for row in range(len(low)):
        slot = _slot(low[row], high[row], other[row], mask)
        while table[slot] != np.int32(-2) and not (
            table_low[slot] == low[row]
            and table_high[slot] == high[row]
            and table_other[slot] == other[row]
        ):
            slot = (slot + _ONE) & mask
        if table[slot] != np.int32(-2):
            found[row] = table[slot]
        elif search and other[row] != _ALL:
            found[row] = _nearest(low[row], high[row], other[row], lows, highs, cares, most, delta)
        else:
            found[row] = NONE


@kernel(writes=("distances",))
def count_mismatches(
    low: NDArray[np.uint64],
    high: NDArray[np.uint64],
    other: NDArray[np.uint64],
    samples: NDArray[np.int32],
    lows: NDArray[np.uint64],
    highs: NDArray[np.uint64],
    cares: NDArray[np.uint64],
    distances: NDArray[np.uint8],
) -> None:
    """Counts the mismatches of each barcode with that of its sample.

    Args:
        low: ``uint64``, (rows,): from `pack_barcodes`.
        high: Likewise.
        other: Likewise.
        samples: ``int32``, (rows,): the samples; 255 mismatches for `NONE`.
        lows: As for `fill_table`.
        highs: Likewise.
        cares: Likewise.
        distances: Output, ``uint8``, (rows,).
    """
    for row in range(len(low)):
        sample = samples[row]
        if sample < 0:
            distances[row] = np.uint8(255)
            continue
        differing = ((low[row] ^ lows[sample]) | (high[row] ^ highs[sample]) | other[row]) & cares[
            sample
        ]
        distances[row] = np.uint8(_count(differing))
