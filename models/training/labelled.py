"""Reads to learn from, and fragments of them: text in a few large buffers, and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.columns import StringColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class LabelledReads:
    """Reads with their labels.

    Attributes:
        quality: The qualities.
        sequence: The bases; ``None`` if neither the encoding nor the task reads them.
        labels: ``bool``, (n,): whether a read has the task's second label.
        near: ``bool``, (n,): whether its label is hard to decide.
        files: ``int64``, (n,): the index of a read's file in ``names``.
        names: The names of the files.
    """

    quality: StringColumn
    sequence: StringColumn | None
    labels: NDArray[np.bool_]
    near: NDArray[np.bool_]
    files: NDArray[np.int64]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The number of bases of each read, (n,)."""
        return self.quality.lengths


@dataclass(frozen=True, eq=False)
class Fragments:
    """Reads or fragments of reads, with their labels.

    Attributes:
        quality: The qualities.
        sequence: The bases; ``None`` if neither the encoding nor the task reads them.
        labels: ``bool``, (n,).
    """

    quality: StringColumn
    sequence: StringColumn | None
    labels: NDArray[np.bool_]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The number of bases of each, (n,)."""
        return self.quality.lengths


def whole_reads(reads: LabelledReads, rows: NDArray[np.int64]) -> Fragments:
    """Takes some reads whole."""
    starts = np.zeros(len(rows), np.int64)
    stops = reads.lengths[rows]
    return Fragments(
        cut(reads.quality, rows, starts, stops),
        None if reads.sequence is None else cut(reads.sequence, rows, starts, stops),
        reads.labels[rows],
    )


def cut(
    column: StringColumn,
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
) -> StringColumn:
    """Cuts a fragment out of each of some rows.

    Args:
        column: The string column.
        rows: ``int64``, (n,).
        starts: ``int64``, (n,): the first byte of each fragment, counted in its row.
        stops: ``int64``, (n,): the byte after its last.
    """
    offsets: Any = offsets_of(stops - starts)
    first = column.starts[rows].astype(np.int64) + starts - offsets[:-1]
    index = np.repeat(first, stops - starts)
    index += np.arange(len(index), dtype=np.int64)
    return StringColumn.of(column.name, offsets, column.data[index])


def offsets_of(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The offsets of rows of some lengths, (n,) to (n + 1,)."""
    return np.concatenate([[0], np.cumsum(lengths)])
