"""The bench: ``python -m benches.run`` in the folder of the clone."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benches import inputs, jobs, kernels, machine, processes, table
from benches.machine import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Sequence

_HERE = REPOSITORY / "benches"
_KERNEL_REPEATS = 5  # for each round of the jobs: they are short
_WARM_UP_READS = 2_000
_VERSION = 1


def main(words: Sequence[str] | None = None) -> int:
    """Runs the bench.

    Args:
        words: The command line; by default that of the process.

    Returns:
        The exit status.
    """
    parser = _parser()
    asked = parser.parse_args(words)
    try:
        files = inputs.find_reads(asked.data)
        _tell(f"input: {asked.reads:,} reads")
        reads = inputs.prepare(files, asked.reads, asked.cache)
        warm_up = inputs.prepare(inputs.find_reads(inputs.BUNDLED), _WARM_UP_READS, asked.cache)
    except inputs.NoReadsError as error:
        _tell("")
        parser.error(str(error))
    results = _measure(asked, reads, warm_up)
    name = f"{results['machine']['date']:.19}.json".replace(":", "")
    target = asked.json or _HERE / "results" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(results, indent=2) + "\n")
    sys.stdout.write(f"All figures, with those of each stage: {target}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benches.run", description=__doc__)
    parser.add_argument(
        "--reads", type=_positive, default=1_000_000, help="the reads of the input (1,000,000)"
    )
    parser.add_argument(
        "--repeats", type=_positive, default=5, help="how often each job is run (5)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures go")
    parser.add_argument(
        "--only",
        type=_pattern,
        metavar="PATTERN",
        default=_pattern(""),
        help="run what a regular expression finds in 'job: ...', 'kernel: ...', 'memory', 'start'",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="a folder of .fastq.gz files")
    parser.add_argument(
        "--cache",
        type=_folder,
        metavar="DIR",
        default=_HERE / "data",
        help="where the input is kept and outputs are written for a moment (benches/data)",
    )
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)


def _folder(text: str) -> Path:
    # Resolved, since some jobs run in processes that stand in another folder.
    return Path(text).resolve()


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {error}") from error


def _measure(
    asked: argparse.Namespace, reads: inputs.Input, warm_up: inputs.Input
) -> dict[str, Any]:
    """Measures what was asked for, prints it, and returns it as plain values."""
    out = table.console()
    pattern = asked.only
    about = machine.describe()
    results: dict[str, Any] = {
        "version": _VERSION,
        "machine": asdict(about),
        "repeats": asked.repeats,
        "input": asdict(reads),
    }
    with tempfile.TemporaryDirectory(dir=asked.cache) as temporary:
        scratch = Path(temporary)
        table.print_machine(out, about, str(asked.cache))
        table.print_input(out, reads)
        chosen = [job for job in jobs.all_jobs() if pattern.search(f"job: {job.name}")]
        if chosen:
            if chosen[0].name != jobs.BARE:
                chosen.insert(0, jobs.all_jobs()[0])
            timed = jobs.run_jobs(chosen, reads, warm_up, asked.repeats, scratch, _tell)
            _tell("")
            table.print_jobs(out, timed, asked.repeats)
            results["jobs"] = [asdict(each) for each in timed]
        try:
            loops = kernels.all_loops(reads.path("gzip"))
        except kernels.TooShortError as error:
            out.print(f"No kernels are timed: {error}")
            loops = []
        loops = [loop for loop in loops if pattern.search(f"kernel: {loop.name}")]
        if loops:
            repeats = _KERNEL_REPEATS * asked.repeats
            called = kernels.run_kernels(loops, repeats, _tell)
            _tell("")
            table.print_kernels(out, called, kernels.READS, kernels.LENGTH)
            results["kernels"] = [asdict(each) for each in called]
        if pattern.search("memory"):
            memory = processes.measure_memory(reads, scratch, _tell)
            _tell("")
            table.print_memory(out, memory)
            results["memory"] = asdict(memory)
        if pattern.search("start"):
            starts = processes.measure_starts(asked.repeats, scratch, _tell)
            _tell("")
            table.print_starts(out, starts, asked.repeats)
            results["starts"] = [asdict(each) for each in starts]
    results["machine"]["load_after"] = machine.describe().load
    return results


def _tell(what: str) -> None:
    """Shows on a terminal what is being done; nothing where there is none."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r{what[:width]:<{width}}\r")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
