"""Keeps reads with few N."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.base import ReadFilter
from biometal_stream.settings import argument

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class MaxN(ReadFilter):
    """Keeps reads with at most this many N, in either case.

    Attributes:
        count: The most N to keep.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    count: int = argument("The most N to keep.", unit="bases", minimum=0)

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return f"more than {self.count:,} N"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the number of N in each sequence."""
        from biometal_stream.operators.measures import n_count

        return n_count(view) <= self.count
