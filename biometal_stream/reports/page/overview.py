"""The first screen: what came in, what is left, and what the reads are like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from biometal_stream.reports.page.figures import Facts, Figure, Path, Unit

READS = ("reads", "mate 1", "mate 2", "merged")
"""The groups that hold reads. Together they are all reads of a place."""

_COMPARED: tuple[tuple[str, str, str, Unit], ...] = (
    ("Reads", "totals", "reads", "count"),
    ("Bases", "totals", "bases", "short"),
    ("Mean length (bases)", "totals", "mean_length", "tenths"),
    ("Longest (bases)", "totals", "max_length", "count"),
    ("N50 (bases)", "totals", "n50", "count"),
    ("Mean quality", "totals", "mean_quality", "decimal"),
    ("Bases of Q20 or more", "totals", "q20_share", "share"),
    ("Bases of Q30 or more", "totals", "q30_share", "share"),
    ("GC", "totals", "gc_share", "share"),
    ("N", "totals", "n_share", "share"),
    ("Duplicates", "duplication_totals", "rate", "share"),
)


@dataclass(frozen=True)
class Headline:
    """A key figure at the first place and at the last.

    Attributes:
        name: What it is.
        values: One figure, or two: before and after.
    """

    name: str
    values: tuple[Figure, ...]


@dataclass(frozen=True)
class Comparison:
    """The table of key figures.

    Attributes:
        columns: Place and group of each column.
        rows: A name and the figure of each column; ``None`` where there is none.
    """

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Figure | None, ...]], ...]


def headlines(facts: Facts) -> tuple[Headline, ...]:
    """The key figures of all reads together, at the first place and at the last."""
    places = facts.places
    ends = tuple(dict.fromkeys((places[0], places[-1]))) if places else ()
    found = []
    for name, part, whole, unit in (
        ("Reads", "reads", None, "short"),
        ("Bases", "bases", None, "short"),
        ("Mean length (bases)", "bases", "reads", "tenths"),
        ("Bases of Q30 or more", "q30_bases", "bases", "share"),
    ):
        values = tuple(_total(facts, place, part, whole, unit) for place in ends)  # type: ignore[arg-type]
        found.append(Headline(name, values))
    return tuple(each for each in found if any(value.value is not None for value in each.values))


def _total(facts: Facts, place: str, part: str, whole: str | None, unit: Unit) -> Figure:
    def cells(column: str) -> list[Path]:
        return [
            facts.cell(place, "totals", column, row)
            for group in READS
            for row in facts.rows(place, "totals", group)
        ]

    return facts.figure(*cells(part), unit=unit, wholes=cells(whole) if whole else ())


def comparison(facts: Facts) -> Comparison:
    """The key figures by place and by group of reads."""
    columns = tuple(
        (place, group)
        for place in facts.places
        for group in READS
        if facts.rows(place, "totals", group)
    )
    rows = []
    for name, table, column, unit in _COMPARED:
        cells = tuple(_cell(facts, place, group, table, column, unit) for place, group in columns)
        if any(cell is not None and cell.value is not None for cell in cells):
            rows.append((name, cells))
    return Comparison(columns, tuple(rows))


def _cell(
    facts: Facts, place: str, group: str, table: str, column: str, unit: Unit
) -> Figure | None:
    rows: Sequence[int] = facts.rows(place, table, group)
    if not rows:
        return None
    return facts.figure(facts.cell(place, table, column, rows[0]), unit=unit)
