"""What statistics and progress cost."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benches import processes
from benches.inputs import Input
from benches.machine import REPOSITORY
from benches.processes import Command, Usage
from benches.tasks import LENGTH_N, Task
from benches.tools.base import Work
from benches.tools.biometal import command, steps

_TASK = Task("gzip", "FASTQ", LENGTH_N)
_QUIET = ("--quiet", "--no-progress")


@dataclass(frozen=True)
class OverheadResult:
    """A run with ``--stats`` and the live line on a terminal, against one without.

    Attributes:
        task: What was run.
        wall: The ratio of the fastest runs' seconds.
        cpu: The ratio of their least processor seconds.
        wall_median: The median ratio of the seconds of two runs next to each other.
        cpu_median: The same of their processor seconds.
        instructions: The ratio of the least numbers of instructions; ``None`` where they cannot
            be counted.
        rounds: How many pairs of runs there were.
    """

    task: str
    wall: float
    cpu: float
    wall_median: float
    cpu_median: float
    instructions: float | None
    rounds: int


def measure_overhead(
    reads: Input, rounds: int, scratch: Path, tell: Callable[[str], None]
) -> OverheadResult:
    """Runs a task with and without, in turn."""
    count = processes.can_count_instructions()
    without: list[Usage] = []
    with_both: list[Usage] = []
    for number in range(rounds):
        tell(f"overhead: round {number + 1} of {rounds}")
        for told in (True, False) if number % 2 else (False, True):
            own = with_both if told else without
            own.append(_run(reads, scratch, told=told, count=count))
    counts = [_least_instructions(each) for each in (with_both, without)]
    pairs = list(zip(with_both, without, strict=True))
    return OverheadResult(
        task=_TASK.name,
        wall=min(each.wall for each in with_both) / min(each.wall for each in without),
        cpu=min(each.cpu for each in with_both) / min(each.cpu for each in without),
        wall_median=statistics.median(two.wall / one.wall for two, one in pairs),
        cpu_median=statistics.median(two.cpu / one.cpu for two, one in pairs),
        instructions=counts[0] / counts[1] if counts[0] and counts[1] else None,
        rounds=rounds,
    )


def _run(reads: Input, scratch: Path, *, told: bool, count: bool) -> Usage:
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        work = Work(_TASK, reads, Path(folder), 0)
        options = ("--progress", "--stats", str(work.report)) if told else _QUIET
        return processes.run(
            Command(
                (*command(*options), *steps(work)),
                {"PYTHONPATH": str(REPOSITORY), "TERM": "xterm"},
                terminal=told,
                instructions=count,
            )
        )


def _least_instructions(usages: list[Usage]) -> int | None:
    counts = [each.instructions for each in usages if each.instructions is not None]
    return min(counts, default=None)
