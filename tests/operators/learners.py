"""Operators that learn from the first reads, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.columns import string_column
from biometal_stream.first_reads import FirstReads, learn
from biometal_stream.interfaces import Look, Operator, has_to_learn
from biometal_stream.operators.base import ReadFilter
from biometal_stream.settings import option

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class CommonLength(ReadFilter):
    """Keeps reads of one length: the most common one, unless it is given."""

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    length: int | None = option("The length; by default the most common one.", default=None)
    reads: int = option("The reads to look at.", default=100)

    @property
    def look(self) -> Look | None:
        return Look(self.reads) if self.length is None else None

    def learn(self, batches: Sequence[pa.RecordBatch], /) -> CommonLength:
        columns = [string_column(batch.column("sequence"), "sequence") for batch in batches]
        counts = np.bincount(np.concatenate([column.lengths for column in columns]), minlength=1)
        return replace(self, length=int(np.argmax(counts)))

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        return view.text("sequence").lengths == self.length


def settled(operator: Operator, batches: list[pa.RecordBatch]) -> Operator:
    """What an operator learns from a stream; itself where it has nothing to learn."""
    if not has_to_learn(operator) or not batches:
        return operator
    assert operator.look is not None
    first = FirstReads(operator.look)
    for batch in batches:
        first.add(batch)
    return learn(operator, first, batches[0].schema)[0]
