"""Tasks by tools, in processes of their own, in turn, and again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from benches import processes
from benches.contents import count_reads, read_contents
from benches.inputs import Input
from benches.kept import Kept
from benches.processes import Command, FailedError
from benches.runs import Check, Lap, Run
from benches.tasks import COUNT, INFLATE_GZIP, LOOP, Task
from benches.tools.bare import Bare
from benches.tools.base import Tool, Work
from benches.tools.biometal import NAME as OURS

Tell: TypeAlias = Callable[[str], None]
"""Is called with what is being done."""

_BUFFER = 2 * 2**20

INTERRUPTED = "interrupted"
"""How the reason begins of what an interrupt has left out."""


@dataclass(frozen=True)
class Job:
    """A task by a tool.

    Attributes:
        task: What is done.
        tool: By which tool.
        threads: The number of threads; 0 if it cannot be set.
    """

    task: Task
    tool: Tool
    threads: int

    @property
    def name(self) -> str:
        """The task, the tool and the threads."""
        threads = f", {self.threads}" if self.threads else ""
        return f"{self.task.name}: {self.tool.name}{threads}"


@dataclass(frozen=True)
class LeftOut:
    """A tool, or a job of it, that was not timed.

    Attributes:
        name: Which.
        reason: Why.
        tool: The tool.
    """

    name: str
    reason: str
    tool: str = ""


def all_jobs(
    tasks: list[Task], tools: list[Tool], reads: Input, cores: int
) -> tuple[list[Job], list[LeftOut]]:
    """The jobs that the installed tools can do on these reads, and what is missing."""
    missing = [
        LeftOut(tool.name, "is not installed; see benches/peers/install", tool.name)
        for tool in tools
        if tool.version() is None
    ]
    gone = {each.name for each in missing}
    missing += [
        LeftOut(task.name, "files of mates are missing")
        for task in tasks
        if not reads.has(task.form)
    ]
    jobs = [
        Job(task, tool, threads)
        for task in tasks
        if reads.has(task.form)
        for tool in tools
        if tool.name not in gone and (task.prediction is None or tool.name == OURS)
        for threads in tool.threads(task, cores)
    ]
    return jobs, missing


def try_jobs(
    jobs: list[Job], few: Input, scratch: Path, tell: Tell
) -> tuple[list[Job], list[LeftOut]]:
    """Runs each job on a few reads, so that kernels are compiled and files in the page cache.

    Returns:
        The jobs that did it, and the others.
    """
    able, unable = [], []
    for job in jobs:
        tell(f"trying {job.name}")
        try:
            run_once(job, few, scratch, Check.CONTENTS)
        except FailedError as error:
            unable.append(LeftOut(job.name, str(error), job.tool.name))
        else:
            able.append(job)
    return able, unable


def run_jobs(
    jobs: list[Job],
    reads: Input,
    few: Input,
    rounds: int,
    scratch: Path,
    tell: Tell,
    kept: Kept | None = None,
    *,
    starts: bool = True,
) -> tuple[dict[Job, list[Lap]], list[LeftOut]]:
    """Runs all jobs in turn, and again, so that what disturbs the machine meets all of them.

    Before each task bare ISA-L runs; the jobs of a task follow each other, in the other order
    in every second round. A job that fails is left out from there on; an
    interrupt ends the rounds, and keeps what is done.

    Args:
        jobs: Those of one task next to each other.
        reads: The input.
        few: A small input, to see what starting takes.
        rounds: How often each job runs.
        scratch: A folder that outputs are written below, and removed again.
        tell: Called with a line that says what is being done.
        kept: Runs of an earlier bench; these are not made again, and the others are added.
        starts: Whether to see in every round what starting takes, and not only in the first.

    Returns:
        The laps of the jobs that did all rounds, or all before an interrupt, and the others.

    Raises:
        FailedError: Bare ISA-L failed.
    """
    failed: dict[Job, str] = {}
    for form in reads.sizes:
        for path in reads.paths(form):
            _read_through(path)
    bare = Job(INFLATE_GZIP, Bare(), 1)
    stage = _Stage(reads, few, scratch, kept or Kept(), starts)
    laps: dict[Job, list[Lap]] = {job: [] for job in jobs}
    with suppress(KeyboardInterrupt):
        for number in range(1, rounds + 1):
            for task, group in groupby(jobs, lambda job: job.task):
                own = list(group)
                tell(f"round {number} of {rounds}: {bare.name}")
                before = f"round {number}, before {task.name}: {bare.name}"
                reference = stage.lap(bare, before, Check.NOTHING)
                for job in own if number % 2 else reversed(own):
                    if job in failed:
                        continue
                    tell(f"round {number} of {rounds}: {job.name}")
                    lap = reference
                    if job.task != bare.task:
                        check = _check(job, own) if number == 1 else Check.NOTHING
                        try:
                            lap = stage.lap(job, f"round {number}: {job.name}", check)
                        except FailedError as error:
                            failed[job] = str(error)
                            continue
                    laps[job].append(Lap(*lap, reference[0].usage.wall))
    left_out = [LeftOut(job.name, reason, job.tool.name) for job, reason in failed.items()]
    left_out += [
        LeftOut(job.name, f"{INTERRUPTED} after {len(each)} of {rounds} rounds", job.tool.name)
        for job, each in laps.items()
        if job not in failed and len(each) < rounds
    ]
    return {job: each for job, each in laps.items() if each and job not in failed}, left_out


def run_once(job: Job, reads: Input, scratch: Path, check: Check) -> Run:
    """Runs a job in a folder that is removed again.

    Args:
        job: What to run.
        reads: On what.
        scratch: Where the folder is made.
        check: What to read of the files that come out.

    Raises:
        FailedError: It failed, or what came out is not what the task asks for.
    """
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        work = Work(job.task, reads, Path(folder), job.threads)
        line = job.tool.line(work)
        usage = processes.run(
            Command(
                line.words,
                line.environment,
                folder=folder,
                stdin=work.inputs[0] if job.task.piped else None,
            )
        )
        counted = contents = None
        if job.task.output in {COUNT, LOOP}:
            counted = line.count(usage.output)
        elif work.targets and check is Check.COUNT:
            counted = count_reads(work.targets)
        elif work.targets and check is Check.CONTENTS:
            contents = read_contents(work.targets)
            counted = contents.reads
        report = json.loads(work.report.read_text()) if work.report.exists() else {}
        return Run(usage, _sizes(work.targets), counted, report, contents)


def _sizes(paths: tuple[str, ...]) -> tuple[int, ...]:
    try:
        return tuple(Path(path).stat().st_size for path in paths)
    except FileNotFoundError as error:
        raise FailedError(
            f"wrote no file {Path(error.filename).name}, with exit status 0"
        ) from error


@dataclass(frozen=True)
class _Stage:
    """Where jobs run, and what is kept of them."""

    reads: Input
    few: Input
    scratch: Path
    kept: Kept
    starts: bool
    first: dict[Job, Run] = field(default_factory=dict)

    def lap(self, job: Job, name: str, check: Check) -> tuple[Run, Run]:
        """A run on the input, and one on the few reads just before it."""
        found = self.kept.find(name)
        if found is None:
            start = None if self.starts else self.first.get(job)
            start = start or run_once(job, self.few, self.scratch, Check.NOTHING)
            found = run_once(job, self.reads, self.scratch, check), start
            self.kept.add(name, *found)
        self.first.setdefault(job, found[1])
        return found


def _check(job: Job, group: list[Job]) -> Check:
    """What to read of the files: all with the most threads of a tool, which takes seconds."""
    most = max(each.threads for each in group if each.tool.name == job.tool.name)
    return Check.CONTENTS if job.threads == most else Check.COUNT


def _read_through(path: str) -> None:
    """Reads a file, so that it is in the page cache."""
    target = bytearray(_BUFFER)
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123
        while stream.readinto(target):
            pass
