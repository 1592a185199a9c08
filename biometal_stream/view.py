"""Views of a batch: the reads that are left, what is left of each, and what was computed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa

from biometal_stream.columns import (
    StringColumn,
    alternating_mates,
    by_plain,
    string_array,
    string_column,
    validity_of,
)
from biometal_stream.errors import DataError, SchemaError
from biometal_stream.schemas.cutting import TEXT, per_base, require_fresh

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")


class BatchView:
    """A batch as seen by consecutive filters, trimmers and observers.

    Filters reduce its rows, trimmers shorten its reads, and no text is copied before `to_batch`.
    Computed values are cached, so that callers share the work. For use by one thread.

    Attributes:
        batch: The original batch, with all of its rows.
        rows: ``int64``, (num_rows,): the rows of the batch that are left; ``None`` for all.

    Raises:
        SchemaError: It is not a record batch; engines also call a table a batch.
    """

    def __init__(self, batch: pa.RecordBatch) -> None:
        if not isinstance(batch, pa.RecordBatch):
            raise SchemaError(
                f"an operator takes a RecordBatch, not a {type(batch).__name__}; for a"
                " table pass each of table.to_batches()"
            )
        self.batch = batch
        self.rows: NDArray[np.int64] | None = None
        self._cut: dict[str, StringColumn] = {}  # what is left of the reads, by column
        self._known: dict[Hashable, Any] = {}

    @property
    def changed(self) -> frozenset[str]:
        """The columns in which reads may have been cut or edited."""
        return frozenset(self._cut)

    @property
    def num_rows(self) -> int:
        """The number of rows that are left."""
        return int(self.batch.num_rows) if self.rows is None else len(self.rows)

    def once(self, key: Hashable, compute: Callable[[BatchView], T]) -> T:
        """Returns ``compute(view)``, computed at the first call with this key.

        The result survives `keep` if it is an array with a value for each row, a `StringColumn` or
        ``None``; and `cut`, if the key is that of a text that is not cut.
        """
        if key not in self._known:
            self._known[key] = compute(self)
        found: T = self._known[key]
        return found

    def text(self, name: str) -> StringColumn:
        """Returns a text column, without a copy unless it is a ``string_view``.

        Args:
            name: A column of type ``string``, ``large_string`` or ``string_view``.

        Raises:
            DataError: A row is null.
        """
        if name in self._cut:
            return self._cut[name]
        return self.once(
            ("text", name), lambda view: string_column(view.batch.column(name), name, view.rows)
        )

    def column(self, name: str) -> pa.Array:
        """Returns an Arrow column with the rows and bases that are left."""
        column = self.batch.column(name)
        if name in self._cut:
            return self.once(
                ("column", name), lambda view: string_array(view.text(name), column.type)
            )
        if self.rows is None:
            return column
        return self.once(("column", name), lambda view: _filter(column, view.mask()))

    def require_equal_lengths(self, names: tuple[str, ...] = TEXT) -> None:
        """Checks that each read has as many qualities as bases.

        Args:
            names: The columns to compare.

        Raises:
            DataError: A read does not.
        """
        for other in names[1:]:
            self.once(
                ("equal lengths", names[0], other), partial(_require_equal_lengths, names[0], other)
            )

    @property
    def paired(self) -> bool:
        """Whether the rows alternate between mates 1 and 2, by the ``mate`` column.

        Raises:
            DataError: There is such a column, but its rows are not in that order.
        """
        return self.once("paired", _is_paired)

    def apart(self) -> BatchView:
        """The same view, in which rows are single reads; so they are in views derived from it."""
        view = BatchView(self.batch)
        view.rows, view._cut, view._known = self.rows, self._cut, self._known.copy()
        view._known["paired"] = False
        view._known["merged"] = None
        return view

    @property
    def merged(self) -> NDArray[np.bool_] | None:
        """Which reads two mates were merged to, (num_rows,): ``mate`` is null.

        ``None`` if there are only pairs, or only single reads. The other rows alternate between
        mates 1 and 2.

        Raises:
            DataError: They do not.
        """
        return self.once("merged", _merged)

    def require_pairs(self) -> None:
        """Checks that rows alternate between mates 1 and 2, without merged reads.

        Raises:
            DataError: They do not.
        """
        if not self.paired:
            raise DataError(
                "mates 1 and 2 go to files of their own, and some reads are neither: mates were"
                " merged to them, and 'mate' is null; write them to another file first, with"
                " --unmerged, or keep only pairs: where 'not is_null(mate)'"
            )

    def unmerged(self) -> BatchView:
        """The view of the pairs, without reads that two mates were merged to."""
        if self.merged is None:
            return self
        view = self.keep(~self.merged)
        if view is self:
            view = BatchView(self.batch)
            view.rows, view._cut = self.rows, self._cut
        view._known["paired"] = True
        view._known["merged"] = None
        return view

    @property
    def unit_starts(self) -> NDArray[np.int64]:
        """The rows that start a read or a pair, (units,)."""
        merged = self.merged
        if merged is None:
            return np.arange(0, self.num_rows, 1 + self.paired)
        starts = np.ones(self.num_rows, np.bool_)
        starts[np.flatnonzero(~merged)[1::2]] = False
        return np.flatnonzero(starts)

    @property
    def num_pairs(self) -> int | None:
        """The number of pairs that are left; ``None`` if mates are ignored, or there are none."""
        merged = self.merged
        ignored = merged is None and self._known.get("paired") is False
        if ignored or "mate" not in self.batch.schema.names:
            return None
        alone = 0 if merged is None else int(np.count_nonzero(merged))
        return (self.num_rows - alone) // 2

    def unite_mates(self, keep: NDArray[np.bool_], *, either: bool = False) -> NDArray[np.bool_]:
        """Combines decisions about reads to decisions about pairs; (num_rows,) to (num_rows,).

        Args:
            keep: Which reads to keep.
            either: Whether one mate is enough to keep the pair; otherwise both must be kept.

        Raises:
            DataError: A filter has returned something other than a bool for each row.
        """
        keep = np.asarray(keep)
        if keep.dtype != np.bool_ or keep.shape != (self.num_rows,):
            raise DataError(
                f"keep() must return a bool for each of {self.num_rows:,} rows, not"
                f" {keep.dtype} {keep.shape}"
            )
        paired, merged = self.paired, self.merged
        if np.count_nonzero(keep) == len(keep) or not (paired or merged is not None):
            return keep
        if paired:
            first, second = keep[0::2], keep[1::2]
            return np.repeat(first | second if either else first & second, 2)
        starts = self.unit_starts
        united = (np.logical_or if either else np.logical_and).reduceat(keep, starts)
        return np.repeat(united, np.diff(starts, append=len(keep)))

    def keep(self, keep: NDArray[np.bool_]) -> BatchView:
        """The view of some of the rows; unchanged if all rows are kept.

        Args:
            keep: (num_rows,), the same for both mates of a pair.
        """
        if np.count_nonzero(keep) == len(keep):  # Python's `all` of an array takes longer
            return self
        chosen = np.flatnonzero(keep)
        view = BatchView(self.batch)
        view.rows = chosen if self.rows is None else self.rows[chosen]
        view._cut = {name: column.take(chosen) for name, column in self._cut.items()}
        rows = self.num_rows
        for key, value in self._known.items():
            if value is None or key == "paired":
                view._known[key] = value
            elif isinstance(value, StringColumn):
                view._known[key] = value.take(chosen)
            elif isinstance(value, np.ndarray) and value.shape[:1] == (rows,):
                view._known[key] = value[chosen]
        return view

    def cut(self, starts: NDArray[Any], stops: NDArray[Any]) -> BatchView:
        """The view of a part of each read: its bases, its qualities and other values for each base.

        Args:
            starts: (num_rows,): the first base to keep, counted in the read as it is here.
            stops: (num_rows,): the base after the last one to keep.

        Raises:
            DataError: A read has different numbers of bases and qualities, or other values; or a
                trimmer has returned something other than bounds inside each read.
            SchemaError: A column holds results computed from the whole reads.
        """
        if not self._cut:
            require_fresh(self.batch.schema, "a trimmer")
        names = per_base(self.batch.schema)
        self.require_equal_lengths(names)
        if names:
            starts, stops = _inside(starts, stops, self.text(names[0]).lengths)
        view = BatchView(self.batch)
        view.rows = self.rows
        view._cut = {name: self.text(name).cut(starts, stops) for name in names}
        whole: set[Hashable] = {
            ("text", name) for name in self.batch.schema.names if name not in names
        }
        whole |= {("equal lengths", names[0], other) for other in names[1:]}
        for key, value in self._known.items():
            if key in whole or key in {"paired", "merged"}:
                view._known[key] = value
        return view

    def edited(self, columns: Mapping[str, StringColumn]) -> BatchView:
        """The view of the same reads with some of their text changed.

        Args:
            columns: The text columns that change, each read as long as it is here.

        Raises:
            DataError: A read got another length.
        """
        for name, column in columns.items():
            if not np.array_equal(column.lengths, self.text(name).lengths):
                raise DataError(f"edit() must return column '{name}' with reads as long as before")
        view = BatchView(self.batch)
        view.rows = self.rows
        view._cut = {**self._cut, **columns}
        for key, value in self._known.items():
            kept = isinstance(key, tuple) and (
                key[0] == "equal lengths" or (key[0] == "text" and key[1] not in columns)
            )
            if kept or key in {"paired", "merged"}:
                view._known[key] = value
        return view

    def mask(self) -> pa.Array:
        """Which rows of the batch are left, as a mask for Arrow."""
        return self.once("mask", _mask)

    def to_batch(self, columns: Callable[[pa.RecordBatch], pa.RecordBatch] | None = None) -> Any:
        """Copies what is left, once; returns the batch itself if nothing was removed.

        Args:
            columns: Drops columns before they are copied.

        Returns:
            A `pyarrow.RecordBatch`.
        """
        batch = self.batch if columns is None else columns(self.batch)
        if not self._cut:
            return batch if self.rows is None else filter_rows(batch, self.mask())
        if not batch.num_columns:
            return batch.slice(0, self.num_rows)
        arrays = [self.column(name) for name in batch.schema.names]
        return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)


def two_bounds(found: Any) -> tuple[Any, Any]:
    """What ``bounds()`` returned: where reads start, and where they stop.

    Raises:
        DataError: It returned something other than a pair.
    """
    if not isinstance(found, tuple | list | np.ndarray) or len(found) != 2:
        raise DataError(
            "bounds() must return two arrays, the starts and the stops of the reads, and it"
            f" returned {'one' if isinstance(found, np.ndarray) else repr(found)}"
        )
    return found[0], found[1]


def _inside(
    starts: NDArray[Any], stops: NDArray[Any], lengths: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Checks bounds, since those outside a read would expose other reads' text, or none."""
    starts, stops = np.asarray(starts), np.asarray(stops)
    for bounds in (starts, stops):
        if bounds.dtype.kind not in "iu" or bounds.shape != lengths.shape:
            raise DataError(
                f"bounds() must return two whole numbers for each of {len(lengths):,} rows, not"
                f" {bounds.dtype} {bounds.shape}"
            )
    wrong = (starts < 0) | (starts > stops) | (stops > lengths)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(
            f"bounds() must return bounds inside each read: {starts[row]} and {stops[row]} of a"
            f" read of {lengths[row]} bases"
        )
    return starts, stops


def filter_rows(batch: pa.RecordBatch, mask: pa.Array) -> pa.RecordBatch:
    """Copies the rows to keep; the mask is Boolean, with one value per row."""
    if not batch.num_columns:
        return batch.slice(0, mask.true_count)
    columns = [_filter(column, mask) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def take_rows(batch: pa.RecordBatch, rows: NDArray[np.int64]) -> pa.RecordBatch:
    """Copies rows in a given order, ``int64``."""
    chosen = pa.array(rows)
    columns = [by_plain(column, lambda plain: plain.take(chosen)) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _mask(view: BatchView) -> pa.Array:
    mask = np.zeros(view.batch.num_rows, np.bool_)
    mask[view.rows if view.rows is not None else slice(None)] = True
    return as_mask(mask)


def as_mask(keep: NDArray[np.bool_]) -> pa.Array:
    """A Boolean Arrow array, without importing pandas as `pyarrow.array` does."""
    bits = pa.py_buffer(np.packbits(keep, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(keep), [None, bits])


def _filter(column: pa.Array, mask: pa.Array) -> pa.Array:
    return by_plain(column, lambda plain: plain.filter(mask))


def _is_paired(view: BatchView) -> bool:
    if view.batch.schema.get_field_index("mate") < 0:
        return False
    column = view.column("mate")
    if not len(column) % 2 and column.equals(alternating_mates(len(column))):
        return True
    if column.null_count:
        return view.merged is None
    _require_mates(column.to_numpy(zero_copy_only=False))
    return True


def _merged(view: BatchView) -> NDArray[np.bool_] | None:
    place = view.batch.schema.get_field_index("mate")
    if place < 0 or not view.batch.column(place).null_count:
        return None
    column = view.column("mate")
    merged: NDArray[np.bool_] = validity_of(column) == 0
    values = column.to_numpy(zero_copy_only=False)[~merged]
    _require_mates(values)
    rows = np.flatnonzero(~merged)
    if (rows[0::2] + 1 != rows[1::2]).any():
        raise DataError(_MATES)
    return merged


def _require_mates(values: NDArray[Any]) -> None:
    if len(values) % 2 or (values[0::2] != 1).any() or (values[1::2] != 2).any():
        raise DataError(_MATES)


_MATES = (
    "the 'mate' column must alternate between 1 and 2, with mates in adjacent rows of one batch;"
    " drop the column to treat the reads as single"
)


def _require_equal_lengths(one: str, other: str, view: BatchView) -> None:
    lengths, found = view.text(one).lengths, view.text(other).lengths
    differs = lengths != found
    if differs.any():
        index = int(np.argmax(differs))
        row = index if view.rows is None else int(view.rows[index])
        words = {"sequence": "bases", "quality": "qualities"}
        raise DataError(
            f"columns '{one}' and '{other}' differ in length in row {row} of the batch:"
            f" {lengths[index]} {words.get(one, 'values')},"
            f" {found[index]} {words.get(other, 'values')}"
        )
