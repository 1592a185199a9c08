"""The compiled loops that find where mates overlap, by the rules of several programs.

The size of the insert says where: an insert of *k* bases begins with mate 1, and ends with mate 2,
turned to the strand of mate 1. `biometal_stream.operators.pairs.overlap` calls them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.operators.kernels.adapters import UNIT, allowed, copy_read, mismatches
from biometal_stream.operators.kernels.overlaps import alike, score_over
from biometal_stream.operators.kernels.strand import complement
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.masks import above_mask, count_ones, equal_mask, low_bits
from biometal_stream.simd.memory import load, store
from biometal_stream.simd.padding import End, Start, load_ending, padded_end, padded_start
from biometal_stream.simd.vectors import backwards, differing
from biometal_stream.simd.words import WIDTH, Offset, Word

LIKELY = 12 * UNIT
"""The least score of an overlap: with a prior of 1 in 1,000 for each size of an insert, an error
of less than 1 in 100."""
CLEAR = 5 * UNIT
"""By how much an overlap must be better than any other: more than 100 times as likely."""
IMAGINED = 16
"""Bases that are added to those that say how repetitive an overlap is."""
PROTECTED = 50
"""The bases in which fastp counts mismatches before it accepts an overlap."""
WORDS = 4
"""The words of five bases that vsearch wants to be equal in an overlap."""
DROP = 16.0
"""vsearch takes no overlap in which the score falls by so many bits."""

_N = np.uint8(ord("N"))
_NOTHING = np.uint8(0)
_WIDTH = np.uint64(WIDTH)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_LIKELY = np.int64(LIKELY)
_CLEAR = np.int64(CLEAR)
_IMAGINED = np.uint64(IMAGINED)
_PROTECTED = np.uint64(PROTECTED)
_WORDS = np.uint64(WORDS)
_NONE = np.int64(-1)
_QUALITIES = np.uint64(128)
_WORD = np.uint64(5)
_STARTS = np.uint64(WIDTH - 4)  # of words in a vector


@inlined
def copy_mates(
    bases: NDArray[np.uint8],
    before: Start,
    behind: End,
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    pair: Word,
    copied: NDArray[np.uint8],
    turned: Word,
) -> tuple[Word, Word]:
    """Copies mate 1 of a pair to the start of scratch memory, and mate 2, turned, to ``turned``.

    Returns:
        The lengths of both.
    """
    row1, row2 = _TWO * pair, _TWO * pair + _ONE
    first1, last1 = np.uint64(starts[row1]), np.uint64(stops[row1])
    first2, last2 = np.uint64(starts[row2]), np.uint64(stops[row2])
    copy_read(bases, behind, first1, last1, copied, _ZERO)
    to = turned
    index = last2
    while index > first2:
        store(copied, to, backwards(complement(load_ending(bases, before, index))))
        count = min(index - first2, _WIDTH)
        index -= count
        to += count
    return last1 - first1, last2 - first2


@inlined
def differences(text: NDArray[np.uint8], first: Word, second: Word, count: Word) -> Word:
    """Counts the bytes in which two stretches of a text differ."""
    found = _ZERO
    done = _ZERO
    while done < count:
        here, other = load(text, first + done), load(text, second + done)
        found += mismatches(here, other, min(count - done, _WIDTH))
        done += _WIDTH
    return found


@kernel(writes=("copied", "sizes", "unlike"))
def first_overlaps(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    bases: NDArray[np.uint8],
    least: np.int64,
    most: np.int64,
    rate: np.float64,
    copied: NDArray[np.uint8],
    sizes: NDArray[np.int64],
    unlike: NDArray[np.int64],
) -> None:
    """Finds the first overlap that is good enough, as fastp 1.3.6 does.

    The longest insert of which mate 2 ends with mate 1 comes first, then shorter ones. An overlap
    is good if at most ``most`` bases, and a share of ``rate``, differ among its first 50.

    Args:
        starts: (rows,): where each read starts in the bases; rows alternate between the mates.
        stops: (rows,): where it ends.
        bases: (bytes,), without lower case.
        least: The bases of which more must overlap, unless mate 2 is shorter.
        most: The most bases that may differ.
        rate: The largest share of bases that may differ.
        copied: Scratch, ``uint8``, (2 * (longest read + 2 * WIDTH),)
        sizes: Output, ``int64``, (rows / 2,): the size of each insert; -1 if mates do not overlap.
        unlike: Output, ``int64``, (rows / 2,): how many bases of the overlap differ.
    """
    behind = padded_end(bases)
    before = padded_start(bases)
    turned = np.uint64(len(copied)) // _TWO
    for pair in range(np.uint64(len(starts)) // _TWO):
        copied1, copied2 = copy_mates(bases, before, behind, starts, stops, pair, copied, turned)
        length1, length2 = np.int64(copied1), np.int64(copied2)
        sizes[pair] = _NONE
        unlike[pair] = 0
        forward = max(length1 - least, np.int64(0))
        for step in range(forward + max(length2 - least, np.int64(0))):
            offset = step if step < forward else forward - step
            first = np.uint64(max(offset, np.int64(0)))
            second = np.uint64(max(-offset, np.int64(0)))
            overlap = min(np.uint64(length1) - first, np.uint64(length2) - second)
            limit = min(most, np.int64(np.float64(overlap) * rate))
            compared = min(overlap, _PROTECTED)
            count = np.int64(
                mismatches(load(copied, first), load(copied, turned + second), compared)
            )
            if count <= limit:
                sizes[pair] = length2 + offset
                unlike[pair] = np.int64(differences(copied, first, turned + second, overlap))
                break


@kernel(writes=("copied", "sizes", "unlike"))
def best_overlaps(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    bases: NDArray[np.uint8],
    least: np.int64,
    most: np.int64,
    rate: np.float64,
    copied: NDArray[np.uint8],
    sizes: NDArray[np.int64],
    unlike: NDArray[np.int64],
) -> None:
    """Finds the overlap with the most equal bases, as AdapterRemoval 3.0.2 does.

    An equal base adds 1 to a score, a different one takes 1, and N counts for nothing. Of equal
    scores the longer overlap wins, then that with fewer N, then the shorter insert. The best must
    have ``least`` bases without N, of which at most ``most``, and a share of ``rate``, differ; none
    of fewer than 6, and one of fewer than 10.

    The arguments are those of `first_overlaps`.
    """
    behind = padded_end(bases)
    before = padded_start(bases)
    turned = np.uint64(len(copied)) // _TWO
    for pair in range(np.uint64(len(starts)) // _TWO):
        length1, length2 = copy_mates(bases, before, behind, starts, stops, pair, copied, turned)
        best = best_length = best_unknown = best_unlike = np.int64(0)
        size_of_best = _NONE
        for number in range(_ONE, length1 + length2):
            size = np.uint64(number)
            first = size - min(size, length2)
            second = length2 - min(size, length2)
            overlap = min(size, length1) - first
            score = np.int64(overlap)
            unknown = different = np.int64(0)
            done = _ZERO
            while done < overlap and score >= best:
                at, other = first + done, turned + second + done
                here = low_bits(min(overlap - done, _WIDTH))
                dark = (equal_mask(copied, at, _N) | equal_mask(copied, other, _N)) & here
                differ = above_mask(differing(load(copied, at), load(copied, other)), _NOTHING)
                wrong = np.int64(count_ones(differ & here & ~dark))
                lost = np.int64(count_ones(dark))
                different += wrong
                unknown += lost
                score -= lost + wrong + wrong
                done += _WIDTH
            length = np.int64(overlap)
            if score > best or (
                score == best
                and (length > best_length or (length == best_length and unknown < best_unknown))
            ):
                best, best_length, best_unknown = score, length, unknown
                best_unlike = different
                size_of_best = np.int64(size)
        known = best_length - best_unknown
        limit = min(most, np.int64(rate * np.float64(known)))
        if known < 6:
            limit = np.int64(0)
        elif known < 10:
            limit = min(np.int64(1), limit)
        good = best > 0 and known >= least and best_unlike <= limit
        sizes[pair] = size_of_best if good else _NONE
        unlike[pair] = best_unlike if good else np.int64(0)


@inlined
def _equal_words(text: NDArray[np.uint8], first: Word, second: Word, overlap: Word) -> Word:
    """Counts the words of five bases without N that are equal in both stretches."""
    found = _ZERO
    done = _ZERO
    while done + _WORD <= overlap:
        at, other = first + done, second + done
        differ = above_mask(differing(load(text, at), load(text, other)), _NOTHING)
        equal = ~(differ | equal_mask(text, at, _N))
        pairs = equal & (equal >> _ONE)
        words = pairs & (pairs >> _TWO) & (equal >> np.uint64(4))
        found += count_ones(words & low_bits(min(overlap - done - np.uint64(4), _STARTS)))
        done += _STARTS
    return found


@kernel(writes=("copied", "sizes", "unlike"))
def clear_overlaps(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    bases: NDArray[np.uint8],
    quality_starts: NDArray[Offset],
    qualities: NDArray[np.uint8],
    matches: NDArray[np.float64],
    least: np.int64,
    most: np.int64,
    rate: np.float64,
    copied: NDArray[np.uint8],
    sizes: NDArray[np.int64],
    unlike: NDArray[np.int64],
) -> None:
    """Finds the overlap that no other comes close to, as vsearch does (``--fastq_mergepairs``).

    An overlap with four equal words of five bases is scored by both qualities, from the end of mate
    1 on. One whose score falls by 16 bits from its highest does not count. There must be one that
    has enough bits, and only one. Inserts that are shorter than mate 2 are not merged.

    Args:
        starts: (rows,): where each read starts in the bases; rows alternate between the mates.
        stops: (rows,): where it ends.
        bases: (bytes,), without lower case.
        quality_starts: (rows,): where its qualities start.
        qualities: (bytes,), Phred+33.
        matches: ``float64``, (2 * 128 * 128,): the bits of a base on which mates agree, by both
            quality bytes; then of one on which they do not.
        least: The bases that must overlap, at least 5.
        most: The most bases that may differ.
        rate: The largest share of bases that may differ.
        copied: Scratch, ``uint8``, (2 * (longest read + 2 * WIDTH),)
        sizes: Output, ``int64``, (rows / 2,): the size of each insert; -1 if mates do not overlap.
        unlike: Output, ``int64``, (rows / 2,): how many bases of the overlap differ.
    """
    behind = padded_end(bases)
    before = padded_start(bases)
    turned = np.uint64(len(copied)) // _TWO
    words = np.uint64(min(np.int64(WORDS), least - 4))
    enough = min(np.float64(16.0), np.float64(1.6) * np.float64(least)) if least < 9 else 16.0
    for pair in range(np.uint64(len(starts)) // _TWO):
        quality1 = np.uint64(quality_starts[_TWO * pair])
        quality2 = np.uint64(quality_starts[_TWO * pair + _ONE])
        length1, length2 = copy_mates(bases, before, behind, starts, stops, pair, copied, turned)
        best = 0.0
        best_size = _ZERO
        best_unlike = np.int64(0)
        hits = 0
        # As vsearch, from the longest insert to the shortest.
        for shorter in range(_ONE, length1 + length2):
            size = length1 + length2 - shorter
            first = size - min(size, length2)
            second = length2 - min(size, length2)
            overlap = min(size, length1) - first
            if overlap < words + np.uint64(4):
                continue
            if _equal_words(copied, first, turned + second, overlap) < words:
                continue
            score = highest = drop = 0.0
            different = np.int64(0)
            for back in range(overlap):
                place = overlap - _ONE - back
                one = np.uint64(copied[first + place])
                two = np.uint64(copied[turned + second + place])
                of_one = np.uint64(qualities[quality1 + first + place])
                of_two = np.uint64(qualities[quality2 + length2 - _ONE - second - place])
                if one == np.uint64(_N):
                    of_one = np.uint64(33)
                if two == np.uint64(_N):
                    of_two = np.uint64(33)
                at = of_one * _QUALITIES + of_two
                if one == two:
                    score += matches[at]
                    highest = max(highest, score)
                else:
                    score += matches[_QUALITIES * _QUALITIES + at]
                    different += 1
                    drop = max(drop, highest - score)
            if drop >= DROP:
                score = 0.0
            hits += score >= enough
            if score > best:
                best = score
                best_size = size
                best_unlike = different
        # vsearch counts the overhang of a short insert to what overlaps.
        overlap_of_best = length1 + length2 - best_size if best > 0 else _ZERO
        share = np.float64(best_unlike) / np.float64(max(overlap_of_best, _ONE))
        good = (
            hits == 1
            and best >= enough
            and overlap_of_best <= length1
            and best_unlike <= most
            and share <= rate
            and np.int64(overlap_of_best) >= least
        )
        sizes[pair] = np.int64(best_size) if good else _NONE
        unlike[pair] = best_unlike if good else np.int64(0)


@kernel(writes=("copied", "sizes", "unlike"))
def likely_overlaps(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    bases: NDArray[np.uint8],
    quality_starts: NDArray[Offset],
    qualities: NDArray[np.uint8],
    gains: NDArray[np.int32],
    least: np.int64,
    copied: NDArray[np.uint8],
    sizes: NDArray[np.int64],
    unlike: NDArray[np.int64],
) -> None:
    """Finds the overlap that is the likeliest by far.

    Scores are those of `biometal_stream.operators.kernels.overlaps`. The best must be `LIKELY`, and
    better than any other by `CLEAR`. A pair whose mates change places gives the same insert.

    Args:
        starts: (rows,): where each read starts in the bases; rows alternate between the mates.
        stops: (rows,): where it ends.
        bases: (bytes,), without lower case.
        quality_starts: (rows,): where its qualities start.
        qualities: (bytes,), Phred+33.
        gains: As of `find_inserts`.
        least: The bases that must overlap.
        copied: Scratch, ``uint8``, (2 * (longest read + 2 * WIDTH),)
        sizes: Output, ``int64``, (rows / 2,): the size of each insert; -1 if mates do not overlap,
            or if that is not clear.
        unlike: Output, ``int64``, (rows / 2,): how many bases of the overlap differ.
    """
    behind = padded_end(bases)
    before = padded_start(bases)
    turned = np.uint64(len(copied)) // _TWO
    for pair in range(np.uint64(len(starts)) // _TWO):
        quality1 = np.uint64(quality_starts[_TWO * pair])
        quality2 = np.uint64(quality_starts[_TWO * pair + _ONE])
        length1, length2 = copy_mates(bases, before, behind, starts, stops, pair, copied, turned)
        best = other_best = np.int64(0)
        best_size = _NONE
        best_unlike = np.int64(0)
        for number in range(np.uint64(max(least, np.int64(1))), length1 + length2):
            size = np.uint64(number)
            first = size - min(size, length2)
            second = length2 - min(size, length2)
            overlap = min(size, length1) - first
            if np.int64(overlap) < least:
                continue
            limit = allowed(overlap)
            different = mismatches(
                load(copied, first), load(copied, turned + second), min(overlap, _WIDTH)
            )
            if different > limit:
                continue
            if overlap > _WIDTH:
                different += differences(
                    copied, first + _WIDTH, turned + second + _WIDTH, overlap - _WIDTH
                )
                if different > limit:
                    continue
            part = min(overlap, _WIDTH)
            chance = max(
                alike(copied, first, overlap, _IMAGINED),
                alike(copied, turned + second + overlap - part, part, _IMAGINED),
            )
            score = score_over(
                copied,
                first,
                turned + second,
                overlap,
                qualities,
                quality1 + first,
                quality2 + length2 - _ONE - second,
                gains,
                chance,
            )
            if score > best:
                best, other_best = score, best
                best_size = np.int64(size)
                best_unlike = np.int64(different)
            elif score > other_best:
                other_best = score
        good = best >= _LIKELY and best - other_best >= _CLEAR
        sizes[pair] = best_size if good else _NONE
        unlike[pair] = best_unlike if good else np.int64(0)
