"""The compiled loops that look up keys in hash tables, and remember those that are new.

A table is an array of slots, three quarters of which may be taken. A key stands in the first free
slot from the one that its hash points to. The upper 32 bits of the hash, times the number of slots,
point to it, so the slots need not be a power of two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Word

ENTRY = 2
"""The words of an entry before its key: the number of words of the key, and its number."""

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(ENTRY)
_HALF = np.uint64(32)


@inlined
def _home(code: Word, slots: Word) -> Word:
    """The slot that a hash points to."""
    return ((code >> _HALF) * slots) >> _HALF


@inlined
def _same(
    entries: NDArray[np.uint64], at: Word, words: NDArray[np.uint64], first: Word, end: Word
) -> bool:
    """Whether the entry has the key ``words[first:end]``."""
    if entries[at] != end - first:
        return False
    at += _TWO
    for k in range(end - first):  # noqa: SIM110 - numba has no generators
        if entries[at + k] != words[first + k]:
            return False
    return True


@kernel(writes=("slots", "new"))
def remember_hashes(
    hashes: NDArray[np.uint64],
    begin: Word,
    room: Word,
    slots: NDArray[np.uint64],
    new: NDArray[np.bool_],
) -> Word:
    """Remembers hashes, and finds those that are new, in order.

    Args:
        hashes: ``uint64``, (units,), none of them 0.
        begin: The unit to begin with.
        room: How many new ones there is room for.
        slots: ``uint64``, (slots,), 0 where empty; is filled.
        new: Output, ``bool``, (units,).

    Returns:
        The unit that there was no room for; ``units`` if there was.
    """
    size = np.uint64(len(slots))
    units = np.uint64(len(hashes))
    for unit in range(begin, units):
        code = hashes[unit]
        slot = _home(code, size)
        while slots[slot] != _ZERO and slots[slot] != code:
            slot += _ONE
            if slot == size:
                slot = _ZERO
        new[unit] = slots[slot] == _ZERO
        if slots[slot] == _ZERO:
            if room == _ZERO:
                return unit
            room -= _ONE
            slots[slot] = code
    return units


@kernel(writes=("slots",))
def move_hashes(old: NDArray[np.uint64], slots: NDArray[np.uint64]) -> None:
    """Moves the hashes of a table to a larger one.

    Args:
        old: ``uint64``, the smaller table.
        slots: ``uint64``, the larger one, empty; is filled.
    """
    size = np.uint64(len(slots))
    for index in range(np.uint64(len(old))):
        code = old[index]
        if code == _ZERO:
            continue
        slot = _home(code, size)
        while slots[slot] != _ZERO:
            slot += _ONE
            if slot == size:
                slot = _ZERO
        slots[slot] = code


@kernel(writes=("slots", "places", "entries", "numbers"))
def remember_keys(
    hashes: NDArray[np.uint64],
    words: NDArray[np.uint64],
    ends: NDArray[np.int64],
    begin: Word,
    number: Word,
    room: Word,
    slots: NDArray[np.uint64],
    places: NDArray[np.uint64],
    entries: NDArray[np.uint64],
    used: Word,
    numbers: NDArray[np.int64],
) -> tuple[Word, Word]:
    """Remembers keys, and finds the number of the first that is equal, in order.

    Args:
        hashes: ``uint64``, (units,), none of them 0.
        words: ``uint64``, the words of the keys.
        ends: ``int64``, (units,): the word after the last of each key.
        begin: The unit to begin with.
        number: The number of the first unit; the next ones have the next numbers.
        room: How many new ones there is room for.
        slots: ``uint64``, (slots,): hashes, 0 where empty; is filled.
        places: ``uint64``, (slots,): where the entry of each slot begins; is filled.
        entries: ``uint64``, the entries; is filled.
        used: How many words of them are taken.
        numbers: Output, ``int64``, (units,): the number of the first equal key, maybe its own.

    Returns:
        The unit that there was no room for, ``units`` if there was; and the words taken.
    """
    size = np.uint64(len(slots))
    units = np.uint64(len(hashes))
    capacity = np.uint64(len(entries))
    first = np.uint64(ends[begin - _ONE]) if begin > _ZERO else _ZERO
    for unit in range(begin, units):
        end = np.uint64(ends[unit])
        code = hashes[unit]
        slot = _home(code, size)
        while slots[slot] != _ZERO and not (
            slots[slot] == code and _same(entries, places[slot], words, first, end)
        ):
            slot += _ONE
            if slot == size:
                slot = _ZERO
        if slots[slot] == _ZERO:
            if room == _ZERO or used + (end - first) + _TWO > capacity:
                return unit, used
            room -= _ONE
            slots[slot] = code
            places[slot] = used
            entries[used] = end - first
            entries[used + _ONE] = number + unit
            used += _TWO
            while first < end:
                entries[used] = words[first]
                used += _ONE
                first += _ONE
            numbers[unit] = np.int64(number + unit)
        else:
            numbers[unit] = np.int64(entries[places[slot] + _ONE])
        first = end
    return units, used


@kernel(writes=("slots", "places"))
def move_keys(
    old: NDArray[np.uint64],
    old_places: NDArray[np.uint64],
    slots: NDArray[np.uint64],
    places: NDArray[np.uint64],
) -> None:
    """Moves the keys of a table to a larger one.

    Args:
        old: ``uint64``, the hashes of the smaller table.
        old_places: ``uint64``, where its entries begin.
        slots: ``uint64``, the larger one, empty; is filled.
        places: ``uint64``, likewise.
    """
    size = np.uint64(len(slots))
    for index in range(np.uint64(len(old))):
        code = old[index]
        if code == _ZERO:
            continue
        slot = _home(code, size)
        while slots[slot] != _ZERO:
            slot += _ONE
            if slot == size:
                slot = _ZERO
        slots[slot] = code
        places[slot] = old_places[index]


@kernel(writes=("numbers",))
def find_keys(
    hashes: NDArray[np.uint64],
    words: NDArray[np.uint64],
    ends: NDArray[np.int64],
    slots: NDArray[np.uint64],
    places: NDArray[np.uint64],
    entries: NDArray[np.uint64],
    numbers: NDArray[np.int64],
) -> None:
    """Finds keys in a table.

    Args:
        hashes: ``uint64``, (units,), none of them 0.
        words: ``uint64``, the words of the keys.
        ends: ``int64``, (units,): the word after the last of each key.
        slots: ``uint64``, (slots,): hashes, 0 where empty.
        places: ``uint64``, (slots,): where the entry of each slot begins.
        entries: ``uint64``, the entries.
        numbers: Output, ``int64``, (units,): the number of each key; -1 if it is not there.
    """
    size = np.uint64(len(slots))
    first = _ZERO
    for unit in range(np.uint64(len(hashes))):
        end = np.uint64(ends[unit])
        code = hashes[unit]
        slot = _home(code, size)
        numbers[unit] = np.int64(-1)
        while slots[slot] != _ZERO:
            if slots[slot] == code and _same(entries, places[slot], words, first, end):
                numbers[unit] = np.int64(entries[places[slot] + _ONE])
                break
            slot += _ONE
            if slot == size:
                slot = _ZERO
        first = end
