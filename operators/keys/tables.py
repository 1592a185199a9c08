"""Tables that remember keys: only their hashes, or all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import DataError
from biometal_stream.limits import usable_memory
from biometal_stream.operators.kernels.tables import (
    ENTRY,
    find_keys,
    move_hashes,
    move_keys,
    remember_hashes,
    remember_keys,
)
from biometal_stream.operators.keys.entries import Entries
from biometal_stream.operators.keys.making import unpacked
from biometal_stream.sizes import written_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.operators.keys.making import Keys

MIB = 1 << 20
LEAST_TABLE = MIB
"""The smallest limit of a table, in bytes."""
_USUAL = 1 << 30
_FIRST = 1 << 14  # slots
_MOST = 2**32 - 1  # slots: the upper 32 bits of a hash point to one


def default_table() -> int:
    """The default limit of a table: a quarter of the memory, 1 GiB if that is not known."""
    there = usable_memory()
    return _USUAL if there is None else max(64, there // 4 // MIB) * MIB


class _Table:
    """Slots that grow in steps, to two thirds of a limit, since the last step takes the rest.

    Args:
        name: Whose table it is, in messages.
        limit: The most bytes of slots, also while they grow.
        slot: The bytes of a slot.
    """

    def __init__(self, name: str, limit: int, slot: int) -> None:
        self._name = name
        self._limit = limit
        steps = [min(_MOST, limit * 2 // 3 // slot)]
        while steps[-1] > _FIRST:
            steps.append(-(-steps[-1] // 2))
        self._sizes = steps[:-1] or steps
        self.count = 0  # keys remembered
        self.slots: NDArray[np.uint64] = np.zeros(self._sizes.pop(), np.uint64)

    @property
    def room(self) -> int:
        """How many more keys fit without growing; a quarter of the slots stays free."""
        return len(self.slots) * 3 // 4 - self.count

    def _next_size(self) -> int:
        if not self._sizes:
            raise DataError(
                f"{self._name}: {self.count:,} different reads or pairs fill a table of"
                f" {written_size(self._limit)}; allow it more memory (--table-size"
                f" {written_size(2 * self._limit)}; table_bytes in Python)"
            )
        return self._sizes.pop()


class HashTable(_Table):
    """Remembers 64 bits of each key. Takes at most 16 bytes of the limit for each.

    Of ``n`` different keys about ``n * n / 2**65`` share their 64 bits with an earlier one, and are
    taken for it. For use by one thread at a time.

    Args:
        name: Whose table it is, in messages.
        limit: The most bytes that it may take.
    """

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(name, limit, 8)

    def new(self, keys: Keys) -> NDArray[np.bool_]:
        """Finds the keys that are new, and remembers them; ``bool``, (units,).

        Raises:
            DataError: The table is full.
        """
        units = len(keys.hashes)
        new = np.empty(units, np.bool_)
        done = 0
        while True:
            before = done
            done = int(
                remember_hashes(keys.hashes, np.uint64(done), np.uint64(self.room), self.slots, new)
            )
            self.count += int(np.count_nonzero(new[before:done]))
            if done == units:
                return new
            self._grow()

    def _grow(self) -> None:
        old, self.slots = _fixed(self.slots), np.zeros(self._next_size(), np.uint64)
        move_hashes(old, self.slots)


class KeyTable(_Table):
    """Remembers whole keys, in a temporary file. Makes no mistakes.

    The slots take at most 32 bytes of the limit for each key. For use by one thread at a time,
    except for `find`.

    Args:
        name: Whose table it is, in messages.
        limit: The most bytes that its slots may take.
    """

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(name, limit, 16)
        self._places: NDArray[np.uint64] = np.zeros(len(self.slots), np.uint64)
        self._entries = Entries(name)
        self._used = 0
        self._units = 0  # so far, new or not

    def first(self, keys: Keys) -> NDArray[np.int64]:
        """Finds the number of the first equal key, and remembers those that are new.

        Returns:
            ``int64``, (units,): counted from 0 over all calls; a key that is new has its own.

        Raises:
            DataError: The table is full, or the disk is.
        """
        units = len(keys.hashes)
        numbers = np.empty(units, np.int64)
        done = 0
        while True:
            before, room = done, self.room
            found = remember_keys(
                keys.hashes,
                keys.words,
                keys.ends,
                np.uint64(done),
                np.uint64(self._units),
                np.uint64(room),
                self.slots,
                self._places,
                self._entries.words,
                np.uint64(self._used),
                numbers,
            )
            done, self._used = map(int, found)
            own = self._units + np.arange(before, done)
            self.count += int(np.count_nonzero(numbers[before:done] == own))
            if done == units:
                self._units += units
                return numbers
            self._make_room(self._words_of(keys, done))

    def new(self, keys: Keys) -> NDArray[np.bool_]:
        """Finds the keys that are new, and remembers them; as for `HashTable`."""
        begin = self._units
        own = np.arange(begin, begin + len(keys.hashes))
        return np.equal(self.first(keys), own)

    def _words_of(self, keys: Keys, unit: int) -> int:
        first = int(keys.ends[unit - 1]) if unit else 0
        return ENTRY + int(keys.ends[unit]) - first

    def _make_room(self, words: int) -> None:
        """Makes room for one more key."""
        if self._used + words > len(self._entries.words):
            self._entries.grow(self._used + words)
        if not self.room:
            old, places = _fixed(self.slots), _fixed(self._places)
            self.slots = np.zeros(self._next_size(), np.uint64)
            self._places = np.zeros(len(self.slots), np.uint64)
            move_keys(old, places, self.slots, self._places)

    def found(self) -> FoundKeys:
        """The keys that were remembered, to look them up."""
        entries = self._entries.words[: self._used]
        return FoundKeys(self.slots, self._places, entries)


class FoundKeys:
    """A table to look up keys in. Safe to share between threads; can be pickled.

    Args:
        slots: ``uint64``, (slots,): as in `find_keys`.
        places: ``uint64``, (slots,)
        entries: ``uint64``

    Attributes:
        most: The greatest number of a key, and one more.
    """

    def __init__(self, *arrays: NDArray[np.uint64]) -> None:
        self._arrays = tuple(_fixed(array) for array in arrays)
        taken = self._arrays[0] != 0
        self._starts = np.sort(self._arrays[1][taken])
        self.most = int(self.numbers()[-1]) + 1 if len(self._starts) else 0

    def __reduce__(self) -> tuple[Any, ...]:
        return FoundKeys, tuple(map(np.array, self._arrays))

    def numbers(self) -> NDArray[np.int64]:
        """The numbers of all keys, ``int64``, in ascending order."""
        return self._arrays[2][self._starts + np.uint64(1)].astype(np.int64)

    def text(self, number: int) -> str:
        """The text that a key was made of, if it was made of one."""
        place = int(self._starts[np.searchsorted(self.numbers(), number)])
        entries = self._arrays[2]
        words = entries[place + ENTRY : place + ENTRY + int(entries[place])]
        return unpacked(words).decode("utf-8", "backslashreplace")

    def find(self, keys: Keys) -> NDArray[np.int64]:
        """The number of each key, ``int64``, (units,); -1 if it is not there."""
        numbers = np.empty(len(keys.hashes), np.int64)
        slots, places, entries = self._arrays
        find_keys(keys.hashes, keys.words, keys.ends, slots, places, entries, numbers)
        return numbers


def _fixed(array: NDArray[np.uint64]) -> NDArray[np.uint64]:
    array = array.view()
    array.flags.writeable = False
    return array
