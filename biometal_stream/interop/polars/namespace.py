"""The column functions as expressions of Polars: ``pl.col("quality").reads.mean_quality()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from biometal_stream.extras import need
from biometal_stream.measured import MEASURES

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from biometal_stream.interop.functions import Column, ColumnFunction


class ReadsExpr:
    """The namespace ``reads`` of an expression.

    It has a method for each measure that is a function in other engines, generated from the
    measure's record, and the methods below. Each is computed chunk by chunk, in any thread, so it
    works in lazy frames and streams. Null gives null. The errors are those of
    `biometal_stream.interop.functions.ColumnFunction`.

    Args:
        expr: Text: qualities or bases.
    """

    def __init__(self, expr: pl.Expr) -> None:
        self._expr = expr

    def reverse_complement(self) -> pl.Expr:
        """The reverse complement of the bases."""
        return self._mapped("reverse_complement")

    def minimizers(self, k: int = 31, w: int = 15) -> pl.Expr:
        """The minimizers: the k-mers of least hash of w in a row.

        Args:
            k: The bases of a k-mer, an odd number up to 31.
            w: The k-mers of a window, an odd number.
        """
        return self._mapped("minimizers", k, w)

    def kmers(self, k: int = 31) -> pl.Expr:
        """The k-mers, as numbers; the same for both strands.

        Args:
            k: The bases of a k-mer, up to 32.
        """
        return self._mapped("kmers", k)

    def predict(self, model: str, quality: pl.Expr | str = "quality") -> pl.Expr:
        """The label that a model predicts for a read, given its bases as this expression.

        Args:
            model: A shipped model's name, the folder of a model, or an ONNX file.
            quality: The qualities, as an expression or a column's name.
        """
        return self._predicted("predict", model, quality)

    def predict_probability(self, model: str, quality: pl.Expr | str = "quality") -> pl.Expr:
        """The probability of the label that `predict` returns; arguments as for `predict`."""
        return self._predicted("predict_probability", model, quality)

    def predict_score(self, model: str, quality: pl.Expr | str = "quality") -> pl.Expr:
        """The score that a model predicts for a read; arguments as for `predict`."""
        return self._predicted("predict_score", model, quality)

    def _mapped(self, name: str, *numbers: int) -> pl.Expr:
        function = _function(name)

        def compute(column: pl.Series) -> pl.Series:
            return _series(column.name, function(column.to_arrow(), *numbers))

        return self._expr.map_batches(compute, _dtype(function), is_elementwise=True)

    def _predicted(self, name: str, model: str, quality: pl.Expr | str) -> pl.Expr:
        import polars as pl

        function = _function(name)

        def compute(reads: pl.Series) -> pl.Series:
            columns = (reads.struct.field(name).to_arrow() for name in ("sequence", "quality"))
            return _series(reads.name, function(model, *columns))

        quality = pl.col(quality) if isinstance(quality, str) else quality
        reads = pl.struct(self._expr.alias("sequence"), quality.alias("quality"))
        # As for other expressions of Polars, the result is named after the first column.
        name = self._expr.meta.output_name(raise_if_undetermined=False) or function.name
        return reads.map_batches(compute, _dtype(function), is_elementwise=True).alias(name)


def _function(name: str) -> ColumnFunction:
    from biometal_stream.interop.functions import BY_NAME

    return BY_NAME[name]


def _of_measure(name: str, sentence: str) -> Callable[[ReadsExpr], pl.Expr]:
    def method(self: ReadsExpr) -> pl.Expr:
        return self._mapped(name)

    method.__name__ = name
    method.__qualname__ = f"ReadsExpr.{name}"
    method.__doc__ = sentence
    return method


for _measure in MEASURES.values():
    if _measure.sql:
        setattr(ReadsExpr, _measure.sql, _of_measure(_measure.sql, _measure.sentence))


def _series(name: str, column: Column) -> pl.Series:
    import polars as pl

    return pl.Series(name, column)


def _dtype(function: ColumnFunction) -> pl.DataType:
    return _series("", pa.nulls(0, function.result)).dtype


def register() -> None:
    """Adds the namespace ``reads`` to the expressions of Polars.

    Raises:
        MissingExtraError: Polars is not installed, or too old.
    """
    need("polars", "polars", "interop.polars", at_least="1.31")
    from polars.api import register_expr_namespace

    register_expr_namespace("reads")(ReadsExpr)
