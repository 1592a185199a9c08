"""Keeps reads that are long enough."""

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
class MinLength(ReadFilter):
    """Keeps reads with at least this many bases.

    Attributes:
        length: The least length to keep, in bases.
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    length: int = argument("The least length to keep.", unit="bases", minimum=0)

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        bases = "base" if self.length == 1 else "bases"
        return f"shorter than {self.length:,} {bases}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the length of each sequence."""
        from biometal_stream.operators.measures import lengths

        return lengths(view) >= self.length
