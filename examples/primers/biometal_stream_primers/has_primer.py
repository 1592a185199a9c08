"""Keeps reads that begin with a primer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.plugin import ConfigurationError, ReadFilter, argument, option
from biometal_stream_primers.matching import IUPAC, mismatches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.plugin import BatchView


@dataclass(frozen=True)
class HasPrimer(ReadFilter):
    """Keeps reads that begin with a primer.

    Attributes:
        primer: The primer, 5' to 3'; N and the other IUPAC letters stand for several bases.
        max_mismatches: The most bases that may differ.

    Raises:
        ConfigurationError: The primer is empty, or has a letter that is not of IUPAC.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    primer: str = argument("The primer, 5' to 3'; N and the other IUPAC letters are allowed.")
    max_mismatches: int = option("The most bases that may differ.", default=0, minimum=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.primer or set(self.primer) - IUPAC.keys():
            raise ConfigurationError(
                f"{self.name}: primer must be letters such as ACGTN: {self.primer!r}"
            )

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Counts the mismatches of each read."""
        return mismatches(view.text("sequence"), self.primer) <= self.max_mismatches
