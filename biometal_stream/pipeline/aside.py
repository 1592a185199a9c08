"""Reads that leave the output: rejected by a filter, or left without their mates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import validity_of
from biometal_stream.errors import SchemaError
from biometal_stream.pipeline.chain import Chain
from biometal_stream.pipeline.results import Passed
from biometal_stream.pipeline.routes import ORPHANS, REASON, REJECTED, UNMERGED
from biometal_stream.pipeline.steps import LentCall, SharedCall
from biometal_stream.view import BatchView, as_mask, filter_rows, take_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Filter
    from biometal_stream.pipeline.results import Found
    from biometal_stream.pipeline.steps import Work


_COUNTED = {ORPHANS: "orphans", UNMERGED: "reads not merged"}
"""The names of the counters of reads that leave."""


class Aside:
    """Takes the reads that leave each batch, and hands them on in input order.

    Args:
        schema: The schema of rejected reads; ``None`` if they are not wanted.
        parts_orphans: Whether reads without their mates leave the output.
        orphans: Their schema.
        set_aside: Takes the name of a route and its rows.
        count: Counts orphans.
    """

    def __init__(
        self,
        schema: pa.Schema | None,
        *,
        parts_orphans: bool,
        orphans: pa.Schema,
        set_aside: Callable[[str, pa.RecordBatch], None],
        count: Callable[[str, int], None],
    ) -> None:
        self.schema = schema
        self.parts_orphans = parts_orphans
        self._orphans = orphans
        self._set_aside = set_aside
        self._count = count

    def add(self, left: dict[str, pa.RecordBatch]) -> None:
        """Takes what has left a batch; called in input order."""
        for name, batch in left.items():
            self._set_aside(name, batch)
            if name in {ORPHANS, UNMERGED}:
                self._count(_COUNTED[name], batch.num_rows)

    def leave(self, orphans: pa.RecordBatch) -> None:
        """Takes reads that never had a mate, as they are; columns of later steps are null."""
        self.add({ORPHANS: _in_schema(orphans, self._orphans)})

    def without_pairs(self, work: Callable[[pa.RecordBatch], Passed]) -> Callable[..., Passed]:
        """Makes the work of the last stage, after which pairs that were not merged leave."""

        def apart(batch: pa.RecordBatch) -> Passed:
            passed = work(batch)
            batch = passed.batch
            alone = validity_of(batch.column("mate")) == 0
            pairs = filter_rows(batch, as_mask(~alone))
            merged = filter_rows(batch, as_mask(alone)).drop_columns(["mate"])
            passed.found.append((self, {UNMERGED: pairs}))
            return Passed(merged, passed.found)

        return apart

    def in_turn(self, steps: Sequence[Work]) -> Callable[[pa.RecordBatch], Passed]:
        """Makes the work of a stage, which also finds what leaves each batch."""

        def work(batch: pa.RecordBatch) -> Passed:
            leaving = _Leaving(batch, self)
            found: Found = []
            for step in steps:
                batch = leaving.after(step, batch, found)
            left = leaving.rejected()
            if self.parts_orphans:
                batch, left[ORPHANS] = leaving.parted(batch)
            found.append((self, left))
            return Passed(batch, found)

        return work


@dataclass
class _Lost:
    """Rows that one filter has dropped, and their places in the batch that came."""

    places: NDArray[np.float64]
    batch: pa.RecordBatch


class _Leaving:
    """What leaves one batch. Belongs to one thread."""

    def __init__(self, batch: pa.RecordBatch, aside: Aside) -> None:
        self._aside = aside
        # The parts of a read share its row, and have places between it and the next one.
        self._places = np.arange(batch.num_rows, dtype=np.float64)
        self._gaps = np.ones(batch.num_rows)
        self._lost: list[_Lost] = []
        # Rows are matched to their mates by position; those that mates are merged to have none.
        starts = BatchView(batch).unit_starts if aside.parts_orphans else np.arange(batch.num_rows)
        sizes = np.diff(starts, append=batch.num_rows)
        self._pairs = np.repeat(np.arange(len(starts)), sizes)
        self._alone = np.repeat(sizes == 1, sizes)

    def after(self, step: Work, batch: pa.RecordBatch, found: Found) -> pa.RecordBatch:
        """Runs a step, and notes which rows are left."""
        if isinstance(step, Chain):
            view = step.view(batch, found, None if self._aside.schema is None else self._lose)
            if view.rows is not None:
                self._take(view.rows)
            return step.copied(view)
        before = batch.num_rows
        rows: NDArray[np.int64] | None = None
        if isinstance(step, SharedCall | LentCall):
            batch, rows = step.traced(batch)
        else:
            batch = step(batch, found)
        if rows is not None:
            self._reshape(rows)
        elif batch.num_rows != before:
            raise SchemaError(
                f"a step turned {before:,} reads into {batch.num_rows:,} and is not a filter, so"
                " rejected reads and orphans cannot be found after it"
            )
        return batch

    def _take(self, rows: NDArray[np.int64]) -> None:
        self._places, self._gaps = self._places[rows], self._gaps[rows]
        self._pairs, self._alone = self._pairs[rows], self._alone[rows]

    def _reshape(self, rows: NDArray[np.int64]) -> None:
        counts = np.bincount(rows, minlength=len(self._places))
        numbers = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        self._take(rows)
        self._gaps = self._gaps / counts[rows]
        self._places = self._places + self._gaps * numbers
        self._alone = np.bincount(self._pairs)[self._pairs] == 1

    def _lose(self, filter_: Filter, view: BatchView, keep: NDArray[np.bool_]) -> None:
        schema = self._aside.schema
        assert schema is not None
        dropped = view.keep(~keep)
        names = [name for name in schema.names if name in view.batch.schema.names]
        batch: pa.RecordBatch = dropped.to_batch(lambda whole: whole.select(names))
        places = self._places if dropped.rows is None else self._places[dropped.rows]
        self._lost.append(_Lost(places, _with_reason(batch, schema, filter_.name)))

    def rejected(self) -> dict[str, pa.RecordBatch]:
        """The rows that filters have dropped, in the order of the input."""
        if not self._lost:
            return {}
        batch = pa.concat_batches([each.batch for each in self._lost])
        places = np.concatenate([each.places for each in self._lost])
        if len(self._lost) > 1:
            batch = take_rows(batch, np.argsort(places, kind="stable"))
        return {REJECTED: batch}

    def parted(self, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        """Returns the complete pairs, merged or not, and the reads without their mates."""
        with_next = self._pairs[:-1] == self._pairs[1:]
        whole = self._alone.copy()
        whole[:-1] |= with_next
        whole[1:] |= with_next
        if whole.all():
            return batch, batch.slice(0, 0)
        return filter_rows(batch, as_mask(whole)), filter_rows(batch, as_mask(~whole))


def _with_reason(batch: pa.RecordBatch, schema: pa.Schema, reason: str) -> pa.RecordBatch:
    """Rows in the schema of rejected reads; columns that they lack are null."""
    return _in_schema(
        batch, schema, {REASON: pa.repeat(pa.scalar(reason, pa.string()), batch.num_rows)}
    )


def _in_schema(
    batch: pa.RecordBatch, schema: pa.Schema, given: Mapping[str, pa.Array] | None = None
) -> pa.RecordBatch:
    def columns() -> Iterator[pa.Array]:
        for each in schema:
            if given is not None and each.name in given:
                yield given[each.name]
            elif each.name in batch.schema.names:
                yield batch.column(each.name)
            else:
                yield pa.nulls(batch.num_rows, each.type)

    return pa.RecordBatch.from_arrays(list(columns()), schema=schema)
