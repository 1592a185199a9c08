"""The bench: ``python -m benches.run`` in the folder of the clone."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benches import (
    figures,
    inputs,
    jobs,
    kernels,
    loops,
    machine,
    markdown,
    memory,
    overhead,
    plot,
    starts,
    table,
)
from benches.kept import Kept
from benches.machine import REPOSITORY
from benches.processes import FailedError
from benches.tasks import Task, all_tasks
from benches.tools import all_tools
from benches.tools.bare import NAME as BARE
from benches.tools.base import Peers, Tool
from benches.tools.biometal import NAME as OURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

_HERE = REPOSITORY / "benches"
_KERNEL_REPEATS = 10  # for each round of the jobs: they are short
_FEW = 2_000
_PAIRS = 2  # of runs with and without statistics, for each round of the jobs
_VERSION = 2
_ABOUT = __doc__


class Bench:
    """One run of the bench.

    Attributes:
        program: How it is called.
        about: What it is, in a line.
        default_reads: The number of reads of the input by default.
        parts: What `--only` and `--skip` find, in words.
        starts: Whether to see in every round what starting a job takes, and not only in the first.

    Args:
        asked: The options.
        reads: The input.
        few: A small input of the same reads.
        scratch: A folder that outputs are written below, and removed again.
    """

    program = "python -m benches.run"
    about = _ABOUT
    default_reads = 4_000_000
    starts = True
    parts = (
        "'job: ...', 'kernel: ...', 'memory: ...', 'start', 'first batch', 'first ever', 'overhead'"
    )

    def __init__(
        self, asked: argparse.Namespace, reads: inputs.Input, few: inputs.Input, scratch: Path
    ) -> None:
        self._asked = asked
        self._reads = reads
        self._few = few
        self._scratch = scratch
        self._out: Console = table.console()

    def measure(self) -> dict[str, Any]:
        """Measures what was asked for, prints it, and returns it as plain values.

        Raises:
            FailedError: A run of biometal_stream failed.
        """
        about = machine.describe()
        tools = self._tools()
        versions = {tool.name: version for tool in tools if (version := tool.version())}
        results: dict[str, Any] = {
            "version": _VERSION,
            "machine": asdict(about),
            "tools": versions,
            "repeats": self._asked.repeats,
            "input": asdict(self._reads),
        }
        table.print_machine(self._out, about, versions, str(self._asked.outputs))
        table.print_input(self._out, self._reads)
        results |= self._jobs(tools, about.cores)
        reasons = [each["reason"] for each in results.get("left_out", [])]
        if not any(reason.startswith(jobs.INTERRUPTED) for reason in reasons):
            results |= self._rest()
        results["machine"]["load_after"] = machine.describe().load
        return results

    @staticmethod
    def add_options(parser: argparse.ArgumentParser) -> None:
        """Adds the options that not every bench has."""
        add = parser.add_argument
        add(
            "--peers",
            type=_folder,
            metavar="VENV",
            default=_peers(),
            help="where benches/peers has installed other tools (where it does so by default)",
        )
        add(
            "--cold",
            action="store_true",
            help="also start with nothing in the page cache: as root, on Linux; it is emptied for"
            " all",
        )
        add("--plot", type=Path, metavar="FILE", help="where they go as a plot; needs matplotlib")

    @staticmethod
    def keep(asked: argparse.Namespace, results: dict[str, Any]) -> None:
        """Writes the figures where else they shall go.

        Raises:
            NothingToDrawError: There are no jobs to plot.
        """
        if asked.markdown:
            asked.markdown.write_text(markdown.markdown(results), encoding="utf-8")
        if asked.plot:
            plot.draw(results, asked.plot)

    def _tools(self) -> list[Tool]:
        return all_tools(Peers(self._asked.peers))

    def _tasks(self) -> list[Task]:
        return all_tasks()

    def _memory_tasks(self) -> tuple[Task, ...]:
        return memory.TASKS

    def _rest(self) -> dict[str, Any]:
        """What is measured after the jobs."""
        return self._kernels() | self._memory() | self._starts() | self._overhead()

    def _about(self, tools: list[Tool]) -> str:
        """What the time of a run depends on, beside its job."""
        here = machine.describe()
        versions = ", ".join(f"{tool.name} {tool.version()}" for tool in tools)
        return f"{here.cpu}, {here.cores} cores, {here.commit}, {self._reads.folder}, {versions}"

    def _wanted(self, name: str) -> bool:
        skip = self._asked.skip
        return bool(self._asked.only.search(name)) and not (skip and skip.search(name))

    def _jobs(self, tools: list[Tool], cores: int) -> dict[str, Any]:
        tasks = self._tasks()
        chosen, left_out = jobs.all_jobs(tasks, tools, self._reads, cores)
        chosen = [job for job in chosen if self._wanted(f"job: {job.name}")]
        if not chosen:
            return {}
        kept = Kept(self._asked.resume, self._about(tools))
        chosen, unable = jobs.try_jobs(chosen, self._few, self._scratch, tell)
        for each in unable:
            if each.tool in {OURS, BARE}:
                raise FailedError(f"{each.name}: {each.reason}")
        laps, failed = jobs.run_jobs(
            *(chosen, self._reads, self._few, self._asked.repeats, self._scratch, tell, kept),
            starts=self.starts,
        )
        tell("")
        left_out += unable + failed
        found = figures.job_results(laps, self._reads, cores)
        notes = figures.differences(found, tasks, self._reads)
        table.print_jobs(self._out, found, self._asked.repeats)
        table.print_differences(self._out, notes)
        table.print_left_out(self._out, left_out)
        return {
            "jobs": [asdict(each) for each in found],
            "differences": notes,
            "left_out": [asdict(each) for each in left_out],
        }

    def _kernels(self) -> dict[str, Any]:
        try:
            chosen = loops.all_loops(self._reads.paths("gzip")[0])
        except loops.TooShortError as error:
            self._out.print(f"No kernels are timed: {error}")
            return {}
        chosen = [loop for loop in chosen if self._wanted(f"kernel: {loop.name}")]
        if not chosen:
            return {}
        found = kernels.run_kernels(chosen, _KERNEL_REPEATS * self._asked.repeats, tell)
        tell("")
        table.print_kernels(self._out, found, loops.READS, loops.LENGTH)
        return {"kernels": [asdict(each) for each in found]}

    def _memory(self) -> dict[str, Any]:
        tasks = [task for task in self._memory_tasks() if self._wanted(f"memory: {task.name}")]
        if not tasks:
            return {}
        found = memory.measure_memory(tasks, self._reads, self._few, self._scratch, tell)
        tell("")
        table.print_memory(self._out, found)
        return {"memory": [asdict(each) for each in found]}

    def _starts(self) -> dict[str, Any]:
        repeats, found = self._asked.repeats, []
        if self._wanted("start"):
            found += starts.measure_starts(
                self._few, repeats, self._scratch, tell, cold=self._asked.cold
            )
        if self._wanted("first batch"):
            found += starts.measure_first_batch(self._reads, repeats, tell)
        if self._wanted("first ever"):
            found += starts.measure_first_ever(self._few, self._scratch, tell)
        if not found:
            return {}
        tell("")
        table.print_starts(self._out, found, repeats)
        return {"starts": [asdict(each) for each in found]}

    def _overhead(self) -> dict[str, Any]:
        if not self._wanted("overhead"):
            return {}
        rounds = _PAIRS * self._asked.repeats
        found = overhead.measure_overhead(self._reads, rounds, self._scratch, tell)
        tell("")
        table.print_overhead(self._out, found)
        return {"overhead": asdict(found)}


def main(words: Sequence[str] | None = None, bench: type[Bench] = Bench) -> int:
    """Runs the bench.

    Args:
        words: The command line; by default that of the process.
        bench: Which.

    Returns:
        The exit status: 1 where biometal_stream failed, whatever other tools do.
    """
    # What ends the bench from outside keeps what is measured, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = _parser(bench)
    asked = parser.parse_args(words)
    asked.outputs = asked.outputs or asked.data
    try:
        files = inputs.find_reads(asked.source)
        tell(f"input: {asked.reads:,} reads")
        reads = inputs.prepare(files, asked.reads, asked.data)
        few = inputs.prepare(files, min(_FEW, asked.reads), asked.data)
    except inputs.NoReadsError as error:
        tell("")
        parser.error(str(error))
    asked.outputs.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=asked.outputs) as scratch:
            results = bench(asked, reads, few, Path(scratch)).measure()
    except FailedError as error:
        tell("")
        sys.stderr.write(f"{parser.prog}: error: {error}\n")
        return 1
    try:
        _keep(asked, results)
        bench.keep(asked, results)
    except plot.NothingToDrawError as error:
        sys.stderr.write(f"{parser.prog}: error: {error}\n")
        return 1
    return int(any(each["tool"] in {OURS, BARE} for each in results.get("left_out", [])))


def _keep(asked: argparse.Namespace, results: dict[str, Any]) -> None:
    """Writes all figures."""
    name = f"{results['machine']['date']:.19}.json".replace(":", "")
    target = asked.json or _HERE / "results" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"All figures, with those of each round and stage: {target}\n")


def _parser(bench: type[Bench]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(bench.program, description=bench.about)
    add = parser.add_argument
    reads = bench.default_reads
    add("--reads", type=_positive, default=reads, help=f"the reads of the input ({reads:,})")
    add("--repeats", type=_positive, default=3, help="how often each job is run (3)")
    add("--source", type=Path, metavar="DIR", help="a folder of .fastq.gz files to make it of")
    add(
        "--data",
        type=_folder,
        metavar="DIR",
        default=_HERE / "data",
        help="where the input is kept (benches/data)",
    )
    add(
        "--outputs",
        type=_folder,
        metavar="DIR",
        help="where outputs are written for a moment (the folder of the input)",
    )
    add(
        "--only",
        type=_pattern,
        metavar="PATTERN",
        default=_pattern(""),
        help=f"run what a regular expression finds in {bench.parts}",
    )
    add("--skip", type=_pattern, metavar="PATTERN", help="leave out what it finds there")
    add(
        "--resume",
        type=Path,
        metavar="FILE",
        help="keep each run of a job in FILE, and make no run again that is there",
    )
    add("--json", type=Path, metavar="FILE", help="where the figures go (benches/results)")
    add("--markdown", type=Path, metavar="FILE", help="where they go as tables")
    bench.add_options(parser)
    return parser


def _peers() -> Path:
    """Where `benches/peers` installs by default."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "biometal-stream", "peers")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def _folder(text: str) -> Path:
    # Made absolute, since jobs run in processes that stand in another folder. Not resolved: the
    # Python of a virtual environment may be a link.
    return Path(text).absolute()


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {error}") from error


def tell(what: str) -> None:
    """Shows on a terminal what is being done; nothing where there is none."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r{what[:width]:<{width}}\r")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
