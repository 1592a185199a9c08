"""Shows the summary that a pipeline without ``write`` ends with."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

from biometal_stream.cli import figures
from biometal_stream.cli.tables import print_table

if TYPE_CHECKING:
    from biometal_stream.sinks.summary import Summary


def print_summary(summary: Summary) -> None:
    """Prints to standard output: what all reads hold, then each further column."""
    print_table("", ("", ""), list(rows_of(summary)))
    if summary.columns:
        sys.stdout.write("\n")
        print_table(
            "",
            ("column", "least", "mean", "greatest", "missing"),
            [
                (
                    column.name,
                    _number(column.minimum),
                    _number(column.mean),
                    _number(column.maximum),
                    figures.count(column.nulls),
                )
                for column in summary.columns
            ],
        )
    for labels in summary.labels:
        sys.stdout.write("\n")
        counts = [*labels.counts.items(), ("other labels", labels.others), ("-", labels.nulls)]
        print_table(
            "",
            (labels.name, "reads", "share"),
            [
                (label, figures.count(times), figures.share(times / summary.reads))
                for label, times in counts
                if times
            ],
        )


def rows_of(summary: Summary) -> list[tuple[str, str]]:
    """Each thing that was counted, and how much of it there is."""
    rows = [("reads", figures.count(summary.reads))]
    if summary.pairs is not None:
        rows.append(("pairs", figures.count(summary.pairs)))
    if summary.bases is not None:
        rows += [
            ("bases", figures.count(summary.bases)),
            ("shortest read", _number(summary.min_length)),
            ("mean length", _number(summary.mean_length)),
            ("median length", _number(summary.median_length)),
            ("longest read", _number(summary.max_length)),
            ("N50", _number(summary.n50)),
        ]
    rows += [
        ("mean quality (of error probability)", _number(summary.mean_quality)),
        ("arithmetic mean quality", _number(summary.arithmetic_mean_quality)),
        ("bases of Phred 20 or more", figures.share(summary.q20)),
        ("bases of Phred 30 or more", figures.share(summary.q30)),
        ("GC", figures.share(summary.gc)),
        ("N", figures.share(summary.n)),
    ]
    return rows


def _number(number: float | None) -> str:
    """A number of either kind, to what can be told apart at a glance."""
    if number is None:
        return "-"
    if math.isfinite(number) and number == int(number) and abs(number) < 1e15:
        return figures.count(number)
    if 1000 <= abs(number) < 1e15:
        return f"{number:,.1f}"
    return f"{number:.4g}"
