"""The meters of one run, and what can be read off them."""

from __future__ import annotations

import math

from biometal_stream.pipeline.meter import Meter
from biometal_stream.pipeline.report import StageStatistics


class Gauges:
    """A meter for each stage and operator of a run. Safe to share between threads.

    Args:
        workers: The number of workers.
        writes: Whether there is a sink, rather than a caller who takes the batches.

    Attributes:
        operators: The meters of the operators, in order.
    """

    def __init__(self, workers: int, *, writes: bool) -> None:
        self.reading = Meter("read", "source", 1)
        self.inflating = Meter("inflate", "workers", workers)
        self.parsing = Meter("parse", "workers", workers)
        self.rebatching = Meter("rebatch", "serial", 1)
        self.encoding = Meter("encode", "workers", workers)
        self.ending = Meter("write" if writes else "consumer", "sink", 1)
        self.operators: list[Meter] = []

    @property
    def kept(self) -> float | None:
        """The share of reads that the operators have kept of those that they are done with."""
        if not self.parsing.rows_out:
            return None
        if any(meter.kind == "serial" for meter in self.operators):
            return None
        return math.prod(meter.kept for meter in self.operators)

    def interrupt(self) -> bool:
        """Ends the calls of libraries that operators are in; whether none runs any more."""
        ended = [interrupt() for meter in self.operators for interrupt in meter.interrupts]
        return all(ended)

    def stages(self, *, encoded: bool) -> list[StageStatistics]:
        """The statistics of the stages, in the order of the flow.

        Args:
            encoded: Whether the sink has work for the workers.
        """
        meters = [self.reading, self.parsing, *self.operators]
        if self.inflating.batches_in:
            meters.insert(1, self.inflating)
        if encoded:
            meters += [self.rebatching, self.encoding]
        return [meter.statistics() for meter in [*meters, self.ending]]
