"""What the README says of other tools: ``python -m benches.peers.readme BENCH.json``."""

from __future__ import annotations

import sys
from typing import Any

from benches.peers.pages import write_or_print
from benches.peers.rows import Compared, Row, compared, differing, of_ours, seconds
from benches.peers.text import measured, paragraph, rounds, warnings
from benches.tools.biometal import NAME as OURS
from benches.tools.releases import RELEASES

_MIB = 1024**2
_TIMES = "\N{MULTIPLICATION SIGN}"
_SLOWER = 0.95
"""Who takes less than this share of our time is said to be faster; less is noise."""


def markdown(results: dict[str, Any]) -> str:
    """Writes what was measured, the table, who is faster, and what the tools are.

    Args:
        results: What `benches.peers` writes as JSON.
    """
    tasks = compared(results)
    if not tasks:
        return "No job was timed.\n"
    told = (_faster(tasks), _more(tasks), _tools(results))
    parts = [paragraph(_about(results, tasks)), _table(tasks), *map(paragraph, filter(None, told))]
    return "\n\n".join(parts) + "\n"


def _about(results: dict[str, Any], tasks: list[Compared]) -> str:
    return (
        f"{measured(results)} ([how](benches/README.md)). Each job is a whole program: the median"
        f" of {rounds(results)}, with"
        f" {_threads(tasks)}. Processor time (CPU) and peak memory are those with the most threads."
        ' "Of inflation" compares with inflating the same gzip by ISA-L and doing nothing else.'
        " Filters: at least 50 bases, at most 2 N, a mean quality of at least 20."
        " All wrote the same reads in the same order, unless the table says otherwise."
        f"{warnings(results['machine'])}"
    )


def _threads(tasks: list[Compared]) -> str:
    numbers = sorted({number for each in tasks for number in each.ours.jobs})
    *first, last = [str(number) for number in numbers]
    noun = "thread" if last == "1" else "threads"
    return f"{' / '.join([*first, last])} {noun}"


def _table(tasks: list[Compared]) -> str:
    lines = [
        "| work | seconds | CPU s | MiB | of inflation | others: seconds (times ours: time, CPU) |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for each in tasks:
        ours = each.ours
        others = ", ".join(_other(row, ours) for row in each.others)
        lines.append(
            f"| {each.task} | {ours.medians} | {seconds(ours.last['cpu'])} |"
            f" {ours.last['peak'] / _MIB:.0f} | {ours.last['of_isal']:.1f} | {others} |"
        )
    return "\n".join(lines)


def _other(row: Row, ours: Row) -> str:
    """One of the others; bold where it is faster."""
    times = of_ours(row, ours)
    shown = f"{times:.1f}{_TIMES}"
    shown = f"**{shown}**" if times < _SLOWER else shown
    notes = [f"{shown}, {of_ours(row, ours, 'cpu'):.1f}{_TIMES}"]
    if row.last["more"]:
        notes.append("more work")
    elif row.last["reads_out"] != ours.last["reads_out"]:
        notes.append(f"{row.last['reads_out']:,} reads, not {ours.last['reads_out']:,}")
    elif difference := differing(row, ours):
        notes.append(difference)
    return f"{row.tool} {row.medians} ({'; '.join(notes)})"


def _faster(tasks: list[Compared]) -> str:
    found = [
        f"{row.tool} ({each.task}, {of_ours(row, each.ours):.2f}{_TIMES})"
        for each in tasks
        for row in each.others
        if of_ours(row, each.ours) < _SLOWER
    ]
    return f"Faster than {OURS}: {', '.join(found)}." if found else ""


def _more(tasks: list[Compared]) -> str:
    rows = [row for each in tasks for row in each.others if row.last["more"]]
    told = {f"{row.tool} also {row.last['more']}." for row in rows}
    return f"More work: {' '.join(sorted(told))}" if told else ""


def _tools(results: dict[str, Any]) -> str:
    versions = {
        tool: RELEASES[tool].describe(version)
        for tool, version in results["tools"].items()
        if tool in RELEASES
    }
    return "Versions: " + ", ".join(f"{tool} {each}" for tool, each in versions.items()) + "."


def main(arguments: list[str]) -> int:
    """Prints what the README says, or writes it there: BENCH.json [README.md]."""
    return write_or_print(arguments, "readme", markdown)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
