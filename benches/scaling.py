"""How runs scale with cores: ``python -m benches.scaling`` in the folder of the clone.

Runs each task with one thread, two, four and so on, as far as the machine has cores, and prints the
wall time of each. From what a million reads cost in a run with the most threads, without its start,
it predicts the times for numbers of cores that the machine may not have.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benches import inputs, machine, processes
from benches.machine import REPOSITORY
from benches.processes import Command
from benches.tasks import LENGTH_N, PAIRS, Task
from benches.tools.base import Work, upto
from benches.tools.biometal import command, steps
from biometal_stream.run import available_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benches.inputs import Input

CORES = (1, 4, 16, 64)
"""What is predicted."""

TASKS = (
    Task("gzip", "Parquet", LENGTH_N),
    Task("bgzf", "Parquet", LENGTH_N),
    Task(PAIRS, "Parquet", LENGTH_N),
    Task("gzip", "FASTQ.gz", LENGTH_N),
    Task("bgzf", "FASTQ.gz", LENGTH_N),
)

_FEW = 2_000
_SHARED = frozenset({"cpu", "lock_held", "page_faults"})  # all other costs are serial threads'


@dataclass(frozen=True)
class Costs:
    """What a task costs, from which times on any number of cores follow.

    Attributes:
        start: Seconds of a run on few reads.
        reads: The reads of the input.
        each: What a million reads cost beyond that, named as in `Report.per_million_reads`.
    """

    start: float
    reads: int
    each: Mapping[str, float | None]

    @property
    def serial(self) -> dict[str, float]:
        """Seconds per million reads of each thread that does its work alone."""
        return {name: cost or 0.0 for name, cost in self.each.items() if name not in _SHARED}

    def bound(self, cores: int) -> tuple[float, str]:
        """Seconds of the input on so many cores, and what bounds them.

        The most of three: all processor time, divided by the cores; the slowest serial thread; and
        the time in which Python's lock is held, since one thread at a time can hold it. The costs
        of a read are taken to be the same on any number of cores.
        """
        bounds = {"cores": (self.each["cpu"] or 0.0) / cores, **self.serial}
        bounds["lock"] = self.each["lock_held"] or 0.0
        by = max(bounds, key=lambda name: bounds[name])
        return self.start + bounds[by] * self.reads / 1e6, by


@dataclass(frozen=True)
class Scaling:
    """How one task scales.

    Attributes:
        task: What was run.
        costs: Of the run with the most threads.
        seconds: The fastest wall time by threads.
    """

    task: str
    costs: Costs
    seconds: dict[int, float]


def measure(
    task: Task,
    reads: Input,
    few: Input,
    counts: Sequence[int],
    repeats: int,
    scratch: Path,
    tell: Callable[[str], None],
) -> Scaling:
    """Runs one task with each number of threads, in turn."""
    seconds: dict[int, float] = {}
    for number in range(repeats):
        for threads in counts if number % 2 else reversed(counts):
            tell(f"{task.name}, {threads} threads, round {number + 1} of {repeats}")
            wall, _ = _run(task, reads, threads, scratch)
            seconds[threads] = min(wall, seconds.get(threads, wall))
    most = max(counts)
    tell(f"{task.name}, with statistics")
    start = min(_run(task, few, most, scratch)[0] for _ in range(repeats))
    reports = [_run(task, each, most, scratch, statistics=True)[1] for each in (few, reads)]
    costs = Costs(start, reports[1]["reads_in"], marginal(*reports))
    return Scaling(task.name, costs, dict(sorted(seconds.items())))


def marginal(few: Mapping[str, Any], all_: Mapping[str, Any]) -> dict[str, float | None]:
    """What a million reads cost beyond a start, from the reports of few reads and of all."""
    millions = (all_["reads_in"] - few["reads_in"]) / 1e6
    costs: dict[str, float | None] = {}
    for name, whole in all_["per_million_reads"].items():
        start = few["per_million_reads"].get(name)
        if whole is None or start is None:
            costs[name] = whole
            continue
        beyond = (whole * all_["reads_in"] - start * few["reads_in"]) / 1e6
        costs[name] = max(0.0, beyond / millions)
    return costs


def _run(
    task: Task,
    reads: Input,
    threads: int,
    scratch: Path,
    *,
    statistics: bool = False,
) -> tuple[float, dict[str, Any]]:
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        work = Work(task, reads, Path(folder), threads)
        options = ["--quiet", "--no-progress", "--threads", str(threads)]
        if statistics:
            options += ["--stats", str(work.report)]
        words = (*command(*options), *steps(work))
        usage = processes.run(Command(words, {"PYTHONPATH": str(REPOSITORY)}))
        report = json.loads(work.report.read_text()) if statistics else {}
    return usage.wall, report


def as_markdown(found: Sequence[Scaling]) -> str:
    """Two tables: what a million reads cost, and seconds measured and predicted."""
    names = list(dict.fromkeys(name for each in found for name in each.costs.each))
    lines = [_row("for a million reads", *names), _rule(len(names))]
    for each in found:
        costs = each.costs.each
        lines.append(_row(each.task, *(_cost(name, costs.get(name)) for name in names)))
    counts = sorted({threads for each in found for threads in each.seconds})
    heads = [f"{threads} threads" for threads in counts]
    heads += [f"{cores} cores, predicted" for cores in CORES]
    lines += ["", _row("seconds", *heads), _rule(len(heads))]
    for each in found:
        measured = [f"{each.seconds[threads]:.2f}" for threads in counts]
        bounds = [each.costs.bound(cores) for cores in CORES]
        predicted = [f"{seconds:.2f} ({by})" for seconds, by in bounds]
        lines.append(_row(each.task, *measured, *predicted))
    return "\n".join(lines) + "\n"


def _cost(name: str, cost: float | None) -> str:
    if cost is None:
        return ""
    return f"{cost:,.0f}" if name == "page_faults" else f"{cost:.3f}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return f"|---|{'--:|' * columns}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(prog="python -m benches.scaling", description=__doc__)
    parser.add_argument("--reads", type=int, default=4_000_000, help="reads of the input")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each kind")
    parser.add_argument("--source", type=Path, help="a folder of .fastq.gz files")
    parser.add_argument("--data", type=Path, default=REPOSITORY / "benches" / "data")
    parser.add_argument("--outputs", type=Path, help="where temporary outputs are written")
    parser.add_argument("--json", type=Path, help="the file for the figures")
    given = parser.parse_args(arguments)
    files = inputs.find_reads(given.source)
    reads, few = (inputs.prepare(files, each, given.data) for each in (given.reads, _FEW))
    counts = upto(available_cores())
    found = [
        measure(
            task,
            reads,
            few,
            counts,
            given.repeats,
            given.outputs or given.data,
            lambda line: print(line, file=sys.stderr),
        )
        for task in TASKS
        if reads.has(task.form)
    ]
    about = machine.describe()
    if given.json:
        figures = {"machine": asdict(about), "scaling": [asdict(each) for each in found]}
        given.json.write_text(json.dumps(figures, indent=2))
    print(f"{about.cpu}, {about.cores} cores, {about.system}, Python {about.python}\n")
    print(as_markdown(found))


if __name__ == "__main__":
    main()
