"""The figures as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

from biometal_stream.cli import figures

if TYPE_CHECKING:
    from benches.inputs import Input
    from benches.jobs import JobResult
    from benches.kernels import KernelResult
    from benches.machine import Machine
    from benches.processes import MemoryResult, StartResult

_WIDTH = 170  # a narrow terminal breaks the lines, where a narrow table would lose figures
_MIB = 1024**2
_FAR_APART = 16 * _MIB  # more than the windows of the levels that are timed


def console() -> Console:
    """Where the tables go: standard output, as wide as they need."""
    return Console(highlight=False, width=max(_WIDTH, Console().width))


def print_machine(out: Console, machine: Machine, scratch: str) -> None:
    """Prints what is measured on."""
    packages = ", ".join(f"{name} {version}" for name, version in machine.packages.items())
    load = " ".join(f"{each:.2f}" for each in machine.load)
    out.print(f"{machine.cpu}, {machine.cores} cores, {machine.system}, Python {machine.python}")
    out.print(f"{packages}; commit {machine.commit or 'unknown'}")
    out.print(f"{machine.date}, load average {load}; outputs go to {scratch}, the input's disk")


def print_input(out: Console, reads: Input) -> None:
    """Prints what is read."""
    table = _table("Input", "form", "bytes", "ratio", "made by")
    for form, size in reads.sizes.items():
        ratio = f"{reads.text / size:.2f}"
        table.add_row(form, f"{size:,}", ratio, reads.compressors.get(form, ""))
    out.print(table)
    out.print(
        f"{reads.reads:,} reads, {reads.bases:,} bases, of {reads.files} files in {reads.origin}"
    )
    if reads.pass_reads == reads.reads:
        return
    out.print(
        f"The files hold {reads.pass_reads:,} reads, and follow each other again after that:"
        f" repeats are {figures.size(reads.pass_bytes)} apart."
    )
    if reads.pass_bytes < _FAR_APART:
        out.print(
            "That is so near that compressors of large windows, such as those of Parquet's pages,"
            " find them: what they make is faster made and smaller than that of as many real"
            " reads. Name a folder of more reads with --data."
        )
    else:
        out.print("No compressor looks so far back: the text compresses as that of one pass does.")


def print_jobs(out: Console, results: list[JobResult], rounds: int) -> None:
    """Prints what the jobs take."""
    table = _table(
        f"Jobs: the fastest of {rounds} rounds",
        *("job", "workers", "s", "median", "CPU s", "reads/s", "MB/s"),
        *("of ISA-L", "least", "limit s", "of limit", "metered", "bottleneck"),
    )
    for job in results:
        table.add_row(
            job.name,
            str(job.workers or ""),
            f"{job.best:.3f}",
            f"{job.median:.3f}",
            f"{job.cpu:.3f}",
            figures.rounded(job.reads_per_second),
            f"{job.text_per_second / 1e6:,.0f}",
            f"{job.ratio:.2f}",
            f"{job.ratio_best:.2f}",
            "" if job.limit is None else f"{job.limit:.3f}",
            "" if job.over_limit is None else f"{job.over_limit:.2f}",
            "" if job.metered is None else f"{job.metered:.0%}",
            job.bottleneck,
        )
    out.print(table)


def print_kernels(out: Console, results: list[KernelResult], reads: int, length: int) -> None:
    """Prints what the kernels take."""
    table = _table(
        f"Kernels: {reads:,} reads of {length} bases, in the cache, one core",
        *("kernel", "ns a read", "GB/s", "as called: ns a read", "called"),
    )
    for kernel in results:
        whole = "" if kernel.whole is None else f"{kernel.whole:.1f}"
        table.add_row(
            kernel.name, f"{kernel.kernel:.1f}", f"{kernel.rate / 1e9:.1f}", whole, kernel.called
        )
    out.print(table)


def print_memory(out: Console, memory: MemoryResult) -> None:
    """Prints the peak memory."""
    table = _table("Peak memory of gzip → Parquet", "process", "MiB")
    table.add_row("imports alone", f"{memory.imports / _MIB:.0f}")
    table.add_row("beyond them, the input once", f"{memory.once / _MIB:.0f}")
    table.add_row(f"beyond them, the input {memory.times} times", f"{memory.longer / _MIB:.0f}")
    table.add_row("allowed to reads in flight", f"{memory.allowed / _MIB:.0f}")
    out.print(table)


def print_starts(out: Console, results: list[StartResult], repeats: int) -> None:
    """Prints how long commands take to start."""
    table = _table(f"Start-up: the fastest of {repeats}", "command", "best ms", "median ms")
    for start in results:
        table.add_row(start.name, f"{1000 * start.best:.0f}", f"{1000 * start.median:.0f}")
    out.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    words = {"bottleneck", "called", "made by"}
    for place, column in enumerate(columns):
        right = place > 0 and column not in words
        table.add_column(column, justify="right" if right else "left", no_wrap=True)
    return table
