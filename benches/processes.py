"""What takes a process of its own: peak memory and start-up.

``python -m benches.processes TARGET [FILE ...]`` streams files to Parquet, and prints the most
bytes of memory that it held. Without files it only imports what a run needs.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from benches.machine import REPOSITORY

if TYPE_CHECKING:
    from benches.inputs import Input

TIMES = 4
"""How often the input is read in the longer run whose memory is measured."""


@dataclass(frozen=True)
class MemoryResult:
    """The most memory that gzip → Parquet held.

    Attributes:
        imports: Bytes of a process that only imports.
        once: Bytes beyond that of a run over the input.
        times: How often the longer run reads the input.
        longer: Bytes beyond ``imports`` of that run.
        allowed: The bytes that reads in flight may hold in such a run.
    """

    imports: int
    once: int
    times: int
    longer: int
    allowed: int


@dataclass(frozen=True)
class StartResult:
    """How long a command takes to start and end, its files being in the page cache.

    Attributes:
        name: The command.
        best: Seconds of the fastest run.
        median: Seconds of the median run.
    """

    name: str
    best: float
    median: float


def measure_memory(reads: Input, scratch: Path, tell: Callable[[str], None]) -> MemoryResult:
    """Runs gzip → Parquet in processes of their own, over the input once and several times."""
    from biometal_stream.run import available_cores, default_memory

    path = reads.path("gzip")
    tell("memory: imports")
    imports = _peak_of(scratch, [])
    tell("memory: gzip → Parquet")
    once = _peak_of(scratch, [path])
    tell(f"memory: gzip → Parquet, {TIMES} times the input")
    longer = _peak_of(scratch, [path] * TIMES)
    allowed = default_memory(available_cores())
    return MemoryResult(imports, once - imports, TIMES, longer - imports, allowed)


def measure_starts(repeats: int, scratch: Path, tell: Callable[[str], None]) -> list[StartResult]:
    """Times commands in turn, once without counting."""
    program = ("-m", "biometal_stream")
    commands: dict[str, tuple[str, ...]] = {
        "python -c pass": ("-c", "pass"),
        "biometal-stream --version": (*program, "--version"),
        "biometal-stream --help": (*program, "--help"),
        "biometal-stream demo": (*program, "demo", "--output", str(scratch / "demo.parquet")),
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(repeats + 1):
        for name, command in commands.items():
            tell(f"start: {name}")
            begun = perf_counter()
            subprocess.run(
                [sys.executable, *command], cwd=REPOSITORY, stdout=subprocess.DEVNULL, check=True
            )
            if number:
                seconds[name].append(perf_counter() - begun)
    return [
        StartResult(name, min(taken), statistics.median(taken)) for name, taken in seconds.items()
    ]


def _peak_of(scratch: Path, paths: list[str]) -> int:
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        target = str(Path(folder) / "reads.parquet")
        done = subprocess.run(
            [sys.executable, "-m", "benches.processes", target, *paths],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return int(done.stdout)


def _peak() -> int:
    """The most bytes of memory that this process has held."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not `ru_maxrss`, which on Linux begins with that of the process that started this one.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _stream(target: str, paths: list[str]) -> None:
    import biometal_stream as bs
    from biometal_stream.codecs import opening  # noqa: F401 - what a run imports
    from biometal_stream.pipeline import execution  # noqa: F401
    from biometal_stream.sinks import parquet  # noqa: F401
    from biometal_stream.sources import parse  # noqa: F401

    if paths:
        bs.read_fastq(paths).write_parquet(target, compression="zstd", level=1)


if __name__ == "__main__":
    _stream(sys.argv[1], sys.argv[2:])
    sys.stdout.write(f"{_peak()}\n")
