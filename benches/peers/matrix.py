"""All figures of the comparison: a row for each job, tool and number of threads."""

from __future__ import annotations

import sys
from typing import Any

from benches.peers.pages import write_or_print
from benches.peers.rows import compared, seconds
from benches.peers.text import measured, paragraph, rounds, warnings
from benches.tools.biometal import NAME as OURS

_MIB = 1024**2
_MB = 1e6


def markdown(results: dict[str, Any]) -> str:
    """Writes what was measured, the table, what differed and what was left out.

    Args:
        results: What `benches.peers` writes as JSON.
    """
    about = (
        f"{measured(results)}. Seconds and processor seconds are medians of"
        f' {rounds(results)}. "Of ours" compares with'
        f" {OURS} with as many threads as cores, in the same round,"
        ' "of inflation" with inflating the same gzip by ISA-L and doing nothing else.'
        " Filters: at least 50 bases, at most 2 N, a mean quality of at least 20."
        f"{warnings(results['machine'])}"
    )
    lines = [
        "| work | tool | threads | seconds | CPU s | peak MiB | MB out | of ours | of inflation |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for each in compared(results):
        for row in (each.ours, *each.others):
            for threads, job in row.jobs.items():
                out = f"{job['bytes_written'] / _MB:,.0f}" if job["bytes_written"] else ""
                ours = "" if job["of_ours"] is None else f"{job['of_ours']:.2f}"
                lines.append(
                    f"| {each.task} | {row.tool} | {threads or ''} | {seconds(job['median'])} |"
                    f" {seconds(job['cpu'])} | {job['peak'] / _MIB:.0f} | {out} | {ours} |"
                    f" {job['of_isal']:.2f} |"
                )
    notes = [f"- {note}" for note in results.get("differences", [])]
    notes += [f"- Left out: {each['name']}: {each['reason']}" for each in results["left_out"]]
    parts = [paragraph(about), "\n".join(lines), "\n".join(notes)]
    return "\n\n".join(part for part in parts if part) + "\n"


def main(arguments: list[str]) -> int:
    """Prints the table, or writes it to a page: BENCH.json [PAGE.md]."""
    return write_or_print(arguments, "matrix", markdown)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
