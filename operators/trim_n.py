"""Cuts N off the ends of reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.operators.base import ReadTrimmer
from biometal_stream.settings import option

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

_NEVER = 1 << 60
"""More N than any read has."""


@dataclass(frozen=True)
class TrimN(ReadTrimmer):
    """Cuts N off both ends of reads, in either case.

    The same as cutadapt ``--trim-n``. A read of nothing but N becomes empty and stays in the
    stream; `MinLength` drops it.

    Attributes:
        end: Which end to cut: ``both``, ``front`` (5') or ``tail`` (3').
        min_run: The fewest N at an end that are cut.

    Example:
        >>> TrimN(min_run=1)
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    end: str = option(
        "Which end to cut: the 5' end is the front.",
        default="both",
        choices=("both", "front", "tail"),
    )
    min_run: int = option(
        "The fewest N at an end that are cut.", default=1, unit="bases", minimum=1
    )

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Finds the first and the last base of each read that is not N."""
        import numpy as np

        from biometal_stream.operators.kernels.tails import cut_n

        text = view.text("sequence")
        firsts, lasts = np.empty((2, view.num_rows), np.int64)
        least = min(self.min_run, _NEVER)
        front = np.uint64(_NEVER if self.end == "tail" else least)
        tail = np.uint64(_NEVER if self.end == "front" else least)
        cut_n(text.starts, text.stops, text.data, front, tail, firsts, lasts)
        return firsts, lasts
