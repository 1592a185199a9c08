"""Counts the reads of each sample, and the barcodes of no sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn

MOST_UNKNOWN = 8192
"""Barcodes of no sample that are counted at a time."""

_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class UnknownBarcodes:
    """How often barcodes of no sample occur, in bounded memory.

    All are counted exactly as long as there are few of them. If there are more, only a part of the
    reads is counted: a half, then a quarter and so on, until the barcodes are few enough. A hash of
    a read's name decides, so the counts do not depend on the order of the reads.

    Attributes:
        counts: Reads by barcode and level. A read has level k with a probability of 1 / 2^(k+1).
        level: Reads of lower levels are not counted.
    """

    counts: Mapping[tuple[bytes, int], int] = field(default_factory=dict)
    level: int = 0

    @classmethod
    def of(cls, barcodes: StringColumn, names: StringColumn) -> UnknownBarcodes:
        """Counts the barcodes of some reads.

        Args:
            barcodes: The barcodes.
            names: The names of the reads.
        """
        from biometal_stream.operators.kernels.names import hash_names

        hashes, codes = np.empty((2, names.num_rows), np.uint64)
        hash_names(names.starts, names.stops, names.data, np.uint64(0), hashes)
        hash_names(barcodes.starts, barcodes.stops, barcodes.data, np.uint64(1), codes)
        levels = np.array(levels_of(hashes), np.uint64)
        _, rows, times = np.unique(
            codes + levels * _ODD, return_index=True, return_counts=True
        )  # two barcodes of one hash are too rare to be seen
        level = 0
        while len(rows) > MOST_UNKNOWN:
            level += 1
            high = levels[rows] >= level
            rows, times = rows[high], times[high]
        data = barcodes.data.data
        ends = barcodes.starts[rows].tolist(), barcodes.stops[rows].tolist()
        texts = [bytes(data[start:stop]) for start, stop in zip(*ends, strict=True)]
        keys = zip(texts, levels[rows].tolist(), strict=True)
        return cls(dict(zip(keys, times.tolist(), strict=True)), level)

    @classmethod
    def _few(cls, counts: Counter[tuple[bytes, int]], level: int) -> UnknownBarcodes:
        while len(counts) > MOST_UNKNOWN:
            level += 1
            counts = Counter({key: count for key, count in counts.items() if key[1] >= level})
        return cls(dict(counts), level)

    def __add__(self, other: UnknownBarcodes) -> UnknownBarcodes:
        """Adds the counts of other reads."""
        level = max(self.level, other.level)
        counts: Counter[tuple[bytes, int]] = Counter()
        for each in (self, other):
            for key, count in each.counts.items():
                if key[1] >= level:
                    counts[key] += count
        return self._few(counts, level)

    def most_common(self, number: int) -> dict[str, int]:
        """The most frequent barcodes and about how many reads have each; the first ones by name."""
        totals: Counter[str] = Counter()
        for (barcode, _), count in self.counts.items():
            totals[barcode.decode("ascii", "replace")] += count << self.level
        ordered = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
        return dict(ordered[:number])


@dataclass(frozen=True)
class BarcodeCounts:
    """The state of the counts of a run; all numbers add up.

    Attributes:
        samples: Reads of each sample, and in the end of none: by mismatches, and turned reads.
            ``int64``, (samples + 1, 4): no mismatch, one, more, turned.
        unknown: The barcodes of no sample.
        paired: Whether the reads are pairs.
    """

    samples: NDArray[np.int64]
    unknown: UnknownBarcodes = field(default_factory=UnknownBarcodes)
    paired: bool = False

    def __add__(self, other: BarcodeCounts) -> BarcodeCounts:
        """Adds the counts of other reads."""
        return BarcodeCounts(
            self.samples + other.samples, self.unknown + other.unknown, self.paired or other.paired
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, BarcodeCounts)
            and np.array_equal(self.samples, other.samples)
            and (self.unknown, self.paired) == (other.unknown, other.paired)
        )

    __hash__ = None  # type: ignore[assignment]


def levels_of(hashes: NDArray[np.uint64]) -> list[int]:
    """The levels of reads by the hashes of their names: the number of zeros that these end in."""
    lowest = hashes & (~hashes + np.uint64(1))
    below: list[int] = np.bitwise_count(lowest - np.uint64(1)).tolist()
    return below
