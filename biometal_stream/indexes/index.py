"""What every index offers, whatever its format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.indexes.scheme import Scheme


class Index(Protocol):
    """A set of k-mers, in memory or mapped from a file. Safe to share between threads."""

    @property
    def scheme(self) -> Scheme:
        """Which k-mers of a sequence it holds."""

    @property
    def count(self) -> int:
        """The number of its k-mers."""

    @property
    def nbytes(self) -> int:
        """The bytes of memory that it takes, or of the file that is mapped."""

    @property
    def false_positive_rate(self) -> float:
        """The share of other k-mers that it takes for its own; 0 if it is exact."""

    def contains(self, values: NDArray[np.uint64], /) -> NDArray[np.bool_]:
        """Returns which k-mers, by their values (see `Scheme`), the index has: (n,) to (n,)."""
