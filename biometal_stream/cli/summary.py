"""Prints summaries of reads.

Figures of all bases count each base once, so long reads weigh more; figures of each read describe
the distribution of a column over the reads. So the two means of a quality differ.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TextIO

from biometal_stream.cli import figures
from biometal_stream.cli.tables import print_table
from biometal_stream.measured import MEASURES

if TYPE_CHECKING:
    from biometal_stream.pipeline import Report
    from biometal_stream.reports.summary import Summary


_MOST_ROWS = 50  # the rows of a table that are printed


def print_summaries(report: Report, stream: TextIO, *, tables: bool = True) -> None:
    """Prints all summaries of a run, each with its name if there are several.

    Args:
        report: What the run did.
        stream: Where to print.
        tables: Whether to print the tables of other results before them.
    """
    from biometal_stream.reports.summary import Summary

    if tables:
        _print_tables(report, stream)

    found = {name: each for name, each in report.results.items() if isinstance(each, Summary)}
    for place, (name, summary) in enumerate(found.items()):
        title = name if len(found) > 1 else ""
        print_summary(summary, stream, title=title)
        if place < len(found) - 1:
            stream.write("\n")


def _print_tables(report: Report, stream: TextIO) -> None:
    from biometal_stream.reports.quality.result import Quality
    from biometal_stream.reports.results import columns_of, tables_of
    from biometal_stream.reports.showing import shown_table

    for name, each in report.results.items():
        if isinstance(each, Quality):
            continue
        for title, table in tables_of(each).items():
            headings, rows = shown_table(columns_of(table), each, _cell, _MOST_ROWS)
            print_table(f"{name}: {title}" if title else name, headings, rows, stream=stream)
            left_out = len(table[1]) - _MOST_ROWS
            if left_out > 0:
                stream.write(f"... and {left_out:,} more rows; --stats has them all\n")
            stream.write("\n")


def _cell(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "-" if value is None else str(value)
    return figures.count(value) if isinstance(value, int) else _number(value)


def print_summary(summary: Summary, stream: TextIO, *, title: str = "") -> None:
    """Prints the figures of all reads, then each additional column."""
    print_table(title, ("", ""), list(rows_of(summary)), stream=stream)
    if summary.columns:
        stream.write("\n")
        rows = [
            (
                _with_unit(column.name),
                _number(column.minimum),
                _number(column.mean),
                _number(column.maximum),
                figures.count(column.nulls),
            )
            for column in summary.columns
        ]
        print_table(
            "", ("of each read", "least", "mean", "greatest", "missing"), rows, stream=stream
        )
    for labels in summary.labels:
        stream.write("\n")
        counts = [*labels.counts.items(), ("other labels", labels.others), ("-", labels.nulls)]
        print_table(
            "",
            (labels.name, "reads", "share"),
            [
                (label, figures.count(times), figures.share(times / summary.reads))
                for label, times in counts
                if times
            ],
            stream=stream,
        )


def rows_of(summary: Summary) -> list[tuple[str, str]]:
    """Each count with its unit, and its value."""
    rows = [("reads", figures.count(summary.reads))]
    if summary.pairs is not None:
        rows.append(("pairs", figures.count(summary.pairs)))
    if summary.bases is not None:
        rows += [
            ("bases", figures.count(summary.bases)),
            ("shortest read (bases)", _number(summary.min_length)),
            ("mean length (bases)", _number(summary.mean_length)),
            ("median length (bases)", _number(summary.median_length)),
            ("longest read (bases)", _number(summary.max_length)),
            ("N50 (bases)", _number(summary.n50)),
        ]
    rows += [
        ("mean quality of all bases (Phred)", _number(summary.mean_quality)),
        ("arithmetic mean quality of all bases (Phred)", _number(summary.arithmetic_mean_quality)),
        ("bases of Phred 20 or more", figures.share(summary.q20)),
        ("bases of Phred 30 or more", figures.share(summary.q30)),
        ("GC of A, C, G, T and U", figures.share(summary.gc)),
        ("N of all bases", figures.share(summary.n)),
    ]
    return rows


def _with_unit(column: str) -> str:
    measure = MEASURES.get(column)
    return column if measure is None else f"{column} ({measure.unit})"


def _number(number: float | None) -> str:
    """A number of either kind, with a readable number of digits."""
    if number is None:
        return "-"
    if math.isfinite(number) and number == int(number) and abs(number) < 1e15:
        return figures.count(number)
    if 1000 <= abs(number) < 1e15:
        return f"{number:,.1f}"
    return f"{number:.4g}"
