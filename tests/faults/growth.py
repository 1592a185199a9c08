"""Many runs in one process leave nothing behind: ``python -m tests.faults.growth --runs 1000``.

Runs that end well, that fail, that are left in the middle, and that are interrupted, in turn.
"""

# ruff: noqa: T201 - a program that prints what came of it
from __future__ import annotations

import argparse
import contextlib
import gc
import os
import random
import signal
import sys
import tempfile
import threading
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import pyarrow as pa

from biometal_stream.errors import BiometalError, InputWarning
from biometal_stream.operators import Head, Measure, MinLength
from biometal_stream.pipeline import Pipeline
from biometal_stream.reading import read_fastq
from tests.faults.jobs import make_inputs
from tests.stand_ins import Call

KINDS = ("good", "bad input", "bad operator", "left", "let go", "interrupted", "no such folder")
TARGETS = ("t.parquet", "t.fq.gz", "t.fq.zst", "t.arrow", "t.fq")
MOST_MEGABYTES = 48
"""What the process may grow by, from the end of the warm-up on: what allocators keep."""


@dataclass(frozen=True)
class State:
    """What a process holds."""

    threads: int
    descriptors: int
    megabytes: float
    hidden: int

    @classmethod
    def of(cls, folder: Path) -> State:
        gc.collect()
        memory = 0.0
        if sys.platform == "linux":
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            memory = pages * os.sysconf("SC_PAGESIZE") / 2**20
        return cls(
            sum(thread.name.startswith("biometal") for thread in threading.enumerate()),
            len(list(Path("/proc/self/fd" if sys.platform == "linux" else "/dev/fd").iterdir())),
            memory,
            sum(path.name.startswith(".") for path in folder.iterdir()),
        )


def one_run(kind: str, folder: Path, random_: random.Random) -> str:
    """Does a run of a kind; tells how it ended."""
    pipeline = read_fastq(folder / random_.choice(["reads.fq", "reads.fq.gz"]))
    pipeline = pipeline | MinLength(50) | Measure() | Head(random_.randint(1, 500))
    pipeline = pipeline.with_options(threads=random_.randint(1, 4))
    target = folder / random_.choice(TARGETS)
    if kind == "bad input":
        pipeline = read_fastq(folder / "bad.fq") | MinLength(1)
    elif kind == "bad operator":
        pipeline |= Call(_fail)
        object.__setattr__(pipeline.operators[-1], "output_schema", lambda schema: schema)
    elif kind == "no such folder":
        target = folder / "none" / target.name
    if kind in {"left", "let go"}:
        batches = pipeline.batches()
        next(batches)
        if kind == "left":
            batches.close()  # type: ignore[attr-defined]
        return kind
    if kind == "interrupted":
        signal.setitimer(signal.ITIMER_REAL, random_.uniform(1e-4, 0.03))
    try:
        try:
            _write(pipeline, target)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except (BiometalError, ZeroDivisionError, KeyboardInterrupt) as error:
        return type(error).__name__
    return "ended well"


def _write(pipeline: Pipeline, target: Path) -> None:
    if target.suffix == ".parquet":
        pipeline.write_parquet(target)
    elif target.suffix == ".arrow":
        pipeline.write_arrow(target)
    else:
        pipeline.write_fastq(target)


def _fail(batch: pa.RecordBatch) -> pa.RecordBatch:
    raise ZeroDivisionError


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def grow(runs: int, seed: int = 0) -> tuple[State, State, Counter[str]]:
    """Does runs of all kinds in turn; what the process holds before and after, and their ends."""
    random_ = random.Random(seed)
    ends: Counter[str] = Counter()
    before = signal.signal(signal.SIGALRM, _interrupt)
    try:
        with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            warnings.simplefilter(
                "ignore", InputWarning
            )  # that FASTQ does not hold what is measured
            folder = Path(name)
            make_inputs(folder)
            for kind in KINDS * 4:
                with contextlib.suppress(KeyboardInterrupt):
                    one_run(kind, folder, random_)
            first = State.of(folder)
            for run in range(runs):
                with contextlib.suppress(KeyboardInterrupt):
                    ends[one_run(KINDS[run % len(KINDS)], folder, random_)] += 1
            last = State.of(folder)
    finally:
        signal.signal(signal.SIGALRM, before)
    return first, last, ends


def main() -> int:
    """Does so many runs; the exit status is 1 where the process has grown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    first, last, ends = grow(options.runs, options.seed)
    print(f"before: {first}\nafter:  {last}\nends:   {dict(ends)}")
    return 1 if has_grown(first, last) else 0


def has_grown(first: State, last: State) -> bool:
    """Whether something was left behind."""
    return (
        last.threads > first.threads
        or last.descriptors > first.descriptors
        or last.hidden > 0
        or last.megabytes > first.megabytes + MOST_MEGABYTES
    )


if __name__ == "__main__":
    sys.exit(main())
