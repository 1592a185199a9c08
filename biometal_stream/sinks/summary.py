"""A summary of reads instead of a file."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.columns import as_string, buffers_of
from biometal_stream.errors import DataError
from biometal_stream.interfaces import Run
from biometal_stream.schemas.checks import is_text
from biometal_stream.sinks.base import OpenRebatching, RebatchingSink
from biometal_stream.sinks.fastq import kernels
from biometal_stream.sinks.rebatch import RowRebatcher

_MORSEL_ROWS = 65_536
_MORSEL_BYTES = 16 * 2**20
_OFFSET = 33
_LAST_SCORE = 93
_MOST_LABELS = 1000


@dataclass(frozen=True)
class ColumnSummary:
    """What a column of numbers holds.

    Attributes:
        name: The column's name.
        minimum: The least number; ``None`` where there is none.
        mean: The mean of the numbers; of bools the share that is true.
        maximum: The greatest number.
        nulls: Rows without a number: nulls and NaN.
    """

    name: str
    minimum: float | None
    mean: float | None
    maximum: float | None
    nulls: int


@dataclass(frozen=True)
class LabelSummary:
    """How often each label of a column stands there: a dictionary column, as of predictions.

    Attributes:
        name: The column's name.
        counts: Rows by label, the most frequent first, of the first 1,000 labels that came.
        others: Rows with a label that came after these.
        nulls: Rows without a label.
    """

    name: str
    counts: Mapping[str, int]
    others: int
    nulls: int


@dataclass(frozen=True)
class Summary:
    """What a stream of reads holds. Shares are of 1, and ``None`` where nothing was counted.

    Attributes:
        reads: Rows.
        pairs: Pairs of mates, where reads are paired.
        bases: Bytes of all sequences.
        min_length: The length of the shortest sequence, in bases.
        mean_length: The mean length.
        median_length: The median length; of an even number of reads the mean of the middle two.
        max_length: The length of the longest.
        n50: The greatest length such that sequences of at least this length hold half of all
            bases.
        mean_quality: The Phred score of the mean error probability of all bases.
        arithmetic_mean_quality: The arithmetic mean of the Phred scores of all bases.
        q20: The share of bases of Phred score 20 or more.
        q30: The share of bases of Phred score 30 or more.
        gc: The share of G and C among A, C, G, T and U, in upper and lower case, as `Measure`
            has it.
        n: The share of N among all bases.
        columns: Each further column of numbers.
        labels: Each column of labels.
    """

    reads: int
    pairs: int | None
    bases: int | None
    min_length: int | None
    mean_length: float | None
    median_length: float | None
    max_length: int | None
    n50: int | None
    mean_quality: float | None
    arithmetic_mean_quality: float | None
    q20: float | None
    q30: float | None
    gc: float | None
    n: float | None
    columns: tuple[ColumnSummary, ...] = ()
    labels: tuple[LabelSummary, ...] = ()


@dataclass
class _Numbers:
    """The part of a column's summary that adds up."""

    count: int
    total: int | float
    minimum: float | None
    maximum: float | None
    nulls: int


@dataclass
class _Partial:
    """The summary of a morsel."""

    rows: int
    lengths: Counter[int]
    qualities: NDArray[np.int64]
    gc: int
    known: int
    n: int
    numbers: list[_Numbers]
    labels: list[Counter[str | None]]


@dataclass(frozen=True)
class SummarySink(RebatchingSink[_Partial]):
    """Counts what a stream holds, and writes no file. The report's ``result`` is a `Summary`.

    The summary is the same, to the bit, for every number of workers and every size of batch:
    counts are integers, and floats are added up in morsels of fixed rows, exactly rounded.
    Columns that are missing leave their part of the summary ``None``.
    """

    holds: ClassVar[str] = "a summary counts bases, qualities, numbers and labels alone"

    def takes(self, schema: pa.Schema, /) -> frozenset[str]:
        """Tells the columns that are counted."""
        counted = {
            field.name for field in schema if _is_number(field.type) or _is_label(field.type)
        }
        return frozenset(counted.union(("sequence", "quality")).intersection(schema.names))

    @contextmanager
    def open_parallel(self, schema: pa.Schema, run: Run, /) -> Iterator[OpenSummary]:  # noqa: ARG002 - nothing depends on the run
        """Starts counting."""
        yield OpenSummary(schema)


class OpenSummary(OpenRebatching[_Partial]):
    """A summary being made."""

    def __init__(self, schema: pa.Schema) -> None:
        self._paired = "mate" in schema.names
        self._sequence = _text_index(schema, "sequence")
        self._quality = _text_index(schema, "quality")
        self._numbers = [
            index
            for index, field in enumerate(schema)
            if field.name != "mate" and _is_number(field.type)
        ]
        self._names = [schema.names[index] for index in self._numbers]
        self._labelled = [index for index, field in enumerate(schema) if _is_label(field.type)]
        self._label_names = [schema.names[index] for index in self._labelled]
        self._labels = [Counter[str | None]() for _ in self._labelled]
        self._others = [0 for _ in self._labelled]
        self._rows = 0
        self._lengths: Counter[int] = Counter()
        self._qualities = np.zeros(256, np.int64)
        self._gc = self._known = self._n = 0
        self._parts: list[list[_Numbers]] = [[] for _ in self._numbers]

    def rebatcher(self) -> RowRebatcher:
        """Rebatches morsels of fixed rows."""
        return RowRebatcher(_MORSEL_ROWS, _MORSEL_BYTES)

    def encode(self, batches: list[pa.RecordBatch], /) -> _Partial:
        """Summarises a morsel.

        Raises:
            DataError: A quality holds a byte that is no Phred+33.
        """
        lengths: Counter[int] = Counter()
        qualities = np.zeros(256, np.int64)
        gc = known = n = 0
        for batch in batches:
            if self._sequence is not None:
                offsets, text = buffers_of(as_string(batch.column(self._sequence)).drop_null())
                sizes, times = np.unique(np.diff(offsets), return_counts=True)
                lengths.update(dict(zip(sizes.tolist(), times.tolist(), strict=True)))
                span = (np.uint64(offsets[0]), np.uint64(offsets[-1]))
                counts = {letter: _count(text, span, letter) for letter in b"ACGTUN"}
                gc += counts[ord("G")] + counts[ord("C")]
                n += counts.pop(ord("N"))
                known += sum(counts.values())
            if self._quality is not None:
                offsets, text = buffers_of(as_string(batch.column(self._quality)).drop_null())
                span = (np.uint64(offsets[0]), np.uint64(offsets[-1]))
                kernels.count_bytes(text, *span, qualities)
        if qualities[:_OFFSET].any() or qualities[_OFFSET + _LAST_SCORE + 1 :].any():
            raise DataError("the 'quality' column holds bytes outside '!' to '~', so no Phred+33")
        table = pa.Table.from_batches(batches)
        numbers = [_numbers(table.column(index)) for index in self._numbers]
        labels = [_labels(table.column(index)) for index in self._labelled]
        return _Partial(table.num_rows, lengths, qualities, gc, known, n, numbers, labels)

    def write(self, part: _Partial, /) -> None:
        """Adds the summary of a morsel."""
        self._rows += part.rows
        self._lengths.update(part.lengths)
        self._qualities += part.qualities
        self._gc += part.gc
        self._known += part.known
        self._n += part.n
        for parts, numbers in zip(self._parts, part.numbers, strict=True):
            parts.append(numbers)
        for index, labels in enumerate(part.labels):
            known = self._labels[index]
            for label, times in labels.items():
                if label is None or label in known or len(known) < _MOST_LABELS + (None in known):
                    known[label] += times
                else:
                    self._others[index] += times

    @property
    def bytes_written(self) -> int:
        """None: there is no file."""
        return 0

    @property
    def outputs(self) -> tuple[str, ...]:
        """No files."""
        return ()

    @property
    def result(self) -> Summary:
        """The summary of what was written so far."""
        bases = sum(length * times for length, times in self._lengths.items())
        spread = sorted(self._lengths.items())
        reads = sum(times for _, times in spread)
        scores = self._qualities[_OFFSET : _OFFSET + _LAST_SCORE + 1].tolist()
        scored = sum(scores)
        error = math.fsum(times * 10 ** (-score / 10) for score, times in enumerate(scores))
        return Summary(
            reads=self._rows,
            pairs=self._rows // 2 if self._paired else None,
            bases=bases if self._sequence is not None else None,
            min_length=spread[0][0] if spread else None,
            mean_length=bases / reads if reads else None,
            median_length=_median(spread, reads),
            max_length=spread[-1][0] if spread else None,
            n50=_n50(spread, bases),
            mean_quality=10 * math.log10(scored / error) if scored else None,
            arithmetic_mean_quality=_share(
                sum(score * times for score, times in enumerate(scores)), scored
            ),
            q20=_share(sum(scores[20:]), scored),
            q30=_share(sum(scores[30:]), scored),
            gc=_share(self._gc, self._known),
            n=_share(self._n, bases),
            columns=tuple(map(_column, self._names, self._parts)),
            labels=tuple(map(_label_summary, self._label_names, self._labels, self._others)),
        )


def _count(text: NDArray[np.uint8], span: tuple[np.uint64, np.uint64], letter: int) -> int:
    """How often a letter stands in a text, in upper and lower case."""
    return int(kernels.count_either(text, *span, np.uint8(letter), np.uint8(letter | 0x20)))


def _text_index(schema: pa.Schema, name: str) -> int | None:
    index = schema.get_field_index(name)
    return index if index >= 0 and is_text(schema.field(index).type) else None


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    )


def _is_label(kind: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(kind)) and is_text(kind.value_type)


def _labels(column: pa.ChunkedArray) -> Counter[str | None]:
    counts: Counter[str | None] = Counter()
    for chunk in column.chunks:
        rows = np.bincount(chunk.indices.drop_null().to_numpy(), minlength=len(chunk.dictionary))
        for place in np.flatnonzero(rows).tolist():
            counts[chunk.dictionary[place].as_py()] += int(rows[place])
        counts[None] += chunk.indices.null_count
    return counts


def _label_summary(name: str, counts: Counter[str | None], others: int) -> LabelSummary:
    known = {label: times for label, times in counts.most_common() if label is not None and times}
    return LabelSummary(name, known, others, counts[None])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _median(spread: list[tuple[int, int]], reads: int) -> float | None:
    if not reads:
        return None
    middle = ((reads - 1) // 2, reads // 2)
    found = []
    before = 0
    for length, times in spread:
        found += [length for place in middle if before <= place < before + times]
        before += times
    return sum(found) / 2


def _n50(spread: list[tuple[int, int]], bases: int) -> int | None:
    held = 0
    for length, times in reversed(spread):
        held += length * times
        if 2 * held >= bases:
            return length
    return None


def _numbers(column: pa.ChunkedArray) -> _Numbers:
    rows = len(column)
    column = column.drop_null()
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    values = column.to_numpy()
    if values.dtype.kind == "f":
        values = values.astype(np.float64)
        values = values[~np.isnan(values)]
    count = len(values)
    if not count:
        return _Numbers(0, 0, None, None, rows)
    return _Numbers(count, _total(values), values.min().item(), values.max().item(), rows - count)


def _total(values: NDArray[np.generic]) -> int | float:
    if values.dtype.kind == "f":
        with np.errstate(invalid="ignore", over="ignore"):  # infinities stay what they are
            return float(np.sum(values))
    # Halves, since 64-bit numbers can add up to more than 64 bits.
    wide = values.astype(np.int64 if values.dtype.kind == "i" else np.uint64)
    half = wide.dtype.type(32)
    low = wide.dtype.type(0xFFFFFFFF)
    return (int((wide >> half).sum()) << 32) + int((wide & low).sum())


def _column(name: str, parts: list[_Numbers]) -> ColumnSummary:
    count = sum(part.count for part in parts)
    minima = [part.minimum for part in parts if part.minimum is not None]
    maxima = [part.maximum for part in parts if part.maximum is not None]
    totals = [part.total for part in parts]
    if all(isinstance(total, int) for total in totals):
        total: int | float = sum(totals)
    else:
        total = _exact_sum(totals)
    return ColumnSummary(
        name=name,
        minimum=min(minima, default=None),
        mean=total / count if count else None,
        maximum=max(maxima, default=None),
        nulls=sum(part.nulls for part in parts),
    )


def _exact_sum(totals: list[int | float]) -> float:
    try:
        return math.fsum(totals)
    except (OverflowError, ValueError):  # infinities of both signs
        with np.errstate(invalid="ignore", over="ignore"):
            return float(np.sum(np.array(totals, np.float64)))
