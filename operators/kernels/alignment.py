"""The compiled loops that align an adapter with a read, as cutadapt does.

An alignment is semi-global: what may be skipped at either end of the read or the adapter depends
on the kind of adapter. Each mismatch, inserted and deleted base is an error. A match adds 1 to the
score of an alignment, a mismatch takes 1 away, and an inserted or deleted base 2.
docs/adapter-rules.md says which of several alignments is chosen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.words import Word

(
    FIRST,
    LENGTH,
    FLAGS,
    ERRORS,
    OVERLAP,
    FIRST_WORD,
    LAST_WORD,
    NUMBER,
    ABOUT,
) = range(9)
"""What is known of an adapter: where its letters start, how many there are, `SKIP_ADAPTER_START`
and the other flags, how many errors are allowed in all of it, how many bases must be aligned, its
words, and its number among the user's. Then the size of such an entry."""

SKIP_ADAPTER_START = 1
SKIP_READ_START = 2
SKIP_ADAPTER_END = 4
SKIP_READ_END = 8
TURNED = 16
"""Both are aligned from their ends: the rightmost of equal matches is found first."""
NO_INDELS = 32
BEFORE = 64
"""The adapter is removed with what is before it."""
AFTER = 128
"""The adapter is removed with what is after it. With `BEFORE`: with what is before it if it begins
at the first base of the read, with what is after it otherwise."""

ADAPTER_START, ADAPTER_STOP, READ_START, READ_STOP, SCORE, MISTAKES, ALIGNED = range(7)
"""What is known of an alignment, and the size of such an entry."""

FAR = 1 << 40
"""The cost of an error that is not allowed."""

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_FIRST, _LENGTH, _FLAGS, _ERRORS, _OVERLAP = map(np.uint64, range(5))
_ABOUT = np.uint64(ABOUT)
_ADAPTER_START, _ADAPTER_STOP, _READ_START, _READ_STOP, _SCORE, _MISTAKES = map(np.uint64, range(6))


@inlined
def describe(
    found: NDArray[np.int64],
    origin: np.int64,
    adapter_stop: np.int64,
    read_stop: np.int64,
    score: np.int64,
    errors: np.int64,
) -> None:
    """Writes an alignment; the origin is a base of the read, or minus one of the adapter."""
    found[_ADAPTER_START] = max(-origin, np.int64(0))
    found[_ADAPTER_STOP] = adapter_stop
    found[_READ_START] = max(origin, np.int64(0))
    found[_READ_STOP] = read_stop
    found[_SCORE] = score
    found[_MISTAKES] = errors


@inlined
def _accepted(
    origin: np.int64,
    stop: Word,
    cost: np.int64,
    overlap: np.int64,
    rate: np.float64,
    unknown: NDArray[np.int64],
    first_unknown: Word,
) -> np.bool_:
    """Whether enough bases of an adapter are aligned, with few enough errors for those not N."""
    start = max(-origin, np.int64(0))
    length = np.int64(stop) - start
    counted = length - unknown[first_unknown + stop] + unknown[first_unknown + np.uint64(start)]
    return np.bool_(length >= overlap and np.float64(cost) <= np.float64(counted) * rate)


@inlined
def _better(
    origin: np.int64,
    length: np.int64,
    score: np.int64,
    best_origin: np.int64,
    best_length: np.int64,
    best_score: np.int64,
    whole: np.int64,
) -> np.bool_:
    """Whether an alignment replaces one found before it, which is to its left.

    It has a higher score, and either begins in the same stretch of the read or is longer.
    """
    near = origin <= best_origin + whole // 2
    return np.bool_(score > best_score and (near or length > best_length))


@inlined
def _fill(
    column: NDArray[np.int64],
    room: Word,
    whole: Word,
    flags: np.int64,
    before: np.int64,
    gap: np.int64,
) -> None:
    """Fills the column before the first base that is compared, for each kind of adapter.

    Args:
        column: Costs, scores and origins, each ``room`` numbers.
        room: The size of each.
        whole: The length of the adapter.
        flags: Those of the adapter.
        before: The bases of the read before that column.
        gap: The cost of an inserted or deleted base.
    """
    skip_adapter = flags & SKIP_ADAPTER_START
    skip_read = flags & SKIP_READ_START
    for row in range(whole + _ONE):
        at = np.int64(row)
        cost = at
        origin = np.int64(0)
        if skip_adapter and skip_read:
            cost = min(at, before)
            origin = before - at
        elif skip_adapter:
            cost = before
            origin = min(np.int64(0), before - at)
        elif skip_read:
            origin = max(np.int64(0), before - at)
        else:
            cost = max(at, before)
        column[row] = cost * gap
        column[room + row] = np.int64(0) if skip_adapter else np.int64(-2) * at
        column[_TWO * room + row] = origin


@inlined
def align(
    text: NDArray[np.uint8],
    low: Word,
    high: Word,
    about: NDArray[np.int64],
    adapter: Word,
    rate: np.float64,
    classes: NDArray[np.uint8],
    equal: NDArray[np.uint8],
    width: Word,
    unknown: NDArray[np.int64],
    column: NDArray[np.int64],
    room: Word,
    found: NDArray[np.int64],
) -> np.bool_:
    """Aligns an adapter with a read; see the module.

    Args:
        text: ``uint8``, (bytes,), with the read.
        low: Where it starts.
        high: Where it ends.
        about: ``int64``, (adapters * ABOUT,)
        adapter: Which adapter.
        rate: The most errors for each of its aligned bases that is not N.
        classes: ``uint8``, (256,): bytes that all letters take alike have one class.
        equal: ``uint8``, (classes * width,): whether a letter of the adapters accepts a class.
        width: The letters of all adapters.
        unknown: ``int64``, (width + adapters,): the N before each letter of an adapter, and in all
            of it; 0 where an N is a letter like others.
        column: Scratch, ``int64``, (3 * room,)
        room: At least one more than the letters of the longest adapter.
        found: Output, ``int64``, (ALIGNED,): the best alignment.

    Returns:
        Whether there is one.
    """
    entry = adapter * _ABOUT
    first = np.uint64(about[entry + _FIRST])
    whole = np.uint64(about[entry + _LENGTH])
    flags = about[entry + _FLAGS]
    most = about[entry + _ERRORS]
    overlap = about[entry + _OVERLAP]
    first_unknown = first + adapter
    gap = np.int64(FAR) if flags & NO_INDELS else np.int64(1)
    length = np.int64(high - low)
    size = np.int64(whole)
    stop = length if flags & SKIP_READ_START else min(length, size + most)
    begin = np.int64(0) if flags & SKIP_READ_END else max(np.int64(0), length - size - most)
    scores = room
    origins = _TWO * room
    _fill(column, room, whole, flags, begin, gap)

    is_found: np.bool_ = np.bool_(False)
    best_origin = np.int64(0)
    best_stop = size
    best_score = np.int64(0)
    origin = np.int64(0)
    filled = np.int64(0)
    last = size if flags & SKIP_ADAPTER_START else min(size, most + 1)
    for place in range(begin, stop):
        letters = np.uint64(classes[text[low + np.uint64(place)]]) * width + first
        cost_before = column[_ZERO]
        score_before = column[scores]
        origin_before = column[origins]
        if flags & SKIP_READ_START:
            column[origins] += 1
        else:
            column[_ZERO] += gap
            column[scores] -= 2
        for row in range(_ONE, np.uint64(last + 1)):
            cost_here = column[row]
            score_here = column[scores + row]
            origin_here = column[origins + row]
            if equal[letters + row - _ONE]:
                cost = cost_before
                score = score_before + 1
                origin = origin_before
            else:
                deleted = column[row - _ONE] + gap
                inserted = cost_here + gap
                cost = cost_before + 1
                score = score_before - 1
                origin = origin_before
                if cost > deleted or cost > inserted:
                    if deleted <= inserted:
                        cost = deleted
                        score = column[scores + row - _ONE] - 2
                        origin = column[origins + row - _ONE]
                    else:
                        cost = inserted
                        score = score_here - 2
                        origin = origin_here
            cost_before = cost_here
            score_before = score_here
            origin_before = origin_here
            column[row] = cost
            column[scores + row] = score
            column[origins + row] = origin
        filled = last
        while last >= 0 and column[np.uint64(last)] > most:
            last -= 1
        if last < size:
            last += 1
        elif flags & SKIP_READ_END:
            cost = column[whole]
            score = column[scores + whole]
            origin = column[origins + whole]
            if _accepted(origin, whole, cost, overlap, rate, unknown, first_unknown) and (
                not is_found
                or _better(
                    origin,
                    size + min(origin, np.int64(0)),
                    score,
                    best_origin,
                    size + min(best_origin, np.int64(0)),
                    best_score,
                    size,
                )
            ):
                is_found = np.bool_(True)
                best_origin, best_stop, best_score = origin, size, score
                describe(found, origin, size, np.int64(place + 1), score, cost)
                if cost == 0 and origin >= 0:
                    break
    if stop != length:
        return is_found
    # ``origin`` stays that of the cell that was filled last. cutadapt compares with that one.
    lowest = np.int64(0) if flags & SKIP_ADAPTER_END else size
    row_number = filled
    while row_number >= lowest:
        cell = np.uint64(row_number)
        here = column[origins + cell]
        cost = column[cell]
        score = column[scores + cell]
        if _accepted(here, cell, cost, overlap, rate, unknown, first_unknown) and (
            not is_found
            or _better(
                origin,
                row_number + min(here, np.int64(0)),
                score,
                best_origin,
                best_stop + min(best_origin, np.int64(0)),
                best_score,
                size,
            )
        ):
            is_found = np.bool_(True)
            best_origin, best_stop, best_score = here, row_number, score
            describe(found, here, row_number, length, score, cost)
        row_number -= 1
    return is_found
