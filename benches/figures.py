"""What the laps of a job come to."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benches.contents import Contents, difference
from benches.inputs import Input
from benches.jobs import Job
from benches.runs import Lap
from benches.tasks import COUNT, Task
from benches.tools.biometal import NAME as OURS

SIZES_ALIKE = 0.05
"""Files whose sizes differ by more than this share are said to be compressed in another way."""


@dataclass(frozen=True)
class Limit:
    """The seconds that no schedule of a run's work on this machine could beat, start taken off.

    Attributes:
        serial: Processor seconds of the slowest stage that cannot be spread over threads.
        stage: Its name.
        workers: Processor seconds of the workers, over their number.
        cores: Processor seconds of the whole process, over the number of cores.
        metered: The share of the process's processor time that its stages account for.
    """

    serial: float
    stage: str
    workers: float
    cores: float
    metered: float

    @property
    def seconds(self) -> float:
        """The largest of the three."""
        return max(self.serial, self.workers, self.cores)


@dataclass(frozen=True)
class JobResult:
    """What a job takes.

    Attributes:
        task: What was done.
        form: The form of the input.
        output: What came out.
        filter: What reads had to have; empty where all were kept.
        tool: Which tool.
        more: What the tool does beyond the task; empty where it does the task alone.
        threads: The number of threads; 0 if it cannot be set.
        best: Seconds of the fastest run, start included.
        median: Seconds of the median run.
        start: Seconds on a few reads: the least.
        cpu: Processor seconds, start included: the median.
        user: Processor seconds in the program's code, in the fastest run.
        system: Processor seconds in the system's.
        peak: The most bytes of memory that a run held.
        reads_per_second: In the fastest run.
        text_per_second: Bytes of text, decompressed, a second in the fastest run.
        text_per_core: The same for each second of processor time, the start taken off: what one
            core does; 0 if the input is too small.
        of_isal: Seconds over those of bare ISA-L in the same round, starts included: the median of
            the rounds.
        of_isal_best: The least of these.
        of_ours: Seconds over those of biometal_stream with as many workers as cores in the same
            round, starts included: the median. ``None`` where that did not run.
        limit: The machine's limit for the run that came nearest to it, see `machine_limit`;
            ``None`` for other tools.
        of_limit: Seconds over that limit, start taken off: the least of the rounds.
        bottleneck: As the fastest run reports it.
        reads_out: The reads that came out; ``None`` for bare decompression.
        contents: Which reads came out; ``None`` where no file did.
        bytes_written: The bytes of all files that came out.
        stages: What each stage of the fastest run did.
        rounds: Seconds, processor seconds and the like of each run, in order.
    """

    task: str
    form: str
    output: str
    filter: str
    tool: str
    more: str
    threads: int
    best: float
    median: float
    start: float
    cpu: float
    user: float
    system: float
    peak: int
    reads_per_second: float
    text_per_second: float
    text_per_core: float
    of_isal: float
    of_isal_best: float
    of_ours: float | None
    limit: Limit | None
    of_limit: float | None
    bottleneck: str
    reads_out: int | None
    contents: Contents | None
    bytes_written: int
    stages: list[dict[str, Any]]
    rounds: list[dict[str, float]]


def machine_limit(lap: Lap, cores: int) -> Limit | None:
    """The machine's limit for a run, from what it reports of its stages.

    The largest of three: the slowest serial stage's processor time; that of the workers, spread
    evenly over them; and that of the whole process, spread over the cores. Processor time and
    not time on the clock, since a stage that waits for a core is busy on the clock too. What
    the run on a few reads took of each is taken off.

    Args:
        lap: The run, and that on a few reads.
        cores: The number of cores.

    Returns:
        The limit, or ``None`` where the run does not report its stages.
    """
    report, start = lap.full.report, lap.start.report
    if not report or not start:
        return None
    before = {stage["name"]: stage["cpu"] for stage in start["stages"]}
    taken = [
        (max(stage["cpu"] - before.get(stage["name"], 0.0), 0.0), stage)
        for stage in report["stages"]
    ]
    serial, stage = max(
        ((seconds, stage["name"]) for seconds, stage in taken if stage["kind"] != "workers"),
        default=(0.0, ""),
    )
    pooled = sum(seconds for seconds, stage in taken if stage["kind"] == "workers")
    whole = max(lap.full.usage.cpu - lap.start.usage.cpu, 0.0)
    metered = sum(seconds for seconds, _ in taken) / whole if whole else 0.0
    return Limit(serial, stage, pooled / report["workers"], whole / cores, metered)


def job_results(laps: Mapping[Job, Sequence[Lap]], reads: Input, cores: int) -> list[JobResult]:
    """What the jobs take, in their order."""
    ours = {
        job.task: own for job, own in laps.items() if job.tool.name == OURS and job.threads == cores
    }
    return [_result(job, own, ours.get(job.task), reads, cores) for job, own in laps.items()]


def _result(
    job: Job, laps: Sequence[Lap], ours: Sequence[Lap] | None, reads: Input, cores: int
) -> JobResult:
    best = min(laps, key=lambda lap: lap.full.usage.wall)
    wall = best.full.usage.wall
    cpu = best.full.usage.cpu - best.start.usage.cpu
    of_isal = [lap.full.usage.wall / lap.bare for lap in laps]
    contents = next((lap.full.contents for lap in laps if lap.full.contents), None)
    limits = [
        (limit, lap.net / limit.seconds)
        for lap in laps
        if (limit := machine_limit(lap, cores)) and limit.seconds
    ]
    limit, of_limit = min(limits, key=lambda each: each[1], default=(None, None))
    return JobResult(
        task=job.task.name,
        form=job.task.form,
        output=job.task.output,
        filter=job.task.filter.name if job.task.filter else "",
        tool=job.tool.name,
        more=job.tool.more,
        threads=job.threads,
        best=wall,
        median=statistics.median(lap.full.usage.wall for lap in laps),
        start=min(lap.start.usage.wall for lap in laps),
        cpu=statistics.median(lap.full.usage.cpu for lap in laps),
        user=best.full.usage.user,
        system=best.full.usage.system,
        peak=max(lap.full.usage.peak for lap in laps),
        reads_per_second=reads.reads_of(job.task.form) / wall,
        text_per_second=reads.text / wall,
        text_per_core=reads.text / cpu if cpu > 0 else 0.0,
        of_isal=statistics.median(of_isal),
        of_isal_best=min(of_isal),
        of_ours=_ratio(laps, ours) if ours else None,
        limit=limit,
        of_limit=of_limit,
        bottleneck=best.full.report.get("bottleneck", ""),
        reads_out=next((lap.full.reads for lap in laps if lap.full.reads is not None), None),
        contents=contents,
        bytes_written=sum(best.full.sizes),
        stages=best.full.report.get("stages", []),
        rounds=[_round(lap) for lap in laps],
    )


def _ratio(laps: Sequence[Lap], ours: Sequence[Lap]) -> float:
    # After an interrupt one of them may have done a round more.
    return statistics.median(
        lap.full.usage.wall / own.full.usage.wall for lap, own in zip(laps, ours, strict=False)
    )


def _round(lap: Lap) -> dict[str, float]:
    usage, start = lap.full.usage, lap.start.usage
    return {
        "wall": usage.wall,
        "user": usage.user,
        "system": usage.system,
        "peak": usage.peak,
        "start_wall": start.wall,
        "start_cpu": start.cpu,
        "bare": lap.bare,
    }


def differences(results: list[JobResult], tasks: list[Task], reads: Input) -> list[str]:
    """In what the tools did not do the same: other reads, other sizes of files.

    A tool is compared with biometal_stream, or where that did not run with the first that did; one
    that does more than the task is not compared.
    """
    found = []
    for task in tasks:
        own = [each for each in results if _compared(each, task)]
        own.sort(key=lambda each: each.tool != OURS)
        first = own[0] if own else None
        if first is None:
            continue
        if task.filter is None and first.reads_out != reads.reads_of(task.form):
            there = reads.reads_of(task.form)
            found.append(f"{task.name}: {first.tool} has {first.reads_out:,} of {there:,} reads")
        for other in own[1:]:
            if other.reads_out != first.reads_out:
                found.append(
                    f"{task.name}: {other.tool} has {other.reads_out:,} reads,"
                    f" {first.tool} {first.reads_out:,}: not the same job"
                )
                continue
            both = first.contents, other.contents
            if both[0] and both[1] and (words := difference(both[0], both[1])):
                found.append(
                    f"{task.name}: {other.tool} has as many reads as {first.tool}, but {words}"
                )
            if task.output != COUNT and _apart(other.bytes_written, first.bytes_written):
                share = other.bytes_written / first.bytes_written - 1
                found.append(
                    f"{task.name}: the file of {other.tool} is {abs(share):.0%}"
                    f" {'larger' if share > 0 else 'smaller'} than that of {first.tool}"
                )
    return list(dict.fromkeys(found))


def _compared(result: JobResult, task: Task) -> bool:
    return result.task == task.name and result.reads_out is not None and not result.more


def _apart(one: int, other: int) -> bool:
    return abs(one - other) > SIZES_ALIKE * other
