"""All figures of the comparison: a row for each job, tool and number of threads."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benches.peers.rows import compared, seconds

_MIB = 1024**2
_MB = 1e6


def markdown(results: dict[str, Any]) -> str:
    """Writes the table.

    Args:
        results: What `benches.peers` writes as JSON.
    """
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
    return "\n".join(lines) + "\n" + ("\n" + "\n".join(notes) + "\n" if notes else "")


def main(arguments: list[str]) -> int:
    """Prints the table, from the figures in a file."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m benches.peers.matrix BENCH.json\n")
        return 2
    sys.stdout.write(markdown(json.loads(Path(arguments[0]).read_text(encoding="utf-8"))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
