"""Splits and merges batches to the size that suits a run, and keeps mates together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import merged_reads, unit_starts
from biometal_stream.sinks.rebatch import row_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_MOST_ROWS = 131_072


class Cutter:
    """Takes batches of any size, and returns lists of batches, one chunk each.

    A chunk has about ``nbytes`` bytes: batches of at least half the size pass unchanged, smaller
    ones wait for others, larger ones are split. A larger row, or pair, is a chunk of its own. The
    rows 2k and 2k + 1 of pairs are never separated, nor are pairs between merged reads,
    whose ``mate`` is null. For use by one thread.

    Args:
        nbytes: The approximate size of a chunk in bytes.
        paired: Whether rows are pairs.
    """

    def __init__(self, nbytes: int, *, paired: bool) -> None:
        self._nbytes = nbytes
        self._unit = 2 if paired else 1
        self._held: list[pa.RecordBatch] = []
        self._held_bytes = 0
        self._held_rows = 0
        self._odd: pa.RecordBatch | None = None
        self._mixed = False  # whether a read was seen that mates were merged to

    def add(self, batch: pa.RecordBatch) -> Iterator[list[pa.RecordBatch]]:
        """Adds a batch; yields the chunks that are complete."""
        if not batch.num_rows:
            return
        if self._odd is not None:
            pair = pa.concat_batches([self._odd, batch.slice(0, 1)])
            self._odd = None
            yield from self._add(pair)
            batch = batch.slice(1)
        if self._is_odd(batch):
            self._odd = batch.slice(batch.num_rows - 1)
            batch = batch.slice(0, batch.num_rows - 1)
        if batch.num_rows:
            yield from self._add(batch)

    def _is_odd(self, batch: pa.RecordBatch) -> bool:
        """Whether a batch ends between two mates."""
        self._mixed = self._mixed or (self._unit == 2 and merged_reads(batch) > 0)
        if self._mixed and batch.num_rows:
            return bool(batch.column("mate")[batch.num_rows - 1].as_py() == 1)
        return bool(batch.num_rows % self._unit)

    def _edges(self, batch: pa.RecordBatch) -> NDArray[np.int64]:
        """The rows at which a batch may be cut, with its end."""
        if self._mixed:
            return np.append(unit_starts(batch), batch.num_rows)
        return np.arange(0, batch.num_rows + 1, self._unit)

    def _add(self, batch: pa.RecordBatch) -> Iterator[list[pa.RecordBatch]]:
        edges = self._edges(batch)
        ends = _ends(batch)[edges]
        start, units = 0, len(ends) - 1
        while start < units:
            room = self._nbytes - self._held_bytes
            fitting = int(np.searchsorted(ends, ends[start] + room, side="right")) - 1
            allowed = edges[start] + _MOST_ROWS - self._held_rows
            within = int(np.searchsorted(edges, allowed, side="right")) - 1
            stop = min(max(fitting, start), max(within, start))
            if stop == start:
                if self._held:
                    yield self._take()
                    continue
                stop = start + 1
            rows = int(edges[stop] - edges[start])
            whole = rows == batch.num_rows
            self._held.append(batch if whole else batch.slice(int(edges[start]), rows))
            self._held_bytes += int(ends[stop] - ends[start])
            self._held_rows += rows
            start = stop
            if self._held_bytes * 2 >= self._nbytes or self._held_rows >= _MOST_ROWS:
                yield self._take()

    def _take(self) -> list[pa.RecordBatch]:
        taken, self._held = self._held, []
        self._held_bytes = self._held_rows = 0
        return taken

    def finish(self, *, odd: bool) -> Iterator[list[pa.RecordBatch]]:
        """Yields the rest. Called once, after the last batch.

        Args:
            odd: Whether to also yield a last row whose mate is missing.
        """
        if self._odd is not None and odd:
            self._held.append(self._odd)
        if self._held:
            yield self._take()


def _ends(batch: pa.RecordBatch) -> NDArray[np.int64]:
    """The bytes before each row and in total; a dictionary counts as its values."""
    ends = row_ends(batch)
    plain = 0
    for column in batch.columns:
        if pa.types.is_dictionary(column.type) and len(column):
            ends[1:] += _lengths(column)
        else:
            plain += _plain_bytes(column.type)
    ends += np.arange(len(ends), dtype=np.int64) * plain
    return ends


def _lengths(column: pa.DictionaryArray) -> NDArray[np.int64]:
    """The bytes of the rows up to each row, (num_rows,)."""
    values = pa.RecordBatch.from_arrays([column.dictionary], ["values"])
    lengths = np.append(np.diff(row_ends(values)), 0)  # the last one is for nulls
    indices = column.indices.fill_null(len(lengths) - 1).to_numpy(zero_copy_only=False)
    return np.cumsum(lengths[indices] + _plain_bytes(column.type.value_type))


def _plain_bytes(kind: pa.DataType) -> int:
    """The size of a value of a plain type in bytes; 0 for texts, lists and the like."""
    try:
        return -(-int(kind.bit_width) // 8)
    except ValueError:
        return 0
