"""Merges and splits batches into morsels whose ends depend on the rows alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.columns import merged_reads, offsets_of, together, without_views
from biometal_stream.view import take_rows

LARGEST = 2**31 - 1
"""The most bytes of text in one Arrow array with 32-bit offsets."""


class Rebatcher(Protocol):
    """Takes batches one by one and returns morsels as soon as they are complete."""

    def add(self, batch: pa.RecordBatch, /) -> Iterator[list[pa.RecordBatch]]:
        """Adds a batch; yields the morsels that are complete."""

    def finish(self) -> Iterator[list[pa.RecordBatch]]:
        """Yields the rest. Called once, after the last batch."""


class RowRebatcher:
    """Rebatches rows in order, with references and slices only, without copies.

    A morsel ends after ``rows`` rows, or before the row that would make it larger than ``nbytes``
    bytes, as counted by `row_ends`. A larger row is a morsel of its own. With ``paired``, this
    applies to pairs: rows 2k and 2k + 1 of the stream are never separated. If a batch has reads
    that mates were merged to, whose ``mate`` is null, its other rows are whole pairs, which are not
    separated either. For use by one thread.

    Args:
        rows: The most rows of a morsel, at least 1, or 2 if paired.
        nbytes: The most bytes of a morsel; more than `LARGEST` has no effect.
        paired: Whether rows are pairs.

    Attributes:
        held_rows: The number of rows that wait for a morsel to be complete.
        held_bytes: Their size in bytes.
    """

    def __init__(self, rows: int, nbytes: int, *, paired: bool = False) -> None:
        self._unit = 2 if paired else 1
        if rows < self._unit or nbytes < 1:
            raise ValueError(f"a morsel must hold at least {self._unit} rows and 1 byte")
        self._most_rows = rows - rows % self._unit
        self._most_bytes = min(nbytes, LARGEST)
        self._held: list[pa.RecordBatch] = []
        self.held_rows = 0
        self.held_bytes = 0
        self._odd: pa.RecordBatch | None = None

    def add(self, batch: pa.RecordBatch, /) -> Iterator[list[pa.RecordBatch]]:
        """Adds a batch; yields the morsels that are complete."""
        return self.add_counted(batch, None)

    def add_counted(
        self, batch: pa.RecordBatch, ends: RowEnds | None
    ) -> Iterator[list[pa.RecordBatch]]:
        """Adds a batch whose bytes are known; yields the morsels that are complete.

        Args:
            batch: The rows.
            ends: Their bytes; counted here if ``None``.
        """
        if self._odd is not None and batch.num_rows:
            ends = None
            pair = pa.concat_batches([self._odd, batch.slice(0, 1)])
            self._odd = None
            yield from self._add_units(pair, None)
            batch = batch.slice(1)
        if batch.num_rows % self._unit and not merged_reads(batch):
            self._odd = batch.slice(batch.num_rows - 1)
            batch = batch.slice(0, batch.num_rows - 1)
            ends = None
        if batch.num_rows:
            yield from self._add_units(batch, ends)

    def _add_units(
        self, batch: pa.RecordBatch, ends: RowEnds | None
    ) -> Iterator[list[pa.RecordBatch]]:
        # A read that mates were merged to is alone, and others are pairs.
        mixed = self._unit == 2 and merged_reads(batch) > 0
        unit = 1 if mixed else self._unit
        ends = RowEnds(batch) if ends is None else ends
        rows = batch.num_rows
        first = before = 0
        while first < rows:
            most = min(rows, first + self._most_rows - self.held_rows)
            most -= (most - first) % unit
            stop, after = ends.last_within(first, most, self._most_bytes - self.held_bytes, unit)
            if mixed and together(batch, stop) > stop:
                stop -= 1
                after = ends.before(stop)
            if stop <= first:
                if self._held:
                    yield self.take()
                    continue
                stop = together(batch, first + 1) if mixed else first + unit
                after = ends.before(stop)
            whole = stop - first == rows
            self._held.append(batch if whole else batch.slice(first, stop - first))
            self.held_rows += stop - first
            self.held_bytes += after - before
            first, before = stop, after
            if self.held_rows >= self._most_rows:
                yield self.take()

    def take(self) -> list[pa.RecordBatch]:
        """Ends the current morsel and returns it; it may be empty."""
        morsel = self._held
        self._held = []
        self.held_rows = 0
        self.held_bytes = 0
        return morsel

    def compact(self) -> None:
        """Copies the held rows into one batch, so that no other batch is kept alive by them."""
        if len(self._held) == 1:
            (batch,) = self._held
            self._held = [take_rows(batch, np.arange(batch.num_rows))]
        elif self._held:
            self._held = [pa.concat_batches(self._held)]

    def finish(self) -> Iterator[list[pa.RecordBatch]]:
        """Yields the rest. Called once, after the last batch."""
        if self._odd is not None:  # its mate is missing: the row is not lost
            self._held.append(self._odd)
            self._odd = None
        if self._held:
            yield self.take()


def rebatch(
    rebatcher: Rebatcher, batches: Iterable[pa.RecordBatch]
) -> Iterator[list[pa.RecordBatch]]:
    """Merges and splits batches with a rebatcher, from one iterator to another."""
    for batch in batches:
        yield from rebatcher.add(batch)
    yield from rebatcher.finish()


def row_ends(batch: pa.RecordBatch) -> NDArray[np.int64]:
    """Counts the bytes of variable-width and wide columns before each row.

    Texts and binaries count their bytes, and lists the bytes of their values. Nulls count
    nothing, and columns with one plain value per row, and structs, are ignored. So the count
    depends on the values alone, not on Arrow's representation.

    Returns:
        ``int64``, (num_rows + 1,), from 0.
    """
    return RowEnds(batch).all()


class RowEnds:
    """Counts bytes as `row_ends` does, but only before the rows that are asked for.

    A batch of thousands of rows is split at one or two rows, so a few lookups are enough.

    Args:
        batch: The rows.
    """

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._rows = batch.num_rows
        self._fixed = 0  # bytes per row
        self._ends: list[
            tuple[NDArray[Any], int, int]
        ] = []  # offsets, the first one, and the bytes per unit
        for column in batch.columns:
            self._add(column)

    def _add(self, column: pa.Array) -> None:
        kind = column.type
        if kind.id in _PLAIN:
            return
        if kind.id in _TEXTS and not column.null_count:
            ends = offsets_of(column)
            assert ends is not None
            self._ends.append((ends, int(ends[0]), 1))
            return
        if isinstance(column, pa.ExtensionArray):  # such as a tensor per row
            column = column.storage
        column = without_views(column)
        kind = column.type
        if pa.types.is_fixed_size_list(kind) or pa.types.is_fixed_size_binary(kind):
            self._fixed += _width(kind)
            return
        ends = offsets_of(column)
        if ends is None:
            return
        if column.null_count:  # the offsets of a null are undefined
            bits = np.unpackbits(np.frombuffer(column.buffers()[0], np.uint8), bitorder="little")
            valid = bits[column.offset : column.offset + len(column)]
            lengths = np.diff(ends).astype(np.int64)
            ends = np.concatenate([[0], np.cumsum(lengths * valid)])
        nested = pa.types.is_list(kind) or pa.types.is_large_list(kind)
        self._ends.append((ends, int(ends[0]), _width(kind.value_type) if nested else 1))

    def part(self, start: int, stop: int) -> RowEnds:
        """The bytes of some of the rows, in a slice of the batch."""
        found = copy(self)
        found._rows = stop - start
        found._ends = [
            (ends[start : stop + 1], int(ends[start]), unit) for ends, _, unit in self._ends
        ]
        return found

    def before(self, row: int) -> int:
        """The bytes before a row; ``num_rows`` gives the bytes of all rows."""
        return row * self._fixed + sum(
            [(int(ends[row]) - first) * unit for ends, first, unit in self._ends]
        )

    def last_within(self, first: int, most: int, nbytes: int, unit: int) -> tuple[int, int]:
        """Finds how many rows fit into a number of bytes.

        Args:
            first: The first row.
            most: The largest end, a whole number of units after ``first``.
            nbytes: The most bytes of the rows.
            unit: The number of rows that stay together.

        Returns:
            The end of the rows that fit, and the bytes before it.
        """
        limit = self.before(first) + nbytes
        after = self.before(most)
        if after > limit:
            units = range(first, most + 1, unit)
            most = units[bisect_right(units, limit, key=self.before) - 1] if nbytes >= 0 else first
            after = self.before(most)
        return most, after

    def all(self) -> NDArray[np.int64]:
        """The bytes before each row, ``int64``, (num_rows + 1,), from 0."""
        found = np.arange(self._rows + 1, dtype=np.int64) * self._fixed
        for ends, first, unit in self._ends:
            found += (ends.astype(np.int64) - first) * unit
        return found


_PLAIN = frozenset(
    kind.id
    for kind in (
        *(pa.null(), pa.bool_(), pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32()),
        *(pa.uint32(), pa.int64(), pa.uint64(), pa.float16(), pa.float32(), pa.float64()),
    )
)
"""The ids of types with one plain value per row."""

_TEXTS = frozenset(
    kind.id for kind in (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
)


def _width(kind: pa.DataType) -> int:
    """The size of a value in bytes; a guess of 8 for types without a fixed width."""
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if pa.types.is_fixed_size_list(kind):
        return int(kind.list_size) * _width(kind.value_type)
    try:
        return max(1, int(kind.bit_width) // 8)
    except ValueError:
        return 8
