"""Drops reads that a model gave a label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.operators.keep_label import KeepLabel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class DropLabel(KeepLabel):
    """Drops reads that a model gave a label, such as ``predict quality drop-label quality FAIL``.

    A read without a label, which the model did not see, stays. Of a pair both mates go when one
    does.

    Attributes:
        model: What the columns of the prediction are called after.
        label: The label of the reads to drop.
        probability: The least probability of the label; a read whose label is less probable
            stays.
    """

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        sure = "" if self.probability is None else f" with a probability of {self.probability:g}"
        return f"labelled {self.label}{sure}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the labels, and their probabilities in the precision that they are kept in."""
        return ~self._has_label(view)
