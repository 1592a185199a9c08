"""The compiled loops that choose hashes, sort them and count equal ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel

_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel(writes=("found", "places"))
def choose_hashes(
    hashes: NDArray[np.uint64],
    last: np.uint64,
    found: NDArray[np.uint64],
    places: NDArray[np.int64],
) -> np.uint64:
    """Copies the hashes up to ``last``.

    Args:
        hashes: ``uint64``, (hashes,)
        last: The largest hash to copy.
        found: Output, ``uint64``, (hashes,): room for all.
        places: Output, ``int64``, (hashes,): where each was.

    Returns:
        The number of those copied.
    """
    to = _ZERO
    for place in range(np.uint64(len(hashes))):
        hash_ = hashes[place]
        found[to] = hash_
        places[to] = np.int64(place)
        to += np.uint64(hash_ <= last)
    return to


@kernel(writes=("table", "totals", "origins"))
def tally_hashes(
    hashes: NDArray[np.uint64],
    shift: np.uint64,
    most: np.uint64,
    table: NDArray[np.uint32],
    totals: NDArray[np.int64],
    origins: NDArray[np.uint32],
) -> np.uint64:
    """Sorts hashes, and adds the counts of equal ones.

    The table is a hash table in the order of the hashes: each has its place by its first bits, or
    one of the next places if smaller ones are there (Amble and Knuth, The Computer Journal 17,
    1974). If hashes are evenly spread, this takes the same time for each. It is fastest if parts of
    them are sorted.

    Args:
        hashes: ``uint64``, (hashes,): in any order.
        shift: How far to shift a hash to the right to get its place in the table.
        most: The most places to try in all.
        table: Scratch, ``uint32``: as many as there can be places, and hashes.
        totals: Input and output, ``int64``, (hashes,): the count of each; at the end, where
            ``origins`` says, that of all that are equal.
        origins: Output, ``uint32``, (hashes + 1,): where the smallest hash is, the next, and so on,
            each once.

    Returns:
        The number of different hashes; one more than that of all, if so many places do not do.
    """
    tried = _ZERO
    for slot in range(np.uint64(len(table))):
        table[slot] = np.uint32(0)
    for place in range(np.uint64(len(hashes))):
        hash_ = hashes[place]
        entry = np.uint32(place + _ONE)
        slot = hash_ >> shift
        while table[slot]:
            tried += _ONE
            if tried > most:
                return np.uint64(len(hashes)) + _ONE
            other = table[slot]
            known = hashes[other - np.uint32(1)]
            if known == hash_:
                totals[other - np.uint32(1)] += totals[place]
                entry = np.uint32(0)
                break
            if known > hash_:
                table[slot] = entry
                entry, hash_ = other, known
            slot += _ONE
        if entry:
            table[slot] = entry
    to = _ZERO
    for slot in range(np.uint64(len(table))):
        entry = table[slot]
        origins[to] = entry - np.uint32(1)
        to += np.uint64(entry > np.uint32(0))
    return to
