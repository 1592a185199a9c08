"""The reads of one group: all mates 1, all mates 2, merged reads, or single reads."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from biometal_stream.columns import StringColumn, buffers_of, validity_of
from biometal_stream.schemas.checks import is_text

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.reports.records.base import Records, State
    from biometal_stream.view import BatchView

T = TypeVar("T")

SINGLE, FIRST, SECOND, MERGED, PAIRS = "reads", "mate 1", "mate 2", "merged", "pairs"
GROUPS = (SINGLE, FIRST, SECOND, MERGED, PAIRS)
"""The groups of reads, in the order of a report. Counts of pairs, such as insert sizes, have a
group of their own."""


@dataclass(frozen=True, eq=False)
class Reads:
    """Some rows of a view.

    Attributes:
        view: The view.
        group: Which of `GROUPS` they are.
        rows: ``int64``, (num_reads,): their rows of the view; ``None`` for all.
        every: The same rows as a slice, if they are every other one: mates of pairs.
        so_far: What was counted in some other reads of this group in this run: see
            `biometal_stream.interfaces.Observation.observe`. It only saves work.
    """

    view: BatchView
    group: str
    rows: NDArray[np.int64] | None
    so_far: Records = field(default_factory=dict)
    every: slice | None = None
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Returns ``compute()``, computed at the first call with this key."""
        if key not in self._known:
            self._known[key] = compute()
        found: T = self._known[key]
        return found

    @property
    def num_reads(self) -> int:
        """The number of reads."""
        return self.view.num_rows if self.rows is None else len(self.rows)

    def text(self, name: str) -> StringColumn | None:
        """A text column of these reads, trimmed as they are; ``None`` if there is none.

        A null is an empty text here: `nulls` tells.
        """
        return self.once(("text", name), lambda: self._text(name))

    def _text(self, name: str) -> StringColumn | None:
        found = text_of(self.view, name)
        if found is None or self.rows is None:
            return found
        return found.take(self.rows) if self.every is None else self._mates(found, self.every)

    def _mates(self, column: StringColumn, every: slice) -> StringColumn:
        """The rows of a column, as `StringColumn.take` finds them in more time."""
        starts, stops = column.starts[every].copy(), column.stops[every].copy()
        for each in (starts, stops):
            each.flags.writeable = False
        rows = self.rows if column.rows is None else column.rows[every]
        return StringColumn(column.name, starts, stops, column.data, rows)

    def nulls(self, name: str) -> NDArray[np.bool_] | None:
        """Which of these reads have a null in a column, (num_reads,); ``None`` if none has."""
        found = nulls_of(self.view, name)
        if found is not None and self.rows is not None:
            found = found[self.rows]
        return found if found is not None and found.any() else None

    def column(self, name: str) -> pa.Array:
        """An Arrow column of these reads."""
        column = self.view.column(name)
        if self.rows is None:
            return column
        import pyarrow as pa

        return column.take(pa.array(self.rows))


def groups_of(view: BatchView, so_far: State) -> Iterator[Reads]:
    """Yields the reads of a view by group; groups without rows as well, if their mate is there.

    Args:
        view: The view.
        so_far: What was counted in other reads of the run: see `Reads`.
    """
    if view.merged is None and view.paired:
        rows = np.arange(view.num_rows)
        for group, every in ((FIRST, slice(0, None, 2)), (SECOND, slice(1, None, 2))):
            yield Reads(view, group, rows[every], so_far.get(group, {}), every)
        return
    for group, chosen in _groups(view):
        yield Reads(view, group, chosen, so_far.get(group, {}))


def _groups(view: BatchView) -> Iterator[tuple[str, NDArray[np.int64] | None]]:
    """The groups of reads that are not all in pairs."""
    if view.merged is not None:
        yield MERGED, np.flatnonzero(view.merged)
        paired = np.flatnonzero(~view.merged)
        yield FIRST, paired[0::2]
        yield SECOND, paired[1::2]
    elif "mate" in view.batch.schema.names:  # mates are filtered apart
        yield from _by_mate(view)
    else:
        yield SINGLE, None


def _by_mate(view: BatchView) -> Iterator[tuple[str, NDArray[np.int64]]]:
    column = view.column("mate")
    mates = column.fill_null(0).to_numpy(zero_copy_only=False)
    yield FIRST, np.flatnonzero(mates == 1)
    yield SECOND, np.flatnonzero(mates == 2)
    if column.null_count:
        yield MERGED, np.flatnonzero(mates == 0)


def text_of(view: BatchView, name: str) -> StringColumn | None:
    """A text column of a view; a null is an empty text. ``None`` if there is no such column."""
    return view.once(("or empty", name), lambda view: _text(view, name))


def nulls_of(view: BatchView, name: str) -> NDArray[np.bool_] | None:
    """Which rows of a view have a null in a column, (num_rows,); ``None`` if none has."""
    return view.once(("nulls", name), lambda view: _nulls(view, name))


def _text(view: BatchView, name: str) -> StringColumn | None:
    index = view.batch.schema.get_field_index(name)
    if index < 0 or not is_text(view.batch.schema.field(index).type):
        return None
    nulls = nulls_of(view, name)
    if nulls is None:
        return view.text(name)
    # Trimmers refuse nulls, so nothing is trimmed.
    offsets, data = buffers_of(view.batch.column(index))
    column = StringColumn.of(name, offsets, data)
    column = column if view.rows is None else column.take(view.rows)
    starts, stops = (np.where(nulls, offsets[:1], each) for each in (column.starts, column.stops))
    for each in (starts, stops):
        each.flags.writeable = False
    return StringColumn(name, starts, stops, data, column.rows)


def _nulls(view: BatchView, name: str) -> NDArray[np.bool_] | None:
    index = view.batch.schema.get_field_index(name)
    if index < 0 or not view.batch.column(index).null_count:
        return None
    nulls: NDArray[np.bool_] = validity_of(view.batch.column(index)) == 0
    nulls = nulls if view.rows is None else nulls[view.rows]
    return nulls if nulls.any() else None
