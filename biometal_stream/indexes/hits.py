"""How many k-mers of each read or pair an index has, and whether that is a match."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometal_stream.indexes.kernels.hits import FEW, count_different

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Hits(NamedTuple):
    """What an index has of each unit: a read, or a pair with the k-mers of both mates.

    Attributes:
        hits: ``int32``, (units,): the different k-mers of the unit that the index has.
        totals: ``int32``, (units,): the different k-mers of the unit.
    """

    hits: NDArray[np.int32]
    totals: NDArray[np.int32]

    def matches(self, min_hits: int, min_fraction: float) -> NDArray[np.bool_]:
        """Which units match, (units,): those with enough hits of both kinds.

        A unit without k-mers never matches. Both thresholds must be met. As in deacon 0.19, the
        quotient of hits and totals is compared with the share, in doubles: 7 hits of 100 are 0.07,
        though 0.07 times 100 is more than 7.

        Args:
            min_hits: The fewest hits; 0 counts as 1.
            min_fraction: The fewest hits as a share of `totals`, from 0 to 1.
        """
        enough: NDArray[np.bool_] = self.hits >= max(min_hits, 1)
        if min_fraction > 0:
            enough &= self.hits / np.maximum(self.totals, 1) >= min_fraction
        return enough


def count_hits(
    values: NDArray[np.uint64], has: NDArray[np.bool_], edges: NDArray[np.int64]
) -> Hits:
    """Counts the different k-mers of each unit, and those of them that an index has.

    Args:
        values: ``uint64``, (k-mers,): the values of k-mers of up to 31 bases, as of a `Scheme`.
        has: (k-mers,): which of them the index has.
        edges: ``int64``, (units + 1,): where the k-mers of each unit begin, and where the last
            unit's end.
    """
    most = int(np.diff(edges).max(initial=0))
    table = np.empty(1 << (2 * max(most, FEW) - 1).bit_length(), np.uint64)
    hits, totals = (np.empty(len(edges) - 1, np.int32) for _ in range(2))
    count_different(values, has.view(np.uint8), edges, table, hits, totals)
    return Hits(hits, totals)
