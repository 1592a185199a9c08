"""Drops reads that match an index, such as those of a host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.matching.filters import MatchFilter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class Deplete(MatchFilter):
    """Drops reads that match an index of k-mers, such as that of a host.

    A read matches if an index has enough of its minimizers: at least two different ones, and at
    least 1 % of all, by default. The verdict on each read is that of deacon, whose indexes can be
    used. Both mates of a pair are looked up together, and leave or stay together; with --pairs
    split, each on its own.

    A read without minimizers is kept: it is shorter than k + w - 1 bases, 45 by default, or has
    too many N. The end of a run says how many these are, and how many reads match each index.

    With several indexes, such as human=human.idx phix, a read that matches any of them is dropped.
    With --mark all reads are kept, and get the columns index_label, index_hits and
    index_minimizers. The label is the index with the most hits, or the first of several equal ones;
    keep-label index human then keeps the reads with this label. With several indexes, each has its
    own columns, too, such as human_hits and human_minimizers.

    The name of a shipped index, human-mt, lambda or phix, takes precedence over a file; ./phix is
    a file. All threads share an index, whose memory --memory does not count. On a cluster each
    machine needs the file under the same path.

    Attributes:
        indexes: The indexes: files, or shipped ones; ``NAME=INDEX`` gives one a name.
        index: The same; they come before the others.
        min_hits: How many different minimizers of a read the index must have; 0 counts as 1.
        min_fraction: What share of a read's different minimizers the index must have.
        prefix: How many bases to look at from the start of each read; all by default.
        mark: Whether to keep all reads, and to add columns.
        column: What the names of these columns begin with.

    Example:
        >>> Deplete(("phix",))
    """

    _matching: ClassVar[str] = "dropped"

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return "" if self.mark else f"matches {self._which}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Looks up the minimizers of each read."""
        return ~self._matched(view)
