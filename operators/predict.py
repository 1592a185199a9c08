"""Runs a model on each read."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from biometal_stream.attended import GRACE, attended
from biometal_stream.errors import ConfigurationError
from biometal_stream.models.predictor import Calls
from biometal_stream.operators.base import NamedOperator
from biometal_stream.operators.expressions import condition, parse
from biometal_stream.settings import Names, argument, option, settle_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.interfaces import Operator
    from biometal_stream.models.card import Card
    from biometal_stream.models.library import Model
    from biometal_stream.models.predictor import Predictor
    from biometal_stream.models.runner import Runner
    from biometal_stream.reports.records.labels import LabelTally
    from biometal_stream.view import BatchView

_PROVIDERS = ("auto", "cpu", "coreml", "cuda", "openvino")
_OUTPUTS = ("logit", "logits", "probability", "probabilities", "score")


@dataclass(frozen=True)
class Predict(NamedOperator):
    """Runs a model on each read, and adds its predictions as columns.

    A model that classifies adds its label and the probability of that label; one that scores adds
    its score:

    ========================== ================== =============================================
    column                     type               what
    ========================== ================== =============================================
    MODEL_label                dictionary of text the label
    MODEL_probability          float32            the probability of that label
    MODEL_probability_LABEL    float32            the probability of each, with --probabilities
    MODEL_score                float32            the score, instead of these
    ========================== ================== =============================================

    With two labels, the second is given if its probability reaches the threshold; with more, the
    most probable. All columns are null for a read that `where` excludes, and for a read that is
    shorter than the model's card allows.

    Attributes:
        model: A shipped model's name, the folder of a model, or an ONNX file.
        where: The condition for reads that the model sees, as for `Where`; by default all.
        threshold: The least probability of the second of two labels; by default the card's.
        column: The name that the new columns begin with, instead of the model's.
        probabilities: Whether to add the probability of each label.
        provider: What runs the model. ``auto`` is the fastest that is available.
        precision: Which file of the model: ``auto`` is ``fp32``.
        rows: The number of reads in a call of the model; by default what suits its provider.
        max_memory: The MiB that concurrent calls of the model may use, besides its weights.
        encoding: How an ONNX file without a card takes reads: a layout, and after a colon the
            settings that differ from its defaults, as in ``kmers/1:k=6,length=100,dtype=int32``.
        labels: The labels of such a file, in the order of its outputs.
        output: What such a file returns.
    """

    model: str = argument("A shipped model's name, the folder of a model, or an ONNX file.")
    where: str | None = option(
        "The condition for reads that the model sees, as for where.", default=None
    )
    threshold: float | None = option(
        "The least probability of the second of two labels; by default the card's.",
        default=None,
        minimum=0,
        maximum=1,
    )
    column: str | None = option(
        "The name that the new columns begin with, instead of the model's.", default=None
    )
    probabilities: bool = option("Whether to add the probability of each label.", default=False)
    provider: str = option("What runs the model.", default="auto", choices=_PROVIDERS)
    precision: str = option(
        "Which file of the model, such as fp32 or int8; auto is fp32.", default="auto"
    )
    rows: int | None = option(
        "The number of reads in a call of the model; by default what suits its provider.",
        default=None,
        minimum=1,
        maximum=1 << 20,
    )
    max_memory: int = option(
        "The memory that concurrent calls of the model may use, besides its weights.",
        default=512,
        minimum=16,
        maximum=1 << 20,
        unit="MiB",
    )
    encoding: str | None = option(
        "How an ONNX file without a card takes reads: a layout such as sequence-quality-300/1,"
        " or with settings that differ from its defaults kmers/1:k=6,length=100.",
        default=None,
    )
    labels: Names = option(
        "A label of an ONNX file without a card, in the order of its outputs.", default=()
    )
    output: str | None = option(
        "What an ONNX file without a card returns.", default=None, choices=_OUTPUTS
    )

    def __post_init__(self) -> None:
        settle_names(self, "labels")
        super().__post_init__()
        if not self.model:
            raise ConfigurationError(f"{self.name}: name a model")
        if self.column is not None and not self.column:
            raise ConfigurationError(f"{self.name}: the new columns need a name")
        if self.where is not None:
            condition(self.where)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The model, if it is an ONNX file."""
        return (self.model,) if self.model.lower().endswith(".onnx") else ()

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input and the new columns.

        Raises:
            SchemaError: A column that the model or the condition reads is missing or has the
                wrong type, or a new column exists.
            ModelError: The model is missing or broken, or does not fit the settings.
        """
        return self._output_schema(input_schema, self._find().card)

    def pushdown(
        self, columns: frozenset[str], input_schema: pa.Schema, /
    ) -> tuple[Operator | None, frozenset[str]]:
        """Does nothing if none of the new columns is used."""
        card = self._find().card
        added = frozenset(field.name for field in self._fields(card))
        if not columns & added:
            return None, columns
        needed = columns - added | frozenset(card.encoding.columns)
        if self.where is not None:
            needed |= parse(self.where).columns(input_schema)
        return self, needed

    @property
    def observation(self) -> LabelTally | None:
        """Counts the labels of a run, for ``Report.results``; ``None`` if it has no labels."""
        from biometal_stream.reports.records.labels import LabelTally
        from biometal_stream.schemas.predictions import label_column

        card = self._find().card
        return LabelTally(label_column(self.column or card.name)) if card.labels else None

    @contextmanager
    def open(self) -> Iterator[Prediction]:
        """Loads the model; yields the function for batches, which any number of threads may call.

        Raises:
            ModelError: The model is missing or broken, or does not fit the settings.
        """
        with closing(self._load()) as prediction:
            yield prediction

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Adds the predictions of the model for each read.

        The first call opens the model, and it stays open for later ones.

        Raises:
            DataError: A read is null, has a byte that is not a quality, or has a different number
                of bases and qualities.
            PredictionError: The model failed, or returned a value that is not a number.
        """
        with _opening:
            prediction = _opened(self)
        return prediction(batch)

    def cached(self) -> Prediction:
        """Returns what `open` would yield, opened once for all runs of this process.

        Raises:
            ModelError: The model is missing or broken, or does not fit the settings.
        """
        with _opening:
            return _opened(self).for_another()

    def _load(self) -> Prediction:
        from biometal_stream.models.runner import Runner
        from biometal_stream.models.sessions import open_predictor

        model = self._find()
        predictor = open_predictor(
            model,
            provider=self.provider,
            precision=self.precision,
            rows=self.rows,
            memory=self.max_memory << 20,
        )
        return Prediction(self, model.card, predictor, Runner(model.card, predictor))

    def _find(self) -> Model:
        from biometal_stream.models.encodings.notation import parse_encoding
        from biometal_stream.models.library import find_model

        encoding = None if self.encoding is None else parse_encoding(self.encoding)
        model = find_model(self.model, encoding=encoding, labels=self.labels, output=self.output)
        if self.threshold is not None and model.card.output not in {"logit", "probability"}:
            raise ConfigurationError(
                f"{self.name}: a threshold applies to a model that gives the probability of one of"
                f" two labels; '{model.card.name}' gives {model.card.output}"
            )
        if self.probabilities and not model.card.labels:
            raise ConfigurationError(
                f"{self.name}: '{model.card.name}' gives a score, not probabilities"
            )
        return model

    def _output_schema(self, schema: pa.Schema, card: Card) -> pa.Schema:
        import pyarrow as pa

        from biometal_stream.schemas.checks import require_absent, require_text

        require_text(schema, card.encoding.columns, self.name)
        fields = self._fields(card)
        require_absent(schema, tuple(field.name for field in fields), self.name)
        if self.where is not None:
            parse(self.where).check(schema)
        return pa.schema([*schema, *fields], metadata=schema.metadata)

    def _fields(self, card: Card) -> list[pa.Field]:
        from biometal_stream.schemas.predictions import prediction_fields

        return prediction_fields(self.column or card.name, card.labels, every=self.probabilities)


class Prediction:
    """The function of `Predict` for batches. Safe to share between threads.

    Attributes:
        card: The model's card.
    """

    def __init__(self, operator: Predict, card: Card, predictor: Predictor, runner: Runner) -> None:
        self.card = card
        self._operator = operator
        self._predictor = predictor
        self._runner = runner
        self._nodes = dict(predictor.placement)
        self._schemas: tuple[pa.Schema, pa.Schema] | None = None
        self._calls = Calls()

    @property
    def details(self) -> Mapping[str, object]:
        """What ran the model, and how much work it did, for the statistics of the run."""
        return {
            "model": self.card.name,
            "provider": self._predictor.provider,
            "rows_per_call": self._predictor.rows,
            "calls": self._runner.calls,
            "windows": self._runner.windows,
            "nodes": self._nodes,
        }

    def for_another(self) -> Prediction:
        """The same model for another run, which is not interrupted together with this one."""
        return Prediction(self._operator, self.card, self._predictor, self._runner)

    def interrupt(self) -> bool:
        """Ends current and later calls of the model; may be called from any thread.

        Returns:
            Whether all calls have ended.
        """
        return self._calls.end(GRACE)

    def __call__(self, batch: pa.RecordBatch, /) -> pa.RecordBatch:
        """Adds the predictions of the model for each read; raises as `Predict.__call__` does.

        An interrupt ends only this call.
        """
        calls = Calls() if threading.current_thread() is threading.main_thread() else self._calls
        return attended(
            lambda: self._predicted(batch, calls),
            lambda: calls.end(GRACE),
            f"{self.card.name}: has worked on a batch for a minute",
        )

    def _predicted(self, batch: pa.RecordBatch, calls: Calls) -> pa.RecordBatch:
        import pyarrow as pa

        from biometal_stream.view import BatchView

        card = self.card
        schema = self._schema(batch.schema)
        view = BatchView(batch)
        texts = {name: view.text(name) for name in card.encoding.columns}
        if len(texts) == 2:
            view.require_equal_lengths()
        lengths = next(iter(texts.values())).lengths
        rows = self._rows(view, lengths)
        outputs = self._runner.outputs(
            texts.get("sequence"), texts.get("quality"), lengths, rows, calls
        )
        columns = [_spread(values, rows, batch.num_rows) for values in self._values(outputs)]
        if card.labels:
            columns[0] = pa.DictionaryArray.from_arrays(columns[0], self._labels)
        return pa.RecordBatch.from_arrays([*batch.columns, *columns], schema=schema)

    def close(self) -> None:
        """Releases the model. No call may be running or follow."""
        self._predictor.close()

    @cached_property
    def _labels(self) -> pa.Array:
        import pyarrow as pa

        return pa.array(self.card.labels, pa.string())

    def _schema(self, schema: pa.Schema) -> pa.Schema:
        """The schema of the output; reused from the last batch if that had the same columns."""
        known = self._schemas
        if known is None or not known[0].equals(schema, check_metadata=True):
            known = self._schemas = (schema, self._operator._output_schema(schema, self.card))
        return known[1]

    def _rows(self, view: BatchView, lengths: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """The reads that the model sees; ``None`` for all."""
        import numpy as np

        if self._operator.where is None and not self.card.minimum_length:
            return None
        seen = lengths >= self.card.minimum_length
        if self._operator.where is not None:
            seen &= parse(self._operator.where).holds(view)
        return np.flatnonzero(seen)

    def _values(self, outputs: NDArray[np.float32]) -> list[NDArray[Any]]:
        """The values of each new column for the reads that the model saw."""
        from biometal_stream.models.predictions import classify

        if not self.card.labels:
            return [outputs[:, 0]]
        found = classify(self.card, outputs, self._operator.threshold)
        values: list[NDArray[Any]] = [found.labels, found.probability]
        if self._operator.probabilities:
            values += [found.probabilities[:, label] for label in range(len(self.card.labels))]
        return values


def _spread(values: NDArray[Any], rows: NDArray[np.int64] | None, num_rows: int) -> pa.Array:
    """A column with values in some rows, and nulls in the others."""
    import numpy as np
    import pyarrow as pa

    if rows is None or len(rows) == num_rows:
        return pa.array(values)
    column = np.zeros(num_rows, values.dtype)
    column[rows] = values
    absent = np.ones(num_rows, np.bool_)
    absent[rows] = False
    return pa.array(column, mask=absent)


_opening = threading.Lock()


@lru_cache(maxsize=4)
def _opened(operator: Predict) -> Prediction:
    """Opens a model once, for all batches that its operator is called with.

    Call it with `_opening` held. The model is released when nothing refers to it any more, and
    not by a call, because another thread may be using it.
    """
    return operator._load()
