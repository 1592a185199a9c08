"""How long commands take to start, and how long the first batch takes to come."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benches import processes
from benches.inputs import Input
from benches.machine import REPOSITORY
from benches.processes import Command
from benches.tasks import LENGTH_N, Task
from benches.tools.base import Work
from benches.tools.biometal import command, steps

FIRST_EVER = "a run, the first ever"
"""The start that compiles all that it needs."""

_DROP = Path("/proc/sys/vm/drop_caches")
_TASK = Task("gzip", "Parquet", LENGTH_N)


@dataclass(frozen=True)
class StartResult:
    """How long something takes.

    Attributes:
        name: What.
        state: What the machine knew of it: ``warm`` with its files in the page cache,
            ``cold`` with nothing there, ``first`` without compiled kernels.
        best: Seconds of the fastest run; ``None`` where it could not be measured.
        median: Seconds of the median run.
        cpu: Processor seconds of the fastest run.
    """

    name: str
    state: str
    best: float | None
    median: float | None
    cpu: float | None


def can_drop_caches() -> bool:
    """Whether the page cache can be emptied: on Linux, by root."""
    return os.access(_DROP, os.W_OK)


def measure_starts(
    few: Input, repeats: int, scratch: Path, tell: Callable[[str], None], *, cold: bool
) -> list[StartResult]:
    """Times commands in turn, once without counting.

    Args:
        few: The reads of the runs.
        repeats: How often each is started. The first run ever is made once, and one from an
            empty page cache too.
        scratch: A folder that outputs are written below, and removed again.
        tell: Called with a line that says what is being done.
        cold: Whether to empty the page cache, of the whole machine, where that can be done.
    """
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        work = Work(_TASK, few, Path(folder), 0)
        commands = {
            "python -c pass": (command()[0], "-c", "pass"),
            "biometal-stream --version": command("--version"),
            "biometal-stream --help": command("--help"),
            "a run": command("--quiet", *steps(work)),
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for number in range(repeats + 1):
            for name, words in commands.items():
                tell(f"start: {name}")
                seconds = _seconds(words)
                if number:
                    taken[name].append(seconds)
        results = [_result(name, "warm", each) for name, each in taken.items()]
        for name, words in list(commands.items())[2:]:
            tell(f"start: {name}, from disk")
            able = cold and can_drop_caches() and _drop_caches()
            results.append(_result(name, "cold", [_seconds(words)] if able else []))
        return results


def measure_first_ever(few: Input, scratch: Path, tell: Callable[[str], None]) -> list[StartResult]:
    """Times a run that finds no compiled kernels, and the next one, which does."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        work = Work(_TASK, few, Path(folder), 0)
        words = command("--quiet", *steps(work))
        kernels = {"NUMBA_CACHE_DIR": str(Path(folder, "kernels"))}
        results = []
        for name, state in ((FIRST_EVER, "first"), ("a run, the second", "warm")):
            tell(f"start: {name}")
            results.append(_result(name, state, [_seconds(words, kernels)]))
        return results


def measure_first_batch(
    reads: Input, repeats: int, tell: Callable[[str], None]
) -> list[StartResult]:
    """Times how long the first batch of a filtered gzip takes."""
    script = str(REPOSITORY / "benches" / "scripts" / "first_batch.py")
    words = (command()[0], script, reads.paths("gzip")[0])
    seconds: dict[str, list[float]] = {"cold": [], "warm": []}
    for number in range(repeats + 1):
        tell("start: first batch")
        told = json.loads(processes.run(_command(words)).output)
        if number:
            for name, each in seconds.items():
                each.append(told[name])
    names = {
        "cold": "first batch, since the process's start",
        "warm": "first batch, in a warm process",
    }
    return [
        StartResult(names[name], "warm", min(each), statistics.median(each), None)
        for name, each in seconds.items()
    ]


def _seconds(words: tuple[str, ...], more: dict[str, str] | None = None) -> tuple[float, float]:
    usage = processes.run(_command(words, more))
    return usage.wall, usage.cpu


def _command(words: tuple[str, ...], more: dict[str, str] | None = None) -> Command:
    return Command(words, {"PYTHONPATH": str(REPOSITORY), **(more or {})})


def _result(name: str, state: str, taken: list[tuple[float, float]]) -> StartResult:
    if not taken:
        return StartResult(name, state, None, None, None)
    wall, cpu = min(taken)
    return StartResult(name, state, wall, statistics.median(each for each, _ in taken), cpu)


def _drop_caches() -> bool:
    os.sync()
    try:
        _DROP.write_text("3\n")
    except OSError:  # a container may forbid it to its root
        return False
    return True
