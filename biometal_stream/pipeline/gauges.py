"""The meters of one run, and what they show."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

from biometal_stream.interfaces import (
    Editor,
    Filter,
    Merging,
    Observer,
    Repairing,
    Reshaping,
    Trimmer,
    breaks_pairs,
)
from biometal_stream.pipeline.cached import Cached
from biometal_stream.pipeline.mates import Pairs
from biometal_stream.pipeline.meter import Meter
from biometal_stream.pipeline.report import StageStatistics
from biometal_stream.pipeline.stand_ins import OpenedOnce, StandIn
from biometal_stream.pipeline.step import Step, StepKind, Stop
from biometal_stream.settings import as_typed


class Gauges:
    """A meter for each stage and operator of a run. Safe to share between threads.

    Args:
        workers: The number of workers.
        writes: Whether there is a sink; otherwise the caller takes the batches.
        pairs: What filters do to a pair if they keep only one mate.
        timed: Whether to measure time.

    Attributes:
        operators: The meters of the operators, in order.
        meter: Makes a meter for this run.
    """

    def __init__(
        self, workers: int, *, writes: bool, pairs: Pairs = "both", timed: bool = False
    ) -> None:
        self._pairs = pairs
        self.meter = partial(Meter, timed=timed)
        self.reading = self.meter("read", "source", 1)
        self.inflating = self.meter("inflate", "workers", workers)
        self.parsing = self.meter("parse", "workers", workers)
        self.rebatching = self.meter("rebatch", "serial", 1)
        self.encoding = self.meter("encode", "workers", workers)
        self.ending = self.meter("write" if writes else "consumer", "sink", 1)
        self.operators: list[Meter] = []

    @property
    def kept(self) -> float | None:
        """The share of reads kept, of those that all operators are done with."""
        if not self.parsing.rows_out:
            return None
        if any(meter.kind == "serial" for meter in self.operators):
            return None
        return math.prod(meter.kept for meter in self.operators)

    @property
    def stopped_at(self) -> int | None:
        """The last operator that ended the run. Those before it may have ended it or not."""
        ended = [place for place, meter in enumerate(self.operators) if meter.stop is not None]
        return max(ended, default=None)

    @property
    def stopped(self) -> Stop | None:
        """Why the run ended before its input."""
        place = self.stopped_at
        return None if place is None else self.operators[place].stop

    def steps(self) -> tuple[Step, ...]:
        """What each operator did to the reads."""
        stopped = self.stopped_at
        steps = tuple(
            _step(meter, into=stopped is None or place > stopped, out=place >= (stopped or 0))
            for place, meter in enumerate(self.operators)
        )
        if self._pairs != "split":
            return steps
        breaking = (_breaks_pairs(_itself(each.operator)) for each in self.operators)
        return _without_split(steps, next((n for n, each in enumerate(breaking) if each), None))

    def interrupt(self) -> bool:
        """Interrupts library calls of the operators; returns whether none is running any more."""
        ended = [interrupt() for meter in self.operators for interrupt in meter.interrupts]
        return all(ended)

    def stages(self, *, encoded: bool) -> list[StageStatistics]:
        """Returns the statistics of the stages, in the order of the flow.

        Args:
            encoded: Whether the sink has work for the workers.
        """
        meters = [self.reading, self.parsing, *self.operators]
        if self.inflating.batches_in:
            meters.insert(1, self.inflating)
        if encoded:
            meters += [self.rebatching, self.encoding]
        return [meter.statistics() for meter in [*meters, self.ending]]


def _step(meter: Meter, *, into: bool, out: bool) -> Step:
    """A row of the table: what came in, if known, and what went out."""
    operator, learnt = _itself(meter.operator), isinstance(meter.operator, StandIn)
    reads_in = meter.rows_in if into else None
    reads_out = meter.rows_out if out else None
    kind = _kind(operator)
    trimmed = kind == "trimmer" and into
    merged = _merged(meter, reads_out) if into and isinstance(operator, Merging) else None
    return Step(
        name=meter.name,
        operator=meter.name if operator is None else as_typed(operator, options=learnt),
        kind=kind,
        reads_in=reads_in,
        reads_out=reads_out,
        pairs_in=_pairs(reads_in, meter.merged_in)
        if meter.mates_in and not isinstance(operator, Repairing)
        else None,
        pairs_out=_pairs(reads_out, meter.merged_out) if meter.mates_out else None,
        dropped=_dropped(operator, reads_in, reads_out, merged or 0),
        reason=_reason(operator),
        reads_trimmed=meter.reads_trimmed if trimmed else None,
        bases_trimmed=meter.bases_trimmed if trimmed else None,
        reads_split=meter.reads_split if kind == "splitter" and into else None,
        pairs_merged=merged,
    )


def _dropped(
    operator: object, reads_in: int | None, reads_out: int | None, merged: int
) -> int | None:
    """The reads that came in and did not go out.

    A splitter drops none, and makes more. Of a merged pair one read is left, and none is dropped.
    """
    if reads_in is None or reads_out is None:
        return None
    return 0 if _kind(operator) == "splitter" else reads_in - reads_out - merged


def _merged(meter: Meter, reads_out: int | None) -> int | None:
    """The pairs that became one read; all reads are such where the others were dropped."""
    if reads_out is None or not meter.mates_out:
        return reads_out
    return meter.merged_out - meter.merged_in


def _pairs(reads: int | None, merged: int) -> int | None:
    return None if reads is None else (reads - merged) // 2


def _without_split(steps: tuple[Step, ...], first: int | None) -> tuple[Step, ...]:
    """Leaves out the pairs after the first filter, or the first step that merges mates.

    Some reads have lost their mates there, so half of the reads are not pairs.
    """
    if first is None:
        return steps
    return tuple(
        replace(
            step,
            pairs_in=step.pairs_in if place <= first else None,
            pairs_out=step.pairs_out if place < first else None,
        )
        for place, step in enumerate(steps)
    )


def _breaks_pairs(operator: object) -> bool:
    return breaks_pairs(operator) or isinstance(operator, Merging)


def _reason(operator: object) -> str | None:
    """Why the operator drops reads, where it says so in words."""
    reason: object = getattr(operator, "drops", None)
    return reason if isinstance(reason, str) and reason else None


def _itself(operator: object) -> object:
    """The operator itself, if another stands in for it in this run."""
    while isinstance(operator, Cached | StandIn | OpenedOnce):
        operator = operator.operator
    return operator


def _kind(operator: object) -> StepKind:
    if isinstance(operator, Filter):
        return "filter"
    if isinstance(operator, Trimmer):
        return "trimmer"
    if isinstance(operator, Reshaping):
        return "operator" if isinstance(operator, Merging) else "splitter"
    if isinstance(operator, Editor):
        return "operator"
    return "observer" if isinstance(operator, Observer) else "operator"
