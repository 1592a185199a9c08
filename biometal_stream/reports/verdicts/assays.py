"""The assays and their limits: the one table that verdicts, the page and the documentation read."""

from __future__ import annotations

from collections.abc import Mapping

from biometal_stream.reports.verdicts.limit import Assay, Limit
from biometal_stream.reports.verdicts.modules import (
    CONTENT,
    DUPLICATION,
    GC,
    KMERS,
    OVERREPRESENTED,
    TILES,
)

# Limits that several assays share.

_TILES = Limit(
    "tile_deviation",
    5,
    10,
    "Bubbles, smears and overloaded flow cells cause such differences.",
)
_N = Limit("n_percent", 5, 20, "The instrument failed in a cycle with this many N.")
_EMPTY = Limit(
    "empty_reads",
    0,
    None,
    "Many aligners and assemblers stop at an empty read; drop them with `min-length`.",
)
_LONG_READ_QUALITY = (
    Limit(
        "median_quality",
        10,
        7,
        "Basecallers call reads below quality 7 to 10 failed. The first 9 cycles are left out:"
        " in long reads they are adapter of low quality.",
        parameter=9,
    ),
    Limit(
        "mean_quality",
        10,
        7,
        "Basecallers call reads below quality 7 to 10 failed.",
    ),
)
_SHORT_READ_QUALITY = (
    Limit(
        "lower_quartile",
        10,
        5,
        "FastQC's limit: a base of quality 10 is wrong one time in ten.",
    ),
    Limit(
        "median_quality",
        25,
        20,
        "FastQC's limit: most bases of Illumina, MGI and Element reads have a quality above 30.",
    ),
    Limit(
        "frequent_quality",
        27,
        20,
        "FastQC's limit: quality 27 is one error in 500 bases, 20 is one in 100.",
    ),
)
_ADAPTERS = Limit(
    "adapter_percent",
    5,
    20,
    "Above 5 %, trim adapters; above 20 %, too many fragments are shorter than the reads.",
)
_TRIMMABLE = Limit(
    "adapter_percent",
    5,
    None,
    "Trim adapters. The reads are good after trimming, so this is never a failure.",
)
_POLY_G = Limit(
    "poly_g_percent",
    5,
    20,
    "Two-colour instruments call G where there is no signal, as past the end of a fragment.",
)

_PRIMERS = "All reads begin with the same primers."
_COPIES = "Amplicons are copies of a few molecules."
_KMERS = "An enriched 7-mer is a reason to look closer, not a fault."

ASSAYS: Mapping[str, Assay] = {
    "any": Assay(
        "any assay",
        "The default. It judges only what is a fault in every assay and on every instrument.",
        (
            *_LONG_READ_QUALITY,
            _TILES,
            _N,
            _EMPTY,
            _TRIMMABLE,
            _POLY_G,
        ),
        {
            CONTENT: "Primers, random priming and tagmentation bias the first cycles.",
            GC: "FastQC's model fits only reads of one genome.",
            DUPLICATION: "The assay and the depth decide how many duplicates to expect.",
            OVERREPRESENTED: "Amplicons, small RNA and cDNA have such sequences in good libraries.",
            KMERS: _KMERS,
        },
    ),
    "fastqc": Assay(
        "comparison with FastQC",
        "FastQC's own limits, which its zip always has.",
        (
            Limit("lower_quartile", 10, 5, "As in FastQC."),
            Limit("median_quality", 25, 20, "As in FastQC."),
            Limit("tile_deviation_with_gaps", 5, 10, "As in FastQC."),
            Limit("frequent_quality", 27, 20, "As in FastQC."),
            Limit("base_imbalance", 10, 20, "As in FastQC, from the first cycle on."),
            Limit("gc_deviation", 15, 30, "As in FastQC."),
            Limit("n_percent", 5, 20, "As in FastQC."),
            Limit("empty_reads", None, 0, "As in FastQC."),
            Limit("lengths", 1, None, "As in FastQC."),
            Limit("remaining_percent", 70, 50, "As in FastQC."),
            Limit("overrepresented_percent", 0.1, 1, "As in FastQC."),
            Limit("adapter_words", 5, 10, "As in FastQC."),
            Limit("longest_read", 12, None, "As in FastQC, which looks for words of 12 bases."),
            Limit("kmer_enrichment", 2, 5, "As in FastQC."),
        ),
        {},
        reached=0.0,
    ),
    "wgs": Assay(
        "whole-genome sequencing",
        "Reads of one genome, from sheared or tagmented DNA, on a short-read instrument.",
        (
            *_SHORT_READ_QUALITY,
            _TILES,
            Limit(
                "base_imbalance",
                10,
                20,
                "FastQC's limit. The first 15 cycles are left out, because transposases and"
                " shearing bias them.",
                parameter=15,
            ),
            Limit(
                "gc_deviation",
                20,
                30,
                "The GC content of a good genome is skewed: human reads differ by 15 %, where"
                " FastQC warns. A second peak is a contaminant.",
            ),
            _N,
            _EMPTY,
            Limit(
                "remaining_percent",
                70,
                50,
                "FastQC's limit: two reads of a genome seldom start at the same base.",
            ),
            Limit(
                "overrepresented_percent",
                0.5,
                2,
                "PhiX, adapter dimers and organelles stay below 0.5 % in a good library. FastQC's"
                " limit of 0.1 % flags good reads of small genomes.",
            ),
            _ADAPTERS,
            _POLY_G,
        ),
        {KMERS: _KMERS},
    ),
    "rna": Assay(
        "RNA-seq",
        "Reads of cDNA from total or poly(A) RNA, on a short-read instrument.",
        (
            *_SHORT_READ_QUALITY,
            _TILES,
            Limit(
                "base_imbalance",
                15,
                25,
                "The first 15 cycles are left out, because random hexamers bias them. Highly"
                " expressed genes bias the rest.",
                parameter=15,
            ),
            Limit(
                "gc_deviation",
                30,
                50,
                "A few genes make up much of the RNA, so there can be several peaks. Above 50 %,"
                " one kind of RNA dominates, such as ribosomal RNA.",
            ),
            _N,
            _EMPTY,
            Limit(
                "remaining_percent",
                30,
                15,
                "Reads of highly expressed genes repeat. Below 15 %, the library had too few"
                " molecules.",
            ),
            Limit(
                "overrepresented_percent",
                2,
                10,
                "A highly expressed gene can be 1 % of the reads; more is ribosomal RNA, globin or"
                " adapter dimers.",
            ),
            _ADAPTERS,
            _POLY_G,
        ),
        {KMERS: _KMERS},
    ),
    "amplicon": Assay(
        "amplicons",
        "Reads of PCR products: panels, viral genomes in tiles, screens.",
        (*_SHORT_READ_QUALITY, _TILES, _N, _EMPTY, _TRIMMABLE, _POLY_G),
        {
            CONTENT: _PRIMERS,
            GC: _COPIES,
            DUPLICATION: _COPIES,
            OVERREPRESENTED: _COPIES,
            KMERS: _PRIMERS,
        },
    ),
    "16s": Assay(
        "16S amplicons",
        "Reads of 16S, 18S or ITS amplicons of a community, mostly 250 to 300 bases from each end.",
        (
            Limit(
                "median_quality",
                20,
                15,
                "Quality falls towards the ends of reads of 250 bases and more. Denoisers truncate"
                " them, so the limits are 5 lower than for other amplicons.",
            ),
            Limit(
                "frequent_quality",
                25,
                20,
                "Denoisers drop reads with more than about two expected errors.",
            ),
            _TILES,
            Limit("n_percent", 1, 5, "DADA2 and other denoisers drop every read with an N."),
            _EMPTY,
            _TRIMMABLE,
            _POLY_G,
        ),
        {
            CONTENT: _PRIMERS,
            GC: "Each taxon has its own GC content, so the distribution has several peaks.",
            DUPLICATION: _COPIES,
            OVERREPRESENTED: "The most common taxon is over-represented.",
            KMERS: _PRIMERS,
        },
    ),
    "small-rna": Assay(
        "small RNA",
        "Reads of miRNA, piRNA and other RNA of 18 to 35 bases, before or after trimming.",
        (
            *_SHORT_READ_QUALITY,
            _TILES,
            _N,
            _EMPTY,
            Limit(
                "short_reads",
                20,
                50,
                "After trimming, reads below 18 bases are adapter dimers and degraded RNA, and map"
                " to many places.",
                parameter=18,
            ),
            Limit(
                "poly_g_percent",
                5,
                20,
                "Two-colour instruments call G past the end of a fragment. Adapters are not judged,"
                " because all reads have one before trimming.",
            ),
        ),
        {
            CONTENT: "A few miRNA make up most of the reads, and many begin with U.",
            GC: "A few miRNA make up most of the reads.",
            DUPLICATION: "A few miRNA make up most of the reads.",
            OVERREPRESENTED: "The most common miRNA are over-represented.",
            KMERS: "A few miRNA make up most of the reads.",
        },
    ),
    "ont": Assay(
        "Oxford Nanopore",
        "Long reads of Oxford Nanopore instruments.",
        (
            *_LONG_READ_QUALITY,
            _N,
            _EMPTY,
            Limit(
                "short_reads",
                20,
                50,
                "Short fragments occupy pores that long ones need; select fragments by size.",
                parameter=200,
            ),
            _TRIMMABLE,
        ),
        {
            TILES: "Flow cells have channels, not tiles.",
            CONTENT: "Reads begin with adapters and barcodes.",
            GC: "FastQC's model is made for short reads of one genome.",
            DUPLICATION: "Sequencing errors hide duplicates.",
            OVERREPRESENTED: "Sequencing errors make copies differ.",
            KMERS: _KMERS,
        },
    ),
}
"""The assays by name."""
