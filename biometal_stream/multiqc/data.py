"""The numbers of a report that MultiQC shows, as plain objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream.multiqc.matches import Matches, matches

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document
    from biometal_stream.reports.quality.result import Quality

Curve = dict[int, float]
"""Values by cycle, by length or by hour."""

KEPT = "kept"
"""The name of the reads that reached the output."""

MERGED = "merged with their mate"
"""The name of mates 2 that became one read with their mates 1."""

LEVELS = {"pass": 1.0, "warn": 0.5, "fail": 0.25}
"""Numbers for the colours of verdicts, as in MultiQC's module for FastQC; 0 is no verdict."""


@dataclass(frozen=True)
class Shown:
    """What MultiQC shows of a report. It is small, so that many samples fit into memory.

    Attributes:
        version: The version of biometal-stream that wrote the report.
        figures: As `figures` returns them; the other attributes are named in the same way.
        steps: See `reads_by_step`.
        verdicts: See `verdicts`.
        quality: The mean quality by cycle, by place and group.
        lengths: See `reads_as_long`.
        hours: The mean quality by hour, by place and group.
        labels: See `labels`.
        calibration: See `calibration`.
        matches: What steps have counted that look up reads in indexes, by the step's name.
    """

    version: str
    figures: dict[str, float]
    steps: dict[str, int]
    verdicts: list[dict[str, Any]]
    quality: dict[str, Curve]
    lengths: dict[str, Curve]
    hours: dict[str, Curve]
    labels: dict[str, dict[str, int]]
    calibration: dict[str, Curve]
    matches: dict[str, Matches]


def shown(document: Document, assay: str | None) -> Shown:
    """What MultiQC shows of a report.

    Args:
        document: The report.
        assay: The assay whose limits apply; ``None`` for that of the run.
    """
    return Shown(
        document.version,
        figures(document),
        reads_by_step(document),
        verdicts(document, assay or document.assay),
        curves(document, "per_cycle", ("first_cycle", "mean_quality")),
        reads_as_long(document),
        curves(document, "hours", ("hour", "mean_quality")),
        labels(document),
        calibration(document),
        matches(document),
    )


def rows_of(quality: Quality, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a table; none if there is no such table."""
    columns = quality.columns.get(table, {})
    for row in zip(*columns.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


def reads_by_step(document: Document) -> dict[str, int]:
    """The reads that each step dropped, in order, and those that reached the output."""
    dropped: dict[str, int] = {}
    for step in document.steps:
        if step["pairs_merged"]:
            dropped[MERGED] = dropped.get(MERGED, 0) + step["pairs_merged"]
        if step["dropped"]:
            name = _short(step["operator"])
            dropped[name] = dropped.get(name, 0) + step["dropped"]
    return dropped | {KEPT: document.reads_out}


def figures(document: Document) -> dict[str, float]:
    """The figures of the first and the last place, such as ``before_q30`` and ``after_q30``.

    Shares are percentages. With one place there are only those of the last.
    """
    places = list(document.quality.values())
    found: dict[str, float] = {}
    if document.reads_in is not None:
        found["reads_in"] = document.reads_in
        if document.reads_in and not any(step["kind"] == "splitter" for step in document.steps):
            kept = document.reads_out + reads_by_step(document).get(MERGED, 0)
            found["kept"] = 100 * kept / document.reads_in
    found["reads_out"] = document.reads_out
    if len(places) > 1:
        found |= {f"before_{name}": value for name, value in _totals(places[0]).items()}
    if places:
        found |= {f"after_{name}": value for name, value in _totals(places[-1]).items()}
    return found


def _totals(quality: Quality) -> dict[str, float]:
    """Sums of all groups, and shares of these; medians and N50 only where there is one group."""
    rows = [row for row in rows_of(quality, "totals") if row["reads"]]
    if not rows:
        return {}
    reads, bases = (sum(row[name] for row in rows) for name in ("reads", "bases"))
    found: dict[str, float] = {"reads": reads, "bases": bases, "mean_length": bases / reads}
    for name in ("q20", "q30", "gc", "n"):
        counts = [row[f"{name}_bases"] for row in rows]
        if bases and None not in counts:
            found[name] = 100 * sum(counts) / bases
    if len(rows) == 1:
        for name in ("median_length", "n50", "mean_quality"):
            if rows[0][name] is not None:
                found[name] = rows[0][name]
    return found


def curves(document: Document, table: str, columns: tuple[str, str]) -> dict[str, Curve]:
    """A column of a table against another, by place and group, such as ``before, mate 1``."""
    across, up = columns
    found: dict[str, Curve] = {}
    for place, quality in document.quality.items():
        for row in rows_of(quality, table):
            if row[up] is not None:
                curve = found.setdefault(_name(place, row["group"]), {})
                curve[row[across]] = row[up]
    return found


def reads_as_long(document: Document) -> dict[str, Curve]:
    """The percentage of reads that have at least a length, by place and group.

    It shows short reads, which have few lengths, and long ones, which have many, alike.
    """
    counts = curves(document, "lengths", ("length", "reads"))
    return {name: _at_least(reads) for name, reads in counts.items() if any(reads.values())}


def _at_least(reads: Curve) -> Curve:
    left = total = sum(reads.values())
    found: Curve = {0: 100.0}
    for length, count in sorted(reads.items()):
        found[length] = 100 * left / total
        left -= count
    return found | {max(reads) + 1: 0.0}


def labels(document: Document) -> dict[str, dict[str, int]]:
    """How many reads have each label at the last place, by column."""
    found: dict[str, dict[str, int]] = {}
    for row in _last_rows(document, "labels"):
        counts = found.setdefault(row["column"], {})
        counts[row["label"]] = counts.get(row["label"], 0) + row["reads"]
    return found


def calibration(document: Document) -> dict[str, Curve]:
    """The percentage of correct labels by mean score, in percent, at the last place, by column."""
    found: dict[str, dict[int, list[float]]] = {}
    for row in _last_rows(document, "calibration"):
        if row["reads"] and row["mean_score"] is not None:
            bins = found.setdefault(row["column"], {})
            counts = bins.setdefault(round(100 * row["mean_score"]), [0, 0])
            counts[0] += row["correct"]
            counts[1] += row["reads"]
    return {
        column: {score: 100 * correct / reads for score, (correct, reads) in bins.items()}
        for column, bins in found.items()
    }


def verdicts(document: Document, assay: str) -> list[dict[str, Any]]:
    """The verdicts on the reads of the last place, as rows.

    Args:
        document: The report.
        assay: The assay whose limits apply.
    """
    from biometal_stream.reports.verdicts.judge import verdicts as judge

    if not document.quality:
        return []
    place, quality = list(document.quality.items())[-1]
    return [
        {
            "place": place,
            "group": each.group,
            "module": each.module,
            "level": each.level,
            "reason": each.reason,
        }
        for each in judge(quality, assay)
    ]


def worst(rows: list[dict[str, Any]]) -> dict[str, float]:
    """The worst level of each module in all groups, as in `LEVELS`."""
    found: dict[str, float] = {}
    for row in rows:
        level = LEVELS[row["level"]]
        found[row["module"]] = min(level, found.get(row["module"], level))
    return found


def _last_rows(document: Document, table: str) -> Iterator[Mapping[str, Any]]:
    places = list(document.quality.values())
    return rows_of(places[-1], table) if places else iter(())


def _name(place: str, group: str) -> str:
    return place if place == group else f"{place}, {group}"


def _short(operator: str) -> str:
    """The text of a step, cut where it is too long for a legend."""
    return operator if len(operator) <= _SHOWN else f"{operator[: _SHOWN - 3]}..."


_SHOWN = 50
"""The most letters of a step."""
