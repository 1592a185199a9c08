"""Keeps reads that match an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.matching.filters import MatchFilter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class KeepMatching(MatchFilter):
    """Keeps reads that match an index of k-mers, and drops the others.

    It is the opposite of `Deplete`, which explains when a read matches. A read without minimizers,
    because it is short or has too many N, is dropped. With several indexes, a read that matches any
    of them is kept.

    Attributes:
        indexes: The indexes: files, or shipped ones; ``NAME=INDEX`` gives one a name.
        index: The same; they come before the others.
        min_hits: How many different minimizers of a read the index must have; 0 counts as 1.
        min_fraction: What share of a read's different minimizers the index must have.
        prefix: How many bases to look at from the start of each read; all by default.
        mark: Whether to keep all reads, and to add columns.
        column: What the names of these columns begin with.

    Example:
        >>> KeepMatching(("phix",))
    """

    _matching: ClassVar[str] = "kept"

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return "" if self.mark else f"does not match {self._which}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Looks up the minimizers of each read."""
        return self._matched(view)
