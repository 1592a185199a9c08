"""What can be measured of a read, by name: the one list that steps, messages and docs read.

How each is computed is in `biometal_stream.operators.measures`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """One measure.

    Attributes:
        about: What it is.
        unit: Its unit: ``bases``, ``Phred``, ``errors``, ``share`` (from 0 to 1).
        reads: The column of text that it is measured of.
        function: Its function in `biometal_stream.operators.measures`.
        minimum: The least value that it can have.
        maximum: The greatest, ``None`` where it has none.
        dtype: The type of the column that ``measure`` adds; ``None`` where it adds none.
        nullable: Whether a read may have no value, which is null in a column.
    """

    about: str
    unit: str
    reads: str
    function: str
    minimum: float = 0
    maximum: float | None = None
    dtype: str | None = None
    nullable: bool = False


MEASURES: dict[str, Measured] = {
    "length": Measured("number of bases", "bases", "sequence", "lengths", dtype="int32"),
    "mean_quality": Measured(
        "Phred score of the mean error probability; null for an empty read",
        "Phred",
        "quality",
        "mean_quality",
        maximum=93,
        dtype="float32",
        nullable=True,
    ),
    "expected_errors": Measured(
        "sum of the error probabilities", "errors", "quality", "expected_errors", dtype="float32"
    ),
    "gc": Measured(
        "share of G and C among A, C, G, T and U; null where there are none",
        "share",
        "sequence",
        "gc",
        maximum=1,
        dtype="float32",
        nullable=True,
    ),
    "n_count": Measured("number of N", "bases", "sequence", "n_count", dtype="int32"),
    "arithmetic_mean_quality": Measured(
        "arithmetic mean of the Phred scores; null for an empty read",
        "Phred",
        "quality",
        "arithmetic_mean_quality",
        maximum=93,
        nullable=True,
    ),
    "complexity": Measured(
        "share of bases that differ from the next; null for a read of less than two bases",
        "share",
        "sequence",
        "complexity",
        maximum=1,
        nullable=True,
    ),
}
"""The measures by the names that conditions and columns have for them."""


def added_by(column: str) -> str | None:
    """The step that adds a column of this name, as it is typed; ``None`` where none does."""
    if column in MEASURES and MEASURES[column].dtype is not None:
        return "measure"
    for mark in ("_probability", "_label", "_score"):
        model, found, _ = column.partition(mark)
        if model and found:
            return f"predict {model}"
    return {"phred": "decode-quality", "features": "encode-reads"}.get(column)
