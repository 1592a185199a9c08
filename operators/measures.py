"""Measures of each read, computed once for all operators that use them.

Each function takes a view of a batch with string columns of any type and returns (num_rows,)
values. A read without a value has NaN, which becomes null in a column. All raise `DataError` if a
read is null or has a byte that is not a quality.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.columns import StringColumn
from biometal_stream.errors import DataError
from biometal_stream.measured import MEASURES, PAIR_MEASURES
from biometal_stream.operators.kernels import medians, quality, sequence, triplets

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

ROUNDING = 2.0 ** -(quality.SCALE + 1)
"""The greatest error in the error probability of one base."""

TOLERANCE = 1e-12
"""Relative. The limits of filters allow for this much rounding, so that a read with every base
exactly at a limit is kept."""


_OF_PAIRS = "biometal_stream.operators.pairs.measures"  # which needs measures of reads itself


def values(view: BatchView, name: str) -> NDArray[Any]:
    """Computes the measure with this name for each read: (num_rows,), NaN for no value."""
    function: Callable[[BatchView], NDArray[Any]]
    if name in PAIR_MEASURES:
        function = getattr(import_module(_OF_PAIRS), PAIR_MEASURES[name].function)
    else:
        function = globals()[MEASURES[name].function]
    return function(view)


def measured(view: BatchView, name: str, kind: pa.DataType | None = None) -> pa.Array:
    """Returns a measure as a column, with nulls for NaN.

    Args:
        view: The batch.
        name: The measure.
        kind: The column's type; by default ``int64`` or ``double``.
    """
    import pyarrow as pa

    found = values(view, name)
    if kind is not None and pa.types.is_float32(kind):
        found = found.astype(np.float32)
    array = pa.array(found, from_pandas=True)
    return array if kind is None else array.cast(kind)


def lengths(view: BatchView, column: str = "sequence") -> NDArray[np.int64]:
    """The number of bases, or of bytes in another string column."""
    return view.once(("lengths", column), lambda _: view.text(column).lengths)


def expected_errors(view: BatchView) -> NDArray[np.float64]:
    """The sum of the error probabilities of the bases, 0 for an empty read.

    Edgar and Flyvbjerg, Bioinformatics 31 (2015), 3476-3482. The error for each base is at most
    `ROUNDING`, and the sum is the same, bit for bit, on every machine.
    """
    return view.once("expected errors", lambda _: _expected_errors(view.text("quality")))


def mean_quality(view: BatchView) -> NDArray[np.float64]:
    """The Phred score of the mean error probability; NaN for an empty read.

    Rounded to 9 decimal places, so that a read in which every base has Phred score 20 has exactly
    20.
    """
    return view.once("mean quality", lambda _: _mean_quality(view))


def arithmetic_mean_quality(view: BatchView) -> NDArray[np.float64]:
    """The mean of the Phred scores; NaN for an empty read."""
    return view.once("arithmetic mean quality", lambda _: _arithmetic_mean_quality(view))


def require_qualities(view: BatchView) -> None:
    """Checks that each byte of ``quality`` is a quality.

    Raises:
        DataError: A read is null, or has a byte that is not a quality.
    """
    view.once("qualities", _require_qualities)


def low_quality(view: BatchView, phred: int) -> NDArray[np.int64]:
    """The number of bases whose Phred score is below a limit, 0 to 93."""
    return view.once(
        ("low quality", phred),
        lambda _: _checked(
            view.text("quality"),
            np.int64,
            lambda column, out: quality.count_below(
                column.starts, column.stops, column.data, np.uint8(phred), out
            ),
        ),
    )


def median_quality(view: BatchView) -> NDArray[np.float64]:
    """The median of the Phred scores, the mean of both middle ones; NaN for an empty read."""
    return view.once(
        "median quality",
        lambda _: _checked(
            view.text("quality"),
            np.float64,
            lambda column, out: medians.find_medians(
                column.starts, column.stops, column.data, np.zeros(medians.BYTES, np.int64), out
            ),
        ),
    )


def gc(view: BatchView) -> NDArray[np.float64]:
    """The share of G and C among A, C, G, T and U in any case; NaN if there are none."""
    return view.once("gc", lambda _: _gc(view.text("sequence")))


def n_count(view: BatchView) -> NDArray[np.int64]:
    """The number of N, in either case."""
    return _letters(view, "N")


def a_fraction(view: BatchView) -> NDArray[np.float64]:
    """The share of A among all bases, in either case, as of the other bases; NaN for none."""
    return _fraction(view, "A")


def c_fraction(view: BatchView) -> NDArray[np.float64]:
    """The share of C."""
    return _fraction(view, "C")


def g_fraction(view: BatchView) -> NDArray[np.float64]:
    """The share of G."""
    return _fraction(view, "G")


def t_fraction(view: BatchView) -> NDArray[np.float64]:
    """The share of T and U."""
    return _fraction(view, "T")


def n_fraction(view: BatchView) -> NDArray[np.float64]:
    """The share of N."""
    return _fraction(view, "N")


def entropy(view: BatchView) -> NDArray[np.float64]:
    """The Shannon entropy of triplets, 0 to 1; NaN for a read of fewer than six bases.

    As in PRINSEQ: `biometal_stream.operators.kernels.triplets`.
    """
    return view.once("triplets", _triplets)[:, 0]


def dust(view: BatchView) -> NDArray[np.float64]:
    """The DUST score, 0 to 100; NaN for a read of fewer than six bases.

    As in PRINSEQ: `biometal_stream.operators.kernels.triplets`.
    """
    return view.once("triplets", _triplets)[:, 1]


def complexity(view: BatchView) -> NDArray[np.float64]:
    """The share of bases that differ from the next; NaN for a read of fewer than two bases.

    As in fastp: Chen et al., Bioinformatics 34 (2018), i884-i890. The last base does not count,
    because it has no next base.
    """
    return view.once("complexity", lambda _: _complexity(view))


def changes(view: BatchView) -> NDArray[np.int64]:
    """The number of bases that differ from the next."""
    return view.once("changes", lambda _: _changes(view.text("sequence")))


def _share(part: NDArray[Any], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """The part divided by the whole; NaN if both are 0."""
    with np.errstate(invalid="ignore"):
        return part / whole


def _checked(
    column: StringColumn,
    kind: type[np.generic],
    kernel: Callable[[StringColumn, NDArray], bool],  # type: ignore[type-arg]
) -> NDArray:  # type: ignore[type-arg]
    """Runs a kernel over qualities, and raises an error that locates a byte that is not one."""
    out = np.empty(column.num_rows, kind)
    if not kernel(column, out):
        raise outside(column)
    return out


def outside(column: StringColumn) -> DataError:
    """The error for a column with a byte that is not a quality."""
    for first, last in zip(column.starts, column.stops, strict=True):
        index = int(quality.find_outside(column.data, np.uint64(first), np.uint64(last)))
        if index < last:
            break
    return DataError(
        f"column '{column.name}' has byte {int(column.data[index]):#04x} in row"
        f" {column.row_of(index)} of the batch; qualities are Phred+33 text, '!' to '~'"
    )


def _require_qualities(view: BatchView) -> None:
    column = view.text("quality")
    if not quality.are_qualities(column.starts, column.stops, column.data):
        raise outside(column)


@cache
def _pairs() -> NDArray[np.uint64]:
    return quality.error_probabilities_of_pairs()


def _expected_errors(column: StringColumn) -> NDArray[np.float64]:
    pairs = _pairs()
    return _checked(
        column,
        np.float64,
        lambda column, out: quality.sum_error_probabilities(
            column.starts, column.stops, column.data, pairs, out
        ),
    )


def _mean_quality(view: BatchView) -> NDArray[np.float64]:
    mean = _share(expected_errors(view), lengths(view, "quality"))
    # Adding 0 turns -0.0, from a mean error probability of 1, into 0.0.
    return np.round(-10.0 * np.log10(mean), 9) + 0.0


def _arithmetic_mean_quality(view: BatchView) -> NDArray[np.float64]:
    sums = _checked(
        view.text("quality"),
        np.uint64,
        lambda column, out: quality.sum_phred(column.starts, column.stops, column.data, out),
    )
    return _share(sums, lengths(view, "quality"))


def _gc(column: StringColumn) -> NDArray[np.float64]:
    strong = np.empty(column.num_rows, np.int64)
    known = np.empty(column.num_rows, np.int64)
    sequence.count_bases(column.starts, column.stops, column.data, strong, known)
    return _share(strong, known)


def _letters(view: BatchView, letter: str) -> NDArray[np.int64]:
    return view.once(("letters", letter), lambda _: _count_letter(view.text("sequence"), letter))


def _count_letter(column: StringColumn, letter: str) -> NDArray[np.int64]:
    counts = np.empty(column.num_rows, np.int64)
    bits = sequence.T_OR_U if letter == "T" else sequence.ANY_CASE
    sequence.count_letter(
        column.starts, column.stops, column.data, bits, np.uint8(ord(letter)), counts
    )
    return counts


def _fraction(view: BatchView, letter: str) -> NDArray[np.float64]:
    return _share(_letters(view, letter), lengths(view))


def _triplets(view: BatchView) -> NDArray[np.float64]:
    """The entropy and the DUST score of each read: (num_rows, 2)."""
    column = view.text("sequence")
    found = np.empty(2 * column.num_rows, np.float64)
    tables = triplets.codes(), triplets.weights(), triplets.logarithms()
    counts = np.zeros(triplets.KINDS, np.int64)
    triplets.measure_triplets(column.starts, column.stops, column.data, *tables, counts, found)
    return found.reshape(-1, 2)


def _complexity(view: BatchView) -> NDArray[np.float64]:
    return _share(changes(view), np.maximum(lengths(view) - 1, 0))


def _changes(column: StringColumn) -> NDArray[np.int64]:
    counts = np.empty(column.num_rows, np.int64)
    sequence.count_changes(column.starts, column.stops, column.data, counts)
    return counts
