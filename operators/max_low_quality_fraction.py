"""Keeps reads with few bases of low quality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.base import ReadFilter
from biometal_stream.settings import argument, option

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class MaxLowQualityFraction(ReadFilter):
    """Keeps reads in which at most this share of the bases is of low quality.

    The defaults are those of fastp, ``--unqualified_percent_limit 40`` and
    ``--qualified_quality_phred 15``. An empty read is kept.

    Attributes:
        fraction: The greatest share of bases with a Phred score below ``quality``.
        quality: The least Phred score of a good base.
    """

    needs: ClassVar[tuple[str, ...]] = ("quality",)

    fraction: float = argument(
        "The greatest share of bases of low quality.", default=0.4, minimum=0, maximum=1
    )
    quality: int = option(
        "The least Phred score of a base that is not of low quality.",
        default=15,
        unit="Phred",
        minimum=0,
        maximum=93,
    )

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return f"more than {100 * self.fraction:g} % of bases below Q{self.quality}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the number of bases of low quality in each read."""
        from biometal_stream.operators.measures import TOLERANCE, lengths, low_quality

        limit = self.fraction * (1 + TOLERANCE) * lengths(view, "quality")
        return low_quality(view, self.quality) <= limit
