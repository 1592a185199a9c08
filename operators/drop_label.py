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
    """Drops reads that have a label, such as ``predict quality drop-label quality FAIL``.

    Models give labels, and so do indexes: ``deplete h.idx phix --mark drop-label index phix``.

    A read without a label, because the model did not see it or it matches no index, is kept. Both
    mates of a pair are dropped if one has the label.

    Attributes:
        model: The model, or the name that the columns of its predictions begin with.
        label: The label of the reads to drop.
        probability: The least probability of the label; a read with a lower one is kept.
    """

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        sure = "" if self.probability is None else f" with a probability of {self.probability:g}"
        return f"labelled {self.label}{sure}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares labels, and probabilities in the precision of their column."""
        return ~self._has_label(view)
