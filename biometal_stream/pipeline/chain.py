"""Filters, trimmers and observers that follow each other, on one view of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import numpy as np

from biometal_stream.interfaces import Concurrency, Filter, Observer, Operator, Trimmer
from biometal_stream.pipeline.meter import Meter, noting
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    import pyarrow as pa

Member: TypeAlias = "Filter | Trimmer | Observer[Any]"


def is_member(operator: Operator) -> TypeGuard[Member]:
    """Whether an operator can share its view with those before and after it."""
    if isinstance(operator, Filter | Trimmer):
        return True
    return isinstance(operator, Observer) and operator.concurrency is Concurrency.SHARED


class Chain:
    """Members on one view of the batch, with one copy of what is left after the last.

    Args:
        members: In order.
        meters: Of each.
        drop: Drops the columns that need not be copied.
    """

    def __init__(
        self,
        members: Sequence[Member],
        meters: Sequence[Meter],
        drop: Callable[[pa.RecordBatch], pa.RecordBatch] | None = None,
    ) -> None:
        self._members = members
        self._meters = meters
        self._drop = drop

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Copies what the members leave of a batch."""
        view = BatchView(batch)
        for member, meter in zip(self._members, self._meters, strict=True):
            before = view.num_rows
            with noting(f"in {member.name}"), meter.working():
                view = _passed(member, view)
            meter.passed(before, 0, view.num_rows, 0)
        with self._meters[-1].working():
            left: pa.RecordBatch = view.to_batch(self._drop)
            return left


def _passed(member: Member, view: BatchView) -> BatchView:
    if isinstance(member, Filter):
        keep = np.asarray(member.keep(view))
        return view.keep(view.unite_mates(keep))
    if isinstance(member, Trimmer):
        return view.cut(*member.bounds(view))
    member.observe(view)
    return view
