"""Keeps reads with a low DUST score."""

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
class MaxDust(ReadFilter):
    """Keeps reads in which few triplets of bases are repeated.

    The DUST score is that of PRINSEQ, ``-lc_method dust``: 100 for a repeated base, about 1.5
    for random bases. PRINSEQ drops the fraction of a score before it compares, so its
    ``-lc_threshold 7`` is ``max-dust 7.99``. A read of fewer than six bases has no score and is
    dropped. docs/guide/filter.md has the formula.

    Attributes:
        score: The highest score to keep.

    Example:
        >>> MaxDust(12)
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    score: float = argument("The highest DUST score to keep.", default=7.0, minimum=0, maximum=100)

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return f"DUST score above {self.score:g}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the score of each sequence."""
        from biometal_stream.operators.measures import TOLERANCE, dust

        return dust(view) <= self.score * (1 + TOLERANCE)
