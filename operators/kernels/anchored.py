"""The compiled loop that finds the best of several adapters that are anchored to one end."""

from __future__ import annotations

import numpy as np

from biometal_stream.operators.kernels.alignment import (
    ABOUT,
    ERRORS,
    FLAGS,
    LENGTH,
    MISTAKES,
    NO_INDELS,
    READ_START,
    READ_STOP,
    SCORE,
    SKIP_READ_END,
)
from biometal_stream.operators.kernels.comparison import whole_errors
from biometal_stream.operators.kernels.one_adapter import Tables, match_one
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.words import Word

_ZERO = np.uint64(0)
_NEXT = np.uint64(1)
_ABOUT = np.uint64(ABOUT)
_LENGTH, _FLAGS, _ERRORS = map(np.uint64, (LENGTH, FLAGS, ERRORS))
_READ_START, _READ_STOP, _SCORE, _MISTAKES = map(
    np.uint64, (READ_START, READ_STOP, SCORE, MISTAKES)
)
_A, _C, _G, _T, _N = map(np.uint8, b"ACGTN")


@inlined
def _fitting(low: Word, used: Word, first: Word, last: Word, tables: Tables) -> np.int64:
    """The adapter that fits all of a text best, -1 if none does, or two do equally well.

    An N of the text counts as an A here. The errors and matching bases are left as those found.
    """
    text, _, _, spare, about, _, classes, equal, width = tables[:9]
    column, room, found, _ = tables[15:]
    for place in range(used):
        base = text[low + place]
        if base == _N:
            base = _A
        elif base not in (_A, _C, _G, _T):
            return np.int64(-1)
        text[spare + place] = base
    winner = np.int64(-1)
    most = np.int64(-1)
    errors = np.int64(0)
    ambiguous = np.bool_(False)
    for adapter in range(first, last):
        entry = adapter * _ABOUT
        whole = np.uint64(about[entry + _LENGTH])
        slack = np.uint64(about[entry + _ERRORS])
        if about[entry + _FLAGS] & NO_INDELS:
            slack = _ZERO
        if (
            used + slack >= whole
            and used <= whole + slack
            and whole_errors(
                text,
                spare,
                spare + used,
                about,
                np.uint64(adapter),
                classes,
                equal,
                width,
                column,
                room,
                found,
            )
            and found[_SCORE] >= most
        ):
            ambiguous |= found[_SCORE] == most
            winner = np.int64(adapter)
            most = found[_SCORE]
            errors = found[_MISTAKES]
    found[_SCORE] = most
    found[_MISTAKES] = errors
    return np.int64(-1) if ambiguous else winner


@inlined
def _has_n(low: Word, high: Word, tables: Tables) -> np.bool_:
    """Whether a part of the read has an N."""
    text = tables[0]
    for place in range(low, high):
        if text[place] == _N:
            return np.bool_(True)
    return np.bool_(False)


@inlined
def match_together(low: Word, high: Word, first: Word, last: Word, tables: Tables) -> np.int64:
    """Finds the best of some anchored adapters; places count as for `match_one`.

    Longer ends of the read are tried first, each as a whole.

    Returns:
        The adapter; -1 for none.
    """
    about, found = tables[4], tables[17]
    at_start = about[first * _ABOUT + _FLAGS] & SKIP_READ_END
    longest = _ZERO
    shortest = ~_ZERO
    for adapter in range(first, last):
        entry = adapter * _ABOUT
        whole = np.uint64(about[entry + _LENGTH])
        slack = np.uint64(about[entry + _ERRORS])
        if about[entry + _FLAGS] & NO_INDELS:
            slack = _ZERO
        longest = max(longest, whole + slack)
        shortest = min(shortest, whole - min(whole, slack))
    best = np.int64(-1)
    score = np.int64(-1)
    errors = np.int64(0)
    best_used = _ZERO
    length = longest
    while length + _NEXT > shortest and np.int64(length) >= score:
        used = min(length, high - low)
        start = low if at_start else high - used
        fits = _fitting(start, used, first, last, tables)
        if (
            fits >= 0
            and _has_n(start, start + used, tables)
            and not match_one(start, start + used, np.uint64(fits), tables)
        ):
            fits = np.int64(-1)
        if fits >= 0 and (
            found[_SCORE] > score or (found[_SCORE] == score and found[_MISTAKES] < errors)
        ):
            best = fits
            score = found[_SCORE]
            errors = found[_MISTAKES]
            best_used = used
        if length == _ZERO:
            break
        length -= _NEXT
    found[_SCORE] = score
    found[_MISTAKES] = errors
    found[_READ_START] = np.int64(0) if at_start else np.int64(high - low - best_used)
    found[_READ_STOP] = np.int64(best_used) if at_start else np.int64(high - low)
    return best
