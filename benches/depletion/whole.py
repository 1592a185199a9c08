"""Whole runs with and without depletion, and those of deacon: FASTQ.gz to FASTQ.gz."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from benches import inputs
from benches.contents import Contents, read_contents
from benches.depletion.indexes import DEFAULT, build
from benches.depletion.sources import Sources
from benches.inputs import Input
from benches.machine import REPOSITORY
from benches.processes import Command, Usage, run
from benches.tasks import PAIRS, Task
from benches.tools.base import Peers, Work
from benches.tools.biometal import command, steps
from benches.turns import Runs, in_turn, ratio, table

GOAL = 1.15
"""How many times as long a run with depletion may take as the same without it."""

_FEW = 2_000
"""The reads of a run before all others, so that kernels are compiled and indexes in memory."""

WITHOUT, COMPACT, EXACT, DEACON = "without", "compact index", "exact index", "deacon"


def sections(asked: argparse.Namespace) -> Iterator[str]:
    """Times all runs, single reads and pairs, and makes a table of each, in Markdown.

    Args:
        asked: The options of the command line.
    """
    files = inputs.find_reads(asked.source)
    few, reads = (inputs.prepare(files, number, asked.data) for number in (_FEW, asked.reads))
    with tempfile.TemporaryDirectory(dir=asked.data) as name:
        folder = Path(name)
        stem = build(Sources(asked.shared, 1, 1).indexed, DEFAULT, folder).stem
        indexes = {COMPACT: folder / f"{stem}.compact", EXACT: folder / f"{stem}.idx"}
        if asked.index:
            indexes = {COMPACT: asked.index}
        for form in ("gzip", PAIRS):
            if reads.has(form):
                yield _section(Task(form, "FASTQ.gz"), (few, reads), indexes, folder, asked)


def _section(
    task: Task,
    both: tuple[Input, Input],
    indexes: dict[str, Path],
    folder: Path,
    asked: argparse.Namespace,
) -> str:
    found: dict[str, Contents] = {}

    def timed(name: str, line: Callable[[Work], Command]) -> Callable[[], Usage]:
        def once() -> Usage:
            for reads in both[name in found :]:
                with tempfile.TemporaryDirectory(dir=folder) as out:
                    work = Work(task, reads, Path(out), asked.threads)
                    usage = run(line(work))
                    if reads is both[1] and name not in found:
                        found[name] = read_contents(work.targets)
            return usage

        return once

    jobs = {WITHOUT: timed(WITHOUT, lambda work: _ours(work, None))}
    for name, index in indexes.items():
        jobs[name] = timed(name, lambda work, index=index: _ours(work, index))  # type: ignore[misc]
    python = Peers(asked.peers).python
    if python and EXACT in indexes:
        jobs[DEACON] = timed(DEACON, lambda work: _deacon(work, python, indexes[EXACT]))
    runs = in_turn(jobs, asked.repeats)
    lines = [_added(name, runs, both[1].reads_of(task.form)) for name in indexes]
    kept = [f"{name} {each.reads:,}" for name, each in found.items()]
    return f"### {task.name}\n\n{table(runs, WITHOUT)}\n" + "\n".join(
        [*lines, f"reads written: {', '.join(kept)}{_alike(found)}"]
    )


def _added(name: str, runs: Runs, reads: int) -> str:
    """What depletion adds to the run, by an index."""
    by = ratio(runs[name], runs[WITHOUT])
    before, after = (median(each.cpu for each in runs[which]) for which in (WITHOUT, name))
    return (
        f"with the {name}: {by:.2f} times the run without, goal at most {GOAL}:"
        f" {'met' if by <= GOAL else 'missed'}; processor time {after / before:.2f} times,"
        f" {(after - before) / reads * 1e6:+.2f} µs a read"
    )


def _alike(found: dict[str, Contents]) -> str:
    """Whether deacon has written the same reads as we have with the exact index."""
    if DEACON not in found:
        return ""
    same = found[DEACON].unordered == found[EXACT].unordered
    return f"; deacon and the exact index wrote {'the same' if same else 'OTHER'} reads"


def _ours(work: Work, index: Path | None) -> Command:
    options = ("--quiet", "--no-progress", "--threads", str(work.threads))
    words = list(steps(work))
    if index is not None:
        at = words.index("write")
        words[at:at] = ["deplete", str(index)]
    return Command((*command(*options), *words), {"PYTHONPATH": str(REPOSITORY)})


def _deacon(work: Work, python: str, index: Path) -> Command:
    script = str(REPOSITORY / "benches" / "scripts" / "deplete_with_deacon.py")
    paths = (*work.inputs, *work.targets)
    return Command((python, script, str(index), str(work.threads), *paths))
