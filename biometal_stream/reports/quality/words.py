"""Short words, in the arrays that the kernel that looks for them takes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Self

import numpy as np

from biometal_stream.reports.kernels.words import SIFTED, find_words
from biometal_stream.scratch import KeptScratch
from biometal_stream.simd.words import WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn

_SETS = 8
_TABLE = 16
_KEPT = KeptScratch()


@dataclass(frozen=True, eq=False)
class Words:
    """Words to look for in reads.

    Attributes:
        beginnings: ``uint64``, (words,): see `find_words` for all.
        endings: ``uint64``, (words,)
        sets: ``uint8``, (words,)
        tables: ``uint8``, (`SIFTED` * 64,)
    """

    beginnings: NDArray[np.uint64]
    endings: NDArray[np.uint64]
    sets: NDArray[np.uint8]
    tables: NDArray[np.uint8]

    @classmethod
    def of(cls, words: Sequence[str]) -> Self:
        """Words of A, C, G and T in upper case, of `LENGTH` bases; at most 64."""
        sets = np.zeros(len(words), np.uint8)
        tables = np.zeros((SIFTED, _TABLE), np.uint8)
        for number, members in enumerate(_sets(words)):
            for member in members:
                sets[member] = 1 << number
                for base, letter in enumerate(words[member][:SIFTED]):
                    tables[base, ord(letter) % _TABLE] |= 1 << number
        beginnings, endings = (
            np.array([int.from_bytes(word.encode(), "little") for word in parts], np.uint64)
            for parts in ([word[:8] for word in words], [word[-8:] for word in words])
        )
        arrays = beginnings, endings, sets, np.tile(tables, WIDTH // _TABLE).ravel()
        for each in arrays:
            each.flags.writeable = False
        return cls(*arrays)

    def find(self, column: StringColumn) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds the first place of each word in each read.

        Returns:
            The words that were found, ``int64``, (found,), and their first bases, from 0 on: in
            memory that the next call of the same thread uses again.
        """
        room = column.num_rows * len(self.sets)
        found, places = _KEPT.numbers("found", room), _KEPT.numbers("places", room)
        count = find_words(
            column.starts,
            column.stops,
            column.data,
            self.beginnings,
            self.endings,
            self.sets,
            self.tables,
            found,
            places,
        )
        return found[:count], places[:count]


def _sets(words: Sequence[str]) -> list[list[int]]:
    """Up to eight sets of words that tables can tell well from other words.

    They let pass each mix of the letters that a set's words have at each base, so the two sets with
    the fewest mixes are joined first.
    """
    sets = [[number] for number in range(len(words))]
    while len(sets) > _SETS:
        one, two = min(combinations(sets, 2), key=lambda pair: _mixes(words, pair[0] + pair[1]))
        sets = [each for each in sets if each is not one and each is not two] + [one + two]
    return sets


def _mixes(words: Sequence[str], members: list[int]) -> int:
    """How many texts a set lets pass; more for one whose letters are all alike.

    In reads, such a word follows itself many times. Alone in its set, only its first place is
    compared.
    """
    letters = zip(*(words[member][:SIFTED] for member in members), strict=True)
    alike = sum(len(set(words[member])) == 1 for member in members)
    return int(np.prod([len(set(each)) for each in letters])) << (8 * alike)
