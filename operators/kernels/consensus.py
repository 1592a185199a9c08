"""The compiled loops that merge mates to one read, and correct them by each other.

Tables say which base stays where both mates have read one, and with what quality.
`biometal_stream.operators.pairs.consensus` has them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Offset, Word

QUALITIES = 94
"""Phred scores from 0 to 93; a table has a value for each two."""
NEITHER, FIRST, SECOND = 0, 1, 2
"""Whose base stays where mates differ: that of mate 1 or 2, or none. Then the insert has N there,
and both mates are left as they are."""

_N = np.uint8(ord("N"))
_LOWEST = np.uint8(ord("!"))
_QUALITIES = np.uint64(QUALITIES)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_NEITHER, _FIRST, _SECOND = np.uint8(NEITHER), np.uint8(FIRST), np.uint8(SECOND)


@inlined
def _place(one: np.uint8, two: np.uint8) -> Word:
    """Where the value of two qualities is in a table."""
    return np.uint64(one - _LOWEST) * _QUALITIES + np.uint64(two - _LOWEST)


@kernel(writes=("merged", "merged_qualities"))
def merge_mates(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    bases: NDArray[np.uint8],
    quality_starts: NDArray[Offset],
    qualities: NDArray[np.uint8],
    complements: NDArray[np.uint8],
    inserts: NDArray[np.int64],
    tables: NDArray[np.uint8],
    unknown_lose: np.int64,
    offsets: NDArray[np.int64],
    merged: NDArray[np.uint8],
    merged_qualities: NDArray[np.uint8],
) -> None:
    """Merges the mates of pairs to the whole insert, on the strand of mate 1.

    What a mate has read after the insert's end is left out.

    Args:
        starts: (rows,): where each read starts in the bases; rows alternate between the mates.
        stops: (rows,): where it ends.
        bases: (bytes,)
        quality_starts: (rows,): where its qualities start.
        qualities: (bytes,), Phred+33.
        complements: ``uint8``, (256,): the complement of each byte.
        inserts: ``int64``, (rows / 2,): the size of each insert; -1 for pairs that stay. Mates
            overlap or meet, and the insert ends in mate 2 or with it.
        tables: ``uint8``, (3 * 94 * 94,), by the scores of mates 1 and 2: the quality byte where
            they agree; whose base stays where they differ; its quality byte.
        unknown_lose: Not 0 if an N gives way to any base, and its quality to that of the base; 2 if
            each N that is left gets quality 0.
        offsets: ``int64``, (reads + 1,): where each read goes in the output, which has one for an
            insert and both mates of other pairs. Bases that an insert has no room for are left
            out.
        merged: Output, ``uint8``, (bytes,)
        merged_qualities: Output, ``uint8``, (bytes,)
    """
    table = _QUALITIES * _QUALITIES
    read = _ZERO
    for pair in range(np.uint64(len(inserts))):
        if inserts[pair] < 0:
            for row in range(_TWO * pair, _TWO * pair + _TWO):
                to = np.uint64(offsets[read])
                first, quality_first = np.uint64(starts[row]), np.uint64(quality_starts[row])
                for place in range(np.uint64(stops[row]) - first):
                    merged[to + place] = bases[first + place]
                    merged_qualities[to + place] = qualities[quality_first + place]
                read += _ONE
            continue
        to = np.uint64(offsets[read])
        whole = np.uint64(offsets[read + _ONE]) - to
        read += _ONE
        size = np.uint64(inserts[pair])
        start1 = np.uint64(starts[_TWO * pair])
        quality1 = np.uint64(quality_starts[_TWO * pair])
        length1 = min(np.uint64(stops[_TWO * pair]) - start1, size, whole)
        # Base k of the insert is base size - 1 - k of mate 2.
        start2 = np.uint64(starts[_TWO * pair + _ONE])
        quality2 = np.uint64(quality_starts[_TWO * pair + _ONE])
        length2 = np.uint64(stops[_TWO * pair + _ONE]) - start2
        first = size - min(size, length2)
        for place in range(min(first, length1)):
            merged[to + place] = bases[start1 + place]
            merged_qualities[to + place] = qualities[quality1 + place]
        for place in range(first, length1):
            one, two = bases[start1 + place], bases[start2 + size - _ONE - place]
            two = complements[np.uint64(two)]
            of_one = qualities[quality1 + place]
            of_two = qualities[quality2 + size - _ONE - place]
            base, quality = one, of_one
            at = _place(of_one, of_two)
            if unknown_lose != 0 and (one == _N or two == _N):  # noqa: PLR1714
                base = two if one == _N else one
                quality = of_two if one == _N else of_one
                if base == _N:
                    quality = _LOWEST
            elif one == two:
                quality = tables[at]
            else:
                stays = tables[table + at]
                quality = tables[table + table + at]
                base = one if stays == _FIRST else two if stays == _SECOND else _N
            merged[to + place] = base
            merged_qualities[to + place] = quality
        for place in range(length1, whole):
            merged[to + place] = complements[np.uint64(bases[start2 + size - _ONE - place])]
            merged_qualities[to + place] = qualities[quality2 + size - _ONE - place]
        if unknown_lose > 1:
            for place in range(to, to + whole):
                if merged[place] == _N:
                    merged_qualities[place] = _LOWEST


@kernel(writes=("corrected", "corrected_qualities", "counts"))
def correct_mates(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    bases: NDArray[np.uint8],
    quality_starts: NDArray[Offset],
    qualities: NDArray[np.uint8],
    complements: NDArray[np.uint8],
    inserts: NDArray[np.int64],
    tables: NDArray[np.uint8],
    unknown_lose: np.int64,
    to: NDArray[Offset],
    corrected: NDArray[np.uint8],
    corrected_qualities: NDArray[np.uint8],
    counts: NDArray[np.int64],
) -> None:
    """Corrects the bases in which mates differ where they overlap, in copies of the reads.

    Args:
        starts: (rows,): where each read starts in the bases; rows alternate between the mates.
        stops: (rows,): where it ends.
        bases: (bytes,)
        quality_starts: (rows,): where its qualities start.
        qualities: (bytes,), Phred+33.
        complements: ``uint8``, (256,): the complement of each byte.
        inserts: ``int64``, (rows / 2,): the size of each insert; -1 for pairs that stay.
        tables: ``uint8``, (3 * 94 * 94,): whose base is right where mates differ; the quality byte
            of mate 1 then; that of mate 2.
        unknown_lose: Not 0 if an N is corrected to any base, with the quality of the base.
        to: (rows,): where each read starts in the copies.
        corrected: The copied bases, (bytes,), which are corrected.
        corrected_qualities: The copied qualities, likewise.
        counts: Output, ``int64``, (rows,): the bases that were corrected in each read.
    """
    table = _QUALITIES * _QUALITIES
    counts[:] = 0
    for pair in range(np.uint64(len(inserts))):
        if inserts[pair] < 0:
            continue
        size = np.uint64(inserts[pair])
        row = _TWO * pair
        start1, start2 = np.uint64(starts[row]), np.uint64(starts[row + _ONE])
        quality1, quality2 = np.uint64(quality_starts[row]), np.uint64(quality_starts[row + _ONE])
        length1 = min(np.uint64(stops[row]) - start1, size)
        length2 = np.uint64(stops[row + _ONE]) - start2
        for place in range(size - min(size, length2), length1):
            other = size - _ONE - place
            one, two = bases[start1 + place], bases[start2 + other]
            turned = complements[np.uint64(two)]
            if one == turned:
                continue
            of_one, of_two = qualities[quality1 + place], qualities[quality2 + other]
            at = _place(of_one, of_two)
            stays = tables[at]
            new_one, new_two = tables[table + at], tables[table + table + at]
            if unknown_lose != 0 and (one == _N or turned == _N):  # noqa: PLR1714
                stays = _SECOND if one == _N else _FIRST
                new_one = new_two = of_two if one == _N else of_one
            to1, to2 = np.uint64(to[row]) + place, np.uint64(to[row + _ONE]) + other
            if stays == _FIRST:
                corrected[to2] = complements[np.uint64(one)]
                counts[row + _ONE] += 1
            elif stays == _SECOND:
                corrected[to1] = turned
                counts[row] += 1
            if stays != _NEITHER:
                corrected_qualities[to1] = new_one
                corrected_qualities[to2] = new_two
