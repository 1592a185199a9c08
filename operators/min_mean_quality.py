"""Keeps reads with a high mean quality."""

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
class MinMeanQuality(ReadFilter):
    """Keeps reads with a mean error probability of at most that of a Phred score.

    This is not the mean of the Phred scores, which makes bad reads look good: for that use
    `MinArithmeticMeanQuality`. A read in which every base is exactly at the score is kept. An
    empty read has no mean and is dropped, unless the score is 0.

    Attributes:
        quality: The Phred score of the greatest mean error probability to keep.
    """

    needs: ClassVar[tuple[str, ...]] = ("quality",)

    quality: float = argument(
        "The least mean quality to keep, the Phred score of the mean error probability.",
        unit="Phred",
        minimum=0,
        maximum=93,
    )

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return f"mean quality below Q{self.quality:g}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the expected errors of each read with those of bases at the score."""
        from biometal_stream.operators.measures import ROUNDING, TOLERANCE, expected_errors, lengths

        length = lengths(view, "quality")
        limit = 10 ** (-self.quality / 10) * (1 + TOLERANCE) + ROUNDING
        enough = expected_errors(view) <= length * limit
        return enough if self.quality == 0 else enough & (length > 0)
