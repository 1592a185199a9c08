"""The compiled loops that bring mates together where some reads lack theirs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Word


@kernel(writes=("heads", "following", "first", "second"))
def pair_up(
    ones: NDArray[np.int32],
    twos: NDArray[np.int32],
    heads: NDArray[np.int32],
    following: NDArray[np.int32],
    all_ones: bool,
    all_twos: bool,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
) -> tuple[Word, Word, Word]:
    """Pairs the reads of two files by name, in order.

    Where two are not mates, those are left out, fewest of both files in all, that come before the
    next two that are.

    Args:
        ones: ``int32``, (ones,): the name of the mate that each read of the first file has, as a
            number; negative where it can have none.
        twos: ``int32``, (twos,): the names of the reads of the second file, likewise.
        heads: ``int32``, (names,): -1 for each number of a name; is overwritten.
        following: ``int32``, (twos,): is overwritten.
        all_ones: Whether the first file has no more reads than these.
        all_twos: Whether the second has none.
        first: ``int64``, (reads of the shorter,): gets the index of mate 1 of each pair.
        second: ``int64``, likewise: that of mate 2.

    Returns:
        The number of pairs, and how many reads of each file are dealt with: paired, or without
        a mate whatever comes later.
    """
    for place in range(len(twos) - 1, -1, -1):
        following[place] = -1
        if twos[place] >= 0:
            following[place] = heads[twos[place]]
            heads[twos[place]] = place
    pairs = 0
    one = 0
    two = 0
    while one < len(ones) and two < len(twos):
        if ones[one] >= 0 and ones[one] == twos[two]:
            first[pairs] = one
            second[pairs] = two
            pairs += 1
            one += 1
            two += 1
            continue
        fewest = len(ones) + len(twos)
        skipped = 0
        place = one
        while place < len(ones) and place - one < fewest:
            if ones[place] >= 0:
                other = heads[ones[place]]
                while 0 <= other < two:
                    other = following[other]
                heads[ones[place]] = other
                if other >= 0 and place - one + other - two < fewest:
                    fewest = place - one + other - two
                    skipped = place - one
            place += 1
        found = fewest < len(ones) + len(twos)
        if not found and all_ones and all_twos:
            return np.uint64(pairs), np.uint64(len(ones)), np.uint64(len(twos))
        nearer = (not all_ones and fewest > len(ones) - one) or (
            not all_twos and fewest > len(twos) - two
        )
        if not found or nearer:  # reads that are not here may be fewer to leave out
            break
        one += skipped
        two += fewest - skipped
    return np.uint64(pairs), np.uint64(one), np.uint64(two)


@kernel(writes=("first",))
def pair_neighbours(
    ones: NDArray[np.int32], twos: NDArray[np.int32], first: NDArray[np.int64]
) -> tuple[Word, Word]:
    """Pairs reads with those that follow them, from the first on.

    Args:
        ones: ``int32``, (reads,): the name of the mate that each has, as a number; negative where
            it can have none.
        twos: ``int32``, (reads,): its own name, likewise.
        first: ``int64``, (reads // 2,): gets the index of mate 1 of each pair.

    Returns:
        The number of pairs, and how many reads are dealt with: all, or all but the last.
    """
    pairs = 0
    read = 0
    while read + 1 < len(ones):
        if ones[read] >= 0 and ones[read] == twos[read + 1]:
            first[pairs] = read
            pairs += 1
            read += 1
        read += 1
    return np.uint64(pairs), np.uint64(read)
