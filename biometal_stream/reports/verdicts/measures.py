"""The figures that are judged: their modules, words and directions."""

from __future__ import annotations

from biometal_stream.reports.verdicts import figures
from biometal_stream.reports.verdicts.measure import Measure
from biometal_stream.reports.verdicts.modules import (
    ADAPTERS,
    BASE_QUALITY,
    CONTENT,
    DUPLICATION,
    GC,
    KMERS,
    LENGTHS,
    OVERREPRESENTED,
    POLY,
    READ_QUALITY,
    TILES,
    N,
)

MEASURES: dict[str, Measure] = {
    "lower_quartile": Measure(
        BASE_QUALITY,
        "lower quartile of the qualities in a cycle",
        "The lower quartile of the qualities in {cycles} is {value}{averaged}",
        "below",
        figures.lowest(25),
        by_cycle=True,
    ),
    "median_quality": Measure(
        BASE_QUALITY,
        "median quality in a cycle",
        "The median quality in {cycles} is {value}{averaged}",
        "below",
        figures.lowest(50),
        by_cycle=True,
    ),
    "tile_deviation": Measure(
        TILES,
        "difference between a tile and all tiles in mean quality, where 100 reads of the tile or"
        " more reach the cycle",
        "The mean quality of tile {where} in {cycles} differs by {value}{averaged} from that of all"
        " tiles",
        "above",
        figures.tile_deviation,
    ),
    "tile_deviation_with_gaps": Measure(
        TILES,
        "difference between a tile and all tiles in mean quality, 0 where it has no reads",
        "The mean quality of tile {where} in {cycles} differs by {value}{averaged} from that of all"
        " tiles",
        "above",
        figures.tile_deviation_with_gaps,
    ),
    "frequent_quality": Measure(
        READ_QUALITY,
        "most frequent mean quality of a read",
        "The most frequent mean quality of a read is {value}",
        "at most",
        figures.frequent_quality,
    ),
    "mean_quality": Measure(
        READ_QUALITY,
        "quality of the mean error probability of all bases",
        "The mean error probability of all bases is that of quality {value}",
        "below",
        figures.mean_quality,
    ),
    "base_imbalance": Measure(
        CONTENT,
        "difference between A and T, or C and G, in a cycle, in percentage points",
        "The shares of {where} in {cycles} differ by {value} percentage points",
        "above",
        figures.base_imbalance,
        by_cycle=True,
    ),
    "gc_deviation": Measure(
        GC,
        "percent of the reads by which GC content differs from a normal distribution",
        "The distribution of GC content differs from a normal one by {value} % of the reads",
        "above",
        figures.gc_deviation,
    ),
    "n_percent": Measure(
        N,
        "percent N in a cycle",
        "{value} % of the bases in {cycles} are N",
        "above",
        figures.n_percent,
        none="No base is N",
    ),
    "lengths": Measure(
        LENGTHS,
        "number of different lengths",
        "Different lengths of reads: {value}",
        "above",
        figures.lengths,
    ),
    "empty_reads": Measure(
        LENGTHS,
        "reads without bases",
        "Reads without bases: {value}",
        "above",
        figures.empty_reads,
        none="All reads have bases",
    ),
    "short_reads": Measure(
        LENGTHS,
        "percent of reads shorter than {parameter} bases",
        "{value} % of the reads are shorter than {parameter} bases",
        "above",
        figures.short_reads,
    ),
    "remaining_percent": Measure(
        DUPLICATION,
        "percent of reads that remain after deduplication",
        "{value} % of the reads remain after deduplication",
        "below",
        figures.remaining,
    ),
    "overrepresented_percent": Measure(
        OVERREPRESENTED,
        "percent of reads with the same first 50 bases",
        "The most frequent sequence makes up {value} % of the reads",
        "above",
        figures.overrepresented,
        none="No sequence makes up more than 0.1 % of the reads",
    ),
    "adapter_words": Measure(
        ADAPTERS,
        "percent of reads with a word of FastQC's list, PolyA and PolyG included",
        "{value} % of the reads contain {where} by {cycles}{averaged}",
        "above",
        figures.fastqc_words,
        none="No read contains one of FastQC's words",
    ),
    "adapter_percent": Measure(
        ADAPTERS,
        "percent of reads with an adapter",
        "{value} % of the reads contain {where}",
        "above",
        figures.adapters(lambda name: name not in POLY),
        none="No read contains an adapter",
    ),
    "poly_g_percent": Measure(
        ADAPTERS,
        "percent of reads with poly-G",
        "{value} % of the reads contain 12 G in a row",
        "above",
        figures.adapters(lambda name: name == "PolyG"),
        none="No read contains 12 G in a row",
    ),
    "longest_read": Measure(
        ADAPTERS,
        "length of the longest read",
        "The longest read has {value} bases; adapters are looked for in more than 12",
        "at most",
        figures.longest,
    ),
    "kmer_enrichment": Measure(
        KMERS,
        "minus the decimal logarithm of the p-value of the most enriched 7-mer",
        "The 7-mer {where} is enriched at one place, with a p-value of 10^-{value}",
        "above",
        figures.kmers,
    ),
}
"""The figures by name."""
