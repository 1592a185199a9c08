"""What reports cost: ``python -m benches.reports`` in the folder of the clone.

It times a report alone, and those of FastQC, falco, sequali, polars-bio and fastp where they are
installed, and then trimming with and without two reports. It prints tables of medians, and how
near the goals are.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benches import inputs, processes
from benches.machine import REPOSITORY, describe
from benches.processes import Command, Usage
from benches.reports import goals
from benches.reports.ways import ALONE, JOBS, OURS, Way, trimming
from benches.tools.base import Peers, Work
from benches.turns import in_turn, ratio, seconds, table


def main(words: Sequence[str] | None = None) -> int:
    """Runs the bench and prints the tables.

    Args:
        words: The options; by default those of the command line.
    """
    asked = _parser().parse_args(words)
    reads = inputs.prepare(inputs.find_reads(asked.source), asked.reads, asked.data)
    machine = describe()
    _tell(f"{machine.cpu}, {asked.threads} threads, {reads.reads:,} reads, {machine.date}\n")
    if not machine.kernels_ahead:
        _tell("Kernels are not compiled ahead of time, so that our start takes longer.\n")
    _tell(_alone(reads.paths("gzip")[0], asked))
    for task in JOBS:
        if reads.has(task.form):
            _tell(_added(Work(task, reads, asked.data, asked.threads), asked.repeats))
    return 0


def _alone(path: str, asked: argparse.Namespace) -> str:
    where = Peers(asked.peers)
    ways = [way for way in ALONE if way.path(where)]
    runs = in_turn(
        {way.name: _report(way, where, path, asked.threads) for way in ways}, asked.repeats
    )
    missing = [way.name for way in ALONE if way.name not in runs]
    text = "\ngzip → report\n\n" + table(runs, OURS)
    text += f"\nnot installed, or failed: {', '.join(missing)}\n" if missing else ""
    times = {name: seconds(each) for name, each in runs.items()}
    peak = max(each.peak for each in runs[OURS])
    return text + "\n" + "\n".join(goals.alone(times, peak, OURS)) + "\n"


def _report(way: Way, where: Peers, path: str, threads: int) -> Callable[[], Usage]:
    def run() -> Usage:
        with tempfile.TemporaryDirectory() as folder:
            words = way.words(way.path(where) or "", path, folder, str(threads))
            return processes.run(Command(words, way.environment))

    return run


def _added(work: Work, repeats: int) -> str:
    runs = in_turn(
        {"without": _trim(work, report=False), "with two reports": _trim(work, report=True)},
        repeats,
    )
    added = goals.added(work.task.name, ratio(runs["with two reports"], runs["without"]))
    return f"\n{work.task.name}\n\n{table(runs, 'without')}\n{added}\n"


def _trim(work: Work, *, report: bool) -> Callable[[], Usage]:
    def run() -> Usage:
        with tempfile.TemporaryDirectory(dir=work.folder) as folder:
            own = Work(work.task, work.reads, Path(folder), work.threads)
            words = trimming(own, report=report)
            return processes.run(Command(words, {"PYTHONPATH": str(REPOSITORY)}))

    return run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benches.reports", description=__doc__)
    add = parser.add_argument
    add("--reads", type=int, default=1_500_000, help="reads of the input (1,500,000)")
    add("--repeats", type=int, default=3, help="rounds (3)")
    add("--threads", type=int, default=2, help="threads of each program (2)")
    add("--peers", type=Path, help="an environment with sequali, polars-bio and others")
    add("--source", type=Path, help="a folder of .fastq.gz files")
    add("--data", type=Path, default=REPOSITORY / "benches" / "data", help="where input is kept")
    return parser


def _tell(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
