"""The figures as tables on the terminal."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

from benches.starts import FIRST_EVER
from biometal_stream.cli import figures as words

if TYPE_CHECKING:
    from benches.figures import JobResult
    from benches.inputs import Input
    from benches.jobs import LeftOut
    from benches.kernels import KernelResult
    from benches.machine import Machine
    from benches.memory import MemoryResult
    from benches.overhead import OverheadResult
    from benches.starts import StartResult

_WIDTH = 220  # a narrow terminal breaks the lines, where a narrow table would lose figures
_MIB = 1024**2
_FAR_APART = 16 * _MIB  # more than the windows of the levels that are timed


def console() -> Console:
    """Where the tables go: standard output, as wide as they need."""
    return Console(highlight=False, width=max(_WIDTH, Console().width))


def print_machine(out: Console, machine: Machine, tools: dict[str, str], scratch: str) -> None:
    """Prints what is measured on, and what."""
    packages = ", ".join(f"{name} {version}" for name, version in machine.packages.items())
    load = " ".join(f"{each:.2f}" for each in machine.load)
    out.print(f"{machine.cpu}, {machine.cores} cores, {machine.system}, Python {machine.python}")
    out.print(f"{packages}; commit {machine.commit or 'unknown'}", soft_wrap=True)
    out.print(", ".join(f"{name} {version}" for name, version in tools.items()), soft_wrap=True)
    out.print(f"{machine.date}, load average {load}; outputs go to {scratch}")


def print_input(out: Console, reads: Input) -> None:
    """Prints what is read."""
    table = new_table("Input", "form", "bytes", "made by")
    for form, size in reads.sizes.items():
        table.add_row(form, f"{size:,}", reads.compressors.get(form, ""))
    out.print(table)
    out.print(
        f"{reads.reads:,} reads, {reads.bases:,} bases, of {reads.files} files in {reads.origin};"
        f" {reads.pairs:,} pairs"
    )
    if reads.pass_reads == reads.reads:
        return
    out.print(
        f"The files hold {reads.pass_reads:,} reads, which come again after that in another"
        f" order: most repeats are some {words.size(reads.pass_bytes)} apart."
    )
    if reads.pass_bytes < _FAR_APART:
        out.print(
            "That is so near that compressors of large windows, such as those of Parquet's pages,"
            " find them: what they make is faster made and smaller than that of as many real"
            " reads. Name a folder of more reads with --source."
        )


def print_left_out(out: Console, left_out: list[LeftOut]) -> None:
    """Prints what is not timed, and why."""
    for each in left_out:
        out.print(f"Left out: {each.name}: {each.reason}", markup=False, soft_wrap=True)


def print_jobs(out: Console, results: list[JobResult], rounds: int) -> None:
    """Prints what the jobs take."""
    table = new_table(
        f"Jobs: the fastest of {rounds} rounds",
        *("job", "threads", "s", "median", "start", "user", "system", "MiB", "reads/s"),
        *(
            "MB/s a core",
            "reads out",
            "MB out",
            "of ours",
            "of ISA-L",
            "limit s",
            "of limit",
            "bottleneck",
        ),
    )
    for task, own in groupby(results, lambda job: job.task):
        table.add_section()
        table.add_row(f"[bold]{task}[/bold]")
        for job in own:
            table.add_row(
                f"  {job.tool}",
                str(job.threads or "-"),
                f"{job.best:.2f}",
                f"{job.median:.2f}",
                f"{job.start:.2f}",
                f"{job.user:.2f}",
                f"{job.system:.2f}",
                f"{job.peak / _MIB:.0f}",
                words.rounded(job.reads_per_second),
                f"{job.text_per_core / 1e6:,.0f}",
                "" if job.reads_out is None else f"{job.reads_out:,}",
                f"{job.bytes_written / 1e6:,.1f}" if job.bytes_written else "",
                "" if job.of_ours is None else f"{job.of_ours:.2f}",
                f"{job.of_isal:.2f}",
                "" if job.limit is None else f"{job.limit.seconds:.2f}",
                "" if job.of_limit is None else f"{job.of_limit:.2f}",
                job.bottleneck,
            )
    out.print(table)


def print_differences(out: Console, found: list[str]) -> None:
    """Prints where tools did not do the same."""
    for each in found:
        out.print(f"Note: {each}", markup=False, soft_wrap=True)


def print_kernels(out: Console, results: list[KernelResult], reads: int, length: int) -> None:
    """Prints what the kernels take."""
    table = new_table(
        f"Kernels: {reads:,} reads of {length} bases, in the cache, one core",
        *("kernel", "ns a read", "GB/s", "as called: ns a read", "called"),
    )
    for kernel in results:
        whole = "" if kernel.whole is None else f"{kernel.whole:.1f}"
        table.add_row(
            kernel.name, f"{kernel.kernel:.1f}", f"{kernel.rate / 1e9:.1f}", whole, kernel.called
        )
    out.print(table)


def print_memory(out: Console, results: list[MemoryResult]) -> None:
    """Prints the peak memory."""
    times = results[0].times if results else 0
    table = new_table(
        "Peak memory, in MiB",
        *("task", "imports", "beyond: once", f"{times} times", "with --memory 64M", "allowed"),
    )
    for each in results:
        sizes = (each.imports, each.once, each.longer, each.tight, each.allowed)
        table.add_row(each.task, *(f"{size / _MIB:.0f}" for size in sizes))
    out.print(table)


def print_starts(out: Console, results: list[StartResult], repeats: int) -> None:
    """Prints how long commands take to start."""
    table = new_table(
        f"Start-up: the fastest of {repeats}; cold ones and '{FIRST_EVER}' once",
        *("what", "state", "best ms", "median ms", "CPU ms"),
    )
    for each in results:
        table.add_row(each.name, each.state, *map(_ms, (each.best, each.median, each.cpu)))
    out.print(table)
    if any(each.best is None for each in results):
        out.print("Cold starts are measured with --cold, where the page cache can be emptied.")


def print_overhead(out: Console, result: OverheadResult) -> None:
    """Prints what statistics and progress cost."""
    table = new_table(
        f"--stats and --progress against neither, {result.rounds} times each: {result.task}",
        *("", "ratio of the least", "median ratio"),
    )
    table.add_row("seconds", f"{result.wall:.3f}", f"{result.wall_median:.3f}")
    table.add_row("processor seconds", f"{result.cpu:.3f}", f"{result.cpu_median:.3f}")
    counted = "not counted here" if result.instructions is None else f"{result.instructions:.4f}"
    table.add_row("instructions", counted, "")
    out.print(table)


def _ms(seconds: float | None) -> str:
    return "not measured" if seconds is None else f"{1000 * seconds:.0f}"


def new_table(title: str, *columns: str) -> Table:
    """A table of the bench's look, without rows: numbers stand at the right."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    texts = {"bottleneck", "called", "made by", "state"}
    for place, column in enumerate(columns):
        right = place > 0 and column not in texts
        table.add_column(column, justify="right" if right else "left", no_wrap=True)
    return table
