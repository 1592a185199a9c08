"""The figures from the laps of the ways."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benches.engines.rounds import Chosen, Lap, Watched
from benches.engines.work import Job
from benches.inputs import Input

TIMES = 4
"""How often the longer input has the input."""

LAZY = 0.5
"""A way is lazy if a few rows take less than this share of what all take."""

BOUNDED = 0.25
"""A way is bounded if its memory grows by less than this share of what its input grows by."""

_OTHER_BYTES = 6  # of a record that are in no column: ``@``, ``+`` and the ends of lines


@dataclass(frozen=True)
class WayResult:
    """What a way does and takes.

    Attributes:
        job: The job's name.
        way: The way's.
        start: Seconds until the engine is ready, from the start of the process: the least.
        first: Seconds of the job, done for the first time: the least.
        best: Seconds of the job, done again, in the fastest round.
        median: In the median round.
        reads_per_second: In the fastest round.
        of_local: Reads a second over those of the local run in the same round: the median.
        of_local_best: The same of the fastest rounds of both.
        cpu: Processor seconds, the least.
        cpu_of_local: Processor seconds over those of the local run: of the least of both.
        cores: Processor seconds over seconds in the round in which that was most: how many
            cores the way kept busy.
        head_bytes: The share of the longer input that was read for a few rows of it.
        head_time: Their seconds, as a share of those for all rows.
        lazy: Whether the first of these that is known and fits is below `LAZY`: bytes of FASTQ,
            seconds over Parquet, whose pages some engines map, which is not counted. ``None``
            where all rows are needed.
        once: The most bytes of memory of all its processes, with the input.
        longer: With the input `TIMES` times.
        bounded: Whether these differ by less than `BOUNDED` of what the columns grow by.
        rounds: Each round, in order.
    """

    job: str
    way: str
    start: float
    first: float
    best: float
    median: float
    reads_per_second: float
    of_local: float
    of_local_best: float
    cpu: float
    cpu_of_local: float
    cores: float
    head_bytes: float | None
    head_time: float | None
    lazy: bool | None
    once: int | None
    longer: int | None
    bounded: bool | None
    rounds: list[dict[str, Any]]


def way_results(
    chosen: Chosen,
    laps: Mapping[tuple[Job, str], Sequence[Lap]],
    seen: Mapping[tuple[Job, str], Watched],
    reads: Input,
    parquet: int,
) -> list[WayResult]:
    """What the ways that did all rounds take.

    Args:
        chosen: The jobs and ways.
        laps: Their laps.
        seen: What they were seen to hold.
        reads: The input.
        parquet: The bytes of the same reads as Parquet.
    """
    found = []
    for job, ways in chosen.items():
        local = laps.get((job, ways[0].name), ())
        size = reads.sizes["plain"] if job.reads == "fastq" else parquet
        found += [
            _result(job, way.name, own, local, seen.get((job, way.name)), reads, size)
            for way in ways
            if (own := laps.get((job, way.name)))
        ]
    return found


def _result(
    job: Job,
    way: str,
    laps: Sequence[Lap],
    local: Sequence[Lap],
    seen: Watched | None,
    reads: Input,
    size: int,
) -> WayResult:
    best, best_local = (min(lap.seconds for lap in each) for each in (laps, local))
    cpu, cpu_local = (min(lap.cpu for lap in each) for each in (laps, local))
    head_bytes = head_time = None
    if seen and seen.head is not None:
        head_time = seen.head / seen.seconds
        if seen.head_bytes is not None:
            head_bytes = seen.head_bytes / (TIMES * size)
    share = head_bytes if job.reads == "fastq" and head_bytes is not None else head_time
    once, longer = (seen.once, seen.longer) if seen else (None, None)
    bounded = None
    if once is not None and longer is not None:
        bounded = longer - once < BOUNDED * (TIMES - 1) * _bytes(job, reads)
    return WayResult(
        job=job.name,
        way=way,
        start=min(lap.start for lap in laps),
        first=min(lap.first for lap in laps),
        best=best,
        median=statistics.median(lap.seconds for lap in laps),
        reads_per_second=reads.reads / best,
        of_local=statistics.median(
            own.seconds / lap.seconds for lap, own in zip(laps, local, strict=True)
        ),
        of_local_best=best_local / best,
        cpu=cpu,
        cpu_of_local=cpu / max(cpu_local, 1e-9),
        cores=max(lap.cpu / lap.seconds for lap in laps),
        head_bytes=head_bytes,
        head_time=head_time,
        lazy=None if share is None else share < LAZY,
        once=once,
        longer=longer,
        bounded=bounded,
        rounds=[asdict(lap) for lap in laps],
    )


def _bytes(job: Job, reads: Input) -> int:
    """The bytes of the columns that pass, once."""
    names = reads.text - 2 * reads.bases - _OTHER_BYTES * reads.reads
    sizes = {"name": names, "sequence": reads.bases, "quality": reads.bases}
    return sum(sizes[column] for column in job.columns)
