"""The compiled loop that finds adapters by rules: the best of several, several times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.operators.kernels.alignment import ABOUT, FIRST_WORD, FLAGS, LAST_WORD, TURNED
from biometal_stream.operators.kernels.anchored import match_together
from biometal_stream.operators.kernels.one_adapter import (
    CROP_START,
    CROP_STOP,
    FOUND,
    KEPT_START,
    KEPT_STOP,
    START,
    STOP,
    TOTAL,
    WHICH,
    WRONG,
    Tables,
    match_one,
    settle,
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

PADDING = 2 * WIDTH
"""The bytes of scratch after a copy of a read."""

_ZERO = np.uint64(0)
_NEXT = np.uint64(1)
_WIDTH = np.uint64(WIDTH)
_FOUND = np.uint64(FOUND)
_UNIT, _ABOUT = np.uint64(UNIT), np.uint64(ABOUT)
_KIND, _ONE, _TWO, _NEEDED = map(np.uint64, range(4))
_FLAGS, _FIRST_WORD, _LAST_WORD = map(np.uint64, (FLAGS, FIRST_WORD, LAST_WORD))
_START, _STOP, _WHICH, _TOTAL, _WRONG = map(np.uint64, (START, STOP, WHICH, TOTAL, WRONG))
_KEPT_START, _KEPT_STOP, _CROP_START, _CROP_STOP = map(
    np.uint64, (KEPT_START, KEPT_STOP, CROP_START, CROP_STOP)
)


@inlined
def _match_linked(
    low: Word, high: Word, first: Word, second: Word, needed: np.int64, tables: Tables
) -> np.bool_:
    """Finds two adapters, the second after the first, and writes what they leave."""
    candidate = tables[18]
    has_first = match_one(low, high, first, tables)
    if has_first:
        settle(low, high, first, tables)
    elif needed & 1:
        return np.bool_(False)
    start = candidate[_CROP_START]
    score = candidate[_TOTAL] if has_first else np.int64(0)
    errors = candidate[_WRONG] if has_first else np.int64(0)
    after = np.uint64(candidate[_START]) if has_first else low
    has_second = match_one(after, high, second, tables)
    if not has_second:
        return np.bool_(has_first and not needed & 2)
    settle(after, high, second, tables)
    if has_first:
        candidate[_KEPT_START] = start
        candidate[_CROP_START] = start
    candidate[_TOTAL] += score
    candidate[_WRONG] += errors
    return np.bool_(True)


@inlined
def _match_unit(
    low: Word, high: Word, units: NDArray[np.int64], unit: Word, tables: Tables
) -> np.bool_:
    """Matches one unit with a part of the read, and writes what it leaves."""
    entry = unit * _UNIT
    kind = units[entry + _KIND]
    one = np.uint64(units[entry + _ONE])
    two = np.uint64(units[entry + _TWO])
    if kind == LINKED:
        return _match_linked(low, high, one, two, units[entry + _NEEDED], tables)
    if kind == TOGETHER:
        best = match_together(low, high, one, two, tables)
        if best < 0:
            return np.bool_(False)
        one = np.uint64(best)
    elif not match_one(low, high, one, tables):
        return np.bool_(False)
    settle(low, high, one, tables)
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


@kernel(writes=("text", "masks", "column", "found", "candidate", "results"))
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
    letters: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    accepted: NDArray[np.uint8],
    units: NDArray[np.int64],
    first_unit: np.uint64,
    last_unit: np.uint64,
    times: np.uint64,
    text: NDArray[np.uint8],
    masks: NDArray[np.uint64],
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
            the next three.
        letters: ``uint8``, (letters,)
        offsets: ``int64``, (kinds + 1,)
        accepted: ``uint8``, (bytes,)
        units: ``int64``, (units * UNIT,)
        first_unit: The first unit to look for.
        last_unit: The one after the last.
        times: The most rounds.
        text: Scratch, ``uint8``, (3 * (longest read + PADDING),)
        masks: Scratch, ``uint64``, (kinds,)
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
            letters,
            offsets,
            accepted,
            masks,
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
            is_found: np.bool_ = np.bool_(False)
            score = np.int64(0)
            errors = np.int64(0)
            total = results[result + _TOTAL]
            for unit in range(first_unit, last_unit):
                # The unit is often one adapter, and its words are often missing: look here, since
                # a call takes as long.
                one = np.uint64(units[np.uint64(unit) * _UNIT + _ONE])
                first_word = np.uint64(about[one * _ABOUT + _FIRST_WORD])
                last_word = np.uint64(about[one * _ABOUT + _LAST_WORD])
                if (
                    units[np.uint64(unit) * _UNIT + _KIND] == ALONE
                    and first_word < last_word
                    and not about[one * _ABOUT + _FLAGS] & TURNED
                    and not has_word(
                        text,
                        low,
                        high,
                        words,
                        first_word,
                        last_word,
                        letters,
                        offsets,
                        accepted,
                        masks,
                    )
                ):
                    continue
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
