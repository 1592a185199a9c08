"""Finds an adapter of no known kit in single reads, by words of bases that are far too common.

An adapter differs from a repeat, a primer and an amplicon in all of this:

* it starts at many different places of a read, and the bases before it differ from read to read;
* from there on it is the same in all reads, up to the read's end;
* its inside never comes without its start, but where a read starts in a repeat it does;
* its reverse complement does not occur; that of a repeat does, as often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.operators.adapters.found import Found

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

_READS = 10_000
"""The reads that are searched."""
_BASES = 400
"""The bases of each that are searched."""
_WORD = 11
_COMMON = 2e-3
"""The share of reads that have an adapter's commonest word."""
_FEWEST = 20
_TRIED = 40
"""How many of the commonest words are tried; one of them must lie in the adapter."""
_BEFORE, _AFTER = 40, 64
"""The bases before and after a word that are compared."""
_ALIKE = 0.8
"""The share of reads that must agree on each base of an adapter."""
_DIFFERENT = 0.6
"""The share that may agree on each of the bases before it."""
_LEFT = 8
"""The bases before it that are looked at together: they must differ in half of the reads."""
_SPREAD = 8
"""The bases between the places, the first and the last tenth left out, where it starts."""
_STRAY = 0.05
"""The share of its words that may come without its start, or on the other strand."""
_SHORTEST = 16
_EVIDENCE = "it starts at varying places"


def single_adapter(view: BatchView) -> list[Found]:
    """Finds the adapter of single reads, as one entry; none where the evidence is short."""
    codes = _codes(view)
    if codes.shape[0] < _FEWEST or codes.shape[1] < _WORD:
        return []
    words = _words(codes)
    counts = np.bincount(words[words >= 0], minlength=4**_WORD)
    common = np.flatnonzero(counts >= max(_FEWEST, _COMMON * len(codes)))
    for word in common[counts[common].argsort(kind="stable")[::-1]][:_TRIED]:
        adapter = _around(codes, words, int(word))
        if adapter is not None and _stands_out(codes, words, counts, adapter):
            text = "".join("ACGT"[code] for code in adapter)
            reads = int((words == _word(adapter)).any(1).sum())
            return [Found((text, ""), reads, None, _EVIDENCE)]
    return []


def _codes(view: BatchView) -> NDArray[np.int8]:
    """The bases of the first reads as 0 to 3, 4 for others and after the end."""
    text = view.text("sequence")
    lengths = text.lengths[:_READS]
    width = min(int(lengths.max(initial=0)), _BASES)
    at = text.starts[:_READS, None] + np.arange(width)
    inside = np.arange(width) < lengths[:, None]
    table = np.full(256, 4, np.int8)
    for code, letters in enumerate(("Aa", "Cc", "Gg", "Tt")):
        table[[ord(letter) for letter in letters]] = code
    codes: NDArray[np.int8] = np.where(inside, table[text.data[np.where(inside, at, 0)]], 4)
    return codes.astype(np.int8)


def _words(codes: NDArray[np.int8]) -> NDArray[np.int32]:
    """The word that starts at each base, as a number; -1 where there is none."""
    width = codes.shape[1] - _WORD + 1
    words = np.zeros((len(codes), width), np.int32)
    whole = np.ones(words.shape, np.bool_)
    for place in range(_WORD):
        letter = codes[:, place : place + width]
        words = words * 4 + np.where(letter < 4, letter, 0)
        whole &= letter < 4
    return np.where(whole, words, -1)


def _word(codes: NDArray[np.int8]) -> int:
    return int(
        sum(int(code) * 4 ** (_WORD - 1 - place) for place, code in enumerate(codes[:_WORD]))
    )


def _around(
    codes: NDArray[np.int8], words: NDArray[np.int32], word: int
) -> NDArray[np.int8] | None:
    """What reads agree on around a word, if they agree on nothing before that."""
    rows, places = np.nonzero(words == word)
    at = places[:, None] + np.arange(-_BEFORE, _AFTER)
    inside = (at >= 0) & (at < codes.shape[1])
    aligned = np.where(inside, codes[rows[:, None], np.where(inside, at, 0)], 4)
    counts = np.stack([(aligned == code).sum(0) for code in range(4)])
    there = counts.sum(0)
    share = np.where(there >= _FEWEST // 2, counts.max(0) / np.maximum(there, 1), 0)
    best: NDArray[np.int8] = counts.argmax(0).astype(np.int8)
    first = _BEFORE
    while first > 0 and share[first - 1] >= _ALIKE:
        first -= 1
    last = _BEFORE + _WORD
    while last < len(share) and share[last] >= _ALIKE:
        last += 1
    before = share[max(first - _LEFT, 0) : first]
    if first < _LEFT or last - first < _SHORTEST or (before > _DIFFERENT).any():
        return None
    consensus: NDArray[np.int8] = best[first:last]
    return consensus


def _stands_out(
    codes: NDArray[np.int8],
    words: NDArray[np.int32],
    counts: NDArray[np.int64],
    adapter: NDArray[np.int8],
) -> bool:
    start = _word(adapter)
    rows, places = np.nonzero(words == start)
    if len(places) < _FEWEST:
        return False
    low, high = np.quantile(places, [0.1, 0.9])
    if high - low < _SPREAD:
        return False
    after = places >= _LEFT
    before = codes[rows[after, None], places[after, None] + np.arange(-_LEFT, 0)]
    different = len(np.unique(before, axis=0))
    if different < min(len(before) / 2, 4**_LEFT / 8):
        return False
    other_strand = 3 - adapter[:_WORD][::-1]
    if counts[_word(other_strand)] > _STRAY * len(places):
        return False
    inside = len(adapter) - _WORD
    within = np.nonzero(words == _word(adapter[inside:]))[1]
    return bool((within < inside).mean() <= _STRAY) if len(within) else False
