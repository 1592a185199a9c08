"""The most memory that a run holds, for the input once and ten times."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from benches import processes
from benches.inputs import Input
from benches.machine import REPOSITORY
from benches.processes import Command
from benches.tasks import LENGTH_N, Task
from benches.tools.base import Work
from benches.tools.biometal import command, steps
from biometal_stream.run import available_cores, default_memory

TIMES = 10
"""How often the input is read in the longer run."""

TASKS = (Task("gzip", "Parquet", LENGTH_N), Task("gzip", "FASTQ.gz", LENGTH_N))
"""What is run."""

TIGHT = 64 * 2**20
"""The ``--memory`` of the run that is to obey it."""

_SCRIPT = str(REPOSITORY / "benches" / "scripts" / "imports.py")


@dataclass(frozen=True)
class MemoryResult:
    """The most memory that a task held, in bytes beyond those of its imports.

    Attributes:
        task: What was run.
        imports: Bytes of a process that imports the same modules, and does no more.
        once: Bytes beyond that for the input.
        longer: Bytes beyond that for the input ``times`` times.
        times: How often that is.
        allowed: What the reads in flight might hold in these runs: the default of ``--memory``.
        tight: Bytes beyond the imports for the input with ``--memory`` of `TIGHT`.
    """

    task: str
    imports: int
    once: int
    longer: int
    times: int
    allowed: int
    tight: int


def measure_memory(
    tasks: list[Task], reads: Input, few: Input, scratch: Path, tell: Callable[[str], None]
) -> list[MemoryResult]:
    """Runs the tasks in processes of their own."""
    results = []
    for task in tasks:
        tell(f"memory: {task.name}")
        imports = _imports(task, few, scratch)
        once, longer, tight = (
            _peak(task, reads, scratch, times, *options) - imports
            for times, *options in ((1,), (TIMES,), (1, "--memory", str(TIGHT)))
        )
        allowed = default_memory(available_cores())
        results.append(MemoryResult(task.name, imports, once, longer, TIMES, allowed, tight))
    return results


def _peak(task: Task, reads: Input, scratch: Path, times: int, *options: str) -> int:
    words = ("--quiet", "--no-progress", *options)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        return _run(command(*words), Work(task, reads, Path(folder), 0), times)


def _imports(task: Task, few: Input, scratch: Path) -> int:
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        work = Work(task, few, Path(folder), 0)
        script = (command()[0], _SCRIPT)
        done = processes.run(_command((*script, "--quiet", *steps(work))))
        names = Path(folder, "names")
        names.write_text(done.output)
        return processes.run(replace(_command(script), stdin=str(names))).peak


def _run(start: tuple[str, ...], work: Work, times: int) -> int:
    words = steps(work)
    at = words.index("read") + 1
    return processes.run(
        _command((*start, *words[:at], *words[at : at + 1] * times, *words[at + 1 :]))
    ).peak


def _command(words: tuple[str, ...]) -> Command:
    return Command(words, {"PYTHONPATH": str(REPOSITORY)})
