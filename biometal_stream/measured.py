"""The measures of a read: one record for each, which everything else uses.

From these records come the names in conditions, the columns of ``measure`` with their types, the
functions in other engines, the ranges for warnings, and the tables in the help and documentation.
The code that computes a measure is imported when it is used.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Measured(NamedTuple):
    """One measure.

    Attributes:
        name: Its name in conditions and columns.
        about: What it is, as part of a sentence.
        unit: Its unit: ``bases``, ``Phred``, ``errors``, ``share`` (from 0 to 1), ``score``.
        reads: The text column that it is computed from.
        function: What computes it, in `biometal_stream.operators.measures`: a function of a view
            that returns (num_rows,) numbers, NaN if a read has no value.
        null: Which reads have no value, as in "null for an empty read"; ``None`` if all have one.
        minimum: The smallest possible value.
        maximum: The largest possible value; ``None`` without a limit.
        whole: Whether it is a whole number.
        column: Whether ``measure`` adds it as a column by default.
        sql: Its name as a function in other engines; ``None`` if they have one already.
    """

    name: str
    about: str
    unit: str
    reads: str
    function: str
    null: str | None = None
    minimum: float = 0
    maximum: float | None = None
    whole: bool = False
    column: bool = False
    sql: str | None = None

    @property
    def column_type(self) -> str:
        """The type of its column, as Arrow names it."""
        return "int32" if self.whole else "float32"

    @property
    def function_type(self) -> str:
        """The type of its function in other engines, as Arrow names it."""
        return "int64" if self.whole else "double"

    @property
    def clause(self) -> str:
        """What it is and when it is null, for a table."""
        return self.about if self.null is None else f"{self.about}; null {self.null}"

    @property
    def sentence(self) -> str:
        """The same as a sentence."""
        return f"The {self.clause}."


MEASURES: dict[str, Measured] = {
    measure.name: measure
    for measure in (
        Measured(
            "length",
            "number of bases",
            "bases",
            "sequence",
            "lengths",
            whole=True,
            column=True,
        ),
        Measured(
            "mean_quality",
            "Phred score of the mean error probability",
            "Phred",
            "quality",
            "mean_quality",
            null="for an empty read",
            maximum=93,
            column=True,
            sql="mean_quality",
        ),
        Measured(
            "expected_errors",
            "sum of the error probabilities",
            "errors",
            "quality",
            "expected_errors",
            column=True,
            sql="expected_errors",
        ),
        Measured(
            "gc",
            "share of G and C among A, C, G, T and U",
            "share",
            "sequence",
            "gc",
            null="where there are none",
            maximum=1,
            column=True,
            sql="gc_fraction",
        ),
        Measured(
            "n_count",
            "number of N",
            "bases",
            "sequence",
            "n_count",
            whole=True,
            column=True,
            sql="n_count",
        ),
        Measured(
            "arithmetic_mean_quality",
            "arithmetic mean of the Phred scores",
            "Phred",
            "quality",
            "arithmetic_mean_quality",
            null="for an empty read",
            maximum=93,
            sql="arithmetic_mean_quality",
        ),
        Measured(
            "complexity",
            "share of bases that differ from the next",
            "share",
            "sequence",
            "complexity",
            null="for a read of fewer than two bases",
            maximum=1,
            sql="complexity",
        ),
        Measured(
            "median_quality",
            "median of the Phred scores",
            "Phred",
            "quality",
            "median_quality",
            null="for an empty read",
            maximum=93,
            sql="median_quality",
        ),
        Measured(
            "entropy",
            "Shannon entropy of the triplets of bases, as a share of the greatest possible",
            "share",
            "sequence",
            "entropy",
            null="for a read of fewer than six bases",
            maximum=1,
            sql="sequence_entropy",
        ),
        Measured(
            "dust",
            "DUST score, 0 for a random and 100 for a repeated base",
            "score",
            "sequence",
            "dust",
            null="for a read of fewer than six bases",
            maximum=100,
            sql="sequence_dust",
        ),
        *(
            Measured(
                f"{letter.lower()}_fraction",
                f"share of {what} among all bases",
                "share",
                "sequence",
                f"{letter.lower()}_fraction",
                null="for an empty read",
                maximum=1,
                sql=f"{letter.lower()}_fraction",
            )
            for letter, what in (("A", "A"), ("C", "C"), ("G", "G"), ("T", "T and U"), ("N", "N"))
        ),
    )
}
"""The measures by name."""

PAIR_MEASURES: dict[str, Measured] = {
    measure.name: measure
    for measure in (
        Measured(
            "insert_size",
            "number of bases of the insert, by the overlap of mates",
            "bases",
            "sequence",
            "insert_size",
            null="where mates do not overlap",
            whole=True,
        ),
        Measured(
            "overlap",
            "number of bases that both mates have read",
            "bases",
            "sequence",
            "overlap",
            null="for a read without its mate",
            whole=True,
        ),
        Measured(
            "overlap_mismatches",
            "number of these bases in which mates differ",
            "bases",
            "sequence",
            "overlap_mismatches",
            null="where mates do not overlap",
            whole=True,
        ),
    )
}
"""The measures of a pair by name: both mates have the same value. Only pairs have them."""

PAIR_COLUMNS = ("sequence", "quality", "mate")
"""The columns that these are computed from, by `biometal_stream.operators.pairs.measures`."""

COLUMNS = tuple(measure for measure in MEASURES.values() if measure.column)
"""The measures that ``measure`` adds as columns by default, in order."""


_MARK = "deplete --mark"

_ADDED = {
    "phred": "decode-quality",
    "features": "encode-reads",
    "minimizers": "minimizers",
    "minimizer_positions": "minimizers --positions",
    "kmers": "kmers",
    "index_label": _MARK,
}
"""The steps that add other columns, as typed."""


def added_by(column: str) -> str | None:
    """The step that adds a column of this name, as typed; ``None`` if there is not one."""
    if column in MEASURES:
        return "measure" if MEASURES[column].column else f"measure --columns {column}"
    if column in PAIR_MEASURES:
        return f"measure --columns {column}"
    if column in _ADDED:
        return _ADDED[column]
    if re.fullmatch(".+_(hits|minimizers)", column, re.DOTALL):
        return _MARK
    for mark in ("_probability", "_label", "_score"):
        model, found, _ = column.partition(mark)
        if model and found:
            return f"predict {model}"
    return None
