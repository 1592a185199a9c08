"""Whether a run has kept as many reads as it should."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from biometal_stream.errors import TooFewReadsError

if TYPE_CHECKING:
    from biometal_stream.pipeline.step import Stop


def check_kept(kept: int, least: int | None) -> None:
    """Checks the number of reads that came out.

    Raises:
        TooFewReadsError: There are fewer than the least number.
    """
    if least is not None and kept < least:
        reads = "read was" if kept == 1 else "reads were"
        raise TooFewReadsError(
            f"{kept:,} {reads} kept, but min_reads (--min-reads) asks for {least:,} or more"
        )


def warn_of_none(
    reads: int,
    kept: int,
    rows: Iterable[tuple[str, int, int]],
    warn: Callable[[str], None],
    stopped: Stop | None = None,
) -> None:
    """Warns if reads came in and none was kept.

    Does not warn of an input without reads: an empty file is valid FASTQ, and the count of reads
    shows it. Nor if an operator ended the run, such as ``head 0``.

    Args:
        reads: Reads that came in.
        kept: Reads that came out.
        rows: For each operator, in order: its name, and the rows that went in and came out.
        warn: Takes the warning.
        stopped: What ended the run early.
    """
    if kept or not reads or stopped is not None:
        return
    last = next((name for name, rows_in, rows_out in rows if rows_in and not rows_out), None)
    where = "none came out" if last is None else f"none was left after {last}"
    warn(
        f"no read was kept: {reads:,} came in, {where};"
        " min_reads=1 (--min-reads 1) makes this an error"
    )
