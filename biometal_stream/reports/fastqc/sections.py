"""The sections of ``fastqc_data.txt``: the lines of each module, as FastQC 0.12.1 writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.reports.fastqc.gc import gc_counts
from biometal_stream.reports.fastqc.java import double, in_hash_order, single
from biometal_stream.reports.fastqc.titles import BASIC
from biometal_stream.reports.quality.base_groups import BaseGroup, base_groups
from biometal_stream.reports.verdicts import curves, modules
from biometal_stream.reports.verdicts.rows import Rows

if TYPE_CHECKING:
    from biometal_stream.reports.quality.result import Quality


@dataclass(frozen=True)
class Reads:
    """The reads that a file is about.

    Attributes:
        quality: The result of quality control.
        group: The group of reads.
        name: The file's name to show.
    """

    quality: Quality
    group: str
    name: str

    def rows(self, table: str) -> Rows:
        """The rows of a table."""
        return Rows(self.quality, table, self.group)

    @property
    def longest(self) -> int:
        """The length of the longest read; 0 without reads."""
        longest: int = self.rows("totals").one("max_length")
        return longest

    @property
    def numbered_tiles(self) -> bool:
        """Whether tiles are numbers. FastQC knows no fields of view, as MGI's instruments have."""
        return all(tile.isdigit() for tile in self.rows("tiles").texts("tile"))


def line(*cells: object) -> str:
    """A line of a table."""
    return "\t".join(map(str, cells))


def basic_statistics(reads: Reads) -> Iterator[str]:
    """Counts in all."""
    totals, cycles = reads.rows("totals"), reads.rows("per_cycle")
    a, c, g, t = (int(cycles.whole(letter).sum()) for letter in "acgt")
    number = totals.one("reads")
    shortest = totals.one("min_length")
    yield line("#Measure", "Value")
    yield line("Filename", reads.name)
    yield line("File type", "Conventional base calls" if number else "null")
    yield line("Encoding", "Sanger / Illumina 1.9" if number else "Illumina 1.5")
    yield line("Total Sequences", number)
    yield line("Total Bases", length(totals.one("bases")))
    yield line("Sequences flagged as poor quality", 0)
    same = shortest == reads.longest
    yield line("Sequence length", shortest if same else f"{shortest}-{reads.longest}")
    yield line("%GC", (g + c) * 100 // max(a + c + g + t, 1))


def length(bases: int) -> str:
    """A number of bases with its unit, with at most one decimal place, which is cut off."""
    for size, unit in ((1_000_000_000, "Gbp"), (1_000_000, "Mbp"), (1_000, "kbp")):
        if bases >= size:
            whole, rest = divmod(bases, size)
            tenth = rest * 10 // size
            return f"{whole}.{tenth} {unit}" if tenth else f"{whole} {unit}"
    return f"{bases} bp"


def base_quality(reads: Reads) -> Iterator[str]:
    """Quality by cycle."""
    found = curves.qualities(reads.quality, reads.group)
    yield line(
        "#Base",
        "Mean",
        "Median",
        "Lower Quartile",
        "Upper Quartile",
        "10th Percentile",
        "90th Percentile",
    )
    figures = (found.means, *(found.percentiles[each] for each in (50, 25, 75, 10, 90)))
    yield from _by_group(found.groups, figures)


def tiles(reads: Reads) -> Iterator[str]:
    """Quality by tile and cycle."""
    found = curves.tiles(reads.quality, reads.group)
    yield line("#Tile", "Base", "Mean")
    for tile, deviations in zip(found.tiles, found.deviation.tolist(), strict=True):
        for group, deviation in zip(found.groups, deviations, strict=True):
            yield line(tile, group, double(deviation))


def read_quality(reads: Reads) -> Iterator[str]:
    """Reads by mean quality."""
    rows = reads.rows("per_read_quality")
    yield line("#Quality", "Count")
    counts = zip(rows.whole("quality").tolist(), rows.whole("reads").tolist(), strict=True)
    known = dict(counts)
    found = [quality for quality, number in known.items() if number]
    for quality in range(min(found, default=0), max(found, default=-1) + 1):
        yield line(quality, double(known.get(quality, 0)))


def content(reads: Reads) -> Iterator[str]:
    """Bases by cycle."""
    found = curves.content(reads.quality, reads.group)
    yield line("#Base", "G", "A", "T", "C")
    yield from _by_group(found.groups, (found.percent[letter] for letter in "gatc"))


def gc(reads: Reads) -> Iterator[str]:
    """Reads by GC content."""
    yield line("#GC Content", "Count")
    counts = gc_counts(reads.quality.state.get(reads.group, {}))
    yield from (line(percent, double(count)) for percent, count in enumerate(counts))


def n_content(reads: Reads) -> Iterator[str]:
    """N by cycle."""
    found = curves.content(reads.quality, reads.group)
    yield line("#Base", "N-Count")
    yield from _by_group(found.groups, (found.n_percent,))


def lengths(reads: Reads) -> Iterator[str]:
    """Reads by length, in at most 50 ranges."""
    rows = reads.rows("lengths")
    found, counts = rows.whole("length"), rows.whole("reads")
    found, counts = found[counts > 0], counts[counts > 0]
    yield line("#Length", "Count")
    if not len(found):
        return
    low, high = max(int(found.min()) - 1, 0), int(found.max()) + 1
    interval = _interval(high - low)
    starts = np.arange(low // interval * interval, high + 1, interval)
    sums = np.zeros(len(starts), np.int64)
    np.add.at(sums, np.searchsorted(starts, found, side="right") - 1, counts)
    for place, (start, number) in enumerate(zip(starts.tolist(), sums.tolist(), strict=True)):
        if number or place not in {0, len(starts) - 1}:
            end = min(start + interval - 1, high)
            yield line(start if interval == 1 else f"{start}-{end}", double(number))


def _interval(spread: int) -> int:
    """The least of 1, 2, 5, 10, … that makes at most 50 ranges."""
    power = 1
    while True:
        for base in (1, 2, 5):
            if spread // (base * power) <= 50:
                return base * power
        power *= 10


def duplication(reads: Reads) -> Iterator[str]:
    """Reads by the number of their copies."""
    rows = reads.rows("duplication")
    remaining = reads.rows("duplication_totals").one("remaining_percent", 100.0)
    yield line("#Total Deduplicated Percentage", double(remaining))
    yield line("#Duplication Level", "Percentage of total")
    labels = rows.texts("label") or LEVELS
    percent = rows.real("percent_of_total")
    if not percent.any():  # no reads: FastQC divides by 0
        percent = np.full(len(labels), np.nan)
    for label, each in zip(labels, percent.tolist(), strict=True):
        yield line(f"{label}+" if label == labels[-1] else label, double(each))


LEVELS = [*map(str, range(1, 10)), *(f">{each}" for each in ("10", "50", "100", "500"))]
LEVELS += [">1k", ">5k", ">10k"]
"""FastQC's levels of duplication."""


def overrepresented(reads: Reads) -> Iterator[str]:
    """Sequences that many reads begin with. Equal counts come in the order of FastQC's table."""
    rows = reads.rows("overrepresented")
    columns = (rows.whole("reads").tolist(), rows.real("percent").tolist(), rows.texts("source"))
    found = dict(zip(rows.texts("sequence"), zip(*columns, strict=True), strict=True))
    if not found:
        return
    yield line("#Sequence", "Count", "Percentage", "Possible Source")
    distinct = int(reads.rows("duplication_totals").one("distinct"))
    ordered = in_hash_order(found, distinct)
    for sequence in sorted(ordered, key=lambda each: -found[each][0]):
        number, percent, source = found[sequence]
        yield line(sequence, number, double(percent), source)


def adapters(reads: Reads) -> Iterator[str]:
    """Reads in which an adapter has begun, by cycle. Nothing if all reads are too short."""
    if reads.longest <= 12:
        return
    found = curves.adapters(reads.quality, reads.group)
    zeros = np.zeros(len(found.groups))
    yield line("#Position", *modules.FASTQC_WORDS)
    figures = (found.percent.get(name, zeros) for name in modules.FASTQC_WORDS)
    yield from _by_group(found.groups, figures)


def kmers(reads: Reads) -> Iterator[str]:
    """7-mers that are enriched at one place."""
    rows = reads.rows("kmers")
    if not len(rows):
        return
    yield line("#Sequence", "Count", "PValue", "Obs/Exp Max", "Max Obs/Exp Position")
    groups = base_groups(min(reads.longest, 500) - 6)
    columns = (
        rows.texts("kmer"),
        rows.whole("reads").tolist(),
        map(single, rows.real("p_value").tolist()),
        map(single, rows.real("max_obs_exp").tolist()),
        (_group_of(groups, cycle) for cycle in rows.whole("max_cycle").tolist()),
    )
    yield from (line(*cells) for cells in zip(*columns, strict=True))


def _group_of(groups: Iterable[BaseGroup], cycle: int) -> object:
    return next((group for group in groups if group.first <= cycle <= group.last), cycle)


def _by_group(groups: Iterable[BaseGroup], figures: Iterable[object]) -> Iterator[str]:
    columns = [np.asarray(column).tolist() for column in figures]
    for group, *cells in zip(groups, *columns, strict=True):
        yield line(group, *map(double, cells))


SECTIONS: dict[str, Callable[[Reads], Iterator[str]]] = {
    BASIC: basic_statistics,
    modules.BASE_QUALITY: base_quality,
    modules.TILES: tiles,
    modules.READ_QUALITY: read_quality,
    modules.CONTENT: content,
    modules.GC: gc,
    modules.N: n_content,
    modules.LENGTHS: lengths,
    modules.DUPLICATION: duplication,
    modules.OVERREPRESENTED: overrepresented,
    modules.ADAPTERS: adapters,
    modules.KMERS: kmers,
}
"""The modules in FastQC's order."""

OPTIONAL = {
    modules.BASE_QUALITY: "qualities_by_cycle",
    modules.TILES: "tiles",
    modules.READ_QUALITY: "per_read_quality",
    modules.KMERS: "kmers",
}
"""Modules that are left out if their table has no rows."""
