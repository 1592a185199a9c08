"""A model in the stream against the bare session, on the same cores."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import biometal_stream as bs
from benches.models.calls import prediction
from benches.models.rounds import Threads, time_in_turn
from benches.scripts.count_batches import NullSink

if TYPE_CHECKING:
    import pyarrow as pa

    from benches.models.predictors import Encoded, Opened
    from biometal_stream.interfaces import Source

MEMORY = "batches in memory"
"""Where reads come from at no cost: what is left is prediction and the stream itself."""

TEXT = "plain FASTQ"
"""Where reads come from with the least work."""

BATCH = 12_000
"""Rows of a batch in memory: what the reader makes of 4 MiB of text."""

_BARE_ROWS = (64, 256, 512, 1024, 4096)
_SECONDS = 1.0  # of the bare session in each round
_TRIAL = 0.05


@dataclass(frozen=True)
class StreamResult:
    """A model in the stream, with as many workers as there are cores.

    Attributes:
        model: The model.
        precision: Which of its files.
        source: Where the reads come from.
        rows: The rows of a call at which the bare session is fastest.
        bare: Rows a second of the bare session, called so by as many threads, in its fastest
            round: features are there, and outputs dropped.
        stream: Rows a second that the model sees in the stream, in its fastest round, the start
            of a run taken off. A read is one row, a long one may be several.
        share: ``stream`` over ``bare`` in the same round: the median.
        best_share: The same of their fastest rounds.
        work: Processor nanoseconds a row of the stream beyond those of the bare session.
    """

    model: str
    precision: str
    source: str
    rows: int
    bare: float
    stream: float
    share: float
    best_share: float
    work: float


@dataclass(frozen=True)
class Batches:
    """A source of one batch, again and again.

    Attributes:
        batch: The batch.
        number: How often.
    """

    batch: pa.RecordBatch
    number: int

    @property
    def schema(self) -> pa.Schema:
        """That of the batch."""
        return self.batch.schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Gives it."""
        for _ in range(self.number):
            yield self.batch


def measure_stream(
    model: Opened,
    encoded: Encoded,
    batch: pa.RecordBatch,
    path: str,
    cores: int,
    rounds: int,
    tell: Callable[[str], None],
) -> list[StreamResult]:
    """Runs the bare session and the stream in turn.

    Args:
        model: What predicts.
        encoded: Reads with their features.
        batch: The same reads; some of them are the batch in memory.
        path: A file of FASTQ.
        cores: The threads, and the workers.
        rounds: How often.
        tell: Called with a line that says what is being done.
    """
    name = f"{model.card.name}, {model.precision}"
    with Threads(cores) as threads:
        calls = {
            rows: threads.repeat([prediction(model.predictor, encoded, rows) for _ in range(cores)])
            for rows in _BARE_ROWS
            if rows <= len(encoded.features)
        }
        tell(f"model: stream, {name}")
        tried = time_in_turn(calls, 3, _TRIAL)
        rows = min(tried, key=lambda each: tried[each].best / each)
        number = max(1, round(_SECONDS / tried[rows].best))
        own = batch.slice(0, BATCH)
        sources: dict[str, Source] = {
            MEMORY: Batches(own, -(-number * rows * cores // own.num_rows)),
            TEXT: bs.read_fastq(path).source,
        }
        bare: list[_Run] = []
        streams: dict[str, list[_Run]] = {kind: [] for kind in sources}
        for _ in range(rounds):
            bare.append(_timed(lambda: _call(calls[rows], number, rows * cores)))
            start = _timed(lambda: _stream(Batches(own, 0), model, cores))
            for kind, source in sources.items():
                run = _timed(lambda source=source: _stream(source, model, cores))  # type: ignore[misc]
                streams[kind].append(run.without(start))
    return [_result(model, kind, rows, bare, own_runs) for kind, own_runs in streams.items()]


@dataclass(frozen=True)
class _Run:
    """One run: the rows that the model saw, its seconds, and its processor seconds."""

    rows: int
    wall: float
    cpu: float

    def without(self, start: _Run) -> _Run:
        return _Run(self.rows, self.wall - start.wall, self.cpu - start.cpu)

    @property
    def rate(self) -> float:
        return self.rows / max(self.wall, 1e-9)


def _timed(run: Callable[[], int]) -> _Run:
    wall, cpu = time.perf_counter(), time.process_time()
    rows = run()
    return _Run(rows, time.perf_counter() - wall, time.process_time() - cpu)


def _call(repeat: Callable[[int], None], number: int, rows: int) -> int:
    repeat(number)
    return number * rows


def _stream(source: Source, model: Opened, cores: int) -> int:
    operator = bs.Predict(model.model, provider="cpu", precision=model.precision)
    pipeline = bs.Pipeline(source, (operator,), threads=cores)
    report = pipeline.run(NullSink())
    (rows,) = (stage.details["windows"] for stage in report.stages if stage.name == operator.name)
    return int(rows)  # type: ignore[call-overload, no-any-return]


def _result(
    model: Opened, source: str, rows: int, bare: list[_Run], streams: list[_Run]
) -> StreamResult:
    best, best_bare = (max(each, key=lambda run: run.rate) for each in (streams, bare))
    least, least_bare = (min(run.cpu / run.rows for run in each) for each in (streams, bare))
    pairs: list[Any] = list(zip(streams, bare, strict=True))
    return StreamResult(
        model.card.name,
        model.precision,
        source,
        rows,
        best_bare.rate,
        best.rate,
        statistics.median(stream.rate / alone.rate for stream, alone in pairs),
        best.rate / best_bare.rate,
        1e9 * (least - least_bare),
    )
