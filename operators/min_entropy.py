"""Keeps reads of sufficient entropy."""

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
class MinEntropy(ReadFilter):
    """Keeps reads whose triplets of bases are varied enough.

    The entropy is Shannon's, of the triplets in windows of 64 bases, as a share of the greatest
    possible: 0 for a repeated base, about 0.87 for random bases. It is that of PRINSEQ, whose
    ``-lc_method entropy -lc_threshold 70`` is ``min-entropy 0.7``. A read of fewer than six bases
    has no entropy and is dropped. docs/guide/filter.md has the formula.

    Attributes:
        entropy: The least entropy to keep.

    Example:
        >>> MinEntropy(0.4)
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    entropy: float = argument(
        "The least entropy of triplets, as a share of the greatest possible.",
        default=0.7,
        minimum=0,
        maximum=1,
    )

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return f"entropy below {self.entropy:g}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the entropy of each sequence."""
        from biometal_stream.operators.measures import TOLERANCE, entropy

        return entropy(view) >= self.entropy * (1 - TOLERANCE)
