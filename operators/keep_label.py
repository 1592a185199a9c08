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
    """Keeps reads that have a label, such as ``predict quality keep-label quality PASS``.

    Models give labels, and so do indexes: ``deplete h.idx phix --mark keep-label index phix``.

    A read without a label, because the model did not see it or it matches no index, is dropped, as
    by `Where`. Both mates of a pair must have the label to be kept. For single reads `DropLabel` is
    the opposite, except that it keeps reads without a label.

    Attributes:
        model: The model, or the name that the columns of its predictions begin with.
        label: The label of the reads to keep.
        probability: The least probability of the label.
    """

    model: str = argument("The model, or the name that the columns of its predictions begin with.")
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
            SchemaError: A column is missing or has the wrong type.
            ConfigurationError: The model does not have the label.
        """
        import pyarrow as pa

        from biometal_stream.schemas.checks import require_columns, require_labels
        from biometal_stream.schemas.predictions import label_column, probability_column

        column = label_column(self.model)
        require_labels(input_schema, column, self.name)
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
        """The columns of the prediction."""
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
        """Compares labels, and probabilities in the precision of their column."""
        return self._has_label(view)

    def _has_label(self, view: BatchView) -> NDArray[np.bool_]:
        import pyarrow as pa
        import pyarrow.compute as pc

        from biometal_stream.columns import without_views
        from biometal_stream.schemas.predictions import label_column, probability_column

        labels = view.column(label_column(self.model))
        if pa.types.is_dictionary(labels.type):
            # Compares a few labels instead of every row.
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
