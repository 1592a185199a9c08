"""The functions of columns as expressions of Polars: ``pl.col("quality").reads.mean_quality()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from biometal_stream.extras import need

if TYPE_CHECKING:
    import polars as pl

    from biometal_stream.interop.functions import Column, ColumnFunction


class ReadsExpr:
    """What the namespace ``reads`` of an expression offers.

    Each is computed chunk by chunk, in any thread, so it works in lazy frames and streams. Null
    gives null. The errors are those of `biometal_stream.interop.functions.ColumnFunction`.

    Args:
        expr: Text: qualities or bases.
    """

    def __init__(self, expr: pl.Expr) -> None:
        self._expr = expr

    def mean_quality(self) -> pl.Expr:
        """The Phred score of the mean error probability of qualities; null for an empty read."""
        from biometal_stream.interop.functions import mean_quality

        return self._mapped(mean_quality)

    def arithmetic_mean_quality(self) -> pl.Expr:
        """The mean of the Phred scores of qualities; null for an empty read."""
        from biometal_stream.interop.functions import arithmetic_mean_quality

        return self._mapped(arithmetic_mean_quality)

    def expected_errors(self) -> pl.Expr:
        """The sum of the error probabilities of qualities."""
        from biometal_stream.interop.functions import expected_errors

        return self._mapped(expected_errors)

    def gc_fraction(self) -> pl.Expr:
        """The share of G and C among A, C, G, T and U of bases; null where there are none."""
        from biometal_stream.interop.functions import gc_fraction

        return self._mapped(gc_fraction)

    def n_count(self) -> pl.Expr:
        """The number of N among bases."""
        from biometal_stream.interop.functions import n_count

        return self._mapped(n_count)

    def complexity(self) -> pl.Expr:
        """The share of bases that differ from the next; null for a read of less than two."""
        from biometal_stream.interop.functions import complexity

        return self._mapped(complexity)

    def reverse_complement(self) -> pl.Expr:
        """The bases of the other strand, last base first."""
        from biometal_stream.interop.functions import reverse_complement

        return self._mapped(reverse_complement)

    def predict(self, model: str, quality: pl.Expr | str = "quality") -> pl.Expr:
        """The label that a model gives a read, whose bases this expression is.

        Args:
            model: A shipped model's name, the folder of a model, or an ONNX file.
            quality: The qualities, as an expression or a column's name.
        """
        from biometal_stream.interop.functions import predict

        return self._predicted(predict, model, quality)

    def predict_probability(self, model: str, quality: pl.Expr | str = "quality") -> pl.Expr:
        """The probability of the label that `predict` gives; arguments as there."""
        from biometal_stream.interop.functions import predict_probability

        return self._predicted(predict_probability, model, quality)

    def predict_score(self, model: str, quality: pl.Expr | str = "quality") -> pl.Expr:
        """The score that a model gives a read; arguments as for `predict`."""
        from biometal_stream.interop.functions import predict_score

        return self._predicted(predict_score, model, quality)

    def _mapped(self, function: ColumnFunction) -> pl.Expr:
        def compute(column: pl.Series) -> pl.Series:
            return _series(column.name, function(column.to_arrow()))

        return self._expr.map_batches(compute, _dtype(function), is_elementwise=True)

    def _predicted(self, function: ColumnFunction, model: str, quality: pl.Expr | str) -> pl.Expr:
        import polars as pl

        def compute(reads: pl.Series) -> pl.Series:
            columns = (reads.struct.field(name).to_arrow() for name in ("sequence", "quality"))
            return _series(reads.name, function(model, *columns))

        quality = pl.col(quality) if isinstance(quality, str) else quality
        reads = pl.struct(self._expr.alias("sequence"), quality.alias("quality"))
        # As of other expressions of Polars, the name is that of the first column.
        name = self._expr.meta.output_name(raise_if_undetermined=False) or function.name
        return reads.map_batches(compute, _dtype(function), is_elementwise=True).alias(name)


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
    need("polars", "polars", "embed.polars", at_least="1.31")
    from polars.api import register_expr_namespace

    register_expr_namespace("reads")(ReadsExpr)
