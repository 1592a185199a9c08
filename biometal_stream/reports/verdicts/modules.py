"""The names of modules and of adapters, which are FastQC's."""

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
