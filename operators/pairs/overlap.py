"""Finds where the mates of a batch overlap: the kernels' arguments, and their results."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.operators.adapters.finding import gains, upper
from biometal_stream.operators.kernels import mates
from biometal_stream.operators.measures import require_qualities
from biometal_stream.operators.pairs.rules import ADAPTERREMOVAL, FASTP, POSTERIOR, VSEARCH
from biometal_stream.simd.words import WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.operators.pairs.rules import Rule
    from biometal_stream.view import BatchView


@dataclass(frozen=True, eq=False)
class Overlaps:
    """Where the mates of pairs overlap.

    Attributes:
        inserts: ``int64``, (pairs,): the size of each insert; -1 if mates do not overlap, or if
            that is in doubt.
        mismatches: ``int64``, (pairs,): the bases of the overlap in which mates differ.
        lengths: ``int64``, (pairs, 2): the bases of each mate.
        bases: The reads, in upper case.
    """

    inserts: NDArray[np.int64]
    mismatches: NDArray[np.int64]
    lengths: NDArray[np.int64]
    bases: StringColumn

    @property
    def overlaps(self) -> NDArray[np.int64]:
        """The bases that both mates have read, ``int64``, (pairs,); 0 if they do not overlap."""
        first = np.maximum(self.inserts - self.lengths[:, 1], 0)
        return np.where(self.inserts < 0, 0, np.minimum(self.inserts, self.lengths[:, 0]) - first)


def find_overlaps(view: BatchView, rule: Rule) -> Overlaps:
    """Finds where mates overlap, once for each view and rule.

    Args:
        view: Reads, of which rows alternate between mates 1 and 2.
        rule: How to find an overlap.

    Raises:
        DataError: A read is null, has a byte that is not a quality, or has a different number of
            bases and qualities.
    """
    return view.once(("overlaps", rule), lambda view: _found(view, rule))


def _found(view: BatchView, rule: Rule) -> Overlaps:
    view.require_equal_lengths()
    require_qualities(view)
    bases, qualities = upper(view.text("sequence")), view.text("quality")
    lengths = bases.lengths.reshape(-1, 2)
    inserts, mismatches = np.empty((2, len(lengths)), np.int64)
    room = int(lengths.max(initial=0)) + 2 * WIDTH
    outputs = np.zeros(2 * room, np.uint8), inserts, mismatches
    reads = bases.starts, bases.stops, bases.data
    least, most, rate = np.int64(rule.least), np.int64(rule.most), np.float64(rule.rate)
    if rule.algorithm == FASTP:
        mates.first_overlaps(*reads, least, most, rate, *outputs)
    elif rule.algorithm == ADAPTERREMOVAL:
        mates.best_overlaps(*reads, least, most, rate, *outputs)
    elif rule.algorithm == VSEARCH:
        scored = qualities.starts, qualities.data, match_bits()
        mates.clear_overlaps(*reads, *scored, least, most, rate, *outputs)
    elif rule.algorithm == POSTERIOR:
        scores = qualities.starts, qualities.data, gains()
        mates.likely_overlaps(*reads, *scores, least, *outputs)
    found = Overlaps(inserts, mismatches, lengths, bases)
    if rule.algorithm == POSTERIOR:
        many = (mismatches > rule.most) | (mismatches > rule.rate * found.overlaps)
        inserts[many] = -1
        mismatches[many] = 0
    return found


@cache
def match_bits() -> NDArray[np.float64]:
    """What a base adds to vsearch's score, in bits, ``float64``, (2 * 128 * 128,).

    First a base on which mates agree, by the quality bytes of mates 1 and 2, then one on which
    they do not: at most -4 bits. From Edgar and Flyvbjerg, Bioinformatics 31 (2015), 3476-3482,
    and vsearch's mergepairs.cc.
    """
    scores = np.clip(np.arange(128) - 33, 0, 93)
    rates = np.where(scores < 2, 0.75, 10.0 ** (-scores / 10.0))
    one, two = rates[:, None], rates[None, :]
    agree = 1.0 - one - two + one * two * 4.0 / 3.0
    differ = np.minimum(np.log2((1.0 - agree) / 0.75), -4.0)
    found: NDArray[np.float64] = np.concatenate([np.log2(agree / 0.25).ravel(), differ.ravel()])
    found.flags.writeable = False
    return found
