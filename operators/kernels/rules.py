"""The compiled loop that finds adapters by rules: the best of several, several times."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from biometal_stream.operators.kernels.alignment import (
    ABOUT,
    AFTER,
    BEFORE,
    ERRORS,
    FIRST_WORD,
    FLAGS,
    LAST_WORD,
    LENGTH,
    MISTAKES,
    NO_INDELS,
    NUMBER,
    READ_START,
    READ_STOP,
    SCORE,
    SKIP_ADAPTER_END,
    SKIP_ADAPTER_START,
    SKIP_READ_END,
    TURNED,
    align,
    compare,
    whole_errors,
)
from biometal_stream.operators.kernels.screens import has_word
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import store
from biometal_stream.simd.padding import End, load_starting, padded_end
from biometal_stream.simd.words import WIDTH, Offset, Word

KIND, ONE, TWO, NEEDED, UNIT = range(5)
"""What is matched at once: its kind, its adapters, and which of two must be there, 1 for the first
and 2 for the second. Then the size of such an entry."""

ALONE, LINKED, TOGETHER = range(3)
"""One adapter; two, of which the second follows the first; or those from one to before another,
which are anchored to the same end and not found where two fit equally well."""

START, STOP, KEPT_START, KEPT_STOP, CROP_START, CROP_STOP, WHICH, TOTAL, WRONG, FOUND = range(10)
"""What is found in a read: the part without adapters; that with the last adapter; the last adapter
itself; its number, -1 if there is none; the sum of all scores; and the last adapter's errors. Then
the size of such an entry."""

PADDING = 2 * WIDTH
"""The bytes of scratch after a copy of a read."""

_Tables: TypeAlias = Any
"""The tables of `match_adapters`, and its scratch arrays, as a tuple."""

_ZERO = np.uint64(0)
_NEXT = np.uint64(1)
_WIDTH = np.uint64(WIDTH)
_PADDING = np.uint64(PADDING)
_FOUND = np.uint64(FOUND)
_UNIT, _ABOUT = np.uint64(UNIT), np.uint64(ABOUT)
_KIND, _ONE, _TWO, _NEEDED = map(np.uint64, range(4))
_LENGTH, _FLAGS, _ERRORS, _FIRST_WORD, _LAST_WORD, _NUMBER = map(
    np.uint64, (LENGTH, FLAGS, ERRORS, FIRST_WORD, LAST_WORD, NUMBER)
)
_READ_START, _READ_STOP, _SCORE, _MISTAKES = map(
    np.uint64, (READ_START, READ_STOP, SCORE, MISTAKES)
)
_START, _STOP, _KEPT_START, _KEPT_STOP, _CROP_START, _CROP_STOP, _WHICH, _TOTAL, _WRONG = map(
    np.uint64, range(FOUND)
)
_A, _C, _G, _T, _N = map(np.uint8, b"ACGTN")
_PARTIAL = SKIP_ADAPTER_START | SKIP_ADAPTER_END


@inlined
def _match_one(low: Word, high: Word, adapter: Word, tables: _Tables) -> np.bool_:
    """Finds an adapter in a part of the read; places count from the start of that part."""
    text, length, turned, _, about, rates, classes, equal, width = tables[:9]
    unknown, words, offsets, accepted, column, room, found, _ = tables[9:]
    entry = adapter * _ABOUT
    flags = about[entry + _FLAGS]
    rate = rates[adapter]
    if flags & NO_INDELS and not flags & _PARTIAL:
        return compare(text, low, high, about, adapter, rate, classes, equal, width, unknown, found)
    start = low
    stop = high
    if flags & TURNED:
        start = turned + length - high
        stop = turned + length - low
    first = np.uint64(about[entry + _FIRST_WORD])
    last = np.uint64(about[entry + _LAST_WORD])
    if first < last and not has_word(text, start, stop, words, first, last, offsets, accepted):
        return np.bool_(False)
    if not align(
        text,
        start,
        stop,
        about,
        adapter,
        rate,
        classes,
        equal,
        width,
        unknown,
        column,
        room,
        found,
    ):
        return np.bool_(False)
    if flags & TURNED:
        begun = found[_READ_START]
        found[_READ_START] = np.int64(high - low) - found[_READ_STOP]
        found[_READ_STOP] = np.int64(high - low) - begun
    return np.bool_(True)


@inlined
def _fitting(low: Word, used: Word, first: Word, last: Word, tables: _Tables) -> np.int64:
    """The adapter that fits all of a text best, -1 if none does, or two do equally well.

    An N of the text counts as an A here. The errors and matching bases are left as those found.
    """
    text, _, _, spare, about, _, classes, equal, width = tables[:9]
    _, _, _, _, column, room, found, _ = tables[9:]
    for place in range(used):
        base = text[low + place]
        if base == _N:
            base = _A
        elif base != _A and base != _C and base != _G and base != _T:
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
def _has_n(low: Word, high: Word, tables: _Tables) -> np.bool_:
    text = tables[0]
    for place in range(low, high):
        if text[place] == _N:
            return np.bool_(True)
    return np.bool_(False)


@inlined
def _match_together(low: Word, high: Word, first: Word, last: Word, tables: _Tables) -> np.int64:
    """Finds the best of some anchored adapters; places count as for `_match_one`.

    Longer ends of the read are tried first, each as a whole.

    Returns:
        The adapter; -1 for none.
    """
    about, found = tables[4], tables[15]
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
            and not _match_one(start, start + used, np.uint64(fits), tables)
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


@inlined
def _settle(low: Word, high: Word, adapter: Word, tables: _Tables) -> None:
    """Writes what an alignment leaves of a part of the read."""
    about, found, candidate = tables[4], tables[15], tables[16]
    flags = about[adapter * _ABOUT + _FLAGS]
    start = np.int64(low) + found[_READ_START]
    stop = np.int64(low) + found[_READ_STOP]
    before = flags & BEFORE and (not flags & AFTER or found[_READ_START] == 0)
    candidate[_START] = stop if before else np.int64(low)
    candidate[_STOP] = np.int64(high) if before else start
    candidate[_KEPT_START] = start if before else np.int64(low)
    candidate[_KEPT_STOP] = np.int64(high) if before else stop
    candidate[_CROP_START] = start
    candidate[_CROP_STOP] = stop
    candidate[_WHICH] = about[adapter * _ABOUT + _NUMBER]
    candidate[_TOTAL] = found[_SCORE]
    candidate[_WRONG] = found[_MISTAKES]


@inlined
def _match_linked(
    low: Word, high: Word, first: Word, second: Word, needed: np.int64, tables: _Tables
) -> np.bool_:
    """Finds two adapters, the second after the first, and writes what they leave."""
    found, candidate = tables[15], tables[16]
    has_first = _match_one(low, high, first, tables)
    if has_first:
        _settle(low, high, first, tables)
    elif needed & 1:
        return np.bool_(False)
    start = candidate[_CROP_START]
    score = candidate[_TOTAL] if has_first else np.int64(0)
    errors = candidate[_WRONG] if has_first else np.int64(0)
    after = np.uint64(candidate[_START]) if has_first else low
    has_second = _match_one(after, high, second, tables)
    if not has_second:
        return np.bool_(has_first and not needed & 2)
    _settle(after, high, second, tables)
    if has_first:
        candidate[_KEPT_START] = start
        candidate[_CROP_START] = start
    candidate[_TOTAL] += score
    candidate[_WRONG] += errors
    return np.bool_(True)


@inlined
def _match_unit(
    low: Word, high: Word, units: NDArray[np.int64], unit: Word, tables: _Tables
) -> np.bool_:
    """Matches one unit with a part of the read, and writes what it leaves."""
    entry = unit * _UNIT
    kind = units[entry + _KIND]
    one = np.uint64(units[entry + _ONE])
    two = np.uint64(units[entry + _TWO])
    if kind == LINKED:
        return _match_linked(low, high, one, two, units[entry + _NEEDED], tables)
    if kind == TOGETHER:
        best = _match_together(low, high, one, two, tables)
        if best < 0:
            return np.bool_(False)
        one = np.uint64(best)
    elif not _match_one(low, high, one, tables):
        return np.bool_(False)
    _settle(low, high, one, tables)
    return np.bool_(True)


@inlined
def _copy(
    bases: NDArray[np.uint8], behind: End, start: Word, end: Word, text: NDArray[np.uint8]
) -> None:
    """Copies a read to scratch memory, with what follows it."""
    to = _ZERO
    while start < end:
        store(text, to, load_starting(bases, behind, start))
        start += _WIDTH
        to += _WIDTH


@kernel(writes=("text", "column", "found", "candidate", "results"))
def match_adapters(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    bases: NDArray[np.uint8],
    about: NDArray[np.int64],
    rates: NDArray[np.float64],
    classes: NDArray[np.uint8],
    equal: NDArray[np.uint8],
    width: np.uint64,
    unknown: NDArray[np.int64],
    words: NDArray[np.int64],
    offsets: NDArray[np.int64],
    accepted: NDArray[np.uint8],
    units: NDArray[np.int64],
    first_unit: np.uint64,
    last_unit: np.uint64,
    times: np.uint64,
    text: NDArray[np.uint8],
    column: NDArray[np.int64],
    found: NDArray[np.int64],
    candidate: NDArray[np.int64],
    results: NDArray[np.int64],
) -> None:
    """Finds adapters in reads.

    In each round the unit with the highest score is removed; of two with the same score that with
    fewer errors, and then the first. The next round looks at what is left. A round that finds none
    is the last.

    Args:
        starts: (rows,): where each read starts in the bases.
        stops: (rows,): where it ends.
        bases: (bytes,), without lower case.
        about: ``int64``, (adapters * ABOUT,): see `biometal_stream.operators.kernels.alignment`,
            as for the next six.
        rates: ``float64``, (adapters,): errors for each aligned base.
        classes: ``uint8``, (256,)
        equal: ``uint8``, (classes * width,)
        width: The letters of all adapters.
        unknown: ``int64``, (width + adapters,)
        words: ``int64``, (words * WORD,): see `biometal_stream.operators.kernels.screens`, as for
            the next two.
        offsets: ``int64``, (letters + 1,)
        accepted: ``uint8``, (bytes,)
        units: ``int64``, (units * UNIT,)
        first_unit: The first unit to look for.
        last_unit: The one after the last.
        times: The most rounds.
        text: Scratch, ``uint8``, (3 * (longest read + PADDING),)
        column: Scratch, ``int64``, (3 * (longest adapter + 1),)
        found: Scratch, ``int64``, (ALIGNED,)
        candidate: Scratch, ``int64``, (FOUND,)
        results: Output, ``int64``, (rows * FOUND,): for each read without an adapter its start,
            its end, and so on.
    """
    behind = padded_end(bases)
    turned = np.uint64(len(text)) // np.uint64(3)
    spare = turned + turned
    room = np.uint64(len(column)) // np.uint64(3)
    has_turned = np.bool_(False)
    for adapter in range(np.uint64(len(rates))):
        has_turned |= (about[adapter * _ABOUT + _FLAGS] & TURNED) != 0
    for row in range(np.uint64(len(starts))):
        start = np.uint64(starts[row])
        end = np.uint64(stops[row])
        length = end - start
        _copy(bases, behind, start, end, text)
        if has_turned:
            for place in range(length):
                text[turned + place] = text[length - _NEXT - place]
        tables = (
            text,
            length,
            turned,
            spare,
            about,
            rates,
            classes,
            equal,
            width,
            unknown,
            words,
            offsets,
            accepted,
            column,
            room,
            found,
            candidate,
        )
        result = row * _FOUND
        for field in range(_FOUND):
            results[result + field] = 0
        results[result + _STOP] = np.int64(length)
        results[result + _KEPT_STOP] = np.int64(length)
        results[result + _CROP_STOP] = np.int64(length)
        results[result + _WHICH] = -1
        low = _ZERO
        high = length
        for _ in range(times):
            is_found = np.bool_(False)
            score = np.int64(0)
            errors = np.int64(0)
            total = results[result + _TOTAL]
            for unit in range(first_unit, last_unit):
                if not _match_unit(low, high, units, np.uint64(unit), tables):
                    continue
                better = candidate[_TOTAL] > score or (
                    candidate[_TOTAL] == score and candidate[_WRONG] < errors
                )
                if better or not is_found:
                    is_found = np.bool_(True)
                    score = candidate[_TOTAL]
                    errors = candidate[_WRONG]
                    for field in range(_FOUND):
                        results[result + field] = candidate[field]
                    results[result + _TOTAL] = total + score
            if not is_found:
                break
            low = np.uint64(results[result + _START])
            high = np.uint64(results[result + _STOP])
