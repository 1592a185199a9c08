"""Sizes of inserts and the share of duplicates, as fastp shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from biometal_stream.reports.fastp.steps import results_of
from biometal_stream.reports.fastp.tables import columns_of, significant
from biometal_stream.reports.quality.reads import PAIRS

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document
    from biometal_stream.reports.quality.result import Quality

SIZES = 512
"""The sizes of inserts that fastp counts, from 0 on; more here if there are longer ones."""

LEVELS = 10
"""The copies of a sequence that have a number of their own; the last is for all that have more."""


def insert_size(document: Document) -> dict[str, Any] | None:
    """How many pairs have an insert of each size; ``None`` if that was not counted."""
    counted = _counted(document)
    if counted is None:
        return None
    sizes, pairs = counted
    histogram = [0] * max(SIZES, *(size + 1 for size in sizes), 1)
    for size, count in sizes.items():
        histogram[size] += count
    most = max(histogram)
    return {
        "peak": histogram.index(most),
        "unknown": pairs - sum(histogram),
        "histogram": histogram,
    }


def _counted(document: Document) -> tuple[dict[int, int], int] | None:
    """The pairs by size, and all pairs, from the first part of the run that knows them."""
    for quality in document.quality.values():
        totals = columns_of(quality, "insert_totals", PAIRS).get("pairs")
        if totals:
            sizes = columns_of(quality, "inserts", PAIRS)
            return dict(zip(sizes["insert_size"], sizes["pairs"], strict=True)), totals[0]
    for found in results_of("summarize-inserts", document.results):
        return _by_size(found["insert_sizes"]), found["pairs"]
    for found in results_of("merge-pairs", document.results):
        return _by_size(found["lengths"]), found["merged"] + found["unmerged"]
    return None


def _by_size(plain: Mapping[Any, int]) -> dict[int, int]:
    """Counts by size, whose keys are texts in JSON."""
    return {int(size): count for size, count in plain.items()}


def duplication(document: Document, quality: Quality, groups: tuple[str, ...]) -> dict[str, Any]:
    """The share of reads, or pairs, that repeat an earlier one, and how often sequences occur.

    The rate is that of `count-duplicates` or `drop-duplicates` if the run has one. Else it is that
    of the first bases of reads; of the mates of pairs the lesser rate is taken, since a pair is
    repeated only if both mates are.

    Args:
        document: The report of the run.
        quality: What its first reads are like.
        groups: The groups of these.
    """
    rows = [columns_of(quality, "duplication_totals", group) for group in groups]
    known = [row for row in rows if row.get("rate")]
    if not known:
        rates = _rates(document)
        return {"rate": significant(rates[0])} if rates else {}
    least = min(known, key=lambda row: row["rate"][0])
    group = groups[rows.index(least)]
    rates = [*_rates(document), least["rate"][0]]
    return {"rate": significant(rates[0]), "histogram": _histogram(quality, group, least)}


def _rates(document: Document) -> list[float]:
    return [
        found["rate"]
        for name in ("count-duplicates", "drop-duplicates")
        for found in results_of(name, document.results)
    ]


def _histogram(quality: Quality, group: str, totals: dict[str, list[Any]]) -> list[int]:
    """Sequences by the number of their copies: 1 to 9, and 10 or more."""
    levels = columns_of(quality, "duplication", group)
    distinct = totals["distinct"][0]
    counts = [0.0] * LEVELS
    for copies, percent in zip(levels["copies"], levels["percent_of_distinct"], strict=True):
        counts[min(copies, LEVELS) - 1] += percent / 100 * distinct
    return [round(count) for count in counts]
