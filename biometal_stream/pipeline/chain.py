"""Filters, trimmers, editors and observers that follow each other, on one view of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import numpy as np

from biometal_stream.interfaces import (
    Concurrency,
    Editor,
    Filter,
    Observer,
    Operator,
    Trimmer,
    breaks_pairs,
    is_ordered_filter,
)
from biometal_stream.pipeline.mates import Pairs
from biometal_stream.pipeline.meter import Meter, noting
from biometal_stream.pipeline.twice import twice_of
from biometal_stream.schemas.cutting import per_base
from biometal_stream.view import BatchView, two_bounds

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.pipeline.results import Fold, Found
    from biometal_stream.pipeline.turns import Order

Lose: TypeAlias = "Callable[[Filter, BatchView, NDArray[np.bool_]], None]"
"""Takes a filter, the view that it looked at, and which of its rows it keeps, (num_rows,)."""

Member: TypeAlias = "Filter | Trimmer | Editor | Observer[Any]"


def is_member(operator: Operator) -> TypeGuard[Member]:
    """Whether an operator can share its view with those before and after it."""
    if isinstance(operator, Filter | Trimmer | Editor):
        return True
    return isinstance(operator, Observer) and operator.concurrency is Concurrency.SHARED


class Link:
    """A member of a chain. What it is, is looked at once, and not for each batch.

    Args:
        member: The operator.
        meter: What counts its reads.
        fold: Merges what it observes; ``None`` if it does not observe.
        counts: Whether its reads are counted; false if it shares another operator's meter.
        pairs: What a filter does to a pair of which it keeps one mate.
        order: The order of the batches; ``None`` if one thread brings them in order.

    Attributes:
        fold: Where what it observes is merged, if it observes.
        observes: Whether it observes by itself; otherwise its chain does.
    """

    def __init__(
        self,
        member: Member,
        meter: Meter,
        fold: Fold | None = None,
        *,
        counts: bool = True,
        pairs: Pairs = "both",
        order: Order | None = None,
    ) -> None:
        self.meter = meter
        self._counts = counts
        self._either = pairs == "either"
        self._apart = pairs == "split" and breaks_pairs(member)
        self._noting = noting(f"in {member.name}")
        self._filter = member if isinstance(member, Filter) else None
        self._keep = None if self._filter is None else _keeping(self._filter, meter, order)
        self._trimmer = member if isinstance(member, Trimmer) else None
        self._editor = member if isinstance(member, Editor) else None
        self.fold = fold if isinstance(member, Observer) else None
        self.observes = True

    def __call__(self, view: BatchView, found: Found, lose: Lose | None = None) -> BatchView:
        """Filters, trims or observes, and returns the view of what is left."""
        with self._noting, self.meter.working():
            if self._apart:
                view = view.apart()
            left = self._left(view, lose)
            if self.fold is not None and self.observes:
                found.append((self.fold, self.fold.observe(view)))
        if self._counts:
            self.meter.passed(view.num_rows, 0, left.num_rows, 0, *map(_merged, (view, left)))
        return left

    def _left(self, view: BatchView, lose: Lose | None) -> BatchView:
        if self._filter is not None and self._keep is not None:
            keep = view.unite_mates(self._keep(view), either=self._either)
            if lose is not None and not keep.all():
                lose(self._filter, view, keep)
            return view.keep(keep)
        if self._trimmer is not None:
            left = view.cut(*two_bounds(self._trimmer.bounds(view)))
            self.meter.trimmed(*_trimmed(view, left))
            return left
        return view if self._editor is None else view.edited(self._editor.edit(view))


def _keeping(
    member: Filter, meter: Meter, order: Order | None
) -> Callable[[BatchView], NDArray[np.bool_]]:
    """The decision of a filter; for an ordered one, a decision in turn."""
    if not is_ordered_filter(member):
        return member.keep
    prepare, decide = member.prepare, member.start()
    if order is None:
        return lambda view: decide(prepare(view))
    turn = order.turn()

    def keep(view: BatchView) -> NDArray[np.bool_]:
        prepared = prepare(view)
        with meter.pausing():  # another batch's work is no work of this one
            turn.wait()
        with turn:
            return decide(prepared)

    return keep


class Chain:
    """Members that share one view of the batch, which is copied once, after the last.

    Args:
        links: The members, in order.
        drop: Drops the columns that need not be copied.
        apart: Whether mates may have lost each other before the chain.
    """

    def __init__(
        self,
        links: Sequence[Link],
        drop: Callable[[pa.RecordBatch], pa.RecordBatch] | None = None,
        *,
        apart: bool = False,
    ) -> None:
        self._links = links
        self._drop = drop
        self._apart = apart
        self._twice = twice_of([link.fold for link in links])
        self._awaited = {first for first, _ in self._twice.values()}
        for place in (*self._twice, *self._awaited):
            links[place].observes = False

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
        if self._apart:
            view = view.apart()
        seen: dict[int, BatchView] = {}
        for place, link in enumerate(self._links):
            if place in self._awaited:
                seen[place] = view
            view = link(view, found, lose)
            if place in self._twice:
                first, twice = self._twice[place]
                twice.observe(seen.pop(first), view, found)
        return view

    def copied(self, view: BatchView) -> pa.RecordBatch:
        """Copies what is left of a batch."""
        with self._links[-1].meter.working():
            left: pa.RecordBatch = view.to_batch(self._drop)
            return left


def _merged(view: BatchView) -> int:
    merged = view.merged
    return 0 if merged is None else int(np.count_nonzero(merged))


def _trimmed(before: BatchView, after: BatchView) -> tuple[int, int]:
    """Returns the number of reads that got shorter, and the number of bases cut off."""
    names = per_base(before.batch.schema)
    if not names:
        return 0, 0
    lost = before.text(names[0]).lengths - after.text(names[0]).lengths
    return int(np.count_nonzero(lost)), int(lost.sum())
