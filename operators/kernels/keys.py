"""The compiled loops that turn texts into keys, which are equal if the texts are.

A key is a row of words of 64 bits. Each text in it has a first word, twice its length, plus one if
the text is not only A, C, G and T, and then its bases, 32 to a word, or its bytes, 8 to a word.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.hashing import mix
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.memory import load_word
from biometal_stream.simd.padding import load_word_ending, padded_start
from biometal_stream.simd.words import Offset, Word

_A = np.uint64(0x4141414141414141)
_CODES = np.uint64(0x0303030303030303)
_LOWER = np.uint64(0x0101010101010101)
_FOURS = np.uint64(0x000F000F000F000F)
_EIGHTS = np.uint64(0x000000FF000000FF)
_SIXTEEN = np.uint64(0xFFFF)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_SIX = np.uint64(6)
_EIGHT = np.uint64(8)
_TWELVE = np.uint64(12)
_FIFTEEN = np.uint64(15)
_SIXTEEN_BITS = np.uint64(16)
_TWENTY_FOUR = np.uint64(24)
_FORTY_EIGHT = np.uint64(48)


@kernel(writes=("words", "ends"))
def pack_texts(
    starts: NDArray[Offset],
    stops: NDArray[Offset],
    data: NDArray[np.uint8],
    most: Word,
    words: NDArray[np.uint64],
    ends: NDArray[np.int64],
) -> None:
    """Packs texts, one after another.

    Args:
        starts: ``int32`` or ``int64``, (rows,)
        stops: (rows,)
        data: (bytes,)
        most: The most bytes of each text that count; the rest is left out.
        words: Output, ``uint64``, room for a word and an eighth of its bytes, rounded up, for each
            text.
        ends: Output, ``int64``, (rows,): the word after the last of each text.
    """
    first = padded_start(data)
    to = _ZERO
    for row in range(np.uint64(len(starts))):
        start = np.uint64(starts[row])
        length = min(np.uint64(stops[row]) - start, most)
        end = start + length
        header = to
        to += _ONE
        index = start
        filled = _ZERO
        held = _ZERO
        raw = _ZERO
        while index < end:
            if index + _EIGHT <= end:
                word = load_word(data, index)
            else:  # the last bytes, filled up with A
                spare = (_EIGHT - (end - index)) * _EIGHT
                word = load_word_ending(data, first, end) >> spare
                word |= _A << (np.uint64(64) - spare)
            codes = (word >> _ONE) & _CODES
            third = (codes >> _ONE) & ~codes & _LOWER  # T is the only one that is not 2 * code more
            if word != _A + codes + codes + third * _FIFTEEN:
                raw = _ONE
                break
            codes = (codes | (codes >> _SIX)) & _FOURS
            codes = (codes | (codes >> _TWELVE)) & _EIGHTS
            codes = (codes | (codes >> _TWENTY_FOUR)) & _SIXTEEN
            held |= codes << filled
            index += _EIGHT
            if filled == _FORTY_EIGHT:
                words[to] = held
                to += _ONE
                filled = _ZERO
                held = _ZERO
            else:
                filled += _SIXTEEN_BITS
        if raw:
            to = header + _ONE
            index = start
            while index + _EIGHT <= end:
                words[to] = load_word(data, index)
                to += _ONE
                index += _EIGHT
            if index < end:
                spare = (_EIGHT - (end - index)) * _EIGHT
                words[to] = load_word_ending(data, first, end) >> spare
                to += _ONE
        elif filled:
            words[to] = held
            to += _ONE
        words[header] = length + length + raw
        ends[row] = np.int64(to)


@kernel(writes=("out",))
def gather_words(
    words: NDArray[np.uint64],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
    out: NDArray[np.uint64],
) -> None:
    """Copies packed texts one after another.

    Args:
        words: ``uint64``, the words of the texts.
        starts: ``int64``, (texts,): the first word of each.
        stops: ``int64``, (texts,): the word after its last.
        out: Output, ``uint64``, (words of all,).
    """
    to = _ZERO
    for text in range(np.uint64(len(starts))):
        for index in range(np.uint64(starts[text]), np.uint64(stops[text])):
            out[to] = words[index]
            to += _ONE


@kernel(writes=("hashes",))
def hash_keys(
    words: NDArray[np.uint64],
    ends: NDArray[np.int64],
    seed: np.uint64,
    hashes: NDArray[np.uint64],
) -> None:
    """Turns each key into 64 bits.

    ``h`` starts as ``mix(seed)`` and becomes ``mix(h ^ word)`` for each word, as for names.

    Args:
        words: ``uint64``, the words of the keys.
        ends: ``int64``, (units,): the word after the last of each key.
        seed: Another seed gives other numbers.
        hashes: Output, ``uint64``, (units,), never 0, which stands for an empty slot.
    """
    start = mix(seed)
    index = _ZERO
    for unit in range(np.uint64(len(ends))):
        end = np.uint64(ends[unit])
        state = start
        while index < end:
            state = mix(state ^ words[index])
            index += _ONE
        hashes[unit] = state or _ONE
