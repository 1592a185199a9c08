"""The compiled loops that turn the first bases of reads, and their names, into numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.hashing import mix
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import load_word, prefetch
from biometal_stream.simd.padding import load_word_ending, padded_start
from biometal_stream.simd.words import Offset, Word

_UPPER = np.uint64(0xDFDFDFDFDFDFDFDF)
_ANY = np.uint64(0xFFFFFFFFFFFFFFFF)
_EIGHT = np.uint64(8)
_LINE = np.uint64(64)

BLOCK = 32
"""Rows that are hashed together, in vectors of words."""

_BLOCK = np.uint64(BLOCK)
_AHEAD = np.uint64(8)


@kernel(writes=("words", "hashes"))
def hash_beginnings(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    most: np.uint64,
    words: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
) -> None:
    """Turns the beginning of each text, in upper or lower case, into 64 bits.

    It is cut into words of eight bytes, the first byte lowest, the last word filled up with zeros;
    of each byte the bit that makes a letter lower case is cleared. ``h`` starts as the length, and
    becomes ``mix(h ^ word)`` for each word, and at last ``mix(h)``. This will never change: counts
    made years apart can be added.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        most: The most bytes of each text that count.
        words: Scratch, ``uint64``, (`BLOCK`,).
        hashes: Output, ``uint64``, (rows,).
    """
    first = padded_start(data)
    rows = np.uint64(len(hashes))
    for row in range(rows):
        hashes[row] = min(np.uint64(stops[row]) - np.uint64(starts[row]), most)
    for block in range(np.uint64(0), rows, _BLOCK):
        end = min(block + _BLOCK, rows)
        _mix_words(starts, stops, data, first, most, _UPPER, block, end, words, hashes)
        for row in range(block, end):
            hashes[row] = mix(hashes[row])


@kernel(writes=("words", "hashes"))
def hash_further(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    words: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
) -> None:
    """Turns each hash and a text into another hash.

    ``h`` starts as the hash, becomes ``mix(h ^ word)`` for each word of the text, as for
    `hash_beginnings` but in its own case, and at last ``mix(h ^ length)``.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        words: Scratch, ``uint64``, (`BLOCK`,).
        hashes: Input and output, ``uint64``, (rows,).
    """
    first = padded_start(data)
    rows = np.uint64(len(hashes))
    for block in range(np.uint64(0), rows, _BLOCK):
        end = min(block + _BLOCK, rows)
        _mix_words(starts, stops, data, first, _ANY, _ANY, block, end, words, hashes)
        for row in range(block, end):
            hashes[row] = mix(hashes[row] ^ (np.uint64(stops[row]) - np.uint64(starts[row])))


@kernel(writes=("words",))
def copy_beginnings(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    rows: NDArray[np.int64],
    most: np.uint64,
    words: NDArray[np.uint64],
) -> None:
    """Copies the beginnings of some texts in upper case, as words of eight bytes.

    Args:
        starts: ``int32`` or ``int64``, (all rows,)
        stops: (all rows,)
        data: (bytes,)
        rows: ``int64``, (rows,): which to copy.
        most: The most bytes of each.
        words: Output, ``uint64``, zeros; the same number for each row, enough for ``most`` bytes.
    """
    first = padded_start(data)
    width = (most + _EIGHT - np.uint64(1)) // _EIGHT
    for place in range(np.uint64(len(rows))):
        if place + _AHEAD < len(rows):
            prefetch(data, np.uint64(starts[np.uint64(rows[place + _AHEAD])]))
        row = np.uint64(rows[place])
        index = np.uint64(starts[row])
        stop = index + min(np.uint64(stops[row]) - index, most)
        to = place * width
        while index + _EIGHT <= stop:
            words[to] = _upper(load_word(data, index))
            index += _EIGHT
            to += np.uint64(1)
        if index < stop:
            word = load_word_ending(data, first, stop) >> ((_EIGHT - (stop - index)) * _EIGHT)
            words[to] = _upper(word)


@inlined
def _upper(word: Word) -> Word:
    """Eight bytes with letters in upper case.

    Adding to the lowest seven bits of each sets the highest if they are at least ``a``, or beyond
    ``z``.
    """
    seven = word & np.uint64(0x7F7F7F7F7F7F7F7F)
    letter = seven + np.uint64(0x1F1F1F1F1F1F1F1F)
    beyond = seven + np.uint64(0x0505050505050505)
    lower = (letter ^ beyond) & ~word & np.uint64(0x8080808080808080)
    return word ^ (lower >> np.uint64(2))


@inlined
def _mix_words(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    first: Any,
    most: Word,
    letters: Word,
    block: Word,
    end: Word,
    words: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
) -> None:
    """Mixes the words of some rows into their hashes, and has those of the next rows loaded.

    Args:
        starts: See `hash_beginnings`.
        stops: Likewise.
        data: Likewise.
        first: The `padded_start` of the data.
        most: The most bytes of each text that count.
        letters: The bits of each word that count.
        block: The first row.
        end: The row after the last.
        words: Scratch.
        hashes: Input and output.
    """
    common = most
    for row in range(block, end):
        common = min(common, np.uint64(stops[row]) - np.uint64(starts[row]))
    common &= ~(_EIGHT - np.uint64(1))
    count = end - block
    for place in range(np.uint64(0), common, _EIGHT):
        for lane in range(count):
            words[lane] = load_word(data, np.uint64(starts[block + lane]) + place) & letters
        for lane in range(count):
            hashes[block + lane] = mix(hashes[block + lane] ^ words[lane])
    for row in range(block, end):
        index = np.uint64(starts[row])
        stop = index + min(np.uint64(stops[row]) - index, most)
        index += common
        state = hashes[row]
        while index + _EIGHT <= stop:
            state = mix(state ^ (load_word(data, index) & letters))
            index += _EIGHT
        if index < stop:
            word = load_word_ending(data, first, stop) >> ((_EIGHT - (stop - index)) * _EIGHT)
            state = mix(state ^ (word & letters))
        hashes[row] = state
        if row + _BLOCK < len(hashes):
            index = np.uint64(starts[row + _BLOCK])
            prefetch(data, index)
            prefetch(data, index + _LINE)
