"""Finds where inserts end in a batch: the kernels' arguments from a view, and their results."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.columns import StringColumn
from biometal_stream.operators.adapters.sizes import InsertSizes, weights
from biometal_stream.operators.kernels.adapters import MOST, UNIT, find_adapters
from biometal_stream.operators.kernels.ends import choose_ends
from biometal_stream.operators.kernels.inserts import find_inserts
from biometal_stream.simd.words import WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from biometal_stream.operators.adapters.found import Pair
    from biometal_stream.view import BatchView

AGREEING = 0.97
"""The share of bases that are right in both mates, where their ends are of middling quality."""

SURE_AGAIN = 14 * UNIT
"""The score of a candidate in a read that was trimmed before: 10 bases of an adapter. Where fewer
stand, one in a million of the reads whose insert ends there has them by chance."""


@dataclass(frozen=True)
class Candidates:
    """Where the inserts of a batch may end.

    Attributes:
        lengths: ``int64``, (units,): bases of each read, or of the longer mate of each pair.
        places: ``int64``, (units * MOST,): sizes of inserts, -1 for none.
        scores: ``int64``, (units * MOST,): in 1/`UNIT` of a natural logarithm.
        firsts: ``int64``, (rows,): where the unmistakable start of an adapter stands; the length of
            the read if nowhere.
        read_lengths: ``int64``, (rows,): bases of each read.
    """

    lengths: NDArray[np.int64]
    places: NDArray[np.int64]
    scores: NDArray[np.int64]
    firsts: NDArray[np.int64]
    read_lengths: NDArray[np.int64]

    def inserts(self, sizes: InsertSizes) -> NDArray[np.int64]:
        """The size of each insert, or the length if that is less: ``int64``, (units,)."""
        ends = np.empty(len(self.lengths), np.int64)
        choose_ends(self.lengths, self.places, self.scores, *sizes.tables, weights(), ends)
        return ends

    def doubt_shorter(self, length: int) -> None:
        """Leaves out candidates of reads that were trimmed before, unless they are sure.

        Args:
            length: The length of reads that were not trimmed.
        """
        short = self.lengths < length
        if short.any():
            self.places[np.repeat(short, MOST) & (self.scores < SURE_AGAIN)] = -1

    def ends(self, inserts: NDArray[np.int64]) -> NDArray[np.int64]:
        """What stays of each read: ``int64``, (rows,).

        Args:
            inserts: The size of each insert, or the length if that is less: ``int64``, (units,).
        """
        mates = len(self.firsts) // max(len(inserts), 1)
        ends = np.repeat(inserts, mates)
        again = (self.firsts < ends) & (ends - self.firsts <= WIDTH)
        again &= ends < np.repeat(self.lengths, mates)
        return np.minimum(np.where(again, self.firsts, ends), self.read_lengths)


@cache
def gains() -> NDArray[np.int32]:
    """What a base adds to a score, ``int32``, (2 * 256 + WIDTH + 1,).

    First a mismatch, then a match with an adapter, by quality byte: the error rate of a base is
    that of its quality, at most 0.7; an error makes any of the three other bases, and where no
    adapter is, any of the four is as likely. Then a base on which mates agree, by how many of 64
    agree by chance: `AGREEING` of them do if mates overlap.
    """
    rates = np.minimum(10.0 ** (-np.clip(np.arange(256) - 33, 0, 93) / 10.0), 0.7)
    chance = np.clip(np.arange(WIDTH + 1) / WIDTH, 0.25, AGREEING)
    both = np.concatenate(
        [np.log(4 * rates / 3), np.log(4 * (1 - rates)), np.log(AGREEING / chance)]
    )
    found: NDArray[np.int32] = np.rint(both * UNIT).astype(np.int32)
    found.flags.writeable = False
    return found


def find(view: BatchView, adapters: Sequence[Pair], *, paired: bool) -> Candidates:
    """Finds candidates in a batch.

    Args:
        view: The reads.
        adapters: What reads may run into; with mates, none or a text without letters will do.
        paired: Whether rows alternate between mates.
    """
    bases, qualities = upper(view.text("sequence")), view.text("quality")
    lengths = bases.lengths
    if paired:
        lengths = np.maximum(lengths[0::2], lengths[1::2])
    places, scores = np.empty((2, len(lengths) * MOST), np.int64)
    firsts = np.empty(bases.num_rows, np.int64)
    known = [each for pair in adapters for each in (pair if paired else pair[:1]) if paired or each]
    about = (
        bases.starts,
        bases.stops,
        bases.data,
        qualities.starts,
        qualities.data,
        *_packed(tuple(known)),
        gains(),
    )
    room = int(lengths.max(initial=0)) + 2 * WIDTH
    if paired:
        scratch = np.empty(WIDTH, np.int64), np.empty(MOST, np.int64)
        find_inserts(*about, np.zeros(3 * room, np.uint8), *scratch, places, scores, firsts)
    else:
        find_adapters(*about, np.zeros(room, np.uint8), places, scores, firsts)
    return Candidates(lengths, places, scores, firsts, bases.lengths)


@cache
def _packed(adapters: tuple[str, ...]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    data = np.zeros(len(adapters) * WIDTH, np.uint8)
    lengths = np.array([min(len(each), WIDTH) for each in adapters], np.int64)
    for index, adapter in enumerate(adapters):
        text = np.frombuffer(adapter.encode()[:WIDTH], np.uint8)
        data[index * WIDTH : index * WIDTH + len(text)] = text
    for each in (data, lengths):
        each.flags.writeable = False
    return data, lengths


def upper(bases: StringColumn) -> StringColumn:
    """The bases in upper case; a copy only where some are not."""
    first, last = (int(bases.starts.min(initial=0)), int(bases.stops.max(initial=0)))
    part = bases.data[first:last]
    if not len(part) or part.max() < ord("a"):
        return bases
    data = np.where(
        (bases.data >= ord("a")) & (bases.data <= ord("z")), bases.data & 0xDF, bases.data
    )
    data.flags.writeable = False
    return StringColumn(bases.name, bases.starts, bases.stops, data, bases.rows)
