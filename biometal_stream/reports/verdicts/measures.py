"""The figures that are judged, each computed from the tables of quality control."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.reports.quality.base_groups import BaseGroup
from biometal_stream.reports.verdicts import curves
from biometal_stream.reports.verdicts.rows import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.reports.quality.result import Quality

BASE_QUALITY = "Per base sequence quality"
TILES = "Per tile sequence quality"
READ_QUALITY = "Per sequence quality scores"
CONTENT = "Per base sequence content"
GC = "Per sequence GC content"
N = "Per base N content"
LENGTHS = "Sequence Length Distribution"
DUPLICATION = "Sequence Duplication Levels"
OVERREPRESENTED = "Overrepresented sequences"
ADAPTERS = "Adapter Content"
KMERS = "Kmer Content"
MODULES = (
    BASE_QUALITY,
    TILES,
    READ_QUALITY,
    CONTENT,
    GC,
    N,
    LENGTHS,
    DUPLICATION,
    OVERREPRESENTED,
    ADAPTERS,
    KMERS,
)
"""The modules that are judged, by FastQC's names, in its order."""

POLY = ("PolyA", "PolyG")
"""Words of FastQC's list of adapters that are not adapters."""

FASTQC_WORDS = (
    "Illumina Universal Adapter",
    "Illumina Small RNA 3' Adapter",
    "Illumina Small RNA 5' Adapter",
    "Nextera Transposase Sequence",
    *POLY,
)
"""FastQC's list of adapters, in its order."""


_READS_OF_TILE = 100
"""With fewer reads in each tile, tiles differ by chance."""


@dataclass(frozen=True)
class Found:
    """A figure.

    Attributes:
        value: Its value.
        where: What it was found in: a cycle, a tile, or an adapter.
    """

    value: float
    where: str = ""


@dataclass(frozen=True)
class Asked:
    """What a figure is computed from.

    Attributes:
        quality: The result of quality control.
        group: The group of reads.
        reached: Cycles that fewer than this many percent of the reads reach do not count.
        parameter: As in `Limit`.
    """

    quality: Quality
    group: str
    reached: float
    parameter: int

    def rows(self, table: str) -> Rows:
        """The rows of a table."""
        return Rows(self.quality, table, self.group)

    @property
    def reads(self) -> int:
        """The number of reads."""
        reads: int = self.rows("totals").one("reads")
        return reads

    def enough(self, reached: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which cycles are reached by enough reads."""
        return reached * 100 >= self.reached * self.reads

    def late(self, groups: tuple[BaseGroup, ...]) -> NDArray[np.bool_]:
        """Which groups of cycles begin after the cycles that are left out."""
        return np.array([group.first > self.parameter for group in groups], np.bool_)


@dataclass(frozen=True)
class Measure:
    """A figure that is judged.

    Attributes:
        module: The module that it belongs to.
        title: What it is, as words for a table.
        sentence: A sentence with ``{value}``, ``{where}`` and ``{parameter}``.
        worse: Which values are worse than a limit: ``below`` it, ``above`` it, or ``at most`` it.
        find: Computes it; ``None`` if there is nothing to judge.
        by_cycle: Whether a limit's parameter leaves out cycles at the start.
    """

    module: str
    title: str
    sentence: str
    worse: str
    find: Callable[[Asked], Found | None]
    by_cycle: bool = False

    def is_worse(self, value: float, limit: float | None) -> bool:
        """Whether a value is worse than a limit."""
        if limit is None or math.isnan(value):
            return False
        if self.worse == "below":
            return value < limit
        return value > limit if self.worse == "above" else value <= limit


def _lowest(percent: int) -> Callable[[Asked], Found | None]:
    def find(asked: Asked) -> Found | None:
        found = curves.qualities(asked.quality, asked.group)
        judged = asked.enough(found.reached) & asked.late(found.groups)
        values = np.where(judged, found.percentiles[percent], np.nan)
        if np.isnan(values).all():
            return None
        place = int(np.nanargmin(values))
        return Found(float(values[place]), str(found.groups[place]))

    return find


def _tile_deviation(asked: Asked) -> Found | None:
    rows = asked.rows("tiles")
    values = np.abs(rows.real("deviation"))
    tiles = len(set(rows.texts("tile")))
    if np.isnan(values).all() or asked.reads < _READS_OF_TILE * tiles:
        return None
    place = int(np.nanargmax(values))
    cycles = BaseGroup(*(int(rows.whole(f"{end}_cycle")[place]) for end in ("first", "last")))
    return Found(float(values[place]), f"tile {rows.texts('tile')[place]} in cycle {cycles}")


def _tile_deviation_with_gaps(asked: Asked) -> Found | None:
    found = curves.tiles(asked.quality, asked.group)
    if not found.deviation.size:
        return None
    tile, place = np.unravel_index(np.abs(found.deviation).argmax(), found.deviation.shape)
    value = float(abs(found.deviation[tile, place]))
    return Found(value, f"tile {found.tiles[int(tile)]} in cycle {found.groups[int(place)]}")


def _frequent_quality(asked: Asked) -> Found | None:
    rows = asked.rows("per_read_quality")
    reads = rows.whole("reads")
    if not reads.sum():
        return None
    return Found(float(rows.whole("quality")[reads.argmax()]))


def _mean_quality(asked: Asked) -> Found | None:
    value = asked.rows("totals").one("mean_quality", None)
    return None if value is None or math.isnan(value) else Found(float(value))


def _base_imbalance(asked: Asked) -> Found | None:
    found = curves.content(asked.quality, asked.group)
    judged = asked.enough(found.reached) & asked.late(found.groups)
    pairs = {"A and T": ("a", "t"), "C and G": ("c", "g")}
    best = None
    for name, (one, other) in pairs.items():
        values = np.abs(found.percent[one] - found.percent[other])
        values[~judged] = np.nan
        if np.isnan(values).all():
            continue
        place = int(np.nanargmax(values))
        if best is None or values[place] > best.value:
            best = Found(float(values[place]), f"{name} in cycle {found.groups[place]}")
    return best


def _gc_deviation(asked: Asked) -> Found | None:
    rows = asked.rows("per_read_gc")
    reads = rows.real("reads")
    if not reads.sum() > 0:
        return None
    return Found(float(np.abs(rows.real("theoretical") - reads).sum() / reads.sum() * 100))


def _n_percent(asked: Asked) -> Found | None:
    found = curves.content(asked.quality, asked.group)
    values = found.n_percent[asked.enough(found.reached)]
    if not values.size:
        return None
    place = int(values.argmax())
    groups = np.flatnonzero(asked.enough(found.reached))
    return Found(float(values[place]), str(found.groups[int(groups[place])]))


def _lengths(asked: Asked) -> Found | None:
    number = int((asked.rows("lengths").whole("reads") > 0).sum())
    return Found(number) if number else None


def _empty_reads(asked: Asked) -> Found | None:
    rows = asked.rows("lengths")
    if not len(rows):
        return None
    return Found(int(rows.whole("reads")[rows.whole("length") == 0].sum()))


def _short_reads(asked: Asked) -> Found | None:
    rows = asked.rows("lengths")
    reads = rows.whole("reads")
    if not reads.sum():
        return None
    short = reads[rows.whole("length") < asked.parameter].sum()
    return Found(float(short / reads.sum() * 100))


def _remaining(asked: Asked) -> Found | None:
    value = asked.rows("duplication_totals").one("remaining_percent", None)
    return None if value is None or not asked.reads else Found(float(value))


def _overrepresented(asked: Asked) -> Found | None:
    if not asked.reads:
        return None
    rows = asked.rows("overrepresented")
    percent = rows.real("percent")
    if not len(rows):
        return Found(0.0)
    place = int(percent.argmax())
    return Found(float(percent[place]), rows.texts("sequence")[place])


def _adapters(names: Callable[[str], bool]) -> Callable[[Asked], Found | None]:
    def find(asked: Asked) -> Found | None:
        found = curves.adapters(asked.quality, asked.group).percent
        best = [
            Found(float(percent.max()), name)
            for name, percent in found.items()
            if names(name) and percent.size
        ]
        return max(best, key=lambda each: each.value, default=None)

    return find


def _longest(asked: Asked) -> Found | None:
    return Found(asked.rows("totals").one("max_length"))


def _kmers(asked: Asked) -> Found | None:
    rows = asked.rows("kmers")
    if not len(rows):
        return None
    place = int(rows.real("max_obs_exp").argmax())
    chance = float(rows.real("p_value")[place])
    return Found(-math.log10(chance) if chance > 0 else math.inf, rows.texts("kmer")[place])


MEASURES: dict[str, Measure] = {
    "lower_quartile": Measure(
        BASE_QUALITY,
        "lower quartile of the qualities in a cycle",
        "A quarter of the bases in cycle {where} have a quality of {value} or less",
        "below",
        _lowest(25),
        by_cycle=True,
    ),
    "median_quality": Measure(
        BASE_QUALITY,
        "median quality in a cycle",
        "Half of the bases in cycle {where} have a quality of {value} or less",
        "below",
        _lowest(50),
        by_cycle=True,
    ),
    "tile_deviation": Measure(
        TILES,
        "difference between a tile and all tiles in mean quality",
        "The mean quality differs most from that of all tiles in {where}, by {value}",
        "above",
        _tile_deviation,
    ),
    "tile_deviation_with_gaps": Measure(
        TILES,
        "difference between a tile and all tiles in mean quality, 0 where it has no reads",
        "The mean quality differs most from that of all tiles in {where}, by {value}",
        "above",
        _tile_deviation_with_gaps,
    ),
    "frequent_quality": Measure(
        READ_QUALITY,
        "most frequent mean quality of a read",
        "The most frequent mean quality of a read is {value}",
        "at most",
        _frequent_quality,
    ),
    "mean_quality": Measure(
        READ_QUALITY,
        "quality of the mean error probability of all bases",
        "The mean error probability of all bases is that of quality {value}",
        "below",
        _mean_quality,
    ),
    "base_imbalance": Measure(
        CONTENT,
        "difference between A and T, or C and G, in a cycle, in percentage points",
        "The shares of {where} differ by {value} percentage points",
        "above",
        _base_imbalance,
        by_cycle=True,
    ),
    "gc_deviation": Measure(
        GC,
        "percent of the reads by which GC content differs from a normal distribution",
        "The distribution of GC content differs from a normal one by {value} % of the reads",
        "above",
        _gc_deviation,
    ),
    "n_percent": Measure(
        N,
        "percent N in a cycle",
        "{value} % of the bases in cycle {where} are N",
        "above",
        _n_percent,
    ),
    "lengths": Measure(
        LENGTHS,
        "number of different lengths",
        "Different lengths of reads: {value}",
        "above",
        _lengths,
    ),
    "empty_reads": Measure(
        LENGTHS,
        "reads without bases",
        "Reads without bases: {value}",
        "above",
        _empty_reads,
    ),
    "short_reads": Measure(
        LENGTHS,
        "percent of reads shorter than {parameter} bases",
        "{value} % of the reads are shorter than {parameter} bases",
        "above",
        _short_reads,
    ),
    "remaining_percent": Measure(
        DUPLICATION,
        "percent of reads that remain without duplicates",
        "{value} % of the reads remain without duplicates",
        "below",
        _remaining,
    ),
    "overrepresented_percent": Measure(
        OVERREPRESENTED,
        "percent of reads with the same first 50 bases",
        "The most frequent sequence makes up {value} % of the reads",
        "above",
        _overrepresented,
    ),
    "adapter_words": Measure(
        ADAPTERS,
        "percent of reads with a word of FastQC's list, PolyA and PolyG included",
        "{value} % of the reads contain {where}",
        "above",
        _adapters(lambda name: name in FASTQC_WORDS),
    ),
    "adapter_percent": Measure(
        ADAPTERS,
        "percent of reads with an adapter",
        "{value} % of the reads contain {where}",
        "above",
        _adapters(lambda name: name not in POLY),
    ),
    "poly_g_percent": Measure(
        ADAPTERS,
        "percent of reads with poly-G",
        "{value} % of the reads contain 12 G in a row",
        "above",
        _adapters(lambda name: name == "PolyG"),
    ),
    "longest_read": Measure(
        ADAPTERS,
        "length of the longest read",
        "The longest read has {value} bases; adapters are looked for in more than 12",
        "at most",
        _longest,
    ),
    "kmer_enrichment": Measure(
        KMERS,
        "minus the decimal logarithm of the p-value of the most enriched 7-mer",
        "The 7-mer {where} is enriched at one place, with a p-value of 10^-{value}",
        "above",
        _kmers,
    ),
}
"""The figures by name."""
