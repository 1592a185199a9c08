"""The compiled loops that find one adapter in a part of a read, and settle what it leaves."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from biometal_stream.operators.kernels.alignment import (
    ABOUT,
    AFTER,
    BEFORE,
    FIRST_WORD,
    FLAGS,
    LAST_WORD,
    MISTAKES,
    NO_INDELS,
    NUMBER,
    READ_START,
    READ_STOP,
    SCORE,
    SKIP_ADAPTER_END,
    SKIP_ADAPTER_START,
    TURNED,
    align,
)
from biometal_stream.operators.kernels.comparison import compare
from biometal_stream.operators.kernels.screens import has_word
from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.words import Word

START, STOP, KEPT_START, KEPT_STOP, CROP_START, CROP_STOP, WHICH, TOTAL, WRONG, FOUND = range(10)
"""What is found in a read: the part without adapters; that with the last adapter; the last adapter
itself; its number, -1 if there is none; the sum of all scores; and the last adapter's errors. Then
the size of such an entry."""

Tables: TypeAlias = Any
"""The tables of `biometal_stream.operators.kernels.rules.match_adapters`, the read and the scratch
arrays, as a tuple."""

_ABOUT = np.uint64(ABOUT)
_FLAGS, _FIRST_WORD, _LAST_WORD, _NUMBER = map(np.uint64, (FLAGS, FIRST_WORD, LAST_WORD, NUMBER))
_READ_START, _READ_STOP, _SCORE, _MISTAKES = map(
    np.uint64, (READ_START, READ_STOP, SCORE, MISTAKES)
)
_START, _STOP, _KEPT_START, _KEPT_STOP, _CROP_START, _CROP_STOP, _WHICH, _TOTAL, _WRONG = map(
    np.uint64, range(FOUND)
)
_PARTIAL = SKIP_ADAPTER_START | SKIP_ADAPTER_END


@inlined
def match_one(low: Word, high: Word, adapter: Word, tables: Tables) -> np.bool_:
    """Finds an adapter in a part of the read; places count from the start of that part."""
    text, length, turned, _, about, rates, classes, equal, width = tables[:9]
    unknown, words, letters, offsets, accepted, masks, column, room, found, _ = tables[9:]
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
    if first < last and not has_word(
        text, start, stop, words, first, last, letters, offsets, accepted, masks
    ):
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
def settle(low: Word, high: Word, adapter: Word, tables: Tables) -> None:
    """Writes what an alignment leaves of a part of the read."""
    about, found, candidate = tables[4], tables[17], tables[18]
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
