"""A summary of reads: number, lengths, qualities, and the contents of other columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa

from biometal_stream.columns import string_column
from biometal_stream.errors import DataError
from biometal_stream.reports.kernels.summaries import count_bytes, count_letters
from biometal_stream.reports.records.labels import LabelCounts, LabelSummary
from biometal_stream.reports.records.spread import Spread
from biometal_stream.reports.records.totals import ColumnSummary, Totals
from biometal_stream.reports.statistics import mean_quality, mean_score, median, n50, share
from biometal_stream.schemas.checks import is_label, is_number, is_text

if TYPE_CHECKING:
    from biometal_stream.columns import StringColumn
    from biometal_stream.view import BatchView

T = TypeVar("T")

_OFFSET = 33
_SCORES = 94
_LETTERS = np.frombuffer(b"ACGTUN", np.uint8)


@dataclass(frozen=True)
class Summary:
    """A summary of reads. Shares are between 0 and 1, and ``None`` if nothing was counted.

    Attributes:
        reads: Rows.
        pairs: Pairs of mates; ``None`` if reads are single, or mates are filtered apart.
        bases: Bytes of all sequences.
        min_length: The length of the shortest sequence, in bases.
        mean_length: The mean length.
        median_length: The median length; the mean of the middle two for an even number of reads.
        max_length: The length of the longest sequence, in bases.
        n50: The greatest length such that sequences of at least this length hold half of all
            bases.
        mean_quality: The Phred score of the mean error probability of all bases.
        arithmetic_mean_quality: The arithmetic mean of the Phred scores of all bases.
        q20: The share of bases of Phred score 20 or more.
        q30: The share of bases of Phred score 30 or more.
        gc: The share of G and C among A, C, G, T and U, in upper and lower case, as in `Measure`.
        n: The share of N among all bases.
        columns: A summary of each other numeric column.
        labels: A summary of each column of labels.
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


@dataclass(frozen=True)
class SummaryState:
    """What was counted in some reads. All of it is exact, so it can be added in any order.

    Attributes:
        reads: Rows.
        pairs: Pairs; ``None`` if rows count as single reads.
        lengths: Lengths of the sequences; ``None`` if there is no column ``sequence``.
        letters: Counts of A, C, G, T, U and N in them.
        scores: Bases by Phred score; ``None`` if there is no column ``quality``.
        numbers: Totals of each other numeric column.
        labels: Counts of each column of labels.
    """

    reads: int = 0
    pairs: int | None = None
    lengths: Spread | None = None
    letters: tuple[int, ...] = (0,) * len(_LETTERS)
    scores: tuple[int, ...] | None = None
    numbers: Mapping[str, Totals] = field(default_factory=dict)
    labels: Mapping[str, LabelCounts] = field(default_factory=dict)


@dataclass(frozen=True)
class Summarizing:
    """The observation that makes a `Summary`. Fields of missing columns are ``None``.

    The summary is the same, to the bit, for every number of workers and every batch size:
    numbers are added without rounding. Nulls are left out.
    """

    def empty(self) -> SummaryState:
        """The state of no reads, with unknown columns."""
        return SummaryState()

    def observe(self, view: BatchView, /) -> SummaryState:
        """Counts the contents of a view.

        Raises:
            DataError: A quality holds a byte that is not Phred+33.
        """
        schema = view.batch.schema
        lengths, letters = _bases(_texts(view, "sequence"))
        numbers = [each.name for each in schema if is_number(each) and each.name != "mate"]
        labels = [each.name for each in schema if is_label(each)]
        return SummaryState(
            reads=view.num_rows,
            pairs=view.num_pairs,
            lengths=lengths,
            letters=letters,
            scores=_scores(_texts(view, "quality")),
            numbers={name: Totals.of(view.column(name)) for name in numbers},
            labels={name: LabelCounts.of(view.column(name)) for name in labels},
        )

    def merge(self, one: SummaryState, two: SummaryState, /) -> SummaryState:
        """Adds up the counts."""
        return SummaryState(
            reads=one.reads + two.reads,
            pairs=_either(one.pairs, two.pairs, int.__add__),
            lengths=_either(one.lengths, two.lengths, Spread.__add__),
            letters=_added(one.letters, two.letters),
            scores=_either(one.scores, two.scores, _added),
            numbers=_by_name(one.numbers, two.numbers, Totals.__add__),
            labels=_by_name(one.labels, two.labels, LabelCounts.__add__),
        )

    def finish(self, state: SummaryState, /) -> Summary:
        """Makes the summary."""
        lengths, times = (Spread() if state.lengths is None else state.lengths).sorted()
        reads, bases = int(times.sum()), int((lengths * times).sum())
        a, c, g, t, u, n = state.letters
        scores = state.scores or ()
        scored = sum(scores)
        return Summary(
            reads=state.reads,
            pairs=state.pairs,
            bases=None if state.lengths is None else bases,
            min_length=int(lengths[0]) if reads else None,
            mean_length=share(bases, reads),
            median_length=median(lengths, times),
            max_length=int(lengths[-1]) if reads else None,
            n50=n50(lengths, times),
            mean_quality=mean_quality(scores),
            arithmetic_mean_quality=mean_score(scores),
            q20=share(sum(scores[20:]), scored),
            q30=share(sum(scores[30:]), scored),
            gc=share(g + c, a + c + g + t + u),
            n=share(n, bases),
            columns=tuple(each.summary(name) for name, each in state.numbers.items()),
            labels=tuple(each.summary(name) for name, each in state.labels.items()),
        )


def counted_columns(schema: pa.Schema) -> frozenset[str]:
    """The columns of a schema that a summary uses."""
    further = {each.name for each in schema if is_number(each) or is_label(each)}
    return frozenset(further.union(("sequence", "quality", "mate")).intersection(schema.names))


def _texts(view: BatchView, name: str) -> StringColumn | None:
    """A string column without its nulls; ``None`` if the batch lacks it."""
    index = view.batch.schema.get_field_index(name)
    if index < 0 or not is_text(view.batch.schema.field(index).type):
        return None
    column = view.batch.column(index)
    if not column.null_count:
        return view.text(name)
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(valid) if view.rows is None else view.rows[valid[view.rows]]
    if len(rows) == view.num_rows:
        return view.text(name)
    return string_column(column, name, rows)  # trimmers refuse nulls, so nothing is trimmed


def _bases(sequences: StringColumn | None) -> tuple[Spread | None, tuple[int, ...]]:
    counts = np.zeros(len(_LETTERS), np.int64)
    if sequences is None:
        return None, tuple(counts.tolist())
    count_letters(sequences.starts, sequences.stops, sequences.data, _LETTERS, counts)
    return Spread.of(sequences.lengths), tuple(counts.tolist())


def _scores(qualities: StringColumn | None) -> tuple[int, ...] | None:
    if qualities is None:
        return None
    each = np.zeros((4, 256), np.int64)
    count_bytes(qualities.starts, qualities.stops, qualities.data, each)
    counts = each.sum(axis=0)
    scores = counts[_OFFSET : _OFFSET + _SCORES]
    if scores.sum() < counts.sum():
        raise DataError("the 'quality' column holds bytes outside '!' to '~'; it is not Phred+33")
    return tuple(scores.tolist())


def _either(one: T | None, two: T | None, merge: Callable[[T, T], T]) -> T | None:
    """Merges two values; if one is ``None``, returns the other."""
    if one is None or two is None:
        return two if one is None else one
    return merge(one, two)


def _by_name(
    one: Mapping[str, T], two: Mapping[str, T], merge: Callable[[T, T], T]
) -> dict[str, T]:
    merged = dict(one)
    for name, each in two.items():
        merged[name] = merge(merged[name], each) if name in merged else each
    return merged


def _added(one: tuple[int, ...], two: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(int.__add__, one, two))
