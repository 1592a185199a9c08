"""What other columns hold: labels, numbers, and scores by label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.quality.arrow import table_of_rows
from biometal_stream.reports.quality.scores import bins_of_scores, bounds_of_bins, subject_of
from biometal_stream.reports.records.by_label import ByLabel
from biometal_stream.reports.records.labels import LabelCounts
from biometal_stream.reports.records.totals import Totals
from biometal_stream.schemas.checks import is_label, is_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.records.base import Record, Records, State
    from biometal_stream.view import BatchView

OTHERS = "(others)"
"""Stands in ``labels`` for all labels that are not counted separately."""

LABELS, NUMBERS, SCORES = "labels:", "numbers:", "scores:"
"""What names of records begin with; the column's name follows."""

_TEXT, _WHOLE, _FLOAT = pa.string(), pa.int64(), pa.float64()
_COLUMN = [("group", _TEXT), ("column", _TEXT)]
_SCHEMAS = {
    "labels": [*_COLUMN, ("label", _TEXT), ("reads", _WHOLE)],
    "numbers": [
        *_COLUMN,
        *((name, _FLOAT) for name in ("minimum", "mean", "maximum")),
        ("nulls", _WHOLE),
    ],
    "scores": [
        *_COLUMN,
        ("label", _TEXT),
        ("first_score", _FLOAT),
        ("last_score", _FLOAT),
        ("reads", _WHOLE),
    ],
}


class Columns:
    """Counts the labels of each dictionary column, and adds up each column of numbers.

    The numbers of a column of floats are also counted in bins, by the label that they belong to:
    see `subject_of`. So it counts whatever models and other steps have added, by its type.
    """

    needs: ClassVar[tuple[str, ...]] = ()

    def observe(self, reads: Reads, /) -> Records:
        """Counts records for each column, such as ``labels:host_label``."""
        labels, numbers = reads.view.once("labels and numbers", _labels_and_numbers)
        found: dict[str, Record] = {
            f"{LABELS}{name}": LabelCounts.of(reads.column(name)) for name in labels
        }
        for name in numbers:
            column = reads.column(name)
            found[f"{NUMBERS}{name}"] = Totals.of(column)
            if pa.types.is_floating(column.type):
                subject = subject_of(name, labels).labels
                label = None if subject is None else reads.column(subject)
                found[f"{SCORES}{name}"] = _by_label(column, label)
        return found

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The tables ``labels``, ``numbers`` and ``scores``.

        In ``labels`` a label that is null counts reads without one.
        """
        rows = {"labels": _labels(state), "numbers": _numbers(state), "scores": _scores(state)}
        return {
            name: table_of_rows(rows[name], pa.schema(columns))
            for name, columns in _SCHEMAS.items()
        }


def _labels_and_numbers(view: BatchView) -> tuple[list[str], list[str]]:
    """The columns of labels and those of numbers, by name."""
    schema = view.batch.schema
    labels = [each.name for each in schema if is_label(each)]
    return labels, [each.name for each in schema if is_number(each) and each.name != "mate"]


def coded(column: pa.DictionaryArray) -> tuple[NDArray[np.int64], list[str | None]]:
    """A column of labels as places in a list, -1 for null, (num_rows,), and the list."""
    indices = column.indices
    if indices.null_count:
        indices = indices.fill_null(-1) if pa.types.is_signed_integer(indices.type) else (
            indices.cast(pa.int64()).fill_null(-1)
        )  # fmt: skip
    labels = column.dictionary.to_pylist()
    codes = indices.to_numpy(zero_copy_only=False).astype(np.int64)
    absent = [place for place, label in enumerate(labels) if label is None]
    if absent:
        codes[np.isin(codes, absent)] = -1
    return codes, labels


def finite(column: pa.Array) -> tuple[NDArray[np.intp], NDArray[np.floating]]:
    """The rows of a column of floats that have a number, and these numbers."""
    values = column.to_numpy(zero_copy_only=False)  # nulls are NaN
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    rows = np.flatnonzero(~np.isnan(values))
    return rows, values[rows]


def _by_label(column: pa.Array, label: pa.DictionaryArray | None) -> ByLabel:
    rows, scores = finite(column)
    ones = np.ones((len(rows), 1), np.int64)
    keys = bins_of_scores(scores)
    if label is None:
        return ByLabel.of([""], np.zeros(len(rows), np.int64), keys, ones)
    codes, labels = coded(label)
    # The place -1, of null, is the last one.
    return ByLabel.of([each or "" for each in [*labels, ""]], codes[rows], keys, ones)


def records_of(state: State, prefix: str, kind: type[Any]) -> Iterator[tuple[str, str, Any]]:
    """Yields the group, the column and the record of each column of a kind."""
    for group, records in state.items():
        for name, record in records.items():
            if name.startswith(prefix) and isinstance(record, kind):
                yield group, name.removeprefix(prefix), record


def _labels(state: State) -> Iterator[dict[str, Any]]:
    for group, column, record in records_of(state, LABELS, LabelCounts):
        counts: list[tuple[str | None, int]] = list(record.counts.items())
        counts += [(OTHERS, record.others)] if record.others else []
        counts += [(None, record.nulls)] if record.nulls else []
        for label, reads in counts:
            yield {"group": group, "column": column, "label": label, "reads": reads}


def _numbers(state: State) -> Iterator[dict[str, Any]]:
    for group, column, record in records_of(state, NUMBERS, Totals):
        found = record.summary(column)
        yield {
            "group": group,
            "column": column,
            "minimum": found.minimum,
            "mean": found.mean,
            "maximum": found.maximum,
            "nulls": found.nulls,
        }


def _scores(state: State) -> Iterator[dict[str, Any]]:
    for group, column, record in records_of(state, SCORES, ByLabel):
        for label, (keys, values) in record.by_label.items():
            bounds = [each.tolist() for each in bounds_of_bins(keys)]
            for first, last, reads in zip(*bounds, values[:, 0].tolist(), strict=True):
                cells = {"label": label, "first_score": first, "last_score": last, "reads": reads}
                yield {"group": group, "column": column, **cells}
