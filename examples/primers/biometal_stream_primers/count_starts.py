"""Counts how reads begin."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.plugin import ReadObserver, argument, option

if TYPE_CHECKING:
    from biometal_stream.plugin import BatchView


@dataclass(frozen=True)
class CountStarts(ReadObserver):
    """Counts the first bases of reads, and reports those that are most frequent.

    Attributes:
        length: The number of bases; shorter reads are not counted.
        most: How many starts are reported.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    length: int = argument("The number of bases.", minimum=1, maximum=12, unit="bases")
    most: int = option("How many starts to report.", default=10, minimum=1)

    def empty(self) -> Counter[str]:
        """No reads, no counts."""
        return Counter()

    def observe(self, view: BatchView, /) -> Counter[str]:
        """Counts the starts in a batch."""
        import numpy as np

        sequences = view.text("sequence")
        starts = sequences.starts[sequences.lengths >= self.length].astype(np.int64)
        bases = sequences.data[starts[:, None] + np.arange(self.length)]
        found, counts = np.unique(bases, axis=0, return_counts=True)
        return Counter(
            {row.tobytes().decode(): int(n) for row, n in zip(found, counts, strict=True)}
        )

    def merge(self, one: Counter[str], two: Counter[str], /) -> Counter[str]:
        """Adds up two counts."""
        return one + two

    def finish(self, state: Counter[str], /) -> dict[str, int]:
        """The most frequent starts; of equals those that come first in the alphabet."""
        ranked = sorted(state.items(), key=lambda item: (-item[1], item[0]))
        return dict(ranked[: self.most])
