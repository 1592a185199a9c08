"""A model by itself: what a call takes, by the rows that it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benches.models.rounds import Repeat, Threads, one_thread, time_in_turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benches.kernels import Call
    from benches.models.predictors import Encoded, Opened
    from biometal_stream.models.predictor import Predictor

BATCHES = tuple(4**power for power in range(9))
"""Rows of a call: 1 to 65,536."""

ENCODE = "encode"
"""Features of reads, written to where they were written before."""

DISPATCH = "dispatch"
"""A model that does nothing: what a call costs whatever the model."""

_SECONDS = 0.03  # of each thing in each round


@dataclass(frozen=True)
class CallResult:
    """What a read takes.

    Attributes:
        work: `ENCODE`, `DISPATCH`, or the precision of the model that is called.
        rows: The rows of a call.
        threads: The threads that call at once, each with rows of its own.
        best: Nanoseconds a read, of all threads together, in the fastest round.
        median: The same in the median round.
    """

    work: str
    rows: int
    threads: int
    best: float
    median: float


def measure_calls(
    models: dict[str, Opened],
    nothing: Predictor,
    encoded: Encoded,
    cores: int,
    rounds: int,
    tell: Callable[[str], None],
) -> list[CallResult]:
    """Times encoding, calls of a model that does nothing, and calls of the model.

    Args:
        models: The model, by precision.
        nothing: The model that does nothing.
        encoded: Reads; as many as the largest batch that is timed has rows.
        cores: The number of parallel threads, in addition to one alone.
        rounds: How often everything is timed, in turn.
        tell: Called with a line that says what is being done.
    """
    tell("model: calls")
    features = encoded.features
    batches = [rows for rows in BATCHES if rows <= len(features)]
    work: dict[tuple[str, int, int], Repeat] = {}
    with Threads(cores) as threads:
        for rows in batches:
            again = np.empty_like(features[:rows])
            work[ENCODE, rows, 1] = one_thread(_encoding(encoded, rows, again))
            work[DISPATCH, rows, 1] = one_thread(prediction(nothing, encoded, rows))
            for precision, model in models.items():
                calls = [prediction(model.predictor, encoded, rows) for _ in range(cores)]
                work[precision, rows, 1] = one_thread(calls[0])
                if cores > 1:
                    work[precision, rows, cores] = threads.repeat(calls)
        timings = time_in_turn(work, rounds, _SECONDS)
    return [
        CallResult(
            name,
            rows,
            number,
            1e9 * timing.best / (rows * number),
            1e9 * timing.median / (rows * number),
        )
        for (name, rows, number), timing in timings.items()
    ]


def prediction(predictor: Predictor, encoded: Encoded, rows: int) -> Call:
    """A call with the first rows of features, and an output of its own."""
    features = encoded.features[:rows]
    out = np.empty((rows, predictor.outputs), np.float32)
    return lambda: predictor.predict(features, out)


def _encoding(encoded: Encoded, rows: int, out: NDArray[Any]) -> Call:
    return lambda: encoded.write(0, rows, out)
