"""Cuts a primer off the start of reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.plugin import ReadTrimmer, argument, option
from biometal_stream_primers.has_primer import HasPrimer
from biometal_stream_primers.matching import mismatches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.plugin import BatchView


@dataclass(frozen=True)
class TrimPrimer(ReadTrimmer):
    """Cuts a primer off the start of reads that begin with it. Other reads stay as they are.

    Attributes:
        primer: As of `HasPrimer`.
        max_mismatches: As of `HasPrimer`.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    primer: str = argument("The primer, 5' to 3'; N and the other IUPAC letters are allowed.")
    max_mismatches: int = option("The most bases that may differ.", default=0, minimum=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        HasPrimer(self.primer)  # which checks it

    def bounds(self, view: BatchView, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Starts a read after its primer."""
        sequences = view.text("sequence")
        found = mismatches(sequences, self.primer) <= self.max_mismatches
        return found * len(self.primer), sequences.lengths
