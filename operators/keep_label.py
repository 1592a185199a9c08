"""Keeps reads that a model gave a label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError, SchemaError
from biometal_stream.operators.base import ReadFilter
from biometal_stream.operators.labels import require_label
from biometal_stream.settings import argument, option

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView


@dataclass(frozen=True)
class KeepLabel(ReadFilter):
    """Keeps reads that a model gave a label, such as ``predict quality keep-label quality PASS``.

    A read without a label, which the model did not see, is dropped, as by `Where`. `DropLabel`
    is the opposite in all things but pairs: of a pair both mates must be kept.

    Attributes:
        model: What the columns of the prediction are called after.
        label: The label of the reads to keep.
        probability: The least probability of the label.
    """

    model: str = argument("The model, or what the columns of its predictions are called after.")
    label: str = argument("The label.")
    probability: float | None = option(
        "The least probability of the label; by default any.", default=None, minimum=0, maximum=1
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (self.model and self.label):
            raise ConfigurationError(f"{self.name}: name a model and a label")

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, which must have the columns of the prediction.

        Raises:
            SchemaError: One is missing or of another type.
            ConfigurationError: The model does not have the label.
        """
        import pyarrow as pa

        from biometal_stream.schemas.checks import is_text, require_columns
        from biometal_stream.schemas.predictions import label_column, probability_column

        column = label_column(self.model)
        require_columns(input_schema, (column,), self.name)
        kind = input_schema.field(column).type
        if not is_text(kind.value_type if pa.types.is_dictionary(kind) else kind):
            raise SchemaError(f"{self.name} needs labels in column '{column}', which is {kind}")
        require_label(input_schema, column, self.label, self.name)
        if self.probability is not None:
            column = probability_column(self.model)
            require_columns(input_schema, (column,), self.name)
            kind = input_schema.field(column).type
            if not pa.types.is_floating(kind):
                raise SchemaError(
                    f"{self.name} needs probabilities in column '{column}', which is {kind}"
                )
        return input_schema

    def columns_read(self, _input_schema: pa.Schema, /) -> frozenset[str]:
        """Tells the columns of the prediction."""
        from biometal_stream.schemas.predictions import label_column, probability_column

        label = label_column(self.model)
        if self.probability is None:
            return frozenset((label,))
        return frozenset((label, probability_column(self.model)))

    @property
    def drops(self) -> str:
        """Why a read is dropped, in words."""
        sure = "" if self.probability is None else f" with a probability of {self.probability:g}"
        return f"not labelled {self.label}{sure}"

    def keep(self, view: BatchView, /) -> NDArray[np.bool_]:
        """Compares the labels, and their probabilities in the precision that they are kept in."""
        return self._has_label(view)

    def _has_label(self, view: BatchView) -> NDArray[np.bool_]:
        import pyarrow as pa
        import pyarrow.compute as pc

        from biometal_stream.columns import without_views
        from biometal_stream.schemas.predictions import label_column, probability_column

        labels = view.column(label_column(self.model))
        if pa.types.is_dictionary(labels.type):
            # A few labels are compared, not every row.
            alike = pc.equal(without_views(labels.dictionary), self.label)
            chosen = pc.take(alike, labels.indices)
        else:
            chosen = pc.equal(without_views(labels), self.label)
        if self.probability is not None:
            probabilities = view.column(probability_column(self.model))
            least = pa.scalar(self.probability, probabilities.type)
            chosen = pc.and_kleene(chosen, pc.greater_equal(probabilities, least))
        kept: NDArray[np.bool_] = chosen.fill_null(False).to_numpy(zero_copy_only=False)
        return kept
