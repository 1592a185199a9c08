"""The experiment's table: the exact rule against the model, read after read and in batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import biometal_stream as bs
from benches.models.predictors import encode
from benches.models.rounds import Repeat, one_thread, time_in_turn
from biometal_stream.models.runner import Runner
from biometal_stream.models.training.tasks.quality import LENGTH, MEAN_QUALITY, TASK
from biometal_stream.operators.kernels import quality
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    import pyarrow as pa

    from benches.kernels import Call
    from benches.models.predictors import Opened

SIZES = (100, 1_000, 10_000)
"""The numbers of reads."""

RULE = f"length >= {LENGTH} and arithmetic_mean_quality >= {MEAN_QUALITY:g}"
"""The rule that the model was trained on."""

LOOP = "rule, the loop alone"
"""What the experiment's loop did: the sum of each read's Phred scores."""

ONCE = "model once per read"
"""The session called for one row after the other; the features are there."""

ONCE_ENCODED = "encode and model once per read"
"""The same, each read encoded before."""

_SECONDS = 0.02  # of each thing in each round


@dataclass(frozen=True)
class ExperimentResult:
    """What a read takes, in one thread.

    Attributes:
        reads: Which reads.
        work: What is done.
        number: How many reads it is done for.
        best: Nanoseconds a read in the fastest round.
        median: The same in the median round.
    """

    reads: str
    work: str
    number: int
    best: float
    median: float


@dataclass(frozen=True)
class Agreement:
    """How often a model says what the rule says.

    Attributes:
        reads: Which reads.
        precision: Which of the model's files.
        number: How many reads.
        same: For how many both say the same.
        near: How many have a mean quality within `NEAR` of the limit.
        near_same: For how many of these both say the same.
    """

    reads: str
    precision: str
    number: int
    same: int
    near: int
    near_same: int


def measure_experiment(
    models: dict[str, Opened],
    batches: dict[str, pa.RecordBatch],
    rounds: int,
    tell: Callable[[str], None],
) -> list[ExperimentResult]:
    """Times the rule and the model for each number of reads, in turn.

    Args:
        models: The model, by precision.
        batches: Reads, by what they are called; as many as the largest number that is timed.
        rounds: How often everything is timed.
        tell: Called with a line that says what is being done.
    """
    tell("model: table")
    work: dict[tuple[str, str, int], Repeat] = {}
    for kind, batch in batches.items():
        for number in (size for size in SIZES if size <= batch.num_rows):
            own = batch.slice(0, number)
            calls = _rules(own)
            for model in models.values():
                calls |= _predictions(model, own)
            for name, call in calls.items():
                work[kind, name, number] = one_thread(call)
    timings = time_in_turn(work, rounds, _SECONDS)
    return [
        ExperimentResult(
            kind, name, number, 1e9 * timing.best / number, 1e9 * timing.median / number
        )
        for (kind, name, number), timing in timings.items()
    ]


def _rules(batch: pa.RecordBatch) -> dict[str, Call]:
    column = BatchView(batch).text("quality")
    sums = np.empty(batch.num_rows, np.uint64)
    mean, rule = bs.MinArithmeticMeanQuality(MEAN_QUALITY), bs.Where(RULE)
    return {
        LOOP: lambda: quality.sum_phred(column.starts, column.stops, column.data, sums),
        f"rule, min-arithmetic-mean-quality {MEAN_QUALITY:g}": lambda: mean.keep(BatchView(batch)),
        f"rule, where {RULE}": lambda: rule.keep(BatchView(batch)),
    }


def _predictions(model: Opened, batch: pa.RecordBatch) -> dict[str, Call]:
    encoded, predictor = encode(batch, model.card.encoding), model.predictor
    number = batch.num_rows
    row = np.empty_like(encoded.features[:1])
    out = np.empty((number, predictor.outputs), np.float32)

    def once() -> None:
        for read in range(number):
            predictor.predict(encoded.features[read : read + 1], out[read : read + 1])

    def once_encoded() -> None:
        for read in range(number):
            encoded.write(read, read + 1, row)
            predictor.predict(row, out[read : read + 1])

    runner = Runner(model.card, predictor)
    operator = bs.Predict(model.model, provider="cpu", precision=model.precision)
    return {
        f"{ONCE}, {model.precision}": once,
        f"{ONCE_ENCODED}, {model.precision}": once_encoded,
        f"encode and model in batches of {predictor.rows:,}, {model.precision}": lambda: (
            runner.outputs(encoded.sequence, encoded.quality, encoded.lengths)
        ),
        f"predict, columns and all, {model.precision}": lambda: operator(batch),
    }


def measure_agreement(
    models: dict[str, Opened], batches: dict[str, pa.RecordBatch]
) -> list[Agreement]:
    """Compares the model with the rule; nothing if it predicts something else."""
    found = []
    for kind, batch in batches.items():
        passes, near = TASK.label(batch)
        for model in models.values():
            if model.card.labels != TASK.labels:
                continue
            operator = bs.Predict(model.model, provider="cpu", precision=model.precision)
            labels = (
                operator(batch)
                .column(f"{model.card.name}_label")
                .indices.to_numpy(zero_copy_only=False)
            )
            same = (labels == 1) == passes
            found.append(
                Agreement(
                    kind,
                    model.precision,
                    batch.num_rows,
                    int(same.sum()),
                    int(near.sum()),
                    int(same[near].sum()),
                )
            )
    return found
