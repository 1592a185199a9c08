"""The column functions of all engines' adapters, defined once.

A function takes text columns and returns a column. It is computed by the same kernels as the
operators' columns, a whole array at a time. As usual in SQL, it returns null for null, since an
engine may call it with rows that another condition drops.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from biometal_stream.columns import without_views
from biometal_stream.errors import DataError, ModelError, SchemaError
from biometal_stream.indexes.lists import list_array
from biometal_stream.indexes.minimizers import kmers_of, minimizers_of
from biometal_stream.indexes.scheme import Scheme
from biometal_stream.measured import MEASURES, Measured
from biometal_stream.operators.measures import expected_errors, measured
from biometal_stream.operators.predict import Predict
from biometal_stream.operators.reverse_complement import reversed_complement
from biometal_stream.schemas.checks import is_text
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    from numpy.typing import NDArray

Column: TypeAlias = pa.Array | pa.ChunkedArray


@dataclass(frozen=True)
class ColumnFunction:
    """A function of columns. Immutable, picklable and thread-safe.

    Attributes:
        name: Its name in every engine, such as ``mean_quality``.
        parameters: Its parameters, in order: ``model``, ``sequence``, ``quality`` are text, ``k``
            and ``w`` whole numbers.
        result: The type of its result. A text result is ``large_string`` if the arguments are
            ``large_string`` or ``string_view``.
        summary: Its description, in one sentence.
        compute: Computes it from its columns, named like its parameters.
    """

    name: str
    parameters: tuple[str, ...]
    result: pa.DataType
    summary: str
    compute: Callable[..., pa.Array]

    @property
    def types(self) -> tuple[pa.DataType, ...]:
        """The types of its parameters: ``string`` or ``int64``."""
        return tuple(pa.int64() if each in _WHOLE else pa.string() for each in self.parameters)

    def __call__(self, *arguments: Column | str | int) -> Column:
        """Computes the function of each row; null if an argument is null.

        Args:
            arguments: The columns, all of the same length: ``string``, ``large_string``,
                ``string_view``, or a dictionary of these. A model may be its plain name, and ``k``
                and ``w`` plain numbers.

        Returns:
            An array of the same length; chunked if an argument is.

        Raises:
            SchemaError: The number of arguments is wrong, or one is not text, or not a number.
            DataError: The columns differ in length, a read has an invalid byte, or its numbers of
                qualities and bases differ; or there are several models, or several numbers.
            ModelError: The model is missing, broken, or of another kind.
            ConfigurationError: The model's name is empty, or a number is out of range.
            PredictionError: The model failed.
        """
        columns = self._columns(arguments)
        if any(isinstance(column, pa.ChunkedArray) for column in columns):
            table = pa.table(columns, names=self.parameters)
            chunks = [self._of(batch) for batch in table.to_batches()]
            return pa.chunked_array(chunks, chunks[0].type if chunks else self.result)
        return self._of(pa.record_batch(columns, names=self.parameters))

    def _columns(self, arguments: tuple[Column | str | int, ...]) -> list[Column]:
        """The arguments as columns of text or numbers, of the same length."""
        if len(arguments) != len(self.parameters):
            takes = ", ".join(self.parameters)
            raise SchemaError(f"{self.name} takes {takes}, not {len(arguments)} columns")
        kinds = (pa.Array, pa.ChunkedArray)
        lengths = {len(column) for column in arguments if isinstance(column, kinds)}
        if len(lengths) != 1:
            counts = ", ".join(str(length) for length in sorted(lengths))
            raise DataError(
                f"{self.name} needs columns of the same length; they have {counts} rows"
            )
        rows = lengths.pop()
        columns = [
            column if isinstance(column, kinds) else pa.repeat(column, rows) for column in arguments
        ]
        return [
            self._whole(parameter, column) if parameter in _WHOLE else self._text(parameter, column)
            for parameter, column in zip(self.parameters, columns, strict=True)
        ]

    def _text(self, parameter: str, column: Column) -> Column:
        """A text column in a type that all of Arrow's functions support."""
        kind = column.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if pa.types.is_null(kind):
            return column.cast(pa.string())
        if not is_text(kind):
            raise SchemaError(f"{self.name} needs text as its {parameter}, not {column.type}")
        return without_views(column if kind == column.type else column.cast(kind))

    def _whole(self, parameter: str, column: Column) -> Column:
        if not (pa.types.is_integer(column.type) or pa.types.is_null(column.type)):
            raise SchemaError(
                f"{self.name} needs a whole number as its {parameter}, not {column.type}"
            )
        return column.cast(pa.int64())

    def _of(self, batch: pa.RecordBatch) -> pa.Array:
        if not any(column.null_count for column in batch.columns):
            return self._of_rows(BatchView(batch), None)
        valid = np.logical_and.reduce(
            [column.is_valid().to_numpy(zero_copy_only=False) for column in batch.columns]
        )
        # Empty reads, and 0, instead of nulls keep the row numbers, which errors mention.
        filled = [pc.if_else(pa.array(valid), column, _empty(column)) for column in batch.columns]
        return self._of_rows(BatchView(pa.record_batch(filled, names=batch.schema.names)), valid)

    def _of_rows(self, view: BatchView, valid: NDArray[np.bool_] | None) -> pa.Array:
        """Computes rows without nulls, then restores the nulls."""
        values = self.compute(view)
        return values if valid is None else pc.if_else(pa.array(valid), values, None)


_WHOLE = frozenset({"k", "w"})


def _empty(column: pa.Array) -> pa.Scalar:
    return pa.scalar(0 if pa.types.is_integer(column.type) else "", column.type)


@dataclass(frozen=True)
class ModelFunction(ColumnFunction):
    """A function of a model's prediction for each read.

    The first call in a process that names a model opens it, and it stays open for later calls. Its
    name is a constant, which some engines pass as a column: all rows must agree.

    ``compute`` gets the rows that the model has seen, with its predictions as columns.
    """

    def _of_rows(self, view: BatchView, valid: NDArray[np.bool_] | None) -> pa.Array:
        """Runs the model on the rows that are not null."""
        view.require_equal_lengths()
        expected_errors(view)  # finds invalid qualities, by the number of the row
        rows = np.arange(view.batch.num_rows) if valid is None else np.flatnonzero(valid)
        if not len(rows):
            return pa.nulls(view.batch.num_rows, self.result)
        batch = view.batch if valid is None else view.batch.take(pa.array(rows))
        predicted = Predict(self._model(batch))(batch.drop_columns(["model"]))
        values = self.compute(BatchView(predicted))
        if valid is None:
            return values
        places = np.zeros(len(valid), np.int64)
        places[rows] = np.arange(len(rows))
        return values.take(pa.array(places, mask=~valid))

    def _model(self, batch: pa.RecordBatch) -> str:
        names: list[str] = pc.unique(batch.column("model")).to_pylist()
        if len(names) > 1:
            raise DataError(
                f"{self.name} takes one model for all rows, not both '{names[0]}' and '{names[1]}'"
            )
        return names[0]


@dataclass(frozen=True)
class KmerFunction(ColumnFunction):
    """A function of the k-mers of a sequence.

    The numbers are constants, which some engines pass as columns: all rows must agree.

    ``compute`` gets the sequences, and then the numbers.
    """

    def _of_rows(self, view: BatchView, valid: NDArray[np.bool_] | None) -> pa.Array:
        rows = view.batch.num_rows
        if not (rows if valid is None else valid.any()):
            return pa.nulls(rows, self.result)
        numbers = [self._number(view, name, valid) for name in self.parameters[1:]]
        values = self.compute(view, *numbers)
        return values if valid is None else pc.if_else(pa.array(valid), values, None)

    def _number(self, view: BatchView, name: str, valid: NDArray[np.bool_] | None) -> int:
        column = view.batch.column(name).to_numpy()
        found = np.unique(column if valid is None else column[valid]).tolist()
        if len(found) > 1:
            raise DataError(
                f"{self.name} takes one {name} for all rows, not both {found[0]} and {found[1]}"
            )
        return int(found[0])


@dataclass(frozen=True)
class _Compute:
    """Computes a measure; null if a read has no value."""

    measure: str

    def __call__(self, view: BatchView) -> pa.Array:
        return measured(view, self.measure)


def _of_measure(measure: Measured, name: str) -> ColumnFunction:
    return ColumnFunction(
        name,
        (measure.reads,),
        pa.type_for_alias(measure.function_type),
        measure.sentence,
        _Compute(measure.name),
    )


def _label(predictions: BatchView) -> pa.Array:
    return _said(predictions, 0, scored=False).cast(pa.string())


def _probability(predictions: BatchView) -> pa.Array:
    return _said(predictions, 1, scored=False)


def _score(predictions: BatchView) -> pa.Array:
    return _said(predictions, 0, scored=True)


def _said(predictions: BatchView, index: int, *, scored: bool) -> pa.Array:
    """A column that a model added after the two that it read.

    Raises:
        ModelError: The model returns labels but a score is requested, or vice versa.
    """
    model, _, kind = predictions.batch.schema.names[2].rpartition("_")
    if scored != (kind == "score"):
        gives, functions = ("labels", "predict and predict_probability")
        if not scored:
            gives, functions = ("a score", "predict_score")
        raise ModelError(f"the model '{model}' returns {gives}; use {functions}")
    return predictions.batch.column(2 + index)


def _minimizers(view: BatchView, k: int, w: int) -> pa.Array:
    found = minimizers_of(view.text("sequence"), Scheme(k, w))
    return list_array(found.values, found.offsets).cast(_KMERS)


def _kmers(view: BatchView, k: int) -> pa.Array:
    found = kmers_of(view.text("sequence"), k)
    return list_array(found.values, found.offsets).cast(_KMERS)


_KMERS = pa.list_(pa.uint64())

minimizers = KmerFunction(
    "minimizers",
    ("sequence", "k", "w"),
    _KMERS,
    "The minimizers: the k-mers of least hash of w in a row.",
    _minimizers,
)
kmers = KmerFunction(
    "kmers",
    ("sequence", "k"),
    _KMERS,
    "The k-mers, as numbers; the same for both strands.",
    _kmers,
)
reverse_complement = ColumnFunction(
    "reverse_complement",
    ("sequence",),
    pa.string(),
    "The reverse complement of the bases.",
    reversed_complement,
)
predict = ModelFunction(
    "predict",
    ("model", "sequence", "quality"),
    pa.string(),
    "The label that a model predicts for a read.",
    _label,
)
predict_probability = ModelFunction(
    "predict_probability",
    ("model", "sequence", "quality"),
    pa.float32(),
    "The probability of the label that a model predicts for a read.",
    _probability,
)
predict_score = ModelFunction(
    "predict_score",
    ("model", "sequence", "quality"),
    pa.float32(),
    "The score that a model predicts for a read.",
    _score,
)

FUNCTIONS = (
    *(_of_measure(measure, measure.sql) for measure in MEASURES.values() if measure.sql),
    reverse_complement,
    kmers,
    minimizers,
    predict,
    predict_probability,
    predict_score,
)
"""All functions: one for each measure that other engines cannot compute, and those above."""

BY_NAME = {function.name: function for function in FUNCTIONS}
"""The same, by name."""
