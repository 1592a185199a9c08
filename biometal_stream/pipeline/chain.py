"""Filters, trimmers and observers that follow each other, on one view of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import numpy as np

from biometal_stream.interfaces import Concurrency, Filter, Observer, Operator, Trimmer
from biometal_stream.pipeline.mates import Pairs
from biometal_stream.pipeline.meter import Meter, noting
from biometal_stream.schemas.cutting import per_base
from biometal_stream.view import BatchView, two_bounds

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.pipeline.results import Fold, Found

Lose: TypeAlias = "Callable[[Filter, BatchView, NDArray[np.bool_]], None]"
"""Takes a filter, the view that it looked at, and which of its rows it keeps, (num_rows,)."""

Member: TypeAlias = "Filter | Trimmer | Observer[Any]"


def is_member(operator: Operator) -> TypeGuard[Member]:
    """Whether an operator can share its view with those before and after it."""
    if isinstance(operator, Filter | Trimmer):
        return True
    return isinstance(operator, Observer) and operator.concurrency is Concurrency.SHARED


@dataclass(frozen=True)
class Link:
    """A member of a chain.

    Attributes:
        member: The operator.
        meter: What counts its reads.
        fold: Merges what it observes; ``None`` if it does not observe.
        counts: Whether its reads are counted; false if it shares another operator's meter.
    """

    member: Member
    meter: Meter
    fold: Fold | None = None
    counts: bool = True

    def __call__(
        self, view: BatchView, found: Found, pairs: Pairs = "both", lose: Lose | None = None
    ) -> BatchView:
        """Filters, trims or observes, and returns the view of what is left."""
        before = view.num_rows
        with noting(f"in {self.member.name}"), self.meter.working():
            left = self._left(view, pairs, lose)
            if self.fold is not None and isinstance(self.member, Observer):
                found.append((self.fold, self.member.observe(view)))
        if self.counts:
            self.meter.passed(before, 0, left.num_rows, 0)
        return left

    def _left(self, view: BatchView, pairs: Pairs, lose: Lose | None) -> BatchView:
        if isinstance(self.member, Filter):
            keep = view.unite_mates(self.member.keep(view), either=pairs == "either")
            if lose is not None and not keep.all():
                lose(self.member, view, keep)
            return view.keep(keep)
        if isinstance(self.member, Trimmer):
            left = view.cut(*two_bounds(self.member.bounds(view)))
            self.meter.trimmed(*_trimmed(view, left))
            return left
        return view


class Chain:
    """Members that share one view of the batch, which is copied once, after the last.

    Args:
        links: The members, in order.
        drop: Drops the columns that need not be copied.
        pairs: What filters do to a pair if they keep only one mate.
    """

    def __init__(
        self,
        links: Sequence[Link],
        drop: Callable[[pa.RecordBatch], pa.RecordBatch] | None = None,
        pairs: Pairs = "both",
    ) -> None:
        self._links = links
        self._drop = drop
        self._pairs = pairs

    def __call__(self, batch: pa.RecordBatch, found: Found) -> pa.RecordBatch:
        """Copies what the members leave of a batch, and collects what they find."""
        return self.copied(self.view(batch, found))

    def view(self, batch: pa.RecordBatch, found: Found, lose: Lose | None = None) -> BatchView:
        """Returns what the members leave of a batch.

        Args:
            batch: The batch.
            found: Collects what observers find.
            lose: Called with the rows that each filter drops.
        """
        view = BatchView(batch)
        if self._pairs == "split":
            view.ignore_mates()
        for link in self._links:
            view = link(view, found, self._pairs, lose)
        return view

    def copied(self, view: BatchView) -> pa.RecordBatch:
        """Copies what is left of a batch."""
        with self._links[-1].meter.working():
            left: pa.RecordBatch = view.to_batch(self._drop)
            return left


def _trimmed(before: BatchView, after: BatchView) -> tuple[int, int]:
    """Returns the number of reads that got shorter, and the number of bases cut off."""
    names = per_base(before.batch.schema)
    if not names:
        return 0, 0
    lost = before.text(names[0]).lengths - after.text(names[0]).lengths
    return int(np.count_nonzero(lost)), int(lost.sum())
