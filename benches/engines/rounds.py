"""Runs the ways, each in a process of its own, in turn, and again."""

from __future__ import annotations

import json
import math
import sys
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from benches import processes
from benches.engines.family import MARK, Family, Watch, can_look
from benches.engines.inside import TIME, WATCH, found_beside
from benches.engines.work import Answer, Job, Way
from benches.jobs import INTERRUPTED, LeftOut
from benches.machine import REPOSITORY
from benches.processes import Command, FailedError
from benches.tools.biometal import NAME as OURS

Tell: TypeAlias = Callable[[str], None]

Chosen: TypeAlias = Mapping[Job, Sequence[Way]]
"""Jobs and the ways to do them, the local run first."""

LEAST = 1.0
"""Seconds that a warm engine works at least in a round: some jobs take less than 0.2."""

_ALIKE = 1e-6  # some engines add up in single precision
_QUIET = {
    "DAFT_ANALYTICS_ENABLED": "0",
    "DAFT_PROGRESS_BAR": "0",
    "DO_NOT_TRACK": "true",
    "PYTHONWARNINGS": "ignore",
    "RAY_USAGE_STATS_ENABLED": "0",
}


@dataclass(frozen=True)
class Reads:
    """The same reads in both forms.

    Attributes:
        fastq: Plain FASTQ files.
        parquet: Parquet files, the only ones in their folder.
    """

    fastq: tuple[str, ...]
    parquet: tuple[str, ...]


@dataclass(frozen=True)
class Lap:
    """A way in one round.

    Attributes:
        start: Seconds from the start of the process until the engine was ready.
        first: Seconds of the job, done for the first time.
        seconds: Done again: the mean of `LEAST` seconds or more.
        cpu: Processor seconds of all its processes in that.
    """

    start: float
    first: float
    seconds: float
    cpu: float


@dataclass(frozen=True)
class Watched:
    """What a way was seen to hold and to read.

    Attributes:
        once: The most bytes of memory with the input; ``None`` if the system does not report it.
        longer: The same with the longer input.
        head: Seconds for a few rows of the longer input; ``None`` if it is not measured.
        head_bytes: Bytes read for them; ``None`` if the system does not report it.
        seconds: Seconds for the job on the longer input.
    """

    once: int | None
    longer: int | None
    head: float | None
    head_bytes: int | None
    seconds: float


def name_of(job: Job, way: Way) -> str:
    """The text that ``--only`` and ``--skip`` match."""
    return f"way: {job.name}: {way.name}"


def watch_ways(
    chosen: Chosen, once: Reads, longer: Reads, scratch: Path, cores: int, tell: Tell
) -> tuple[dict[tuple[Job, str], Watched], list[LeftOut]]:
    """Runs each way once, and observes its memory.

    Returns:
        What was seen, by the job and the name of the way, and the ways that failed.

    Raises:
        FailedError: The local run failed, or a way came to another answer than it.
    """
    seen: dict[tuple[Job, str], Watched] = {}
    failed: list[LeftOut] = []
    for job, ways in chosen.items():
        expected: list[Answer] = []
        for way in ways if job.watched else ():
            tell(f"memory of {name_of(job, way)}")
            try:
                found, watch = _run(job, way, WATCH, (once, longer), scratch, cores)
            except FailedError as error:
                if way is ways[0]:
                    raise
                failed.append(LeftOut(name_of(job, way), str(error), OURS))
                continue
            answers = [found["answer"], found["longer_answer"]]
            expected = expected or answers
            for answer, own in zip(answers, expected, strict=True):
                _compare(job, way, answer, own)
            seen[job, way.name] = Watched(
                watch.peak(found["begun"], found["once"]),
                watch.peak(found["once"], found["longer"]),
                found["head"],
                found["head_bytes"],
                found["seconds"],
            )
    return seen, failed


def run_ways(
    chosen: Chosen, reads: Reads, rounds: int, scratch: Path, cores: int, tell: Tell
) -> tuple[dict[tuple[Job, str], list[Lap]], list[LeftOut]]:
    """Runs all ways in turn, in reverse order in every second round.

    A way that fails is left out from there on; an interrupt ends the rounds, and keeps those
    that are done.

    Returns:
        The laps of each round, by the job and the name of the way; and what is left out.

    Raises:
        FailedError: The local run failed, or a way came to another answer than it.
    """
    laps: dict[tuple[Job, str], list[Lap]] = {}
    failed: dict[tuple[Job, str], LeftOut] = {}
    with suppress(KeyboardInterrupt):
        for number in range(1, rounds + 1):
            done: dict[tuple[Job, str], Lap] = {}
            for job, ways in chosen.items():
                local, *others = ways
                expected: Answer | None = None
                for way in (local, *(others if number % 2 else reversed(others))):
                    if (job, way.name) in failed:
                        continue
                    tell(f"round {number} of {rounds}: {name_of(job, way)}")
                    try:
                        found, _ = _run(job, way, TIME, (reads,), scratch, cores)
                    except FailedError as error:
                        if way is local:
                            raise
                        failed[job, way.name] = LeftOut(name_of(job, way), str(error), OURS)
                        continue
                    answer = found.pop("answer")
                    expected = expected or answer
                    _compare(job, way, answer, expected)
                    done[job, way.name] = Lap(**found)
            # Whole rounds alone: each has a local run to be compared with.
            for key, lap in done.items():
                laps.setdefault(key, []).append(lap)
    left_out = list(failed.values())
    if len(max(laps.values(), key=len, default=[])) < rounds:
        left_out.append(LeftOut("rounds", f"{INTERRUPTED} before all {rounds} were done"))
    return {key: each for key, each in laps.items() if key not in failed}, left_out


def _run(
    job: Job, way: Way, mode: str, inputs: Sequence[Reads], scratch: Path, cores: int
) -> tuple[dict[str, Any], Watch]:
    """Runs a way in a process, with a folder that is removed again."""
    mark = uuid.uuid4().hex
    watch = Watch(mark)
    with tempfile.TemporaryDirectory(dir=scratch, ignore_cleanup_errors=True) as folder:
        asked = Path(folder, "asked.json")
        words = {
            "job": job.name,
            "way": way.name,
            "mode": mode,
            "least": LEAST,
            "inputs": [asdict(each) for each in inputs],
            "folder": folder,
            "cores": cores,
        }
        asked.write_text(json.dumps(words), encoding="utf-8")
        command = Command(
            (sys.executable, "-m", "benches.engines.inside", str(asked)),
            {**_QUIET, "PYTHONPATH": str(REPOSITORY), MARK: mark},
        )
        try:
            if mode == WATCH:
                with watch:
                    processes.run(command)
            else:  # to look takes processor time, too
                processes.run(command)
        finally:
            if can_look():
                Family(mark).end()
        found: dict[str, Any] = json.loads(found_beside(asked).read_text(encoding="utf-8"))
    return found, watch


def _compare(job: Job, way: Way, answer: Answer, expected: Answer) -> None:
    """Compares an answer with that of the local run.

    Raises:
        FailedError: It is another.
    """
    for what, value in expected.items():
        own = answer.get(what, math.nan)
        if not math.isclose(own, value, rel_tol=_ALIKE):
            raise FailedError(
                f"{name_of(job, way)}: {what}: {own:,.10g}, and {value:,.10g} by the"
                " local run: not the same job"
            )
