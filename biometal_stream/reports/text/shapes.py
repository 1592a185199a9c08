"""What a report draws: quality by cycle and lengths, and the tables of sequences."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from biometal_stream.reports.quality.columns import columns_of
from biometal_stream.reports.safe import number, shown
from biometal_stream.reports.text.aligned import plain_table
from biometal_stream.reports.text.bars import bar, curve, thinned

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document

_LOWEST, _HIGHEST = 0.0, 41.0
"""The qualities of the lowest and the highest character of a curve; more is as high as this."""

_RANGES = 10
"""Ranges of lengths."""

_LEAST_PERCENT = 0.1
"""An adapter in fewer reads is not shown."""

_SEQUENCES = 10
_BAR = 8


def quality_lines(document: Document, width: int, unicode: bool) -> str:
    """The mean quality by cycle, as a curve in a line for each group and place."""
    lines = []
    columns = columns_of(document.quality)
    widest = max((len(column.title) for column in columns), default=0)
    for column in columns:
        rows = [row for row in column.rows("per_cycle") if row["mean_quality"] is not None]
        if not rows:
            continue
        values = [row["mean_quality"] for row in rows]
        room = max(20, width - widest - 32)
        drawn = curve(
            thinned(values, [row["bases"] for row in rows], room),
            _LOWEST,
            _HIGHEST,
            unicode=unicode,
        )
        ends = f"{values[0]:.1f} to {values[-1]:.1f}, at least {min(values):.1f}"
        lines.append(f"{column.title.ljust(widest)}  {drawn}  {ends}\n")
    return "".join(["Mean quality by cycle\n", *lines]) if lines else ""


def lengths_table(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """How many reads have which length, in a few ranges, with a bar."""
    columns = columns_of(document.quality)
    counts = [
        {row["length"]: row["reads"] for row in column.rows("lengths") if row["reads"]}
        for column in columns
    ]
    every = {length for each in counts for length in each}
    if len(every) < 2:
        return ""
    low, high = min(every), max(every)
    step = max(1, -(-(high - low + 1) // _RANGES))
    rows = []
    for start in range(low, high + 1, step):
        stop = min(start + step - 1, high)
        cells = []
        for each in counts:
            reads = sum(count for length, count in each.items() if start <= length <= stop)
            share = reads / max(1, sum(each.values()))
            cells.append(f"{number(reads)} {bar(share, _BAR, unicode=unicode)}")
        rows.append((f"{start:,}" if start == stop else f"{start:,} to {stop:,}", *cells))
    return plain_table("", ("Length", *(f"{c.title} {'':{_BAR}}" for c in columns)), rows)


def adapters_table(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """The share of reads with each adapter, the most frequent first."""
    columns = columns_of(document.quality)
    percents: dict[str, list[float]] = {}
    for place, column in enumerate(columns):
        for row in column.rows("adapters"):
            cells = percents.setdefault(row["adapter"], [0.0] * len(columns))
            cells[place] = max(cells[place], row["percent"] or 0.0)
    found = [(name, each) for name, each in percents.items() if max(each) >= _LEAST_PERCENT]
    if not found:
        return ""
    found.sort(key=lambda item: -max(item[1]))
    rows = [(shown(name, 40), *(number(each, 2, " %") for each in cells)) for name, cells in found]
    return plain_table("", ("Reads with adapters", *(column.title for column in columns)), rows)


def sequences_table(document: Document, width: int, unicode: bool) -> str:  # noqa: ARG001 - a section
    """The over-represented sequences: those of the most reads first."""
    columns = columns_of(document.quality)
    percents: dict[str, list[float]] = {}
    sources: dict[str, str] = {}
    reads: Counter[str] = Counter()
    for place, column in enumerate(columns):
        for row in column.rows("overrepresented"):
            cells = percents.setdefault(row["sequence"], [0.0] * len(columns))
            cells[place] = row["percent"] or 0.0
            sources[row["sequence"]] = row["source"] or ""
            reads[row["sequence"]] += row["reads"]
    if not percents:
        return ""
    found = sorted(percents.items(), key=lambda item: (-reads[item[0]], item[0]))
    rows = [
        (shown(sequence, 53), *(number(each, 2, " %") for each in cells), shown(sources[sequence]))
        for sequence, cells in found[:_SEQUENCES]
    ]
    titles = ("Over-represented sequences", *(column.title for column in columns), "source")
    more = len(found) - _SEQUENCES
    end = f"and {more:,} more\n" if more > 0 else ""
    return plain_table("", titles, rows, text=(0, len(titles) - 1)) + end
