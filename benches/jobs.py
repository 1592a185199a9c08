"""Whole runs: from a file of reads to batches or to another file, and bare decompression."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, TypeAlias

import deflate
from isal import igzip

import biometal_stream as bs
from benches.machine import REPOSITORY
from biometal_stream.pipeline.report import StageStatistics
from biometal_stream.run import available_cores

if TYPE_CHECKING:
    import pyarrow as pa

    from benches.inputs import Input

BARE = "bare ISA-L: gzip"
"""The job that all others are compared with."""

FILTERS = (bs.MinLength(50), bs.MinMeanQuality(20), bs.MaxAmbiguous(2))
"""What the jobs that filter keep."""

_STEPS = ("min-length", "50", "min-mean-quality", "20", "max-ambiguous", "2")
_BUFFER = 2 * 2**20
_BLOCK_SIZE_AT = 16  # of the field BC: SAM specification, section 4.1

Tell: TypeAlias = Callable[[str], None]
"""Is called with what is being done."""

Run: TypeAlias = Callable[[str, Path], "Outcome"]
"""Runs a job on a file; what it writes goes into a folder, which is empty."""


@dataclass(frozen=True)
class Outcome:
    """What a run tells of itself; nothing where it is none of the pipeline.

    Attributes:
        stages: What each stage did.
        workers: The number of workers.
        bottleneck: The name of the stage that the others waited for.
        reads_out: The reads that came out.
        bytes_written: The bytes of output.
    """

    stages: tuple[StageStatistics, ...] = ()
    workers: int = 0
    bottleneck: str = ""
    reads_out: int | None = None
    bytes_written: int = 0


@dataclass(frozen=True)
class Job:
    """Something to time.

    Attributes:
        name: What it does.
        form: The form of the input that it reads.
        run: Does it.
        apart: Whether it runs in a process of its own.
    """

    name: str
    form: str
    run: Run
    apart: bool = False


@dataclass(frozen=True)
class Lap:
    """One run of a job.

    Attributes:
        wall: Seconds.
        cpu: Seconds of processor time of all threads.
        ratio: ``wall`` over that of bare ISA-L in the same round.
        outcome: What the run tells of itself.
    """

    wall: float
    cpu: float
    ratio: float
    outcome: Outcome


@dataclass(frozen=True)
class JobResult:
    """What a job takes.

    Attributes:
        name: The job.
        form: The form of the input.
        workers: The number of workers, 0 where the job has none.
        best: Seconds of the fastest run.
        median: Seconds of the median run.
        cpu: Seconds of processor time in the fastest run.
        reads_per_second: In the fastest run.
        text_per_second: Bytes of text, decompressed, a second in the fastest run.
        ratio: The median over the rounds of a run's seconds over those of bare ISA-L.
        ratio_best: The least of these.
        limit: Seconds that the machine's limit would allow: see `machine_limit`. ``None``
            where the job has no stages.
        over_limit: ``best`` over ``limit``.
        metered: The share of the processor time that the stages account for. Where it is far
            below 1 the limit is too low, for work that no stage has counted.
        bottleneck: As the fastest run reports it.
        reads_out: The reads that came out; ``None`` for bare decompression.
        bytes_written: The bytes of output.
        stages: What each stage of the fastest run did.
        rounds: Seconds, processor seconds and ratio of each run, in order.
    """

    name: str
    form: str
    workers: int
    best: float
    median: float
    cpu: float
    reads_per_second: float
    text_per_second: float
    ratio: float
    ratio_best: float
    limit: float | None
    over_limit: float | None
    metered: float | None
    bottleneck: str
    reads_out: int | None
    bytes_written: int
    stages: list[dict[str, Any]]
    rounds: list[dict[str, float]]


def all_jobs() -> list[Job]:
    """The jobs, bare decompression first."""
    cores = available_cores()
    jobs = [
        Job(BARE, "gzip", _inflate_gzip),
        Job("bare libdeflate: BGZF", "bgzf", _inflate_bgzf),
    ]
    for form in ("gzip", "bgzf", "plain"):
        title = {"bgzf": "BGZF"}.get(form, form)
        jobs += _with_workers(f"{title} → batches", form, _to_batches, cores)
    jobs += _with_workers("gzip → Parquet zstd-1", "gzip", partial(_to_parquet, "zstd", ()), cores)
    jobs.append(
        Job("gzip → Parquet plain", "gzip", partial(_to_parquet, "none", (), cores)),
    )
    filtered = "gzip → filter → "
    for ending, run in (
        ("Parquet zstd-1", partial(_to_parquet, "zstd", FILTERS)),
        ("FASTQ", partial(_to_fastq, ".fq")),
        ("FASTQ.gz", partial(_to_fastq, ".fq.gz")),
    ):
        jobs += _with_workers(filtered + ending, "gzip", run, cores)
    return [
        *jobs,
        Job("gzip → Arrow", "gzip", partial(_to_arrow, cores)),
        Job("command: stdin → filter → Parquet zstd-1", "gzip", _command, apart=True),
    ]


def run_jobs(
    jobs: list[Job], reads: Input, warm_up: Input, rounds: int, scratch: Path, tell: Tell
) -> list[JobResult]:
    """Runs all jobs in turn, and again, so that what disturbs the machine meets all of them.

    Args:
        jobs: The first is what the others are compared with.
        reads: The input.
        warm_up: A small input. Each job runs on it first, so that kernels are compiled and
            libraries loaded before anything is timed.
        rounds: How often each job runs.
        scratch: A folder that outputs are written below, and removed again.
        tell: Called with what is being done.
    """
    for job in jobs:
        tell(f"warm-up: {job.name}")
        _run_once(job, warm_up.path(job.form), scratch)
    for path in reads.paths.values():
        _read_through(path)
    laps: list[list[Lap]] = [[] for _ in jobs]
    for number in range(1, rounds + 1):
        bare = 0.0
        for job, own in zip(jobs, laps, strict=True):
            tell(f"round {number} of {rounds}: {job.name}")
            wall, cpu, outcome = _run_once(job, reads.path(job.form), scratch)
            bare = bare or wall
            own.append(Lap(wall, cpu, wall / bare, outcome))
    return [_result(job, own, reads) for job, own in zip(jobs, laps, strict=True)]


def machine_limit(stages: tuple[StageStatistics, ...], workers: int, cores: int) -> float:
    """The seconds that no schedule of these stages on this machine could beat.

    The larger of what the slowest serial stage was busy, what each worker would be were their
    work spread evenly, and all stages' processor time divided by the cores.

    Args:
        stages: What each stage did.
        workers: The number of workers.
        cores: The number of cores.
    """
    serial = max((stage.busy for stage in stages if stage.kind != "workers"), default=0.0)
    pooled = sum(stage.cpu for stage in stages if stage.kind == "workers")
    return max(serial, pooled / workers, sum(stage.cpu for stage in stages) / cores)


def _run_once(job: Job, path: str, scratch: Path) -> tuple[float, float, Outcome]:
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        cpu, wall = _cpu_time(apart=job.apart), perf_counter()
        outcome = job.run(path, Path(folder))
        return perf_counter() - wall, _cpu_time(apart=job.apart) - cpu, outcome


def _read_through(path: str) -> None:
    """Reads a file, so that it is in the page cache."""
    target = bytearray(_BUFFER)
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123
        while stream.readinto(target):
            pass


def _cpu_time(*, apart: bool) -> float:
    if not apart:
        return process_time()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _result(job: Job, laps: list[Lap], reads: Input) -> JobResult:
    best = min(laps, key=lambda lap: lap.wall)
    ratios = [lap.ratio for lap in laps]
    outcome = best.outcome
    limit = metered = None
    if outcome.stages:
        limit = machine_limit(outcome.stages, outcome.workers, available_cores())
        metered = sum(stage.cpu for stage in outcome.stages) / best.cpu
    return JobResult(
        name=job.name,
        form=job.form,
        workers=outcome.workers,
        best=best.wall,
        median=statistics.median(lap.wall for lap in laps),
        cpu=best.cpu,
        reads_per_second=reads.reads / best.wall,
        text_per_second=reads.text / best.wall,
        ratio=statistics.median(ratios),
        ratio_best=min(ratios),
        limit=limit,
        over_limit=best.wall / limit if limit else None,
        metered=metered,
        bottleneck=outcome.bottleneck,
        reads_out=outcome.reads_out,
        bytes_written=outcome.bytes_written,
        stages=[asdict(stage) for stage in outcome.stages],
        rounds=[{"wall": lap.wall, "cpu": lap.cpu, "ratio": lap.ratio} for lap in laps],
    )


def _with_workers(
    name: str, form: str, run: Callable[[int, str, Path], Outcome], cores: int
) -> list[Job]:
    """A job with one worker, and with as many as there are cores."""
    return [Job(name, form, partial(run, workers)) for workers in sorted({1, cores})]


def _inflate_gzip(path: str, _: Path) -> Outcome:
    target = memoryview(bytearray(_BUFFER))
    with igzip.open(path, "rb") as stream:  # type: ignore[no-untyped-call]
        while stream.readinto(target):
            pass
    return Outcome()


def _inflate_bgzf(path: str, _: Path) -> Outcome:
    """Inflates block after block, check sums included, in one thread."""
    rest = b""
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123
        while data := stream.read(_BUFFER):
            data = memoryview(rest + data)
            start = 0
            while start + _BLOCK_SIZE_AT + 2 <= len(data):
                at = start + _BLOCK_SIZE_AT
                end = start + int.from_bytes(data[at : at + 2], "little") + 1
                if end > len(data):
                    break
                size = int.from_bytes(data[end - 4 : end], "little")
                if size:
                    deflate.gzip_decompress(data[start:end], size)
                start = end
            rest = bytes(data[start:])
    if rest:
        raise ValueError(f"{path}: ends inside a block")
    return Outcome()


@dataclass(frozen=True)
class _NullSink:
    """Drops every batch."""

    @contextmanager
    def open(self, _: pa.Schema, /) -> Iterator[Callable[[pa.RecordBatch], None]]:
        yield lambda batch: None  # noqa: ARG005


def _read(path: str, workers: int, filters: tuple[Any, ...] = ()) -> bs.Pipeline:
    pipeline = bs.read_fastq(path)
    for each in filters:
        pipeline |= each
    return pipeline.with_options(threads=workers)


def _outcome(report: bs.Report) -> Outcome:
    return Outcome(
        report.stages, report.workers, report.bottleneck, report.reads_out, report.bytes_written
    )


def _to_batches(workers: int, path: str, _: Path) -> Outcome:
    return _outcome(_read(path, workers).run(_NullSink()))


def _to_parquet(
    compression: str, filters: tuple[Any, ...], workers: int, path: str, folder: Path
) -> Outcome:
    level = {"level": 1} if compression == "zstd" else {}
    pipeline = _read(path, workers, filters)
    target = folder / "reads.parquet"
    return _outcome(pipeline.write_parquet(target, compression=compression, **level))


def _to_fastq(suffix: str, workers: int, path: str, folder: Path) -> Outcome:
    return _outcome(_read(path, workers, FILTERS).write_fastq(folder / f"reads{suffix}"))


def _to_arrow(workers: int, path: str, folder: Path) -> Outcome:
    return _outcome(_read(path, workers).write_arrow(folder / "reads.arrow"))


def _command(path: str, folder: Path) -> Outcome:
    """The command line, its start included, with the reads on standard input."""
    stats = folder / "stats.json"
    command = [sys.executable, "-m", "biometal_stream", "--quiet", "--stats", str(stats)]
    command += ["read", "-", *_STEPS, "write", str(folder / "reads.parquet")]
    with open(path, "rb") as stream:  # noqa: PTH123
        subprocess.run(command, cwd=REPOSITORY, stdin=stream, check=True)
    told = json.loads(stats.read_text())
    return Outcome(
        tuple(StageStatistics(**stage) for stage in told["stages"]),
        told["workers"],
        told["bottleneck"],
        told["reads_out"],
        told["bytes_written"],
    )
