"""Keeps reads with a high arithmetic mean quality."""

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
class MinArithmeticMeanQuality(ReadFilter):
    """Keeps reads with an arithmetic mean of Phred scores of at least a limit.

    `MinMeanQuality` uses error probabilities instead. An empty read has no mean and is dropped,
    unless the limit is 0.

    Attributes:
        quality: The least mean of the Phred scores to keep.
    """

    needs: ClassVar[tuple[str, ...]] = ("quality",)

    quality: float = argument(
        "The least arithmetic mean of the Phred scores to keep.",
        unit="Phred",
        minimum=0,
        maximum=93,
    )

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return f"arithmetic mean quality below Q{self.quality:g}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the mean Phred score of each read."""
        from biometal_stream.operators.measures import arithmetic_mean_quality, lengths

        enough = arithmetic_mean_quality(view) >= self.quality
        return enough | (lengths(view, "quality") == 0) if self.quality == 0 else enough
