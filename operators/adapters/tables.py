"""Adapters as the tables that `biometal_stream.operators.kernels.rules` reads."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from biometal_stream.operators.adapters.letters import accepted
from biometal_stream.operators.adapters.notation import Adapter, Linked
from biometal_stream.operators.adapters.screening import Word, words_of
from biometal_stream.operators.kernels import alignment as flags
from biometal_stream.operators.kernels.rules import ALONE, LINKED, TOGETHER
from biometal_stream.operators.kernels.screens import SEED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MOST_TOGETHER = 3
"""cutadapt looks up anchored adapters together if they allow at most so many errors."""


class Tables(NamedTuple):
    """The arguments of the kernel that describe adapters, read-only.

    `biometal_stream.operators.kernels.rules.match_adapters` has the sizes of the arrays.

    Attributes:
        about: What is known of each adapter.
        rates: Its errors per aligned base.
        classes: The class of each byte.
        equal: Whether a letter accepts a class.
        width: The letters of all adapters.
        unknown: The N before each letter.
        words: What is known of each word.
        letters: The kind of each of their letters.
        offsets: Where the bases of each kind start.
        accepted: These bases.
        units: What is matched at once.
    """

    about: NDArray[np.int64]
    rates: NDArray[np.float64]
    classes: NDArray[np.uint8]
    equal: NDArray[np.uint8]
    width: int
    unknown: NDArray[np.int64]
    words: NDArray[np.int64]
    letters: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    accepted: NDArray[np.uint8]
    units: NDArray[np.int64]

    @property
    def num_units(self) -> int:
        """How many there are."""
        return len(self.units) // 4

    @property
    def longest(self) -> int:
        """The letters of the longest adapter."""
        return int(self.about[flags.LENGTH :: flags.ABOUT].max(initial=0))


def tables(given: Sequence[Adapter | Linked], *, together: bool = True) -> Tables:
    """Makes the tables of adapters.

    Args:
        given: The adapters. The number of each in results is its place here.
        together: Whether anchored adapters are looked up together, as cutadapt does by default.
            These come after all others.
    """
    units, singles = _units(given, together=together)
    spelt = [_spelt(adapter) for adapter, _ in singles]
    searched = [_words(adapter) for adapter, _ in singles]
    firsts = [0, *accumulate(map(len, spelt))]
    first_words = [0, *accumulate(map(len, searched))]
    about = [
        (
            *(first, len(letters), _flags(adapter), int(adapter.rate * len(letters))),
            *(adapter.overlap, first_words[place], first_words[place + 1], number),
        )
        for place, ((adapter, number), first, letters) in enumerate(
            zip(singles, firsts, spelt, strict=False)
        )
    ]
    letters = [letter for each in spelt for letter in each]
    classes, equal = _classes(letters)
    words, kinds = _letters_of_words(searched, spelt)
    bases = list(dict.fromkeys(kinds))
    numbers = {each: number for number, each in enumerate(bases)}
    return Tables(
        _fixed(about, np.int64),
        _fixed([adapter.rate for adapter, _ in singles], np.float64),
        classes,
        equal,
        len(letters),
        _fixed([_unknown(adapter) for adapter, _ in singles], np.int64),
        words,
        _fixed([numbers[each] for each in kinds], np.uint8),
        _fixed([0, *accumulate(map(len, bases))], np.int64),
        _fixed([list(each) for each in bases], np.uint8),
        _fixed(units, np.int64),
    )


def _units(
    given: Sequence[Adapter | Linked], *, together: bool
) -> tuple[list[tuple[int, int, int, int]], list[tuple[Adapter, int]]]:
    """What is matched at once, in order; and all adapters, each with its number."""
    groups: dict[str, list[tuple[Adapter, int]]] = {"front": [], "back": []}
    others: list[tuple[Adapter | Linked, int]] = []
    for number, each in enumerate(given):
        if isinstance(each, Adapter) and _goes_together(each):
            groups[each.place].append((each, number))
        else:
            others.append((each, number))
    if not together or max(map(len, groups.values())) < 2:
        groups, others = {}, [(each, number) for number, each in enumerate(given)]
    units: list[tuple[int, int, int, int]] = []
    singles: list[tuple[Adapter, int]] = []
    for unit, number in others:
        place = len(singles)
        if isinstance(unit, Linked):
            needed = unit.front_required + 2 * unit.back_required
            units.append((LINKED, place, place + 1, needed))
            singles += [(unit.front, number), (unit.back, number)]
        else:
            units.append((ALONE, place, 0, 0))
            singles.append((unit, number))
    for group in groups.values():
        if group:
            kind = TOGETHER if len(group) > 1 else ALONE
            units.append((kind, len(singles), len(singles) + len(group), 0))
            singles += group
    return units, singles


def _goes_together(adapter: Adapter) -> bool:
    return (
        adapter.anchored
        and set(adapter.sequence) <= set("ACGT")
        and not adapter.settings.read_wildcards
        and int(len(adapter.sequence) * adapter.rate) <= _MOST_TOGETHER
    )


def _flags(adapter: Adapter) -> int:
    found = 0 if adapter.settings.indels else flags.NO_INDELS
    if adapter.place == "anywhere" or adapter.partial:
        found |= flags.SKIP_ADAPTER_START | flags.SKIP_ADAPTER_END
        found |= flags.SKIP_READ_START | flags.SKIP_READ_END
    elif (adapter.place == "front") != adapter.rightmost:
        found |= flags.SKIP_READ_END
        found |= 0 if adapter.anchored else flags.SKIP_ADAPTER_START
        found |= flags.SKIP_READ_START if adapter.internal else 0
    else:
        found |= flags.SKIP_READ_START
        found |= 0 if adapter.anchored else flags.SKIP_ADAPTER_END
        found |= flags.SKIP_READ_END if adapter.internal else 0
    found |= flags.TURNED if adapter.rightmost else 0
    found |= flags.BEFORE if adapter.place in {"front", "anywhere"} else 0
    return found | (flags.AFTER if adapter.place in {"back", "anywhere"} else 0)


def _spelt(adapter: Adapter) -> list[frozenset[int]]:
    """The bytes that each letter accepts, in the order in which they are aligned."""
    return [
        accepted(
            letter,
            adapter_wildcards=adapter.has_wildcards,
            read_wildcards=adapter.settings.read_wildcards,
        )
        for letter in _aligned(adapter)
    ]


def _aligned(adapter: Adapter) -> str:
    return adapter.sequence[::-1] if adapter.rightmost else adapter.sequence


def _unknown(adapter: Adapter) -> list[int]:
    counted = adapter.has_wildcards
    return [0, *accumulate(int(counted and letter == "N") for letter in _aligned(adapter))]


def _words(adapter: Adapter) -> list[Word]:
    if adapter.anchored and not adapter.settings.indels:
        return []
    front = adapter.place == "anywhere" or adapter.partial
    starts = (adapter.place == "front") != adapter.rightmost
    return words_of(
        len(adapter.sequence),
        adapter.overlap,
        adapter.rate,
        front=front or starts,
        back=front or not starts,
        internal=adapter.internal,
    )


def _classes(letters: list[frozenset[int]]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The class of each byte, and for each class whether a letter accepts it."""
    distinct = list(dict.fromkeys(letters))
    upper = [ord(chr(byte).upper()) if byte < 128 else byte for byte in range(256)]
    kinds = {byte: tuple(byte in each for each in distinct) for byte in upper}
    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(kinds.values()))}
    place = {each: index for index, each in enumerate(distinct)}
    equal = [[kind[place[each]] for each in letters] for kind in numbers]
    return _fixed([numbers[kinds[byte]] for byte in upper], np.uint8), _fixed(equal, np.uint8)


def _letters_of_words(
    searched: list[list[Word]], spelt: list[list[frozenset[int]]]
) -> tuple[NDArray[np.int64], list[tuple[int, ...]]]:
    """What is known of each word, and the bases that its letters accept; none for any."""
    bases: list[tuple[int, ...]] = []
    words = []
    for found, letters in zip(searched, spelt, strict=True):
        for word in found:
            words.append((len(bases), *word[1:]))
            bases += map(_bases, letters[word.first : word.first + word.length])
            bases += [()] * (SEED - word.length)
    return _fixed(words, np.int64), bases


def _bases(letter: frozenset[int]) -> tuple[int, ...]:
    every = accepted("N", adapter_wildcards=True, read_wildcards=False)
    if letter == every:
        return ()
    return tuple(sorted(letter)) or (0,)  # a byte that no read has


def _fixed(values: Sequence[object], kind: type) -> NDArray[Any]:
    """The values one after another, read-only."""
    flat: list[NDArray[Any]] = [np.asarray(each, kind).ravel() for each in values]
    array = np.concatenate(flat) if flat else np.empty(0, kind)
    array.flags.writeable = False
    return array
