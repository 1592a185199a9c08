"""Each chart in words: what a screen reader says, and what is written under it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from biometal_stream.reports.page.figures import Facts, Figure, Path, Unit
from biometal_stream.reports.page.modules import Chart

Words: TypeAlias = tuple[str | Figure, ...]
"""A sentence: texts, and the figures between them."""


@dataclass(frozen=True)
class Rows:
    """The rows of one group of reads in one table.

    Attributes:
        facts: The document.
        place: The place.
        table: The table's name.
        numbers: The rows.
    """

    facts: Facts
    place: str
    table: str
    numbers: Sequence[int]

    def figure(self, column: str, row: int, unit: Unit = "count") -> Figure:
        """A cell as a figure."""
        return self.facts.figure(self.facts.cell(self.place, self.table, column, row), unit=unit)

    def cell(self, column: str, row: int) -> str | Figure:
        """A cell that may be text."""
        found = self.facts.column(self.place, self.table, column)[row]
        return self.facts.cut(found) if isinstance(found, str) else self.figure(column, row)

    def total(self, column: str, unit: Unit = "short") -> Figure:
        """The sum of a column."""
        return self.facts.figure(self._all(column), unit=unit)

    def share(self, columns: Sequence[str], of: Sequence[str]) -> Figure:
        """The sum of some columns, divided by that of others."""
        wholes = [self._all(name) for name in of]
        return self.facts.figure(*map(self._all, columns), unit="share", wholes=wholes)

    def _all(self, column: str) -> Path:
        group = str(self.facts.column(self.place, self.table, "group")[self.numbers[0]])
        return self.facts.cells(self.place, self.table, column, group)

    def highest(self, column: str, sign: int = 1) -> int:
        """The row with the greatest number in a column; the least, if the sign is -1."""
        cells = self.facts.column(self.place, self.table, column)
        known = [row for row in self.numbers if cells[row] is not None] or list(self.numbers)
        numbers = [sign * (cells[row] or 0) for row in known]
        return known[numbers.index(max(numbers))]


def alternative(facts: Facts, chart: Chart, place: str, group: str) -> Words:
    """A chart of one group of reads at one place, in words; empty if there is nothing to draw."""
    rows = facts.rows(place, chart.table, group)
    drawn = facts.column(place, chart.table, chart.column) if rows else ()
    if all(drawn[row] is None for row in rows):
        return ()
    return _WORDS[chart.name](Rows(facts, place, chart.table, rows))


def _many(number: Figure, thing: str) -> tuple[Figure, str]:
    return number, f" {thing}" if number.value == 1 else f" {thing}s"


def _band(rows: Rows) -> Words:
    low, first, last = rows.highest("mean_quality", -1), rows.numbers[0], rows.numbers[-1]
    quality = "mean_quality"
    return (
        "mean score ", rows.figure(quality, first, "decimal"),
        " in the first cycle and ", rows.figure(quality, last, "decimal"), " in the last; lowest ",
        rows.figure(quality, low, "decimal"), " in cycle ", rows.figure("first_cycle", low), ".",
    )  # fmt: skip


def _scores(rows: Rows) -> Words:
    low, high = rows.highest("quality", -1), rows.highest("quality")
    return (
        *_many(rows.total("bases"), "base"), " with scores from ",
        rows.figure("quality", low), " to ", rows.figure("quality", high), ".",
    )  # fmt: skip


def _letters(rows: Rows) -> Words:
    low = {letter: rows.highest(f"quality_{letter}", -1) for letter in "acgt"}
    words: list[str | Figure] = ["lowest mean score by base: "]
    for letter, row in low.items():
        comma = ", " if letter != "t" else "."
        words += [f"{letter.upper()} ", rows.figure(f"quality_{letter}", row, "decimal"), comma]
    return tuple(words)


def _content(rows: Rows) -> Words:
    words: list[str | Figure] = []
    for letter in "acgt":
        comma = ", " if letter != "t" else "."
        words += [f"{letter.upper()} ", rows.share([letter], list("acgt")), comma]
    return tuple(words)


def _n(rows: Rows) -> Words:
    high = rows.highest("n")
    return (
        rows.total("n"), " N, ", rows.share(["n"], [*"acgtn", "other"]), " of all bases; most (",
        rows.figure("n", high), ") in cycle ", rows.figure("first_cycle", high), ".",
    )  # fmt: skip


def _peak(column: str, counted: str, what: str, things: str = "reads") -> Callable[[Rows], Words]:
    def words(rows: Rows) -> Words:
        high = rows.highest(counted)
        return (
            f"most {things} (", rows.figure(counted, high, "short"), f") have {what} ",
            rows.figure(column, high), ".",
        )  # fmt: skip

    return words


def _lengths(rows: Rows) -> Words:
    low, high, most = rows.highest("length", -1), rows.highest("length"), rows.highest("reads")
    if low == high:
        return ("all have ", *_many(rows.figure("length", low), "base"), ".")
    return (
        rows.figure("length", low), " to ", rows.figure("length", high), " bases; most reads (",
        rows.figure("reads", most, "short"), ") have ", rows.figure("length", most), ".",
    )  # fmt: skip


def _copies(column: str, what: str) -> Callable[[Rows], Words]:
    def words(rows: Rows) -> Words:
        cells = rows.facts.column(rows.place, rows.table, column)
        if not any(cells[row] for row in rows.numbers):  # no reads
            return ()
        return (rows.figure(column, rows.numbers[0], "percent"), f" of {what} occur once.")

    return words


def _adapters(rows: Rows) -> Words:
    high = rows.highest("percent")
    return (
        "most frequent: ", rows.cell("adapter", high), ", in ",
        rows.figure("percent", high, "percent"), " of reads.",
    )  # fmt: skip


def _tiles(rows: Rows) -> Words:
    low = rows.highest("deviation", -1)
    return (
        "the worst is tile ", rows.cell("tile", low), " in cycle ",
        rows.figure("first_cycle", low), ": ", rows.figure("deviation", low, "decimal"), ".",
    )  # fmt: skip


def _counted(counted: str, column: str, what: str) -> Callable[[Rows], Words]:
    def words(rows: Rows) -> Words:
        high = rows.highest(counted)
        return (
            *_many(rows.total(counted), counted.removesuffix("s")), "; most (",
            rows.figure(counted, high, "short"), f") in {what} ", rows.figure(column, high), ".",
        )  # fmt: skip

    return words


def _span(column: str, what: str) -> Callable[[Rows], Words]:
    def words(rows: Rows) -> Words:
        low, high = rows.highest(column, -1), rows.highest(column)
        return (
            f"{what} from ", rows.figure(column, low, "decimal"), " to ",
            rows.figure(column, high, "decimal"), ".",
        )  # fmt: skip

    return words


def _labels(rows: Rows) -> Words:
    high = rows.highest("reads")
    return (
        "most frequent: ", rows.cell("label", high), ", ",
        *_many(rows.figure("reads", high, "short"), "read"), ".",
    )  # fmt: skip


def _calibration(rows: Rows) -> Words:
    low, high = rows.highest("correct", -1), rows.highest("correct")
    return (
        "of the labels in a range of scores, ", rows.figure("correct", low, "share"), " to ",
        rows.figure("correct", high, "share"), " are right.",
    )  # fmt: skip


def _label_scores(rows: Rows) -> Words:
    high = rows.highest("reads")
    return (
        "most reads (", rows.figure("reads", high, "short"), ") have a score of ",
        rows.figure("first_score", high, "decimal"), " to ",
        rows.figure("last_score", high, "decimal"), ".",
    )  # fmt: skip


_WORDS: dict[str, Callable[[Rows], Words]] = {
    "mean-quality": _band,
    "band": _band,
    "scores": _scores,
    "letters": _letters,
    "read-quality": _peak("quality", "reads", "a mean score of"),
    "content": _content,
    "n": _n,
    "gc": _peak("gc_percent", "reads", "a GC content in percent of"),
    "lengths": _lengths,
    "copies": _copies("percent_of_total", "reads"),
    "distinct": _copies("percent_of_distinct", "distinct sequences"),
    "adapters": _adapters,
    "tiles": _tiles,
    "inserts": _peak("insert_size", "pairs", "an insert of", "pairs"),
    "length-quality": _counted("reads", "first_length", "lengths from"),
    "hours-quality": _span("mean_quality", "mean scores"),
    "hours-bases": _counted("bases", "hour", "hour"),
    "hours-reads": _counted("reads", "hour", "hour"),
    "channels": _counted("bases", "channel", "channel"),
    "channels-quality": _span("mean_quality", "mean scores"),
    "labels": _labels,
    "label-scores": _label_scores,
    "calibration": _calibration,
}
