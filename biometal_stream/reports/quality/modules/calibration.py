"""How often predictions are right, by label and score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from biometal_stream.reports.quality.arrow import table_of_rows
from biometal_stream.reports.quality.modules.columns import coded, finite, records_of
from biometal_stream.reports.quality.scores import subject_of
from biometal_stream.reports.records.by_label import ByLabel
from biometal_stream.schemas.checks import is_label

if TYPE_CHECKING:
    from biometal_stream.reports.quality.reads import Reads
    from biometal_stream.reports.quality.scores import Subject
    from biometal_stream.reports.records.base import Records, State

CALIBRATION = "calibration:"
"""What names of records begin with; the name of the column of scores follows."""

BINS = 10
"""Bins of scores from 0 to 1."""

_UNIT = 1 << 30
_READS, _CORRECT, _SCORES = range(3)
_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("group", "column", "label")),
        *((name, pa.float64()) for name in ("first_score", "last_score", "mean_score", "correct")),
        ("reads", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Calibration:
    """Compares predicted labels with the true ones.

    Attributes:
        truth: The column of true labels; ``None`` to count nothing.
    """

    needs: ClassVar[tuple[str, ...]] = ()

    truth: str | None = None

    def observe(self, reads: Reads, /) -> Records:
        """Counts records such as ``calibration:host_probability``, for each score of a label.

        By label and bin they have reads, reads whose label is right, and the sum of their scores,
        each rounded to a multiple of 2^-30: (3,). Scores below 0 or above 1 are not counted, nor
        are reads without a label, a score or a true label.
        """
        schema = reads.view.batch.schema
        if self.truth is None or self.truth not in schema.names:
            return {}
        labels = [each.name for each in schema if is_label(each) and each.name != self.truth]
        truth = reads.column(self.truth)
        found = {}
        for each in schema:
            if pa.types.is_floating(each.type):
                subject = subject_of(each.name, labels)
                if subject.labels is not None:
                    column, label = reads.column(each.name), reads.column(subject.labels)
                    found[f"{CALIBRATION}{each.name}"] = _compared(column, label, truth, subject)
        return found

    def tables(self, state: State, /) -> Mapping[str, pa.Table]:
        """The table ``calibration``: ``correct`` is the share of reads whose label is right."""
        return {"calibration": table_of_rows(_rows(state), _SCHEMA)}


def _compared(
    column: pa.Array, label: pa.DictionaryArray, truth: pa.Array, subject: Subject
) -> ByLabel:
    rows, scores = finite(column)
    truth = truth if pa.types.is_dictionary(truth.type) else truth.dictionary_encode()
    (codes, labels), (true, true_labels) = coded(label), coded(truth)
    known = (codes[rows] >= 0) & (true[rows] >= 0) & (scores >= 0) & (scores <= 1)
    rows, scores = rows[known], scores[known].astype(np.float64)
    codes, true = codes[rows], true[rows]
    names = [each or "" for each in labels]
    if subject.label is not None:  # the probability of one label, whichever is the read's own
        names, codes = [subject.label], 0 * codes
    number_of = {name: number for number, name in enumerate(dict.fromkeys([*names, *true_labels]))}
    predicted = np.array([number_of[each] for each in names], np.int64)
    actual = np.array([number_of[each] for each in true_labels], np.int64)
    correct = predicted[codes] == actual[true] if len(rows) else np.zeros(0, np.bool_)
    bins = np.minimum((scores * BINS).astype(np.int64), BINS - 1)
    sums = np.rint(scores * _UNIT).astype(np.int64)
    values = np.stack([np.ones_like(bins), correct.astype(np.int64), sums], 1)
    return ByLabel.of(names, codes, bins, values)


def _rows(state: State) -> Iterator[dict[str, Any]]:
    for group, column, record in records_of(state, CALIBRATION, ByLabel):
        for label, (keys, values) in record.by_label.items():
            for key, counts in zip(keys.tolist(), values.tolist(), strict=True):
                reads = counts[_READS]
                yield {
                    "group": group,
                    "column": column,
                    "label": label,
                    "first_score": key / BINS,
                    "last_score": (key + 1) / BINS,
                    "mean_score": counts[_SCORES] / _UNIT / reads,
                    "correct": counts[_CORRECT] / reads,
                    "reads": reads,
                }
