"""Keeps reads with few expected errors."""

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
class MaxExpectedErrors(ReadFilter):
    """Keeps reads with at most this many expected errors.

    A read exactly at the limit is kept, and so is an empty read, which has no errors.

    Attributes:
        errors: The most expected errors to keep, in bases.
    """

    needs: ClassVar[tuple[str, ...]] = ("quality",)

    errors: float = argument(
        "The most expected errors: the sum of the error probabilities of the bases.",
        unit="errors",
        minimum=0,
    )

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        errors = "error" if self.errors == 1 else "errors"
        return f"more than {self.errors:g} expected {errors}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the expected errors of each read."""
        from biometal_stream.operators.measures import ROUNDING, TOLERANCE, expected_errors, lengths

        rounding = lengths(view, "quality") * ROUNDING
        return expected_errors(view) <= self.errors * (1 + TOLERANCE) + rounding
