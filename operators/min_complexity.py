"""Keeps reads of sufficient complexity."""

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
class MinComplexity(ReadFilter):
    """Keeps reads in which enough bases differ from the next.

    The complexity is that of fastp, ``--complexity_threshold``: the share of bases that differ
    from the next, not counting the last base. A read of fewer than two bases has no complexity
    and is dropped. Bases are compared letter by letter: ``a`` differs from ``A``.

    Attributes:
        fraction: The least complexity to keep.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    fraction: float = argument(
        "The least share of bases that differ from the next.",
        default=0.3,
        minimum=0,
        maximum=1,
    )

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        return f"complexity below {self.fraction:g}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the number of changes in each sequence."""
        from biometal_stream.operators.measures import TOLERANCE, changes, lengths

        steps = lengths(view) - 1
        return (changes(view) >= self.fraction * (1 - TOLERANCE) * steps) & (steps > 0)
