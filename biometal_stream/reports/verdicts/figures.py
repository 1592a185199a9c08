"""The figures that are judged, each computed from the tables of quality control.

Each function takes what is asked, and returns ``None`` if there is nothing to judge.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from biometal_stream.reports.quality.base_groups import BaseGroup
from biometal_stream.reports.verdicts import curves
from biometal_stream.reports.verdicts.measure import Asked, Found
from biometal_stream.reports.verdicts.modules import FASTQC_WORDS

READS_OF_TILE = 100
"""Tiles differ by chance in cycles that fewer of their reads reach."""

BASES_OF_CYCLES = 1000
"""With fewer bases in a group of cycles, the shares of letters differ by several percent by chance:
the standard error of a difference is 2.2 percentage points."""

READS_OF_GC = 5000
"""With fewer reads, chance alone makes the distribution of GC content differ by 7 % or more."""

READS_OF_SEQUENCE = 1000
"""With fewer reads, each read is more than 0.1 % of them."""


def lowest(percent: int) -> Callable[[Asked], Found | None]:
    """The lowest percentile of the qualities in a group of cycles."""

    def find(asked: Asked) -> Found | None:
        found = curves.qualities(asked.quality, asked.group)
        judged = asked.enough(found.reached) & asked.late(found.groups)
        values = np.where(judged, found.percentiles[percent], np.nan)
        if np.isnan(values).all():
            return None
        place = int(np.nanargmin(values))
        return Found(float(values[place]), cycles=found.groups[place])

    return find


def tile_deviation(asked: Asked) -> Found | None:
    """The most that a tile differs from all tiles, where it has enough reads."""
    rows = asked.rows("tiles")
    first, last = rows.whole("first_cycle"), rows.whole("last_cycle")
    enough = rows.whole("bases") >= READS_OF_TILE * (last - first + 1)
    values = np.where(enough, np.abs(rows.real("deviation")), np.nan)
    if np.isnan(values).all():
        return None
    place = int(np.nanargmax(values))
    cycles = BaseGroup(int(first[place]), int(last[place]))
    return Found(float(values[place]), rows.texts("tile")[place], cycles)


def tile_deviation_with_gaps(asked: Asked) -> Found | None:
    """The same as FastQC computes it: without reads in a cycle a tile has quality 0."""
    found = curves.tiles(asked.quality, asked.group)
    if not found.deviation.size:
        return None
    tile, place = np.unravel_index(np.abs(found.deviation).argmax(), found.deviation.shape)
    value = float(abs(found.deviation[tile, place]))
    return Found(value, found.tiles[int(tile)], found.groups[int(place)])


def frequent_quality(asked: Asked) -> Found | None:
    """The most frequent mean quality of a read, rounded down."""
    rows = asked.rows("per_read_quality")
    reads = rows.whole("reads")
    if not reads.sum():
        return None
    return Found(float(rows.whole("quality")[reads.argmax()]))


def mean_quality(asked: Asked) -> Found | None:
    """The Phred score of the mean error probability of all bases."""
    value = asked.rows("totals").one("mean_quality", None)
    return None if value is None or math.isnan(value) else Found(float(value))


def base_imbalance(asked: Asked) -> Found | None:
    """The most that A and T, or C and G, differ in a group of cycles."""
    found = curves.content(asked.quality, asked.group)
    judged = asked.enough(found.reached) & asked.late(found.groups)
    judged &= found.acgt >= asked.least(BASES_OF_CYCLES)
    pairs = {"A and T": ("a", "t"), "C and G": ("c", "g")}
    best = None
    for name, (one, other) in pairs.items():
        values = np.abs(found.percent[one] - found.percent[other])
        values[~judged] = np.nan
        if np.isnan(values).all():
            continue
        place = int(np.nanargmax(values))
        if best is None or values[place] > best.value:
            best = Found(float(values[place]), name, found.groups[place])
    return best


def gc_deviation(asked: Asked) -> Found | None:
    """How much the distribution of GC content differs from its model, in percent of the reads."""
    rows = asked.rows("per_read_gc")
    reads = rows.real("reads")
    if not reads.sum() > 0 or asked.reads < asked.least(READS_OF_GC):
        return None
    return Found(float(np.abs(rows.real("theoretical") - reads).sum() / reads.sum() * 100))


def n_percent(asked: Asked) -> Found | None:
    """The most N in a group of cycles, in percent."""
    found = curves.content(asked.quality, asked.group)
    values = found.n_percent[asked.enough(found.reached)]
    if not values.size:
        return None
    place = int(values.argmax())
    groups = np.flatnonzero(asked.enough(found.reached))
    return Found(float(values[place]), cycles=found.groups[int(groups[place])])


def lengths(asked: Asked) -> Found | None:
    """The number of different lengths."""
    number = int((asked.rows("lengths").whole("reads") > 0).sum())
    return Found(number) if number else None


def empty_reads(asked: Asked) -> Found | None:
    """The number of reads without bases."""
    rows = asked.rows("lengths")
    if not len(rows):
        return None
    return Found(int(rows.whole("reads")[rows.whole("length") == 0].sum()))


def short_reads(asked: Asked) -> Found | None:
    """Reads shorter than the parameter, in percent."""
    rows = asked.rows("lengths")
    reads = rows.whole("reads")
    if not reads.sum():
        return None
    short = reads[rows.whole("length") < asked.parameter].sum()
    return Found(float(short / reads.sum() * 100))


def remaining(asked: Asked) -> Found | None:
    """Reads that remain without duplicates, in percent."""
    value = asked.rows("duplication_totals").one("remaining_percent", None)
    return None if value is None or not asked.reads else Found(float(value))


def overrepresented(asked: Asked) -> Found | None:
    """The share of the most frequent sequence, in percent; 0 if none is over-represented."""
    if not asked.reads or asked.reads < asked.least(READS_OF_SEQUENCE):
        return None
    rows = asked.rows("overrepresented")
    percent = rows.real("percent")
    if not len(rows):
        return Found(0.0)
    place = int(percent.argmax())
    return Found(float(percent[place]), rows.texts("sequence")[place])


def adapters(names: Callable[[str], bool]) -> Callable[[Asked], Found | None]:
    """Reads with one of the adapters that are chosen by name: the most frequent one, in percent."""

    def find(asked: Asked) -> Found | None:
        rows = asked.rows("adapters")
        percents = zip(rows.texts("adapter"), rows.real("percent").tolist(), strict=True)
        found = (Found(percent, name) for name, percent in percents if names(name))
        return max(found, key=lambda each: each.value, default=None)

    return find


def fastqc_words(asked: Asked) -> Found | None:
    """Reads with the most frequent of FastQC's words, in percent, averaged as FastQC does."""
    found = curves.adapters(asked.quality, asked.group)
    best = [
        Found(float(percent.max()), name, found.groups[int(percent.argmax())])
        for name, percent in found.percent.items()
        if name in FASTQC_WORDS and percent.size
    ]
    return max(best, key=lambda each: each.value, default=None)


def longest(asked: Asked) -> Found | None:
    """The length of the longest read."""
    return Found(asked.rows("totals").one("max_length"))


def kmers(asked: Asked) -> Found | None:
    """Minus the decimal logarithm of the p-value of the most enriched 7-mer."""
    rows = asked.rows("kmers")
    if not len(rows):
        return None
    place = int(rows.real("max_obs_exp").argmax())
    chance = float(rows.real("p_value")[place])
    return Found(-math.log10(chance) if chance > 0 else math.inf, rows.texts("kmer")[place])
